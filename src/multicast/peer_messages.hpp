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
// One conversation with the origin through relays; a number of each link.
using PipeId = base::Id<struct PipeIdTag>;

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
  // Between peers only. All up to the given id is answered: ask for the rest.
  more = 5,
  // The next one is not here yet either, but will come.
  coming = 6,
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
  behind = 18,      // this origin lost part of its history and has stopped
  replaced = 19,    // the same member attached again
  loop = 20,        // the child is on our own way to the origin
  ticket_open = 21, // a ticket that names nobody: ask at the door
};

// What a child wants of a parent.
enum class AttachKind : std::uint8_t
{
  child = 0,   // the stream, and replays
  visitor = 1, // replays only: what its own parent does not have
};

// Why a pipe is closed.
enum class PipeEnd : std::uint8_t
{
  done = 0,
  no_route = 1, // no way up to the origin just now
  full = 2,     // too many pipes, or too much in one
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

// Where a child would be welcome, and how deep it would be there (1: a child of
// the origin).
inline constexpr std::uint16_t no_depth = 0xffff;
struct FreeSpot
{
  base::PeerId peer;
  std::uint16_t depth = no_depth; // no_depth: there is none
  WIRE_STRUCT (peer, depth)

  [[nodiscard]] bool
  is_none () const
  {
    return no_depth == depth;
  }
};

// Which revocations somebody knows: how many, up to which generation, and all
// of them mixed into one number.
struct RevocationMark
{
  std::uint32_t count = 0;
  base::Generation newest;
  std::uint64_t digest = 0;
  WIRE_STRUCT (count, newest, digest)

  bool operator== (const RevocationMark &) const = default;
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

// port::Purpose::voice
struct VoiceProof
{
  std::uint32_t version = protocol_version;
  base::ChannelKey group;
  base::Nonce nonce;
  base::TimePoint time;
  WIRE_STRUCT (version, group, nonce, time)
};

// port::Purpose::part
struct PartStatement
{
  std::uint32_t version = protocol_version;
  base::ChannelKey group;
  base::Nonce nonce; // of the voice
  WIRE_STRUCT (version, group, nonce)
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

// port::Purpose::ticket. An open one names nobody (zero member and peer): with
// it relays admit whoever asks while the origin is away.
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

  [[nodiscard]] bool
  is_open () const
  {
    return member.is_zero () && peer.is_zero ();
  }
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

// An Ejection without notice, for those whom it does not name.
struct Revocation
{
  base::MemberKey member;
  base::Generation generation;
  base::ChannelSignature signature; // over the Ejection
  WIRE_STRUCT (member, generation, signature)
};

// port::Purpose::origin_word
struct OriginWord
{
  std::uint32_t version = protocol_version;
  base::ChannelKey group;
  base::Nonce nonce;   // of the voice or question that it is for
  base::Bytes message; // one of FromOrigin
  WIRE_STRUCT (version, group, nonce, message)
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

// Still here. A child says the highest fragment that it holds, which
// revocations it knows, how many members hang on it (itself included), and the
// place nearest to the origin that is free among them.
struct PeerAlive
{
  base::FragmentId highest_held;
  RevocationMark revocations{};
  std::uint64_t subtree = 0;
  FreeSpot spot{};
  WIRE_MESSAGE (PeerAlive, 765, highest_held, revocations, subtree, spot)
};

// Still here, and this is the newest head: from a parent to its attached
// children. `spot`: a free place offered to this child and those below it.
struct PeerHeartbeat
{
  SignedHead head;
  FreeSpot spot{};
  WIRE_MESSAGE (PeerHeartbeat, 766, head, spot)
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
  base::MemberKey member{}; // who shows it, as the ticket may name nobody
  AttachKind kind = AttachKind::child;
  RevocationMark revocations{}; // that the child knows
  WIRE_MESSAGE (PeerAttach, 770, ticket, features, proof, highest_held, member,
                kind, revocations)
};

// `path`: the relays from here up, the sender first unless it is the origin.
// `is_rooted`: behind the last of them is the origin. `siblings`: others to try
// when the sender is gone.
struct PeerAttached
{
  SignedHead head;
  std::vector<base::PeerId> path;
  bool is_rooted = true;
  std::vector<base::PeerId> siblings{};
  base::Bytes open_ticket{}; // a SignedTicket that names nobody, or empty
  WIRE_MESSAGE (PeerAttached, 771, head, path, is_rooted, siblings, open_ticket)
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
  std::uint64_t sent = 0; // fragments, in answer to this question
  WIRE_MESSAGE (PeerReplayEnd, 774, replay, code, last, after, sent)
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

// The way up to the origin has changed: as in PeerAttached.
struct PeerPath
{
  std::vector<base::PeerId> path;
  bool is_rooted = true;
  WIRE_MESSAGE (PeerPath, 783, path, is_rooted)
};

// No room here: try these. Last on its channel.
struct PeerRedirect
{
  std::vector<FreeSpot> spots; // a depth that is not known is no_depth
  WIRE_MESSAGE (PeerRedirect, 784, spots)
};

struct PeerRevocations
{
  std::vector<Revocation> revocations;
  WIRE_MESSAGE (PeerRevocations, 785, revocations)
};

// To attached children when there is a newer one, and to a joiner when the
// origin is out of reach.
struct PeerOpenTicket
{
  base::Bytes ticket; // a SignedTicket
  WIRE_MESSAGE (PeerOpenTicket, 786, ticket)
};

// --- through relays to the origin -------------------------------------------

struct PeerPipeOpen
{
  PipeId pipe; // chosen by the child
  WIRE_MESSAGE (PeerPipeOpen, 787, pipe)
};

// One whole message of FromVoice.
struct PeerPipeUp
{
  PipeId pipe;
  wire::Rest message;
  WIRE_MESSAGE (PeerPipeUp, 788, pipe, message)
};

// One whole message of FromOrigin.
struct PeerPipeDown
{
  PipeId pipe;
  base::ChannelSignature signature; // over an OriginWord
  wire::Rest message;
  WIRE_MESSAGE (PeerPipeDown, 789, pipe, signature, message)
};

struct PeerPipeClose
{
  PipeId pipe;
  PipeEnd end = PipeEnd::done;
  WIRE_MESSAGE (PeerPipeClose, 790, pipe, end)
};

// In a pipe: this is a member, and its ticket proves it.
struct PeerVoice
{
  base::Bytes ticket; // a SignedTicket
  base::Nonce nonce;
  base::TimePoint time;
  base::MemberSignature proof; // over a VoiceProof
  WIRE_MESSAGE (PeerVoice, 791, ticket, nonce, time, proof)
};

// The voice is taken: requests may follow.
struct PeerVoiceOpen
{
  WIRE_MESSAGE (PeerVoiceOpen, 792)
};

// Like PeerPart, signed, because relays carry it.
struct PeerVoicePart
{
  base::MemberSignature signature; // over a PartStatement
  WIRE_MESSAGE (PeerVoicePart, 793, signature)
};

// What a member may say to the origin through a pipe, and the origin to it.
using FromVoice
    = wire::MessageList<PeerJoinRequest, PeerVoice, PeerVoicePart, Request>;
using FromOrigin
    = wire::MessageList<PeerRefusal, PeerJoinPending, PeerJoinDecision,
                        PeerTicket, PeerRequestAck, PeerRequestSettled,
                        PeerPartAck, PeerEject, PeerVoiceOpen>;

// What a child may say to its parent, and a parent to its child.
using FromChild
    = wire::MessageList<PeerHello, PeerRefusal, PeerAlive, PeerJoinRequest,
                        PeerAttach, PeerReplayRequest, PeerReplayEnd,
                        PeerReplayCancel, PeerPart, Fragment, Request,
                        PeerPipeOpen, PeerPipeUp, PeerPipeClose>;
using FromParent = wire::MessageList<
    PeerHello, PeerRefusal, PeerAlive, PeerHeartbeat, PeerJoinPending,
    PeerJoinDecision, PeerAttached, PeerTicket, PeerReplayRequest,
    PeerReplayEnd, PeerReplayCancel, PeerRequestAck, PeerRequestSettled,
    PeerPartAck, PeerEject, PeerGroupEnd, Fragment, PeerPath, PeerRedirect,
    PeerRevocations, PeerOpenTicket, PeerPipeDown, PeerPipeClose>;
} // namespace multicast
