// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What the social service knows: own identities, places that we host or are a
// guest in, who stands at their doors, and what becomes of what guests say.
// All of it but the egos lives on disk (store.hpp).
#pragma once

#include <compare>
#include <map>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "social/social_messages.hpp"

namespace social
{
using ClientId = base::Id<struct ClientIdTag>;

enum class Role : std::uint8_t
{
  host = 1,
  guest = 2,
};

// How an own place's door treats who asks.
enum class DoorMode : std::uint8_t
{
  asks = 0,     // the question waits for the host's answer
  welcomes = 1, // everybody who asks is let in
};

// Has a user of ours heard how a wish to enter, or a visit, ended? Until then
// the next enter tells it instead of asking anew.
enum class Told : std::uint8_t
{
  no = 0,
  yes = 1,
};

// How far the end of a place, or of our being there, has come. Kept on disk,
// so that what was begun is finished after a crash.
enum class Ending : std::uint8_t
{
  none = 0,  // it goes on
  begun = 1, // host: the farewell is not yet stored; guest: not yet parted
  // host: still up, so that guests who come late learn of it; guest: gone, but
  // the host could not be told of it yet
  lingering = 2,
  done = 3, // nothing runs any more
};

struct Place
{
  PlaceRef ref;
  Role role = Role::host;
  PlaceState state = PlaceState::entered;
  Policy policy = Policy::private_;
  DoorMode door = DoorMode::asks;
  Ending ending = Ending::none;
  Told told = Told::yes;
  std::string name; // host: the label; guest: as entered last
  std::vector<std::string> other_names; // guest: as entered before
  std::string ego_name;                 // at the time of the last change
  std::string label; // host: published under this label; "": not published
  base::ChannelPrivateKey secret; // host only
  base::PeerId origin;            // guest only
  std::vector<base::PeerId> relays;
  // Of the wish to enter (guest), of the wish to host (host without name).
  base::SendTag tag;
  base::SendTag query_tag;  // guest: of the newest query about the same wish
  base::SendTag ending_tag; // of the farewell
  base::Bytes request;      // guest: what we say at the door
  base::Bytes answer;       // guest: what the host said to that
  base::TimePoint changed;  // last change of state

  bool operator== (const Place &) const = default;
};

[[nodiscard]] inline bool
is_inside (const Place &place)
{
  return Ending::none == place.ending && PlaceState::entered == place.state;
}

// States of a nym at a place; of those that a guest heard of, the first and
// the third. Beyond NymState: `refused` stays on disk until the same wish has
// been answered, and so that it is answered again.
enum class NymStanding : std::uint8_t
{
  present = 1,
  waiting = 2,
  left = 3,
  ejected = 4,
  refused = 5,
};

// Has the answer at the door been given to the joiner's call?
enum class Delivery : std::uint8_t
{
  waits = 0,
  done = 1,
};

// Is the ejection carried out below?
enum class Ejection : std::uint8_t
{
  none = 0,
  begun = 1,
  done = 2,
};

struct Nym
{
  base::MemberKey key;
  NymStanding standing = NymStanding::waiting;
  Delivery delivery = Delivery::waits;
  Ejection ejection = Ejection::none;
  base::SendTag tag;   // of the wish that was asked last
  base::Bytes request; // what it said at the door, a psyc message
  std::string text;    // the body of that
  base::Bytes answer;  // what it was told, a psyc message
  base::TimePoint changed;
  base::MessageId heard; // guest: the newest message that told of it

  bool operator== (const Nym &) const = default;
};

// A wish to enter by a name that GNS has not answered yet.
struct Wish
{
  base::SendTag tag;
  base::MemberKey ego;
  std::string name;
  std::string password;
  base::Bytes request;
  base::TimePoint asked;

  bool operator== (const Wish &) const = default;
};

// How far a file that we offer is.
enum class OfferState : std::uint8_t
{
  offered = 0,   // nobody asked yet, or it could not be said
  wanted = 1,    // it is to be said
  said = 2,      // it was, and where
  withdrawn = 3, // it is not offered any more, and never again by this key
};

// A file that is said when somebody asks for it.
struct Offer
{
  base::SendTag key; // the tag of the message that it will be, too
  std::string path;
  std::uint64_t size = 0;
  base::TimePoint modified; // the file, when its hash was taken
  std::string hash;
  std::string name;
  std::string type;
  std::string description;
  OfferState state = OfferState::offered;
  std::uint64_t request_id = 0; // the newest message that asked, if it has one
  base::TimePoint answered;     // when it was last said, or failed

  bool operator== (const Offer &) const = default;
};

struct Rule
{
  RuleKind kind = RuleKind::method;
  std::string prefix;
  std::uint32_t flags = 0;

  bool operator== (const Rule &) const = default;
};

// As enum GNUNET_SOCIAL_MsgProcFlags.
inline constexpr std::uint32_t rule_relay = 1;
inline constexpr std::uint32_t rule_save = 2;

// As enum GNUNET_SOCIAL_HostFlags.
inline constexpr std::uint32_t host_welcome = 1;
inline constexpr std::uint32_t host_no_publish = 2;
inline constexpr std::uint32_t host_keep_policy = 4;

// As enum GNUNET_PSYC_SlaveJoinFlags.
inline constexpr std::uint32_t join_local = 1;

// An own identity. `zone` is its GNUNET_IDENTITY_PublicKey, packed: four bytes
// of type, then the key.
struct Ego
{
  std::string name;
  base::Bytes zone;

  // Places are entered and hosted with ECDSA keys only.
  [[nodiscard]] bool
  may_act () const
  {
    static constexpr std::array<std::uint8_t, 4> ecdsa{ 0, 1, 0, 0 };
    return 36 == zone.size ()
           && std::equal (ecdsa.begin (), ecdsa.end (), zone.begin ());
  }

  [[nodiscard]] base::MemberKey
  key () const
  {
    if (zone.size () < 4)
      return {};
    return base::MemberKey::from (base::ByteView (zone).subspan (4))
        .value_or (base::MemberKey{});
  }
};

// What psyc says of a place's channel.
struct ChannelInfo
{
  std::uint64_t message_count = 0;
  std::uint64_t outbox_count = 0;
  // Own place: guests have newer messages than its copy here; it is stopped.
  bool is_behind = false;
  TreePosition position{};
};

// A message of a guest that wants to be said in an own place.
struct GuestRequest
{
  base::MemberKey nym;
  base::RequestId request_id;
  std::string method;
  // Names of the modifiers with a lasting operator, as far as they are known.
  std::vector<std::string> lasting;
  std::string offer; // the key of an offer that it speaks of, or empty
};

// Bounds. What is beyond is refused by name.
inline constexpr std::size_t waiting_nyms_max = 1000; // at one door
inline constexpr std::size_t nyms_max = 100'000;      // kept of an own place
inline constexpr std::size_t nyms_heard_max = 10'000; // of another's
inline constexpr std::size_t places_max = 10'000;
inline constexpr std::size_t rules_max = 256; // of one place
inline constexpr std::size_t wishes_max = 256;
inline constexpr std::size_t other_names_max = 16; // of one place
inline constexpr std::size_t queries_of_client_max = 1024;
inline constexpr std::size_t request_size_max = door_message_size_max;
inline constexpr std::size_t method_length_max = 255;
inline constexpr std::size_t offers_max = 256; // of one place
inline constexpr std::size_t offer_path_max = 4095;
inline constexpr std::size_t offer_text_max = 4096; // description
// Offered files that are read at the same time, and answers in a minute.
inline constexpr std::size_t files_at_once_max = 4;
inline constexpr std::size_t answers_a_minute_max = 30;
} // namespace social
