// SPDX-License-Identifier: AGPL-3.0-or-later
#include "psyc/core/intake.hpp"

#include <algorithm>

namespace psyc::core
{
namespace
{
std::pair<base::RequestId, std::uint64_t>
place_of (const RequestFragment &piece)
{
  return { piece.head.request_id, piece.head.offset };
}
} // namespace

void
Intake::add (RequestPtr piece)
{
  Line &line = lines_[piece->head.member];
  if (State::flowing == line.state)
    store (line, piece);
  else
    hold (line, piece);
}

void
Intake::store (Line &line, const RequestPtr &piece)
{
  const base::RequestId id = piece->head.request_id;
  if (0 == line.storing)
    line.before = line.ended = {};
  if (line.ended != id)
    line.before = line.ended;
  if (piece->is_last ())
    line.ended = id;
  line.storing++;
  context_.store.call (
      StoreRequest{ Box::in, piece, std::nullopt, line.before },
      [this, piece] (const StoreResult &result) { on_result (piece, result); });
}

void
Intake::on_result (const RequestPtr &piece, const StoreResult &result)
{
  auto it = lines_.find (piece->head.member);
  Line &line = it->second;
  line.storing--;
  const bool is_failed = result_error == result.result;
  if (is_failed)
  {
    context_.count ("# fragments of requests that the store refused");
    hold (line, piece);
  }
  if (0 == line.storing && ! line.held.empty ())
    retry_at_
        = std::min (retry_at_, context_.now + context_.config.store_retry);
  if (0 == line.storing && State::flowing == line.state)
    lines_.erase (it);
  if (! is_failed)
    on_stored_ (piece, result);
}

void
Intake::hold (Line &line, const RequestPtr &piece)
{
  const Place place = place_of (*piece);
  if (State::flowing == line.state)
    line.state = State::held;
  const std::size_t size = piece->bytes.size ();
  if (State::held == line.state
      && held_bytes_ + size <= context_.config.requests_held_bytes)
  {
    held_bytes_ += line.held.emplace (place, piece).second ? size : 0;
    return;
  }
  if (State::held == line.state)
    context_.count ("# members whose requests are too many to be kept");
  line.state = State::cut;
  drop_from (line, place); // these would overtake it
}

void
Intake::drop_from (Line &line, const Place &place)
{
  const auto first = line.held.lower_bound (place);
  for (auto it = first; it != line.held.end (); ++it)
    held_bytes_ -= it->second->bytes.size ();
  line.held.erase (first, line.held.end ());
}

void
Intake::restart (const base::MemberKey &member)
{
  auto it = lines_.find (member);
  if (it == lines_.end ())
    return;
  drop_from (it->second, {});
  it->second.state = State::flowing;
  if (0 == it->second.storing)
    lines_.erase (it);
}

void
Intake::restart_all ()
{
  std::vector<base::MemberKey> members;
  for (const auto &[member, line] : lines_)
    members.push_back (member);
  for (const auto &member : members)
    restart (member);
}

void
Intake::on_time ()
{
  if (context_.now < retry_at_)
    return;
  retry_at_ = base::time_never;
  for (auto &[member, line] : lines_)
  {
    if (0 < line.storing)
      continue;
    if (State::held == line.state)
      line.state = State::flowing;
    for (const auto &[place, piece] : std::exchange (line.held, {}))
    {
      held_bytes_ -= piece->bytes.size ();
      store (line, piece);
    }
  }
}
} // namespace psyc::core
