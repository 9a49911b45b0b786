// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/core/entry_message.hpp"

#include <algorithm>

#include "base/wire.hpp"

namespace social
{
std::optional<psyc::Message>
parse_entry_message (base::ByteView bytes)
{
  if (wire::message_type (bytes) != psyc_message_type)
    return std::nullopt;
  return psyc::parse_message (bytes.subspan (wire::header_size));
}

std::optional<base::Bytes>
build_entry_message (const psyc::Message &message)
{
  const auto parts = psyc::encode_message (message);
  if (! parts)
    return std::nullopt;
  wire::Encoder encoder;
  encoder.put (static_cast<std::uint16_t> (wire::header_size + parts->size ()));
  encoder.put (psyc_message_type);
  encoder.raw (*parts);
  return encoder.take ();
}

base::Bytes
entry_text (std::string_view method, std::string_view text)
{
  psyc::Message message;
  message.method = method;
  message.data = base::to_bytes (base::as_bytes (text));
  return build_entry_message (message).value_or (base::Bytes{});
}

std::optional<base::Bytes>
tagged_request (const base::Bytes &request, const base::SendTag &tag)
{
  psyc::Message message;
  message.method = enter_method;
  if (! request.empty ())
  {
    auto parsed = parse_entry_message (request);
    if (! parsed)
      return std::nullopt;
    message = std::move (*parsed);
  }
  std::erase_if (message.modifiers, [] (const psyc::Modifier &modifier)
                 { return modifier.name == tag_variable; });
  message.modifiers.push_back ({ psyc::Operator::set,
                                 std::string (tag_variable),
                                 base::to_bytes (tag.view ()) });
  return build_entry_message (message);
}

base::SendTag
tag_of (const psyc::Message &message)
{
  const base::Bytes *value = message.find (tag_variable);
  if (nullptr == value)
    return {};
  return base::SendTag::from (*value).value_or (base::SendTag{});
}

std::string
text_of (base::ByteView message)
{
  const auto parsed = parse_entry_message (message);
  if (! parsed)
    return {};
  return std::string (base::as_text (parsed->data));
}
} // namespace social
