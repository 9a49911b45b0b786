// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Whose memory it is: see memory.hpp. Replaces the global operators new and
// delete of the program that it is linked into.
#include "memory.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <new>
#include <utility>

namespace sim::memory
{
namespace
{
struct Account
{
  std::int64_t bytes = 0;
  std::int64_t peak = 0;
};

// In front of every block; as large as the strictest alignment.
struct alignas (alignof (std::max_align_t)) Label
{
  std::size_t size = 0;
  Owner owner = 0;
};

Owner current = 0;
Owner account_count = 0;
Account *accounts = nullptr; // not by new: it would count itself

void
add (Owner owner, std::int64_t bytes)
{
  if (0 == owner || owner >= account_count)
    return;
  Account &account = accounts[owner];
  account.bytes += bytes;
  account.peak = std::max (account.peak, account.bytes);
}

[[nodiscard]] Label *
label_of (void *block)
{
  return static_cast<Label *> (block) - 1;
}
} // namespace

void
prepare (Owner owners)
{
  std::free (accounts);
  accounts = static_cast<Account *> (std::calloc (owners, sizeof (Account)));
  account_count = nullptr == accounts ? 0 : owners;
}

std::int64_t
bytes_of (Owner owner)
{
  return owner < account_count ? accounts[owner].bytes : 0;
}

std::int64_t
peak_of (Owner owner)
{
  return owner < account_count ? accounts[owner].peak : 0;
}

void
forget_peak (Owner owner)
{
  if (owner < account_count)
    accounts[owner].peak = accounts[owner].bytes;
}

void
give_away (void *block)
{
  if (nullptr == block)
    return;
  Label *label = label_of (block);
  add (label->owner, -static_cast<std::int64_t> (label->size));
  label->owner = 0;
}

Scope::Scope (Owner owner) : before_ (std::exchange (current, owner)) {}

Scope::~Scope () { current = before_; }

static void *
allocate (std::size_t size)
{
  auto *label = static_cast<Label *> (std::malloc (sizeof (Label) + size));
  if (nullptr == label)
    throw std::bad_alloc ();
  label->size = size;
  label->owner = current;
  add (current, static_cast<std::int64_t> (size));
  return label + 1;
}

static void
release (void *block)
{
  if (nullptr == block)
    return;
  give_away (block);
  std::free (label_of (block));
}
} // namespace sim::memory

void *
operator new (std::size_t size)
{
  return sim::memory::allocate (size);
}

void *
operator new[] (std::size_t size)
{
  return sim::memory::allocate (size);
}

void
operator delete (void *block) noexcept
{
  sim::memory::release (block);
}

void
operator delete[] (void *block) noexcept
{
  sim::memory::release (block);
}

void
operator delete (void *block, std::size_t) noexcept
{
  sim::memory::release (block);
}

void
operator delete[] (void *block, std::size_t) noexcept
{
  sim::memory::release (block);
}
