// SPDX-License-Identifier: AGPL-3.0-or-later
//
// CADET for the cores: one handle (made anew when CADET went away), a port per
// origin and relay, channels by the cores' ids. Decides nothing.
//
// Users are called from CADET's callbacks and must not call back into the
// network from there: they pass the input to their core and carry out its
// effects in a task of their own. Channels are destroyed in a task, never in a
// callback that may be delivering on them.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "multicast/core/effects.hpp"
#include "multicast/shell/counters.hpp"
#include "multicast/shell/peer_list.hpp"

namespace multicast
{
// Who has channels: an origin or a membership.
class ChannelUser
{
public:
  virtual ~ChannelUser () = default;
  // Somebody called our port.
  virtual void on_channel_opened (ChannelId channel, const base::PeerId &peer)
      = 0;
  virtual void on_peer_message (ChannelId channel, base::ByteView message) = 0;
  virtual void on_channel_sent (ChannelId channel) = 0;
  virtual void on_channel_closed (ChannelId channel) = 0;
  virtual void on_path_known (const base::PeerId &peer, PathState state) = 0;
};

class Network
{
public:
  Network (const struct GNUNET_CONFIGURATION_Handle *cfg, Counters &counters);
  Network (const Network &) = delete;
  Network &operator= (const Network &) = delete;
  ~Network ();

  // Opens that port of the group, now or as soon as CADET is there. Once for
  // each user.
  void listen (ChannelUser &user, const base::ChannelKey &group, PortKind kind);
  // Closes the user's port and all its channels: it is not called any more.
  void forget (ChannelUser &user);

  void open (ChannelUser &user, ChannelId channel, const base::PeerId &peer,
             const base::ChannelKey &group, PortKind kind);
  void send (ChannelUser &user, ChannelId channel, base::ByteView message);
  // What was sent before still leaves. on_channel_closed () does not follow.
  void close (ChannelUser &user, ChannelId channel);
  // Answered by on_path_known ().
  void ask_path (ChannelUser &user, const base::PeerId &peer);

  // Channels to other peers, open or on the way.
  [[nodiscard]] std::size_t
  channel_count () const
  {
    return channels_.size ();
  }

private:
  struct Channel;
  struct Port;

  void come_up ();
  void go_down ();
  void open_port (Port &port);
  [[nodiscard]] Channel *find (ChannelUser &user, ChannelId channel);
  Channel &add_channel (ChannelUser &user, ChannelId id);
  void reap ();
  void on_peers (const std::optional<PeerList::Peers> &peers);

  static void *on_connect (void *cls, struct GNUNET_CADET_Channel *channel,
                           const struct GNUNET_PeerIdentity *peer) noexcept;
  static void
  on_disconnect (void *cls,
                 const struct GNUNET_CADET_Channel *channel) noexcept;
  static void on_message (void *cls,
                          const struct GNUNET_MessageHeader *header) noexcept;
  static void on_sent (void *cls) noexcept;
  static void on_monitor_error (void *cls, enum GNUNET_MQ_Error) noexcept;

  const struct GNUNET_CONFIGURATION_Handle *cfg_;
  Counters &counters_;
  struct GNUNET_CADET_Handle *cadet_ = nullptr;
  // A connection to CADET that says nothing: its end tells CADET's.
  struct GNUNET_MQ_Handle *monitor_ = nullptr;
  std::vector<std::unique_ptr<Port>> ports_;
  std::vector<std::unique_ptr<Channel>> channels_;
  std::vector<std::pair<ChannelUser *, base::PeerId>> path_askers_;
  PeerList peer_list_;
  shell::Timer probe_; // is CADET there (again)?
  shell::Timer lost_;  // CADET went away
  shell::Timer reap_;
};
} // namespace multicast
