// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/core/place_address.hpp"

#include <algorithm>

namespace social
{
namespace
{
constexpr std::size_t label_length_max = 63;

bool
is_name (std::string_view text)
{
  if (text.empty () || text.size () > name_length_max)
    return false;
  while (true)
  {
    const auto dot = text.find ('.');
    const auto label = text.substr (0, dot);
    if (label.empty () || label.size () > label_length_max)
      return false;
    if (std::any_of (label.begin (), label.end (),
                     [] (char c)
                     { return static_cast<unsigned char> (c) <= ' '; }))
      return false;
    if (std::string_view::npos == dot)
      return true;
    text.remove_prefix (dot + 1);
  }
}

std::optional<base::Bytes>
zone_of_label (std::string_view label, const std::vector<Ego> &egos,
               const ConfiguredZones &configured, const Keys &keys)
{
  if (auto zone = keys.zone_from_text (label))
    return zone;
  const auto ego
      = std::find_if (egos.begin (), egos.end (),
                      [&] (const Ego &e) { return e.name == label; });
  if (egos.end () != ego)
    return ego->zone;
  const auto known = configured.find (std::string (label));
  if (configured.end () != known)
    return known->second;
  return std::nullopt;
}
} // namespace

std::string
normalized_name (std::string_view name, const Keys &keys)
{
  std::string out;
  while (true)
  {
    const auto dot = name.find ('.');
    const std::string label (name.substr (0, dot));
    out += keys.zone_from_text (label) ? label : keys.normalized_label (label);
    if (std::string_view::npos == dot)
      return out;
    out += '.';
    name.remove_prefix (dot + 1);
  }
}

std::optional<Question>
question_of (std::string_view text, const base::Bytes &own_zone,
             const std::vector<Ego> &egos, const ConfiguredZones &configured,
             const Keys &keys)
{
  if (! is_name (text))
    return std::nullopt;
  const auto dot = text.rfind ('.');
  const auto last
      = std::string_view::npos == dot ? text : text.substr (dot + 1);
  const auto zone = zone_of_label (last, egos, configured, keys);
  if (! zone)
    return Question{ std::string (text), own_zone };
  if (std::string_view::npos == dot)
    return Question{ "@", *zone };
  return Question{ std::string (text.substr (0, dot)), *zone };
}
} // namespace social
