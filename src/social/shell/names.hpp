// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Names in GNUnet: records of our own zones (namestore), names that we gave
// to others (zone monitors), and look-ups of PLACE records (GNS).
#pragma once

#include <deque>
#include <map>
#include <memory>

#include "shell/timer.hpp"
#include "social/core/record_merge.hpp"
#include "social/shell/egos.hpp"

namespace social
{
class Names
{
public:
  Names (const struct GNUNET_CONFIGURATION_Handle *cfg, CoreDoor &door,
         const Egos &egos);
  ~Names ();
  Names (const Names &) = delete;
  Names &operator= (const Names &) = delete;

  void store (const StoreRecord &wish);
  void look_up (const LookUp &wish);
  void cancel_look_up (std::uint64_t id);
  // Hear of the names in this ego's zone from now on.
  void watch_zone (const base::MemberKey &ego);

private:
  struct Search
  {
    Names *owner = nullptr;
    std::uint64_t id = 0;
    std::string password;
    struct GNUNET_GNS_LookupRequest *request = nullptr;
  };
  struct Watch
  {
    Names *owner = nullptr;
    base::MemberKey ego;
    struct GNUNET_NAMESTORE_ZoneMonitor *monitor = nullptr;
  };

  void next_store ();
  void write (const std::vector<LabelRecord> &there);
  void end_store (const std::optional<std::string> &error);

  static void on_records (void *cls,
                          const struct GNUNET_IDENTITY_PrivateKey *zone,
                          const char *label, unsigned int count,
                          const struct GNUNET_GNSRECORD_Data *records) noexcept;
  static void on_records_error (void *cls) noexcept;
  static void on_written (void *cls, enum GNUNET_ErrorCode code) noexcept;
  static void on_found (void *cls, std::uint32_t count,
                        const struct GNUNET_GNSRECORD_Data *records) noexcept;
  static void on_watched (void *cls,
                          const struct GNUNET_IDENTITY_PrivateKey *zone,
                          const char *label, unsigned int count,
                          const struct GNUNET_GNSRECORD_Data *records) noexcept;
  static void
  ignore (void *) noexcept
  {}

  const struct GNUNET_CONFIGURATION_Handle *cfg_;
  CoreDoor &door_;
  const Egos &egos_;
  struct GNUNET_NAMESTORE_Handle *namestore_;
  struct GNUNET_GNS_Handle *gns_;
  // One after the other, as each reads the label before it writes.
  std::deque<StoreRecord> stores_;
  struct GNUNET_NAMESTORE_QueueEntry *entry_ = nullptr;
  bool is_storing_ = false;
  shell::Timer patience_;
  std::map<std::uint64_t, std::unique_ptr<Search>> searches_;
  std::map<base::MemberKey, std::unique_ptr<Watch>> watches_;
};
} // namespace social
