// SPDX-License-Identifier: AGPL-3.0-or-later
#include "psyc/message/part_writer.hpp"

#include <algorithm>
#include <cassert>
#include <limits>
#include <utility>

#include "psyc/message/names.hpp"

namespace psyc
{
namespace
{
// A piece smaller than this is not worth a part of its own at the end of a
// chunk, unless it is all there is.
constexpr std::size_t piece_min = 64;
} // namespace

PartWriter::PartWriter (std::size_t chunk_max)
    : chunk_max_ (std::clamp (chunk_max, chunk_min, chunk_limit))
{}

template <typename U>
void
PartWriter::put (U value)
{
  for (std::size_t i = sizeof (U); i-- > 0;)
    open_.push_back (static_cast<std::uint8_t> (value >> (8 * i)));
}

std::size_t
PartWriter::room () const
{
  return chunk_max_ - open_.size ();
}

std::size_t
PartWriter::pending () const
{
  return closed_bytes_ + open_.size ();
}

void
PartWriter::flush ()
{
  if (open_.empty ())
    return;
  closed_bytes_ += open_.size ();
  closed_.push_back (std::exchange (open_, {}));
}

std::optional<base::Bytes>
PartWriter::take ()
{
  if (closed_.empty ())
    return std::nullopt;
  base::Bytes chunk = std::move (closed_.front ());
  closed_.pop_front ();
  closed_bytes_ -= chunk.size ();
  return chunk;
}

void
PartWriter::need (std::size_t size)
{
  assert (size <= chunk_max_);
  if (room () < size)
    flush ();
}

void
PartWriter::header (PartType type, std::size_t size)
{
  put (static_cast<std::uint16_t> (size));
  put (static_cast<std::uint16_t> (type));
}

bool
PartWriter::method (std::string_view name, std::uint32_t flags,
                    std::uint64_t state_delta)
{
  if (! is_name (name))
    return false;
  const std::size_t size = method_header_size + name.size () + 1;
  need (size);
  header (PartType::method, size);
  put (flags);
  put (state_delta);
  open_.insert (open_.end (), name.begin (), name.end ());
  open_.push_back (0);
  return true;
}

bool
PartWriter::modifier (Operator oper, std::string_view name,
                      base::ByteView value)
{
  if (value.size () > std::numeric_limits<std::uint32_t>::max ())
    return false;
  return modifier_begin (oper, name, static_cast<std::uint32_t> (value.size ()),
                         value);
}

bool
PartWriter::modifier_begin (Operator oper, std::string_view name,
                            std::uint32_t full_value_size, base::ByteView value)
{
  if (! is_name (name) || value.size () > full_value_size)
    return false;
  const std::size_t fixed = modifier_header_size + name.size () + 1;
  const std::size_t whole = fixed + value.size ();
  // What fits a chunk is not split over two.
  need (whole <= chunk_max_ ? whole : fixed + piece_min);
  const std::size_t first = std::min (value.size (), room () - fixed);
  header (PartType::modifier, fixed + first);
  put (full_value_size);
  put (static_cast<std::uint16_t> (name.size () + 1));
  put (static_cast<std::uint8_t> (oper));
  open_.insert (open_.end (), name.begin (), name.end ());
  open_.push_back (0);
  const auto start = value.first (first);
  open_.insert (open_.end (), start.begin (), start.end ());
  modifier_more (value.subspan (first));
  return true;
}

void
PartWriter::modifier_more (base::ByteView value)
{
  pieces (PartType::mod_cont, value);
}

void
PartWriter::data (base::ByteView bytes)
{
  pieces (PartType::data, bytes);
}

void
PartWriter::pieces (PartType type, base::ByteView bytes)
{
  while (! bytes.empty ())
  {
    need (part_header_size + std::min (bytes.size (), piece_min));
    const std::size_t size
        = std::min (bytes.size (), room () - part_header_size);
    header (type, part_header_size + size);
    const auto piece = bytes.first (size);
    open_.insert (open_.end (), piece.begin (), piece.end ());
    bytes = bytes.subspan (size);
  }
}

void
PartWriter::end ()
{
  need (part_header_size);
  header (PartType::end, part_header_size);
}

void
PartWriter::cancel ()
{
  need (part_header_size);
  header (PartType::cancel, part_header_size);
}

bool
PartWriter::add (const Part &part)
{
  if (const auto *method_part = std::get_if<MethodPart> (&part))
    return method (method_part->name, method_part->flags,
                   method_part->state_delta);
  if (const auto *modifier_part = std::get_if<ModifierPart> (&part))
    return modifier_begin (modifier_part->oper, modifier_part->name,
                           modifier_part->full_value_size,
                           modifier_part->value);
  if (const auto *piece = std::get_if<ModContPart> (&part))
    modifier_more (piece->value);
  else if (const auto *data_part = std::get_if<DataPart> (&part))
    data (data_part->data);
  else if (std::holds_alternative<EndPart> (part))
    end ();
  else
    cancel ();
  return true;
}
} // namespace psyc
