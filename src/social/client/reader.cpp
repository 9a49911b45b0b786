// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/client/reader.hpp"

#include <algorithm>
#include <utility>

#include "psyc/message/names.hpp"
#include "shell/keys.hpp"
#include "shell/message_queue.hpp"

namespace social::client
{
namespace
{
// Between two looks at a message that is arriving.
constexpr base::Duration pause_min = base::seconds (1);
// Nothing came for so long: it is asked for elsewhere, too, ...
constexpr base::Duration fetch_again_after = base::seconds (5);
// ... and for so long: no more will.
constexpr base::Duration patience = base::seconds (60);
} // namespace

Reader::Reader (GNUNET_SOCIAL_App *app,
                const struct GNUNET_CRYPTO_EddsaPublicKey &place,
                const Wanted &wanted, Callbacks callbacks)
    : app_ (app), place_ (place), wanted_ (wanted),
      callbacks_ (std::move (callbacks)), first_ (wanted.first),
      latest_ (wanted.latest),
      again_ ([this] { is_skipping_ ? ask_behind () : ask (); })
{
  advanced_ = ::shell::now ();
  ask ();
}

void
Reader::ask ()
{
  asked_ = ::shell::now ();
  seen_ = 0;
  if (callbacks_.on_body)
    assembler_ = view::Assembler (
        [this] (const view::Message &message, base::ByteView bytes)
        { take_body (message, bytes); });
  else
    assembler_ = view::Assembler ();
  if (callbacks_.on_asking)
    callbacks_.on_asking ();
  // What has begun to come comes by itself.
  const bool is_remote
      = wanted_.is_remote
        && (0 == given_ || asked_ - advanced_ >= fetch_again_after);
  replay_ = GNUNET_SOCIAL_replay (
      app_, &place_, first_, wanted_.last, latest_, wanted_.method.c_str (),
      is_remote ? GNUNET_PSYC_HISTORY_REPLAY_REMOTE
                : GNUNET_PSYC_HISTORY_REPLAY_LOCAL,
      &Reader::on_fragment, &Reader::on_replay_end, this);
  if (is_paused_)
    GNUNET_SOCIAL_replay_pause (replay_);
}

Reader::~Reader ()
{
  if (nullptr != replay_)
    GNUNET_SOCIAL_replay_cancel (replay_);
}

void
Reader::pause ()
{
  if (! std::exchange (is_paused_, true) && nullptr != replay_)
    GNUNET_SOCIAL_replay_pause (replay_);
}

void
Reader::resume ()
{
  if (! std::exchange (is_paused_, false))
    return;
  if (is_skipping_)
    again_.arm_now ();
  else if (nullptr != replay_)
    GNUNET_SOCIAL_replay_resume (replay_);
}

void
Reader::take_body (const view::Message &message, base::ByteView bytes)
{
  if (! wanted_.waits_for_rest)
    return callbacks_.on_body (message, bytes);
  const std::uint64_t here = seen_;
  seen_ += bytes.size ();
  if (seen_ <= given_)
    return;
  const std::uint64_t known = given_ - std::min (given_, here);
  given_ = seen_;
  advanced_ = ::shell::now ();
  callbacks_.on_body (message,
                      bytes.subspan (static_cast<std::size_t> (known)));
}

bool
Reader::wait_for_rest ()
{
  if (! wanted_.waits_for_rest || 0 == assembler_.open_count ())
    return false;
  const base::TimePoint now = ::shell::now ();
  if (now - advanced_ >= patience)
    return false;
  // All of it is read anew each time: the more there is, the less often.
  again_.arm_in (std::max (pause_min, (now - asked_) * 4));
  return true;
}

// Of no other message has begun anything that would be lost, or come twice, by
// asking behind this one.
bool
Reader::is_too_large (const view::Fragment &fragment) const
{
  const view::Message *const message = assembler_.begun (fragment.message_id);
  return nullptr != message && psyc::is_a (message->method, "_file")
         && message->body_size > 0 && fragment.message_id == newest_
         && 1 == assembler_.open_count ()
         && view::file_size (*message).value_or (0) > wanted_.file_bytes_max;
}

void
Reader::skip (const view::Message &message)
{
  is_skipping_ = true;
  first_ = message.id + 1;
  latest_ = 0; // this was one of them
  GNUNET_SOCIAL_replay_pause (replay_);
  again_.arm_now (); // the replay is under us
  view::Message head = message;
  head.body_size = view::file_size (message).value_or (message.body_size);
  callbacks_.on_message (head);
}

void
Reader::ask_behind ()
{
  if (nullptr != replay_)
    GNUNET_SOCIAL_replay_cancel (std::exchange (replay_, nullptr));
  if (is_paused_)
    return; // resume goes on
  is_skipping_ = false;
  if (first_ > wanted_.last)
    return end (std::nullopt);
  ask ();
}

void
Reader::take (const view::Fragment &fragment)
{
  if (is_skipping_)
    return;
  newest_ = std::max (newest_, fragment.message_id);
  const auto completed = assembler_.take (fragment);
  if (completed && ! completed->is_partial)
    callbacks_.on_message (completed->message);
  else if (! completed && is_too_large (fragment))
    skip (*assembler_.begun (fragment.message_id));
}

void
Reader::on_fragment (void *cls,
                     const struct GNUNET_PSYC_MessageHeader *msg) noexcept
{
  const auto fragment
      = view::parse_fragment (shell::message_bytes (&msg->header));
  if (fragment)
    static_cast<Reader *> (cls)->take (*fragment);
}

void
Reader::on_replay_end (void *cls, std::int64_t result,
                       const char *error) noexcept
{
  auto *self = static_cast<Reader *> (cls);
  self->replay_ = nullptr;
  if (self->is_skipping_)
    return;
  if (result < 0)
    self->end (nullptr == error ? "the history cannot be read" : error);
  else if (! self->wait_for_rest ())
    self->end (std::nullopt);
}

void
Reader::end (std::optional<std::string> error)
{
  const auto on_end = callbacks_.on_end; // it may destroy us
  on_end (std::move (error));
}
} // namespace social::client
