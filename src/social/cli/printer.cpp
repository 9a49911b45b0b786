// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/cli/printer.hpp"

#include <array>
#include <cstdio>
#include <ctime>

#include "social/cli/act_words.hpp"
#include "social/cli/translate.hpp"
#include "social/cli/words.hpp"
#include "social/view/text.hpp"

namespace social::cli
{
namespace
{
constexpr std::size_t unknown_max = 1000;

[[nodiscard]] std::string
local_time (std::uint64_t microseconds)
{
  const auto seconds = static_cast<std::time_t> (microseconds / 1000000);
  std::tm parts{};
  std::array<char, 64> out{};
  if (nullptr != localtime_r (&seconds, &parts))
    std::strftime (out.data (), out.size (), "%Y-%m-%d %H:%M:%S", &parts);
  return out.data ();
}
} // namespace

Printer::Printer (Session &session, Place place)
    : session_ (session), place_ (std::move (place)),
      is_raw_ (session.request ().has (Option::raw))
{
  for (const Ego &ego : session.egos ())
    names_[ego.key] = ego.name;
}

void
Printer::learn_names (std::function<void ()> go_on)
{
  session_.list_names (
      [this, go_on = std::move (go_on)] (Session::Names names)
      {
        // Our egos go by their own names.
        names_.merge (names);
        if (! go_on)
          return; // who follows waits for ever
        session_.progress ();
        go_on ();
      });
}

MessageView
Printer::view_of (const Message &message, Age age)
{
  MessageView view;
  view.message = &message;
  view.place = place_.view.key;
  view.is_historic = Age::historic == age;
  view.author = author_of (message, place_);
  if (view.author)
  {
    const auto name = names_.find (*view.author);
    if (name != names_.end ())
      view.author_name = name->second;
    for (const Ego &ego : session_.egos ())
      view.is_mine = view.is_mine || ego.key == *view.author;
    // Somebody new: his name, if he has one, is there for what comes next.
    if (name == names_.end () && unknown_.size () < unknown_max
        && unknown_.insert (*view.author).second && Age::live == age)
      learn_names ({});
  }
  const auto said = time_said (message);
  view.is_time_local = ! said;
  view.time = said.value_or (
      static_cast<std::uint64_t> (shell::now ().time_since_epoch ().count ()));
  return view;
}

std::string
Printer::body_of (const Message &message)
{
  std::string out = session_.out ().shown (message.body);
  if (message.body_size > message.body.size ())
    out += " … ("
           + filled (_ ("%s bytes in all: %s"),
                     { std::to_string (message.body_size),
                       "gnunet-social history " + place_.label () + " --id "
                           + std::to_string (message.id) + " --raw" })
           + ")";
  return out;
}

std::string
Printer::human_line (const MessageView &view)
{
  const Message &message = *view.message;
  std::string who = view.author_name.value_or (
      view.author ? view.author->substr (0, 12) + "…" : "?");
  std::string line = "#" + std::to_string (message.id) + " "
                     + local_time (view.time) + " "
                     + session_.out ().shown_line (who);
  if ("_converse" != message.method)
    line += " " + message.method;
  const auto act = act_words (message);
  return line + ": "
         + (act ? session_.out ().shown_line (*act)
                : indented (body_of (message)));
}

void
Printer::body (const Message &message, base::ByteView bytes)
{
  if (! is_raw_ || message.body_size <= body_kept_max)
    return;
  if (streaming_id_ != message.id)
    session_.out ().raw (base::as_bytes (message.body));
  streaming_id_ = message.id;
  session_.out ().raw (bytes);
}

void
Printer::print (const Message &message, Age age)
{
  if (is_raw_)
  {
    if (streaming_id_ != message.id)
      session_.out ().raw (base::as_bytes (message.body));
    streaming_id_ = 0;
    std::fflush (stdout);
    return;
  }
  const MessageView view = view_of (message, age);
  switch (session_.out ().form ())
  {
  case Output::Form::json:
    return session_.out ().result (json_line (view), {}, {});
  case Output::Form::human:
    return session_.out ().result ({}, human_line (view), {});
  case Output::Form::quiet:
    return session_.out ().result ({}, {}, body_of (message));
  }
}

void
Printer::gap (std::uint64_t from, std::uint64_t to)
{
  if (is_raw_)
    return;
  session_.out ().result (
      json_gap (place_.view.key, from, to),
      "… "
          + filled (_ ("nobody could supply the messages #%s - #%s"),
                    { std::to_string (from), std::to_string (to) }),
      {});
}
} // namespace social::cli
