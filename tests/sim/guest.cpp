// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The members in the simulated world: their lives, their applications and
// their disks. See world.hpp.
#include <algorithm>
#include <bit>

#include "multicast/core/tickets.hpp"
#include "with_core.hpp"

namespace sim
{
using base::milliseconds;

namespace
{
constexpr base::Duration disk_delay = milliseconds (2);
constexpr base::Duration slow_disk_delay = milliseconds (500);
constexpr base::Duration replay_delay = milliseconds (2);
constexpr std::uint32_t first_key = 1000;
// Until the word of an ejection is everywhere, in heartbeats.
constexpr int ejection_heartbeats = 3;

[[nodiscard]] std::vector<base::Interval>
intervals_of (const base::IntervalSet &set)
{
  std::vector<base::Interval> out;
  const std::uint64_t last = set.highest ().value_or (0);
  std::uint64_t from = 1;
  for (const base::Interval &hole : set.missing (1, last, SIZE_MAX))
  {
    if (from < hole.first)
      out.push_back ({ from, hole.first - 1 });
    from = hole.last + 1;
  }
  if (from <= last)
    out.push_back ({ from, last });
  return out;
}
} // namespace

// --- their lives
// -----------------------------------------------------------------

Node
World::add_member (std::vector<base::PeerId> relays, bool has_ticket)
{
  const auto node = static_cast<Node> (members_.size () + 1);
  Member &m = members_.emplace_back (first_key + node);
  m.relays = std::move (relays);
  nodes_[m.signer.public_key ()] = node;
  mesh_.add_node (node);
  if (! has_ticket)
    return node;
  Ticket ticket;
  ticket.group = signer_.public_key ();
  ticket.member = m.signer.public_key ();
  ticket.peer = peer_of (node);
  ticket.admission_fragment = head ();
  ticket.generation = generation_;
  ticket.policy = policy ();
  ticket.issued = now_;
  ticket.expiry = now_ + base::hours (1000);
  m.ticket = issue_ticket (signer_, ticket);
  m.admission = head ();
  return node;
}

MemberConfig
World::config_of (const Member &m, Node node) const
{
  MemberConfig config;
  config.group = signer_.public_key ();
  config.own_peer = peer_of (node);
  config.origin = peer_of (0);
  config.relays = m.relays;
  config.ticket = m.ticket;
  config.join_request = { 4, 5, 6 };
  config.heartbeat = options_.heartbeat;
  config.children_max = options_.children;
  if (m.admission)
    config.first_fragment_id = m.admission->next ();
  config.have = intervals_of (m.stored);
  return config;
}

void
World::start_member (Node node)
{
  watch.note (Note::What::starts, node);
  Member &m = member (node);
  m.life++;
  m.armed = base::time_never;
  m.state = MemberState::connecting;
  m.has_port = false;
  m.started_at = now_;
  auto config = config_of (m, node);
  memory::forget_peak (node + 1);
  {
    const memory::Scope scope (node + 1);
    m.core = std::make_unique<MemberCore> (std::move (config), m.signer,
                                           verifier_, core_random_, now_);
  }
  with_member (node, [] (MemberCore &) {});
}

void
World::end_life (Node node)
{
  watch.note (Note::What::crashes, node);
  Member &m = member (node);
  m.life++;
  m.core.reset ();
  m.storing = {};
  m.asked = {};
}

void
World::crash_program (Node node)
{
  mesh_.end_program (node);
  end_life (node);
}

void
World::crash_peer (Node node)
{
  mesh_.end_peer (node);
  end_life (node);
}

void
World::start_peer (Node node)
{
  mesh_.start_peer (node);
  start_member (node);
}

void
World::leave (Node node)
{
  watch.note (Note::What::leaves, node);
  member (node).is_gone = true;
  with_member (node, [] (MemberCore &core) { core.on_part (); });
}

void
World::on_member (Node node, Parted &&)
{
  // Not from inside the core's own effects.
  after (milliseconds (1),
         [this, node]
         {
           if (is_running (node))
             crash_program (node);
         });
}

void
World::drain_member (Node node)
{
  MemberCore &core = *member (node).core;
  while (auto effect = core.poll_effect ())
    std::visit ([this, node] (auto &what)
                { on_member (node, std::move (what)); },
                *effect);
}

// --- the mesh
// --------------------------------------------------------------------

void
World::on_member (Node node, SendToPeer &&effect)
{
  send (node, std::move (effect));
}

void
World::on_member (Node node, OpenChannel &&effect)
{
  const auto to = node_of (effect.peer);
  if (! to || *to > member_count ())
    return watch.count ("simulator: calls to nobody", 1);
  watch.note (Note::What::calls, node, *to);
  mesh_.open (node, effect.channel, *to);
}

void
World::on_member (Node node, CloseChannel &&effect)
{
  close (node, effect.channel);
}

void
World::on_member (Node node, OpenPort &&)
{
  member (node).has_port = true;
}

// A path is known for a while after its end is gone.
void
World::on_member (Node node, AskPath &&effect)
{
  const auto to = node_of (effect.peer);
  const bool is_known = to && (mesh_.is_up (*to) || 0 == below (2));
  after (milliseconds (1),
         [this, node, is_known, peer = effect.peer, life = member (node).life]
         {
           if (life == member (node).life)
             with_member (node,
                          [&] (MemberCore &core)
                          {
                            core.on_path_known (peer, is_known
                                                          ? PathState::known
                                                          : PathState::unknown);
                          });
         });
}

// --- membership
// ------------------------------------------------------------------

void
World::on_member (Node node, JoinDecided &&effect)
{
  Member &m = member (node);
  if (! effect.is_admitted)
    return;
  if (! m.admission)
    m.admission = effect.admission.fragment_id;
  m.ticket = effect.ticket;
  if (! effect.relays.empty ())
    m.relays = effect.relays;
}

void
World::on_member (Node node, TicketRenewed &&effect)
{
  member (node).ticket = effect.ticket;
}

void
World::on_member (Node node, MemberStateChange &&effect)
{
  Member &m = member (node);
  m.state = effect.state;
  watch.note (Note::What::state, node,
              static_cast<std::uint64_t> (effect.state));
  if (MemberState::ejected == effect.state && ! m.is_ejected && ! m.is_gone)
    watch.fault ("node " + std::to_string (node)
                 + " believes that it was ejected");
  if (MemberState::attached != effect.state || m.outbox.empty ())
    return;
  after (milliseconds (1),
         [this, node, life = m.life]
         {
           if (life == member (node).life)
             send_outbox (node);
         });
}

// --- fragments
// -------------------------------------------------------------------

bool
World::is_same_fragment (base::FragmentId id, base::ByteView raw) const
{
  constexpr std::size_t unsigned_size = 8; // header and hop counter
  if (id.value > log_.size () || id.is_none ())
    return false;
  const base::Bytes &own = log_[id.value - 1];
  return own.size () == raw.size ()
         && std::equal (raw.begin () + unsigned_size, raw.end (),
                        own.begin () + unsigned_size);
}

bool
World::is_on_disk (const Member &m, base::FragmentId id) const
{
  return m.stored.contains (id.value);
}

void
World::count_delay (const Member &m, base::FragmentId id)
{
  const base::TimePoint issued = logged_at_[id.value - 1];
  if (m.started_at > issued)
    return;
  const auto ms = static_cast<std::uint64_t> ((now_ - issued).count () / 1000);
  delays[static_cast<std::size_t> (std::bit_width (ms))]++;
}

void
World::check_delivery (Node node, const DeliverFragment &effect)
{
  const Member &m = member (node);
  const auto fault = [&] (const char *why)
  {
    watch.fault ("node " + std::to_string (node) + " got fragment "
                 + std::to_string (effect.id.value) + why);
  };
  if (! is_same_fragment (effect.id, effect.fragment))
    fault (", which the origin never sent so");
  if (is_on_disk (m, effect.id)
      || std::find (m.storing.begin (), m.storing.end (), effect.id)
             != m.storing.end ())
  {
    watch.duplicates++;
    fault (" twice");
  }
  if (options_.is_restricted && (! m.admission || effect.id <= *m.admission))
    fault (" from before its admission");
  if (m.is_ejected && effect.id > m.ejected_after
      && now_ > m.ejected_at + options_.heartbeat * ejection_heartbeats)
    fault (" from after its ejection");
}

void
World::on_member (Node node, DeliverFragment &&effect)
{
  check_delivery (node, effect);
  watch.note (Note::What::delivers, node, effect.id.value);
  Member &m = member (node);
  if (effect.id <= head () && ! effect.id.is_none ())
    count_delay (m, effect.id);
  m.storing.push_back (effect.id);
  if (1 == m.storing.size ())
    queue_.push (now_ + (m.is_slow ? slow_disk_delay : disk_delay),
                 EventKind::stored, node, m.life);
  if (on_delivered)
    on_delivered (node, effect.id);
}

void
World::store_fragments (Node node)
{
  Member &m = member (node);
  const auto storing = std::exchange (m.storing, {});
  std::vector<base::FragmentId> failed;
  for (const base::FragmentId id : storing)
    if (has_disk_faults_ && 0 == below (50))
      failed.push_back (id);
    else
      m.stored.add (id.value);
  with_member (node,
               [&] (MemberCore &core)
               {
                 for (const base::FragmentId id : storing)
                   if (failed.end ()
                       == std::find (failed.begin (), failed.end (), id))
                     core.on_fragment_stored (id);
                   else
                     core.on_fragment_failed (id);
               });
}

void
World::on_member (Node node, Gap &&effect)
{
  watch.gaps++;
  // A liar is served what its garbled questions say.
  if (! member (node).is_gone && ! member (node).is_liar)
    watch.fault ("node " + std::to_string (node) + " gave up fragment "
                 + std::to_string (effect.first.value)
                 + ", which the origin has");
}

// --- history for others
// ----------------------------------------------------------

void
World::on_member (Node node, AskReplay &&effect)
{
  Member &m = member (node);
  m.asked.push_back (std::move (effect));
  queue_.push (now_ + replay_delay, EventKind::answer, node, m.life);
}

void
World::answer_at_member (Node node)
{
  Member &m = member (node);
  const AskReplay question = std::move (m.asked.front ());
  m.asked.pop_front ();
  const std::uint64_t last = std::min (question.last, head ().value);
  with_member (node,
               [&] (MemberCore &core)
               {
                 bool has_all = question.last <= last;
                 for (std::uint64_t id = question.first; id <= last; id++)
                   if (m.stored.contains (id))
                     core.on_replay_fragment (question.replay, log_[id - 1]);
                   else
                     has_all = false;
                 core.on_replay_end (question.replay,
                                     has_all ? ReplayCode::ok
                                             : ReplayCode::not_found);
               });
}

// --- requests
// --------------------------------------------------------------------

void
World::ask (Node node)
{
  Member &m = member (node);
  m.outbox.push_back ({ { ++m.last_request }, 0 });
  if (0 == below (3))
    m.outbox.push_back ({ { m.last_request }, 100 });
  send_outbox (node);
}

// All that was not acknowledged, in order; the core knows what is under way.
void
World::send_outbox (Node node)
{
  if (! is_running (node) || MemberState::attached != member (node).state)
    return;
  const auto outbox = member (node).outbox;
  with_member (node,
               [&] (MemberCore &core)
               {
                 for (const Said &said : outbox)
                 {
                   NewRequest request;
                   request.request_id = said.id;
                   request.fragment_offset = said.offset;
                   request.flags = 0 == said.offset ? flag_first_fragment
                                                    : flag_last_fragment;
                   request.body.resize (100);
                   const auto result
                       = core.on_client_request (std::move (request));
                   if (ClientResult::invalid == result)
                     watch.fault ("a good request was refused");
                   if (ClientResult::taken != result)
                     return;
                 }
               });
}

void
World::on_member (Node node, RequestStored &&effect)
{
  std::erase (member (node).outbox,
              Said{ effect.request_id, effect.fragment_offset });
}

void
World::on_member (Node node, RequestSettled &&effect)
{
  std::erase_if (member (node).outbox, [&] (const Said &said)
                 { return said.id == effect.settlement.request_id; });
}
} // namespace sim
