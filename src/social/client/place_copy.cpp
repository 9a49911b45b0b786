// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/client/place_copy.hpp"

#include <cstring>

namespace social::client
{
PlaceCopy::PlaceCopy (const struct GNUNET_CONFIGURATION_Handle *cfg,
                      GNUNET_SOCIAL_App *app, int fd, Callbacks callbacks)
    : app_ (app), fd_ (fd), callbacks_ (std::move (callbacks)),
      store_ (GNUNET_PSYCSTORE_connect (cfg))
{}

PlaceCopy::~PlaceCopy ()
{
  if (nullptr != query_)
    GNUNET_SOCIAL_query_cancel (query_);
  if (nullptr != archive_)
    GNUNET_PSYCSTORE_archive_cancel (archive_);
  if (nullptr != store_)
    GNUNET_PSYCSTORE_disconnect (store_);
}

void
PlaceCopy::end (const CopyEnd &end)
{
  const auto on_end = callbacks_.on_end; // it may free us
  on_end (end);
}

void
PlaceCopy::fail (CopyFault fault, enum GNUNET_SOCIAL_Result result,
                 const char *reason)
{
  end ({ result, fault, view::optional_text (reason), {}, false });
}

void
PlaceCopy::on_progress (void *cls, std::uint64_t, std::uint64_t) noexcept
{
  static_cast<PlaceCopy *> (cls)->callbacks_.on_progress ();
}

void
PlaceCopy::on_archive_end (void *cls, std::int64_t result, const char *why,
                           std::uint16_t) noexcept
{
  auto *self = static_cast<PlaceCopy *> (cls);
  self->archive_ = nullptr;
  if (GNUNET_OK == result)
    self->on_copied ();
  else
    self->fail (CopyFault::store, GNUNET_SOCIAL_FAILED, why);
}

// ------------------------------------------------------------- into a file

PlaceExport::PlaceExport (const struct GNUNET_CONFIGURATION_Handle *cfg,
                          GNUNET_SOCIAL_App *app,
                          const struct GNUNET_CRYPTO_EddsaPublicKey &place,
                          int fd, Callbacks callbacks)
    : PlaceCopy (cfg, app, fd, std::move (callbacks)), place_ (place)
{
  query_
      = GNUNET_SOCIAL_copy_place (app_, &place_, &PlaceExport::on_copy, this);
}

void
PlaceExport::on_copy (void *cls, enum GNUNET_SOCIAL_Result result,
                      const void *data, std::uint16_t size,
                      const char *text) noexcept
{
  auto *self = static_cast<PlaceExport *> (cls);
  self->query_ = nullptr;
  if (GNUNET_SOCIAL_OK != result || nullptr == data)
    return self->fail (CopyFault::service, result, text);
  self->archive_ = GNUNET_PSYCSTORE_archive_write (
      self->store_, &self->place_, self->fd_, data, size,
      &PlaceExport::on_progress, &PlaceExport::on_archive_end, self);
}

void
PlaceExport::on_copied ()
{
  end ({ GNUNET_SOCIAL_OK, CopyFault::service, {}, {}, false });
}

// ----------------------------------------------------------- out of a file

PlaceImport::PlaceImport (const struct GNUNET_CONFIGURATION_Handle *cfg,
                          GNUNET_SOCIAL_App *app, const GNUNET_SOCIAL_Ego *ego,
                          int fd, Callbacks callbacks)
    : PlaceCopy (cfg, app, fd, std::move (callbacks)), ego_ (ego)
{}

PlaceImport::~PlaceImport () { GNUNET_free (info_.note); }

void
PlaceImport::start ()
{
  if (char *why = GNUNET_PSYCSTORE_archive_inspect (fd_, &info_))
  {
    const std::string reason = why;
    GNUNET_free (why);
    return fail (CopyFault::file, GNUNET_SOCIAL_FAILED, reason.c_str ());
  }
  if (nullptr == info_.note || info_.note_size > UINT16_MAX)
    return fail (CopyFault::note, GNUNET_SOCIAL_FAILED, nullptr);
  restore (GNUNET_SOCIAL_RESTORE_TRIAL);
}

void
PlaceImport::restore (std::uint32_t flags)
{
  is_trial_ = 0 != (flags & GNUNET_SOCIAL_RESTORE_TRIAL);
  query_ = GNUNET_SOCIAL_restore_place (
      app_, ego_, info_.note, static_cast<std::uint16_t> (info_.note_size),
      flags, &PlaceImport::on_restored, this);
  if (nullptr == query_)
    fail (CopyFault::note, GNUNET_SOCIAL_FAILED, nullptr);
}

void
PlaceImport::on_restored (void *cls, enum GNUNET_SOCIAL_Result result,
                          const struct GNUNET_SOCIAL_PlaceInfo *place,
                          const char *text) noexcept
{
  auto *self = static_cast<PlaceImport *> (cls);
  self->query_ = nullptr;
  if (GNUNET_SOCIAL_OK != result || (! self->is_trial_ && nullptr == place))
    return self->fail (
        CopyFault::service,
        GNUNET_SOCIAL_OK == result ? GNUNET_SOCIAL_FAILED : result, text);
  if (self->is_trial_)
    return self->look_for_history ();
  self->end ({ GNUNET_SOCIAL_OK,
               CopyFault::service,
               {},
               view::to_place (*place),
               self->has_history_ });
}

// Where only the place was lost its history is here still, and stays as it is.
void
PlaceImport::look_for_history ()
{
  GNUNET_PSYCSTORE_channel_list (store_, &PlaceImport::on_channel,
                                 &PlaceImport::on_channels_end, this);
}

void
PlaceImport::on_channel (
    void *cls, const struct GNUNET_PSYCSTORE_ChannelInfo *channel) noexcept
{
  auto *self = static_cast<PlaceImport *> (cls);
  if (0
      == std::memcmp (&channel->channel_key, &self->info_.channel_key,
                      sizeof (channel->channel_key)))
    self->has_history_ = true;
}

void
PlaceImport::on_channels_end (void *cls, std::int64_t result, const char *why,
                              std::uint16_t) noexcept
{
  auto *self = static_cast<PlaceImport *> (cls);
  if (result < 0)
    return self->fail (CopyFault::store, GNUNET_SOCIAL_FAILED, why);
  if (self->has_history_)
    return self->on_copied ();
  self->archive_ = GNUNET_PSYCSTORE_archive_read (
      self->store_, self->fd_, &PlaceImport::on_progress,
      &PlaceImport::on_archive_end, self);
}

void
PlaceImport::on_copied ()
{
  callbacks_.on_progress ();
  restore (0);
}
} // namespace social::client
