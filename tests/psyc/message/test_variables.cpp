// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The rules of doc/spec/variables.md.
#include "psyc/message/variables.hpp"

#include <gtest/gtest.h>

#include "part_builder.hpp"

using psyc::Operator;
using psyc::ValueError;
using psyc::VariableType;

namespace
{
psyc::ValueResult
apply (std::string_view name, std::string_view current, char oper,
       std::string_view argument)
{
  return psyc::apply_operator (name, base::as_bytes (current),
                               static_cast<Operator> (oper),
                               base::as_bytes (argument));
}

// The new value, or the words of the error in brackets.
std::string
result (std::string_view name, std::string_view current, char oper,
        std::string_view argument)
{
  const auto out = apply (name, current, oper, argument);
  if (ValueError::none != out.error)
    return "[" + std::string (psyc::error_name (out.error)) + "]";
  return std::string (base::as_text (out.value));
}
} // namespace

TEST (VariableType, ComesFromTheFirstKeyword)
{
  EXPECT_EQ (VariableType::number, psyc::variable_type ("_amount"));
  EXPECT_EQ (VariableType::number, psyc::variable_type ("_time_said"));
  EXPECT_EQ (VariableType::list, psyc::variable_type ("_list_members"));
  EXPECT_EQ (VariableType::dict, psyc::variable_type ("_dict_x"));
  EXPECT_EQ (VariableType::data, psyc::variable_type ("_topic_list"));
  EXPECT_EQ (VariableType::data, psyc::variable_type ("_lists"));
  EXPECT_EQ (VariableType::data, psyc::variable_type ("_"));
  EXPECT_EQ (VariableType::data, psyc::variable_type (""));
  EXPECT_EQ (VariableType::data, psyc::variable_type ("list"));
}

TEST (Assign, TakesAnyBytesAndEmptyDeletes)
{
  EXPECT_EQ ("new", result ("_topic", "old", '=', "new"));
  EXPECT_EQ ("", result ("_topic", "old", '=', ""));
  EXPECT_EQ ("no number", result ("_amount", "1", '=', "no number"));
}

TEST (Numbers, AddAndSubtract)
{
  EXPECT_EQ ("5", result ("_amount", "3", '+', "2"));
  EXPECT_EQ ("2", result ("_amount", "", '+', "2"));
  EXPECT_EQ ("-2", result ("_amount", "", '-', "2"));
  EXPECT_EQ ("0", result ("_amount", "2", '-', "2"));
  EXPECT_EQ ("1", result ("_amount", "3", '+', "-2"));
}

TEST (Numbers, RefuseOverflowAndWhatIsNone)
{
  const auto max = std::to_string (INT64_MAX);
  const auto min = std::to_string (INT64_MIN);
  EXPECT_EQ ("[number exceeds 64 bits]", result ("_amount", max, '+', "1"));
  EXPECT_EQ ("[number exceeds 64 bits]", result ("_amount", min, '-', "1"));
  EXPECT_EQ ("[number exceeds 64 bits]", result ("_amount", "0", '-', min));
  EXPECT_EQ ("[not a number]", result ("_amount", "1", '+', "x"));
  EXPECT_EQ ("[not a number]", result ("_amount", "x", '+', "1"));
  EXPECT_EQ ("[not a number]", result ("_amount", "1", '+', ""));
  EXPECT_EQ ("[operator does not apply to this type]",
             result ("_amount", "1", '@', "1"));
}

TEST (Numbers, ParseNothingButDigitsWithAnOptionalMinus)
{
  const auto parse = [] (std::string_view text)
  { return psyc::parse_number (base::as_bytes (text)); };
  EXPECT_EQ (0, parse ("0"));
  EXPECT_EQ (-12, parse ("-12"));
  EXPECT_EQ (INT64_MAX, parse ("9223372036854775807"));
  EXPECT_EQ (INT64_MIN, parse ("-9223372036854775808"));
  for (const auto *text :
       { "", "-", "+1", " 1", "1 ", "0x1", "1.0", "9223372036854775808",
         "-9223372036854775809", "99999999999999999999999999" })
    EXPECT_FALSE (parse (text)) << text;
  EXPECT_FALSE (parse (std::string_view ("1\0", 2)));
}

TEST (Data, AppendsAndTakesAwayFromTheEnd)
{
  EXPECT_EQ ("ab", result ("_topic", "a", '+', "b"));
  EXPECT_EQ ("a", result ("_topic", "ab", '-', "b"));
  EXPECT_EQ ("", result ("_topic", "ab", '-', "ab"));
  EXPECT_EQ ("[value does not end with that]",
             result ("_topic", "ab", '-', "a"));
  EXPECT_EQ ("[value does not end with that]",
             result ("_topic", "b", '-', "ab"));
}

TEST (Lists, AppendElementsInEitherForm)
{
  EXPECT_EQ ("|a|b|c", result ("_list", "|a|b", '+', "|c"));
  EXPECT_EQ ("|a|b|b|c", result ("_list", "|a|b", '+', "1 b1 c"));
  EXPECT_EQ ("|a|plain element", result ("_list", "|a", '+', "plain element"));
  EXPECT_EQ ("|a", result ("_list", "", '+', "|a"));
  EXPECT_EQ ("1 a3 b|c", result ("_list", "|a", '+', "3 b|c"));
}

TEST (Lists, TakeAwayTheFirstOfEachNamed)
{
  EXPECT_EQ ("|b|a", result ("_list", "|a|b|a", '-', "|a"));
  EXPECT_EQ ("|b", result ("_list", "|a|b|a", '-', "|a|a|a"));
  EXPECT_EQ ("|a", result ("_list", "|a", '-', "|x"));
  EXPECT_EQ ("", result ("_list", "|a", '-', "a"));
}

TEST (Lists, ReplaceTheElementAtAnIndex)
{
  EXPECT_EQ ("|a|X", result ("_list", "|a|b", '@', "|1|X"));
  EXPECT_EQ ("[no such element]", result ("_list", "|a|b", '@', "|2|X"));
  EXPECT_EQ ("[no such element]", result ("_list", "|a|b", '@', "|-1|X"));
  EXPECT_EQ ("[not a number]", result ("_list", "|a|b", '@', "|x|X"));
  EXPECT_EQ ("[not a list]", result ("_list", "|a|b", '@', "|1"));
}

TEST (Lists, RefuseCountsThatLie)
{
  for (const auto *list : { "5 abc", "99999999999999999999 a", "1", "1a", " a",
                            "a", "1 a2 b", "-1 a", "4294967297 a" })
    EXPECT_FALSE (psyc::parse_list (base::as_bytes (list))) << list;
}

TEST (Lists, HaveABoundedNumberOfElements)
{
  const std::string many (psyc::elements_max, '|');
  EXPECT_TRUE (psyc::parse_list (base::as_bytes (many)));
  EXPECT_FALSE (psyc::parse_list (base::as_bytes (many + "|")));
  EXPECT_EQ ("[value too large]", result ("_list", many, '+', "|"));
  std::string counted;
  for (std::size_t i = 0; i <= psyc::elements_max; i++)
    counted += "0 ";
  EXPECT_FALSE (psyc::parse_list (base::as_bytes (counted)));
}

TEST (Lists, ComeBackFromTheirRenderedForm)
{
  const auto seed = std::random_device{}();
  std::cout << "seed " << seed << "\n";
  std::mt19937_64 random (seed);
  for (int i = 0; i < 500; i++)
  {
    psyc::List list (random () % 6);
    for (auto &element : list)
    {
      element = test::random_bytes (random, random () % 6);
      if (0 == random () % 2)
        element = test::bytes ("plain");
    }
    ASSERT_EQ (list, psyc::parse_list (psyc::render_list (list)));
  }
}

TEST (Dictionaries, SetTakeAwayAndReplaceEntries)
{
  EXPECT_EQ ("{a}1{b}2", result ("_dict", "{b}2", '+', "{a}1"));
  EXPECT_EQ ("{a}2", result ("_dict", "{a}1", '+', "{a}2"));
  EXPECT_EQ ("{b}2", result ("_dict", "{a}1{b}2", '-', "{a}"));
  EXPECT_EQ ("{a}1", result ("_dict", "{a}1", '-', "{x}"));
  EXPECT_EQ ("", result ("_dict", "{a}1", '-', "{a}"));
  EXPECT_EQ ("{a}9{b}2", result ("_dict", "{a}1{b}2", '@', "{a}9"));
  EXPECT_EQ ("[no such element]", result ("_dict", "{a}1", '@', "{b}9"));
}

TEST (Dictionaries, RefuseWhatIsNone)
{
  for (const auto *dict : { "x", "{", "{a", "{}v", "{a{b}v", "}", "1 a",
                            "1 a5 b", "0 1 b", "{a}v{" })
    EXPECT_FALSE (psyc::parse_dict (base::as_bytes (dict))) << dict;
}

TEST (Dictionaries, ComeBackFromTheirRenderedForm)
{
  const auto seed = std::random_device{}();
  std::cout << "seed " << seed << "\n";
  std::mt19937_64 random (seed);
  for (int i = 0; i < 500; i++)
  {
    psyc::Dict dict;
    for (std::size_t n = random () % 5; n > 0; n--)
    {
      auto key = test::random_bytes (random, 1 + random () % 4);
      dict[0 == random () % 2 ? "key" + std::to_string (n)
                              : std::string (base::as_text (key))]
          = test::random_bytes (random, random () % 5);
    }
    ASSERT_EQ (dict, psyc::parse_dict (psyc::render_dict (dict)));
  }
}

TEST (Values, HaveABoundedSize)
{
  const std::string large (psyc::value_size_max, 'x');
  EXPECT_EQ (ValueError::none, apply ("_topic", "", '=', large).error);
  EXPECT_EQ (ValueError::too_large, apply ("_topic", large, '+', "x").error);
  EXPECT_EQ (ValueError::too_large,
             apply ("_topic", "", '=', large + "x").error);
}
