// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/cli/chat/model/people.hpp"

#include <algorithm>

#include "social/cli/chat/model/cells.hpp"
#include "social/cli/chat/model/rows.hpp"

namespace social::cli::chat
{
namespace
{
// Behind the tag that all keys begin with.
constexpr std::size_t key_shown_size = 12;
} // namespace

void
People::learn (const std::string &key, const std::string &name)
{
  if (names_.emplace (key, name).second)
    version_++;
}

std::string
People::shown (const std::string &key) const
{
  const auto known = names_.find (key);
  if (names_.end () == known)
    return key.empty () ? "?"
                        : shortened (key.substr (0, key_shown_size) + "…",
                                     name_columns_max);
  std::string name = shortened (known->second, name_columns_max);
  std::replace (name.begin (), name.end (), ' ', '_');
  return name;
}

int
People::colour_of (const std::string &key)
{
  unsigned sum = 0;
  for (const char c : key)
    sum = sum * 31 + static_cast<unsigned char> (c);
  return static_cast<int> (sum % author_colours);
}

std::vector<std::string>
People::names () const
{
  std::vector<std::string> out;
  for (const auto &[key, name] : names_)
    out.push_back (name);
  return out;
}
} // namespace social::cli::chat
