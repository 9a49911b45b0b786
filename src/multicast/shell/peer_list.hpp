// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Which peers does CADET know a path to? Also how we see whether CADET itself
// is there: it answers.
#pragma once

#include <functional>
#include <optional>
#include <set>

#include "multicast/shell/mesh.hpp"
#include "shell/keys.hpp"
#include "shell/timer.hpp"

namespace multicast
{
class PeerList
{
public:
  using Peers = std::set<base::PeerId>;
  // Nothing: CADET did not answer in time.
  using OnAnswer = std::function<void (const std::optional<Peers> &)>;

  PeerList (const struct GNUNET_CONFIGURATION_Handle *cfg, OnAnswer on_answer);
  PeerList (const PeerList &) = delete;
  PeerList &operator= (const PeerList &) = delete;
  ~PeerList () { cancel (); }

  // Asks, unless that is going on. Ends in one call of `on_answer`, from the
  // scheduler.
  void ask ();

private:
  void cancel ();
  void answer ();
  static void on_peer (void *cls,
                       const struct GNUNET_CADET_PeerListEntry *entry) noexcept;

  const struct GNUNET_CONFIGURATION_Handle *cfg_;
  OnAnswer on_answer_;
  struct GNUNET_CADET_PeersLister *lister_ = nullptr;
  bool is_complete_ = false;
  Peers peers_;
  shell::Timer done_;
};
} // namespace multicast
