// SPDX-License-Identifier: AGPL-3.0-or-later
//
// gnunet-social door, nyms, admit, refuse, eject, rule.
#include "social/cli/commands.hpp"
#include "social/cli/translate.hpp"
#include "social/cli/words.hpp"

namespace social::cli
{
namespace
{
[[nodiscard]] std::string
nym_line (Output &out, const Nym &nym)
{
  std::string line = nym.view.key + "  " + told (nym.view.state);
  if (nym.view.name)
    line += "  " + out.shown_line (*nym.view.name);
  if (nym.view.message)
    line += "  " + out.shown_line (*nym.view.message);
  return line;
}

[[nodiscard]] bool
may_answer (Session &session, const Place &place)
{
  if (place.view.is_host)
    return true;
  session.fail (
      Status::refused, "not_allowed",
      filled (_ ("%s: only its host may do this"), { place.label () }));
  return false;
}

class Nyms final : public Command
{
public:
  enum class Which
  {
    all,
    waiting,
  };

  Nyms (Session &session, Which which) : Command (session), which_ (which) {}

  void
  run () override
  {
    session_.with_place (
        session_.request ().words[0],
        [this] (const Place &place)
        {
          if (Which::waiting == which_ && ! may_answer (session_, place))
            return;
          session_.list_nyms (place,
                              [this] (std::vector<Nym> nyms) { tell (nyms); });
        });
  }

private:
  void
  tell (const std::vector<Nym> &nyms)
  {
    bool is_empty = true;
    for (const Nym &nym : nyms)
    {
      if (Which::waiting == which_ && "waiting" != nym.view.state)
        continue;
      is_empty = false;
      session_.out ().result (json_line (nym.view),
                              nym_line (session_.out (), nym), nym.view.key);
    }
    if (is_empty)
      session_.out ().remark (Which::waiting == which_
                                  ? _ ("Nobody waits at the door.")
                                  : _ ("Nobody was here yet."));
    session_.finish (Status::done);
  }

  const Which which_;
};

class Decide final : public Command
{
public:
  enum class Verdict
  {
    admit,
    refuse,
    eject,
  };

  Decide (Session &session, Verdict verdict)
      : Command (session), verdict_ (verdict)
  {}

  void
  run () override
  {
    const auto &words = session_.request ().words;
    text_ = joined (words, 2);
    session_.with_place (words[0],
                         [this, &words] (const Place &place)
                         {
                           if (! may_answer (session_, place))
                             return;
                           session_.with_nym (place, words[1],
                                              [this, place] (const Nym &nym)
                                              { decide (place, nym); });
                         });
  }

private:
  void
  decide (const Place &place, const Nym &nym)
  {
    const char *text = text_ ? text_->c_str () : nullptr;
    session_.ask (
        [this, &place, &nym, text] (auto cb, void *cls)
        {
          return Verdict::eject == verdict_
                     ? GNUNET_SOCIAL_eject_nym (session_.app (), &place.key,
                                                &nym.key, text, cb, cls)
                     : GNUNET_SOCIAL_door_answer (
                         session_.app (), &place.key, &nym.key,
                         Verdict::admit == verdict_ ? GNUNET_YES : GNUNET_NO,
                         text, cb, cls);
        },
        [this, decided = nym] (Answer answer)
        {
          if (GNUNET_SOCIAL_OK != answer.result)
            return session_.fail (answer, decided.view.key);
          Nym nym = decided;
          nym.view.state = new_state ();
          session_.out ().result (json_line (nym.view),
                                  nym_line (session_.out (), nym),
                                  nym.view.key);
          session_.finish (Status::done);
        });
  }

  [[nodiscard]] const char *
  new_state () const
  {
    switch (verdict_)
    {
    case Verdict::admit:
      return "present";
    case Verdict::refuse:
      return "refused";
    case Verdict::eject:
      return "ejected";
    }
    return "refused";
  }

  const Verdict verdict_;
  std::optional<std::string> text_;
};

class Rule final : public Command
{
public:
  explicit Rule (Session &session) : Command (session) {}

  void
  run () override
  {
    const auto &words = session_.request ().words;
    unsigned flags = 0;
    for (std::size_t i = 2; i < words.size (); i++)
      if ("relay" == words[i])
        flags |= GNUNET_SOCIAL_MSG_PROC_RELAY;
      else if ("save" == words[i])
        flags |= GNUNET_SOCIAL_MSG_PROC_SAVE;
      else
        return session_.fail (Status::usage, "usage",
                              filled (_ ("%s: a rule may relay and save, "
                                         "nothing else"),
                                      { words[i] }));
    session_.with_place (words[0], [this, flags] (const Place &place)
                         { set (place, flags); });
  }

private:
  void
  set (const Place &place, unsigned flags)
  {
    const Request &request = session_.request ();
    const std::string prefix = request.words[1];
    session_.ask (
        [this, &place, &prefix, &request, flags] (auto cb, void *cls)
        {
          return GNUNET_SOCIAL_rule_set (
              session_.app (), &place.key,
              request.has (Option::objects) ? GNUNET_SOCIAL_RULE_OBJECT
                                            : GNUNET_SOCIAL_RULE_METHOD,
              prefix.c_str (),
              static_cast<enum GNUNET_SOCIAL_MsgProcFlags> (flags), cb, cls);
        },
        [this, prefix] (Answer answer)
        {
          if (GNUNET_SOCIAL_OK != answer.result)
            return session_.fail (answer, prefix);
          session_.out ().remark (_ ("The rule is set."));
          session_.finish (Status::done);
        });
  }
};
} // namespace

std::unique_ptr<Command>
make_rule (Session &session)
{
  return std::make_unique<Rule> (session);
}

std::unique_ptr<Command>
make_door (Session &session)
{
  return std::make_unique<Nyms> (session, Nyms::Which::waiting);
}

std::unique_ptr<Command>
make_nyms (Session &session)
{
  return std::make_unique<Nyms> (session, Nyms::Which::all);
}

std::unique_ptr<Command>
make_admit (Session &session)
{
  return std::make_unique<Decide> (session, Decide::Verdict::admit);
}

std::unique_ptr<Command>
make_refuse (Session &session)
{
  return std::make_unique<Decide> (session, Decide::Verdict::refuse);
}

std::unique_ptr<Command>
make_eject (Session &session)
{
  return std::make_unique<Decide> (session, Decide::Verdict::eject);
}
} // namespace social::cli
