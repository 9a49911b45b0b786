// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What libgnunetmulticast and the multicast service say to each other. A
// connection begins with ClientOriginOpen or ClientMemberOpen and is that
// origin or membership until it ends.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "multicast/fragment_messages.hpp"

namespace multicast
{
// Whole messages stay below GNUnet's 65,535 bytes when these hold.
inline constexpr std::size_t join_message_size_max = 32768;
inline constexpr std::size_t ticket_size_max = 8192;
inline constexpr std::size_t relays_max = 64;
inline constexpr std::size_t have_ranges_max = 1024;
inline constexpr std::size_t reason_size_max = 1024;

struct WireHead
{
  base::FragmentId fragment_id;
  base::MessageId message_id;
  base::Generation generation;
  WIRE_STRUCT (fragment_id, message_id, generation)

  [[nodiscard]] static WireHead
  from (const base::Head &head)
  {
    return { head.fragment_id, head.message_id, head.generation };
  }

  [[nodiscard]] base::Head
  head () const
  {
    return { fragment_id, message_id, generation };
  }
};

struct WireRange
{
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  WIRE_STRUCT (first, last)
};

// Extended clients say themselves what is stored and are asked for replays.
enum class ClientKind : std::uint8_t
{
  classic = 0,
  extended = 1,
};

// --- client to service: origins ---------------------------------------------

// Then come ClientRevoke for all that is known, then ClientOriginReady.
struct ClientOriginOpen
{
  base::ChannelPrivateKey key;
  std::uint32_t policy = 0;
  WireHead head;
  bool is_unclean = false;
  ClientKind kind = ClientKind::extended;
  // Ids above `known` up to `resumed` were not given by this client, but may
  // have been by an earlier copy of its data.
  base::FragmentId known;
  base::FragmentId resumed;
  WIRE_MESSAGE (ClientOriginOpen, 800, key, policy, head, is_unclean, kind,
                known, resumed)
};

struct ClientOriginReady
{
  bool is_ready = true;
  WIRE_MESSAGE (ClientOriginReady, 801, is_ready)
};

// `serial` grows by one with each; it comes back in the echo.
struct ClientFragment
{
  std::uint64_t serial = 0;
  base::MessageId message_id;
  std::uint64_t fragment_offset = 0;
  base::Generation generation;
  std::uint32_t flags = 0;
  wire::Rest body;
  WIRE_MESSAGE (ClientFragment, 802, serial, message_id, fragment_offset,
                generation, flags, body)
};

struct ClientFragmentDiscard
{
  base::FragmentId fragment_id;
  WIRE_MESSAGE (ClientFragmentDiscard, 803, fragment_id)
};

struct ClientRequestStored
{
  base::MemberKey member;
  base::RequestId request_id;
  std::uint64_t fragment_offset = 0;
  WIRE_MESSAGE (ClientRequestStored, 804, member, request_id, fragment_offset)
};

struct ClientRequestSettled
{
  base::MemberKey member;
  base::RequestId request_id;
  std::uint8_t result = 0;
  base::MessageId message_id;
  std::uint32_t code = 0;
  std::string reason;
  WIRE_MESSAGE (ClientRequestSettled, 805, member, request_id, result,
                message_id, code, reason)
};

struct ClientEject
{
  base::MemberKey member;
  base::Generation generation;
  wire::Rest notice;
  WIRE_MESSAGE (ClientEject, 806, member, generation, notice)
};

struct ClientRevoke
{
  base::MemberKey member;
  base::Generation generation;
  WIRE_MESSAGE (ClientRevoke, 807, member, generation)
};

enum class ClientJoinVerdict : std::uint8_t
{
  refused = 0,
  admitted = 1,
  cannot_say = 2,
  pending = 3,
};

struct ClientJoinAnswer
{
  std::uint64_t join_id = 0;
  ClientJoinVerdict verdict = ClientJoinVerdict::cannot_say;
  std::vector<base::PeerId> relays;
  wire::Rest answer;
  WIRE_MESSAGE (ClientJoinAnswer, 808, join_id, verdict, relays, answer)
};

// --- client to service: members ---------------------------------------------

struct ClientMemberOpen
{
  base::ChannelKey group;
  base::MemberPrivateKey key;
  base::PeerId origin;
  std::vector<base::PeerId> relays;
  base::Bytes ticket;
  base::Bytes join_request;
  base::FragmentId first_fragment_id;
  std::vector<WireRange> have;
  ClientKind kind = ClientKind::extended;
  WIRE_MESSAGE (ClientMemberOpen, 810, group, key, origin, relays, ticket,
                join_request, first_fragment_id, have, kind)
};

struct ClientRequest
{
  base::RequestId request_id;
  std::uint64_t fragment_offset = 0;
  std::uint32_t flags = 0;
  wire::Rest body;
  WIRE_MESSAGE (ClientRequest, 811, request_id, fragment_offset, flags, body)
};

struct ClientFragmentFailed
{
  base::FragmentId fragment_id;
  WIRE_MESSAGE (ClientFragmentFailed, 812, fragment_id)
};

struct ClientFetch
{
  std::uint8_t unit = 0;
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  ReplayDetail detail{};
  WIRE_MESSAGE (ClientFetch, 813, unit, first, last, detail)
};

// --- client to service: both ------------------------------------------------

// At an origin: it and all before it.
struct ClientFragmentStored
{
  base::FragmentId fragment_id;
  WIRE_MESSAGE (ClientFragmentStored, 814, fragment_id)
};

struct ClientReplayFragment
{
  std::uint64_t replay_id = 0;
  wire::Rest fragment;
  WIRE_MESSAGE (ClientReplayFragment, 815, replay_id, fragment)
};

struct ClientReplayEnd
{
  std::uint64_t replay_id = 0;
  std::uint32_t code = 0;
  // Nothing is there from what was asked for up to before this one; none: not
  // said.
  base::FragmentId next;
  WIRE_MESSAGE (ClientReplayEnd, 816, replay_id, code, next)
};

// The group ends, or we leave it, for good. Answered by ServiceLeft.
struct ClientLeave
{
  bool is_for_good = true;
  WIRE_MESSAGE (ClientLeave, 817, is_for_good)
};

using ClientMessages
    = wire::MessageList<ClientOriginOpen, ClientOriginReady, ClientFragment,
                        ClientFragmentDiscard, ClientRequestStored,
                        ClientRequestSettled, ClientEject, ClientRevoke,
                        ClientJoinAnswer, ClientMemberOpen, ClientRequest,
                        ClientFragmentFailed, ClientFetch, ClientFragmentStored,
                        ClientReplayFragment, ClientReplayEnd, ClientLeave>;

// --- service to client ------------------------------------------------------

// At an origin: an own fragment, numbered and signed. `serial` of the
// ClientFragment when it was this client's, else 0.
struct ServiceEcho
{
  std::uint64_t serial = 0;
  wire::Rest fragment;
  WIRE_MESSAGE (ServiceEcho, 820, serial, fragment)
};

struct ServiceRequest
{
  wire::Rest request;
  WIRE_MESSAGE (ServiceRequest, 821, request)
};

struct ServiceJoinQuestion
{
  std::uint64_t join_id = 0;
  base::MemberKey member;
  wire::Rest message;
  WIRE_MESSAGE (ServiceJoinQuestion, 822, join_id, member, message)
};

struct ServiceMemberEvent
{
  base::MemberKey member;
  std::uint8_t event = 0;
  WIRE_MESSAGE (ServiceMemberEvent, 823, member, event)
};

struct ServiceOriginState
{
  std::uint8_t state = 0;
  WireHead head;
  WIRE_MESSAGE (ServiceOriginState, 824, state, head)
};

struct ServiceReplayWanted
{
  std::uint64_t replay_id = 0;
  base::MemberKey member;
  std::uint8_t unit = 0;
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  ReplayDetail detail{};
  WIRE_MESSAGE (ServiceReplayWanted, 825, replay_id, member, unit, first, last,
                detail)
};

// At a member: a fragment of the group.
struct ServiceFragment
{
  wire::Rest fragment;
  WIRE_MESSAGE (ServiceFragment, 826, fragment)
};

struct ServiceDecision
{
  bool is_admitted = false;
  WireHead admission;
  base::PeerId origin;
  std::vector<base::PeerId> relays;
  base::Bytes ticket;
  wire::Rest answer;
  WIRE_MESSAGE (ServiceDecision, 827, is_admitted, admission, origin, relays,
                ticket, answer)
};

struct ServiceMemberState
{
  std::uint8_t state = 0;
  WireHead head;
  WIRE_MESSAGE (ServiceMemberState, 828, state, head)
};

struct ServiceHead
{
  WireHead head;
  WIRE_MESSAGE (ServiceHead, 829, head)
};

struct ServiceGap
{
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  WIRE_MESSAGE (ServiceGap, 830, first, last)
};

struct ServiceTicket
{
  wire::Rest ticket;
  WIRE_MESSAGE (ServiceTicket, 831, ticket)
};

struct ServiceFetched
{
  std::uint8_t unit = 0;
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  std::uint32_t code = 0;
  WIRE_MESSAGE (ServiceFetched, 832, unit, first, last, code)
};

struct ServiceRequestStored
{
  base::RequestId request_id;
  std::uint64_t fragment_offset = 0;
  WIRE_MESSAGE (ServiceRequestStored, 833, request_id, fragment_offset)
};

struct ServiceRequestSettled
{
  base::RequestId request_id;
  std::uint8_t result = 0;
  base::MessageId message_id;
  std::uint32_t code = 0;
  std::string reason;
  WIRE_MESSAGE (ServiceRequestSettled, 834, request_id, result, message_id,
                code, reason)
};

// What the origin said on throwing us out.
struct ServiceEjectionNotice
{
  wire::Rest notice;
  WIRE_MESSAGE (ServiceEjectionNotice, 835, notice)
};

struct ServiceLeft
{
  bool is_done = true;
  WIRE_MESSAGE (ServiceLeft, 836, is_done)
};

// Where this end hangs in the tree, when it changed.
struct ServicePosition
{
  base::PeerId parent; // zero: none
  std::uint16_t depth = 0;
  bool is_rooted = false;
  std::uint32_t child_count = 0;
  std::uint64_t subtree = 0;
  std::uint64_t lag = 0;
  WIRE_MESSAGE (ServicePosition, 837, parent, depth, is_rooted, child_count,
                subtree, lag)
};

// Who else is in the group, for the next ClientMemberOpen.
struct ServicePeers
{
  std::vector<base::PeerId> peers;
  WIRE_MESSAGE (ServicePeers, 838, peers)
};

using ServiceMessages = wire::MessageList<
    ServiceEcho, ServiceRequest, ServiceJoinQuestion, ServiceMemberEvent,
    ServiceOriginState, ServiceReplayWanted, ServiceFragment, ServiceDecision,
    ServiceMemberState, ServiceHead, ServiceGap, ServiceTicket, ServiceFetched,
    ServiceRequestStored, ServiceRequestSettled, ServiceEjectionNotice,
    ServiceLeft, ServicePosition, ServicePeers>;
} // namespace multicast
