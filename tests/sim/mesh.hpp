// SPDX-License-Identifier: AGPL-3.0-or-later
//
// CADET as it was seen to behave, simulated: a channel takes a round trip to
// open and keeps the order of what it carries; a program's end is told in 3 ms,
// a peer's end not at all. Messages may vanish, which CADET's do not; pairs of
// peers may have a stale tunnel; the mesh may fall into halves.
#pragma once

#include <array>
#include <deque>
#include <unordered_map>

#include "event_queue.hpp"
#include "liars.hpp"
#include "multicast/core/types.hpp"
#include "options.hpp"

namespace sim
{
// The peers of the world, by number; the origin's is 0.
using Node = std::uint32_t;
inline constexpr std::uint32_t no_wire = UINT32_MAX;

[[nodiscard]] base::PeerId peer_of (Node node);
// Nothing: no peer of this world.
[[nodiscard]] std::optional<Node> node_of (const base::PeerId &peer);

// What the programs on the mesh are told.
class MeshListener
{
public:
  virtual ~MeshListener () = default;
  // Is a port open there? Called again while somebody wants in.
  [[nodiscard]] virtual bool is_listening (Node node) const = 0;
  virtual void on_opened (Node node, multicast::ChannelId channel, Node from)
      = 0;
  virtual void on_message (Node node, multicast::ChannelId channel,
                           base::Bytes message)
      = 0;
  virtual void on_taken (Node node, multicast::ChannelId channel) = 0;
  virtual void on_closed (Node node, multicast::ChannelId channel) = 0;
  // That end is about to be forgotten, for whatever reason.
  virtual void on_letting_go (Node node, multicast::ChannelId channel) = 0;
};

// One channel; end 0 called, end 1 was called.
struct Wire
{
  struct End
  {
    Node node = 0;
    multicast::ChannelId channel;
    bool is_open = false;
    std::uint32_t first = no_wire; // parcels on their way to it
    std::uint32_t last = no_wire;
    std::uint32_t under_way = 0; // that it sent, not yet taken
    base::TimePoint latest;      // arrival of the last parcel
  };
  std::array<End, 2> ends;
  std::uint32_t generation = 0;
  base::Duration latency{};
  bool is_connected = false;
  bool is_silent = false; // carries nothing, tells nothing
  // Marks of the observer.
  bool is_visit = false;    // what end 0 wants of end 1
  bool is_attached = false; // end 1 is the parent
  std::uint64_t top = 0;    // highest fragment that end 1 sent
};

class Mesh
{
public:
  Mesh (const Options &options, EventQueue &queue,
        testing_multicast::FakeRandom &random, MeshListener &listener);

  void add_node (Node node);
  void set_slow (Node node);
  void set_lie (Node node, Lie lie);

  // What programs do.
  void open (Node from, multicast::ChannelId channel, Node to);
  void send (Node from, multicast::ChannelId channel, base::Bytes message);
  void close (Node from, multicast::ChannelId channel);

  // What becomes of programs and peers.
  void end_program (Node node);
  void end_peer (Node node);
  void start_peer (Node node);
  [[nodiscard]] bool is_up (Node node) const;

  // What becomes of the mesh. Nodes of one side reach each other; of two sides
  // not at all, or only from side 0 to side 1.
  enum class Cut : std::uint8_t
  {
    none,
    both_ways,
    one_way,
  };
  void set_cut (Cut cut);
  void set_side (Node node, bool side);
  void set_loss (double per_cent);

  void advance_time (base::TimePoint now);
  void on_event (const Event &event);

  // The channel, and which end of it is the node's.
  struct Found
  {
    Wire *wire = nullptr;
    std::uint32_t end = 0;
  };
  [[nodiscard]] Found find (Node node, multicast::ChannelId channel);
  [[nodiscard]] std::size_t channel_count (Node node) const;

private:
  struct Parcel
  {
    base::Bytes bytes;
    std::uint32_t next = no_wire;
    bool is_end = false; // the other end closed
  };
  struct Taken
  {
    std::uint32_t wire = 0;
    std::uint32_t generation = 0;
    std::uint32_t end = 0;
  };
  struct Place // of a peer on the mesh
  {
    std::vector<std::pair<multicast::ChannelId, std::uint32_t>> wires; // sorted
    multicast::ChannelId last_channel;
    std::vector<Taken> taken;
    bool is_taking = false; // an event is under way
    bool is_up = false;
    bool is_slow = false;
    bool side = false;
    Lie lie = Lie::none;
    base::Bytes kept; // by a liar, to be said again
  };

  [[nodiscard]] std::uint64_t below (std::uint64_t bound);
  [[nodiscard]] base::Duration latency_of (Node a, Node b) const;
  [[nodiscard]] bool has_stale_tunnel (Node a, Node b);
  [[nodiscard]] bool is_lost ();
  [[nodiscard]] bool is_cut (Node from, Node to) const;
  [[nodiscard]] std::uint32_t index_of (Node node, multicast::ChannelId) const;
  void forget (Node node, multicast::ChannelId channel);
  void end_channels (Node node, bool is_told);
  void put (std::uint32_t wire, std::uint32_t end, base::Bytes bytes,
            bool is_end, base::Duration delay);
  void drop_end (std::uint32_t wire, std::uint32_t end);
  void clear (Wire::End &end);
  void plan_taken (Node node, std::uint32_t wire, std::uint32_t end);
  void take (const Taken &taken);
  void connect (std::uint32_t wire);
  void arrive (std::uint32_t wire, std::uint32_t end);

  const Options &options_;
  EventQueue &queue_;
  testing_multicast::FakeRandom &random_;
  MeshListener &listener_;
  base::TimePoint now_;
  Cut cut_ = Cut::none;
  std::uint64_t loss_per_million_ = 0;
  std::deque<Wire> wires_; // addresses stay
  std::vector<std::uint32_t> free_wires_;
  std::vector<Parcel> parcels_;
  std::vector<std::uint32_t> free_parcels_;
  std::vector<Place> places_;
  // Pairs of peers of which one restarted, and when they last tried.
  std::unordered_map<std::uint64_t, base::TimePoint> stale_;
};
} // namespace sim
