// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The files of a chat: /send, /get, /files and /withdraw, by the same pieces as
// the commands send-file, get-file, files and withdraw-file. How far they are
// is told to the front, what came of them is remarked on.
#pragma once

#include <deque>
#include <list>
#include <memory>
#include <string>

#include "social/cli/chat/model/command.hpp"
#include "social/cli/chat/room.hpp"
#include "social/cli/file_fetcher.hpp"
#include "social/cli/file_list.hpp"
#include "social/cli/file_sender.hpp"
#include "social/client/offer_withdrawer.hpp"

namespace social::cli::chat
{
class FileDeeds
{
public:
  FileDeeds (Room &room, Front &front);
  FileDeeds (const FileDeeds &) = delete;
  FileDeeds &operator= (const FileDeeds &) = delete;

  void send (const std::string &path);
  void list ();
  void get (const Input &input);
  void withdraw (const Input &input);

  [[nodiscard]] bool
  is_busy () const
  {
    return nullptr != list_ || ! transfers_.empty ();
  }
  // Is all that is under way asked for, and not begun?
  [[nodiscard]] bool is_only_asking () const;
  void release ();

private:
  // A file on its way, in or out, or an offer that is taken back.
  struct Transfer
  {
    std::string name;
    FileProgress progress;
    FileRate rate;
    bool is_shown = false; // there is progress
    std::unique_ptr<FileSender> sender;
    std::unique_ptr<FileFetcher> fetcher;
    std::unique_ptr<client::OfferWithdrawer> withdrawer;
  };

  [[nodiscard]] Transfer &begin (std::string name);
  void on_progress (Transfer &transfer, const FileProgress &progress);
  void on_sent (Transfer &transfer, const FileSender::Outcome &outcome);
  void on_fetched (Transfer &transfer, const FileFetcher::Outcome &outcome);
  void on_withdrawn (const Transfer &transfer,
                     const client::Withdrawal &withdrawal);
  void end (const Transfer &transfer, const std::string &remark);
  void show ();
  void on_entry (const FileList::Entry &entry);
  void on_listed (const std::optional<std::string> &error);

  Room &room_;
  Front &front_;
  std::list<Transfer> transfers_;
  shell::Timer show_;
  std::unique_ptr<FileList> list_;
  std::deque<std::string> lines_; // of the list, the newest
};
} // namespace social::cli::chat
