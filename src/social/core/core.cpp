// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The life of the core: time, identities, applications and their queries.
#include "social/core/core.hpp"

#include <algorithm>

namespace social
{
namespace
{
// What applications wait for at most, beyond the identity service, before
// their first lists are called complete.
constexpr base::Duration lists_patience = base::seconds (3);

std::string
cut (const std::string &text)
{
  return text.substr (0, answer_text_max);
}
} // namespace

Core::Core (Config config, Store &store, Keys &keys, Snapshot snapshot,
            base::TimePoint now)
    : config_ (std::move (config)), store_ (store), keys_ (keys), now_ (now)
{
  for (auto &place : snapshot.places)
  {
    runtime_[place.ref]; // every place has one
    places_.emplace (place.ref, std::move (place));
  }
  for (auto &[ref, nym] : snapshot.nyms)
    if (places_.contains (ref))
      nyms_[ref].emplace (nym.key, std::move (nym));
  for (auto &[ref, rule] : snapshot.rules)
    if (places_.contains (ref))
      rules_[ref].push_back (std::move (rule));
  for (auto &[ref, offer] : snapshot.offers)
    if (places_.contains (ref))
      offers_[ref][offer.key].offer = std::move (offer);
  for (auto &wish : snapshot.wishes)
    wishes_.emplace (wish.tag, std::move (wish));
  // Own places need no ego's key to be up; a guest does (on_egos_complete).
  for (const auto &[ref, place] : places_)
    if (Role::host == place.role)
      start (place);
}

// ------------------------------------------------------------ time, effects

void
Core::advance_time (base::TimePoint now)
{
  now_ = now;
  complete_lists_when_due ();
  publish_due ();
  ask_names ();
  search_due ();
  end_lingering ();
  end_ejected ();
  leave_silently ();
  end_rounds ();
  answer_offers ();
  write_heard_due ();
  for (auto &[ref, runtime] : runtime_)
    if (runtime.retry_ejections <= now_)
    {
      runtime.retry_ejections = base::time_never;
      eject_again (ref);
    }
}

base::TimePoint
Core::next_deadline () const
{
  base::TimePoint next = next_offer_answer ();
  if (! are_lists_complete_)
    next = std::min (next, lists_deadline_);
  for (const auto &[ref, runtime] : runtime_)
    next = std::min ({ next, runtime.next_publication, runtime.retry_ejections,
                       runtime.retry_farewell, runtime.ejected_at,
                       runtime.silent_leave, runtime.write_heard });
  for (const auto &[tag, run] : look_ups_)
    next = std::min (next, run.next);
  for (const auto &search : searches_)
    next = std::min (next, search.next);
  for (const auto &round : rounds_)
    next = std::min (next, round.deadline);
  return next;
}

std::optional<Effect>
Core::poll_effect ()
{
  if (effects_.empty ())
    return std::nullopt;
  Effect effect = std::move (effects_.front ());
  effects_.pop_front ();
  return effect;
}

void
Core::count (std::string what)
{
  effects_.push_back (Count{ std::move (what) });
}

void
Core::on_oddity (std::string what)
{
  count (std::move (what));
}

Core::Load
Core::load () const
{
  Load out;
  for (const auto &[ref, place] : places_)
  {
    const bool is_in = PlaceState::entered == place.state;
    out.hosted += is_in && Role::host == place.role;
    out.entered += is_in && Role::host != place.role;
    out.pending += PlaceState::pending == place.state;
  }
  for (const auto &[ref, nyms] : nyms_)
    for (const auto &[key, nym] : nyms)
      out.waiting += NymStanding::waiting == nym.standing;
  out.wishes = wishes_.size ();
  return out;
}

// -------------------------------------------------- this peer, identities

void
Core::on_own_peer (const base::PeerId &peer)
{
  own_peer_ = peer;
  for (const auto &[ref, place] : places_)
    publish_later (ref);
  publish_due ();
}

void
Core::on_ego (Ego ego)
{
  const auto known
      = std::find_if (egos_.begin (), egos_.end (),
                      [&] (const Ego &e) { return e.zone == ego.zone; });
  if (egos_.end () == known)
    egos_.push_back (ego);
  else
    known->name = ego.name;
  for (auto &[client, state] : clients_)
    if (state.is_listed)
      tell (client, SocialEgo{ ego.name, ego.zone });
  if (! are_egos_complete_)
    return;
  // A place whose ego came back, or was late.
  for (const auto &[ref, place] : places_)
    if (ref.ego == ego.key ())
    {
      start (place);
      if (Publication::wanted == runtime_[ref].publication)
        runtime_[ref].next_publication = now_;
    }
  publish_due ();
}

void
Core::on_ego_gone (const base::Bytes &zone)
{
  std::erase_if (egos_, [&] (const Ego &e) { return e.zone == zone; });
  for (auto &[client, state] : clients_)
    if (state.is_listed)
      tell (client, SocialEgoGone{ zone });
}

void
Core::on_egos_complete ()
{
  if (are_egos_complete_)
    return;
  are_egos_complete_ = true;
  lists_deadline_ = now_ + lists_patience;
  start_all ();
  const auto deferred = std::move (deferred_);
  deferred_.clear ();
  for (const auto &then : deferred)
    then ();
  complete_lists_when_due ();
}

void
Core::when_egos_complete (std::function<void ()> then)
{
  if (are_egos_complete_)
    then ();
  else
    deferred_.push_back (std::move (then));
}

const Ego *
Core::ego_by_key (const base::MemberKey &key) const
{
  const auto ego
      = std::find_if (egos_.begin (), egos_.end (),
                      [&] (const Ego &e) { return e.key () == key; });
  return egos_.end () == ego ? nullptr : &*ego;
}

const Ego *
Core::acting_ego (const QueryId &query, const base::MemberKey &key)
{
  const Ego *ego = nullptr;
  if (! key.is_zero ())
    ego = ego_by_key (key);
  else if (1 == egos_.size ())
    ego = &egos_.front ();
  if (nullptr == ego && (! key.is_zero () || egos_.empty ()))
  {
    answer (query, ResultCode::not_found, nullptr,
            "there is no such ego here: make one with gnunet-identity -C NAME");
    return nullptr;
  }
  if (nullptr == ego)
  {
    std::string names;
    for (const auto &e : egos_)
      names += (names.empty () ? "" : ", ") + e.name;
    answer (query, ResultCode::ambiguous, nullptr,
            "there are several egos (" + names + "): name one with --ego");
    return nullptr;
  }
  if (! ego->may_act ())
  {
    answer (query, ResultCode::not_allowed, nullptr,
            "the ego " + ego->name
                + " has an EdDSA key, and places know their guests and hosts "
                  "by ECDSA keys: make another with gnunet-identity -C NAME");
    return nullptr;
  }
  return ego;
}

// ------------------------------------------------------------ applications

void
Core::on_app (ClientId client)
{
  clients_[client];
}

void
Core::on_app_gone (ClientId client)
{
  clients_.erase (client);
}

void
Core::on_message (ClientId client, const AppHello &message)
{
  const auto found = clients_.find (client);
  if (clients_.end () == found)
    return;
  if (found->second.has_greeted || message.app_id.size () >= 256)
  {
    effects_.push_back (DropClient{ client, "a second or oversized greeting" });
    return;
  }
  if (app_protocol_version != message.version)
  {
    SocialResult refusal;
    refusal.result = ResultCode::failed;
    refusal.text
        = "this service speaks version " + std::to_string (app_protocol_version)
          + " of its protocol, not " + std::to_string (message.version);
    tell (client, refusal); // whatever it asks now ends the connection
    return;
  }
  found->second.has_greeted = true;
  tell (client,
        SocialHello{ app_protocol_version, config_.software, own_peer_ });
  if (are_lists_complete_)
    list_for (client, found->second);
}

void
Core::on_message (ClientId client, const AppQueryCancel &message)
{
  const auto found = clients_.find (client);
  if (clients_.end () == found)
    return;
  found->second.queries.erase (message.query_id);
  found->second.door_watches.erase (message.query_id);
}

bool
Core::open_query (ClientId client, std::uint64_t query_id)
{
  const auto found = clients_.find (client);
  if (clients_.end () == found)
    return false;
  Client &state = found->second;
  if (! state.has_greeted || 0 == query_id || state.queries.contains (query_id))
  {
    effects_.push_back (
        DropClient{ client, "a query without greeting or with a used id" });
    return false;
  }
  state.queries.insert (query_id);
  if (state.queries.size () + state.door_watches.size ()
      <= queries_of_client_max)
    return true;
  answer ({ client, query_id }, ResultCode::failed, nullptr,
          "too many questions are open at once: wait for some answers");
  return false;
}

bool
Core::is_open (const QueryId &query) const
{
  const auto client = clients_.find (query.first);
  return clients_.end () != client
         && client->second.queries.contains (query.second);
}

void
Core::answer (const QueryId &query, ResultCode result, const Place *place,
              const std::string &text, const base::Bytes &blob)
{
  if (! is_open (query))
    return;
  SocialResult message;
  message.query_id = query.second;
  message.result = result;
  if (nullptr != place)
    message.place = info_of (*place);
  if (! text.empty ())
    message.text = cut (text);
  message.answer = blob;
  tell (query.first, message);
  if (ResultCode::pending != result)
    clients_[query.first].queries.erase (query.second);
}

void
Core::answer_all (std::vector<QueryId> &queries, ResultCode result,
                  const Place *place, const std::string &text,
                  const base::Bytes &blob)
{
  const auto all = queries; // answering may change the original
  if (ResultCode::pending != result)
    queries.clear ();
  for (const auto &query : all)
    answer (query, result, place, text, blob);
}

void
Core::complete_lists_when_due ()
{
  if (are_lists_complete_ || ! are_egos_complete_)
    return;
  const bool are_all_up
      = std::all_of (runtime_.begin (), runtime_.end (),
                     [] (const auto &entry) {
                       return entry.second.is_up || ! entry.second.is_running;
                     });
  if (! are_all_up && now_ < lists_deadline_)
    return;
  are_lists_complete_ = true;
  for (auto &[client, state] : clients_)
    if (state.has_greeted)
      list_for (client, state);
}

void
Core::list_for (ClientId client, Client &state)
{
  state.is_listed = true;
  for (const auto &ego : egos_)
    tell (client, SocialEgo{ ego.name, ego.zone });
  for (const auto &[ref, place] : places_)
    tell (client, SocialPlace{ 0, info_of (place) });
  tell (client, SocialListsComplete{});
}

// -------------------------------------------------------- places in general

std::optional<std::string>
Core::commit (Changes changes)
{
  if (auto error = store_.commit (changes))
  {
    count ("# changes that could not be written");
    return error;
  }
  return std::nullopt;
}

bool
Core::commit_for (const QueryId &query, Changes changes)
{
  const auto error = commit (std::move (changes));
  if (error)
    answer (query, ResultCode::failed, nullptr,
            "could not be written: " + *error);
  return ! error;
}

void
Core::put_place (const Place &place)
{
  places_.insert_or_assign (place.ref, place);
  const PlaceRef ref = place.ref;
  runtime_[ref];
  tell_place (place);
  save_files (ref);
}

void
Core::tell_place (const Place &place)
{
  for (auto &[client, state] : clients_)
    if (state.is_listed)
      tell (client, SocialPlace{ 0, info_of (place) });
}

PlaceInfo
Core::info_of (const Place &place) const
{
  PlaceInfo info;
  info.key = place.ref.key;
  info.is_host = Role::host == place.role;
  const Ego *ego = ego_by_key (place.ref.ego);
  info.ego_name = nullptr == ego ? place.ego_name : ego->name;
  info.ego_key = place.ref.ego;
  if (! place.name.empty ())
    info.name = info.is_host ? place.name + "." + info.ego_name : place.name;
  info.policy = place.policy;
  info.state = place.state;
  info.nym_count = count_nyms (place.ref, NymStanding::present)
                   + (info.is_host || ! is_inside (place) ? 0 : 1);
  info.origin = info.is_host ? own_peer_ : place.origin;
  const Runtime &runtime = runtime_.at (place.ref);
  info.message_count = runtime.info.message_count;
  info.outbox_count = runtime.info.outbox_count;
  info.is_behind = info.is_host && runtime.info.is_behind;
  info.position = runtime.info.position;
  info.is_connected = info.is_host
                          ? runtime.is_up && Ending::none == place.ending
                          : runtime.is_connected;
  return info;
}

Place *
Core::place_by_ref (const PlaceRef &ref)
{
  const auto found = places_.find (ref);
  return places_.end () == found ? nullptr : &found->second;
}

const Place *
Core::find_place (const PlaceRef &ref) const
{
  if (! ref.ego.is_zero ())
  {
    const auto found = places_.find (ref);
    return places_.end () == found ? nullptr : &found->second;
  }
  const Place *best = nullptr;
  const auto rank = [] (const Place &p)
  {
    const int active = Ending::none == p.ending ? 2 : 0;
    return active + (Role::host == p.role ? 1 : 0);
  };
  for (auto it = places_.lower_bound ({ ref.key, {} });
       it != places_.end () && it->first.key == ref.key; ++it)
    if (nullptr == best || rank (it->second) > rank (*best))
      best = &it->second;
  return best;
}

const Place *
Core::place_for (const QueryId &query, const PlaceRef &ref)
{
  if (! open_query (query.first, query.second))
    return nullptr;
  const Place *place = find_place (ref);
  if (nullptr == place)
    answer (query, ResultCode::not_found, nullptr,
            "no such place here: gnunet-social places lists them");
  return place;
}

const Place *
Core::own_place_for (const QueryId &query, const PlaceRef &ref)
{
  const Place *place = place_for (query, ref);
  if (nullptr == place || Role::host == place->role)
    return place;
  answer (query, ResultCode::not_allowed, place,
          "we are a guest in that place, only its host can do this");
  return nullptr;
}

std::optional<std::string>
Core::why_not_say (const Place &place) const
{
  if (Role::guest == place.role && nullptr == ego_by_key (place.ref.ego))
    return "the ego of this place is gone, and with it the key to speak here";
  switch (place.state)
  {
  case PlaceState::entered:
    return std::nullopt;
  case PlaceState::pending:
    return "the host has not let us in yet";
  case PlaceState::refused:
    return "the host refused us";
  case PlaceState::closed:
    return "the place is closed";
  case PlaceState::archived:
    return "we left this place: enter it again";
  case PlaceState::ejected:
    return "the host threw us out";
  }
  return "the place is in no known state";
}

std::vector<PlaceRef>
Core::running_places () const
{
  std::vector<PlaceRef> refs;
  for (const auto &[ref, runtime] : runtime_)
    if (runtime.is_running)
      refs.push_back (ref);
  return refs;
}

void
Core::start_all ()
{
  for (const auto &[ref, place] : places_)
  {
    start (place);
    if (Publication::wanted == runtime_[ref].publication)
      runtime_[ref].next_publication = now_; // it waited for its ego
  }
  const auto wishes = wishes_;
  for (const auto &[tag, wish] : wishes)
    if (const Ego *ego = ego_by_key (wish.ego))
      if (auto question
          = question_of (wish.name, ego->zone, egos_, config_.zones, keys_))
        look_ups_[tag]
            = LookUpRun{ tag, std::move (*question), 0, 0, now_, {} };
  publish_due ();
  ask_names ();
}

void
Core::start (const Place &place)
{
  Runtime &runtime = runtime_[place.ref];
  const bool is_over
      = Ending::done == place.ending
        || (Role::guest == place.role && Ending::none == place.ending
            && PlaceState::entered != place.state
            && PlaceState::pending != place.state);
  const bool has_key
      = Role::host == place.role || nullptr != ego_by_key (place.ref.ego);
  if (runtime.is_running || is_over || ! has_key)
    return;
  runtime.is_running = true;
  save_files (place.ref);
  if (Role::host == place.role)
  {
    effects_.push_back (StartHost{ place.ref, place.secret, place.policy });
    publish_later (place.ref);
    if (Ending::lingering == place.ending)
      runtime.retry_farewell = place.changed + base::hours (24);
    return;
  }
  // A leave that a crash cut off may not have reached the host.
  if (PlaceState::archived == place.state && Ending::none != place.ending)
    return leave_when_told (place);
  effects_.push_back (
      JoinGuest{ place.ref, place.origin, place.relays, place.request });
  if (Ending::begun == place.ending)
    effects_.push_back (PartGuest{ place.ref, {} });
}
} // namespace social
