// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What the shells of an origin and of a membership have in common: several
// clients over one core, and the pump: input -> core -> effects -> timer.
#pragma once

#include <string_view>
#include <vector>

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
  std::uint32_t children_max = 256;
};

class Group : public ChannelUser
{
public:
  explicit Group (const Surroundings &around)
      : around_ (around), pump_ ([this] { pump (); })
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
  // Tries `input` now, and when the core takes no more, later again.
  [[nodiscard]] Verdict try_input (Client &client,
                                   std::function<bool ()> input);

  Surroundings around_;
  std::vector<Client *> clients_;

private:
  void retry_stalled ();

  shell::Timer pump_;
};
} // namespace multicast
