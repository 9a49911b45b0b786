// SPDX-License-Identifier: AGPL-3.0-or-later
#include "psyc/core/master.hpp"

namespace psyc::core
{
namespace
{
constexpr std::size_t checkpoint_questions_max = 1024;
} // namespace

MasterChannel::MasterChannel (const Config &config, Effects &effects,
                              const base::TimePoint &now, ChannelNo number,
                              const base::ChannelKey &key, ChannelRecord record,
                              bool is_new)
    : Channel (config, effects, now, number, key, std::nullopt,
               std::move (record), is_new),
      publisher_ (context_,
                  [this] (const FragmentPtr &fragment)
                  {
                    log_.add_stored (fragment);
                    pump_readers ();
                    spool_.pump ();
                    checkpoints_.pump ();
                  }),
      checkpoints_ (context_, publisher_), spool_ (context_, publisher_),
      inbox_ (context_, publisher_, *this), door_ (context_, *this)
{}

// ---- beginning and ending ------------------------------------------------

// The log ends where the store does; reading what is behind the last record
// shows which messages are unfinished.
void
MasterChannel::load_role ()
{
  open_log (base::FragmentId{ counters_.fragment_id });
  load_requests ();
  load_state ();
}

void
MasterChannel::load_state ()
{
  context_.store.read (
      ReadStateInfo{ false },
      [this] (StoreItem &item)
      {
        if (const auto *info = std::get_if<StateInfo> (&item))
          checkpoints_.open (*info);
        return true;
      },
      [this] (const StoreResult &result)
      {
        if (result.is_error ())
        {
          fail_load (result.error);
          return;
        }
        has_state_ = true;
        check_loaded ();
      });
}

void
MasterChannel::load_requests ()
{
  context_.store.read (
      ListRequests{ Box::in, std::nullopt },
      [this] (StoreItem &item)
      {
        const auto *info = std::get_if<RequestInfo> (&item);
        if (nullptr == info)
          return true;
        if (Spool::is_ours (*info))
          spool_.on_listed (*info);
        else
          inbox_.on_listed (*info);
        return true;
      },
      [this] (const StoreResult &result)
      {
        if (result.is_error ())
        {
          fail_load (result.error);
          return;
        }
        has_requests_ = true;
        check_loaded ();
      });
}

void
MasterChannel::check_loaded ()
{
  if (State::loading != state () || ! has_requests_ || ! has_state_
      || tracker_->position () < log_.settled ()
      || ! state_follower_.is_idle ())
    return;
  base::Head at;
  at.fragment_id.value = counters_.fragment_id;
  at.message_id.value = counters_.message_id;
  known_ = at.fragment_id;
  // Without a record of ours its fragments may be what a guest here has.
  if (record_.is_imported
      || (is_new () && is_shared () && counters_.fragment_id > 0))
    skip_ids (at);
  at.generation.value = std::max<std::uint64_t> (
      { counters_.generation, record_.generation.value, 1 });
  publisher_.open (at,
                   tracker_->unfinished (context_.config.unfinished_kept_max),
                   checkpoints_.applied ());
  loaded ();
}

void
MasterChannel::on_state_applied (const StateMessage &message)
{
  checkpoints_.on_applied (message);
  publisher_.on_state_applied (message.id);
  check_loaded ();
}

// What the host says is the state: it goes on with what it has, and says all
// of it.
void
MasterChannel::on_state_lost (StateLoss, base::MessageId at)
{
  context_.count ("# changes of its own that the host's state cannot take");
  state_follower_.skip (at);
  publisher_.on_state_applied (at);
  checkpoints_.need ();
  check_loaded ();
}

void
MasterChannel::on_running ()
{
  if (State::running != state () || is_open_)
    return;
  is_open_ = true;
  open_at_multicast (publisher_.head ());
  publisher_.start ();
  spool_.pump ();
  checkpoints_.pump ();
  inbox_.pump ();
}

void
MasterChannel::open_at_multicast (base::Head at)
{
  const bool has_history = 0 < counters_.fragment_id;
  at.message_id
      = std::max (base::MessageId{ counters_.message_id }, at.message_id);
  context_.effects.push_back (OriginOpen{ context_.channel, record_.channel_key,
                                          record_.policy, at, has_history,
                                          known_ });
  for (const auto &revocation : record_.revocations)
    context_.effects.push_back (OriginRevoke{
        context_.channel, revocation.member, revocation.generation });
}

void
MasterChannel::update_record (ChannelRecord &record)
{
  record.role = Role::master;
  // Something new is on disk: from there it goes on also after a restart.
  record.is_imported = record.is_imported && log_.settled () <= resumed_at_;
  record.generation
      = std::max (record.generation, publisher_.head ().generation);
}

void
MasterChannel::close_network (Ending ending)
{
  if (is_open_)
    context_.effects.push_back (OriginEnd{ context_.channel, ending });
}

bool
MasterChannel::is_network_idle () const
{
  return publisher_.is_idle ();
}

void
MasterChannel::on_role_time ()
{
  if (context_.now >= reopen_at_)
  {
    reopen_at_ = base::time_never;
    open_at_multicast (reopen_head_);
    publisher_.go_on (reopen_head_);
  }
  publisher_.on_time ();
  spool_.on_time ();
  checkpoints_.on_time ();
  inbox_.on_time ();
}

base::TimePoint
MasterChannel::role_deadline () const
{
  return std::min ({ reopen_at_, publisher_.next_deadline (),
                     spool_.next_deadline (), checkpoints_.next_deadline (),
                     inbox_.next_deadline () });
}

base::MessageId
MasterChannel::newest_message () const
{
  return std::max (base::MessageId{ counters_.message_id },
                   publisher_.head ().message_id);
}

void
MasterChannel::fill_info (local::Info &info)
{
  info.head_fragment_id
      = std::max (log_.settled (), publisher_.head ().fragment_id).value;
  info.member_count = members_.size ();
  info.outbox_count = waiting_requests ();
  info.state = static_cast<std::uint8_t> (origin_state_);
}

std::size_t
MasterChannel::waiting_requests () const
{
  return inbox_.count () + spool_.count ();
}

// ---- from multicast ------------------------------------------------------

void
MasterChannel::on_state (OriginState state, const base::Head &head)
{
  origin_state_ = state;
  switch (state)
  {
  case OriginState::head_behind:
    context_.count ("# channels whose members know more than the host");
    proved_ = head;
    publisher_.stop (
        "members have newer messages than this host's disk, which holds an "
        "older copy of the channel: put a newer copy in place, or go on behind "
        "theirs with 'gnunet-social adopt PLACE'");
    return;
  case OriginState::service_lost:
    inbox_.on_members_gone ();
    for (const auto &member : std::exchange (members_, {}))
      for (const auto &[client, session] : sessions_)
        tell_member (client, member, MemberEvent::detached);
    return;
  case OriginState::none:
  case OriginState::started:
    return;
  }
}

void
MasterChannel::on_fragment (base::ByteView bytes)
{
  if (FragmentPtr fragment = read_fragment (bytes))
    publisher_.on_echo (std::move (fragment));
  else
    context_.count ("# malformed fragments from multicast");
}

void
MasterChannel::on_request (base::ByteView bytes)
{
  if (RequestPtr request = read_request (bytes))
    inbox_.on_fragment (std::move (request));
  else
    context_.count ("# malformed requests from multicast");
}

void
MasterChannel::on_join_request (JoinToken join, const base::MemberKey &member,
                                base::Bytes message)
{
  context_.count ("# wishes to join");
  door_.on_join_request (join, member, std::move (message));
}

void
MasterChannel::on_replay_request (ReplayToken replay,
                                  const base::MemberKey &member,
                                  ReplayUnit unit, std::uint64_t first,
                                  std::uint64_t last)
{
  if (ReplayUnit::messages == unit && checkpoint_question == first)
  {
    // More than that ask again, some time.
    if (checkpoint_questions_.size () < checkpoint_questions_max)
      checkpoint_questions_.push_back ({ replay, publisher_.changing () });
    else
      context_.effects.push_back (ReplayEnd{ replay, ReplayCode::past_head });
    answer_checkpoint_questions ();
    return;
  }
  const base::Head at = publisher_.head ();
  const std::uint64_t newest = ReplayUnit::fragments == unit
                                   ? at.fragment_id.value
                                   : at.message_id.value;
  if (first > newest || last < first)
  {
    context_.effects.push_back (ReplayEnd{ replay, ReplayCode::past_head });
    return;
  }
  last = std::min (last, newest);
  const auto reader = has_restricted_history (record_.policy)
                          ? std::optional (member)
                          : std::nullopt;
  if (ReplayUnit::messages == unit)
    send_stored (replay, ReadMessages{ first, last, 0, "", reader });
  else if (last == newest)
    send_stored (replay, ReadFragments{ first, last, reader });
  else
    send_stored (replay, ReadFragments{ first, last, reader },
                 ReadFragments{ last + 1, newest, reader });
}

void
MasterChannel::answer_checkpoint_questions ()
{
  const base::MessageId changing = publisher_.changing ();
  std::erase_if (checkpoint_questions_,
                 [this, changing] (const CheckpointQuestion &question)
                 {
                   if (! changing.is_none () && question.change == changing)
                     return false;
                   send_checkpoint (question.replay);
                   return true;
                 });
}

// The newest checkpoint may be read by every member, also where it is older
// than the membership: it is what the channel is now. If it is not, a new one
// is said, which comes to the member by itself.
void
MasterChannel::send_checkpoint (ReplayToken replay)
{
  const std::uint64_t id = checkpoints_.current ().value;
  if (checkpoints_.applied ().is_none ())
    context_.effects.push_back (ReplayEnd{ replay, ReplayCode::not_found });
  else if (0 == id)
  {
    checkpoints_.want ();
    context_.effects.push_back (ReplayEnd{ replay, ReplayCode::past_head });
  }
  else
    send_stored (replay, ReadMessages{ id, id, 0, "", std::nullopt });
}

void
MasterChannel::send_stored (ReplayToken replay, StoreCall call,
                            std::optional<ReadFragments> beyond)
{
  // What is stored but not settled was never sent.
  answer_replay (replay, std::move (call), log_.settled (),
                 [this, replay, beyond] (ReplayCode code)
                 {
                   if (beyond && ReplayCode::not_found == code)
                     look_beyond (replay, *beyond);
                   else
                     context_.effects.push_back (ReplayEnd{ replay, code });
                 });
}

void
MasterChannel::on_member_event (const base::MemberKey &member,
                                MemberEvent event)
{
  if (MemberEvent::attached == event)
    members_.insert (member);
  else
    members_.erase (member);
  inbox_.on_member (member);
  if (MemberEvent::parted == event)
    door_.on_parted (member);
  for (const auto &[client, session] : sessions_)
    tell_member (client, member, event);
}

// ---- clients -------------------------------------------------------------

void
MasterChannel::on_session_started (Session &session)
{
  if (SessionKind::master != session.kind)
    return;
  for (const auto &member : members_)
    tell_member (session.client, member, MemberEvent::attached);
  for (const auto &[id, question] : door_.questions ())
    context_.send (
        session.client,
        local::JoinRequest{ id.value, question.member, { question.message } });
  inbox_.pump ();
}

void
MasterChannel::on_session_gone (ClientId client)
{
  inbox_.on_client_gone (client);
}

void
MasterChannel::on_reader_moved ()
{
  inbox_.pump ();
}

void
MasterChannel::tell_member (ClientId client, const base::MemberKey &member,
                            MemberEvent event)
{
  const Session *to = session (client);
  if (nullptr != to && to->is_started && SessionKind::master == to->kind
      && has_flag (to->flags, local::MasterFlags::watch_members))
    context_.send (client, local::MemberEvent{
                               member, static_cast<std::uint8_t> (event) });
}

bool
MasterChannel::on_message (ClientId client, const local::MasterMode &message)
{
  Session &from = *session (client);
  if (SessionKind::master != from.kind)
    return false;
  const bool watched = has_flag (from.flags, local::MasterFlags::watch_members);
  from.flags = message.flags;
  if (! watched)
    for (const auto &member : members_)
      tell_member (client, member, MemberEvent::attached);
  inbox_.pump ();
  return true;
}

bool
MasterChannel::on_message (ClientId client, const local::JoinDecision &message)
{
  if (SessionKind::master != session (client)->kind
      || message.relays.size () > local::relays_max
      || message.answer.bytes.size () > local::join_message_size_max)
    return false;
  Admission admission = Admission::unknown;
  if (local::Admission::admitted == message.admission)
    admission = Admission::admitted;
  else if (local::Admission::refused == message.admission)
    admission = Admission::refused;
  door_.on_decision (QuestionId{ message.join_id }, admission, message.relays,
                     message.answer.bytes);
  return true;
}

bool
MasterChannel::on_message (ClientId client, const local::JoinPending &message)
{
  if (SessionKind::master != session (client)->kind)
    return false;
  door_.on_pending (QuestionId{ message.join_id });
  return true;
}

bool
MasterChannel::on_message (ClientId client,
                           const local::RequestDecision &message)
{
  if (SessionKind::master != session (client)->kind)
    return false;
  Verdict verdict;
  verdict.code = message.code;
  verdict.reason = message.reason.substr (0, 1024);
  switch (message.action)
  {
  case local::RequestAction::accept:
    verdict.action = Verdict::Action::accept;
    break;
  case local::RequestAction::relay:
    verdict.action = Verdict::Action::relay;
    break;
  case local::RequestAction::refuse:
    verdict.action = Verdict::Action::refuse;
    break;
  }
  // The modifiers must be whole modifiers and nothing else.
  PartReader reader (message.modifiers.bytes);
  PartChecker checker;
  (void)checker.on_part (MethodPart{});
  while (const auto part = reader.next ())
    if ((! std::holds_alternative<ModifierPart> (*part)
         && ! std::holds_alternative<ModContPart> (*part))
        || PartError::none != checker.on_part (*part))
      return false;
  if (PartError::none != reader.error ()
      || PartChecker::State::head != checker.state ())
    return false;
  verdict.modifiers = message.modifiers.bytes;
  inbox_.on_verdict (client, message.member_key,
                     base::RequestId{ message.request_id },
                     std::move (verdict));
  return true;
}

bool
MasterChannel::on_message (ClientId client, const local::Eject &message)
{
  if (SessionKind::master != session (client)->kind
      || message.notice.bytes.size () > local::join_message_size_max)
    return false;
  door_.eject (message.member_key, message.notice.bytes,
               [this, client, op = message.op_id] (const StoreResult &result)
               {
                 context_.send (client, local::OperationResult{
                                            op, result.result, result.error });
               });
  return true;
}

// ---- what members say ----------------------------------------------------

// Who decides by itself is asked before who only hears.
std::optional<ClientId>
MasterChannel::free_client ()
{
  if (State::running != state () || ! is_open_)
    return std::nullopt;
  std::optional<ClientId> found;
  for (const auto &[client, session] : sessions_)
  {
    if (SessionKind::master != session.kind || ! session.is_started)
      continue;
    if (has_flag (session.flags, local::MasterFlags::explicit_requests))
    {
      found = client;
      break;
    }
    if (! found)
      found = client;
  }
  return found && has_room (*found) ? found : std::nullopt;
}

bool
MasterChannel::has_room (ClientId client)
{
  const Session *to = session (client);
  return nullptr != to && to->reader
         && to->reader->has_room (local::stream_cost_base
                                  + context_.config.payload_max + 128);
}

bool
MasterChannel::wants_whole (ClientId client)
{
  return ! has_flag (session (client)->flags,
                     local::MasterFlags::explicit_requests);
}

void
MasterChannel::offer (ClientId client, const RequestHead &head,
                      base::ByteView parts, RequestPlace place)
{
  local::Request out;
  out.member_key = head.member;
  out.request_id = head.request_id.value;
  out.is_last = RequestPlace::last == place;
  out.message.bytes = application_message (
      message_request, head.request_id.value, head.offset, head.member, parts);
  session (client)->reader->use (local::stream_cost (out));
  context_.send (client, out);
}

void
MasterChannel::on_settled (ClientId client, const base::MemberKey &member,
                           base::RequestId request)
{
  if (nullptr != session (client))
    context_.send (client, local::RequestSettled{ member, request.value });
}

// ---- the door ------------------------------------------------------------

void
MasterChannel::raise_generation ()
{
  publisher_.set_generation (publisher_.head ().generation.next ());
}

void
MasterChannel::save_record (RecordKeeper::OnSaved on_saved)
{
  save (std::move (on_saved));
}

void
MasterChannel::ask (QuestionId id, const Question &question)
{
  for (const auto &[client, session] : sessions_)
    if (SessionKind::master == session.kind && session.is_started)
      context_.send (client, local::JoinRequest{ id.value,
                                                 question.member,
                                                 { question.message } });
}
} // namespace psyc::core
