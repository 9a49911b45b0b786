// SPDX-License-Identifier: AGPL-3.0-or-later
//
// gnunet-social host, enter, leave, close, name.
#include "social/cli/commands.hpp"
#include "social/view/text.hpp"
#include "social/cli/translate.hpp"
#include "social/cli/words.hpp"

namespace social::cli
{
namespace
{
class Host final : public Command
{
public:
  explicit Host (Session &session) : Command (session) {}

  void
  run () override
  {
    session_.with_ego (std::nullopt,
                       [this] (const Ego &ego)
                       {
                         ego_ = ego;
                         find ();
                       });
  }

private:
  // --welcome alone must not change the policy of a place that exists.
  void
  find ()
  {
    session_.ask (
        [this] (auto cb, void *cls)
        {
          return GNUNET_SOCIAL_place_find (session_.app (), ego_.handle,
                                           name ().c_str (), cb, cls);
        },
        [this] (Answer answer)
        {
          std::string policy = "private";
          if (GNUNET_SOCIAL_OK == answer.result && answer.place
              && answer.place->view.is_host)
            policy = answer.place->view.policy;
          host (session_.request ().value (Option::policy).value_or (policy));
        });
  }

  void
  host (const std::string &policy)
  {
    const Request &request = session_.request ();
    std::uint32_t flags = 0;
    if (request.has (Option::welcome))
      flags |= GNUNET_SOCIAL_HOST_WELCOME;
    else if (! request.has (Option::policy))
      flags |= GNUNET_SOCIAL_HOST_KEEP_POLICY;
    if (request.has (Option::no_publish))
      flags |= GNUNET_SOCIAL_HOST_NO_PUBLISH;
    session_.ask (
        [this, &policy, flags] (auto cb, void *cls)
        {
          return GNUNET_SOCIAL_host_place (
              session_.app (), ego_.handle, name ().c_str (),
              policy_from (policy).value_or (GNUNET_PSYC_CHANNEL_PRIVATE),
              flags, cb, cls);
        },
        [this] (Answer answer) { tell (answer); });
  }

  void
  tell (const Answer &answer)
  {
    if (GNUNET_SOCIAL_OK != answer.result || ! answer.place)
      return session_.fail (answer, name ());
    const PlaceView &view = answer.place->view;
    const std::string label = answer.place->label ();
    session_.out ().result (json_line (view), label + " " + view.key,
                            label + " " + view.key);
    session_.out ().remark (
        filled (_ ("Hosted from now on, also when this command has ended. "
                   "Others enter with: %s"),
                { "gnunet-social enter " + name () + "." + ego_.key }));
    session_.finish (Status::done);
  }

  [[nodiscard]] const std::string &
  name () const
  {
    return session_.request ().words[0];
  }

  Ego ego_;
};

class Enter final : public Command
{
public:
  explicit Enter (Session &session) : Command (session) {}

  void
  run () override
  {
    if (const auto text = session_.request ().value (Option::origin))
    {
      struct GNUNET_PeerIdentity peer;
      if (GNUNET_OK
          != GNUNET_CRYPTO_eddsa_public_key_from_string (
              text->c_str (), text->size (), &peer.public_key))
        return session_.fail (
            Status::usage, "usage",
            filled (_ ("'%s' is no peer's identity"), { *text }));
      origin_ = peer;
    }
    session_.with_ego (place (), [this] (const Ego &ego) { enter (ego); });
  }

  void
  on_timeout () override
  {
    if (! pending_)
      return session_.fail (
          Status::no_answer, "no_answer",
          filled (_ ("%s: nobody answered in time (is the name right, its host "
                     "online?); asking goes on, see 'gnunet-social places'"),
                  { place () }));
    tell_place (*pending_);
    session_.fail (Status::pending, "pending",
                   filled (_ ("%s: the request waits at the door; enter again "
                              "to hear the answer"),
                           { place () }));
  }

private:
  void
  enter (const Ego &ego)
  {
    const auto message = session_.request ().value (Option::message);
    session_.ask (
        [this, &ego, &message] (auto cb, void *cls)
        {
          return GNUNET_SOCIAL_enter_place (
              session_.app (), ego.handle, place ().c_str (),
              message ? message->c_str () : nullptr,
              origin_ ? &*origin_ : nullptr, cb, cls);
        },
        [this] (Answer answer) { on_answer (answer); });
  }

  void
  on_answer (const Answer &answer)
  {
    if (GNUNET_SOCIAL_PENDING == answer.result)
    {
      pending_ = answer.place ? answer.place : Place{};
      session_.out ().remark (
          _ ("The request waits at the door for an answer …"));
      return;
    }
    if (GNUNET_SOCIAL_OK != answer.result)
      return session_.fail (answer, place ());
    if (answer.place)
      tell_place (*answer.place);
    if (answer.text)
      session_.out ().remark (session_.out ().shown_line (*answer.text));
    session_.finish (Status::done);
  }

  void
  tell_place (const Place &known)
  {
    if (known.view.key.empty ())
      return;
    session_.out ().result (json_line (known.view),
                            known.label () + " " + known.view.key,
                            known.label () + " " + known.view.key);
  }

  [[nodiscard]] const std::string &
  place () const
  {
    return session_.request ().words[0];
  }

  std::optional<struct GNUNET_PeerIdentity> origin_;
  std::optional<Place> pending_;
};

// leave and close: the same but for the question.
class End final : public Command
{
public:
  using Ask
      = GNUNET_SOCIAL_Query *(*)(GNUNET_SOCIAL_App *,
                                 const struct GNUNET_CRYPTO_EddsaPublicKey *,
                                 GNUNET_SOCIAL_QueryCallback, void *);

  End (Session &session, Ask ask, const char *ended)
      : Command (session), ask_ (ask), ended_ (ended)
  {}

  void
  run () override
  {
    session_.with_place (
        session_.request ().words[0],
        [this] (const Place &place)
        {
          session_.ask ([this, &place] (auto cb, void *cls)
                        { return ask_ (session_.app (), &place.key, cb, cls); },
                        [this, place] (Answer answer)
                        { tell (place, answer); });
        });
  }

private:
  void
  tell (const Place &place, const Answer &answer)
  {
    if (GNUNET_SOCIAL_OK != answer.result)
      return session_.fail (answer, place.label ());
    const Place &now = answer.place ? *answer.place : place;
    session_.out ().result (json_line (now.view),
                            now.label () + ": " + told (now.view.state),
                            now.view.key);
    session_.out ().remark (_ (ended_));
    session_.finish (Status::done);
  }

  const Ask ask_;
  const char *const ended_;
};

class Name final : public Command
{
public:
  explicit Name (Session &session) : Command (session) {}

  void
  run () override
  {
    session_.with_ego (std::nullopt,
                       [this] (const Ego &ego)
                       {
                         ego_ = ego;
                         if (const auto key = parse_zone_key (whom ()))
                           name (*key);
                         else
                           session_.list_places (
                               [this] (std::vector<Place> places)
                               { search (std::move (places)); });
                       });
  }

private:
  // The start of a nym's key, at any of our places.
  void
  search (std::vector<Place> places)
  {
    places_ = std::move (places);
    search_next ();
  }

  void
  search_next ()
  {
    if (places_.empty ())
      return decide ();
    const Place place = places_.back ();
    places_.pop_back ();
    session_.list_nyms (place,
                        [this] (std::vector<Nym> nyms)
                        {
                          for (const Nym &nym : nyms)
                            if (nym.view.key.starts_with (whom ()))
                              found_.emplace (nym.view.key, nym.key);
                          session_.progress ();
                          search_next ();
                        });
  }

  void
  decide ()
  {
    if (found_.empty ())
      return session_.fail (
          Status::not_found, "no_such_nym",
          filled (_ ("'%s' is neither a zone's key nor the start of a nym's at "
                     "our places"),
                  { whom () }));
    if (found_.size () > 1)
      return session_.fail (Status::failed, "ambiguous",
                            filled (_ ("'%s' is the start of more than one "
                                       "key: give more of it"),
                                    { whom () }));
    if (const auto key = parse_zone_key (found_.begin ()->first))
      name (*key);
  }

  void
  name (const struct GNUNET_IDENTITY_PublicKey &key)
  {
    session_.ask (
        [this, &key] (auto cb, void *cls)
        {
          return GNUNET_SOCIAL_name_nym (session_.app (), ego_.handle,
                                         label ().c_str (), &key, cb, cls);
        },
        [this, text = key_text (key)] (Answer answer)
        {
          if (GNUNET_SOCIAL_OK != answer.result)
            return session_.fail (answer, label ());
          const std::string name = label () + "." + ego_.name;
          session_.out ().result (json_name (ego_.name, label (), text),
                                  name + " " + text, name);
          session_.finish (Status::done);
        });
  }

  [[nodiscard]] const std::string &
  whom () const
  {
    return session_.request ().words[0];
  }
  [[nodiscard]] const std::string &
  label () const
  {
    return session_.request ().words[1];
  }

  Ego ego_;
  std::vector<Place> places_;
  std::map<std::string, struct GNUNET_CRYPTO_EcdsaPublicKey> found_;
};
} // namespace

std::unique_ptr<Command>
make_host (Session &session)
{
  return std::make_unique<Host> (session);
}

std::unique_ptr<Command>
make_enter (Session &session)
{
  return std::make_unique<Enter> (session);
}

std::unique_ptr<Command>
make_leave (Session &session)
{
  return std::make_unique<End> (session, &GNUNET_SOCIAL_leave_place,
                                N_ ("Its history stays here."));
}

std::unique_ptr<Command>
make_close (Session &session)
{
  return std::make_unique<End> (session, &GNUNET_SOCIAL_close_place,
                                N_ ("Its history stays here."));
}

std::unique_ptr<Command>
make_name (Session &session)
{
  return std::make_unique<Name> (session);
}
} // namespace social::cli
