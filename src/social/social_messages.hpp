// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What libgnunetsocial (App…) and gnunet-service-social (Social…) say to each
// other: one connection for each application handle.
//
// * Queries carry an id of the application's choice, from 1. The answer is any
//   number of Social… messages with that id and one SocialResult, the last
//   word (except after PENDING, see there). Query id 0 is news that nobody
//   asked for.
// * Followers and replays ("readers") have ids of the same number space, never
//   used again in one connection; uploads have one of their own.
// * Back-pressure: of a follower or replay the service has at most
//   window_bytes un-acknowledged on the way; it counts the bytes of the psyc
//   messages, and one message may exceed what is left of the window. An
//   application that pauses does not acknowledge.
// * The service knows nothing of a connection that broke. The library asks
//   for everything anew, with the *same tags*: what is already done is
//   answered again, not done again. Followers and replays it opens anew at
//   the place that they had reached.
//
// Everything here is a local program's input: bounds are checked, a malformed
// message drops the client, a refusal says why in SocialResult.text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/ids.hpp"
#include "base/time.hpp"
#include "base/wire.hpp"
#include "psyc/message/transfer_messages.hpp"

namespace social
{
inline constexpr std::uint32_t app_protocol_version = 1;
// Un-acknowledged bytes of one follower or replay.
inline constexpr std::uint32_t window_bytes = 256 * 1024;
// Longest texts; longer ones are refused (the library does so, too).
inline constexpr std::size_t name_length_max = 255;
inline constexpr std::size_t text_length_max = 32 * 1024;
// Longest struct GNUNET_PSYC_Message in one of these messages.
inline constexpr std::size_t psyc_message_size_max = 48 * 1024;
// Of what an application says at a door, or answers: psyc takes 32 KiB, with
// our tag.
inline constexpr std::size_t door_message_size_max = 31 * 1024;

// As enum GNUNET_SOCIAL_Result.
enum class ResultCode : std::uint32_t
{
  ok = 0,
  failed = 1,
  no_answer = 3,
  refused = 4,
  pending = 5,
  not_found = 6,
  ambiguous = 7,
  not_allowed = 8,
};

// As enum GNUNET_SOCIAL_PlaceState.
enum class PlaceState : std::uint8_t
{
  entered = 1,
  pending = 2,
  refused = 3,
  closed = 4,
  archived = 5,
  ejected = 6,
};

// As enum GNUNET_SOCIAL_NymState.
enum class NymState : std::uint8_t
{
  present = 1,
  waiting = 2,
  left = 3,
  ejected = 4,
};

// As enum GNUNET_PSYC_Policy.
enum class Policy : std::uint8_t
{
  anonymous = 0,
  closed = 1,
  open = 2,
  private_ = 3,
};

// What a rule speaks of: messages by method prefix, objects by name prefix.
enum class RuleKind : std::uint8_t
{
  method = 0,
  object = 1,
};

// One modifier of a message, see enum GNUNET_PSYC_Operator.
struct Variable
{
  std::uint8_t oper = ':';
  std::string name;
  base::Bytes value;
  bool operator== (const Variable &) const = default;
  WIRE_STRUCT (oper, name, value)
};

// A place as one of our egos is in it: one peer may host it with one ego and
// be a guest in it with another. Without an ego (zero): as its host when we
// are, else as the only guest.
struct PlaceRef
{
  base::ChannelKey key;
  base::MemberKey ego;
  auto operator<=> (const PlaceRef &) const = default;
  WIRE_STRUCT (key, ego)
};

// As struct GNUNET_MULTICAST_Position.
struct TreePosition
{
  base::PeerId parent;
  std::uint32_t depth = 0;
  bool is_rooted = false;
  std::uint32_t child_count = 0;
  std::uint64_t subtree_size = 0;
  std::uint64_t lag = 0;
  WIRE_STRUCT (parent, depth, is_rooted, child_count, subtree_size, lag)
};

// As struct GNUNET_SOCIAL_PlaceInfo.
struct PlaceInfo
{
  base::ChannelKey key;
  bool is_host = false;
  std::optional<std::string> name; // as hosted (lounge.alice) or as entered
  std::string ego_name;
  base::MemberKey ego_key;
  Policy policy = Policy::private_;
  PlaceState state = PlaceState::entered;
  std::uint64_t message_count = 0;
  std::uint64_t nym_count = 0;
  bool is_connected = false;
  std::uint64_t outbox_count = 0;
  base::PeerId origin;
  bool is_behind = false; // stopped: guests have newer messages than the host
  TreePosition position;
  WIRE_STRUCT (key, is_host, name, ego_name, ego_key, policy, state,
               message_count, nym_count, is_connected, outbox_count, origin,
               is_behind, position)
};

// ---------------------------------------------------------------- beginning

// First message of each connection: protocol version, and which application
// (its id; rules and door watches are the place's, not the application's). An
// unknown version is answered with SocialResult (id 0, failed, text) and the
// end of the connection.
struct AppHello
{
  std::uint32_t version = app_protocol_version;
  std::string app_id;
  WIRE_MESSAGE (AppHello, 840, version, app_id)
};

// Answer to AppHello. Then come SocialEgo for each ego, SocialPlace (query 0)
// for each place, SocialListsComplete; later changes of both as they happen.
struct SocialHello
{
  std::uint32_t version = app_protocol_version;
  std::string software; // "gnunet-secushare 0.1.0"
  base::PeerId peer;
  WIRE_MESSAGE (SocialHello, 841, version, software, peer)
};

// An own identity, new or renamed. `key` is a GNUNET_IDENTITY_PublicKey in
// its packed form (GNUNET_IDENTITY_write_public_key_to_buffer): EdDSA egos
// are listed, too, though they cannot enter places.
struct SocialEgo
{
  std::string name;
  base::Bytes key;
  WIRE_MESSAGE (SocialEgo, 842, name, key)
};

// An own identity was deleted.
struct SocialEgoGone
{
  base::Bytes key;
  WIRE_MESSAGE (SocialEgoGone, 843, key)
};

// The first lists are complete. Not said before the identity service has told
// all its egos and psyc brought back the places' handles.
struct SocialListsComplete
{
  WIRE_MESSAGE (SocialListsComplete, 844)
};

// ------------------------------------------------------------------ queries

// The end of a query. `place` when the query was about one (host, enter,
// find, leave, close); `text` an error or plain answer for people; `answer`
// what the host said at the door, a whole struct GNUNET_PSYC_Message, or
// empty. PENDING from AppEnterPlace is not the end: another result follows.
struct SocialResult
{
  std::uint64_t query_id = 0;
  ResultCode result = ResultCode::ok;
  std::optional<PlaceInfo> place;
  std::optional<std::string> text;
  base::Bytes answer;
  WIRE_MESSAGE (SocialResult, 845, query_id, result, place, text, answer)
};

// A place, answering AppPlacesGet, or news (query 0).
struct SocialPlace
{
  std::uint64_t query_id = 0;
  PlaceInfo place;
  WIRE_MESSAGE (SocialPlace, 846, query_id, place)
};

// Forget the query: no more answers. What it began goes on.
struct AppQueryCancel
{
  std::uint64_t query_id = 0;
  WIRE_MESSAGE (AppQueryCancel, 847, query_id)
};

// All places: SocialPlace for each, then SocialResult.
struct AppPlacesGet
{
  std::uint64_t query_id = 0;
  WIRE_MESSAGE (AppPlacesGet, 848, query_id)
};

// A place that we know, by own name (lounge or lounge.alice), name as
// entered, key, or unique start of a key; of `ego` only when given. Result
// OK with the place, NOT_FOUND, or AMBIGUOUS.
struct AppPlaceFind
{
  std::uint64_t query_id = 0;
  std::optional<base::MemberKey> ego;
  std::string text;
  WIRE_MESSAGE (AppPlaceFind, 849, query_id, ego, text)
};

// Create, or resume, the place `name` of `ego`; `flags` as enum
// GNUNET_SOCIAL_HostFlags. With an empty name: a new place without a name,
// one for each tag.
struct AppHostPlace
{
  std::uint64_t query_id = 0;
  base::SendTag tag;
  base::MemberKey ego;
  std::string name;
  Policy policy = Policy::private_;
  std::uint32_t flags = 0;
  WIRE_MESSAGE (AppHostPlace, 850, query_id, tag, ego, name, policy, flags)
};

// Enter `place`, a GNS name or a key as text, as `ego`. `request` is what to
// say at the door: a struct GNUNET_PSYC_Message, method
// _request_place_enter…, or empty. SocialResolved once the key is known;
// PENDING once, when the host's service confirmed that the question waits;
// then OK, REFUSED, NOT_FOUND (no such name), FAILED. A tag asked before
// gets the outcome of that time, or goes on waiting; a new one asks anew.
// `flags` as enum GNUNET_PSYC_SlaveJoinFlags.
struct AppEnterPlace
{
  std::uint64_t query_id = 0;
  base::SendTag tag;
  base::MemberKey ego;
  std::string place;
  std::string password; // of an encrypted PLACE record; empty: none
  base::Bytes request;
  std::optional<base::PeerId> origin; // with a key; else from the record
  std::vector<base::PeerId> relays;
  std::uint32_t flags = 0;
  WIRE_MESSAGE (AppEnterPlace, 851, query_id, tag, ego, place, password,
                request, origin, relays, flags)
};

// AppEnterPlace got as far as the key of the place: its local part is done,
// history and follower of the place can be opened.
struct SocialResolved
{
  std::uint64_t query_id = 0;
  base::ChannelKey place;
  WIRE_MESSAGE (SocialResolved, 852, query_id, place)
};

// Leave a place for good, as a guest. `variables` go into
// _notice_place_leave. Leaving what was left already is OK.
struct AppLeavePlace
{
  std::uint64_t query_id = 0;
  PlaceRef place;
  std::vector<Variable> variables;
  WIRE_MESSAGE (AppLeavePlace, 853, query_id, place, variables)
};

// Close an own place for good; `variables` go into _notice_place_closing.
struct AppClosePlace
{
  std::uint64_t query_id = 0;
  PlaceRef place;
  std::vector<Variable> variables;
  WIRE_MESSAGE (AppClosePlace, 854, query_id, place, variables)
};

// Who is, was, or waits at the place: SocialNym for each, then SocialResult.
struct AppNymsGet
{
  std::uint64_t query_id = 0;
  PlaceRef place;
  WIRE_MESSAGE (AppNymsGet, 855, query_id, place)
};

// A nym of AppNymsGet: name that we gave (PKEY label in the ego's zone),
// state, and what it said at the door (body of its request).
struct SocialNym
{
  std::uint64_t query_id = 0;
  base::MemberKey key;
  std::optional<std::string> name;
  NymState state = NymState::present;
  std::optional<std::string> message;
  WIRE_MESSAGE (SocialNym, 856, query_id, key, name, state, message)
};

// OK; the answer is an encoded PlaceCopy (copy_messages.hpp).
struct AppCopyPlace
{
  std::uint64_t query_id = 0;
  PlaceRef place;
  WIRE_MESSAGE (AppCopyPlace, 890, query_id, place)
};

// Host the place of a copy, as `ego` (zero: the one that it names). With
// `is_trial` only say whether that could be done.
struct AppRestorePlace
{
  std::uint64_t query_id = 0;
  base::MemberKey ego;
  bool is_trial = false;
  wire::Rest copy;
  WIRE_MESSAGE (AppRestorePlace, 891, query_id, ego, is_trial, copy)
};

// Members have newer messages than we: go on behind theirs.
struct AppAdoptPlace
{
  std::uint64_t query_id = 0;
  PlaceRef place;
  WIRE_MESSAGE (AppAdoptPlace, 892, query_id, place)
};

// Say this file in the place when somebody asks for it by `key`
// (doc/spec/files.md); lasts. OK when it is on disk; the offer itself is said
// by the application, after that. `modified` in microseconds since 1970.
struct AppOfferFile
{
  std::uint64_t query_id = 0;
  PlaceRef place;
  base::SendTag key;
  std::string path;
  std::uint64_t size = 0;
  base::TimePoint modified;
  std::string hash;
  std::string name;
  std::string content_type;
  std::string description;
  WIRE_MESSAGE (AppOfferFile, 893, query_id, place, key, path, size, modified,
                hash, name, content_type, description)
};

// Take back what is offered by `key`, and was not said: nobody gets it any
// more. Asked twice it is as asked once. The application says so in the place.
struct AppWithdrawFile
{
  std::uint64_t query_id = 0;
  PlaceRef place;
  base::SendTag key;
  WIRE_MESSAGE (AppWithdrawFile, 894, query_id, place, key)
};

// Let in or turn away who waits. `answer` is what it is told: a struct
// GNUNET_PSYC_Message, or empty. NOT_FOUND when nobody of that key asked
// (a nym that is in already and is admitted: OK).
struct AppDoorAnswer
{
  std::uint64_t query_id = 0;
  PlaceRef place;
  base::MemberKey nym;
  bool is_admitted = false;
  base::Bytes answer;
  WIRE_MESSAGE (AppDoorAnswer, 857, query_id, place, nym, is_admitted, answer)
};

// Throw a nym out; `variables` and `text` (body) go into _notice_place_leave,
// where the service adds _nym.
struct AppEjectNym
{
  std::uint64_t query_id = 0;
  PlaceRef place;
  base::MemberKey nym;
  std::vector<Variable> variables;
  std::string text;
  WIRE_MESSAGE (AppEjectNym, 858, query_id, place, nym, variables, text)
};

// PKEY (EDKEY) record `label` for `zone` (a packed GNUNET_IDENTITY_PublicKey)
// in the zone of `ego`; expiry 1970 removes it, base::time_never keeps it.
// Never overwrites a label of another kind or key: FAILED, and what is there.
struct AppNameNym
{
  std::uint64_t query_id = 0;
  base::MemberKey ego;
  std::string label;
  base::Bytes zone;
  base::TimePoint expires = base::time_never;
  WIRE_MESSAGE (AppNameNym, 859, query_id, ego, label, zone, expires)
};

// PLACE record `label` in the zone of `ego`; expiry 1970 removes it. Other
// records of the label are kept.
struct AppPublishPlace
{
  std::uint64_t query_id = 0;
  base::MemberKey ego;
  std::string label;
  std::string password; // empty: none
  base::ChannelKey place;
  std::optional<base::PeerId> origin; // none: we are
  std::vector<base::PeerId> relays;
  base::TimePoint expires = base::time_never;
  WIRE_MESSAGE (AppPublishPlace, 860, query_id, ego, label, password, place,
                origin, relays, expires)
};

// How the service is: SocialStatus, then SocialResult.
struct AppStatusGet
{
  std::uint64_t query_id = 0;
  WIRE_MESSAGE (AppStatusGet, 861, query_id)
};

// As struct GNUNET_SOCIAL_StatusInfo.
struct SocialStatus
{
  std::uint64_t query_id = 0;
  std::uint64_t hosted = 0;    // places
  std::uint64_t entered = 0;   // places
  std::uint64_t pending = 0;   // places that we wait before
  std::uint64_t connected = 0; // entered places that reach their host now
  std::uint64_t waiting = 0;   // nyms at our doors
  std::uint64_t outbox = 0;    // messages not yet on their host's disk
  base::PeerId peer;
  std::string software;
  WIRE_MESSAGE (SocialStatus, 862, query_id, hosted, entered, pending,
                connected, waiting, outbox, peer, software)
};

// What the service does with messages of this method prefix (`flags` as enum
// GNUNET_SOCIAL_MsgProcFlags), or with guests' changes of objects; lasts.
struct AppRuleSet
{
  std::uint64_t query_id = 0;
  PlaceRef place;
  RuleKind kind = RuleKind::method;
  std::string prefix;
  std::uint32_t flags = 0;
  WIRE_MESSAGE (AppRuleSet, 863, query_id, place, kind, prefix, flags)
};

// Take these flags out of all rules of the place, of both kinds; a rule
// without flags is gone.
struct AppRulesClear
{
  std::uint64_t query_id = 0;
  PlaceRef place;
  std::uint32_t flags = 0;
  WIRE_MESSAGE (AppRulesClear, 864, query_id, place, flags)
};

// Objects of a place: the best match of `name`, or all whose name starts
// with it. SocialObject in pieces, then SocialResult. The bytes of values are
// acknowledged with AppReadAck.
struct AppLook
{
  std::uint64_t query_id = 0;
  PlaceRef place;
  bool is_prefix = false;
  std::string name;
  WIRE_MESSAGE (AppLook, 865, query_id, place, is_prefix, name)
};

// A piece of an object's value; `offset` 0 begins the next object.
struct SocialObject
{
  std::uint64_t query_id = 0;
  std::string name;
  std::uint32_t full_size = 0;
  std::uint32_t offset = 0;
  wire::Rest value;
  WIRE_MESSAGE (SocialObject, 866, query_id, name, full_size, offset, value)
};

// This application wants the questions at the door of an own place, those
// that wait and those to come (SocialDoorQuestion), and the farewells. Lasts
// as long as the connection, or till AppQueryCancel of that id.
struct AppDoorWatch
{
  std::uint64_t query_id = 0;
  PlaceRef place;
  WIRE_MESSAGE (AppDoorWatch, 867, query_id, place)
};

// Somebody waits. `request` is what it said, a struct GNUNET_PSYC_Message.
struct SocialDoorQuestion
{
  std::uint64_t query_id = 0;
  base::MemberKey nym;
  base::Bytes request;
  WIRE_MESSAGE (SocialDoorQuestion, 868, query_id, nym, request)
};

// A nym left, was thrown out, or stopped asking.
struct SocialFarewell
{
  std::uint64_t query_id = 0;
  base::MemberKey nym;
  std::vector<Variable> variables;
  WIRE_MESSAGE (SocialFarewell, 869, query_id, nym, variables)
};

// ------------------------------------------------------- reading: followers

// All fragments of the place's log after the given one (UINT64_MAX: from
// now), and whatever is added, until AppStop.
struct AppFollow
{
  std::uint64_t reader_id = 0;
  PlaceRef place;
  std::uint64_t after_fragment_id = 0;
  WIRE_MESSAGE (AppFollow, 870, reader_id, place, after_fragment_id)
};

// The follower stands; said once for each AppFollow, before its fragments.
// `result` GNUNET_YES there are messages, GNUNET_NO none yet, GNUNET_SYSERR
// there is no such place (the follower is gone). With "from now" the stream
// starts after `head_fragment_id`.
struct SocialFollowing
{
  std::uint64_t reader_id = 0;
  std::int32_t result = 0;
  std::uint64_t head_fragment_id = 0;
  std::uint64_t max_message_id = 0;
  WIRE_MESSAGE (SocialFollowing, 871, reader_id, result, head_fragment_id,
                max_message_id)
};

// One fragment: `message` is a whole struct GNUNET_PSYC_MessageHeader with
// its parts. For followers and replays (there `fragment_id` is 0).
struct SocialFragment
{
  std::uint64_t reader_id = 0;
  std::uint64_t fragment_id = 0;
  wire::Rest message;
  WIRE_MESSAGE (SocialFragment, 872, reader_id, fragment_id, message)
};

// These fragments cannot be had.
struct SocialGap
{
  std::uint64_t reader_id = 0;
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  WIRE_MESSAGE (SocialGap, 873, reader_id, first, last)
};

// The application took `bytes` more of this follower's or replay's messages,
// or of the values of this query for objects.
struct AppReadAck
{
  std::uint64_t reader_id = 0;
  std::uint32_t bytes = 0;
  WIRE_MESSAGE (AppReadAck, 874, reader_id, bytes)
};

// End a follower or replay.
struct AppReadStop
{
  std::uint64_t reader_id = 0;
  WIRE_MESSAGE (AppReadStop, 875, reader_id)
};

// --------------------------------------------------------- reading: replays

// Stored messages with these ids, or the newest `latest` of them when that is
// not 0; by method prefix ("" all). `flags` as enum
// GNUNET_PSYC_HistoryReplayFlags. SocialFragment in the order of the log,
// then SocialReplayEnd.
struct AppReplay
{
  std::uint64_t reader_id = 0;
  PlaceRef place;
  std::uint64_t first_message_id = 0;
  std::uint64_t last_message_id = 0;
  std::uint64_t latest = 0;
  std::string method_prefix;
  std::uint32_t flags = 0;
  WIRE_MESSAGE (AppReplay, 876, reader_id, place, first_message_id,
                last_message_id, latest, method_prefix, flags)
};

// End of a replay: as GNUNET_ResultCallback (count, GNUNET_NO nothing,
// GNUNET_SYSERR with the error).
struct SocialReplayEnd
{
  std::uint64_t reader_id = 0;
  std::int64_t result = 0;
  std::string error;
  WIRE_MESSAGE (SocialReplayEnd, 877, reader_id, result, error)
};

// ------------------------------------------------------------------ talking

// The upload of that id goes to this place (announced by the host, talked by
// a guest). Said once in a connection, before its first AppUpload or
// AppUploadQuery. A place that is not ours to speak in: state failed.
struct AppSay
{
  std::uint64_t upload_id = 0;
  PlaceRef place;
  WIRE_MESSAGE (AppSay, 879, upload_id, place)
};

// The names that `ego` (none: each of our egos) gave to nyms in its zone:
// SocialName for each, then SocialResult.
struct AppNamesGet
{
  std::uint64_t query_id = 0;
  std::optional<base::MemberKey> ego;
  WIRE_MESSAGE (AppNamesGet, 885, query_id, ego)
};

// The zone of `ego` has a PKEY record `label` for `key`.
struct SocialName
{
  std::uint64_t query_id = 0;
  base::MemberKey ego;
  std::string label;
  base::MemberKey key;
  WIRE_MESSAGE (SocialName, 886, query_id, ego, label, key)
};

// The transfer messages, with social's numbers.
using AppUpload = psyc::transfer::Upload<880>;
using SocialUploadCredit = psyc::transfer::UploadCredit<881>;
using SocialUploadState = psyc::transfer::UploadState<882>;
using AppUploadCancel = psyc::transfer::UploadCancel<883>;
using AppUploadQuery = psyc::transfer::UploadQuery<884>;

// What the service says.
using SocialMessages
    = wire::MessageList<SocialHello, SocialEgo, SocialEgoGone,
                        SocialListsComplete, SocialResult, SocialPlace,
                        SocialResolved, SocialNym, SocialStatus, SocialObject,
                        SocialDoorQuestion, SocialFarewell, SocialFollowing,
                        SocialFragment, SocialGap, SocialReplayEnd,
                        SocialUploadCredit, SocialUploadState, SocialName>;

// What applications say.
using AppMessages = wire::MessageList<
    AppHello, AppQueryCancel, AppPlacesGet, AppPlaceFind, AppHostPlace,
    AppEnterPlace, AppLeavePlace, AppClosePlace, AppNymsGet, AppDoorAnswer,
    AppEjectNym, AppNameNym, AppPublishPlace, AppStatusGet, AppRuleSet,
    AppRulesClear, AppLook, AppDoorWatch, AppFollow, AppReadAck, AppReadStop,
    AppReplay, AppCopyPlace, AppRestorePlace, AppAdoptPlace, AppOfferFile,
    AppWithdrawFile, AppSay, AppUpload, AppUploadCancel, AppUploadQuery,
    AppNamesGet>;
} // namespace social
