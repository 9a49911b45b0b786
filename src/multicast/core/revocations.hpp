// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Which members' tickets are void, up to which generation. The origin says so,
// signed, and every relay hears it: two of them compare a short mark, and who
// lacks something is sent it.
#pragma once

#include <map>
#include <optional>

#include "multicast/peer_messages.hpp"
#include "port/crypto.hpp"

namespace multicast
{
class Revocations
{
public:
  // At the origin: signed when somebody needs it. False: known before.
  bool add (const base::MemberKey &member, base::Generation generation);
  // At a relay; its signature is good. False: known before.
  bool add (const Revocation &revocation);

  [[nodiscard]] bool is_void (const base::MemberKey &member,
                              base::Generation issued) const;

  // The lowest generation from `current` on in which a ticket for `member` is
  // not void.
  [[nodiscard]] base::Generation
  generation_of_issue (const base::MemberKey &member,
                       base::Generation current) const;

  // Up to which generation that member's are void, if any are.
  [[nodiscard]] std::optional<base::Generation>
  find (const base::MemberKey &member) const;

  // The one about that member, as it was signed; at a relay only.
  [[nodiscard]] std::optional<Revocation>
  record (const base::MemberKey &member) const;

  [[nodiscard]] RevocationMark mark () const;

  // Those from generation `from` on. `sign` is called for each that is not
  // signed yet: nothing but the origin has such.
  template <typename Sign>
  [[nodiscard]] std::vector<Revocation>
  from (base::Generation from, Sign sign)
  {
    std::vector<Revocation> out;
    for (auto &[member, entry] : revoked_)
    {
      if (entry.generation < from)
        continue;
      if (! entry.is_signed)
        entry.signature = sign (member, entry.generation);
      entry.is_signed = true;
      out.push_back ({ member, entry.generation, entry.signature });
    }
    return out;
  }

private:
  struct Entry
  {
    base::Generation generation;
    base::ChannelSignature signature;
    bool is_signed = false;
  };

  bool set (const base::MemberKey &member, const Entry &entry);
  void forget_oldest ();

  std::map<base::MemberKey, Entry> revoked_;
  RevocationMark mark_;
};

// What a Revocation's signature covers.
[[nodiscard]] Ejection ejection_of (const base::ChannelKey &group,
                                    const base::MemberKey &member,
                                    base::Generation generation);

[[nodiscard]] bool is_genuine (const port::Verifier &verifier,
                               const base::ChannelKey &group,
                               const Revocation &revocation);
} // namespace multicast
