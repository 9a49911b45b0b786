// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Places of others: names looked up, entry asked for, granted, refused.
#include "social/core/core.hpp"

#include <algorithm>

#include "social/core/entry_message.hpp"
#include "social/core/place_names.hpp"

namespace social
{
namespace
{
// GNS is asked again when it said nothing, as what it looks for may have been
// published meanwhile.
constexpr base::Duration look_up_period = base::seconds (5);
// Its "no" is believed when it was said three times: a record just stored in
// an own zone takes a moment to get into the name cache.
constexpr int no_believed = 3;
constexpr base::Duration no_period = base::milliseconds (700);
// The words that come with an ejection may be a little later than the fact.
constexpr base::Duration words_patience = base::seconds (1);
// A wish for a name that nobody ever answers.
constexpr base::Duration wish_lifetime = base::hours (24);

// What the host said, or what it amounts to when it said nothing.
std::string
words_of (const Place &place)
{
  std::string words = text_of (place.answer);
  if (! words.empty ())
    return words;
  return PlaceState::ejected == place.state ? "the host threw us out"
                                            : "the host said no";
}

bool
is_asking (const Place &place)
{
  return Ending::none == place.ending && PlaceState::pending == place.state;
}
} // namespace

void
Core::on_message (ClientId client, const AppEnterPlace &message)
{
  const QueryId query{ client, message.query_id };
  if (! open_query (client, message.query_id))
    return;
  if (message.request.size () > request_size_max)
    return answer (query, ResultCode::failed, nullptr,
                   "what is said at the door has at most 31 KiB");
  if (! tagged_request (message.request, message.tag))
    return answer (query, ResultCode::failed, nullptr,
                   "the message for the door is malformed");
  if (message.relays.size () > 256)
    return answer (query, ResultCode::failed, nullptr, "too many relays");
  if (message.password.size () > name_length_max)
    return answer (query, ResultCode::failed, nullptr,
                   "a password has at most 255 bytes");
  AppEnterPlace wish = message;
  if (! keys_.place_from_text (wish.place))
    wish.place = normalized_name (wish.place, keys_);
  when_egos_complete ([this, query, wish] { enter_place (query, wish); });
}

void
Core::enter_place (const QueryId &query, const AppEnterPlace &message)
{
  base::MemberKey ego_key = message.ego;
  const auto by_key = keys_.place_from_text (message.place);
  const auto is_meant = [&] (const Place &place)
  {
    return Role::guest == place.role
           && (by_key ? place.ref.key == *by_key
                      : goes_by (place, message.place));
  };
  // Without an ego: the one used for this place before.
  if (ego_key.is_zero ())
    for (const auto &[ref, place] : places_)
      if (is_meant (place))
        ego_key = ref.ego;
  const Ego *found = acting_ego (query, ego_key);
  if (nullptr == found)
    return;
  const Ego ego = *found;
  if (answer_by_tag (query, message, ego.key ()))
    return;
  Wish wish{
    message.tag, ego.key (), message.place, {}, message.request, now_
  };
  for (const auto &[ref, place] : places_)
    if (is_meant (place) && ref.ego == ego.key () && Told::no == place.told)
      return tell_standing (query, Place (place));
  for (const auto &[ref, place] : places_)
    if (is_meant (place) && ref.ego == ego.key ()
        && (is_inside (place) || is_asking (place) || by_key))
    {
      const FoundPlace again{ ref.key, message.origin.value_or (place.origin),
                              message.origin ? message.relays : place.relays };
      return begin_entry ({ query }, wish, again, message.flags);
    }
  if (! by_key)
    return begin_wish (query, message, ego);
  FoundPlace place{ *by_key, message.origin.value_or (base::PeerId{}),
                    message.relays };
  if (! message.origin)
    for (const auto &[ref, own] : places_)
      if (ref.key == *by_key && Role::host == own.role)
        place.origin = own_peer_;
  if (place.origin.is_zero () && place.relays.empty ()
      && 0 == (message.flags & join_local))
    return answer (query, ResultCode::not_found, nullptr,
                   "a key alone does not say where its host is: add --origin "
                   "PEER, or enter the place by its name");
  begin_entry ({ query }, wish, place, message.flags);
}

// A query that is asked again, after a restart of ours, with its old tag.
bool
Core::answer_by_tag (const QueryId &query, const AppEnterPlace &message,
                     const base::MemberKey &ego)
{
  const auto run = look_ups_.find (message.tag);
  if (look_ups_.end () != run)
  {
    run->second.waiting.push_back (query);
    return true;
  }
  for (const auto &[ref, place] : places_)
    if (Role::guest == place.role && ref.ego == ego
        && (place.tag == message.tag || place.query_tag == message.tag))
    {
      tell_standing (query, place);
      return true;
    }
  return false;
}

void
Core::tell_standing (const QueryId &query, const Place &place)
{
  if (is_open (query))
    tell (query.first, SocialResolved{ query.second, place.ref.key });
  Runtime &runtime = runtime_[place.ref];
  switch (place.state)
  {
  case PlaceState::entered:
    return answer (query, ResultCode::ok, &place, text_of (place.answer),
                   place.answer);
  case PlaceState::pending:
    runtime.waiting.push_back (query);
    if (runtime.is_pending_confirmed)
      answer (query, ResultCode::pending, &place,
              "the question waits at the door");
    return;
  case PlaceState::refused:
  case PlaceState::ejected:
    answer (query, ResultCode::refused, &place, words_of (place), place.answer);
    return note_told (place);
  case PlaceState::closed:
    answer (query, ResultCode::refused, &place, "the place is closed");
    return note_told (place);
  case PlaceState::archived:
    return answer (query, ResultCode::failed, &place, "we left this place");
  }
}

void
Core::note_told (const Place &place)
{
  if (Told::yes == place.told)
    return;
  Place changed = place;
  changed.told = Told::yes;
  // Without the commit it is told once more, that is all.
  if (! commit ({ PutPlace{ changed } }))
    places_.insert_or_assign (changed.ref, changed);
}

void
Core::begin_wish (const QueryId &query, const AppEnterPlace &message,
                  const Ego &ego)
{
  const auto question
      = question_of (message.place, ego.zone, egos_, config_.zones, keys_);
  if (! question)
    return answer (query, ResultCode::not_found, nullptr,
                   "\"" + message.place.substr (0, name_length_max)
                       + "\" is neither a GNS name nor a place's key");
  // The same wish said again by somebody else joins the first.
  for (auto &[tag, run] : look_ups_)
    if (const auto wish = wishes_.find (tag);
        wishes_.end () != wish && wish->second.name == message.place
        && wish->second.ego == ego.key ()
        && wish->second.password == message.password
        && wish->second.request == message.request)
      return run.waiting.push_back (query);
  if (wishes_.size () >= wishes_max)
    return answer (query, ResultCode::failed, nullptr,
                   "too many names are being looked up: wait for some");
  const Wish wish{ message.tag,      ego.key (),      message.place,
                   message.password, message.request, now_ };
  if (! commit_for (query, { PutWish{ wish } }))
    return;
  wishes_.insert_or_assign (wish.tag, wish);
  LookUpRun run{ wish.tag, *question, 0, 0, now_, { query } };
  look_ups_.insert_or_assign (wish.tag, std::move (run));
  ask_names ();
}

void
Core::ask_names ()
{
  std::vector<base::SendTag> old;
  for (auto &[tag, run] : look_ups_)
  {
    if (run.next > now_)
      continue;
    const auto wish = wishes_.find (tag);
    if (wishes_.end () == wish || now_ - wish->second.asked > wish_lifetime)
      old.push_back (tag);
    else
      ask_name (run, wish->second.password);
  }
  for (const auto &tag : old)
    end_wish (tag, ResultCode::no_answer, "GNS had no answer for this name");
}

void
Core::ask_name (LookUpRun &run, const std::string &password)
{
  if (0 != run.id)
    effects_.push_back (CancelLookUp{ run.id });
  run.id = ++last_id_;
  run.next = now_ + look_up_period;
  ask_gns (run.id, run.question, password);
}

void
Core::ask_gns (std::uint64_t id, const Question &question,
               const std::string &password)
{
  const bool is_own = std::any_of (egos_.begin (), egos_.end (),
                                   [&] (const Ego &ego)
                                   { return ego.zone == question.zone; });
  effects_.push_back (LookUp{ id, question.name, question.zone,
                              is_own ? ZoneKind::own : ZoneKind::foreign,
                              password });
}

void
Core::on_looked_up (std::uint64_t id, const std::optional<FoundPlace> &found)
{
  if (on_searched (id, found))
    return;
  const auto it = std::find_if (look_ups_.begin (), look_ups_.end (),
                                [id] (const auto &entry)
                                { return entry.second.id == id; });
  if (look_ups_.end () == it)
    return;
  LookUpRun &run = it->second;
  run.id = 0;
  if (! found && ++run.no_count < no_believed)
  {
    run.next = now_ + no_period;
    return;
  }
  const auto wish = wishes_.find (it->first);
  if (! found || wishes_.end () == wish)
    return end_wish (it->first, ResultCode::not_found,
                     "there is no place of this name: GNS knows no PLACE "
                     "record for it");
  if (found->is_sealed)
    return end_wish (it->first, ResultCode::failed,
                     "the place's record is encrypted: the password is "
                     "missing or wrong");
  const auto queries = run.waiting;
  const Wish asked = wish->second;
  look_ups_.erase (it);
  begin_entry (queries, asked, *found, 0);
}

void
Core::end_wish (base::SendTag tag, ResultCode result, const std::string &text)
{
  const auto it = look_ups_.find (tag);
  if (look_ups_.end () == it)
    return;
  if (0 != it->second.id)
    effects_.push_back (CancelLookUp{ it->second.id });
  auto queries = std::move (it->second.waiting);
  look_ups_.erase (it);
  if (! commit ({ DropWish{ tag } }))
    wishes_.erase (tag);
  answer_all (queries, result, nullptr, text);
}

void
Core::begin_entry (const std::vector<QueryId> &queries, const Wish &wish,
                   const FoundPlace &found, std::uint32_t flags)
{
  const PlaceRef ref{ found.place, wish.ego };
  const Place *known = place_by_ref (ref);
  std::vector<QueryId> waiting = queries;
  const bool had_wish = wishes_.contains (wish.tag);
  const auto drop_wish = [&]
  {
    if (had_wish && ! commit ({ DropWish{ wish.tag } }))
      wishes_.erase (wish.tag);
  };
  if (nullptr != known && Role::host == known->role)
  {
    drop_wish ();
    return answer_all (waiting, ResultCode::not_allowed, known,
                       "this ego hosts the place itself");
  }
  Place place = nullptr != known ? *known : Place{};
  if (nullptr != known && is_inside (place))
  {
    drop_wish ();
    if (! keys_.place_from_text (wish.name) && add_name (place, wish.name)
        && ! commit ({ PutPlace{ place } }))
      put_place (place);
    for (const auto &query : waiting)
      tell_standing (query, place);
    return;
  }
  const base::SendTag tag
      = nullptr != known && is_asking (place) ? place.tag : wish.tag;
  const auto request = tagged_request (wish.request, tag);
  const bool is_same_question
      = nullptr != known && is_asking (place)
        && (wish.request.empty () || request == place.request)
        && (found.origin == place.origin || found.origin.is_zero ());
  place.query_tag = wish.tag;
  if (! keys_.place_from_text (wish.name))
    add_name (place, wish.name);
  if (! is_same_question)
  {
    place.told = Told::yes;
    place.ref = ref;
    place.role = Role::guest;
    place.state = 0 != (flags & join_local) ? PlaceState::archived
                                            : PlaceState::pending;
    place.ending = 0 != (flags & join_local) ? Ending::done : Ending::none;
    if (const Ego *ego = ego_by_key (wish.ego))
      place.ego_name = ego->name;
    place.origin = found.origin;
    place.relays = found.relays;
    place.tag = tag;
    place.request = request.value_or (base::Bytes{});
    place.answer.clear ();
    place.changed = now_;
  }
  Changes changes{ PutPlace{ place } };
  if (had_wish)
    changes.push_back (DropWish{ wish.tag });
  if (nullptr == known && places_.size () >= places_max)
  {
    drop_wish ();
    return answer_all (waiting, ResultCode::failed, nullptr,
                       "there are too many places here already");
  }
  if (const auto error = commit (std::move (changes)))
    return answer_all (waiting, ResultCode::failed, nullptr,
                       "could not be written: " + *error);
  wishes_.erase (wish.tag);
  put_place (place);
  if (PlaceState::archived == place.state)
  {
    for (const auto &query : waiting)
      if (is_open (query))
        tell (query.first, SocialResolved{ query.second, ref.key });
    return answer_all (waiting, ResultCode::ok, &place, {});
  }
  if (! is_same_question)
    return ask_anew (std::move (waiting), place);
  for (const auto &query : waiting)
    tell_standing (query, place);
}

void
Core::ask_anew (std::vector<QueryId> queries, Place place)
{
  Runtime &runtime = runtime_[place.ref];
  runtime.is_running = true;
  runtime.is_pending_confirmed = false;
  runtime.is_connected = false;
  runtime.silent_leave = base::time_never;
  effects_.push_back (
      JoinGuest{ place.ref, place.origin, place.relays, place.request });
  for (const auto &query : queries)
    tell_standing (query, place);
}

// ----------------------------------------------------------- what psyc says

void
Core::on_guest_connected (const PlaceRef &ref, std::uint64_t max_message_id)
{
  const Place *place = place_by_ref (ref);
  if (nullptr == place)
    return;
  Runtime &runtime = runtime_[ref];
  runtime.is_up = true;
  runtime.info.message_count
      = std::max (runtime.info.message_count, max_message_id);
  complete_lists_when_due ();
}

void
Core::on_message_seen (const PlaceRef &ref, std::uint64_t message_id)
{
  const auto runtime = runtime_.find (ref);
  if (runtime_.end () == runtime || message_id > base::id_max)
    return;
  auto &count = runtime->second.info.message_count;
  count = std::max (count, message_id);
}

void
Core::on_guest_state (const PlaceRef &ref, GuestState state)
{
  const Place *place = place_by_ref (ref);
  if (nullptr != place && Ending::lingering == place->ending)
    return on_leaving_state (*place, state);
  if (nullptr == place || Role::guest != place->role
      || Ending::none != place->ending)
    return;
  Runtime &runtime = runtime_[ref];
  const bool was_connected = runtime.is_connected;
  runtime.is_connected = GuestState::attached == state;
  switch (state)
  {
  case GuestState::connecting:
  case GuestState::detached:
  case GuestState::service_lost:
    break;
  case GuestState::pending:
    if (! is_asking (*place) || runtime.is_pending_confirmed)
      return;
    runtime.is_pending_confirmed = true;
    tell_place (*place);
    answer_all (runtime.waiting, ResultCode::pending, place,
                "the question waits at the door");
    return;
  case GuestState::attached:
    if (is_asking (*place))
      finish_entry (*place);
    break;
  case GuestState::ejected:
    if (is_inside (*place))
      runtime.ejected_at = now_ + words_patience;
    break;
  case GuestState::refused:
    // The decision with its words comes by itself, before or after.
    return;
  case GuestState::ended:
    return end_visit (*place, PlaceState::closed);
  }
  if (was_connected != runtime.is_connected)
    if (const Place *now = place_by_ref (ref))
      tell_place (*now);
}

void
Core::on_guest_decision (const PlaceRef &ref, Admission admission,
                         const base::Bytes &answer_bytes)
{
  const Place *known = place_by_ref (ref);
  if (nullptr != known && Ending::lingering == known->ending)
    return on_leaving_state (*known, Admission::admitted == admission
                                         ? GuestState::connecting
                                         : GuestState::refused);
  if (nullptr == known || Role::guest != known->role
      || Ending::none != known->ending)
    return;
  Place place = *known;
  place.answer = answer_bytes.size () <= psyc_message_size_max ? answer_bytes
                                                               : base::Bytes{};
  if (Admission::admitted == admission)
  {
    if (is_asking (place))
      finish_entry (place);
    return;
  }
  end_visit (place,
             is_inside (place) ? PlaceState::ejected : PlaceState::refused);
}

void
Core::finish_entry (Place place)
{
  place.state = PlaceState::entered;
  place.changed = now_;
  // A commit that fails is made up for at the next start: psyc says
  // "attached" again.
  (void)commit ({ PutPlace{ place } });
  put_place (place);
  answer_all (runtime_[place.ref].waiting, ResultCode::ok, &place,
              text_of (place.answer), place.answer);
}

// Our being there has ended by the host's will: keep the history, let go.
void
Core::end_visit (Place place, PlaceState state)
{
  Runtime &runtime = runtime_[place.ref];
  const bool is_heard
      = std::any_of (runtime.waiting.begin (), runtime.waiting.end (),
                     [this] (const QueryId &query) { return is_open (query); });
  runtime.ejected_at = base::time_never;
  place.state = state;
  place.ending = Ending::begun;
  place.changed = now_;
  place.told = is_heard ? Told::yes : Told::no;
  (void)commit ({ PutPlace{ place } });
  runtime.is_connected = false;
  runtime.is_pending_confirmed = false;
  put_place (place);
  answer_all (runtime.waiting, ResultCode::refused, &place,
              PlaceState::closed == state ? "the place is closed"
                                          : words_of (place),
              place.answer);
  effects_.push_back (PartGuest{ place.ref, {} });
}

void
Core::end_ejected ()
{
  std::vector<PlaceRef> due;
  for (auto &[ref, runtime] : runtime_)
    if (runtime.ejected_at <= now_)
    {
      runtime.ejected_at = base::time_never;
      due.push_back (ref);
    }
  for (const auto &ref : due)
  {
    const Place *known = place_by_ref (ref);
    if (nullptr == known || ! is_inside (*known))
      continue;
    Place place = *known;
    place.answer.clear (); // what it said when it let us in
    end_visit (std::move (place), PlaceState::ejected);
  }
}

void
Core::on_place_closing (const PlaceRef &ref)
{
  const Place *place = place_by_ref (ref);
  if (nullptr != place && is_inside (*place))
    end_visit (*place, PlaceState::closed);
}
} // namespace social
