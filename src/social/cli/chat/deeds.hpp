// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The commands of a chat, carried out; what came of them is remarked on.
#pragma once

#include <list>
#include <memory>
#include <string>

#include "social/cli/chat/model/command.hpp"
#include "social/cli/chat/room.hpp"
#include "social/cli/chat/transfer.hpp"

namespace social::cli::chat
{
class Deeds
{
public:
  Deeds (Room &room, Front &front);

  // A command of any verb but quit.
  void run (const Input &input);
  // Is an answer awaited, or a file under way?
  [[nodiscard]] bool is_busy () const;
  void
  release ()
  {
    outgoing_.clear ();
    incoming_.clear ();
  }

private:
  void help ();
  void nyms ();
  void tell_nyms (const std::vector<Nym> &nyms);
  void topic (const std::string &text);
  void decide (const Input &input);
  void decide_about (const Input &input, const Nym &nym);
  void send (std::string path);
  void files ();
  void get (const Input &input);
  [[nodiscard]] bool may_do_as_host ();
  [[nodiscard]] std::string shown_name (const Nym &nym) const;

  Room &room_;
  Front &front_;
  std::size_t asked_ = 0; // and not answered
  std::list<OutgoingFile> outgoing_;
  std::list<IncomingFile> incoming_;
  std::unique_ptr<History> files_;
  bool is_listing_files_ = false;
  std::uint64_t files_count_ = 0;
};
} // namespace social::cli::chat
