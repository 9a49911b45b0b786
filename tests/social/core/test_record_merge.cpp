// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gtest/gtest.h>

#include "social/core/record_merge.hpp"

using namespace social;

namespace
{
LabelRecord
place (std::uint8_t key, std::uint8_t origin = 1)
{
  base::Bytes data (68, 0);
  std::fill_n (data.begin (), 32, key);
  std::fill_n (data.begin () + 32, 32, origin);
  return { record_place, 1, 100, data };
}

LabelRecord
pkey (std::uint8_t key)
{
  return { record_pkey, 1, 100, base::Bytes (32, key) };
}

const LabelRecord text{ 16, 1, 50, { 'h', 'i' } };

std::vector<LabelRecord>
set_of (const MergedRecords &merged)
{
  const auto *set = std::get_if<std::vector<LabelRecord>> (&merged);
  EXPECT_NE (nullptr, set);
  return nullptr == set ? std::vector<LabelRecord>{} : *set;
}
} // namespace

TEST (RecordMerge, KeepsOtherRecordsOfTheLabel)
{
  const auto put
      = set_of (merge_records ({ text }, place (1), RecordWish::put));
  EXPECT_EQ ((std::vector<LabelRecord>{ text, place (1) }), put);
  const auto gone = set_of (
      merge_records ({ place (1), text }, place (1), RecordWish::remove));
  EXPECT_EQ (std::vector<LabelRecord>{ text }, gone);
}

TEST (RecordMerge, WritesNothingWhenNothingChanges)
{
  EXPECT_TRUE (std::holds_alternative<RecordsUnchanged> (
      merge_records ({ text, place (1) }, place (1), RecordWish::put)));
  EXPECT_TRUE (std::holds_alternative<RecordsUnchanged> (
      merge_records ({ text }, place (1), RecordWish::remove)));
  EXPECT_TRUE (std::holds_alternative<RecordsUnchanged> (
      merge_records ({}, pkey (1), RecordWish::remove)));
}

TEST (RecordMerge, RenewsARecordWhoseOriginMoved)
{
  const auto put = set_of (
      merge_records ({ place (1, 1), text }, place (1, 2), RecordWish::put));
  EXPECT_EQ ((std::vector<LabelRecord>{ text, place (1, 2) }), put);
}

TEST (RecordMerge, LeavesANamePrivateThatWasMadePrivate)
{
  auto there = pkey (1);
  there.flags |= record_is_private;
  EXPECT_TRUE (std::holds_alternative<RecordsUnchanged> (
      merge_records ({ there }, pkey (1), RecordWish::put)));
  EXPECT_EQ (std::vector<LabelRecord>{ pkey (1) },
             set_of (merge_records ({}, pkey (1), RecordWish::put)));
}

TEST (RecordMerge, GivesNobodysNameToSomebodyElse)
{
  for (const auto &[there, wanted] :
       { std::pair{ place (2), place (1) }, std::pair{ pkey (2), pkey (1) },
         std::pair{ pkey (2), place (1) }, std::pair{ text, pkey (1) } })
    EXPECT_TRUE (std::holds_alternative<RecordConflict> (
        merge_records ({ there }, wanted, RecordWish::put)));
  // Nor takes it away.
  EXPECT_TRUE (std::holds_alternative<RecordsUnchanged> (
      merge_records ({ pkey (2) }, pkey (1), RecordWish::remove)));
}
