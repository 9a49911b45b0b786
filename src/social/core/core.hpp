// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The social service without its inputs and outputs: who hosts what, who may
// enter, what is said on, what applications are told. Begin reading here; the
// themes are in hosting.cpp, entering.cpp, leaving.cpp, door.cpp, relaying.cpp,
// offering.cpp, hearing.cpp, naming.cpp, finding.cpp and listing.cpp, the life
// of applications in core.cpp.
//
// Every change is committed to the Store before anybody is told of it; what a
// guest hears of others is in the log anyhow, and written soon. The states of a
// place:
//
//   host   entered ---close---> closed (begun > lingering > done)
//   guest  pending --admitted-> entered --leave----> archived
//             |                    |                 (lingering > begun > done)
//             |                    |----ejected----> ejected
//             '--refused-> refused '--host closes--> closed
//          and back to pending from any of them by a new enter.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "social/copy_messages.hpp"
#include "social/core/effects.hpp"
#include "social/core/place_address.hpp"
#include "social/core/store.hpp"

namespace social
{
// As enum GNUNET_MULTICAST_MemberState.
enum class GuestState : std::uint8_t
{
  connecting = 1,
  pending = 2,
  attached = 3,
  detached = 4,
  service_lost = 5,
  ejected = 6,
  refused = 7,
  ended = 8,
};

// As enum GNUNET_MULTICAST_MemberEvent.
enum class MemberEvent : std::uint8_t
{
  attached = 1,
  detached = 2,
  parted = 3,
};

// Did what was asked for happen?
enum class Outcome : std::uint8_t
{
  done,
  failed,
};

// What became of an offered file.
enum class FileOutcome : std::uint8_t
{
  queued,  // it is on our disk, whole; another outcome follows
  said,    // it has an id
  gone,    // it is not there any more, or is not what was offered
  refused, // the host does not relay it
  failed,  // it may be tried again
};

// What GNS says of a name.
struct FoundPlace
{
  base::ChannelKey place;
  base::PeerId origin;
  std::vector<base::PeerId> relays;
  // It is encrypted, and our password does not open it: nothing else is known.
  bool is_sealed = false;
};

class Core
{
public:
  struct Config
  {
    ConfiguredZones zones; // [gns] .tld = key
    std::string software;
  };

  Core (Config config, Store &store, Keys &keys, Snapshot snapshot,
        base::TimePoint now);

  // ---------------------------------------------------------- time, effects
  void advance_time (base::TimePoint now);
  [[nodiscard]] base::TimePoint next_deadline () const;
  [[nodiscard]] std::optional<Effect> poll_effect ();

  // --------------------------------------------------- this peer, identities
  void on_own_peer (const base::PeerId &peer);
  // New or renamed.
  void on_ego (Ego ego);
  void on_ego_gone (const base::Bytes &zone);
  void on_egos_complete ();

  // ------------------------------------------------------------ applications
  void on_app (ClientId client);
  void on_app_gone (ClientId client);
  void on_message (ClientId client, const AppHello &message);
  void on_message (ClientId client, const AppQueryCancel &message);
  void on_message (ClientId client, const AppPlacesGet &message);
  void on_message (ClientId client, const AppPlaceFind &message);
  void on_message (ClientId client, const AppHostPlace &message);
  void on_message (ClientId client, const AppEnterPlace &message);
  void on_message (ClientId client, const AppLeavePlace &message);
  void on_message (ClientId client, const AppClosePlace &message);
  void on_message (ClientId client, const AppCopyPlace &message);
  void on_message (ClientId client, const AppRestorePlace &message);
  void on_message (ClientId client, const AppAdoptPlace &message);
  void on_message (ClientId client, const AppOfferFile &message);
  void on_message (ClientId client, const AppWithdrawFile &message);
  void on_message (ClientId client, const AppNymsGet &message);
  void on_message (ClientId client, const AppNamesGet &message);
  void on_message (ClientId client, const AppDoorAnswer &message);
  void on_message (ClientId client, const AppEjectNym &message);
  void on_message (ClientId client, const AppNameNym &message);
  void on_message (ClientId client, const AppPublishPlace &message);
  void on_message (ClientId client, const AppStatusGet &message);
  void on_message (ClientId client, const AppRuleSet &message);
  void on_message (ClientId client, const AppRulesClear &message);
  void on_message (ClientId client, const AppDoorWatch &message);

  // -------------------------------------------------------------- own places
  // The channel runs; said again after every reconnect to psyc.
  void on_host_started (const PlaceRef &ref, std::uint64_t max_message_id);
  // `request`: the struct GNUNET_PSYC_Message that came, or empty.
  void on_join_request (const PlaceRef &ref, const base::MemberKey &nym,
                        const base::Bytes &request);
  void on_member (const PlaceRef &ref, const base::MemberKey &nym,
                  MemberEvent event);
  void on_request (const PlaceRef &ref, const GuestRequest &request);
  void on_announced (const PlaceRef &ref, const base::SendTag &tag,
                     Outcome outcome);
  void on_ejected (const PlaceRef &ref, const base::MemberKey &nym,
                   Outcome outcome);
  // Why not, or empty.
  void on_adopted (const PlaceRef &ref, const std::string &why_not);

  // ---------------------------------------------------- places as their guest
  void on_guest_connected (const PlaceRef &ref, std::uint64_t max_message_id);
  void on_guest_state (const PlaceRef &ref, GuestState state);
  // `answer`: the struct GNUNET_PSYC_Message that came with it, or empty.
  void on_guest_decision (const PlaceRef &ref, Admission admission,
                          const base::Bytes &answer);
  // The host said that it closes the place.
  void on_place_closing (const PlaceRef &ref);
  void on_guest_parted (const PlaceRef &ref);
  void on_info (const PlaceRef &ref, const ChannelInfo &info);
  // Somebody else said something there, or left, as that message tells.
  void on_nym_heard (const PlaceRef &ref, const base::MemberKey &key,
                     NymStanding standing, base::MessageId message);
  // Somebody asks in the place for what is offered there; id 0: it has none
  // yet.
  void on_file_wanted (const PlaceRef &ref, std::string_view key,
                       std::uint64_t message_id);
  void on_offered_file (const PlaceRef &ref, const base::SendTag &key,
                        FileOutcome outcome, std::uint64_t message_id,
                        const std::string &reason);
  void on_offer_told (const PlaceRef &ref, const base::SendTag &key,
                      Outcome outcome);
  // A message went by: the count of messages as seen last.
  void on_message_seen (const PlaceRef &ref, std::uint64_t message_id);

  // ------------------------------------------------------------------- names
  void on_looked_up (std::uint64_t id, const std::optional<FoundPlace> &found);
  void on_record_stored (std::uint64_t id,
                         const std::optional<std::string> &error);
  // A PKEY record of an own zone; no nym: the label names nobody any more.
  void on_zone_name (const base::MemberKey &ego, const std::string &label,
                     const std::optional<base::MemberKey> &nym);

  // Something that the shell refused, for the statistics.
  void on_oddity (std::string what);

  // What there is and what waits, for the statistics.
  struct Load
  {
    std::size_t hosted = 0;
    std::size_t entered = 0;
    std::size_t pending = 0;
    std::size_t waiting = 0;
    std::size_t wishes = 0;
  };
  [[nodiscard]] Load load () const;

  // ------------------------------------------------------------ for the shell
  // The place that an application means: of that ego, or with a zero ego the
  // one we host, else the one that we entered.
  [[nodiscard]] const Place *find_place (const PlaceRef &ref) const;
  // May something be said there now? Else why not, for people.
  [[nodiscard]] std::optional<std::string>
  why_not_say (const Place &place) const;
  [[nodiscard]] std::vector<PlaceRef> running_places () const;
  [[nodiscard]] bool
  has_offers (const PlaceRef &ref) const
  {
    return offers_.contains (ref);
  }
  [[nodiscard]] bool
  are_egos_known () const
  {
    return are_egos_complete_;
  }

private:
  using QueryId = std::pair<ClientId, std::uint64_t>;

  struct Client
  {
    bool has_greeted = false;
    bool is_listed = false; // got its first lists
    std::set<std::uint64_t> queries;
    std::map<std::uint64_t, PlaceRef> door_watches;
  };

  enum class Publication : std::uint8_t
  {
    none,    // not to be published
    wanted,  // at next_publication
    storing, // record_id is under way
    done,
    failed, // tried again at next_publication
  };

  // What is known of a place only while we run.
  struct Runtime
  {
    bool is_running = false; // there is a psyc handle
    bool is_up = false;      // psyc answered
    bool is_connected = false;
    bool is_pending_confirmed = false;
    ChannelInfo info;
    std::vector<std::string> saved; // prefixes, as said last
    Publication publication = Publication::none;
    std::uint64_t record_id = 0;
    base::TimePoint next_publication = base::time_never;
    base::Duration publication_delay{};
    std::string publication_error;
    std::set<base::MemberKey> callers; // ask at the door right now
    std::vector<QueryId> waiting;      // for the place's next state
    std::vector<QueryId> adopting;
    std::map<base::MemberKey, std::vector<QueryId>> ejecting;
    base::TimePoint retry_ejections = base::time_never;
    base::TimePoint retry_farewell = base::time_never;
    base::TimePoint ejected_at = base::time_never;   // ends the visit
    base::TimePoint silent_leave = base::time_never; // go without telling it
    std::set<base::MemberKey> unwritten; // nyms heard of, or forgotten
    base::TimePoint write_heard = base::time_never;
    base::TimePoint heard_written; // last
  };

  struct LookUpRun
  {
    base::SendTag wish;
    Question question;
    std::uint64_t id = 0; // of the effect under way, 0: none
    int no_count = 0;
    base::TimePoint next = base::time_never; // ask anew
    std::vector<QueryId> waiting;
  };

  // A place asked for by a name that it does not go by here (yet).
  struct Search
  {
    QueryId query;
    base::MemberKey ego; // zero: any
    std::string text;
    Question question;
    std::uint64_t id = 0; // of the look-up under way, 0: none
    int no_count = 0;
    base::TimePoint next;
  };

  // An offer and what is known of it while we run.
  struct OfferRun
  {
    Offer offer;
    bool is_busy = false;    // effects of it are under way
    bool is_reading = false; // its file is
    int failures = 0;        // in a row
    std::uint64_t file_id = 0;
    base::TimePoint next; // not before
  };

  struct InfoRound
  {
    std::set<PlaceRef> missing;
    base::TimePoint deadline;
    QueryId query;
    enum class For : std::uint8_t
    {
      places,
      status,
    } what
        = For::places;
  };

  // core.cpp
  template <wire::Message M> void tell (ClientId client, const M &message);
  [[nodiscard]] bool open_query (ClientId client, std::uint64_t query_id);
  void answer (const QueryId &query, ResultCode result, const Place *place,
               const std::string &text, const base::Bytes &blob = {});
  void answer_all (std::vector<QueryId> &queries, ResultCode result,
                   const Place *place, const std::string &text,
                   const base::Bytes &blob = {});
  [[nodiscard]] bool is_open (const QueryId &query) const;
  void count (std::string what);
  [[nodiscard]] std::optional<std::string> commit (Changes changes);
  // Commits; when that fails the query is answered so.
  [[nodiscard]] bool commit_for (const QueryId &query, Changes changes);
  void put_place (const Place &place);
  void tell_place (const Place &place);
  void complete_lists_when_due ();
  void list_for (ClientId client, Client &state);
  void when_egos_complete (std::function<void ()> then);
  [[nodiscard]] const Ego *ego_by_key (const base::MemberKey &key) const;
  // The ego to act as; answers the query when there is none.
  [[nodiscard]] const Ego *acting_ego (const QueryId &query,
                                       const base::MemberKey &key);
  [[nodiscard]] PlaceInfo info_of (const Place &place) const;
  [[nodiscard]] Place *place_by_ref (const PlaceRef &ref);
  // Opens the query about that place. Nothing: it was answered with what is
  // wrong, or its client goes.
  [[nodiscard]] const Place *place_for (const QueryId &query,
                                        const PlaceRef &ref);
  [[nodiscard]] const Place *own_place_for (const QueryId &query,
                                            const PlaceRef &ref);
  void start_all ();
  void start (const Place &place);

  // hosting.cpp
  void host_place (const QueryId &query, const AppHostPlace &message);
  void restore_place (const QueryId &query, const AppRestorePlace &message);
  [[nodiscard]] std::string why_not_restore (const PlaceCopy &copy,
                                             const PlaceRef &ref) const;
  void resume_place (const QueryId &query, const AppHostPlace &message,
                     Place place, const Ego &ego);
  [[nodiscard]] std::optional<Place>
  new_place (const QueryId &query, const AppHostPlace &message, const Ego &ego);
  void publish_later (const PlaceRef &ref);
  void publish_due ();
  void publish (const Place &place, Runtime &runtime);
  void finish_hosting (const PlaceRef &ref);
  void say_farewell (const Place &place);
  void end_lingering ();

  // entering.cpp
  void enter_place (const QueryId &query, const AppEnterPlace &message);
  [[nodiscard]] bool answer_by_tag (const QueryId &query,
                                    const AppEnterPlace &message,
                                    const base::MemberKey &ego);
  void begin_wish (const QueryId &query, const AppEnterPlace &message,
                   const Ego &ego);
  void begin_entry (const std::vector<QueryId> &queries, const Wish &wish,
                    const FoundPlace &found, std::uint32_t flags);
  void ask_anew (std::vector<QueryId> queries, Place place);
  void tell_standing (const QueryId &query, const Place &place);
  void note_told (const Place &place);
  void ask_names ();
  void ask_name (LookUpRun &run, const std::string &password);
  void ask_gns (std::uint64_t id, const Question &question,
                const std::string &password);
  void end_wish (base::SendTag tag, ResultCode result, const std::string &text);
  void end_visit (Place place, PlaceState state);
  void end_ejected ();
  void finish_entry (Place place);

  // hearing.cpp
  void forget_silent (const PlaceRef &ref);
  void write_later (const PlaceRef &ref, const base::MemberKey &key);
  void write_heard (const PlaceRef &ref);
  void write_heard_due ();

  // leaving.cpp
  void leave_when_told (Place place);
  void leave_now (Place place);
  void leave_silently ();
  void on_leaving_state (const Place &place, GuestState state);

  // door.cpp
  void ask_at_door (const Place &place, Nym nym);
  void admit (const Place &place, Nym nym);
  void refuse (const Place &place, Nym nym);
  void withdraw (const Place &place, const base::MemberKey &key);
  void eject_again (const PlaceRef &ref);
  void announce_leave (const PlaceRef &ref, const Nym &nym);
  void tell_farewell (const PlaceRef &ref, const Nym &nym,
                      const std::vector<Variable> &variables);
  void put_nym (const PlaceRef &ref, const Nym &nym);
  [[nodiscard]] Nym *nym_by_key (const PlaceRef &ref,
                                 const base::MemberKey &key);
  [[nodiscard]] std::size_t count_nyms (const PlaceRef &ref,
                                        NymStanding standing) const;

  // relaying.cpp
  void save_files (const PlaceRef &ref);
  [[nodiscard]] bool has_rule (const PlaceRef &ref, RuleKind kind,
                               std::string_view name, std::uint32_t flag) const;
  [[nodiscard]] std::optional<std::pair<std::uint32_t, std::string>>
  why_not_relay (const Place &place, const GuestRequest &request) const;

  // offering.cpp
  [[nodiscard]] OfferRun *offer_by_key (const PlaceRef &ref,
                                        const base::SendTag &key);
  [[nodiscard]] std::string why_not_offer (const Place &place,
                                           const AppOfferFile &message) const;
  [[nodiscard]] std::optional<base::SendTag>
  replaceable_offer (const PlaceRef &ref) const;
  [[nodiscard]] bool is_about_offer (const PlaceRef &ref,
                                     const GuestRequest &request) const;
  [[nodiscard]] bool has_answers_to_give (const PlaceRef &ref) const;
  [[nodiscard]] std::size_t offers_read () const;
  [[nodiscard]] base::TimePoint next_offer_answer () const;
  [[nodiscard]] bool may_answer_now ();
  void answer_offers ();
  void say_offered (const PlaceRef &ref, OfferRun &run);
  void put_offer (const PlaceRef &ref, OfferRun &run, OfferState state);
  void tell_offer (const PlaceRef &ref, const OfferRun &run,
                   const std::string &reason);
  [[nodiscard]] std::vector<Variable> own_words (const Place &place) const;

  // finding.cpp
  void find_place_for (const QueryId &query, const AppPlaceFind &message);
  [[nodiscard]] int rank_of (const Place &place, const std::string &text) const;
  void search_place (const QueryId &query, const AppPlaceFind &message);
  void search_due ();
  [[nodiscard]] bool on_searched (std::uint64_t id,
                                  const std::optional<FoundPlace> &found);

  // listing.cpp
  void begin_round (const QueryId &query, InfoRound::For what);
  void finish_round (const InfoRound &round);
  void end_rounds ();
  [[nodiscard]] std::optional<std::string>
  name_of (const base::MemberKey &ego, const base::MemberKey &nym) const;

  const Config config_;
  Store &store_;
  Keys &keys_;
  base::TimePoint now_;
  std::deque<Effect> effects_;

  base::PeerId own_peer_;
  std::vector<Ego> egos_;
  bool are_egos_complete_ = false;
  bool are_lists_complete_ = false;
  base::TimePoint lists_deadline_ = base::time_never;
  std::vector<std::function<void ()>> deferred_;

  std::map<ClientId, Client> clients_;
  std::map<PlaceRef, Place> places_;
  std::map<PlaceRef, Runtime> runtime_;
  std::map<PlaceRef, std::map<base::MemberKey, Nym>> nyms_;
  std::map<PlaceRef, std::vector<Rule>> rules_;
  std::map<PlaceRef, std::map<base::SendTag, OfferRun>> offers_;
  std::deque<base::TimePoint> answers_; // of offers, in the last minute
  std::map<base::SendTag, Wish> wishes_;
  std::map<base::SendTag, LookUpRun> look_ups_;
  std::map<std::uint64_t, QueryId> record_queries_;
  std::vector<InfoRound> rounds_;
  std::vector<Search> searches_;
  std::map<base::MemberKey, std::map<std::string, base::MemberKey>> labels_;
  std::uint64_t last_id_ = 0; // of look-ups and records
};

// Longest text in an answer; a longer one is cut.
inline constexpr std::size_t answer_text_max = 4096;

template <wire::Message M>
void
Core::tell (ClientId client, const M &message)
{
  auto bytes = wire::encode (message);
  if (! bytes)
  {
    count ("# answers too large to be sent");
    return;
  }
  effects_.push_back (Tell{ client, std::move (*bytes) });
}
} // namespace social
