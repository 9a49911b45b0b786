// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/cli/session.hpp"

#include <algorithm>
#include <cstring>
#include <strings.h>

#include "shell/service_socket.hpp"
#include "social/cli/translate.hpp"
#include "social/cli/words.hpp"

namespace social::cli
{
namespace
{
// How long the service's socket may be missing (arm may just be starting).
constexpr base::Duration socket_patience = base::seconds (3);
constexpr base::Duration probe_step = base::milliseconds (100);
constexpr base::Duration default_timeout = base::seconds (30);

[[nodiscard]] Output::Form
form_of (const Request &request)
{
  if (request.has (Option::json))
    return Output::Form::json;
  return request.has (Option::quiet) ? Output::Form::quiet
                                     : Output::Form::human;
}

[[nodiscard]] std::optional<base::Duration>
timeout_of (const Request &request)
{
  const auto text = request.value (Option::timeout);
  struct GNUNET_TIME_Relative time;
  if (! text
      || GNUNET_OK
             != GNUNET_STRINGS_fancy_time_to_relative (text->c_str (), &time))
    return default_timeout; // main refused what is no time
  if (GNUNET_TIME_relative_is_forever (time))
    return std::nullopt;
  // A year is as good as more, and cannot overflow.
  constexpr std::uint64_t longest = 365ull * 24 * 3600 * 1000000;
  return base::Duration{ static_cast<std::int64_t> (
      std::min<std::uint64_t> (time.rel_value_us, longest)) };
}
} // namespace

// ------------------------------------------------------- beginning and end

void
Command::on_timeout ()
{
  session_.fail (Status::no_answer, "no_answer",
                 _ ("no answer in time; what was begun goes on. Wait longer "
                    "with --timeout"));
}

Session::Session (const struct GNUNET_CONFIGURATION_Handle *cfg,
                  const Request &request)
    : cfg_ (cfg), request_ (request), output_ (form_of (request)),
      timeout_ (timeout_of (request)), timer_ ([this] { time_out (); }),
      probe_ ([this] { check_service (); })
{}

Session::~Session () = default;

void
Session::start (std::unique_ptr<Command> command)
{
  command_ = std::move (command);
  shutdown_ = GNUNET_SCHEDULER_add_shutdown (
      [] (void *cls) noexcept
      {
        auto *self = static_cast<Session *> (cls);
        self->shutdown_ = nullptr;
        if (! self->is_over_)
          self->finish (self->command_->on_interrupt ());
      },
      this);
  if (GNUNET_YES
      != GNUNET_CONFIGURATION_have_value (cfg_, "social", "UNIXPATH"))
    return fail (Status::failed, "not_configured",
                 _ ("the configuration knows no social service: is "
                    "gnunet-secushare installed beside this GNUnet?"));
  started_ = shell::now ();
  app_ = GNUNET_SOCIAL_app_connect (
      cfg_, "gnunet-social", nullptr, nullptr, nullptr,
      [] (void *cls) noexcept { static_cast<Session *> (cls)->begin (); },
      this);
  progress ();
  check_service ();
}

// Till the service is there: no hanging when nobody would ever start it.
void
Session::check_service ()
{
  if (is_over_ || GNUNET_YES == GNUNET_SOCIAL_app_is_connected (app_)
      || shell::is_socket_open (cfg_, "social"))
    return;
  const auto waited = shell::now () - started_;
  if (waited >= socket_patience || (timeout_ && waited >= *timeout_))
    return fail_without_service ();
  probe_.arm_in (probe_step);
}

void
Session::begin ()
{
  probe_.disarm ();
  const auto on_ego
      = [] (void *cls, const struct GNUNET_SOCIAL_EgoInfo *ego) noexcept
  {
    auto *self = static_cast<Session *> (cls);
    if (nullptr == ego)
    {
      self->progress ();
      self->command_->run ();
      return;
    }
    self->egos_.push_back ({ ego->name, key_text (ego->key),
                             const_cast<GNUNET_SOCIAL_Ego *> (ego->ego) });
  };
  GNUNET_SOCIAL_egos_get (app_, on_ego, this);
}

void
Session::finish (Status status)
{
  if (std::exchange (is_over_, true))
    return;
  status_ = status;
  timer_.disarm ();
  probe_.disarm ();
  if (command_)
    command_->release ();
  if (std::fflush (stdout) != 0 && Status::done == status_)
    status_ = Status::failed;
  if (nullptr != app_)
    GNUNET_SOCIAL_app_disconnect (
        std::exchange (app_, nullptr),
        [] (void *) noexcept { GNUNET_SCHEDULER_shutdown (); }, nullptr);
  else
    GNUNET_SCHEDULER_shutdown ();
}

void
Session::fail (Status status, const std::string &code,
               const std::string &message)
{
  if (is_over_)
    return;
  output_.error (code, message);
  finish (status);
}

void
Session::fail (const Answer &answer, const std::string &what)
{
  const std::string text
      = answer.text ? what + ": " + told (*answer.text) : std::string ();
  const auto or_else = [&text, &what] (const char *words)
  { return text.empty () ? what + ": " + words : text; };
  switch (answer.result)
  {
  case GNUNET_SOCIAL_OK:
    return finish (Status::done);
  case GNUNET_SOCIAL_NO_ANSWER:
    return fail (Status::no_answer, "no_answer", or_else (_ ("no answer")));
  case GNUNET_SOCIAL_REFUSED:
    return fail (Status::refused, "refused", or_else (_ ("refused")));
  case GNUNET_SOCIAL_PENDING:
    return fail (Status::pending, "pending",
                 or_else (_ ("the request waits at the door")));
  case GNUNET_SOCIAL_NOT_FOUND:
    return fail (Status::not_found, "not_found",
                 or_else (_ ("there is no such thing here; see "
                             "'gnunet-social places'")));
  case GNUNET_SOCIAL_AMBIGUOUS:
    return fail (Status::failed, "ambiguous",
                 or_else (_ ("this means more than one; say more of it, or "
                             "choose with --ego")));
  case GNUNET_SOCIAL_NOT_ALLOWED:
    return fail (Status::refused, "not_allowed", or_else (_ ("not allowed")));
  case GNUNET_SOCIAL_FAILED:
    break;
  }
  fail (Status::failed, "failed", or_else (_ ("failed")));
}

bool
Session::has_lost_reader ()
{
  if (output_.is_broken ())
    finish (Status::failed);
  return is_over_;
}

// ---------------------------------------------------------------- waiting

void
Session::progress ()
{
  if (timeout_ && ! is_over_)
    timer_.arm_in (*timeout_);
}

void
Session::wait_for_ever ()
{
  timer_.disarm ();
}

void
Session::wait_as_told ()
{
  request_.has (Option::timeout) ? progress () : wait_for_ever ();
}

void
Session::time_out ()
{
  if (GNUNET_YES == GNUNET_SOCIAL_app_is_connected (app_) || ! egos_.empty ())
    return command_->on_timeout ();
  if (! shell::is_socket_open (cfg_, "social"))
    return fail_without_service ();
  fail (Status::no_answer, "no_service",
        _ ("the social service does not answer: see 'gnunet-arm -I' and its "
           "log"));
}

void
Session::fail_without_service ()
{
  fail (Status::failed, "no_service",
        _ ("the social service is not running: start GNUnet with "
           "'gnunet-arm -s'"));
}

// ------------------------------------------------------------ who and where

void
Session::ask (const QueryStart &start, std::function<void (Answer)> on_answer)
{
  using Callback = std::function<void (Answer)>;
  const auto on_result = [] (void *cls, enum GNUNET_SOCIAL_Result result,
                             const struct GNUNET_SOCIAL_PlaceInfo *place,
                             const char *text) noexcept
  {
    Answer answer;
    answer.result = result;
    if (nullptr != place)
      answer.place = to_place (*place);
    answer.text = optional_text (text);
    (*static_cast<Callback *> (cls)) (std::move (answer));
  };
  void *cls = keep (Callback (
      [this, on_answer = std::move (on_answer)] (Answer answer)
      {
        progress ();
        on_answer (std::move (answer));
      }));
  if (nullptr == start (on_result, cls))
    fail (Status::usage, "too_long", _ ("a name or text is empty or too long"));
}

void
Session::list_places (std::function<void (std::vector<Place>)> on_list)
{
  struct List
  {
    std::vector<Place> places;
    std::function<void (std::vector<Place>)> on_list;
  };
  const auto on_place
      = [] (void *cls, const struct GNUNET_SOCIAL_PlaceInfo *info) noexcept
  {
    auto *list = static_cast<List *> (cls);
    if (nullptr == info)
      list->on_list (std::move (list->places));
    else
      list->places.push_back (to_place (*info));
  };
  GNUNET_SOCIAL_places_get (app_, on_place,
                            keep (List{ {}, std::move (on_list) }));
}

void
Session::list_nyms (const Place &place,
                    std::function<void (std::vector<Nym>)> on_list)
{
  struct List
  {
    std::string place;
    std::vector<Nym> nyms;
    std::function<void (std::vector<Nym>)> on_list;
  };
  const auto on_nym
      = [] (void *cls, const struct GNUNET_SOCIAL_NymInfo *info) noexcept
  {
    auto *list = static_cast<List *> (cls);
    if (nullptr == info)
      return list->on_list (std::move (list->nyms));
    list->nyms.push_back (to_nym (list->place, *info));
  };
  GNUNET_SOCIAL_nyms_get (
      app_, &place.key, on_nym,
      keep (List{ place.view.key, {}, std::move (on_list) }));
}

void
Session::list_names (std::function<void (Names)> on_list)
{
  struct List
  {
    Names names;
    std::function<void (Names)> on_list;
  };
  const auto on_name
      = [] (void *cls, const struct GNUNET_SOCIAL_NameInfo *info) noexcept
  {
    auto *list = static_cast<List *> (cls);
    if (nullptr == info)
      list->on_list (std::move (list->names));
    else
      list->names.emplace (key_text (info->key), info->name);
  };
  GNUNET_SOCIAL_names_get (app_, nullptr, on_name,
                           keep (List{ {}, std::move (on_list) }));
}

const Ego *
Session::ego_by_name (const std::string &name)
{
  for (const Ego &ego : egos_)
    if (0 == strcasecmp (ego.name.c_str (), name.c_str ()))
    {
      if (nullptr != ego.handle)
        return &ego;
      fail (Status::failed, "eddsa_ego",
            filled (_ ("'%s' is an EdDSA ego, and guests are known by ECDSA "
                       "keys: make another with 'gnunet-identity -C NAME'"),
                    { name }));
      return nullptr;
    }
  fail (Status::not_found, "no_such_ego",
        filled (_ ("there is no ego '%s': see 'gnunet-social egos', or make "
                   "it with 'gnunet-identity -C %s'"),
                { name, name }));
  return nullptr;
}

void
Session::go_on_with_only_ego (const std::function<void (const Ego &)> &go_on)
{
  const Ego *only = nullptr;
  std::string names;
  for (const Ego &ego : egos_)
    if (nullptr != ego.handle)
    {
      only = names.empty () ? &ego : nullptr;
      names += (names.empty () ? "" : ", ") + ego.name;
    }
  if (nullptr != only)
    return go_on (*only);
  if (names.empty ())
    return fail (Status::not_found, "no_ego",
                 _ ("there is no ego to act as: make one with "
                    "'gnunet-identity -C NAME'"));
  fail (Status::failed, "which_ego",
        filled (_ ("which ego? Say --ego NAME, one of: %s"), { names }));
}

void
Session::with_ego (const std::optional<std::string> &place,
                   std::function<void (const Ego &)> go_on)
{
  if (const auto name = request_.value (Option::ego))
  {
    if (const Ego *ego = ego_by_name (*name))
      go_on (*ego);
    return;
  }
  const auto usable
      = std::count_if (egos_.begin (), egos_.end (),
                       [] (const Ego &ego) { return nullptr != ego.handle; });
  // With one there is no choice, and no name to look up for it.
  if (! place || usable < 2)
    return go_on_with_only_ego (go_on);
  ask (
      [this, &place] (auto cb, void *cls) {
        return GNUNET_SOCIAL_place_find (app_, nullptr, place->c_str (), cb,
                                         cls);
      },
      [this, go_on = std::move (go_on)] (Answer answer)
      {
        if (GNUNET_SOCIAL_OK == answer.result && answer.place)
          for (const Ego &ego : egos_)
            if (nullptr != ego.handle
                && ego.key == key_text (answer.place->ego_key))
              return go_on (ego);
        go_on_with_only_ego (go_on);
      });
}

void
Session::with_place (const std::string &text,
                     std::function<void (const Place &)> go_on)
{
  const GNUNET_SOCIAL_Ego *wanted = nullptr;
  if (const auto name = request_.value (Option::ego))
  {
    const Ego *ego = ego_by_name (*name);
    if (nullptr == ego)
      return;
    wanted = ego->handle;
  }
  ask (
      [this, wanted, &text] (auto cb, void *cls) {
        return GNUNET_SOCIAL_place_find (app_, wanted, text.c_str (), cb, cls);
      },
      [this, text, go_on = std::move (go_on)] (Answer answer)
      {
        if (GNUNET_SOCIAL_NOT_FOUND == answer.result)
          return fail (Status::not_found, "no_such_place",
                       filled (_ ("'%s' is no place of ours: enter it with "
                                  "'gnunet-social enter %s', or see "
                                  "'gnunet-social places'"),
                               { text, text }));
        if (GNUNET_SOCIAL_OK != answer.result || ! answer.place)
          return fail (answer, text);
        for (const Ego &ego : egos_)
          if (nullptr != ego.handle
              && ego.key == key_text (answer.place->ego_key))
            GNUNET_SOCIAL_app_act_as (app_, ego.handle);
        go_on (*answer.place);
      });
}

std::vector<Nym>
Session::nyms_named (const std::vector<Nym> &nyms, const std::string &text)
{
  std::vector<Nym> found;
  for (const Nym &nym : nyms)
    if (nym.view.name
        && 0 == strcasecmp (nym.view.name->c_str (), text.c_str ()))
      found.push_back (nym);
  if (found.empty ())
    for (const Nym &nym : nyms)
      if (names_key (nym.key, text))
        found.push_back (nym);
  return found;
}

void
Session::with_nym (const Place &place, const std::string &text,
                   std::function<void (const Nym &)> go_on)
{
  list_nyms (
      place,
      [this, text, go_on = std::move (go_on)] (std::vector<Nym> nyms)
      {
        const std::vector<Nym> found = nyms_named (nyms, text);
        if (1 == found.size ())
          return go_on (found.front ());
        if (found.empty ())
          return fail (Status::not_found, "no_such_nym",
                       filled (_ ("'%s' is no nym of this place: see "
                                  "'gnunet-social nyms'"),
                               { text }));
        fail (Status::failed, "ambiguous",
              filled (_ ("'%s' is the start of more than one key: give more of "
                         "it"),
                      { text }));
      });
}
} // namespace social::cli
