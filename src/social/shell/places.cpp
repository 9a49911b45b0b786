// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/shell/places.hpp"

#include "social/shell/guest_run.hpp"
#include "social/shell/host_run.hpp"

namespace social
{
ChannelInfo
to_channel_info (const struct GNUNET_PSYC_ChannelInfo &info)
{
  const struct GNUNET_MULTICAST_Position &at = info.position;
  ChannelInfo out;
  out.message_count = info.max_message_id;
  out.outbox_count = info.outbox_count;
  out.position = { shell::from_gnunet<base::PeerId> (at.parent),
                   at.depth,
                   GNUNET_YES == at.is_rooted,
                   at.child_count,
                   at.subtree_size,
                   at.lag };
  return out;
}

Places::Places (const struct GNUNET_CONFIGURATION_Handle *cfg, CoreDoor &door,
                const Egos &egos)
    : cfg_ (cfg), door_ (door), egos_ (egos)
{}

Places::~Places ()
{
  for (auto &[ref, slave] : archives_)
    GNUNET_PSYC_slave_part (slave, GNUNET_YES, nullptr, nullptr);
}

HostRun *
Places::host (const PlaceRef &ref)
{
  const auto found = hosts_.find (ref);
  return hosts_.end () == found ? nullptr : found->second.get ();
}

void
Places::start (const StartHost &effect)
{
  hosts_.erase (effect.ref);
  hosts_.emplace (effect.ref, std::make_unique<HostRun> (*this, effect));
}

void
Places::stop (const StopHost &effect)
{
  HostRun *run = host (effect.ref);
  if (nullptr == run)
    return;
  if (channel_ending_)
    channel_ending_ (effect.ref);
  run->end_with (effect.stop);
  hosts_.erase (effect.ref);
}

void
Places::join (const JoinGuest &effect)
{
  const auto archive = archives_.find (effect.ref);
  if (archives_.end () != archive)
  {
    if (channel_ending_)
      channel_ending_ (effect.ref);
    GNUNET_PSYC_slave_part (archive->second, GNUNET_YES, nullptr, nullptr);
    archives_.erase (archive);
  }
  auto &run = guests_[effect.ref];
  if (nullptr == run)
    run = std::make_unique<GuestRun> (*this, effect.ref);
  run->join (effect);
}

void
Places::part (const PartGuest &effect)
{
  auto &run = guests_[effect.ref];
  if (nullptr == run)
    run = std::make_unique<GuestRun> (*this, effect.ref);
  run->part ();
}

void
Places::decide (const DecideJoin &effect)
{
  if (HostRun *run = host (effect.ref))
    run->decide (effect);
}

void
Places::confirm (const ConfirmQuestion &effect)
{
  if (HostRun *run = host (effect.ref))
    run->confirm (effect);
}

void
Places::relay (const RelayRequest &effect)
{
  if (HostRun *run = host (effect.ref))
    run->relay (effect);
}

void
Places::refuse (const RefuseRequest &effect)
{
  if (HostRun *run = host (effect.ref))
    run->refuse (effect);
}

void
Places::announce (const Announce &effect)
{
  if (HostRun *run = host (effect.ref))
    run->announce (effect);
}

void
Places::eject (const EjectNym &effect)
{
  if (HostRun *run = host (effect.ref))
    run->eject (effect);
}

void
Places::adopt (const AdoptHost &effect)
{
  if (HostRun *run = host (effect.ref))
    run->adopt ();
  else
    door_.tell (
        [&effect] (Core &core)
        { core.on_adopted (effect.ref, "the place does not run here"); });
}

void
Places::ask_info (const AskInfo &effect)
{
  for (const auto &ref : effect.refs)
  {
    if (HostRun *run = host (ref))
      run->ask_info ();
    const auto guest = guests_.find (ref);
    if (guests_.end () != guest)
      guest->second->ask_info ();
  }
}

struct GNUNET_PSYC_Channel *
Places::running_channel (const PlaceRef &ref)
{
  if (const HostRun *run = host (ref))
    return run->channel ();
  const auto guest = guests_.find (ref);
  return guests_.end () == guest ? nullptr : guest->second->channel ();
}

struct GNUNET_PSYC_Channel *
Places::channel (const Place &place)
{
  if (auto *running = running_channel (place.ref))
    return running;
  const auto known = archives_.find (place.ref);
  if (archives_.end () != known)
    return GNUNET_PSYC_slave_get_channel (known->second);
  const auto secret = egos_.member_key (place.ref.ego);
  if (! secret)
    return nullptr;
  const auto key
      = shell::to_gnunet<struct GNUNET_CRYPTO_EddsaPublicKey> (place.ref.key);
  struct GNUNET_PSYC_Slave *slave = GNUNET_PSYC_slave_join (
      cfg_, &key, &*secret, GNUNET_PSYC_SLAVE_JOIN_LOCAL, nullptr, 0, nullptr,
      nullptr, nullptr, nullptr, nullptr, nullptr, nullptr);
  if (nullptr == slave)
    return nullptr;
  archives_.emplace (place.ref, slave);
  return GNUNET_PSYC_slave_get_channel (slave);
}
} // namespace social
