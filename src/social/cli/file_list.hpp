// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The files of a place and those that are offered there, in the order in which
// they were said: for `files` and the chat.
#pragma once

#include <functional>
#include <memory>

#include "social/client/reader.hpp"
#include "social/view/from_gnunet.hpp"
#include "social/view/offer_book.hpp"

namespace social::cli
{
class FileList
{
public:
  struct Wanted
  {
    bool is_remote = false;   // fetch what is not here
    std::uint64_t latest = 0; // not 0: only so many of what was said as file
  };
  struct Entry
  {
    const view::Message *message = nullptr;
    bool is_offer = false;              // not said yet
    std::optional<std::string> failure; // why an offer could not be said
    std::optional<std::uint64_t> offer; // before what was said
  };
  struct Callbacks
  {
    std::function<void ()> on_progress;
    std::function<void (const Entry &)> on_entry;
    // Nothing: fine. The list may be destroyed in it.
    std::function<void (const std::optional<std::string> &error)> on_end;
  };

  FileList (GNUNET_SOCIAL_App *app, const view::Place &place,
            const Wanted &wanted, Callbacks callbacks);
  FileList (const FileList &) = delete;
  FileList &operator= (const FileList &) = delete;

private:
  void read ();
  void tell (const view::Message &message);
  void tell_offers (std::uint64_t below);
  void end ();

  GNUNET_SOCIAL_App *const app_;
  const view::Place place_;
  const Wanted wanted_;
  const Callbacks callbacks_;
  view::OfferBook book_;
  std::size_t turn_ = 0;
  std::unique_ptr<client::Reader> reader_;
  std::optional<std::string> error_;
  // The reader is under what decides these.
  shell::Timer next_;
  shell::Timer ending_;
};

// An entry as a line; `author`: who said it, or empty.
[[nodiscard]] std::string file_line (const FileList::Entry &entry,
                                     const std::string &author);
} // namespace social::cli
