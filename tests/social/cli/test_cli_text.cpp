// SPDX-License-Identifier: AGPL-3.0-or-later
//
// UTF-8, what is harmless on a terminal, times, numbers.
#include <gtest/gtest.h>

#include "social/view/text.hpp"

using namespace social::view;

TEST (Utf8, KnowsWhatIsWellFormed)
{
  EXPECT_TRUE (is_utf8 (""));
  EXPECT_TRUE (is_utf8 ("plain, \xc3\xa9, \xe2\x82\xac, \xf0\x9f\x98\x80"));
  EXPECT_TRUE (is_utf8 (std::string_view ("a\0b", 3)));
  EXPECT_FALSE (is_utf8 ("\xff"));
  EXPECT_FALSE (is_utf8 ("\x80"));             // no lead
  EXPECT_FALSE (is_utf8 ("\xc3"));             // cut
  EXPECT_FALSE (is_utf8 ("\xc0\xaf"));         // overlong
  EXPECT_FALSE (is_utf8 ("\xe0\x80\xaf"));     // overlong
  EXPECT_FALSE (is_utf8 ("\xed\xa0\x80"));     // surrogate
  EXPECT_FALSE (is_utf8 ("\xf4\x90\x80\x80")); // above U+10FFFF
  EXPECT_FALSE (is_utf8 ("\xf8\x88\x80\x80\x80"));
}

TEST (Utf8, IsNeverCutInsideACharacter)
{
  EXPECT_EQ (utf8_prefix ("a\xe2\x82\xac", 4), "a\xe2\x82\xac");
  EXPECT_EQ (utf8_prefix ("a\xe2\x82\xac", 3), "a");
  EXPECT_EQ (utf8_prefix ("a\xe2\x82\xac", 1), "a");
  EXPECT_EQ (utf8_prefix ("\xe2\x82\xac", 2), "");
}

TEST (Terminal, ControlCharactersBecomeVisible)
{
  EXPECT_EQ (visible ("a\x1b[31mb"), "a<U+001B>[31mb");
  EXPECT_EQ (visible (std::string_view ("\0\x7f", 2)), "<U+0000><U+007F>");
  EXPECT_EQ (visible ("\xc2\x9b"), "<U+009B>"); // C1: CSI
  EXPECT_EQ (visible ("one\ntwo\tthree"), "one\ntwo\tthree");
  EXPECT_EQ (visible_line ("one\ntwo"), "one<U+000A>two");
  EXPECT_EQ (visible ("over\rwritten"), "over<U+000D>written");
}

TEST (Terminal, BidirectionalTricksBecomeVisible)
{
  EXPECT_EQ (visible ("a\xe2\x80\xae"
                      "b"),
             "a<U+202E>b");
  EXPECT_EQ (visible ("\xe2\x81\xa6x\xe2\x81\xa9"), "<U+2066>x<U+2069>");
  EXPECT_EQ (visible ("\xe2\x80\x8f\xd8\x9c"), "<U+200F><U+061C>");
  EXPECT_EQ (visible ("\xf3\xa0\x81\x81"), "<U+E0041>"); // tag characters
  // Arabic and Hebrew themselves stay.
  EXPECT_EQ (visible ("\xd7\xa9\xd7\x9c"), "\xd7\xa9\xd7\x9c");
}

TEST (Terminal, BrokenUtf8BecomesVisible)
{
  EXPECT_EQ (visible ("a\xff"
                      "b\xc3"),
             "a<FF>b<C3>");
}

TEST (Base64, IsTheOrdinaryOne)
{
  EXPECT_EQ (base64 (base::as_bytes ("")), "");
  EXPECT_EQ (base64 (base::as_bytes ("f")), "Zg==");
  EXPECT_EQ (base64 (base::as_bytes ("fo")), "Zm8=");
  EXPECT_EQ (base64 (base::as_bytes ("foo")), "Zm9v");
  EXPECT_EQ (base64 (base::Bytes{ 0xff, 0xfe, 0xfd, 0xfc }), "//79/A==");
}

TEST (Time, IsIsoWithMicroseconds)
{
  EXPECT_EQ (iso_time (0), "1970-01-01T00:00:00.000000Z");
  EXPECT_EQ (iso_time (1769860800123456u), "2026-01-31T12:00:00.123456Z");
  EXPECT_EQ (iso_time (253402300799999999u), "9999-12-31T23:59:59.999999Z");
}

TEST (Ids, AreDigitsUpToTheEndOfAChannel)
{
  EXPECT_EQ (parse_id ("0"), 0u);
  EXPECT_EQ (parse_id ("9007199254740991"), 9007199254740991u);
  EXPECT_FALSE (parse_id ("9007199254740992"));
  EXPECT_FALSE (parse_id ("99999999999999999999999999"));
  EXPECT_FALSE (parse_id (""));
  EXPECT_FALSE (parse_id ("-1"));
  EXPECT_FALSE (parse_id ("1x"));
  EXPECT_FALSE (parse_id (" 1"));
}

TEST (Text, MovesFurtherLinesInSoThatNoneLooksLikeAMessage)
{
  EXPECT_EQ ("one\n    #2 alice: forged",
             social::view::indented ("one\n#2 alice: forged"));
}
