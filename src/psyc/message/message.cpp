// SPDX-License-Identifier: AGPL-3.0-or-later
#include "psyc/message/message.hpp"

#include <algorithm>

#include "psyc/message/part_checker.hpp"
#include "psyc/message/part_writer.hpp"

namespace psyc
{
const base::Bytes *
Message::find (std::string_view name) const
{
  const auto at = std::find_if (modifiers.begin (), modifiers.end (),
                                [&] (const Modifier &modifier)
                                { return name == modifier.name; });
  return modifiers.end () == at ? nullptr : &at->value;
}

std::optional<std::string_view>
Message::find_text (std::string_view name) const
{
  const auto *value = find (name);
  if (nullptr == value)
    return std::nullopt;
  return base::as_text (*value);
}

void
Message::add (Operator oper, std::string_view name, std::string_view value)
{
  modifiers.push_back (
      { oper, std::string (name), base::to_bytes (base::as_bytes (value)) });
}

std::optional<base::Bytes>
encode_message (const Message &message, std::size_t size_max)
{
  size_max = std::min (size_max, PartWriter::chunk_limit);
  PartWriter writer (PartWriter::chunk_limit);
  if (! writer.method (message.method, message.flags, message.state_delta))
    return std::nullopt;
  for (const auto &modifier : message.modifiers)
  {
    if (! writer.modifier (modifier.oper, modifier.name, modifier.value)
        || writer.pending () > size_max)
      return std::nullopt;
  }
  writer.data (message.data);
  writer.end ();
  if (writer.pending () > size_max)
    return std::nullopt;
  writer.flush ();
  auto whole = writer.take ();
  // More than one chunk would exceed the limit.
  return 0 == writer.pending () ? std::move (whole) : std::nullopt;
}

namespace
{
// Adds what `part` brings to the message.
struct Collector
{
  Message message;

  void
  operator() (const MethodPart &part)
  {
    message.method = part.name;
    message.flags = part.flags;
    message.state_delta = part.state_delta;
  }

  void
  operator() (const ModifierPart &part)
  {
    message.modifiers.push_back (
        { part.oper, std::string (part.name), base::to_bytes (part.value) });
  }

  void
  operator() (const ModContPart &part)
  {
    auto &value = message.modifiers.back ().value;
    value.insert (value.end (), part.value.begin (), part.value.end ());
  }

  void
  operator() (const DataPart &part)
  {
    message.data.insert (message.data.end (), part.data.begin (),
                         part.data.end ());
  }

  void
  operator() (const EndPart &)
  {}

  void
  operator() (const CancelPart &)
  {}
};

struct Collected
{
  Message message;
  PartChecker checker;
};

std::optional<Collected>
collect (base::ByteView parts)
{
  PartReader reader (parts);
  PartChecker checker;
  Collector collector;
  while (const auto part = reader.next ())
  {
    if (PartError::none != checker.on_part (*part))
      return std::nullopt;
    std::visit (collector, *part);
  }
  if (PartError::none != reader.error ()
      || PartChecker::State::start == checker.state ())
    return std::nullopt;
  return Collected{ std::move (collector.message), checker };
}
} // namespace

std::optional<Message>
parse_message (base::ByteView parts)
{
  auto collected = collect (parts);
  if (! collected || PartChecker::State::ended != collected->checker.state ())
    return std::nullopt;
  return std::move (collected->message);
}

std::optional<Message>
parse_head (base::ByteView parts)
{
  auto collected = collect (parts);
  if (! collected)
    return std::nullopt;
  if (PartChecker::State::value == collected->checker.state ())
    collected->message.modifiers.pop_back ();
  return std::move (collected->message);
}
} // namespace psyc
