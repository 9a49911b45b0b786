// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gtest/gtest.h>

#include "world.hpp"

namespace psyc::test
{
namespace
{
FragmentPtr
fragment (std::uint64_t id, std::size_t size = 10)
{
  return read_fragment (
      make_fragment ({ { id }, 0, { id }, { 1 }, 3 }, base::Bytes (size, 'x')));
}

std::uint64_t
id_of (const Log::Step &step)
{
  const auto *found = std::get_if<FragmentPtr> (&step);
  return nullptr == found ? 0 : (*found)->head.id.value;
}

TEST (Log, WaitsForWhatIsMissing)
{
  Log log (8, 1000000);
  log.open ({});
  log.add_stored (fragment (2));
  log.add_stored (fragment (3));
  EXPECT_EQ (0u, log.settled ().value);
  EXPECT_TRUE (std::holds_alternative<Log::AtEnd> (log.after ({})));
  log.add_stored (fragment (1));
  EXPECT_EQ (3u, log.settled ().value);
  EXPECT_EQ (1u, id_of (log.after ({ 0 })));
  EXPECT_EQ (3u, id_of (log.after ({ 2 })));
  EXPECT_TRUE (std::holds_alternative<Log::AtEnd> (log.after ({ 3 })));
}

TEST (Log, TellsGapsWhenTheyArePassed)
{
  Log log (8, 1000000);
  log.open ({ 10 });
  log.add_stored (fragment (14));
  log.add_gap (11, 13);
  EXPECT_EQ (14u, log.settled ().value);
  const auto step = log.after ({ 10 });
  const auto *gap = std::get_if<Log::Gap> (&step);
  ASSERT_NE (nullptr, gap);
  EXPECT_EQ (11u, gap->first);
  EXPECT_EQ (13u, gap->last);
  EXPECT_EQ (14u, id_of (log.after ({ 13 })));
}

TEST (Log, SendsReadersOfTheOldToTheStore)
{
  Log log (4, 1000000);
  log.open ({});
  for (std::uint64_t id = 1; id <= 10; id++)
    log.add_stored (fragment (id));
  const auto step = log.after ({ 2 });
  const auto *range = std::get_if<Log::OnDisk> (&step);
  ASSERT_NE (nullptr, range);
  EXPECT_EQ (3u, range->first);
  EXPECT_EQ (6u, range->last);
  EXPECT_EQ (7u, id_of (log.after ({ 6 })));
}

TEST (Log, KeepsItsTailBoundedBySizeToo)
{
  Log log (100, 1000);
  log.open ({});
  for (std::uint64_t id = 1; id <= 50; id++)
    log.add_stored (fragment (id, 200));
  EXPECT_LE (log.tail_bytes (), 1000u);
  // Far above a hole: dropped from memory, not from the log.
  for (std::uint64_t id = 52; id <= 90; id++)
    log.add_stored (fragment (id, 200));
  EXPECT_LE (log.tail_bytes (), 1000u);
  log.add_stored (fragment (51, 200));
  EXPECT_EQ (90u, log.settled ().value);
  EXPECT_TRUE (std::holds_alternative<Log::OnDisk> (log.after ({ 50 })));
}

TEST (Log, AFragmentCountsOnce)
{
  Log log (8, 1000000);
  log.open ({});
  log.add_stored (fragment (1));
  log.add_stored (fragment (1));
  log.add_gap (1, 1);
  EXPECT_EQ (1u, log.settled ().value);
  EXPECT_EQ (1u, id_of (log.after ({})));
}

TEST (Log, RemembersWhatIsKnownAboveTheWatermark)
{
  Log log (8, 1000000);
  log.open ({ 5 });
  log.add_range (8, 9);
  log.add_stored (fragment (12));
  const auto known = log.known_above (10);
  ASSERT_EQ (2u, known.size ());
  EXPECT_EQ ((base::Interval{ 8, 9 }), known[0]);
  EXPECT_EQ ((base::Interval{ 12, 12 }), known[1]);
}

TEST (Fragment, IsRefusedWhenMalformed)
{
  const base::Bytes good
      = make_fragment ({ { 7 }, 0, { 3 }, { 1 }, 3 }, bytes ("body"));
  ASSERT_NE (nullptr, read_fragment (good));
  for (std::size_t size = 0; size < good.size (); size++)
    EXPECT_EQ (nullptr, read_fragment (base::ByteView (good).first (size)));
  EXPECT_EQ (nullptr,
             read_fragment (make_fragment ({ { 0 }, 0, { 3 }, { 1 }, 3 }, {})));
  EXPECT_EQ (nullptr, read_fragment (make_fragment (
                          { { base::id_max + 1 }, 0, { 3 }, { 1 }, 3 }, {})));
  EXPECT_EQ (nullptr,
             read_fragment (make_fragment (
                 { { 1 }, 0, { std::uint64_t{ 1 } << 63 }, { 1 }, 3 }, {})));
}

TEST (Fragment, ARequestComesBackAsItWasMade)
{
  base::MemberKey member;
  member.bytes.fill (9);
  const auto made = make_request ({ member, 2, 500, { 77 }, last_fragment },
                                  base::as_bytes ("words"));
  const auto read = read_request (made->bytes);
  ASSERT_NE (nullptr, read);
  EXPECT_EQ (member, read->head.member);
  EXPECT_EQ (500u, read->head.offset);
  EXPECT_EQ (77u, read->head.request_id.value);
  EXPECT_TRUE (read->is_last ());
  EXPECT_EQ ("words", base::as_text (read->body ()));
  for (std::size_t size = 0; size < made->bytes.size (); size++)
    EXPECT_EQ (nullptr,
               read_request (base::ByteView (made->bytes).first (size)));
}

ChannelRecord
some_record ()
{
  ChannelRecord record;
  record.role = Role::slave;
  record.is_keep_active = true;
  record.settled = { 1234 };
  record.unfinished.push_back ({ { 5 }, 100, 3 });
  record.revocations.push_back (
      { {}, { 4 }, RevocationCause::ejected, base::TimePoint{} });
  record.ticket = bytes ("a ticket");
  record.first_fragment = { 77 };
  record.origin = base::PeerId{};
  record.known.push_back ({ 8, 9 });
  return record;
}

TEST (Record, ComesBackAsItWasWritten)
{
  const auto decoded = decode_record (encode_record (some_record ()));
  ASSERT_TRUE (decoded.record.has_value ());
  EXPECT_EQ (some_record (), *decoded.record);
}

TEST (Record, EveryCutIsRefused)
{
  const base::Bytes whole = encode_record (some_record ());
  for (std::size_t size = 0; size < whole.size (); size++)
  {
    const auto decoded = decode_record (base::ByteView (whole).first (size));
    EXPECT_FALSE (decoded.record.has_value ());
    EXPECT_FALSE (decoded.is_newer);
  }
}

TEST (Record, ANewerVersionIsToldFromADamagedOne)
{
  base::Bytes newer = encode_record (some_record ());
  newer[1]++;
  EXPECT_TRUE (decode_record (newer).is_newer);
  EXPECT_FALSE (decode_record (newer).record.has_value ());
}

TEST (Record, FitsTheStoreWhateverIsInIt)
{
  ChannelRecord record = some_record ();
  for (std::uint64_t i = 0; i < 3000; i++)
  {
    record.revocations.push_back (
        { {}, { i }, RevocationCause::ejected, base::TimePoint{} });
    record.unfinished.push_back ({ { i }, 0, 0 });
  }
  record.join_message.assign (32 * 1024, 'x');
  const base::Bytes raw = encode_record (record);
  EXPECT_LE (raw.size (), 65535u);
  EXPECT_TRUE (decode_record (raw).record.has_value ());
}
} // namespace
} // namespace psyc::test
