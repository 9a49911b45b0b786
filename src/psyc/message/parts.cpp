// SPDX-License-Identifier: AGPL-3.0-or-later
#include "psyc/message/parts.hpp"

#include "psyc/message/names.hpp"

namespace psyc
{
namespace
{
template <typename U>
U
big_endian (base::ByteView in)
{
  U value = 0;
  for (std::size_t i = 0; i < sizeof (U); i++)
    value = static_cast<U> ((value << 8) | in[i]);
  return value;
}

// The name in `raw`, whose last byte must be its only NUL.
std::optional<std::string_view>
terminated_name (base::ByteView raw)
{
  if (raw.empty () || 0 != raw.back ())
    return std::nullopt;
  const auto name = base::as_text (raw.first (raw.size () - 1));
  if (! is_name (name))
    return std::nullopt;
  return name;
}

template <class... Fs> struct Overloaded : Fs...
{
  using Fs::operator()...;
};
template <class... Fs> Overloaded (Fs...) -> Overloaded<Fs...>;
} // namespace

std::optional<Operator>
operator_from (std::uint8_t raw)
{
  switch (static_cast<Operator> (raw))
  {
  case Operator::set:
  case Operator::assign:
  case Operator::augment:
  case Operator::diminish:
  case Operator::update:
    return static_cast<Operator> (raw);
  }
  return std::nullopt;
}

PartType
part_type (const Part &part)
{
  return std::visit (
      Overloaded{ [] (const MethodPart &) { return PartType::method; },
                  [] (const ModifierPart &) { return PartType::modifier; },
                  [] (const ModContPart &) { return PartType::mod_cont; },
                  [] (const DataPart &) { return PartType::data; },
                  [] (const EndPart &) { return PartType::end; },
                  [] (const CancelPart &) { return PartType::cancel; } },
      part);
}

std::string_view
error_name (PartError error)
{
  switch (error)
  {
  case PartError::none:
    return "no error";
  case PartError::truncated:
    return "part exceeds what is there";
  case PartError::unknown_type:
    return "unknown type of part";
  case PartError::bad_size:
    return "size does not fit the type of part";
  case PartError::bad_name:
    return "invalid name";
  case PartError::unknown_operator:
    return "unknown operator";
  case PartError::value_exceeds_size:
    return "value exceeds its declared size";
  case PartError::method_again:
    return "second method";
  case PartError::method_missing:
    return "part before the method";
  case PartError::modifier_after_data:
    return "modifier after data";
  case PartError::continuation_without_modifier:
    return "continuation without a modifier in progress";
  case PartError::continuation_exceeds_size:
    return "continuation exceeds the declared size";
  case PartError::empty_continuation:
    return "empty continuation";
  case PartError::modifier_incomplete:
    return "modifier in progress lacks some of its value";
  case PartError::after_end:
    return "part after the end";
  case PartError::fragment_missing:
    return "a fragment before this one is missing";
  case PartError::fragment_again:
    return "fragment came before";
  case PartError::empty_fragment:
    return "fragment without parts";
  }
  return "unknown error";
}

std::optional<Part>
PartReader::refuse (PartError error)
{
  error_ = error;
  rest_ = {};
  raw_ = {};
  return std::nullopt;
}

std::optional<Part>
PartReader::next ()
{
  if (rest_.empty ())
    return std::nullopt;
  if (rest_.size () < part_header_size)
    return refuse (PartError::truncated);
  const std::size_t size = big_endian<std::uint16_t> (rest_);
  const auto type
      = static_cast<PartType> (big_endian<std::uint16_t> (rest_.subspan (2)));
  if (size > rest_.size ())
    return refuse (PartError::truncated);
  if (size < part_header_size)
    return refuse (PartError::bad_size);
  raw_ = rest_.first (size);
  rest_ = rest_.subspan (size);
  const base::ByteView body = raw_.subspan (part_header_size);
  switch (type)
  {
  case PartType::method:
    return read_method (body);
  case PartType::modifier:
    return read_modifier (body);
  case PartType::mod_cont:
    return ModContPart{ body };
  case PartType::data:
    return DataPart{ body };
  case PartType::end:
    return body.empty () ? std::optional<Part> (EndPart{})
                         : refuse (PartError::bad_size);
  case PartType::cancel:
    return body.empty () ? std::optional<Part> (CancelPart{})
                         : refuse (PartError::bad_size);
  }
  return refuse (PartError::unknown_type);
}

std::optional<Part>
PartReader::read_method (base::ByteView body)
{
  constexpr std::size_t fixed = method_header_size - part_header_size;
  if (body.size () < fixed)
    return refuse (PartError::bad_size);
  const auto name = terminated_name (body.subspan (fixed));
  if (! name)
    return refuse (PartError::bad_name);
  return MethodPart{ big_endian<std::uint32_t> (body),
                     big_endian<std::uint64_t> (body.subspan (4)), *name };
}

std::optional<Part>
PartReader::read_modifier (base::ByteView body)
{
  constexpr std::size_t fixed = modifier_header_size - part_header_size;
  if (body.size () < fixed)
    return refuse (PartError::bad_size);
  const std::uint32_t full_value_size = big_endian<std::uint32_t> (body);
  const std::size_t name_size = big_endian<std::uint16_t> (body.subspan (4));
  const auto oper = operator_from (body[6]);
  const base::ByteView content = body.subspan (fixed);
  if (! oper)
    return refuse (PartError::unknown_operator);
  if (name_size > content.size ())
    return refuse (PartError::bad_size);
  const auto name = terminated_name (content.first (name_size));
  if (! name)
    return refuse (PartError::bad_name);
  const base::ByteView value = content.subspan (name_size);
  if (value.size () > full_value_size)
    return refuse (PartError::value_exceeds_size);
  return ModifierPart{ *oper, *name, full_value_size, value };
}
} // namespace psyc
