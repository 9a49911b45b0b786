// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The service's own process, killed again and again at random moments while a
// client writes fragments, tags, state, memberships, requests and records of
// several channels: whatever was acknowledged is there afterwards. Once with
// the files as the kill left them, once as a loss of power would
// (power_loss.hpp). PSYCSTORE_KILLS=N sets how often, PSYCSTORE_SEED=N repeats.
#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <optional>
#include <random>

#include "gnunet_psycstore_service.h"
#include "power_loss.hpp"
#include "psycstore/plugin/sqlite_open.hpp"
#include "samples.hpp"
#include "service_process.hpp"
#include "shell/keys.hpp"
#include "shell/timer.hpp"

using namespace psycstore;

namespace
{
constexpr std::uint8_t channels = 3;
constexpr std::uint64_t window = 16;
constexpr std::uint64_t slaves = 5;

template <typename Out, typename In>
Out
key (const In &in)
{
  return shell::to_gnunet<Out> (in);
}

base::SendTag
tag_of (std::uint64_t i)
{
  base::SendTag out;
  for (std::size_t at = 0; at < 8; at++)
    out.bytes[at] = static_cast<std::uint8_t> (i >> (8 * at));
  out.bytes[15] = 1;
  return out;
}

base::MemberKey
slave_of (std::uint64_t i)
{
  return samples::member (static_cast<std::uint8_t> (1 + i % slaves));
}

base::Bytes
fragment_of (std::uint64_t i)
{
  const std::string filling (1 + i * 37 % 3000, 'x');
  const auto bodies = samples::message_bodies (
      "_notice_count", 1,
      { { '=', "_count", std::to_string (i) },
        { '=', "_filling" + std::string (1 + i % 4, 'a'), filling } });
  return samples::message (i, i, bodies)[0];
}

base::Bytes
request_of (std::uint64_t i)
{
  samples::RequestSpec spec;
  spec.request_id = i;
  spec.body = samples::bytes ("request " + std::to_string (i));
  return samples::request (spec);
}

// What is said for each number i of a channel, in this order.
enum Kind : std::size_t
{
  fragment,
  state,
  membership,
  request,
  settlement,
  record,
  kinds,
};

// What a channel's client has said and was told is done: numbers up to.
struct Progress
{
  std::uint64_t said = 0;
  std::array<std::uint64_t, kinds> acknowledged{};

  [[nodiscard]] std::uint64_t
  all_acknowledged () const
  {
    return *std::min_element (acknowledged.begin (), acknowledged.end ());
  }
};

// Says one number after the other while the service lives.
class Client
{
public:
  Client (const struct GNUNET_CONFIGURATION_Handle *cfg,
          std::array<Progress, channels> &progress)
      : progress_ (progress), handle_ (GNUNET_PSYCSTORE_connect (cfg))
  {
    // What was not acknowledged is said again.
    for (Progress &p : progress_)
      p.said = p.all_acknowledged ();
    for (std::uint8_t c = 0; c < channels; c++)
      fill (c);
  }
  Client (const Client &) = delete;
  Client &operator= (const Client &) = delete;
  ~Client () { GNUNET_PSYCSTORE_disconnect (handle_); }

  std::function<void ()> on_progress;

private:
  struct Said
  {
    Client &client;
    std::uint8_t channel;
    Kind kind;
    std::uint64_t number;
  };

  void
  fill (std::uint8_t c)
  {
    Progress &p = progress_[c];
    while (p.said < p.all_acknowledged () + window)
      say (c, ++p.said);
  }

  void *
  told (std::uint8_t c, Kind kind, std::uint64_t i)
  {
    return said_
        .emplace_back (std::make_unique<Said> (Said{ *this, c, kind, i }))
        .get ();
  }

  void
  say (std::uint8_t c, std::uint64_t i)
  {
    const auto channel = key<struct GNUNET_CRYPTO_EddsaPublicKey> (
        samples::channel (static_cast<std::uint8_t> (c + 1)));
    const auto slave = key<struct GNUNET_CRYPTO_EcdsaPublicKey> (slave_of (i));
    const auto member
        = key<struct GNUNET_CRYPTO_EcdsaPublicKey> (samples::member ());
    const auto tag = key<struct GNUNET_Uuid> (tag_of (i));
    const base::Bytes bytes = fragment_of (i);
    struct GNUNET_PSYCSTORE_Settlement settling = {};
    settling.tag = &tag;
    GNUNET_PSYCSTORE_fragment_store_settling (
        handle_, &channel,
        reinterpret_cast<const struct GNUNET_MULTICAST_MessageHeader *> (
            bytes.data ()),
        GNUNET_PSYCSTORE_MESSAGE_STATE, &settling, &Client::on_done,
        told (c, fragment, i));
    GNUNET_PSYCSTORE_state_modify (handle_, &channel, i, 1, &Client::on_done,
                                   told (c, state, i));
    GNUNET_PSYCSTORE_membership_store (
        handle_, &channel, &slave, 0 == i % 2 ? GNUNET_NO : GNUNET_YES, i, i, 1,
        &Client::on_done, told (c, membership, i));
    const base::Bytes asked = request_of (i);
    GNUNET_PSYCSTORE_request_store (
        handle_, &channel, GNUNET_PSYCSTORE_BOX_OUT,
        reinterpret_cast<const struct GNUNET_MULTICAST_RequestHeader *> (
            asked.data ()),
        nullptr, 0, &Client::on_done, told (c, request, i));
    // Every third one stays open.
    if (0 != i % 3)
      GNUNET_PSYCSTORE_request_settle (
          handle_, &channel, GNUNET_PSYCSTORE_BOX_OUT, &member, i,
          GNUNET_PSYCSTORE_REQUEST_ACCEPTED, i, 0, nullptr, &Client::on_done,
          told (c, settlement, i));
    const std::string data = std::to_string (i);
    GNUNET_PSYCSTORE_record_store (handle_, &channel, nullptr, i, GNUNET_NO,
                                   data.data (),
                                   static_cast<std::uint16_t> (data.size ()),
                                   &Client::on_done, told (c, record, i));
  }

  static void
  on_done (void *cls, std::int64_t result, const char *why, std::uint16_t)
  {
    const Said said = *static_cast<Said *> (cls);
    // NO: a request that is said again was settled before the kill.
    if (request != said.kind || GNUNET_NO != result)
    {
      EXPECT_EQ (GNUNET_OK, result) << (nullptr == why ? "" : why);
    }
    Progress &p = said.client.progress_[said.channel];
    p.acknowledged[said.kind] = said.number;
    if (record == said.kind) // the last of its number
      p.acknowledged[settlement] = said.number;
    if (said.client.on_progress)
      said.client.on_progress ();
    said.client.fill (said.channel);
  }

  std::array<Progress, channels> &progress_;
  struct GNUNET_PSYCSTORE_Handle *handle_;
  std::vector<std::unique_ptr<Said>> said_;
};

// Looks for what was acknowledged in the file of a service that is dead.
class Inspection
{
public:
  Inspection (Database &db, std::uint8_t c, const Progress &progress)
      : db_ (db),
        channel_ (samples::channel (static_cast<std::uint8_t> (c + 1))),
        progress_ (progress)
  {}

  void
  fragments ()
  {
    const std::uint64_t last = progress_.acknowledged[fragment];
    if (0 == last)
      return;
    const auto run = db_.range_from (channel_, { 1 });
    ASSERT_TRUE (run) << "fragments up to " << last << " are gone";
    EXPECT_EQ (1u, run->first);
    EXPECT_GE (run->last, last);
    for (std::uint64_t i = recent (last); i <= last; i++)
    {
      const auto info = db_.fragment_from (channel_, { i });
      ASSERT_TRUE (info) << "fragment " << i << " of " << last << " is gone";
      EXPECT_EQ (fragment_of (i), db_.fragment_bytes (channel_, *info));
      const auto entry = db_.tag (channel_, tag_of (i));
      ASSERT_TRUE (entry) << "tag " << i << " is gone";
      EXPECT_EQ (i, entry->message_id.value);
    }
  }

  void
  variables ()
  {
    const std::uint64_t applied = db_.state_head (channel_).applied.value;
    EXPECT_GE (applied, progress_.acknowledged[state]);
    EXPECT_LE (applied, progress_.said);
    if (0 == applied)
      return;
    const auto count = db_.variable (channel_, StateSlot::live, "_count");
    ASSERT_TRUE (count);
    EXPECT_EQ (std::to_string (applied),
               base::as_text (db_.variable_piece (*count, 0)));
  }

  void
  memberships ()
  {
    const std::uint64_t last = progress_.acknowledged[membership];
    for (std::uint64_t i = recent (last); i <= last && 0 != i; i++)
    {
      bool is_there = false;
      for (const MembershipEvent &event :
           db_.memberships (channel_, slave_of (i)))
        is_there = is_there || event.announced_at.value == i;
      EXPECT_TRUE (is_there) << "membership " << i << " is gone";
    }
  }

  void
  requests ()
  {
    const std::uint64_t last = progress_.acknowledged[request];
    for (std::uint64_t i = recent (last); i <= last && 0 != i; i++)
    {
      const auto row
          = db_.request (channel_, Box::out, samples::member (), { i });
      ASSERT_TRUE (row) << "request " << i << " is gone";
      const bool must_be_settled
          = 0 != i % 3 && i <= progress_.acknowledged[settlement];
      if (must_be_settled)
      {
        EXPECT_EQ (RequestState::accepted, row->state);
      }
      if (RequestState::open != row->state)
        continue;
      const auto piece = db_.request_piece_from (*row, 0);
      ASSERT_TRUE (piece);
      EXPECT_EQ (request_of (i), db_.request_piece_bytes (*row, *piece));
    }
  }

  void
  records ()
  {
    if (0 == progress_.acknowledged[record])
      return;
    std::optional<std::uint64_t> number;
    for (auto found = db_.record_after ({}); found;
         found = db_.record_after (found->position))
      if (found->position.channel == channel_)
        number = std::stoull (std::string (base::as_text (found->data)));
    ASSERT_TRUE (number) << "the record is gone";
    EXPECT_GE (*number, progress_.acknowledged[record]);
    EXPECT_LE (*number, progress_.said);
  }

private:
  [[nodiscard]] static std::uint64_t
  recent (std::uint64_t last)
  {
    return last > 3 * window ? last - 3 * window : 1;
  }

  Database &db_;
  const base::ChannelKey channel_;
  const Progress &progress_;
};

std::uint64_t
number_from (const char *variable, std::uint64_t otherwise)
{
  const char *text = std::getenv (variable);
  return nullptr == text ? otherwise : std::stoull (text);
}

class Durability : public testing::Test
{
protected:
  void
  SetUp () override
  {
    std::cout << "PSYCSTORE_SEED=" << seed_ << "\n";
  }

  // One life of the service, ended by a kill at a random moment.
  void
  live_and_die (std::array<Progress, channels> &progress)
  {
    std::optional<Client> client;
    bool is_armed = false;
    shell::Timer killer (
        [&]
        {
          service_->stop (SIGKILL);
          client.reset ();
        });
    std::function<void ()> start = [&]
    {
      client.emplace (service_->cfg (), progress);
      // Some are killed before they said anything.
      if (0 == random_ () % 8)
        killer.arm_in (base::milliseconds (random_ () % 40));
      else
        client->on_progress = [&]
        {
          if (! std::exchange (is_armed, true))
            killer.arm_in (base::milliseconds (random_ () % 40));
        };
    };
    service_->start ();
    GNUNET_SCHEDULER_run (
        [] (void *cls) { (*static_cast<std::function<void ()> *> (cls)) (); },
        &start);
  }

  void
  inspect (const std::array<Progress, channels> &progress)
  {
    SqliteOptions options;
    options.path = service_->database_path ();
    const PluginOpened opened = open_sqlite (options);
    ASSERT_TRUE (opened.database) << opened.why_not;
    for (std::uint8_t c = 0; c < channels; c++)
    {
      Inspection inspection (*opened.database, c, progress[c]);
      inspection.fragments ();
      inspection.variables ();
      inspection.memberships ();
      inspection.requests ();
      inspection.records ();
    }
    EXPECT_FALSE (opened.database->take_failure ());
  }

  // A file of its own for each 50 lives, so that all sizes occur.
  void
  run (std::uint64_t kills, bool has_power_loss)
  {
    std::array<Progress, channels> progress;
    std::uint64_t done = 0;
    std::uint64_t lost = 0;
    for (std::uint64_t life = 0; life < kills && ! HasFailure (); life++)
    {
      if (0 == life % 50)
      {
        done += progress[0].all_acknowledged ();
        progress = {};
        service_.emplace ();
        if (has_power_loss)
          service_->preload ("tests/psycstore/.libs/libunsynced.so");
      }
      live_and_die (progress);
      PowerLoss loss (random_);
      const auto folder
          = std::filesystem::path (service_->database_path ()).parent_path ();
      if (has_power_loss && std::filesystem::exists (folder))
        loss.strike (folder);
      lost += loss.lost;
      inspect (progress);
      EXPECT_FALSE (HasFailure ()) << "at life " << life;
    }
    done += progress[0].all_acknowledged ();
    std::cout << kills << " kills, " << done << " numbers in each of "
              << int{ channels } << " channels, " << lost
              << " writes lost or torn\n";
    EXPECT_GE (done, kills); // the client got somewhere
    if (has_power_loss)
    {
      EXPECT_GT (lost, 0u);
    }
  }

  const std::uint64_t kills_ = number_from ("PSYCSTORE_KILLS", 200);
  const std::uint64_t seed_
      = number_from ("PSYCSTORE_SEED", std::random_device{}());
  std::mt19937 random_{ static_cast<std::mt19937::result_type> (seed_) };
  std::optional<ServiceProcess> service_;
};

TEST_F (Durability, LosesNothingAcknowledgedWhenKilled) { run (kills_, false); }

TEST_F (Durability, LosesNothingAcknowledgedWhenThePowerFails)
{
  run (kills_, true);
}

// Were syncs not done, the test above would see it.
TEST_F (Durability, IsLostWithoutSyncs)
{
  bool is_lost = false;
  for (int life = 0; life < 20 && ! is_lost; life++)
  {
    std::array<Progress, channels> progress;
    service_.emplace ();
    service_->preload ("tests/psycstore/.libs/libunsynced.so", "UNSYNCED_LIE");
    live_and_die (progress);
    const std::filesystem::path file (service_->database_path ());
    if (0 == progress[0].acknowledged[fragment])
      continue;
    PowerLoss (random_).strike (file.parent_path ());
    SqliteOptions options;
    options.path = file;
    const PluginOpened opened = open_sqlite (options);
    is_lost = ! opened.database
              || ! opened.database->fragment_from (
                  samples::channel (), { progress[0].acknowledged[fragment] });
  }
  EXPECT_TRUE (is_lost);
}
} // namespace
