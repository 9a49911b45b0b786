// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/cli/file_list.hpp"

#include <array>

#include "base/ids.hpp"
#include "social/cli/file_progress.hpp"
#include "social/cli/translate.hpp"
#include "social/cli/words.hpp"
#include "social/view/text.hpp"

namespace social::cli
{
using client::Reader;
using view::Message;
using view::visible_line;

FileList::FileList (GNUNET_SOCIAL_App *app, const view::Place &place,
                    const Wanted &wanted, Callbacks callbacks)
    : app_ (app), place_ (place), wanted_ (wanted),
      callbacks_ (std::move (callbacks)), next_ ([this] { read (); }),
      ending_ ([this] { end (); })
{
  read ();
}

// First what is said of offers, then files.
void
FileList::read ()
{
  constexpr std::array<const char *, 4> methods{
    offer_method, offer_said_method, offer_failure_method, "_file"
  };
  const bool is_last = methods.size () == ++turn_;
  Reader::Wanted wanted;
  wanted.method = methods[turn_ - 1];
  wanted.is_remote = wanted_.is_remote;
  wanted.latest = is_last ? wanted_.latest : 0;
  wanted.file_bytes_max = client::listed_file_bytes_max;
  reader_ = std::make_unique<Reader> (
      app_, place_.key, wanted,
      Reader::Callbacks{ {},
                         [this] (const Message &, base::ByteView)
                         { callbacks_.on_progress (); },
                         [this, is_last] (const Message &message)
                         { is_last ? tell (message) : book_.take (message); },
                         [this, is_last] (std::optional<std::string> error)
                         {
                           error_ = std::move (error);
                           is_last || error_ ? ending_.arm_now ()
                                             : next_.arm_now ();
                         } });
}

void
FileList::tell (const Message &message)
{
  tell_offers (message.id);
  callbacks_.on_entry (
      { &message, false, std::nullopt, book_.offer_of (message) });
}

void
FileList::tell_offers (std::uint64_t below)
{
  while (const auto offer = book_.next_open (below))
    callbacks_.on_entry (
        { &offer->message, true, offer->failure, std::nullopt });
}

void
FileList::end ()
{
  if (! error_)
    tell_offers (base::id_max + 1);
  const auto on_end = callbacks_.on_end;
  const auto error = error_;
  on_end (error);
}

std::string
file_line (const FileList::Entry &entry, const std::string &author)
{
  const auto variable = [&entry] (const char *name)
  {
    const std::string *const value = entry.message->find (name);
    return nullptr == value ? std::string () : visible_line (*value);
  };
  const Message &message = *entry.message;
  std::string line
      = "#" + std::to_string (message.id) + " " + variable ("_name_file") + " ("
        + size_text (view::file_size (message).value_or (message.body_size))
        + ")";
  if (! author.empty ())
    line += " " + visible_line (author);
  if (const std::string about = variable ("_description_file");
      ! about.empty ())
    line += ": " + about;
  if (! entry.is_offer)
    return line;
  return line + " ["
         + (entry.failure ? filled (_ ("not to be had: %s"),
                                    { visible_line (told (*entry.failure)) })
                          : std::string (_ ("offered")))
         + "]";
}
} // namespace social::cli
