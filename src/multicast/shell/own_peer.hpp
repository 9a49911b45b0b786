// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Who are we? The peer's key file belongs to the system's GNUnet and a service
// of a user may not read it (and asking for it by configuration would make a
// new one), but CORE tells its clients the peer's identity.
#pragma once

#include <functional>
#include <optional>

#include "multicast/shell/mesh.hpp"
#include "shell/keys.hpp"
#include "shell/timer.hpp"

namespace multicast
{
class OwnPeer
{
public:
  // Calls `on_known` once, from the scheduler.
  OwnPeer (const struct GNUNET_CONFIGURATION_Handle *cfg,
           std::function<void (const base::PeerId &)> on_known);
  OwnPeer (const OwnPeer &) = delete;
  OwnPeer &operator= (const OwnPeer &) = delete;
  ~OwnPeer () { hang_up (); }

private:
  void ask ();
  void hang_up ();
  static void on_core_started (void *cls,
                               const struct GNUNET_PeerIdentity *me) noexcept;

  const struct GNUNET_CONFIGURATION_Handle *cfg_;
  std::function<void (const base::PeerId &)> on_known_;
  std::optional<base::PeerId> peer_;
  struct GNUNET_CORE_Handle *core_ = nullptr;
  shell::Timer step_;
};
} // namespace multicast
