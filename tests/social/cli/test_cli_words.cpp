// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Sentences: their words put in, those of services recognised, columns.
#include <clocale>
#include <cstring>

#include <gtest/gtest.h>

#include "social/cli/words.hpp"

namespace
{
using namespace social::cli;

TEST (Filled, PutsWordsIntoTheirPlaces)
{
  EXPECT_EQ (filled ("'%s' wants: %s", { "say", "PLACE" }),
             "'say' wants: PLACE");
  EXPECT_EQ (filled ("%2$s for %1$s", { "say", "PLACE" }), "PLACE for say");
  EXPECT_EQ (filled ("nothing", { "say" }), "nothing");
}

TEST (Filled, TakesWordsAsTheyAre)
{
  EXPECT_EQ (filled ("%s-%s", { "%s", "%1$s" }), "%s-%1$s");
}

TEST (Filled, LeavesOutWhatIsMissing)
{
  EXPECT_EQ (filled ("a %s b %s%9$s", { "1" }), "a 1 b ");
  EXPECT_EQ (filled ("100 % %", {}), "100 % %");
  EXPECT_EQ (filled ("%", {}), "%");
  EXPECT_EQ (filled ("%1", { "x" }), "%1");
}

TEST (Counted, HasTheNumberInIt)
{
  EXPECT_EQ (counted ("%s message", "%s messages", 1), "1 message");
  EXPECT_EQ (counted ("%s message", "%s messages", 2), "2 messages");
}

// Without a catalogue what services say stays as it is, whatever is in it.
TEST (Told, KeepsWhatItIsTold)
{
  std::setlocale (LC_ALL, "C.UTF-8");
  for (const char *const *said = service_words (); nullptr != *said; said++)
    EXPECT_EQ (told (*said), *said);
  for (const std::string &text :
       { std::string (), std::string (": "), std::string (": : : "),
         std::string ("could not be written: disk full: /x"),
         std::string ("there are several egos (a, b): name one with --ego"),
         std::string ("\"\" is neither a GNS name nor a place's key"),
         std::string ("\"%s\" is neither a GNS name nor a place's key: %s"),
         std::string (100000, ':'), std::string ("of people: \xff\xfe %s") })
    EXPECT_EQ (told (text), text);
}

TEST (Width, IsThatOfATerminal)
{
  std::setlocale (LC_ALL, "C.UTF-8");
  EXPECT_EQ (width (""), 0u);
  EXPECT_EQ (width ("place"), 5u);
  EXPECT_EQ (width ("Größe"), 5u);
  EXPECT_EQ (width ("e\xcc\x81"), 1u);        // a combining accent
  EXPECT_EQ (width ("\xe5\xba\x83"), 2u);     // a wide character
  EXPECT_EQ (width ("a\xff\xfe"), 3u);        // no UTF-8
  EXPECT_EQ (width (std::string (1, 0)), 1u); // one that ends nothing
}

TEST (Padded, FillsColumnsAndKeepsTwoFree)
{
  std::setlocale (LC_ALL, "C.UTF-8");
  EXPECT_EQ (padded ("Tür", 6), "Tür   ");
  EXPECT_EQ (padded ("lounge", 3), "lounge  ");
}

TEST (Wrapped, BreaksBetweenWordsAlone)
{
  const std::string text
      = "one two " + std::string (70, 'x') + " three " + std::string (90, 'y');
  EXPECT_EQ (wrapped (text, 2), "one two\n  " + std::string (70, 'x')
                                    + " three\n  " + std::string (90, 'y'));
  EXPECT_EQ (wrapped ("", 2), "");
  EXPECT_EQ (wrapped ("a  b ", 0), "a  b");
}

TEST (TwoColumns, GivesALongLeftPartItsOwnLine)
{
  EXPECT_EQ (two_columns ("  -h", "help"),
             "  -h" + std::string (22, ' ') + "help\n");
  EXPECT_EQ (two_columns (std::string (30, 'a'), "help"),
             std::string (30, 'a') + "\n" + std::string (26, ' ') + "help\n");
}
} // namespace
