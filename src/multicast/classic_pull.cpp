// SPDX-License-Identifier: AGPL-3.0-or-later
#include "multicast/classic_pull.hpp"

namespace multicast::api
{
ClassicPull::ClassicPull (Endpoint &endpoint, ClassicOutlet &outlet,
                          Notify notify, void *notify_cls)
    : endpoint_ (endpoint), outlet_ (outlet), notify_ (notify),
      notify_cls_ (notify_cls), timer_ ([this] { pull (); })
{
  timer_.arm_now ();
}

void
ClassicPull::go_on ()
{
  if (! is_paused_)
    timer_.arm_now ();
}

void
ClassicPull::resume ()
{
  is_paused_ = false;
  timer_.arm_now ();
}

void
ClassicPull::cancel ()
{
  if (has_begun_)
    emit (GNUNET_MULTICAST_MESSAGE_LAST_FRAGMENT
              | GNUNET_MULTICAST_MESSAGE_CANCELLED,
          {});
  outlet_.on_pulled ();
}

void
ClassicPull::emit (std::uint32_t flags, base::Bytes body)
{
  if (! std::exchange (has_begun_, true))
    flags |= GNUNET_MULTICAST_MESSAGE_FIRST_FRAGMENT;
  const std::uint64_t offset = offset_;
  offset_ += body.size ();
  outlet_.emit (offset, flags, std::move (body));
}

void
ClassicPull::pull ()
{
  if (! outlet_.has_room ())
    return; // till go_on ()
  Endpoint *const endpoint = &endpoint_;
  const auto endpoint_life = endpoint->life ();
  const auto life = life_.watch ();
  base::Bytes room (GNUNET_MULTICAST_FRAGMENT_MAX_PAYLOAD);
  std::size_t size = room.size ();
  const int result = notify_ (notify_cls_, &size, room.data ());
  if (! Endpoint::is_usable (endpoint_life, endpoint) || life.expired ())
    return;
  if (size > room.size () || (GNUNET_NO != result && GNUNET_YES != result))
    return cancel ();
  room.resize (size);
  if (GNUNET_YES == result)
  {
    emit (GNUNET_MULTICAST_MESSAGE_LAST_FRAGMENT, std::move (room));
    return outlet_.on_pulled ();
  }
  is_paused_ = 0 == size;
  if (is_paused_)
    return;
  emit (0, std::move (room));
  timer_.arm_now ();
}
} // namespace multicast::api
