// SPDX-License-Identifier: AGPL-3.0-or-later
#include "psyc/core/slave.hpp"

namespace psyc::core
{
namespace
{
constexpr std::size_t fetches_max = 256;
} // namespace

SlaveChannel::SlaveChannel (const Config &config, Effects &effects,
                            const base::TimePoint &now, ChannelNo number,
                            const base::ChannelKey &key,
                            const base::MemberKey &member, ChannelRecord record,
                            bool is_new)
    : Channel (config, effects, now, number, key, member, std::move (record),
               is_new),
      outbox_ (context_, member)
{}

// ---- beginning and ending ------------------------------------------------

// What is settled stands in the record; what is stored behind it, in the
// store.
void
SlaveChannel::load_role ()
{
  const std::uint64_t settled
      = std::max (record_.settled, record_.first_fragment.previous ()).value;
  if (0 == settled && record_.first_fragment.is_none ())
  {
    load_requests ();
    return;
  }
  const auto known = record_.known; // the record is about to be made anew
  open_log (base::FragmentId{ settled });
  for (const auto &range : known)
    log_.add_range (range.first, range.last);
  context_.store.read (
      ReadRanges{ settled + 1 },
      [this] (StoreItem &item)
      {
        if (const auto *range = std::get_if<base::Interval> (&item))
          log_.add_range (range->first, range->last);
        return true;
      },
      [this] (const StoreResult &result)
      {
        if (result.is_error ())
          fail_load (result.error);
        else
          load_requests ();
      });
}

void
SlaveChannel::load_requests ()
{
  context_.store.read (
      ListRequests{ Box::out, member () },
      [this] (StoreItem &item)
      {
        if (const auto *info = std::get_if<RequestInfo> (&item))
          outbox_.on_listed (*info);
        return true;
      },
      [this] (const StoreResult &result)
      {
        if (result.is_error ())
        {
          fail_load (result.error);
          return;
        }
        if (tracker_)
          tracker_->pump ();
        loaded ();
      });
}

void
SlaveChannel::on_running ()
{
  if (wants_network ())
    open_network ();
}

bool
SlaveChannel::wants_network () const
{
  return record_.is_keep_active
         || std::any_of (sessions_.begin (), sessions_.end (),
                         [] (const auto &entry) {
                           return SessionKind::slave == entry.second.kind
                                  && ! entry.second.is_local;
                         });
}

void
SlaveChannel::open_network ()
{
  if (State::running != state () || std::exchange (is_open_, true))
    return;
  MemberOpen open;
  open.channel = context_.channel;
  open.key = context_.key;
  open.private_key = record_.member_key;
  open.origin = record_.origin;
  open.relays = record_.relays;
  open.ticket = record_.ticket;
  open.join_message = record_.join_message;
  open.first_fragment = record_.first_fragment;
  if (! record_.first_fragment.is_none ())
  {
    if (log_.settled () >= record_.first_fragment)
      open.have.push_back (
          { record_.first_fragment.value, log_.settled ().value });
    for (const auto &range : log_.known_above (context_.config.ranges_kept_max))
      open.have.push_back (range);
  }
  context_.effects.push_back (std::move (open));
  set_link (LinkState::connecting);
}

void
SlaveChannel::ask_in (std::optional<base::PeerId> origin,
                      std::vector<base::PeerId> relays,
                      base::Bytes join_message)
{
  if (origin)
    record_.origin = origin;
  if (! relays.empty ())
    record_.relays = std::move (relays);
  const bool is_new_question
      = ! join_message.empty () && join_message != record_.join_message;
  if (! join_message.empty ())
    record_.join_message = std::move (join_message);
  if (State::running != state ())
    return; // on_running opens
  const bool is_dead = LinkState::refused == link_
                       || LinkState::ejected == link_
                       || LinkState::group_ended == link_;
  if (is_open_ && (is_dead || (record_.ticket.empty () && is_new_question)))
  {
    context_.effects.push_back (MemberEnd{ context_.channel, Ending::for_now });
    is_open_ = false;
  }
  save ();
  open_network ();
}

void
SlaveChannel::update_record (ChannelRecord &record)
{
  record.role = Role::slave;
}

void
SlaveChannel::close_network (Ending ending)
{
  if (is_open_)
    context_.effects.push_back (MemberEnd{ context_.channel, ending });
  is_open_ = false;
  if (Ending::for_good == ending)
    lose_membership ();
}

bool
SlaveChannel::is_network_idle () const
{
  return true;
}

void
SlaveChannel::on_role_time ()
{
  outbox_.on_time ();
  ask_state ();
}

base::TimePoint
SlaveChannel::role_deadline () const
{
  const bool may_ask = state_follower_.is_lost () && ! is_asking_state_
                       && LinkState::attached == link_;
  return std::min (outbox_.next_deadline (),
                   may_ask ? ask_state_at_ : base::time_never);
}

base::MessageId
SlaveChannel::newest_message () const
{
  return std::max (base::MessageId{ counters_.message_id }, head_.message_id);
}

void
SlaveChannel::fill_info (local::Info &info)
{
  info.head_fragment_id = std::max (log_.settled (), head_.fragment_id).value;
  info.outbox_count = waiting_requests ();
  info.state = static_cast<std::uint8_t> (link_);
}

std::size_t
SlaveChannel::waiting_requests () const
{
  return outbox_.count ();
}

base::FragmentId
SlaveChannel::first_for (const Session &session) const
{
  return SessionKind::slave == session.kind ? record_.first_fragment.previous ()
                                            : base::FragmentId{};
}

// ---- clients -------------------------------------------------------------

void
SlaveChannel::on_session_started (Session &session)
{
  if (SessionKind::slave != session.kind)
    return;
  if (! session.is_local)
    open_network ();
  if (Admission::admitted == record_.admission)
    context_.send (session.client,
                   local::JoinVerdict{ local::Admission::admitted, true, {} });
  context_.send (session.client,
                 local::LinkState{ static_cast<std::uint8_t> (link_) });
}

void
SlaveChannel::on_session_gone (ClientId)
{}

void
SlaveChannel::tell_verdict (Admission admission, const base::Bytes &answer)
{
  for (const auto &[client, session] : sessions_)
    if (SessionKind::slave == session.kind && session.is_started)
      context_.send (client,
                     local::JoinVerdict{ Admission::admitted == admission
                                             ? local::Admission::admitted
                                             : local::Admission::refused,
                                         false,
                                         { answer } });
}

// A verdict that is being stored is told first: who hears that we are attached
// knows already what was said at the door.
void
SlaveChannel::set_link (LinkState state)
{
  link_ = state;
  has_untold_link_ = true;
  tell_link ();
}

void
SlaveChannel::tell_link ()
{
  if (0 != verdicts_storing_ || ! std::exchange (has_untold_link_, false))
    return;
  for (const auto &[client, session] : sessions_)
    if (SessionKind::slave == session.kind && session.is_started)
      context_.send (client,
                     local::LinkState{ static_cast<std::uint8_t> (link_) });
}

void
SlaveChannel::store_verdict (Admission admission, base::Bytes answer)
{
  verdicts_storing_++;
  save (
      [this, admission, answer = std::move (answer)] (const StoreResult &)
      {
        tell_verdict (admission, answer);
        verdicts_storing_--;
        tell_link ();
      });
}

// ---- membership ----------------------------------------------------------

void
SlaveChannel::on_decision (Decision decision)
{
  head_ = std::max (head_, decision.head);
  if (Admission::admitted == decision.admission)
  {
    on_admitted (std::move (decision));
    return;
  }
  if (Admission::unknown == decision.admission)
    return;
  record_.admission = Admission::refused;
  lose_membership ();
  store_verdict (Admission::refused, std::move (decision.answer));
}

void
SlaveChannel::on_admitted (Decision decision)
{
  record_.admission = Admission::admitted;
  record_.ticket = std::move (decision.ticket);
  if (decision.origin)
    record_.origin = decision.origin;
  if (! decision.relays.empty ())
    record_.relays = std::move (decision.relays);
  if (record_.first_fragment.is_none ())
  {
    record_.first_fragment = decision.head.fragment_id.next ();
    record_.first_message = decision.head.message_id;
    open_log (decision.head.fragment_id);
    state_follower_.on_hole (); // what the channel was before we came
    pump_readers ();
  }
  store_verdict (Admission::admitted, std::move (decision.answer));
}

// The next admission begins anew.
void
SlaveChannel::lose_membership ()
{
  if (Admission::admitted == record_.admission)
    record_.admission = Admission::unknown;
  record_.ticket.clear ();
  record_.first_fragment = {};
}

void
SlaveChannel::on_ticket (base::Bytes ticket)
{
  record_.ticket = std::move (ticket);
  save ();
}

void
SlaveChannel::on_peers (std::vector<base::PeerId> peers)
{
  if (LinkState::attached != link_)
    return; // of a membership that ended meanwhile
  record_.relays = std::move (peers);
  touch_record ();
}

void
SlaveChannel::on_state (LinkState state, const base::Head &head)
{
  on_head (head);
  const bool was_attached = LinkState::attached == link_;
  set_link (state);
  switch (state)
  {
  case LinkState::attached:
    outbox_.on_attached ();
    fetch_next ();
    ask_state ();
    return;
  case LinkState::ejected:
  case LinkState::refused:
  case LinkState::group_ended:
    lose_membership ();
    save ();
    [[fallthrough]];
  case LinkState::none:
  case LinkState::connecting:
  case LinkState::pending:
  case LinkState::detached:
  case LinkState::service_lost:
    if (! was_attached)
      return;
    outbox_.on_detached ();
    // What cannot be fetched now is read as far as it is here.
    is_fetching_ = false;
    is_asking_state_ = false;
    ask_state_at_ = base::TimePoint::min ();
    for (auto &fetch : std::exchange (fetches_, {}))
      if (! fetch.is_question)
        fetch.on_fetched ();
    return;
  }
}

void
SlaveChannel::on_head (const base::Head &head)
{
  head_.fragment_id = std::max (head_.fragment_id, head.fragment_id);
  head_.message_id = std::max (head_.message_id, head.message_id);
  head_.generation = std::max (head_.generation, head.generation);
}

// ---- fragments -----------------------------------------------------------

void
SlaveChannel::on_proof_wanted (ReplayToken replay, base::FragmentId id)
{
  auto code = std::make_shared<ReplayCode> (ReplayCode::not_found);
  context_.store.read (
      ReadFragments{ id.value, id.value, std::nullopt },
      [this, replay, code] (StoreItem &item)
      {
        auto *fragment = std::get_if<FragmentPtr> (&item);
        if (nullptr == fragment)
          return false;
        *code = ReplayCode::ok;
        context_.effects.push_back (
            ReplayFragment{ replay, std::move (*fragment) });
        return true;
      },
      [this, replay, code] (const StoreResult &result)
      {
        context_.effects.push_back (ReplayEnd{
            replay, result.is_error () ? ReplayCode::internal_error : *code });
      });
}

void
SlaveChannel::on_fragment (base::ByteView bytes)
{
  FragmentPtr fragment = read_fragment (bytes);
  if (! fragment)
  {
    context_.count ("# malformed fragments from multicast");
    return;
  }
  if (is_asking_state_ && fragment->head.is_first ()
      && Tracker::changes_all (*fragment))
    answered_checkpoint_
        = std::max (answered_checkpoint_, fragment->head.message_id);
  if (! storing_.insert (fragment->head.id).second)
    return;
  context_.store.call (StoreFragment{ fragment, std::nullopt },
                       [this, fragment] (const StoreResult &result)
                       { on_stored (fragment, result); });
}

void
SlaveChannel::on_stored (const FragmentPtr &fragment, const StoreResult &result)
{
  const base::FragmentId id = fragment->head.id;
  storing_.erase (id);
  if (result.is_error ())
  {
    context_.count ("# fragments that the store refused");
    context_.effects.push_back (MemberFailed{ context_.channel, id });
  }
  else
  {
    context_.effects.push_back (MemberStored{ context_.channel, id });
    head_.message_id = std::max (head_.message_id, fragment->head.message_id);
    head_.fragment_id = std::max (head_.fragment_id, id);
    const bool is_ours
        = ! record_.first_fragment.is_none () && id >= record_.first_fragment;
    if (is_ours && ! log_.is_known (id))
    {
      const base::FragmentId before = log_.settled ();
      log_.add_stored (fragment);
      if (log_.settled () > before)
        pump_readers ();
    }
  }
  fetch_waits_for_.erase (id);
  finish_fetch ();
}

void
SlaveChannel::on_gap (std::uint64_t first, std::uint64_t last)
{
  if (0 == first || last < first || last > base::id_max)
    return;
  context_.count ("# gaps that nobody could fill");
  log_.add_gap (first, last);
  pump_readers ();
  touch_record ();
}

void
SlaveChannel::on_replay_request (ReplayToken replay, ReplayUnit unit,
                                 std::uint64_t first, std::uint64_t last)
{
  StoreCall call = ReadFragments{ first, last, std::nullopt };
  if (ReplayUnit::messages == unit)
    call = ReadMessages{ first, last, 0, "", std::nullopt };
  answer_replay (replay, std::move (call), base::FragmentId{ base::id_max });
}

// ---- requests ------------------------------------------------------------

void
SlaveChannel::on_request_stored (base::RequestId request, std::uint64_t offset)
{
  outbox_.on_acknowledged (request, offset);
}

void
SlaveChannel::on_request_settled (base::RequestId request,
                                  RequestOutcome outcome,
                                  std::uint64_t message_id, std::uint32_t code,
                                  const std::string &reason)
{
  outbox_.on_settled (request, outcome, message_id, code, reason);
}

// ---- the past ------------------------------------------------------------

base::MessageId
SlaveChannel::fetch_limit () const
{
  // Since our admission everything comes here by itself.
  return record_.first_message;
}

bool
SlaveChannel::can_fetch () const
{
  return LinkState::attached == link_ && fetches_.size () < fetches_max;
}

void
SlaveChannel::fetch (std::uint64_t first, std::uint64_t last,
                     std::function<void ()> on_fetched)
{
  if (! can_fetch ())
  {
    on_fetched ();
    return;
  }
  fetches_.push_back ({ first, last, std::move (on_fetched) });
  if (1 == fetches_.size ())
    fetch_next ();
}

void
SlaveChannel::fetch_next ()
{
  if (is_fetching_ || fetches_.empty ())
    return;
  is_fetching_ = true;
  is_fetched_ = false;
  const Fetch &fetch = fetches_.front ();
  context_.effects.push_back (MemberFetch{ context_.channel,
                                           ReplayUnit::messages, fetch.first,
                                           fetch.last, fetch.is_question });
}

// All of it came; it is done when that is on disk, too.
void
SlaveChannel::on_fetched (ReplayCode code)
{
  if (! is_fetching_ || is_fetched_)
    return;
  is_fetched_ = true;
  fetch_code_ = code;
  fetch_waits_for_ = storing_;
  finish_fetch ();
}

void
SlaveChannel::finish_fetch ()
{
  if (! is_fetching_ || ! is_fetched_ || ! fetch_waits_for_.empty ())
    return;
  is_fetching_ = false;
  const Fetch done = std::move (fetches_.front ());
  fetches_.pop_front ();
  fetch_next ();
  done.on_fetched ();
}

// ---- the state -----------------------------------------------------------

void
SlaveChannel::on_hole ()
{
  state_follower_.on_hole ();
}

bool
SlaveChannel::is_state_ready () const
{
  if (! state_follower_.is_lost ())
    return true;
  switch (link_)
  {
  case LinkState::none:
    return ! wants_network ();
  case LinkState::ejected:
  case LinkState::refused:
  case LinkState::group_ended:
    return true; // it will not come
  case LinkState::connecting:
  case LinkState::pending:
  case LinkState::attached:
  case LinkState::detached:
  case LinkState::service_lost:
    return false;
  }
  return true;
}

void
SlaveChannel::on_state_applied (const StateMessage &message)
{
  if (message.is_checkpoint ())
  {
    ask_state_at_ = base::TimePoint::min (); // it was answered
    tell_state (local::StateChange::whole, message.id);
  }
  touch_record ();
}

void
SlaveChannel::on_state_lost (StateLoss loss, base::MessageId at)
{
  switch (loss)
  {
  case StateLoss::missing:
    context_.count ("# times that changes of a state were missing");
    tell_state (local::StateChange::missing, at);
    break;
  case StateLoss::refused:
    context_.count ("# changes that do not fit to a member's state");
    tell_state (local::StateChange::differs, at);
    break;
  case StateLoss::differs:
    context_.count ("# states whose hash differs from the host's");
    tell_state (local::StateChange::differs, at);
    break;
  }
  touch_record ();
  ask_state ();
}

void
SlaveChannel::tell_state (local::StateChange change, base::MessageId at)
{
  for (const auto &[client, session] : sessions_)
    if (SessionKind::slave == session.kind && session.is_started)
      context_.send (client, local::StateEvent{ change, at.value });
}

// Asks the host for the newest checkpoint. If that is not all of the state,
// the host says another, which comes as every message.
void
SlaveChannel::ask_state ()
{
  if (! state_follower_.is_lost () || is_asking_state_
      || LinkState::attached != link_ || context_.now < ask_state_at_)
    return;
  is_asking_state_ = true;
  answered_checkpoint_ = {};
  ask_state_at_ = context_.now + context_.config.state_ask_interval;
  fetches_.push_back ({ checkpoint_question, checkpoint_question,
                        [this] { on_state_answer (); }, true });
  if (1 == fetches_.size ())
    fetch_next ();
}

void
SlaveChannel::on_state_answer ()
{
  is_asking_state_ = false;
  if (! answered_checkpoint_.is_none ())
    state_follower_.add_checkpoint (answered_checkpoint_);
  else if (ReplayCode::not_found == fetch_code_)
  {
    ask_state_at_ = base::TimePoint::min ();
    state_follower_.on_empty ();
    tell_state (local::StateChange::whole, {});
    answer_questions ();
  }
}
} // namespace psyc::core
