// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The origin in the simulated world: its life, its application and its disk.
// See world.hpp.
#include "multicast/core/limits.hpp"
#include "with_core.hpp"

namespace sim
{
using base::milliseconds;

namespace
{
constexpr base::Duration disk_delay = milliseconds (2);
constexpr base::Duration replay_delay = milliseconds (2);
} // namespace

// --- its life
// --------------------------------------------------------------------

void
World::start_origin (StartKind start)
{
  watch.note (Note::What::starts, 0);
  mesh_.start_peer (0);
  origin_life_++;
  origin_armed_ = base::time_never;
  OriginConfig config;
  config.own_peer = peer_of (0);
  config.start = start;
  config.heartbeat = options_.heartbeat;
  config.children_max = options_.children;
  config.policy = policy ();
  config.head = { head (), { last_message_ }, generation_ };
  const auto revoked = revoked_;
  origin_ = std::make_unique<OriginCore> (config, signer_, verifier_,
                                          core_random_, now_);
  with_origin (
      [&revoked] (OriginCore &core)
      {
        for (const auto &[key, generation] : revoked)
          core.on_revoke (key, generation);
      });
  // What was not on the disk is given again.
  give (wanted_ - log_.size ());
}

void
World::crash_origin_program ()
{
  watch.note (Note::What::crashes, 0);
  mesh_.end_program (0);
  origin_.reset ();
  origin_life_++;
  is_storing_ = false;
  echoed_.clear ();
  asked_.clear ();
  requests_.clear ();
}

void
World::crash_origin_peer ()
{
  mesh_.end_peer (0);
  crash_origin_program ();
}

std::uint32_t
World::policy () const
{
  return options_.is_restricted
             ? policy_admission_control | policy_restricted_history
             : 0;
}

void
World::drain_origin ()
{
  while (auto effect = origin_->poll_effect ())
    std::visit ([this] (auto &what) { on (std::move (what)); }, *effect);
}

void
World::on (SendToPeer &&effect)
{
  send (0, std::move (effect));
}

void
World::on (CloseChannel &&effect)
{
  close (0, effect.channel);
}

void
World::on (OriginStateChange &&effect)
{
  origin_states.push_back (effect.state);
}

// --- talk
// ------------------------------------------------------------------------

void
World::say (std::size_t count)
{
  wanted_ += count;
  give (count);
}

void
World::give (std::size_t count)
{
  while (count-- > 0)
    with_origin (
        [this] (OriginCore &core)
        {
          NewFragment fragment;
          fragment.message_id = { ++last_message_ };
          fragment.generation = generation_;
          fragment.flags = flag_first_fragment | flag_last_fragment;
          fragment.body.resize (options_.body);
          random_.fill (fragment.body);
          if (ClientResult::invalid
              == core.on_client_fragment (std::move (fragment)))
            watch.fault ("a good fragment was refused");
        });
}

void
World::on (EchoFragment &&effect)
{
  echoed_.push_back (std::move (effect));
  if (! std::exchange (is_storing_, true))
    queue_.push (now_ + disk_delay, EventKind::stored, 0, origin_life_);
}

// All that wait together, or none: the disk was full, and they are said again.
void
World::store_echoes ()
{
  is_storing_ = false;
  const auto echoed = std::exchange (echoed_, {});
  if (has_disk_faults_ && 0 == below (50))
  {
    const auto first = echoed.front ().id;
    const auto count = echoed.size ();
    with_origin ([first] (OriginCore &core)
                 { core.on_fragment_discarded (first); });
    return after (milliseconds (100),
                  [this, count, life = origin_life_]
                  {
                    if (life == origin_life_)
                      give (count);
                  });
  }
  for (const EchoFragment &echo : echoed)
  {
    if (echo.id.value != log_.size () + 1)
      watch.fault ("a fragment's number is not the next one");
    log_.push_back (echo.fragment);
    logged_at_.push_back (now_);
  }
  with_origin ([id = head ()] (OriginCore &core)
               { core.on_fragment_stored (id); });
}

// --- history
// ---------------------------------------------------------------------

void
World::on (AskReplay &&effect)
{
  asked_.push_back (std::move (effect));
  queue_.push (now_ + replay_delay, EventKind::answer, 0, origin_life_);
}

void
World::answer_at_origin ()
{
  const AskReplay question = std::move (asked_.front ());
  asked_.pop_front ();
  answer_at_origin (question);
}

// By the membership test: who reads, and from where on.
void
World::answer_at_origin (const AskReplay &question)
{
  std::uint64_t first_allowed = 1;
  if (options_.is_restricted)
  {
    const auto known = nodes_.find (question.member);
    const bool is_member = known != nodes_.end ()
                           && member (known->second).admission
                           && ! revoked_.contains (question.member);
    first_allowed
        = is_member ? member (known->second).admission->value + 1 : UINT64_MAX;
  }
  const bool is_denied = question.first < first_allowed;
  const std::uint64_t first = std::max (question.first, first_allowed);
  const std::uint64_t last = std::min (question.last, head ().value);
  const bool is_broken = has_disk_faults_ && 0 == below (20);
  with_origin (
      [&] (OriginCore &core)
      {
        for (std::uint64_t id = first; id <= last; id++)
          core.on_replay_fragment (question.replay, log_[id - 1]);
        const ReplayCode code = first <= last ? ReplayCode::ok
                                : is_denied   ? ReplayCode::access_denied
                                              : ReplayCode::not_found;
        core.on_replay_end (question.replay,
                            is_broken ? ReplayCode::internal_error : code);
      });
}

// --- the door
// --------------------------------------------------------------------

void
World::on (AskJoin &&effect)
{
  const std::uint32_t life = origin_life_;
  if (options_.is_restricted)
    after (milliseconds (1),
           [this, life, join = effect.join]
           {
             if (life == origin_life_)
               with_origin ([join] (OriginCore &core)
                            { core.on_join_pending (join); });
           });
  const auto thinking = milliseconds (
      options_.is_restricted ? 20 + static_cast<int> (below (2000)) : 2);
  after (thinking, [this, effect, life] { decide (effect, life); });
}

void
World::decide (const AskJoin &question, std::uint32_t life)
{
  if (! origin_ || life != origin_life_)
    return;
  JoinAnswer answer;
  answer.verdict = revoked_.contains (question.member) ? JoinVerdict::refused
                                                       : JoinVerdict::admitted;
  with_origin ([&] (OriginCore &core)
               { core.on_join_decided (question.join, std::move (answer)); });
}

void
World::eject (Node node)
{
  Member &m = member (node);
  const auto key = m.signer.public_key ();
  if (! origin_ || m.is_ejected)
    return;
  m.is_ejected = true;
  m.ejected_at = now_;
  m.ejected_after
      = echoed_.empty () ? head () : base::FragmentId{ echoed_.back ().id };
  revoked_[key] = generation_;
  with_origin ([&] (OriginCore &core)
               { core.on_eject (key, generation_, { 9 }); });
  generation_ = generation_.next ();
}

// Who left is out as who was thrown out, where one is asked at the door.
void
World::on (MemberChange &&effect)
{
  if (MemberEvent::parted != effect.event || ! options_.is_restricted)
    return;
  revoked_[effect.member] = generation_;
  generation_ = generation_.next ();
}

// --- requests
// --------------------------------------------------------------------

Node
World::node_of_key (const base::MemberKey &key) const
{
  const auto it = nodes_.find (key);
  return it == nodes_.end () ? 0 : it->second;
}

void
World::on (DeliverRequest &&effect)
{
  const auto request = wire::decode<Request> (effect.request);
  const Node node = node_of_key (effect.member);
  if (! request || 0 == node)
    return watch.fault ("a malformed request was delivered");
  requests_.emplace_back (
      node, Said{ request->request_id, request->fragment_offset });
  after (milliseconds (3),
         [this, life = origin_life_] { take_requests (life); });
}

// In order and once: what was taken before is only acknowledged again.
void
World::take_requests (std::uint32_t life)
{
  if (life != origin_life_ || requests_.empty ())
    return;
  const auto [node, said] = requests_.front ();
  requests_.pop_front ();
  auto &taken = member (node).taken;
  if (! std::binary_search (taken.begin (), taken.end (), said))
  {
    if (! taken.empty () && said < taken.back ())
      watch.fault ("requests of node " + std::to_string (node)
                   + " came out of order");
    taken.push_back (said);
  }
  const auto key = member (node).signer.public_key ();
  with_origin (
      [&, said = said] (OriginCore &core)
      {
        core.on_request_stored (key, said.id, said.offset);
        if (0 == below (3))
          core.on_request_settled (
              key, { said.id, RequestResult::accepted, { 1 }, 0, {} });
      });
}
} // namespace sim
