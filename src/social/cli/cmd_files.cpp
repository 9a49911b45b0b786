// SPDX-License-Identifier: AGPL-3.0-or-later
//
// gnunet-social files: the files of a place, and those that are offered there;
// what reads them is FileList.
#include "social/cli/commands.hpp"
#include "social/cli/file_list.hpp"
#include "social/cli/printer.hpp"
#include "social/cli/words.hpp"

namespace social::cli
{
namespace
{
class Files final : public Command
{
public:
  explicit Files (Session &session)
      : Command (session),
        ending_ ([this] { (void)session_.has_lost_reader (); })
  {}

  void
  run () override
  {
    session_.with_place (session_.request ().words[0],
                         [this] (const Place &place)
                         {
                           printer_.emplace (session_, place);
                           printer_->learn_names ([this] { list (); });
                         });
  }

  void
  release () override
  {
    ending_.disarm ();
    list_.reset ();
  }

private:
  void
  list ()
  {
    FileList::Wanted wanted;
    wanted.is_remote = session_.request ().has (Option::remote);
    list_ = std::make_unique<FileList> (
        session_.app (), printer_->place (), wanted,
        FileList::Callbacks{ [this] { session_.progress (); },
                             [this] (const FileList::Entry &entry)
                             { print (entry); },
                             [this] (const std::optional<std::string> &error)
                             { end (error); } });
  }

  void
  print (const FileList::Entry &entry)
  {
    const MessageView view
        = printer_->view_of (*entry.message, Printer::Age::historic);
    const std::string author
        = view.author
              ? view.author_name.value_or (view.author->substr (0, 12) + "…")
              : "";
    session_.out ().result (entry.is_offer ? json_offer (view, entry.failure)
                                           : json_file (view, entry.offer),
                            file_line (entry, author),
                            std::to_string (entry.message->id));
    if (session_.out ().is_broken ())
      ending_.arm_now (); // the list is under us
  }

  void
  end (const std::optional<std::string> &error)
  {
    if (session_.has_lost_reader ())
      return;
    if (error)
      return session_.fail (Status::failed, "failed", told (*error));
    session_.finish (Status::done);
  }

  std::optional<Printer> printer_;
  std::unique_ptr<FileList> list_;
  shell::Timer ending_;
};
} // namespace

std::unique_ptr<Command>
make_files (Session &session)
{
  return std::make_unique<Files> (session);
}
} // namespace social::cli
