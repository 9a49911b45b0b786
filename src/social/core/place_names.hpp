// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The names that a guest knows a place by.
#pragma once

#include <algorithm>

#include "social/core/model.hpp"

namespace social
{
// Is `name` one that the place was entered by?
[[nodiscard]] inline bool
goes_by (const Place &place, const std::string &name)
{
  return place.name == name
         || std::find (place.other_names.begin (), place.other_names.end (),
                       name)
                != place.other_names.end ();
}

// The newest name first, the oldest forgotten; false: nothing new.
inline bool
add_name (Place &place, const std::string &name)
{
  if (name == place.name)
    return false;
  std::erase (place.other_names, name);
  if (! place.name.empty ())
    place.other_names.insert (place.other_names.begin (), place.name);
  if (place.other_names.size () > other_names_max)
    place.other_names.pop_back ();
  place.name = name;
  return true;
}

} // namespace social
