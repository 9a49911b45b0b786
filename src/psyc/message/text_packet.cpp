// SPDX-License-Identifier: AGPL-3.0-or-later
#include "psyc/message/text_packet.hpp"

#include <algorithm>
#include <utility>

#include "psyc/message/names.hpp"

namespace psyc
{
namespace
{
PacketVariable
copy_of (const TextVariable &variable)
{
  return { variable.oper, std::string (variable.name),
           base::to_bytes (variable.value) };
}

// Adds an event to a packet.
struct Collector
{
  Packet &packet;

  void
  operator() (const TextRouting &routing)
  {
    packet.routing.push_back (copy_of (routing.variable));
  }

  void
  operator() (const TextSync &sync)
  {
    (TextOperator::assign == sync.oper ? packet.has_reset : packet.has_question)
        = true;
  }

  void
  operator() (const TextVariable &variable)
  {
    packet.variables.push_back (copy_of (variable));
  }

  void
  operator() (const TextMethod &method)
  {
    packet.method = method.name;
  }

  void
  operator() (const TextData &data)
  {
    packet.data.insert (packet.data.end (), data.bytes.begin (),
                        data.bytes.end ());
  }

  void
  operator() (const TextEnd &)
  {}
};

bool
has_line_feed (const PacketVariable &variable)
{
  return variable.value.end ()
         != std::find (variable.value.begin (), variable.value.end (), '\n');
}

bool
can_be_rendered (const Packet &packet)
{
  const auto has_name
      = [] (const PacketVariable &variable) { return is_name (variable.name); };
  const auto &routing = packet.routing;
  const auto &variables = packet.variables;
  return std::all_of (routing.begin (), routing.end (), has_name)
         && std::none_of (routing.begin (), routing.end (), &has_line_feed)
         && std::all_of (variables.begin (), variables.end (), has_name)
         && (packet.method.empty () ? packet.data.empty ()
                                    : is_name (packet.method));
}

void
append (base::Bytes &out, std::string_view text)
{
  out.insert (out.end (), text.begin (), text.end ());
}

base::Bytes
content_of (const Packet &packet)
{
  base::Bytes out;
  if (packet.has_reset)
    append (out, "=\n");
  if (packet.has_question)
    append (out, "?\n");
  for (const auto &variable : packet.variables)
    render_variable (out, { variable.oper, variable.name, variable.value });
  if (packet.method.empty ())
    return out;
  append (out, packet.method);
  out.push_back ('\n');
  if (packet.data.empty ())
    return out;
  append (out, base::as_text (packet.data));
  out.push_back ('\n');
  return out;
}

bool
is_fragment (const Packet &packet)
{
  return std::any_of (packet.routing.begin (), packet.routing.end (),
                      [] (const PacketVariable &variable)
                      { return "_fragment" == variable.name; });
}
} // namespace

void
Packet::add (const TextEvent &event)
{
  std::visit (Collector{ *this }, event);
}

TextResult<Packet>
parse_packet (base::ByteView text, const TextLimits &limits)
{
  TextParser parser (limits);
  Packet packet;
  while (const auto event = parser.next (text))
  {
    if (! std::holds_alternative<TextEnd> (*event))
    {
      packet.add (*event);
      continue;
    }
    if (! text.empty ())
      return { TextError::more_than_one, std::nullopt };
    return { TextError::none, std::move (packet) };
  }
  return { TextError::none == parser.error () ? TextError::incomplete
                                              : parser.error (),
           std::nullopt };
}

std::optional<base::Bytes>
render_packet (const Packet &packet)
{
  if (! can_be_rendered (packet))
    return std::nullopt;
  return render_frame (render_routing (packet.routing), content_of (packet),
                       TextLength::where_needed);
}

base::Bytes
render_routing (const std::vector<PacketVariable> &routing)
{
  base::Bytes out;
  for (const auto &variable : routing)
  {
    out.push_back (static_cast<std::uint8_t> (variable.oper));
    append (out, variable.name);
    if (! variable.value.empty ())
    {
      out.push_back ('\t');
      append (out, base::as_text (variable.value));
    }
    out.push_back ('\n');
  }
  return out;
}

TextResult<Message>
message_of (Packet packet)
{
  if (is_fragment (packet))
    return { TextError::fragment_of_packet, std::nullopt };
  if (packet.method.empty ())
    return { TextError::method_missing, std::nullopt };
  if (packet.has_question)
    return { TextError::question_in_message, std::nullopt };
  Message message;
  message.method = std::move (packet.method);
  if (packet.has_reset)
    message.state_delta = state_reset;
  for (auto &variable : packet.variables)
  {
    const auto oper = part_operator (variable.oper);
    if (! oper)
      return { TextError::question_in_message, std::nullopt };
    message.modifiers.push_back (
        { *oper, std::move (variable.name), std::move (variable.value) });
  }
  message.data = std::move (packet.data);
  return { TextError::none, std::move (message) };
}

Packet
packet_of (const Message &message)
{
  Packet packet;
  packet.has_reset = state_reset == message.state_delta;
  for (const auto &modifier : message.modifiers)
    packet.variables.push_back (
        { text_operator (modifier.oper), modifier.name, modifier.value });
  packet.method = message.method;
  packet.data = message.data;
  return packet;
}
} // namespace psyc
