// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What was said in the place, as far as it is here: messages in the order of
// their ids with remarks of the program between them, what became of our own,
// where we read and what is unread. Draws the part that is looked at.
//
// It is read at its end (then it moves on with what comes) or further up, at an
// anchor: the last row that is seen.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "social/cli/chat/model/people.hpp"
#include "social/cli/chat/model/rows.hpp"

namespace social::cli::chat
{
inline constexpr std::size_t entries_max = 10000;
inline constexpr std::size_t text_kept_max = std::size_t{ 16 } << 20;
// Of one text.
inline constexpr std::size_t text_shown_max = std::size_t{ 8 } << 10;

// What became of a message of ours.
enum class Mark
{
  none,
  begun,
  queued,   // on our own disk
  sent,     // under way to the host
  accepted, // on the host's disk
  failed,
};

[[nodiscard]] const char *mark_text (Mark mark);

struct Said
{
  std::uint64_t id = 0;    // of the message; 0: not known yet
  std::uint64_t local = 0; // our own, from here: its number among these
  std::string author;      // tagged key; empty: a remark of the program
  std::string text;        // as it came
  std::string kind;        // a method to be shown, or empty
  std::string clock;       // "12:34"
  std::string day;         // "2026-01-31"
  Mark mark = Mark::none;
  bool is_mine = false;
  bool is_historic = false;
};

class Transcript
{
public:
  explicit Transcript (const People &people) : people_ (people) {}

  // A message that has an id; a second one of that id is passed over.
  void add_message (Said said);
  void add_remark (const std::string &text, const std::string &day);
  // Our own words, from now on shown with what becomes of them.
  void add_own (Said said);
  // `id` 0: not known yet.
  void set_state (std::uint64_t local, Mark mark, std::uint64_t id);

  // The divider goes before the first message of others after this one.
  void mark_unread_after (std::uint64_t id);
  void forget_unread ();
  // How many came below what is looked at.
  [[nodiscard]] std::size_t
  unseen () const
  {
    return unseen_;
  }
  // Up to here it was read; 0: nothing.
  [[nodiscard]] std::uint64_t
  read_id () const
  {
    return read_id_;
  }

  // The smallest id that is here; nothing: there is no message.
  [[nodiscard]] std::optional<std::uint64_t> oldest_id () const;
  // Is there room for what is older?
  [[nodiscard]] bool has_room () const;
  // Nothing is older than what is here.
  void
  set_complete ()
  {
    is_complete_ = true;
  }
  // Older messages were added: moves up by what an earlier scrolling lacked.
  void on_older ();

  // The rows that are looked at, at most `height`; fewer when there are no
  // more.
  [[nodiscard]] std::vector<Row> rows (int width, int height);
  // In rows; true: there are none above any more.
  bool scroll_up (int count);
  void scroll_down (int count);
  void to_end ();
  [[nodiscard]] bool
  is_at_end () const
  {
    return nullptr == anchor_;
  }

private:
  struct Entry
  {
    Said said;
    std::vector<Row> rows; // drawn for:
    int width = 0;
    unsigned people_version = 0;
    bool has_day = false;
    bool has_unread = false;
    bool has_top = false;
  };
  struct Position
  {
    std::size_t index = 0;
    int row = 0;
  };

  [[nodiscard]] std::size_t place_of (const Said &said) const;
  [[nodiscard]] Entry *find_local (std::uint64_t local);
  [[nodiscard]] std::size_t index_of (const Entry *entry) const;
  void insert (std::size_t index, Said said);
  void trim ();
  void erase (std::size_t index);
  void note_came (const Said &said);
  [[nodiscard]] bool take_over_own (Said &said);

  [[nodiscard]] const std::vector<Row> &drawn (std::size_t index);
  void draw (Entry &entry) const;
  [[nodiscard]] Row head_of (const Said &said) const;
  [[nodiscard]] Position bottom ();
  void set_bottom (Position position);
  // Goes that many rows up; how many there were not.
  [[nodiscard]] int move_up (Position &position, int count);

  const People &people_;
  std::vector<std::unique_ptr<Entry>> entries_;
  std::size_t text_bytes_ = 0;
  const Entry *unread_ = nullptr;
  std::size_t unseen_ = 0;
  std::uint64_t read_id_ = 0;
  bool is_complete_ = false;

  const Entry *anchor_ = nullptr; // nothing: at the end
  int anchor_row_ = 0;
  int width_ = 80; // as last drawn
  int height_ = 24;
  int owed_ = 0; // rows that scrolling up lacked
};
} // namespace social::cli::chat
