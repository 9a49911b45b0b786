// SPDX-License-Identifier: AGPL-3.0-or-later
//
// History, state and other questions about a channel, also across restarts.
#include "lib_fixture.hpp"

using namespace test;

namespace
{
class PsycQueries : public PsycLib
{
protected:
  [[nodiscard]] struct GNUNET_PSYC_Channel *
  channel ()
  {
    return GNUNET_PSYC_master_get_channel (master_);
  }

  void
  answer (std::uint64_t op_id, std::int64_t result, std::string error = {})
  {
    service_.newest ().say (
        local::OperationResult{ op_id, result, std::move (error) });
  }

  Result result;
};

// The closure of a replay: messages and the result.
struct Replay
{
  struct GNUNET_PSYC_HistoryRequest *handle = nullptr;
  Recorder seen;
  Result result;

  static void
  message_cb (void *cls, const struct GNUNET_PSYC_MessageHeader *msg) noexcept
  {
    Recorder::message_cb (&static_cast<Replay *> (cls)->seen, msg);
  }

  static void
  part_cb (void *cls, const struct GNUNET_PSYC_MessageHeader *msg,
           const struct GNUNET_MessageHeader *pmsg) noexcept
  {
    Recorder::part_cb (&static_cast<Replay *> (cls)->seen, msg, pmsg);
  }

  static void
  result_cb (void *cls, std::int64_t result, const void *data,
             std::uint16_t size) noexcept
  {
    Result::cb (&static_cast<Replay *> (cls)->result, result, data, size);
  }
};

class PsycHistory : public PsycQueries
{
protected:
  void
  begin_replay ()
  {
    begin_master ();
    script_.act (
        [this]
        {
          replay.handle = GNUNET_PSYC_channel_history_replay_latest (
              channel (), 10, "_message", GNUNET_PSYC_HISTORY_REPLAY_REMOTE,
              &Replay::message_cb, &Replay::part_cb, &Replay::result_cb,
              &replay);
        });
    script_.until ("the question",
                   [this] { return service_.heard<local::HistoryStart> (0); });
  }

  [[nodiscard]] local::HistoryStart
  question ()
  {
    return service_.newest ().last<local::HistoryStart> ();
  }

  Replay replay;
};
} // namespace

TEST_F (PsycHistory, ComesWithItsFlagAndEndsWithItsCount)
{
  begin_replay ();
  script_
      .act (
          [&]
          {
            EXPECT_EQ (question ().mode, local::HistoryMode::latest);
            EXPECT_EQ (question ().last, 10u);
            EXPECT_EQ (question ().method_prefix, "_message");
            EXPECT_EQ (question ().flags, 1u);
            service_.newest ().say (whole_fragment (3, "old", 1));
            answer (1, 1);
          })
      .until ("the end", [&] { return 1 == replay.result.calls; })
      .until ("its acknowledgement",
              [&] { return 0 == service_.newest ().acknowledged (0); })
      .act (
          [&]
          {
            EXPECT_EQ (replay.result.result, 1);
            EXPECT_EQ (replay.seen.body, "old");
            EXPECT_EQ (replay.seen.flags, static_cast<std::uint32_t> (
                                              GNUNET_PSYC_MESSAGE_HISTORIC));
            EXPECT_TRUE (seen_.messages.empty ());
          });
  end_master ();
  script_.run ();
}

TEST_F (PsycHistory, GoesOnWithTheSameRangeAfterARestart)
{
  begin_replay ();
  script_
      .act (
          [&]
          {
            service_.newest ().say (local::HistoryRange{ 1, 3, 12 });
            service_.newest ().say (whole_fragment (3, "a", 1));
            service_.newest ().say (whole_fragment (4, "b", 1));
          })
      .until ("two", [&] { return 2 == replay.seen.messages.size (); });
  come_back<local::MasterStart> (1, 0);
  script_
      .until ("the question again",
              [&] { return service_.heard<local::HistoryStart> (1); })
      .act (
          [&]
          {
            EXPECT_EQ (question ().mode, local::HistoryMode::range);
            EXPECT_EQ (question ().first, 4u);
            EXPECT_EQ (question ().last, 12u);
            EXPECT_EQ (question ().after_fragment_id, 4u);
            service_.newest ().say (whole_fragment (4, "b", 1));
            service_.newest ().say (whole_fragment (5, "c", 1));
            answer (1, 1);
          })
      .until ("the end", [&] { return 1 == replay.result.calls; })
      .act (
          [&]
          {
            EXPECT_EQ (replay.seen.body, "abc");
            EXPECT_EQ (replay.result.result, 3);
          });
  end_master ();
  script_.run ();
}

// What was said while a long message was under way comes after it, with lower
// ids of fragments.
TEST_F (PsycHistory, HasWhatWasSaidIntoALongMessage)
{
  begin_replay ();
  script_
      .act (
          [&]
          {
            const auto say = [&] (std::uint64_t message, std::uint64_t fragment,
                                  std::string_view body)
            {
              service_.newest ().say (local::Fragment{
                  1, fragment,
                  fragment_bytes (message, 0,
                                  parts_of_message ("_message", body)) });
            };
            service_.newest ().say (local::HistoryRange{ 1, 3, 12 });
            say (3, 9, "a");
            say (4, 5, "b");
            say (4, 5, "again");
            say (5, 10, "c");
            answer (1, 3);
          })
      .until ("the end", [&] { return 1 == replay.result.calls; })
      .act ([&] { EXPECT_EQ (replay.seen.body, "abc"); });
  end_master ();
  script_.run ();
}

TEST_F (PsycHistory, AHeldOneKeepsItsEndForLater)
{
  begin_replay ();
  script_
      .act (
          [&]
          {
            GNUNET_PSYC_history_pause (replay.handle);
            service_.newest ().say (whole_fragment (3, "a", 1));
            answer (1, 1, "not all");
          })
      .rest (30)
      .act (
          [&]
          {
            EXPECT_TRUE (replay.seen.messages.empty ());
            EXPECT_EQ (service_.newest ().acknowledged (1), 0u);
          });
  // Even a restart changes nothing: all of it is here.
  come_back<local::MasterStart> (1, 0);
  script_.until ("a second start", [&] { return 2 == seen_.starts; })
      .act ([&] { GNUNET_PSYC_history_resume (replay.handle); })
      .until ("the end", [&] { return 1 == replay.result.calls; })
      .act (
          [&]
          {
            EXPECT_FALSE (service_.heard<local::HistoryStart> (1));
            EXPECT_EQ (replay.seen.body, "a");
            EXPECT_EQ (replay.result.text, "not all");
          });
  end_master ();
  script_.run ();
}

TEST_F (PsycHistory, MayBeCancelledInsideItsCallback)
{
  begin_replay ();
  script_
      .act (
          [&]
          {
            replay.seen.on_message = [&] {
              GNUNET_PSYC_channel_history_replay_cancel (channel (),
                                                         replay.handle);
            };
            service_.newest ().say (whole_fragment (3, "a", 1));
            service_.newest ().say (whole_fragment (4, "b", 1));
            answer (1, 2);
          })
      .until ("a cancel",
              [&] { return service_.heard<local::OperationCancel> (0); })
      .rest (20)
      .act (
          [&]
          {
            EXPECT_EQ (replay.seen.messages.size (), 1u);
            EXPECT_EQ (replay.result.calls, 0);
            EXPECT_EQ (service_.connection_count (), 1u);
          });
  end_master ();
  script_.run ();
}

TEST_F (PsycHistory, TheChannelMayEndInsideItsCallback)
{
  begin_replay ();
  script_
      .act (
          [&]
          {
            replay.seen.on_part = [&] { stop_master_at_once (); };
            service_.newest ().say (whole_fragment (3, "a", 1));
            service_.newest ().say (whole_fragment (4, "b", 1));
          })
      .until ("a Part", [&] { return service_.heard<local::Part> (0); })
      .act ([&] { service_.newest ().say (local::PartAck{}); })
      .until ("the end", [&] { return 1 == seen_.stops; })
      .act ([&] { EXPECT_EQ (replay.seen.parts.size (), 1u); });
  script_.run ();
}

TEST_F (PsycHistory, ANewOneMayStartInsideTheEndOfTheLast)
{
  static struct GNUNET_PSYC_Master *master;
  static int ends;
  ends = 0;
  begin_master ();
  script_
      .act (
          [&]
          {
            master = master_;
            GNUNET_PSYC_channel_history_replay (
                channel (), 1, 2, nullptr, 0, nullptr, nullptr,
                [] (void *, std::int64_t, const void *, std::uint16_t)
                {
                  ends++;
                  GNUNET_PSYC_channel_history_replay (
                      GNUNET_PSYC_master_get_channel (master), 1, 2, nullptr, 0,
                      nullptr, nullptr,
                      [] (void *, std::int64_t, const void *, std::uint16_t)
                      { ends++; },
                      nullptr);
                },
                nullptr);
          })
      .until ("the question",
              [&] { return service_.heard<local::HistoryStart> (0); })
      .act ([&] { answer (1, 0); })
      .until ("the next", [&] { return 2 == question ().op_id; })
      .act ([&] { answer (2, 0); })
      .until ("both ends", [&] { return 2 == ends; });
  end_master ();
  script_.run ();
}

// ---- State -------------------------------------------------------------

namespace
{
struct Variables
{
  struct GNUNET_PSYC_StateRequest *handle = nullptr;
  std::vector<std::string> names; // "" for the end
  std::string value;              // of all pieces
  std::vector<std::uint32_t> full_sizes;
  Result result;
  std::function<void ()> on_variable;

  static void
  var_cb (void *cls, const struct GNUNET_MessageHeader *, const char *name,
          const void *value, std::uint32_t value_size,
          std::uint32_t full_size) noexcept
  {
    auto *self = static_cast<Variables *> (cls);
    self->names.emplace_back (nullptr == name ? "" : name);
    self->full_sizes.push_back (full_size);
    if (0 != value_size)
      self->value.append (static_cast<const char *> (value), value_size);
    Recorder::call (self->on_variable);
  }

  static void
  result_cb (void *cls, std::int64_t result, const void *data,
             std::uint16_t size) noexcept
  {
    Result::cb (&static_cast<Variables *> (cls)->result, result, data, size);
  }
};

class PsycState : public PsycQueries
{
protected:
  void
  begin_query (bool is_prefix)
  {
    begin_master ();
    script_.act (
        [this, is_prefix]
        {
          got.handle = is_prefix ? GNUNET_PSYC_channel_state_get_prefix (
                           channel (), "_a", &Variables::var_cb,
                           &Variables::result_cb, &got)
                                 : GNUNET_PSYC_channel_state_get (
                                     channel (), "_a_b", &Variables::var_cb,
                                     &Variables::result_cb, &got);
        });
    script_.until ("the question",
                   [this] { return service_.heard<local::StateGet> (0); });
  }

  // A whole variable, or the beginning of one.
  void
  variable (std::string_view name, std::string_view value,
            std::uint32_t full_size)
  {
    service_.newest ().say (local::StateValue{
        1,
        { written (
            [&] (psyc::PartWriter &writer)
            {
              EXPECT_TRUE (writer.modifier_begin (psyc::Operator::assign, name,
                                                  full_size,
                                                  base::as_bytes (value)));
            }) } });
  }

  void
  more (std::string_view value)
  {
    service_.newest ().say (local::StateValue{
        1,
        { written ([&] (psyc::PartWriter &writer)
                   { writer.modifier_more (base::as_bytes (value)); }) } });
  }

  Variables got;
};
} // namespace

TEST_F (PsycState, ALongValueComesInPiecesAndTheEndIsNull)
{
  begin_query (true);
  script_
      .act (
          [&]
          {
            variable ("_a", "12", 2);
            variable ("_a_b", "34", 6);
            more ("56");
            more ("78");
            answer (1, GNUNET_YES);
          })
      .until ("the end", [&] { return 1 == got.result.calls; })
      .act (
          [&]
          {
            EXPECT_EQ (got.names, (std::vector<std::string>{
                                      "_a", "_a_b", "_a_b", "_a_b", "" }));
            EXPECT_EQ (got.value, "12345678");
            EXPECT_EQ (got.full_sizes,
                       (std::vector<std::uint32_t>{ 2, 6, 0, 0, 0 }));
            EXPECT_EQ (got.result.result, GNUNET_YES);
          });
  end_master ();
  script_.run ();
}

TEST_F (PsycState, APrefixGoesOnBehindTheLastWholeVariable)
{
  begin_query (true);
  script_.act ([&] { variable ("_a", "1", 1); })
      .until ("one", [&] { return 1 == got.names.size (); });
  come_back<local::MasterStart> (1, 0);
  script_
      .until ("the question again",
              [&] { return service_.heard<local::StateGet> (1); })
      .act (
          [&]
          {
            EXPECT_EQ (service_.newest ().last<local::StateGet> ().after_name,
                       "_a");
            answer (1, GNUNET_NO); // nothing more behind it
          })
      .until ("the end", [&] { return 1 == got.result.calls; })
      .act ([&] { EXPECT_EQ (got.result.result, GNUNET_YES); });
  end_master ();
  script_.run ();
}

TEST_F (PsycState, AValueCutByARestartEndsByName)
{
  begin_query (true);
  script_.act ([&] { variable ("_a", "1", 5); })
      .until ("its beginning", [&] { return 1 == got.names.size (); });
  come_back<local::MasterStart> (1, 0);
  script_.until ("the end", [&] { return 1 == got.result.calls; })
      .act (
          [&]
          {
            EXPECT_EQ (got.result.result, GNUNET_SYSERR);
            EXPECT_NE (got.result.text, "");
            EXPECT_EQ (got.names.back (), "");
          });
  end_master ();
  script_.run ();
}

TEST_F (PsycState, ABestMatchThatIsHereNeedsNoSecondAnswer)
{
  begin_query (false);
  script_.act ([&] { variable ("_a", "1", 1); })
      .until ("it", [&] { return 1 == got.names.size (); });
  come_back<local::MasterStart> (1, 0);
  script_.until ("the end", [&] { return 1 == got.result.calls; })
      .act ([&] { EXPECT_EQ (got.result.result, GNUNET_YES); });
  end_master ();
  script_.run ();
}

TEST_F (PsycState, AServiceThatSaysMoreThanItDeclaredIsLeft)
{
  begin_query (true);
  script_
      .act (
          [&]
          {
            variable ("_a", "1", 2);
            more ("much more");
          })
      .until ("a new connection",
              [&] { return service_.heard<local::MasterStart> (1); })
      .act ([&] { service_.newest ().say (started (0)); })
      .until ("the end", [&] { return 1 == got.result.calls; });
  end_master ();
  script_.run ();
}

TEST_F (PsycState, MayBeCancelledInsideItsCallback)
{
  begin_query (true);
  script_
      .act (
          [&]
          {
            got.on_variable
                = [&] { GNUNET_PSYC_channel_state_get_cancel (got.handle); };
            variable ("_a", "1", 1);
            variable ("_a_b", "1", 1);
            answer (1, GNUNET_YES);
          })
      .until ("a cancel",
              [&] { return service_.heard<local::OperationCancel> (0); })
      .rest (20)
      .act (
          [&]
          {
            EXPECT_EQ (got.names.size (), 1u);
            EXPECT_EQ (got.result.calls, 0);
          });
  end_master ();
  script_.run ();
}

// ---- The rest ----------------------------------------------------------

TEST_F (PsycQueries, EveryQuestionIsAskedAgainUntilItIsAnswered)
{
  begin_master ();
  script_
      .act (
          [&]
          {
            GNUNET_PSYC_channel_slave_add (channel (), &slave_public_, 5, 4,
                                           &Result::cb, &result);
            GNUNET_PSYC_channel_slave_remove (channel (), &slave_public_, 6,
                                              &Result::cb, &result);
            GNUNET_PSYC_master_eject (master_, &slave_public_, nullptr,
                                      &Result::cb, &result);
            GNUNET_PSYC_channel_forget (channel (), &Result::cb, &result);
          })
      .until ("the last", [&] { return service_.heard<local::Forget> (0); })
      .act (
          [&]
          {
            const auto joins
                = service_.newest ().all<local::MembershipStore> ();
            ASSERT_EQ (joins.size (), 2u);
            EXPECT_TRUE (joins[0].did_join);
            EXPECT_EQ (joins[0].effective_since, 4u);
            EXPECT_FALSE (joins[1].did_join);
            answer (1, GNUNET_OK);
          })
      .until ("the first answer", [&] { return 1 == result.calls; });
  come_back<local::MasterStart> (1, 0);
  script_
      .until ("the last again",
              [&] { return service_.heard<local::Forget> (1); })
      .act (
          [&]
          {
            EXPECT_EQ (service_.newest ().count<local::MembershipStore> (), 1u);
            answer (2, GNUNET_OK);
            answer (4, GNUNET_SYSERR, "disk full");
            answer (3, GNUNET_OK);
          })
      .until ("all answers", [&] { return 4 == result.calls; })
      .act ([&] { EXPECT_EQ (result.text, "disk full"); });
  end_master ();
  script_.run ();
}

TEST_F (PsycQueries, InfoIsAskedAndAnswered)
{
  static struct GNUNET_PSYC_ChannelInfo info;
  info = {};
  begin_master ();
  script_
      .act (
          [&]
          {
            const auto cb
                = [] (void *, const struct GNUNET_PSYC_ChannelInfo *told)
            { info = *told; };
            GNUNET_PSYC_channel_info_cancel (
                GNUNET_PSYC_channel_info_get (channel (), cb, nullptr));
            GNUNET_PSYC_channel_info_get (channel (), cb, nullptr);
          })
      .until ("both questions",
              [&] { return 2 == service_.newest ().count<local::InfoGet> (); })
      .act (
          [&]
          {
            service_.newest ().say (local::Info{ 1, 9, 9, 9, 9, 9, 9, {} });
            service_.newest ().say (local::Info{ 2, 1, 2, 3, 4, 5, 6, {} });
          })
      .until ("the answer", [&] { return 6 == info.state; })
      .act ([&] { EXPECT_EQ (info.head_fragment_id, 1u); });
  end_master ();
  script_.run ();
}
