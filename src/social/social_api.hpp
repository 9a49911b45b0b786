// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Inside libgnunetsocial: the App and what hangs on it. The key-addressed
// interface (queries, readers, uploads) speaks the messages of
// social_messages.hpp; the handles of 2019 (social_api_place.hpp) are built
// on it.
//
// Nothing is freed under somebody's feet: what is being called back is kept by
// a shared pointer, and the App itself ends in a task of its own.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "gnunet_social_service.h"
#include "psyc/message/message.hpp"
#include "psyc/message/part_writer.hpp"
#include "psyc/message/sender.hpp"
#include "shell/service_link.hpp"
#include "social/social_messages.hpp"

struct GNUNET_SOCIAL_Ego
{
  base::MemberKey key;
  struct GNUNET_CRYPTO_EcdsaPublicKey pub_key;
  std::string name;
};

namespace social::api
{
// An ego of any key type, as the service told it.
struct KnownEgo
{
  base::Bytes packed_key;
  struct GNUNET_IDENTITY_PublicKey key;
  std::string name;
  GNUNET_SOCIAL_Ego *ego = nullptr; // for ECDSA keys
  bool is_told = false;             // in the current connection
};

// What may come for a query; those that are not expected stay empty.
struct QueryHandlers
{
  // It is asked anew: forget what came so far.
  std::function<void ()> again;
  // The last word; the query is out of the App's table already.
  std::function<void (const SocialResult &)> result;
  std::function<void (const SocialResult &)> pending;
  std::function<void (const PlaceInfo &)> place;
  std::function<void (const SocialNym &)> nym;
  std::function<void (const SocialName &)> name;
  std::function<void (const SocialStatus &)> status;
  std::function<void (const SocialResolved &)> resolved;
  std::function<void (const SocialObject &)> object;
  std::function<void (const SocialDoorQuestion &)> question;
  std::function<void (const SocialFarewell &)> farewell;
};
} // namespace social::api

struct GNUNET_SOCIAL_Query
{
  GNUNET_SOCIAL_App *app = nullptr;
  std::uint64_t id = 0;
  base::Bytes request; // as it was asked; empty: answered here
  social::api::QueryHandlers on;
  bool is_dead = false;
};

namespace social::api
{
// A follower or a replay: messages under a window, held back while paused.
class Reader
{
public:
  Reader (GNUNET_SOCIAL_App &app, std::uint64_t id);
  virtual ~Reader () = default;
  Reader (const Reader &) = delete;
  Reader &operator= (const Reader &) = delete;

  // Says to the service what is wanted, from where it stopped.
  virtual void ask () = 0;
  void on_link_up ();
  // One message about this reader; false when the service broke the rules.
  [[nodiscard]] bool on_message (SocialFollowing message);
  [[nodiscard]] bool on_message (SocialFragment message);
  [[nodiscard]] bool on_message (SocialGap message);
  [[nodiscard]] bool on_message (SocialReplayEnd message);

  void pause ();
  void resume ();
  // No more callbacks; tells the service.
  void stop ();

  std::uint64_t
  id () const
  {
    return id_;
  }

protected:
  using Item = std::variant<SocialFollowing, SocialFragment, SocialGap,
                            SocialReplayEnd>;
  virtual void
  deliver (const SocialFollowing &)
  {}
  virtual void deliver (const SocialFragment &) = 0;
  virtual void
  deliver (const SocialGap &)
  {}
  virtual void
  deliver (const SocialReplayEnd &)
  {}

  // Out of the App's table, without a word to the service.
  void finish ();
  [[nodiscard]] bool
  is_dead () const
  {
    return is_dead_;
  }

  GNUNET_SOCIAL_App &app_;

private:
  [[nodiscard]] bool take (Item item, std::size_t bytes);
  void deliver_waiting ();
  void acknowledge (std::size_t bytes);

  const std::uint64_t id_;
  bool is_paused_ = false;
  bool is_dead_ = false;
  bool is_delivering_ = false;
  std::deque<Item> waiting_;
  std::size_t waiting_bytes_ = 0;
  std::size_t unacknowledged_ = 0;
  shell::Timer wake_;
};
} // namespace social::api

struct GNUNET_SOCIAL_Upload
{
  GNUNET_SOCIAL_App *app = nullptr;
  psyc::Sender::UploadId id = 0;
  social::PlaceRef place;
  GNUNET_PSYC_UploadReadyCallback ready_cb = nullptr;
  GNUNET_PSYC_SendStateCallback state_cb = nullptr;
  void *cls = nullptr;
  bool is_dead = false;       // for the application
  bool is_input_over = false; // its END or CANCEL was given
};

struct GNUNET_SOCIAL_HostConnection
{
  GNUNET_SOCIAL_App *app = nullptr;
  social::PlaceRef place;
};

struct GNUNET_SOCIAL_GuestConnection
{
  GNUNET_SOCIAL_App *app = nullptr;
  social::PlaceRef place;
};

struct GNUNET_SOCIAL_App
{
public:
  struct Callbacks
  {
    GNUNET_SOCIAL_AppEgoCallback ego_cb;
    GNUNET_SOCIAL_AppHostPlaceCallback host_cb;
    GNUNET_SOCIAL_AppGuestPlaceCallback guest_cb;
    GNUNET_SOCIAL_AppConnectedCallback connected_cb;
    void *cls;
  };

  GNUNET_SOCIAL_App (const struct GNUNET_CONFIGURATION_Handle *cfg,
                     std::string app_id, Callbacks callbacks);
  ~GNUNET_SOCIAL_App ();
  GNUNET_SOCIAL_App (const GNUNET_SOCIAL_App &) = delete;
  GNUNET_SOCIAL_App &operator= (const GNUNET_SOCIAL_App &) = delete;

  // Ends all that hangs on it; frees itself in a task, once what was said has
  // left.
  void disconnect (GNUNET_ContinuationCallback cb, void *cls);

  [[nodiscard]] bool
  is_connected () const
  {
    return is_welcome_;
  }
  [[nodiscard]] std::uint64_t
  connection_count () const
  {
    return connection_count_;
  }
  [[nodiscard]] bool
  is_closing () const
  {
    return is_closing_;
  }

  // --- queries ---
  // Asks `message` and goes on asking till it is answered; NULL when it does
  // not fit a message.
  template <wire::Message M>
  GNUNET_SOCIAL_Query *
  ask (M message, social::api::QueryHandlers handlers)
  {
    message.query_id = next_id_;
    auto bytes = wire::encode (message);
    return bytes ? add_query (std::move (*bytes), std::move (handlers))
                 : nullptr;
  }
  void cancel (GNUNET_SOCIAL_Query *query);
  // A query that is answered from what is known here.
  GNUNET_SOCIAL_Query *answer_egos (GNUNET_SOCIAL_EgoInfoCallback cb,
                                    void *cls);

  // --- readers ---
  std::uint64_t
  next_id ()
  {
    return next_id_++;
  }
  void add (std::shared_ptr<social::api::Reader> reader);
  void remove_reader (std::uint64_t id);

  // --- uploads ---
  GNUNET_SOCIAL_Upload *
  start_upload (const social::PlaceRef &place, const struct GNUNET_Uuid *tag,
                std::uint32_t flags, GNUNET_PSYC_UploadReadyCallback ready_cb,
                GNUNET_PSYC_SendStateCallback state_cb, void *cls);
  int push (GNUNET_SOCIAL_Upload *upload, base::ByteView parts);
  void cancel (GNUNET_SOCIAL_Upload *upload);
  void detach (GNUNET_SOCIAL_Upload *upload);

  // --- slicers ---
  // Feeds what `owner` got; nothing more comes of it once `owner` has ended.
  void feed (const void *owner, struct GNUNET_PSYC_Slicer *slicer,
             const struct GNUNET_PSYC_MessageHeader *msg);
  // `owner` has ended; NULL: all have.
  void end_feeding (const void *owner);

  // --- handles of 2019, which live as long as the App or shorter ---
  template <typename T>
  T *
  own (std::shared_ptr<T> handle)
  {
    T *raw = handle.get ();
    owned_.emplace (raw, std::move (handle));
    return raw;
  }
  void
  disown (void *handle)
  {
    auto it = owned_.find (handle);
    if (it == owned_.end ())
      return;
    auto keep = std::move (it->second);
    owned_.erase (it);
    defer ([keep] {}); // freed when nobody stands on it any more
  }

  // --- else ---
  template <wire::Message M>
  void
  send (const M &message)
  {
    if (link_)
      link_->send (message);
  }
  // Runs it from the scheduler, if the App still is then.
  void defer (std::function<void ()> run);

  [[nodiscard]] social::PlaceRef
  place_ref (const struct GNUNET_CRYPTO_EddsaPublicKey &key) const
  {
    return { shell::from_gnunet<base::ChannelKey> (key), acting_ego_ };
  }
  void act_as (const GNUNET_SOCIAL_Ego *ego);
  [[nodiscard]] GNUNET_SOCIAL_Ego *find_ego (const std::string &name) const;

private:
  using Name = std::pair<bool, std::pair<base::ChannelKey, base::MemberKey>>;

  struct KnownPlace
  {
    GNUNET_SOCIAL_HostConnection host;
    GNUNET_SOCIAL_GuestConnection guest;
    enum GNUNET_SOCIAL_AppPlaceState state = GNUNET_SOCIAL_PLACE_STATE_ARCHIVED;
  };

  void on_link_up ();
  void on_link_down ();
  [[nodiscard]] bool on_message (base::ByteView message);

  [[nodiscard]] bool on (const social::SocialHello &message);
  [[nodiscard]] bool on (const social::SocialEgo &message);
  [[nodiscard]] bool on (const social::SocialEgoGone &message);
  [[nodiscard]] bool on (const social::SocialListsComplete &message);
  [[nodiscard]] bool on (const social::SocialResult &message);
  [[nodiscard]] bool on (const social::SocialPlace &message);
  [[nodiscard]] bool on (const social::SocialResolved &message);
  [[nodiscard]] bool on (const social::SocialNym &message);
  [[nodiscard]] bool on (const social::SocialName &message);
  [[nodiscard]] bool on (const social::SocialStatus &message);
  [[nodiscard]] bool on (const social::SocialObject &message);
  [[nodiscard]] bool on (const social::SocialDoorQuestion &message);
  [[nodiscard]] bool on (const social::SocialFarewell &message);
  [[nodiscard]] bool on (const social::SocialUploadCredit &message);
  [[nodiscard]] bool on (const social::SocialUploadState &message);
  template <typename M> [[nodiscard]] bool on_reader (M message);
  template <typename M, typename Handler>
  bool on_query (const M &message, Handler handler);

  GNUNET_SOCIAL_Query *add_query (base::Bytes request,
                                  social::api::QueryHandlers handlers);
  void tell_egos (const std::shared_ptr<GNUNET_SOCIAL_Query> &query,
                  GNUNET_SOCIAL_EgoInfoCallback cb, void *cls);
  void tell_place (const social::PlaceInfo &place);
  GNUNET_SOCIAL_Ego *ego_of (const base::MemberKey &key,
                             const std::string &name);

  void drain_sender ();
  void say_place (psyc::Sender::UploadId id);
  void forget_settled_uploads ();
  void on_sender (const psyc::Sender::Ready &ready);
  void on_sender (const psyc::Sender::State &state);

  void run_deferred ();
  [[nodiscard]] bool is_something_unsaid () const;
  void linger ();
  void end ();

  const std::string app_id_;
  const Callbacks callbacks_;
  bool is_welcome_ = false; // the service said hello
  std::uint64_t connection_count_ = 0;
  bool are_lists_complete_ = false; // ever
  bool is_closing_ = false;
  bool is_flushed_ = false; // while closing: all that was said has left
  base::MemberKey acting_ego_;

  std::uint64_t next_id_ = 1;
  std::map<std::uint64_t, std::shared_ptr<GNUNET_SOCIAL_Query>> queries_;
  std::map<std::uint64_t, std::shared_ptr<social::api::Reader>> readers_;
  // Those that wait for the first lists.
  std::vector<std::function<void ()>> waiting_for_lists_;

  std::vector<social::api::KnownEgo> egos_;
  std::vector<std::unique_ptr<GNUNET_SOCIAL_Ego>> ego_handles_;
  std::map<Name, std::unique_ptr<KnownPlace>> places_;

  psyc::Sender sender_;
  std::map<psyc::Sender::UploadId, std::shared_ptr<GNUNET_SOCIAL_Upload>>
      uploads_;
  std::set<psyc::Sender::UploadId> placed_; // AppSay said on this link

  std::map<void *, std::shared_ptr<void>> owned_;
  // What is being fed just now.
  const void *feeding_owner_ = nullptr;
  struct GNUNET_PSYC_Slicer *feeding_ = nullptr;

  std::deque<std::function<void ()>> deferred_;
  shell::Timer run_deferred_;

  GNUNET_ContinuationCallback disconnect_cb_ = nullptr;
  void *disconnect_cls_ = nullptr;
  shell::Timer linger_;
  base::TimePoint linger_until_{};

  std::unique_ptr<shell::ServiceLink> link_;
};

namespace social::api
{
// The key-addressed readers, for a place as one of our egos is in it.
struct GNUNET_SOCIAL_Follower *
follow (GNUNET_SOCIAL_App &app, const PlaceRef &place, std::uint64_t after,
        GNUNET_SOCIAL_FollowStartCallback start_cb,
        GNUNET_SOCIAL_FollowFragmentCallback fragment_cb,
        GNUNET_SOCIAL_FollowGapCallback gap_cb, void *cls);
struct GNUNET_SOCIAL_Replay *
replay (GNUNET_SOCIAL_App &app, AppReplay wanted,
        GNUNET_SOCIAL_ReplayMessageCallback message_cb,
        GNUNET_SOCIAL_ReplayEndCallback end_cb, void *cls);

// The wire's place in the form of the C interface; borrows from `place`.
[[nodiscard]] struct GNUNET_SOCIAL_PlaceInfo to_c (const PlaceInfo &place);

// What the host said at the door, as text, for people.
[[nodiscard]] std::optional<std::string> text_of (const SocialResult &result);

// Handlers that end in a GNUNET_SOCIAL_QueryCallback.
[[nodiscard]] QueryHandlers query_handlers (GNUNET_SOCIAL_QueryCallback cb,
                                            void *cls);

// A whole struct GNUNET_PSYC_Message with `text` as its body; empty when
// there is no text.
[[nodiscard]] base::Bytes text_message (const char *method, const char *text);

// Its bytes; empty for NULL, nothing when it is larger than allowed.
[[nodiscard]] std::optional<base::Bytes>
message_bytes (const struct GNUNET_PSYC_Message *message);

[[nodiscard]] std::vector<Variable>
variables_of (const struct GNUNET_PSYC_Environment *env);

[[nodiscard]] base::SendTag random_tag ();

[[nodiscard]] base::Bytes packed (const struct GNUNET_IDENTITY_PublicKey &key);

inline const struct GNUNET_MessageHeader *
as_header (base::ByteView bytes)
{
  return reinterpret_cast<const struct GNUNET_MessageHeader *> (bytes.data ());
}
} // namespace social::api
