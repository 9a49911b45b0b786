// SPDX-License-Identifier: AGPL-3.0-or-later
//
// multicast's cores on the benches of their tests: an origin with its client
// and its children, a member with its client and its parent, and one that has
// children, too. Whatever peers and clients say in whatever order, also while
// channels open and close: it stands, and keeps what is not sent within bounds.
#include "../multicast/core/bench.hpp"
#include "fakes.hpp"
#include "multicast/multicast_messages.hpp"
#include "wire_maker.hpp"

namespace
{
using namespace testing_multicast;
using fuzz::Input;

constexpr std::size_t channels_kept = 4;

// A storm's common half: channels of peers, and what is said on them.
template <typename Bench, typename PeerMessages> class Storm
{
public:
  explicit Storm (Input &input) : input_ (input) {}

  void
  run (int steps_max)
  {
    for (int i = 0; i < steps_max && ! input_.is_used_up (); i++)
    {
      step ();
      bench_.drain ();
      bench_.sent.clear ();
    }
  }

protected:
  virtual ~Storm () = default;
  virtual void step () = 0;
  // Something genuine, where bytes from a fuzzer would be refused.
  virtual base::Bytes genuine () = 0;

  base::Bytes
  blob ()
  {
    return input_.one_in (2) ? genuine () : fuzz::some_parts (input_);
  }

  void
  peer_says ()
  {
    const auto message
        = input_.one_in (3) ? genuine () : maker_.message<PeerMessages> ();
    bench_.core->on_peer_message (some_channel (), message);
  }

  // As the service's shell bounds what a client may say.
  base::Bytes
  some_body ()
  {
    auto out = fuzz::some_parts (input_);
    if (input_.one_in (32))
      out.resize (multicast::fragment_body_size_max, 'x');
    return out;
  }

  void
  pass ()
  {
    bench_.now
        += milliseconds (static_cast<std::int64_t> (input_.number () % 100000));
    bench_.core->advance_time (bench_.now);
  }

  ChannelId
  some_channel ()
  {
    return channels_[input_.pick (channels_kept)];
  }

  Input &input_;
  Bench bench_;
  fuzz::WireMaker maker_{ input_, [this] (Input &) { return blob (); } };
  std::array<ChannelId, channels_kept> channels_{};
};

class OriginStorm final : public Storm<OriginBench, FromChild>
{
public:
  explicit OriginStorm (Input &input) : Storm (input)
  {
    if (input.one_in (2))
      bench_.config.start = StartKind::unclean;
    bench_.start ();
    for (auto &channel : channels_)
      channel = open ();
    bench_.hear (channels_[0], bench_.attach_message (bench_.ticket (),
                                                      nonces_[channels_[0]]));
  }

private:
  ChannelId
  open ()
  {
    const ChannelId channel = bench_.open (key_of<base::PeerId> (
        static_cast<std::uint8_t> (11 + input_.pick (3))));
    if (const auto hello = bench_.heard<PeerHello> (channel))
      nonces_[channel] = hello->nonce;
    if (input_.one_in (8))
      return channel;
    PeerHello mine;
    mine.heartbeat = seconds (5);
    bench_.hear (channel, mine);
    return channel;
  }

  base::Bytes
  genuine () override
  {
    switch (input_.pick (4))
    {
    case 0:
      return wire::must_encode (bench_.question ());
    case 1:
      return wire::must_encode (
          bench_.attach_message (bench_.ticket (), nonces_[some_channel ()]));
    case 2:
      return make_request (bench_.member, bench_.group.public_key (),
                           bench_.request (1 + input_.pick (8)));
    default:
      return make_fragment (bench_.group, { input_.number () },
                            bench_.fragment ());
    }
  }

  void
  step () override
  {
    auto &core = *bench_.core;
    switch (input_.pick (12))
    {
    case 0:
    {
      auto &channel = channels_[input_.pick (channels_kept)];
      core.on_channel_closed (channel);
      channel = open ();
      return;
    }
    case 1:
      return core.on_channel_sent (some_channel ());
    case 2:
      return pass ();
    case 3:
    case 4:
    case 5:
      return client_says ();
    default:
      return peer_says ();
    }
  }

  void
  client_says ()
  {
    auto &core = *bench_.core;
    base::MemberKey member = bench_.member.public_key ();
    if (input_.one_in (4))
      maker_.fill (member);
    switch (input_.pick (10))
    {
    case 0:
    case 1:
      (void)core.on_client_fragment (
          { { input_.number () },
            input_.pick (3),
            { input_.number () },
            static_cast<std::uint32_t> (input_.pick (4)),
            some_body () });
      return;
    case 2:
      return core.on_fragment_stored ({ 10 + input_.number () });
    case 3:
      return core.on_fragment_discarded ({ 10 + input_.number () });
    case 4:
      return core.on_join_pending ({ input_.number () });
    case 5:
      return core.on_join_decided (
          { input_.number () },
          { static_cast<JoinVerdict> (input_.pick (3)), {}, blob () });
    case 6:
      return core.on_replay_fragment ({ input_.number () }, blob ());
    case 7:
      return core.on_replay_end ({ input_.number () },
                                 static_cast<ReplayCode> (input_.pick (5)));
    case 8:
      if (input_.one_in (2))
        return core.on_request_stored (member, { input_.number () },
                                       input_.number ());
      return core.on_request_settled (
          member, { { input_.number () }, RequestResult::accepted, {}, 0, "" });
    default:
      if (input_.one_in (2))
        return core.on_eject (member, { input_.number () }, blob ());
      return core.on_revoke (member, { input_.number () });
    }
  }

  std::map<ChannelId, base::Nonce> nonces_;
};

class MemberStorm : public Storm<MemberBench, FromParent>
{
public:
  explicit MemberStorm (Input &input) : Storm (input)
  {
    if (input.one_in (2))
      bench_.config.ticket = issue_ticket (bench_.group, bench_.ticket ());
    bench_.start ();
    bench_.core->on_path_known (bench_.origin_peer, PathState::known);
    notice_channels ();
    PeerHello hello;
    hello.heartbeat = seconds (5);
    bench_.hear (channels_[0], hello);
    bench_.hear (channels_[0],
                 PeerAttached{ bench_.head (10), { bench_.origin_peer } });
  }

protected:
  // The newest that the core opened.
  void
  notice_channels ()
  {
    while (const auto call = bench_.take<OpenChannel> ())
    {
      std::rotate (channels_.begin (), channels_.end () - 1, channels_.end ());
      channels_[0] = call->channel;
    }
  }

  base::Bytes
  genuine () override
  {
    switch (input_.pick (4))
    {
    case 0:
      return wire::must_encode (PeerHello{});
    case 1:
      return wire::must_encode (
          PeerAttached{ bench_.head (input_.number (), input_.number ()),
                        { bench_.origin_peer } });
    case 2:
      return wire::must_encode (
          PeerHeartbeat{ bench_.head (10 + input_.number ()) });
    default:
      return bench_.fragment (10 + input_.number ());
    }
  }

  void
  step () override
  {
    auto &core = *bench_.core;
    switch (input_.pick (12))
    {
    case 0:
      core.on_path_known (bench_.origin_peer, input_.one_in (4)
                                                  ? PathState::unknown
                                                  : PathState::known);
      break;
    case 1:
      core.on_channel_closed (some_channel ());
      break;
    case 2:
      core.on_channel_sent (some_channel ());
      break;
    case 3:
      pass ();
      break;
    case 4:
    case 5:
      client_says ();
      break;
    default:
      peer_says ();
      break;
    }
    notice_channels ();
  }

  void
  client_says ()
  {
    auto &core = *bench_.core;
    switch (input_.pick (8))
    {
    case 0:
    case 1:
      (void)core.on_client_request (
          { { input_.number () },
            input_.pick (3),
            static_cast<std::uint32_t> (input_.pick (4)),
            some_body () });
      return;
    case 2:
      (void)core.on_fetch (static_cast<ReplayUnit> (input_.pick (2)),
                           input_.number (), input_.number ());
      return;
    case 3:
    case 4:
      return core.on_fragment_stored ({ 10 + input_.number () });
    case 5:
      return core.on_fragment_failed ({ 10 + input_.number () });
    case 6:
      return core.on_replay_fragment ({ input_.number () }, blob ());
    default:
      if (input_.one_in (16))
        return core.on_part ();
      return core.on_replay_end ({ input_.number () },
                                 static_cast<ReplayCode> (input_.pick (5)));
    }
  }
};

// Children of the same member, which speak between what its parent and its
// client say.
class RelayStorm final : public MemberStorm
{
public:
  explicit RelayStorm (Input &input) : MemberStorm (input)
  {
    for (auto &channel : children_)
      channel = open ();
    bench_.hear (children_[0], attach_message (children_[0]));
  }

private:
  ChannelId
  open ()
  {
    const ChannelId channel{ ++last_channel_ };
    bench_.core->on_channel_opened (
        channel, key_of<base::PeerId> (
                     static_cast<std::uint8_t> (31 + input_.pick (3))));
    if (const auto hello = bench_.heard<PeerHello> (channel))
      nonces_[channel] = hello->nonce;
    if (input_.one_in (8))
      return channel;
    PeerHello mine;
    mine.heartbeat = seconds (5);
    bench_.hear (channel, mine);
    return channel;
  }

  PeerAttach
  attach_message (ChannelId channel)
  {
    const FakeMemberSigner child{ static_cast<std::uint8_t> (
        41 + input_.pick (3)) };
    Ticket ticket = bench_.ticket ();
    ticket.member = child.public_key ();
    ticket.peer = key_of<base::PeerId> (
        static_cast<std::uint8_t> (31 + input_.pick (3)));
    TicketProof proof;
    proof.group = bench_.group.public_key ();
    proof.relay = bench_.peer;
    proof.relay_nonce = nonces_[channel];
    PeerAttach message;
    message.ticket = issue_ticket (bench_.group, ticket);
    message.member = ticket.member;
    message.kind = input_.one_in (4) ? AttachKind::visitor : AttachKind::child;
    message.proof = sign (child, port::Purpose::ticket_proof, proof);
    return message;
  }

  base::Bytes
  childs_word (ChannelId channel)
  {
    switch (input_.pick (5))
    {
    case 0:
      return wire::must_encode (attach_message (channel));
    case 1:
      return wire::must_encode (PeerReplayRequest{ { input_.pick (4) },
                                                   ReplayUnit::fragments,
                                                   1 + input_.pick (16),
                                                   16 + input_.pick (16),
                                                   {} });
    case 2:
      return wire::must_encode (PeerPipeOpen{ { input_.pick (4) } });
    case 3:
      return wire::must_encode (
          PeerPipeUp{ { input_.pick (4) }, { MemberStorm::genuine () } });
    default:
      return maker_.message<FromChild> ();
    }
  }

  void
  step () override
  {
    if (input_.one_in (2))
      return MemberStorm::step ();
    auto &channel = children_[input_.pick (children_.size ())];
    switch (input_.pick (8))
    {
    case 0:
      bench_.core->on_channel_closed (channel);
      channel = open ();
      return;
    case 1:
      return bench_.core->on_channel_sent (channel);
    default:
      return bench_.core->on_peer_message (channel, childs_word (channel));
    }
  }

  std::array<ChannelId, 3> children_{};
  std::uint64_t last_channel_ = 0;
  std::map<ChannelId, base::Nonce> nonces_;
};
} // namespace

extern "C" int
LLVMFuzzerInitialize (int *, char ***)
{
  fuzz::fail_at_first_fault ();
  return 0;
}

extern "C" int
LLVMFuzzerTestOneInput (const std::uint8_t *data, std::size_t size)
{
  if (size < 1 || size > 8192)
    return 0;
  Input input ({ data + 1, size - 1 });
  if (0 == data[0] % 2)
    OriginStorm (input).run (300);
  else if (3 == data[0] % 4)
    RelayStorm (input).run (300);
  else
    MemberStorm (input).run (300);
  return 0;
}
