// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Where results go: stdout, in one of three forms, flushed line by line; and
// errors, one line on stderr.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.hpp"

namespace social::cli
{
class Output
{
public:
  enum class Form
  {
    human, // for people
    quiet, // nothing but the result
    json,  // for programs
  };

  explicit Output (Form form);

  [[nodiscard]] Form
  form () const
  {
    return form_;
  }

  // One result in its three forms, without line ends; an empty one is not
  // printed.
  void result (const std::string &json, const std::string &human,
               const std::string &quiet);
  // Something that only people want to know.
  void remark (const std::string &human);
  void raw (base::ByteView bytes);
  void error (const std::string &code, const std::string &message);

  // Text of others, for people: harmless when stdout is a terminal.
  [[nodiscard]] std::string shown (std::string_view text) const;
  [[nodiscard]] std::string shown_line (std::string_view text) const;

  // Nobody reads stdout any more.
  [[nodiscard]] bool
  is_broken () const
  {
    return is_broken_;
  }

private:
  void print (const std::string &line);

  const Form form_;
  const bool is_terminal_;
  bool is_broken_ = false;
};
} // namespace social::cli
