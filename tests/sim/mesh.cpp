// SPDX-License-Identifier: AGPL-3.0-or-later
//
// CADET, simulated: see mesh.hpp.
#include "mesh.hpp"

#include "memory.hpp"
#include "multicast/fragment_messages.hpp"

namespace sim
{
using base::milliseconds;
using multicast::ChannelId;
using testing_multicast::mix;

namespace
{
// A program's end, or a word before closing, takes so long.
constexpr base::Duration told_delay = milliseconds (3);
// What is taken within it is told together.
constexpr base::Duration taken_delay = milliseconds (1);
// Who calls a closed port tries again.
constexpr base::Duration port_retry = milliseconds (500);
// What a cut holds up is tried again: CADET loses nothing while a channel
// lives.
constexpr base::Duration cut_retry = milliseconds (250);
constexpr base::Duration stale_memory = base::seconds (90);

[[nodiscard]] std::uint64_t
pair_of (Node a, Node b)
{
  return static_cast<std::uint64_t> (std::min (a, b)) << 32 | std::max (a, b);
}
} // namespace

base::PeerId
peer_of (Node node)
{
  base::PeerId peer;
  // Spread out, as real ones are, with the number in the last bytes.
  std::uint64_t word = mix (node + 1);
  for (std::size_t i = 0; i < 28; i++)
  {
    peer.bytes[i] = static_cast<std::uint8_t> (word);
    word = mix (word + i);
  }
  for (std::size_t i = 0; i < 4; i++)
    peer.bytes[28 + i] = static_cast<std::uint8_t> (node >> (8 * i));
  return peer;
}

std::optional<Node>
node_of (const base::PeerId &peer)
{
  Node node = 0;
  for (std::size_t i = 0; i < 4; i++)
    node |= static_cast<Node> (peer.bytes[28 + i]) << (8 * i);
  if (peer_of (node) != peer)
    return std::nullopt;
  return node;
}

Mesh::Mesh (const Options &options, EventQueue &queue,
            testing_multicast::FakeRandom &random, MeshListener &listener)
    : options_ (options), queue_ (queue), random_ (random), listener_ (listener)
{
  set_loss (options.loss);
}

void
Mesh::add_node (Node node)
{
  if (places_.size () <= node)
    places_.resize (node + 1);
  places_[node].is_up = true;
}

void
Mesh::set_slow (Node node)
{
  places_[node].is_slow = true;
}

void
Mesh::set_lie (Node node, Lie lie)
{
  places_[node].lie = lie;
}

void
Mesh::set_cut (Cut cut)
{
  cut_ = cut;
}

void
Mesh::set_side (Node node, bool side)
{
  places_[node].side = side;
}

void
Mesh::set_loss (double per_cent)
{
  loss_per_million_ = static_cast<std::uint64_t> (per_cent * 10000);
}

void
Mesh::advance_time (base::TimePoint now)
{
  now_ = now;
}

std::uint64_t
Mesh::below (std::uint64_t bound)
{
  return random_.next () % bound;
}

bool
Mesh::is_up (Node node) const
{
  return node < places_.size () && places_[node].is_up;
}

std::size_t
Mesh::channel_count (Node node) const
{
  return places_[node].wires.size ();
}

// From half to one and a half times the mean, the same both ways.
base::Duration
Mesh::latency_of (Node a, Node b) const
{
  const auto mean = static_cast<std::uint64_t> (options_.latency.count ());
  return options_.latency / 2
         + base::Duration (
             static_cast<std::int64_t> (mix (pair_of (a, b)) % (mean + 1)));
}

bool
Mesh::is_lost ()
{
  return loss_per_million_ > 0 && below (1000000) < loss_per_million_;
}

bool
Mesh::is_cut (Node from, Node to) const
{
  const bool side = places_[from].side;
  if (Cut::none == cut_ || side == places_[to].side)
    return false;
  return Cut::both_ways == cut_ || side;
}

// --- the channels of a peer
// ---------------------------------------------------

std::uint32_t
Mesh::index_of (Node node, ChannelId channel) const
{
  const auto &wires = places_[node].wires;
  const auto it = std::lower_bound (wires.begin (), wires.end (),
                                    std::pair (channel, 0U));
  return it == wires.end () || it->first != channel ? no_wire : it->second;
}

Mesh::Found
Mesh::find (Node node, ChannelId channel)
{
  const std::uint32_t index = index_of (node, channel);
  if (no_wire == index)
    return {};
  Wire &wire = wires_[index];
  const bool is_caller
      = wire.ends[0].node == node && wire.ends[0].channel == channel;
  return { &wire, is_caller ? 0U : 1U };
}

void
Mesh::forget (Node node, ChannelId channel)
{
  auto &wires = places_[node].wires;
  const auto it = std::lower_bound (wires.begin (), wires.end (),
                                    std::pair (channel, 0U));
  if (it != wires.end () && it->first == channel)
    wires.erase (it);
}

void
Mesh::clear (Wire::End &end)
{
  while (no_wire != end.first)
  {
    const std::uint32_t index = end.first;
    end.first = parcels_[index].next;
    parcels_[index] = {};
    free_parcels_.push_back (index);
  }
  end.last = no_wire;
}

// That end has let go; the channel goes with the second.
void
Mesh::drop_end (std::uint32_t index, std::uint32_t end)
{
  Wire &wire = wires_[index];
  listener_.on_letting_go (wire.ends[end].node, wire.ends[end].channel);
  wire.ends[end].is_open = false;
  forget (wire.ends[end].node, wire.ends[end].channel);
  clear (wire.ends[end]);
  if (wire.ends[1 - end].is_open)
    return;
  clear (wire.ends[1 - end]);
  const std::uint32_t generation = wire.generation + 1;
  wire = {};
  wire.generation = generation;
  free_wires_.push_back (index);
}

void
Mesh::end_channels (Node node, bool is_told)
{
  const auto wires = places_[node].wires;
  for (const auto &[channel, index] : wires)
  {
    Wire &wire = wires_[index];
    const std::uint32_t end = find (node, channel).end;
    const Node other = wire.ends[1 - end].node;
    if (! is_told && options_.has_stale_tunnels)
      stale_[pair_of (node, other)] = now_;
    if (! is_told)
      wire.is_silent = true;
    else if (wire.ends[1 - end].is_open && ! wire.is_silent)
      put (index, 1 - end, {}, true, told_delay);
    drop_end (index, end);
  }
  places_[node].taken.clear ();
}

void
Mesh::end_program (Node node)
{
  end_channels (node, true);
  places_[node].last_channel = {};
}

void
Mesh::end_peer (Node node)
{
  end_channels (node, false);
  places_[node].last_channel = {};
  places_[node].is_up = false;
}

void
Mesh::start_peer (Node node)
{
  places_[node].is_up = true;
}

// Trying keeps it stale.
bool
Mesh::has_stale_tunnel (Node a, Node b)
{
  const auto it = stale_.find (pair_of (a, b));
  if (it == stale_.end ())
    return false;
  if (now_ - it->second >= stale_memory)
  {
    stale_.erase (it);
    return false;
  }
  it->second = now_;
  return true;
}

// --- opening, sending, closing
// -------------------------------------------------

void
Mesh::open (Node from, ChannelId channel, Node to)
{
  std::uint32_t index = no_wire;
  if (free_wires_.empty ())
  {
    index = static_cast<std::uint32_t> (wires_.size ());
    wires_.emplace_back ();
  }
  else
  {
    index = free_wires_.back ();
    free_wires_.pop_back ();
  }
  Wire &wire = wires_[index];
  wire.ends[0].node = from;
  wire.ends[0].channel = channel;
  wire.ends[0].is_open = true;
  wire.ends[1].node = to;
  wire.latency = from == to ? base::microseconds (100) : latency_of (from, to);
  wire.is_silent = ! is_up (to) || has_stale_tunnel (from, to);
  auto &wires = places_[from].wires;
  wires.insert (std::upper_bound (wires.begin (), wires.end (),
                                  std::pair (channel, index)),
                { channel, index });
  // A key exchange, then the channel itself.
  queue_.push (now_ + wire.latency * 3, EventKind::connect, index,
               wire.generation);
}

void
Mesh::connect (std::uint32_t index)
{
  Wire &wire = wires_[index];
  const Node from = wire.ends[0].node;
  const Node to = wire.ends[1].node;
  if (wire.is_silent || wire.is_connected)
    return;
  if (! is_up (to) || is_cut (from, to) || ! listener_.is_listening (to))
  {
    queue_.push (now_ + port_retry, EventKind::connect, index, wire.generation);
    return;
  }
  Place &place = places_[to];
  place.last_channel = place.last_channel.next ();
  const ChannelId channel = place.last_channel;
  wire.ends[1].channel = channel;
  wire.ends[1].is_open = true;
  wire.is_connected = true;
  place.wires.insert (std::upper_bound (place.wires.begin (),
                                        place.wires.end (),
                                        std::pair (channel, index)),
                      { channel, index });
  for (std::uint32_t i = wire.ends[1].first; no_wire != i; i = parcels_[i].next)
    queue_.push (now_, EventKind::arrival, index * 2 + 1, wire.generation);
  listener_.on_opened (to, channel, from);
}

void
Mesh::put (std::uint32_t index, std::uint32_t end, base::Bytes bytes,
           bool is_end, base::Duration delay)
{
  Wire &wire = wires_[index];
  std::uint32_t parcel = no_wire;
  if (free_parcels_.empty ())
  {
    parcel = static_cast<std::uint32_t> (parcels_.size ());
    parcels_.emplace_back ();
  }
  else
  {
    parcel = free_parcels_.back ();
    free_parcels_.pop_back ();
  }
  parcels_[parcel] = { std::move (bytes), no_wire, is_end };
  Wire::End &to = wire.ends[end];
  (no_wire == to.last ? to.first : parcels_[to.last].next) = parcel;
  to.last = parcel;
  to.latest = std::max (to.latest, now_ + delay);
  if (wire.is_connected)
    queue_.push (to.latest, EventKind::arrival, index * 2 + end,
                 wire.generation);
}

void
Mesh::send (Node from, ChannelId channel, base::Bytes message)
{
  const std::uint32_t index = index_of (from, channel);
  const auto [wire, end] = find (from, channel);
  memory::give_away (message.data ());
  wire->ends[end].under_way++;
  if (wire->is_silent)
    return;
  plan_taken (from, index, end);
  Place &place = places_[from];
  if (is_lost ()
      || (Lie::none != place.lie
          && ! tamper (place.lie, message, place.kept, random_)))
    return;
  base::Duration delay = wire->latency + base::microseconds (below (2000));
  if (options_.reorder > base::Duration{} && 0 == below (10))
    delay += base::Duration (static_cast<std::int64_t> (
        below (static_cast<std::uint64_t> (options_.reorder.count ()))));
  put (index, 1 - end, std::move (message), false, delay);
}

void
Mesh::close (Node from, ChannelId channel)
{
  const std::uint32_t index = index_of (from, channel);
  const auto [wire, end] = find (from, channel);
  if (wire->ends[1 - end].is_open && ! wire->is_silent)
    put (index, 1 - end, {}, true, wire->latency + milliseconds (1));
  drop_end (index, end);
}

// --- what CADET took
// ------------------------------------------------------------

void
Mesh::plan_taken (Node node, std::uint32_t index, std::uint32_t end)
{
  Wire &wire = wires_[index];
  Place &place = places_[node];
  const Node to = wire.ends[1 - end].node;
  if (places_[to].is_slow)
    return queue_.push (now_ + milliseconds (300 + below (600)),
                        EventKind::taken_slowly, index * 2 + end,
                        wire.generation);
  place.taken.push_back ({ index, wire.generation, end });
  if (std::exchange (place.is_taking, true))
    return;
  queue_.push (now_ + taken_delay, EventKind::taken, node);
}

void
Mesh::take (const Taken &taken)
{
  Wire &wire = wires_[taken.wire];
  if (wire.generation != taken.generation || ! wire.ends[taken.end].is_open
      || 0 == wire.ends[taken.end].under_way)
    return;
  if (is_cut (wire.ends[taken.end].node, wire.ends[1 - taken.end].node))
    return queue_.push (now_ + cut_retry, EventKind::taken_slowly,
                        taken.wire * 2 + taken.end, taken.generation);
  wire.ends[taken.end].under_way--;
  listener_.on_taken (wire.ends[taken.end].node, wire.ends[taken.end].channel);
}

// --- events
// ---------------------------------------------------------------------

void
Mesh::arrive (std::uint32_t index, std::uint32_t end)
{
  Wire &wire = wires_[index];
  Wire::End &to = wire.ends[end];
  if (no_wire == to.first || wire.is_silent)
    return;
  if (is_cut (wire.ends[1 - end].node, to.node))
    return queue_.push (now_ + cut_retry, EventKind::arrival, index * 2 + end,
                        wire.generation);
  const std::uint32_t parcel = to.first;
  to.first = parcels_[parcel].next;
  if (no_wire == to.first)
    to.last = no_wire;
  const bool is_end = parcels_[parcel].is_end;
  base::Bytes bytes = std::move (parcels_[parcel].bytes);
  parcels_[parcel] = {};
  free_parcels_.push_back (parcel);
  if (! to.is_open)
    return;
  const Node node = to.node;
  const ChannelId channel = to.channel;
  if (! is_end)
    return listener_.on_message (node, channel, std::move (bytes));
  drop_end (index, end);
  listener_.on_closed (node, channel);
}

void
Mesh::on_event (const Event &event)
{
  if (EventKind::taken == event.kind)
  {
    Place &place = places_[event.subject];
    place.is_taking = false;
    for (const Taken &taken : std::exchange (place.taken, {}))
      take (taken);
    return;
  }
  const std::uint32_t index
      = EventKind::connect == event.kind ? event.subject : event.subject / 2;
  if (wires_[index].generation != event.check)
    return;
  if (EventKind::connect == event.kind)
    connect (index);
  else if (EventKind::arrival == event.kind)
    arrive (index, event.subject % 2);
  else
    take ({ index, event.check, event.subject % 2 });
}
} // namespace sim
