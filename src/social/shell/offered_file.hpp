// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A file that was offered, as it is read again: the same size, time and hash,
// or else it is not that file. Errors are for people.
#pragma once

#include <optional>
#include <string>

#include "base/bytes.hpp"
#include "social/core/model.hpp"

struct GNUNET_HashContext;

namespace social
{
class OfferedFile
{
public:
  using Error = std::optional<std::string>;

  explicit OfferedFile (const Offer &offer);
  ~OfferedFile ();
  OfferedFile (const OfferedFile &) = delete;
  OfferedFile &operator= (const OfferedFile &) = delete;

  [[nodiscard]] Error open ();
  // The next bytes, at most `size`; the last are followed by `finish`.
  [[nodiscard]] Error read (base::Bytes &bytes, std::size_t size);
  [[nodiscard]] bool
  is_at_end () const
  {
    return position_ == offer_.size;
  }
  // All was read: was it what was offered?
  [[nodiscard]] Error finish ();

private:
  const Offer offer_;
  int fd_ = -1;
  std::uint64_t position_ = 0;
  struct GNUNET_HashContext *hash_ = nullptr;
};
} // namespace social
