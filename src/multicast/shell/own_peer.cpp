// SPDX-License-Identifier: AGPL-3.0-or-later
#include "multicast/shell/own_peer.hpp"

namespace multicast
{
namespace
{
// CORE's own library waits longer and longer; a new handle asks at once.
constexpr base::Duration ask_again = base::seconds (2);
} // namespace

OwnPeer::OwnPeer (const struct GNUNET_CONFIGURATION_Handle *cfg,
                  std::function<void (const base::PeerId &)> on_known)
    : cfg_ (cfg), on_known_ (std::move (on_known)), step_ ([this] { ask (); })
{
  step_.arm_now ();
}

void
OwnPeer::ask ()
{
  hang_up ();
  if (peer_)
  {
    on_known_ (*peer_);
    return;
  }
  const struct GNUNET_MQ_MessageHandler none[]
      = { { nullptr, nullptr, nullptr, 0, 0 } };
  core_ = GNUNET_CORE_connect (cfg_, this, &OwnPeer::on_core_started, nullptr,
                               nullptr, none);
  step_.arm_in (ask_again);
}

void
OwnPeer::hang_up ()
{
  if (nullptr != core_)
    GNUNET_CORE_disconnect (std::exchange (core_, nullptr));
}

void
OwnPeer::on_core_started (void *cls,
                          const struct GNUNET_PeerIdentity *me) noexcept
{
  auto *self = static_cast<OwnPeer *> (cls);
  if (nullptr == me)
    return;
  self->peer_ = shell::from_gnunet<base::PeerId> (*me);
  self->step_.arm_now (); // not allowed to disconnect from in here
}
} // namespace multicast
