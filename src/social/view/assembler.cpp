// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/view/assembler.hpp"

#include <algorithm>

#include "base/wire.hpp"

namespace social::view
{
namespace
{
constexpr std::uint32_t historic_flag = 1; // GNUNET_PSYC_MESSAGE_HISTORIC

void
append_up_to (std::string &out, base::ByteView bytes, std::size_t size_max)
{
  const std::size_t room = size_max - std::min (size_max, out.size ());
  out += base::as_text (bytes.first (std::min (room, bytes.size ())));
}
} // namespace

const std::string *
Message::find (std::string_view name) const
{
  for (const Variable &variable : variables)
    if (variable.name == name)
      return &variable.value;
  return nullptr;
}

std::optional<Fragment>
parse_fragment (base::ByteView message)
{
  wire::Decoder decoder (message);
  std::uint16_t size = 0;
  std::uint16_t type = 0;
  std::uint32_t flags = 0;
  Fragment out;
  if (! decoder.get (size) || ! decoder.get (type) || ! decoder.get (flags)
      || ! decoder.get (out.message_id) || ! decoder.get (out.offset)
      || ! decoder.get (out.sender) || size != message.size ())
    return std::nullopt;
  out.is_historic = 0 != (flags & historic_flag);
  out.parts = decoder.rest ();
  return out;
}

std::optional<Completed>
Assembler::take (const Fragment &fragment)
{
  auto it = open_.find (fragment.message_id);
  if (it == open_.end ())
  {
    // Someone who begins many messages and ends none loses the oldest.
    if (open_.size () >= messages_at_once_max)
      open_.erase (open_.begin ());
    it = open_.emplace (fragment.message_id, Open{}).first;
    it->second.message.id = fragment.message_id;
    it->second.message.is_historic = fragment.is_historic;
    it->second.message.sender = fragment.sender;
  }
  Open &open = it->second;
  if (fragment.offset != open.next_offset)
    open.is_partial = true;
  open.next_offset = fragment.offset + fragment.parts.size ();

  psyc::PartReader reader (fragment.parts);
  while (const auto part = reader.next ())
  {
    if (std::holds_alternative<psyc::CancelPart> (*part))
    {
      open_.erase (it);
      return std::nullopt;
    }
    if (! open.is_partial
        && psyc::PartError::none != open.checker.on_part (*part))
      open.is_partial = true;
    if (! open.is_partial)
      take_part (open, *part);
    if (std::holds_alternative<psyc::EndPart> (*part))
    {
      Completed out{ std::move (open.message), open.is_partial };
      open_.erase (it);
      return out;
    }
  }
  if (psyc::PartError::none != reader.error ())
    open.is_partial = true;
  return std::nullopt;
}

const Message *
Assembler::begun (std::uint64_t id) const
{
  const auto it = open_.find (id);
  if (open_.end () == it || it->second.is_partial)
    return nullptr;
  return &it->second.message;
}

void
Assembler::take_part (Open &open, const psyc::Part &part)
{
  Message &message = open.message;
  if (const auto *method = std::get_if<psyc::MethodPart> (&part))
    message.method = method->name;
  else if (const auto *modifier = std::get_if<psyc::ModifierPart> (&part))
  {
    if (message.variables.size () >= variables_max)
      message.variables.pop_back ();
    message.variables.push_back ({ modifier->oper,
                                   std::string (modifier->name),
                                   {},
                                   modifier->value.size () });
    append_up_to (message.variables.back ().value, modifier->value,
                  value_kept_max);
  }
  else if (const auto *piece = std::get_if<psyc::ModContPart> (&part))
  {
    message.variables.back ().size += piece->value.size ();
    append_up_to (message.variables.back ().value, piece->value,
                  value_kept_max);
  }
  else if (const auto *data = std::get_if<psyc::DataPart> (&part))
  {
    message.body_size += data->data.size ();
    if (sink_)
      sink_ (message, data->data);
    append_up_to (message.body, data->data, body_kept_max);
  }
}
} // namespace social::view
