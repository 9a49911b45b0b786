// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Puts messages together from the fragments of a place, which may be those of
// several messages at a time. Bodies are kept up to a limit; of what is longer
// one reads its beginning and its size. Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "psyc/message/part_checker.hpp"
#include "psyc/message/parts.hpp"

namespace social::view
{
inline constexpr std::size_t body_kept_max = std::size_t{ 64 } * 1024;
inline constexpr std::size_t value_kept_max = std::size_t{ 64 } * 1024;
inline constexpr std::size_t variables_max = 256;
inline constexpr std::size_t messages_at_once_max = 64;

struct Variable
{
  psyc::Operator oper = psyc::Operator::set;
  std::string name;
  std::string value;      // at most value_kept_max of it
  std::uint64_t size = 0; // of the whole; 0: that of `value`

  [[nodiscard]] bool
  is_cut () const
  {
    return size > value.size ();
  }
  bool operator== (const Variable &) const = default;
};

// A message as it is shown.
struct Message
{
  std::uint64_t id = 0;
  bool is_historic = false;
  base::MemberKey sender; // of the psyc header; zero: the host
  std::string method;
  std::vector<Variable> variables;
  std::string body;            // at most body_kept_max of it
  std::uint64_t body_size = 0; // of the whole

  // Value of the first variable of that name, or NULL.
  [[nodiscard]] const std::string *find (std::string_view name) const;
};

// One fragment as it comes from the service.
struct Fragment
{
  std::uint64_t message_id = 0;
  std::uint64_t offset = 0; // of its parts, in all parts of the message
  bool is_historic = false;
  base::MemberKey sender;
  base::ByteView parts;
};

// Decodes a whole struct GNUNET_PSYC_MessageHeader with its parts.
[[nodiscard]] std::optional<Fragment> parse_fragment (base::ByteView message);

// A message came to its end.
struct Completed
{
  Message message;
  // Its beginning came before we listened, or a piece was missing: only the
  // id is good; read it anew.
  bool is_partial = false;
};

class Assembler
{
public:
  // Gets body bytes as they come, of the message whose fragment is taken.
  using BodySink = std::function<void (const Message &, base::ByteView)>;

  explicit Assembler (BodySink sink = {}) : sink_ (std::move (sink)) {}

  // Takes the next fragment; gives the message when this was its end.
  // Cancelled messages vanish.
  [[nodiscard]] std::optional<Completed> take (const Fragment &fragment);

  // Messages that have begun and not ended.
  [[nodiscard]] std::size_t
  open_count () const
  {
    return open_.size ();
  }

  // One of these, as far as it is known; NULL: none, or its beginning is
  // missing.
  [[nodiscard]] const Message *begun (std::uint64_t id) const;

private:
  struct Open
  {
    Message message;
    psyc::PartChecker checker;
    std::uint64_t next_offset = 0;
    bool is_partial = false;
  };

  void take_part (Open &open, const psyc::Part &part);

  BodySink sink_;
  std::map<std::uint64_t, Open> open_;
};
} // namespace social::view
