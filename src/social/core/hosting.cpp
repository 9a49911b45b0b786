// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Own places: made, resumed, published, closed.
#include "social/core/core.hpp"

#include <algorithm>

#include "social/core/entry_message.hpp"
#include "social/core/own_words.hpp"

namespace social
{
namespace
{
// How often the record is looked at again (somebody may have removed it, or
// this peer may be another), and the delays after a failure.
constexpr base::Duration publication_period = base::hours (1);
constexpr base::Duration publication_retry_min = base::seconds (5);
constexpr base::Duration publication_retry_max = base::minutes (5);
// How long a closed place stays up to tell guests who come late.
constexpr base::Duration closing_linger = base::hours (24);
constexpr base::Duration farewell_retry = base::seconds (10);

bool
is_label (std::string_view label)
{
  return ! label.empty () && label.size () <= 63
         && std::none_of (label.begin (), label.end (),
                          [] (char c) {
                            return '.' == c
                                   || static_cast<unsigned char> (c) <= ' '
                                   || '\x7f' == c;
                          });
}

DoorMode
door_of (std::uint32_t flags)
{
  return 0 != (flags & host_welcome) ? DoorMode::welcomes : DoorMode::asks;
}
} // namespace

void
Core::on_message (ClientId client, const AppHostPlace &message)
{
  if (! open_query (client, message.query_id))
    return;
  when_egos_complete (
      [this, client, message] {
        host_place ({ client, message.query_id }, message);
      });
}

void
Core::host_place (const QueryId &query, const AppHostPlace &message)
{
  const Ego *ego = acting_ego (query, message.ego);
  if (nullptr == ego)
    return;
  const std::string name = keys_.normalized_label (message.name);
  if (! name.empty () && ! is_label (name))
    return answer (query, ResultCode::failed, nullptr,
                   "the name of a place is one label of 1 to 63 bytes, "
                   "without dots and spaces");
  if (message.policy > Policy::private_)
    return answer (query, ResultCode::failed, nullptr,
                   "the policy is none of anonymous, closed, open, private");
  for (const auto &[ref, place] : places_)
    if (Role::host == place.role && Ending::none == place.ending
        && ref.ego == ego->key ()
        && (name.empty () ? place.tag == message.tag && place.name.empty ()
                          : place.name == name))
      return resume_place (query, message, place, *ego);
  const auto place = new_place (query, message, *ego);
  if (! place)
    return;
  runtime_[place->ref].waiting.push_back (query);
  start (*place);
  publish_due ();
}

std::optional<Place>
Core::new_place (const QueryId &query, const AppHostPlace &message,
                 const Ego &ego)
{
  if (places_.size () >= places_max)
  {
    answer (query, ResultCode::failed, nullptr,
            "there are too many places here already");
    return std::nullopt;
  }
  Place place;
  place.secret = keys_.make_channel_key ();
  place.ref = { keys_.public_key (place.secret), ego.key () };
  place.role = Role::host;
  place.policy = message.policy;
  place.door = door_of (message.flags);
  place.name = keys_.normalized_label (message.name);
  place.ego_name = ego.name;
  if (0 == (message.flags & host_no_publish))
    place.label = place.name;
  place.tag = message.tag;
  place.changed = now_;
  Changes changes{ PutPlace{ place } };
  // What guests may say unless somebody changes it.
  const std::vector<Rule> rules{
    { RuleKind::method, "_converse", rule_relay },
    { RuleKind::method, "_message", rule_relay },
    { RuleKind::method, "_file", rule_relay },
  };
  for (const auto &rule : rules)
    changes.push_back (PutRule{ place.ref, rule });
  if (! commit_for (query, std::move (changes)))
    return std::nullopt;
  rules_[place.ref] = rules;
  put_place (place);
  return place;
}

void
Core::resume_place (const QueryId &query, const AppHostPlace &message,
                    Place place, const Ego &ego)
{
  const Place before = place;
  place.ego_name = ego.name;
  if (0 == (message.flags & host_keep_policy))
  {
    place.policy = message.policy;
    place.door = door_of (message.flags);
  }
  else if (0 != (message.flags & host_welcome))
    place.door = DoorMode::welcomes;
  if (0 == (message.flags & host_no_publish))
    place.label = place.name;
  if (! (place == before))
  {
    if (! commit_for (query, { PutPlace{ place } }))
      return;
    put_place (place);
  }
  Runtime &runtime = runtime_[place.ref];
  if (place.policy != before.policy && runtime.is_running)
  {
    effects_.push_back (StopHost{ place.ref, Stop::for_now });
    runtime.is_running = false;
    runtime.is_up = false;
  }
  runtime.waiting.push_back (query);
  start (place);
  publish_later (place.ref);
  // Look at the record now: whoever hosts again wants to be found.
  if (Publication::done == runtime.publication
      || Publication::failed == runtime.publication)
  {
    runtime.publication = Publication::wanted;
    runtime.next_publication = now_;
  }
  publish_due ();
  // Who waits and is welcome from now on.
  if (DoorMode::welcomes == place.door && DoorMode::asks == before.door)
  {
    const auto nyms = nyms_[place.ref];
    for (const auto &[key, nym] : nyms)
      if (NymStanding::waiting == nym.standing)
        admit (place, nym);
  }
  finish_hosting (place.ref);
}

void
Core::on_host_started (const PlaceRef &ref, std::uint64_t max_message_id)
{
  const Place *place = place_by_ref (ref);
  if (nullptr == place)
    return;
  Runtime &runtime = runtime_[ref];
  const bool was_up = runtime.is_up;
  runtime.is_up = true;
  runtime.callers.clear (); // those that still wait call again
  runtime.info.message_count
      = std::max (runtime.info.message_count, max_message_id);
  if (Ending::begun == place->ending)
    say_farewell (*place);
  eject_again (ref);
  if (! was_up)
    tell_place (*place);
  finish_hosting (ref);
  complete_lists_when_due ();
}

void
Core::finish_hosting (const PlaceRef &ref)
{
  Runtime &runtime = runtime_[ref];
  const Place *place = place_by_ref (ref);
  if (nullptr == place || ! runtime.is_up || Ending::none != place->ending)
    return;
  switch (runtime.publication)
  {
  case Publication::wanted:
  case Publication::storing:
    return;
  case Publication::failed:
    answer_all (runtime.waiting, ResultCode::failed, place,
                "the place is hosted, but not published: "
                    + runtime.publication_error);
    return;
  case Publication::none:
    if (! place->label.empty ())
      return; // waits for this peer's identity
    [[fallthrough]];
  case Publication::done:
    answer_all (runtime.waiting, ResultCode::ok, place, {});
    return;
  }
}

// -------------------------------------------------------------- publication

void
Core::publish_later (const PlaceRef &ref)
{
  const Place *place = place_by_ref (ref);
  Runtime &runtime = runtime_[ref];
  if (nullptr == place || Role::host != place->role || place->label.empty ()
      || own_peer_.is_zero () || Publication::none != runtime.publication
      || (Ending::none != place->ending))
    return;
  runtime.publication = Publication::wanted;
  runtime.next_publication = now_;
}

void
Core::publish_due ()
{
  for (auto &[ref, runtime] : runtime_)
    if (runtime.next_publication <= now_
        && Publication::storing != runtime.publication)
      if (const Place *place = place_by_ref (ref))
        publish (*place, runtime);
}

void
Core::publish (const Place &place, Runtime &runtime)
{
  runtime.next_publication = base::time_never;
  if (nullptr == ego_by_key (place.ref.ego))
  {
    // Tried again when the ego comes back (on_ego).
    runtime.next_publication = now_ + publication_retry_max;
    return;
  }
  runtime.publication = Publication::storing;
  runtime.record_id = ++last_id_;
  StoreRecord effect;
  effect.id = runtime.record_id;
  effect.ego = place.ref.ego;
  effect.label = place.label;
  effect.kind = RecordKind::place;
  effect.place = place.ref.key;
  effect.origin = own_peer_;
  effect.expires
      = Ending::none == place.ending ? base::time_never : base::TimePoint{};
  effects_.push_back (std::move (effect));
}

void
Core::on_record_stored (std::uint64_t id,
                        const std::optional<std::string> &error)
{
  const auto query = record_queries_.find (id);
  if (record_queries_.end () != query)
  {
    const QueryId asked = query->second;
    record_queries_.erase (query);
    return answer (asked, error ? ResultCode::failed : ResultCode::ok, nullptr,
                   error.value_or (""));
  }
  for (auto &[ref, runtime] : runtime_)
    if (runtime.record_id == id && Publication::storing == runtime.publication)
    {
      const Place *place = place_by_ref (ref);
      const bool is_over = nullptr != place && Ending::none != place->ending;
      runtime.publication = error ? Publication::failed : Publication::done;
      runtime.publication_error = error.value_or ("");
      runtime.publication_delay
          = error ? std::clamp (2 * runtime.publication_delay,
                                publication_retry_min, publication_retry_max)
                  : base::Duration{};
      runtime.next_publication
          = now_ + (error ? runtime.publication_delay : publication_period);
      if (is_over && ! error)
        runtime.next_publication = base::time_never; // it is removed
      return finish_hosting (ref);
    }
}

// ------------------------------------------------------------------ closing

void
Core::on_message (ClientId client, const AppClosePlace &message)
{
  const QueryId query{ client, message.query_id };
  const Place *known = own_place_for (query, message.place);
  if (nullptr == known)
    return;
  Place place = *known;
  if (Ending::lingering == place.ending || Ending::done == place.ending)
    return answer (query, ResultCode::ok, &place, {});
  Runtime &runtime = runtime_[place.ref];
  if (Ending::begun == place.ending)
    return runtime.waiting.push_back (query);
  place.ending = Ending::begun;
  place.state = PlaceState::closed;
  place.ending_tag = keys_.make_tag ();
  place.changed = now_;
  if (! commit_for (query, { PutPlace{ place } }))
    return;
  put_place (place);
  answer_all (runtime.waiting, ResultCode::failed, &place,
              "the place is being closed");
  runtime.waiting.push_back (query);
  if (! place.label.empty ())
  {
    runtime.publication = Publication::wanted;
    runtime.next_publication = now_;
  }
  const auto nyms = nyms_[place.ref];
  for (const auto &[key, nym] : nyms)
    if (NymStanding::waiting == nym.standing)
      refuse (place, nym);
  start (place);
  if (runtime.is_up)
    say_farewell (place);
  publish_due ();
}

void
Core::say_farewell (const Place &place)
{
  runtime_[place.ref].retry_farewell = base::time_never;
  effects_.push_back (
      Announce{ place.ref, place.ending_tag, "_notice_place_closing",
                words_of_host (keys_.nym_text (place.ref.ego), now_),
                "This place is closed." });
}

void
Core::on_announced (const PlaceRef &ref, const base::SendTag &tag,
                    Outcome outcome)
{
  const Place *known = place_by_ref (ref);
  if (nullptr == known || Ending::begun != known->ending
      || tag != known->ending_tag)
    return;
  Runtime &runtime = runtime_[ref];
  Place place = *known;
  place.ending = Ending::lingering;
  place.changed = now_;
  if (Outcome::failed == outcome || commit ({ PutPlace{ place } }))
  {
    runtime.retry_farewell = now_ + farewell_retry;
    return;
  }
  put_place (place);
  runtime.retry_farewell = now_ + closing_linger;
  answer_all (runtime.waiting, ResultCode::ok, &place, {});
}

void
Core::end_lingering ()
{
  for (auto &[ref, runtime] : runtime_)
  {
    if (runtime.retry_farewell > now_)
      continue;
    runtime.retry_farewell = base::time_never;
    const Place *known = place_by_ref (ref);
    if (nullptr == known)
      continue;
    if (Ending::begun == known->ending)
    {
      say_farewell (*known);
      continue;
    }
    Place place = *known;
    place.ending = Ending::done;
    if (commit ({ PutPlace{ place } }))
    {
      runtime.retry_farewell = now_ + farewell_retry;
      continue;
    }
    put_place (place);
    effects_.push_back (StopHost{ ref, Stop::for_good });
    runtime.is_running = false;
    runtime.is_up = false;
  }
}
} // namespace social
