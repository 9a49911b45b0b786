// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Removes what a channel is to keep no longer: the oldest messages, whole, a
// bounded number of fragments at a time, between other work. Never the newest
// message (its ids must not be issued again), what the state still needs (the
// newest checkpoint and the changes after it), what is above what psyc has
// settled, or a message that may still grow.
#pragma once

#include <map>
#include <set>

#include "base/time.hpp"
#include "psycstore/core/database.hpp"

namespace psycstore
{
class RetentionKeeper
{
public:
  // Fragments that one step may remove or look at.
  static constexpr std::size_t step_fragments_max = 256;
  // How often all channels are looked at, for what has grown too old.
  static constexpr base::Duration look_interval = base::minutes (1);
  // A message without an end is let go of after this time.
  static constexpr base::Duration unfinished_kept = base::hours (24);

  // `otherwise`: of channels for which nothing else was said.
  explicit RetentionKeeper (const Retention &otherwise) : default_ (otherwise)
  {}

  void advance_time (base::TimePoint now);
  // The next look at all channels.
  [[nodiscard]] base::TimePoint
  next_deadline () const
  {
    return next_look_;
  }

  void on_stored (const base::ChannelKey &channel);
  // It may have limits of its own now.
  void on_retention (const base::ChannelKey &channel);
  // All channels are looked at, as after a start.
  void
  look_at_all ()
  {
    look_from_ = base::ChannelKey{};
  }

  // A step failed: what was due waits for the next look.
  void
  postpone ()
  {
    look_from_.reset ();
    due_.clear ();
  }

  [[nodiscard]] bool
  has_work () const
  {
    return look_from_ || ! due_.empty ();
  }
  // A bounded piece of work, inside a transaction; how many fragments went.
  [[nodiscard]] std::size_t step (Database &db);

private:
  void look_at_next (Database &db);
  [[nodiscard]] std::size_t prune (Database &db, base::ChannelKey key);
  [[nodiscard]] bool is_too_much (Database &db, const ChannelInfo &channel,
                                  const Retention &limits,
                                  const FragmentInfo &oldest) const;
  [[nodiscard]] bool is_old (const FragmentInfo &info,
                             base::Duration age) const;
  [[nodiscard]] bool may_go (Database &db, const base::ChannelKey &key,
                             const FragmentInfo &first) const;

  const Retention default_;
  base::TimePoint now_;
  base::TimePoint next_look_;
  // The next channel of a look at all.
  std::optional<base::ChannelKey> look_from_;
  std::set<base::ChannelKey> due_;
  // Those that may have limits of their own.
  std::set<base::ChannelKey> limited_;
  // Up to here a channel's messages must stay, as far as is known; looked at
  // again with each look at all.
  std::map<base::ChannelKey, base::MessageId> kept_;
  // Messages of which a part is left.
  std::map<base::ChannelKey, base::MessageId> removing_;
};
} // namespace psycstore
