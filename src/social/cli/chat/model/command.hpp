// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What a line of a chat means: words to be said, or a command that begins with
// a slash. One table of commands.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace social::cli::chat
{
enum class Verb
{
  help,
  nyms,
  topic,
  admit,
  refuse,
  eject,
  send,
  files,
  get,
  withdraw,
  quit,
};

struct VerbSpec
{
  Verb verb;
  const char *name;
  const char *arguments;
  const char *help;
};

[[nodiscard]] const std::vector<VerbSpec> &verb_table ();

struct Input
{
  enum class Kind
  {
    nothing,
    words,   // `rest` is to be said
    command, // `verb` with `word` and `rest`
    unknown, // `word` is no command
  };
  Kind kind = Kind::nothing;
  Verb verb = Verb::help;
  std::string word; // first argument
  std::string rest; // what follows it; of words and of `arguments`: all
  std::string arguments;
};

// "//x" says "/x".
[[nodiscard]] Input parse_input (std::string_view line);

// Each command in a line.
[[nodiscard]] std::string commands_help ();

// What a word before the cursor could become: commands when it begins the line
// with a slash, else one of `names`. The part that all have in common, with a
// blank behind it when there is only one; nothing: no more than there is.
[[nodiscard]] std::optional<std::string>
completed (const std::string &word, bool is_first,
           const std::vector<std::string> &names);
} // namespace social::cli::chat
