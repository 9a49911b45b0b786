// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A chat's transcript and screen: order, marks, what is unread, scrolling, and
// that every row fits whatever comes.
#include <clocale>
#include <random>

#include <gtest/gtest.h>

#include "social/cli/chat/model/cells.hpp"
#include "social/cli/chat/model/chat_screen.hpp"

using namespace social::cli::chat;

namespace
{
class Utf8Locale : public ::testing::Environment
{
public:
  void
  SetUp () override
  {
    ASSERT_NE (nullptr, std::setlocale (LC_CTYPE, "C.UTF-8"));
  }
};
[[maybe_unused]] const auto *const utf8_locale
    = ::testing::AddGlobalTestEnvironment (new Utf8Locale);

[[nodiscard]] Said
said (std::uint64_t id, const std::string &text,
      const std::string &author = "bob")
{
  Said out;
  out.id = id;
  out.author = author;
  out.text = text;
  out.clock = "12:34";
  out.day = "2026-01-31";
  out.is_mine = "alice" == author;
  return out;
}

[[nodiscard]] Said
own (std::uint64_t local, const std::string &text)
{
  Said out = said (0, text, "alice");
  out.local = local;
  out.mark = Mark::begun;
  return out;
}

[[nodiscard]] Said
historic (Said said)
{
  said.is_historic = true;
  return said;
}

// A screen of 40 columns with `rows` of transcript.
class Chat
{
public:
  explicit Chat (int rows = 10) : height (rows + 3)
  {
    for (const char *name : { "alice", "bob" })
      screen.people ().learn (name, name);
    screen.surroundings ().place = "lounge";
    screen.surroundings ().ego = "alice";
  }

  [[nodiscard]] std::string
  text ()
  {
    std::string out;
    for (const Row &row : screen.draw (40, height).rows)
      out += text_of (row) + "\n";
    return out;
  }
  [[nodiscard]] bool
  shows (const std::string &wanted)
  {
    return std::string::npos != text ().find (wanted);
  }
  // Ids of "m<id>" from above, as they are seen.
  [[nodiscard]] std::vector<int>
  ids ()
  {
    std::vector<int> out;
    for (const Row &row : screen.draw (40, height).rows)
    {
      const std::string line = text_of (row);
      const std::size_t at = line.find (": m");
      if (std::string::npos != at)
        out.push_back (std::stoi (line.substr (at + 3)));
    }
    return out;
  }
  void
  add (std::uint64_t first, std::uint64_t last)
  {
    for (std::uint64_t id = first; id <= last; id++)
      transcript.add_message (said (id, "m" + std::to_string (id)));
  }
  void
  type (const std::string &line)
  {
    for (const char c : line)
      (void)screen.on_key (Key::character, static_cast<char32_t> (c));
  }

  ChatScreen screen;
  Transcript &transcript = screen.transcript ();
  int height;
};

[[nodiscard]] std::vector<int>
range (int first, int last)
{
  std::vector<int> out;
  for (int i = first; i <= last; i++)
    out.push_back (i);
  return out;
}
} // namespace

// -------------------------------------------------------------------- order

TEST (Transcript, IsInTheOrderOfIdsAndHasEachOnce)
{
  Chat chat;
  chat.add (5, 6);
  chat.add (1, 3);
  chat.add (4, 6);
  EXPECT_EQ (chat.ids (), range (1, 6));
  EXPECT_EQ (chat.transcript.oldest_id (), 1u);
}

TEST (Transcript, KeepsRemarksBehindWhatTheyCameAfter)
{
  Chat chat;
  chat.add (5, 5);
  chat.transcript.add_remark ("a remark", "2026-01-31");
  chat.add (6, 6);
  chat.add (4, 4);
  const std::string text = chat.text ();
  EXPECT_LT (text.find ("m5"), text.find ("a remark"));
  EXPECT_LT (text.find ("a remark"), text.find ("m6"));
  EXPECT_EQ (chat.ids (), range (4, 6));
}

TEST (Transcript, PutsTheHistoryBeforeWhatWasRemarkedMeanwhile)
{
  Chat chat;
  chat.transcript.add_remark ("a remark", "2026-01-31");
  chat.transcript.add_own (own (1, "said at once"));
  for (std::uint64_t id = 1; id <= 2; id++)
    chat.transcript.add_message (
        historic (said (id, "m" + std::to_string (id))));
  const std::string text = chat.text ();
  EXPECT_LT (text.find ("m1"), text.find ("m2"));
  EXPECT_LT (text.find ("m2"), text.find ("a remark"));
  EXPECT_LT (text.find ("a remark"), text.find ("said at once"));
}

TEST (Transcript, ShowsNamesThatAreLearnedLater)
{
  Chat chat;
  chat.transcript.add_message (said (1, "m1", "000G0051KEY0000000000"));
  EXPECT_TRUE (chat.shows ("000G0051KEY0…: m1"));
  chat.screen.people ().learn ("000G0051KEY0000000000", "carol");
  EXPECT_TRUE (chat.shows ("carol: m1"));
}

TEST (Transcript, DividesDays)
{
  Chat chat;
  chat.add (1, 1);
  Said next = said (2, "m2");
  next.day = "2026-02-01";
  chat.transcript.add_message (next);
  EXPECT_TRUE (chat.shows ("── 2026-01-31 ─"));
  EXPECT_TRUE (chat.shows ("── 2026-02-01 ─"));
}

// -------------------------------------------------------------------- marks

TEST (Transcript, MarksWhatBecomesOfOwnWords)
{
  Chat chat;
  chat.transcript.add_own (own (1, "hello"));
  EXPECT_TRUE (chat.shows ("12:34 · alice: hello"));
  chat.transcript.set_state (1, Mark::queued, 0);
  EXPECT_TRUE (chat.shows ("12:34 … alice: hello"));
  chat.transcript.set_state (1, Mark::sent, 0);
  EXPECT_TRUE (chat.shows ("12:34 → alice: hello"));
  chat.transcript.set_state (1, Mark::accepted, 7);
  EXPECT_TRUE (chat.shows ("12:34 ✓ alice: hello"));
  // What comes back is the same message.
  chat.transcript.add_message (said (7, "hello", "alice"));
  const std::string text = chat.text ();
  EXPECT_EQ (text.find ("hello"), text.rfind ("hello"));
}

TEST (Transcript, MarksARefusal)
{
  Chat chat;
  chat.transcript.add_own (own (1, "hello"));
  chat.transcript.set_state (1, Mark::failed, 0);
  EXPECT_TRUE (chat.shows ("12:34 ✗ alice: hello"));
}

TEST (Transcript, KnowsItsOwnWordsWhenTheyComeBackFirst)
{
  Chat chat;
  chat.transcript.add_own (own (1, "twice"));
  chat.transcript.add_own (own (2, "twice"));
  chat.transcript.add_message (said (7, "twice", "alice"));
  chat.transcript.add_message (said (8, "twice", "alice"));
  chat.transcript.set_state (2, Mark::accepted, 8);
  chat.transcript.set_state (1, Mark::accepted, 7);
  const std::string text = chat.text ();
  std::size_t count = 0;
  for (std::size_t at = text.find ("✓ alice: twice"); at != std::string::npos;
       at = text.find ("✓ alice: twice", at + 1))
    count++;
  EXPECT_EQ (count, 2u);
  EXPECT_EQ (text.find ("· alice"), std::string::npos);
}

TEST (Transcript, PutsOwnWordsWhereTheHostPutThem)
{
  Chat chat;
  chat.add (1, 2);
  chat.transcript.add_own (own (1, "m4"));
  chat.add (3, 3);
  EXPECT_EQ (chat.ids (), (std::vector<int>{ 1, 2, 3, 4 }));
  chat.add (5, 5);
  chat.transcript.set_state (1, Mark::accepted, 4);
  EXPECT_EQ (chat.ids (), range (1, 5));
}

// ---------------------------------------------------------------- scrolling

TEST (Scrolling, ShowsTheEndAndFollowsIt)
{
  Chat chat (5);
  chat.add (1, 20);
  EXPECT_EQ (chat.ids (), range (16, 20));
  chat.add (21, 21);
  EXPECT_EQ (chat.ids (), range (17, 21));
}

TEST (Scrolling, StaysWhereOneReadsWhenMoreComes)
{
  Chat chat (5);
  chat.add (1, 20);
  (void)chat.text ();
  EXPECT_EQ (chat.screen.on_key (Key::page_up).kind, Wish::Kind::nothing);
  EXPECT_EQ (chat.ids (), range (12, 16));
  chat.add (21, 23);
  EXPECT_EQ (chat.ids (), range (12, 16));
  EXPECT_TRUE (chat.shows ("↓ 3"));
  (void)chat.screen.on_key (Key::page_down);
  EXPECT_EQ (chat.ids (), range (16, 20));
  (void)chat.screen.on_key (Key::escape);
  EXPECT_EQ (chat.ids (), range (20, 23));
  EXPECT_TRUE (chat.shows ("── new ─"));
  EXPECT_FALSE (chat.shows ("↓"));
  (void)chat.screen.on_key (Key::escape);
  EXPECT_EQ (chat.ids (), range (19, 23));
}

TEST (Scrolling, GoesByRowsToo)
{
  Chat chat (5);
  chat.add (1, 20);
  (void)chat.text ();
  (void)chat.screen.on_key (Key::row_up);
  EXPECT_EQ (chat.ids (), range (15, 19));
  (void)chat.screen.on_key (Key::row_down);
  EXPECT_EQ (chat.ids (), range (16, 20));
  EXPECT_TRUE (chat.transcript.is_at_end ());
}

TEST (Scrolling, AsksForWhatIsOlderAtTheTopAndGoesOnThere)
{
  Chat chat (5);
  chat.add (101, 107);
  (void)chat.text ();
  // There is a divider above the first.
  EXPECT_EQ (chat.screen.on_key (Key::page_up).kind, Wish::Kind::older);
  EXPECT_EQ (chat.ids (), range (101, 104));
  EXPECT_EQ (chat.screen.on_key (Key::page_up).kind, Wish::Kind::older);
  EXPECT_EQ (chat.ids (), range (101, 104));
  for (std::uint64_t id = 1; id <= 100; id++)
    chat.transcript.add_message (
        historic (said (id, "m" + std::to_string (id))));
  chat.transcript.on_older ();
  EXPECT_EQ (chat.ids (), range (96, 100));
}

TEST (Scrolling, HasEveryMessageOnTheWayUp)
{
  Chat chat (7);
  chat.add (1, 100);
  (void)chat.text ();
  std::vector<bool> seen (101, false);
  for (int i = 0; i < 40; i++)
  {
    for (const int id : chat.ids ())
      seen[static_cast<std::size_t> (id)] = true;
    (void)chat.screen.on_key (Key::page_up);
  }
  for (std::size_t id = 1; id <= 100; id++)
    EXPECT_TRUE (seen[id]) << id;
  EXPECT_EQ (chat.ids ().front (), 1);
}

TEST (Scrolling, TellsTheBeginning)
{
  Chat chat (5);
  chat.add (1, 2);
  EXPECT_FALSE (chat.shows ("the beginning"));
  chat.transcript.set_complete ();
  EXPECT_TRUE (chat.shows ("── the beginning ─"));
}

TEST (Scrolling, LetsTheOldestGoWhenThereAreTooMany)
{
  Chat chat (5);
  chat.add (1, entries_max + 1);
  EXPECT_GT (chat.transcript.oldest_id (), 1u);
  EXPECT_EQ (chat.ids ().back (), static_cast<int> (entries_max + 1));
  EXPECT_FALSE (chat.transcript.has_room ());
}

// ------------------------------------------------------------------- unread

TEST (Unread, IsMarkedFromWhereOneReadLast)
{
  Chat chat;
  chat.add (1, 5);
  chat.transcript.mark_unread_after (3);
  const std::string text = chat.text ();
  EXPECT_LT (text.find ("m3"), text.find ("── new ─"));
  EXPECT_LT (text.find ("── new ─"), text.find ("m4"));
  EXPECT_EQ (chat.transcript.read_id (), 5u);
}

TEST (Unread, BeginsWithWhatComesWhileOneReadsAbove)
{
  Chat chat (5);
  chat.add (1, 20);
  (void)chat.text ();
  (void)chat.screen.on_key (Key::page_up);
  chat.add (21, 22);
  EXPECT_EQ (chat.transcript.read_id (), 20u);
  chat.transcript.to_end ();
  EXPECT_EQ (chat.transcript.read_id (), 22u);
  const std::string text = chat.text ();
  EXPECT_LT (text.find ("m20"), text.find ("── new ─"));
  EXPECT_LT (text.find ("── new ─"), text.find ("m21"));
  chat.type ("x");
  (void)chat.screen.on_key (Key::enter);
  EXPECT_FALSE (chat.shows ("── new ─"));
}

// ------------------------------------------------------------------- screen

TEST (Screen, SubmitsWhatIsTyped)
{
  Chat chat;
  chat.type ("hello");
  EXPECT_TRUE (chat.shows ("> hello"));
  const Wish wish = chat.screen.on_key (Key::enter);
  EXPECT_EQ (wish.kind, Wish::Kind::submit);
  EXPECT_EQ (wish.line, "hello");
  EXPECT_FALSE (chat.shows ("hello"));
  EXPECT_EQ (chat.screen.on_key (Key::enter).kind, Wish::Kind::nothing);
  (void)chat.screen.on_key (Key::up);
  EXPECT_TRUE (chat.shows ("> hello"));
}

TEST (Screen, EndsWithCtrlDOnAnEmptyLineOnly)
{
  Chat chat;
  chat.type ("x");
  EXPECT_EQ (chat.screen.on_key (Key::end_of_input).kind, Wish::Kind::nothing);
  (void)chat.screen.on_key (Key::backspace);
  EXPECT_EQ (chat.screen.on_key (Key::end_of_input).kind, Wish::Kind::quit);
}

TEST (Screen, CompletesCommandsAndNames)
{
  Chat chat;
  chat.type ("/to");
  (void)chat.screen.on_key (Key::tab);
  chat.type ("b");
  (void)chat.screen.on_key (Key::tab);
  EXPECT_EQ (chat.screen.on_key (Key::enter).line, "/topic bob ");
}

TEST (Screen, WrapsALongLineAndKeepsTheCursorInSight)
{
  Chat chat;
  chat.type (std::string (100, 'x'));
  const Frame frame = chat.screen.draw (40, chat.height);
  EXPECT_EQ (static_cast<int> (frame.rows.size ()), chat.height);
  EXPECT_EQ (text_of (frame.rows[static_cast<std::size_t> (chat.height - 3)]),
             "> " + std::string (38, 'x'));
  EXPECT_EQ (frame.cursor_row, chat.height - 1);
  EXPECT_EQ (frame.cursor_column, 2 + 24);
  (void)chat.screen.on_key (Key::home);
  EXPECT_EQ (chat.screen.draw (40, chat.height).cursor_column, 2);
}

TEST (Screen, PutsTheCursorBehindWideCharacters)
{
  Chat chat;
  (void)chat.screen.on_key (Key::character, U'日');
  (void)chat.screen.on_key (Key::character, U'e');
  (void)chat.screen.on_key (Key::character, U'\u0301');
  EXPECT_EQ (chat.screen.draw (40, 20).cursor_column, 2 + 3);
}

TEST (Screen, HasItsSizeAtAnySize)
{
  Chat chat;
  chat.add (1, 30);
  chat.type (std::string (300, 'y'));
  for (int width = 1; width < 60; width++)
    for (int height = 1; height < 12; height++)
    {
      const Frame frame = chat.screen.draw (width, height);
      EXPECT_EQ (static_cast<int> (frame.rows.size ()), height)
          << width << "x" << height;
      EXPECT_LT (frame.cursor_row, height);
      EXPECT_GE (frame.cursor_row, 0);
      EXPECT_LT (frame.cursor_column, width);
    }
}

TEST (Screen, StaysWholeWhateverIsSaid)
{
  const auto seed = std::random_device{}();
  std::cout << "seed " << seed << "\n";
  std::mt19937 random (seed);
  const std::vector<std::string> pieces = { "\x1b[2J", "\x1b]0;title\x07",
                                            "\r",      "\n",
                                            "\t",      "\b",
                                            "\u202e",  "\u2066",
                                            "\xff",    "\u0301",
                                            "日",      "🙂",
                                            "\u200d",  "a",
                                            " ",       "word",
                                            "\x9b" };
  for (int round = 0; round < 200; round++)
  {
    Chat chat (8);
    for (std::uint64_t id = 1; id <= 5; id++)
    {
      std::string text;
      const auto count = random () % 200;
      for (unsigned i = 0; i < count; i++)
        text += pieces[random () % pieces.size ()];
      chat.transcript.add_message (said (id, text, text.substr (0, 60)));
      chat.screen.people ().learn (text.substr (0, 60), text);
      chat.screen.surroundings ().topic = text;
    }
    const int width = 20 + static_cast<int> (random () % 60);
    for (const Row &row : chat.screen.draw (width, 11).rows)
    {
      const std::string line = text_of (row);
      EXPECT_LE (columns_of (line), width) << line;
      for (const char c : line)
        EXPECT_GE (static_cast<unsigned char> (c), 0x20);
    }
  }
}

TEST (Screen, ShowsAMegabyteWithoutASpaceInPart)
{
  Chat chat;
  chat.transcript.add_message (said (1, std::string (1 << 20, 'x')));
  chat.add (2, 2);
  EXPECT_TRUE (chat.shows ("m2"));
  for (int i = 0; i < 100; i++)
    (void)chat.screen.on_key (Key::page_up);
  EXPECT_TRUE (chat.shows ("bob: xxx"));
}

TEST (Screen, TellsOfFilesUnderWayBeforeWhatElseIsNew)
{
  Chat chat;
  chat.screen.surroundings ().transfers = { "film: 45 %" };
  chat.screen.surroundings ().news = { "2 in here" };
  EXPECT_TRUE (chat.shows ("[lounge] alice · film: 45 % · 2 in here"));
}
