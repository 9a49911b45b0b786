// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What hosts' and guests' channels have in common: the log and its readers,
// the clients that are in it, the record on disk, coming and going.
//
//   loading -> running -> ending -> ended
//
// loading: the store is asked where the channel stands; clients wait.
// ending: the network part has been let go of; what is under way in the store
// is waited for, then the record gets its mark of a proper end.
#pragma once

#include <memory>
#include <vector>

#include "psyc/core/record.hpp"
#include "psyc/core/session.hpp"
#include "psyc/core/state_stream.hpp"
#include "psyc/core/uploads.hpp"

namespace psyc::core
{
class Channel : public HistorySource, protected StateOwner
{
public:
  enum class State : std::uint8_t
  {
    loading,
    running,
    ending,
    ended,
  };

  Channel (const Config &config, Effects &effects, const base::TimePoint &now,
           ChannelNo number, const base::ChannelKey &key,
           std::optional<base::MemberKey> member, ChannelRecord record,
           bool is_new);
  ~Channel () override = default;

  [[nodiscard]] const base::ChannelKey &
  key () const
  {
    return context_.key;
  }
  [[nodiscard]] const std::optional<base::MemberKey> &
  member () const
  {
    return member_;
  }
  [[nodiscard]] StoreCalls &
  store ()
  {
    return context_.store;
  }
  [[nodiscard]] State
  state () const
  {
    return state_;
  }
  // Requests on disk that are not decided: a guest's to send, a host's to say.
  [[nodiscard]] virtual std::size_t waiting_requests () const = 0;
  // Did this client get its Started?
  [[nodiscard]] bool has_session (ClientId client) const;
  [[nodiscard]] std::vector<ClientId> clients () const;
  // Of these, those that only read what is stored.
  [[nodiscard]] std::vector<ClientId> readers () const;
  [[nodiscard]] base::Bytes
  encoded_record ()
  {
    return encode_record (current_record ());
  }

  // Where multicast says that it hangs in the tree.
  void
  on_position (const local::Position &position)
  {
    position_ = position;
  }

  // Asks the store where it stands.
  void load ();
  void attach (Session session);
  // The client went without a word.
  void on_client_gone (ClientId client);
  void advance_time ();
  [[nodiscard]] base::TimePoint next_deadline () const;
  // Lets go of everything; the channel stays as it is on disk.
  void shut_down ();
  // After each input: goes on with ending.
  void settle ();
  // Removed from disk for good?
  [[nodiscard]] bool
  is_forgotten () const
  {
    return forgetting_.has_value ();
  }
  // Is the same channel known in another role? (Their history is one.)
  std::function<bool ()> is_shared = [] { return false; };
  // Clients that asked to go and wait for the end.
  [[nodiscard]] bool
  is_keep_active () const
  {
    return record_.is_keep_active;
  }
  // So much of this client waits for the disk that no more is read from it.
  [[nodiscard]] bool is_congested (ClientId client);

  // ---- messages of attached clients; false: not for this one
  [[nodiscard]] bool on_message (ClientId client,
                                 const local::StreamAck &message);
  [[nodiscard]] bool on_message (ClientId client, const local::Part &message);
  [[nodiscard]] bool on_message (ClientId client,
                                 const local::MembershipStore &message);
  [[nodiscard]] bool on_message (ClientId client,
                                 const local::HistoryStart &message);
  [[nodiscard]] bool on_message (ClientId client,
                                 const local::StateGet &message);
  [[nodiscard]] bool on_message (ClientId client,
                                 const local::OperationCancel &message);
  [[nodiscard]] bool on_message (ClientId client,
                                 const local::InfoGet &message);
  [[nodiscard]] bool on_message (ClientId client, const local::Forget &message);
  [[nodiscard]] bool on_message (ClientId client, const local::Upload &message);
  [[nodiscard]] bool on_message (ClientId client,
                                 const local::UploadCancel &message);
  [[nodiscard]] bool on_message (ClientId client,
                                 const local::UploadQuery &message);
  [[nodiscard]] virtual bool
  on_message (ClientId, const local::MasterMode &)
  {
    return false;
  }
  [[nodiscard]] virtual bool
  on_message (ClientId, const local::JoinDecision &)
  {
    return false;
  }
  [[nodiscard]] virtual bool
  on_message (ClientId, const local::JoinPending &)
  {
    return false;
  }
  [[nodiscard]] virtual bool
  on_message (ClientId, const local::RequestDecision &)
  {
    return false;
  }
  [[nodiscard]] virtual bool
  on_message (ClientId, const local::Eject &)
  {
    return false;
  }
  [[nodiscard]] virtual bool
  on_message (ClientId, const local::Adopt &)
  {
    return false;
  }

  // HistorySource
  [[nodiscard]] base::FragmentId
  settled () const override
  {
    return log_.settled ();
  }

protected:
  // ---- what a role adds
  virtual void load_role () = 0; // then loaded ()
  virtual void on_running () = 0;
  // After each input.
  virtual void
  go_on ()
  {}
  // The tracker has moved on.
  virtual void
  on_tracked ()
  {}
  virtual void on_session_started (Session &session) = 0;
  virtual void on_session_gone (ClientId client) = 0;
  virtual void on_reader_moved () = 0; // a window has room again
  virtual void update_record (ChannelRecord &record) = 0;
  virtual void close_network (Ending ending) = 0;
  [[nodiscard]] virtual bool is_network_idle () const = 0;
  virtual void on_role_time () = 0;
  [[nodiscard]] virtual base::TimePoint role_deadline () const = 0;
  [[nodiscard]] virtual Uploads &uploads () = 0;
  // The log has a hole.
  virtual void
  on_hole ()
  {}
  // Is the whole state here, or will it not come anyway?
  [[nodiscard]] virtual bool
  is_state_ready () const
  {
    return true;
  }
  virtual void fill_info (local::Info &info) = 0;
  // ---- what a role uses
  void loaded (); // from the role, when it knows where it stands
  void fail_load (const std::string &error);
  // Stream 0 of a client of ours that asked for all (0) begins here.
  [[nodiscard]] virtual base::FragmentId
  first_for (const Session &) const
  {
    return {};
  }
  // Answers with the stored fragments that `call` asks for, up to `up_to`; with
  // `on_end` the end is its to tell.
  using OnAnswered = std::function<void (ReplayCode code)>;
  void answer_replay (ReplayToken replay, StoreCall call,
                      base::FragmentId up_to, OnAnswered on_end = nullptr);
  // There was no record of it when it began.
  [[nodiscard]] bool
  is_new () const
  {
    return is_new_;
  }
  void open_log (base::FragmentId settled);
  void pump_readers ();
  void save (RecordKeeper::OnSaved on_saved = nullptr);
  void touch_record (); // written some time
  // Questions about the state wait for it.
  void answer_questions ();
  [[nodiscard]] Session *session (ClientId client);
  [[nodiscard]] ChannelRecord &current_record ();

  Context context_;
  const std::optional<base::MemberKey> member_;
  ChannelRecord record_;
  local::Position position_;
  const bool is_new_;
  bool was_clean_ = true;
  Log log_;
  StateFollower state_follower_;
  std::unique_ptr<Tracker> tracker_;
  Counters counters_;
  std::map<ClientId, Session> sessions_;

private:
  void start (Session &session);
  void start_reader (Session &session);
  void detach (ClientId client);
  void end (Ending ending);
  void finish_end ();
  void forget ();
  void reply (ClientId client, std::uint64_t op_id, const StoreResult &result);
  bool add_stream (ClientId client, std::uint64_t op_id,
                   std::unique_ptr<ClientStream> stream);

  // A question about the state that waits: the answer has the effect of all
  // that the client could know of when it asked.
  struct StateQuestion
  {
    ClientId client;
    local::StateGet message;
    base::TimePoint since;
    base::FragmentId known; // the log up to there
    // The last change in it, once that is known.
    std::optional<base::MessageId> change;
  };
  [[nodiscard]] bool may_answer (StateQuestion &question) const;
  [[nodiscard]] base::TimePoint deadline_of_questions () const;
  void begin_stream (ClientId client, const local::StateGet &question);

  State state_ = State::loading;
  std::deque<StateQuestion> questions_;
  RecordKeeper keeper_;
  std::vector<ClientId> parted_;
  base::TimePoint end_by_ = base::time_never;
  base::TimePoint linger_until_ = base::time_never;
  base::TimePoint save_at_ = base::time_never;
  base::FragmentId saved_settled_;
  Ending ending_ = Ending::for_now;
  bool is_closed_ = false; // the network part
  bool is_finishing_ = false;
  bool ends_clean_ = true;
  // Who asked to remove the channel from disk.
  std::optional<std::pair<ClientId, std::uint64_t>> forgetting_;
};
} // namespace psyc::core
