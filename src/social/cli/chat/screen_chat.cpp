// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/cli/chat/screen_chat.hpp"

#include <algorithm>

#include "social/cli/chat/model/command.hpp"
#include "social/cli/chat/words.hpp"
#include "social/cli/translate.hpp"
#include "social/cli/words.hpp"

namespace social::cli::chat
{
namespace
{
constexpr std::uint64_t shown_first = 200;
constexpr std::uint64_t older_chunk = 100;
// What comes together is drawn together.
constexpr base::Duration draw_delay = base::milliseconds (10);

[[nodiscard]] std::uint64_t
now_us ()
{
  return static_cast<std::uint64_t> (
      shell::now ().time_since_epoch ().count ());
}

[[nodiscard]] Mark
mark_of (const client::Said &said)
{
  if (! said.state)
    return Mark::begun;
  switch (*said.state)
  {
  case GNUNET_PSYC_SEND_QUEUED:
    return Mark::queued;
  case GNUNET_PSYC_SEND_SENT:
    return Mark::sent;
  case GNUNET_PSYC_SEND_STORED:
  case GNUNET_PSYC_SEND_ACCEPTED:
    return Mark::accepted;
  case GNUNET_PSYC_SEND_REFUSED:
  case GNUNET_PSYC_SEND_CANCELLED:
  case GNUNET_PSYC_SEND_FAILED:
    break;
  }
  return Mark::failed;
}
} // namespace

// -------------------------------------------------------- beginning and end

ScreenChat::ScreenChat (Session &session)
    : Command (session), draw_ ([this] { draw (); }),
      end_ ([this] { session_.finish (Status::done); }), chunk_ (older_chunk)
{}

void
ScreenChat::run ()
{
  session_.with_place (session_.request ().words[0],
                       [this] (const Place &place) { begin (place); });
}

void
ScreenChat::begin (const Place &place)
{
  mark_.emplace (session_.cfg (), place.view.key);
  room_.emplace (session_, place, *this);
  deeds_.emplace (*room_, *this);
  screen_.surroundings ().place = short_label (place.label ());
  screen_.surroundings ().ego = place.view.ego;
  on_names ();
  on_standing (room_->standing ());
  // Not from within its own callbacks is the terminal let go.
  terminal_.emplace (Terminal::Callbacks{
      [this] (Key key, char32_t character) { on_key (key, character); },
      [this] { draw (); }, [this] { end_.arm_now (); } });
  room_->start (shown_first, [this] { begin_reading (); });
  draw ();
}

void
ScreenChat::begin_reading ()
{
  if (const auto read = mark_->load ())
    screen_.transcript ().mark_unread_after (*read);
  want_draw ();
}

void
ScreenChat::on_timeout ()
{
  // One chats as long as one likes.
}

Status
ScreenChat::on_interrupt ()
{
  return Status::done;
}

void
ScreenChat::release ()
{
  draw_.disarm ();
  end_.disarm ();
  terminal_.reset ();
  if (mark_)
    mark_->save (screen_.transcript ().read_id ());
  if (deeds_)
    deeds_->release ();
  if (room_)
    room_->release ();
}

// -------------------------------------------------------------- what comes

Said
ScreenChat::said_of (const Message &message, Printer::Age age) const
{
  const Worded words = worded (message, room_->place ());
  const std::uint64_t time = time_said (message).value_or (now_us ());
  Said said;
  said.id = message.id;
  said.author = words.author;
  said.kind = words.kind;
  said.text = words.text;
  said.clock = clock_of (time);
  said.day = day_of (time);
  said.is_mine = room_->is_ours (words.author);
  said.is_historic = Printer::Age::historic == age;
  return said;
}

void
ScreenChat::on_message (const Message &message, Printer::Age age)
{
  screen_.transcript ().add_message (said_of (message, age));
  want_draw ();
}

void
ScreenChat::on_gap (std::uint64_t from, std::uint64_t to)
{
  on_remark (filled (_ ("nobody could supply the messages #%s to #%s"),
                     { std::to_string (from), std::to_string (to) }));
}

void
ScreenChat::on_remark (const std::string &text)
{
  screen_.transcript ().add_remark (text, day_of (now_us ()));
  want_draw ();
}

void
ScreenChat::on_names ()
{
  for (const auto &[key, name] : room_->names ())
    screen_.people ().learn (key, name);
  want_draw ();
}

void
ScreenChat::on_topic (const std::string &topic)
{
  Surroundings &around = screen_.surroundings ();
  around.topic = topic.empty () ? "" : around.place + ": " + topic;
  want_draw ();
}

void
ScreenChat::on_standing (const Standing &standing)
{
  std::vector<std::string> news;
  const auto count = [&news] (std::uint64_t number, const char *words)
  {
    if (number > 0)
      news.push_back (filled (words, { std::to_string (number) }));
  };
  const bool is_host = room_->place ().view.is_host;
  if (! standing.is_service_there)
    news.emplace_back (_ ("the social service is away"));
  if ("entered" != standing.state)
    news.push_back (told (standing.state));
  else if (! standing.is_reached)
    news.emplace_back (is_host ? _ ("not running") : _ ("host not reached"));
  count (standing.outbox, _ ("%s to be sent"));
  if (is_host)
    count (standing.nyms, _ ("%s in here"));
  count (standing.waiting, _ ("%s at the door"));
  screen_.surroundings ().news = std::move (news);
  want_draw ();
}

void
ScreenChat::on_said (std::uint64_t local, const client::Said &said)
{
  const Mark mark = mark_of (said);
  screen_.transcript ().set_state (local, mark, said.id);
  if (Mark::failed == mark)
    on_remark (filled (_ ("It was not said: %s"),
                       { said.reason.empty () ? _ ("no reason was given")
                                              : told (said.reason) }));
  want_draw ();
}

void
ScreenChat::on_transfers (const std::vector<std::string> &words)
{
  screen_.surroundings ().transfers = words;
  want_draw ();
}

// ---------------------------------------------------------- what is wanted

void
ScreenChat::on_key (Key key, char32_t character)
{
  const Wish wish = screen_.on_key (key, character);
  want_draw ();
  switch (wish.kind)
  {
  case Wish::Kind::nothing:
    return;
  case Wish::Kind::submit:
    return take_line (wish.line);
  case Wish::Kind::older:
    return read_older ();
  case Wish::Kind::quit:
    return end_.arm_now ();
  }
}

void
ScreenChat::take_line (const std::string &line)
{
  const Input input = parse_input (line);
  switch (input.kind)
  {
  case Input::Kind::nothing:
    return;
  case Input::Kind::words:
    return say (input.rest);
  case Input::Kind::unknown:
    return on_remark (filled (_ ("/%s: there is no such command; see /help"),
                              { input.word }));
  case Input::Kind::command:
    return Verb::quit == input.verb ? end_.arm_now () : deeds_->run (input);
  }
}

void
ScreenChat::say (const std::string &text)
{
  Room::Words words;
  words.text = text;
  Said said;
  said.local = room_->say (words);
  said.author = key_text (room_->place ().ego_key);
  said.text = text;
  said.clock = clock_of (now_us ());
  said.day = day_of (now_us ());
  said.mark = Mark::begun;
  said.is_mine = true;
  screen_.transcript ().add_own (std::move (said));
}

void
ScreenChat::read_older ()
{
  Transcript &transcript = screen_.transcript ();
  const std::uint64_t oldest = transcript.oldest_id ().value_or (0);
  // What was asked for last may have held nothing for us.
  const std::uint64_t before
      = 0 != asked_from_ && oldest_then_ == oldest ? asked_from_ : oldest;
  if (is_reading_older_)
    return;
  if (before <= 1)
    return transcript.set_complete ();
  if (! transcript.has_room ())
    return on_remark (
        filled (_ ("No more of the history has room here; read it with %s"),
                { "gnunet-social history " + room_->place ().label ()
                  + " --from 1 --to " + std::to_string (before - 1) }));
  is_reading_older_ = true;
  const std::uint64_t first = before > chunk_ ? before - chunk_ : 1;
  room_->read (first, before - 1, [this, first] { on_older (first); });
}

void
ScreenChat::on_older (std::uint64_t first)
{
  is_reading_older_ = false;
  Transcript &transcript = screen_.transcript ();
  const std::uint64_t oldest = transcript.oldest_id ().value_or (0);
  // Nothing there: faster through the void.
  chunk_ = oldest_then_ == oldest ? chunk_ * 2 : older_chunk;
  asked_from_ = first;
  oldest_then_ = oldest;
  if (1 == first)
    transcript.set_complete ();
  transcript.on_older ();
  want_draw ();
}

// ------------------------------------------------------------------ drawing

void
ScreenChat::want_draw ()
{
  if (terminal_ && ! draw_.is_armed ())
    draw_.arm_in (draw_delay);
}

void
ScreenChat::draw ()
{
  draw_.disarm ();
  if (terminal_)
    terminal_->draw (screen_.draw (terminal_->width (), terminal_->height ()));
}
} // namespace social::cli::chat
