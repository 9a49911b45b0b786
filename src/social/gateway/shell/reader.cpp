// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/gateway/shell/reader.hpp"

#include <utility>

#include "shell/message_queue.hpp"

namespace social::gateway
{
Reader::Reader (GNUNET_SOCIAL_App *app,
                const struct GNUNET_CRYPTO_EddsaPublicKey &place,
                const Wanted &wanted, Callbacks callbacks)
    : callbacks_ (std::move (callbacks)), assembler_ (callbacks_.on_body)
{
  replay_ = GNUNET_SOCIAL_replay (
      app, &place, wanted.first, wanted.last, wanted.latest,
      wanted.method.c_str (),
      wanted.is_remote ? GNUNET_PSYC_HISTORY_REPLAY_REMOTE
                       : GNUNET_PSYC_HISTORY_REPLAY_LOCAL,
      &Reader::on_fragment, &Reader::on_replay_end, this);
}

Reader::~Reader ()
{
  if (nullptr != replay_)
    GNUNET_SOCIAL_replay_cancel (replay_);
}

void
Reader::pause ()
{
  if (nullptr != replay_ && ! std::exchange (is_paused_, true))
    GNUNET_SOCIAL_replay_pause (replay_);
}

void
Reader::resume ()
{
  if (nullptr != replay_ && std::exchange (is_paused_, false))
    GNUNET_SOCIAL_replay_resume (replay_);
}

void
Reader::on_fragment (void *cls,
                     const struct GNUNET_PSYC_MessageHeader *msg) noexcept
{
  auto *self = static_cast<Reader *> (cls);
  const auto fragment
      = view::parse_fragment (shell::message_bytes (&msg->header));
  if (! fragment)
    return;
  const auto completed = self->assembler_.take (*fragment);
  if (completed && ! completed->is_partial)
    self->callbacks_.on_message (completed->message);
}

void
Reader::on_replay_end (void *cls, std::int64_t result,
                       const char *error) noexcept
{
  auto *self = static_cast<Reader *> (cls);
  self->replay_ = nullptr;
  const auto on_end = self->callbacks_.on_end;
  if (result < 0)
    on_end (nullptr == error ? "the history cannot be read" : error);
  else
    on_end (std::nullopt);
}
} // namespace social::gateway
