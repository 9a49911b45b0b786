// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The origin of one group: fragments and time. See origin_core.hpp.
#include "multicast/core/origin_core.hpp"

#include <algorithm>

#include "multicast/core/fragments.hpp"
#include "multicast/core/limits.hpp"
#include "multicast/core/signing.hpp"

namespace multicast
{
namespace
{
DeskConfig
desk_config (const OriginConfig &config, const base::ChannelKey &group)
{
  DeskConfig out;
  out.kind = DeskKind::origin;
  out.group = group;
  out.own_peer = config.own_peer;
  out.heartbeat = config.heartbeat;
  out.children_max = config.children_max;
  out.bandwidth = config.bandwidth;
  out.queue_memory = config.queue_memory;
  return out;
}
} // namespace

OriginCore::OriginCore (OriginConfig config, const port::ChannelSigner &signer,
                        const port::Verifier &verifier, port::Random &random,
                        base::TimePoint now)
    : config_ (std::move (config)), signer_ (signer), verifier_ (verifier),
      random_ (random), group_ (signer.public_key ()), now_ (now),
      log_ (signer, config_.head),
      probe_ (config_.start, config_.head_probe, now),
      generation_ (config_.head.generation), door_ (group_),
      desk_ (desk_config (config_, group_), *this, effects_, revocations_,
             verifier, random, now),
      voices_ (config_.route_memory)
{
  renew_open_ticket ();
  if (! probe_.is_holding (now))
    start_running ();
}

void
OriginCore::start_running ()
{
  state_ = State::running;
  effects_.push (OriginStateChange{ OriginState::started, head () });
  number_held ();
}

// A fragment above our head, signed by us: we have lost part of our history.
// Nothing more goes out, else one id would have two contents.
void
OriginCore::stop_behind (const base::Head &proved)
{
  state_ = State::head_behind;
  held_.clear ();
  held_bytes_ = 0;
  log_.discard ({ 0 });
  effects_.count ("starts refused: a member proved a higher head");
  effects_.push (OriginStateChange{ OriginState::head_behind, proved });
  desk_.refuse_all (RefusalCode::behind);
}

ClientResult
OriginCore::on_client_fragment (NewFragment fragment)
{
  if (State::head_behind == state_ || State::ended == state_)
    return ClientResult::stopped;
  if (! is_valid (fragment))
    return ClientResult::invalid;
  if (! has_room ())
    return ClientResult::full;
  hold (std::move (fragment));
  number_held ();
  if (! held_.empty () && State::running == state_)
    effects_.count ("fragments held back: children or store are slow");
  return ClientResult::taken;
}

void
OriginCore::hold (NewFragment fragment)
{
  held_bytes_ += fragment.body.size () + fragment_header_size;
  held_.push_back (std::move (fragment));
}

// What has its number and will be sent must not be more than the children can
// take: they would all lag, and ask for it again. The client learns it from the
// echo that does not come.
bool
OriginCore::must_wait () const
{
  const auto waiting = desk_.middle_waiting ();
  return waiting && *waiting + log_.unstored_bytes () >= limits::pace_bytes_max;
}

void
OriginCore::number_held ()
{
  while (State::running == state_ && ! held_.empty () && ! must_wait ())
    number_next ();
}

void
OriginCore::number_next ()
{
  const NewFragment fragment = std::move (held_.front ());
  held_.pop_front ();
  held_bytes_ -= fragment.body.size () + fragment_header_size;
  number (fragment);
}

bool
OriginCore::has_room () const
{
  return held_bytes_ + log_.unstored_bytes () < limits::unstored_bytes_max;
}

void
OriginCore::number (const NewFragment &fragment)
{
  auto numbered = log_.number (fragment);
  if (! numbered)
  {
    effects_.count ("fragments refused: the numbers are used up");
    return;
  }
  generation_ = std::max (generation_, fragment.generation);
  effects_.push (EchoFragment{ numbered->id, std::move (numbered->fragment) });
}

void
OriginCore::on_fragment_stored (base::FragmentId id)
{
  for (WriteAhead::Numbered &fragment : log_.stored (id))
  {
    effects_.count ("fragments issued");
    desk_.send_live (fragment.id, std::make_shared<const base::Bytes> (
                                      std::move (fragment.fragment)));
  }
  desk_.sweep ();
  number_held ();
}

void
OriginCore::on_fragment_discarded (base::FragmentId id)
{
  // The client means what it gave before, too, numbered or not.
  while (State::running == state_ && ! held_.empty ())
    number_next ();
  log_.discard (id);
}

void
OriginCore::on_group_end ()
{
  PeerGroupEnd message;
  message.end.group = group_;
  message.end.time = now_;
  message.signature = sign (signer_, port::Purpose::group_end, message.end);
  desk_.end_all (message);
  state_ = State::ended;
}

void
OriginCore::advance_time (base::TimePoint now)
{
  now_ = std::max (now_, now);
  if (State::probing == state_ && ! probe_.is_holding (now_))
    start_running ();
  desk_.advance_time (now_);
  number_held ();
  if (now_ >= open_ticket_until_)
    renew_open_ticket ();
  if (now_ >= next_idle_check_)
    forget_idle_voices ();
}

base::TimePoint
OriginCore::next_deadline () const
{
  const auto probing
      = State::probing == state_ ? probe_.deadline () : base::time_never;
  // A ticket that nobody may see need not be renewed.
  const auto ticket
      = desk_.has_sessions () ? open_ticket_until_ : base::time_never;
  const auto pace = State::running == state_ && ! held_.empty ()
                        ? now_ + limits::pace_patience
                        : base::time_never;
  return std::min (
      { probing, desk_.next_deadline (), ticket, next_idle_check_, pace });
}

std::optional<OriginEffect>
OriginCore::poll_effect ()
{
  return effects_.poll ();
}

base::Head
OriginCore::head () const
{
  base::Head head = log_.head ();
  head.generation = std::max (head.generation, generation_);
  return head;
}

std::uint32_t
OriginCore::child_count () const
{
  return desk_.child_count ();
}

std::uint64_t
OriginCore::tree_size () const
{
  return desk_.subtree ();
}
} // namespace multicast
