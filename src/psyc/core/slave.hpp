// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A channel that we are a guest in: fragments from its host become durable and
// are read in order; what we say waits in the outbox; our ticket is kept.
#pragma once

#include <set>

#include "psyc/core/channel.hpp"
#include "psyc/core/outbox.hpp"

namespace psyc::core
{
struct Decision
{
  Admission admission = Admission::unknown;
  base::Head head; // what was issued so far when we were admitted
  std::optional<base::PeerId> origin;
  std::vector<base::PeerId> relays;
  base::Bytes ticket;
  base::Bytes answer;
};

class SlaveChannel final : public Channel
{
public:
  SlaveChannel (const Config &config, Effects &effects,
                const base::TimePoint &now, ChannelNo number,
                const base::ChannelKey &key, const base::MemberKey &member,
                ChannelRecord record, bool is_new);

  [[nodiscard]] std::size_t waiting_requests () const override;

  // A client wants in, with what it knows.
  void ask_in (std::optional<base::PeerId> origin,
               std::vector<base::PeerId> relays, base::Bytes join_message);

  // ---- from multicast
  void on_decision (Decision decision);
  void on_fragment (base::ByteView bytes);
  // The origin wants to see this one: it may have lost it.
  void on_proof_wanted (ReplayToken replay, base::FragmentId id);
  void on_gap (std::uint64_t first, std::uint64_t last);
  void on_state (LinkState state, const base::Head &head);
  void on_head (const base::Head &head);
  void on_ticket (base::Bytes ticket);
  void on_peers (std::vector<base::PeerId> peers);
  void on_fetched (ReplayCode code);
  // For one who hangs on us in the tree; multicast has looked at its ticket.
  void on_replay_request (ReplayToken replay, ReplayUnit unit,
                          std::uint64_t first, std::uint64_t last);
  void on_request_stored (base::RequestId request, std::uint64_t offset);
  void on_request_settled (base::RequestId request, RequestOutcome outcome,
                           std::uint64_t message_id, std::uint32_t code,
                           const std::string &reason);

  // HistorySource
  [[nodiscard]] base::MessageId newest_message () const override;
  [[nodiscard]] base::MessageId fetch_limit () const override;
  [[nodiscard]] bool can_fetch () const override;
  void fetch (std::uint64_t first, std::uint64_t last,
              std::function<void ()> on_fetched) override;

private:
  struct Fetch
  {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    std::function<void ()> on_fetched;
    bool is_question = false; // for the newest checkpoint
  };

  // Channel
  void load_role () override;
  void on_running () override;
  void on_session_started (Session &session) override;
  void on_session_gone (ClientId client) override;
  void
  on_reader_moved () override
  {}
  void update_record (ChannelRecord &record) override;
  void close_network (Ending ending) override;
  [[nodiscard]] bool is_network_idle () const override;
  void on_role_time () override;
  [[nodiscard]] base::TimePoint role_deadline () const override;
  [[nodiscard]] Uploads &
  uploads () override
  {
    return outbox_.uploads ();
  }
  void fill_info (local::Info &info) override;
  void on_hole () override;
  [[nodiscard]] bool is_state_ready () const override;
  void on_state_applied (const StateMessage &message) override;
  void on_state_lost (StateLoss loss, base::MessageId at) override;
  [[nodiscard]] base::FragmentId
  first_for (const Session &session) const override;

  void load_requests ();
  [[nodiscard]] bool wants_network () const;
  void open_network ();
  void on_admitted (Decision decision);
  void on_stored (const FragmentPtr &fragment, const StoreResult &result);
  void tell_verdict (Admission admission, const base::Bytes &answer);
  void store_verdict (Admission admission, base::Bytes answer);
  void lose_membership ();
  void set_link (LinkState state);
  void tell_link ();
  void fetch_next ();
  void finish_fetch ();
  void ask_state ();
  void on_state_answer ();
  void tell_state (local::StateChange change, base::MessageId at);

  Outbox outbox_;
  LinkState link_ = LinkState::none;
  bool has_untold_link_ = false;
  unsigned int verdicts_storing_ = 0;
  base::Head head_; // highest known
  bool is_open_ = false;
  std::set<base::FragmentId> storing_;
  // Messages of the past that are being fetched, one range at a time.
  std::deque<Fetch> fetches_;
  bool is_fetching_ = false; // the first of them
  bool is_fetched_ = false;  // it came, but is not on disk
  std::set<base::FragmentId> fetch_waits_for_;
  ReplayCode fetch_code_ = ReplayCode::ok;
  // The state is lost, and asked for.
  bool is_asking_state_ = false;
  base::TimePoint ask_state_at_ = base::TimePoint::min ();
  base::MessageId answered_checkpoint_;
};
} // namespace psyc::core
