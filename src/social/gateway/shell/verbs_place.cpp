// SPDX-License-Identifier: AGPL-3.0-or-later
//
// host, enter, leave, name, publish.
#include "social/gateway/shell/work.hpp"

#include "social/view/text.hpp"

namespace social::gateway
{
namespace
{
constexpr std::uint64_t wait_s_max = 3600;

class Host final : public Work
{
public:
  using Work::Work;

  void
  start () override
  {
    Input input (exchange_.request ().body);
    const auto ego = input.text ("ego");
    name_ = input.needed_text ("name");
    policy_ = input.text ("policy");
    if (policy_ && ! view::policy_from (*policy_))
      input.refuse ("policy", "'policy' is anonymous, open, closed or private");
    is_welcome_ = input.flag ("welcome").value_or (false);
    is_published_ = input.flag ("publish").value_or (true);
    if (is_refused (input.problem_found ())
        || is_refused (words_.problem_found ()))
      return;
    with_ego (ego,
              [this] (const Ego &found)
              {
                ego_ = found;
                find ();
              });
  }

private:
  // "welcome" alone must not change the policy of a place that exists.
  void
  find ()
  {
    ask (
        [this] (auto cb, void *cls)
        {
          return GNUNET_SOCIAL_place_find (app (), ego_.handle, name_.c_str (),
                                           cb, cls);
        },
        [this] (const Outcome &outcome)
        {
          std::string policy = "private";
          if (GNUNET_SOCIAL_OK == outcome.result && outcome.place
              && outcome.place->view.is_host)
            policy = outcome.place->view.policy;
          host (policy_.value_or (policy));
        });
  }

  void
  host (const std::string &policy)
  {
    std::uint32_t flags = 0;
    if (is_welcome_)
      flags |= GNUNET_SOCIAL_HOST_WELCOME;
    else if (! policy_)
      flags |= GNUNET_SOCIAL_HOST_KEEP_POLICY;
    if (! is_published_)
      flags |= GNUNET_SOCIAL_HOST_NO_PUBLISH;
    ask (
        [&] (auto cb, void *cls)
        {
          return GNUNET_SOCIAL_host_place (
              app (), ego_.handle, name_.c_str (),
              view::policy_from (policy).value_or (GNUNET_PSYC_CHANNEL_PRIVATE),
              flags, cb, cls);
        },
        [this] (const Outcome &outcome)
        {
          if (GNUNET_SOCIAL_OK != outcome.result || ! outcome.place)
            return fail (outcome, name_);
          Answer out = json_answer (201, view::json_line (outcome.place->view));
          out.headers.emplace_back ("Location", "/social/places/"
                                                    + outcome.place->view.key);
          answer (std::move (out));
        });
  }

  Ego ego_;
  std::string name_;
  std::optional<std::string> policy_;
  bool is_welcome_ = false;
  bool is_published_ = true;
};

class Enter final : public Work
{
public:
  using Work::Work;

  void
  start () override
  {
    Input input (exchange_.request ().body);
    const auto ego = input.text ("ego");
    place_ = input.needed_text ("place");
    message_ = input.text ("message");
    if (const auto origin = input.text ("origin"))
    {
      struct GNUNET_PeerIdentity peer;
      if (GNUNET_OK
          == GNUNET_CRYPTO_eddsa_public_key_from_string (
              origin->c_str (), origin->size (), &peer.public_key))
        origin_ = peer;
      else
        input.refuse ("origin", "'origin' must be a peer's identity");
    }
    const auto timeout = words_.number ("timeout", wait_s_max);
    if (is_refused (input.problem_found ())
        || is_refused (words_.problem_found ()))
      return;
    if (timeout)
      wait (base::seconds (static_cast<std::int64_t> (*timeout)));
    with_ego (ego,
              [this] (const Ego &found)
              {
                ego_ = found;
                enter ();
              });
  }

private:
  void
  enter ()
  {
    ask (
        [this] (auto cb, void *cls)
        {
          return GNUNET_SOCIAL_enter_place (
              app (), ego_.handle, place_.c_str (),
              message_ ? message_->c_str () : nullptr,
              origin_ ? &*origin_ : nullptr, cb, cls);
        },
        [this] (const Outcome &outcome)
        {
          if (GNUNET_SOCIAL_OK == outcome.result && outcome.place)
            answer_json (200, view::json_line (outcome.place->view));
          else if (GNUNET_SOCIAL_PENDING == outcome.result && outcome.place)
            answer_json (202, view::json_line (outcome.place->view));
          else if (GNUNET_SOCIAL_PENDING == outcome.result)
            find_pending ();
          else
            fail (outcome, place_);
        });
  }

  // The question stays; the place that it is for, when its key is known.
  void
  find_pending ()
  {
    query_.list_places (
        app (),
        [this] (const std::vector<view::Place> &places)
        {
          for (const view::Place &place : places)
            if (view::key_text (place.ego_key) == ego_.key
                && "pending" == place.view.state
                && (place.view.key == place_ || place.view.name == place_))
              return answer_json (202, view::json_line (place.view));
          fail (504, "no_answer",
                place_
                    + ": no answer in time; it is asked for all the same, "
                      "see /social/places");
        });
  }

  void
  on_timeout () override
  {
    if (GNUNET_YES != GNUNET_SOCIAL_app_is_connected (app ())
        || nullptr == ego_.handle)
      return Work::on_timeout ();
    wait (base::seconds (5));
    find_pending ();
    ego_.handle = nullptr; // a second time it is the end
  }

  Ego ego_;
  std::string place_;
  std::optional<std::string> message_;
  std::optional<struct GNUNET_PeerIdentity> origin_;
};

class Leave final : public Work
{
public:
  using Work::Work;

  void
  start () override
  {
    is_closing_ = words_.flag ("close");
    with_place ([this] (const view::Place &place) { leave (place); });
  }

private:
  void
  leave (const view::Place &place)
  {
    if (place.view.is_host && ! is_closing_)
      return fail (409, "is_host",
                   place.label ()
                       + " is ours: ?close=true closes it for good, for "
                         "everybody",
                   "close");
    ask (
        [this, &place] (auto cb, void *cls)
        {
          return place.view.is_host
                     ? GNUNET_SOCIAL_close_place (app (), &place.key, cb, cls)
                     : GNUNET_SOCIAL_leave_place (app (), &place.key, cb, cls);
        },
        [this] (const Outcome &outcome)
        {
          if (GNUNET_SOCIAL_OK == outcome.result)
            answer_empty ();
          else
            fail (outcome, captured (0));
        });
  }

  bool is_closing_ = false;
};

class Name final : public Work
{
public:
  using Work::Work;

  void
  start () override
  {
    Input input (exchange_.request ().body);
    const auto ego = input.text ("ego");
    const std::string nym = input.needed_text ("nym");
    label_ = input.needed_text ("label");
    const auto key = view::parse_zone_key (nym);
    if (! key)
      input.refuse ("nym", "'nym' must be the key of a nym or zone");
    if (is_refused (input.problem_found ())
        || is_refused (words_.problem_found ()))
      return;
    with_ego (ego,
              [this, key = *key] (const Ego &found) { name (found, key); });
  }

private:
  void
  name (const Ego &ego, const struct GNUNET_IDENTITY_PublicKey &key)
  {
    ask (
        [&] (auto cb, void *cls)
        {
          return GNUNET_SOCIAL_name_nym (app (), ego.handle, label_.c_str (),
                                         &key, cb, cls);
        },
        [this, ego = ego.name,
         text = view::key_text (key)] (const Outcome &outcome)
        {
          if (GNUNET_SOCIAL_OK != outcome.result)
            return fail (outcome, label_);
          gateway_.news ().look_at_people ();
          answer_json (201, view::json_name (ego, label_, text));
        });
  }

  std::string label_;
};

class Publish final : public Work
{
public:
  using Work::Work;
  ~Publish () override
  {
    if (nullptr != closure_)
      *closure_ = nullptr;
  }

  void
  start () override
  {
    Input input (exchange_.request ().body);
    name_ = input.needed_text ("name");
    password_ = input.text ("password");
    const auto ttl = input.text ("ttl");
    if (ttl
        && GNUNET_OK
               != GNUNET_STRINGS_fancy_time_to_relative (ttl->c_str (), &ttl_))
      input.refuse ("ttl", "'ttl' is a duration like '1 d' or '12 h'");
    if (is_refused (input.problem_found ()))
      return;
    with_place ([this] (const view::Place &place) { publish (place); });
  }

private:
  void
  publish (const view::Place &place)
  {
    place_ = place;
    GNUNET_SOCIAL_Ego *ego
        = GNUNET_SOCIAL_ego_lookup (app (), place.view.ego.c_str ());
    if (nullptr == ego)
      return fail (404, "no_such_ego", "its ego is not here any more");
    // The order cannot be called back: what is called may outlive us.
    closure_ = new Publish *(this);
    if (GNUNET_OK
        != GNUNET_SOCIAL_zone_add_place (
            app (), ego, name_.c_str (),
            password_ ? password_->c_str () : nullptr, &place.key, nullptr, 0,
            nullptr, GNUNET_TIME_relative_to_absolute (ttl_),
            &Publish::on_result, closure_))
    {
      delete std::exchange (closure_, nullptr);
      fail (422, "bad_member", "'name' must be a label of at most 63 bytes",
            "name");
    }
  }

  static void
  on_result (void *cls, std::int64_t result, const void *data,
             std::uint16_t size) noexcept
  {
    const std::unique_ptr<Publish *> closure (static_cast<Publish **> (cls));
    if (nullptr == *closure)
      return;
    (*closure)->closure_ = nullptr;
    (*closure)->tell (
        result,
        nullptr == data || 0 == size
            ? std::string ()
            : std::string (static_cast<const char *> (data), size - 1u));
  }

  void
  tell (std::int64_t result, const std::string &error)
  {
    if (GNUNET_OK != result)
      return fail (409, "failed",
                   name_ + ": "
                       + (error.empty () ? "it was not published" : error));
    answer_json (201, view::json_publication (place_.view.key,
                                              name_ + "." + place_.view.ego));
  }

  std::string name_;
  std::optional<std::string> password_;
  struct GNUNET_TIME_Relative ttl_ = GNUNET_TIME_UNIT_DAYS;
  view::Place place_;
  Publish **closure_ = nullptr;
};
} // namespace

Made
make_host (const Context &context)
{
  return std::make_unique<Host> (context);
}

Made
make_enter (const Context &context)
{
  return std::make_unique<Enter> (context);
}

Made
make_leave (const Context &context)
{
  return std::make_unique<Leave> (context);
}

Made
make_name (const Context &context)
{
  return std::make_unique<Name> (context);
}

Made
make_publish (const Context &context)
{
  return std::make_unique<Publish> (context);
}
} // namespace social::gateway
