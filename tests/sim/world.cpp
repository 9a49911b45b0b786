// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The simulated world: its time, and the way of inputs and effects between
// cores and mesh. See world.hpp.
#include "world.hpp"

#include "memory.hpp"
#include "with_core.hpp"

namespace sim
{
World::World (const Options &options, std::uint64_t seed)
    : watch (options), options_ (options), random_ (seed * 2),
      core_random_ (seed * 2 + 1), mesh_ (options, queue_, random_, *this)
{
  const double minutes = options.fragments / 600.0 + 10;
  const double joins = options.members * options.churn / 100 * minutes;
  memory::prepare (options.members + static_cast<memory::Owner> (joins) + 1000);
  mesh_.advance_time (now_);
  watch.advance_time (now_);
  mesh_.add_node (0);
}

std::uint64_t
World::below (std::uint64_t bound)
{
  return random_.next () % bound;
}

void
World::set_disk_faults (bool has_faults)
{
  has_disk_faults_ = has_faults;
}

// --- time
// ----------------------------------------------------------------------

void
World::after (base::Duration delay, std::function<void ()> action)
{
  std::uint32_t slot = 0;
  if (free_actions_.empty ())
  {
    slot = static_cast<std::uint32_t> (actions_.size ());
    actions_.push_back (std::move (action));
  }
  else
  {
    slot = free_actions_.back ();
    free_actions_.pop_back ();
    actions_[slot] = std::move (action);
  }
  queue_.push (now_ + delay, EventKind::action, slot);
}

void
World::run_until (base::TimePoint end, const std::function<bool ()> &is_over)
{
  while (! queue_.is_empty () && queue_.next () <= end
         && watch.faults ().empty ())
  {
    const Event event = queue_.pop ();
    now_ = event.at;
    mesh_.advance_time (now_);
    watch.advance_time (now_);
    events++;
    dispatch (event);
    if (is_over && is_over ())
      return;
  }
  if (watch.faults ().empty ())
    now_ = std::max (now_, end);
}

void
World::dispatch (const Event &event)
{
  switch (event.kind)
  {
  case EventKind::wake:
    return wake (event.subject, event.check);
  case EventKind::connect:
  case EventKind::arrival:
  case EventKind::taken:
  case EventKind::taken_slowly:
    return mesh_.on_event (event);
  case EventKind::stored:
    if (0 != event.subject && event.check == member (event.subject).life)
      store_fragments (event.subject);
    else if (0 == event.subject && event.check == origin_life_)
      store_echoes ();
    return;
  case EventKind::answer:
    if (0 != event.subject && event.check == member (event.subject).life)
      answer_at_member (event.subject);
    else if (0 == event.subject && event.check == origin_life_)
      answer_at_origin ();
    return;
  case EventKind::action:
    const auto action = std::exchange (actions_[event.subject], {});
    free_actions_.push_back (event.subject);
    return action ();
  }
}

// One entry in the queue for each core: a deadline that moved away is only
// seen when the old one is due.
void
World::arm (base::TimePoint deadline, base::TimePoint &armed, Node node,
            std::uint32_t life)
{
  if (deadline <= now_)
    watch.fault ("node " + std::to_string (node)
                 + ": a deadline that has passed stays");
  if (deadline >= armed)
    return;
  armed = deadline;
  queue_.push (deadline, EventKind::wake, node, life);
}

void
World::wake (Node node, std::uint32_t life)
{
  if (0 == node)
  {
    if (! origin_ || life != origin_life_ || origin_armed_ != now_)
      return;
    origin_armed_ = base::time_never;
    return with_origin ([] (OriginCore &) {});
  }
  Member &m = member (node);
  if (! m.core || life != m.life || m.armed != now_)
    return;
  m.armed = base::time_never;
  with_member (node, [] (MemberCore &) {});
}

// --- the mesh's words
// ------------------------------------------------------------

bool
World::is_running (Node node) const
{
  return 0 == node ? nullptr != origin_ : nullptr != member (node).core;
}

bool
World::is_attached (Node node) const
{
  return parent_of (node).has_value ();
}

std::optional<Node>
World::parent_of (Node node) const
{
  if (! is_running (node) || MemberState::attached != member (node).state)
    return std::nullopt;
  return node_of (member (node).core->position ().parent);
}

bool
World::is_listening (Node node) const
{
  if (0 == node)
    return nullptr != origin_;
  return is_running (node) && member (node).has_port;
}

void
World::on_opened (Node node, ChannelId channel, Node from)
{
  watch.note (Note::What::is_called, node, from);
  with (node,
        [&] (auto &core) { core.on_channel_opened (channel, peer_of (from)); });
}

void
World::on_message (Node node, ChannelId channel, base::Bytes message)
{
  const auto [wire, end] = mesh_.find (node, channel);
  watch.note_message (Note::What::hears, node, wire->ends[1 - end].node,
                      message);
  if (1 == end)
    watch.on_hear (*wire, message);
  with (node, [&] (auto &core) { core.on_peer_message (channel, message); });
}

void
World::on_taken (Node node, ChannelId channel)
{
  with (node, [&] (auto &core) { core.on_channel_sent (channel); });
}

// The mesh has forgotten the channel already.
void
World::on_closed (Node node, ChannelId channel)
{
  watch.note (Note::What::is_told_end, node);
  told_end_ = { node, channel };
  with (node, [&] (auto &core) { core.on_channel_closed (channel); });
  told_end_ = {};
}

void
World::on_letting_go (Node node, ChannelId channel)
{
  watch.on_let_go (node, mesh_.find (node, channel));
}

// What the time brought about in the moment before the end is told goes
// nowhere.
void
World::on_channel_missing (Node node, ChannelId channel, const char *what)
{
  if (told_end_ != std::pair (node, channel))
    watch.fault ("node " + std::to_string (node) + " " + what
                 + " a channel that is gone");
}

void
World::send (Node node, SendToPeer effect)
{
  const auto found = mesh_.find (node, effect.channel);
  if (nullptr == found.wire)
    return on_channel_missing (node, effect.channel, "sends on");
  watch.on_send (node, found, effect.message, head ());
  mesh_.send (node, effect.channel, std::move (effect.message));
}

void
World::close (Node node, ChannelId channel)
{
  const auto found = mesh_.find (node, channel);
  if (nullptr == found.wire)
    return on_channel_missing (node, channel, "closes");
  watch.note (Note::What::closes, node, found.wire->ends[1 - found.end].node);
  mesh_.close (node, channel);
}

// --- the shape of the tree
// -------------------------------------------------------

std::vector<std::uint32_t>
World::depths () const
{
  std::vector<std::uint32_t> out (members_.size () + 1, depth_none);
  std::vector<std::uint8_t> is_known (members_.size () + 1, 0);
  out[0] = 0;
  is_known[0] = 1;
  std::vector<Node> way;
  for (Node start = 1; start <= member_count (); start++)
  {
    way.clear ();
    Node node = start;
    while (0 == is_known[node])
    {
      is_known[node] = 1;
      const auto parent = parent_of (node);
      if (! parent || *parent > member_count ())
        break;
      out[node] = depth_loop; // until the way back
      way.push_back (node);
      node = *parent;
    }
    std::uint32_t depth = out[node];
    for (; ! way.empty (); way.pop_back ())
    {
      depth = depth < depth_loop ? depth + 1 : depth;
      out[way.back ()] = depth;
    }
  }
  return out;
}

bool
World::is_complete (Node node) const
{
  const Member &m = member (node);
  if (! m.admission)
    return false;
  const std::uint64_t first = m.admission->next ().value;
  return first > head ().value
         || m.stored.contiguous_end (first) >= head ().value;
}
} // namespace sim
