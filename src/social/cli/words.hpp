// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Sentences for people: with what belongs into them, in the reader's language
// also when a service said them, and set in columns.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace social::cli
{
// `text` with each %s, or %1$s, replaced by its word. Translators may put words
// into another order; what is missing is left out.
[[nodiscard]] std::string filled (const char *text,
                                  const std::vector<std::string> &words);

// The translation for so many, with the number in it.
[[nodiscard]] std::string counted (const char *one, const char *many,
                                   std::uint64_t count);

// What a service said of an answer or state, translated when we know the
// sentence (service_words.cpp), else as it is: services speak English.
[[nodiscard]] std::string told (const std::string &text);

// The sentences and words that services say, for told (); ends with NULL.
[[nodiscard]] const char *const *service_words ();

// Columns of a terminal that the text takes.
[[nodiscard]] std::size_t width (std::string_view text);

// With spaces up to that many columns, two at the least.
[[nodiscard]] std::string padded (std::string text, std::size_t columns);

// "left  right", the right part in lines of its own column; ends with a line
// end. A long left part has its line for itself.
[[nodiscard]] std::string two_columns (const std::string &left,
                                       const std::string &right);

// In lines of at most 79 columns, which begin with so many spaces but for the
// first.
[[nodiscard]] std::string wrapped (const std::string &text, std::size_t indent);
} // namespace social::cli
