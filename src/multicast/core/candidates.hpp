// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Whom a member may call: the origin, the relays that it was told of, those
// above it and beside it. For each there is a contact policy, so that one that
// must be left alone keeps nobody from trying the others. Bounded.
#pragma once

#include <optional>
#include <vector>

#include "multicast/core/contact_policy.hpp"

namespace multicast
{
class Candidates
{
public:
  using Step = ContactPolicy::Step;
  using Calls = ContactPolicy::Calls;

  // How welcome somebody is as a parent: the lowest number first.
  using Rank = std::uint16_t;
  static constexpr Rank offered = 10; // said to have room; plus its depth
  static constexpr Rank topmost = 49; // other children of the origin, to one
  static constexpr Rank above = 50;   // plus how far above the parent
  static constexpr Rank known = 90;
  static constexpr Rank origin_rank = 100;

  // Nobody is called before that.
  void start (const base::PeerId &own_peer, const base::PeerId &origin,
              base::TimePoint now, port::Random &random);
  // Somebody to call. The worst known makes room when there are too many.
  void learn (const base::PeerId &peer, Rank rank, base::TimePoint now,
              port::Random &random);

  struct Action
  {
    Step step = Step::nothing;
    base::PeerId peer;
  };
  // For one who looks for a parent; ask again after every step but `nothing`.
  [[nodiscard]] Action next_for_parent (base::TimePoint now, Calls calls);
  // For one who wants that very peer.
  [[nodiscard]] Step next_for (const base::PeerId &peer, base::TimePoint now);
  // Calls that bring nothing: to be closed.
  [[nodiscard]] std::optional<base::PeerId> next_overdue (base::TimePoint now);

  enum class Search : std::uint8_t
  {
    off,
    on,
  };
  [[nodiscard]] base::TimePoint
  next_deadline (base::TimePoint now, Search search, Calls calls) const;
  [[nodiscard]] base::TimePoint deadline_of (const base::PeerId &peer) const;

  // Somebody to visit: any other child of the origin, to one; then any of those
  // above us or offered from there, who hang in other branches, as a rule; then
  // any other.
  [[nodiscard]] std::optional<base::PeerId>
  any_to_visit (base::TimePoint now, port::Random &random) const;
  [[nodiscard]] bool may_visit (const base::PeerId &peer,
                                base::TimePoint now) const;
  // It has no more of what we look for: not visited until then.
  void on_visited (const base::PeerId &peer, base::TimePoint until);
  [[nodiscard]] bool is_free (const base::PeerId &peer,
                              base::TimePoint now) const;

  // Of the peer with which something happened; known ones only.
  [[nodiscard]] ContactPolicy *find (const base::PeerId &peer);
  [[nodiscard]] std::vector<base::PeerId> peers () const;

private:
  struct Entry
  {
    base::PeerId peer;
    Rank rank = known;
    std::uint16_t tie = 0; // at random, among equals
    bool is_origin = false;
    ContactPolicy policy;
    base::TimePoint lacks_until{}; // what we look for
  };

  [[nodiscard]] Entry *entry_of (const base::PeerId &peer);
  [[nodiscard]] const Entry *entry_of (const base::PeerId &peer) const;
  [[nodiscard]] std::uint32_t order_of (const Entry &entry) const;
  [[nodiscard]] static bool may_visit (const Entry &entry, base::TimePoint now);
  [[nodiscard]] static unsigned visit_order_of (const Entry &entry);
  [[nodiscard]] std::vector<const Entry *> best (base::TimePoint now) const;
  void make_room (base::TimePoint now);

  std::optional<base::PeerId> own_peer_;
  std::vector<Entry> entries_;
  unsigned calls_since_origin_ = 0;
};
} // namespace multicast
