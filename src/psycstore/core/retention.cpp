// SPDX-License-Identifier: AGPL-3.0-or-later
#include "psycstore/core/retention.hpp"

#include <algorithm>

#include "psycstore/core/methods.hpp"
#include "psycstore/core/staging.hpp"

namespace psycstore
{
namespace
{
// The message goes, from its beginning on; how many fragments went.
std::size_t
remove_message (Database &db, const base::ChannelKey &key,
                base::MessageId message, std::size_t fragments_max)
{
  std::size_t count = 0;
  while (count < fragments_max)
  {
    const auto info = db.message_fragment_from (key, message, 0);
    if (! info)
      break;
    if (0 == info->offset)
    {
      const base::Bytes bytes = db.fragment_bytes (key, *info);
      if (bytes.size () > fragment_header_size)
        if (const auto method = method_of (fragment_body (bytes)))
          for (const std::string_view prefix : method_prefixes (*method))
            db.method_remove (key, message, prefix);
      db.tags_remove (key, message);
    }
    db.fragment_remove (key, *info);
    count++;
  }
  return count;
}
} // namespace

void
RetentionKeeper::on_stored (const base::ChannelKey &channel)
{
  if (default_.is_limited () || limited_.contains (channel))
    due_.insert (channel);
}

void
RetentionKeeper::on_retention (const base::ChannelKey &channel)
{
  limited_.insert (channel);
  kept_.erase (channel);
  due_.insert (channel);
}

void
RetentionKeeper::advance_time (base::TimePoint now)
{
  now_ = now;
  if (now < next_look_)
    return;
  next_look_ = now + look_interval;
  look_at_all ();
}

std::size_t
RetentionKeeper::step (Database &db)
{
  if (due_.empty ())
  {
    look_at_next (db);
    return 0;
  }
  return prune (db, *due_.begin ());
}

void
RetentionKeeper::look_at_next (Database &db)
{
  if (! look_from_)
    return;
  const auto channel = db.channel_from (*look_from_);
  if (! channel)
  {
    look_from_.reset ();
    return;
  }
  kept_.erase (channel->key);
  if (channel->retention)
    limited_.insert (channel->key);
  if (! is_staging (channel->key))
    on_stored (channel->key);
  look_from_ = key_after (channel->key);
  if (look_from_->is_zero ())
    look_from_.reset ();
}

// One message at most; the channel stays due as long as something went, or
// was passed over.
std::size_t
RetentionKeeper::prune (Database &db, base::ChannelKey key)
{
  if (const auto begun = removing_.find (key); removing_.end () != begun)
  {
    const std::size_t count
        = remove_message (db, key, begun->second, step_fragments_max);
    if (count < step_fragments_max)
      removing_.erase (begun);
    return count;
  }
  const auto channel = db.channel_from (key);
  const Retention limits = channel && channel->key == key
                               ? channel->retention.value_or (default_)
                               : Retention{};
  base::MessageId &kept = kept_[key];
  for (std::size_t looked = 0;
       limits.is_limited () && looked < step_fragments_max; looked++)
  {
    const auto message = db.message_from (key, "", kept.next ());
    if (! message)
      break;
    const auto first = db.message_fragment_from (key, *message, 0);
    if (! first || ! is_too_much (db, *channel, limits, *first))
      break;
    if (may_go (db, key, *first))
    {
      removing_.emplace (key, *message);
      return prune (db, key);
    }
    kept = *message;
  }
  due_.erase (key);
  return 0;
}

bool
RetentionKeeper::is_too_much (Database &db, const ChannelInfo &channel,
                              const Retention &limits,
                              const FragmentInfo &oldest) const
{
  if (oldest.message_id >= db.counters (channel.key).message_id)
    return false;
  return (limits.count && channel.messages > *limits.count)
         || (limits.bytes && channel.bytes > *limits.bytes)
         || (limits.age_s
             && is_old (oldest, base::seconds (static_cast<std::int64_t> (
                                    std::min<std::uint64_t> (*limits.age_s,
                                                             UINT32_MAX)))));
}

bool
RetentionKeeper::is_old (const FragmentInfo &info, base::Duration age) const
{
  const auto stored
      = base::TimePoint (base::seconds (static_cast<std::int64_t> (
          std::min<std::uint64_t> (info.stored_at, UINT32_MAX))));
  return stored + age < now_;
}

bool
RetentionKeeper::may_go (Database &db, const base::ChannelKey &key,
                         const FragmentInfo &first) const
{
  const auto last = db.message_last_fragment (key, first.message_id);
  if (! last || last->fragment_id >= db.counters (key).fragment_id)
    return false;
  if (! last->is_last () && ! is_old (*last, unfinished_kept))
    return false;
  const auto settled = db.records_settled (key);
  if (settled && last->fragment_id > *settled)
    return false;
  const bool changes_state = 0 != (first.store_flags & flag_state);
  return ! changes_state || first.message_id < db.state_head (key).checkpoint;
}
} // namespace psycstore
