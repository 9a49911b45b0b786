// SPDX-License-Identifier: AGPL-3.0-or-later
//
// One place that we are a guest in, over psyc: its slave handle.
//
//   idle -> joined -> parting -> idle; a join while parting waits for its end.
#pragma once

#include "social/shell/places.hpp"

namespace social
{
class GuestRun
{
public:
  GuestRun (Places &places, const PlaceRef &ref);
  ~GuestRun ();
  GuestRun (const GuestRun &) = delete;
  GuestRun &operator= (const GuestRun &) = delete;

  void join (const JoinGuest &wish);
  void part ();
  void ask_info ();

  [[nodiscard]] struct GNUNET_PSYC_Channel *
  channel () const
  {
    return nullptr == slave_ ? nullptr : GNUNET_PSYC_slave_get_channel (slave_);
  }

private:
  enum class Letting : std::uint8_t
  {
    none,
    go_anew, // to join again with another request
    go,      // for good
  };

  void open (const JoinGuest &wish);
  void let_go (Letting letting);
  void on_let_go ();
  // For the newest messages of a method that are here, after a start.
  struct Search
  {
    GuestRun *owner;
    const char *method;
    std::uint64_t count;
    struct GNUNET_PSYC_HistoryRequest *request = nullptr;
  };

  void look_back ();
  void look_for (Search &search);
  void end_searches ();
  void take (const struct GNUNET_PSYC_MessageHeader *message);

  static void on_part_done (void *cls) noexcept;
  static void on_connected (void *cls, int result,
                            std::uint64_t max_message_id) noexcept;
  static void on_decision (void *cls,
                           const struct GNUNET_PSYC_JoinDecisionMessage *,
                           int is_admitted,
                           const struct GNUNET_PSYC_Message *answer) noexcept;
  static void on_link (void *cls,
                       enum GNUNET_MULTICAST_MemberState state) noexcept;
  static void
  on_message (void *cls,
              const struct GNUNET_PSYC_MessageHeader *message) noexcept;
  static void
  on_found (void *cls,
            const struct GNUNET_PSYC_MessageHeader *message) noexcept;
  static void on_search_end (void *cls, std::int64_t, const void *,
                             std::uint16_t) noexcept;
  static void on_info (void *cls,
                       const struct GNUNET_PSYC_ChannelInfo *info) noexcept;

  Places &places_;
  const PlaceRef ref_;
  struct GNUNET_PSYC_Slave *slave_ = nullptr;
  Letting letting_ = Letting::none;
  std::optional<JoinGuest> wanted_; // to be opened when let go
  bool is_part_wanted_ = false;     // after that
  Search closing_;
  Search leaves_;
  Search requests_;
  struct GNUNET_PSYC_InfoRequest *info_ = nullptr;
};
} // namespace social
