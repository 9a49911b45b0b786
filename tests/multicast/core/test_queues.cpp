// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What waits: for the network (Outbox), for an acknowledgement (RequestWindow),
// for the disk (WriteAhead, Stream), and what is asked for (Puller).
#include "bench.hpp"
#include "multicast/core/limits.hpp"

using namespace testing_multicast;
using Kind = Outbox::Kind;

namespace
{
base::Bytes
message (std::size_t size)
{
  PeerBatch raw;
  raw.messages.bytes.resize (size - 4, 1);
  auto out = wire::must_encode (raw);
  out[3] = 1; // no batch: any other type
  return out;
}
} // namespace

TEST (Outbox, HoldsNothingBackWhileIdle)
{
  Outbox outbox;
  outbox.push (message (100), Kind::control);
  EXPECT_EQ (message (100), outbox.next ());
  EXPECT_TRUE (outbox.is_empty ());
  EXPECT_EQ (std::nullopt, outbox.next ());
}

TEST (Outbox, PacksWhatWaitsIntoBatchesThatCadetCarries)
{
  Outbox outbox;
  for (std::size_t i = 0; i < limits::channel_under_way_max; i++)
  {
    outbox.push (message (10), Kind::live);
    EXPECT_TRUE (outbox.next ());
  }
  for (int i = 0; i < 50; i++)
    outbox.push (message (20000), Kind::live);
  EXPECT_EQ (std::nullopt, outbox.next ());
  outbox.on_sent ();
  const auto batch = outbox.next ();
  ASSERT_TRUE (batch);
  EXPECT_EQ (4u + 3 * 20000, batch->size ());
  std::size_t count = 0;
  EXPECT_TRUE (for_each_in_batch (*batch,
                                  [&] (base::ByteView one)
                                  {
                                    EXPECT_EQ (20000u, one.size ());
                                    count++;
                                    return true;
                                  }));
  EXPECT_EQ (3u, count);
  EXPECT_EQ (47u * 20000, outbox.bytes (Kind::live));
}

TEST (Outbox, SendsTheLargestFragmentAlone)
{
  Outbox outbox;
  for (int i = 0; i < 3; i++)
    outbox.push (message (fragment_size_max), Kind::live);
  for (int i = 0; i < 3; i++)
    EXPECT_EQ (fragment_size_max, outbox.next ()->size ());
}

TEST (Outbox, DropsLiveFragmentsOnly)
{
  Outbox outbox;
  outbox.push (message (10), Kind::control);
  outbox.push (message (11), Kind::live);
  outbox.push (message (12), Kind::replay);
  outbox.drop_live ();
  EXPECT_EQ (0u, outbox.bytes (Kind::live));
  EXPECT_EQ (4u + 10 + 12, outbox.next ()->size ());
}

TEST (Batch, RefusesSizesThatDoNotFitAndBatchesInBatches)
{
  const auto is_sound = [] (const base::Bytes &content)
  {
    PeerBatch batch;
    batch.messages.bytes = content;
    return for_each_in_batch (wire::must_encode (batch),
                              [] (base::ByteView) { return true; });
  };
  EXPECT_TRUE (is_sound (wire::must_encode (PeerPart{})));
  EXPECT_TRUE (is_sound ({}));
  EXPECT_FALSE (is_sound ({ 0, 4, 1 }));
  EXPECT_FALSE (is_sound ({ 0, 5, 1, 1 }));
  EXPECT_FALSE (is_sound ({ 0, 3, 1, 1 }));
  EXPECT_FALSE (is_sound ({ 0, 0, 1, 1 }));
  EXPECT_FALSE (is_sound (wire::must_encode (PeerBatch{})));
  base::Bytes many;
  for (std::size_t i = 0; i <= limits::batch_messages_max; i++)
  {
    const auto one = wire::must_encode (PeerPart{});
    many.insert (many.end (), one.begin (), one.end ());
  }
  EXPECT_FALSE (is_sound (many));
}

TEST (RequestWindow, CountsEveryPieceOnceUntilItIsAcknowledgedOrSettled)
{
  RequestWindow window;
  EXPECT_TRUE (window.add ({ 1 }, 0, 100));
  EXPECT_FALSE (window.add ({ 1 }, 0, 100));
  EXPECT_TRUE (window.add ({ 1 }, 100, 100));
  EXPECT_TRUE (window.add ({ 2 }, 0, 100));
  EXPECT_TRUE (window.acknowledge ({ 1 }, 0));
  EXPECT_FALSE (window.acknowledge ({ 1 }, 0));
  window.settle ({ 1 });
  EXPECT_EQ (100 + limits::request_overhead_bytes, window.bytes ());
  window.clear ();
  EXPECT_EQ (0u, window.bytes ());
}

// --- the write-ahead gate
// ------------------------------------------------------

TEST (WriteAhead, LetsNothingOutBeforeItIsStoredAndAllUpToThatThen)
{
  FakeChannelSigner group (1);
  WriteAhead log (group, { { 10 }, { 5 }, { 1 } });
  for (std::uint64_t id = 11; id <= 14; id++)
    EXPECT_EQ (base::FragmentId{ id },
               log.number (OriginBench::fragment ())->id);
  EXPECT_EQ (base::FragmentId{ 10 }, log.head ().fragment_id);
  EXPECT_EQ (base::FragmentId{ 14 }, log.numbered_head ().fragment_id);
  EXPECT_EQ (3u, log.stored ({ 13 }).size ());
  EXPECT_EQ (base::FragmentId{ 13 }, log.head ().fragment_id);
  EXPECT_EQ (base::MessageId{ 6 }, log.head ().message_id);
  EXPECT_TRUE (log.stored ({ 13 }).empty ());
}

TEST (WriteAhead, GivesDiscardedNumbersAgainButNeverAStoredOne)
{
  FakeChannelSigner group (1);
  WriteAhead log (group, { { 10 }, { 5 }, { 1 } });
  for (int i = 0; i < 4; i++)
    ASSERT_TRUE (log.number (OriginBench::fragment ()));
  (void)log.stored ({ 12 });
  log.discard ({ 1 });
  EXPECT_EQ (0u, log.unstored_bytes ());
  EXPECT_EQ (base::FragmentId{ 13 }, log.number (OriginBench::fragment ())->id);
}

TEST (WriteAhead, EndsAtTheLastNumber)
{
  FakeChannelSigner group (1);
  WriteAhead log (group, { { base::id_max - 1 }, { 5 }, { 1 } });
  EXPECT_TRUE (log.number (OriginBench::fragment ()));
  EXPECT_FALSE (log.number (OriginBench::fragment ()));
}

// --- the member's stream
// --------------------------------------------------------

TEST (Stream, WantsEachFragmentOnce)
{
  Stream stream ({ 11 }, { { 12, 13 } });
  EXPECT_EQ (Stream::Fate::wanted, stream.fate_of ({ 11 }));
  EXPECT_EQ (Stream::Fate::known, stream.fate_of ({ 12 }));
  stream.take ({ 11 }, 100);
  EXPECT_EQ (Stream::Fate::known, stream.fate_of ({ 11 }));
  stream.on_stored ({ 11 });
  EXPECT_EQ (Stream::Fate::known, stream.fate_of ({ 11 }));
}

TEST (Stream, MissesWhatLiesBetweenItsStartAndTheHead)
{
  Stream stream ({}, {});
  stream.note_head ({ 20 });
  EXPECT_EQ (std::nullopt, stream.next_missing (256));
  stream.start_after ({ 10 });
  EXPECT_EQ ((base::Interval{ 11, 20 }), stream.next_missing (256));
  EXPECT_EQ ((base::Interval{ 11, 14 }), stream.next_missing (4));
  stream.take ({ 11 }, 1);
  stream.take ({ 14 }, 1);
  EXPECT_EQ ((base::Interval{ 12, 13 }), stream.next_missing (256));
}

TEST (Stream, WantsAFailedFragmentAgainLater)
{
  Stream stream ({ 11 }, {});
  stream.note_head ({ 11 });
  stream.take ({ 11 }, 100);
  stream.on_failed ({ 11 }, start_time + seconds (10));
  EXPECT_EQ (std::nullopt, stream.next_missing (256));
  stream.advance_time (start_time + seconds (9));
  EXPECT_EQ (std::nullopt, stream.next_missing (256));
  EXPECT_EQ (start_time + seconds (10), stream.next_deadline ());
  stream.advance_time (start_time + seconds (10));
  EXPECT_EQ ((base::Interval{ 11, 11 }), stream.next_missing (256));
  EXPECT_EQ (base::time_never, stream.next_deadline ());
}

TEST (Stream, WantsAFailedFragmentOfOldHistoryAgainToo)
{
  Stream stream ({ 11 }, {});
  stream.take ({ 3 }, 100);
  stream.on_failed ({ 3 }, start_time);
  stream.advance_time (start_time);
  EXPECT_EQ ((base::Interval{ 3, 3 }), stream.next_missing (256));
  stream.take ({ 3 }, 100);
  EXPECT_EQ (std::nullopt, stream.next_missing (256));
}

TEST (Stream, HasNoRoomWhileTheDiskIsFarBehind)
{
  Stream stream ({ 1 }, {});
  std::uint64_t id = 0;
  while (Stream::Fate::wanted == stream.fate_of ({ id + 1 }))
    stream.take ({ ++id }, limits::mib);
  EXPECT_EQ (limits::undurable_bytes_max / limits::mib, id);
  EXPECT_FALSE (stream.has_room ());
  for (; id > 0; id--)
    stream.on_stored ({ id });
  EXPECT_TRUE (stream.has_room ());
}

TEST (Stream, KeepsABoundedNumberOfHoles)
{
  Stream stream ({ 1 }, {});
  std::uint64_t id = 1;
  for (; Stream::Fate::wanted == stream.fate_of ({ id }); id += 2)
  {
    stream.take ({ id }, 1);
    stream.on_stored ({ id });
  }
  EXPECT_EQ (2 * limits::holes_max + 1, id);
  EXPECT_EQ (Stream::Fate::wanted, stream.fate_of ({ 2 })); // fills one
}

TEST (Stream, WelcomesAFragmentThatWasGivenUp)
{
  Stream stream ({ 11 }, {});
  stream.note_head ({ 15 });
  EXPECT_EQ (1u, stream.give_up (1, 12).size ());
  EXPECT_EQ ((base::Interval{ 13, 15 }), stream.next_missing (256));
  EXPECT_EQ (Stream::Fate::wanted, stream.fate_of ({ 12 }));
  stream.take ({ 12 }, 1);
  EXPECT_EQ (Stream::Fate::known, stream.fate_of ({ 12 }));
}

// --- pulls
// ---------------------------------------------------------------------------

namespace
{
struct Pulling
{
  Stream stream{ { 11 }, {} };
  Puller puller{ stream };
  TimePoint now = start_time;

  PeerReplayRequest
  ask ()
  {
    const auto request = puller.next (now);
    EXPECT_TRUE (request);
    return request.value_or (PeerReplayRequest{});
  }

  Puller::Outcome
  end (const PeerReplayRequest &request, ReplayCode code, std::uint64_t last,
       std::uint64_t after = 0)
  {
    return puller.on_end ({ request.replay, code, last, { after } }, now);
  }

  bool
  is_idle ()
  {
    puller.advance_time (now);
    return ! puller.next (now);
  }
};
} // namespace

TEST (Puller, AsksForOneHoleAtATimeInBoundedSteps)
{
  Pulling p;
  p.stream.note_head ({ 1000 });
  const auto request = p.ask ();
  EXPECT_EQ (11u, request.first);
  EXPECT_EQ (10 + limits::pull_fragments_max, request.last);
  EXPECT_TRUE (p.is_idle ());
}

TEST (Puller, IsToldOfALongHoleAtOnce)
{
  Pulling p;
  p.stream.note_head ({ 1'000'000 });
  const auto outcome = p.end (p.ask (), ReplayCode::not_found, 900'000);
  ASSERT_EQ (1u, outcome.gaps.size ());
  EXPECT_EQ ((base::Interval{ 11, 900'000 }), outcome.gaps.front ());
  EXPECT_EQ (900'001u, p.ask ().first);
}

TEST (Puller, TakesOnlyTheDefiniteWordForAGap)
{
  Pulling p;
  p.stream.note_head ({ 20 });
  auto request = p.ask ();
  EXPECT_TRUE (p.end (request, ReplayCode::internal_error, 10).gaps.empty ());
  EXPECT_TRUE (p.is_idle ());
  EXPECT_EQ (p.now + seconds (10), p.puller.next_deadline ());
  p.now += seconds (10);
  p.puller.advance_time (p.now);
  request = p.ask ();
  p.stream.take ({ 12 }, 1);
  p.puller.on_fragment (Fragment{}, p.now);
  const auto outcome = p.end (request, ReplayCode::ok, 14);
  ASSERT_EQ (2u, outcome.gaps.size ());
  EXPECT_EQ ((base::Interval{ 11, 11 }), outcome.gaps[0]);
  EXPECT_EQ ((base::Interval{ 13, 14 }), outcome.gaps[1]);
  EXPECT_EQ (15u, p.ask ().first);
}

TEST (Puller, MakesNoGapOfWhatItDroppedItself)
{
  Pulling p;
  p.stream.note_head ({ 20 });
  const auto request = p.ask ();
  p.puller.on_fragment (Fragment{}, p.now);
  p.puller.on_fragment_dropped ();
  EXPECT_TRUE (p.end (request, ReplayCode::ok, 20).gaps.empty ());
  EXPECT_EQ (11u, p.ask ().first);
}

TEST (Puller, AsksForMoreAtOnceButNotWithoutProgress)
{
  Pulling p;
  p.stream.note_head ({ 20 });
  auto request = p.ask ();
  p.puller.on_fragment (Fragment{}, p.now);
  (void)p.end (request, ReplayCode::more, 14, 14);
  request = p.ask ();
  EXPECT_EQ (15u, request.first);
  (void)p.end (request, ReplayCode::more, 14, 14);
  EXPECT_TRUE (p.is_idle ());
}

TEST (Puller, FetchesInSlicesAndReportsOnceAtTheEnd)
{
  Pulling p;
  ASSERT_TRUE (p.puller.fetch (ReplayUnit::messages, 1, 400));
  auto request = p.ask ();
  EXPECT_EQ (ReplayUnit::messages, request.unit);
  EXPECT_EQ (256u, request.last);
  EXPECT_FALSE (p.end (request, ReplayCode::ok, 256).fetched);
  request = p.ask ();
  EXPECT_EQ (257u, request.first);
  // A message too large for one go: on after its fragment 77.
  EXPECT_FALSE (p.end (request, ReplayCode::more, 299, 77).fetched);
  request = p.ask ();
  EXPECT_EQ (300u, request.first);
  EXPECT_EQ (base::FragmentId{ 77 }, request.after);
  const auto outcome = p.end (request, ReplayCode::not_found, 400);
  ASSERT_TRUE (outcome.fetched);
  EXPECT_EQ (ReplayCode::ok, outcome.fetched->code); // some was there
  EXPECT_EQ (1u, outcome.fetched->first);
  EXPECT_EQ (400u, outcome.fetched->last);
  EXPECT_TRUE (p.is_idle ());
}

TEST (Puller, TellsWhenNothingCouldBeFetched)
{
  Pulling p;
  ASSERT_TRUE (p.puller.fetch (ReplayUnit::fragments, 1, 5));
  const auto outcome = p.end (p.ask (), ReplayCode::access_denied, 5);
  ASSERT_TRUE (outcome.fetched);
  EXPECT_EQ (ReplayCode::access_denied, outcome.fetched->code);
}

TEST (Puller, GoesOnWithTheNextParentWhereTheLastOneLeft)
{
  Pulling p;
  ASSERT_TRUE (p.puller.fetch (ReplayUnit::fragments, 1, 5));
  const auto request = p.ask ();
  p.puller.on_detached ();
  EXPECT_FALSE (p.end (request, ReplayCode::ok, 5).is_known);
  EXPECT_EQ (1u, p.ask ().first);
}

TEST (Puller, AsksAgainWhenNobodyAnswersInTime)
{
  Pulling p;
  p.stream.note_head ({ 12 });
  const auto request = p.ask ();
  EXPECT_EQ (std::nullopt, p.puller.take_overdue (p.now + seconds (5)));
  EXPECT_EQ (request.replay, p.puller.take_overdue (p.now + seconds (6)));
  EXPECT_EQ (11u, p.ask ().first);
}

TEST (Puller, TakesWhatWasSentAndDidNotComeForNoGap)
{
  Pulling p;
  p.stream.note_head ({ 12 });
  const auto request = p.ask ();
  PeerReplayEnd end{ request.replay, ReplayCode::ok, 12, {} };
  end.sent = 2;
  const auto outcome = p.puller.on_end (end, p.now);
  EXPECT_TRUE (outcome.gaps.empty ());
  EXPECT_EQ (11u, p.ask ().first);
}

TEST (Puller, TakesWhateverComesForAnAnswerToALiteralQuestion)
{
  Pulling p;
  ReplayDetail literal;
  literal.is_literal = true;
  ASSERT_TRUE (p.puller.fetch (ReplayUnit::messages, 100, 100, literal));
  const auto request = p.ask ();
  EXPECT_TRUE (request.detail.is_literal);
  Fragment fragment;
  fragment.fragment_id = { 3 };
  fragment.message_id = { 2 };
  p.puller.on_fragment (fragment, p.now);
  PeerReplayEnd end{ request.replay, ReplayCode::ok, 100, {} };
  end.sent = 1;
  const auto outcome = p.puller.on_end (end, p.now);
  ASSERT_TRUE (outcome.fetched);
  EXPECT_EQ (ReplayCode::ok, outcome.fetched->code);
}

TEST (Puller, TakesARelaysNoForNoGap)
{
  Pulling p;
  p.stream.note_head ({ 12 });
  const auto request = p.ask ();
  const auto outcome
      = p.puller.on_end ({ request.replay, ReplayCode::not_found, 12, {} },
                         p.now, Puller::Word::relay);
  EXPECT_TRUE (outcome.gaps.empty ());
  EXPECT_TRUE (p.stream.has_elsewhere ());
  EXPECT_FALSE (p.puller.next (p.now));
  // Somebody who is visited is asked, and the origin's no is one.
  Puller visit (p.stream, Puller::Side::visit);
  const auto asked = visit.next (p.now);
  ASSERT_TRUE (asked);
  EXPECT_EQ (11u, asked->first);
  const auto last
      = visit.on_end ({ asked->replay, ReplayCode::not_found, 12, {} }, p.now);
  EXPECT_EQ (1u, last.gaps.size ());
}

TEST (Puller, KeepsABoundedNumberOfWants)
{
  Pulling p;
  for (std::size_t i = 0; i < limits::fetches_max; i++)
    EXPECT_TRUE (p.puller.fetch (ReplayUnit::fragments, 1, 5));
  EXPECT_FALSE (p.puller.fetch (ReplayUnit::fragments, 1, 5));
  EXPECT_EQ (limits::fetches_max,
             p.puller.drain (ReplayCode::access_denied).size ());
}
