// SPDX-License-Identifier: AGPL-3.0-or-later
//
// gnunet-social files: the files of a place, and those that are offered there.
#include <array>

#include "base/ids.hpp"
#include "social/cli/commands.hpp"
#include "social/cli/printer.hpp"
#include "social/cli/file_progress.hpp"
#include "social/cli/translate.hpp"
#include "social/cli/words.hpp"
#include "social/client/reader.hpp"
#include "social/view/offer_book.hpp"
#include "social/view/text.hpp"

namespace social::cli
{
namespace
{
using client::Reader;

[[nodiscard]] std::string
variable (const Message &message, const char *name)
{
  const std::string *value = message.find (name);
  return nullptr == value ? std::string () : *value;
}

class Files final : public Command
{
public:
  explicit Files (Session &session)
      : Command (session), next_ ([this] { read (); }),
        ending_ ([this] { end (); })
  {}

  void
  run () override
  {
    session_.with_place (session_.request ().words[0],
                         [this] (const Place &place)
                         {
                           printer_.emplace (session_, place);
                           printer_->learn_names ([this] { read (); });
                         });
  }

  void
  release () override
  {
    next_.disarm ();
    ending_.disarm ();
    reader_.reset ();
  }

private:
  // First what is said of offers, then files.
  void
  read ()
  {
    constexpr std::array<const char *, 4> methods{
      offer_method, offer_said_method, offer_failure_method, "_file"
    };
    const bool is_last = methods.size () == ++turn_;
    Reader::Wanted wanted;
    wanted.method = methods[turn_ - 1];
    wanted.is_remote = session_.request ().has (Option::remote);
    reader_ = std::make_unique<Reader> (
        session_.app (), printer_->place ().key, wanted,
        Reader::Callbacks{
            {},
            [this] (const Message &, base::ByteView) { session_.progress (); },
            [this, is_last] (const Message &message)
            { is_last ? print (message) : book_.take (message); },
            [this, is_last] (std::optional<std::string> error)
            {
              error_ = std::move (error);
              is_last || error_ ? ending_.arm_now () : next_.arm_now ();
            } });
  }

  void
  print (const Message &message)
  {
    print_offers (message.id);
    const MessageView view
        = printer_->view_of (message, Printer::Age::historic);
    const std::string id = std::to_string (message.id);
    session_.out ().result (json_file (view, book_.offer_of (message)),
                            line_of (view), id);
    if (session_.out ().is_broken ())
      ending_.arm_now (); // the reader is under us
  }

  void
  print_offers (std::uint64_t below)
  {
    while (const auto offer = book_.next_open (below))
    {
      const MessageView view
          = printer_->view_of (offer->message, Printer::Age::historic);
      const std::string state
          = offer->failure ? filled (_ ("not to be had: %s"),
                                     { visible_line (told (*offer->failure)) })
                           : std::string (_ ("offered"));
      session_.out ().result (json_offer (view, offer->failure),
                              line_of (view) + " [" + state + "]",
                              std::to_string (offer->message.id));
    }
  }

  [[nodiscard]] static std::string
  line_of (const MessageView &view)
  {
    const Message &message = *view.message;
    std::string line
        = "#" + std::to_string (message.id) + " "
          + visible_line (variable (message, "_name_file")) + " ("
          + size_text (file_size (message).value_or (message.body_size)) + ")";
    if (view.author)
      line += " "
              + visible_line (view.author_name.value_or (
                  view.author->substr (0, 12) + "…"));
    const std::string description
        = visible_line (variable (message, "_description_file"));
    if (! description.empty ())
      line += ": " + description;
    return line;
  }

  void
  end ()
  {
    if (session_.has_lost_reader ())
      return;
    if (error_)
      return session_.fail (Status::failed, "failed", told (*error_));
    print_offers (base::id_max + 1);
    if (! session_.has_lost_reader ())
      session_.finish (Status::done);
  }

  std::optional<Printer> printer_;
  OfferBook book_;
  std::size_t turn_ = 0;
  std::unique_ptr<Reader> reader_;
  std::optional<std::string> error_;
  shell::Timer next_;
  shell::Timer ending_;
};
} // namespace

std::unique_ptr<Command>
make_files (Session &session)
{
  return std::make_unique<Files> (session);
}
} // namespace social::cli
