// SPDX-License-Identifier: AGPL-3.0-or-later
//
// One replay of a place's store, put together into messages; stopped when its
// owner goes.
#pragma once

#include <functional>
#include <memory>

#include "base/ids.hpp"
#include "social/view/from_gnunet.hpp"

namespace social::gateway
{
class Reader
{
public:
  struct Wanted
  {
    std::uint64_t first = 1;
    std::uint64_t last = base::id_max;
    std::uint64_t latest = 0; // not 0: only the newest so many
    std::string method;
    bool is_remote = false; // fetch what is not here
  };
  struct Callbacks
  {
    // Bytes of a body as they come, of the message so far; may be empty.
    std::function<void (const view::Message &, base::ByteView)> on_body;
    std::function<void (const view::Message &)> on_message;
    // Nothing: fine. The reader may be destroyed in it.
    std::function<void (std::optional<std::string> error)> on_end;
  };

  Reader (GNUNET_SOCIAL_App *app,
          const struct GNUNET_CRYPTO_EddsaPublicKey &place,
          const Wanted &wanted, Callbacks callbacks);
  Reader (const Reader &) = delete;
  Reader &operator= (const Reader &) = delete;
  ~Reader ();

  void pause ();
  void resume ();

private:
  static void
  on_fragment (void *cls, const struct GNUNET_PSYC_MessageHeader *msg) noexcept;
  static void on_replay_end (void *cls, std::int64_t result,
                             const char *error) noexcept;

  const Callbacks callbacks_;
  view::Assembler assembler_;
  GNUNET_SOCIAL_Replay *replay_ = nullptr;
  bool is_paused_ = false;
};
} // namespace social::gateway
