// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/cli/chat/model/command.hpp"

#include <algorithm>

#include "social/cli/translate.hpp"

namespace social::cli::chat
{
namespace
{
// Up to the next blank; takes it and the blanks behind it away.
[[nodiscard]] std::string
take_word (std::string_view &text)
{
  const std::size_t end = std::min (text.find (' '), text.size ());
  std::string word (text.substr (0, end));
  const std::size_t next = text.find_first_not_of (' ', end);
  text.remove_prefix (std::min (next, text.size ()));
  return word;
}

[[nodiscard]] std::size_t
common_size (const std::string &one, const std::string &two)
{
  std::size_t size = 0;
  while (size < one.size () && size < two.size () && one[size] == two[size])
    size++;
  return size;
}
} // namespace

const std::vector<VerbSpec> &
verb_table ()
{
  static const std::vector<VerbSpec> table = {
    { Verb::help, "help", "", N_ ("this list") },
    { Verb::nyms, "nyms", "", N_ ("who is, was or waits here") },
    { Verb::topic, "topic", "[TEXT]", N_ ("tell the topic, or set it") },
    { Verb::admit, "admit", "[NYM [TEXT]]",
      N_ ("let in who waits at the door") },
    { Verb::refuse, "refuse", "NYM [TEXT]",
      N_ ("turn away who waits at the door") },
    { Verb::eject, "eject", "NYM [TEXT]", N_ ("throw somebody out") },
    { Verb::send, "send", "FILE", N_ ("send a file") },
    { Verb::files, "files", "", N_ ("list the files of this place") },
    { Verb::get, "get", "ID [FILE]",
      N_ ("save a file; nothing is overwritten") },
    { Verb::withdraw, "withdraw", "ID",
      N_ ("take back a file that we offered") },
    { Verb::quit, "quit", "", N_ ("end the chat; we stay in the place") },
  };
  return table;
}

Input
parse_input (std::string_view line)
{
  Input input;
  while (! line.empty () && (' ' == line.back () || '\n' == line.back ()))
    line.remove_suffix (1);
  if (line.empty ())
    return input;
  if ('/' != line[0] || line.starts_with ("//"))
  {
    input.kind = Input::Kind::words;
    input.rest = line.substr ('/' == line[0] ? 1 : 0);
    return input;
  }
  line.remove_prefix (1);
  const std::string name = take_word (line);
  input.kind = Input::Kind::unknown;
  input.word = name;
  for (const VerbSpec &spec : verb_table ())
    if (name == spec.name)
    {
      input.kind = Input::Kind::command;
      input.verb = spec.verb;
      input.arguments = line;
      input.word = take_word (line);
      input.rest = line;
    }
  return input;
}

std::string
commands_help ()
{
  std::string out;
  for (const VerbSpec &spec : verb_table ())
  {
    std::string left = std::string ("/") + spec.name + " " + spec.arguments;
    left.resize (std::max<std::size_t> (left.size () + 1, 22), ' ');
    out += left + _ (spec.help) + "\n";
  }
  return out;
}

std::optional<std::string>
completed (const std::string &word, bool is_first,
           const std::vector<std::string> &names)
{
  std::vector<std::string> fitting;
  const auto add = [&] (const std::string &candidate)
  {
    if (candidate.starts_with (word)
        && std::find (fitting.begin (), fitting.end (), candidate)
               == fitting.end ())
      fitting.push_back (candidate);
  };
  if (is_first && word.starts_with ("/"))
    for (const VerbSpec &spec : verb_table ())
      add (std::string ("/") + spec.name);
  else if (! word.empty ())
    for (const std::string &name : names)
      add (name);
  if (fitting.empty ())
    return std::nullopt;
  if (1 == fitting.size ())
    return fitting.front () + " ";
  std::size_t size = fitting.front ().size ();
  for (const std::string &candidate : fitting)
    size = std::min (size, common_size (candidate, fitting.front ()));
  if (size <= word.size ())
    return std::nullopt;
  return fitting.front ().substr (0, size);
}
} // namespace social::cli::chat
