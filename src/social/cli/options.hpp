// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The command line: one table of commands, one of options; what was asked for
// as a value. Knows nothing of what the commands do.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace social::cli
{
// Exit statuses; scripts rely on them (doc/spec/cli.md).
enum class Status : int
{
  done = 0,
  failed = 1,
  usage = 2,
  no_answer = 3,
  refused = 4,
  pending = 5,
  not_found = 6,
};

enum class Option : int
{
  // of every command
  ego = 1,
  json,
  timeout,
  quiet,
  config,
  log,
  logfile,
  help,
  version,
  // of some
  policy,
  welcome,
  no_publish,
  message,
  origin,
  method,
  var,
  reply,
  queue,
  lines,
  last,
  from,
  to,
  id,
  count,
  raw,
  remote,
  objects,
  prefix,
  open,
  ttl,
  password,
  description,
};

enum class CommandId
{
  host,
  enter,
  say,
  follow,
  history,
  chat,
  look,
  set,
  door,
  admit,
  refuse,
  eject,
  rule,
  leave,
  close,
  export_,
  import,
  adopt,
  name,
  publish,
  places,
  egos,
  nyms,
  status,
  web,
  send_file,
  files,
  get_file,
  withdraw_file,
};

struct OptionSpec
{
  Option option;
  const char *name;
  char letter;          // or 0
  const char *argument; // or nullptr: takes none
  const char *help;
};

struct CommandSpec
{
  CommandId id;
  const char *name;
  const char *arguments; // as in the help
  std::size_t words_min;
  std::size_t words_max; // SIZE_MAX: any number
  std::vector<Option> options;
  const char *help;
  const char *example;
};

[[nodiscard]] const std::vector<OptionSpec> &option_table ();
[[nodiscard]] const std::vector<CommandSpec> &command_table ();

// What was asked for.
struct Request
{
  const CommandSpec *command = nullptr; // NULL with --help and --version
  std::vector<std::string> words;       // after the command
  std::multimap<Option, std::string> options;

  [[nodiscard]] bool
  has (Option option) const
  {
    return options.contains (option);
  }
  // The last one given.
  [[nodiscard]] std::optional<std::string> value (Option option) const;
  [[nodiscard]] std::vector<std::string> values (Option option) const;
  // A number that was checked when the line was parsed.
  [[nodiscard]] std::optional<std::uint64_t> number (Option option) const;
};

struct ParseResult
{
  std::optional<Request> request;
  std::string error; // when there is none
};

// Options may stand anywhere; "--" ends them.
[[nodiscard]] ParseResult parse (const std::vector<std::string> &line);

[[nodiscard]] std::string help_text (const CommandSpec *command);
} // namespace social::cli
