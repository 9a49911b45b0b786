// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Clients of the service: coming and going, channels that stay, what is
// malformed.
#include "programs.hpp"

namespace psyc::test
{
namespace
{
class ServiceTest : public ::testing::Test
{
protected:
  ServiceTest () { peer.start (); }

  ClientId
  host (std::uint8_t n = 1)
  {
    const ClientId client = peer.connect ();
    local::MasterStart start;
    start.private_key = channel_secret (n);
    peer.say (client, start);
    peer.settle ();
    return client;
  }

  ClientId
  observe (std::uint8_t n = 1)
  {
    const ClientId client = peer.connect ();
    peer.say (client,
              local::ObserveStart{ local::protocol_version,
                                   world.keys.public_key (channel_secret (n)),
                                   {},
                                   0 });
    peer.settle ();
    return client;
  }

  Group &
  group (std::uint8_t n = 1)
  {
    return world.groups[world.keys.public_key (channel_secret (n))];
  }

  void
  tick (base::Duration by)
  {
    world.now += by;
    peer.core->advance_time (world.now);
    peer.drain ();
    peer.settle ();
  }

  World world;
  Peer peer{ world };
};

TEST_F (ServiceTest, AChannelThatIsKeptActiveComesBack)
{
  const ClientId client = host ();
  ASSERT_EQ (1u, peer.hear<local::Started> (client).size ());
  peer.say (client, local::Part{ true });
  peer.settle ();
  EXPECT_EQ (1u, peer.hear<local::PartAck> (client).size ());
  EXPECT_TRUE (group ().is_open);
  peer.crash ();
  EXPECT_FALSE (group ().is_open);
  peer.start ();
  peer.settle ();
  EXPECT_TRUE (group ().is_open);
}

TEST_F (ServiceTest, TheLastClientsGoingEndsWhatIsNotKept)
{
  const ClientId first = host ();
  const ClientId second = host ();
  peer.say (first, local::Part{ false });
  peer.settle ();
  EXPECT_TRUE (group ().is_open);
  EXPECT_EQ (1u, peer.hear<local::PartAck> (first).size ());
  peer.say (second, local::Part{ false });
  peer.settle ();
  EXPECT_FALSE (group ().is_open);
  EXPECT_EQ (Ending::for_good, group ().ended);
  EXPECT_EQ (1u, peer.hear<local::PartAck> (second).size ());
  EXPECT_EQ (0u, peer.core->channel_count ());
  (void)host ();
  EXPECT_TRUE (group ().is_open);
}

TEST_F (ServiceTest, AnObserverKeepsNobodyFromLeaving)
{
  const ClientId client = host ();
  const ClientId observer = observe ();
  EXPECT_EQ (1u, peer.hear<local::Started> (observer).size ());
  peer.say (client, local::Part{ false });
  peer.settle ();
  EXPECT_FALSE (group ().is_open);
  EXPECT_EQ (Ending::for_good, group ().ended);
  EXPECT_EQ (1u, peer.hear<local::PartAck> (client).size ());
  EXPECT_EQ (1u, peer.dropped.count (observer));
  const auto again = peer.hear<local::Started> (observe ());
  ASSERT_EQ (1u, again.size ());
  EXPECT_NE (local::StartResult::failed, again[0].result);
}

TEST_F (ServiceTest, AnObserverDoesNotChangeWhatIsKeptActive)
{
  const ClientId client = host ();
  const ClientId observer = observe ();
  peer.say (client, local::Part{ true });
  peer.settle ();
  peer.say (observer, local::Part{ false });
  tick (base::seconds (90));
  EXPECT_TRUE (group ().is_open);
  EXPECT_EQ (0u, peer.dropped.count (observer));
}

TEST_F (ServiceTest, AProgramThatCrashedEndsNothing)
{
  const ClientId client = host ();
  peer.leave (client);
  tick (base::seconds (30));
  EXPECT_TRUE (group ().is_open);
  tick (base::seconds (60));
  EXPECT_FALSE (group ().is_open);
  EXPECT_EQ (Ending::for_now, group ().ended); // members are told of no end
}

TEST_F (ServiceTest, OneClientsGoingLeavesTheOthersStreams)
{
  const ClientId first = host ();
  const ClientId second = host ();
  (void)peer.hear<local::Started> (second);
  local::Upload upload;
  upload.upload_id = 1;
  upload.tag = tag_of (1);
  upload.parts.bytes = message_runs ("_m", {}, base::as_bytes ("x"))[0];
  peer.say (first, upload);
  (void)peer.step_store (); // the tag is not known
  peer.leave (first);
  while (peer.step_store () || world.step_echo (group ()))
    ;
  EXPECT_EQ (1u, peer.hear<local::Fragment> (second).size ());
}

TEST_F (ServiceTest, ClientsWaitUntilTheRecordsAreRead)
{
  peer.crash ();
  peer.start ();
  const ClientId client = peer.connect ();
  local::MasterStart start;
  start.private_key = channel_secret (1);
  peer.say (client, start);
  EXPECT_TRUE (peer.to_clients[client].empty ());
  EXPECT_FALSE (peer.continued.contains (client));
  peer.settle ();
  EXPECT_EQ (1u, peer.hear<local::Started> (client).size ());
  EXPECT_TRUE (peer.continued.contains (client));
}

TEST_F (ServiceTest, ADamagedRecordIsRefusedAndNotOverwritten)
{
  const auto key = world.keys.public_key (channel_secret (1));
  (void)host ();
  base::Bytes &record = peer.store.records[{ key, std::nullopt }];
  record.resize (record.size () / 2);
  const base::Bytes damaged = record;
  peer.crash ();
  peer.start ();
  const ClientId client = host ();
  const auto started = peer.hear<local::Started> (client);
  ASSERT_EQ (1u, started.size ());
  EXPECT_EQ (local::StartResult::failed, started[0].result);
  EXPECT_NE (std::string::npos, started[0].error.find ("damaged"));
  EXPECT_EQ (damaged, (peer.store.records[{ key, std::nullopt }]));
}

TEST_F (ServiceTest, ForgettingRemovesEverything)
{
  const ClientId client = host ();
  local::Upload upload;
  upload.upload_id = 1;
  upload.tag = tag_of (1);
  upload.parts.bytes = message_runs ("_m", {}, base::as_bytes ("x"))[0];
  peer.say (client, upload);
  while (peer.step_store () || world.step_echo (group ()))
    ;
  peer.say (client, local::Forget{ 3 });
  peer.settle ();
  EXPECT_EQ (1u, peer.hear<local::OperationResult> (client).size ());
  EXPECT_TRUE (peer.store.records.empty ());
  EXPECT_EQ (0u, peer.core->channel_count ());
  peer.say (client, local::Part{ false });
  EXPECT_EQ (1u, peer.hear<local::PartAck> (client).size ());
}

TEST_F (ServiceTest, ShutDownLeavesARecordAndEndsNoGroup)
{
  (void)host ();
  peer.core->shut_down ();
  peer.drain ();
  peer.settle ();
  EXPECT_TRUE (peer.core->is_ended ());
  EXPECT_EQ (Ending::for_now, group ().ended);
  const auto key = world.keys.public_key (channel_secret (1));
  const auto decoded
      = decode_record (peer.store.records[{ key, std::nullopt }]);
  ASSERT_TRUE (decoded.record.has_value ());
  EXPECT_TRUE (decoded.record->is_clean);
}

TEST_F (ServiceTest, WhoStopsReadingIsNotReadEither)
{
  peer.config.client_bytes_max = 20000;
  peer.config.payload_max = 1000;
  peer.crash ();
  peer.start ();
  const ClientId client = host ();
  local::Upload upload;
  upload.upload_id = 1;
  upload.tag = tag_of (1);
  const auto runs = message_runs ("_m", {}, base::Bytes (60000, 'x'));
  std::size_t i = 0;
  for (peer.continued.insert (client);
       i < runs.size () && 0 < peer.continued.erase (client); i++)
  {
    upload.parts.bytes = runs[i];
    peer.say (client, upload);
    upload.offset += runs[i].size ();
  }
  EXPECT_LT (i, runs.size ());
  while (peer.step_store () || world.step_echo (group ()))
    ;
  EXPECT_TRUE (peer.continued.contains (client));
}

TEST_F (ServiceTest, BreakersOfTheProtocolAreDroppedByName)
{
  const auto drop_of = [this] (auto &&talk)
  {
    const ClientId client = peer.connect ();
    talk (client);
    peer.settle ();
    return peer.dropped.contains (client) ? peer.dropped[client] : "";
  };
  EXPECT_EQ ("first message expected",
             drop_of ([this] (ClientId client)
                      { peer.say (client, local::StreamAck{}); }));
  EXPECT_EQ ("second first message", drop_of (
                                         [this] (ClientId client)
                                         {
                                           local::MasterStart start;
                                           start.private_key
                                               = channel_secret (1);
                                           peer.say (client, start);
                                           peer.settle ();
                                           peer.say (client, start);
                                         }));
  EXPECT_EQ ("malformed Upload",
             drop_of (
                 [this] (ClientId client)
                 {
                   const auto key = world.keys.public_key (channel_secret (1));
                   peer.say (client, local::ObserveStart{
                                         local::protocol_version, key, {}, 0 });
                   peer.settle ();
                   peer.say (client, local::Upload{});
                 }));
  EXPECT_EQ ("malformed RequestDecision",
             drop_of (
                 [this] (ClientId client)
                 {
                   local::MasterStart start;
                   start.private_key = channel_secret (1);
                   peer.say (client, start);
                   peer.settle ();
                   local::RequestDecision decision;
                   decision.modifiers.bytes = bytes ("nonsense");
                   peer.say (client, decision);
                 }));
}

TEST_F (ServiceTest, NothingThatAClientSendsBringsItDown)
{
  std::mt19937_64 random (7);
  const auto byte = [&random] { return static_cast<std::uint8_t> (random ()); };
  for (int round = 0; round < 3000; round++)
  {
    const ClientId client = 0 == round % 2 ? host () : peer.connect ();
    for (int i = 0; i < 4; i++)
    {
      base::Bytes message (4 + random () % 120);
      for (auto &one : message)
        one = 0 == random () % 3 ? byte () : 0;
      message[0] = 0;
      message[1] = static_cast<std::uint8_t> (message.size ());
      const auto type = static_cast<std::uint16_t> (900 + random () % 20);
      message[2] = static_cast<std::uint8_t> (type >> 8);
      message[3] = static_cast<std::uint8_t> (type);
      peer.core->on_client_message (client, message);
      peer.drain ();
      while (peer.step_store ())
        ;
    }
    peer.leave (client);
    peer.continued.clear ();
    if (0 == round % 100)
      tick (base::seconds (100));
  }
}

TEST_F (ServiceTest, NothingFromThoseBelowBringsItDown)
{
  std::mt19937_64 random (11);
  (void)host ();
  const ClientId guest = peer.connect ();
  local::SlaveJoin join;
  join.channel_key = world.keys.public_key (channel_secret (5));
  join.private_key = member_secret (2);
  join.origin = base::PeerId{};
  peer.say (guest, join);
  peer.settle ();
  for (int round = 0; round < 5000; round++)
  {
    base::Bytes raw = make_fragment (
        { { random () % 50 },
          random () % 3,
          { random () % 20 },
          { random () % 3 },
          static_cast<std::uint32_t> (random () % 4) },
        base::Bytes (random () % 40, static_cast<std::uint8_t> (random ())));
    if (0 == random () % 4)
      raw.resize (random () % raw.size ());
    const ChannelNo no{ 1 + random () % 3 };
    switch (random () % 5)
    {
    case 0:
      peer.core->on_origin_fragment (no, raw);
      break;
    case 1:
      peer.core->on_member_fragment (no, raw);
      break;
    case 2:
      peer.core->on_gap (no, random () % 60, random () % 60);
      break;
    case 3:
      peer.core->on_origin_request (
          no, make_request ({ {}, 1, random () % 9, { random () % 5 }, 3 },
                            base::Bytes (random () % 30, 'p'))
                  ->bytes);
      break;
    default:
    {
      core::Decision decision;
      decision.admission = static_cast<Admission> (random () % 3 - 1);
      decision.head.fragment_id.value = random () % 10;
      peer.core->on_decision (no, decision);
      break;
    }
    }
    peer.drain ();
    peer.settle ();
  }
  SUCCEED ();
}
} // namespace
} // namespace psyc::test
