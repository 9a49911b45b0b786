// SPDX-License-Identifier: AGPL-3.0-or-later
//
// All that a multicast core wants done, as values. The shell drains them with
// poll_effect () after every input and carries them out in order. No effect
// expects an answer before the shell returns to its scheduler.
#pragma once

#include <string_view>
#include <variant>

#include "multicast/core/types.hpp"

namespace multicast
{
// --- towards the network -------------------------------------------------

// Send `message` (with its GNUnet header) on the channel, and call
// on_channel_sent () once when CADET has taken it: the core keeps a small
// number of them under way and queues the rest itself.
struct SendToPeer
{
  ChannelId channel;
  base::Bytes message;
};
// Which port of a group is meant: each role has one.
enum class PortKind : std::uint8_t
{
  origin,
  relay,
};
// Open a channel to that port of this group at the peer.
struct OpenChannel
{
  ChannelId channel;
  base::PeerId peer;
  PortKind port = PortKind::origin;
};
// Open our own relay port: this member serves children from now on. Said once.
struct OpenPort
{
};
// Close it (after what was sent has left, if CADET can); on_channel_closed ()
// must not follow. The core has forgotten it already.
struct CloseChannel
{
  ChannelId channel;
};
// Does CADET know a path to the peer? Answer by on_path_known ().
struct AskPath
{
  base::PeerId peer;
};

// --- towards the client, at the origin ------------------------------------

// Numbered and signed, to be stored (message_cb). Not yet on the network.
struct EchoFragment
{
  base::FragmentId id;
  base::Bytes fragment;
};
// A piece of a request, checked (request_cb).
struct DeliverRequest
{
  base::MemberKey member;
  base::Bytes request;
};
// Somebody is at the door. Answer by on_join_pending (), on_join_decided ().
struct AskJoin
{
  JoinId join;
  base::MemberKey member;
  base::PeerId peer;
  base::Bytes message; // may be empty
};
// Who asked went away: an answer to that question reaches nobody any more.
struct JoinWithdrawn
{
  JoinId join;
};
struct MemberChange
{
  base::MemberKey member;
  MemberEvent event = MemberEvent::attached;
};
struct OriginStateChange
{
  OriginState state = OriginState::started;
  base::Head head; // own head; with head_behind: the head that was proved
};

// --- towards the client, both --------------------------------------------

// Answer by on_replay_fragment () ..., on_replay_end (). At the origin
// `member` is who will read it; at a member it is zero (the origin asks).
struct AskReplay
{
  ReplayId replay;
  base::MemberKey member;
  ReplayUnit unit = ReplayUnit::fragments;
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  ReplayDetail detail{};
};
// The answer is not wanted any more; late ones are ignored.
struct CancelReplay
{
  ReplayId replay;
};

// --- towards the client, at a member --------------------------------------

// Checked, new, in any order (message_cb).
struct DeliverFragment
{
  base::FragmentId id;
  base::Bytes fragment;
};
struct JoinDecided
{
  bool is_admitted = false;
  base::Head admission;
  base::PeerId origin;
  std::vector<base::PeerId> relays;
  base::Bytes ticket;
  base::Bytes answer;
};
struct MemberStateChange
{
  MemberState state = MemberState::connecting;
  base::Head head; // highest signed head known
};
// What the origin said on ejecting us; comes before the state change.
struct EjectionNotice
{
  base::Bytes notice; // may be empty
};
struct HeadChange
{
  base::Head head;
};
struct Gap
{
  base::FragmentId first;
  base::FragmentId last;
};
struct TicketRenewed
{
  base::Bytes ticket;
};
struct Fetched
{
  ReplayUnit unit = ReplayUnit::fragments;
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  ReplayCode code = ReplayCode::ok;
};
struct RequestStored
{
  base::RequestId request_id;
  std::uint64_t fragment_offset = 0;
};
struct RequestSettled
{
  RequestSettlement settlement;
};
// Who could be called after a restart: worth keeping on disk.
struct PeersKnown
{
  std::vector<base::PeerId> peers;
};
// on_part () is done: the origin said so, or it could not be told in time.
struct Parted
{
};

// --- statistics -----------------------------------------------------------

// `name` is a literal in plain words, without the leading "# ".
struct Count
{
  std::string_view name;
  std::int64_t delta = 1;
};

// What a core's part that serves children wants.
using DeskEffect
    = std::variant<SendToPeer, CloseChannel, AskReplay, CancelReplay, Count>;

using OriginEffect
    = std::variant<SendToPeer, CloseChannel, EchoFragment, DeliverRequest,
                   AskJoin, JoinWithdrawn, MemberChange, OriginStateChange,
                   AskReplay, CancelReplay, Count>;

using MemberEffect
    = std::variant<SendToPeer, OpenChannel, CloseChannel, AskPath, OpenPort,
                   DeliverFragment, JoinDecided, MemberStateChange,
                   EjectionNotice, HeadChange, Gap, TicketRenewed, Fetched,
                   RequestStored, RequestSettled, PeersKnown, Parted, AskReplay,
                   CancelReplay, Count>;
} // namespace multicast
