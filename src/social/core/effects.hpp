// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What the core wants done. The shell drains them in order and decides
// nothing.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "social/core/model.hpp"

namespace social
{
// ------------------------------------------------------------ applications
// A whole encoded message.
struct Tell
{
  ClientId client;
  base::Bytes message;
};
// The client broke the protocol.
struct DropClient
{
  ClientId client;
  std::string why;
};

// -------------------------------------------------------------------- psyc
struct StartHost
{
  PlaceRef ref;
  base::ChannelPrivateKey secret;
  Policy policy = Policy::private_;
};
// Go on behind what members have; answered by on_adopted.
struct AdoptHost
{
  PlaceRef ref;
};
enum class Stop : std::uint8_t
{
  for_now,  // the channel goes on, a handle follows
  for_good, // the channel ends
};
struct StopHost
{
  PlaceRef ref;
  Stop stop = Stop::for_now;
};
// Joins, or joins anew with another request.
struct JoinGuest
{
  PlaceRef ref;
  base::PeerId origin;
  std::vector<base::PeerId> relays;
  base::Bytes request; // a struct GNUNET_PSYC_Message
};
// Leaves for good; on_guest_parted follows.
struct PartGuest
{
  PlaceRef ref;
  std::vector<Variable> variables;
};
enum class Admission : std::uint8_t
{
  admitted,
  refused,
};
struct DecideJoin
{
  PlaceRef ref;
  base::MemberKey nym;
  Admission admission = Admission::refused;
  base::Bytes answer;
};
struct ConfirmQuestion
{
  PlaceRef ref;
  base::MemberKey nym;
};
struct RelayRequest
{
  PlaceRef ref;
  base::MemberKey nym;
  base::RequestId request_id;
  std::vector<Variable> variables;
};
struct RefuseRequest
{
  PlaceRef ref;
  base::MemberKey nym;
  base::RequestId request_id;
  std::uint32_t code = 0;
  std::string reason;
};
// A message of the service itself; on_announced follows.
struct Announce
{
  PlaceRef ref;
  base::SendTag tag;
  std::string method;
  std::vector<Variable> variables;
  std::string body;
};
// on_ejected follows. `notice` goes to the nym itself.
struct EjectNym
{
  PlaceRef ref;
  base::MemberKey nym;
  base::Bytes notice; // a struct GNUNET_PSYC_Message, or empty
};
// Save the bodies of messages of these methods as files, from now on; none:
// no more.
struct SaveFiles
{
  PlaceRef ref;
  Role role = Role::host;
  std::vector<std::string> prefixes;
};
// Says an offered file, if it is still what was offered; on_offered_file
// follows, perhaps several times.
struct SayOfferedFile
{
  PlaceRef ref;
  Offer offer;
  std::vector<Variable> variables; // of the message, in front of its body
};
// Tells of an offer; on_offer_told follows.
struct TellOffer
{
  PlaceRef ref;
  base::SendTag key;
  base::SendTag tag;
  std::string method;
  std::vector<Variable> variables;
  std::string body;
};
// on_info for each, or not.
struct AskInfo
{
  std::vector<PlaceRef> refs;
};

// ------------------------------------------------------------------- names
// In an own zone our namestore answers for the last label, also with no.
enum class ZoneKind : std::uint8_t
{
  own,
  foreign,
};
struct LookUp
{
  std::uint64_t id = 0;
  std::string name;
  base::Bytes zone;
  ZoneKind kind = ZoneKind::foreign;
  std::string password; // opens an encrypted record; empty: none
};
struct CancelLookUp
{
  std::uint64_t id = 0;
};
enum class RecordKind : std::uint8_t
{
  place,
  zone, // PKEY or EDKEY
};
// on_record_stored follows.
struct StoreRecord
{
  std::uint64_t id = 0;
  base::MemberKey ego;
  std::string label;
  RecordKind kind = RecordKind::place;
  base::ChannelKey place;
  base::PeerId origin;
  std::vector<base::PeerId> relays;
  std::string password; // encrypts the record of a place; empty: it is open
  base::Bytes zone;
  // 1970 removes it, never: as long as we live (relative expiry).
  base::TimePoint expires = base::time_never;
};

// A refusal or an oddity, for the statistics.
struct Count
{
  std::string what;
};

using Effect = std::variant<Tell, DropClient, StartHost, AdoptHost, StopHost,
                            JoinGuest, PartGuest, DecideJoin, ConfirmQuestion,
                            RelayRequest, RefuseRequest, Announce, EjectNym,
                            SaveFiles, SayOfferedFile, TellOffer, AskInfo,
                            LookUp, CancelLookUp, StoreRecord, Count>;
} // namespace social
