// SPDX-License-Identifier: AGPL-3.0-or-later
//
// One member of one group: its client and time. See member_core.hpp.
#include "multicast/core/member_core.hpp"

#include <algorithm>

#include "multicast/core/fragments.hpp"
#include "multicast/core/limits.hpp"

namespace multicast
{
namespace
{
DeskConfig
desk_config (const MemberConfig &config)
{
  DeskConfig out;
  out.kind = DeskKind::relay;
  out.group = config.group;
  out.own_peer = config.own_peer;
  out.heartbeat = config.heartbeat;
  out.children_max = config.children_max;
  out.bandwidth = config.relay_bandwidth;
  out.queue_memory = config.relay_queue_memory;
  return out;
}
} // namespace

MemberCore::MemberCore (MemberConfig config, const port::MemberSigner &signer,
                        const port::Verifier &verifier, port::Random &random,
                        base::TimePoint now)
    : config_ (std::move (config)), signer_ (signer), verifier_ (verifier),
      random_ (random), own_key_ (signer.public_key ()), now_ (now),
      fresh_at_ (now), parentless_since_ (now),
      stream_ (config_.first_fragment_id, config_.have), puller_ (stream_),
      routes_ (config_.route_memory),
      desk_ (desk_config (config_), *this, effects_, revocations_, verifier,
             random, now)
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

base::PeerId
MemberCore::parent_peer () const
{
  const Link *link = parent ();
  return nullptr == link ? base::PeerId{} : link->peer;
}

bool
MemberCore::is_serving () const
{
  return has_port_;
}

MemberPosition
MemberCore::position () const
{
  MemberPosition out;
  out.child_count = desk_.child_count ();
  out.subtree = 1 + desk_.subtree ();
  out.lag = stream_.missing_count ();
  out.parent = parent_peer ();
  if (! is_attached ())
    return out;
  out.depth = position_.depth ();
  out.is_rooted = is_rooted ();
  return out;
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
  while (! links_.empty ())
    close_link (links_.begin ()->second);
  desk_.refuse_all (RefusalCode::busy);
  give_up_fetches ();
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

// What may have become possible with the last input.
void
MemberCore::pump ()
{
  pump_requests ();
  pump_pulls ();
  pump_visit ();
  pump_contact ();
}

// --- fragments ---------------------------------------------------------------

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
  for (auto &[channel, link] : links_)
  {
    Puller *puller = puller_of (link);
    while (nullptr != puller)
    {
      const auto question = puller->next (now_);
      if (! question)
        break;
      effects_.count ("repairs and fetches asked for");
      send (link, *question);
    }
  }
}

void
MemberCore::cancel_overdue_pulls ()
{
  for (auto &[channel, link] : links_)
  {
    Puller *puller = puller_of (link);
    if (nullptr == puller)
      continue;
    const auto word
        = link.is_origin ? Puller::Word::origin : Puller::Word::relay;
    while (const auto overdue = puller->take_overdue (now_, word))
    {
      effects_.count ("repairs and fetches without an answer");
      send (link, PeerReplayCancel{ *overdue });
    }
    for (const Puller::Want &want : puller->take_forsaken ())
      visit_wants_.push_back (want);
  }
}

// --- the end -----------------------------------------------------------------

void
MemberCore::on_part ()
{
  if (parting_until_)
    return;
  Link *link = parent ();
  if (nullptr != link && ! is_finished_)
  {
    parting_until_ = now_ + limits::part_timeout;
    if (link->is_origin)
      send (*link, PeerPart{});
    else
      pump_voice ();
    return;
  }
  if (! is_finished_)
    finish ();
  effects_.push (Parted{});
}

// --- time --------------------------------------------------------------------

void
MemberCore::advance_time (base::TimePoint now)
{
  now_ = std::max (now_, now);
  if (parting_until_ && *parting_until_ <= now_)
  {
    effects_.count ("parts that the origin did not confirm");
    finish ();
  }
  desk_.advance_time (now_);
  joins_.advance_time (now_);
  if (is_finished_)
    return;
  stream_.advance_time (now_);
  puller_.advance_time (now_);
  if (visit_)
    visit_->advance_time (now_);
  if (now_ >= next_beat_)
    beat ();
  if (now_ >= next_idle_check_)
    forget_idle_pipes ();
  cancel_overdue_pulls ();
  watch_root ();
  pump ();
}

base::TimePoint
MemberCore::next_deadline () const
{
  if (is_finished_)
    return desk_.next_deadline ();
  base::TimePoint out = std::min (
      { next_beat_, stream_.next_deadline (), desk_.next_deadline (),
        next_idle_check_, voice_deadline (),
        parting_until_.value_or (base::time_never),
        candidates_.next_deadline (now_,
                                   is_seeking () ? Candidates::Search::on
                                                 : Candidates::Search::off,
                                   calls ()) });
  if (nullptr != parent ())
    out = std::min ({ out, puller_.next_deadline (), look_at_ });
  if (visit_)
    out = std::min (out, visit_->next_deadline ());
  const base::TimePoint next_call = newest_call_ + limits::suitor_patience;
  if (is_seeking () && now_ < next_call)
    out = std::min (out, next_call);
  if (errand_)
    out = std::min (
        { out, errand_->until, candidates_.deadline_of (errand_->peer) });
  else if (now_ < visit_not_before_
           && (stream_.has_elsewhere () || ! visit_wants_.empty ()))
    out = std::min (out, visit_not_before_);
  if (now_ < look_until_)
    out = std::min (out, look_until_);
  return out;
}

std::optional<MemberEffect>
MemberCore::poll_effect ()
{
  return effects_.poll ();
}
} // namespace multicast
