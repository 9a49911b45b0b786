// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/cli/chat/plain_chat.hpp"

#include <array>
#include <cerrno>
#include <cstring>

#include <unistd.h>

#include "social/cli/chat/model/command.hpp"
#include "social/cli/translate.hpp"
#include "social/cli/words.hpp"
#include "social/view/text.hpp"

namespace social::cli::chat
{
namespace
{
constexpr std::uint64_t lines_shown_first = 20;
constexpr std::size_t line_bytes_most = std::size_t{ 1 } << 20;
// A line above this may take several fragments: what follows it waits until
// it is on disk, so that lines keep their order.
constexpr std::size_t unstored_bytes_max = std::size_t{ 48 } * 1024;
constexpr std::size_t unstored_max = 512;
constexpr std::size_t read_bytes = std::size_t{ 32 } * 1024;
} // namespace

void
PlainChat::run ()
{
  session_.with_place (
      session_.request ().words[0],
      [this] (const Place &place)
      {
        printer_.emplace (session_, place);
        room_.emplace (session_, place, *this);
        deeds_.emplace (*room_, *this);
        stdin_ = GNUNET_DISK_get_handle_from_int_fd (STDIN_FILENO);
        printer_->learn_names (
            [this]
            { room_->start (lines_shown_first, [this] { read_on (); }); });
      });
}

void
PlainChat::release ()
{
  lost_.disarm ();
  if (nullptr != read_task_)
    GNUNET_SCHEDULER_cancel (std::exchange (read_task_, nullptr));
  if (deeds_)
    deeds_->release ();
  if (room_)
    room_->release ();
}

Status
PlainChat::on_interrupt ()
{
  return status_;
}

// ------------------------------------------------------------------- output

void
PlainChat::on_message (const Message &message, Printer::Age age)
{
  printer_->print (message, age);
  if (session_.out ().is_broken ())
    lost_.arm_now (); // who reads the place is under us
}

void
PlainChat::on_gap (std::uint64_t from, std::uint64_t to)
{
  printer_->gap (from, to);
}

void
PlainChat::on_remark (const std::string &text)
{
  session_.out ().remark ("-- " + session_.out ().shown (indented (text)));
  if (is_ending_)
    end_when_settled ();
}

void
PlainChat::on_names ()
{}

void
PlainChat::on_topic (const std::string &topic)
{
  if (! topic.empty ())
    on_remark (filled (_ ("The topic is: %s"),
                       { session_.out ().shown_line (topic) }));
}

void
PlainChat::on_standing (const Standing &)
{}

void
PlainChat::on_said (std::uint64_t local, const client::Said &said)
{
  // With the first state it is on a disk, or will never be.
  if (const auto it = unstored_.find (local); it != unstored_.end ())
  {
    unstored_bytes_ -= it->second;
    unstored_.erase (it);
  }
  if (said.is_final ())
  {
    const bool is_refused = GNUNET_PSYC_SEND_REFUSED == *said.state;
    const bool is_there = GNUNET_PSYC_SEND_STORED == *said.state
                          || GNUNET_PSYC_SEND_ACCEPTED == *said.state;
    SentView view;
    view.place = room_->place ().view.key;
    view.state = send_state_text (said.state);
    if (0 != said.id)
      view.id = said.id;
    session_.out ().result (
        json_line (view),
        "-- " + view.state + (view.id ? " #" + std::to_string (said.id) : "")
            + (said.reason.empty () ? "" : ": ")
            + session_.out ().shown_line (said.reason),
        {});
    if (! is_there && Status::done == status_)
      status_ = is_refused ? Status::refused : Status::failed;
  }
  if (is_ending_)
    return end_when_settled ();
  take_lines ();
  read_on ();
}

// No line to show it on; but what goes on is waited for.
void
PlainChat::on_transfers (const std::vector<std::string> &)
{
  if (is_ending_)
    session_.progress ();
}

// -------------------------------------------------------------------- input

bool
PlainChat::is_room () const
{
  return unstored_bytes_ < unstored_bytes_max
         && unstored_.size () < unstored_max;
}

void
PlainChat::read_on ()
{
  if (is_ending_ || nullptr != read_task_ || ! is_room ())
    return;
  read_task_ = GNUNET_SCHEDULER_add_read_file (
      GNUNET_TIME_UNIT_FOREVER_REL, stdin_,
      [] (void *cls) noexcept { static_cast<PlainChat *> (cls)->read (); },
      this);
}

void
PlainChat::read ()
{
  read_task_ = nullptr;
  std::array<char, read_bytes> buffer;
  const ssize_t size = ::read (STDIN_FILENO, buffer.data (), buffer.size ());
  if (size < 0 && (EINTR == errno || EAGAIN == errno))
    return read_on ();
  if (size <= 0)
    return begin_end ();
  input_.append (buffer.data (), static_cast<std::size_t> (size));
  take_lines ();
  read_on ();
}

void
PlainChat::take_lines ()
{
  std::size_t begin = 0;
  while (is_room () && ! is_ending_)
  {
    const std::size_t end = input_.find ('\n', begin);
    if (std::string::npos == end)
      break;
    const std::string line = input_.substr (begin, end - begin);
    begin = end + 1;
    if (! std::exchange (is_too_long_, false))
      take_line (line);
  }
  input_.erase (0, begin);
  if (std::string::npos != input_.find ('\n')
      || input_.size () <= line_bytes_most)
    return;
  input_.clear ();
  if (! std::exchange (is_too_long_, true))
    on_remark (_ ("A line above 1 MiB is not said: say it with "
                  "'gnunet-social say'."));
}

void
PlainChat::take_line (const std::string &line)
{
  const Input input = parse_input (line);
  switch (input.kind)
  {
  case Input::Kind::nothing:
    return;
  case Input::Kind::unknown:
    return on_remark (filled (_ ("/%s: there is no such command; see /help"),
                              { input.word }));
  case Input::Kind::command:
    return Verb::quit == input.verb ? begin_end () : deeds_->run (input);
  case Input::Kind::words:
    break;
  }
  Room::Words words;
  words.text = input.rest;
  if (const std::uint64_t local = room_->say (words); 0 != local)
  {
    unstored_[local] = words.text.size ();
    unstored_bytes_ += words.text.size ();
  }
}

// ------------------------------------------------------------------ the end

void
PlainChat::begin_end ()
{
  if (! input_.empty () && ! is_too_long_
      && std::string::npos == input_.find ('\n'))
    take_line (std::exchange (input_, {})); // without a line end
  is_ending_ = true;
  session_.progress ();
  end_when_settled ();
}

void
PlainChat::end_when_settled ()
{
  if (! room_->is_saying () && ! deeds_->is_busy ())
    session_.finish (status_);
}

void
PlainChat::on_timeout ()
{
  if (is_ending_)
    session_.fail (
        Status::no_answer, "no_answer",
        ! room_->is_saying () && deeds_->is_only_asking ()
            ? _ ("it was asked for, and nobody answered in time; it comes when "
                 "its sender's peer is there again: the same command saves it "
                 "then")
            : _ ("the host has not taken it in time; it waits in our outbox "
                 "and will be sent"));
}
} // namespace social::cli::chat
