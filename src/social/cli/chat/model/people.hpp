// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Who is who: names in place of keys, and the colour of each.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace social::cli::chat
{
inline constexpr int name_columns_max = 20;

class People
{
public:
  // `key` is tagged; the first name that is told counts.
  void learn (const std::string &key, const std::string &name);
  [[nodiscard]] bool
  knows (const std::string &key) const
  {
    return names_.contains (key);
  }
  // The name, or the key's start; safe to show, without blanks.
  [[nodiscard]] std::string shown (const std::string &key) const;
  [[nodiscard]] static int colour_of (const std::string &key);
  [[nodiscard]] std::vector<std::string> names () const;
  // Grows when something was learned.
  [[nodiscard]] unsigned
  version () const
  {
    return version_;
  }

private:
  std::map<std::string, std::string> names_;
  unsigned version_ = 0;
};
} // namespace social::cli::chat
