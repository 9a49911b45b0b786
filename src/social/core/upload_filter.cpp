// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/core/upload_filter.hpp"

#include "psyc/message/names.hpp"
#include "psyc/message/part_writer.hpp"
#include "psyc/message/parts.hpp"

namespace social
{
bool
is_service_method (std::string_view name)
{
  return psyc::is_a (name, "_notice_place_closing")
         || psyc::is_a (name, "_notice_place_leave")
         || psyc::is_a (name, "_notice_place_enter");
}

bool
is_service_variable (std::string_view name)
{
  return "_nym_author" == name || "_time_said" == name || "_time_sent" == name;
}

std::optional<base::Bytes>
UploadFilter::take (base::ByteView parts)
{
  base::Bytes out;
  psyc::PartReader reader (parts);
  while (const auto part = reader.next ())
  {
    if (is_finished_)
      return std::nullopt;
    const auto type = psyc::part_type (*part);
    if (has_begun_ == (psyc::PartType::method == type))
      return std::nullopt; // no method first, or a second one
    if (const auto *method = std::get_if<psyc::MethodPart> (&*part);
        nullptr != method && is_service_method (method->name))
    {
      why_not_ = "only the service itself says this (see close, leave, eject)";
      return std::nullopt;
    }
    if (psyc::PartType::mod_cont == type && is_dropping_)
      continue;
    const auto *modifier = std::get_if<psyc::ModifierPart> (&*part);
    is_dropping_ = nullptr != modifier && is_service_variable (modifier->name);
    if (is_dropping_)
      continue;
    out.insert (out.end (), reader.raw ().begin (), reader.raw ().end ());
    if (! has_begun_ && ! insert (out))
      return std::nullopt;
    has_begun_ = true;
    is_finished_
        = psyc::PartType::end == type || psyc::PartType::cancel == type;
  }
  if (psyc::PartError::none != reader.error ())
    return std::nullopt;
  return out;
}

bool
UploadFilter::insert (base::Bytes &out) const
{
  psyc::PartWriter writer (psyc::PartWriter::chunk_limit);
  for (const auto &variable : inserted_)
    if (! writer.modifier (psyc::Operator::set, variable.name, variable.value))
      return false;
  writer.flush ();
  while (const auto chunk = writer.take ())
    out.insert (out.end (), chunk->begin (), chunk->end ());
  return true;
}
} // namespace social
