// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Whom a guest knows of in a place of somebody else: those who said something,
// until the host says that they are gone.
#include "bench.hpp"

using namespace social;
using namespace social::bench;

namespace
{
class Hearing : public Bench
{
protected:
  const PlaceRef nine{ numbered<base::ChannelKey> (9), bob };
  const base::MemberKey carol = member (60);

  // bob is a guest in PLACE9.
  void
  enter ()
  {
    begin ();
    AppEnterPlace wish = entry ("PLACE9", 1);
    wish.origin = peer (9);
    (void)ask (wish);
    core->on_guest_state (nine, GuestState::attached);
    run ();
  }

  void
  speaks (const base::MemberKey &who, std::uint64_t message)
  {
    core->on_nym_heard (nine, who, NymStanding::present, { message });
  }

  void
  is_gone (const base::MemberKey &who, std::uint64_t message)
  {
    core->on_nym_heard (nine, who, NymStanding::left, { message });
  }

  std::map<base::MemberKey, SocialNym>
  nyms ()
  {
    (void)ask (AppNymsGet{ 0, nine });
    std::map<base::MemberKey, SocialNym> out;
    for (const auto &nym : told<SocialNym> ())
      out.emplace (nym.key, nym);
    return out;
  }

  // Of somebody who is listed.
  NymState
  state_of (const base::MemberKey &who)
  {
    return nyms ().at (who).state;
  }

  // As many different keys as numbers.
  static base::MemberKey
  numbered_member (std::uint32_t number)
  {
    base::MemberKey key = member (77);
    for (std::size_t i = 0; i < 4; i++)
      key.bytes[i] = static_cast<std::uint8_t> (number >> (8 * i));
    return key;
  }

  // What the place's entry in the list says last.
  std::optional<std::uint64_t>
  count_told ()
  {
    const auto places = told<SocialPlace> ();
    if (places.empty ())
      return std::nullopt;
    return places.back ().place.nym_count;
  }
};
} // namespace

TEST_F (Hearing, AGuestIsListedWhileItIsIn)
{
  enter ();
  const auto listed = nyms ();
  ASSERT_EQ (1u, listed.size ());
  EXPECT_EQ ("bob", listed.at (bob).name);
  EXPECT_EQ (NymState::present, listed.at (bob).state);
  core->on_place_closing (nine);
  EXPECT_TRUE (nyms ().empty ());
}

TEST_F (Hearing, WhoSpeaksIsThereUntilTheHostSaysThatHeIsGone)
{
  enter ();
  speaks (carol, 3);
  EXPECT_EQ (NymState::present, state_of (carol));
  is_gone (carol, 4);
  EXPECT_EQ (NymState::left, state_of (carol));
  speaks (carol, 9);
  EXPECT_EQ (NymState::present, state_of (carol));
}

TEST_F (Hearing, TheNewestMessageCountsInWhateverOrderTheyAreRead)
{
  enter ();
  is_gone (carol, 50);
  speaks (carol, 20); // scrolling back
  EXPECT_EQ (NymState::left, state_of (carol));
  speaks (carol, 51);
  is_gone (carol, 50);
  EXPECT_EQ (NymState::present, state_of (carol));
}

TEST_F (Hearing, HostsHearNobodyThatWay)
{
  begin ();
  const PlaceRef own = host ("lounge");
  core->on_nym_heard (own, carol, NymStanding::present, { 1 });
  (void)ask (AppNymsGet{ 0, own });
  EXPECT_TRUE (told<SocialNym> ().empty ());
}

TEST_F (Hearing, AnIdThatNoMessageHasIsNotBelieved)
{
  enter ();
  speaks (carol, base::id_max + 1);
  EXPECT_FALSE (nyms ().contains (carol));
}

TEST_F (Hearing, IsKeptOverRestarts)
{
  enter ();
  speaks (carol, 3);
  is_gone (member (61), 7);
  pass (base::seconds (0));
  begin ();
  EXPECT_EQ (NymState::present, state_of (carol));
  EXPECT_EQ (NymState::left, state_of (member (61)));
  speaks (member (61), 6);
  EXPECT_EQ (NymState::left, state_of (member (61))) << "what it heard is old";
}

TEST_F (Hearing, WritesWhatIsNewOnceASecondAndNothingElse)
{
  enter ();
  const int before = disk.commits;
  speaks (carol, 1);
  pass (base::seconds (0));
  EXPECT_EQ (before + 1, disk.commits);
  for (std::uint64_t id = 2; id < 100; id++)
    speaks (carol, id);
  pass (base::seconds (5));
  EXPECT_EQ (before + 1, disk.commits) << "she is known";
  for (std::uint8_t i = 100; i < 150; i++)
    speaks (member (i), i);
  pass (base::seconds (0));
  for (std::uint8_t i = 150; i < 200; i++)
    speaks (member (i), i);
  pass (base::milliseconds (10));
  EXPECT_EQ (before + 2, disk.commits);
  EXPECT_LE (core->next_deadline (), now + base::seconds (1));
  pass (base::seconds (1));
  EXPECT_EQ (before + 3, disk.commits);
  EXPECT_EQ (101u, disk.nyms.size ());
}

TEST_F (Hearing, AFullDiskIsTriedAgain)
{
  enter ();
  speaks (carol, 1);
  disk.is_full = true;
  pass (base::seconds (0));
  EXPECT_EQ (NymState::present, state_of (carol));
  disk.is_full = false;
  pass (base::minutes (1));
  EXPECT_EQ (1u, disk.nyms.size ());
}

TEST_F (Hearing, ApplicationsAreToldHowManyThereAre)
{
  enter ();
  EXPECT_EQ (1u, count_told ());
  speaks (carol, 1);
  pass (base::seconds (0));
  EXPECT_EQ (2u, count_told ());
  speaks (carol, 2);
  pass (base::seconds (2));
  EXPECT_FALSE (count_told ());
  is_gone (carol, 3);
  pass (base::seconds (2));
  EXPECT_EQ (1u, count_told ());
}

TEST_F (Hearing, AuthorsWithoutEndStayBoundedAndTheNewestAreKept)
{
  enter ();
  constexpr std::uint32_t count = 200'000;
  for (std::uint32_t i = 1; i <= count; i++)
  {
    speaks (numbered_member (i), i);
    if (0 == i % 5'000)
      pass (base::seconds (1));
  }
  pass (base::seconds (1));
  EXPECT_LE (disk.nyms.size (), nyms_heard_max);
  const auto listed = nyms ();
  EXPECT_LE (listed.size (), nyms_heard_max + 1);
  EXPECT_GE (listed.size (), nyms_heard_max * 9 / 10);
  EXPECT_TRUE (listed.contains (numbered_member (count)));
  EXPECT_FALSE (listed.contains (numbered_member (1)));
  EXPECT_EQ (disk.nyms.size () + 1, listed.size ());
}

TEST_F (Hearing, WhoSpokeAgainStaysWhenOthersAreForgotten)
{
  enter ();
  for (std::uint32_t i = 1; i <= nyms_heard_max; i++)
    speaks (numbered_member (i), i);
  speaks (numbered_member (1), nyms_heard_max + 1);
  speaks (carol, nyms_heard_max + 2);
  const auto listed = nyms ();
  EXPECT_TRUE (listed.contains (numbered_member (1)));
  EXPECT_TRUE (listed.contains (carol));
  EXPECT_FALSE (listed.contains (numbered_member (2)));
}
