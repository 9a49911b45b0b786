// SPDX-License-Identifier: AGPL-3.0-or-later
#include "multicast/shell/peer_list.hpp"

namespace multicast
{
namespace
{
constexpr base::Duration answer_timeout = base::seconds (2);
} // namespace

PeerList::PeerList (const struct GNUNET_CONFIGURATION_Handle *cfg,
                    OnAnswer on_answer)
    : cfg_ (cfg), on_answer_ (std::move (on_answer)),
      done_ ([this] { answer (); })
{}

void
PeerList::ask ()
{
  if (nullptr != lister_ || done_.is_armed ())
    return;
  peers_.clear ();
  is_complete_ = false;
  lister_ = GNUNET_CADET_list_peers (cfg_, &PeerList::on_peer, this);
  done_.arm_in (answer_timeout);
}

void
PeerList::cancel ()
{
  if (nullptr != lister_)
    (void)GNUNET_CADET_list_peers_cancel (std::exchange (lister_, nullptr));
}

void
PeerList::answer ()
{
  cancel ();
  on_answer_ (is_complete_ ? std::optional<Peers> (std::move (peers_))
                           : std::nullopt);
}

void
PeerList::on_peer (void *cls,
                   const struct GNUNET_CADET_PeerListEntry *entry) noexcept
{
  auto *self = static_cast<PeerList *> (cls);
  if (nullptr == entry)
  {
    self->lister_ = nullptr; // ends by itself after this call
    self->is_complete_ = true;
    self->done_.arm_now ();
    return;
  }
  if (0 < entry->n_paths)
    self->peers_.insert (shell::from_gnunet<base::PeerId> (entry->peer));
}
} // namespace multicast
