// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A member on the bench as a relay: its parent is the origin, and the test
// plays the children too.
#pragma once

#include "bench.hpp"

namespace testing_multicast
{
class RelayBench : public testing::Test
{
protected:
  MemberBench b;
  base::PeerId child_peer = key_of<base::PeerId> (31);
  FakeMemberSigner child{ 41 };
  std::uint64_t last_channel = 0;
  std::uint32_t policy = 0;

  void
  SetUp () override
  {
    b.config.children_max = 2;
    b.start_with_ticket ();
    b.attach (12);
    ASSERT_TRUE (b.take<OpenPort> ());
    b.heard<PeerReplayRequest> (b.channel);
  }

  Ticket
  ticket ()
  {
    Ticket out = b.ticket ();
    out.member = child.public_key ();
    out.peer = child_peer;
    out.policy = policy;
    return out;
  }

  ChannelId
  greet (base::Nonce *nonce = nullptr)
  {
    const ChannelId channel{ ++last_channel };
    b.core->on_channel_opened (channel, child_peer);
    const auto hello = b.heard<PeerHello> (channel);
    EXPECT_TRUE (hello);
    if (nullptr != nonce && hello)
      *nonce = hello->nonce;
    PeerHello mine;
    mine.heartbeat = seconds (5);
    b.hear (channel, mine);
    return channel;
  }

  ChannelId
  attach (const Ticket &shown, AttachKind kind = AttachKind::child)
  {
    base::Nonce nonce;
    const ChannelId channel = greet (&nonce);
    PeerAttach message;
    message.ticket = issue_ticket (b.group, shown);
    message.member = child.public_key ();
    message.kind = kind;
    TicketProof proof;
    proof.group = b.group.public_key ();
    proof.relay = b.peer;
    proof.relay_nonce = nonce;
    message.proof = sign (child, port::Purpose::ticket_proof, proof);
    b.hear (channel, message);
    return channel;
  }

  ChannelId
  attached ()
  {
    const ChannelId channel = attach (ticket ());
    EXPECT_TRUE (b.heard<PeerAttached> (channel));
    return channel;
  }

  Revocation
  revocation (const base::MemberKey &member, std::uint64_t generation)
  {
    Revocation out;
    out.member = member;
    out.generation = { generation };
    out.signature
        = sign (b.group, port::Purpose::ejection,
                ejection_of (b.group.public_key (), member, { generation }));
    return out;
  }

  void
  become (std::uint32_t number)
  {
    child = FakeMemberSigner (number);
    child_peer = key_of<base::PeerId> (number);
  }

  // A place at `parent`, two steps from the origin, is offered and taken.
  ChannelId
  move_below (const base::PeerId &parent)
  {
    hear_path ({ key_of<base::PeerId> (50), key_of<base::PeerId> (51) });
    b.now += milliseconds (1);
    b.hear (b.channel, PeerHeartbeat{ b.head (12), { parent, 2 } });
    b.core->on_path_known (parent, PathState::known);
    const auto call = b.take<OpenChannel> ();
    if (! call)
      return {};
    PeerHello hello;
    hello.heartbeat = seconds (5);
    b.hear (call->channel, hello);
    b.hear (call->channel, PeerAttached{ b.head (12), { parent } });
    EXPECT_EQ (parent, b.core->position ().parent);
    return call->channel;
  }

  // The way up leads over these; nobody knows where the origin is, or does.
  void
  hear_path (std::vector<base::PeerId> path, bool is_rooted = true)
  {
    b.hear (b.channel, PeerPath{ std::move (path), is_rooted });
  }
};
} // namespace testing_multicast
