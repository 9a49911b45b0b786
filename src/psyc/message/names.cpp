// SPDX-License-Identifier: AGPL-3.0-or-later
#include "psyc/message/names.hpp"

#include <algorithm>

namespace psyc
{
namespace
{
// ASCII only, whatever the locale.
bool
is_name_character (char c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
         || (c >= '0' && c <= '9') || '_' == c;
}
} // namespace

bool
is_name (std::string_view name)
{
  return ! name.empty () && name.size () <= name_max && '_' == name.front ()
         && std::all_of (name.begin (), name.end (), is_name_character);
}

bool
is_a (std::string_view name, std::string_view prefix)
{
  if (prefix.empty () || "_" == prefix)
    return true;
  return name.starts_with (prefix)
         && (name.size () == prefix.size () || '_' == name[prefix.size ()]);
}

std::optional<std::string_view>
shorter (std::string_view name)
{
  if (name.size () <= 1)
    return std::nullopt;
  const auto at = name.rfind ('_');
  if (std::string_view::npos == at)
    return std::nullopt;
  return name.substr (0, std::max<std::size_t> (1, at));
}
} // namespace psyc
