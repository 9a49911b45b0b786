// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Who is in a place of somebody else, as far as its guest hears: who said
// something, and who is gone as the host says. Nothing is asked of anybody, so
// who keeps silent is not known.
//
// The newest message about somebody counts, so that old ones may be read in
// any order. The disk is written to when somebody is new or comes or goes, for
// all of a second together.
#include "social/core/core.hpp"

#include <algorithm>

namespace social
{
namespace
{
constexpr base::Duration write_period = base::seconds (1);
constexpr base::Duration write_retry = base::seconds (10);
} // namespace

void
Core::on_nym_heard (const PlaceRef &ref, const base::MemberKey &key,
                    NymStanding standing, base::MessageId message)
{
  const Place *place = place_by_ref (ref);
  if (nullptr == place || Role::guest != place->role || key == ref.ego
      || message.value > base::id_max)
    return;
  const auto [position, is_new] = nyms_[ref].try_emplace (key);
  Nym &nym = position->second;
  if (! is_new && message <= nym.heard)
    return;
  nym.heard = message;
  if (! is_new && standing == nym.standing)
    return;
  nym.key = key;
  nym.standing = standing;
  nym.changed = now_;
  write_later (ref, key);
  forget_silent (ref);
}

// Those that were heard last longest ago, a tenth at once: the search for them
// costs little for each that comes.
void
Core::forget_silent (const PlaceRef &ref)
{
  auto &nyms = nyms_[ref];
  if (nyms.size () <= nyms_heard_max)
    return;
  std::vector<std::pair<base::MessageId, base::MemberKey>> silent;
  silent.reserve (nyms.size ());
  for (const auto &[key, nym] : nyms)
    silent.emplace_back (nym.heard, key);
  const auto last = silent.begin () + nyms_heard_max / 10;
  std::nth_element (silent.begin (), last, silent.end ());
  for (auto it = silent.begin (); it != last; ++it)
  {
    nyms.erase (it->second);
    write_later (ref, it->second);
  }
}

void
Core::write_later (const PlaceRef &ref, const base::MemberKey &key)
{
  Runtime &runtime = runtime_[ref];
  // More wait only while the disk is full: they are heard of again.
  if (runtime.unwritten.size () < 2 * nyms_heard_max)
    runtime.unwritten.insert (key);
  if (base::time_never == runtime.write_heard)
    runtime.write_heard = std::max (now_, runtime.heard_written + write_period);
}

void
Core::write_heard_due ()
{
  for (const auto &[ref, runtime] : runtime_)
    if (runtime.write_heard <= now_)
      write_heard (ref);
}

void
Core::write_heard (const PlaceRef &ref)
{
  Runtime &runtime = runtime_[ref];
  Changes changes;
  for (const auto &key : runtime.unwritten)
    if (const Nym *nym = nym_by_key (ref, key))
      changes.push_back (PutNym{ ref, *nym });
    else
      changes.push_back (DropNym{ ref, key });
  if (commit (std::move (changes)))
  {
    runtime.write_heard = now_ + write_retry;
    return;
  }
  runtime.unwritten.clear ();
  runtime.heard_written = now_;
  runtime.write_heard = base::time_never;
  if (const Place *place = place_by_ref (ref))
    tell_place (*place);
}
} // namespace social
