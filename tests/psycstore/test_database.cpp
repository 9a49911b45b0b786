// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What every plugin must do, run against each of them, straight on the plugin
// interface and with the core's operations over it.
#include <gtest/gtest.h>

#include <random>

#include "psycstore/core/changes.hpp"
#include "psycstore/core/reads.hpp"
#include "psycstore/core/state.hpp"
#include "psycstore/core/state_change.hpp"
#include "psycstore/core/state_value.hpp"
#include "opened_plugins.hpp"
#include "samples.hpp"

using namespace psycstore;
using namespace psycstore::samples;

namespace
{
class Plugin : public testing::TestWithParam<MakeOpened>
{
protected:
  void
  SetUp () override
  {
    if (const std::string why = missing_server (GetParam ()); ! why.empty ())
      GTEST_SKIP () << why;
  }

  Database &
  db ()
  {
    return opened_->db ();
  }

  // One change in a transaction of its own.
  template <typename M>
  Outcome
  apply (const M &message)
  {
    db ().begin ();
    Outcome outcome;
    if constexpr (std::is_same_v<M, StateModify>)
      outcome = modify_state (db (), hashers, message);
    else
      outcome = change (db (), message);
    db ().commit ();
    const auto failure = db ().take_failure ();
    EXPECT_FALSE (failure) << failure->message;
    return outcome;
  }

  Outcome
  store_bytes (const base::Bytes &bytes, std::uint32_t flags = 0)
  {
    FragmentStore message;
    message.channel = channel ();
    message.flags = flags;
    message.fragment.bytes = bytes;
    return apply (message);
  }

  Outcome
  store (const FragmentSpec &spec)
  {
    return store_bytes (fragment (spec));
  }

  void
  store_message (std::uint64_t message_id, std::uint64_t fragment_id,
                 const std::vector<base::Bytes> &bodies,
                 std::uint64_t generation = 1)
  {
    for (const base::Bytes &bytes :
         message (message_id, fragment_id, bodies, generation))
      ASSERT_EQ (result_ok, store_bytes (bytes, flag_state).result);
  }

  // Runs a read to its end, with as little room at a time as possible.
  template <typename M>
  Outcome
  read (M request, std::vector<base::Bytes> &answers)
  {
    const auto reader = make_reader (std::move (request));
    for (int steps = 0; steps < 100000; steps++)
    {
      Page page (1);
      const auto outcome = reader->step (db (), page);
      for (base::Bytes &answer : page.take ())
        answers.push_back (std::move (answer));
      EXPECT_FALSE (db ().take_failure ());
      if (outcome)
        return *outcome;
    }
    ADD_FAILURE () << "the read never ends";
    return {};
  }

  template <typename Answer, typename M>
  std::vector<Answer>
  read_all (M request, std::int64_t *result = nullptr)
  {
    std::vector<base::Bytes> answers;
    const Outcome outcome = read (std::move (request), answers);
    if (nullptr != result)
      *result = outcome.result;
    std::vector<Answer> out;
    for (const base::Bytes &answer : answers)
      out.push_back (*wire::decode<Answer> (answer));
    return out;
  }

  template <typename M>
  std::vector<std::uint64_t>
  fragment_ids (M request, std::int64_t *result = nullptr)
  {
    std::vector<std::uint64_t> ids;
    std::string why;
    for (const auto &answer :
         read_all<FragmentResult> (std::move (request), result))
      ids.push_back (
          parse_fragment (answer.fragment.bytes, why)->fragment_id.value);
    return ids;
  }

  std::string
  value (const std::string &name)
  {
    const auto found = db ().variable (channel (), StateSlot::live, name);
    if (! found)
      return "(unset)";
    return std::string (base::as_text (whole_value (db (), *found)));
  }

  Outcome
  modify (std::uint64_t message_id, std::uint64_t delta)
  {
    return apply (StateModify{ 0, channel (), { message_id }, delta });
  }

  Outcome
  join (std::uint64_t announced, std::uint64_t since, std::uint64_t generation)
  {
    return apply (MembershipStore{ 0,
                                   channel (),
                                   member (),
                                   true,
                                   { announced },
                                   { since },
                                   { generation } });
  }

  Outcome
  part (std::uint64_t announced, std::uint64_t generation)
  {
    return apply (MembershipStore{ 0,
                                   channel (),
                                   member (),
                                   false,
                                   { announced },
                                   { 0 },
                                   { generation } });
  }

  bool
  may_see (std::uint64_t message, std::uint64_t generation)
  {
    std::int64_t result = 0;
    (void)read_all<Result> (
        MembershipTest{ 0, channel (), member (), { message }, { generation } },
        &result);
    return result_ok == result;
  }

  Outcome
  store_request (const RequestSpec &spec, std::optional<base::SendTag> tag = {},
                 Box box = Box::in)
  {
    return apply (
        RequestStore{ 0, channel (), box, tag, { samples::request (spec) } });
  }

  std::optional<Request>
  find_request (std::uint64_t id, std::uint8_t who = 1, Box box = Box::in)
  {
    return db ().request (channel (), box, member (who), { id });
  }

  Outcome
  settle (std::uint64_t id, RequestState state, std::uint64_t message_id,
          std::uint32_t code = 0, std::string reason = "", Box box = Box::in,
          std::uint8_t who = 1)
  {
    return apply (RequestSettle{ 0,
                                 channel (),
                                 box,
                                 member (who),
                                 { id },
                                 state,
                                 { message_id },
                                 code,
                                 reason });
  }

  std::unique_ptr<Opened> opened_ = GetParam () ();
};

FragmentGet
fragments (std::uint64_t first, std::uint64_t last, std::uint64_t latest = 0)
{
  return { 0, channel (), std::nullopt, { first }, { last }, latest };
}

MessageGet
messages (std::uint64_t first, std::uint64_t last, std::uint64_t latest = 0,
          std::string prefix = "", std::uint64_t limit = 0)
{
  return { 0,        channel (), std::nullopt, { first }, 0,
           { last }, latest,     limit,        prefix };
}

constexpr std::uint64_t to_the_end = UINT64_MAX;
} // namespace

PSYCSTORE_RUN_ON_ALL_PLUGINS (Plugin);

// -- Fragments ---------------------------------------------------------------

TEST_P (Plugin, GivesBackWhatWasStored)
{
  const base::Bytes bytes = fragment (
      { .fragment_id = 7, .message_id = 3, .body = base::Bytes (300, 7) });
  EXPECT_EQ (result_ok, store_bytes (bytes).result);
  opened_->reopen ();
  const auto answers = read_all<FragmentResult> (fragments (1, to_the_end));
  ASSERT_EQ (1u, answers.size ());
  EXPECT_EQ (bytes, answers[0].fragment.bytes);
}

TEST_P (Plugin, TakesTheSameFragmentTwiceWhateverWayItCame)
{
  EXPECT_EQ (result_ok, store ({ .body = bytes ("a") }).result);
  EXPECT_EQ (result_ok, store ({ .body = bytes ("a") }).result);
  EXPECT_EQ (result_ok,
             store ({ .body = bytes ("a"), .hop_counter = 3 }).result);
  EXPECT_EQ (1u, fragment_ids (fragments (1, to_the_end)).size ());
}

TEST_P (Plugin, RefusesOtherContentForAStoredIdByName)
{
  EXPECT_EQ (result_ok, store ({ .body = bytes ("a") }).result);
  const Outcome other = store ({ .body = bytes ("b") });
  EXPECT_EQ (result_failed, other.result);
  EXPECT_EQ (0u, other.message.find ("conflicting fragment"));
  // Nor another fragment in its place in the message.
  EXPECT_EQ (result_failed,
             store ({ .fragment_id = 2, .body = bytes ("a") }).result);
  EXPECT_EQ (result_ok, store ({ .fragment_id = 2, .message_id = 2 }).result);
  opened_->reopen ();
  const auto answers = read_all<FragmentResult> (fragments (1, 1));
  ASSERT_EQ (1u, answers.size ());
  EXPECT_EQ (bytes ("a"),
             base::to_bytes (fragment_body (answers[0].fragment.bytes)));
}

TEST_P (Plugin, TakesIdsUpToTheLimitAndRefusesThoseAbove)
{
  EXPECT_EQ (result_ok, store ({ .fragment_id = id_max,
                                 .message_id = id_max,
                                 .generation = id_max })
                            .result);
  for (const FragmentSpec &spec :
       { FragmentSpec{ .fragment_id = id_max + 1 },
         FragmentSpec{ .fragment_id = UINT64_MAX },
         FragmentSpec{ .fragment_id = 0 },
         FragmentSpec{ .fragment_id = 2, .message_id = id_max + 1 },
         FragmentSpec{ .fragment_id = 2, .message_id = 0 },
         FragmentSpec{ .fragment_id = 2, .offset = UINT64_MAX },
         FragmentSpec{ .fragment_id = 2, .generation = UINT64_MAX } })
  {
    const Outcome outcome = store (spec);
    EXPECT_EQ (result_failed, outcome.result);
    EXPECT_NE (std::string::npos, outcome.message.find ("out of bounds"));
  }
  EXPECT_EQ ((base::Head{ { id_max }, { id_max }, { id_max } }),
             db ().counters (channel ()));
}

TEST_P (Plugin, RefusesWhatIsNoFragment)
{
  EXPECT_EQ (result_failed, store_bytes (base::Bytes{}).result);
  base::Bytes cut = fragment ({});
  cut.pop_back ();
  EXPECT_EQ (result_failed, store_bytes (cut).result);
  EXPECT_EQ (result_failed,
             store_bytes (with_header (750, base::Bytes (50))).result);
}

TEST_P (Plugin, CountsTheHighestIdsAcrossReopening)
{
  EXPECT_EQ (base::Head{}, db ().counters (channel ()));
  (void)store ({ .fragment_id = 9, .message_id = 2, .generation = 4 });
  (void)store ({ .fragment_id = 3, .message_id = 8, .generation = 2 });
  (void)join (8, 8, 6);
  opened_->reopen ();
  EXPECT_EQ ((base::Head{ { 9 }, { 8 }, { 6 } }), db ().counters (channel ()));
  EXPECT_EQ (base::Head{}, db ().counters (channel (2)));
}

TEST_P (Plugin, ReadsFragmentsByRangeAndTheNewest)
{
  for (const std::uint64_t id : { 5u, 1u, 2u, 9u, 7u })
    (void)store ({ .fragment_id = id, .message_id = id });
  using Ids = std::vector<std::uint64_t>;
  std::int64_t result = 0;
  EXPECT_EQ ((Ids{ 2, 5, 7 }), fragment_ids (fragments (2, 8), &result));
  EXPECT_EQ (3, result);
  EXPECT_EQ ((Ids{ 7, 9 }), fragment_ids (fragments (0, to_the_end, 2)));
  EXPECT_EQ ((Ids{ 1, 2, 5, 7, 9 }),
             fragment_ids (fragments (0, to_the_end, 50)));
  EXPECT_EQ (Ids{}, fragment_ids (fragments (10, 20), &result));
  EXPECT_EQ (result_no, result);
  EXPECT_EQ (Ids{}, fragment_ids (fragments (8, 2)));
}

TEST_P (Plugin, KnowsTheMaximalRunsOfStoredIds)
{
  const auto seed = std::random_device{}();
  std::cout << "seed " << seed << "\n";
  std::mt19937 random (seed);
  base::IntervalSet expected;
  for (int i = 0; i < 300; i++)
  {
    const std::uint64_t id = 1 + random () % 400;
    expected.add (id);
    (void)store ({ .fragment_id = id, .message_id = id });
    if (0 == i % 50)
      opened_->reopen ();
  }
  for (const std::uint64_t first : { 1u, 100u, 333u })
  {
    base::IntervalSet found;
    std::uint64_t last_end = 0;
    for (const auto &run :
         read_all<RangeResult> (RangesGet{ 0, channel (), { first } }))
    {
      EXPECT_GE (run.first.value, first);
      EXPECT_GT (run.first.value, last_end + (last_end > 0));
      last_end = run.last.value;
      found.add (run.first.value, run.last.value);
    }
    for (std::uint64_t id = first; id <= 401; id++)
      EXPECT_EQ (expected.contains (id), found.contains (id)) << id;
  }
}

TEST_P (Plugin, RollsBackAWholeTransaction)
{
  (void)store ({ .fragment_id = 1 });
  db ().begin ();
  FragmentStore message;
  message.channel = channel (2);
  message.fragment.bytes
      = fragment ({ .fragment_id = 2,
                    .message_id = 2,
                    .body = message_bodies ("_a_b", UINT64_MAX, {})[0] });
  (void)change (db (), message);
  message.channel = channel ();
  (void)change (db (), message);
  db ().rollback ();
  EXPECT_FALSE (db ().take_failure ());
  EXPECT_EQ ((std::vector<std::uint64_t>{ 1 }),
             fragment_ids (fragments (1, to_the_end)));
  EXPECT_EQ (base::Head{}, db ().counters (channel (2)));
  EXPECT_FALSE (db ().message_from (channel (), "_a", { 1 }));
  // And goes on as if nothing had been.
  EXPECT_EQ (result_ok, apply (message).result);
  EXPECT_EQ (2u, db ().message_from (channel (), "_a", { 1 })->value);
  EXPECT_EQ ((base::Interval{ 1, 2 }), db ().range_from (channel (), { 1 }));
}

// -- Messages ----------------------------------------------------------------

TEST_P (Plugin, FindsMessagesByMethodAtKeywordBorders)
{
  const char *methods[] = { "_message", "_message_public", "_messages",
                            "_notice", "_message_public_question" };
  std::uint64_t id = 0;
  for (const char *method : methods)
  {
    id++;
    store_message (id, id, message_bodies (method, UINT64_MAX, {}, "text"));
  }
  using Ids = std::vector<std::uint64_t>;
  opened_->reopen ();
  EXPECT_EQ ((Ids{ 1, 2, 5 }),
             fragment_ids (messages (1, to_the_end, 0, "_message")));
  EXPECT_EQ ((Ids{ 2, 5 }),
             fragment_ids (messages (1, to_the_end, 0, "_message_public")));
  EXPECT_EQ ((Ids{ 3 }),
             fragment_ids (messages (1, to_the_end, 0, "_messages")));
  EXPECT_EQ (Ids{}, fragment_ids (messages (1, to_the_end, 0, "_mess")));
  EXPECT_EQ ((Ids{ 1, 2, 3, 4, 5 }),
             fragment_ids (messages (1, to_the_end, 0, "")));
  EXPECT_EQ ((Ids{ 2, 5 }),
             fragment_ids (messages (0, to_the_end, 2, "_message")));
  EXPECT_EQ ((Ids{ 4, 5 }), fragment_ids (messages (0, to_the_end, 2)));
  EXPECT_EQ ((Ids{ 1 }), fragment_ids (messages (1, 1, 0, "_message")));
  std::vector<base::Bytes> none;
  std::string deep;
  for (int i = 0; i < 17; i++)
    deep += "_a";
  EXPECT_EQ (result_failed,
             read (messages (1, to_the_end, 0, deep), none).result);
}

TEST_P (Plugin, GivesMessagesOneAfterTheOtherThoughTheyInterleaved)
{
  const auto long_one
      = message_bodies ("_a", UINT64_MAX, {}, std::string (2000, 'x'), 600);
  ASSERT_GE (long_one.size (), 3u);
  auto parts = message (10, 1, long_one);
  // Fragment 2 of message 10 comes after message 11 began.
  base::Bytes second = fragment ({ .fragment_id = 50,
                                   .message_id = 10,
                                   .offset = long_one[0].size (),
                                   .flags = 0,
                                   .body = long_one[1] });
  (void)store_bytes (parts[0]);
  store_message (11, 20, message_bodies ("_a", UINT64_MAX, {}));
  (void)store_bytes (second);
  using Ids = std::vector<std::uint64_t>;
  EXPECT_EQ ((Ids{ 1, 50, 20 }), fragment_ids (messages (1, to_the_end)));
  EXPECT_EQ ((Ids{ 1, 50 }), fragment_ids (messages (1, to_the_end, 0, "", 2)));
  // Going on in the middle.
  MessageGet rest = messages (10, to_the_end);
  rest.first_offset = 1;
  EXPECT_EQ ((Ids{ 50, 20 }), fragment_ids (rest));
  // One by its place.
  EXPECT_EQ ((Ids{ 50 }),
             fragment_ids (MessageGetFragment{
                 0, channel (), std::nullopt, { 10 }, long_one[0].size () }));
  EXPECT_EQ (Ids{}, fragment_ids (MessageGetFragment{
                        0, channel (), std::nullopt, { 10 }, 1 }));
}

// -- Membership --------------------------------------------------------------

TEST_P (Plugin, LetsASlaveSeeItsIntervalsOnly)
{
  EXPECT_FALSE (may_see (5, 1));
  EXPECT_EQ (result_ok, join (4, 2, 1).result);
  EXPECT_FALSE (may_see (1, 1));
  EXPECT_TRUE (may_see (2, 1));
  EXPECT_TRUE (may_see (1000, 9));
  EXPECT_EQ (result_ok, part (10, 1).result);
  EXPECT_EQ (result_ok, part (10, 1).result); // twice is no error
  opened_->reopen ();
  EXPECT_TRUE (may_see (10, 1));
  EXPECT_FALSE (may_see (10, 2)); // the generation after the part
  EXPECT_FALSE (may_see (11, 1));
  EXPECT_EQ (result_ok, join (20, 20, 2).result);
  EXPECT_TRUE (may_see (2, 1));
  EXPECT_FALSE (may_see (15, 2));
  EXPECT_TRUE (may_see (20, 2));
  EXPECT_EQ (result_failed, join (5, 6, 1).result);
  EXPECT_EQ (result_failed, join (UINT64_MAX, 6, 1).result);
}

TEST_P (Plugin, SortsJoinAndPartAtTheSameMessageByGeneration)
{
  (void)join (5, 5, 1);
  (void)part (5, 1);
  EXPECT_FALSE (may_see (6, 2));
  (void)join (5, 5, 2); // and in again before anything else was said
  EXPECT_TRUE (may_see (6, 2));
}

TEST_P (Plugin, KeepsWhatASlaveMayNotSeeFromIt)
{
  for (std::uint64_t id = 1; id <= 30; id++)
    store_message (id, id, message_bodies ("_a", UINT64_MAX, {}),
                   id <= 12 ? 1 : 2);
  (void)join (5, 5, 1);
  (void)part (12, 1);
  (void)join (25, 25, 2);
  using Ids = std::vector<std::uint64_t>;
  const auto as_slave = [] (auto request)
  {
    request.slave = member ();
    return request;
  };
  Ids all;
  for (std::uint64_t id = 5; id <= 30; id++)
    if (id <= 12 || id >= 25)
      all.push_back (id);
  std::int64_t result = 0;
  EXPECT_EQ (all, fragment_ids (as_slave (fragments (1, to_the_end))));
  EXPECT_EQ (all, fragment_ids (as_slave (messages (1, to_the_end))));
  EXPECT_EQ (all, fragment_ids (as_slave (messages (1, to_the_end, 0, "_a"))));
  EXPECT_EQ ((Ids{ 11, 12, 25, 26, 27, 28, 29, 30 }),
             fragment_ids (as_slave (messages (0, to_the_end, 8, "_a"))));
  EXPECT_EQ ((Ids{ 11, 12, 25, 26, 27, 28, 29, 30 }),
             fragment_ids (as_slave (fragments (0, to_the_end, 8))));
  EXPECT_EQ (Ids{}, fragment_ids (as_slave (fragments (1, 4)), &result));
  EXPECT_EQ (result_hidden, result);
  EXPECT_EQ (Ids{}, fragment_ids (as_slave (messages (13, 24)), &result));
  EXPECT_EQ (result_hidden, result);
  EXPECT_EQ (Ids{}, fragment_ids (as_slave (messages (31, 40)), &result));
  EXPECT_EQ (result_no, result);
  (void)fragment_ids (MessageGetFragment{ 0, channel (), member (), { 13 }, 0 },
                      &result);
  EXPECT_EQ (result_hidden, result);
}

// -- State -------------------------------------------------------------------

TEST_P (Plugin, AssignsDeletesAndPassesOverWhatIsForOneMessageOnly)
{
  store_message (1, 1,
                 message_bodies ("_a", 1,
                                 { { '=', "_nick", "x" },
                                   { ':', "_once", "y" },
                                   { '=', "_topic", "t" } }));
  EXPECT_EQ (result_ok, modify (1, 1).result);
  EXPECT_EQ ("x", value ("_nick"));
  EXPECT_EQ ("(unset)", value ("_once"));
  store_message (2, 2, message_bodies ("_a", 1, { { '=', "_nick", "" } }));
  EXPECT_EQ (result_ok, modify (2, 1).result);
  opened_->reopen ();
  EXPECT_EQ ("(unset)", value ("_nick"));
  EXPECT_EQ ("t", value ("_topic"));
  EXPECT_EQ (2u, db ().state_head (channel ()).applied.value);
}

TEST_P (Plugin, AppliesTheOtherOperators)
{
  store_message (
      1, 1,
      message_bodies ("_a", 1,
                      { { '=', "_amount", "40" }, { '+', "_amount", "2" } }));
  store_message (2, 2, message_bodies ("_a", 1, { { '-', "_amount", "12" } }));
  EXPECT_EQ (result_ok, modify (1, 1).result);
  EXPECT_EQ ("42", value ("_amount"));
  EXPECT_EQ (result_ok, modify (2, 1).result);
  EXPECT_EQ ("30", value ("_amount"));
}

TEST_P (Plugin, ChangesNothingWhenOneModifierFails)
{
  store_message (
      1, 1,
      message_bodies ("_a", 1,
                      { { '=', "_nick", "x" }, { '+', "_amount", "z" } }));
  const Outcome outcome = modify (1, 1);
  EXPECT_EQ (result_refused, outcome.result);
  EXPECT_NE (std::string::npos, outcome.message.find ("_amount"));
  EXPECT_FALSE (db ().variable_from (channel (), StateSlot::next, ""));
  EXPECT_EQ ("(unset)", value ("_nick"));
  // The store goes on (in 2019 the transaction stayed open).
  EXPECT_EQ (result_ok, store ({ .fragment_id = 5, .message_id = 5 }).result);
}

TEST_P (Plugin, AppliesOnlyWhatFollowsTheLastOneApplied)
{
  for (std::uint64_t id = 1; id <= 4; id++)
    store_message (
        id, id,
        message_bodies ("_a", 1, { { '=', "_n", std::to_string (id) } }));
  EXPECT_EQ (result_ok, modify (1, 1).result);
  const Outcome gap = modify (3, 1);
  EXPECT_EQ (result_no, gap.result);
  EXPECT_NE (std::string::npos, gap.message.find ("does not follow"));
  EXPECT_EQ ("1", value ("_n"));
  EXPECT_EQ (result_ok, modify (3, 2).result);
  EXPECT_EQ ("3", value ("_n"));
  EXPECT_EQ (result_ok, modify (3, 2).result); // said again
  EXPECT_EQ (result_ok, modify (1, 1).result);
  EXPECT_EQ ("3", value ("_n"));
  EXPECT_EQ (result_failed, modify (4, UINT64_MAX).result);
  EXPECT_EQ (result_failed, modify (5, 2).result); // not stored
}

TEST_P (Plugin, EmptiesTheStateBeforeACheckpoint)
{
  store_message (1, 1, message_bodies ("_a", 1, { { '=', "_old", "1" } }));
  store_message (9, 2, message_bodies ("_a", 0, { { '=', "_new", "2" } }));
  EXPECT_EQ (result_ok, modify (1, 1).result);
  EXPECT_EQ (result_ok, modify (9, 0).result);
  EXPECT_EQ ("(unset)", value ("_old"));
  EXPECT_EQ ("2", value ("_new"));
}

TEST_P (Plugin, AppliesLongValuesOverSeveralFragmentsAndRefusesHoles)
{
  const std::string big (200000, 'v');
  const auto bodies = message_bodies (
      "_a", 1, { { '=', "_big", big }, { '=', "_after", "1" } }, "body", 60000);
  ASSERT_GE (bodies.size (), 4u);
  const auto parts = message (1, 1, bodies);
  for (std::size_t i = 0; i < parts.size (); i++)
    if (2 != i)
      (void)store_bytes (parts[i]);
  const Outcome hole = modify (1, 1);
  EXPECT_EQ (result_failed, hole.result);
  EXPECT_NE (std::string::npos, hole.message.find ("incomplete"));
  (void)store_bytes (parts[2]);
  EXPECT_EQ (result_ok, modify (1, 1).result);
  EXPECT_EQ (big, value ("_big"));
  EXPECT_EQ ("1", value ("_after"));
  // In pieces to the client, the name with the first.
  std::string all;
  int names = 0;
  for (const auto &piece :
       read_all<StateResult> (StateGet{ 0, channel (), "_big_brother", 0 }))
  {
    names += piece.name.empty () ? 0 : 1;
    all += base::as_text (piece.value.bytes);
  }
  EXPECT_EQ (1, names);
  EXPECT_EQ (big, all);
  const auto rest
      = read_all<StateResult> (StateGet{ 0, channel (), "_big", 199999 });
  ASSERT_EQ (1u, rest.size ());
  EXPECT_EQ (1u, rest[0].value.bytes.size ());
}

TEST_P (Plugin, RefusesCancelledAndMalformedMessages)
{
  store_message (1, 1,
                 message_bodies ("_a", 1, { { '=', "_n", "1" } }, "x", 60000,
                                 psyc::PartType::cancel));
  EXPECT_EQ (result_refused, modify (1, 1).result);
  store_message (2, 2, { bytes ("this is no message") });
  EXPECT_EQ (result_refused, modify (2, 2).result);
  EXPECT_EQ ("(unset)", value ("_n"));
}

TEST_P (Plugin, FindsTheBestMatchAndAllOfAPrefix)
{
  StateImage image;
  for (const char *name : { "_nick", "_nick_place", "_nicks", "_z", "_a" })
    image.variables.push_back ({ name, bytes (name) });
  StateSync sync{ 0, channel (), { 7 }, { 5 }, true, {} };
  db ().begin ();
  EXPECT_EQ (result_ok,
             replace_state (db (), hashers, sync, wire::encode_members (image))
                 .result);
  db ().commit ();
  opened_->reopen ();
  const auto get = [&] (const std::string &name)
  {
    const auto found
        = read_all<StateResult> (StateGet{ 0, channel (), name, 0 });
    return found.empty () ? std::string () : found[0].name;
  };
  EXPECT_EQ ("_nick_place", get ("_nick_place"));
  EXPECT_EQ ("_nick_place", get ("_nick_place_far"));
  EXPECT_EQ ("_nick", get ("_nick_other"));
  EXPECT_EQ ("", get ("_unknown"));
  const auto prefix = [&] (const std::string &p)
  {
    std::string names;
    for (const auto &found :
         read_all<StateResult> (StateGetPrefix{ 0, channel (), p, "", 0 }))
      names += found.name + " ";
    return names;
  };
  EXPECT_EQ ("_nick _nick_place _nicks ", prefix ("_nick"));
  EXPECT_EQ ("_a _nick _nick_place _nicks _z ", prefix (""));
  EXPECT_EQ ("", prefix ("_q"));
  // Replacing replaces all.
  image.variables.resize (1);
  db ().begin ();
  (void)replace_state (db (), hashers, sync, wire::encode_members (image));
  db ().commit ();
  EXPECT_EQ ("_nick ", prefix (""));
  EXPECT_EQ (7u, db ().state_head (channel ()).applied.value);
}

TEST_P (Plugin, KeepsTheStateWhenTheHashIsRemembered)
{
  store_message (1, 1, message_bodies ("_a", 1, { { '=', "_n", "1" } }));
  (void)modify (1, 1);
  base::Hash hash;
  hash.bytes.fill (9);
  EXPECT_EQ (result_ok,
             apply (StateHashUpdate{ 0, channel (), { 1 }, hash }).result);
  opened_->reopen ();
  EXPECT_EQ ("1", value ("_n"));
  EXPECT_EQ (hash, db ().state_head (channel ()).hash);
  EXPECT_EQ (result_ok, apply (StateReset{ 0, channel () }).result);
  EXPECT_EQ ("(unset)", value ("_n"));
  EXPECT_EQ (1u, db ().state_head (channel ()).applied.value);
}

TEST_P (Plugin, HashesTheSameForTheSameStateHoweverItCameToBe)
{
  const std::string big (130000, 'b');
  store_message (
      1, 1,
      message_bodies (
          "_a", 1,
          { { '=', "_b", "1" }, { '=', "_a_b", big }, { '=', "_c", "gone" } }));
  store_message (
      2, 9,
      message_bodies ("_a", 1, { { '=', "_c", "" }, { '+', "_b", "2" } }));
  EXPECT_EQ (result_ok, modify (1, 1).result);
  const base::Hash before = state_hash (db (), hashers, channel ());
  EXPECT_EQ (result_ok, modify (2, 1).result);
  const base::Hash hash = state_hash (db (), hashers, channel ());
  EXPECT_NE (before, hash);
  StateImage image;
  image.variables.push_back ({ "_b", bytes ("12") });
  image.variables.push_back ({ "_a_b", bytes (big) });
  StateSync sync{ 0, channel (2), { 7 }, { 5 }, true, {} };
  db ().begin ();
  EXPECT_EQ (result_ok,
             replace_state (db (), hashers, sync, wire::encode_members (image))
                 .result);
  db ().commit ();
  opened_->reopen ();
  EXPECT_EQ (hash, state_hash (db (), hashers, channel (2)));
}

TEST_P (Plugin, AppliesNothingThatComesOutOtherThanItsHostSays)
{
  const auto said = [&] (std::uint64_t id, const base::Hash &hash,
                         std::uint64_t delta, const std::string &value)
  {
    store_message (id, id,
                   message_bodies ("_a", delta,
                                   { { '=', "_n", value },
                                     { ':', std::string (psyc::state_hash_name),
                                       psyc::render_hash (hash) } }));
    return modify (id, delta);
  };
  StateTry attempt{ 0, channel (), false, true, true, {} };
  const auto parts = message_bodies ("_a", 1, { { '=', "_n", "1" } });
  db ().begin ();
  const Outcome outcome = try_state (db (), hashers, attempt, parts[0]);
  db ().commit ();
  EXPECT_EQ (result_ok, outcome.result);
  EXPECT_EQ ("(unset)", value ("_n"));
  base::Hash wrong;
  EXPECT_EQ (result_differs, said (1, wrong, 1, "1").result);
  EXPECT_EQ ("(unset)", value ("_n"));
  EXPECT_EQ (0u, db ().state_head (channel ()).applied.value);
  store_message (2, 2, parts);
  EXPECT_EQ (result_ok, modify (2, 0).result);
  const base::Hash right = state_hash (db (), hashers, channel ());
  EXPECT_EQ (psyc::render_hash (right), outcome.message);
  EXPECT_EQ (result_ok, said (3, right, 1, "1").result);
  const StateHead head = db ().state_head (channel ());
  EXPECT_EQ (3u, head.hash_message_id.value);
  EXPECT_EQ (right, head.hash);
  EXPECT_EQ (2u, head.checkpoint.value);
  EXPECT_EQ (1u, head.changes);
  EXPECT_EQ (3u, head.change_bytes);
}

TEST_P (Plugin, SaysOfFragmentsWhetherTheirChangeIsApplied)
{
  store_message (1, 1, message_bodies ("_a", 1, { { '=', "_n", "1" } }));
  const auto flags
      = [&] { return read_all<FragmentResult> (fragments (1, 1))[0].flags; };
  EXPECT_EQ (flag_state, flags ());
  (void)modify (1, 1);
  EXPECT_EQ (flag_state | flag_state_applied, flags ());
}

// -- Requests ----------------------------------------------------------------

TEST_P (Plugin, CompletesARequestWithItsLastMissingFragment)
{
  RequestSpec first{ .offset = 0,
                     .flags = fragment_first,
                     .body = bytes ("abc") };
  RequestSpec second{ .offset = 3, .flags = 0, .body = bytes ("defg") };
  RequestSpec last{ .offset = 7, .flags = fragment_last, .body = bytes ("h") };
  EXPECT_EQ (result_ok, store_request (first).result);
  EXPECT_EQ (result_ok, store_request (last, tag ()).result);
  EXPECT_EQ (0u, find_request (1)->sequence);
  EXPECT_EQ (3u, find_request (1)->contiguous_end);
  EXPECT_EQ (4u, find_request (1)->size);
  opened_->reopen ();
  EXPECT_EQ (result_ok, store_request (second).result);
  EXPECT_EQ (result_ok, store_request (second).result); // twice is no error
  const auto complete = find_request (1);
  EXPECT_NE (0u, complete->sequence);
  EXPECT_EQ (8u, complete->contiguous_end);
  EXPECT_EQ (8u, complete->size);
  EXPECT_EQ (1u, db ().tag (channel (), tag ())->request_id.value);
  std::string body;
  for (const auto &answer : read_all<RequestResult> (RequestGet{
           0, channel (), Box::in, member (), { 1 }, 0, to_the_end }))
    body += base::as_text (
        base::ByteView (answer.request.bytes).subspan (request_header_size));
  EXPECT_EQ ("abcdefgh", body);
  EXPECT_EQ (1u,
             read_all<RequestResult> (
                 RequestGet{ 0, channel (), Box::in, member (), { 1 }, 1, 6 })
                 .size ());
}

TEST_P (Plugin, RefusesRequestFragmentsThatContradict)
{
  (void)store_request ({ .flags = fragment_first, .body = bytes ("abc") });
  const Outcome other
      = store_request ({ .flags = fragment_first, .body = bytes ("abX") });
  EXPECT_EQ (result_refused, other.result);
  EXPECT_EQ (0u, other.message.find ("conflicting request fragment"));
  EXPECT_EQ (
      result_refused,
      store_request ({ .offset = 2, .flags = 0, .body = bytes ("z") }).result);
  (void)store_request (
      { .offset = 5, .flags = fragment_last, .body = bytes ("z") });
  for (const std::uint64_t offset : { 4u, 6u })
    EXPECT_EQ (
        result_refused,
        store_request ({ .offset = offset, .flags = 0, .body = bytes ("zz") })
            .result);
  EXPECT_EQ (result_refused,
             store_request ({ .request_id = 0, .body = bytes ("z") }).result);
  EXPECT_EQ (result_refused,
             store_request ({ .request_id = id_max + 1 }).result);
}

TEST_P (Plugin, StoresARequestOnlyBehindTheOneThatItNames)
{
  const auto store_after = [this] (const RequestSpec &spec, std::uint64_t after)
  {
    return apply (RequestStore{ 0,
                                channel (),
                                Box::in,
                                {},
                                { samples::request (spec) },
                                { after } })
        .result;
  };
  const RequestSpec second{ .request_id = 2, .body = bytes ("b") };
  EXPECT_EQ (result_failed, store_after (second, 1));
  EXPECT_FALSE (find_request (2));
  (void)store_request ({ .flags = fragment_first, .body = bytes ("abc") });
  EXPECT_EQ (result_failed, store_after (second, 1)); // incomplete
  (void)store_request (
      { .offset = 3, .flags = fragment_last, .body = bytes ("d") });
  EXPECT_EQ (result_ok, store_after (second, 1));
  EXPECT_LT (find_request (1)->sequence, find_request (2)->sequence);
  (void)settle (2, RequestState::accepted, 5);
  EXPECT_EQ (result_ok, store_after ({ .request_id = 3 }, 2));
}

TEST_P (Plugin, ListsOpenRequestsByCompletionAndIncompleteOnesLast)
{
  (void)store_request ({ .request_id = 30, .body = bytes ("a") });
  (void)store_request (
      { .request_id = 5, .flags = fragment_first, .body = bytes ("a") });
  (void)store_request (
      { .member = member (2), .request_id = 20, .body = bytes ("a") });
  (void)store_request ({ .request_id = 10, .body = bytes ("a") });
  (void)store_request ({ .member = member (2),
                         .request_id = 6,
                         .flags = fragment_first,
                         .body = bytes ("a") });
  (void)store_request ({ .request_id = 99, .body = bytes ("a") }, {}, Box::out);
  const auto list = [&] (std::optional<base::MemberKey> who)
  {
    std::vector<std::uint64_t> ids;
    for (const auto &info : read_all<RequestInfoResult> (
             RequestList{ 0, channel (), Box::in, who, std::nullopt }))
      ids.push_back (info.position.request_id.value);
    return ids;
  };
  using Ids = std::vector<std::uint64_t>;
  EXPECT_EQ ((Ids{ 30, 20, 10, 5, 6 }), list (std::nullopt));
  EXPECT_EQ ((Ids{ 30, 10, 5 }), list (member ()));
  (void)settle (30, RequestState::refused, 0, 1, "no");
  opened_->reopen ();
  EXPECT_EQ ((Ids{ 20, 10, 5, 6 }), list (std::nullopt));
  EXPECT_EQ ((Ids{ 20, 6 }), list (member (2)));
}

TEST_P (Plugin, RemembersOutcomesAndDropsFragments)
{
  (void)store_request ({ .request_id = 1, .body = bytes ("a") }, tag (),
                       Box::out);
  EXPECT_EQ (result_ok,
             settle (1, RequestState::accepted, 44, 0, "", Box::out).result);
  EXPECT_EQ (result_ok,
             settle (1, RequestState::accepted, 44, 0, "", Box::out).result);
  EXPECT_EQ (result_no,
             settle (1, RequestState::refused, 0, 3, "late", Box::out).result);
  opened_->reopen ();
  const auto request = find_request (1, 1, Box::out);
  EXPECT_EQ (RequestState::accepted, request->state);
  EXPECT_EQ (44u, request->message_id.value);
  EXPECT_FALSE (db ().request_piece_from (*request, 0));
  // The tag leads to the message now.
  EXPECT_EQ ((TagEntry{ { 44 }, { 1 } }), db ().tag (channel (), tag ()));
  EXPECT_EQ (result_no, store_request ({ .request_id = 1, .body = bytes ("a") },
                                       {}, Box::out)
                            .result);
  EXPECT_EQ (result_failed, settle (2, RequestState::open, 0).result);
}

TEST_P (Plugin, RemembersTheNewestOutcomesOfEachMember)
{
  (void)settle (1, RequestState::refused, 0, 7, "x", Box::in, 2);
  db ().begin ();
  for (std::uint64_t id = 1; id <= settled_requests_max + 10; id++)
    (void)change (db (), RequestSettle{ 0,
                                        channel (),
                                        Box::in,
                                        member (),
                                        { id },
                                        RequestState::accepted,
                                        { id },
                                        0,
                                        "" });
  db ().commit ();
  EXPECT_FALSE (find_request (10));
  EXPECT_TRUE (find_request (11));
  EXPECT_TRUE (find_request (settled_requests_max + 10));
  EXPECT_EQ ("x", find_request (1, 2)->reason);
}

TEST_P (Plugin, SettlesARequestWithTheFragmentOrNotAtAll)
{
  (void)store_request ({ .request_id = 5, .body = bytes ("a") });
  FragmentStore relay;
  relay.channel = channel ();
  relay.tag = tag (3);
  relay.member = member ();
  relay.request_id = { 5 };
  relay.fragment.bytes = fragment ({ .fragment_id = 1, .message_id = 12 });
  // Not when the transaction fails.
  db ().begin ();
  EXPECT_EQ (result_ok, change (db (), relay).result);
  db ().rollback ();
  EXPECT_EQ (RequestState::open, find_request (5)->state);
  EXPECT_FALSE (db ().tag (channel (), tag (3)));
  EXPECT_EQ (result_ok, apply (relay).result);
  EXPECT_EQ (result_ok, apply (relay).result); // said again
  opened_->reopen ();
  EXPECT_EQ (RequestState::accepted, find_request (5)->state);
  EXPECT_EQ (12u, find_request (5)->message_id.value);
  EXPECT_EQ (12u, db ().tag (channel (), tag (3))->message_id.value);
  // Never a second message of the same request, nor of the same tag.
  relay.fragment.bytes = fragment ({ .fragment_id = 2, .message_id = 13 });
  relay.tag = std::nullopt;
  EXPECT_EQ (result_failed, apply (relay).result);
  relay.member = std::nullopt;
  relay.tag = tag (3);
  const Outcome again = apply (relay);
  EXPECT_EQ (0u, again.message.find ("conflicting tag"));
  EXPECT_EQ ((std::vector<std::uint64_t>{ 1 }),
             fragment_ids (fragments (1, to_the_end)));
}

// -- Records and channels ----------------------------------------------------

TEST_P (Plugin, KeepsRecordsOfChannels)
{
  const auto put = [&] (std::uint8_t c, std::optional<base::MemberKey> who,
                        std::string_view data)
  {
    return apply (
               RecordStore{ 0, channel (c), who, {}, false, { bytes (data) } })
        .result;
  };
  EXPECT_EQ (result_ok, put (2, std::nullopt, "master of 2"));
  EXPECT_EQ (result_ok, put (1, member (4), "slave 4 of 1"));
  EXPECT_EQ (result_ok, put (1, std::nullopt, "old"));
  EXPECT_EQ (result_ok, put (1, std::nullopt, "master of 1"));
  EXPECT_EQ (result_ok, put (3, std::nullopt, "gone"));
  EXPECT_EQ (result_ok, put (3, std::nullopt, ""));
  EXPECT_EQ (result_failed,
             apply (RecordStore{
                        0, channel (), {}, {}, false, { base::Bytes (60001) } })
                 .result);
  opened_->reopen ();
  std::string all;
  for (const auto &record : read_all<RecordResult> (RecordGetAll{}))
    all += std::string (base::as_text (record.data.bytes)) + ";";
  EXPECT_EQ ("master of 1;slave 4 of 1;master of 2;", all);
}

TEST_P (Plugin, RemovesEverythingAboutAChannelAndNothingElse)
{
  for (const std::uint8_t c : { std::uint8_t{ 1 }, std::uint8_t{ 2 } })
  {
    FragmentStore message;
    message.channel = channel (c);
    message.tag = tag ();
    message.fragment.bytes = fragment (
        { .body = message_bodies ("_a", 1, { { '=', "_n", "1" } })[0] });
    (void)apply (message);
    (void)apply (StateModify{ 0, channel (c), { 1 }, 1 });
    (void)apply (RecordStore{ 0, channel (c), {}, {}, false, { bytes ("r") } });
    (void)apply (MembershipStore{
        0, channel (c), member (), true, { 1 }, { 1 }, { 1 } });
    (void)apply (
        RequestStore{ 0,
                      channel (c),
                      Box::out,
                      {},
                      { samples::request ({ .body = bytes ("a") }) } });
  }
  EXPECT_EQ (result_ok, apply (ChannelRemove{ 0, channel (1) }).result);
  EXPECT_EQ (result_ok, apply (ChannelRemove{ 0, channel (1) }).result);
  opened_->reopen ();
  EXPECT_EQ (base::Head{}, db ().counters (channel (1)));
  EXPECT_FALSE (db ().tag (channel (1), tag ()));
  EXPECT_FALSE (db ().variable_from (channel (1), StateSlot::live, ""));
  EXPECT_FALSE (db ().range_from (channel (1), { 1 }));
  EXPECT_FALSE (db ().message_from (channel (1), "_a", { 1 }));
  EXPECT_TRUE (db ().memberships (channel (1), member ()).empty ());
  EXPECT_FALSE (db ().request (channel (1), Box::out, member (), { 1 }));
  EXPECT_EQ (1u, read_all<RecordResult> (RecordGetAll{}).size ());
  EXPECT_EQ (1u, db ().counters (channel (2)).fragment_id.value);
  EXPECT_TRUE (db ().tag (channel (2), tag ()));
  EXPECT_TRUE (db ().request (channel (2), Box::out, member (), { 1 }));
  // The channel can begin anew.
  EXPECT_EQ (result_ok, store ({ .body = bytes ("other") }).result);
}
