// SPDX-License-Identifier: AGPL-3.0-or-later
#include "psycstore/core/methods.hpp"

#include <algorithm>

#include "psyc/message/names.hpp"
#include "psyc/message/parts.hpp"
#include "psycstore/core/outcome.hpp"

namespace psycstore
{
namespace
{
std::size_t
keyword_count (std::string_view name)
{
  return static_cast<std::size_t> (
      std::count (name.begin (), name.end (), '_'));
}
} // namespace

std::optional<std::string_view>
method_of (base::ByteView parts)
{
  psyc::PartReader reader (parts);
  const auto part = reader.next ();
  if (! part || ! std::holds_alternative<psyc::MethodPart> (*part))
    return std::nullopt;
  return std::get<psyc::MethodPart> (*part).name;
}

std::vector<std::string_view>
method_prefixes (std::string_view method)
{
  std::vector<std::string_view> out;
  for (std::optional<std::string_view> name = method; name && name->size () > 1;
       name = psyc::shorter (*name))
    if (keyword_count (*name) <= method_keywords_max)
      out.push_back (*name);
  return out;
}

bool
is_searchable_prefix (std::string_view prefix)
{
  return prefix.size () <= psyc::name_max
         && keyword_count (prefix) <= method_keywords_max;
}
} // namespace psycstore
