// SPDX-License-Identifier: AGPL-3.0-or-later
//
// One replay of a place's store, put together into messages.
#pragma once

#include <functional>
#include <string>

#include "base/ids.hpp"
#include "social/cli/session.hpp"

namespace social::cli
{
class History
{
public:
  struct Wanted
  {
    std::uint64_t first = 1;
    std::uint64_t last = base::id_max;
    std::uint64_t latest = 0;
    std::string method;
    std::uint32_t flags = GNUNET_PSYC_HISTORY_REPLAY_LOCAL;
  };
  struct Callbacks
  {
    std::function<void (const Message &, base::ByteView)> on_body;
    std::function<void (const Message &)> on_message;
    // NULL: fine.
    std::function<void (const char *error)> on_end;
  };

  History (Session &session, const Place &place, const Wanted &wanted,
           Callbacks callbacks);
  History (const History &) = delete;
  History &operator= (const History &) = delete;

  // Not from its own on_end; the session's end frees the replay, too.
  void cancel ();

private:
  static void
  on_fragment (void *cls, const struct GNUNET_PSYC_MessageHeader *msg) noexcept;
  static void on_end (void *cls, std::int64_t result,
                      const char *error) noexcept;

  Session &session_;
  const Callbacks callbacks_;
  Assembler assembler_;
  GNUNET_SOCIAL_Replay *replay_ = nullptr;
};
} // namespace social::cli
