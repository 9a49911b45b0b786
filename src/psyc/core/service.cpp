// SPDX-License-Identifier: AGPL-3.0-or-later
#include "psyc/core/service.hpp"

namespace psyc::core
{
Service::Service (const Config &config, const KeyDeriver &keys)
    : config_ (config), keys_ (keys), store_ (effects_, ChannelNo{}, {})
{}

Service::~Service () = default;

// ---- beginning -----------------------------------------------------------

void
Service::start (base::TimePoint now)
{
  now_ = now;
  read_records ();
}

void
Service::read_records ()
{
  store_.read (
      ReadRecords{},
      [this] (StoreItem &item)
      {
        if (const auto *info = std::get_if<RecordInfo> (&item))
          on_record (*info);
        return true;
      },
      [this] (const StoreResult &result) { on_records_read (result); });
}

void
Service::on_record (const RecordInfo &info)
{
  const DecodedRecord decoded = decode_record (info.record);
  Known known;
  known.record = decoded.record;
  if (decoded.record)
    known.record->is_imported = info.is_imported;
  else
  {
    effects_.push_back (Count{ "# records of channels that cannot be read" });
    known.error = decoded.is_newer
                      ? "the channel's record is of a newer version of psyc"
                      : "the channel's record is damaged";
  }
  const Name name{ info.channel, info.member };
  if (! by_name_.contains (name)) // else it knows better
    known_.insert_or_assign (name, std::move (known));
}

void
Service::on_records_read (const StoreResult &result)
{
  if (result.is_error ())
  {
    read_again_at_ = now_ + config_.store_retry;
    return;
  }
  is_loaded_ = true;
  std::vector<Name> active;
  for (const auto &[name, known] : known_)
    if (known.record && known.record->is_keep_active)
      active.push_back (name);
  if (! is_ending_)
    for (const auto &name : active)
      create_known (name);
  retry_waiting ();
}

// ---- channels ------------------------------------------------------------

Channel *
Service::find (ChannelNo channel)
{
  auto it = channels_.find (channel);
  return it == channels_.end () ? nullptr : it->second.get ();
}

template <typename T>
T *
Service::find_as (ChannelNo channel)
{
  return dynamic_cast<T *> (find (channel));
}

Channel *
Service::running (const Name &name)
{
  auto it = by_name_.find (name);
  return it == by_name_.end () ? nullptr : find (it->second);
}

Channel *
Service::create_known (const Name &name)
{
  auto node = known_.extract (name);
  return create (name, std::move (*node.mapped ().record), false);
}

Channel *
Service::create (const Name &name, ChannelRecord record, bool is_new)
{
  const ChannelNo number{ ++last_channel_ };
  std::unique_ptr<Channel> channel;
  if (name.second)
    channel = std::make_unique<SlaveChannel> (config_, effects_, now_, number,
                                              name.first, *name.second,
                                              std::move (record), is_new);
  else
    channel = std::make_unique<MasterChannel> (config_, effects_, now_, number,
                                               name.first, std::move (record),
                                               is_new);
  channel->is_shared = [this, name]
  {
    const auto is_other = [&name] (const Name &other)
    { return other.first == name.first && other != name; };
    return std::any_of (by_name_.begin (), by_name_.end (),
                        [&] (const auto &entry)
                        { return is_other (entry.first); })
           || std::any_of (known_.begin (), known_.end (),
                           [&] (const auto &entry)
                           { return is_other (entry.first); });
  };
  Channel *created = channel.get ();
  channels_.emplace (number, std::move (channel));
  by_name_[name] = number;
  created->load ();
  return created;
}

void
Service::settle (ChannelNo channel)
{
  Channel *found = find (channel);
  if (nullptr == found)
    return;
  found->settle ();
  if (Channel::State::ended == found->state ())
    remove (channel);
  else
    release_held (channel);
}

void
Service::remove (ChannelNo channel)
{
  auto node = channels_.extract (channel);
  Channel &ended = *node.mapped ();
  const Name name{ ended.key (), ended.member () };
  by_name_.erase (name);
  if (! ended.is_forgotten ())
    if (auto decoded = decode_record (ended.encoded_record ()); decoded.record)
      known_[name] = Known{ std::move (decoded.record), "" };
  const auto readers
      = ended.is_forgotten () ? std::vector<ClientId>{} : ended.readers ();
  for (auto &[id, client] : clients_)
  {
    if (client.channel != channel)
      continue;
    client.channel = {};
    if (std::exchange (client.is_held, false))
      effects_.push_back (ContinueClient{ id });
  }
  // They come back by themselves and go on where they were, in what is stored.
  for (const ClientId reader : readers)
    drop (reader, "the channel ended while it was read");
  retry_waiting ();
}

// ---- psycstore -----------------------------------------------------------

bool
Service::on_store_item (OpId op, StoreItem item)
{
  if (op.channel.is_none ())
    return store_.on_item (op.number, item);
  Channel *channel = find (op.channel);
  return nullptr != channel && channel->store ().on_item (op.number, item);
}

void
Service::on_store_result (OpId op, const StoreResult &result)
{
  if (op.channel.is_none ())
  {
    store_.on_result (op.number, result);
    return;
  }
  if (Channel *channel = find (op.channel))
    channel->store ().on_result (op.number, result);
  settle (op.channel);
}

// ---- multicast -----------------------------------------------------------

void
Service::on_origin_state (ChannelNo channel, OriginState state,
                          const base::Head &head)
{
  if (auto *master = find_as<MasterChannel> (channel))
    master->on_state (state, head);
  settle (channel);
}

void
Service::on_origin_fragment (ChannelNo channel, base::ByteView fragment)
{
  if (auto *master = find_as<MasterChannel> (channel))
    master->on_fragment (fragment);
}

void
Service::on_origin_request (ChannelNo channel, base::ByteView request)
{
  if (auto *master = find_as<MasterChannel> (channel))
    master->on_request (request);
}

void
Service::on_join_request (ChannelNo channel, JoinToken join,
                          const base::MemberKey &member, base::Bytes message)
{
  if (auto *master = find_as<MasterChannel> (channel))
    master->on_join_request (join, member, std::move (message));
  else
    effects_.push_back (DecideJoin{ join, Admission::unknown, {}, {} });
}

void
Service::on_replay_request (ChannelNo channel, ReplayToken replay,
                            const base::MemberKey &member, ReplayUnit unit,
                            std::uint64_t first, std::uint64_t last)
{
  if (auto *master = find_as<MasterChannel> (channel))
    master->on_replay_request (replay, member, unit, first, last);
  else if (auto *slave = find_as<SlaveChannel> (channel);
           nullptr != slave && member.is_zero ()
           && ReplayUnit::fragments == unit && first == last)
    slave->on_proof_wanted (replay, base::FragmentId{ first });
  else if (auto *slave = find_as<SlaveChannel> (channel))
    slave->on_replay_request (replay, unit, first, last);
  else
    effects_.push_back (ReplayEnd{ replay, ReplayCode::access_denied });
}

void
Service::on_member_event (ChannelNo channel, const base::MemberKey &member,
                          MemberEvent event)
{
  if (auto *master = find_as<MasterChannel> (channel))
    master->on_member_event (member, event);
}

void
Service::on_decision (ChannelNo channel, Decision decision)
{
  if (auto *slave = find_as<SlaveChannel> (channel))
    slave->on_decision (std::move (decision));
}

void
Service::on_member_fragment (ChannelNo channel, base::ByteView fragment)
{
  if (auto *slave = find_as<SlaveChannel> (channel))
    slave->on_fragment (fragment);
}

void
Service::on_gap (ChannelNo channel, std::uint64_t first, std::uint64_t last)
{
  if (auto *slave = find_as<SlaveChannel> (channel))
    slave->on_gap (first, last);
}

void
Service::on_member_state (ChannelNo channel, LinkState state,
                          const base::Head &head)
{
  if (auto *slave = find_as<SlaveChannel> (channel))
    slave->on_state (state, head);
  settle (channel);
}

void
Service::on_head (ChannelNo channel, const base::Head &head)
{
  if (auto *slave = find_as<SlaveChannel> (channel))
    slave->on_head (head);
}

void
Service::on_ticket (ChannelNo channel, base::Bytes ticket)
{
  if (auto *slave = find_as<SlaveChannel> (channel))
    slave->on_ticket (std::move (ticket));
}

void
Service::on_position (ChannelNo channel, const local::Position &position)
{
  if (auto *found = find_as<Channel> (channel))
    found->on_position (position);
}

void
Service::on_peers (ChannelNo channel, std::vector<base::PeerId> peers)
{
  if (auto *slave = find_as<SlaveChannel> (channel))
    slave->on_peers (std::move (peers));
}

void
Service::on_fetched (ChannelNo channel, ReplayCode code)
{
  if (auto *slave = find_as<SlaveChannel> (channel))
    slave->on_fetched (code);
}

void
Service::on_request_stored (ChannelNo channel, base::RequestId request,
                            std::uint64_t offset)
{
  if (auto *slave = find_as<SlaveChannel> (channel))
    slave->on_request_stored (request, offset);
}

void
Service::on_request_settled (ChannelNo channel, base::RequestId request,
                             RequestOutcome outcome, std::uint64_t message_id,
                             std::uint32_t code, const std::string &reason)
{
  if (auto *slave = find_as<SlaveChannel> (channel))
    slave->on_request_settled (request, outcome, message_id, code, reason);
}

// ---- time, ending, effects -----------------------------------------------

void
Service::advance_time (base::TimePoint now)
{
  now_ = std::max (now_, now);
  if (now_ >= read_again_at_)
  {
    read_again_at_ = base::time_never;
    read_records ();
  }
  std::vector<ChannelNo> due;
  for (const auto &[number, channel] : channels_)
    if (channel->next_deadline () <= now_)
      due.push_back (number);
  for (const ChannelNo number : due)
  {
    find (number)->advance_time ();
    settle (number);
  }
}

base::TimePoint
Service::next_deadline () const
{
  base::TimePoint next = read_again_at_;
  for (const auto &[number, channel] : channels_)
    next = std::min (next, channel->next_deadline ());
  return next;
}

void
Service::shut_down ()
{
  is_ending_ = true;
  std::vector<ChannelNo> all;
  for (const auto &[number, channel] : channels_)
    all.push_back (number);
  for (const ChannelNo number : all)
  {
    find (number)->shut_down ();
    settle (number);
  }
}

std::optional<Effect>
Service::poll_effect ()
{
  if (effects_.empty ())
    return std::nullopt;
  Effect effect = std::move (effects_.front ());
  effects_.pop_front ();
  return effect;
}

Service::Load
Service::load () const
{
  Load out;
  out.store_calls = store_.pending_count ();
  for (const auto &[no, channel] : channels_)
  {
    out.requests += channel->waiting_requests ();
    out.store_calls += channel->store ().pending_count ();
  }
  return out;
}
} // namespace psyc::core
