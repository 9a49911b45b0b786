// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The terminal, by ncurses: draws frames, gives keys as they are pressed,
// notices another size, and is as it was when this ends, whatever ended it.
// One at a time.
#pragma once

#include <functional>
#include <memory>

#include "shell/timer.hpp"
#include "social/cli/chat/model/chat_screen.hpp"

namespace social::cli::chat
{
class Terminal
{
public:
  struct Callbacks
  {
    std::function<void (Key, char32_t)> on_key;
    // Its size is another, or it was overwritten: draw.
    std::function<void ()> on_draw;
    // There is no terminal any more.
    std::function<void ()> on_gone;
  };

  // Is there a terminal, at both ends, that can be drawn on?
  [[nodiscard]] static bool is_usable ();

  explicit Terminal (Callbacks callbacks);
  Terminal (const Terminal &) = delete;
  Terminal &operator= (const Terminal &) = delete;
  ~Terminal ();

  [[nodiscard]] int width () const;
  [[nodiscard]] int height () const;
  void draw (const Frame &frame);

private:
  void set_colours ();
  void set_keys ();
  void read_on ();
  void read_keys ();
  void read_key (int outcome, unsigned code);
  void read_after_escape ();
  void wait_for_signals ();
  void take_signals ();
  void resize ();
  void stop ();
  void set_paste_marks (const char *capability);
  void hide_logs ();
  void show_logs ();
  void draw_row (int row, const Row &spans);
  [[nodiscard]] unsigned attributes_of (const Span &span) const;

  const Callbacks callbacks_;
  bool has_colours_ = false;
  bool is_pasting_ = false;
  int stderr_ = -1; // what it was
  struct GNUNET_SCHEDULER_Task *key_task_ = nullptr;
  struct GNUNET_SCHEDULER_Task *signal_task_ = nullptr;
  struct GNUNET_DISK_FileHandle *stdin_ = nullptr;
  struct GNUNET_DISK_FileHandle *signals_ = nullptr;
};
} // namespace social::cli::chat
