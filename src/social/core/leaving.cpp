// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Places of others, left. The host is told: by our parting while we are
// connected, else at the door, as soon as it can be reached. Who left is gone
// for our own user at once.
#include "social/core/core.hpp"

#include "social/core/entry_message.hpp"

namespace social
{
namespace
{
// A host that is not seen for so long forgets us by itself: tickets expire.
constexpr base::Duration telling_patience = base::hours (24 * 30);
} // namespace

void
Core::on_message (ClientId client, const AppLeavePlace &message)
{
  const QueryId query{ client, message.query_id };
  const Place *known = place_for (query, message.place);
  if (nullptr == known)
    return;
  Place place = *known;
  if (Role::host == place.role)
    return answer (query, ResultCode::not_allowed, &place,
                   "a host does not leave: close the place with gnunet-social "
                   "close");
  Runtime &runtime = runtime_[place.ref];
  if (Ending::done == place.ending || Ending::lingering == place.ending)
    return answer (query, ResultCode::ok, &place, {});
  if (Ending::begun == place.ending)
    return runtime.waiting.push_back (query);
  // With a connection psyc tells the host; a place that is refused, closed or
  // only read has nobody to be told.
  const bool has_host = PlaceState::entered == place.state
                        || PlaceState::pending == place.state;
  place.ending = has_host && runtime.is_running && ! runtime.is_connected
                     ? Ending::lingering
                     : Ending::begun;
  place.state = PlaceState::archived;
  place.changed = now_;
  place.request = tagged_request (entry_text (withdraw_method, {}), place.tag)
                      .value_or (base::Bytes{});
  if (! commit_for (query, { PutPlace{ place } }))
    return;
  put_place (place);
  answer_all (runtime.waiting, ResultCode::failed, &place,
              "we leave this place");
  if (Ending::lingering == place.ending)
  {
    leave_when_told (place);
    return answer (query, ResultCode::ok, &place,
                   "the host hears of it as soon as it can be reached");
  }
  runtime.waiting.push_back (query);
  runtime.is_connected = false;
  if (! runtime.is_running)
    return on_guest_parted (place.ref);
  effects_.push_back (PartGuest{ place.ref, message.variables });
}

// Calls at the door to say that we are gone.
void
Core::leave_when_told (Place place)
{
  if (Ending::lingering != place.ending)
  {
    place.ending = Ending::lingering;
    (void)commit ({ PutPlace{ place } });
    put_place (place);
  }
  runtime_[place.ref].silent_leave = place.changed + telling_patience;
  effects_.push_back (
      JoinGuest{ place.ref, place.origin, place.relays, place.request });
}

void
Core::on_leaving_state (const Place &place, GuestState state)
{
  switch (state)
  {
  case GuestState::connecting:
  case GuestState::pending:
  case GuestState::detached:
  case GuestState::service_lost:
    return;
  case GuestState::attached: // still (or again) a member: parting says it
  case GuestState::refused:  // the host took note
  case GuestState::ejected:
  case GuestState::ended:
    return leave_now (place);
  }
}

void
Core::leave_now (Place place)
{
  place.ending = Ending::begun;
  (void)commit ({ PutPlace{ place } }); // else told once more
  put_place (place);
  runtime_[place.ref].silent_leave = base::time_never;
  effects_.push_back (PartGuest{ place.ref, {} });
}

void
Core::leave_silently ()
{
  std::vector<Place> due;
  for (const auto &[ref, runtime] : runtime_)
    if (runtime.silent_leave <= now_)
      if (const Place *place = place_by_ref (ref))
        due.push_back (*place);
  for (auto &place : due)
  {
    count ("# hosts that were not told that a guest left");
    leave_now (std::move (place));
  }
}

void
Core::on_guest_parted (const PlaceRef &ref)
{
  const Place *known = place_by_ref (ref);
  if (nullptr == known || Role::guest != known->role
      || Ending::begun != known->ending)
    return;
  Place place = *known;
  place.ending = Ending::done;
  (void)commit ({ PutPlace{ place } }); // else parted again at the next start
  Runtime &runtime = runtime_[ref];
  runtime.is_running = false;
  runtime.is_up = false;
  put_place (place);
  answer_all (runtime.waiting, ResultCode::ok, &place, {});
}
} // namespace social
