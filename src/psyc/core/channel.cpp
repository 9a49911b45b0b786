// SPDX-License-Identifier: AGPL-3.0-or-later
#include "psyc/core/channel.hpp"

namespace psyc::core
{
namespace
{
// In a record. With more, the state is asked for anew.
constexpr std::size_t state_waiting_kept_max = 256;
} // namespace

Channel::Channel (const Config &config, Effects &effects,
                  const base::TimePoint &now, ChannelNo number,
                  const base::ChannelKey &key,
                  std::optional<base::MemberKey> member, ChannelRecord record,
                  bool is_new)
    : context_ (config, effects, now, number, key),
      member_ (std::move (member)), record_ (std::move (record)),
      is_new_ (is_new), was_clean_ (record_.is_clean),
      log_ (config.tail_fragments_max, config.tail_bytes_max),
      state_follower_ (context_, *this),
      keeper_ (context_, member_,
               [this] () -> const ChannelRecord & { return current_record (); })
{
  record_.is_clean = false;
}

// ---- beginning -----------------------------------------------------------

void
Channel::load ()
{
  context_.store.read (
      ReadCounters{},
      [this] (StoreItem &item)
      {
        if (const auto *counters = std::get_if<Counters> (&item))
          counters_ = *counters;
        return true;
      },
      [this] (const StoreResult &result)
      {
        if (result.is_error ())
          fail_load (result.error);
        else
          load_role ();
      });
}

void
Channel::answer_replay (ReplayToken replay, StoreCall call,
                        base::FragmentId up_to, OnAnswered on_end)
{
  auto count = std::make_shared<std::size_t> (0);
  context_.store.read (
      std::move (call),
      [this, replay, count, up_to] (StoreItem &item)
      {
        auto *fragment = std::get_if<FragmentPtr> (&item);
        if (nullptr == fragment || (*fragment)->head.id > up_to)
          return nullptr != fragment;
        ++*count;
        context_.effects.push_back (
            ReplayFragment{ replay, std::move (*fragment) });
        return true;
      },
      [this, replay, count,
       on_end = std::move (on_end)] (const StoreResult &result)
      {
        ReplayCode code = ReplayCode::ok;
        if (-2 == result.result) // GNUNET_PSYCSTORE_MEMBERSHIP_TEST_FAILED
          code = ReplayCode::access_denied;
        else if (result.is_error ())
          code = ReplayCode::internal_error;
        else if (0 == *count)
          code = ReplayCode::not_found;
        if (on_end)
          on_end (code);
        else
          context_.effects.push_back (ReplayEnd{ replay, code });
      });
}

void
Channel::open_log (base::FragmentId settled)
{
  log_.open (settled);
  if (! tracker_)
  {
    state_follower_.restore (record_.state_waiting, record_.is_state_lost);
    tracker_ = std::make_unique<Tracker> (
        context_, log_, state_follower_,
        is_new_ || record_.tracked < record_.first_fragment.previous ()
            ? record_.first_fragment.previous ()
            : record_.tracked,
        record_.unfinished,
        [this]
        {
          touch_record ();
          on_tracked ();
        },
        [this] { on_hole (); });
  }
  tracker_->pump ();
  for (auto &[client, session] : sessions_)
    if (session.is_started && ! session.reader)
      start_reader (session);
}

void
Channel::loaded ()
{
  if (State::loading != state_)
    return;
  state_ = State::running;
  // That it runs must be on disk before anything goes out: a crash from here
  // on is an unclean end.
  save ([this] (const StoreResult &) { on_running (); });
  for (auto &[client, session] : sessions_)
    start (session);
}

void
Channel::fail_load (const std::string &error)
{
  for (const auto &[client, session] : sessions_)
    context_.send (
        client, local::Started{ local::StartResult::failed, 0, 0, 0, error });
  sessions_.clear ();
  state_ = State::ended;
}

void
Channel::attach (Session session)
{
  linger_until_ = base::time_never;
  const ClientId client = session.client;
  auto [it, is_new] = sessions_.insert_or_assign (client, std::move (session));
  if (State::running == state_)
    start (it->second);
}

void
Channel::start (Session &session)
{
  session.is_started = true;
  const std::uint64_t newest = newest_message ().value;
  const std::uint64_t after = local::from_now == session.after
                                  ? log_.settled ().value
                                  : session.after;
  context_.send (session.client,
                 local::Started{ 0 == newest ? local::StartResult::is_empty
                                             : local::StartResult::has_messages,
                                 log_.settled ().value, newest, after, "" });
  if (log_.is_open ())
    start_reader (session);
  on_session_started (session);
}

void
Channel::start_reader (Session &session)
{
  const bool is_from_now = local::from_now == session.after;
  base::FragmentId after
      = is_from_now ? log_.settled () : base::FragmentId{ session.after };
  if (0 == session.after)
    after = first_for (session);
  session.reader = std::make_unique<LogReader> (
      context_, log_, session.client, after,
      is_from_now ? ReaderStart::from_now : ReaderStart::resume);
  session.reader->pump ();
}

bool
Channel::has_session (ClientId client) const
{
  auto it = sessions_.find (client);
  return it != sessions_.end () && it->second.is_started;
}

std::vector<ClientId>
Channel::clients () const
{
  std::vector<ClientId> out;
  for (const auto &[client, session] : sessions_)
    out.push_back (client);
  return out;
}

std::vector<ClientId>
Channel::readers () const
{
  std::vector<ClientId> out;
  for (const auto &[client, session] : sessions_)
    if (session.is_reader ())
      out.push_back (client);
  return out;
}

Session *
Channel::session (ClientId client)
{
  auto it = sessions_.find (client);
  return it == sessions_.end () ? nullptr : &it->second;
}

void
Channel::pump_readers ()
{
  if (tracker_)
    tracker_->pump ();
  for (auto &[client, session] : sessions_)
    if (session.reader)
      session.reader->pump ();
  if (log_.settled ().value
      >= saved_settled_.value + context_.config.record_fragments)
    save ();
}

// ---- the record ----------------------------------------------------------

ChannelRecord &
Channel::current_record ()
{
  if (tracker_)
  {
    record_.settled = log_.settled ();
    record_.tracked = tracker_->position ();
    record_.unfinished
        = tracker_->unfinished (context_.config.unfinished_kept_max);
    const auto &waiting = state_follower_.waiting ();
    record_.is_state_lost = state_follower_.is_lost ()
                            || waiting.size () > state_waiting_kept_max;
    record_.state_waiting.clear ();
    if (! record_.is_state_lost)
      record_.state_waiting.assign (waiting.begin (), waiting.end ());
    record_.known.clear ();
    for (const auto &range : log_.known_above (context_.config.ranges_kept_max))
      record_.known.push_back ({ range.first, range.last });
  }
  update_record (record_);
  return record_;
}

void
Channel::save (RecordKeeper::OnSaved on_saved)
{
  save_at_ = base::time_never;
  saved_settled_ = log_.settled ();
  keeper_.save (
      [this, on_saved = std::move (on_saved)] (const StoreResult &result)
      {
        if (result.is_error () && State::running == state_)
          save_at_
              = std::min (save_at_, context_.now + context_.config.store_retry);
        if (on_saved)
          on_saved (result);
      });
}

void
Channel::touch_record ()
{
  if (base::time_never == save_at_ && State::running == state_)
    save_at_ = context_.now + context_.config.record_interval;
}

// ---- time ----------------------------------------------------------------

void
Channel::advance_time ()
{
  if (context_.now >= context_.read_again_at)
  {
    context_.read_again_at = base::time_never;
    pump_readers ();
  }
  if (context_.now >= save_at_ && State::running == state_)
    save ();
  state_follower_.on_time ();
  answer_questions ();
  if (context_.now >= linger_until_)
  {
    linger_until_ = base::time_never;
    if (sessions_.empty () && State::running == state_
        && ! record_.is_keep_active)
      end (Ending::for_now);
  }
  on_role_time ();
}

base::TimePoint
Channel::next_deadline () const
{
  base::TimePoint next = std::min (
      { role_deadline (), linger_until_, state_follower_.next_deadline () });
  next = std::min (next, deadline_of_questions ());
  if (State::running == state_)
    next = std::min ({ next, save_at_, context_.read_again_at });
  if (State::ending == state_ && ! is_closed_)
    next = std::min (next, end_by_);
  return next;
}

// ---- going ---------------------------------------------------------------

void
Channel::detach (ClientId client)
{
  sessions_.erase (client);
  std::erase_if (questions_, [client] (const StateQuestion &question)
                 { return question.client == client; });
  uploads ().on_client_gone (client);
  on_session_gone (client);
}

void
Channel::on_client_gone (ClientId client)
{
  if (nullptr == session (client))
    return;
  detach (client);
  // The program may have crashed and come back: the channel waits for it.
  if (sessions_.empty () && ! record_.is_keep_active)
    linger_until_ = context_.now + context_.config.linger;
}

// Who only reads neither keeps the channel open nor ends it.
bool
Channel::on_message (ClientId client, const local::Part &message)
{
  const bool is_reader = session (client)->is_reader ();
  detach (client);
  const bool has_others = std::any_of (sessions_.begin (), sessions_.end (),
                                       [] (const auto &entry)
                                       { return ! entry.second.is_reader (); });
  if (is_reader || has_others)
  {
    context_.send (client, local::PartAck{});
    if (sessions_.empty () && ! record_.is_keep_active)
      linger_until_ = context_.now;
    return true;
  }
  record_.is_keep_active = message.keep_active;
  if (message.keep_active)
  {
    save ([this, client] (const StoreResult &)
          { context_.send (client, local::PartAck{}); });
    return true;
  }
  parted_.push_back (client);
  end (Ending::for_good);
  return true;
}

void
Channel::shut_down ()
{
  if (State::loading == state_)
  {
    state_ = State::ended; // nothing has begun
    return;
  }
  end (Ending::for_now);
}

void
Channel::end (Ending ending)
{
  if (State::running == state_)
  {
    state_ = State::ending;
    ending_ = ending;
    end_by_ = context_.now + context_.config.end_wait;
  }
  else if (State::loading == state_)
  {
    // Not even open: it ends as it was.
    state_ = State::ending;
    ends_clean_ = was_clean_ || is_new_;
    ending_ = ending;
    end_by_ = context_.now;
  }
  settle ();
}

void
Channel::settle ()
{
  answer_questions ();
  go_on ();
  if (State::ending != state_ || is_finishing_)
    return;
  if (! is_closed_)
  {
    if (! is_network_idle () && context_.now < end_by_)
      return;
    is_closed_ = true;
    close_network (ending_);
  }
  if (0 < context_.store.pending_count () || keeper_.is_busy ())
    return;
  is_finishing_ = true;
  finish_end ();
}

void
Channel::finish_end ()
{
  if (forgetting_)
  {
    forget ();
    return;
  }
  record_.is_clean = ends_clean_;
  save (
      [this] (const StoreResult &)
      {
        for (const ClientId client : parted_)
          context_.send (client, local::PartAck{});
        state_ = State::ended;
      });
}

// Removes the channel from disk; of one that is shared only our record.
void
Channel::forget ()
{
  const auto on_removed = [this] (const StoreResult &result)
  {
    reply (forgetting_->first, forgetting_->second, result);
    state_ = State::ended;
  };
  if (is_shared ())
    context_.store.call (StoreRecord{ member_, {}, {}, false }, on_removed);
  else
    context_.store.call (RemoveChannel{}, on_removed);
}

bool
Channel::on_message (ClientId client, const local::Forget &message)
{
  if (forgetting_)
  {
    reply (client, message.op_id, { result_error, "it is being removed" });
    return true;
  }
  forgetting_ = { client, message.op_id };
  end (Ending::for_good);
  return true;
}

// ---- messages of clients -------------------------------------------------

void
Channel::reply (ClientId client, std::uint64_t op_id, const StoreResult &result)
{
  context_.send (client,
                 local::OperationResult{ op_id, result.result, result.error });
}

bool
Channel::on_message (ClientId client, const local::StreamAck &message)
{
  Session &from = *session (client);
  if (local::log_stream != message.stream_id)
  {
    auto it = from.streams.find (message.stream_id);
    if (it == from.streams.end ())
      return true; // of a stream that ended
    it->second->on_ack (message.bytes);
    if (it->second->is_done ())
      from.streams.erase (it);
    return true;
  }
  if (from.reader)
    from.reader->on_ack (message.bytes);
  on_reader_moved ();
  return true;
}

bool
Channel::on_message (ClientId client, const local::MembershipStore &message)
{
  if (message.announced_at > base::id_max
      || message.effective_since > message.announced_at)
    return false;
  context_.store.call (
      StoreMembership{
          message.member_key,
          message.did_join ? Membership::begins : Membership::ends,
          message.announced_at, message.effective_since,
          std::max (counters_.generation, record_.generation.value) },
      [this, client, op = message.op_id] (const StoreResult &result)
      { reply (client, op, result); });
  return true;
}

bool
Channel::add_stream (ClientId client, std::uint64_t op_id,
                     std::unique_ptr<ClientStream> stream)
{
  Session &from = *session (client);
  std::erase_if (from.streams,
                 [] (const auto &entry) { return entry.second->is_done (); });
  if (from.streams.size () >= context_.config.client_streams_max)
  {
    reply (client, op_id, { result_error, "too many questions at once" });
    return false;
  }
  return from.streams.emplace (op_id, std::move (stream)).second;
}

bool
Channel::on_message (ClientId client, const local::HistoryStart &message)
{
  if (0 == message.op_id
      || message.method_prefix.size () > local::name_size_max)
    return false;
  auto stream
      = std::make_unique<HistoryStream> (context_, client, message, *this);
  HistoryStream &started = *stream;
  if (add_stream (client, message.op_id, std::move (stream)))
    started.start ();
  return true;
}

bool
Channel::on_message (ClientId client, const local::StateGet &message)
{
  if (0 == message.op_id || message.name.size () > local::name_size_max)
    return false;
  if (questions_.size () >= context_.config.client_streams_max)
    reply (client, message.op_id,
           { result_error, "too many questions at once" });
  else
    questions_.push_back (
        { client, message, context_.now, log_.settled (), {} });
  answer_questions ();
  return true;
}

bool
Channel::may_answer (StateQuestion &question) const
{
  if (! is_state_ready ())
    return false;
  if (context_.now >= question.since + context_.config.state_wait)
    return true;
  // What is lost does not come any more, and without a log nothing changes it.
  if (state_follower_.is_lost () || ! tracker_)
    return true;
  if (tracker_->position () < question.known)
    return false;
  if (! question.change)
    question.change = state_follower_.last_change ();
  return ! state_follower_.waits_for (*question.change);
}

base::TimePoint
Channel::deadline_of_questions () const
{
  if (questions_.empty ())
    return base::time_never;
  return questions_.front ().since
         + (is_state_ready () ? context_.config.state_wait
                              : context_.config.first_state_wait);
}

void
Channel::answer_questions ()
{
  for (auto it = questions_.begin (); it != questions_.end ();)
  {
    const bool is_answered = may_answer (*it);
    if (! is_answered
        && context_.now < it->since + context_.config.first_state_wait)
    {
      ++it;
      continue;
    }
    const StateQuestion question = std::move (*it);
    it = questions_.erase (it);
    if (is_answered)
      begin_stream (question.client, question.message);
    else
      reply (question.client, question.message.op_id,
             { result_error, "the state did not come yet: nobody who has it "
                             "could be reached" });
  }
}

void
Channel::begin_stream (ClientId client, const local::StateGet &question)
{
  auto stream = std::make_unique<StateStream> (context_, client, question);
  StateStream &started = *stream;
  if (add_stream (client, question.op_id, std::move (stream)))
    started.start ();
}

bool
Channel::on_message (ClientId client, const local::OperationCancel &message)
{
  session (client)->streams.erase (message.op_id);
  std::erase_if (
      questions_, [client, op = message.op_id] (const StateQuestion &question)
      { return question.client == client && question.message.op_id == op; });
  return true;
}

bool
Channel::on_message (ClientId client, const local::InfoGet &message)
{
  local::Info info;
  info.op_id = message.op_id;
  info.max_message_id = newest_message ().value;
  info.settled_fragment_id = log_.settled ().value;
  info.head_fragment_id = log_.settled ().value;
  info.position = position_;
  fill_info (info);
  context_.send (client, info);
  return true;
}

bool
Channel::on_message (ClientId client, const local::Upload &message)
{
  return SessionKind::observer != session (client)->kind
         && uploads ().on_upload (client, message);
}

bool
Channel::on_message (ClientId client, const local::UploadCancel &message)
{
  uploads ().on_cancel (client, message.upload_id);
  return true;
}

bool
Channel::on_message (ClientId client, const local::UploadQuery &message)
{
  if (SessionKind::observer == session (client)->kind)
    return false;
  uploads ().on_query (client, message);
  return true;
}

bool
Channel::is_congested (ClientId client)
{
  return uploads ().is_congested (client);
}
} // namespace psyc::core
