// SPDX-License-Identifier: AGPL-3.0-or-later
//
// One replay of a place's store, put together into messages; stopped when its
// owner goes. What is asked for a message that is still arriving may wait for
// the rest of it.
#pragma once

#include <functional>
#include <memory>

#include "base/ids.hpp"
#include "shell/timer.hpp"
#include "social/view/from_gnunet.hpp"

namespace social::client
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
    // Of one message: as long as more of it comes.
    bool waits_for_rest = false;
    // Of a file that says it is larger, no body is read but for its beginning:
    // on_message gets its head, with the size that it says.
    std::uint64_t file_bytes_max = UINT64_MAX;
  };
  struct Callbacks
  {
    // Before each question: says as whom it is asked. Or none.
    std::function<void ()> on_asking;
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
  void ask ();
  void take (const view::Fragment &fragment);
  void take_body (const view::Message &message, base::ByteView bytes);
  [[nodiscard]] bool is_too_large (const view::Fragment &fragment) const;
  void skip (const view::Message &message);
  void ask_behind ();
  void end (std::optional<std::string> error);
  // Is there more to come of what has begun?
  [[nodiscard]] bool wait_for_rest ();
  static void
  on_fragment (void *cls, const struct GNUNET_PSYC_MessageHeader *msg) noexcept;
  static void on_replay_end (void *cls, std::int64_t result,
                             const char *error) noexcept;

  GNUNET_SOCIAL_App *const app_;
  const struct GNUNET_CRYPTO_EddsaPublicKey place_;
  const Wanted wanted_;
  const Callbacks callbacks_;
  view::Assembler assembler_;
  GNUNET_SOCIAL_Replay *replay_ = nullptr;
  bool is_paused_ = false;

  std::uint64_t first_;
  std::uint64_t latest_;
  std::uint64_t newest_ = 0; // of which something came
  bool is_skipping_ = false; // it is asked anew, behind a file

  // Of the one message, when its rest is waited for.
  std::uint64_t seen_ = 0;  // by this question
  std::uint64_t given_ = 0; // to the owner
  base::TimePoint asked_{};
  base::TimePoint advanced_{}; // when something was given
  shell::Timer again_;
};

// For lists: rather asked anew than read.
inline constexpr std::uint64_t listed_file_bytes_max
    = std::uint64_t{ 256 } * 1024;
} // namespace social::client
