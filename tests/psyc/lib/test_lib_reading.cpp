// SPDX-License-Identifier: AGPL-3.0-or-later
//
// How the library reads a channel's log: order, windows, pauses, restarts.
#include "lib_fixture.hpp"

using namespace test;

namespace
{
using PsycReading = PsycLib;
using Ids = std::vector<std::uint64_t>;

constexpr int method_type = GNUNET_MESSAGE_TYPE_PSYC_MESSAGE_METHOD;
constexpr int data_type = GNUNET_MESSAGE_TYPE_PSYC_MESSAGE_DATA;
constexpr int end_type = GNUNET_MESSAGE_TYPE_PSYC_MESSAGE_END;

// What an observer called.
struct Observed
{
  struct GNUNET_PSYC_Observer *observer = nullptr;
  int starts = 0;
  Ids fragments;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> gaps;
  std::function<void ()> on_fragment;

  static void
  start_cb (void *cls, int, std::uint64_t, std::uint64_t) noexcept
  {
    static_cast<Observed *> (cls)->starts++;
  }

  static void
  fragment_cb (void *cls, std::uint64_t fragment_id,
               const struct GNUNET_PSYC_MessageHeader *) noexcept
  {
    static_cast<Observed *> (cls)->fragments.push_back (fragment_id);
    Recorder::call (static_cast<Observed *> (cls)->on_fragment);
  }

  static void
  gap_cb (void *cls, std::uint64_t first, std::uint64_t last) noexcept
  {
    static_cast<Observed *> (cls)->gaps.emplace_back (first, last);
  }
};
} // namespace

TEST_F (PsycReading, HelloSaysWhoAndFromNow)
{
  begin_master (7);
  script_.act (
      [&]
      {
        const auto hello = service_.newest ().last<local::MasterStart> ();
        EXPECT_EQ (hello.version, local::protocol_version);
        EXPECT_EQ (
            hello.private_key,
            shell::from_gnunet<base::ChannelPrivateKey> (channel_private_));
        EXPECT_EQ (hello.policy, 3u);
        EXPECT_EQ (hello.after_fragment_id, local::from_now);
        EXPECT_EQ (seen_.start_result, GNUNET_YES);
      });
  end_master ();
  script_.run ();
}

TEST_F (PsycReading, AFragmentIsOneMessageCallbackAndOnePartCallbackForEachPart)
{
  begin_master ();
  script_.act ([&] { service_.newest ().say (whole_fragment (1)); })
      .until ("its end", [&] { return 3 <= seen_.parts.size (); })
      .act (
          [&]
          {
            EXPECT_EQ (seen_.messages, (Ids{ 1 }));
            EXPECT_EQ (seen_.parts,
                       (std::vector<int>{ method_type, data_type, end_type }));
            EXPECT_EQ (seen_.body, "hello");
          });
  end_master ();
  script_.run ();
}

TEST_F (PsycReading, ARestartGoesOnAfterTheLastFragmentAndRepeatsNothing)
{
  begin_master (5);
  script_
      .act (
          [&]
          {
            service_.newest ().say (whole_fragment (6));
            service_.newest ().say (whole_fragment (7));
          })
      .until ("two messages", [&] { return 2 == seen_.messages.size (); });
  come_back<local::MasterStart> (1, 7);
  script_.until ("a second start", [&] { return 2 == seen_.starts; })
      .act (
          [&]
          {
            const auto hello = service_.newest ().last<local::MasterStart> ();
            EXPECT_EQ (hello.after_fragment_id, 7u);
            // A service that repeats itself all the same is not believed.
            service_.newest ().say (whole_fragment (6));
            service_.newest ().say (whole_fragment (7));
            service_.newest ().say (whole_fragment (8));
          })
      .until ("the third", [&] { return 3 <= seen_.messages.size (); })
      .rest (20)
      .act (
          [&] {
            EXPECT_EQ (seen_.messages, (Ids{ 6, 7, 8 }));
          });
  end_master ();
  script_.run ();
}

TEST_F (PsycReading, ARestartBeforeTheFirstMessageLosesNothing)
{
  begin_master (5);
  come_back<local::MasterStart> (1, 5);
  script_.act (
      [&]
      {
        EXPECT_EQ (
            service_.newest ().last<local::MasterStart> ().after_fragment_id,
            5u);
      });
  script_.until ("a second start", [&] { return 2 == seen_.starts; });
  end_master ();
  script_.run ();
}

TEST_F (PsycReading, EverythingTakenIsAcknowledgedInFull)
{
  std::uint64_t cost = 0;
  begin_master ();
  script_
      .act (
          [&]
          {
            for (std::uint64_t id = 1; id <= 50; id++)
            {
              const auto fragment
                  = whole_fragment (id, std::string (5000, 'x'));
              cost += local::stream_cost (fragment);
              service_.newest ().say (fragment);
            }
            const local::Gap gap{ local::log_stream, 51, 60 };
            cost += local::stream_cost (gap);
            service_.newest ().say (gap);
          })
      .until ("all acknowledged",
              [&] { return service_.newest ().acknowledged () >= cost; })
      .act (
          [&]
          {
            EXPECT_EQ (service_.newest ().acknowledged (), cost);
            EXPECT_EQ (seen_.messages.size (), 50u);
          });
  end_master ();
  script_.run ();
}

TEST_F (PsycReading, AMessageWhoseBeginningWasMissedIsLeftOut)
{
  begin_master (5);
  script_
      .act (
          [&]
          {
            const auto say = [&] (std::uint64_t id, wire::Rest bytes)
            {
              service_.newest ().say (
                  local::Fragment{ local::log_stream, id, std::move (bytes) });
            };
            say (6, fragment_bytes (4, 100, data_part ("late")));
            say (7, fragment_bytes (5, 0, method_part ("_message")));
            say (8, fragment_bytes (4, 200, end_part ()));
            say (9, fragment_bytes (5, 100, end_part ()));
          })
      .until ("the whole one", [&] { return 2 <= seen_.messages.size (); })
      .act (
          [&] {
            EXPECT_EQ (seen_.messages, (Ids{ 5, 5 }));
          });
  end_master ();
  script_.run ();
}

TEST_F (PsycReading, MalformedPartsEndInANullPart)
{
  base::Bytes parts = method_part ("_message");
  parts.push_back (0);
  parts.push_back (200); // a part of 200 bytes that are not there
  begin_master ();
  script_
      .act (
          [&]
          {
            service_.newest ().say (local::Fragment{
                local::log_stream, 1, fragment_bytes (1, 0, parts) });
            service_.newest ().say (whole_fragment (2));
          })
      .until ("the next", [&] { return 5 <= seen_.parts.size (); })
      .act (
          [&]
          {
            EXPECT_EQ (seen_.messages, (Ids{ 2 }));
            EXPECT_EQ (seen_.parts[0], method_type);
            EXPECT_EQ (seen_.parts[1], 0);
          });
  end_master ();
  script_.run ();
}

TEST_F (PsycReading, AServiceThatBreaksTheRulesIsLeftAndCalledAgain)
{
  begin_master ();
  script_
      .act (
          [&]
          {
            service_.newest ().say (local::Fragment{
                local::log_stream, 1, wire::Rest{ { 0, 99, 2, 180 } } });
          })
      .until ("a new connection",
              [&] { return service_.heard<local::MasterStart> (1); })
      .act ([&] { service_.newest ().say (started (0)); })
      .until ("a second start", [&] { return 2 == seen_.starts; })
      .act ([&] { EXPECT_TRUE (seen_.parts.empty ()); });
  end_master ();
  script_.run ();
}

TEST_F (PsycReading, SeveralHandlesInOneProgramKeepApart)
{
  Recorder other;
  struct GNUNET_PSYC_Slave *slave = nullptr;
  begin_master ();
  script_.act ([&] { slave = join_slave (other); })
      .until ("the slave's hello",
              [&] { return service_.heard<local::SlaveJoin> (1); })
      .act (
          [&]
          {
            service_.connection (1).say (started (0));
            service_.connection (1).say (whole_fragment (1));
            service_.connection (0).say (whole_fragment (9));
          })
      .until ("both",
              [&] { return ! other.parts.empty () && ! seen_.parts.empty (); })
      .act (
          [&]
          {
            EXPECT_EQ (other.messages, (Ids{ 1 }));
            EXPECT_EQ (seen_.messages, (Ids{ 9 }));
            GNUNET_PSYC_slave_part (slave, GNUNET_YES, &Recorder::stop_cb,
                                    &other);
          })
      .until ("its Part", [&] { return service_.heard<local::Part> (1); })
      .act (
          [&]
          {
            EXPECT_TRUE (
                service_.connection (1).last<local::Part> ().keep_active);
            service_.connection (1).say (local::PartAck{});
            service_.connection (0).say (whole_fragment (10));
          })
      .until ("the other goes on", [&] { return 2 == seen_.messages.size (); })
      .until ("its end", [&] { return 1 == other.stops; })
      .act (
          [&] {
            GNUNET_PSYC_master_stop (master_, GNUNET_NO, &Recorder::stop_cb,
                                     &seen_);
          })
      .until ("a Part", [&] { return service_.heard<local::Part> (0); })
      .act ([&] { service_.connection (0).say (local::PartAck{}); })
      .until ("the end", [&] { return 1 == seen_.stops; });
  script_.run ();
}

// ---- Observers ---------------------------------------------------------

namespace
{
class PsycObserving : public PsycLib
{
protected:
  void
  begin (std::uint64_t after)
  {
    script_
        .act (
            [this, after]
            {
              service_.start ();
              seen.observer = GNUNET_PSYC_observe (
                  service_.cfg (), &channel_public_, nullptr, after,
                  &Observed::start_cb, &Observed::fragment_cb,
                  &Observed::gap_cb, &seen);
            })
        .until ("an observer's hello",
                [this] { return service_.heard<local::ObserveStart> (0); })
        .act (
            [this, after] {
              service_.newest ().say (
                  started (local::from_now == after ? 0 : after));
            })
        .until ("the start", [this] { return 1 == seen.starts; });
  }

  void
  end ()
  {
    script_.act ([this] { GNUNET_PSYC_observer_destroy (seen.observer); });
  }

  [[nodiscard]] std::uint64_t
  asked_after ()
  {
    return service_.newest ().last<local::ObserveStart> ().after_fragment_id;
  }

  Observed seen;
};
} // namespace

TEST_F (PsycObserving, GoesOnWhereItStoppedWithoutAWord)
{
  begin (41);
  script_
      .act (
          [&]
          {
            EXPECT_EQ (asked_after (), 41u);
            service_.newest ().say (whole_fragment (42));
            service_.newest ().say (local::Gap{ local::log_stream, 43, 50 });
          })
      .until ("both", [&] { return ! seen.gaps.empty (); });
  come_back<local::ObserveStart> (1, 50);
  script_
      .act (
          [&]
          {
            EXPECT_EQ (asked_after (), 50u);
            service_.newest ().say (local::Gap{ local::log_stream, 49, 52 });
            service_.newest ().say (whole_fragment (53));
          })
      .until ("the next", [&] { return 2 == seen.fragments.size (); })
      .act (
          [&]
          {
            EXPECT_EQ (seen.starts, 1);
            EXPECT_EQ (seen.fragments, (Ids{ 42, 53 }));
            ASSERT_EQ (seen.gaps.size (), 2u);
            EXPECT_EQ (seen.gaps[1].first, 51u);
            EXPECT_EQ (seen.gaps[1].second, 52u);
          });
  end ();
  script_.run ();
}

TEST_F (PsycObserving, AHeldReaderTakesNothingAndAcknowledgesNothing)
{
  std::uint64_t cost = 0;
  begin (0);
  script_
      .act (
          [&]
          {
            GNUNET_PSYC_observer_pause (seen.observer);
            for (std::uint64_t id = 1; id <= 3; id++)
            {
              const auto fragment
                  = whole_fragment (id, std::string (50000, 'x'));
              cost += local::stream_cost (fragment);
              service_.newest ().say (fragment);
            }
          })
      .rest (50)
      .act (
          [&]
          {
            EXPECT_TRUE (seen.fragments.empty ());
            EXPECT_EQ (service_.newest ().acknowledged (), 0u);
            // Held again after the second.
            seen.on_fragment = [&]
            {
              if (2 == seen.fragments.size ())
                GNUNET_PSYC_observer_pause (seen.observer);
            };
            GNUNET_PSYC_observer_resume (seen.observer);
            EXPECT_TRUE (seen.fragments.empty ());
          })
      .until ("two", [&] { return 2 <= seen.fragments.size (); })
      .rest (20)
      .act (
          [&]
          {
            EXPECT_EQ (seen.fragments.size (), 2u);
            GNUNET_PSYC_observer_resume (seen.observer);
          })
      .until ("all acknowledged",
              [&] { return cost == service_.newest ().acknowledged (); })
      .act ([&] { EXPECT_EQ (seen.fragments.size (), 3u); });
  end ();
  script_.run ();
}

TEST_F (PsycObserving, WhatWaitedWhenTheServiceDiedIsSaidAgainAndTakenOnce)
{
  begin (0);
  script_
      .act (
          [&]
          {
            GNUNET_PSYC_observer_pause (seen.observer);
            service_.newest ().say (whole_fragment (1));
          })
      .rest (20);
  come_back<local::ObserveStart> (1, 0);
  script_
      .act (
          [&]
          {
            EXPECT_EQ (asked_after (), 0u);
            GNUNET_PSYC_observer_resume (seen.observer);
            service_.newest ().say (whole_fragment (1));
          })
      .until ("it", [&] { return ! seen.fragments.empty (); })
      .rest (20)
      .act ([&] { EXPECT_EQ (seen.fragments.size (), 1u); });
  end ();
  script_.run ();
}

TEST_F (PsycObserving, AServiceThatIgnoresTheWindowIsLeft)
{
  begin (0);
  script_
      .act (
          [&]
          {
            GNUNET_PSYC_observer_pause (seen.observer);
            for (std::uint64_t id = 1; id <= 12; id++)
              service_.newest ().say (
                  whole_fragment (id, std::string (50000, 'x')));
          })
      .until ("a new connection",
              [&] { return service_.heard<local::ObserveStart> (1); });
  end ();
  script_.run ();
}

TEST_F (PsycObserving, AnExplicitPlaceTakesTheRestOfMessagesToo)
{
  begin (5);
  script_
      .act (
          [&]
          {
            service_.newest ().say (
                local::Fragment{ local::log_stream, 6,
                                 fragment_bytes (4, 100, data_part ("late")) });
          })
      .until ("it", [&] { return ! seen.fragments.empty (); });
  end ();
  script_.run ();
}

TEST_F (PsycObserving, MayBeDestroyedInsideItsCallback)
{
  begin (0);
  script_
      .act (
          [&]
          {
            seen.on_fragment
                = [&] { GNUNET_PSYC_observer_destroy (seen.observer); };
            service_.newest ().say (whole_fragment (1));
            service_.newest ().say (whole_fragment (2));
          })
      .until ("one", [&] { return ! seen.fragments.empty (); })
      .until ("the connection's end",
              [&] { return nullptr == service_.newest ().mq; })
      .act ([&] { EXPECT_EQ (seen.fragments.size (), 1u); });
  script_.run ();
}
