// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Peers with psyc's core in a world without network, disk and clock: a fake
// multicast between them, a fake store for each, programs that use them. All
// that happens is chosen by the test, so that a seed repeats a run exactly.
#pragma once

#include <gtest/gtest.h>

#include <memory>

#include "fake_store.hpp"
#include "psyc/core/service.hpp"

namespace psyc::test
{
inline base::Bytes
bytes (std::string_view text)
{
  return base::to_bytes (base::as_bytes (text));
}

// A key's public form is its bytes, the first one turned.
class FakeKeys : public KeyDeriver
{
public:
  [[nodiscard]] base::ChannelKey
  public_key (const base::ChannelPrivateKey &key) const override
  {
    base::ChannelKey out;
    out.bytes = key.bytes;
    out.bytes[0] ^= 0x80;
    return out;
  }
  [[nodiscard]] base::MemberKey
  public_key (const base::MemberPrivateKey &key) const override
  {
    base::MemberKey out;
    out.bytes = key.bytes;
    out.bytes[0] ^= 0x80;
    return out;
  }
};

inline base::ChannelPrivateKey
channel_secret (std::uint8_t n)
{
  base::ChannelPrivateKey key;
  key.bytes.fill (n);
  return key;
}

inline base::MemberPrivateKey
member_secret (std::uint8_t n)
{
  base::MemberPrivateKey key;
  key.bytes.fill (n);
  return key;
}

inline base::Bytes
make_fragment (const FragmentHead &head, base::ByteView body)
{
  wire::Encoder out;
  out.put (static_cast<std::uint16_t> (fragment_header_size + body.size ()));
  out.put (std::uint16_t{ 757 });
  out.put (std::uint32_t{ 0 });
  out.put (base::ChannelSignature{});
  out.put (std::uint64_t{ 0 });
  out.put (head.id);
  out.put (head.offset);
  out.put (head.message_id);
  out.put (head.generation);
  out.put (head.flags);
  out.raw (body);
  return out.take ();
}

class World;

// One peer's psyc: its core, its store, what its core said to programs.
struct Peer
{
  explicit Peer (World &world_in) : world (world_in) {}

  World &world;
  Config config;
  FakeStore store;
  std::unique_ptr<Service> core;
  std::deque<CallStore> calls; // of the running core, in order
  std::map<ClientId, std::deque<base::Bytes>> to_clients;
  std::map<ClientId, std::string> dropped;
  std::set<ClientId> continued;
  std::uint64_t last_client = 0;
  std::map<std::string, std::uint64_t> counts;

  void start ();
  void crash (); // calls that were under way are not made
  void drain ();
  // Makes the oldest call of the store.
  bool step_store ();
  void settle (); // until nothing is under way in the store

  ClientId
  connect ()
  {
    return ClientId{ ++last_client };
  }
  template <wire::Message M>
  void
  say (ClientId client, const M &message)
  {
    core->on_client_message (client, wire::must_encode (message));
    drain ();
  }
  void
  leave (ClientId client)
  {
    core->on_client_gone (client);
    to_clients.erase (client);
    drain ();
  }
  // All messages of that type that came, which are taken out.
  template <wire::Message M>
  std::vector<M>
  hear (ClientId client)
  {
    std::vector<M> out;
    auto &queue = to_clients[client];
    for (auto it = queue.begin (); it != queue.end ();)
    {
      if (auto message = wire::decode<M> (*it))
      {
        out.push_back (std::move (*message));
        it = queue.erase (it);
      }
      else
        ++it;
    }
    return out;
  }
};

// A group of the fake multicast.
struct Group
{
  // ---- origin
  Peer *host = nullptr;
  ChannelNo host_channel;
  bool is_open = false;
  base::Head opened_at;
  bool was_unclean = false;
  base::FragmentId known;
  std::deque<OriginSend> sends; // not echoed
  std::uint64_t next_id = 1;
  std::map<std::uint64_t, FragmentPtr> unstored;
  std::map<std::uint64_t, FragmentPtr> sent; // on the network, for ever
  std::vector<std::pair<JoinToken, base::MemberKey>> joins;
  std::vector<JoinToken> pendings;
  std::vector<DecideJoin> decisions;
  std::vector<OriginEject> ejections;
  std::vector<OriginRevoke> revocations;
  std::map<ReplayToken, std::vector<FragmentPtr>> replays;
  std::map<ReplayToken, ReplayCode> replay_codes;
  std::map<ReplayToken, base::FragmentId> replay_next;
  std::optional<Ending> ended;

  // ---- members
  struct Member
  {
    Peer *peer = nullptr;
    ChannelNo channel;
    base::MemberKey key;
    MemberOpen open;
    bool is_open = false;
    bool is_attached = false;
    bool has_asked = false;
    bool has_ticket = false;
    std::uint64_t first = 0; // own stream; 0: not known
    base::IntervalSet have;
    std::set<std::uint64_t> given;   // not yet stored or failed
    std::deque<RequestPtr> requests; // on the way, or not acknowledged
    std::size_t next_request = 0;
    std::optional<Ending> ended;
    std::deque<MemberFetch> fetches;
  };
  std::map<base::MemberKey, Member> members;
};

class World
{
public:
  base::TimePoint now{ base::seconds (1000) };
  FakeKeys keys;
  std::map<base::ChannelKey, Group> groups;
  std::map<std::pair<const Peer *, ChannelNo>, base::ChannelKey> channel_keys;
  bool is_content_checked = true;

  Group &
  group (const Peer &peer, ChannelNo channel)
  {
    return groups[channel_keys.at ({ &peer, channel })];
  }

  Group::Member *
  member (const Peer &peer, ChannelNo channel)
  {
    auto key = channel_keys.find ({ &peer, channel });
    if (key == channel_keys.end ())
      return nullptr;
    for (auto &[id, member] : groups[key->second].members)
      if (member.peer == &peer && member.channel == channel)
        return &member;
    return nullptr;
  }

  // ---- one thing happens; false: there was nothing to do

  bool
  step_echo (Group &group)
  {
    if (! group.is_open || group.sends.empty ())
      return false;
    const OriginSend send = std::move (group.sends.front ());
    group.sends.pop_front ();
    const FragmentHead head{ { group.next_id },
                             send.offset,
                             send.message_id,
                             send.generation,
                             send.flags };
    const base::Bytes raw = make_fragment (head, send.body);
    group.unstored[group.next_id++] = read_fragment (raw);
    group.host->core->on_origin_fragment (group.host_channel, raw);
    group.host->drain ();
    return true;
  }

  bool
  step_join (Group &group, Group::Member &member)
  {
    if (! member.is_open || member.is_attached || ! group.is_open)
      return false;
    if (member.has_ticket)
    {
      attach (group, member);
      return true;
    }
    if (std::exchange (member.has_asked, true))
      return false;
    const JoinToken token{ ++last_token_ };
    group.joins.emplace_back (token, member.key);
    group.host->core->on_join_request (group.host_channel, token, member.key,
                                       member.open.join_message);
    group.host->drain ();
    return true;
  }

  // `pick` chooses among what is missing (out of order within a few).
  bool
  step_fragment (Group &group, Group::Member &member, std::uint64_t pick)
  {
    if (! member.is_attached || 0 == member.first || group.sent.empty ())
      return false;
    // What the origin does not have is given up.
    const std::uint64_t first = std::max (
        member.first, member.have.contiguous_end (member.first) + 1);
    for (std::uint64_t id = first; id < group.sent.rbegin ()->first; id++)
      if (! group.sent.contains (id) && ! member.have.contains (id))
      {
        member.have.add (id);
        member.peer->core->on_gap (member.channel, id, id);
        member.peer->drain ();
        return true;
      }
    std::vector<FragmentPtr> wanted;
    for (auto it = group.sent.lower_bound (first);
         it != group.sent.end () && wanted.size () < 4; ++it)
      if (! member.have.contains (it->first)
          && ! member.given.contains (it->first))
        wanted.push_back (it->second);
    if (wanted.empty ())
      return false;
    const FragmentPtr chosen = wanted[pick % wanted.size ()];
    member.given.insert (chosen->head.id.value);
    member.peer->core->on_member_fragment (member.channel, chosen->bytes);
    member.peer->drain ();
    return true;
  }

  bool
  step_request (Group &group, Group::Member &member)
  {
    if (! member.is_attached || ! group.is_open
        || member.next_request >= member.requests.size ())
      return false;
    const RequestPtr request = member.requests[member.next_request++];
    group.host->core->on_origin_request (group.host_channel, request->bytes);
    group.host->drain ();
    return true;
  }

  bool
  step_fetch (Group &group, Group::Member &member)
  {
    if (! member.is_attached || member.fetches.empty ())
      return false;
    const MemberFetch fetch = member.fetches.front ();
    if (fetch.is_question)
      return step_question (group, member, fetch);
    member.fetches.pop_front ();
    for (const auto &[id, fragment] : group.sent)
      if (fragment->head.message_id.value >= fetch.first
          && fragment->head.message_id.value <= fetch.last)
        member.peer->core->on_member_fragment (member.channel, fragment->bytes);
    member.peer->core->on_fetched (member.channel, ReplayCode::ok);
    member.peer->drain ();
    return true;
  }

  // Put to the host, whose answer goes back.
  bool
  step_question (Group &group, Group::Member &member, const MemberFetch &fetch)
  {
    if (! group.is_open)
      return false;
    member.fetches.pop_front ();
    const ReplayToken token{ ++last_token_ };
    questions_[token] = { &group, member.key };
    group.host->core->on_replay_request (group.host_channel, token, member.key,
                                         fetch.unit, fetch.first, fetch.last);
    group.host->drain ();
    return true;
  }

  // ---- faults

  void
  detach (Group::Member &member)
  {
    if (! std::exchange (member.is_attached, false))
      return;
    forget_flight (member);
    if (nullptr != member.peer->core)
    {
      member.peer->core->on_member_state (member.channel, LinkState::detached,
                                          {});
      member.peer->drain ();
    }
  }

  // multicast at the host dies and comes back; the library says again what
  // was not echoed.
  void
  crash_multicast (Group &group)
  {
    for (auto &[key, member] : group.members)
      detach (member);
    if (! group.is_open)
      return;
    group.host->core->on_origin_state (group.host_channel,
                                       OriginState::service_lost, {});
    group.host->core->on_origin_state (group.host_channel, OriginState::started,
                                       {});
    group.host->drain ();
  }

  // psyc at that peer is gone: so are its handles.
  void
  on_core_gone (Peer &peer)
  {
    for (auto &[key, group] : groups)
    {
      if (group.host == &peer && group.is_open)
        close_origin (group);
      for (auto &[id, member] : group.members)
        if (member.peer == &peer)
        {
          member.is_open = member.is_attached = false;
          member.has_asked = false;
          forget_flight (member);
          member.have = {};
        }
    }
  }

  // ---- what cores want of multicast

  void
  perform (Peer &peer, const OriginOpen &e)
  {
    Group &group = groups[keys.public_key (e.private_key)];
    channel_keys[{ &peer, e.channel }] = keys.public_key (e.private_key);
    group.host = &peer;
    group.host_channel = e.channel;
    group.is_open = true;
    group.opened_at = e.head;
    group.was_unclean = e.is_unclean;
    group.known = e.known;
    group.next_id = e.head.fragment_id.value + 1;
    group.sends.clear ();
    group.unstored.clear ();
    group.revocations.clear ();
    // Everything that was ever sent is on the host's disk.
    if (! group.sent.empty ())
    {
      EXPECT_LE (group.sent.rbegin ()->first, e.head.fragment_id.value);
    }
    // What is on disk and was not sent is now had by who asks for it.
    for (const auto &[id, fragment] :
         peer.store.channels[keys.public_key (e.private_key)].fragments)
      put_on_network (group, fragment);
    peer.core->on_origin_state (e.channel, OriginState::started, e.head);
  }
  void
  perform (Peer &peer, const OriginSend &e)
  {
    group (peer, e.channel).sends.push_back (e);
  }
  void
  perform (Peer &peer, const OriginStored &e)
  {
    Group &at = group (peer, e.channel);
    while (! at.unstored.empty ()
           && at.unstored.begin ()->first <= e.fragment_id.value)
    {
      const FragmentPtr fragment = at.unstored.begin ()->second;
      at.unstored.erase (at.unstored.begin ());
      EXPECT_TRUE (peer.store.channels[channel_keys.at ({ &peer, e.channel })]
                       .fragments.contains (fragment->head.id.value))
          << "sent what is not on disk";
      put_on_network (at, fragment);
    }
  }
  void
  perform (Peer &peer, const OriginDiscard &e)
  {
    Group &at = group (peer, e.channel);
    at.unstored.erase (at.unstored.lower_bound (e.fragment_id.value),
                       at.unstored.end ());
    at.sends.clear ();
    at.next_id = std::min (at.next_id, e.fragment_id.value);
  }
  void
  perform (Peer &peer, const OriginRequestStored &e)
  {
    auto it = group (peer, e.channel).members.find (e.member);
    if (it == group (peer, e.channel).members.end ()
        || ! it->second.is_attached)
      return;
    acknowledge (it->second, e.request_id, e.offset);
    it->second.peer->core->on_request_stored (it->second.channel, e.request_id,
                                              e.offset);
    it->second.peer->drain ();
  }
  void
  perform (Peer &peer, const OriginRequestSettled &e)
  {
    auto it = group (peer, e.channel).members.find (e.member);
    if (it == group (peer, e.channel).members.end ()
        || ! it->second.is_attached)
      return;
    std::size_t index = 0;
    std::erase_if (it->second.requests,
                   [&] (const RequestPtr &request)
                   {
                     const bool is_it
                         = request->head.request_id == e.request_id;
                     if (is_it && index < it->second.next_request)
                       it->second.next_request--;
                     else
                       index++;
                     return is_it;
                   });
    it->second.peer->core->on_request_settled (it->second.channel, e.request_id,
                                               e.outcome, e.message_id, e.code,
                                               e.reason);
    it->second.peer->drain ();
  }
  void
  perform (Peer &peer, const OriginEject &e)
  {
    Group &at = group (peer, e.channel);
    at.ejections.push_back (e);
    auto it = at.members.find (e.member);
    if (it == at.members.end ())
      return;
    it->second.has_ticket = it->second.is_attached = false;
    it->second.peer->core->on_member_state (it->second.channel,
                                            LinkState::ejected, {});
    it->second.peer->drain ();
  }
  void
  perform (Peer &peer, const OriginRevoke &e)
  {
    group (peer, e.channel).revocations.push_back (e);
  }
  void
  perform (Peer &peer, const OriginEnd &e)
  {
    group (peer, e.channel).ended = e.ending;
    close_origin (group (peer, e.channel));
  }
  void
  perform (Peer &, const DecideJoin &e)
  {
    for (auto &[key, group] : groups)
      for (auto &[token, member_key] : group.joins)
        if (token == e.join)
        {
          group.decisions.push_back (e);
          decide (group, group.members.at (member_key), e);
          return;
        }
  }
  void
  perform (Peer &, const TellJoinPending &e)
  {
    for (auto &[key, group] : groups)
      for (auto &[token, member_key] : group.joins)
        if (token == e.join)
          group.pendings.push_back (e.join);
  }
  void
  perform (Peer &, const ReplayFragment &e)
  {
    if (auto *asker = asker_of (e.replay))
    {
      asker->peer->core->on_member_fragment (asker->channel, e.fragment->bytes);
      asker->peer->drain ();
    }
    groups.begin ()->second.replays[e.replay].push_back (e.fragment);
  }
  void
  perform (Peer &, const ReplayEnd &e)
  {
    if (auto *asker = asker_of (e.replay))
    {
      questions_.erase (e.replay);
      asker->peer->core->on_fetched (asker->channel, e.code);
      asker->peer->drain ();
    }
    groups.begin ()->second.replay_codes[e.replay] = e.code;
    groups.begin ()->second.replay_next[e.replay] = e.next;
  }
  void
  perform (Peer &peer, const MemberOpen &e)
  {
    Group &at = groups[e.key];
    channel_keys[{ &peer, e.channel }] = e.key;
    auto &member = at.members[keys.public_key (e.private_key)];
    member.peer = &peer;
    member.channel = e.channel;
    member.key = keys.public_key (e.private_key);
    member.open = e;
    member.is_open = true;
    member.has_asked = false;
    member.has_ticket = ! e.ticket.empty ();
    member.first = e.first_fragment.value;
    member.have = {};
    for (const auto &range : e.have)
      member.have.add (range.first, range.last);
    member.given.clear ();
  }
  void
  perform (Peer &peer, const MemberStored &e)
  {
    if (auto *at = member (peer, e.channel))
    {
      at->given.erase (e.fragment_id.value);
      at->have.add (e.fragment_id.value);
      EXPECT_TRUE (peer.store.channels[channel_keys.at ({ &peer, e.channel })]
                       .fragments.contains (e.fragment_id.value))
          << "called stored what is not on disk";
    }
  }
  void
  perform (Peer &peer, const MemberFailed &e)
  {
    if (auto *at = member (peer, e.channel))
      at->given.erase (e.fragment_id.value);
  }
  void
  perform (Peer &peer, const MemberRequestSend &e)
  {
    auto *at = member (peer, e.channel);
    if (nullptr != at && at->is_attached)
      at->requests.push_back (e.request);
  }
  void
  perform (Peer &peer, const MemberFetch &e)
  {
    if (auto *at = member (peer, e.channel))
      at->fetches.push_back (e);
  }
  void
  perform (Peer &peer, const MemberEnd &e)
  {
    if (auto *at = member (peer, e.channel))
    {
      at->ended = e.ending;
      at->is_open = at->is_attached = false;
      forget_flight (*at);
    }
  }

  // What was not acknowledged is brought again.
  void
  retransmit (Group::Member &member)
  {
    member.next_request = 0;
  }

private:
  void
  put_on_network (Group &group, const FragmentPtr &fragment)
  {
    auto [it, is_new] = group.sent.emplace (fragment->head.id.value, fragment);
    if (is_content_checked)
    {
      EXPECT_EQ (it->second->bytes, fragment->bytes)
          << "the same id with other content";
    }
  }

  void
  attach (Group &group, Group::Member &member)
  {
    member.is_attached = true;
    base::Head head;
    if (! group.sent.empty ())
      head.fragment_id.value = group.sent.rbegin ()->first;
    for (const auto &[id, fragment] : group.sent)
      head.message_id = std::max (head.message_id, fragment->head.message_id);
    member.peer->core->on_member_state (member.channel, LinkState::attached,
                                        head);
    member.peer->drain ();
    group.host->core->on_member_event (group.host_channel, member.key,
                                       MemberEvent::attached);
    group.host->drain ();
  }

  void
  decide (Group &group, Group::Member &member, const DecideJoin &e)
  {
    if (! member.is_open)
      return;
    core::Decision decision;
    decision.admission = e.admission;
    decision.answer = e.answer;
    if (Admission::admitted == e.admission)
    {
      if (! group.sent.empty ())
        decision.head.fragment_id.value = group.sent.rbegin ()->first;
      for (const auto &[id, fragment] : group.sent)
        decision.head.message_id
            = std::max (decision.head.message_id, fragment->head.message_id);
      decision.ticket = bytes ("ticket");
      member.has_ticket = true;
      if (0 == member.first)
        member.first = decision.head.fragment_id.value + 1;
    }
    else
      member.has_asked = Admission::refused == e.admission;
    member.peer->core->on_decision (member.channel, decision);
    if (Admission::refused == e.admission)
      member.peer->core->on_member_state (member.channel, LinkState::refused,
                                          {});
    member.peer->drain ();
  }

  static void
  forget_flight (Group::Member &member)
  {
    member.given.clear ();
    member.requests.clear ();
    member.next_request = 0;
    member.fetches.clear ();
  }

  void
  close_origin (Group &group)
  {
    group.is_open = false;
    group.sends.clear ();
    group.unstored.clear ();
    for (auto &[key, member] : group.members)
    {
      member.has_asked = false;
      detach (member);
    }
  }

  static void
  acknowledge (Group::Member &member, base::RequestId id, std::uint64_t offset)
  {
    for (std::size_t i = 0; i < member.requests.size (); i++)
      if (member.requests[i]->head.request_id == id
          && member.requests[i]->head.offset == offset)
      {
        member.requests.erase (member.requests.begin ()
                               + static_cast<std::ptrdiff_t> (i));
        if (i < member.next_request)
          member.next_request--;
        return;
      }
  }

  [[nodiscard]] Group::Member *
  asker_of (ReplayToken token)
  {
    auto it = questions_.find (token);
    if (it == questions_.end ())
      return nullptr;
    auto &members = it->second.first->members;
    auto member = members.find (it->second.second);
    return member == members.end () || ! member->second.is_attached
               ? nullptr
               : &member->second;
  }

  std::uint64_t last_token_ = 0;
  // Questions of members that the host is to answer.
  std::map<ReplayToken, std::pair<Group *, base::MemberKey>> questions_;
};

inline void
Peer::start ()
{
  core = std::make_unique<Service> (config, world.keys);
  core->start (world.now);
  drain ();
}

inline void
Peer::crash ()
{
  core.reset ();
  calls.clear ();
  to_clients.clear ();
  world.on_core_gone (*this);
}

inline void
Peer::drain ()
{
  while (core)
  {
    auto effect = core->poll_effect ();
    if (! effect)
      return;
    if (auto *call = std::get_if<CallStore> (&*effect))
      calls.push_back (std::move (*call));
    else if (auto *message = std::get_if<ToClient> (&*effect))
      to_clients[message->client].push_back (std::move (message->message));
    else if (const auto *drop = std::get_if<DropClient> (&*effect))
      dropped[drop->client] = drop->reason;
    else if (const auto *go = std::get_if<ContinueClient> (&*effect))
      continued.insert (go->client);
    else if (const auto *count = std::get_if<Count> (&*effect))
      counts[count->name] += count->amount;
    else
      std::visit (
          [this] (const auto &what)
          {
            using Type = std::decay_t<decltype (what)>;
            if constexpr (requires { world.perform (*this, what); })
              world.perform (*this, what);
            else
              static_assert (
                  std::is_same_v<
                      Type,
                      CallStore> || std::is_same_v<Type, ToClient> || std::is_same_v<Type, DropClient> || std::is_same_v<Type, ContinueClient> || std::is_same_v<Type, Count>);
          },
          *effect);
  }
}

inline bool
Peer::step_store ()
{
  if (calls.empty () || ! core)
    return false;
  const CallStore call = std::move (calls.front ());
  calls.pop_front ();
  const StoreResult result
      = store.run (call, [&] (StoreItem item)
                   { return core->on_store_item (call.op, std::move (item)); });
  // What was forgotten may begin anew, with the same ids.
  if (std::holds_alternative<RemoveChannel> (call.call))
    world.groups[call.channel].sent.clear ();
  core->on_store_result (call.op, result);
  drain ();
  return true;
}

inline void
Peer::settle ()
{
  while (step_store ())
    ;
}
} // namespace psyc::test
