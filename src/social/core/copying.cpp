// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Own places as copies: out for a file, and back in, here or elsewhere. The
// history goes by psycstore.
#include "social/core/core.hpp"

#include <algorithm>

namespace social
{
namespace
{
// A copy travels in one message: of more nyms those who are there go first.
constexpr std::size_t copied_nyms_max = 1000;

void
add_nyms (PlaceCopy &copy, const std::map<base::MemberKey, Nym> &nyms)
{
  for (const bool is_present : { true, false })
    for (const auto &[key, nym] : nyms)
      if (is_present == (NymStanding::present == nym.standing)
          && NymStanding::waiting != nym.standing
          && copy.nyms.size () < copied_nyms_max)
        copy.nyms.push_back ({ key, static_cast<std::uint8_t> (nym.standing) });
}
} // namespace

void
Core::on_message (ClientId client, const AppCopyPlace &message)
{
  const QueryId query{ client, message.query_id };
  const Place *place = own_place_for (query, message.place);
  if (nullptr == place)
    return;
  PlaceCopy copy;
  copy.secret = place->secret;
  copy.ego = place->ref.ego;
  copy.ego_name = place->ego_name;
  copy.name = place->name;
  copy.label = place->label;
  copy.policy = place->policy;
  copy.welcomes = DoorMode::welcomes == place->door;
  for (const Rule &rule : rules_[place->ref])
    copy.rules.push_back ({ rule.kind, rule.prefix, rule.flags });
  add_nyms (copy, nyms_[place->ref]);
  answer (query, ResultCode::ok, place, {}, wire::encode_members (copy));
}

void
Core::on_message (ClientId client, const AppRestorePlace &message)
{
  if (! open_query (client, message.query_id))
    return;
  when_egos_complete (
      [this, client, message] {
        restore_place ({ client, message.query_id }, message);
      });
}

std::string
Core::why_not_restore (const PlaceCopy &copy, const PlaceRef &ref) const
{
  if (copy.policy > Policy::private_ || copy.rules.size () > rules_max
      || copy.nyms.size () > copied_nyms_max)
    return "the copy is malformed";
  if (places_.size () >= places_max)
    return "there are too many places here already";
  for (const auto &[other, place] : places_)
  {
    if (other.key == ref.key && Role::host == place.role)
      return "the place is here already: nothing is overwritten";
    if (other == ref)
      return "the ego is or was a guest there, which would be overwritten: say "
             "with --ego who else hosts it";
    if (Role::host == place.role && Ending::none == place.ending
        && other.ego == ref.ego && ! copy.name.empty ()
        && place.name == copy.name)
      return "the ego hosts another place of that name";
  }
  return {};
}

void
Core::restore_place (const QueryId &query, const AppRestorePlace &message)
{
  const auto copy = wire::decode_members<PlaceCopy> (message.copy.bytes);
  if (! copy || place_copy_version != copy->version)
    return answer (query, ResultCode::failed, nullptr,
                   "this is no copy of a place, or one by a newer program");
  const bool is_own = message.ego.is_zero ();
  const Ego *ego = ego_by_key (is_own ? copy->ego : message.ego);
  if (nullptr == ego)
    return answer (query, ResultCode::not_found, nullptr,
                   "the ego '" + copy->ego_name
                       + "' that hosted the place is not here: bring it back, "
                         "or say with --ego who hosts it from now on");
  Place place;
  place.secret = copy->secret;
  place.ref = { keys_.public_key (place.secret), ego->key () };
  place.policy = copy->policy;
  place.door = copy->welcomes ? DoorMode::welcomes : DoorMode::asks;
  place.name = copy->name;
  place.ego_name = ego->name;
  place.label = copy->label;
  place.tag = keys_.make_tag ();
  place.changed = now_;
  if (const std::string why = why_not_restore (*copy, place.ref);
      ! why.empty () || message.is_trial)
    return answer (query, why.empty () ? ResultCode::ok : ResultCode::failed,
                   nullptr, why);
  Changes changes{ PutPlace{ place } };
  std::vector<Rule> rules;
  for (const RuleCopy &rule : copy->rules)
  {
    rules.push_back ({ rule.kind, rule.prefix, rule.flags });
    changes.push_back (PutRule{ place.ref, rules.back () });
  }
  std::map<base::MemberKey, Nym> nyms;
  for (const NymCopy &known : copy->nyms)
  {
    Nym nym;
    nym.key = known.key;
    nym.standing
        = NymStanding::ejected == static_cast<NymStanding> (known.standing)
              ? NymStanding::ejected
              : NymStanding::left; // till it comes again
    nym.delivery = Delivery::done;
    nym.ejection = NymStanding::ejected == nym.standing ? Ejection::done
                                                        : Ejection::none;
    nym.changed = now_;
    changes.push_back (PutNym{ place.ref, nym });
    nyms.emplace (nym.key, nym);
  }
  if (! commit_for (query, std::move (changes)))
    return;
  rules_[place.ref] = rules;
  nyms_[place.ref] = nyms;
  put_place (place);
  runtime_[place.ref].waiting.push_back (query);
  start (place);
  publish_due ();
}

void
Core::on_message (ClientId client, const AppAdoptPlace &message)
{
  const QueryId query{ client, message.query_id };
  const Place *place = own_place_for (query, message.place);
  if (nullptr == place)
    return;
  runtime_[place->ref].adopting.push_back (query);
  effects_.push_back (AdoptHost{ place->ref });
}

void
Core::on_adopted (const PlaceRef &ref, const std::string &why_not)
{
  answer_all (runtime_[ref].adopting,
              why_not.empty () ? ResultCode::ok : ResultCode::failed,
              place_by_ref (ref), why_not);
}
} // namespace social
