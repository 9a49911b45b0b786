// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A host whose data is a copy: it goes on at ids that nobody can know, and is
// told apart from what members have by the hole that this leaves.
#include "psyc/core/master.hpp"

#include <algorithm>

namespace psyc::core
{
// The copy may be older than what members have. Ids that the channel gave after
// it was made are not given again, whether or not a member comes in time to
// tell: numbering goes on far behind them, and the hole is a gap.
void
MasterChannel::skip_ids (base::Head &at)
{
  context_.count ("# channels that go on from a copy");
  const std::uint64_t first = at.fragment_id.value + 1;
  const std::uint64_t skip = ids_to_skip ();
  at.fragment_id.value += skip;
  at.message_id.value += skip;
  log_.add_gap (first, at.fragment_id.value);
  resumed_at_ = at.fragment_id;
}

// Another number each time: who puts the same copy in place twice must not give
// the ids of the first time again.
std::uint64_t
MasterChannel::ids_to_skip () const
{
  const auto moment
      = static_cast<std::uint64_t> (context_.now.time_since_epoch ().count ());
  return context_.config.copy_skip + moment % (9 * context_.config.copy_skip);
}

// From here on the ids that members know beyond ours are a gap here. The copy
// is not newer than what they have: nothing that they have is doubted any more.
bool
MasterChannel::on_message (ClientId client, const local::Adopt &message)
{
  if (SessionKind::master != session (client)->kind)
    return false;
  const auto reply = [&] (std::int64_t result, const std::string &why)
  {
    context_.send (client,
                   local::OperationResult{ message.op_id, result, why });
    return true;
  };
  if (OriginState::head_behind != origin_state_)
    return reply (result_error, "no member has anything newer: there is "
                                "nothing to adopt");
  context_.count ("# channels that went on behind what members have");
  base::Head at = publisher_.head ();
  const std::uint64_t first = at.fragment_id.value + 1;
  const std::uint64_t skip = ids_to_skip ();
  at.fragment_id.value
      = std::max (at.fragment_id, proved_.fragment_id).value + skip;
  at.message_id.value
      = std::max (at.message_id, proved_.message_id).value + skip;
  at.generation = std::max (at.generation, proved_.generation);
  log_.add_gap (first, at.fragment_id.value);
  known_ = at.fragment_id;
  origin_state_ = OriginState::none;
  reopen_head_ = at;
  context_.effects.push_back (OriginEnd{ context_.channel, Ending::for_now });
  reopen_at_ = context_.now + context_.config.reopen_wait;
  return reply (result_yes, "");
}

// Holes may be long: of one the member is told where it ends.
void
MasterChannel::look_beyond (ReplayToken replay, const ReadFragments &beyond)
{
  auto next = std::make_shared<base::FragmentId> (log_.settled ().next ());
  context_.store.read (
      beyond,
      [next] (StoreItem &item)
      {
        if (const auto *fragment = std::get_if<FragmentPtr> (&item))
          *next = std::min (*next, (*fragment)->head.id);
        return false;
      },
      [this, replay, next] (const StoreResult &result)
      {
        context_.effects.push_back (
            ReplayEnd{ replay, ReplayCode::not_found,
                       result.is_error () ? base::FragmentId{} : *next });
      });
}
} // namespace psyc::core
