// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/cli/options.hpp"

#include <algorithm>
#include <cstring>
#include <getopt.h>

#include "psyc/message/names.hpp"
#include "social/view/text.hpp"
#include "social/cli/translate.hpp"
#include "social/cli/words.hpp"

namespace social::cli
{
using namespace view;

namespace
{
constexpr std::size_t any = SIZE_MAX;
// Long options without a letter are told apart by numbers above all letters.
constexpr int code_base = 256;

[[nodiscard]] bool
is_global (Option option)
{
  return option <= Option::version;
}

[[nodiscard]] const OptionSpec &
spec_of (Option option)
{
  const auto &table = option_table ();
  return *std::find_if (table.begin (), table.end (),
                        [option] (const auto &spec)
                        { return spec.option == option; });
}

[[nodiscard]] const CommandSpec *
find_command (const std::string &name)
{
  for (const auto &command : command_table ())
    if (name == command.name)
      return &command;
  return nullptr;
}

[[nodiscard]] bool
is_number (Option option)
{
  switch (option)
  {
  case Option::reply:
  case Option::last:
  case Option::from:
  case Option::to:
  case Option::id:
  case Option::count:
    return true;
  case Option::ego:
  case Option::json:
  case Option::timeout:
  case Option::quiet:
  case Option::config:
  case Option::log:
  case Option::logfile:
  case Option::help:
  case Option::version:
  case Option::policy:
  case Option::welcome:
  case Option::no_publish:
  case Option::message:
  case Option::origin:
  case Option::method:
  case Option::var:
  case Option::queue:
  case Option::lines:
  case Option::raw:
  case Option::remote:
  case Option::objects:
  case Option::prefix:
  case Option::open:
  case Option::ttl:
  case Option::password:
  case Option::description:
    return false;
  }
  return false;
}

// Why the value is not one of this option, or nothing.
[[nodiscard]] std::optional<std::string>
value_error (Option option, const std::string &value)
{
  const std::string name = std::string ("--") + spec_of (option).name;
  if (is_number (option) && ! parse_id (value))
    return filled (_ ("%s wants a number, not '%s'"), { name, value });
  if (Option::count == option && 0 == *parse_id (value))
    return filled (_ ("%s wants a number above 0"), { name });
  // What GNUnet reads as a duration of 584,942 years.
  if ((Option::timeout == option || Option::ttl == option)
      && std::string::npos != value.find ('-'))
    return filled (_ ("%s wants a duration like '30 s', not '%s'"),
                   { name, value });
  if (Option::policy == option && "anonymous" != value && "open" != value
      && "closed" != value && "private" != value)
    return filled (_ ("%s is anonymous, open, closed or private, not '%s'"),
                   { name, value });
  if (Option::method == option && ! psyc::is_name (value))
    return filled (_ ("a method is '_' and letters, digits or '_': not '%s'"),
                   { value });
  if (Option::var == option
      && (std::string::npos == value.find ('=')
          || ! psyc::is_name (value.substr (0, value.find ('=')))))
    return filled (_ ("%s wants _NAME=VALUE, not '%s'"), { name, value });
  return std::nullopt;
}

struct GetoptTables
{
  std::string letters;
  std::vector<struct option> longs;
};

[[nodiscard]] const GetoptTables &
getopt_tables ()
{
  static const GetoptTables tables = []
  {
    GetoptTables out;
    out.letters = ":"; // tell a missing argument from an unknown option
    for (const auto &spec : option_table ())
    {
      const int wants
          = nullptr == spec.argument ? no_argument : required_argument;
      out.longs.push_back ({ spec.name, wants, nullptr,
                             code_base + static_cast<int> (spec.option) });
      if (0 == spec.letter)
        continue;
      out.letters += spec.letter;
      if (nullptr != spec.argument)
        out.letters += ':';
    }
    out.longs.push_back ({ nullptr, 0, nullptr, 0 });
    return out;
  }();
  return tables;
}

[[nodiscard]] Option
option_of (int code)
{
  if (code >= code_base)
    return static_cast<Option> (code - code_base);
  const auto &table = option_table ();
  return std::find_if (table.begin (), table.end (),
                       [code] (const auto &spec)
                       { return spec.letter == code; })
      ->option;
}

[[nodiscard]] ParseResult
refuse (std::string error)
{
  return { std::nullopt, std::move (error) };
}

// Does the request make sense as a whole?
[[nodiscard]] std::optional<std::string>
request_error (const Request &request)
{
  const CommandSpec &command = *request.command;
  for (const auto &[option, value] : request.options)
  {
    if (! is_global (option)
        && command.options.end ()
               == std::find (command.options.begin (), command.options.end (),
                             option))
      return filled (_ ("'%s' has no option --%s"),
                     { command.name, spec_of (option).name });
    if (auto error = value_error (option, value))
      return error;
  }
  if (request.words.size () < command.words_min)
    return filled (_ ("'%s' wants: %s"), { command.name, command.arguments });
  if (request.words.size () > command.words_max)
    return filled (_ ("'%s' does not know what to do with '%s'"),
                   { command.name, request.words[command.words_max] });
  if (CommandId::host == command.id && ! is_utf8 (request.words[0]))
    return std::string (_ ("the name of a place is text in UTF-8"));
  if (CommandId::say == command.id && request.has (Option::lines)
      && request.words.size () > 1
      && ! (2 == request.words.size () && "-" == request.words[1]))
    return std::string (_ ("--lines takes its lines from stdin, not from the "
                           "command line"));
  if (CommandId::follow == command.id && request.has (Option::last)
      && request.has (Option::from))
    return std::string (_ ("--last and --from exclude each other"));
  if (CommandId::history == command.id && request.has (Option::id)
      && (request.has (Option::last) || request.has (Option::from)
          || request.has (Option::to)))
    return std::string (_ ("--id goes without --last, --from and --to"));
  if (CommandId::look == command.id && request.has (Option::prefix)
      && 2 == request.words.size ())
    return std::string (_ ("either NAME or --prefix, not both"));
  if (CommandId::look == command.id && request.has (Option::raw)
      && 2 != request.words.size ())
    return std::string (_ ("--raw prints one value: of which NAME?"));
  if (request.has (Option::raw) && request.has (Option::json))
    return std::string (_ ("--raw and --json exclude each other"));
  return std::nullopt;
}
} // namespace

const std::vector<OptionSpec> &
option_table ()
{
  static const std::vector<OptionSpec> table = {
    { Option::ego, "ego", 'e', "NAME", N_ ("act as this ego") },
    { Option::json, "json", 'j', nullptr,
      N_ ("for programs: one JSON object a line") },
    { Option::timeout, "timeout", 't', "DURATION",
      N_ ("give up waiting after this long (default: 30 s)") },
    { Option::quiet, "quiet", 'q', nullptr, N_ ("nothing but the result") },
    { Option::config, "config", 'c', "FILE", N_ ("use this configuration") },
    { Option::log, "log", 'L', "LEVEL",
      N_ ("log from this level on (DEBUG, INFO, WARNING, ERROR)") },
    { Option::logfile, "logfile", 'l', "FILE", N_ ("log into this file") },
    { Option::help, "help", 'h', nullptr,
      N_ ("explain the program, or the command") },
    { Option::version, "version", 'v', nullptr, N_ ("print the version") },
    { Option::policy, "policy", 0, "POLICY",
      N_ ("anonymous: anybody, all history; open: anybody, history from "
          "joining; closed: asked, all history; private (default): asked, "
          "history from admission") },
    { Option::welcome, "welcome", 0, nullptr, N_ ("admit everybody who asks") },
    { Option::no_publish, "no-publish", 0, nullptr,
      N_ ("do not publish the place in the ego's zone") },
    { Option::message, "message", 0, "TEXT", N_ ("what to say at the door") },
    { Option::origin, "origin", 0, "PEER",
      N_ ("peer that hosts the place, when PLACE is a key") },
    { Option::method, "method", 0, "NAME",
      N_ ("method of the message (default: _converse), or of those to read") },
    { Option::var, "var", 0, "NAME=VALUE",
      N_ ("add a variable (may be given again)") },
    { Option::reply, "reply", 0, "ID", N_ ("in reply to this message") },
    { Option::queue, "queue", 0, nullptr,
      N_ ("be content when it is in our own outbox on disk") },
    { Option::lines, "lines", 0, nullptr,
      N_ ("each line of stdin is a message of its own") },
    { Option::last, "last", 0, "N", N_ ("the newest N messages") },
    { Option::from, "from", 0, "ID", N_ ("messages from this id on") },
    { Option::to, "to", 0, "ID", N_ ("messages up to this id") },
    { Option::id, "id", 0, "ID", N_ ("this message alone") },
    { Option::count, "count", 0, "N", N_ ("end after N messages") },
    { Option::raw, "raw", 0, nullptr,
      N_ ("print bodies alone, byte for byte") },
    { Option::remote, "remote", 0, nullptr, N_ ("fetch what is not here") },
    { Option::objects, "objects", 0, nullptr,
      N_ ("the rule is about guests' changes of objects") },
    { Option::prefix, "prefix", 0, "PREFIX",
      N_ ("the objects whose names begin so") },
    { Option::open, "open", 0, nullptr, N_ ("open it in the browser") },
    { Option::ttl, "ttl", 0, "DURATION",
      N_ ("how long the name is good (default: 1 d)") },
    { Option::password, "password", 0, "TEXT",
      N_ ("encrypt the record: who knows TEXT can find the place") },
    { Option::description, "description", 0, "TEXT",
      N_ ("what is in it, for people") },
  };
  return table;
}

const std::vector<CommandSpec> &
command_table ()
{
  static const std::vector<CommandSpec> table = {
    { CommandId::host,
      "host",
      "NAME",
      1,
      1,
      { Option::policy, Option::welcome, Option::no_publish },
      N_ ("Create the place NAME for the ego, or resume it, and publish it in "
          "the ego's zone. It stays hosted when the command ends."),
      "gnunet-social -e alice host lounge --welcome" },
    { CommandId::enter,
      "enter",
      "PLACE",
      1,
      1,
      { Option::message, Option::origin },
      N_ ("Ask to enter a place and wait for the answer."),
      "gnunet-social -e bob enter lounge.alice --message 'It is me, bob'" },
    { CommandId::say,
      "say",
      "PLACE [TEXT ...]",
      1,
      any,
      { Option::method, Option::var, Option::reply, Option::queue,
        Option::lines },
      N_ ("Say TEXT, or what comes from stdin when there is none or it is "
          "'-'. Done when it is stored (own place) or on the host's disk."),
      "gnunet-social say lounge.alice Hello, everybody" },
    { CommandId::follow,
      "follow",
      "PLACE",
      1,
      1,
      { Option::last, Option::from, Option::count, Option::method,
        Option::raw },
      N_ ("Print messages as they come, after the wanted history. Goes on "
          "across restarts of services and peers."),
      "gnunet-social follow lounge.alice --last 10" },
    { CommandId::history,
      "history",
      "PLACE",
      1,
      1,
      { Option::last, Option::from, Option::to, Option::id, Option::method,
        Option::remote, Option::raw },
      N_ ("Print stored messages, by default the last 20."),
      "gnunet-social history lounge.alice --last 100 --remote" },
    { CommandId::chat,
      "chat",
      "PLACE",
      1,
      1,
      {},
      N_ ("Talk in a place: what is said comes as it is said, what you write "
          "is said; /help lists the commands in there. Lines in, lines out "
          "where there is no terminal."),
      "gnunet-social chat lounge.alice" },
    { CommandId::look,
      "look",
      "PLACE [NAME]",
      1,
      2,
      { Option::prefix, Option::raw },
      N_ ("Print the objects of a place: all, those of a prefix, or the one "
          "of that name (else of the nearest shorter one)."),
      "gnunet-social look lounge.alice _topic" },
    { CommandId::set,
      "set",
      "PLACE NAME=VALUE | NAME+=VALUE | NAME-=VALUE | NAME@=VALUE | NAME ...",
      2,
      any,
      {},
      N_ ("Change objects of a place, all or none: assign, add, take away, "
          "update one element. No value removes the object. A NAME alone "
          "gets what comes from stdin."),
      "gnunet-social set lounge _topic=Tea '_list_tags+=|green|black'" },
    { CommandId::door,
      "door",
      "PLACE",
      1,
      1,
      {},
      N_ ("List who waits at the door of an own place."),
      "gnunet-social door lounge" },
    { CommandId::admit,
      "admit",
      "PLACE NYM [TEXT]",
      2,
      any,
      {},
      N_ ("Let in a nym that waits at the door."),
      "gnunet-social admit lounge 000G0051 Welcome" },
    { CommandId::refuse,
      "refuse",
      "PLACE NYM [TEXT]",
      2,
      any,
      {},
      N_ ("Turn away a nym that waits at the door."),
      "gnunet-social refuse lounge 000G0051 Not today" },
    { CommandId::eject,
      "eject",
      "PLACE NYM [TEXT]",
      2,
      any,
      {},
      N_ ("Throw a nym out of an own place."),
      "gnunet-social eject lounge mallory" },
    { CommandId::rule,
      "rule",
      "PLACE PREFIX [relay] [save]",
      2,
      4,
      { Option::objects },
      N_ ("Say what becomes of messages whose method has the prefix: relay "
          "what guests say, save bodies as files; without either the rule "
          "goes."),
      "gnunet-social rule lounge _file relay save" },
    { CommandId::leave,
      "leave",
      "PLACE",
      1,
      1,
      {},
      N_ ("Leave a place for good, as a guest. Its history stays here."),
      "gnunet-social leave lounge.alice" },
    { CommandId::close,
      "close",
      "PLACE",
      1,
      1,
      {},
      N_ ("Close an own place for good."),
      "gnunet-social close lounge" },
    { CommandId::send_file,
      "send-file",
      "PLACE FILE",
      2,
      2,
      { Option::description, Option::queue },
      N_ ("Send a file. Sent again after an interruption, it is one message "
          "all the same."),
      "gnunet-social send-file lounge sunset.jpg --description 'Yesterday'" },
    { CommandId::files,
      "files",
      "PLACE",
      1,
      1,
      { Option::remote },
      N_ ("List the files of a place."),
      "gnunet-social files lounge.alice" },
    { CommandId::get_file,
      "get-file",
      "PLACE ID OUT",
      3,
      3,
      {},
      N_ ("Save a file as OUT, or under its own name in the folder OUT, "
          "checked by size and hash. Never overwrites; what came before an "
          "interruption is kept in OUT.part and gone on with."),
      "gnunet-social get-file lounge.alice 12 ~/Downloads/" },
    { CommandId::withdraw_file,
      "withdraw-file",
      "PLACE ID",
      2,
      2,
      {},
      N_ ("Take back a file that we offered and that nobody got yet."),
      "gnunet-social withdraw-file lounge.alice 12" },
    { CommandId::export_,
      "export",
      "PLACE FILE",
      2,
      2,
      {},
      N_ ("Copy an own place, with its keys and history, into a new file. The "
          "file holds the place's secret: keep it to yourself."),
      "gnunet-social export lounge lounge.place" },
    { CommandId::import,
      "import",
      "FILE",
      1,
      1,
      {},
      N_ ("Put the place of such a file in place and host it on, here or on "
          "another machine. Never overwrites a place that is here."),
      "gnunet-social import lounge.place" },
    { CommandId::adopt,
      "adopt",
      "PLACE",
      1,
      1,
      {},
      N_ ("Go on with a place of which guests have newer messages than its "
          "host, as after an old copy was put in place. What is missing here "
          "stays missing."),
      "gnunet-social adopt lounge" },
    { CommandId::name,
      "name",
      "NYM-OR-ZONE LABEL",
      2,
      2,
      {},
      N_ ("Give somebody a name in our zone."),
      "gnunet-social name 000G0051… alice" },
    { CommandId::publish,
      "publish",
      "PLACE NAME",
      2,
      2,
      { Option::ttl, Option::password },
      N_ ("Give a place a name in our zone, for others to enter by."),
      "gnunet-social publish lounge tearoom --ttl '30 d'" },
    { CommandId::places,
      "places",
      "",
      0,
      0,
      {},
      N_ ("List the places that we host, are or were in."),
      "gnunet-social places" },
    { CommandId::egos,
      "egos",
      "",
      0,
      0,
      {},
      N_ ("List our own identities."),
      "gnunet-social egos" },
    { CommandId::nyms,
      "nyms",
      "PLACE",
      1,
      1,
      {},
      N_ ("List who is, was, or waits at a place; where we are guests, those "
          "who said something."),
      "gnunet-social nyms lounge" },
    { CommandId::status,
      "status",
      "",
      0,
      0,
      {},
      N_ ("Tell how services, places and connections are."),
      "gnunet-social status" },
    { CommandId::web,
      "web",
      "",
      0,
      0,
      { Option::open },
      N_ ("Print the address of the web UI, or open it. It holds the token: "
          "who has it can do all that you can."),
      "gnunet-social web --open" },
  };
  return table;
}

std::optional<std::string>
Request::value (Option option) const
{
  auto [first, last] = options.equal_range (option);
  if (first == last)
    return std::nullopt;
  return std::prev (last)->second;
}

std::vector<std::string>
Request::values (Option option) const
{
  std::vector<std::string> out;
  auto [first, last] = options.equal_range (option);
  for (; first != last; ++first)
    out.push_back (first->second);
  return out;
}

std::optional<std::uint64_t>
Request::number (Option option) const
{
  const auto text = value (option);
  return text ? parse_id (*text) : std::nullopt;
}

ParseResult
parse (const std::vector<std::string> &line)
{
  std::vector<std::string> copies = { "gnunet-social" };
  copies.insert (copies.end (), line.begin (), line.end ());
  std::vector<char *> argv;
  for (auto &word : copies)
    argv.push_back (word.data ());
  argv.push_back (nullptr);
  const int argc = static_cast<int> (copies.size ());

  const auto &tables = getopt_tables ();
  Request request;
  optind = 0; // anew, also for a second line
  opterr = 0;
  int code = 0;
  while (-1
         != (code = getopt_long (argc, argv.data (), tables.letters.c_str (),
                                 tables.longs.data (), nullptr)))
  {
    const std::string word
        = argv[static_cast<std::size_t> (std::max (optind - 1, 1))];
    if ('?' == code)
      return refuse (
          0 != optopt && optopt < code_base
              ? filled (_ ("unknown option '-%s'"),
                        { std::string (1, static_cast<char> (optopt)) })
              : filled (_ ("unknown option '%s'"), { word }));
    if (':' == code)
      return refuse (filled (_ ("option '%s' wants a value"), { word }));
    request.options.emplace (option_of (code), nullptr == optarg ? "" : optarg);
  }
  std::vector<std::string> words (argv.begin () + optind, argv.begin () + argc);
  if (! words.empty ())
  {
    request.command = find_command (words.front ());
    if (nullptr == request.command)
      return refuse (filled (_ ("unknown command '%s'"), { words.front () }));
    request.words.assign (words.begin () + 1, words.end ());
  }
  if (request.has (Option::help) || request.has (Option::version))
    return { std::move (request), {} };
  if (nullptr == request.command)
    return refuse (_ ("which command?"));
  if (auto error = request_error (request))
    return refuse (std::move (*error));
  return { std::move (request), {} };
}

namespace
{
[[nodiscard]] std::string
option_line (const OptionSpec &spec)
{
  std::string left = "  ";
  left += 0 == spec.letter ? std::string ("    ")
                           : std::string ("-") + spec.letter + ", ";
  left += std::string ("--") + spec.name;
  if (nullptr != spec.argument)
    left += std::string (" ") + spec.argument;
  return two_columns (left, _ (spec.help));
}

[[nodiscard]] std::string
command_help (const CommandSpec &command)
{
  std::string line = std::string ("gnunet-social [OPTION ...] ") + command.name;
  if ('\0' != *command.arguments)
    line += std::string (" ") + command.arguments;
  std::string out = filled (_ ("Usage: %s"), { line }) + "\n\n"
                    + wrapped (_ (command.help), 0) + "\n";
  if (! command.options.empty ())
    out += "\n";
  for (const Option option : command.options)
    out += option_line (spec_of (option));
  return out + "\n" + filled (_ ("Example: %s"), { command.example }) + "\n";
}
} // namespace

std::string
help_text (const CommandSpec *command)
{
  if (nullptr != command)
    return command_help (*command);
  std::string out
      = filled (_ ("Usage: %s"),
                { _ ("gnunet-social [OPTION ...] COMMAND [ARGUMENT ...]") })
        + "\n\n" + _ ("Meet, talk and publish, without servers.") + "\n\n"
        + _ ("Commands:") + "\n";
  for (const auto &each : command_table ())
    out += two_columns (std::string ("  ") + each.name + " " + each.arguments,
                        _ (each.help));
  out += std::string ("\n") + _ ("Options of every command:") + "\n";
  for (const auto &spec : option_table ())
    if (is_global (spec.option))
      out += option_line (spec);
  return out + "\n"
         + wrapped (_ ("Exit status: 0 done, 1 failed, 2 wrong usage, 3 no "
                       "answer in time, 4 refused, 5 the request waits at the "
                       "door, 6 no such place, ego or nym."),
                    0)
         + "\n\n"
         + wrapped (_ ("'gnunet-social COMMAND --help' explains a command, "
                       "with an example."),
                    0)
         + "\n";
}
} // namespace social::cli
