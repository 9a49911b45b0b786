// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Reading and checking parts: nothing outside the input is read, nothing in
// the wrong order passes.
#include "psyc/message/names.hpp"
#include "psyc/message/part_checker.hpp"
#include "psyc/message/parts.hpp"

#include <gtest/gtest.h>

#include "part_builder.hpp"

using psyc::PartChecker;
using psyc::PartError;
using psyc::PartReader;
using psyc::PartType;
using test::Parts;

namespace
{
// The error that ends reading `parts`; none when all can be read.
PartError
read_all (base::ByteView parts)
{
  PartReader reader (parts);
  while (reader.next ())
    ;
  return reader.error ();
}

PartError
check_all (base::ByteView parts)
{
  PartReader reader (parts);
  PartChecker checker;
  while (const auto part = reader.next ())
  {
    if (const auto error = checker.on_part (*part); PartError::none != error)
      return error;
  }
  return reader.error ();
}

Parts
whole_message ()
{
  return Parts ()
      .method ("_message_public")
      .modifier (':', "_tag", 3, "abc")
      .modifier ('=', "_topic", 6, "one")
      .mod_cont ("two")
      .modifier ('=', "_gone", 0, "")
      .data ("hello ")
      .data ("world")
      .end ();
}

constexpr PartType modifier_type = PartType::modifier;
} // namespace

TEST (Names, AreAnUnderscoreAndLettersDigitsUnderscores)
{
  for (const auto *name : { "_", "_a", "_message_public", "_A9_z", "__" })
    EXPECT_TRUE (psyc::is_name (name)) << name;
  for (const auto *name :
       { "", "a", "message", "_a b", "_a-b", "_\xc3\xa4", "_a/..", " _a" })
    EXPECT_FALSE (psyc::is_name (name)) << name;
  EXPECT_TRUE (psyc::is_name ("_" + std::string (254, 'x')));
  EXPECT_FALSE (psyc::is_name ("_" + std::string (255, 'x')));
}

TEST (Names, InheritByWholeKeywordsOnly)
{
  EXPECT_TRUE (psyc::is_a ("_message_public", "_message"));
  EXPECT_TRUE (psyc::is_a ("_message", "_message"));
  EXPECT_TRUE (psyc::is_a ("_message", "_"));
  EXPECT_TRUE (psyc::is_a ("_message", ""));
  EXPECT_FALSE (psyc::is_a ("_messages", "_message"));
  EXPECT_FALSE (psyc::is_a ("_message", "_message_public"));
  EXPECT_FALSE (psyc::is_a ("_note", "_message"));
}

TEST (Names, GetShorterByOneKeywordDownToTheUnderscore)
{
  EXPECT_EQ ("_a_b", psyc::shorter ("_a_b_c"));
  EXPECT_EQ ("_", psyc::shorter ("_a"));
  EXPECT_FALSE (psyc::shorter ("_"));
  EXPECT_FALSE (psyc::shorter (""));
}

TEST (PartReader, ReadsEveryKindOfPart)
{
  const Parts parts = whole_message ();
  PartReader reader (parts);
  const auto method = reader.next ();
  ASSERT_TRUE (method);
  EXPECT_EQ ("_message_public", std::get<psyc::MethodPart> (*method).name);
  const auto modifier = reader.next ();
  ASSERT_TRUE (modifier);
  EXPECT_EQ ("_tag", std::get<psyc::ModifierPart> (*modifier).name);
  EXPECT_EQ (psyc::Operator::set,
             std::get<psyc::ModifierPart> (*modifier).oper);
  EXPECT_EQ (3u, std::get<psyc::ModifierPart> (*modifier).full_value_size);
  EXPECT_EQ (11u + 5 + 3, reader.raw ().size ());
  std::size_t count = 2;
  while (reader.next ())
    count++;
  EXPECT_EQ (8u, count);
  EXPECT_EQ (PartError::none, reader.error ());
}

TEST (PartReader, RefusesEveryPrefixOfAMessageThatCutsAPart)
{
  const base::Bytes all = whole_message ();
  for (std::size_t size = 0; size < all.size (); size++)
  {
    // A copy of exactly that size: reading past it shows under ASan.
    const base::Bytes prefix (all.begin (),
                              all.begin () + static_cast<long> (size));
    PartReader reader (prefix);
    std::size_t read = 0;
    while (reader.next ())
      read += reader.raw ().size ();
    EXPECT_EQ (read == size, PartError::none == reader.error ()) << size;
  }
}

TEST (PartReader, RefusesASizeThatExceedsWhatIsThere)
{
  base::Bytes parts = Parts ().data ("hello");
  parts[1] = 200;
  EXPECT_EQ (PartError::truncated, read_all (parts));
  parts[0] = 0xff;
  EXPECT_EQ (PartError::truncated, read_all (parts));
}

TEST (PartReader, RefusesASizeBelowTheHeaderInsteadOfLooping)
{
  base::Bytes parts = Parts ().data ("hello");
  for (std::uint8_t size = 0; size < 4; size++)
  {
    parts[0] = 0;
    parts[1] = size;
    EXPECT_EQ (PartError::bad_size, read_all (parts));
  }
}

TEST (PartReader, RefusesUnknownTypes)
{
  EXPECT_EQ (PartError::unknown_type, read_all (Parts ().raw (699, {})));
  EXPECT_EQ (PartError::unknown_type, read_all (Parts ().raw (0, {})));
}

TEST (PartReader, RefusesAMethodWithoutProperName)
{
  EXPECT_EQ (PartError::bad_size, read_all (Parts ().raw (693, {})));
  EXPECT_EQ (PartError::bad_size,
             read_all (Parts ().raw (693, base::Bytes (11, 0))));
  EXPECT_EQ (PartError::bad_name,
             read_all (Parts ().raw (693, base::Bytes (12, 0))));
  EXPECT_EQ (PartError::bad_name, read_all (Parts ().method ("")));
  EXPECT_EQ (PartError::bad_name, read_all (Parts ().method ("message")));
  EXPECT_EQ (PartError::bad_name, read_all (Parts ().method ("_a/../b")));
  // No NUL at the end, and a NUL in the middle.
  base::Bytes body (12, 0);
  body.push_back ('_');
  EXPECT_EQ (PartError::bad_name, read_all (Parts ().raw (693, body)));
  body.insert (body.end (), { 0, 'x', 0 });
  EXPECT_EQ (PartError::bad_name, read_all (Parts ().raw (693, body)));
}

TEST (PartReader, RefusesNamesLongerThanThePart)
{
  base::Bytes parts = Parts ().modifier ('=', "_name", 0, "");
  for (const int size : { 7, 255 })
  {
    parts[9] = static_cast<std::uint8_t> (size);
    EXPECT_EQ (PartError::bad_size, read_all (parts)) << size;
  }
  parts[8] = 0xff;
  parts[9] = 0xff;
  EXPECT_EQ (PartError::bad_size, read_all (parts));
  parts[8] = 0;
  parts[9] = 0;
  EXPECT_EQ (PartError::bad_name, read_all (parts));
}

TEST (PartReader, RefusesAValueLongerThanItsDeclaredSize)
{
  EXPECT_EQ (PartError::value_exceeds_size,
             read_all (Parts ().modifier ('=', "_name", 2, "abc")));
}

TEST (PartReader, RefusesUnknownOperators)
{
  for (const char oper : { '\0', '?', '!', 'x' })
    EXPECT_EQ (PartError::unknown_operator,
               read_all (Parts ().modifier (oper, "_name", 0, "")))
        << oper;
}

TEST (PartReader, RefusesEndAndCancelWithContent)
{
  EXPECT_EQ (PartError::bad_size, read_all (Parts ().raw (697, { 1 })));
  EXPECT_EQ (PartError::bad_size, read_all (Parts ().raw (698, { 1 })));
}

TEST (PartChecker, AcceptsAWholeMessage)
{
  EXPECT_EQ (PartError::none, check_all (whole_message ()));
}

TEST (PartChecker, AcceptsModifiersAfterAContinuedOne)
{
  EXPECT_EQ (PartError::none, check_all (Parts ()
                                             .method ("_m")
                                             .modifier ('=', "_a", 4, "ab")
                                             .mod_cont ("c")
                                             .mod_cont ("d")
                                             .modifier ('=', "_b", 1, "x")
                                             .end ()));
}

TEST (PartChecker, RefusesWrongOrderByName)
{
  const auto method = [] { return Parts ().method ("_m"); };
  const auto half = [&] { return method ().modifier ('=', "_a", 4, "ab"); };
  EXPECT_EQ (PartError::method_missing, check_all (Parts ().data ("x")));
  EXPECT_EQ (PartError::method_missing, check_all (Parts ().end ()));
  EXPECT_EQ (PartError::method_missing, check_all (Parts ().cancel ()));
  EXPECT_EQ (PartError::method_missing,
             check_all (Parts ().modifier ('=', "_a", 0, "")));
  EXPECT_EQ (PartError::method_again, check_all (method ().method ("_m")));
  EXPECT_EQ (PartError::method_again,
             check_all (method ().data ("x").method ("_m")));
  EXPECT_EQ (PartError::modifier_after_data,
             check_all (method ().data ("x").modifier ('=', "_a", 0, "")));
  EXPECT_EQ (PartError::continuation_without_modifier,
             check_all (method ().mod_cont ("x")));
  EXPECT_EQ (PartError::continuation_without_modifier,
             check_all (method ().modifier ('=', "_a", 1, "x").mod_cont ("y")));
  EXPECT_EQ (PartError::continuation_exceeds_size,
             check_all (half ().mod_cont ("xyz")));
  EXPECT_EQ (PartError::empty_continuation, check_all (half ().mod_cont ("")));
  EXPECT_EQ (PartError::modifier_incomplete, check_all (half ().data ("x")));
  EXPECT_EQ (PartError::modifier_incomplete, check_all (half ().end ()));
  EXPECT_EQ (PartError::modifier_incomplete,
             check_all (half ().modifier ('=', "_b", 0, "")));
  EXPECT_EQ (PartError::after_end, check_all (method ().end ().end ()));
  EXPECT_EQ (PartError::after_end, check_all (method ().cancel ().data ("x")));
}

TEST (PartChecker, AcceptsCancelInTheMiddleOfAValue)
{
  EXPECT_EQ (
      PartError::none,
      check_all (
          Parts ().method ("_m").modifier ('=', "_a", 4, "ab").cancel ()));
}

TEST (PartChecker, DoesNotWrapWhenPiecesAddUpBeyond32Bits)
{
  PartChecker checker;
  ASSERT_EQ (PartError::none, checker.on_part (psyc::MethodPart{}));
  ASSERT_EQ (PartError::none, checker.on_part (psyc::ModifierPart{
                                  psyc::Operator::set, "_a", 0xffffffff, {} }));
  const base::Bytes piece (60000);
  for (std::uint32_t i = 0; i < 0xffffffffu / 60000; i++)
    ASSERT_EQ (PartError::none, checker.on_part (psyc::ModContPart{ piece }));
  EXPECT_EQ (0xffffffffu % 60000, checker.value_missing ());
  EXPECT_EQ (PartError::continuation_exceeds_size,
             checker.on_part (psyc::ModContPart{ piece }));
}

TEST (PartChecker, KeepsItsStateWhenItRefuses)
{
  PartChecker checker;
  ASSERT_EQ (PartError::none, checker.on_part (psyc::MethodPart{}));
  EXPECT_NE (PartError::none, checker.on_part (psyc::MethodPart{}));
  EXPECT_EQ (PartError::none, checker.on_part (psyc::EndPart{}));
}

TEST (CheckRun, AcceptsTheMiddleOfAMessage)
{
  const auto run = psyc::check_run (Parts ()
                                        .mod_cont ("x")
                                        .mod_cont ("y")
                                        .modifier ('=', "_b", 1, "z")
                                        .data ("1"));
  EXPECT_EQ (PartError::none, run.error);
  EXPECT_EQ (4u, run.count);
  EXPECT_EQ (PartType::mod_cont, run.first);
  EXPECT_EQ (PartType::data, run.last);
  EXPECT_EQ (PartError::none,
             psyc::check_run (Parts ().data ("1").data ("2").end ()).error);
  EXPECT_EQ (PartError::none, psyc::check_run (Parts ().cancel ()).error);
  EXPECT_EQ (modifier_type,
             psyc::check_run (Parts ().modifier (':', "_a", 9, "x")).first);
}

TEST (CheckRun, RefusesWhatNoBeginningCouldMakeRight)
{
  EXPECT_EQ (
      PartError::modifier_after_data,
      psyc::check_run (Parts ().data ("1").modifier ('=', "_b", 0, "")).error);
  EXPECT_EQ (PartError::method_again,
             psyc::check_run (Parts ().data ("1").method ("_m")).error);
  EXPECT_EQ (PartError::continuation_without_modifier,
             psyc::check_run (Parts ().data ("1").mod_cont ("x")).error);
  EXPECT_EQ (PartError::after_end,
             psyc::check_run (Parts ().end ().data ("x")).error);
}

TEST (CheckRun, CountsNothingInNothing)
{
  const auto run = psyc::check_run ({});
  EXPECT_EQ (PartError::none, run.error);
  EXPECT_EQ (0u, run.count);
}
