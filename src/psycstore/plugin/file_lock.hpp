// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Keeps other processes out of a database file; they would not know what this
// one remembers.
#pragma once

#include <string>

namespace psycstore
{
class FileLock
{
public:
  explicit FileLock (const std::string &path);
  FileLock (const FileLock &) = delete;
  FileLock &operator= (const FileLock &) = delete;
  ~FileLock ();

  [[nodiscard]] bool
  is_held () const
  {
    return is_held_;
  }

private:
  int fd_ = -1;
  bool is_held_ = false;
};
} // namespace psycstore
