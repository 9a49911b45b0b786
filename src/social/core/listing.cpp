// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Questions that change nothing: places, nyms, status.
#include "social/core/core.hpp"

#include <algorithm>

namespace social
{
namespace
{
// How long psyc is waited for; then what was known last is told.
constexpr base::Duration info_patience = base::seconds (1);

std::optional<NymState>
shown_state (NymStanding standing)
{
  switch (standing)
  {
  case NymStanding::present:
    return NymState::present;
  case NymStanding::waiting:
    return NymState::waiting;
  case NymStanding::left:
    return NymState::left;
  case NymStanding::ejected:
    return NymState::ejected;
  case NymStanding::refused:
    return std::nullopt;
  }
  return std::nullopt;
}
} // namespace

void
Core::on_message (ClientId client, const AppPlacesGet &message)
{
  if (open_query (client, message.query_id))
    begin_round ({ client, message.query_id }, InfoRound::For::places);
}

void
Core::on_message (ClientId client, const AppStatusGet &message)
{
  if (open_query (client, message.query_id))
    begin_round ({ client, message.query_id }, InfoRound::For::status);
}

void
Core::begin_round (const QueryId &query, InfoRound::For what)
{
  const auto refs = running_places ();
  InfoRound round;
  round.missing.insert (refs.begin (), refs.end ());
  round.deadline = now_ + info_patience;
  round.query = query;
  round.what = what;
  if (refs.empty ())
    return finish_round (round);
  rounds_.push_back (std::move (round));
  effects_.push_back (AskInfo{ refs });
}

void
Core::on_info (const PlaceRef &ref, const ChannelInfo &info)
{
  const auto runtime = runtime_.find (ref);
  if (runtime_.end () == runtime)
    return;
  runtime->second.info = info;
  for (auto &round : rounds_)
    round.missing.erase (ref);
  end_rounds ();
}

void
Core::end_rounds ()
{
  std::vector<InfoRound> ended;
  for (const auto &round : rounds_)
    if (round.missing.empty () || round.deadline <= now_)
      ended.push_back (round);
  std::erase_if (rounds_, [this] (const InfoRound &round)
                 { return round.missing.empty () || round.deadline <= now_; });
  for (const auto &round : ended)
    finish_round (round);
}

void
Core::finish_round (const InfoRound &round)
{
  if (! is_open (round.query))
    return;
  const auto &[client, query_id] = round.query;
  if (InfoRound::For::places == round.what)
  {
    for (const auto &[ref, place] : places_)
      tell (client, SocialPlace{ query_id, info_of (place) });
    return answer (round.query, ResultCode::ok, nullptr, {});
  }
  SocialStatus status;
  status.query_id = query_id;
  status.peer = own_peer_;
  status.software = config_.software;
  for (const auto &[ref, place] : places_)
  {
    const Runtime &runtime = runtime_.at (ref);
    status.outbox += runtime.info.outbox_count;
    status.waiting += count_nyms (ref, NymStanding::waiting);
    if (Ending::none != place.ending)
      continue;
    if (Role::host == place.role)
      status.hosted++;
    else if (PlaceState::entered == place.state)
    {
      status.entered++;
      status.connected += runtime.is_connected ? 1 : 0;
    }
    else if (PlaceState::pending == place.state)
      status.pending++;
  }
  tell (client, status);
  answer (round.query, ResultCode::ok, nullptr, {});
}

void
Core::on_message (ClientId client, const AppNymsGet &message)
{
  const QueryId query{ client, message.query_id };
  const Place *place = place_for (query, message.place);
  if (nullptr == place)
    return;
  // A guest is one of those who are there; a host is not among its guests.
  if (Role::guest == place->role && is_inside (*place))
    tell (client, SocialNym{ message.query_id, place->ref.ego,
                             info_of (*place).ego_name, NymState::present,
                             std::nullopt });
  for (const auto &[key, nym] : nyms_[place->ref])
    if (const auto state = shown_state (nym.standing))
    {
      SocialNym told{ message.query_id, key, name_of (place->ref.ego, key),
                      *state, std::nullopt };
      if (! nym.text.empty ())
        told.message = nym.text;
      tell (client, told);
    }
  answer (query, ResultCode::ok, place, {});
}
} // namespace social
