// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What psyc itself keeps on disk of a channel, in psycstore's record: who we
// are in it, what proves that we may be, where its log stands. One record for
// each channel and role.
#pragma once

#include <functional>

#include "psyc/core/tracker.hpp"

namespace psyc::core
{
inline constexpr std::uint16_t record_version = 2;

enum class Role : std::uint8_t
{
  master = 0,
  slave = 1,
};

enum class RevocationCause : std::uint8_t
{
  left = 0,
  ejected = 1,
};

struct Revocation
{
  base::MemberKey member;
  base::Generation generation; // tickets up to it are void
  RevocationCause cause = RevocationCause::left;
  base::TimePoint since;
  WIRE_STRUCT (member, generation, cause, since)

  bool operator== (const Revocation &) const = default;
};

struct KnownRange
{
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  WIRE_STRUCT (first, last)

  bool operator== (const KnownRange &) const = default;
};

struct ChannelRecord
{
  Role role = Role::master;
  bool is_keep_active = false;
  bool is_clean = false; // ended properly; false while it runs
  base::FragmentId settled;
  base::FragmentId tracked; // as of here:
  std::vector<UnfinishedMessage> unfinished;
  // Tracked, but not applied to the state.
  std::vector<StateMessage> state_waiting;
  bool is_state_lost = false; // only a checkpoint helps

  // Master
  base::ChannelPrivateKey channel_key;
  Policy policy = Policy::is_private;
  base::Generation generation;
  std::vector<Revocation> revocations;

  // Slave
  base::MemberPrivateKey member_key;
  Admission admission = Admission::unknown;
  std::optional<base::PeerId> origin;
  std::vector<base::PeerId> relays;
  base::Bytes ticket;
  base::Bytes join_message;
  base::FragmentId first_fragment; // own stream begins here; none: not known
  base::MessageId first_message;   // newest message when it began
  std::vector<KnownRange> known;   // given up or stored above `settled`

  // It came with a copy of the channel, and nothing new was said since. Kept
  // beside the record.
  bool is_imported = false;

  WIRE_STRUCT (role, is_keep_active, is_clean, settled, tracked, unfinished,
               state_waiting, is_state_lost, channel_key, policy, generation,
               revocations, member_key, admission, origin, relays, ticket,
               join_message, first_fragment, first_message, known)

  bool operator== (const ChannelRecord &) const = default;
};

// At most 65,535 bytes: what can be found out again is left out if need be.
[[nodiscard]] base::Bytes encode_record (const ChannelRecord &record);

// Nothing: malformed, or of a newer version (`is_newer`).
struct DecodedRecord
{
  std::optional<ChannelRecord> record;
  bool is_newer = false;
};
[[nodiscard]] DecodedRecord decode_record (base::ByteView bytes);

// Writes the record, one write at a time; what changes meanwhile goes with the
// next.
class RecordKeeper
{
public:
  using OnSaved = std::function<void (const StoreResult &)>;

  RecordKeeper (Context &context, std::optional<base::MemberKey> member,
                std::function<const ChannelRecord &()> make)
      : context_ (context), member_ (std::move (member)),
        make_ (std::move (make))
  {}

  // `on_saved`: what the record says now is durable (or not).
  void save (OnSaved on_saved);

  [[nodiscard]] bool
  is_busy () const
  {
    return is_writing_;
  }

private:
  void write ();
  void on_written (const StoreResult &result);

  Context &context_;
  const std::optional<base::MemberKey> member_;
  std::function<const ChannelRecord &()> make_;
  bool is_writing_ = false;
  std::vector<OnSaved> written_; // by the write under way
  std::vector<OnSaved> waiting_; // for the next
};
} // namespace psyc::core
