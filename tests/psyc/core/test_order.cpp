// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What a member says keeps its order though the host's disk fails now and then:
// nothing overtakes what could not be stored, or not be relayed.
#include "state_world.hpp"

namespace psyc::test
{
namespace
{
class Order : public ::testing::Test
{
protected:
  Order ()
  {
    channel.connect (channel.host ());
    channel.settle ();
    for (const auto &node : channel.nodes)
      if (! node->is_in)
        channel.connect (*node);
    channel.settle ();
  }

  Channel::Node &
  guest ()
  {
    return *channel.nodes[1];
  }
  FakeStore &
  disk ()
  {
    return channel.host ().peer.store;
  }
  // That peer starts again, with another limit.
  void
  with (Channel::Node &node, std::size_t Config::*limit, std::size_t value)
  {
    node.peer.config.*limit = value;
    channel.crash (node);
    channel.settle ();
  }
  void
  say (int from, int to, std::size_t size = 10)
  {
    for (int i = from; i <= to; i++)
      guest ().talker->say (std::to_string (i) + ":" + std::string (size, 'x'));
  }
  void
  wait ()
  {
    channel.tick (base::milliseconds (1100));
    channel.settle ();
  }
  // The numbers of what the host said, in their order.
  std::vector<int>
  said ()
  {
    std::vector<int> out;
    std::map<std::uint64_t, base::Bytes> bodies;
    for (const auto &[id, fragment] : disk ().channels[channel.key].fragments)
    {
      base::Bytes &body = bodies[fragment->head.message_id.value];
      body.insert (body.end (), fragment->body ().begin (),
                   fragment->body ().end ());
      if (! fragment->head.is_last ())
        continue;
      if (const auto message = parse_message (body))
        out.push_back (std::stoi (std::string (base::as_text (message->data))));
    }
    return out;
  }
  [[nodiscard]] static std::vector<int>
  numbers (int from, int to)
  {
    std::vector<int> out;
    for (int i = from; i <= to; i++)
      out.push_back (i);
    return out;
  }

  Channel channel{ 2, base::seconds (1) };
};

// Fails the n-th calls of one kind.
template <typename Call> class FailingOnes
{
public:
  explicit FailingOnes (std::set<int> which) : which_ (std::move (which)) {}

  bool
  operator() (const StoreCall &call)
  {
    return std::holds_alternative<Call> (call) && which_.contains (++count_);
  }

private:
  std::set<int> which_;
  int count_ = 0;
};

TEST_F (Order, IsKeptWhenARequestCannotBeStored)
{
  disk ().fails = FailingOnes<StoreRequest> ({ 2 });
  say (1, 6);
  channel.settle ();
  EXPECT_EQ (numbers (1, 1), said ());
  wait ();
  EXPECT_EQ (numbers (1, 6), said ());
  EXPECT_TRUE (guest ().talker->is_done ());
}

TEST_F (Order, IsKeptWhenAPieceOfALongRequestCannotBeStored)
{
  disk ().fails = FailingOnes<StoreRequest> ({ 3, 9 });
  say (1, 3, 4000);
  say (4, 5);
  for (int i = 0; i < 5; i++)
    wait ();
  EXPECT_EQ (numbers (1, 5), said ());
}

TEST_F (Order, IsKeptWhenTheHostDiesBeforeTheFailedOneIsIn)
{
  disk ().fails = FailingOnes<StoreRequest> ({ 2 });
  say (1, 6);
  channel.settle ();
  channel.world.detach (*channel.member (guest ()));
  channel.crash (channel.host ());
  channel.settle ();
  EXPECT_EQ (numbers (1, 6), said ());
}

TEST_F (Order, IsKeptWhileTheDiskIsFullForLong)
{
  disk ().is_full = true;
  say (1, 3);
  for (int i = 0; i < 5; i++)
    wait ();
  say (4, 6);
  for (int i = 0; i < 5; i++)
    wait ();
  EXPECT_TRUE (said ().empty ());
  disk ().is_full = false;
  for (int i = 0; i < 5; i++)
    wait ();
  EXPECT_EQ (numbers (1, 6), said ());
}

TEST_F (Order, OthersAreNotHeldUp)
{
  disk ().fails = [this] (const StoreCall &call)
  {
    const auto *store = std::get_if<StoreRequest> (&call);
    return nullptr != store && store->request->head.member == guest ().member;
  };
  say (1, 3);
  channel.settle ();
  channel.nodes[2]->talker->say ("7");
  channel.settle ();
  EXPECT_EQ (numbers (7, 7), said ());
}

// What is not kept here is said again at the next attachment.
TEST_F (Order, IsKeptWhenMoreWaitsThanIsKept)
{
  with (channel.host (), &Config::requests_held_bytes, 2000);
  disk ().fails = FailingOnes<StoreRequest> ({ 2 });
  say (1, 9, 500);
  channel.settle ();
  wait ();
  const auto before = said ();
  EXPECT_GT (9u, before.size ());
  EXPECT_EQ (numbers (1, static_cast<int> (before.size ())), before);
  channel.world.detach (*channel.member (guest ()));
  channel.settle ();
  EXPECT_EQ (numbers (1, 9), said ());
}

TEST_F (Order, IsKeptWhenARelayCannotBeStored)
{
  for (int which = 1; which <= 4; which++)
  {
    disk ().fails = FailingOnes<StoreFragment> ({ which });
    say (6 * which - 5, 6 * which);
    channel.settle ();
    for (int i = 0; i < 5; i++)
      wait ();
    EXPECT_EQ (numbers (1, 6 * which), said ());
  }
}

TEST_F (Order, IsKeptWhenALongRelayCannotBeStored)
{
  // Others wait meanwhile.
  with (channel.host (), &Config::publish_bytes_max, 3000);
  for (int which = 1; which <= 9; which++)
  {
    disk ().fails = FailingOnes<StoreFragment> ({ which });
    say (6 * which - 5, 6 * which - 5, 6000);
    say (6 * which - 4, 6 * which);
    channel.settle ();
    for (int i = 0; i < 5; i++)
      wait ();
    EXPECT_EQ (numbers (1, 6 * which), said ()) << "the fragment " << which;
  }
}

TEST_F (Order, IsKeptWhenARequestCannotBeRead)
{
  // Each is read from the disk.
  with (channel.host (), &Config::request_cache_bytes, 0);
  for (int which = 1; which <= 9; which++)
  {
    disk ().fails = FailingOnes<ReadRequest> ({ which });
    say (6 * which - 5, 6 * which);
    channel.settle ();
    for (int i = 0; i < 5; i++)
      wait ();
    EXPECT_EQ (numbers (1, 6 * which), said ()) << "the read " << which;
  }
}

TEST_F (Order, IsKeptWhenTheGuestCannotReadWhatItHasToSay)
{
  with (guest (), &Config::request_cache_bytes, 0);
  for (int which = 1; which <= 4; which++)
  {
    guest ().peer.store.fails = FailingOnes<ReadRequest> ({ which });
    say (6 * which - 5, 6 * which);
    channel.settle ();
    for (int i = 0; i < 5; i++)
      wait ();
    EXPECT_EQ (numbers (1, 6 * which), said ()) << "the read " << which;
  }
}
} // namespace
} // namespace psyc::test
