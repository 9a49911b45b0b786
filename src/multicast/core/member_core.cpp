// SPDX-License-Identifier: AGPL-3.0-or-later
//
// One member of one group: its client and time. See member_core.hpp.
#include "multicast/core/member_core.hpp"

#include <algorithm>

#include "multicast/core/fragments.hpp"
#include "multicast/core/limits.hpp"

namespace multicast
{
MemberCore::MemberCore (MemberConfig config, const port::MemberSigner &signer,
                        const port::Verifier &verifier, port::Random &random,
                        base::TimePoint now)
    : config_ (std::move (config)), signer_ (signer), verifier_ (verifier),
      random_ (random), own_key_ (signer.public_key ()), now_ (now),
      stream_ (config_.first_fragment_id, config_.have), puller_ (stream_)
{
  effects_.push (MemberStateChange{ state_, head_ });
  if (! config_.own_peer.is_zero ())
    on_own_peer_known (config_.own_peer);
}

MemberState
MemberCore::state () const
{
  return state_;
}

base::Head
MemberCore::head () const
{
  return head_;
}

void
MemberCore::set_state (MemberState state)
{
  if (state_ == state)
    return;
  state_ = state;
  effects_.push (MemberStateChange{ state_, head_ });
}

// From here on the core is quiet.
void
MemberCore::finish ()
{
  is_finished_ = true;
  const bool was_parting = parting_until_.has_value ();
  parting_until_.reset ();
  if (link_)
    close_link ();
  for (Fetched &fetched : puller_.drain (ReplayCode::access_denied))
    effects_.push (std::move (fetched));
  if (was_parting)
    effects_.push (Parted{});
}

void
MemberCore::finish (MemberState state)
{
  is_finished_ = true;
  set_state (state);
  finish ();
}

// --- fragments
// -----------------------------------------------------------------

void
MemberCore::on_fragment_stored (base::FragmentId id)
{
  stream_.on_stored (id);
  pump_pulls ();
}

void
MemberCore::on_fragment_failed (base::FragmentId id)
{
  effects_.count ("fragments that the client could not store");
  stream_.on_failed (id, now_ + limits::store_retry);
}

ClientResult
MemberCore::on_fetch (ReplayUnit unit, std::uint64_t first, std::uint64_t last,
                      const ReplayDetail &detail)
{
  if (is_finished_)
    return ClientResult::stopped;
  if (unit > ReplayUnit::messages || 0 == first || first > last
      || last > base::id_max || (detail.is_literal && first != last))
    return ClientResult::invalid;
  if (! puller_.fetch (unit, first, last, detail))
    return ClientResult::full;
  pump_pulls ();
  return ClientResult::taken;
}

void
MemberCore::pump_pulls ()
{
  while (is_attached ())
  {
    const auto question = puller_.next (now_);
    if (! question)
      return;
    effects_.count ("repairs and fetches asked for");
    send (*question);
  }
}

void
MemberCore::cancel_overdue_pulls ()
{
  while (const auto overdue = puller_.take_overdue (now_))
  {
    effects_.count ("repairs and fetches without an answer");
    if (is_attached ())
      send (PeerReplayCancel{ *overdue });
  }
}

// --- requests
// --------------------------------------------------------------------

ClientResult
MemberCore::on_client_request (NewRequest request)
{
  if (is_finished_)
    return ClientResult::stopped;
  if (! is_valid (request))
    return ClientResult::invalid;
  if (! is_attached ())
    return ClientResult::not_attached;
  if (! has_room ())
    return ClientResult::full;
  QueuedRequest queued{ request.request_id, request.fragment_offset,
                        make_request (signer_, config_.group, request) };
  queued_bytes_ += queued.message.size ();
  queued_requests_.push_back (std::move (queued));
  pump_requests ();
  return ClientResult::taken;
}

bool
MemberCore::has_room () const
{
  return queued_bytes_ < limits::request_queue_bytes_max;
}

void
MemberCore::pump_requests ()
{
  while (is_attached () && ! queued_requests_.empty ()
         && window_.bytes () < limits::request_window_bytes)
  {
    QueuedRequest request = std::move (queued_requests_.front ());
    queued_requests_.pop_front ();
    queued_bytes_ -= request.message.size ();
    // The same piece again while it is under way: its answer will do.
    if (! window_.add (request.request_id, request.fragment_offset,
                       request.message.size ()))
      continue;
    effects_.count ("requests sent");
    push (std::move (request.message), Kind::control);
  }
}

// --- the end
// -----------------------------------------------------------------------

void
MemberCore::on_part ()
{
  if (parting_until_)
    return;
  if (is_attached ())
  {
    send (PeerPart{});
    parting_until_ = now_ + limits::part_timeout;
    return;
  }
  if (! is_finished_)
    finish ();
  effects_.push (Parted{});
}

// --- time
// --------------------------------------------------------------------------

void
MemberCore::advance_time (base::TimePoint now)
{
  now_ = std::max (now_, now);
  if (parting_until_ && *parting_until_ <= now_)
  {
    effects_.count ("parts that the origin did not confirm");
    finish ();
  }
  if (is_finished_)
    return;
  stream_.advance_time (now_);
  puller_.advance_time (now_);
  if (now_ >= next_beat_)
    beat ();
  cancel_overdue_pulls ();
  pump_contact ();
  pump_pulls ();
}

base::TimePoint
MemberCore::next_deadline () const
{
  if (is_finished_)
    return base::time_never;
  const auto contact = contact_ ? contact_->next_deadline () : base::time_never;
  const auto pulls
      = is_attached () ? puller_.next_deadline () : base::time_never;
  return std::min ({ contact, next_beat_, stream_.next_deadline (), pulls,
                     parting_until_.value_or (base::time_never) });
}

std::optional<MemberEffect>
MemberCore::poll_effect ()
{
  return effects_.poll ();
}
} // namespace multicast
