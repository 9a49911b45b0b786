// SPDX-License-Identifier: AGPL-3.0-or-later
//
// libgnunetsocial: followers and replays. What comes is acknowledged after the
// callback returned; a paused reader keeps what was under way (at most a
// window) and acknowledges nothing. After a reconnect each asks for what
// follows its last delivered fragment.
#include "social/social_api.hpp"

#include <algorithm>
#include <cstring>

#include "base/interval_set.hpp"
#include "psyc/message/parts.hpp"

using namespace social;
using namespace social::api;

namespace
{
// Acknowledged in lumps; with the largest message still within the window.
constexpr std::size_t acknowledge_bytes = window_bytes / 4;

[[nodiscard]] const struct GNUNET_PSYC_MessageHeader *
psyc_header (const SocialFragment &fragment)
{
  return reinterpret_cast<const struct GNUNET_PSYC_MessageHeader *> (
      fragment.message.bytes.data ());
}

[[nodiscard]] bool
is_psyc_message (const base::Bytes &bytes)
{
  struct GNUNET_MessageHeader header;
  if (bytes.size () < sizeof (struct GNUNET_PSYC_MessageHeader))
    return false;
  std::memcpy (&header, bytes.data (), sizeof (header));
  return ntohs (header.size) == bytes.size ();
}

[[nodiscard]] base::ByteView
parts_of (const SocialFragment &fragment)
{
  return base::ByteView (fragment.message.bytes)
      .subspan (sizeof (struct GNUNET_PSYC_MessageHeader));
}

// Do the parts end their message?
[[nodiscard]] bool
is_last_fragment (const SocialFragment &fragment)
{
  psyc::PartReader reader (parts_of (fragment));
  bool is_end = false;
  while (const auto part = reader.next ())
    is_end = std::holds_alternative<psyc::EndPart> (*part)
             || std::holds_alternative<psyc::CancelPart> (*part);
  return is_end;
}
} // namespace

namespace social::api
{
Reader::Reader (GNUNET_SOCIAL_App &app, std::uint64_t id)
    : app_ (app), id_ (id), wake_ ([this] { deliver_waiting (); })
{}

void
Reader::on_link_up ()
{
  waiting_.clear ();
  waiting_bytes_ = 0;
  unacknowledged_ = 0;
  ask ();
}

bool
Reader::on_message (SocialFollowing message)
{
  return take (std::move (message), 0);
}

bool
Reader::on_message (SocialFragment message)
{
  if (! is_psyc_message (message.message.bytes))
    return false;
  const std::size_t bytes = message.message.bytes.size ();
  return take (std::move (message), bytes);
}

bool
Reader::on_message (SocialGap message)
{
  return take (std::move (message), 0);
}

bool
Reader::on_message (SocialReplayEnd message)
{
  return take (std::move (message), 0);
}

bool
Reader::take (Item item, std::size_t bytes)
{
  // One message may exceed what was left of the window.
  if (waiting_bytes_ > window_bytes || waiting_.size () > window_bytes)
    return false;
  waiting_.push_back (std::move (item));
  waiting_bytes_ += bytes;
  if (! is_delivering_)
    deliver_waiting ();
  return true;
}

void
Reader::deliver_waiting ()
{
  is_delivering_ = true;
  while (! is_dead_ && ! is_paused_ && ! waiting_.empty ())
  {
    const Item item = std::move (waiting_.front ());
    waiting_.pop_front ();
    const auto *fragment = std::get_if<SocialFragment> (&item);
    const std::size_t bytes
        = nullptr == fragment ? 0 : fragment->message.bytes.size ();
    waiting_bytes_ -= bytes;
    std::visit ([this] (const auto &message) { deliver (message); }, item);
    if (! is_dead_)
      acknowledge (bytes);
  }
  is_delivering_ = false;
}

void
Reader::acknowledge (std::size_t bytes)
{
  unacknowledged_ += bytes;
  if (unacknowledged_ < acknowledge_bytes)
    return;
  app_.send (AppReadAck{ id_, static_cast<std::uint32_t> (unacknowledged_) });
  unacknowledged_ = 0;
}

void
Reader::pause ()
{
  is_paused_ = true;
  wake_.disarm ();
}

void
Reader::resume ()
{
  is_paused_ = false;
  if (! waiting_.empty () && ! is_dead_)
    wake_.arm_now ();
}

void
Reader::finish ()
{
  is_dead_ = true;
  wake_.disarm ();
  app_.remove_reader (id_);
}

void
Reader::stop ()
{
  if (is_dead_)
    return;
  app_.send (AppReadStop{ id_ });
  finish ();
}
} // namespace social::api

void
GNUNET_SOCIAL_App::add (std::shared_ptr<Reader> reader)
{
  Reader *raw = reader.get ();
  readers_.emplace (raw->id (), std::move (reader));
  raw->ask ();
}

void
GNUNET_SOCIAL_App::remove_reader (std::uint64_t id)
{
  auto it = readers_.find (id);
  if (it == readers_.end ())
    return;
  const auto keep = std::move (it->second);
  readers_.erase (it);
  if (! is_closing_)
  {
    defer ([keep] {});
    return;
  }
  // Whoever stands on it now is done when this runs.
  GNUNET_SCHEDULER_add_now (
      [] (void *cls) noexcept
      { delete static_cast<std::shared_ptr<Reader> *> (cls); },
      new std::shared_ptr<Reader> (keep));
}

// --------------------------------------------------------------- follower

struct GNUNET_SOCIAL_Follower final : public Reader
{
  GNUNET_SOCIAL_Follower (GNUNET_SOCIAL_App &app, PlaceRef place,
                          std::uint64_t after,
                          GNUNET_SOCIAL_FollowStartCallback start_cb,
                          GNUNET_SOCIAL_FollowFragmentCallback fragment_cb,
                          GNUNET_SOCIAL_FollowGapCallback gap_cb, void *cls)
      : Reader (app, app.next_id ()), place_ (place), after_ (after),
        start_cb_ (start_cb), fragment_cb_ (fragment_cb), gap_cb_ (gap_cb),
        cls_ (cls)
  {}

  void
  ask () override
  {
    app_.send (AppFollow{ id (), place_, after_ });
  }

private:
  void
  deliver (const SocialFollowing &message) override
  {
    const bool has_failed = (GNUNET_SYSERR == message.result);
    if (is_started_ && ! has_failed)
      return; // after a reconnect
    is_started_ = true;
    if (has_failed)
      finish ();
    else if (UINT64_MAX == after_)
      after_ = message.head_fragment_id;
    if (nullptr != start_cb_)
      start_cb_ (cls_, message.result, message.head_fragment_id,
                 message.max_message_id);
  }

  void
  deliver (const SocialFragment &message) override
  {
    if (UINT64_MAX != after_ && message.fragment_id <= after_)
      return;
    after_ = message.fragment_id;
    fragment_cb_ (cls_, message.fragment_id, psyc_header (message));
  }

  void
  deliver (const SocialGap &message) override
  {
    if (UINT64_MAX != after_ && message.last <= after_)
      return;
    const std::uint64_t first = UINT64_MAX == after_
                                    ? message.first
                                    : std::max (message.first, after_ + 1);
    after_ = message.last;
    if (nullptr != gap_cb_)
      gap_cb_ (cls_, first, message.last);
  }

  const PlaceRef place_;
  std::uint64_t after_; // last delivered; UINT64_MAX: from now
  bool is_started_ = false;
  const GNUNET_SOCIAL_FollowStartCallback start_cb_;
  const GNUNET_SOCIAL_FollowFragmentCallback fragment_cb_;
  const GNUNET_SOCIAL_FollowGapCallback gap_cb_;
  void *const cls_;
};

// ----------------------------------------------------------------- replay

struct GNUNET_SOCIAL_Replay final : public Reader
{
  GNUNET_SOCIAL_Replay (GNUNET_SOCIAL_App &app, AppReplay wanted,
                        GNUNET_SOCIAL_ReplayMessageCallback message_cb,
                        GNUNET_SOCIAL_ReplayEndCallback end_cb, void *cls)
      : Reader (app, app.next_id ()), wanted_ (std::move (wanted)),
        message_cb_ (message_cb), end_cb_ (end_cb), cls_ (cls)
  {}

  void
  ask () override
  {
    AppReplay message = wanted_;
    message.reader_id = id ();
    if (const auto first = resume_id ())
    {
      message.first_message_id = *first;
      if (0 != wanted_.latest)
        message.last_message_id = base::id_max;
      message.latest = 0;
    }
    if (message.first_message_id > message.last_message_id
        && 0 == message.latest)
      message.last_message_id = message.first_message_id; // all had: an end
    app_.send (message);
  }

private:
  // The first message that was not delivered whole, if any was begun.
  [[nodiscard]] std::optional<std::uint64_t>
  resume_id () const
  {
    if (! open_.empty ())
      return open_.begin ()->first;
    if (const auto last = done_.highest ())
      return *last + 1;
    return std::nullopt;
  }

  [[nodiscard]] bool
  is_beyond_latest (std::uint64_t message_id) const
  {
    return 0 != wanted_.latest && count_ >= wanted_.latest
           && ! open_.contains (message_id);
  }

  void
  deliver (const SocialFragment &message) override
  {
    const auto *header = psyc_header (message);
    const std::uint64_t id = GNUNET_ntohll (header->message_id);
    const std::uint64_t offset = GNUNET_ntohll (header->fragment_offset);
    if (done_.contains (id) || is_beyond_latest (id))
      return;
    if (0 == wanted_.latest && id > wanted_.last_message_id)
      return;
    auto it = open_.find (id);
    if (it == open_.end ())
    {
      it = open_.emplace (id, 0).first;
      count_++;
    }
    if (offset < it->second)
      return; // had before the reconnect
    it->second = offset + parts_of (message).size ();
    if (is_last_fragment (message))
    {
      open_.erase (it);
      done_.add (id);
    }
    message_cb_ (cls_, header);
  }

  void
  deliver (const SocialReplayEnd &message) override
  {
    const bool has_failed = message.result < 0;
    const auto result = has_failed ? std::int64_t{ GNUNET_SYSERR }
                                   : static_cast<std::int64_t> (count_);
    finish ();
    end_cb_ (cls_, result, has_failed ? message.error.c_str () : nullptr);
  }

  const AppReplay wanted_;
  base::IntervalSet done_;
  std::map<std::uint64_t, std::uint64_t> open_; // id -> next byte offset
  std::uint64_t count_ = 0;
  const GNUNET_SOCIAL_ReplayMessageCallback message_cb_;
  const GNUNET_SOCIAL_ReplayEndCallback end_cb_;
  void *const cls_;
};

namespace social::api
{
struct GNUNET_SOCIAL_Follower *
follow (GNUNET_SOCIAL_App &app, const PlaceRef &place, std::uint64_t after,
        GNUNET_SOCIAL_FollowStartCallback start_cb,
        GNUNET_SOCIAL_FollowFragmentCallback fragment_cb,
        GNUNET_SOCIAL_FollowGapCallback gap_cb, void *cls)
{
  auto follower = std::make_shared<GNUNET_SOCIAL_Follower> (
      app, place, after, start_cb, fragment_cb, gap_cb, cls);
  app.add (follower);
  return follower.get ();
}

struct GNUNET_SOCIAL_Replay *
replay (GNUNET_SOCIAL_App &app, AppReplay wanted,
        GNUNET_SOCIAL_ReplayMessageCallback message_cb,
        GNUNET_SOCIAL_ReplayEndCallback end_cb, void *cls)
{
  auto reader = std::make_shared<GNUNET_SOCIAL_Replay> (
      app, std::move (wanted), message_cb, end_cb, cls);
  app.add (reader);
  return reader.get ();
}
} // namespace social::api

// ------------------------------------------------------------ C interface

extern "C"
{
struct GNUNET_SOCIAL_Follower *
GNUNET_SOCIAL_follow (struct GNUNET_SOCIAL_App *app,
                      const struct GNUNET_CRYPTO_EddsaPublicKey *place_key,
                      uint64_t after_fragment_id,
                      GNUNET_SOCIAL_FollowStartCallback start_cb,
                      GNUNET_SOCIAL_FollowFragmentCallback fragment_cb,
                      GNUNET_SOCIAL_FollowGapCallback gap_cb, void *cls)
{
  if (nullptr == fragment_cb)
    return nullptr;
  return follow (*app, app->place_ref (*place_key), after_fragment_id, start_cb,
                 fragment_cb, gap_cb, cls);
}

void
GNUNET_SOCIAL_follower_pause (struct GNUNET_SOCIAL_Follower *f)
{
  f->pause ();
}

void
GNUNET_SOCIAL_follower_resume (struct GNUNET_SOCIAL_Follower *f)
{
  f->resume ();
}

void
GNUNET_SOCIAL_follower_destroy (struct GNUNET_SOCIAL_Follower *f)
{
  f->stop ();
}

struct GNUNET_SOCIAL_Replay *
GNUNET_SOCIAL_replay (struct GNUNET_SOCIAL_App *app,
                      const struct GNUNET_CRYPTO_EddsaPublicKey *place_key,
                      uint64_t first_message_id, uint64_t last_message_id,
                      uint64_t latest, const char *method_prefix,
                      uint32_t flags,
                      GNUNET_SOCIAL_ReplayMessageCallback message_cb,
                      GNUNET_SOCIAL_ReplayEndCallback end_cb, void *cls)
{
  if (nullptr == message_cb || nullptr == end_cb
      || (nullptr != method_prefix
          && std::strlen (method_prefix) > name_length_max))
    return nullptr;
  AppReplay wanted;
  wanted.place = app->place_ref (*place_key);
  wanted.first_message_id = first_message_id;
  wanted.last_message_id = last_message_id;
  wanted.latest = latest;
  wanted.method_prefix = nullptr == method_prefix ? "" : method_prefix;
  wanted.flags = flags;
  return replay (*app, std::move (wanted), message_cb, end_cb, cls);
}

void
GNUNET_SOCIAL_replay_pause (struct GNUNET_SOCIAL_Replay *r)
{
  r->pause ();
}

void
GNUNET_SOCIAL_replay_resume (struct GNUNET_SOCIAL_Replay *r)
{
  r->resume ();
}

void
GNUNET_SOCIAL_replay_cancel (struct GNUNET_SOCIAL_Replay *r)
{
  r->stop ();
}
}
