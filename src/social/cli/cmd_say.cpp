// SPDX-License-Identifier: AGPL-3.0-or-later
//
// gnunet-social say: text of the command line or stdin as one message, or each
// line of stdin as one. Bodies are passed on as they come; many lines are
// under way at a time, their statuses are printed in their order.
#include <cerrno>
#include <cstring>
#include <deque>
#include <unistd.h>

#include "psyc/message/part_writer.hpp"
#include "social/cli/commands.hpp"
#include "social/cli/translate.hpp"
#include "social/cli/words.hpp"

namespace social::cli
{
namespace
{
constexpr std::size_t read_bytes = std::size_t{ 32 } * 1024;
// The library says again, after the service died, what is not confirmed, up
// to 1 MiB: lines together stay below that.
constexpr std::size_t under_way_max = 512;
// A line above this may take several fragments: what follows it waits until it
// is on disk, so that lines keep their order.
constexpr std::size_t line_alone_bytes = std::size_t{ 48 } * 1024;
constexpr std::size_t under_way_bytes_max = std::size_t{ 512 } * 1024;

struct Said
{
  class Say *owner = nullptr;
  GNUNET_SOCIAL_Upload *upload = nullptr; // NULL: has ended
  std::size_t bytes = 0;
  std::optional<enum GNUNET_PSYC_SendState> state;
  std::uint64_t id = 0;
  std::uint32_t code = 0;
  std::string reason;
  bool is_settled = false; // as far as we wait
};

class Say final : public Command
{
public:
  explicit Say (Session &session) : Command (session) {}
  ~Say () override { stop_reading (); }

  void
  run () override
  {
    session_.with_place (session_.request ().words[0],
                         [this] (const Place &place)
                         {
                           place_ = place;
                           begin ();
                         });
  }

  void
  on_timeout () override
  {
    stop_reading ();
    is_late_ = true;
    open_ = nullptr;
    for (auto &said : said_)
    {
      // What is on no disk yet would be a surprise later.
      if (nullptr != said->upload && ! said->state)
        GNUNET_SOCIAL_say_cancel (std::exchange (said->upload, nullptr));
      said->is_settled = true;
    }
    tell_settled ();
  }

  void on_state (Said &said, enum GNUNET_PSYC_SendState state,
                 std::uint64_t message_id, std::uint32_t code,
                 const char *reason);
  void
  on_ready ()
  {
    session_.progress ();
    is_waiting_ = false;
    read_on ();
  }

private:
  [[nodiscard]] bool
  is_lines () const
  {
    return session_.request ().has (Option::lines);
  }

  void
  begin ()
  {
    if (! may_speak (session_, *place_))
      return;
    const auto &words = session_.request ().words;
    const auto text = joined (words, 1);
    if (text && *text != "-")
    {
      open_upload ();
      write (base::as_bytes (*text));
      close_upload ();
      is_input_over_ = true;
      return session_.progress ();
    }
    if (! is_lines ())
      open_upload ();
    stdin_ = GNUNET_DISK_get_handle_from_int_fd (STDIN_FILENO);
    read_on ();
  }

  // ------------------------------------------------------------- writing

  void
  open_upload ()
  {
    said_.push_back (std::make_unique<Said> ());
    Said *said = said_.back ().get ();
    said->owner = this;
    said->upload = GNUNET_SOCIAL_say (
        session_.app (), &place_->key, nullptr, 0,
        [] (void *cls) noexcept
        { static_cast<Said *> (cls)->owner->on_ready (); },
        [] (void *cls, enum GNUNET_PSYC_SendState state, std::uint64_t,
            std::uint64_t message_id, std::uint32_t code,
            const char *reason) noexcept
        {
          auto *self = static_cast<Said *> (cls);
          self->owner->on_state (*self, state, message_id, code, reason);
        },
        said);
    open_ = said;
    writer_.emplace (psyc::PartWriter::chunk_min + read_bytes);
    put_head ();
  }

  void
  put_head ()
  {
    const Request &request = session_.request ();
    const std::string method
        = request.value (Option::method).value_or ("_converse");
    bool is_fine = writer_->method (method, 0, psyc::state_not_modified);
    const auto add = [&] (const std::string &name, const std::string &value)
    {
      is_fine = is_fine
                && writer_->modifier (psyc::Operator::set, name,
                                      base::as_bytes (value));
    };
    for (const std::string &variable : request.values (Option::var))
    {
      const std::size_t equals = variable.find ('=');
      add (variable.substr (0, equals), variable.substr (equals + 1));
    }
    if (const auto id = request.number (Option::reply))
      add ("_id_reply", std::to_string (*id));
    if (! is_fine)
      session_.fail (Status::usage, "usage",
                     _ ("a method or variable has no valid name"));
  }

  void
  write (base::ByteView bytes)
  {
    if (nullptr == open_ || nullptr == open_->upload)
      return; // it has failed; the rest of it goes nowhere
    if (! bytes.empty ())
      writer_->data (bytes);
    open_->bytes += bytes.size ();
    under_way_bytes_ += bytes.size ();
    push ();
  }

  void
  close_upload ()
  {
    Said *said = std::exchange (open_, nullptr);
    if (nullptr == said->upload)
      return;
    writer_->end ();
    writer_->flush ();
    open_ = said;
    push ();
    open_ = nullptr;
  }

  void
  push ()
  {
    while (const auto chunk = writer_->take ())
    {
      const int outcome = GNUNET_SOCIAL_say_parts (
          open_->upload, chunk->data (),
          static_cast<std::uint16_t> (chunk->size ()));
      if (GNUNET_SYSERR == outcome)
      {
        open_->upload = nullptr;
        open_->state = GNUNET_PSYC_SEND_FAILED;
        open_->reason = _ ("the message is malformed");
        settle (*open_);
        return;
      }
      is_waiting_ = is_waiting_ || GNUNET_NO == outcome;
    }
  }

  // ------------------------------------------------------------- reading

  // May a line begin?
  [[nodiscard]] bool
  is_room_for_line () const
  {
    return nullptr == alone_ && under_way_ < under_way_max
           && under_way_bytes_ < under_way_bytes_max;
  }

  [[nodiscard]] bool
  is_room () const
  {
    return ! is_waiting_ && held_back_.empty () && nullptr == alone_
           && (! is_lines () || nullptr != open_ || is_room_for_line ());
  }

  void
  read_on ()
  {
    if (is_input_over_ || nullptr != read_task_)
      return;
    if (is_room ())
    {
      // For what is typed one waits for ever, but for what is under way.
      if (0 == under_way_)
        session_.wait_for_ever ();
      read_task_ = GNUNET_SCHEDULER_add_read_file (
          GNUNET_TIME_UNIT_FOREVER_REL, stdin_,
          [] (void *cls) noexcept { static_cast<Say *> (cls)->read (); }, this);
    }
  }

  void
  stop_reading ()
  {
    is_input_over_ = true;
    if (nullptr != read_task_)
      GNUNET_SCHEDULER_cancel (std::exchange (read_task_, nullptr));
  }

  void
  read ()
  {
    read_task_ = nullptr;
    std::array<char, read_bytes> buffer;
    const ssize_t size = ::read (STDIN_FILENO, buffer.data (), buffer.size ());
    if (size < 0 && (EINTR == errno || EAGAIN == errno))
      return read_on ();
    if (size < 0)
      return session_.fail (
          Status::failed, "stdin",
          filled (_ ("stdin cannot be read: %s"), { std::strerror (errno) }));
    if (0 == size)
      return end_input ();
    const std::string_view bytes (buffer.data (),
                                  static_cast<std::size_t> (size));
    if (! held_back_.empty ())
      held_back_.append (bytes);
    else if (is_lines ())
      take_lines (bytes);
    else
      write (base::as_bytes (bytes));
    if (under_way_ > 0 || ! is_room ())
      session_.progress ();
    read_on ();
  }

  void
  take_lines (std::string_view bytes)
  {
    while (! bytes.empty ())
    {
      if (nullptr == open_ && ! is_room_for_line ())
      {
        held_back_.append (bytes);
        return;
      }
      const std::size_t end = bytes.find ('\n');
      if (nullptr == open_)
        open_upload ();
      write (base::as_bytes (bytes.substr (0, end)));
      if (std::string_view::npos == end)
        return;
      end_line ();
      bytes.remove_prefix (end + 1);
    }
  }

  void
  end_line ()
  {
    under_way_++;
    Said *said = open_;
    close_upload ();
    if (said->bytes > line_alone_bytes && ! said->state)
      alone_ = said;
    if (said->is_settled)
      tell_settled ();
  }

  // On with what came behind a long line, or behind very many.
  void
  go_on ()
  {
    const std::string bytes = std::exchange (held_back_, {});
    take_lines (bytes);
    read_on ();
  }

  void
  end_input ()
  {
    is_input_over_ = true;
    session_.progress ();
    if (nullptr != open_)
      end_line ();
    tell_settled ();
  }

  // ------------------------------------------------------------ statuses

  [[nodiscard]] bool
  is_enough (enum GNUNET_PSYC_SendState state) const
  {
    return state >= GNUNET_PSYC_SEND_STORED
           || session_.request ().has (Option::queue);
  }

  void
  settle (Said &said)
  {
    said.is_settled = true;
    tell_settled ();
  }

  // Prints what is settled, in order; ends when all is.
  void
  tell_settled ()
  {
    while (! said_.empty () && said_.front ()->is_settled
           && said_.front ().get () != open_)
    {
      const auto said = std::move (said_.front ());
      said_.pop_front ();
      under_way_bytes_ -= std::min (under_way_bytes_, said->bytes);
      under_way_ -= std::min<std::size_t> (under_way_, 1);
      tell (*said);
      if (nullptr != said->upload)
        GNUNET_SOCIAL_say_detach (said->upload);
    }
    if (session_.has_lost_reader ())
      return;
    if (is_input_over_ && said_.empty ())
      return end ();
    if (! held_back_.empty () && is_room_for_line ())
      return go_on ();
    read_on ();
  }

  void
  tell (const Said &said)
  {
    SentView view;
    view.place = place_->view.key;
    view.state = send_state_text (said.state);
    if (0 != said.id)
      view.id = said.id;
    const std::string id = view.id ? " #" + std::to_string (*view.id) : "";
    session_.out ().result (json_line (view), told (view.state) + id,
                            view.id ? std::to_string (*view.id)
                                    : std::string ());
    note_failure (said);
  }

  // The first that went wrong is the one to be told of.
  void
  note_failure (const Said &said)
  {
    if (Status::done != status_)
      return;
    const std::string reason = said.reason.empty ()
                                   ? std::string (_ ("no reason was given"))
                                   : told (said.reason);
    if (said.state == GNUNET_PSYC_SEND_REFUSED)
    {
      status_ = Status::refused;
      error_
          = { "refused", filled (_ ("the host refused it: %s"), { reason }) };
    }
    else if (said.state == GNUNET_PSYC_SEND_FAILED
             || said.state == GNUNET_PSYC_SEND_CANCELLED)
    {
      status_ = Status::failed;
      error_ = { "failed", filled (_ ("it was not sent: %s"), { reason }) };
    }
    else if (is_late_ && ! (said.state && is_enough (*said.state)))
    {
      status_ = Status::no_answer;
      error_ = said.state ? std::pair<std::string, std::string> (
                   "no_answer",
                   _ ("the host has not taken it in time; it waits in "
                      "our outbox and will be sent"))
                          : std::pair<std::string, std::string> (
                              "no_answer", _ ("it was not stored in time: see "
                                              "'gnunet-social status'"));
    }
  }

  void
  end ()
  {
    if (Status::done == status_)
      session_.finish (Status::done);
    else
      session_.fail (status_, error_.first, error_.second);
  }

  std::optional<Place> place_;
  const struct GNUNET_DISK_FileHandle *stdin_ = nullptr;
  struct GNUNET_SCHEDULER_Task *read_task_ = nullptr;
  std::deque<std::unique_ptr<Said>> said_; // in order; not told yet
  Said *open_ = nullptr;                   // whose input comes now
  std::optional<psyc::PartWriter> writer_;
  std::size_t under_way_ = 0; // complete, not told yet
  std::size_t under_way_bytes_ = 0;
  Said *alone_ = nullptr;   // a long line that others wait for
  std::string held_back_;   // what was read behind it
  bool is_waiting_ = false; // the library wants no more now
  bool is_input_over_ = false;
  bool is_late_ = false;
  Status status_ = Status::done;
  std::pair<std::string, std::string> error_;
};

void
Say::on_state (Said &said, enum GNUNET_PSYC_SendState state,
               std::uint64_t message_id, std::uint32_t code, const char *reason)
{
  session_.progress ();
  said.state = state;
  said.id = message_id;
  said.code = code;
  if (nullptr != reason)
    said.reason = reason;
  const bool is_final = state >= GNUNET_PSYC_SEND_STORED;
  if (is_final)
  {
    said.upload = nullptr;
    if (&said == open_)
      is_waiting_ = false; // ended before its input did
  }
  if (&said == alone_)
  {
    alone_ = nullptr;
    go_on ();
  }
  if (! is_enough (state))
    return;
  if (is_final && &said == open_ && ! is_lines ())
  {
    open_ = nullptr;
    stop_reading ();
  }
  settle (said);
}
} // namespace

std::unique_ptr<Command>
make_say (Session &session)
{
  return std::make_unique<Say> (session);
}
} // namespace social::cli
