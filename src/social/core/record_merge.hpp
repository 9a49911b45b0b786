// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What a label holds after our record was put there or taken away: records of
// others are kept, a delegation shares its label with nothing, and nobody's
// name is given to somebody else in silence. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/bytes.hpp"

namespace social
{
// A record of a label, as GNUnet's namestore has it.
struct LabelRecord
{
  std::uint32_t type = 0;
  std::uint32_t flags = 0;
  std::uint64_t expiration = 0;
  base::Bytes data;

  bool operator== (const LabelRecord &) const = default;
};

// GNUNET_GNSRECORD_TYPE_…
inline constexpr std::uint32_t record_pkey = 65536;
inline constexpr std::uint32_t record_gns2dns = 65540;
inline constexpr std::uint32_t record_place = 65542;
inline constexpr std::uint32_t record_redirect = 65551;
inline constexpr std::uint32_t record_edkey = 65556;

// GNUNET_GNSRECORD_RF_PRIVATE: for this machine's look-ups only.
inline constexpr std::uint32_t record_is_private = 1U << 15;

enum class RecordWish : std::uint8_t
{
  put,
  remove,
};

struct RecordsUnchanged
{
};
struct RecordConflict
{
  std::string why; // for people
};
using MergedRecords
    = std::variant<RecordsUnchanged, std::vector<LabelRecord>, RecordConflict>;

// `record` is a PLACE record, or a delegation (PKEY, EDKEY). Whether a
// delegation that is there already is private stays as it is.
[[nodiscard]] MergedRecords
merge_records (const std::vector<LabelRecord> &there, const LabelRecord &record,
               RecordWish wish);
} // namespace social
