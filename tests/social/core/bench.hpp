// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A core on the bench: a store in memory that can fail and be reopened, keys
// that count, and what the core wanted done, sorted by kind.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <set>

#include "social/core/core.hpp"
#include "social/core/entry_message.hpp"

namespace social::bench
{
template <typename Fixed>
Fixed
numbered (std::uint8_t number)
{
  Fixed out;
  out.bytes.fill (number);
  return out;
}

inline base::MemberKey
member (std::uint8_t number)
{
  return numbered<base::MemberKey> (number);
}

inline base::SendTag
tag (std::uint8_t number)
{
  return numbered<base::SendTag> (number);
}

inline base::PeerId
peer (std::uint8_t number)
{
  return numbered<base::PeerId> (number);
}

// What is on disk, kept over restarts of the core.
class Disk : public Store
{
public:
  std::optional<std::string>
  commit (const Changes &changes) override
  {
    if (is_full)
      return "disk full";
    commits++;
    for (const auto &change : changes)
      std::visit ([this] (const auto &c) { apply (c); }, change);
    return std::nullopt;
  }

  [[nodiscard]] Snapshot
  snapshot () const
  {
    Snapshot out;
    for (const auto &[ref, place] : places)
      out.places.push_back (place);
    for (const auto &[key, nym] : nyms)
      out.nyms.emplace_back (key.first, nym);
    for (const auto &[key, rule] : rules)
      out.rules.emplace_back (std::get<0> (key), rule);
    for (const auto &[key, wish] : wishes)
      out.wishes.push_back (wish);
    for (const auto &[key, offer] : offers)
      out.offers.emplace_back (key.first, offer);
    return out;
  }

  bool is_full = false;
  int commits = 0;
  std::map<PlaceRef, Place> places;
  std::map<std::pair<PlaceRef, base::MemberKey>, Nym> nyms;
  std::map<std::tuple<PlaceRef, RuleKind, std::string>, Rule> rules;
  std::map<base::SendTag, Wish> wishes;
  std::map<std::pair<PlaceRef, base::SendTag>, Offer> offers;

private:
  void
  apply (const PutPlace &c)
  {
    places[c.place.ref] = c.place;
  }
  void
  apply (const PutNym &c)
  {
    nyms[{ c.ref, c.nym.key }] = c.nym;
  }
  void
  apply (const DropNym &c)
  {
    nyms.erase ({ c.ref, c.nym });
  }
  void
  apply (const PutRule &c)
  {
    if (0 == c.rule.flags)
      rules.erase ({ c.ref, c.rule.kind, c.rule.prefix });
    else
      rules[{ c.ref, c.rule.kind, c.rule.prefix }] = c.rule;
  }
  void
  apply (const PutWish &c)
  {
    wishes[c.wish.tag] = c.wish;
  }
  void
  apply (const DropWish &c)
  {
    wishes.erase (c.tag);
  }
  void
  apply (const PutOffer &c)
  {
    offers[{ c.ref, c.offer.key }] = c.offer;
  }
  void
  apply (const DropOffer &c)
  {
    offers.erase ({ c.ref, c.key });
  }
};

// Key number n is n, n, n...; a place's text is "place-n" padded to 52, a
// zone's "zone-n", a nym's "nym-n".
class CountedKeys : public Keys
{
public:
  base::ChannelPrivateKey
  make_channel_key () override
  {
    return numbered<base::ChannelPrivateKey> (++last);
  }
  base::ChannelKey
  public_key (const base::ChannelPrivateKey &secret) const override
  {
    return numbered<base::ChannelKey> (secret.bytes[0]);
  }
  std::string
  place_text (const base::ChannelKey &key) const override
  {
    return "PLACE" + std::to_string (key.bytes[0]);
  }
  std::optional<base::ChannelKey>
  place_from_text (std::string_view text) const override
  {
    if (! text.starts_with ("PLACE"))
      return std::nullopt;
    return numbered<base::ChannelKey> (static_cast<std::uint8_t> (
        std::atoi (std::string (text.substr (5)).c_str ())));
  }
  std::optional<base::Bytes>
  zone_from_text (std::string_view text) const override
  {
    if (! text.starts_with ("ZONE"))
      return std::nullopt;
    return zone (static_cast<std::uint8_t> (
        std::atoi (std::string (text.substr (4)).c_str ())));
  }
  std::string
  nym_text (const base::MemberKey &key) const override
  {
    return "NYM" + std::to_string (key.bytes[0]);
  }
  // Some normal form: here, lower case.
  std::string
  normalized_label (const std::string &label) const override
  {
    std::string out = label;
    for (char &c : out)
      if ('A' <= c && c <= 'Z')
        c = static_cast<char> (c - 'A' + 'a');
    return out;
  }
  base::SendTag
  make_tag () override
  {
    return numbered<base::SendTag> (++last);
  }

  static base::Bytes
  zone (std::uint8_t number, std::uint8_t type = 0)
  {
    base::Bytes out (36, number);
    out[0] = 0;
    out[1] = 1;
    out[2] = 0;
    out[3] = type;
    return out;
  }

  std::uint8_t last = 100;
};

inline base::Bytes
request_saying (const std::string &text)
{
  return entry_text (enter_method, text);
}

// `request` as it arrives at a door: with the wish's tag.
inline base::Bytes
call_at_door (const std::string &text, std::uint8_t number)
{
  return tagged_request (request_saying (text), tag (number)).value ();
}

class Bench : public ::testing::Test
{
protected:
  static constexpr ClientId app{ 1 };
  const base::MemberKey alice = member (1);
  const base::MemberKey bob = member (2);

  // A core that knows its peer and the egos alice and bob, and an application.
  void
  begin ()
  {
    core.reset ();
    effects.clear ();
    core = std::make_unique<Core> (Core::Config{ {}, "bench" }, disk, keys,
                                   disk.snapshot (), now);
    core->on_own_peer (peer (7));
    core->on_ego ({ "alice", CountedKeys::zone (1) });
    core->on_ego ({ "bob", CountedKeys::zone (2) });
    core->on_egos_complete ();
    core->on_app (app);
    core->on_message (app, AppHello{ 1, "bench" });
    run ();
  }

  // Collects what the core wants.
  void
  run ()
  {
    while (auto effect = core->poll_effect ())
      effects.push_back (std::move (*effect));
  }

  void
  pass (base::Duration duration)
  {
    now += duration;
    core->advance_time (now);
    run ();
  }

  // The effects of a kind since the last call, oldest first; others stay.
  template <typename E>
  std::vector<E>
  take ()
  {
    run ();
    std::vector<E> out;
    std::vector<Effect> rest;
    for (auto &effect : effects)
      if (auto *found = std::get_if<E> (&effect))
        out.push_back (std::move (*found));
      else
        rest.push_back (std::move (effect));
    effects = std::move (rest);
    return out;
  }

  // Messages of a kind told to `client` since the last call.
  template <typename M>
  std::vector<M>
  told (ClientId client = app)
  {
    run ();
    std::vector<M> out;
    std::vector<Effect> rest;
    for (auto &effect : effects)
    {
      const auto *tell = std::get_if<Tell> (&effect);
      auto message = nullptr != tell && tell->client == client
                         ? wire::decode<M> (tell->message)
                         : std::nullopt;
      if (message)
        out.push_back (std::move (*message));
      else
        rest.push_back (std::move (effect));
    }
    effects = std::move (rest);
    return out;
  }

  template <typename M>
  std::uint64_t
  ask (M message, ClientId client = app)
  {
    message.query_id = ++last_query;
    core->on_message (client, message);
    run ();
    return last_query;
  }

  // The result of a query, when it was told exactly once since the last look.
  std::optional<SocialResult>
  result_of (std::uint64_t query, ClientId client = app)
  {
    std::optional<SocialResult> found;
    std::vector<Effect> rest;
    run ();
    for (auto &effect : effects)
    {
      const auto *tell = std::get_if<Tell> (&effect);
      auto message = nullptr != tell && tell->client == client
                         ? wire::decode<SocialResult> (tell->message)
                         : std::nullopt;
      if (message && message->query_id == query)
      {
        EXPECT_FALSE (found) << "two results at once";
        found = std::move (*message);
      }
      else
        rest.push_back (std::move (effect));
    }
    effects = std::move (rest);
    return found;
  }

  // alice hosts `name`; psyc and namestore do their part.
  PlaceRef
  host (const std::string &name, Policy policy = Policy::private_,
        std::uint32_t flags = 0)
  {
    AppHostPlace wish;
    wish.ego = alice;
    wish.name = name;
    wish.policy = policy;
    wish.flags = flags;
    wish.tag = tag (static_cast<std::uint8_t> (200 + last_query));
    const auto query = ask (wish);
    const auto started = take<StartHost> ();
    if (! started.empty ())
      core->on_host_started (started.back ().ref, 0);
    for (const auto &record : take<StoreRecord> ())
      core->on_record_stored (record.id, std::nullopt);
    const auto result = result_of (query);
    EXPECT_TRUE (result && ResultCode::ok == result->result);
    EXPECT_TRUE (result && result->place);
    return { result->place->key, result->place->ego_key };
  }

  AppEnterPlace
  entry (const std::string &place, std::uint8_t number,
         const std::string &text = "it is bob")
  {
    AppEnterPlace wish;
    wish.tag = tag (number);
    wish.ego = bob;
    wish.place = place;
    wish.request = request_saying (text);
    return wish;
  }

  base::TimePoint now{ base::hours (500'000) };
  Disk disk;
  CountedKeys keys;
  std::unique_ptr<Core> core;
  std::vector<Effect> effects;
  std::uint64_t last_query = 0;
};
} // namespace social::bench
