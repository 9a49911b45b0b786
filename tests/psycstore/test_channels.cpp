// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Whole channels, on each plugin: sums, retention, the check, export and
// import.
#include <gtest/gtest.h>

#include "opened_plugins.hpp"
#include "psycstore/core/changes.hpp"
#include "psycstore/core/import.hpp"
#include "psycstore/core/reads.hpp"
#include "psycstore/core/retention.hpp"
#include "psycstore/core/staging.hpp"
#include "psycstore/core/state.hpp"
#include "psycstore/core/state_value.hpp"
#include "samples.hpp"

using namespace psycstore;
using namespace psycstore::samples;

namespace
{
constexpr std::uint64_t long_ago = 1000;
constexpr std::uint64_t lately = 900000;
constexpr base::TimePoint now{ base::seconds (1000000) };

class Channels : public testing::TestWithParam<MakeOpened>
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

  template <typename Work>
  void
  transact (Work work)
  {
    db ().begin ();
    work ();
    db ().commit ();
    const auto failure = db ().take_failure ();
    EXPECT_FALSE (failure) << failure->message;
  }

  template <typename M>
  Outcome
  apply (const M &message)
  {
    Outcome outcome;
    transact (
        [&]
        {
          if constexpr (std::is_same_v<M, StateModify>)
            outcome = modify_state (db (), hashers, message);
          else
            outcome = change (db (), message);
        });
    return outcome;
  }

  // Message `id` is fragment `id`, or begins with it.
  void
  store (std::uint64_t id, const std::vector<base::Bytes> &bodies,
         std::uint32_t flags = 0, std::uint64_t stored_at = lately,
         std::optional<base::SendTag> with_tag = {})
  {
    for (const base::Bytes &bytes : samples::message (id, id, bodies))
    {
      FragmentStore message;
      message.channel = channel ();
      message.flags = flags;
      message.tag = with_tag;
      message.stored_at = stored_at;
      message.fragment.bytes = bytes;
      ASSERT_EQ (result_ok, apply (message).result);
    }
  }

  void
  say (std::uint64_t id, std::uint64_t stored_at = lately)
  {
    store (id, message_bodies ("_message_public", UINT64_MAX, {}, "hello"), 0,
           stored_at, tag (static_cast<std::uint8_t> (id)));
  }

  // A message that changes the state, and is applied.
  void
  set (std::uint64_t id, std::uint64_t delta, const std::string &value,
       std::uint64_t stored_at = lately)
  {
    store (id, message_bodies ("_notice", delta, { { '=', "_topic", value } }),
           flag_state, stored_at);
    ASSERT_EQ (result_ok,
               apply (StateModify{ 0, channel (), { id }, delta }).result);
  }

  void
  retain (const Retention &limits)
  {
    apply (RetentionSet{ 0, channel (), limits });
    keeper_.on_retention (channel ());
    prune ();
  }

  // Lets retention do all that it wants to do.
  std::size_t
  prune ()
  {
    keeper_.advance_time (now);
    std::size_t removed = 0;
    for (int steps = 0; keeper_.has_work (); steps++)
    {
      EXPECT_LT (steps, 10000);
      transact ([&] { removed += keeper_.step (db ()); });
    }
    return removed;
  }

  std::vector<std::uint64_t>
  message_ids (std::string_view prefix = "")
  {
    std::vector<std::uint64_t> out;
    for (auto id = db ().message_from (channel (), prefix, { 1 }); id;
         id = db ().message_from (channel (), prefix, id->next ()))
      out.push_back (id->value);
    return out;
  }

  std::vector<std::string>
  problems (const base::ChannelKey &key = channel ())
  {
    std::vector<std::string> out;
    const auto reader = make_reader (Check{ 0, key }, verifier_);
    while (true)
    {
      Page page (1);
      const auto outcome = reader->step (db (), page);
      for (const base::Bytes &answer : page.take ())
        out.push_back (wire::decode<CheckResult> (answer)->problem);
      if (outcome)
        return out;
    }
  }

  // The items of an export, read with as little room at a time as possible,
  // each time anew from the last position.
  std::vector<base::Bytes>
  export_all (const base::ChannelKey &key, Database &from,
              const std::function<void (std::size_t)> &meanwhile = {})
  {
    std::vector<base::Bytes> out;
    ExportPosition after;
    while (true)
    {
      const auto reader = make_reader (Export{ 0, key, after });
      Page page (1);
      const auto outcome = reader->step (from, page);
      for (const base::Bytes &answer : page.take ())
      {
        auto result = *wire::decode<ExportResult> (answer);
        after = result.position;
        out.push_back (std::move (result.item.bytes));
      }
      if (outcome)
        return out;
      if (meanwhile)
        meanwhile (out.size ());
    }
  }

  // Why the items were refused; empty: they are in place.
  std::string
  import_all (Database &into, const std::vector<base::Bytes> &items)
  {
    Outcome outcome;
    into.begin ();
    outcome = begin_import (into, channel ());
    for (std::size_t i = 0; i < items.size () && outcome.message.empty (); i++)
      outcome = import_item (into, verifier_, staging_key (1),
                             { 0, channel (), { items[i] } });
    if (outcome.message.empty ())
      outcome = end_import (into, staging_key (1), channel ());
    into.commit ();
    EXPECT_FALSE (into.take_failure ());
    return outcome.message;
  }

  void
  fill_everything ()
  {
    set (1, 0, "first");
    for (std::uint64_t id = 2; id <= 20; id++)
      say (id);
    store (21, message_bodies ("_file", UINT64_MAX, {}, std::string (5000, 'x'),
                               1000));
    const std::string big (150001, 'v');
    store (
        40,
        message_bodies ("_notice", 39,
                        { { '=', "_topic", "second" }, { '=', "_big", big } }),
        flag_state);
    ASSERT_EQ (result_ok,
               apply (StateModify{ 0, channel (), { 40 }, 39 }).result);
    apply (StateHashUpdate{ 0, channel (), { 40 }, base::Hash{} });
    for (const std::uint8_t who : { std::uint8_t{ 1 }, std::uint8_t{ 2 } })
      for (const bool did_join : { true, false })
        apply (MembershipStore{ 0,
                                channel (),
                                member (who),
                                did_join,
                                { 30 },
                                { did_join ? 5u : 0u },
                                { 2 } });
    for (const Box box : { Box::out, Box::in })
      for (std::uint64_t id = 1; id <= 4; id++)
      {
        apply (RequestStore{
            0,
            channel (),
            box,
            tag (static_cast<std::uint8_t> (100 + id)),
            { samples::request ({ .request_id = id, .body = bytes ("a") }) } });
        if (id > 2)
          apply (RequestSettle{ 0,
                                channel (),
                                box,
                                member (),
                                { id },
                                RequestState::accepted,
                                { id },
                                0,
                                "" });
      }
    apply (RecordStore{
        0, channel (), std::nullopt, { 40 }, false, { bytes ("master") } });
    apply (RecordStore{
        0, channel (), member (), { 40 }, false, { bytes ("slave") } });
    apply (RecordStore{
        0, channel (9), member (), { 1 }, false, { bytes ("no") } });
  }

  std::unique_ptr<Opened> opened_ = GetParam () ();
  CheapVerifier verifier_;
  RetentionKeeper keeper_{ Retention{} };
};
} // namespace

PSYCSTORE_RUN_ON_ALL_PLUGINS (Channels);

TEST_P (Channels, AreListedWithWhatIsStored)
{
  say (1);
  store (5, message_bodies ("_file", UINT64_MAX, {}, std::string (3000, 'x'),
                            1000));
  const std::uint64_t fragments
      = db ().counters (channel ()).fragment_id.value - 5 + 1 + 1;
  for (int round = 0; round < 2; round++)
  {
    const auto info = db ().channel_from ({});
    ASSERT_TRUE (info);
    EXPECT_EQ (channel (), info->key);
    EXPECT_EQ (2u, info->messages);
    EXPECT_EQ (fragments, info->fragments);
    EXPECT_GT (info->bytes, 3000u);
    EXPECT_FALSE (info->retention);
    EXPECT_FALSE (db ().channel_from (channel (2)));
    opened_->reopen ();
  }
  // What is there already, and what is refused, is not counted.
  say (1);
  EXPECT_EQ (2u, db ().channel_from ({})->messages);
}

// -- Retention ---------------------------------------------------------------

TEST_P (Channels, KeepTheNewestMessagesByCount)
{
  for (std::uint64_t id = 1; id <= 20; id++)
    say (id);
  retain ({ {}, 5, {} });
  EXPECT_EQ ((std::vector<std::uint64_t>{ 16, 17, 18, 19, 20 }),
             message_ids ());
  EXPECT_EQ (message_ids (), message_ids ("_message"));
  EXPECT_FALSE (db ().tag (channel (), tag (15)));
  EXPECT_TRUE (db ().tag (channel (), tag (16)));
  EXPECT_EQ ((base::Interval{ 16, 20 }), *db ().range_from (channel (), { 1 }));
  EXPECT_EQ (20u, db ().counters (channel ()).fragment_id.value);
  EXPECT_TRUE (problems ().empty ());
  // The limit holds for what comes later, too, and after reopening.
  opened_->reopen ();
  say (21);
  keeper_.on_stored (channel ());
  EXPECT_EQ (1u, prune ());
  EXPECT_EQ (17u, message_ids ().front ());
}

TEST_P (Channels, KeepTheNewestMessagesByBytes)
{
  for (std::uint64_t id = 1; id <= 20; id++)
    say (id);
  const std::uint64_t each = db ().channel_from ({})->bytes / 20;
  retain ({ {}, {}, 3 * each + each / 2 });
  EXPECT_EQ ((std::vector<std::uint64_t>{ 18, 19, 20 }), message_ids ());
  EXPECT_EQ (3 * each, db ().channel_from ({})->bytes);
}

TEST_P (Channels, KeepTheNewestMessagesByAge)
{
  for (std::uint64_t id = 1; id <= 20; id++)
    say (id, id < 11 ? long_ago : lately);
  retain ({ 200000, {}, {} });
  EXPECT_EQ (11u, message_ids ().front ());
  EXPECT_EQ (10u, message_ids ().size ());
}

TEST_P (Channels, RemoveLongMessagesWholeInBoundedSteps)
{
  store (1, message_bodies ("_file", UINT64_MAX, {}, std::string (200000, 'x'),
                            200));
  const auto last = db ().counters (channel ()).fragment_id.value;
  say (last + 1);
  EXPECT_GT (last, 256u);
  apply (RetentionSet{ 0, channel (), Retention{ {}, 1, {} } });
  keeper_.on_retention (channel ());
  keeper_.advance_time (now);
  std::size_t removed = 0;
  while (keeper_.has_work ())
    transact (
        [&]
        {
          const std::size_t count = keeper_.step (db ());
          EXPECT_LE (count, RetentionKeeper::step_fragments_max);
          removed += count;
        });
  EXPECT_EQ (last, removed);
  EXPECT_EQ (1u, db ().channel_from ({})->fragments);
  EXPECT_TRUE (problems ().empty ());
}

TEST_P (Channels, KeepTheNewestMessageWhateverIsSaid)
{
  for (std::uint64_t id = 1; id <= 3; id++)
    say (id, long_ago);
  retain ({ 1, 0, 0 });
  EXPECT_EQ ((std::vector<std::uint64_t>{ 3 }), message_ids ());
  EXPECT_EQ (3u, db ().counters (channel ()).message_id.value);
}

TEST_P (Channels, KeepWhatTheStateNeeds)
{
  set (1, 0, "old checkpoint");
  set (2, 1, "old change");
  say (3);
  set (4, 0, "checkpoint");
  say (5);
  set (6, 2, "change");
  say (7);
  say (8);
  retain ({ {}, 1, {} });
  EXPECT_EQ ((std::vector<std::uint64_t>{ 4, 6, 8 }), message_ids ());
  // A newer checkpoint makes those before it superfluous.
  set (9, 0, "newest");
  keeper_.look_at_all ();
  prune ();
  EXPECT_EQ ((std::vector<std::uint64_t>{ 9 }), message_ids ());
}

TEST_P (Channels, KeepAllChangesWhileThereIsNoCheckpoint)
{
  set (1, 1, "one");
  say (2);
  set (3, 2, "two");
  say (4);
  retain ({ {}, 1, {} });
  EXPECT_EQ ((std::vector<std::uint64_t>{ 1, 3, 4 }), message_ids ());
}

TEST_P (Channels, KeepWhatIsNotSettled)
{
  for (std::uint64_t id = 1; id <= 10; id++)
    say (id);
  const auto settle
      = [this] (std::optional<base::MemberKey> who, std::uint64_t up_to)
  {
    apply (
        RecordStore{ 0, channel (), who, { up_to }, false, { bytes ("r") } });
    keeper_.look_at_all ();
  };
  settle (std::nullopt, 8);
  settle (member (), 4);
  retain ({ {}, 1, {} });
  EXPECT_EQ (5u, message_ids ().front ());
  settle (member (), 9);
  prune ();
  EXPECT_EQ (9u, message_ids ().front ());
}

TEST_P (Channels, KeepAMessageThatMayStillGrowForADay)
{
  const auto parts
      = message_bodies ("_file", UINT64_MAX, {}, std::string (3000, 'x'), 1000);
  store (1, { parts[0], parts[1] }, 0, lately);
  // samples::message calls the last one given the last.
  FragmentSpec spec;
  spec.fragment_id = 3;
  spec.message_id = 3;
  spec.flags = fragment_first;
  spec.body = parts[0];
  FragmentStore unfinished;
  unfinished.channel = channel ();
  unfinished.stored_at = lately + 50000;
  unfinished.fragment.bytes = fragment (spec);
  apply (unfinished);
  say (4);
  retain ({ {}, 1, {} });
  EXPECT_EQ ((std::vector<std::uint64_t>{ 3, 4 }), message_ids ());
  keeper_.advance_time (now + base::hours (48));
  keeper_.look_at_all ();
  transact (
      [&]
      {
        while (keeper_.has_work ())
          (void)keeper_.step (db ());
      });
  EXPECT_EQ ((std::vector<std::uint64_t>{ 4 }), message_ids ());
}

// -- Check -------------------------------------------------------------------

TEST_P (Channels, PassTheCheckWhenTheyAreSound)
{
  fill_everything ();
  EXPECT_EQ (std::vector<std::string>{}, problems ());
  opened_->reopen ();
  EXPECT_EQ (std::vector<std::string>{}, problems ());
}

TEST_P (Channels, FailTheCheckByName)
{
  for (std::uint64_t id = 1; id <= 5; id++)
    say (id);
  verifier_.forged = 2;
  // A row that says other things than the bytes.
  std::string why;
  const base::Bytes bytes = fragment (
      { .fragment_id = 6, .message_id = 6, .body = base::Bytes (10, 1) });
  FragmentInfo info = *parse_fragment (bytes, why);
  info.generation.value = 7;
  transact ([&] { (void)db ().fragment_put (channel (), info, bytes); });
  // A message that is not found by its method.
  transact ([&] { db ().method_remove (channel (), { 4 }, "_message"); });
  // A request that lacks a part.
  apply (RequestStore{
      0,
      channel (),
      Box::in,
      {},
      { samples::request ({ .request_id = 3, .body = base::Bytes (5, 1) }) } });
  transact (
      [&]
      {
        db ().request_pieces_remove (
            *db ().request (channel (), Box::in, member (), { 3 }));
      });
  const std::vector<std::string> expected
      = { "fragment 2: its signature is wrong",
          "message 4: it is not found by its method",
          "fragment 6: its row differs from its header",
          "request 3: a part of it is missing" };
  EXPECT_EQ (expected, problems ());
}

// -- Export and import -------------------------------------------------------

TEST_P (Channels, AreTheSameAfterExportAndImport)
{
  fill_everything ();
  const auto items = export_all (channel (), db ());
  for (const auto kind : { &make<OpenedMemory>, &make<OpenedSqlite> })
  {
    const auto other = kind ();
    EXPECT_EQ ("", import_all (other->db (), items));
    other->reopen ();
    EXPECT_EQ (items, export_all (channel (), other->db ()));
    EXPECT_EQ (40u, other->db ().counters (channel ()).message_id.value);
    EXPECT_EQ (state_hash (db (), hashers, channel ()),
               state_hash (other->db (), hashers, channel ()));
    EXPECT_FALSE (other->db ().channel_from (channel (2)));
    EXPECT_NE ("", import_all (other->db (), items)); // never over another
  }
}

TEST_P (Channels, ExportALogThatHoldsAllThatTheRestRefersTo)
{
  fill_everything ();
  std::uint64_t next = 50;
  // The channel goes on all the time: it talks, and changes its state twice.
  const auto items = export_all (
      channel (), db (),
      [&] (std::size_t count)
      {
        if (count > 45 && count < 52 && next < 53)
        {
          const std::uint64_t id = next++;
          set (id, id - db ().state_head (channel ()).applied.value,
               "at " + std::to_string (count));
        }
      });
  EXPECT_EQ (53u, next);
  const auto other = make<OpenedMemory> ();
  ASSERT_EQ ("", import_all (other->db (), items));
  EXPECT_LE (other->db ().state_head (channel ()).applied,
             other->db ().counters (channel ()).message_id);
  const auto topic
      = other->db ().variable (channel (), StateSlot::live, "_topic");
  ASSERT_TRUE (topic);
  EXPECT_EQ (topic->changed_by, other->db ().state_head (channel ()).applied);
}

TEST_P (Channels, AreNotImportedWhenAnythingIsWrong)
{
  fill_everything ();
  const auto items = export_all (channel (), db ());
  const auto refused = [&] (const std::vector<base::Bytes> &altered)
  {
    const auto other = make<OpenedMemory> ();
    const std::string why = import_all (other->db (), altered);
    EXPECT_FALSE (other->db ().channel_from (channel ())
                  && channel () == other->db ().channel_from (channel ())->key);
    other->db ().begin ();
    remove_stagings (other->db ());
    other->db ().commit ();
    EXPECT_FALSE (other->db ().channel_from ({}));
    return ! why.empty ();
  };
  verifier_.forged = 7;
  EXPECT_TRUE (refused (items));
  verifier_.forged = 0;
  for (std::size_t i = 0; i < items.size (); i++)
  {
    std::vector<base::Bytes> altered = items;
    altered[i].pop_back (); // shorter than it says
    EXPECT_TRUE (refused (altered)) << i;
    altered[i] = wire::must_encode (Cancel{ 1 });
    EXPECT_TRUE (refused (altered)) << i;
  }
}

TEST_P (Channels, AreRenamedWithAllThatIsTheirs)
{
  fill_everything ();
  auto items = export_all (channel (), db ());
  transact ([&] { db ().channel_rename (channel (), channel (3)); });
  opened_->reopen ();
  EXPECT_EQ (channel (3), db ().channel_from ({})->key);
  EXPECT_EQ (40u, db ().counters (channel (3)).message_id.value);
  EXPECT_EQ (40u, db ().records_settled (channel (3))->value);
  EXPECT_FALSE (db ().records_settled (channel ()));
  EXPECT_TRUE (problems (channel (3)).empty ());
  EXPECT_EQ (items.size (), export_all (channel (3), db ()).size ());
}
