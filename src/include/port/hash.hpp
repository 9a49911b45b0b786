// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What cores need to hash: SHA-512 in the services (shell/gnunet_hash.hpp),
// something cheap in tests.
#pragma once

#include <memory>

#include "base/bytes.hpp"

namespace port
{
// One hash in the making.
class Hasher
{
public:
  virtual ~Hasher () = default;
  virtual void add (base::ByteView bytes) = 0;
  // The hash of all that was added; nothing may be added afterwards.
  [[nodiscard]] virtual base::Hash finish () = 0;
};

class HasherMaker
{
public:
  virtual ~HasherMaker () = default;
  [[nodiscard]] virtual std::unique_ptr<Hasher> make () const = 0;
};
} // namespace port
