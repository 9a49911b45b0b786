// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Reading what is stored: the history and the files of a place as lists, one
// body as it is. All of it goes out as it comes from the store, no faster than
// the client reads.
#include <array>
#include <deque>

#include "psyc/message/names.hpp"
#include "social/client/offer_asker.hpp"
#include "social/gateway/file_answer.hpp"
#include "social/gateway/shell/followed.hpp"
#include "social/gateway/shell/work.hpp"
#include "social/view/offer_book.hpp"
#include "social/view/text.hpp"

namespace social::gateway
{
namespace
{
constexpr std::uint64_t default_last = 20;
// The newest of a range are known at its end: so many are held.
constexpr std::uint64_t held_max = 1000;
// For who offered a file.
constexpr base::Duration offer_patience = base::seconds (120);

// Anything that reads and answers with what it reads.
class Reading : public Work
{
public:
  using Work::Work;

  void
  on_room () override
  {
    if (reader_)
      reader_->resume ();
  }

protected:
  void
  read (const view::Place &place, const client::Reader::Wanted &wanted,
        client::Reader::Callbacks callbacks)
  {
    callbacks.on_asking = [this, place] { act_as (app (), place); };
    reader_ = std::make_unique<client::Reader> (app (), place.key, wanted,
                                                std::move (callbacks));
  }

  void
  send (base::ByteView bytes)
  {
    exchange_.send (bytes);
    if (! exchange_.has_room ())
      reader_->pause ();
  }

  std::unique_ptr<client::Reader> reader_;
};

class List : public Reading
{
protected:
  List (const Context &context, const char *name)
      : Reading (context), name_ (name)
  {}

  void
  list (const client::Reader::Wanted &wanted, std::uint64_t newest)
  {
    newest_ = newest;
    with_place (
        [this, wanted] (const view::Place &place)
        {
          place_ = place;
          with_people (query_, app (),
                       [this, wanted] (People people)
                       {
                         people_ = std::move (people);
                         begin (wanted);
                       });
        });
  }

  // People and place are known.
  virtual void
  begin (const client::Reader::Wanted &wanted)
  {
    read_list (wanted);
  }

  [[nodiscard]] virtual std::string
  line_of (const view::MessageView &view)
  {
    return view::json_line (view);
  }

  // What stands behind the last one that was read.
  virtual void
  tell_rest ()
  {}

  void
  read_list (const client::Reader::Wanted &wanted)
  {
    if (wanted.first > wanted.last)
      return answer_json (200, json_list (name_, {}));
    read (place_, wanted,
          { {},
            {},
            [this] (const view::Message &message) { on_message (message); },
            [this] (const std::optional<std::string> &error)
            { end (error); } });
  }

  void
  tell (const std::string &line)
  {
    const std::string text = (is_answered () ? "," : "") + line;
    begin_answer ();
    send (base::as_bytes (text));
  }

  view::Place place_;
  People people_;

private:
  void
  on_message (const view::Message &message)
  {
    wait_no_more (); // it goes as fast as the client reads
    if (0 == newest_)
      return tell (message);
    held_.push_back (message);
    if (held_.size () > newest_)
      held_.pop_front ();
  }

  void
  tell (const view::Message &message)
  {
    tell (line_of (people_.view_of (message, place_, true)));
  }

  void
  begin_answer ()
  {
    if (is_answered ())
      return;
    head_is_out ();
    exchange_.begin (json_answer (200, {}), {});
    exchange_.send (base::as_bytes ("{\"" + std::string (name_) + "\":["));
  }

  void
  end (const std::optional<std::string> &error)
  {
    if (error && is_answered ())
      return exchange_.abort ();
    if (error)
      return fail (409, "failed", *error);
    for (const view::Message &message : held_)
      tell (message);
    tell_rest ();
    begin_answer ();
    exchange_.send (base::as_bytes ("]}"));
    exchange_.finish ();
  }

  const char *const name_;
  std::uint64_t newest_ = 0;
  std::deque<view::Message> held_;
};

class History final : public List
{
public:
  explicit History (const Context &context) : List (context, "messages") {}

  void
  start () override
  {
    client::Reader::Wanted wanted;
    const auto last = words_.number ("last", base::id_max);
    const auto from = words_.number ("from", base::id_max);
    const auto to = words_.number ("to", base::id_max);
    wanted.method = words_.text ("method").value_or ("");
    if (! wanted.method.empty () && ! psyc::is_name (wanted.method))
      words_.refuse ("method", "'method' is '_' and letters, digits or '_'");
    wanted.is_remote = words_.flag ("remote");
    wanted.first = from.value_or (1);
    wanted.last = to.value_or (base::id_max);
    const bool is_range = from || to;
    if (! is_range)
      wanted.latest = last.value_or (default_last);
    if (is_range && last && *last > held_max)
      words_.refuse ("last", "'last' of a range is at most "
                                 + std::to_string (held_max));
    if (last && 0 == *last)
      wanted.first = wanted.last + 1; // nothing
    list (wanted, is_range ? last.value_or (0) : 0);
  }
};

class Files final : public List
{
public:
  explicit Files (const Context &context)
      : List (context, "files"), next_ ([this] { read_next (); })
  {}

  void
  start () override
  {
    client::Reader::Wanted wanted;
    wanted.is_remote = words_.flag ("remote");
    list (wanted, 0);
  }

private:
  // First what is said of offers, then files.
  void
  begin (const client::Reader::Wanted &wanted) override
  {
    wanted_ = wanted;
    read_next ();
  }

  void
  read_next ()
  {
    constexpr std::array<const char *, 3> methods{ offer_method,
                                                   offer_said_method,
                                                   offer_failure_method };
    if (methods.size () == turn_)
    {
      wanted_.method = "_file";
      wanted_.file_bytes_max = client::listed_file_bytes_max;
      return read_list (wanted_);
    }
    wanted_.method = methods[turn_++];
    read (place_, wanted_,
          { {},
            {},
            [this] (const view::Message &message) { book_.take (message); },
            [this] (const std::optional<std::string> &error)
            {
              if (error)
                return fail (409, "failed", *error);
              next_.arm_now (); // the reader is under us
            } });
  }

  std::string
  line_of (const view::MessageView &view) override
  {
    tell_offers (view.message->id);
    return view::json_file (view, book_.offer_of (*view.message));
  }

  void
  tell_rest () override
  {
    tell_offers (base::id_max + 1);
  }

  void
  tell_offers (std::uint64_t below)
  {
    while (const auto offer = book_.next_open (below))
      tell (view::json_offer (people_.view_of (offer->message, place_, true),
                              offer->failure));
  }

  client::Reader::Wanted wanted_;
  view::OfferBook book_;
  std::size_t turn_ = 0;
  ::shell::Timer next_;
};

// The body of one message; of a file with its name, type and ranges.
class Body final : public Reading
{
public:
  Body (const Context &context, bool is_file)
      : Reading (context), is_file_ (is_file),
        next_ ([this] { offer_ ? ask_for_it () : read_offer (); })
  {}

  void
  start () override
  {
    const auto id = view::parse_id (captured (1));
    const bool is_remote = words_.flag ("remote");
    if (! id || 0 == *id)
      return fail (404, "no_such_message",
                   "'" + captured (1) + "' is no message's number");
    client::Reader::Wanted wanted;
    wanted.first = wanted.last = *id;
    wanted.is_remote = is_remote;
    wanted.waits_for_rest = true;
    if (is_file_)
      wanted.method = "_file";
    wanted_ = wanted;
    with_place (
        [this] (const view::Place &place)
        {
          place_ = place;
          read_body ();
        });
  }

private:
  void
  read_body ()
  {
    read (place_, wanted_,
          { {},
            [this] (const view::Message &message, base::ByteView bytes)
            { on_body (message, bytes); },
            [this] (const view::Message &message) { on_message (message); },
            [this] (const std::optional<std::string> &error)
            { end (error); } });
  }

  // ------------------------------------------------------------- offers

  void
  read_offer ()
  {
    client::Reader::Wanted wanted = wanted_;
    wanted.method = offer_method;
    wanted.waits_for_rest = false;
    read (place_, wanted,
          { {},
            {},
            [this] (const view::Message &message) { offer_ = message; },
            [this] (const std::optional<std::string> &error)
            {
              if (! offer_)
                return fail_to_find (error);
              next_.arm_now (); // the reader is under us
            } });
  }

  void
  ask_for_it ()
  {
    wait (offer_patience);
    reader_.reset ();
    asker_ = std::make_unique<client::OfferAsker> (
        app (), place_.key, *offer_,
        client::OfferAsker::Callbacks{
            [this] { act_as (app (), place_); }, [] {},
            [this] (std::uint64_t id)
            {
              asker_.reset ();
              wanted_.first = wanted_.last = id;
              wanted_.is_remote = true;
              read_body ();
            },
            [this] (const std::string &reason)
            { fail (409, "failed", "it is not to be had: " + reason); } });
  }

  void
  on_timeout () override
  {
    if (! offer_ || is_answered ())
      return Work::on_timeout ();
    fail (504, "no_answer",
          "it was asked for, and comes when its sender's peer is there: ask "
          "again");
  }

  // -------------------------------------------------------------- bodies

  void
  on_body (const view::Message &message, base::ByteView bytes)
  {
    begin_answer (message);
    const std::uint64_t here = position_;
    position_ += bytes.size ();
    if (is_over_)
      return;
    // Of what is here, the part that was asked for.
    const std::uint64_t end = range_.first + range_.size;
    const std::uint64_t from = std::max (here, range_.first);
    const std::uint64_t to = std::min (position_, end);
    if (from < to)
      send (bytes.subspan (static_cast<std::size_t> (from - here),
                           static_cast<std::size_t> (to - from)));
    if (is_sized_ && position_ >= end)
      finish ();
  }

  void
  on_message (const view::Message &message)
  {
    begin_answer (message);
    if (is_over_)
      return;
    // Shorter than its sender said: the client must not take it for whole.
    if (is_sized_ && position_ < range_.first + range_.size)
    {
      is_over_ = true;
      return exchange_.abort ();
    }
    finish ();
  }

  void
  finish ()
  {
    is_over_ = true;
    exchange_.finish ();
  }

  void
  end (const std::optional<std::string> &error)
  {
    if (is_answered ())
    {
      if (! std::exchange (is_over_, true))
        exchange_.abort ();
      return;
    }
    if (is_file_ && ! offer_ && ! error)
      return next_.arm_now (); // perhaps it is offered
    fail_to_find (error);
  }

  void
  fail_to_find (const std::optional<std::string> &error)
  {
    if (error)
      return fail (409, "failed", *error);
    fail (404, "no_such_message",
          words_.flag ("remote")
              ? "that message is not to be had: there is none of that number, "
                "it is not for us, or the host is away"
              : "that message is not here; fetch it with ?remote=true");
  }

  void
  begin_answer (const view::Message &message)
  {
    if (is_answered ())
      return;
    if (offer_ && ! view::is_file_of_offer (message, *offer_))
    {
      is_over_ = true;
      return fail (409, "failed",
                   "what was said for it is not what was offered");
    }
    range_ = { 0, UINT64_MAX };
    Answer head{ 200, {}, {} };
    head.headers.emplace_back ("Cache-Control", "private, no-cache");
    if (is_file_)
      begin_file (message, head);
    else
      head.headers.emplace_back ("Content-Type", "application/octet-stream");
    if (is_over_)
      return;
    head_is_out ();
    exchange_.begin (std::move (head),
                     is_sized_ ? std::optional (range_.size) : std::nullopt);
  }

  void
  begin_file (const view::Message &message, Answer &head)
  {
    const auto variable = [&message] (const char *name)
    {
      const std::string *value = message.find (name);
      return nullptr == value ? std::string () : *value;
    };
    head.headers.emplace_back ("Content-Type",
                               safe_content_type (variable ("_type_file")));
    head.headers.emplace_back ("Content-Disposition",
                               content_disposition (variable ("_name_file")));
    const auto size = view::file_size (message);
    if (! size)
      return;
    is_sized_ = true;
    range_.size = *size;
    head.headers.emplace_back ("Accept-Ranges", "bytes");
    const std::string *wanted = exchange_.request ().header ("range");
    const RangeAsked asked
        = nullptr == wanted ? RangeAsked () : parse_range (*wanted, *size);
    if (RangeAsked::Kind::none == asked.kind)
    {
      is_over_ = true;
      Answer out = problem (416, "bad_range", "nothing of that range is there");
      out.headers.emplace_back ("Content-Range",
                                "bytes */" + std::to_string (*size));
      return answer (std::move (out));
    }
    if (RangeAsked::Kind::part != asked.kind)
      return;
    range_ = asked.range;
    head.status = 206;
    head.headers.emplace_back (
        "Content-Range", "bytes " + std::to_string (range_.first) + "-"
                             + std::to_string (range_.first + range_.size - 1)
                             + "/" + std::to_string (*size));
  }

  const bool is_file_;
  view::Place place_;
  client::Reader::Wanted wanted_;
  std::optional<view::Message> offer_; // when the number is none of a file
  std::unique_ptr<client::OfferAsker> asker_;
  ::shell::Timer next_;
  bool is_sized_ = false;
  bool is_over_ = false;
  ByteRange range_;
  std::uint64_t position_ = 0; // in the whole body
};
} // namespace

Made
make_history (const Context &context)
{
  return std::make_unique<History> (context);
}

Made
make_files (const Context &context)
{
  return std::make_unique<Files> (context);
}

Made
make_message_body (const Context &context)
{
  return std::make_unique<Body> (context, false);
}

Made
make_file (const Context &context)
{
  return std::make_unique<Body> (context, true);
}
} // namespace social::gateway
