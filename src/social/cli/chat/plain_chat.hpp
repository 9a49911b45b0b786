// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A chat where there is no terminal to draw on: lines in, lines out. Messages
// are printed as `follow` prints them; what the program remarks begins with
// "-- " and is for people only.
#pragma once

#include <map>
#include <string>

#include "social/cli/chat/deeds.hpp"
#include "social/cli/chat/room.hpp"

namespace social::cli::chat
{
class PlainChat final : public Command, public Front
{
public:
  explicit PlainChat (Session &session)
      : Command (session), lost_ ([this] { (void)session_.has_lost_reader (); })
  {}

  void run () override;
  void on_timeout () override;
  void release () override;
  Status on_interrupt () override;

private:
  void on_message (const Message &message, Printer::Age age) override;
  void on_gap (std::uint64_t from, std::uint64_t to) override;
  void on_remark (const std::string &text) override;
  void on_names () override;
  void on_topic (const std::string &topic) override;
  void on_standing (const Standing &standing) override;
  void on_said (std::uint64_t local, const client::Said &said) override;
  void on_transfers (const std::vector<std::string> &words) override;

  void read_on ();
  void read ();
  void take_lines ();
  void take_line (const std::string &line);
  void begin_end ();
  void end_when_settled ();
  [[nodiscard]] bool is_room () const;

  std::optional<Printer> printer_;
  std::optional<Room> room_;
  std::optional<Deeds> deeds_;
  const struct GNUNET_DISK_FileHandle *stdin_ = nullptr;
  struct GNUNET_SCHEDULER_Task *read_task_ = nullptr;
  std::string input_;        // read, and not taken yet
  bool is_too_long_ = false; // what comes up to the next line end
  bool is_ending_ = false;
  // Of what was said: bytes that are on no disk yet.
  std::map<std::uint64_t, std::size_t> unstored_;
  std::size_t unstored_bytes_ = 0;
  Status status_ = Status::done;
  shell::Timer lost_; // nobody reads what is printed
};
} // namespace social::cli::chat
