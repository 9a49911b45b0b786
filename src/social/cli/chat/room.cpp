// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What comes and what is said; room_standing.cpp has how the place is.
#include "social/cli/chat/room.hpp"

#include <algorithm>

#include "shell/message_queue.hpp"
#include "social/cli/translate.hpp"
#include "social/cli/words.hpp"

namespace social::cli::chat
{
namespace
{
constexpr std::size_t strangers_max = 1000;
// For what only the host has.
constexpr base::Duration remote_patience = base::seconds (10);
} // namespace

Room::Room (Session &session, Place place, Front &front)
    : session_ (session), place_ (std::move (place)), front_ (front),
      look_ ([this] { look (); }), sweep_ ([this] { sweep (); }),
      patience_ ([this] { end_reading (); })
{
  for (const Ego &ego : session.egos ())
    names_[ego.key] = ego.name;
  connections_ = GNUNET_SOCIAL_app_connection_count (session.app ());
  standing_.state = place_.view.state;
  standing_.is_reached = place_.view.is_connected;
  standing_.outbox = place_.view.outbox;
  standing_.nyms = place_.view.nyms;
}

void
Room::start (std::uint64_t last, std::function<void ()> on_there)
{
  session_.wait_for_ever ();
  last_ = last;
  on_there_ = std::move (on_there);
  learn_names ();
  follower_ = GNUNET_SOCIAL_follow (session_.app (), &place_.key, UINT64_MAX,
                                    &Room::on_start, &Room::on_fragment,
                                    &Room::on_gap, this);
  read_topic ();
  watch_door ();
  tell_end_of_place ();
  look ();
}

void
Room::release ()
{
  look_.disarm ();
  sweep_.disarm ();
  patience_.disarm ();
  under_way_.clear ();
  reader_.reset ();
  older_.reset ();
}

// ------------------------------------------------------------------ reading

void
Room::on_start (void *cls, int result, std::uint64_t,
                std::uint64_t max_message_id) noexcept
{
  auto *self = static_cast<Room *> (cls);
  if (GNUNET_SYSERR == result)
  {
    self->follower_ = nullptr;
    self->front_.on_remark (
        _ ("This place cannot be read any more; see 'gnunet-social places'."));
    return self->on_there_ ();
  }
  self->newest_begun_ = max_message_id;
  if (0 == self->last_)
    return self->on_there_ ();
  GNUNET_SOCIAL_follower_pause (self->follower_);
  Reader::Wanted wanted;
  wanted.latest = self->last_;
  self->replay (wanted, Printer::Age::historic,
                [self]
                {
                  GNUNET_SOCIAL_follower_resume (self->follower_);
                  self->on_there_ ();
                });
}

void
Room::on_fragment (void *cls, std::uint64_t,
                   const struct GNUNET_PSYC_MessageHeader *msg) noexcept
{
  auto *self = static_cast<Room *> (cls);
  const auto fragment = parse_fragment (shell::message_bytes (&msg->header));
  if (! fragment)
    return;
  if (std::exchange (self->is_gap_before_next_, false)
      && fragment->message_id > self->newest_begun_ + 1)
    self->front_.on_gap (self->newest_begun_ + 1, fragment->message_id - 1);
  self->newest_begun_ = std::max (self->newest_begun_, fragment->message_id);
  if (const auto completed = self->assembler_.take (*fragment))
    self->take (*completed);
}

void
Room::on_gap (void *cls, std::uint64_t, std::uint64_t) noexcept
{
  static_cast<Room *> (cls)->is_gap_before_next_ = true;
}

void
Room::take (const Completed &completed)
{
  if (! completed.is_partial)
    return tell (completed.message, Printer::Age::live);
  // From the store, where it is whole now.
  GNUNET_SOCIAL_follower_pause (follower_);
  Reader::Wanted wanted;
  wanted.first = wanted.last = completed.message.id;
  replay (wanted, Printer::Age::live,
          [this] { GNUNET_SOCIAL_follower_resume (follower_); });
}

void
Room::replay (Reader::Wanted wanted, Printer::Age age,
              std::function<void ()> on_end)
{
  wanted.file_bytes_max = client::listed_file_bytes_max;
  reader_ = std::make_unique<Reader> (
      session_.app (), place_.key, wanted,
      Reader::Callbacks{
          {},
          {},
          [this, age] (const Message &message) { tell (message, age); },
          [this, on_end
                 = std::move (on_end)] (const std::optional<std::string> &error)
          {
            if (error)
              front_.on_remark (filled (_ ("The history cannot be read: %s"),
                                        { told (*error) }));
            on_end ();
          } });
}

void
Room::tell (const Message &message, Printer::Age age)
{
  if (const auto author = author_of (message, place_))
  {
    // Somebody new: his name, if he has one, is soon there.
    if (! names_.contains (*author) && strangers_.size () < strangers_max
        && strangers_.insert (*author).second && Printer::Age::live == age)
      learn_names ();
  }
  front_.on_message (message, age);
  for (const Variable &variable : message.variables)
    if (Printer::Age::live == age && "_topic" == variable.name
        && psyc::is_lasting (variable.oper))
      return read_topic ();
}

void
Room::read (std::uint64_t first, std::uint64_t last,
            std::function<void ()> on_end)
{
  on_older_ = std::move (on_end);
  older_count_ = 0;
  Reader::Wanted wanted;
  wanted.first = first;
  wanted.last = last;
  wanted.file_bytes_max = client::listed_file_bytes_max;
  older_ = std::make_unique<Reader> (
      session_.app (), place_.key, wanted,
      Reader::Callbacks{
          {},
          {},
          [this] (const Message &message)
          {
            older_count_++;
            tell (message, Printer::Age::historic);
          },
          [this, first, last] (const std::optional<std::string> &)
          {
            if (older_count_ <= last - first)
              return read_remotely (first, last);
            end_reading ();
          } });
}

// Not all of it is here: what is missing may not be for us, or never was a
// message for people, so this is done once and not for long.
void
Room::read_remotely (std::uint64_t first, std::uint64_t last)
{
  if (place_.view.is_host || ! standing_.is_reached)
    return end_reading ();
  Reader::Wanted wanted;
  wanted.first = first;
  wanted.last = last;
  wanted.is_remote = true;
  wanted.file_bytes_max = client::listed_file_bytes_max;
  patience_.arm_in (remote_patience);
  older_ = std::make_unique<Reader> (
      session_.app (), place_.key, wanted,
      Reader::Callbacks{ {},
                         {},
                         [this] (const Message &message)
                         { tell (message, Printer::Age::historic); },
                         [this] (const std::optional<std::string> &)
                         { end_reading (); } });
}

void
Room::end_reading ()
{
  patience_.disarm ();
  older_.reset ();
  if (const auto on_older = std::exchange (on_older_, nullptr))
    on_older ();
}

// -------------------------------------------------------------------- names

void
Room::learn_names ()
{
  session_.list_names (
      [this] (Session::Names names)
      {
        names_.merge (names);
        front_.on_names ();
      });
}

bool
Room::is_ours (const std::string &key) const
{
  for (const Ego &ego : session_.egos ())
    if (ego.key == key)
      return true;
  return false;
}

// ------------------------------------------------------------------- saying

std::uint64_t
Room::say (const Words &words)
{
  const std::uint64_t local = next_local_++;
  Speaker::Wanted wanted;
  wanted.place = place_.key;
  wanted.flags = place_.view.is_host ? words.host_flags : 0;
  auto speaker = std::make_unique<Speaker> (
      session_.app (), wanted,
      Speaker::Callbacks{ [] {},
                          [this, local] (const client::Said &said)
                          {
                            under_way_[local].is_over = said.is_final ();
                            // Later: it is the speaker who calls.
                            if (said.is_final ())
                              sweep_.arm_now ();
                            front_.on_said (local, said);
                          } });
  if (! speaker->head (words.method, words.variables))
    return 0;
  Speaker &speaks = *speaker;
  under_way_[local].speaker = std::move (speaker);
  speaks.body (base::as_bytes (words.text));
  speaks.end ();
  return local;
}

bool
Room::is_saying () const
{
  return std::any_of (under_way_.begin (), under_way_.end (),
                      [] (const auto &each) { return ! each.second.is_over; });
}

void
Room::sweep ()
{
  std::erase_if (under_way_,
                 [] (const auto &each) { return each.second.is_over; });
}
} // namespace social::cli::chat
