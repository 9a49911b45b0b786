// SPDX-License-Identifier: AGPL-3.0-or-later
//
// gnunet-social history and follow.
#include <deque>

#include "base/ids.hpp"
#include "base/interval_set.hpp"
#include "psyc/message/names.hpp"
#include "shell/message_queue.hpp"
#include "social/cli/commands.hpp"
#include "social/cli/history.hpp"
#include "social/cli/printer.hpp"
#include "social/cli/translate.hpp"
#include "social/cli/words.hpp"

namespace social::cli
{
namespace
{
constexpr std::uint64_t default_last = 20;

class HistoryCommand final : public Command
{
public:
  explicit HistoryCommand (Session &session) : Command (session) {}

  void
  run () override
  {
    session_.with_place (session_.request ().words[0],
                         [this] (const Place &place)
                         {
                           printer_.emplace (session_, place);
                           printer_->learn_names ([this] { replay (); });
                         });
  }

  void
  on_timeout () override
  {
    session_.fail (Status::no_answer, "no_answer",
                   _ ("no more came in time; wait longer with --timeout"));
  }

private:
  void
  replay ()
  {
    const Request &request = session_.request ();
    History::Wanted wanted;
    wanted.method = request.value (Option::method).value_or ("");
    if (request.has (Option::remote))
      wanted.flags = GNUNET_PSYC_HISTORY_REPLAY_REMOTE;
    if (const auto id = request.number (Option::id))
      wanted.first = wanted.last = *id;
    else if (request.has (Option::from) || request.has (Option::to))
    {
      wanted.first = request.number (Option::from).value_or (1);
      wanted.last = request.number (Option::to).value_or (base::id_max);
      newest_ = request.number (Option::last).value_or (0);
    }
    else
      wanted.latest = request.number (Option::last).value_or (default_last);
    if (wanted.first > wanted.last || (0 == wanted.latest && 0 == wanted.last)
        || (0 == wanted.latest && request.number (Option::last) == 0))
      return end (nullptr);
    history_.emplace (session_, printer_->place (), wanted,
                      History::Callbacks{
                          [this] (const Message &message, base::ByteView bytes)
                          {
                            if (0 == newest_)
                              printer_->body (message, bytes);
                          },
                          [this] (const Message &message)
                          { on_message (message); },
                          [this] (const char *error) { end (error); } });
  }

  void
  on_message (const Message &message)
  {
    count_++;
    if (0 == newest_)
      printer_->print (message, Printer::Age::historic);
    else
    {
      // The newest of a range: known at its end only.
      held_.push_back (message);
      if (held_.size () > newest_)
        held_.pop_front ();
    }
    (void)session_.has_lost_reader ();
  }

  void
  end (const char *error)
  {
    for (const Message &message : held_)
      printer_->print (message, Printer::Age::historic);
    if (nullptr != error)
      return session_.fail (Status::failed, "failed",
                            '\0' == *error ? _ ("the history cannot be read")
                                           : told (error));
    if (0 == count_ && session_.request ().has (Option::id))
      return session_.fail (
          Status::failed, "no_such_message",
          session_.request ().has (Option::remote)
              ? _ ("that message is not to be had: there is none of that "
                   "number, it is not for us, or the host is away (see "
                   "'gnunet-social status')")
              : _ ("that message is not here; fetch it with --remote"));
    session_.finish (Status::done);
  }

  std::optional<Printer> printer_;
  std::optional<History> history_;
  std::uint64_t count_ = 0;
  std::uint64_t newest_ = 0;
  std::deque<Message> held_;
};

class Follow final : public Command
{
public:
  explicit Follow (Session &session)
      : Command (session),
        count_max_ (session.request ().number (Option::count)),
        method_ (session.request ().value (Option::method).value_or (""))
  {}

  void
  run () override
  {
    session_.with_place (session_.request ().words[0],
                         [this] (const Place &place)
                         {
                           printer_.emplace (session_, place);
                           printer_->learn_names ([this] { follow (); });
                         });
  }

  Status
  on_interrupt () override
  {
    return Status::done;
  }

  void
  on_timeout () override
  {
    session_.fail (Status::no_answer, "no_answer",
                   _ ("nothing more came in that time"));
  }

private:
  void
  follow ()
  {
    follower_ = GNUNET_SOCIAL_follow (
        session_.app (), &printer_->place ().key, UINT64_MAX, &Follow::on_start,
        &Follow::on_fragment, &Follow::on_gap, this);
  }

  static void
  on_start (void *cls, int result, std::uint64_t,
            std::uint64_t max_message_id) noexcept
  {
    auto *self = static_cast<Follow *> (cls);
    if (GNUNET_SYSERR == result)
      return self->session_.fail (
          Status::failed, "failed",
          _ ("the place cannot be read any more; see 'gnunet-social places'"));
    self->session_.wait_as_told ();
    self->newest_begun_ = max_message_id;
    self->begin_with_history (max_message_id);
  }

  // What is wanted of before; meanwhile what is new waits.
  void
  begin_with_history (std::uint64_t max_message_id)
  {
    const Request &request = session_.request ();
    History::Wanted wanted;
    wanted.method = method_;
    wanted.latest = request.number (Option::last).value_or (0);
    if (const auto from = request.number (Option::from))
    {
      wanted.first = std::max<std::uint64_t> (*from, 1);
      wanted.last = max_message_id;
      from_ = *from;
    }
    if (0 == wanted.latest
        && (! request.has (Option::from) || wanted.first > wanted.last))
      return;
    GNUNET_SOCIAL_follower_pause (follower_);
    read (wanted, Printer::Age::historic,
          [this] { GNUNET_SOCIAL_follower_resume (follower_); });
  }

  void
  read (const History::Wanted &wanted, Printer::Age age,
        std::function<void ()> go_on)
  {
    history_ = std::make_unique<History> (
        session_, printer_->place (), wanted,
        History::Callbacks{
            [this] (const Message &message, base::ByteView bytes)
            {
              if (! is_full ())
                printer_->body (message, bytes);
            },
            [this, age] (const Message &message) { print (message, age); },
            [this, go_on = std::move (go_on)] (const char *error)
            {
              session_.wait_as_told ();
              if (nullptr != error)
                GNUNET_log (GNUNET_ERROR_TYPE_WARNING,
                            "history could not be read: %s\n", error);
              go_on ();
            } });
  }

  static void
  on_fragment (void *cls, std::uint64_t,
               const struct GNUNET_PSYC_MessageHeader *msg) noexcept
  {
    auto *self = static_cast<Follow *> (cls);
    const auto fragment = parse_fragment (shell::message_bytes (&msg->header));
    if (! fragment)
      return;
    self->tell_gap_before (fragment->message_id);
    if (const auto completed = self->assembler_.take (*fragment))
      self->on_completed (*completed);
  }

  static void
  on_gap (void *cls, std::uint64_t, std::uint64_t) noexcept
  {
    static_cast<Follow *> (cls)->is_gap_before_next_ = true;
  }

  // Gaps come as fragments; which messages were in them shows with the next
  // message. One that lost a part shows at its end.
  void
  tell_gap_before (std::uint64_t message_id)
  {
    if (std::exchange (is_gap_before_next_, false)
        && message_id > newest_begun_ + 1)
      printer_->gap (newest_begun_ + 1, message_id - 1);
    newest_begun_ = std::max (newest_begun_, message_id);
  }

  void
  on_completed (const Completed &completed)
  {
    const Message &message = completed.message;
    if (printed_.contains (message.id) || message.id < from_)
      return;
    const bool is_long
        = printer_->is_raw () && message.body_size > message.body.size ();
    if (! completed.is_partial && ! psyc::is_a (message.method, method_))
      return;
    if (! completed.is_partial && ! is_long)
      return print (message, Printer::Age::live);
    // From the store, where it is whole now.
    GNUNET_SOCIAL_follower_pause (follower_);
    History::Wanted wanted;
    wanted.first = wanted.last = message.id;
    wanted.method = method_;
    read (wanted, Printer::Age::live,
          [this, id = message.id]
          {
            if (! printed_.contains (id) && method_.empty ())
              printer_->gap (id, id);
            printed_.add (id);
            GNUNET_SOCIAL_follower_resume (follower_);
          });
  }

  [[nodiscard]] bool
  is_full () const
  {
    return count_max_ && count_ >= *count_max_;
  }

  void
  print (const Message &message, Printer::Age age)
  {
    session_.wait_as_told ();
    if (is_full () || printed_.contains (message.id))
      return;
    printed_.add (message.id);
    printer_->print (message, age);
    count_++;
    if (! session_.has_lost_reader () && is_full ())
      session_.finish (Status::done);
  }

  const std::optional<std::uint64_t> count_max_;
  const std::string method_;
  std::optional<Printer> printer_;
  std::unique_ptr<History> history_;
  Assembler assembler_;
  GNUNET_SOCIAL_Follower *follower_ = nullptr;
  std::uint64_t count_ = 0;
  std::uint64_t from_ = 0;
  std::uint64_t newest_begun_ = 0;
  bool is_gap_before_next_ = false;
  base::IntervalSet printed_;
};
} // namespace

std::unique_ptr<Command>
make_history (Session &session)
{
  return std::make_unique<HistoryCommand> (session);
}

std::unique_ptr<Command>
make_follow (Session &session)
{
  return std::make_unique<Follow> (session);
}
} // namespace social::cli
