// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The simulated world: see simulation.hpp.
#include "simulation.hpp"

#include <algorithm>

#include "multicast/core/fragments.hpp"
#include "multicast/core/limits.hpp"

namespace testing_multicast
{
Simulation::Simulation (std::uint64_t seed, Options options)
    : random_ (seed), options_ (options)
{
  members.resize (options_.members);
  for (std::size_t i = 0; i < members.size (); i++)
  {
    const auto number = static_cast<std::uint8_t> (10 + i);
    members[i].signer = std::make_unique<FakeMemberSigner> (number);
    members[i].peer = key_of<base::PeerId> (number);
  }
  // One member lives on the origin's own peer.
  if (members.size () > 2)
    members[2].peer = origin_peer_;
}

void
Simulation::fault (std::string text)
{
  if (faults_.size () < 20)
    faults_.push_back (
        std::to_string (
            (now_.time_since_epoch () - base::hours (400000)).count () / 1000)
        + " ms: " + std::move (text));
}

// --- time
// ----------------------------------------------------------------------

std::uint64_t
Simulation::below (std::uint64_t bound)
{
  return random_.next () % bound;
}

base::Duration
Simulation::latency ()
{
  return base::microseconds (500 + below (20000));
}

void
Simulation::after (base::Duration delay, std::function<void ()> action)
{
  events_.push_back ({ now_ + delay, ++last_order_, std::move (action) });
  std::push_heap (events_.begin (), events_.end (), std::greater<> ());
}

void
Simulation::run_until (TimePoint end)
{
  while (! events_.empty () && events_.front ().at <= end)
  {
    std::pop_heap (events_.begin (), events_.end (), std::greater<> ());
    Event event = std::move (events_.back ());
    events_.pop_back ();
    now_ = event.at;
    event.action ();
  }
  now_ = end;
}

void
Simulation::check_deadline (TimePoint deadline, const char *who)
{
  if (deadline <= now_)
    fault (std::string (who) + ": a deadline that has passed stays");
}

void
Simulation::plan_origin ()
{
  const TimePoint deadline = origin->next_deadline ();
  check_deadline (deadline, "origin");
  if (deadline == origin_wake_ || base::time_never == deadline)
    return;
  origin_wake_ = deadline;
  after (deadline - now_,
         [this, deadline, life = origin_life_]
         {
           if (! origin || life != origin_life_ || deadline != origin_wake_)
             return;
           origin_wake_ = base::time_never;
           with_origin ([] (OriginCore &) {});
         });
}

void
Simulation::plan_member (std::size_t index)
{
  MemberNode &node = members[index];
  const TimePoint deadline = node.core->next_deadline ();
  check_deadline (deadline, "member");
  if (deadline == node.wake || base::time_never == deadline)
    return;
  node.wake = deadline;
  after (deadline - now_,
         [this, index, deadline, life = node.life]
         {
           MemberNode &n = members[index];
           if (! n.core || life != n.life || deadline != n.wake)
             return;
           n.wake = base::time_never;
           with_member (index, [] (MemberCore &) {});
         });
}

void
Simulation::with_origin (const std::function<void (OriginCore &)> &input)
{
  if (! origin)
    return;
  origin->advance_time (now_);
  input (*origin);
  drain_origin ();
  plan_origin ();
}

void
Simulation::with_member (std::size_t index,
                         const std::function<void (MemberCore &)> &input)
{
  MemberNode &node = members[index];
  if (! node.core)
    return;
  node.core->advance_time (now_);
  input (*node.core);
  drain_member (index);
  plan_member (index);
}

void
Simulation::drain_origin ()
{
  while (auto effect = origin->poll_effect ())
    std::visit ([this] (const auto &e) { on (e); }, *effect);
}

void
Simulation::drain_member (std::size_t index)
{
  while (auto effect = members[index].core->poll_effect ())
    std::visit ([&] (const auto &e) { on_member (index, e); }, *effect);
}

// --- CADET
// -----------------------------------------------------------------------

// The same id must never travel with two contents.
void
Simulation::check_content (base::ByteView message)
{
  (void)for_each_in_batch (
      message,
      [this] (base::ByteView one)
      {
        const auto fragment = wire::decode<Fragment> (one);
        if (! fragment)
          return true;
        const auto content = hash (7, one);
        const auto [it, is_new]
            = on_the_wire_.emplace (fragment->fragment_id, content);
        if (! is_new && it->second != content)
          fault ("one id with two contents on the wire");
        if (! origin_store.contains (fragment->fragment_id))
          fault ("a fragment on the wire that is not stored");
        return true;
      });
}

void
Simulation::on (const SendToPeer &effect)
{
  if (effect.message.size () > cadet_message_size_max)
    fault ("a message larger than CADET carries");
  check_content (effect.message);
  const auto it = origin_wires_.find (effect.channel);
  if (it == origin_wires_.end ())
    return fault ("origin sends on a channel that is gone");
  const WirePtr wire = it->second;
  // The last word before closing goes past the queue.
  if (++wire->origin_under_way > limits::channel_under_way_max + 2)
    fault ("origin has too much under way");
  carry_to_member (wire, effect.message);
  if (wire->is_silent)
    return;
  const bool is_slow = slow_ == wire->member;
  after (is_slow ? base::Duration (milliseconds (400 + below (400)))
                 : latency () / 4,
         [this, wire, life = origin_life_]
         {
           wire->origin_under_way--;
           if (life == origin_life_ && ! wire->is_gone)
             with_origin ([&] (OriginCore &core)
                          { core.on_channel_sent (wire->at_origin); });
         });
}

void
Simulation::carry_to_member (WirePtr wire, base::Bytes message)
{
  wire->member_gets = std::max (wire->member_gets, now_ + latency ());
  after (wire->member_gets - now_,
         [this, wire, message = std::move (message)]
         {
           MemberNode &node = members[wire->member];
           if (wire->is_silent || ! node.wires.contains (wire->at_member)
               || node.wires[wire->at_member] != wire)
             return;
           with_member (wire->member, [&] (MemberCore &core)
                        { core.on_peer_message (wire->at_member, message); });
         });
}

void
Simulation::carry_to_origin (WirePtr wire, base::Bytes message)
{
  wire->origin_gets = std::max (wire->origin_gets, now_ + latency ());
  after (wire->origin_gets - now_,
         [this, wire, message = std::move (message)]
         {
           if (! wire->is_silent && origin_wires_.contains (wire->at_origin)
               && origin_wires_[wire->at_origin] == wire)
             with_origin ([&] (OriginCore &core)
                          { core.on_peer_message (wire->at_origin, message); });
         });
}

void
Simulation::on (const CloseChannel &effect)
{
  const auto it = origin_wires_.find (effect.channel);
  if (it == origin_wires_.end ())
    return fault ("origin closes a channel that is gone");
  const WirePtr wire = it->second;
  origin_wires_.erase (it);
  wire->is_gone = true;
  if (wire->is_silent)
    return;
  // What was sent before arrives before.
  wire->member_gets = std::max (wire->member_gets, now_ + milliseconds (20))
                      + milliseconds (1);
  after (wire->member_gets - now_,
         [this, wire]
         {
           MemberNode &node = members[wire->member];
           const auto found = node.wires.find (wire->at_member);
           if (found == node.wires.end () || found->second != wire)
             return;
           node.wires.erase (found);
           with_member (wire->member, [&] (MemberCore &core)
                        { core.on_channel_closed (wire->at_member); });
         });
}

void
Simulation::on_member (std::size_t index, const OpenChannel &effect)
{
  MemberNode &node = members[index];
  auto wire = std::make_shared<Wire> ();
  wire->member = index;
  wire->at_member = effect.channel;
  node.wires[effect.channel] = wire;
  if (node.is_stale && now_ - node.last_contact >= seconds (90))
    node.is_stale = false;
  node.last_contact = now_;
  // Nobody but the origin can be reached here: see tests/sim for trees.
  if (PortKind::relay == effect.port)
    wire->is_silent = true;
  else if (node.peer != origin_peer_
           && (node.is_cut || node.is_stale || ! is_origin_peer_up_))
    wire->is_silent = true;
  after (latency (), [this, wire] { connect (wire); });
}

void
Simulation::connect (WirePtr wire)
{
  MemberNode &node = members[wire->member];
  const auto it = node.wires.find (wire->at_member);
  if (wire->is_silent || it == node.wires.end () || it->second != wire)
    return;
  if (! origin) // CADET waits for the port to open
    return after (milliseconds (50), [this, wire] { connect (wire); });
  last_origin_channel_ = last_origin_channel_.next ();
  wire->at_origin = last_origin_channel_;
  origin_wires_[wire->at_origin] = wire;
  with_origin ([&] (OriginCore &core)
               { core.on_channel_opened (wire->at_origin, node.peer); });
  for (auto &message : std::exchange (wire->to_origin, {}))
    carry_to_origin (wire, std::move (message));
}

void
Simulation::on_member (std::size_t index, const SendToPeer &effect)
{
  MemberNode &node = members[index];
  const auto it = node.wires.find (effect.channel);
  if (it == node.wires.end ())
    return fault ("member sends on a channel that is gone");
  const WirePtr wire = it->second;
  if (++wire->member_under_way > limits::channel_under_way_max + 2)
    fault ("member has too much under way");
  if (wire->at_origin.is_none ())
    wire->to_origin.push_back (effect.message);
  else
    carry_to_origin (wire, effect.message);
  if (wire->is_silent)
    return;
  after (latency () / 4,
         [this, wire, index, life = node.life]
         {
           wire->member_under_way--;
           if (life == members[index].life)
             with_member (index, [&] (MemberCore &core)
                          { core.on_channel_sent (wire->at_member); });
         });
}

void
Simulation::on_member (std::size_t index, const CloseChannel &effect)
{
  MemberNode &node = members[index];
  const auto it = node.wires.find (effect.channel);
  if (it == node.wires.end ())
    return fault ("member closes a channel that is gone");
  const WirePtr wire = it->second;
  node.wires.erase (it);
  node.last_contact = now_;
  if (wire->is_silent || wire->at_origin.is_none ())
    return;
  wire->origin_gets = std::max (wire->origin_gets, now_ + milliseconds (20))
                      + milliseconds (1);
  after (wire->origin_gets - now_,
         [this, wire]
         {
           wire->is_gone = true;
           const auto found = origin_wires_.find (wire->at_origin);
           if (found == origin_wires_.end () || found->second != wire)
             return;
           origin_wires_.erase (found);
           with_origin ([&] (OriginCore &core)
                        { core.on_channel_closed (wire->at_origin); });
         });
}

void
Simulation::on_member (std::size_t index, const AskPath &)
{
  after (milliseconds (1),
         [this, index, life = members[index].life]
         {
           const MemberNode &node = members[index];
           if (life != node.life)
             return;
           const bool is_known = is_origin_peer_up_ && ! node.is_cut;
           with_member (index,
                        [&] (MemberCore &core)
                        {
                          core.on_path_known (origin_peer_,
                                              is_known ? PathState::known
                                                       : PathState::unknown);
                        });
         });
}

// --- the origin's client
// ------------------------------------------------------------

void
Simulation::say (std::size_t count)
{
  if (! origin)
    return;
  while (count-- > 0)
    with_origin (
        [this] (OriginCore &core)
        {
          NewFragment fragment;
          fragment.message_id = { ++last_message_ };
          fragment.generation = { generation_ };
          fragment.flags = flag_first_fragment | flag_last_fragment;
          fragment.body.resize (0 == below (20) ? below (60000) : below (200));
          random_.fill (fragment.body);
          if (ClientResult::invalid
              == core.on_client_fragment (std::move (fragment)))
            fault ("a good fragment was refused");
        });
}

void
Simulation::on (const EchoFragment &effect)
{
  echoed_.push_back (effect);
  if (std::exchange (is_storing_, true))
    return;
  after (latency (), [this, life = origin_life_] { store_next_echo (life); });
}

void
Simulation::store_next_echo (std::uint64_t life)
{
  if (! origin || life != origin_life_)
    return;
  is_storing_ = false;
  if (echoed_.empty ())
    return;
  if (has_faults_ && 0 == below (60)) // the disk is full
  {
    const auto id = echoed_.front ().id;
    const auto lost = echoed_.size ();
    echoed_.clear ();
    with_origin ([&] (OriginCore &core) { core.on_fragment_discarded (id); });
    after (milliseconds (100), [this, lost] { say (lost); });
    return;
  }
  const std::size_t together
      = 1 + below (std::min<std::size_t> (5, echoed_.size ()));
  base::FragmentId id;
  for (std::size_t i = 0; i < together; i++)
  {
    id = echoed_.front ().id;
    const auto [it, is_new]
        = origin_store.emplace (id, std::move (echoed_.front ().fragment));
    if (! is_new)
      fault ("an id was given twice");
    echoed_.pop_front ();
  }
  with_origin ([&] (OriginCore &core) { core.on_fragment_stored (id); });
  if (! echoed_.empty () && ! std::exchange (is_storing_, true))
    after (latency (), [this, life] { store_next_echo (life); });
}

void
Simulation::on (const OriginStateChange &effect)
{
  origin_states.push_back (effect.state);
}

void
Simulation::on (const AskJoin &effect)
{
  const bool is_known = admitted_.contains (effect.member);
  const bool is_asked = options_.is_private && ! is_known;
  const auto decide = [this, effect, life = origin_life_]
  {
    if (! origin || life != origin_life_)
      return;
    const bool is_revoked = revoked_.contains (effect.member);
    with_origin (
        [&] (OriginCore &core)
        {
          JoinAnswer answer;
          answer.verdict
              = is_revoked ? JoinVerdict::refused : JoinVerdict::admitted;
          answer.answer = { 1, 2, 3 };
          if (! is_revoked)
            admitted_.try_emplace (
                effect.member,
                base::FragmentId{ echoed_.empty () ? core.head ().fragment_id
                                                   : echoed_.back ().id });
          core.on_join_decided (effect.join, std::move (answer));
        });
  };
  if (! is_asked)
    return after (milliseconds (1), decide);
  after (milliseconds (1),
         [this, effect, life = origin_life_]
         {
           if (life == origin_life_)
             with_origin ([&] (OriginCore &core)
                          { core.on_join_pending (effect.join); });
         });
  after (milliseconds (100 + below (20000)), decide);
}

void
Simulation::on (const AskReplay &effect)
{
  const auto admitted = admitted_.find (effect.member);
  const bool is_denied
      = options_.is_private
        && (admitted == admitted_.end () || revoked_.contains (effect.member));
  std::vector<base::Bytes> found;
  bool has_hidden = is_denied;
  for (const auto &[id, raw] : origin_store)
  {
    const auto position = ReplayUnit::fragments == effect.unit
                              ? id.value
                              : wire::decode<Fragment> (raw)->message_id.value;
    if (position < effect.first || position > effect.last)
      continue;
    if (is_denied || (options_.is_private && id <= admitted->second))
      has_hidden = true;
    else
      found.push_back (raw);
  }
  after (latency (),
         [this, effect, found, has_hidden, life = origin_life_]
         {
           if (life != origin_life_)
             return;
           with_origin (
               [&] (OriginCore &core)
               {
                 for (const auto &raw : found)
                   core.on_replay_fragment (effect.replay, raw);
                 const ReplayCode code = ! found.empty () ? ReplayCode::ok
                                         : has_hidden
                                             ? ReplayCode::access_denied
                                             : ReplayCode::not_found;
                 const bool is_broken = has_faults_ && 0 == below (20);
                 core.on_replay_end (effect.replay,
                                     is_broken ? ReplayCode::internal_error
                                               : code);
               });
         });
}

void
Simulation::on (const DeliverRequest &effect)
{
  const auto request = wire::decode<Request> (effect.request);
  if (! request)
    return fault ("a malformed request was delivered");
  const Said said{ request->request_id, request->fragment_offset };
  after (milliseconds (3),
         [this, effect, said, life = origin_life_]
         {
           if (! origin || life != origin_life_)
             return;
           auto &taken = inbox[effect.member];
           if (std::find (taken.begin (), taken.end (), said) == taken.end ())
           {
             if (! taken.empty () && said < taken.back ())
               fault ("requests out of order");
             taken.push_back (said);
           }
           with_origin (
               [&] (OriginCore &core)
               {
                 core.on_request_stored (effect.member, said.id, said.offset);
                 if (0 == below (3))
                   core.on_request_settled (
                       effect.member,
                       { said.id, RequestResult::accepted, { 1 }, 0, {} });
               });
         });
}

// --- the members' clients
// --------------------------------------------------------------

void
Simulation::on_member (std::size_t index, const DeliverFragment &effect)
{
  MemberNode &node = members[index];
  if (! node.delivered.insert (effect.id).second)
    fault ("a fragment was delivered twice");
  if (node.store.contains (effect.id))
    fault ("a fragment was delivered that is stored");
  if (! on_the_wire_.contains (effect.id)
      || on_the_wire_[effect.id] != hash (7, effect.fragment))
    fault ("a fragment was delivered that was never sent");
  const auto admitted = admitted_.find (node.signer->public_key ());
  if (options_.is_private
      && (admitted == admitted_.end () || effect.id <= admitted->second))
    fault ("a fragment from before the admission was delivered");
  if (node.was_ejected && effect.id > node.ejected_at)
    fault ("a fragment from after the ejection was delivered");
  after (latency (),
         [this, index, effect, life = node.life]
         {
           MemberNode &n = members[index];
           if (life != n.life)
             return;
           const bool has_failed = has_faults_ && 0 == below (50);
           if (has_failed)
             n.delivered.erase (effect.id);
           else
             n.store[effect.id] = effect.fragment;
           with_member (index,
                        [&] (MemberCore &core)
                        {
                          if (has_failed)
                            core.on_fragment_failed (effect.id);
                          else
                            core.on_fragment_stored (effect.id);
                        });
         });
}

void
Simulation::on_member (std::size_t index, const JoinDecided &effect)
{
  MemberNode &node = members[index];
  node.was_refused = ! effect.is_admitted;
  if (effect.is_admitted && ! node.admission)
    node.admission = effect.admission.fragment_id;
  if (effect.is_admitted)
    node.ticket = effect.ticket;
}

void
Simulation::on_member (std::size_t index, const MemberStateChange &effect)
{
  members[index].state = effect.state;
  if (MemberState::attached == effect.state)
    after (milliseconds (1),
           [this, index, life = members[index].life]
           {
             if (life == members[index].life)
               send_outbox (index);
           });
}

void
Simulation::on_member (std::size_t index, const Gap &effect)
{
  gaps.push_back (effect);
  for (auto id = effect.first; id <= effect.last; id = id.next ())
  {
    members[index].given_up.insert (id);
    if (origin_store.contains (id))
      fault ("a gap that the origin could have filled");
  }
}

void
Simulation::on_member (std::size_t index, const AskReplay &effect)
{
  after (milliseconds (2),
         [this, index, effect, life = members[index].life]
         {
           MemberNode &node = members[index];
           if (life != node.life)
             return;
           with_member (index,
                        [&] (MemberCore &core)
                        {
                          const auto it = node.store.find ({ effect.first });
                          if (it != node.store.end ())
                            core.on_replay_fragment (effect.replay, it->second);
                          core.on_replay_end (effect.replay,
                                              it == node.store.end ()
                                                  ? ReplayCode::not_found
                                                  : ReplayCode::ok);
                        });
         });
}

void
Simulation::ask (std::size_t index)
{
  MemberNode &node = members[index];
  node.outbox.push_back ({ { ++node.last_request }, 0 });
  if (0 == below (3))
    node.outbox.push_back ({ { node.last_request }, 100 });
  send_outbox (index);
}

// All that was not acknowledged, in order; the core knows what is under way.
void
Simulation::send_outbox (std::size_t index)
{
  MemberNode &node = members[index];
  if (MemberState::attached != node.state)
    return;
  with_member (index,
               [&] (MemberCore &core)
               {
                 for (const Said &said : node.outbox)
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
                     fault ("a good request was refused");
                   if (ClientResult::taken != result)
                     return;
                 }
               });
}

void
Simulation::on_member (std::size_t index, const RequestStored &effect)
{
  std::erase (members[index].outbox,
              Said{ effect.request_id, effect.fragment_offset });
}

void
Simulation::on_member (std::size_t index, const RequestSettled &effect)
{
  std::erase_if (members[index].outbox, [&] (const Said &said)
                 { return said.id == effect.settlement.request_id; });
}

// --- starts and faults
// ---------------------------------------------------------------------

void
Simulation::start_origin (StartKind start)
{
  origin_life_++;
  is_storing_ = false;
  echoed_.clear ();
  origin_wake_ = base::time_never;
  OriginConfig config;
  config.own_peer = origin_peer_;
  config.start = start;
  config.heartbeat = seconds (1);
  if (! origin_store.empty ())
    config.head.fragment_id = origin_store.rbegin ()->first;
  config.head.message_id = { last_message_ };
  config.head.generation = { generation_ };
  origin = std::make_unique<OriginCore> (config, origin_signer_, verifier_,
                                         random_, now_);
  with_origin (
      [this] (OriginCore &core)
      {
        for (const auto &[member, generation] : revoked_)
          core.on_revoke (member, { generation });
      });
}

// Its program dies: CADET tells everybody.
void
Simulation::crash_origin_service (base::Duration down)
{
  if (! origin)
    return;
  origin_life_++;
  origin.reset ();
  for (auto &[channel, wire] : std::exchange (origin_wires_, {}))
  {
    wire->is_gone = true;
    if (wire->is_silent)
      continue;
    after (milliseconds (3),
           [this, wire = wire]
           {
             MemberNode &node = members[wire->member];
             const auto found = node.wires.find (wire->at_member);
             if (found == node.wires.end () || found->second != wire)
               return;
             node.wires.erase (found);
             with_member (wire->member, [&] (MemberCore &core)
                          { core.on_channel_closed (wire->at_member); });
           });
  }
  after (down, [this] { start_origin (StartKind::unclean); });
}

// Its whole peer goes: nobody is told, and tunnels to it get stale.
void
Simulation::restart_origin_peer (base::Duration down)
{
  if (! origin)
    return;
  origin_life_++;
  origin.reset ();
  is_origin_peer_up_ = false;
  origin_wires_.clear ();
  for (std::size_t i = 0; i < members.size (); i++)
  {
    MemberNode &node = members[i];
    for (auto &[channel, wire] : node.wires)
      wire->is_silent = wire->is_gone = true;
    if (node.peer == origin_peer_)
      crash_member (i, down);
    else
      node.is_stale = true;
    node.last_contact = now_;
  }
  after (down,
         [this]
         {
           is_origin_peer_up_ = true;
           start_origin (StartKind::unclean);
         });
}

void
Simulation::start_member (std::size_t index)
{
  MemberNode &node = members[index];
  node.life++;
  node.wake = base::time_never;
  node.delivered.clear ();
  node.state = MemberState::connecting;
  MemberConfig config;
  config.group = origin_signer_.public_key ();
  config.own_peer = node.peer;
  config.origin = origin_peer_;
  config.ticket = node.ticket;
  config.join_request = { 4, 5, 6 };
  config.heartbeat = seconds (1);
  if (node.admission)
    config.first_fragment_id = node.admission->next ();
  for (const auto &[id, raw] : node.store)
    config.have.push_back ({ id.value, id.value });
  node.core = std::make_unique<MemberCore> (config, *node.signer, verifier_,
                                            random_, now_);
  drain_member (index);
  plan_member (index);
}

void
Simulation::crash_member (std::size_t index, base::Duration down)
{
  MemberNode &node = members[index];
  if (! node.core)
    return;
  node.life++;
  node.core.reset ();
  node.last_contact = now_;
  for (auto &[channel, wire] : std::exchange (node.wires, {}))
  {
    if (wire->is_silent || wire->at_origin.is_none ())
      continue;
    after (milliseconds (3),
           [this, wire = wire]
           {
             wire->is_gone = true;
             const auto found = origin_wires_.find (wire->at_origin);
             if (found == origin_wires_.end () || found->second != wire)
               return;
             origin_wires_.erase (found);
             with_origin ([&] (OriginCore &core)
                          { core.on_channel_closed (wire->at_origin); });
           });
  }
  after (down, [this, index] { start_member (index); });
}

void
Simulation::cut (std::size_t index, base::Duration length)
{
  MemberNode &node = members[index];
  if (node.peer == origin_peer_ || node.is_cut)
    return;
  node.is_cut = true;
  for (auto &[channel, wire] : node.wires)
    wire->is_silent = true;
  after (length, [this, index] { members[index].is_cut = false; });
}

void
Simulation::cut_told (std::size_t index)
{
  for (const auto &[channel, wire] : std::exchange (members[index].wires, {}))
  {
    if (wire->is_silent)
    {
      members[index].wires[channel] = wire;
      continue;
    }
    wire->is_gone = true;
    with_member (index, [channel = channel] (MemberCore &core)
                 { core.on_channel_closed (channel); });
    if (1 == origin_wires_.erase (wire->at_origin))
      with_origin ([wire = wire] (OriginCore &core)
                   { core.on_channel_closed (wire->at_origin); });
  }
}

void
Simulation::eject (std::size_t index)
{
  MemberNode &node = members[index];
  const auto key = node.signer->public_key ();
  if (! origin || ! admitted_.contains (key) || revoked_.contains (key))
    return;
  node.was_ejected = true;
  // What has its number by now may be on its way to others before that.
  node.ejected_at = origin->head ().fragment_id;
  revoked_[key] = generation_;
  with_origin ([&] (OriginCore &core)
               { core.on_eject (key, { generation_ }, { 9 }); });
  generation_++;
}

void
Simulation::restore_backup (std::uint64_t fragments_lost)
{
  while (fragments_lost-- > 0 && ! origin_store.empty ())
    origin_store.erase (std::prev (origin_store.end ()));
}

void
Simulation::random_talk ()
{
  say (1 + below (3));
  if (0 == below (10))
    say (40);
  const std::size_t index = below (members.size ());
  ask (index);
  if (0 == below (5))
    with_member (index,
                 [this] (MemberCore &core)
                 {
                   const std::uint64_t first = 1 + below (last_message_);
                   const auto unit = static_cast<ReplayUnit> (below (2));
                   (void)core.on_fetch (unit, first, first + below (50));
                 });
}

void
Simulation::random_fault ()
{
  const std::size_t index = below (members.size ());
  switch (below (8))
  {
  case 0:
    return crash_origin_service (milliseconds (20 + below (3000)));
  case 1:
    return restart_origin_peer (milliseconds (3000 + below (20000)));
  case 2:
  case 3:
    return crash_member (index, milliseconds (20 + below (5000)));
  case 4:
    return cut (index, milliseconds (500 + below (30000)));
  case 5:
    return cut_told (index);
  case 6:
    slow_ = 0 == below (2) ? std::nullopt : std::optional (index);
    return;
  case 7:
    if (options_.with_ejections && 0 == below (6))
      eject (index);
    return;
  }
}

void
Simulation::check_complete ()
{
  for (std::size_t i = 0; i < members.size (); i++)
  {
    const MemberNode &node = members[i];
    const std::string name = "member " + std::to_string (i);
    if (node.was_ejected)
    {
      if (MemberState::ejected != node.state
          && MemberState::refused != node.state)
        fault (name + " does not know that it was ejected");
      continue;
    }
    if (MemberState::attached != node.state)
    {
      fault (name + " is not attached, state "
             + std::to_string (static_cast<int> (node.state)));
      continue;
    }
    for (const auto &[id, raw] : origin_store)
      if (id > *node.admission && ! node.store.contains (id)
          && ! node.given_up.contains (id))
      {
        fault (name + " misses fragment " + std::to_string (id.value) + " of "
               + std::to_string (origin_store.rbegin ()->first.value));
        break;
      }
    if (! node.outbox.empty ())
      fault (name + " has requests that are not acknowledged");
    const auto &taken = inbox[node.signer->public_key ()];
    if (node.last_request > 0
        && (taken.empty () || taken.back ().id.value != node.last_request))
      fault (name + ": not all requests reached the origin");
  }
}

void
Simulation::run ()
{
  start_origin (StartKind::clean);
  for (std::size_t i = 0; i < members.size (); i++)
    after (milliseconds (below (5000)), [this, i] { start_member (i); });
  run_for (seconds (2));
  has_faults_ = options_.with_faults;
  for (int i = 0; i < 40; i++)
  {
    random_talk ();
    run_for (milliseconds (100 + below (3000)));
    if (has_faults_ && 0 == below (3))
      random_fault ();
  }
  has_faults_ = false;
  slow_.reset ();
  run_for (seconds (400));
  say (5);
  for (std::size_t i = 0; i < members.size (); i++)
    ask (i);
  const std::size_t answers = fetched.size ();
  std::size_t questions = 0;
  for (std::size_t i = 0; i < members.size (); i++)
    with_member (i,
                 [&] (MemberCore &core)
                 {
                   questions += ClientResult::taken
                                == core.on_fetch (ReplayUnit::messages, 1,
                                                  last_message_);
                 });
  run_for (seconds (30));
  if (fetched.size () - answers != questions)
    fault ("a fetch without an end");
  check_complete ();
}
} // namespace testing_multicast
