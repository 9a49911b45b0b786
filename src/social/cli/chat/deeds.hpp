// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The commands of a chat, carried out; what came of them is remarked on.
#pragma once

#include <string>

#include "social/cli/chat/file_deeds.hpp"
#include "social/cli/chat/model/command.hpp"
#include "social/cli/chat/room.hpp"

namespace social::cli::chat
{
class Deeds
{
public:
  Deeds (Room &room, Front &front);

  // A command of any verb but quit.
  void run (const Input &input);
  // Is an answer awaited, or a file under way?
  [[nodiscard]] bool
  is_busy () const
  {
    return asked_ > 0 || files_.is_busy ();
  }
  // Only for files that were asked for?
  [[nodiscard]] bool
  is_only_asking () const
  {
    return 0 == asked_ && files_.is_only_asking ();
  }
  void
  release ()
  {
    files_.release ();
  }

private:
  void help ();
  void nyms ();
  void tell_nyms (const std::vector<Nym> &nyms);
  void topic (const std::string &text);
  void decide (const Input &input);
  void decide_about (const Input &input, const Nym &nym);
  [[nodiscard]] bool may_do_as_host ();
  [[nodiscard]] std::string shown_name (const Nym &nym) const;

  Room &room_;
  Front &front_;
  std::size_t asked_ = 0; // and not answered
  FileDeeds files_;
};
} // namespace social::cli::chat
