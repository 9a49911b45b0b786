// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The door of an own place: questions that wait on disk, answers that wait
// for the joiner's next call, members that leave or are thrown out.
//
// A question is known by its tag: the same wish that calls again gets the
// answer that it got before; a new wish is a new question.
#include "social/core/core.hpp"

#include <algorithm>

#include "psyc/message/names.hpp"
#include "social/core/entry_message.hpp"
#include "social/core/own_words.hpp"

namespace social
{
namespace
{
constexpr base::Duration ejection_retry = base::seconds (10);
constexpr std::size_t door_text_max = 4096;

// Tags of the notices about a nym follow from the tag of its wish, so that
// one that is said again after a crash is known as the same.
base::SendTag
notice_tag (base::SendTag tag, std::uint8_t kind, base::TimePoint changed)
{
  auto count
      = static_cast<std::uint64_t> (changed.time_since_epoch ().count ());
  tag.bytes[0] ^= kind;
  for (std::size_t i = 1; i <= 8; i++, count >>= 8)
    tag.bytes[i] ^= static_cast<std::uint8_t> (count);
  return tag;
}

constexpr std::uint8_t leave_kind = 0x1e;

bool
is_withdrawal (const base::Bytes &request)
{
  const auto parsed = parse_entry_message (request);
  return parsed && withdraw_method == parsed->method;
}

// What came with the call: nothing, or a message.
Nym
nym_of (const base::MemberKey &key, const base::Bytes &request,
        base::TimePoint now)
{
  Nym nym;
  nym.key = key;
  nym.changed = now;
  const auto parsed = parse_entry_message (request);
  if (! parsed)
    return nym;
  nym.tag = tag_of (*parsed);
  nym.request = request;
  nym.text
      = std::string (base::as_text (parsed->data)).substr (0, door_text_max);
  return nym;
}
} // namespace

void
Core::on_join_request (const PlaceRef &ref, const base::MemberKey &key,
                       const base::Bytes &request)
{
  const Place *place = place_by_ref (ref);
  if (nullptr == place || Role::host != place->role)
    return;
  Nym asking = nym_of (
      key, request.size () <= psyc_message_size_max ? request : base::Bytes{},
      now_);
  if (Ending::none != place->ending)
  {
    effects_.push_back (DecideJoin{
        ref, key, Admission::refused,
        entry_text ("_notice_place_closing", "This place is closed.") });
    return;
  }
  runtime_[ref].callers.insert (key);
  if (is_withdrawal (request))
    return withdraw (*place, key);
  const Nym *known = nym_by_key (ref, key);
  if (nullptr == known)
    return ask_at_door (*place, std::move (asking));
  const bool is_same_wish = known->tag == asking.tag;
  asking.answer = known->answer;
  switch (known->standing)
  {
  case NymStanding::present:
    if (is_same_wish || Delivery::waits == known->delivery)
      return admit (*place, std::move (asking));
    break;
  case NymStanding::refused:
  case NymStanding::ejected:
    if (is_same_wish
        || (Delivery::waits == known->delivery
            && NymStanding::refused == known->standing))
    {
      Nym again = *known;
      return refuse (*place, std::move (again));
    }
    break;
  case NymStanding::waiting:
  case NymStanding::left:
    break;
  }
  ask_at_door (*place, std::move (asking));
}

// It asks no more, or is gone already. What it is told ends its call.
void
Core::withdraw (const Place &place, const base::MemberKey &key)
{
  const PlaceRef ref = place.ref;
  const Nym *known = nym_by_key (ref, key);
  const bool was_waiting
      = nullptr != known && NymStanding::waiting == known->standing;
  const bool was_in
      = nullptr != known && NymStanding::present == known->standing;
  if (was_in)
    on_member (ref, key, MemberEvent::parted);
  else if (was_waiting)
  {
    if (commit ({ DropNym{ ref, key } }))
      return; // it calls again
    nyms_[ref].erase (key);
    tell_place (place);
  }
  runtime_[ref].callers.erase (key);
  effects_.push_back (DecideJoin{ ref, key, Admission::refused, {} });
}

void
Core::ask_at_door (const Place &place, Nym nym)
{
  const PlaceRef ref = place.ref;
  const Nym *known = nym_by_key (ref, nym.key);
  const bool was_ejected
      = nullptr != known && NymStanding::ejected == known->standing;
  const bool is_open = DoorMode::welcomes == place.door
                       || Policy::anonymous == place.policy
                       || Policy::open == place.policy;
  nym.answer.clear ();
  // Whoever was thrown out comes back by the host's own word only.
  if (is_open && ! was_ejected)
    return admit (place, std::move (nym));
  const bool was_waiting
      = nullptr != known && NymStanding::waiting == known->standing;
  if (! was_waiting
      && count_nyms (ref, NymStanding::waiting) >= waiting_nyms_max)
  {
    count ("# questions at a full door not taken");
    runtime_[ref].callers.erase (nym.key);
    return;
  }
  nym.standing = NymStanding::waiting;
  nym.delivery = Delivery::waits;
  const bool is_news
      = ! was_waiting || known->tag != nym.tag || known->request != nym.request;
  if (is_news)
  {
    if (was_waiting)
      nym.changed = known->changed; // its place in the queue
    if (commit ({ PutNym{ ref, nym } }))
      return; // not on disk: not confirmed; it calls again
    put_nym (ref, nym);
  }
  effects_.push_back (ConfirmQuestion{ ref, nym.key });
  if (! is_news)
    return;
  for (auto &[client, state] : clients_)
    for (const auto &[query_id, watched] : state.door_watches)
      if (watched == ref)
        tell (client, SocialDoorQuestion{ query_id, nym.key, nym.request });
}

void
Core::admit (const Place &place, Nym nym)
{
  const bool is_calling = runtime_[place.ref].callers.contains (nym.key);
  nym.standing = NymStanding::present;
  nym.delivery = is_calling ? Delivery::done : Delivery::waits;
  nym.ejection = Ejection::none;
  nym.changed = now_;
  if (commit ({ PutNym{ place.ref, nym } }))
    return;
  put_nym (place.ref, nym);
  if (is_calling)
  {
    runtime_[place.ref].callers.erase (nym.key);
    effects_.push_back (
        DecideJoin{ place.ref, nym.key, Admission::admitted, nym.answer });
  }
  tell_place (place);
}

void
Core::refuse (const Place &place, Nym nym)
{
  const bool is_calling = runtime_[place.ref].callers.contains (nym.key);
  if (NymStanding::ejected != nym.standing)
    nym.standing = NymStanding::refused;
  nym.delivery = is_calling ? Delivery::done : nym.delivery;
  nym.changed = now_;
  if (commit ({ PutNym{ place.ref, nym } }))
    return;
  put_nym (place.ref, nym);
  if (! is_calling)
    return;
  runtime_[place.ref].callers.erase (nym.key);
  effects_.push_back (
      DecideJoin{ place.ref, nym.key, Admission::refused, nym.answer });
}

void
Core::on_message (ClientId client, const AppDoorAnswer &message)
{
  const QueryId query{ client, message.query_id };
  const Place *place = own_place_for (query, message.place);
  if (nullptr == place)
    return;
  if (message.answer.size () > request_size_max
      || (! message.answer.empty () && ! parse_entry_message (message.answer)))
    return answer (query, ResultCode::failed, place,
                   "the answer is malformed, or longer than 31 KiB");
  const Nym *known = nym_by_key (place->ref, message.nym);
  if (nullptr == known)
    return answer (query, ResultCode::not_found, place,
                   "nobody of that key asked: gnunet-social door lists who "
                   "waits");
  Nym nym = *known;
  const bool is_open_question
      = NymStanding::waiting == nym.standing
        || (NymStanding::refused == nym.standing
            && Delivery::waits == nym.delivery && message.is_admitted);
  if (is_open_question)
  {
    nym.answer = message.answer;
    nym.delivery = Delivery::waits;
    const PlaceRef ref = place->ref;
    message.is_admitted ? admit (*place, nym) : refuse (*place, nym);
    const Nym *now = nym_by_key (ref, message.nym);
    if (nullptr == now || NymStanding::waiting == now->standing)
      return answer (query, ResultCode::failed, place,
                     "the answer could not be written to disk");
    if (! message.is_admitted)
      tell_farewell (ref, *now, {});
    return answer (query, ResultCode::ok, place, {});
  }
  switch (nym.standing)
  {
  case NymStanding::present:
    return message.is_admitted
               ? answer (query, ResultCode::ok, place, "is in already")
               : answer (query, ResultCode::failed, place,
                         "is in already: gnunet-social eject throws out");
  case NymStanding::refused:
    return message.is_admitted
               ? answer (query, ResultCode::not_found, place,
                         "was refused already, and has to ask again")
               : answer (query, ResultCode::ok, place, "was refused already");
  case NymStanding::left:
  case NymStanding::ejected:
    return answer (query, ResultCode::not_found, place,
                   "is not at the door, and has to ask again");
  case NymStanding::waiting:
    return;
  }
}

void
Core::on_message (ClientId client, const AppDoorWatch &message)
{
  const QueryId query{ client, message.query_id };
  const Place *place = own_place_for (query, message.place);
  if (nullptr == place)
    return;
  Client &state = clients_[client];
  state.queries.erase (message.query_id);
  state.door_watches.emplace (message.query_id, place->ref);
  for (const auto &[key, nym] : nyms_[place->ref])
    if (NymStanding::waiting == nym.standing)
      tell (client, SocialDoorQuestion{ message.query_id, key, nym.request });
}

// ----------------------------------------------------- leaving and ejection

void
Core::on_message (ClientId client, const AppEjectNym &message)
{
  const QueryId query{ client, message.query_id };
  const Place *place = own_place_for (query, message.place);
  if (nullptr == place)
    return;
  const Nym *known = nym_by_key (place->ref, message.nym);
  if (nullptr == known || NymStanding::waiting == known->standing
      || NymStanding::refused == known->standing)
    return answer (query, ResultCode::not_found, place,
                   nullptr == known
                       ? "nobody of that key is in this place"
                       : "is at the door only: gnunet-social refuse");
  Nym nym = *known;
  Runtime &runtime = runtime_[place->ref];
  if (NymStanding::ejected == nym.standing)
  {
    if (Ejection::done == nym.ejection)
      return answer (query, ResultCode::ok, place, {});
    return runtime.ejecting[nym.key].push_back (query);
  }
  psyc::Message notice;
  notice.method = "_notice_place_leave";
  for (const auto &variable : message.variables)
    if (psyc::is_name (variable.name) && "_nym" != variable.name)
      notice.modifiers.push_back (
          { psyc::Operator::set, variable.name, variable.value });
  notice.add (psyc::Operator::set, "_nym", keys_.nym_text (nym.key));
  notice.data = base::to_bytes (base::as_bytes (message.text));
  const auto built = build_entry_message (notice);
  if (! built || built->size () > request_size_max)
    return answer (query, ResultCode::failed, place,
                   "what the nym is told has at most 31 KiB");
  nym.standing = NymStanding::ejected;
  nym.ejection = Ejection::begun;
  nym.answer = *built;
  nym.changed = now_;
  if (! commit_for (query, { PutNym{ place->ref, nym } }))
    return;
  put_nym (place->ref, nym);
  runtime.ejecting[nym.key].push_back (query);
  runtime.callers.erase (nym.key);
  if (runtime.is_up)
    effects_.push_back (EjectNym{ place->ref, nym.key, nym.answer });
  tell_place (*place);
}

void
Core::eject_again (const PlaceRef &ref)
{
  if (! runtime_[ref].is_up)
    return;
  for (const auto &[key, nym] : nyms_[ref])
    if (Ejection::begun == nym.ejection)
      effects_.push_back (EjectNym{ ref, key, nym.answer });
}

void
Core::on_ejected (const PlaceRef &ref, const base::MemberKey &key,
                  Outcome outcome)
{
  const Place *place = place_by_ref (ref);
  const Nym *known = nym_by_key (ref, key);
  if (nullptr == place || nullptr == known
      || Ejection::begun != known->ejection)
    return;
  Runtime &runtime = runtime_[ref];
  if (Outcome::failed == outcome)
  {
    runtime.retry_ejections = now_ + ejection_retry;
    return;
  }
  Nym nym = *known;
  nym.ejection = Ejection::done;
  announce_leave (ref, nym);
  if (commit ({ PutNym{ ref, nym } }))
  {
    runtime.retry_ejections = now_ + ejection_retry;
    return;
  }
  put_nym (ref, nym);
  auto queries = std::move (runtime.ejecting[key]);
  runtime.ejecting.erase (key);
  answer_all (queries, ResultCode::ok, place, {});
}

void
Core::on_member (const PlaceRef &ref, const base::MemberKey &key,
                 MemberEvent event)
{
  const Place *place = place_by_ref (ref);
  if (nullptr == place || Role::host != place->role)
    return;
  const Nym *known = nym_by_key (ref, key);
  Nym nym = nullptr != known ? *known : Nym{};
  nym.key = key;
  nym.changed = now_;
  switch (event)
  {
  case MemberEvent::detached:
    return;
  case MemberEvent::attached:
    // psyc let it in by itself (an open place, an earlier membership).
    if (nullptr != known
        && (NymStanding::present == known->standing
            || NymStanding::ejected == known->standing))
      return;
    if (nullptr == known && nyms_[ref].size () >= nyms_max)
      return count ("# nyms of a place beyond what is kept");
    nym.standing = NymStanding::present;
    nym.delivery = Delivery::done;
    break;
  case MemberEvent::parted:
    if (nullptr == known || NymStanding::present != known->standing)
      return;
    nym.standing = NymStanding::left;
    announce_leave (ref, nym);
    break;
  }
  if (commit ({ PutNym{ ref, nym } }))
    return;
  put_nym (ref, nym);
  tell_place (*place);
}

void
Core::announce_leave (const PlaceRef &ref, const Nym &nym)
{
  const std::vector<Variable> variables{ text_variable (
      "_nym", keys_.nym_text (nym.key)) };
  auto said = words_of_host (keys_.nym_text (ref.ego), now_);
  said.insert (said.end (), variables.begin (), variables.end ());
  const Place *place = place_by_ref (ref);
  if (nullptr != place && Ending::none == place->ending)
    effects_.push_back (Announce{ ref,
                                  notice_tag (nym.tag, leave_kind, nym.changed),
                                  "_notice_place_leave",
                                  std::move (said),
                                  {} });
  tell_farewell (ref, nym, variables);
}

void
Core::tell_farewell (const PlaceRef &ref, const Nym &nym,
                     const std::vector<Variable> &variables)
{
  for (auto &[client, state] : clients_)
    for (const auto &[query_id, watched] : state.door_watches)
      if (watched == ref)
        tell (client, SocialFarewell{ query_id, nym.key, variables });
}

void
Core::put_nym (const PlaceRef &ref, const Nym &nym)
{
  nyms_[ref].insert_or_assign (nym.key, nym);
}

Nym *
Core::nym_by_key (const PlaceRef &ref, const base::MemberKey &key)
{
  const auto place = nyms_.find (ref);
  if (nyms_.end () == place)
    return nullptr;
  const auto nym = place->second.find (key);
  return place->second.end () == nym ? nullptr : &nym->second;
}

std::size_t
Core::count_nyms (const PlaceRef &ref, NymStanding standing) const
{
  const auto place = nyms_.find (ref);
  if (nyms_.end () == place)
    return 0;
  return static_cast<std::size_t> (
      std::count_if (place->second.begin (), place->second.end (),
                     [standing] (const auto &entry)
                     { return entry.second.standing == standing; }));
}
} // namespace social
