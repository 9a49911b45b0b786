// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/gateway/shell/work.hpp"

#include <strings.h>

#include "social/gateway/shell/followed.hpp"

namespace social::gateway
{
namespace
{
constexpr base::Duration answer_within = base::seconds (30);
// The service may just be starting.
constexpr base::Duration service_within = base::seconds (5);

[[nodiscard]] bool
is_same_name (const std::string &a, const std::string &b)
{
  return 0 == strcasecmp (a.c_str (), b.c_str ());
}

struct Told
{
  unsigned status;
  const char *code;
  const char *detail;
};

[[nodiscard]] Told
told_of (enum GNUNET_SOCIAL_Result result)
{
  switch (result)
  {
  case GNUNET_SOCIAL_NO_ANSWER:
    return { 504, "no_answer", "no answer" };
  case GNUNET_SOCIAL_REFUSED:
    return { 403, "refused", "refused" };
  case GNUNET_SOCIAL_PENDING:
    return { 409, "pending", "the request waits at the door" };
  case GNUNET_SOCIAL_NOT_FOUND:
    return { 404, "not_found", "there is no such thing here" };
  case GNUNET_SOCIAL_AMBIGUOUS:
    return { 409, "ambiguous", "this means more than one: say more of it" };
  case GNUNET_SOCIAL_NOT_ALLOWED:
    return { 403, "not_allowed", "not ours to do" };
  case GNUNET_SOCIAL_OK:
  case GNUNET_SOCIAL_FAILED:
    break;
  }
  return { 409, "failed", "it failed" };
}
} // namespace

Work::Work (const Context &context)
    : gateway_ (context.gateway), exchange_ (context.exchange),
      words_ (context.exchange.request ().target), captured_ (context.captured),
      ticket_ (context.gateway.ticket_for (context.route.verb)),
      deadline_ ([this] { on_timeout (); })
{
  wait (GNUNET_YES == GNUNET_SOCIAL_app_is_connected (app ()) ? answer_within
                                                              : service_within);
}

// ------------------------------------------------------------- the answer

void
Work::head_is_out ()
{
  is_answered_ = true;
  deadline_.disarm ();
}

void
Work::answer (Answer answer)
{
  if (is_answered_)
    return;
  head_is_out ();
  query_.cancel ();
  exchange_.answer (std::move (answer));
}

void
Work::answer_json (unsigned status, std::string json)
{
  answer (json_answer (status, std::move (json)));
}

void
Work::answer_empty ()
{
  answer ({ 204, {}, {} });
}

void
Work::fail (unsigned status, const std::string &code, const std::string &detail,
            const std::optional<std::string> &member)
{
  answer (problem (status, code, detail, member));
}

void
Work::fail (const Outcome &outcome, const std::string &what)
{
  const Told told = told_of (outcome.result);
  fail (told.status, told.code,
        what + ": " + outcome.text.value_or (told.detail));
}

bool
Work::is_refused (std::optional<Answer> problem)
{
  if (! problem)
    return false;
  answer (std::move (*problem));
  return true;
}

// ------------------------------------------------------------------- time

void
Work::wait (base::Duration duration)
{
  if (! is_answered_)
    deadline_.arm_in (duration);
}

void
Work::wait_no_more ()
{
  deadline_.disarm ();
}

void
Work::on_timeout ()
{
  if (GNUNET_YES != GNUNET_SOCIAL_app_is_connected (app ()))
    return fail (503, "no_service",
                 "the social service is not there: see gnunet-arm -I");
  fail (504, "no_answer", "no answer in time; what was begun goes on");
}

// ---------------------------------------------------------- who and where

void
Work::ask (const Query::Start &start, Query::OnOutcome on_outcome)
{
  if (! query_.ask (start, std::move (on_outcome)))
    fail (422, "too_long", "a name or text is empty or too long");
}

void
Work::with_ego (const std::optional<std::string> &name,
                std::function<void (const Ego &)> go_on)
{
  query_.list_egos (
      app (),
      [this, name, go_on = std::move (go_on)] (std::vector<Ego> egos)
      {
        std::vector<Ego> found;
        for (const Ego &ego : egos)
          if (name ? is_same_name (ego.name, *name) : nullptr != ego.handle)
            found.push_back (ego);
        if (found.empty ())
          return fail (404, "no_such_ego",
                       name ? "there is no ego '" + *name + "'"
                            : "there is no ego to act as: make one with "
                              "gnunet-identity -C NAME",
                       "ego");
        if (found.size () > 1)
          return fail (422, "which_ego", "say which ego", "ego");
        if (nullptr == found.front ().handle)
          return fail (409, "eddsa_ego",
                       "'" + found.front ().name
                           + "' is an EdDSA ego, and guests are known by ECDSA "
                             "keys: make another with gnunet-identity -C NAME",
                       "ego");
        go_on (found.front ());
      });
}

void
Work::with_place (std::function<void (const view::Place &)> go_on)
{
  const auto ego = words_.text ("ego");
  if (is_refused (words_.problem_found ()))
    return;
  query_.list_places (app (), [this, ego, go_on = std::move (go_on)] (
                                  std::vector<view::Place> places)
                      { choose_place (places, ego, go_on); });
}

void
Work::choose_place (const std::vector<view::Place> &places,
                    const std::optional<std::string> &ego,
                    const std::function<void (const view::Place &)> &go_on)
{
  // As the service does: places in use before those that were left, the host's
  // side of a place before a guest's.
  const auto rank = [&] (const view::Place &place)
  {
    if (captured_[0] != place.view.key && captured_[0] != place.view.name)
      return 0;
    if (ego && ! is_same_name (*ego, place.view.ego))
      return 0;
    const auto &state = place.view.state;
    const bool is_over
        = "archived" == state || "closed" == state || "ejected" == state;
    return 1 + (is_over ? 0 : 2) + (place.view.is_host ? 1 : 0);
  };
  std::vector<const view::Place *> best;
  int best_rank = 1;
  for (const view::Place &place : places)
  {
    const int ranked = rank (place);
    if (ranked > best_rank)
      best.clear ();
    if (ranked >= best_rank)
      best.push_back (&place);
    best_rank = std::max (best_rank, ranked);
  }
  if (best.empty ())
    return fail (404, "no_such_place",
                 "'" + captured_[0]
                     + "' is no place of ours; see /social/places");
  if (best.size () > 1)
    return fail (
        409, "ambiguous",
        "several of our egos are in this place: say which with ?ego=", "ego");
  act_as (app (), *best.front ());
  go_on (*best.front ());
}

void
Work::with_own_place (std::function<void (const view::Place &)> go_on)
{
  with_place (
      [this, go_on = std::move (go_on)] (const view::Place &place)
      {
        if (place.view.is_host)
          return go_on (place);
        fail (403, "not_allowed",
              place.label () + ": only its host may do this");
      });
}

void
Work::with_nym (const view::Place &place, const std::string &text,
                std::function<void (const view::Nym &)> go_on)
{
  query_.list_nyms (
      app (), place,
      [this, place, text,
       go_on = std::move (go_on)] (std::vector<view::Nym> nyms)
      {
        std::vector<view::Nym> found;
        for (const view::Nym &nym : nyms)
          if (view::names_key (nym.key, text)
              || (nym.view.name && is_same_name (*nym.view.name, text)))
            found.push_back (nym);
        if (found.empty ())
          return fail (404, "no_such_nym",
                       "'" + text + "' is no nym of this place");
        if (found.size () > 1)
          return fail (409, "ambiguous",
                       "'" + text + "' is the start of more than one key");
        act_as (app (), place);
        go_on (found.front ());
      });
}
} // namespace social::gateway
