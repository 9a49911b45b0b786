// SPDX-License-Identifier: AGPL-3.0-or-later
#include "bench.hpp"

using namespace social;
using namespace social::bench;

namespace
{
std::optional<Question>
ask_for (std::string_view text)
{
  static const CountedKeys keys;
  const std::vector<Ego> egos{ { "alice", CountedKeys::zone (1) } };
  const ConfiguredZones configured{ { "friend", CountedKeys::zone (9) } };
  return question_of (text, CountedKeys::zone (2), egos, configured, keys);
}
} // namespace

TEST (PlaceAddress, BeginsAtAZoneKeyAnEgoAConfiguredZoneOrTheOwnZone)
{
  EXPECT_EQ ((Question{ "lounge", CountedKeys::zone (5) }),
             ask_for ("lounge.ZONE5"));
  EXPECT_EQ ((Question{ "lounge", CountedKeys::zone (1) }),
             ask_for ("lounge.alice"));
  EXPECT_EQ ((Question{ "a.b", CountedKeys::zone (9) }),
             ask_for ("a.b.friend"));
  EXPECT_EQ ((Question{ "lounge.dave", CountedKeys::zone (2) }),
             ask_for ("lounge.dave"));
  EXPECT_EQ ((Question{ "lounge", CountedKeys::zone (2) }), ask_for ("lounge"));
}

TEST (PlaceAddress, AZoneAloneIsItsPersonsOwnPlace)
{
  EXPECT_EQ ((Question{ "@", CountedKeys::zone (5) }), ask_for ("ZONE5"));
  EXPECT_EQ ((Question{ "@", CountedKeys::zone (1) }), ask_for ("alice"));
}

TEST (PlaceAddress, NormalizesLabelsAndLeavesZoneKeysAlone)
{
  const CountedKeys keys;
  EXPECT_EQ ("lounge.alice", normalized_name ("Lounge.ALICE", keys));
  EXPECT_EQ ("lounge.ZONE5", normalized_name ("LOUNGE.ZONE5", keys));
  EXPECT_EQ ("", normalized_name ("", keys));
  EXPECT_EQ ("a..b.", normalized_name ("A..B.", keys));
}

TEST (PlaceAddress, RefusesWhatIsNoName)
{
  for (const std::string &text :
       { std::string (), std::string ("."), std::string (".a"),
         std::string ("a."), std::string ("a..b"), std::string ("a b.c"),
         std::string (64, 'x') + ".a", std::string (300, 'x') })
    EXPECT_FALSE (ask_for (text)) << text;
}
