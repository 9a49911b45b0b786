// SPDX-License-Identifier: AGPL-3.0-or-later
#include "psyc/message/text_printer.hpp"

#include <algorithm>
#include <utility>

namespace psyc
{
namespace
{
PacketVariable
number (std::string_view name, std::uint64_t value)
{
  return { TextOperator::set, std::string (name),
           base::to_bytes (base::as_bytes (std::to_string (value))) };
}
} // namespace

struct TextPrinter::Collector
{
  TextPrinter &printer;

  void
  operator() (const MethodPart &part)
  {
    printer.method_ = part.name;
    if (state_reset == part.state_delta)
      printer.content (base::as_bytes ("=\n"));
  }

  void
  operator() (const ModifierPart &part)
  {
    printer.modifier (part);
  }

  void
  operator() (const ModContPart &part)
  {
    printer.value (part.value);
  }

  void
  operator() (const DataPart &part)
  {
    printer.begin_body ();
    printer.has_data_ |= ! part.data.empty ();
    printer.content (part.data);
  }

  void
  operator() (const EndPart &)
  {
    printer.end ();
  }

  void
  operator() (const CancelPart &)
  {
    printer.cancel ();
  }
};

void
TextPrinter::add (const Part &part)
{
  std::visit (Collector{ *this }, part);
}

base::Bytes
TextPrinter::take ()
{
  return std::exchange (ready_, {});
}

void
TextPrinter::modifier (const ModifierPart &part)
{
  if (part.value.size () == part.full_value_size)
  {
    base::Bytes line;
    render_variable (line,
                     { text_operator (part.oper), part.name, part.value });
    content (line);
    return;
  }
  const std::string head = std::string (1, static_cast<char> (part.oper))
                           + std::string (part.name) + " "
                           + std::to_string (part.full_value_size) + "\t";
  content (base::as_bytes (head));
  value_missing_ = part.full_value_size;
  value (part.value);
}

void
TextPrinter::value (base::ByteView piece)
{
  content (piece);
  value_missing_ -= static_cast<std::uint32_t> (piece.size ());
  if (0 == value_missing_)
    content (base::as_bytes ("\n"));
}

// The method's line stands after the variables.
void
TextPrinter::begin_body ()
{
  if (std::exchange (body_begun_, true))
    return;
  content (base::as_bytes (method_));
  content (base::as_bytes ("\n"));
}

void
TextPrinter::end ()
{
  begin_body ();
  if (has_data_)
    content (base::as_bytes ("\n"));
  if (0 != fragments_)
  {
    fragment (true);
    return;
  }
  const auto packet = render_frame (render_routing (routing_), content_,
                                    TextLength::where_needed);
  ready_.insert (ready_.end (), packet.begin (), packet.end ());
  content_.clear ();
}

// Fragments that went out stay without their last one.
void
TextPrinter::cancel ()
{
  content_.clear ();
  const auto packet = render_frame (
      render_routing (routing_), base::as_bytes ("_notice_message_cancelled\n"),
      TextLength::where_needed);
  ready_.insert (ready_.end (), packet.begin (), packet.end ());
}

void
TextPrinter::content (base::ByteView bytes)
{
  while (! bytes.empty ())
  {
    if (content_.size () == fragment_size)
      fragment (false);
    const auto size
        = std::min (bytes.size (), fragment_size - content_.size ());
    content_.insert (content_.end (), bytes.begin (),
                     bytes.begin () + static_cast<std::ptrdiff_t> (size));
    bytes = bytes.subspan (size);
  }
}

void
TextPrinter::fragment (bool is_last)
{
  auto routing = routing_;
  routing.push_back (number ("_fragment", fragments_++));
  if (is_last)
    routing.push_back (number ("_amount_fragments", fragments_));
  const auto packet
      = render_frame (render_routing (routing), content_, TextLength::always);
  ready_.insert (ready_.end (), packet.begin (), packet.end ());
  content_.clear ();
}
} // namespace psyc
