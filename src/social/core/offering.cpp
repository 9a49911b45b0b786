// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Files that are offered, and said when somebody asks: doc/spec/files.md.
//
//   offered --asked--> wanted --said--> said --asked, not here any more-->
//   wanted
//      ^                  |
//      '---gone, refused--'
//
// What is offered or wanted may be withdrawn, for good.
//
// An answer is told of by a short message, so that who asks later finds the
// file without reading all files. Whatever dies amid that, the tags make it
// once.
#include "social/core/core.hpp"

#include <algorithm>

#include "psyc/message/names.hpp"
#include "social/core/offer_key.hpp"
#include "social/core/own_words.hpp"

namespace social
{
namespace
{
constexpr std::size_t hash_length = 103; // SHA-512 as GNUnet writes it
constexpr base::Duration answer_again_after = base::seconds (60);
constexpr base::Duration try_again_after = base::seconds (5);
constexpr int failures_max = 10; // in a row; then it is told

[[nodiscard]] bool
is_printable (const std::string &text)
{
  return std::none_of (text.begin (), text.end (),
                       [] (char c)
                       { return static_cast<unsigned char> (c) < 0x20; });
}
} // namespace

Core::OfferRun *
Core::offer_by_key (const PlaceRef &ref, const base::SendTag &key)
{
  const auto offers = offers_.find (ref);
  if (offers_.end () == offers)
    return nullptr;
  const auto run = offers->second.find (key);
  return offers->second.end () == run ? nullptr : &run->second;
}

// ----------------------------------------------------------------- to offer

std::string
Core::why_not_offer (const Place &place, const AppOfferFile &message) const
{
  if (const auto why = why_not_say (place))
    return *why;
  if (message.path.empty () || '/' != message.path[0]
      || message.path.size () > offer_path_max
      || std::string::npos != message.path.find ('\0'))
    return "the path of a file begins with / and has at most "
           + std::to_string (offer_path_max) + " bytes";
  if (hash_length != message.hash.size () || ! is_printable (message.hash))
    return "the hash is none";
  if (message.name.empty () || message.name.size () > name_length_max
      || ! is_printable (message.name)
      || message.content_type.size () > name_length_max
      || ! is_printable (message.content_type))
    return "the name or the type of the file is too long, or none";
  if (message.description.size () > offer_text_max)
    return "the description is too long: 4 KiB at most";
  return {};
}

// The one that was answered, or withdrawn, longest ago goes for a new one.
std::optional<base::SendTag>
Core::replaceable_offer (const PlaceRef &ref) const
{
  const OfferRun *oldest = nullptr;
  for (const auto &[key, run] : offers_.at (ref))
    if ((OfferState::said == run.offer.state
         || OfferState::withdrawn == run.offer.state)
        && ! run.is_busy
        && (nullptr == oldest || run.offer.answered < oldest->offer.answered))
      oldest = &run;
  return nullptr == oldest ? std::nullopt : std::optional (oldest->offer.key);
}

void
Core::on_message (ClientId client, const AppOfferFile &message)
{
  const QueryId query{ client, message.query_id };
  const Place *place = place_for (query, message.place);
  if (nullptr == place)
    return;
  const std::string why_not = why_not_offer (*place, message);
  if (! why_not.empty ())
    return answer (query, ResultCode::failed, place, why_not);
  Changes changes;
  const auto offers = offers_.find (place->ref);
  const OfferRun *known = offer_by_key (place->ref, message.key);
  if (nullptr != known && OfferState::withdrawn == known->offer.state)
    return answer (query, ResultCode::failed, place,
                   "it was offered and withdrawn before: describe it in other "
                   "words, or give it another name");
  if (nullptr == known && offers_.end () != offers
      && offers->second.size () >= offers_max)
  {
    const auto old = replaceable_offer (place->ref);
    if (! old)
      return answer (query, ResultCode::failed, place,
                     "too many files are offered in this place already");
    changes.push_back (DropOffer{ place->ref, *old });
  }
  Offer offer = nullptr == known ? Offer{} : known->offer;
  offer.key = message.key;
  offer.path = message.path;
  offer.size = message.size;
  offer.modified = message.modified;
  offer.hash = message.hash;
  offer.name = message.name;
  offer.type = message.content_type;
  offer.description = message.description;
  changes.push_back (PutOffer{ place->ref, offer });
  if (! commit_for (query, changes))
    return;
  if (const auto *dropped = std::get_if<DropOffer> (&changes.front ()))
    offers_[place->ref].erase (dropped->key);
  offers_[place->ref][offer.key].offer = std::move (offer);
  answer (query, ResultCode::ok, place, {});
}

// ------------------------------------------------------------- to withdraw

void
Core::on_message (ClientId client, const AppWithdrawFile &message)
{
  const QueryId query{ client, message.query_id };
  const Place *place = place_for (query, message.place);
  if (nullptr == place)
    return;
  OfferRun *run = offer_by_key (place->ref, message.key);
  if (nullptr == run)
    return answer (query, ResultCode::not_found, place,
                   "no such file is offered from here");
  if (OfferState::said == run->offer.state || run->is_busy)
    return answer (query, ResultCode::failed, place,
                   "it was sent already, or is being sent");
  Offer offer = run->offer;
  offer.state = OfferState::withdrawn;
  offer.answered = now_;
  if (! commit_for (query, { PutOffer{ place->ref, offer } }))
    return;
  run->offer = std::move (offer);
  answer (query, ResultCode::ok, place, {});
}

// ------------------------------------------------------------------- to ask

// May a guest say this where files are relayed? And of what we offer guests
// may ask anywhere.
bool
Core::is_about_offer (const PlaceRef &ref, const GuestRequest &request) const
{
  const bool is_question = psyc::is_a (request.method, offer_request_method);
  if (! is_question && ! psyc::is_a (request.method, offer_method)
      && ! psyc::is_a (request.method, offer_said_method)
      && ! psyc::is_a (request.method, offer_failure_method))
    return false;
  const auto key = offer_key_from_text (request.offer);
  if (! key)
    return false;
  if (has_rule (ref, RuleKind::method, "_file", rule_relay))
    return true;
  const auto offers = offers_.find (ref);
  return is_question && offers_.end () != offers
         && offers->second.contains (*key);
}

void
Core::on_file_wanted (const PlaceRef &ref, std::string_view key,
                      std::uint64_t message_id)
{
  const auto parsed = offer_key_from_text (key);
  OfferRun *run = parsed ? offer_by_key (ref, *parsed) : nullptr;
  if (nullptr == run || OfferState::wanted == run->offer.state
      || OfferState::withdrawn == run->offer.state
      || (0 != message_id && message_id <= run->offer.request_id))
    return;
  run->offer.request_id = std::max (run->offer.request_id, message_id);
  run->next = run->offer.answered + answer_again_after;
  run->failures = 0;
  put_offer (ref, *run, OfferState::wanted);
  answer_offers ();
}

// ---------------------------------------------------------------- to answer

// Of what may be answered in this place now; a place that does not run waits.
bool
Core::has_answers_to_give (const PlaceRef &ref) const
{
  const auto place = places_.find (ref);
  return places_.end () != place && ! why_not_say (place->second)
         && runtime_.at (ref).is_up;
}

std::size_t
Core::offers_read () const
{
  std::size_t reading = 0;
  for (const auto &[ref, offers] : offers_)
    for (const auto &[key, run] : offers)
      reading += run.is_reading;
  return reading;
}

base::TimePoint
Core::next_offer_answer () const
{
  base::TimePoint next = base::time_never;
  if (offers_read () >= files_at_once_max)
    return next; // one that ends goes on with others
  for (const auto &[ref, offers] : offers_)
    if (has_answers_to_give (ref))
      for (const auto &[key, run] : offers)
        if (OfferState::wanted == run.offer.state && ! run.is_busy)
          next = std::min (next, run.next);
  if (base::time_never != next && answers_.size () >= answers_a_minute_max)
    next = std::max (next, answers_.front () + base::seconds (60));
  return next;
}

bool
Core::may_answer_now ()
{
  while (! answers_.empty () && answers_.front () + base::seconds (60) <= now_)
    answers_.pop_front ();
  return offers_read () < files_at_once_max
         && answers_.size () < answers_a_minute_max;
}

void
Core::answer_offers ()
{
  for (auto &[ref, offers] : offers_)
    if (has_answers_to_give (ref))
      for (auto &[key, run] : offers)
        if (OfferState::wanted == run.offer.state && ! run.is_busy
            && run.next <= now_ && may_answer_now ())
          say_offered (ref, run);
}

std::vector<Variable>
Core::own_words (const Place &place) const
{
  if (Role::guest == place.role)
    return words_of_guest (now_);
  return words_of_host (keys_.nym_text (place.ref.ego), now_);
}

void
Core::say_offered (const PlaceRef &ref, OfferRun &run)
{
  answers_.push_back (now_);
  run.is_busy = true;
  run.is_reading = true;
  const Offer &offer = run.offer;
  std::vector<Variable> variables = own_words (places_.at (ref));
  variables.push_back (
      text_variable (offer_key_variable, offer_key_text (offer.key)));
  variables.push_back (
      text_variable ("_size_file", std::to_string (offer.size)));
  variables.push_back (text_variable ("_hash_file", offer.hash));
  variables.push_back (text_variable ("_type_file", offer.type));
  variables.push_back (text_variable ("_name_file", offer.name));
  if (! offer.description.empty ())
    variables.push_back (
        text_variable ("_description_file", offer.description));
  effects_.push_back (SayOfferedFile{ ref, offer, std::move (variables) });
}

// A disk that takes nothing now loses an answer at most: who asks asks again.
void
Core::put_offer (const PlaceRef &ref, OfferRun &run, OfferState state)
{
  run.offer.state = state;
  (void)commit ({ PutOffer{ ref, run.offer } });
}

void
Core::on_offered_file (const PlaceRef &ref, const base::SendTag &key,
                       FileOutcome outcome, std::uint64_t message_id,
                       const std::string &reason)
{
  OfferRun *run = offer_by_key (ref, key);
  if (nullptr == run || ! run->is_busy)
    return;
  run->is_reading = false;
  switch (outcome)
  {
  case FileOutcome::queued:
    return answer_offers ();
  case FileOutcome::said:
    run->file_id = message_id;
    run->failures = 0;
    tell_offer (ref, *run, {});
    return answer_offers ();
  case FileOutcome::failed:
    run->is_busy = false;
    run->next = now_ + try_again_after;
    if (++run->failures < failures_max)
      return;
    break;
  case FileOutcome::gone:
  case FileOutcome::refused:
    break;
  }
  count ("# offered files that could not be said");
  run->is_busy = false;
  run->offer.answered = now_;
  put_offer (ref, *run, OfferState::offered);
  if (FileOutcome::refused != outcome)
    tell_offer (ref, *run, reason.empty () ? "it cannot be read" : reason);
  answer_offers ();
}

// No reason: where it is.
void
Core::tell_offer (const PlaceRef &ref, const OfferRun &run,
                  const std::string &reason)
{
  const bool is_said = reason.empty ();
  std::vector<Variable> variables = own_words (places_.at (ref));
  variables.push_back (
      text_variable (offer_key_variable, offer_key_text (run.offer.key)));
  if (is_said)
    variables.push_back (
        text_variable (offer_file_variable, std::to_string (run.file_id)));
  effects_.push_back (
      TellOffer{ ref, run.offer.key,
                 is_said && base::TimePoint{} == run.offer.answered
                     ? offer_said_tag (run.offer.key)
                     : keys_.make_tag (),
                 is_said ? offer_said_method : offer_failure_method,
                 std::move (variables), reason });
}

void
Core::on_offer_told (const PlaceRef &ref, const base::SendTag &key,
                     Outcome outcome)
{
  OfferRun *run = offer_by_key (ref, key);
  if (nullptr == run || ! run->is_busy)
    return; // of a failure: nothing hangs on it
  run->is_busy = false;
  if (Outcome::failed == outcome)
  {
    // All of it again: what was said already is not said twice.
    run->next = now_ + try_again_after;
    return;
  }
  run->offer.answered = now_;
  put_offer (ref, *run, OfferState::said);
  answer_offers ();
}
} // namespace social
