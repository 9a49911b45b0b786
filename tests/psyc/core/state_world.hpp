// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A channel in the fake world, with a host and guests whose states are looked
// at and compared.
#pragma once

#include "programs.hpp"

#include "psyc/message/variables.hpp"
#include "psycstore/core/state_value.hpp"

namespace psyc::test
{
using Values = std::map<std::string, base::Bytes>;

// A host and its guests, each on a peer of its own.
class Channel
{
public:
  Channel (std::size_t guest_count, base::Duration checkpoint_interval)
      : checkpoint_interval_ (checkpoint_interval)
  {
    add_peer (std::nullopt);
    for (std::size_t i = 0; i < guest_count; i++)
      add_peer (member_secret (static_cast<std::uint8_t> (10 + i)));
  }

  struct Node
  {
    explicit Node (World &world) : peer (world) {}
    Peer peer;
    std::optional<Talker> talker;
    base::MemberKey member;
    bool is_in = false;
  };

  Node &
  host ()
  {
    return *nodes.front ();
  }

  void
  connect (Node &node)
  {
    node.talker->connect ();
    node.is_in = true;
  }

  void
  crash (Node &node)
  {
    node.peer.crash ();
    node.talker->on_lost ();
    tick (base::milliseconds (1500));
    node.peer.start ();
    if (node.is_in)
      node.talker->connect ();
  }

  // Leaves the channel for good.
  void
  part (Node &node)
  {
    if (std::exchange (node.is_in, false))
      node.peer.say (node.talker->client, local::Part{ false });
    node.talker->on_lost ();
  }

  Group &
  group ()
  {
    return world.groups[key];
  }
  Group::Member *
  member (const Node &node)
  {
    auto it = group ().members.find (node.member);
    return it == group ().members.end () ? nullptr : &it->second;
  }

  void
  tick (base::Duration by)
  {
    world.now += by;
    for (auto &node : nodes)
      if (node->peer.core)
      {
        node->peer.core->advance_time (world.now);
        node->peer.drain ();
      }
  }

  // All that can happen now happens, in turn.
  void
  settle ()
  {
    for (bool is_busy = true; is_busy;)
    {
      is_busy = world.step_echo (group ());
      for (auto &node : nodes)
      {
        is_busy |= node->peer.step_store ();
        is_busy |= node->talker->push (0);
        is_busy |= node->talker->listen ();
        if (auto *at = member (*node))
        {
          is_busy |= world.step_join (group (), *at);
          is_busy |= world.step_fragment (group (), *at, 0);
          is_busy |= world.step_request (group (), *at);
          is_busy |= world.step_fetch (group (), *at);
        }
      }
    }
  }

  Values
  values (Node &node)
  {
    psycstore::Database &db = node.peer.store.states;
    Values out;
    std::string next;
    while (const auto found
           = db.variable_from (key, psycstore::StateSlot::live, next))
    {
      out[found->name] = psycstore::whole_value (db, *found);
      next = found->name + '\0';
    }
    return out;
  }

  psycstore::StateHead
  head (Node &node)
  {
    return node.peer.store.states.state_head (key);
  }

  base::Hash
  hash (Node &node)
  {
    return psycstore::state_hash (node.peer.store.states,
                                  node.peer.store.hashers, key);
  }

  bool
  is_same (Node &node)
  {
    return head (node).applied == head (host ()).applied
           && hash (node) == hash (host ());
  }

  World world;
  const base::ChannelKey key = FakeKeys{}.public_key (channel_secret (1));
  std::vector<std::unique_ptr<Node>> nodes; // the host first

private:
  const base::Duration checkpoint_interval_;

  void
  add_peer (std::optional<base::MemberPrivateKey> secret)
  {
    auto node = std::make_unique<Node> (world);
    Config &config = node->peer.config;
    config.payload_max = 1000;
    config.checkpoint_changes = 25;
    config.checkpoint_bytes = 20000;
    config.checkpoint_interval = checkpoint_interval_;
    config.state_withheld_bytes = 3000;
    config.state_read_bytes = 3000;
    config.state_change_bytes_max = 40000;
    config.record_fragments = 20;
    if (secret)
    {
      node->member = FakeKeys{}.public_key (*secret);
      node->talker.emplace (node->peer, std::nullopt,
                            std::pair{ key, *secret });
    }
    else
      node->talker.emplace (node->peer, channel_secret (1), std::nullopt);
    node->peer.start ();
    nodes.push_back (std::move (node));
  }
};
} // namespace psyc::test
