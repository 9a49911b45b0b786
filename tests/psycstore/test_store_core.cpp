// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The queue of operations: group commit, answers after the commit, order,
// back-pressure, failures that hit one and not its neighbours.
#include <gtest/gtest.h>

#include <random>

#include "psycstore/core/store_core.hpp"
#include "psycstore/plugin/memory_database.hpp"
#include "samples.hpp"

using namespace psycstore;
using namespace psycstore::samples;

namespace
{
constexpr ClientId alice{ 1 };
constexpr ClientId bob{ 2 };

class Store : public testing::Test
{
protected:
  Store ()
  {
    core_.on_database (&db_, "");
    core_.on_client (alice);
    core_.on_client (bob);
    while (core_.has_work ()) // its first look at what may be too old
      core_.on_idle ();
  }

  template <typename M>
  void
  say (ClientId client, const M &message)
  {
    core_.on_message (client, *wire::encode (message));
    drain ();
  }

  void
  drain ()
  {
    while (auto effect = core_.poll_effect ())
    {
      if (auto *send = std::get_if<SendToClient> (&*effect))
        unbundle (send->client, send->message);
      else if (auto *receive = std::get_if<ReceiveFromClient> (&*effect))
        received_[receive->client]++;
      else if (auto *drop = std::get_if<DropClient> (&*effect))
        dropped_.push_back (drop->client);
      else if (auto *count = std::get_if<Count> (&*effect))
        counts_[std::string (count->what)] += count->by;
    }
  }

  void
  unbundle (ClientId client, const base::Bytes &message)
  {
    const auto bundle = wire::decode<Bundle> (message);
    if (! bundle)
      return sent_[client].push_back (message);
    base::ByteView rest = bundle->messages.bytes;
    while (! rest.empty ())
      sent_[client].push_back (base::to_bytes (*next_of_bundle (rest)));
  }

  void
  idle ()
  {
    core_.on_idle ();
    drain ();
  }

  // The client takes everything that waits for it.
  void
  take_all (ClientId client)
  {
    for (const base::Bytes &message : sent_[client])
    {
      if (message.size () < 1000)
        taken_[client].push_back (message); // no fragment
      core_.on_sent (client, message.size ());
    }
    sent_[client].clear ();
    drain ();
  }

  std::size_t
  unsent_bytes (ClientId client)
  {
    std::size_t sum = 0;
    for (const base::Bytes &message : sent_[client])
      sum += message.size ();
    return sum;
  }

  // (operation, result) of the Results so far.
  std::vector<std::pair<std::uint64_t, std::int64_t>>
  results (ClientId client)
  {
    std::vector<std::pair<std::uint64_t, std::int64_t>> out;
    for (const auto *list : { &taken_[client], &sent_[client] })
      for (const base::Bytes &message : *list)
        if (const auto result = wire::decode<Result> (message))
        {
          out.emplace_back (result->operation, result->result);
          last_message_ = result->message;
        }
    return out;
  }

  static FragmentStore
  store (std::uint64_t operation, std::uint64_t id, std::size_t size = 10)
  {
    FragmentStore message;
    message.operation = operation;
    message.channel = channel ();
    message.fragment.bytes = fragment (
        { .fragment_id = id, .message_id = id, .body = base::Bytes (size, 1) });
    return message;
  }

  static FragmentGet
  get (std::uint64_t operation)
  {
    return { operation, channel (), std::nullopt, { 1 }, { UINT64_MAX }, 0 };
  }

  using Results = std::vector<std::pair<std::uint64_t, std::int64_t>>;

  MemoryDatabase db_;
  CheapVerifier verifier_;
  StoreCore core_{ hashers, verifier_ };
  std::map<ClientId, std::vector<base::Bytes>> sent_;
  std::map<ClientId, std::vector<base::Bytes>> taken_;
  std::map<ClientId, int> received_;
  std::vector<ClientId> dropped_;
  std::map<std::string, std::uint64_t> counts_;
  std::string last_message_;
};
} // namespace

TEST_F (Store, CommitsWhatWaitsTogetherOnceAndAnswersAfterwards)
{
  for (std::uint64_t i = 1; i <= 50; i++)
  {
    say (alice, store (i, i));
    say (bob, store (i, 100 + i));
  }
  EXPECT_TRUE (results (alice).empty ());
  EXPECT_EQ (0u, db_.counters (channel ()).fragment_id.value);
  EXPECT_TRUE (core_.has_work ());
  idle ();
  EXPECT_EQ (1u, counts_["# commits"]);
  EXPECT_EQ (50u, results (alice).size ());
  EXPECT_EQ (50u, results (bob).size ());
  EXPECT_EQ (150u, db_.counters (channel ()).fragment_id.value);
  EXPECT_FALSE (core_.has_work ());
}

TEST_F (Store, AnswersNothingOfACommitThatFailedAndTriesEachAlone)
{
  db_.fail_next_commit ({ FailureKind::other, "the disk hiccuped" });
  say (alice, store (1, 1));
  say (alice, get (2));
  say (alice, store (3, 2));
  idle ();
  EXPECT_EQ ((Results{ { 1, 1 }, { 2, 1 }, { 3, 1 } }), results (alice));
  EXPECT_EQ (1u, counts_["# batches rolled back"]);

  EXPECT_EQ (2u, db_.counters (channel ()).fragment_id.value);
}

TEST_F (Store, NamesAFullDiskAndGoesOnWhenThereIsRoom)
{
  db_.fail_changes ({ FailureKind::disk_full, "disk full: no room" });
  say (alice, store (1, 1));
  say (alice, CountersGet{ 2, channel () });
  idle ();
  EXPECT_EQ ((Results{ { 1, -1 }, { 2, 0 } }), results (alice));
  db_.heal ();
  say (alice, store (3, 1));
  say (alice, store (4, 2));
  idle ();
  EXPECT_EQ ((Results{ { 1, -1 }, { 2, 0 }, { 3, 1 }, { 4, 1 } }),
             results (alice));
}

TEST_F (Store, TakesBundlesAndAnswersInBundles)
{
  Bundler bundler;
  for (std::uint64_t i = 1; i <= 20; i++)
    bundler.add (*wire::encode (store (i, i)));
  core_.on_message (alice, bundler.take ());
  core_.on_idle ();
  std::size_t messages = 0;
  while (auto effect = core_.poll_effect ())
    if (auto *send = std::get_if<SendToClient> (&*effect))
    {
      messages++;
      unbundle (alice, send->message);
    }
  EXPECT_EQ (1u, messages);
  EXPECT_EQ (20u, results (alice).size ());
  // No bundles in bundles, no torn messages.
  for (const base::Bytes &bad :
       { *wire::encode (Bundle{ { *wire::encode (Bundle{}) } }),
         *wire::encode (Bundle{ { bytes ("xyz") } }) })
  {
    core_.on_message (bob, bad);
    drain ();
  }
  EXPECT_EQ ((std::vector<ClientId>{ bob, bob }), dropped_);
}

TEST_F (Store, RefusesOneOperationWithoutSpoilingItsNeighbours)
{
  say (alice, store (1, 1));
  say (alice, store (2, 1, 11)); // conflicting
  say (alice, store (3, 2));
  idle ();
  EXPECT_EQ ((Results{ { 1, 1 }, { 2, -1 }, { 3, 1 } }), results (alice));
  EXPECT_EQ (1u, counts_["# commits"]);
}

TEST_F (Store, ShowsAReadTheChangesBeforeItAndNoneAfter)
{
  say (alice, CountersGet{ 1, channel () });
  say (alice, store (2, 1));
  say (alice, CountersGet{ 3, channel () });
  say (alice, store (4, 2));
  say (alice, CountersGet{ 5, channel () });
  idle ();
  std::vector<std::uint64_t> seen;
  for (const base::Bytes &message : sent_[alice])
    if (const auto counters = wire::decode<CountersResult> (message))
      seen.push_back (counters->head.fragment_id.value);
  EXPECT_EQ ((std::vector<std::uint64_t>{ 0, 1, 2 }), seen);
  EXPECT_EQ ((Results{ { 1, 0 }, { 2, 1 }, { 3, 1 }, { 4, 1 }, { 5, 1 } }),
             results (alice));
}

TEST_F (Store, NeverHoldsMoreForASlowClientThanTheLimit)
{
  for (std::uint64_t i = 1; i <= 100; i++)
    say (alice, store (i, i, 50000));
  idle ();
  take_all (alice);
  for (std::uint64_t i = 1; i <= 5; i++)
    say (bob, get (1000 + i)); // many streams at once
  const std::size_t limit
      = StoreCore::unsent_bytes_max + StoreCore::page_bytes + 65535;
  std::size_t rounds = 0;
  while (results (bob).size () < 5 && rounds++ < 10000)
  {
    for (int i = 0; i < 50 && core_.has_work (); i++)
      idle ();
    EXPECT_FALSE (core_.has_work ());
    ASSERT_LE (unsent_bytes (bob), limit);
    // Meanwhile others are served.
    if (rounds < 20)
    {
      say (alice, store (200 + rounds, 200 + rounds));
      idle ();
      EXPECT_TRUE (
          std::ranges::any_of (results (alice), [&] (const auto &result)
                               { return result.first == 200 + rounds; }));
      take_all (alice);
    }
    take_all (bob);
  }
  EXPECT_EQ (5u, results (bob).size ());
  for (const auto &[operation, result] : results (bob))
    EXPECT_GE (result, 100);
}

TEST_F (Store, LetsAClientSayOnlySoMuchBeforeItIsDone)
{
  std::uint64_t said = 0;
  while (received_[alice] == static_cast<int> (said) && said < 5000)
  {
    said++;
    say (alice, store (said, said, 60000));
  }
  EXPECT_LT (said, 100u); // some 4 MiB
  idle ();
  EXPECT_EQ (static_cast<int> (said), received_[alice]);
}

TEST_F (Store, ForgetsAClientThatIsGoneAndAReadThatWasCancelled)
{
  for (std::uint64_t i = 1; i <= 100; i++)
    say (alice, store (i, i, 50000));
  idle ();
  take_all (alice);
  say (alice, get (500));
  say (bob, get (1));
  idle ();
  core_.on_client_gone (bob);
  say (alice, Cancel{ 500 });
  take_all (alice);
  EXPECT_FALSE (core_.has_work ());
  core_.on_sent (bob, 10);
  core_.on_message (bob, *wire::encode (get (2)));
  idle ();
  say (alice, get (501));
  say (alice, Cancel{ 501 });
  EXPECT_FALSE (core_.has_work ());
}

// Who reads it in pieces at that time goes on.
TEST_F (Store, KnowsAValueThatIsSaidOnceMore)
{
  const auto take_over = [this] (std::uint64_t at, const char *topic)
  {
    StateImage image;
    image.variables.push_back ({ "_big", base::Bytes (50000, 'b') });
    image.variables.push_back ({ "_topic", bytes (topic) });
    say (alice, StateSync{ at,
                           channel (),
                           { at },
                           { 0 },
                           true,
                           { wire::encode_members (image) } });
    idle ();
  };
  const auto changed_by = [this] (const char *name)
  {
    const auto variable = db_.variable (channel (), StateSlot::live, name);
    return variable ? variable->changed_by.value : 0;
  };
  take_over (5, "a");
  take_over (9, "b");
  EXPECT_EQ (5u, changed_by ("_big"));
  EXPECT_EQ (9u, changed_by ("_topic"));
}

TEST_F (Store, AnswersWithTheReasonWhenThereIsNoDatabase)
{
  core_.on_database (nullptr, "database x is damaged");
  say (alice, store (1, 1));
  say (alice, get (2));
  idle ();
  EXPECT_EQ ((Results{ { 1, -1 }, { 2, -1 } }), results (alice));
  EXPECT_EQ ("database x is damaged", last_message_);
  core_.on_database (&db_, "");
  say (alice, store (3, 1));
  idle ();
  EXPECT_EQ (result_ok, results (alice).back ().second);
}

TEST_F (Store, WorksOnManyChangesOfALargeValueOnlySoMuch)
{
  std::vector<ModifierSpec> modifiers;
  modifiers.push_back ({ '=', "_big", std::string (4 << 20, 'x') });
  for (int i = 0; i < 66; i++)
    modifiers.push_back ({ '+', "_big", "x" });
  StateTry attempt;
  attempt.operation = 1;
  attempt.channel = channel ();
  for (const auto &parts : message_bodies ("_a", 1, modifiers))
  {
    attempt.piece.bytes = parts;
    say (alice, attempt);
  }
  attempt.piece.bytes = {};
  attempt.is_last = true;
  say (alice, attempt);
  idle ();
  EXPECT_EQ ((Results{ { 1, result_refused } }), results (alice));
}

TEST_F (Store, TakesOverAStateThatComesInPieces)
{
  StateImage image;
  for (int i = 0; i < 100; i++)
    image.variables.push_back (
        { "_v" + std::to_string (i), base::Bytes (3000, 5) });
  const base::Bytes bytes = wire::encode_members (image);
  for (std::size_t at = 0; at < bytes.size (); at += 50000)
  {
    const std::size_t size = std::min<std::size_t> (50000, bytes.size () - at);
    say (alice,
         StateSync{ 9,
                    channel (),
                    { 77 },
                    { 0 },
                    at + size == bytes.size (),
                    { { bytes.begin () + static_cast<long> (at),
                        bytes.begin () + static_cast<long> (at + size) } } });
  }
  idle ();
  EXPECT_EQ ((Results{ { 9, 1 } }), results (alice));
  EXPECT_EQ (77u, db_.state_head (channel ()).applied.value);
  EXPECT_EQ (3000u, db_.variable (channel (), StateSlot::live, "_v99")->size);
}

TEST_F (Store, DropsAClientThatSpeaksNonsenseAndSurvivesAnyBytes)
{
  core_.on_message (alice, bytes ("nonsense"));
  drain ();
  EXPECT_EQ ((std::vector<ClientId>{ alice }), dropped_);
  EXPECT_EQ (0, received_[alice]);
  const auto seed = std::random_device{}();
  std::cout << "seed " << seed << "\n";
  std::mt19937 random (seed);
  std::vector<base::Bytes> seeds;
  ClientMessages::for_each ([&]<typename M> ()
                            { seeds.push_back (*wire::encode (M{})); });
  std::erase (seeds, *wire::encode (Bundle{}));
  Bundler bundler;
  for (const base::Bytes &seed_message : seeds)
    bundler.add (seed_message);
  seeds.push_back (bundler.take ());
  seeds.push_back (*wire::encode (store (1, 1, 100)));
  for (int i = 0; i < 20000; i++)
  {
    base::Bytes message = seeds[random () % seeds.size ()];
    for (std::uint32_t n = random () % 4; n > 0; n--)
      message[4 + random () % (message.size () - 4)]
          = static_cast<std::uint8_t> (random ());
    core_.on_message (bob, message);
    drain ();
    if (0 == i % 50)
      idle ();
    take_all (bob);
    taken_.clear ();
  }
}

TEST (Messages, RefuseEveryPrefixOfThemselves)
{
  const auto check = []<typename M> ()
  {
    const base::Bytes whole = *wire::encode (M{});
    EXPECT_TRUE (wire::decode<M> (whole)) << M::wire_name;
    const base::Bytes members = wire::encode_members (M{});
    if (members.empty ())
      return;
    for (std::size_t size = 0; size < members.size (); size++)
      EXPECT_FALSE (
          wire::decode_members<M> (base::ByteView (members).first (size)))
          << M::wire_name;
  };
  ClientMessages::for_each (check);
  ServiceMessages::for_each (check);
}
