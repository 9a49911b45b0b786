// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What a chat is made of: cells of a terminal, wrapped text, the line that is
// written, commands.
#include <clocale>

#include <gtest/gtest.h>

#include "social/cli/chat/model/cells.hpp"
#include "social/cli/chat/model/command.hpp"
#include "social/cli/chat/model/line_editor.hpp"
#include "social/cli/chat/model/rows.hpp"

using namespace social::cli::chat;

namespace
{
using Lines = std::vector<std::string>;

// Widths are those of a locale with UTF-8, as the terminal has.
class Utf8Locale : public ::testing::Environment
{
public:
  void
  SetUp () override
  {
    ASSERT_NE (nullptr, std::setlocale (LC_CTYPE, "C.UTF-8"));
  }
};
[[maybe_unused]] const auto *const utf8_locale
    = ::testing::AddGlobalTestEnvironment (new Utf8Locale);

void
type (LineEditor &editor, std::u32string_view text)
{
  for (const char32_t character : text)
    editor.insert (character);
}
} // namespace

// -------------------------------------------------------------------- cells

TEST (Cells, KnowColumnsOfWideAndCombiningCharacters)
{
  EXPECT_EQ (columns_of ("abc"), 3);
  EXPECT_EQ (columns_of ("日本"), 4);
  EXPECT_EQ (columns_of ("e\u0301"), 1);
  EXPECT_EQ (columns_of ("🙂"), 2);
  EXPECT_EQ (cells_of ("e\u0301x"),
             (std::vector<Cell>{ { "e\u0301", 1 }, { "x", 1 } }));
}

TEST (Cells, BoundTheMarksOnOneCharacter)
{
  std::string text = "a";
  for (int i = 0; i < 100; i++)
    text += "\u0301";
  ASSERT_EQ (cells_of (text).size (), 1u);
  EXPECT_EQ (cells_of (text)[0].text.size (), 1u + 2 * marks_max);
}

TEST (Cells, GiveALonelyMarkSomethingToStandOn)
{
  EXPECT_EQ (cells_of ("\u0301"), (std::vector<Cell>{ { "\u25cc\u0301", 1 } }));
}

TEST (Cells, MakeControlAndBidiCharactersVisible)
{
  std::string shown;
  for (const Cell &cell : cells_of ("a\x1b[2J\u202e"
                                    "b\xff\n"))
    shown += cell.text;
  EXPECT_EQ (shown, "a<U+001B>[2J<U+202E>b<FF><U+000A>");
}

TEST (Cells, AreShortenedAtACharacter)
{
  EXPECT_EQ (shortened ("abcdef", 6), "abcdef");
  EXPECT_EQ (shortened ("abcdef", 5), "abcd…");
  EXPECT_EQ (shortened ("日本語", 5), "日本…");
  EXPECT_EQ (shortened ("日本語", 4), "日…");
  EXPECT_EQ (shortened ("abc", 0), "");
}

// --------------------------------------------------------------------- rows

TEST (Wrapped, BreaksAtWords)
{
  EXPECT_EQ (wrapped ("", 10, 10), (Lines{ "" }));
  EXPECT_EQ (wrapped ("one two three", 20, 20), (Lines{ "one two three" }));
  EXPECT_EQ (wrapped ("one two three", 8, 8), (Lines{ "one two", "three" }));
  EXPECT_EQ (wrapped ("one two three", 7, 7), (Lines{ "one two", "three" }));
}

TEST (Wrapped, BreaksWhatIsLongerThanALine)
{
  EXPECT_EQ (wrapped ("abcdefgh", 3, 3), (Lines{ "abc", "def", "gh" }));
  EXPECT_EQ (wrapped ("日本語", 3, 3), (Lines{ "日", "本", "語" }));
}

TEST (Wrapped, BeginsBehindAHead)
{
  EXPECT_EQ (wrapped ("one two three", 4, 9), (Lines{ "one", "two three" }));
  // A word that has no room there goes whole to the next line.
  EXPECT_EQ (wrapped ("seven", 3, 9), (Lines{ "", "seven" }));
}

TEST (Wrapped, KeepsLineEndsAndFillsTabs)
{
  EXPECT_EQ (wrapped ("a\n\nb\tc", 10, 10), (Lines{ "a", "", "b    c" }));
}

TEST (Wrapped, NeverExceedsItsWidth)
{
  const std::string text
      = "日本 e\u0301e\u0301 aaaaaaaaaaaa \x1b[31m 🙂🙂🙂 b";
  for (int width = 2; width < 30; width++)
    for (const std::string &line : wrapped (text, width / 2 + 1, width))
      EXPECT_LE (columns_of (line), width) << width << ": " << line;
}

TEST (Wrapped, EndsAlsoWhereNothingFits)
{
  EXPECT_EQ (wrapped ("日本", 1, 1), (Lines{ "日", "本" }));
  EXPECT_EQ (wrapped ("ab", -3, 0), (Lines{ "a", "b" }));
}

// ------------------------------------------------------------------- editor

TEST (LineEditor, TypesAndErasesWholeCharacters)
{
  LineEditor editor;
  type (editor, U"ae\u0301日");
  EXPECT_EQ (editor.text (), "ae\u0301日");
  EXPECT_EQ (editor.cursor (), 3u);
  editor.edit (Edit::backspace);
  EXPECT_EQ (editor.text (), "ae\u0301");
  editor.edit (Edit::backspace);
  EXPECT_EQ (editor.text (), "a");
  editor.edit (Edit::home);
  editor.edit (Edit::backspace);
  editor.edit (Edit::remove);
  EXPECT_TRUE (editor.is_empty ());
  editor.edit (Edit::remove);
  editor.edit (Edit::left);
  editor.edit (Edit::right);
  EXPECT_EQ (editor.cursor (), 0u);
}

TEST (LineEditor, InsertsWhereTheCursorIs)
{
  LineEditor editor;
  type (editor, U"ac");
  editor.edit (Edit::left);
  type (editor, U"b");
  EXPECT_EQ (editor.text (), "abc");
  EXPECT_EQ (editor.cursor (), 2u);
}

TEST (LineEditor, MovesByWordsAndCutsThem)
{
  LineEditor editor;
  type (editor, U"one two  three");
  editor.edit (Edit::word_left);
  EXPECT_EQ (editor.cursor (), 9u);
  editor.edit (Edit::word_left);
  EXPECT_EQ (editor.cursor (), 4u);
  editor.edit (Edit::word_right);
  EXPECT_EQ (editor.cursor (), 7u);
  editor.edit (Edit::cut_word);
  EXPECT_EQ (editor.text (), "one   three");
  editor.edit (Edit::home);
  editor.edit (Edit::paste);
  EXPECT_EQ (editor.text (), "twoone   three");
  editor.edit (Edit::cut_to_end);
  EXPECT_EQ (editor.text (), "two");
  editor.edit (Edit::cut_to_start);
  EXPECT_EQ (editor.text (), "");
}

TEST (LineEditor, BringsOlderLinesBackAndKeepsTheDraft)
{
  LineEditor editor;
  type (editor, U"first");
  EXPECT_EQ (editor.take (), "first");
  type (editor, U"second");
  EXPECT_EQ (editor.take (), "second");
  type (editor, U"second");
  (void)editor.take (); // the same again is kept once
  type (editor, U"draft");
  editor.edit (Edit::older_line);
  EXPECT_EQ (editor.text (), "second");
  editor.edit (Edit::older_line);
  EXPECT_EQ (editor.text (), "first");
  editor.edit (Edit::older_line);
  EXPECT_EQ (editor.text (), "first");
  EXPECT_EQ (editor.cursor (), 5u);
  editor.edit (Edit::newer_line);
  editor.edit (Edit::newer_line);
  editor.edit (Edit::newer_line);
  EXPECT_EQ (editor.text (), "draft");
}

TEST (LineEditor, KeepsLineEndsThroughTheHistory)
{
  LineEditor editor;
  type (editor, U"one\ntwo");
  EXPECT_EQ (editor.take (), "one\ntwo");
  editor.edit (Edit::older_line);
  EXPECT_EQ (editor.text (), "one\ntwo");
  EXPECT_EQ (editor.cells ().size (), 7u);
}

TEST (LineEditor, LeavesOutControlCharactersAndWhatIsTooLong)
{
  LineEditor editor;
  type (editor, U"\u0301\x1b\x01z");
  EXPECT_EQ (editor.text (), "z");
  for (std::size_t i = 0; i < line_bytes_max + 100; i++)
    editor.insert (U'x');
  EXPECT_EQ (editor.text ().size (), line_bytes_max);
  for (int i = 0; i < 10; i++)
    editor.insert (U'\u0301');
  EXPECT_EQ (editor.text ().size (), line_bytes_max);
}

TEST (LineEditor, KeepsABoundedNumberOfLines)
{
  LineEditor editor;
  for (std::size_t i = 0; i < lines_kept_max + 10; i++)
  {
    editor.insert (std::to_string (i));
    (void)editor.take ();
  }
  for (std::size_t i = 0; i < lines_kept_max + 10; i++)
    editor.edit (Edit::older_line);
  EXPECT_EQ (editor.text (), "10");
}

// ----------------------------------------------------------------- commands

TEST (Input, IsWordsOrACommand)
{
  EXPECT_EQ (parse_input ("").kind, Input::Kind::nothing);
  EXPECT_EQ (parse_input (" \n").kind, Input::Kind::nothing);
  EXPECT_EQ (parse_input ("hello /you ").kind, Input::Kind::words);
  EXPECT_EQ (parse_input ("hello /you ").rest, "hello /you");
  EXPECT_EQ (parse_input ("//etc").kind, Input::Kind::words);
  EXPECT_EQ (parse_input ("//etc").rest, "/etc");
  EXPECT_EQ (parse_input ("/").kind, Input::Kind::unknown);
  EXPECT_EQ (parse_input ("/shout it").word, "shout");
}

TEST (Input, TakesACommandApart)
{
  const Input input = parse_input ("/admit  bob  come in ");
  EXPECT_EQ (input.kind, Input::Kind::command);
  EXPECT_EQ (input.verb, Verb::admit);
  EXPECT_EQ (input.word, "bob");
  EXPECT_EQ (input.rest, "come in");
  EXPECT_EQ (parse_input ("/send my file.txt").arguments, "my file.txt");
  EXPECT_EQ (parse_input ("/topic").arguments, "");
  EXPECT_EQ (parse_input ("/nyms").verb, Verb::nyms);
}

TEST (Input, IsCompleted)
{
  const Lines names = { "alice", "alfred", "bob" };
  EXPECT_EQ (completed ("/to", true, names), "/topic ");
  EXPECT_EQ (completed ("/to", false, names), std::nullopt);
  EXPECT_EQ (completed ("b", true, names), "bob ");
  EXPECT_EQ (completed ("a", false, names), "al");
  EXPECT_EQ (completed ("al", false, names), std::nullopt);
  EXPECT_EQ (completed ("", false, names), std::nullopt);
  EXPECT_EQ (completed ("zoe", false, names), std::nullopt);
}

TEST (Input, HelpHasEveryCommand)
{
  for (const VerbSpec &spec : verb_table ())
    EXPECT_NE (commands_help ().find (std::string ("/") + spec.name),
               std::string::npos);
}
