// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The whole screen of a chat as a value: keys go in, what is wanted and rows to
// be drawn come out. From above: topic, transcript, bar, the line being
// written.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "social/cli/chat/model/line_editor.hpp"
#include "social/cli/chat/model/people.hpp"
#include "social/cli/chat/model/transcript.hpp"

namespace social::cli::chat
{
enum class Key
{
  character,
  enter,
  tab,
  escape,
  page_up,
  page_down,
  row_up,
  row_down,
  left,
  right,
  word_left,
  word_right,
  home,
  end,
  backspace,
  remove,
  cut_word,
  cut_to_start,
  cut_to_end,
  paste,
  up,
  down,
  end_of_input,
  line_break, // in what is being written
};

// What the user wants of the program.
struct Wish
{
  enum class Kind
  {
    nothing,
    submit,
    older,
    quit,
  };
  Kind kind = Kind::nothing;
  std::string line; // submitted
};

struct Frame
{
  std::vector<Row> rows; // as many as the screen has
  int cursor_row = 0;
  int cursor_column = 0;
};

// What stands in the lines around the transcript.
struct Surroundings
{
  std::string place;
  std::string topic;
  std::string ego;
  std::vector<std::string> transfers; // files under way, how far
  std::vector<std::string> news;      // connection, door, who is here
};

class ChatScreen
{
public:
  ChatScreen () : transcript_ (people_) {}
  ChatScreen (const ChatScreen &) = delete;
  ChatScreen &operator= (const ChatScreen &) = delete;

  [[nodiscard]] People &
  people ()
  {
    return people_;
  }
  [[nodiscard]] Transcript &
  transcript ()
  {
    return transcript_;
  }
  [[nodiscard]] Surroundings &
  surroundings ()
  {
    return surroundings_;
  }

  // `character` of Key::character.
  [[nodiscard]] Wish on_key (Key key, char32_t character = 0);
  [[nodiscard]] Frame draw (int width, int height);

private:
  [[nodiscard]] Wish scroll_up (int count);
  void complete ();
  [[nodiscard]] Row bar (int width) const;
  void draw_line (Frame &frame, int width, int height) const;

  People people_;
  Transcript transcript_;
  LineEditor editor_;
  Surroundings surroundings_;
  int page_ = 10; // rows of the transcript, as last drawn
};
} // namespace social::cli::chat
