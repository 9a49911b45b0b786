// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A channel that we host: what clients say and what members say becomes its
// messages; the door; stored fragments for members that missed them.
#pragma once

#include <set>

#include "psyc/core/channel.hpp"
#include "psyc/core/checkpoints.hpp"
#include "psyc/core/door.hpp"
#include "psyc/core/inbox.hpp"
#include "psyc/core/spool.hpp"

namespace psyc::core
{
class MasterChannel final : public Channel,
                            private RequestDesk,
                            private DoorKeeper
{
public:
  MasterChannel (const Config &config, Effects &effects,
                 const base::TimePoint &now, ChannelNo number,
                 const base::ChannelKey &key, ChannelRecord record,
                 bool is_new);

  [[nodiscard]] std::size_t waiting_requests () const override;

  // ---- from multicast
  void on_state (OriginState state, const base::Head &head);
  void on_fragment (base::ByteView bytes);
  void on_request (base::ByteView bytes);
  void on_join_request (JoinToken join, const base::MemberKey &member,
                        base::Bytes message);
  void on_replay_request (ReplayToken replay, const base::MemberKey &member,
                          ReplayUnit unit, std::uint64_t first,
                          std::uint64_t last);
  void on_member_event (const base::MemberKey &member, MemberEvent event);

  using Channel::on_message;
  bool on_message (ClientId client, const local::MasterMode &message) override;
  bool on_message (ClientId client,
                   const local::JoinDecision &message) override;
  bool on_message (ClientId client, const local::JoinPending &message) override;
  bool on_message (ClientId client,
                   const local::RequestDecision &message) override;
  bool on_message (ClientId client, const local::Eject &message) override;
  bool on_message (ClientId client, const local::Adopt &message) override;

  // HistorySource
  [[nodiscard]] base::MessageId newest_message () const override;
  [[nodiscard]] base::MessageId
  fetch_limit () const override
  {
    return {};
  }
  [[nodiscard]] bool
  can_fetch () const override
  {
    return false;
  }
  void
  fetch (std::uint64_t, std::uint64_t,
         std::function<void ()> on_fetched) override
  {
    on_fetched ();
  }

private:
  // Channel
  void load_role () override;
  void on_running () override;
  void
  go_on () override
  {
    answer_checkpoint_questions ();
  }
  void on_state_applied (const StateMessage &message) override;
  void on_state_lost (StateLoss loss, base::MessageId at) override;
  void
  on_tracked () override
  {
    check_loaded ();
  }
  void on_session_started (Session &session) override;
  void on_session_gone (ClientId client) override;
  void on_reader_moved () override;
  void update_record (ChannelRecord &record) override;
  void close_network (Ending ending) override;
  [[nodiscard]] bool is_network_idle () const override;
  void on_role_time () override;
  [[nodiscard]] base::TimePoint role_deadline () const override;
  [[nodiscard]] Uploads &
  uploads () override
  {
    return spool_.uploads ();
  }
  void fill_info (local::Info &info) override;

  // RequestDesk
  [[nodiscard]] std::optional<ClientId> free_client () override;
  [[nodiscard]] bool has_room (ClientId client) override;
  [[nodiscard]] bool wants_whole (ClientId client) override;
  void offer (ClientId client, const RequestHead &head, base::ByteView parts,
              RequestPlace place) override;
  void on_settled (ClientId client, const base::MemberKey &member,
                   base::RequestId request) override;

  // DoorKeeper
  [[nodiscard]] Policy
  policy () const override
  {
    return record_.policy;
  }
  [[nodiscard]] base::Head
  head () const override
  {
    return publisher_.head ();
  }
  [[nodiscard]] std::vector<Revocation> &
  revocations () override
  {
    return record_.revocations;
  }
  void raise_generation () override;
  void save_record (RecordKeeper::OnSaved on_saved) override;
  void ask (QuestionId id, const Question &question) override;

  void load_state ();
  void skip_ids (base::Head &at);
  [[nodiscard]] std::uint64_t ids_to_skip () const;
  void open_at_multicast (base::Head at);
  void load_requests ();
  void check_loaded ();
  void answer_checkpoint_questions ();
  void send_checkpoint (ReplayToken replay);
  // `beyond`: where to look for what comes next when there is nothing.
  void send_stored (ReplayToken replay, StoreCall call,
                    std::optional<ReadFragments> beyond = {});
  void look_beyond (ReplayToken replay, const ReadFragments &beyond);
  void tell_member (ClientId client, const base::MemberKey &member,
                    MemberEvent event);

  Publisher publisher_;
  Checkpoints checkpoints_;
  Spool spool_;
  Inbox inbox_;
  Door door_;
  // Who asks for the newest checkpoint while that change is under way; later
  // ones come to a member by themselves.
  struct CheckpointQuestion
  {
    ReplayToken replay;
    base::MessageId change;
  };
  std::deque<CheckpointQuestion> checkpoint_questions_;
  std::set<base::MemberKey> members_;
  OriginState origin_state_ = OriginState::none;
  // The last fragment that the store had when we began.
  base::FragmentId known_;
  // Of a copy: behind this one it goes on.
  base::FragmentId resumed_at_;
  // With head_behind: what a member has proved.
  base::Head proved_;
  // The origin is opened again then, when multicast has closed the one before.
  base::TimePoint reopen_at_ = base::time_never;
  base::Head reopen_head_;
  bool has_requests_ = false; // listed
  bool has_state_ = false;    // known where it stands
  bool is_open_ = false;      // at multicast
};
} // namespace psyc::core
