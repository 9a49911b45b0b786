// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/cli/chat/deeds.hpp"

#include "social/cli/chat/words.hpp"
#include "social/cli/translate.hpp"
#include "social/cli/words.hpp"
#include "social/view/text.hpp"

namespace social::cli::chat
{
namespace
{
constexpr std::size_t key_shown_size = 16;

[[nodiscard]] std::string
state_words (const std::string &state)
{
  if ("present" == state)
    return _ ("here");
  if ("waiting" == state)
    return _ ("waits at the door");
  if ("left" == state)
    return _ ("left");
  return _ ("thrown out");
}
} // namespace

Deeds::Deeds (Room &room, Front &front)
    : room_ (room), front_ (front), files_ (room, front)
{}

void
Deeds::run (const Input &input)
{
  switch (input.verb)
  {
  case Verb::help:
    return help ();
  case Verb::nyms:
    return nyms ();
  case Verb::topic:
    return topic (input.arguments);
  case Verb::admit:
  case Verb::refuse:
  case Verb::eject:
    return decide (input);
  case Verb::send:
    return files_.send (input.arguments);
  case Verb::files:
    return files_.list ();
  case Verb::get:
    return files_.get (input);
  case Verb::withdraw:
    return files_.withdraw (input);
  case Verb::quit:
    return;
  }
}

void
Deeds::help ()
{
  front_.on_remark (
      commands_help ()
      + _ ("//TEXT says /TEXT. Marks of what you said: · begun, … in our "
           "outbox, → sent, ✓ on the host's disk, ✗ refused.\nPage up and "
           "page down scroll, Esc goes to the end, up and down bring back "
           "lines, Tab completes, Alt-Enter begins a line, Ctrl-C ends."));
}

// ---------------------------------------------------------------- who

std::string
Deeds::shown_name (const Nym &nym) const
{
  const std::string key = nym.view.key.substr (0, key_shown_size) + "…";
  const auto known = room_.names ().find (nym.view.key);
  if (nym.view.name)
    return *nym.view.name + " (" + key + ")";
  return room_.names ().end () == known ? key
                                        : known->second + " (" + key + ")";
}

void
Deeds::nyms ()
{
  asked_++;
  room_.session ().list_nyms (room_.place (),
                              [this] (std::vector<Nym> nyms)
                              {
                                asked_--;
                                tell_nyms (nyms);
                              });
}

void
Deeds::tell_nyms (const std::vector<Nym> &nyms)
{
  std::string text;
  for (const Nym &nym : nyms)
  {
    text += shown_name (nym) + " " + state_words (nym.view.state);
    if (nym.view.message && "waiting" == nym.view.state)
      text += ": " + view::visible_line (*nym.view.message);
    text += "\n";
  }
  if (text.empty ())
    return front_.on_remark (_ ("Nobody was here yet."));
  text.pop_back ();
  front_.on_remark (text);
}

bool
Deeds::may_do_as_host ()
{
  if (! room_.place ().view.is_host)
    front_.on_remark (_ ("Only the place's host may do this."));
  return room_.place ().view.is_host;
}

void
Deeds::decide (const Input &input)
{
  if (! may_do_as_host ())
    return;
  asked_++;
  room_.session ().list_nyms (
      room_.place (),
      [this, input] (std::vector<Nym> nyms)
      {
        asked_--;
        // Who could be meant: at the door, or in the place.
        const char *state = Verb::eject == input.verb ? "present" : "waiting";
        std::erase_if (nyms, [state] (const Nym &nym)
                       { return nym.view.state != state; });
        if (! input.word.empty ())
          nyms = Session::nyms_named (nyms, input.word);
        else if (Verb::admit != input.verb)
          return front_.on_remark (_ ("Whom? See /nyms."));
        if (1 == nyms.size ())
          return decide_about (input, nyms.front ());
        front_.on_remark (nyms.empty () ? _ ("There is nobody like that; see "
                                             "/nyms.")
                                        : _ ("That could be several; give "
                                             "more of the key."));
      });
}

void
Deeds::decide_about (const Input &input, const Nym &nym)
{
  const std::string name = shown_name (nym);
  asked_++;
  room_.session ().ask (
      [this, &input, &nym] (auto cb, void *cls)
      {
        const char *text = input.rest.empty () ? nullptr : input.rest.c_str ();
        const auto &place = room_.place ().key;
        auto *app = room_.session ().app ();
        return Verb::eject == input.verb
                   ? GNUNET_SOCIAL_eject_nym (app, &place, &nym.key, text, cb,
                                              cls)
                   : GNUNET_SOCIAL_door_answer (
                       app, &place, &nym.key,
                       Verb::admit == input.verb ? GNUNET_YES : GNUNET_NO, text,
                       cb, cls);
      },
      [this, name, verb = input.verb] (const Answer &answer)
      {
        asked_--;
        if (GNUNET_SOCIAL_OK != answer.result)
          return front_.on_remark (
              name + ": " + (answer.text ? told (*answer.text) : _ ("failed")));
        const char *done = Verb::admit == verb    ? _ ("%s was let in")
                           : Verb::refuse == verb ? _ ("%s was turned away")
                                                  : _ ("%s was thrown out");
        front_.on_remark (filled (done, { name }));
      });
}

// -------------------------------------------------------------- topic

void
Deeds::topic (const std::string &text)
{
  if (! text.empty ())
  {
    Room::Words words;
    words.method = "_notice_place_objects";
    words.variables = { { psyc::Operator::assign, "_topic", text } };
    words.host_flags = GNUNET_PSYC_MASTER_TRANSMIT_STATE_MODIFY
                       | GNUNET_PSYC_MASTER_TRANSMIT_STATE_HASH;
    (void)room_.say (words);
    return;
  }
  front_.on_remark (room_.topic ().empty ()
                        ? _ ("There is no topic; set one with /topic TEXT.")
                        : filled (_ ("The topic is: %s"),
                                  { view::visible_line (room_.topic ()) }));
}
} // namespace social::cli::chat
