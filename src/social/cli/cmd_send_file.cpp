// SPDX-License-Identifier: AGPL-3.0-or-later
//
// gnunet-social send-file: what reads and says, or offers, the file is
// FileSender.
#include "social/cli/commands.hpp"
#include "social/cli/file_sender.hpp"
#include "social/cli/progress_bar.hpp"
#include "social/cli/translate.hpp"
#include "social/cli/words.hpp"

namespace social::cli
{
namespace
{
using client::Said;

class SendFile final : public Command
{
public:
  explicit SendFile (Session &session)
      : Command (session), path_ (session.request ().words[1]),
        bar_ (Output::Form::human == session.out ().form ()),
        ending_ ([this] { end (); })
  {
    sender_.emplace (
        session,
        FileSender::Wanted{
            path_,
            session.request ().value (Option::description).value_or ("") },
        FileSender::Callbacks{ [this] (const FileProgress &progress)
                               {
                                 session_.progress ();
                                 bar_.show (progress);
                               },
                               [this] (const Said &said) { on_state (said); },
                               [this] (const FileSender::Outcome &outcome)
                               { on_end (outcome); } });
  }

  void
  run () override
  {
    if (const auto error = sender_->open ())
      return session_.fail (Status::failed, "failed", path_ + ": " + *error);
    session_.with_place (session_.request ().words[0],
                         [this] (const Place &place)
                         {
                           place_ = place;
                           if (may_speak (session_, place))
                             sender_->start (place);
                         });
  }

  void
  on_timeout () override
  {
    bar_.clear ();
    if (said_.state)
    {
      note_late ();
      return end ();
    }
    sender_->give_up ();
    session_.fail (Status::no_answer, "no_answer",
                   _ ("it was not stored in time: see 'gnunet-social "
                      "status'; send it again, what arrives twice counts "
                      "once"));
  }

  void
  release () override
  {
    ending_.disarm ();
    bar_.clear ();
    sender_.reset ();
  }

private:
  void
  on_state (const Said &said)
  {
    session_.progress ();
    said_ = said;
    if (! said.is_final () && session_.request ().has (Option::queue))
      ending_.arm_now (); // the speaker is under us
  }

  void
  on_end (const FileSender::Outcome &outcome)
  {
    bar_.clear ();
    if (outcome.said.state)
      return end ();
    if (outcome.answer)
      return session_.fail (*outcome.answer, path_);
    session_.fail (Status::failed, "failed", path_ + ": " + outcome.why);
  }

  void
  note_late ()
  {
    status_ = Status::no_answer;
    error_ = { "no_answer", _ ("the host has not taken it in time; it waits in "
                               "our outbox and will be sent") };
  }

  void
  note_failure ()
  {
    const std::string reason = said_.reason.empty ()
                                   ? std::string (_ ("no reason was given"))
                                   : told (said_.reason);
    if (GNUNET_PSYC_SEND_REFUSED == said_.state)
    {
      status_ = Status::refused;
      error_
          = { "refused", filled (_ ("the host refused it: %s"), { reason }) };
    }
    else if (GNUNET_PSYC_SEND_FAILED == said_.state
             || GNUNET_PSYC_SEND_CANCELLED == said_.state)
    {
      status_ = Status::failed;
      error_ = { "failed", filled (_ ("it was not sent: %s"), { reason }) };
    }
  }

  void
  end ()
  {
    note_failure ();
    bar_.clear ();
    SentView view;
    view.place = place_.view.key;
    view.state = send_state_text (said_.state);
    if (0 != said_.id)
      view.id = said_.id;
    const std::string id = view.id ? std::to_string (*view.id) : "";
    session_.out ().result (json_line (view),
                            sender_->is_offer () && ! id.empty ()
                                ? offered (id)
                                : told (view.state)
                                      + (id.empty () ? "" : " #" + id),
                            id);
    if (Status::done == status_)
      return session_.finish (Status::done);
    session_.fail (status_, error_.first, error_.second);
  }

  [[nodiscard]] std::string
  offered (const std::string &id) const
  {
    return filled (_ ("offered as #%s: the file is sent when somebody asks "
                      "for it, as long as it stays unchanged at %s"),
                   { id, path_ });
  }

  const std::string path_;
  Place place_;
  Said said_;
  Status status_ = Status::done;
  std::pair<std::string, std::string> error_;
  ProgressBar bar_;
  shell::Timer ending_;
  std::optional<FileSender> sender_;
};
} // namespace

std::unique_ptr<Command>
make_send_file (Session &session)
{
  return std::make_unique<SendFile> (session);
}
} // namespace social::cli
