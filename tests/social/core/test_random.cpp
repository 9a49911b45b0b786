// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Random applications, guests, names and crashes against one core: whatever
// comes, it stands, stays within its bounds, says each query's end once, and
// comes back from disk as it was.
#include <random>

#include "bench.hpp"
#include "social/core/offer_key.hpp"

using namespace social;
using namespace social::bench;

namespace
{
class Storm : public Bench
{
protected:
  std::uint64_t
  pick (std::uint64_t bound)
  {
    return random () % bound;
  }

  PlaceRef
  some_place ()
  {
    if (! disk.places.empty () && 0 != pick (8))
      return std::next (disk.places.begin (), static_cast<std::ptrdiff_t> (
                                                  pick (disk.places.size ())))
          ->first;
    return { numbered<base::ChannelKey> (
                 static_cast<std::uint8_t> (pick (256))),
             some_member () };
  }

  base::MemberKey
  some_member ()
  {
    return member (static_cast<std::uint8_t> (pick (6)));
  }

  base::Bytes
  some_request ()
  {
    base::Bytes bytes
        = call_at_door ("hello", static_cast<std::uint8_t> (pick (5)));
    if (0 == pick (4))
      bytes[pick (bytes.size ())] ^= static_cast<std::uint8_t> (random ());
    return bytes;
  }

  // A random value for every member of a message, by flipping bytes of a good
  // encoding: what still decodes goes in, as from a client.
  template <typename M>
  void
  say (M message)
  {
    message.query_id = ++last_query;
    auto bytes = wire::must_encode (message);
    // Behind header and id: ids are the library's to keep apart.
    if (0 == pick (3) && bytes.size () > 12)
      for (std::uint64_t i = pick (3); i > 0; i--)
        bytes[12 + pick (bytes.size () - 12)]
            = static_cast<std::uint8_t> (random ());
    if (const auto mutated = wire::decode<M> (bytes))
      core->on_message (app, *mutated);
  }

  void
  client_step ()
  {
    switch (pick (14))
    {
    case 0:
    {
      AppHostPlace wish;
      wish.ego = some_member ();
      wish.name = std::string (1, static_cast<char> ('a' + pick (4)));
      wish.policy = static_cast<Policy> (pick (5));
      wish.flags = static_cast<std::uint32_t> (pick (8));
      return say (wish);
    }
    case 1:
    {
      AppEnterPlace wish = entry (0 == pick (2) ? "lounge.alice" : "PLACE9",
                                  static_cast<std::uint8_t> (pick (20)));
      if (0 == pick (2))
        wish.origin = peer (9);
      wish.request = some_request ();
      return say (wish);
    }
    case 2:
      return say (AppLeavePlace{ 0, some_place (), {} });
    case 3:
      return say (AppClosePlace{ 0, some_place (), {} });
    case 4:
      return say (AppDoorAnswer{ 0, some_place (), some_member (),
                                 0 == pick (2), some_request () });
    case 5:
      return say (AppEjectNym{ 0, some_place (), some_member (), {}, "out" });
    case 6:
      return say (AppNymsGet{ 0, some_place () });
    case 7:
      return say (AppPlacesGet{});
    case 8:
      return say (AppRuleSet{ 0, some_place (), RuleKind::method, "_a",
                              static_cast<std::uint32_t> (pick (4)) });
    case 9:
      return say (AppDoorWatch{ 0, some_place () });
    case 10:
      return say (AppPlaceFind{ 0, {}, "PLACE" });
    case 12:
      return 0 == pick (4)
                 ? say (AppWithdrawFile{ 0, some_place (), some_key () })
                 : say (some_offer ());
    case 11:
      return say (AppNameNym{ 0, some_member (), "x", CountedKeys::zone (4) });
    default:
      return say (AppStatusGet{});
    }
  }

  base::SendTag
  some_key ()
  {
    return tag (static_cast<std::uint8_t> (pick (4)));
  }

  AppOfferFile
  some_offer ()
  {
    AppOfferFile offer;
    offer.place = some_place ();
    offer.key = some_key ();
    offer.path = "/film";
    offer.hash = std::string (103, 'H');
    offer.name = "film";
    return offer;
  }

  GuestRequest
  some_words ()
  {
    GuestRequest request{ some_member (), { pick (9) }, "_converse", {}, {} };
    if (0 == pick (2))
    {
      request.method = offer_request_method;
      request.offer = offer_key_text (some_key ());
    }
    return request;
  }

  void
  world_step ()
  {
    const PlaceRef ref = some_place ();
    switch (pick (16))
    {
    case 0:
      return core->on_host_started (ref, pick (100));
    case 1:
      return core->on_join_request (ref, some_member (), some_request ());
    case 2:
      return core->on_member (ref, some_member (),
                              static_cast<MemberEvent> (1 + pick (3)));
    case 3:
      return core->on_request (ref, some_words ());
    case 4:
      return core->on_guest_state (ref, static_cast<GuestState> (1 + pick (8)));
    case 5:
      return core->on_guest_decision (
          ref, 0 == pick (2) ? Admission::admitted : Admission::refused,
          some_request ());
    case 6:
      return core->on_guest_parted (ref);
    case 7:
      return core->on_looked_up (
          pick (40), 0 == pick (2)
                         ? std::optional (FoundPlace{ ref.key, peer (9), {} })
                         : std::nullopt);
    case 8:
      return core->on_record_stored (
          pick (60),
          0 == pick (2) ? std::optional<std::string> ("no") : std::nullopt);
    case 9:
      return core->on_ejected (ref, some_member (),
                               0 == pick (2) ? Outcome::done : Outcome::failed);
    case 10:
      return core->on_info (ref, { pick (100), pick (100) });
    case 11:
      return core->on_guest_connected (ref, pick (100));
    case 12:
      return core->on_file_wanted (ref, offer_key_text (some_key ()),
                                   pick (100));
    case 13:
      return core->on_offered_file (ref, some_key (),
                                    static_cast<FileOutcome> (pick (5)),
                                    pick (100), "no");
    case 14:
      return core->on_offer_told (
          ref, some_key (), 0 == pick (4) ? Outcome::failed : Outcome::done);
    default:
      now += base::milliseconds (static_cast<std::int64_t> (pick (20'000)));
      return core->advance_time (now);
    }
  }

  // What the core asked for happens, mostly.
  void
  answer_effects ()
  {
    run ();
    const auto wanted = std::exchange (effects, {});
    for (const auto &effect : wanted)
    {
      if (const auto *started = std::get_if<StartHost> (&effect))
        core->on_host_started (started->ref, 0);
      else if (const auto *announced = std::get_if<Announce> (&effect))
        core->on_announced (announced->ref, announced->tag, Outcome::done);
      else if (const auto *tell = std::get_if<Tell> (&effect))
        check_told (*tell);
      else if (std::holds_alternative<DropClient> (effect))
        is_dropped = true;
    }
  }

  void
  check_told (const Tell &tell)
  {
    const auto result = wire::decode<SocialResult> (tell.message);
    if (! result || 0 == result->query_id
        || ResultCode::pending == result->result)
      return;
    EXPECT_TRUE (ended.insert (result->query_id).second)
        << "query " << result->query_id << " ended twice";
  }

  void
  greet ()
  {
    is_dropped = false;
    core->on_app_gone (app);
    core->on_app (app);
    core->on_message (app, AppHello{ 1, "storm" });
    ended.clear ();
    last_query += 1'000'000; // mutated ids of before mean nothing
  }

  std::mt19937_64 random;
  std::set<std::uint64_t> ended;
  bool is_dropped = false;
};
} // namespace

TEST_F (Storm, NothingBreaksItAndItComesBackAsItWas)
{
  const auto first_seed = std::random_device{}();
  for (unsigned round = 0; round < 60; round++)
  {
    const auto seed = first_seed + round;
    SCOPED_TRACE (seed);
    random.seed (seed);
    disk = Disk{};
    last_query = 0;
    begin ();
    greet ();
    for (int step = 0; step < 400; step++)
    {
      disk.is_full = 0 == pick (20);
      0 == pick (2) ? client_step () : world_step ();
      answer_effects ();
      if (is_dropped)
        greet ();
      if (0 == pick (100))
      {
        disk.is_full = false;
        begin (); // killed
        greet ();
      }
      ASSERT_FALSE (HasFailure ());
    }
    // What is told of the places is what is on disk.
    disk.is_full = false;
    answer_effects ();
    begin ();
    const auto places = told<SocialPlace> ();
    std::map<PlaceRef, PlaceState> states;
    for (const auto &told_place : places)
      states[{ told_place.place.key, told_place.place.ego_key }]
          = told_place.place.state;
    for (const auto &[ref, state] : states)
      EXPECT_EQ (disk.places.at (ref).state, state);
  }
}
