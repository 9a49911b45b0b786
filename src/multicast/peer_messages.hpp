// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What the peers of one group say to each other over CADET, and the signed
// structures inside. doc/spec/multicast.md tells when each may be said.
#pragma once

#include "multicast/fragment_messages.hpp"

namespace multicast
{
// Of the conversation, and of every signed structure below.
inline constexpr std::uint32_t protocol_version = 1;
// Bits of PeerHello::features that we know; all others are ignored.
inline constexpr std::uint64_t features_known = 0;

// One question for stored fragments.
using ReplayId = base::Id<struct ReplayIdTag>;

// The numbers of these three are those of the public C interface.
enum class ReplayUnit : std::uint8_t
{
  fragments = 0,
  messages = 1,
};

enum class ReplayCode : std::uint32_t
{
  ok = 0,
  not_found = 1,
  past_head = 2,
  access_denied = 3,
  internal_error = 4,
  // Between peers only: all up to the given id is answered, ask for the rest.
  more = 5,
};

enum class RequestResult : std::uint8_t
{
  accepted = 1,
  refused = 2,
};

enum class RefusalCode : std::uint16_t
{
  version_unknown = 1,
  malformed = 2,
  out_of_state = 3,
  busy = 4, // too much of that just now: again later
  full = 5, // no room for another child
  join_time = 6,
  join_replayed = 7,
  join_group = 8,
  join_peer = 9,
  join_signature = 10,
  join_undecided = 11, // nobody can say now: ask again later
  ticket_malformed = 12,
  ticket_group = 13,
  ticket_signature = 14,
  ticket_peer = 15,
  ticket_expired = 16,
  ticket_proof = 17,
  behind = 18,   // this origin lost part of its history and has stopped
  replaced = 19, // the same member attached again
};

// The highest ids, as they travel.
struct HeadIds
{
  base::FragmentId fragment_id;
  base::MessageId message_id;
  base::Generation generation;
  WIRE_STRUCT (fragment_id, message_id, generation)

  [[nodiscard]] base::Head
  head () const
  {
    return { fragment_id, message_id, generation };
  }

  [[nodiscard]] static HeadIds
  of (const base::Head &head)
  {
    HeadIds ids;
    ids.fragment_id = head.fragment_id;
    ids.message_id = head.message_id;
    ids.generation = head.generation;
    return ids;
  }
};

// --- signed by a member ----------------------------------------------------

// port::Purpose::join_request
struct JoinQuestion
{
  std::uint32_t version = protocol_version;
  base::ChannelKey group;
  base::MemberKey member;
  base::PeerId peer; // where the member lives
  base::Nonce nonce;
  base::TimePoint time;
  base::Bytes message; // for the host's application; may be empty
  WIRE_STRUCT (version, group, member, peer, nonce, time, message)
};

// port::Purpose::ticket_proof
struct TicketProof
{
  std::uint32_t version = protocol_version;
  base::ChannelKey group;
  base::PeerId relay;      // to whom the ticket is shown
  base::Nonce relay_nonce; // of its PeerHello on this channel
  std::uint64_t features = 0;
  WIRE_STRUCT (version, group, relay, relay_nonce, features)
};

// --- signed by the group ---------------------------------------------------

// port::Purpose::join_decision
struct JoinDecision
{
  std::uint32_t version = protocol_version;
  base::ChannelKey group;
  base::MemberKey member;
  base::Nonce nonce; // of the question
  bool is_admitted = false;
  HeadIds head; // of that moment
  std::vector<base::PeerId> relays;
  base::Bytes answer; // the application's; may be empty
  base::Bytes ticket; // a SignedTicket when admitted
  WIRE_STRUCT (version, group, member, nonce, is_admitted, head, relays, answer,
               ticket)
};

// port::Purpose::ticket
struct Ticket
{
  std::uint32_t version = protocol_version;
  base::ChannelKey group;
  base::MemberKey member;
  base::PeerId peer;
  base::FragmentId admission_fragment; // issued last before the admission
  base::MessageId admission_message;
  std::uint32_t policy = 0;
  base::Generation generation; // of issue
  base::TimePoint issued;
  base::TimePoint expiry;
  WIRE_STRUCT (version, group, member, peer, admission_fragment,
               admission_message, policy, generation, issued, expiry)
};

struct SignedTicket
{
  Ticket ticket;
  base::ChannelSignature signature;
  WIRE_STRUCT (ticket, signature)
};

// port::Purpose::heartbeat
struct HeadStatement
{
  std::uint32_t version = protocol_version;
  base::ChannelKey group;
  HeadIds head;
  base::TimePoint time;
  WIRE_STRUCT (version, group, head, time)
};

struct SignedHead
{
  HeadStatement statement;
  base::ChannelSignature signature;
  WIRE_STRUCT (statement, signature)
};

// port::Purpose::ejection
struct Ejection
{
  std::uint32_t version = protocol_version;
  base::ChannelKey group;
  base::MemberKey member;
  base::Generation generation; // tickets up to it are void
  base::Bytes notice;
  WIRE_STRUCT (version, group, member, generation, notice)
};

// port::Purpose::group_end
struct GroupEnd
{
  std::uint32_t version = protocol_version;
  base::ChannelKey group;
  base::TimePoint time;
  WIRE_STRUCT (version, group, time)
};

// --- messages --------------------------------------------------------------

// The first thing that each side says.
struct PeerHello
{
  std::uint32_t version = protocol_version;
  std::uint64_t features = features_known;
  base::Nonce nonce;
  base::Duration heartbeat{}; // how often something will come
  WIRE_MESSAGE (PeerHello, 763, version, features, nonce, heartbeat)
};

// The last thing on a channel: why it is closed.
struct PeerRefusal
{
  RefusalCode code = RefusalCode::malformed;
  base::TimePoint receiver_time;
  std::string text;
  WIRE_MESSAGE (PeerRefusal, 764, code, receiver_time, text)
};

// Still here. A child says the highest fragment that it holds.
struct PeerAlive
{
  base::FragmentId highest_held;
  WIRE_MESSAGE (PeerAlive, 765, highest_held)
};

// Still here, and this is the head: from a parent to its attached children.
struct PeerHeartbeat
{
  SignedHead head;
  WIRE_MESSAGE (PeerHeartbeat, 766, head)
};

struct PeerJoinRequest
{
  JoinQuestion question;
  base::MemberSignature signature;
  WIRE_MESSAGE (PeerJoinRequest, 767, question, signature)
};

// The host's application knows of the question; the answer may take days.
struct PeerJoinPending
{
  base::Nonce nonce;
  WIRE_MESSAGE (PeerJoinPending, 768, nonce)
};

struct PeerJoinDecision
{
  JoinDecision decision;
  base::ChannelSignature signature;
  WIRE_MESSAGE (PeerJoinDecision, 769, decision, signature)
};

struct PeerAttach
{
  base::Bytes ticket; // a SignedTicket
  std::uint64_t features = features_known;
  base::MemberSignature proof; // over a TicketProof
  base::FragmentId highest_held;
  WIRE_MESSAGE (PeerAttach, 770, ticket, features, proof, highest_held)
};

struct PeerAttached
{
  SignedHead head;
  std::vector<base::PeerId> path; // from here up to the origin
  WIRE_MESSAGE (PeerAttached, 771, head, path)
};

// A fresh ticket for an attached child.
struct PeerTicket
{
  base::Bytes ticket;
  WIRE_MESSAGE (PeerTicket, 772, ticket)
};

// Answered by fragments, then PeerReplayEnd. `after`: of the first message
// leave out fragments up to this one (to go on after `more`).
struct PeerReplayRequest
{
  ReplayId replay; // chosen by the asker
  ReplayUnit unit = ReplayUnit::fragments;
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  base::FragmentId after;
  ReplayDetail detail{};
  WIRE_MESSAGE (PeerReplayRequest, 773, replay, unit, first, last, after,
                detail)
};

// All up to `last` was sent if there was any and the asker may have it; of
// fragments `last` may lie behind what was asked for.
struct PeerReplayEnd
{
  ReplayId replay;
  ReplayCode code = ReplayCode::ok;
  std::uint64_t last = 0;
  base::FragmentId after; // with `more`: go on after this fragment
  WIRE_MESSAGE (PeerReplayEnd, 774, replay, code, last, after)
};

struct PeerReplayCancel
{
  ReplayId replay;
  WIRE_MESSAGE (PeerReplayCancel, 775, replay)
};

// That piece of a request is on the origin's disk.
struct PeerRequestAck
{
  base::RequestId request_id;
  std::uint64_t fragment_offset = 0;
  WIRE_MESSAGE (PeerRequestAck, 776, request_id, fragment_offset)
};

struct PeerRequestSettled
{
  base::RequestId request_id;
  RequestResult result = RequestResult::refused;
  base::MessageId message_id;
  std::uint32_t code = 0;
  std::string reason;
  WIRE_MESSAGE (PeerRequestSettled, 777, request_id, result, message_id, code,
                reason)
};

// The member leaves for good.
struct PeerPart
{
  WIRE_MESSAGE (PeerPart, 778)
};
struct PeerPartAck
{
  WIRE_MESSAGE (PeerPartAck, 779)
};

struct PeerEject
{
  Ejection ejection;
  base::ChannelSignature signature;
  WIRE_MESSAGE (PeerEject, 780, ejection, signature)
};

struct PeerGroupEnd
{
  GroupEnd end;
  base::ChannelSignature signature;
  WIRE_MESSAGE (PeerGroupEnd, 781, end, signature)
};

// Several of the other messages, whole, one after another.
struct PeerBatch
{
  wire::Rest messages;
  WIRE_MESSAGE (PeerBatch, 782, messages)
};

// What a child may say to its parent, and a parent to its child.
using FromChild
    = wire::MessageList<PeerHello, PeerRefusal, PeerAlive, PeerJoinRequest,
                        PeerAttach, PeerReplayRequest, PeerReplayEnd,
                        PeerReplayCancel, PeerPart, Fragment, Request>;
using FromParent
    = wire::MessageList<PeerHello, PeerRefusal, PeerAlive, PeerHeartbeat,
                        PeerJoinPending, PeerJoinDecision, PeerAttached,
                        PeerTicket, PeerReplayRequest, PeerReplayEnd,
                        PeerReplayCancel, PeerRequestAck, PeerRequestSettled,
                        PeerPartAck, PeerEject, PeerGroupEnd, Fragment>;
} // namespace multicast
