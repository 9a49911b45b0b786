// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Whom a member may call: see candidates.hpp.
#include "multicast/core/candidates.hpp"

#include <algorithm>

#include "multicast/core/limits.hpp"

namespace multicast
{
namespace
{
// Asked for a path, or called, at the same time.
constexpr std::size_t looked_at_max = 3;
// After so many others the origin has its turn.
constexpr unsigned others_before_origin = 2;
} // namespace

void
Candidates::start (const base::PeerId &own_peer, const base::PeerId &origin,
                   base::TimePoint now, port::Random &random)
{
  own_peer_ = own_peer;
  std::erase_if (entries_,
                 [&] (const Entry &entry) { return entry.peer == own_peer; });
  if (! origin.is_zero ())
  {
    const auto kind = origin == own_peer ? PeerKind::own : PeerKind::other;
    entries_.push_back ({ origin, origin_rank,
                          static_cast<std::uint16_t> (random.below (65536)),
                          true, ContactPolicy (kind, now) });
  }
}

Candidates::Entry *
Candidates::entry_of (const base::PeerId &peer)
{
  return const_cast<Entry *> (std::as_const (*this).entry_of (peer));
}

const Candidates::Entry *
Candidates::entry_of (const base::PeerId &peer) const
{
  const auto it
      = std::find_if (entries_.begin (), entries_.end (),
                      [&] (const Entry &entry) { return entry.peer == peer; });
  return it == entries_.end () ? nullptr : &*it;
}

void
Candidates::learn (const base::PeerId &peer, Rank rank, base::TimePoint now,
                   port::Random &random)
{
  if (peer.is_zero () || peer == own_peer_)
    return;
  const auto tie = static_cast<std::uint16_t> (random.below (65536));
  if (Entry *entry = entry_of (peer))
  {
    entry->rank = rank;
    entry->tie = tie;
    return;
  }
  if (entries_.size () >= limits::candidates_max)
    make_room (now);
  if (entries_.size () < limits::candidates_max)
    entries_.push_back (
        { peer, rank, tie, false, ContactPolicy (PeerKind::other, now) });
}

// Never the origin, nor one with which something is going on or that must be
// remembered to be left alone, while there are others.
void
Candidates::make_room (base::TimePoint now)
{
  auto worst = entries_.end ();
  for (auto it = entries_.begin (); it != entries_.end (); ++it)
    if (! it->is_origin && it->policy.is_free (now)
        && (worst == entries_.end () || it->rank >= worst->rank))
      worst = it;
  if (worst != entries_.end ())
    entries_.erase (worst);
}

// The origin is there for everybody: others first, but not for ever.
std::uint32_t
Candidates::order_of (const Entry &entry) const
{
  const bool is_its_turn
      = entry.is_origin && calls_since_origin_ >= others_before_origin;
  const std::uint32_t rank = is_its_turn ? 0 : entry.rank;
  const std::uint32_t lacks_path = entry.policy.lacks_path () ? 1 : 0;
  return lacks_path << 31 | rank << 16 | entry.tie;
}

std::vector<const Candidates::Entry *>
Candidates::best (base::TimePoint now) const
{
  std::vector<const Entry *> out;
  for (const Entry &entry : entries_)
    if (entry.policy.is_free (now))
      out.push_back (&entry);
  const auto count
      = static_cast<std::ptrdiff_t> (std::min (out.size (), looked_at_max));
  std::partial_sort (out.begin (), out.begin () + count, out.end (),
                     [this] (const Entry *a, const Entry *b)
                     { return order_of (*a) < order_of (*b); });
  out.resize (static_cast<std::size_t> (count));
  return out;
}

Candidates::Action
Candidates::next_for_parent (base::TimePoint now, Calls calls)
{
  if (! own_peer_)
    return {};
  for (const Entry *looked_at : best (now))
  {
    Entry &entry = *entry_of (looked_at->peer);
    const Step step = entry.policy.next_step (now, calls);
    if (Step::nothing == step)
      continue;
    if (Step::call == step)
      calls_since_origin_ = entry.is_origin ? 0 : calls_since_origin_ + 1;
    return { step, entry.peer };
  }
  return {};
}

Candidates::Step
Candidates::next_for (const base::PeerId &peer, base::TimePoint now)
{
  Entry *entry = entry_of (peer);
  if (! own_peer_ || nullptr == entry || ! entry->policy.is_free (now))
    return Step::nothing;
  return entry->policy.next_step (now);
}

std::optional<base::PeerId>
Candidates::next_overdue (base::TimePoint now)
{
  for (Entry &entry : entries_)
    if (entry.policy.is_calling ()
        && Step::hang_up == entry.policy.next_step (now))
      return entry.peer;
  return std::nullopt;
}

base::TimePoint
Candidates::next_deadline (base::TimePoint now, Search search,
                           Calls calls) const
{
  base::TimePoint out = base::time_never;
  if (! own_peer_)
    return out;
  for (const Entry &entry : entries_)
    if (entry.policy.is_calling ())
      out = std::min (out, entry.policy.next_deadline ());
    else if (Search::on == search && ! entry.policy.is_free (now))
      out = std::min (out, entry.policy.next_deadline ()); // it rests or talks
  if (Search::on == search)
    for (const Entry *entry : best (now))
      out = std::min (out, entry->policy.next_deadline (calls));
  return out;
}

base::TimePoint
Candidates::deadline_of (const base::PeerId &peer) const
{
  const Entry *entry = entry_of (peer);
  return nullptr == entry ? base::time_never : entry->policy.next_deadline ();
}

bool
Candidates::is_free (const base::PeerId &peer, base::TimePoint now) const
{
  const Entry *entry = entry_of (peer);
  return nullptr != entry && entry->policy.is_free (now);
}

bool
Candidates::may_visit (const Entry &entry, base::TimePoint now)
{
  return ! entry.is_origin && entry.policy.is_free (now)
         && ! entry.policy.lacks_path () && entry.lacks_until <= now;
}

bool
Candidates::may_visit (const base::PeerId &peer, base::TimePoint now) const
{
  const Entry *entry = entry_of (peer);
  return nullptr != entry && may_visit (*entry, now);
}

unsigned
Candidates::visit_order_of (const Entry &entry)
{
  if (topmost == entry.rank)
    return 0;
  return entry.rank < known ? 1 : 2;
}

std::optional<base::PeerId>
Candidates::any_to_visit (base::TimePoint now, port::Random &random) const
{
  const Entry *out = nullptr;
  std::uint32_t count = 0;
  for (const Entry &entry : entries_)
  {
    if (! may_visit (entry, now)
        || (nullptr != out && visit_order_of (*out) < visit_order_of (entry)))
      continue;
    const bool is_equal
        = nullptr != out && visit_order_of (*out) == visit_order_of (entry);
    count = is_equal ? count + 1 : 1;
    if (0 == random.below (count))
      out = &entry;
  }
  return nullptr == out ? std::nullopt : std::optional (out->peer);
}

void
Candidates::on_visited (const base::PeerId &peer, base::TimePoint until)
{
  if (Entry *entry = entry_of (peer))
    entry->lacks_until = until;
}

ContactPolicy *
Candidates::find (const base::PeerId &peer)
{
  Entry *entry = entry_of (peer);
  return nullptr == entry ? nullptr : &entry->policy;
}

std::vector<base::PeerId>
Candidates::peers () const
{
  std::vector<base::PeerId> out;
  for (const Entry &entry : entries_)
    out.push_back (entry.peer);
  return out;
}
} // namespace multicast
