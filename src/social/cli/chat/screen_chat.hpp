// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A chat on a whole terminal: the room's news go into the screen's model, its
// keys into the room.
#pragma once

#include <optional>
#include <string>

#include "social/cli/chat/deeds.hpp"
#include "social/cli/chat/model/chat_screen.hpp"
#include "social/cli/chat/read_mark.hpp"
#include "social/cli/chat/room.hpp"
#include "social/cli/chat/terminal.hpp"

namespace social::cli::chat
{
class ScreenChat final : public Command, public Front
{
public:
  explicit ScreenChat (Session &session);

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

  void begin (const Place &place);
  void begin_reading ();
  void on_key (Key key, char32_t character);
  void take_line (const std::string &line);
  void say (const std::string &text);
  void read_older ();
  void on_older (std::uint64_t first);
  void want_draw ();
  void draw ();
  [[nodiscard]] Said said_of (const Message &message, Printer::Age age) const;

  ChatScreen screen_;
  std::optional<ReadMark> mark_;
  std::optional<Room> room_;
  std::optional<Deeds> deeds_;
  std::optional<Terminal> terminal_;
  shell::Timer draw_;
  shell::Timer end_;
  bool is_reading_older_ = false;
  std::uint64_t asked_from_ = 0; // the older messages that were read last
  std::uint64_t oldest_then_ = 0;
  std::uint64_t chunk_;
};
} // namespace social::cli::chat
