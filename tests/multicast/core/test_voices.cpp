// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The origin's list of those who speak to it through relays.
#include "bench.hpp"
#include "multicast/core/voices.hpp"

using namespace testing_multicast;

namespace
{
constexpr TimePoint start = start_time;

Address
at (std::uint64_t channel, std::uint64_t pipe)
{
  return { ChannelId{ channel }, PipeId{ pipe } };
}
} // namespace

TEST (VoiceList, HasOneVoiceInAPipe)
{
  Voices voices (8 * limits::route_bytes);
  Voice *voice = voices.open (at (1, 1), start);
  ASSERT_NE (nullptr, voice);
  EXPECT_EQ (nullptr, voices.open (at (1, 1), start));
  EXPECT_EQ (voice, voices.find (at (1, 1)));
  EXPECT_EQ (nullptr, voices.find (at (1, 2)));
}

TEST (VoiceList, GivesAChannelNoMoreThanItLeavesToOthers)
{
  Voices voices (8 * limits::route_bytes);
  const auto open_all = [&] (std::uint64_t channel)
  {
    std::uint64_t pipe = 0;
    while (nullptr != voices.open (at (channel, pipe + 1), start))
      pipe++;
    return pipe;
  };
  EXPECT_EQ (4U, open_all (1));
  EXPECT_EQ (2U, open_all (2));
  EXPECT_EQ (1U, open_all (3));
  EXPECT_EQ (1U, open_all (4));
  EXPECT_EQ (0U, open_all (5));
  EXPECT_EQ (8U, voices.size ());
  voices.drop (at (1, 2));
  voices.drop (at (1, 2)); // twice is once
  EXPECT_EQ (nullptr, voices.open (at (1, 2), start));
  EXPECT_EQ (1U, open_all (5));
}

TEST (VoiceList, FindsAMemberByItsKeyOnceItIsProved)
{
  Voices voices (8 * limits::route_bytes);
  const auto member = key_of<base::MemberKey> (21);
  Voice *voice = voices.open (at (1, 1), start);
  voice->member = member;
  EXPECT_EQ (nullptr, voices.find (member));
  voices.name (*voice);
  EXPECT_EQ (voice, voices.find (member));
  voices.drop (at (1, 1));
  EXPECT_EQ (nullptr, voices.find (member));
}

TEST (VoiceList, KnowsWhatHangsOnAChannelAndWhatIsIdle)
{
  Voices voices (16 * limits::route_bytes);
  (void)voices.open (at (1, 1), start);
  (void)voices.open (at (1, 2), start + seconds (5));
  (void)voices.open (at (2, 1), start + seconds (5));
  EXPECT_EQ ((std::vector{ at (1, 1), at (1, 2) }),
             voices.of_channel (ChannelId{ 1 }));
  EXPECT_TRUE (voices.of_channel (ChannelId{ 3 }).empty ());
  EXPECT_EQ (std::vector{ at (1, 1) }, voices.idle_since (start + seconds (1)));
}
