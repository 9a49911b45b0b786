// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What becomes of guests' messages: said anew with the author's verified key
// and the host's time, or refused by name. What is saved as files.
#include "social/core/core.hpp"

#include <algorithm>

#include "psyc/message/names.hpp"
#include "social/core/offer_key.hpp"
#include "social/core/own_words.hpp"
#include "social/core/upload_filter.hpp"

namespace social
{
namespace
{
// Codes of refusals, as a guest's program sees them.
constexpr std::uint32_t not_relayed = 1;
constexpr std::uint32_t malformed = 2;
constexpr std::uint32_t not_inside = 3;
constexpr std::uint32_t closing = 4;
constexpr std::uint32_t may_not_change = 5;
} // namespace

void
Core::on_request (const PlaceRef &ref, const GuestRequest &request)
{
  const Place *place = place_by_ref (ref);
  if (nullptr == place || Role::host != place->role)
    return;
  if (const auto why = why_not_relay (*place, request))
  {
    count ("# messages of guests refused");
    effects_.push_back (RefuseRequest{ ref, request.nym, request.request_id,
                                       why->first, why->second });
    return;
  }
  if (psyc::is_a (request.method, offer_request_method))
    on_file_wanted (ref, request.offer, 0);
  effects_.push_back (
      RelayRequest{ ref, request.nym, request.request_id,
                    words_of_host (keys_.nym_text (request.nym), now_) });
}

std::optional<std::pair<std::uint32_t, std::string>>
Core::why_not_relay (const Place &place, const GuestRequest &request) const
{
  using Why = std::pair<std::uint32_t, std::string>;
  if (! psyc::is_name (request.method))
    return Why{ malformed, "the message is malformed" };
  if (Ending::none != place.ending)
    return Why{ closing, "the place is closed" };
  const auto nyms = nyms_.find (place.ref);
  if (nyms_.end () != nyms)
  {
    const auto nym = nyms->second.find (request.nym);
    if (nyms->second.end () != nym
        && (NymStanding::ejected == nym->second.standing
            || NymStanding::refused == nym->second.standing))
      return Why{ not_inside, "you are not in this place" };
  }
  // Whatever the rules.
  if (is_service_method (request.method))
    return Why{ not_relayed, "only the host says this" };
  if (! has_rule (place.ref, RuleKind::method, request.method, rule_relay)
      && ! is_about_offer (place.ref, request))
    return Why{ not_relayed, "not relayed here" };
  for (const auto &name : request.lasting)
    if (! has_rule (place.ref, RuleKind::object, name, rule_relay))
      return Why{ may_not_change, "guests may not change objects here" };
  return std::nullopt;
}

bool
Core::has_rule (const PlaceRef &ref, RuleKind kind, std::string_view name,
                std::uint32_t flag) const
{
  const auto rules = rules_.find (ref);
  if (rules_.end () == rules)
    return false;
  return std::any_of (rules->second.begin (), rules->second.end (),
                      [&] (const Rule &rule)
                      {
                        return rule.kind == kind && 0 != (rule.flags & flag)
                               && psyc::is_a (name, rule.prefix);
                      });
}

// Says what is to be saved, as the rules and the place stand now.
void
Core::save_files (const PlaceRef &ref)
{
  const Place *place = place_by_ref (ref);
  if (nullptr == place)
    return;
  SaveFiles effect{ ref, place->role, {} };
  if (Ending::none == place->ending && PlaceState::entered == place->state)
    for (const Rule &rule : rules_[ref])
      if (RuleKind::method == rule.kind && 0 != (rule.flags & rule_save))
        effect.prefixes.push_back (rule.prefix);
  Runtime &runtime = runtime_[ref];
  if (effect.prefixes == runtime.saved)
    return;
  runtime.saved = effect.prefixes;
  effects_.push_back (std::move (effect));
}

void
Core::on_message (ClientId client, const AppRuleSet &message)
{
  const QueryId query{ client, message.query_id };
  const Place *place = place_for (query, message.place);
  if (nullptr == place)
    return;
  if (RuleKind::method != message.kind && RuleKind::object != message.kind)
    return answer (query, ResultCode::failed, place, "an unknown kind of rule");
  if ((! message.prefix.empty () && ! psyc::is_name (message.prefix))
      || message.prefix.size () > method_length_max)
    return answer (query, ResultCode::failed, place,
                   "a prefix begins with _ and has letters, digits and _");
  if (0 != (message.flags & ~(rule_relay | rule_save)))
    return answer (query, ResultCode::failed, place, "an unknown flag");
  std::vector<Rule> rules = rules_[place->ref];
  std::erase_if (
      rules, [&] (const Rule &rule)
      { return rule.kind == message.kind && rule.prefix == message.prefix; });
  const Rule rule{ message.kind, message.prefix, message.flags };
  if (0 != rule.flags)
    rules.push_back (rule);
  if (rules.size () > rules_max)
    return answer (query, ResultCode::failed, place,
                   "the place has too many rules already");
  if (! commit_for (query, { PutRule{ place->ref, rule } }))
    return;
  rules_[place->ref] = std::move (rules);
  save_files (place->ref);
  answer (query, ResultCode::ok, place, {});
}

void
Core::on_message (ClientId client, const AppRulesClear &message)
{
  const QueryId query{ client, message.query_id };
  const Place *place = place_for (query, message.place);
  if (nullptr == place)
    return;
  std::vector<Rule> rules = rules_[place->ref];
  Changes changes;
  for (auto &rule : rules)
    if (0 != (rule.flags & message.flags))
    {
      rule.flags &= ~message.flags;
      changes.push_back (PutRule{ place->ref, rule });
    }
  std::erase_if (rules, [] (const Rule &rule) { return 0 == rule.flags; });
  if (! changes.empty () && ! commit_for (query, std::move (changes)))
    return;
  rules_[place->ref] = std::move (rules);
  save_files (place->ref);
  answer (query, ResultCode::ok, place, {});
}
} // namespace social
