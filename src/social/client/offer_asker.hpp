// SPDX-License-Identifier: AGPL-3.0-or-later
//
// From an offer to the message that is its file: one that was said already, or
// else it is asked for, and waited for. See doc/spec/files.md.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "social/client/reader.hpp"
#include "social/client/speaker.hpp"

namespace social::client
{
class OfferAsker
{
public:
  struct Callbacks
  {
    // Before each question: says as whom it is asked. Or none.
    std::function<void ()> on_asking;
    // It is known on the way: our question is on a disk.
    std::function<void ()> on_asked;
    // That message is the file, or begins to be. The last call, as the next
    // one: the asker may be destroyed in it.
    std::function<void (std::uint64_t id)> on_file;
    // It will not come. The last call.
    std::function<void (const std::string &reason)> on_failed;
  };

  OfferAsker (GNUNET_SOCIAL_App *app,
              const struct GNUNET_CRYPTO_EddsaPublicKey &place,
              const view::Message &offer, Callbacks callbacks);
  OfferAsker (const OfferAsker &) = delete;
  OfferAsker &operator= (const OfferAsker &) = delete;
  ~OfferAsker ();

private:
  void look ();
  void look_for (const char *method, std::function<void ()> or_else);
  void ask ();
  void take (const view::Fragment &fragment);
  void take_answer (const view::Message &message);
  void succeed (std::uint64_t id);
  void fail (const std::string &reason);
  void end (std::function<void ()> last);

  static void on_start (void *cls, int result, std::uint64_t,
                        std::uint64_t) noexcept;
  static void
  on_fragment (void *cls, std::uint64_t,
               const struct GNUNET_PSYC_MessageHeader *msg) noexcept;

  GNUNET_SOCIAL_App *const app_;
  const struct GNUNET_CRYPTO_EddsaPublicKey place_;
  const view::Message offer_;
  const Callbacks callbacks_;
  GNUNET_SOCIAL_Follower *follower_ = nullptr;
  view::Assembler assembler_;
  std::unique_ptr<Reader> reader_;
  std::function<void ()> next_step_;
  shell::Timer next_; // the reader is under it
  std::unique_ptr<Speaker> speaker_;
  std::function<void ()> last_;
  shell::Timer ending_;
};

} // namespace social::client
