// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/shell/guest_run.hpp"

#include "psyc/message/message.hpp"
#include "shell/message_queue.hpp"
#include "social/core/offer_key.hpp"
#include "social/shell/hearing.hpp"

namespace social
{
namespace
{
constexpr const char *closing_method = "_notice_place_closing";
// The newest that are looked through after a start: who is gone, who asked for
// files that we offer.
constexpr std::uint64_t leaves_max = 256;
constexpr std::uint64_t requests_max = 256;
} // namespace

GuestRun::GuestRun (Places &places, const PlaceRef &ref)
    : places_ (places), ref_ (ref), closing_ ({ this, closing_method, 1 }),
      leaves_ ({ this, leave_method, leaves_max }),
      requests_ ({ this, offer_request_method, requests_max })
{}

GuestRun::~GuestRun ()
{
  if (nullptr == slave_)
    return;
  end_searches ();
  if (nullptr != info_)
    GNUNET_PSYC_channel_info_cancel (info_);
  GNUNET_PSYC_slave_part (slave_, GNUNET_YES, nullptr, nullptr);
}

void
GuestRun::join (const JoinGuest &wish)
{
  wanted_ = wish;
  is_part_wanted_ = false;
  if (nullptr != slave_)
    return let_go (Letting::go_anew);
  if (Letting::none == letting_)
    on_let_go ();
}

void
GuestRun::part ()
{
  if (nullptr != slave_)
    return let_go (Letting::go);
  if (Letting::none == letting_ && ! wanted_)
    return places_.door_.tell ([this] (Core &core)
                               { core.on_guest_parted (ref_); });
  // Comes after the join that waits.
  is_part_wanted_ = true;
}

void
GuestRun::let_go (Letting letting)
{
  if (places_.channel_ending_)
    places_.channel_ending_ (ref_);
  end_searches ();
  if (nullptr != info_)
    GNUNET_PSYC_channel_info_cancel (std::exchange (info_, nullptr));
  letting_ = letting;
  GNUNET_PSYC_slave_part (std::exchange (slave_, nullptr),
                          Letting::go == letting ? GNUNET_NO : GNUNET_YES,
                          &GuestRun::on_part_done, this);
}

void
GuestRun::on_part_done (void *cls) noexcept
{
  static_cast<GuestRun *> (cls)->on_let_go ();
}

void
GuestRun::on_let_go ()
{
  const bool has_parted
      = Letting::go == std::exchange (letting_, Letting::none);
  const auto wanted = std::exchange (wanted_, std::nullopt);
  if (wanted)
    open (*wanted);
  if (has_parted && ! wanted)
    places_.door_.tell ([this] (Core &core) { core.on_guest_parted (ref_); });
  if (std::exchange (is_part_wanted_, false))
    part ();
}

void
GuestRun::open (const JoinGuest &wish)
{
  const auto secret = places_.egos_.member_key (ref_.ego);
  if (! secret)
    return;
  const auto key
      = shell::to_gnunet<struct GNUNET_CRYPTO_EddsaPublicKey> (ref_.key);
  const auto origin
      = shell::to_gnunet<struct GNUNET_PeerIdentity> (wish.origin);
  std::vector<struct GNUNET_PeerIdentity> relays;
  for (const auto &relay : wish.relays)
    relays.push_back (shell::to_gnunet<struct GNUNET_PeerIdentity> (relay));
  slave_ = GNUNET_PSYC_slave_join (
      places_.cfg_, &key, &*secret, GNUNET_PSYC_SLAVE_JOIN_NONE,
      wish.origin.is_zero () ? nullptr : &origin,
      static_cast<std::uint32_t> (relays.size ()),
      relays.empty () ? nullptr : relays.data (), &GuestRun::on_message,
      nullptr, &GuestRun::on_connected, &GuestRun::on_decision, this,
      wish.request.empty ()
          ? nullptr
          : reinterpret_cast<const struct GNUNET_PSYC_Message *> (
              wish.request.data ()));
  if (nullptr != slave_)
    GNUNET_PSYC_slave_watch (slave_, &GuestRun::on_link, this);
}

void
GuestRun::on_connected (void *cls, int result,
                        std::uint64_t max_message_id) noexcept
{
  auto *self = static_cast<GuestRun *> (cls);
  if (GNUNET_SYSERR == result)
  {
    GNUNET_log (GNUNET_ERROR_TYPE_ERROR,
                "psyc does not open the channel of a place\n");
    return;
  }
  self->places_.door_.tell (
      [&] (Core &core)
      { core.on_guest_connected (self->ref_, max_message_id); });
  self->look_back ();
}

// What was said while we did not run is in the history only.
void
GuestRun::look_back ()
{
  look_for (closing_);
  look_for (leaves_);
  if (places_.door_.core ().has_offers (ref_))
    look_for (requests_);
}

void
GuestRun::look_for (Search &search)
{
  if (nullptr == slave_ || nullptr != search.request)
    return;
  search.request = GNUNET_PSYC_channel_history_replay_latest (
      channel (), search.count, search.method, GNUNET_PSYC_HISTORY_REPLAY_LOCAL,
      &GuestRun::on_found, nullptr, &GuestRun::on_search_end, &search);
}

void
GuestRun::end_searches ()
{
  for (Search *search : { &closing_, &leaves_, &requests_ })
    if (nullptr != search->request)
      GNUNET_PSYC_channel_history_replay_cancel (
          channel (), std::exchange (search->request, nullptr));
}

void
GuestRun::on_found (void *cls,
                    const struct GNUNET_PSYC_MessageHeader *message) noexcept
{
  static_cast<Search *> (cls)->owner->take (message);
}

void
GuestRun::on_search_end (void *cls, std::int64_t, const void *,
                         std::uint16_t) noexcept
{
  static_cast<Search *> (cls)->request = nullptr;
}

void
GuestRun::on_decision (void *cls,
                       const struct GNUNET_PSYC_JoinDecisionMessage *,
                       int is_admitted,
                       const struct GNUNET_PSYC_Message *answer) noexcept
{
  auto *self = static_cast<GuestRun *> (cls);
  if (GNUNET_SYSERR == is_admitted)
    return; // could not be decided: psyc asks again
  base::Bytes bytes;
  if (nullptr != answer)
    bytes = base::to_bytes (shell::message_bytes (&answer->header));
  self->places_.door_.tell (
      [&] (Core &core)
      {
        core.on_guest_decision (self->ref_,
                                GNUNET_YES == is_admitted ? Admission::admitted
                                                          : Admission::refused,
                                bytes);
      });
}

void
GuestRun::on_link (void *cls, enum GNUNET_MULTICAST_MemberState state) noexcept
{
  auto *self = static_cast<GuestRun *> (cls);
  self->places_.door_.tell (
      [&] (Core &core)
      { core.on_guest_state (self->ref_, static_cast<GuestState> (state)); });
}

void
GuestRun::on_message (void *cls,
                      const struct GNUNET_PSYC_MessageHeader *message) noexcept
{
  static_cast<GuestRun *> (cls)->take (message);
}

void
GuestRun::take (const struct GNUNET_PSYC_MessageHeader *message)
{
  const auto bytes = shell::message_bytes (&message->header);
  if (bytes.size () <= sizeof (*message))
    return;
  places_.door_.tell (
      [&] (Core &core)
      { core.on_message_seen (ref_, GNUNET_ntohll (message->message_id)); });
  if (0 != message->fragment_offset)
    return;
  const auto head = psyc::parse_head (bytes.subspan (sizeof (*message)));
  if (! head)
    return;
  hear (places_.door_, ref_, { GNUNET_ntohll (message->message_id) }, *head);
  if (offer_request_method == head->method)
    if (const auto key = head->find_text (offer_key_variable))
      places_.door_.tell (
          [&] (Core &core) {
            core.on_file_wanted (ref_, *key,
                                 GNUNET_ntohll (message->message_id));
          });
  if (closing_method == head->method)
    places_.door_.tell ([this] (Core &core) { core.on_place_closing (ref_); });
}

void
GuestRun::ask_info ()
{
  if (nullptr != slave_ && nullptr == info_)
    info_ = GNUNET_PSYC_channel_info_get (channel (), &GuestRun::on_info, this);
}

void
GuestRun::on_info (void *cls,
                   const struct GNUNET_PSYC_ChannelInfo *info) noexcept
{
  auto *self = static_cast<GuestRun *> (cls);
  self->info_ = nullptr;
  const ChannelInfo known = to_channel_info (*info);
  self->places_.door_.tell ([&] (Core &core)
                            { core.on_info (self->ref_, known); });
}
} // namespace social
