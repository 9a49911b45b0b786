// SPDX-License-Identifier: AGPL-3.0-or-later
#include "multicast/classic_replay.hpp"

namespace multicast::api
{
namespace
{
// Asks the client for one.
using AskOne = std::function<void (std::uint64_t,
                                   struct GNUNET_MULTICAST_ReplayHandle *)>;

struct OneByOne
{
  struct GNUNET_MULTICAST_ReplayHandle *whole;
  std::uint64_t next;
  std::uint64_t last;
  AskOne ask;
  // Of what was asked for last; as long as nothing was given.
  enum GNUNET_MULTICAST_ReplayErrorCode code = GNUNET_MULTICAST_REC_NOT_FOUND;
  bool has_answered = false;
  std::unique_ptr<shell::Timer> step;
};

void
replay_next (const std::shared_ptr<OneByOne> &loop)
{
  Endpoint *const endpoint = loop->whole->endpoint;
  if (loop->next > loop->last)
  {
    endpoint->end_replay (
        loop->whole, loop->has_answered ? GNUNET_MULTICAST_REC_OK : loop->code);
    return;
  }
  auto *one = endpoint->new_replay (
      [loop] (const struct GNUNET_MessageHeader *fragment)
      {
        loop->has_answered = true;
        loop->whole->on_fragment (fragment);
      },
      [loop] (enum GNUNET_MULTICAST_ReplayErrorCode code)
      {
        if (GNUNET_MULTICAST_REC_OK != code)
          loop->code = code;
        loop->step->arm_now ();
      });
  loop->ask (loop->next++, one);
}

void
replay_one_by_one (struct GNUNET_MULTICAST_ReplayHandle *whole,
                   std::uint64_t first, std::uint64_t last, AskOne ask)
{
  auto loop = std::make_shared<OneByOne> ();
  loop->whole = whole;
  loop->next = first;
  loop->last = last;
  loop->ask = std::move (ask);
  std::weak_ptr<OneByOne> weak = loop;
  loop->step = std::make_unique<shell::Timer> (
      [weak]
      {
        if (auto alive = weak.lock ())
          replay_next (alive);
      });
  // The handle of the whole owns the loop: both go together.
  auto end = std::move (whole->on_end);
  whole->on_end =
      [loop, end = std::move (end)] (enum GNUNET_MULTICAST_ReplayErrorCode code)
  { end (code); };
  loop->step->arm_now ();
}
} // namespace

void
ClassicReplay::answer (const struct GNUNET_CRYPTO_EcdsaPublicKey &reader,
                       enum GNUNET_MULTICAST_ReplayUnit unit,
                       std::uint64_t first, std::uint64_t last,
                       struct GNUNET_MULTICAST_ReplayHandle *whole) const
{
  const bool is_by_message = GNUNET_MULTICAST_REPLAY_MESSAGES == unit;
  if (is_by_message ? nullptr == message : nullptr == fragment)
  {
    GNUNET_MULTICAST_replay_response (whole, nullptr,
                                      GNUNET_MULTICAST_REC_NOT_FOUND);
    return;
  }
  replay_one_by_one (
      whole, first, last,
      [self = *this, reader, is_by_message,
       detail = whole->detail] (std::uint64_t id, auto *one)
      {
        if (is_by_message)
          self.message (self.cls, &reader, id, detail.fragment_offset,
                        detail.flags, one);
        else
          self.fragment (self.cls, &reader, id, detail.flags, one);
      });
}
} // namespace multicast::api
