// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The pieces of requests that are under way between one member and the origin,
// and how many bytes they are. Both ends keep one.
#pragma once

#include <map>
#include <utility>

#include "multicast/core/limits.hpp"
#include "multicast/core/types.hpp"

namespace multicast
{
class RequestWindow
{
public:
  // False when it was there already.
  bool
  add (base::RequestId id, std::uint64_t offset, std::size_t size)
  {
    const std::size_t cost = size + limits::request_overhead_bytes;
    if (! pieces_.try_emplace ({ id, offset }, cost).second)
      return false;
    bytes_ += cost;
    return true;
  }

  // False when it was not there.
  bool
  acknowledge (base::RequestId id, std::uint64_t offset)
  {
    const auto it = pieces_.find ({ id, offset });
    if (it == pieces_.end ())
      return false;
    bytes_ -= it->second;
    pieces_.erase (it);
    return true;
  }

  // The whole request is done with, whatever was acknowledged of it.
  void
  settle (base::RequestId id)
  {
    auto it = pieces_.lower_bound ({ id, 0 });
    while (it != pieces_.end () && it->first.first == id)
    {
      bytes_ -= it->second;
      it = pieces_.erase (it);
    }
  }

  [[nodiscard]] std::size_t
  bytes () const
  {
    return bytes_;
  }

  void
  clear ()
  {
    pieces_.clear ();
    bytes_ = 0;
  }

private:
  std::map<std::pair<base::RequestId, std::uint64_t>, std::size_t> pieces_;
  std::size_t bytes_ = 0;
};
} // namespace multicast
