// SPDX-License-Identifier: AGPL-3.0-or-later
//
// All of psyc: the channels of this user, running or only known from their
// records, and the clients that are in them. Inputs are methods named for what
// happened; what is to be done is drained from `poll_effect`; time comes in by
// `advance_time`.
#pragma once

#include <map>
#include <memory>
#include <variant>
#include <vector>

#include "psyc/core/master.hpp"
#include "psyc/core/slave.hpp"

namespace psyc::core
{
// The public keys of private ones.
class KeyDeriver
{
public:
  virtual ~KeyDeriver () = default;
  [[nodiscard]] virtual base::ChannelKey
  public_key (const base::ChannelPrivateKey &key) const = 0;
  [[nodiscard]] virtual base::MemberKey
  public_key (const base::MemberPrivateKey &key) const = 0;
};

class Service
{
public:
  Service (const Config &config, const KeyDeriver &keys);

  // Before `start`.
  void
  configure (const Config &config)
  {
    config_ = config;
  }
  ~Service ();
  Service (const Service &) = delete;
  Service &operator= (const Service &) = delete;

  // Reads what the store knows; brings back what is to be active.
  void start (base::TimePoint now);

  // ---- clients
  void on_client_message (ClientId client, base::ByteView message);
  void on_client_gone (ClientId client);

  // ---- psycstore; on_store_item: false: no more wanted
  [[nodiscard]] bool on_store_item (OpId op, StoreItem item);
  void on_store_result (OpId op, const StoreResult &result);

  // ---- multicast, as origin
  void on_origin_state (ChannelNo channel, OriginState state,
                        const base::Head &head);
  void on_origin_fragment (ChannelNo channel, base::ByteView fragment);
  void on_origin_request (ChannelNo channel, base::ByteView request);
  void on_join_request (ChannelNo channel, JoinToken join,
                        const base::MemberKey &member, base::Bytes message);
  void on_replay_request (ChannelNo channel, ReplayToken replay,
                          const base::MemberKey &member, ReplayUnit unit,
                          std::uint64_t first, std::uint64_t last);
  void on_member_event (ChannelNo channel, const base::MemberKey &member,
                        MemberEvent event);

  // ---- multicast, as member
  void on_decision (ChannelNo channel, Decision decision);
  void on_member_fragment (ChannelNo channel, base::ByteView fragment);
  void on_gap (ChannelNo channel, std::uint64_t first, std::uint64_t last);
  void on_member_state (ChannelNo channel, LinkState state,
                        const base::Head &head);
  void on_head (ChannelNo channel, const base::Head &head);
  void on_ticket (ChannelNo channel, base::Bytes ticket);
  void on_position (ChannelNo channel, const local::Position &position);
  // Who could be called when the host is away.
  void on_peers (ChannelNo channel, std::vector<base::PeerId> peers);
  void on_fetched (ChannelNo channel, ReplayCode code);
  void on_request_stored (ChannelNo channel, base::RequestId request,
                          std::uint64_t offset);
  void on_request_settled (ChannelNo channel, base::RequestId request,
                           RequestOutcome outcome, std::uint64_t message_id,
                           std::uint32_t code, const std::string &reason);

  // ---- time, ending, effects
  void advance_time (base::TimePoint now);
  [[nodiscard]] base::TimePoint next_deadline () const;
  void shut_down ();
  [[nodiscard]] bool
  is_ended () const
  {
    return channels_.empty ();
  }
  [[nodiscard]] std::optional<Effect> poll_effect ();

  // What waits in all channels together.
  struct Load
  {
    std::size_t requests = 0;
    std::size_t store_calls = 0;
  };
  [[nodiscard]] Load load () const;

  [[nodiscard]] std::size_t
  channel_count () const
  {
    return channels_.size ();
  }

private:
  using Name = std::pair<base::ChannelKey, std::optional<base::MemberKey>>;
  using First
      = std::variant<local::MasterStart, local::SlaveJoin, local::ObserveStart>;
  struct Client
  {
    ChannelNo channel;          // none: not in a channel
    std::optional<First> first; // waits to be let in
    bool is_held = false;       // its next message is not read yet
    bool has_begun = false;
    bool has_looked_again = false; // the records were read anew for it
  };

  void read_records ();
  [[nodiscard]] bool look_again (ClientId client);
  void on_records_read (const StoreResult &result);
  void on_record (const RecordInfo &info);

  template <typename M> void on_decoded (ClientId client, M &&message);
  void on_first (ClientId client, First first);
  // False: has to wait.
  [[nodiscard]] bool let_in (ClientId client, const First &first);
  [[nodiscard]] bool let_in (ClientId client, const local::MasterStart &first);
  [[nodiscard]] bool let_in (ClientId client, const local::SlaveJoin &first);
  [[nodiscard]] bool let_in (ClientId client, const local::ObserveStart &first);
  void refuse (ClientId client, const std::string &reason);
  void drop (ClientId client, std::string reason);
  void retry_waiting ();

  [[nodiscard]] Channel *running (const Name &name);
  Channel *create (const Name &name, ChannelRecord record, bool is_new);
  Channel *create_known (const Name &name);
  void attach (ClientId client, Channel &channel, Session session);
  [[nodiscard]] Channel *find (ChannelNo channel);
  template <typename T> [[nodiscard]] T *find_as (ChannelNo channel);
  // After each input to a channel.
  void settle (ChannelNo channel);
  void remove (ChannelNo channel);
  void release_held (ChannelNo channel);

  Config config_;
  const KeyDeriver &keys_;
  base::TimePoint now_;
  Effects effects_;
  StoreCalls store_; // not of one channel
  bool is_loaded_ = false;
  bool is_ending_ = false;
  base::TimePoint read_again_at_ = base::time_never;

  std::uint64_t last_channel_ = 0;
  std::map<ChannelNo, std::unique_ptr<Channel>> channels_;
  std::map<Name, ChannelNo> by_name_;
  // Known from their records and not running. Nothing: the record cannot be
  // read, with the reason.
  struct Known
  {
    std::optional<ChannelRecord> record;
    std::string error;
  };
  std::map<Name, Known> known_;
  std::map<ClientId, Client> clients_;
};
} // namespace psyc::core
