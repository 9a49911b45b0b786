// SPDX-License-Identifier: AGPL-3.0-or-later
//
// One core on the bench: the test plays everybody around it by hand.
#pragma once

#include <gtest/gtest.h>

#include <map>

#include "fake_crypto.hpp"
#include "multicast/core/batches.hpp"
#include "multicast/core/fragments.hpp"
#include "multicast/core/member_core.hpp"
#include "multicast/core/origin_core.hpp"
#include "multicast/core/signing.hpp"

namespace testing_multicast
{
using namespace multicast;
using base::hours;
using base::milliseconds;
using base::minutes;
using base::seconds;
using base::TimePoint;

inline constexpr TimePoint start_time{ base::hours (400000) };

// The effects of a core, sorted: counts, messages by channel, the rest in
// order.
template <typename Core, typename Effect> class Bench
{
public:
  std::unique_ptr<Core> core;
  TimePoint now = start_time;
  FakeRandom random{ 42 };
  FakeVerifier verifier;
  std::map<std::string, std::int64_t> counts;
  std::map<ChannelId, std::vector<base::Bytes>> sent;
  std::vector<Effect> effects; // but for SendToPeer and Count

  void
  drain ()
  {
    while (auto effect = core->poll_effect ())
      if (const auto *count = std::get_if<Count> (&*effect))
        counts[std::string (count->name)] += count->delta;
      else if (const auto *send = std::get_if<SendToPeer> (&*effect))
        on_sent (*send);
      else
        effects.push_back (std::move (*effect));
  }

  void
  forget_effects ()
  {
    drain ();
    effects.clear ();
  }

  // The first effect of that kind, taken out with all before it.
  template <typename T>
  std::optional<T>
  take ()
  {
    drain ();
    for (auto it = effects.begin (); it != effects.end (); ++it)
      if (auto *found = std::get_if<T> (&*it))
      {
        T out = std::move (*found);
        effects.erase (effects.begin (), std::next (it));
        return out;
      }
    return std::nullopt;
  }

  template <typename T>
  std::size_t
  count_effects ()
  {
    drain ();
    return static_cast<std::size_t> (std::count_if (
        effects.begin (), effects.end (),
        [] (const auto &e) { return std::holds_alternative<T> (e); }));
  }

  // The first message of that kind on the channel, taken out.
  template <typename M>
  std::optional<M>
  heard (ChannelId channel)
  {
    drain ();
    auto &messages = sent[channel];
    for (auto it = messages.begin (); it != messages.end (); ++it)
      if (auto message = wire::decode<M> (*it))
      {
        messages.erase (it);
        return message;
      }
    return std::nullopt;
  }

  bool
  was_closed (ChannelId channel)
  {
    drain ();
    for (const auto &effect : effects)
      if (const auto *close = std::get_if<CloseChannel> (&effect))
        if (close->channel == channel)
          return true;
    return false;
  }

  bool
  was_refused (ChannelId channel, RefusalCode code)
  {
    const auto refusal = heard<PeerRefusal> (channel);
    return refusal && refusal->code == code && ! refusal->text.empty ()
           && was_closed (channel);
  }

  template <typename M>
  void
  hear (ChannelId channel, const M &message)
  {
    core->on_peer_message (channel, wire::must_encode (message));
    drain ();
  }

  // Step by step, so that everything that falls due happens.
  void
  pass (base::Duration length)
  {
    const TimePoint end = now + length;
    for (int i = 0; i < 100000; i++)
    {
      drain ();
      const TimePoint next = std::min (core->next_deadline (), end);
      now = std::max (now, next);
      core->advance_time (now);
      if (now >= end)
        break;
    }
    drain ();
  }

  bool is_taking = true; // CADET takes at once what is sent

private:
  void
  on_sent (const SendToPeer &send)
  {
    (void)for_each_in_batch (send.message,
                             [&] (base::ByteView one)
                             {
                               sent[send.channel].push_back (
                                   base::to_bytes (one));
                               return true;
                             });
    if (is_taking)
      core->on_channel_sent (send.channel);
  }
};

// An origin, and children played by hand.
class OriginBench : public Bench<OriginCore, OriginEffect>
{
public:
  FakeChannelSigner group{ 1 };
  base::PeerId origin_peer = key_of<base::PeerId> (100);
  base::PeerId peer = key_of<base::PeerId> (11);
  FakeMemberSigner member{ 21 };
  OriginConfig config;
  std::uint64_t last_channel = 0;

  OriginBench ()
  {
    config.own_peer = origin_peer;
    config.head = { { 10 }, { 5 }, { 1 } };
    start ();
  }

  void
  start ()
  {
    core = std::make_unique<OriginCore> (config, group, verifier, random, now);
    effects.clear ();
    drain ();
  }

  ChannelId
  open (const base::PeerId &from)
  {
    const ChannelId channel{ ++last_channel };
    core->on_channel_opened (channel, from);
    return channel;
  }

  // Opened, hello said both ways; `nonce` is the origin's.
  ChannelId
  greet (base::Nonce *nonce = nullptr)
  {
    const ChannelId channel = open (peer);
    const auto hello = heard<PeerHello> (channel);
    EXPECT_TRUE (hello);
    if (nonce && hello)
      *nonce = hello->nonce;
    PeerHello mine;
    mine.heartbeat = seconds (5);
    hear (channel, mine);
    return channel;
  }

  PeerJoinRequest
  question ()
  {
    PeerJoinRequest request;
    request.question.group = group.public_key ();
    request.question.member = member.public_key ();
    request.question.peer = peer;
    request.question.nonce = random.nonce ();
    request.question.time = now;
    request.question.message = { 1, 2, 3 };
    sign_question (request);
    return request;
  }

  void
  sign_question (PeerJoinRequest &request)
  {
    request.signature
        = sign (member, port::Purpose::join_request, request.question);
  }

  Ticket
  ticket ()
  {
    Ticket out;
    out.group = group.public_key ();
    out.member = member.public_key ();
    out.peer = peer;
    out.admission_fragment = { 10 };
    out.admission_message = { 5 };
    out.generation = { 1 };
    out.issued = now;
    out.expiry = now + hours (1);
    return out;
  }

  PeerAttach
  attach_message (const Ticket &shown, const base::Nonce &nonce)
  {
    PeerAttach message;
    message.ticket = issue_ticket (group, shown);
    TicketProof proof;
    proof.group = group.public_key ();
    proof.relay = origin_peer;
    proof.relay_nonce = nonce;
    message.proof = sign (member, port::Purpose::ticket_proof, proof);
    message.member = member.public_key ();
    return message;
  }

  // A channel on which `shown` was shown with a good proof.
  ChannelId
  attach (const Ticket &shown)
  {
    base::Nonce nonce;
    const ChannelId channel = greet (&nonce);
    hear (channel, attach_message (shown, nonce));
    return channel;
  }

  ChannelId
  attached ()
  {
    const ChannelId channel = attach (ticket ());
    EXPECT_TRUE (heard<PeerAttached> (channel));
    return channel;
  }

  static NewFragment
  fragment (std::size_t size = 5)
  {
    NewFragment out;
    out.message_id = { 6 };
    out.generation = { 1 };
    out.flags = flag_first_fragment | flag_last_fragment;
    out.body.resize (size, 7);
    return out;
  }

  NewRequest
  request (std::uint64_t id, std::size_t size = 5)
  {
    NewRequest out;
    out.request_id = { id };
    out.flags = flag_first_fragment | flag_last_fragment;
    out.body.resize (size, 8);
    return out;
  }
};

// A member, and the origin played by hand.
class MemberBench : public Bench<MemberCore, MemberEffect>
{
public:
  FakeChannelSigner group{ 1 };
  base::PeerId origin_peer = key_of<base::PeerId> (100);
  base::PeerId peer = key_of<base::PeerId> (11);
  FakeMemberSigner member{ 21 };
  MemberConfig config;
  ChannelId channel;

  MemberBench ()
  {
    config.group = group.public_key ();
    config.own_peer = peer;
    config.origin = origin_peer;
    config.join_request = { 1, 2, 3 };
  }

  void
  start ()
  {
    core = std::make_unique<MemberCore> (config, member, verifier, random, now);
    drain ();
  }

  void
  start_with_ticket ()
  {
    config.ticket = issue_ticket (group, ticket ());
    start ();
  }

  Ticket
  ticket ()
  {
    Ticket out;
    out.group = group.public_key ();
    out.member = member.public_key ();
    out.peer = peer;
    out.admission_fragment = { 10 };
    out.generation = { 3 };
    out.issued = now;
    out.expiry = now + hours (100);
    return out;
  }

  // The member finds a path and calls; the origin says hello.
  void
  answer_call ()
  {
    core->on_path_known (origin_peer, PathState::known);
    const auto call = take<OpenChannel> ();
    ASSERT_TRUE (call);
    channel = call->channel;
    ASSERT_TRUE (heard<PeerHello> (channel));
    PeerHello hello;
    hello.nonce = random.nonce ();
    hello.heartbeat = seconds (5);
    hear (channel, hello);
  }

  SignedHead
  head (std::uint64_t fragment, std::uint64_t message = 5)
  {
    SignedHead out;
    out.statement.group = group.public_key ();
    out.statement.head.fragment_id = { fragment };
    out.statement.head.message_id = { message };
    out.statement.time = now;
    out.signature = sign (group, port::Purpose::heartbeat, out.statement);
    return out;
  }

  void
  attach (std::uint64_t head_fragment)
  {
    answer_call ();
    ASSERT_TRUE (heard<PeerAttach> (channel));
    hear (channel, PeerAttached{ head (head_fragment), {}, true, {}, {} });
    ASSERT_EQ (MemberState::attached, core->state ());
  }

  base::Bytes
  fragment (std::uint64_t id, std::size_t size = 5)
  {
    NewFragment out;
    out.message_id = { id };
    out.generation = { 1 };
    out.flags = flag_first_fragment | flag_last_fragment;
    out.body.resize (size, 7);
    return make_fragment (group, { id }, out);
  }

  void
  hear_raw (base::ByteView message)
  {
    core->on_peer_message (channel, message);
    drain ();
  }
};
} // namespace testing_multicast
