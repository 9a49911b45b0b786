// SPDX-License-Identifier: AGPL-3.0-or-later
//
// How the place is: topic, door, connection, as they change.
#include "social/cli/chat/room.hpp"
#include "social/cli/translate.hpp"

namespace social::cli::chat
{
namespace
{
constexpr base::Duration look_step = base::milliseconds (100);
constexpr unsigned looks_per_question = 20;

// Why nothing can be said there, or nothing.
[[nodiscard]] const char *
end_of_place (const std::string &state)
{
  if ("ejected" == state)
    return _ ("The host threw us out: nothing can be said here any more.");
  if ("closed" == state)
    return _ ("The host closed the place; its history stays here.");
  if ("archived" == state)
    return _ ("We left the place; its history stays here.");
  if ("refused" == state)
    return _ ("The host refused to let us in.");
  if ("pending" == state)
    return _ ("The host has not let us in yet.");
  return nullptr;
}
} // namespace

// -------------------------------------------------------------------- topic

void
Room::read_topic ()
{
  if (nullptr != topic_look_)
    GNUNET_SOCIAL_place_look_cancel (topic_look_);
  topic_.clear ();
  topic_look_ = GNUNET_SOCIAL_objects_get (
      session_.app (), &place_.key, GNUNET_SOCIAL_OBJECT_BEST, "_topic",
      [] (void *cls, const struct GNUNET_MessageHeader *, const char *name,
          const void *value, std::uint32_t size, std::uint32_t) noexcept
      {
        auto *self = static_cast<Room *> (cls);
        if (nullptr != name && self->topic_.size () < body_kept_max)
          self->topic_.append (static_cast<const char *> (value), size);
      },
      [] (void *cls, std::int64_t, const void *, std::uint16_t) noexcept
      {
        auto *self = static_cast<Room *> (cls);
        self->topic_look_ = nullptr;
        self->front_.on_topic (self->topic_);
      },
      this);
}

// --------------------------------------------------------------------- door

void
Room::watch_door ()
{
  if (! place_.view.is_host)
    return;
  door_ = GNUNET_SOCIAL_door_watch (
      session_.app (), &place_.key,
      [] (void *cls, const struct GNUNET_CRYPTO_EcdsaPublicKey *nym) noexcept
      {
        auto *self = static_cast<Room *> (cls);
        if (nullptr == nym)
          self->door_ = nullptr;
        else
          self->count_door ();
      },
      this);
}

void
Room::count_door ()
{
  if (nullptr != nyms_query_)
    GNUNET_SOCIAL_query_cancel (nyms_query_);
  waiting_ = 0;
  nyms_query_ = GNUNET_SOCIAL_nyms_get (
      session_.app (), &place_.key,
      [] (void *cls, const struct GNUNET_SOCIAL_NymInfo *info) noexcept
      {
        auto *self = static_cast<Room *> (cls);
        if (nullptr != info)
        {
          self->waiting_
              += GNUNET_SOCIAL_NYM_STATE_WAITING == info->state ? 1 : 0;
          return;
        }
        self->nyms_query_ = nullptr;
        Standing standing = self->standing_;
        standing.waiting = self->waiting_;
        self->set_standing (standing);
      },
      this);
}

// --------------------------------------------------------------- connection

// The library tells of no lost connection: one looks.
void
Room::look ()
{
  look_.arm_in (look_step);
  Standing standing = standing_;
  standing.is_service_there
      = GNUNET_YES == GNUNET_SOCIAL_app_is_connected (session_.app ());
  const std::uint64_t connections
      = GNUNET_SOCIAL_app_connection_count (session_.app ());
  if (std::exchange (connections_, connections) != connections
      && standing_.is_service_there && standing.is_service_there)
    front_.on_remark (_ ("The social service was restarted; it goes on."));
  set_standing (standing);
  if (0 == ticks_++ % looks_per_question)
    ask_place ();
}

const GNUNET_SOCIAL_Ego *
Room::ego () const
{
  for (const Ego &ego : session_.egos ())
    if (ego.key == key_text (place_.ego_key))
      return ego.handle;
  return nullptr;
}

void
Room::ask_place ()
{
  if (nullptr != place_query_)
    return;
  place_query_ = GNUNET_SOCIAL_place_find (
      session_.app (), ego (), place_.view.key.c_str (),
      [] (void *cls, enum GNUNET_SOCIAL_Result result,
          const struct GNUNET_SOCIAL_PlaceInfo *info, const char *) noexcept
      {
        auto *self = static_cast<Room *> (cls);
        self->place_query_ = nullptr;
        if (GNUNET_SOCIAL_OK == result && nullptr != info)
          self->take_place (to_place (*info));
      },
      this);
}

void
Room::take_place (const Place &place)
{
  Standing standing = standing_;
  standing.is_reached = place.view.is_connected;
  standing.state = place.view.state;
  standing.outbox = place.view.outbox;
  standing.nyms = place.view.nyms;
  standing.is_behind = place.view.is_behind;
  set_standing (standing);
}

void
Room::tell_end_of_place ()
{
  if (const char *end = end_of_place (standing_.state))
    front_.on_remark (end);
}

void
Room::set_standing (const Standing &standing)
{
  if (standing == standing_)
    return;
  const Standing before = std::exchange (standing_, standing);
  if (before.is_service_there != standing.is_service_there)
    front_.on_remark (
        standing.is_service_there
            ? _ ("The social service is back.")
            : _ ("The social service is away; waiting for it. What is said "
                 "meanwhile goes out when it is back."));
  if (before.state != standing.state)
    tell_end_of_place ();
  if (before.waiting < standing.waiting)
    front_.on_remark (_ ("Somebody waits at the door: see /nyms, then /admit "
                         "or /refuse."));
  if (! before.is_behind && standing.is_behind)
    front_.on_remark (_ ("The place has stopped: guests have newer messages "
                         "than this copy of it; see 'gnunet-social places'."));
  front_.on_standing (standing);
}
} // namespace social::cli::chat
