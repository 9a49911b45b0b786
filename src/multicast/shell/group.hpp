// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What the shells of an origin and of a membership have in common: several
// clients over one core, and the pump: input -> core -> effects -> timer.
#pragma once

#include <string_view>
#include <vector>

#include "multicast/core/limits.hpp"
#include "multicast/shell/client.hpp"
#include "multicast/shell/counters.hpp"
#include "multicast/shell/network.hpp"
#include "shell/gnunet_crypto.hpp"

namespace multicast
{
// What every group needs of its surroundings.
struct Surroundings
{
  Network &network;
  Counters &counters;
  port::Verifier &verifier;
  port::Random &random;
  // Ends the connection to a client, in a task.
  std::function<void (Client &)> doom;
};

struct Settings
{
  base::Duration heartbeat = base::seconds (5);
  base::Duration head_probe = base::seconds (2);
  std::uint32_t children_max = 8;
  std::uint64_t relay_bandwidth = 0; // bytes a second; 0: no limit
  std::size_t queue_memory = 64 * limits::mib;
  std::size_t route_memory = 16 * limits::mib;
};

class Group : public ChannelUser
{
public:
  Group (const Surroundings &around, base::Duration heartbeat)
      : around_ (around), heartbeat_ (heartbeat), pump_ ([this] { pump (); })
  {}
  Group (const Group &) = delete;
  Group &operator= (const Group &) = delete;
  ~Group () override { around_.network.forget (*this); }

  virtual void add_client (Client &client);
  virtual void remove_client (Client &client);
  [[nodiscard]] bool
  has_clients () const
  {
    return ! clients_.empty ();
  }

  // One message of a client, after the one that opened the group.
  [[nodiscard]] virtual Verdict on_client_message (Client &client,
                                                   base::ByteView message)
      = 0;
  // The client leaves for good; true when ServiceLeft may be said at once, else
  // the group says it later.
  [[nodiscard]] virtual bool on_client_leave (Client &client) = 0;
  virtual void on_own_peer_known (const base::PeerId &peer) = 0;
  [[nodiscard]] virtual ServicePosition position () const = 0;
  [[nodiscard]] virtual Load load () const = 0;

protected:
  // Core: advance the clock, drain and carry out effects.
  virtual void advance (base::TimePoint now) = 0;
  virtual void drain () = 0;
  [[nodiscard]] virtual base::TimePoint next_deadline () const = 0;

  // Before each input: the core's clock. After it, in a task: its effects.
  void
  touch ()
  {
    advance (shell::now ());
    pump_.arm_now ();
  }
  void pump ();

  // The first client that opened with the extended interface (or else the
  // first): its answers count.
  [[nodiscard]] Client *primary () const;

  void tell (Client &client, base::ByteView message);
  template <wire::Message M>
  void
  tell (Client &client, const M &message)
  {
    tell (client, wire::must_encode (message));
  }
  template <wire::Message M>
  void
  tell_all (const M &message)
  {
    const base::Bytes bytes = wire::must_encode (message);
    for (Client *client : clients_)
      tell (*client, bytes);
  }
  // To all, when it is another; looked at once a heartbeat, and soon after
  // on_moved ().
  void tell_position ();
  void
  on_moved ()
  {
    position_due_ = {};
  }
  void tell_position (Client &client);
  // Tries `input` now, and when the core takes no more, later again.
  [[nodiscard]] Verdict try_input (Client &client,
                                   std::function<bool ()> input);

  Surroundings around_;
  std::vector<Client *> clients_;
  base::Duration heartbeat_; // how often clients are told what changes often

private:
  void retry_stalled ();

  std::optional<base::Bytes> position_; // as it was told last
  base::TimePoint position_due_{};

  shell::Timer pump_;
};
} // namespace multicast
