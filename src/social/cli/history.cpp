// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/cli/history.hpp"

#include "shell/message_queue.hpp"

namespace social::cli
{
History::History (Session &session, const Place &place, const Wanted &wanted,
                  Callbacks callbacks)
    : session_ (session), callbacks_ (std::move (callbacks)),
      assembler_ (callbacks_.on_body)
{
  replay_ = GNUNET_SOCIAL_replay (
      session.app (), &place.key, wanted.first, wanted.last, wanted.latest,
      wanted.method.c_str (), wanted.flags, &History::on_fragment,
      &History::on_end, this);
}

void
History::cancel ()
{
  if (nullptr != replay_)
    GNUNET_SOCIAL_replay_cancel (std::exchange (replay_, nullptr));
}

void
History::on_fragment (void *cls,
                      const struct GNUNET_PSYC_MessageHeader *msg) noexcept
{
  auto *self = static_cast<History *> (cls);
  self->session_.progress ();
  const auto fragment = parse_fragment (shell::message_bytes (&msg->header));
  if (! fragment)
    return;
  const auto completed = self->assembler_.take (*fragment);
  if (completed && ! completed->is_partial)
    self->callbacks_.on_message (completed->message);
}

void
History::on_end (void *cls, std::int64_t result, const char *error) noexcept
{
  auto *self = static_cast<History *> (cls);
  self->replay_ = nullptr;
  // The callback may free us.
  const auto on_end = self->callbacks_.on_end;
  on_end (result < 0 ? (nullptr == error ? "" : error) : nullptr);
}
} // namespace social::cli
