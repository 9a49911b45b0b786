// SPDX-License-Identifier: AGPL-3.0-or-later
//
// gnunet-social get-file: a file, or what is offered and asked for first; what
// fetches and saves it is FileFetcher.
#include "social/cli/commands.hpp"
#include "social/cli/file_fetcher.hpp"
#include "social/cli/progress_bar.hpp"
#include "social/cli/translate.hpp"
#include "social/cli/words.hpp"

namespace social::cli
{
namespace
{
class GetFile final : public Command
{
public:
  explicit GetFile (Session &session)
      : Command (session), bar_ (Output::Form::human == session.out ().form ())
  {}

  void
  run () override
  {
    const auto id = file_number (session_);
    if (! id)
      return;
    id_ = *id;
    session_.with_place (session_.request ().words[0],
                         [this] (const Place &place) { fetch (place); });
  }

  void
  on_timeout () override
  {
    if (! fetcher_)
      return Command::on_timeout ();
    bar_.clear ();
    session_.fail (
        Status::no_answer, "no_answer",
        fetcher_->is_asking ()
            ? _ ("it was asked for, and nobody answered in time; it comes when "
                 "its sender's peer is there again: the same command saves it "
                 "then")
            : fetcher_->with_advice (_ ("no more of it came in time")));
  }

  Status
  on_interrupt () override
  {
    bar_.clear ();
    const std::string why = _ ("interrupted");
    session_.out ().error ("failed",
                           fetcher_ ? fetcher_->with_advice (why) : why);
    return Status::failed;
  }

  void
  release () override
  {
    bar_.clear ();
    fetcher_.reset ();
  }

private:
  void
  fetch (const Place &place)
  {
    place_key_ = place.view.key;
    fetcher_ = std::make_unique<FileFetcher> (
        session_.app (), place,
        FileFetcher::Wanted{ id_, session_.request ().words[2] },
        FileFetcher::Callbacks{ [this] (const FileProgress &progress)
                                {
                                  session_.progress ();
                                  bar_.show (progress);
                                },
                                [this] (const FileFetcher::Outcome &outcome)
                                { end (outcome); } });
  }

  void
  end (const FileFetcher::Outcome &outcome)
  {
    using Kind = FileFetcher::Outcome::Kind;
    bar_.clear ();
    const std::string number = "#" + std::to_string (id_) + ": ";
    if (Kind::not_found == outcome.kind)
      return session_.fail (Status::not_found, "not_found",
                            number
                                + _ ("there is no such file here; "
                                     "'gnunet-social files PLACE' lists "
                                     "them"));
    if (Kind::failed == outcome.kind)
      return session_.fail (Status::failed, "failed", number + outcome.why);
    session_.out ().result (
        json_saved (place_key_, id_, outcome.path, outcome.size, outcome.hash,
                    outcome.is_checked),
        outcome.path + " (" + size_text (outcome.size) + ", "
            + (outcome.is_checked ? _ ("checked by its hash")
                                  : _ ("its sender gave no hash"))
            + ")",
        outcome.path);
    session_.finish (Status::done);
  }

  std::uint64_t id_ = 0;
  std::string place_key_;
  std::unique_ptr<FileFetcher> fetcher_;
  ProgressBar bar_;
};
} // namespace

std::unique_ptr<Command>
make_get_file (Session &session)
{
  return std::make_unique<GetFile> (session);
}
} // namespace social::cli
