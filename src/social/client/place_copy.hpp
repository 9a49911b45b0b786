// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A place in a file and back: psycstore's archive of its history with social's
// copy of the place in front. The file holds the place's secret.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "gnunet_psycstore_service.h"
#include "social/view/from_gnunet.hpp"

namespace social::client
{
// What a copy failed of.
enum class CopyFault
{
  service, // the social service said no
  store,   // psycstore did, or the file cannot be written
  file,    // it is no archive, or none that is whole
  note,    // it is one, of a channel without its place
};

struct CopyEnd
{
  enum GNUNET_SOCIAL_Result result = GNUNET_SOCIAL_FAILED;
  CopyFault fault = CopyFault::service; // unless the result is OK
  std::optional<std::string> reason;
  std::optional<view::Place> place; // that was put in place
  // That was here still, and stayed as it is.
  bool has_kept_history = false;
};

class PlaceCopy
{
public:
  struct Callbacks
  {
    std::function<void ()> on_progress;
    // The last call; the copy may be destroyed in it.
    std::function<void (const CopyEnd &)> on_end;
  };

  PlaceCopy (const PlaceCopy &) = delete;
  PlaceCopy &operator= (const PlaceCopy &) = delete;
  // Gives up what has not ended.
  virtual ~PlaceCopy ();

protected:
  // The file stays its owner's.
  PlaceCopy (const struct GNUNET_CONFIGURATION_Handle *cfg,
             GNUNET_SOCIAL_App *app, int fd, Callbacks callbacks);

  void end (const CopyEnd &end);
  void fail (CopyFault fault, enum GNUNET_SOCIAL_Result result,
             const char *reason);
  virtual void on_copied () = 0;

  static void on_progress (void *cls, std::uint64_t, std::uint64_t) noexcept;
  static void on_archive_end (void *cls, std::int64_t result, const char *why,
                              std::uint16_t) noexcept;

  GNUNET_SOCIAL_App *const app_;
  const int fd_;
  const Callbacks callbacks_;
  struct GNUNET_PSYCSTORE_Handle *const store_;
  struct GNUNET_PSYCSTORE_Archive *archive_ = nullptr;
  struct GNUNET_SOCIAL_Query *query_ = nullptr;
};

// An own place, into the file from where that stands.
class PlaceExport final : public PlaceCopy
{
public:
  PlaceExport (const struct GNUNET_CONFIGURATION_Handle *cfg,
               GNUNET_SOCIAL_App *app,
               const struct GNUNET_CRYPTO_EddsaPublicKey &place, int fd,
               Callbacks callbacks);

private:
  static void on_copy (void *cls, enum GNUNET_SOCIAL_Result result,
                       const void *data, std::uint16_t size,
                       const char *text) noexcept;
  void on_copied () override;

  const struct GNUNET_CRYPTO_EddsaPublicKey place_;
};

// Out of a file, read from its beginning: all of it or nothing. What is here
// already is never touched.
class PlaceImport final : public PlaceCopy
{
public:
  // `ego` hosts it; NULL: the one that the copy names.
  PlaceImport (const struct GNUNET_CONFIGURATION_Handle *cfg,
               GNUNET_SOCIAL_App *app, const GNUNET_SOCIAL_Ego *ego, int fd,
               Callbacks callbacks);
  ~PlaceImport () override;

  // Reads the file through, which blocks. May end at once.
  void start ();

private:
  void restore (std::uint32_t flags);
  static void on_restored (void *cls, enum GNUNET_SOCIAL_Result result,
                           const struct GNUNET_SOCIAL_PlaceInfo *place,
                           const char *text) noexcept;
  void look_for_history ();
  static void
  on_channel (void *cls,
              const struct GNUNET_PSYCSTORE_ChannelInfo *channel) noexcept;
  static void on_channels_end (void *cls, std::int64_t result, const char *why,
                               std::uint16_t) noexcept;
  void on_copied () override;

  const GNUNET_SOCIAL_Ego *const ego_;
  struct GNUNET_PSYCSTORE_ArchiveInfo info_ = {};
  bool is_trial_ = true;
  bool has_history_ = false;
};
} // namespace social::client
