// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Whose tickets are void: see revocations.hpp.
#include "multicast/core/revocations.hpp"

#include <algorithm>
#include <functional>

#include "multicast/core/limits.hpp"
#include "multicast/core/signing.hpp"

namespace multicast
{
namespace
{
// Keys are uniform, so that mixing in the generation is all there is to do.
std::uint64_t
digest_of (const base::MemberKey &member, base::Generation generation)
{
  std::uint64_t out = generation.value * 0x9e3779b97f4a7c15u;
  for (std::size_t i = 0; i < 8; i++)
    out = (out ^ member.bytes[i] ^ member.bytes[16 + i]) * 0x100000001b3u;
  return out ^ (out >> 31);
}
} // namespace

bool
Revocations::add (const base::MemberKey &member, base::Generation generation)
{
  return set (member, { generation, {}, false });
}

bool
Revocations::add (const Revocation &revocation)
{
  return set (revocation.member,
              { revocation.generation, revocation.signature, true });
}

bool
Revocations::set (const base::MemberKey &member, const Entry &entry)
{
  const auto [it, is_new] = revoked_.try_emplace (member, entry);
  if (! is_new)
  {
    if (it->second.generation >= entry.generation)
      return false;
    mark_.digest ^= digest_of (member, it->second.generation);
    it->second = entry;
  }
  mark_.digest ^= digest_of (member, entry.generation);
  mark_.newest = std::max (mark_.newest, entry.generation);
  if (revoked_.size () > limits::revocations_max)
    forget_oldest ();
  mark_.count = static_cast<std::uint32_t> (revoked_.size ());
  return true;
}

void
Revocations::forget_oldest ()
{
  const auto oldest
      = std::min_element (revoked_.begin (), revoked_.end (),
                          [] (const auto &a, const auto &b) {
                            return a.second.generation < b.second.generation;
                          });
  mark_.digest ^= digest_of (oldest->first, oldest->second.generation);
  revoked_.erase (oldest);
}

bool
Revocations::is_void (const base::MemberKey &member,
                      base::Generation issued) const
{
  const auto it = revoked_.find (member);
  return it != revoked_.end () && it->second.generation >= issued;
}

base::Generation
Revocations::generation_of_issue (const base::MemberKey &member,
                                  base::Generation current) const
{
  const auto it = revoked_.find (member);
  return it == revoked_.end ()
             ? current
             : std::max (current, it->second.generation.next ());
}

std::optional<base::Generation>
Revocations::find (const base::MemberKey &member) const
{
  const auto it = revoked_.find (member);
  if (it == revoked_.end ())
    return std::nullopt;
  return it->second.generation;
}

std::optional<Revocation>
Revocations::record (const base::MemberKey &member) const
{
  const auto it = revoked_.find (member);
  if (it == revoked_.end () || ! it->second.is_signed)
    return std::nullopt;
  return Revocation{ member, it->second.generation, it->second.signature };
}

RevocationMark
Revocations::mark () const
{
  return mark_;
}

Ejection
ejection_of (const base::ChannelKey &group, const base::MemberKey &member,
             base::Generation generation)
{
  Ejection out;
  out.group = group;
  out.member = member;
  out.generation = generation;
  return out;
}

bool
is_genuine (const port::Verifier &verifier, const base::ChannelKey &group,
            const Revocation &revocation)
{
  return revocation.generation.value <= base::id_max
         && is_signed (
             verifier, group, port::Purpose::ejection,
             ejection_of (group, revocation.member, revocation.generation),
             revocation.signature);
}
} // namespace multicast
