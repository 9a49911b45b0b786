// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Prints messages of one place: as lines for people, as JSON, or as bare
// bodies.
#pragma once

#include <map>
#include <set>
#include <string>

#include "social/cli/session.hpp"

namespace social::cli
{
class Printer
{
public:
  enum class Age
  {
    historic,
    live,
  };

  Printer (Session &session, Place place);

  // Learns the names that we gave to the place's nyms, then goes on.
  void learn_names (std::function<void ()> go_on);

  // With --raw: bytes of a body, as they come. Short bodies are held back
  // until `print`, so that of a message without end nothing is printed.
  void body (const Message &message, base::ByteView bytes);
  void print (const Message &message, Age age);
  [[nodiscard]] MessageView view_of (const Message &message, Age age);
  // Messages that nobody could supply.
  void gap (std::uint64_t from, std::uint64_t to);

  [[nodiscard]] const Place &
  place () const
  {
    return place_;
  }
  [[nodiscard]] bool
  is_raw () const
  {
    return is_raw_;
  }

private:
  [[nodiscard]] std::string human_line (const MessageView &view);
  [[nodiscard]] std::string body_of (const Message &message);

  Session &session_;
  const Place place_;
  const bool is_raw_;
  std::map<std::string, std::string> names_; // by tagged key
  std::set<std::string> unknown_;            // asked for once
  std::uint64_t streaming_id_ = 0;           // --raw: its body is being printed
};
} // namespace social::cli
