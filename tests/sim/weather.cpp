// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What befalls a simulated group while there is talk: churn, crashes,
// partitions, ejections, the loss of its most loaded relay. See story.hpp.
#include "story.hpp"

namespace sim
{
using base::milliseconds;
using base::seconds;

namespace
{
constexpr std::size_t relays_given = 3;
} // namespace

// Slow, a liar, or like most.
void
Story::character (Node node)
{
  const auto share = [this] (double per_cent)
  { return static_cast<double> (world_.below (1000000)) < per_cent * 10000; };
  Member &member = world_.member (node);
  if (share (options_.slow))
  {
    member.is_slow = true;
    world_.mesh ().set_slow (node);
  }
  if (share (options_.liars))
  {
    member.is_liar = true;
    world_.mesh ().set_lie (
        node, static_cast<Lie> (1 + world_.below (lie_count - 1)));
  }
}

std::vector<base::PeerId>
Story::some_relays ()
{
  std::vector<base::PeerId> out;
  for (std::size_t i = 0; i < relays_given && world_.member_count () > 0; i++)
    out.push_back (peer_of (
        static_cast<Node> (1 + world_.below (world_.member_count ()))));
  return out;
}

std::optional<Node>
Story::any_running ()
{
  for (int i = 0; i < 20; i++)
  {
    const auto node
        = static_cast<Node> (1 + world_.below (world_.member_count ()));
    if (world_.is_running (node) && ! world_.member (node).is_gone)
      return node;
  }
  return std::nullopt;
}

// --- plans
// ---------------------------------------------------------------------

// Evenly over the length, `count` times.
void
Story::spread (base::Duration length, double count, void (Story::*what) ())
{
  const auto times = static_cast<std::uint64_t> (count);
  for (std::uint64_t i = 0; i < times; i++)
    world_.after (base::Duration (static_cast<std::int64_t> (
                      static_cast<double> (length.count ())
                      * (static_cast<double> (i) + 0.5) / count)),
                  [this, what] { (this->*what) (); });
}

void
Story::plan_weather (base::Duration length)
{
  world_.set_disk_faults (options_.has_disk_faults);
  const double minutes = static_cast<double> (length.count ()) / 60e6;
  const double churned = options_.members * options_.churn / 100 * minutes;
  spread (length, churned, &Story::lose_for_good);
  spread (length, churned, &Story::join);
  spread (length, churned, &Story::crash_and_return);
  spread (length, options_.partitions, &Story::partition);
  spread (length, options_.origin_crashes, &Story::crash_origin);
  spread (length, options_.requests, &Story::ask_one);
  spread (length, options_.ejections, &Story::eject_one);
  if (options_.origin_away > base::Duration{})
    spread (length, 1, &Story::send_origin_away);
  world_.after (length * 2 / 5, [this] { lose_most_loaded (); });
}

// --- members
// --------------------------------------------------------------------

// Politely, or without a word.
void
Story::lose_for_good ()
{
  const auto node = any_running ();
  if (! node)
    return;
  forget_orphan (*node);
  if (0 == world_.below (2))
    return world_.leave (*node);
  world_.member (*node).is_gone = true;
  world_.crash_peer (*node);
}

void
Story::join ()
{
  const Node node = world_.add_member (some_relays (), false);
  character (node);
  world_.start_member (node);
}

// The program dies, or its whole peer does.
void
Story::crash_and_return ()
{
  const auto node = any_running ();
  if (! node)
    return;
  const bool is_peer = 0 == world_.below (2);
  if (is_peer)
    world_.crash_peer (*node);
  else
    world_.crash_program (*node);
  forget_orphan (*node);
  world_.after (milliseconds (1000 + static_cast<int> (world_.below (29000))),
                [this, node = *node] { world_.start_peer (node); });
}

void
Story::eject_one ()
{
  if (const auto node = any_running (); node && world_.member (*node).admission)
    world_.eject (*node);
}

void
Story::ask_one ()
{
  if (const auto node = any_running ();
      node && ! world_.member (*node).is_ejected)
    world_.ask (*node);
}

// --- the mesh and the origin
// -----------------------------------------------------

void
Story::partition ()
{
  for (Node node = 0; node <= world_.member_count (); node++)
    world_.mesh ().set_side (node, 0 == world_.below (2));
  world_.mesh ().set_cut (options_.is_one_way ? Mesh::Cut::one_way
                                              : Mesh::Cut::both_ways);
  world_.after (milliseconds (1000 + static_cast<int> (world_.below (40000))),
                [this] { world_.mesh ().set_cut (Mesh::Cut::none); });
}

void
Story::crash_origin ()
{
  if (! world_.is_running (0))
    return;
  world_.crash_origin_program ();
  world_.after (milliseconds (20 + static_cast<int> (world_.below (5000))),
                [this] { world_.start_origin (StartKind::unclean); });
}

void
Story::send_origin_away ()
{
  if (! world_.is_running (0))
    return;
  world_.crash_origin_peer ();
  world_.after (options_.origin_away,
                [this] { world_.start_origin (StartKind::unclean); });
}

// --- the loss of the most loaded relay
// ----------------------------------------------

// How many hang on each node, itself included.
std::vector<std::uint32_t>
Story::subtree_sizes () const
{
  const auto depths = world_.depths ();
  std::vector<Node> nodes;
  for (Node node = 1; node < depths.size (); node++)
    if (depths[node] < World::depth_loop)
      nodes.push_back (node);
  std::sort (nodes.begin (), nodes.end (),
             [&] (Node a, Node b) { return depths[a] > depths[b]; });
  std::vector<std::uint32_t> sizes (depths.size (), 1);
  for (const Node node : nodes)
    sizes[world_.parent_of (node).value_or (0)] += sizes[node];
  return sizes;
}

// Its peer is gone without a word, for good.
void
Story::lose_most_loaded ()
{
  const auto sizes = subtree_sizes ();
  const auto largest = std::max_element (sizes.begin () + 1, sizes.end ());
  if (sizes.end () == largest || *largest < 2)
    return;
  const auto lost = static_cast<Node> (largest - sizes.begin ());
  for (Node node = 1; node <= world_.member_count (); node++)
    if (node != lost && ! world_.member (node).is_gone && is_below (node, lost))
    {
      world_.member (node).is_orphan = true;
      orphans_++;
    }
  report_.heal_size = orphans_;
  lost_at_ = world_.now ();
  lost_after_ = world_.head ();
  world_.member (lost).is_gone = true;
  world_.crash_peer (lost);
}

bool
Story::is_below (Node node, Node top) const
{
  for (int i = 0; i < 1000 && 0 != node; i++)
  {
    node = world_.parent_of (node).value_or (0);
    if (node == top)
      return true;
  }
  return false;
}

// Something newer than the loss reached it again.
void
Story::heal (Node node)
{
  if (! std::exchange (world_.member (node).is_orphan, false))
    return;
  if (0 == --orphans_)
    report_.heal_s = seconds_since (lost_at_);
}

// What became of it otherwise says nothing about healing.
void
Story::forget_orphan (Node node)
{
  if (std::exchange (world_.member (node).is_orphan, false))
    orphans_--;
}
} // namespace sim
