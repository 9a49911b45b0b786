// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/cli/chat/file_deeds.hpp"

#include <algorithm>
#include <cstdlib>

#include "shell/keys.hpp"
#include "social/cli/chat/model/cells.hpp"
#include "social/cli/translate.hpp"
#include "social/cli/words.hpp"
#include "social/view/text.hpp"

namespace social::cli::chat
{
namespace
{
constexpr std::size_t files_listed = 20;
constexpr std::size_t key_shown_size = 12;
constexpr int name_columns_max = 24;
// What changes is told so often.
constexpr base::Duration show_step = base::milliseconds (250);

[[nodiscard]] std::string
at_home (const std::string &path)
{
  const char *home = std::getenv ("HOME");
  return nullptr != home && path.starts_with ("~/") ? home + path.substr (1)
                                                    : path;
}

// Why it is not there; or nothing.
[[nodiscard]] std::string
failure_of (const client::Said &said)
{
  if (GNUNET_PSYC_SEND_STORED == said.state
      || GNUNET_PSYC_SEND_ACCEPTED == said.state)
    return "";
  return said.reason.empty () ? _ ("no reason was given") : told (said.reason);
}

[[nodiscard]] std::string
failure_of (const FileSender::Outcome &outcome)
{
  return outcome.said.state ? failure_of (outcome.said) : told (outcome.why);
}

[[nodiscard]] std::string
failure_of (const client::Withdrawal &withdrawal)
{
  using End = client::Withdrawal::End;
  switch (withdrawal.end)
  {
  case End::said:
    return failure_of (withdrawal.said);
  case End::no_offer:
    return _ ("no file of that number is to be had; see /files");
  case End::of_others:
    return _ ("somebody else has offered this");
  case End::refused:
    break;
  }
  return told (withdrawal.reason.value_or (_ ("no reason was given")));
}

// "7" or "#7".
[[nodiscard]] std::optional<std::uint64_t>
file_id (const std::string &word)
{
  const auto id = parse_id (word.starts_with ("#") ? word.substr (1) : word);
  return 0 == id.value_or (0) ? std::nullopt : id;
}
} // namespace

FileDeeds::FileDeeds (Room &room, Front &front)
    : room_ (room), front_ (front), show_ ([this] { show (); })
{}

void
FileDeeds::release ()
{
  show_.disarm ();
  transfers_.clear ();
  list_.reset ();
}

bool
FileDeeds::is_only_asking () const
{
  return ! transfers_.empty ()
         && std::all_of (transfers_.begin (), transfers_.end (),
                         [] (const Transfer &each) {
                           return each.fetcher && each.fetcher->is_asking ();
                         });
}

// ---------------------------------------------------------------- under way

FileDeeds::Transfer &
FileDeeds::begin (std::string name)
{
  Transfer &transfer = transfers_.emplace_back ();
  transfer.name = std::move (name);
  return transfer;
}

void
FileDeeds::on_progress (Transfer &transfer, const FileProgress &progress)
{
  const bool is_new
      = ! transfer.is_shown || transfer.progress.stage != progress.stage;
  transfer.is_shown = true;
  transfer.progress = progress;
  transfer.rate.take (progress, ::shell::now ());
  if (is_new)
    show ();
  else if (! show_.is_armed ())
    show_.arm_in (show_step);
  if (is_new && FileProgress::Stage::asking == progress.stage)
    front_.on_remark (filled (_ ("%s is asked for, and saved as soon as its "
                                 "sender's peer sends it"),
                              { transfer.name }));
}

void
FileDeeds::show ()
{
  std::vector<std::string> words;
  for (const Transfer &each : transfers_)
    if (each.is_shown)
      words.push_back (
          shortened (view::visible_line (each.name), name_columns_max) + ": "
          + progress_words (each.progress, each.rate.rate ()));
  front_.on_transfers (words);
}

void
FileDeeds::end (const Transfer &transfer, const std::string &remark)
{
  transfers_.remove_if ([&transfer] (const Transfer &each)
                        { return &each == &transfer; });
  show ();
  front_.on_remark (remark);
}

// ------------------------------------------------------------------ sending

void
FileDeeds::send (const std::string &path)
{
  if (path.empty ())
    return front_.on_remark (_ ("Which file? Say /send FILE."));
  Transfer &transfer = begin (view::safe_file_name (path));
  transfer.sender = std::make_unique<FileSender> (
      room_.session (), FileSender::Wanted{ at_home (path), "" },
      FileSender::Callbacks{
          [this, &transfer] (const FileProgress &progress)
          { on_progress (transfer, progress); },
          [] (const client::Said &) {},
          [this, &transfer] (const FileSender::Outcome &outcome)
          { on_sent (transfer, outcome); } });
  if (const auto error = transfer.sender->open ())
    return end (transfer, filled (_ ("%s was not sent: %s"), { path, *error }));
  transfer.sender->start (room_.place ());
}

void
FileDeeds::on_sent (Transfer &transfer, const FileSender::Outcome &outcome)
{
  const std::string name = transfer.name;
  const bool is_offer = transfer.sender->is_offer ();
  const std::string failure = failure_of (outcome);
  if (! failure.empty ())
    return end (transfer,
                filled (_ ("%s was not sent: %s"), { name, failure }));
  if (! is_offer)
    return end (transfer, filled (_ ("%s was sent"), { name }));
  end (transfer,
       filled (_ ("%s is offered as #%s: it is sent when somebody asks for it, "
                  "as long as it stays unchanged where it is"),
               { name, std::to_string (outcome.said.id) }));
}

// ----------------------------------------------------------------- fetching

void
FileDeeds::get (const Input &input)
{
  const auto id = file_id (input.word);
  if (! id)
    return front_.on_remark (_ ("Which file? Say /get ID; see /files."));
  Transfer &transfer = begin ("#" + std::to_string (*id));
  transfer.fetcher = std::make_unique<FileFetcher> (
      room_.session ().app (), room_.place (),
      FileFetcher::Wanted{ *id, at_home (input.rest) },
      FileFetcher::Callbacks{
          [this, &transfer] (const FileProgress &progress)
          { on_progress (transfer, progress); },
          [this, &transfer] (const FileFetcher::Outcome &outcome)
          { on_fetched (transfer, outcome); } });
}

void
FileDeeds::on_fetched (Transfer &transfer, const FileFetcher::Outcome &outcome)
{
  using Kind = FileFetcher::Outcome::Kind;
  const std::string name = outcome.path.empty () ? transfer.name : outcome.path;
  switch (outcome.kind)
  {
  case Kind::saved:
    return end (transfer, filled (_ ("%s was saved"), { name }));
  case Kind::failed:
    return end (transfer,
                filled (_ ("%s was not saved: %s"), { name, outcome.why }));
  case Kind::not_found:
    return end (transfer,
                filled (_ ("%s was not saved: %s"),
                        { name, _ ("no file of that number is to be had; "
                                   "see /files") }));
  }
}

// -------------------------------------------------------------- taking back

void
FileDeeds::withdraw (const Input &input)
{
  const auto id = file_id (input.word);
  if (! id)
    return front_.on_remark (_ ("Which file? Say /withdraw ID; see /files."));
  Transfer &transfer = begin (std::to_string (*id));
  transfer.withdrawer = std::make_unique<client::OfferWithdrawer> (
      room_.session ().app (), room_.place (), *id,
      client::OfferWithdrawer::Callbacks{
          [] {}, [this, &transfer] (const client::Withdrawal &withdrawal)
          { on_withdrawn (transfer, withdrawal); } });
}

void
FileDeeds::on_withdrawn (const Transfer &transfer,
                         const client::Withdrawal &withdrawal)
{
  const std::string name = transfer.name;
  const std::string failure = failure_of (withdrawal);
  end (transfer,
       failure.empty ()
           ? filled (_ ("#%s is withdrawn: nobody gets it any more"), { name })
           : filled (_ ("#%s was not withdrawn: %s"), { name, failure }));
}

// ------------------------------------------------------------------ listing

void
FileDeeds::list ()
{
  lines_.clear ();
  FileList::Wanted wanted;
  wanted.latest = files_listed;
  list_ = std::make_unique<FileList> (
      room_.session ().app (), room_.place (), wanted,
      FileList::Callbacks{
          [] {}, [this] (const FileList::Entry &entry) { on_entry (entry); },
          [this] (const std::optional<std::string> &error)
          { on_listed (error); } });
}

void
FileDeeds::on_entry (const FileList::Entry &entry)
{
  std::string author;
  if (const auto key = author_of (*entry.message, room_.place ()))
  {
    const auto known = room_.names ().find (*key);
    author = room_.names ().end () == known
                 ? key->substr (0, key_shown_size) + "…"
                 : known->second;
  }
  lines_.push_back (file_line (entry, author));
  if (lines_.size () > files_listed)
    lines_.pop_front ();
}

void
FileDeeds::on_listed (const std::optional<std::string> &error)
{
  if (! error)
    for (const std::string &line : lines_)
      front_.on_remark (line);
  list_.reset (); // the last remark may end it all
  if (error)
    return front_.on_remark (
        filled (_ ("The history cannot be read: %s"), { told (*error) }));
  front_.on_remark (lines_.empty () ? _ ("There are no files here.")
                                    : _ ("/get ID saves one of them."));
}
} // namespace social::cli::chat
