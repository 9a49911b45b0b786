// SPDX-License-Identifier: AGPL-3.0-or-later
#include "bench.hpp"

using namespace social;
using namespace social::bench;

namespace
{
class Relaying : public Bench
{
protected:
  GuestRequest
  request (const std::string &method)
  {
    return { member (50), { 17 }, method, {}, {} };
  }

  std::optional<std::uint32_t>
  refusal_of (const PlaceRef &ref, const GuestRequest &said)
  {
    core->on_request (ref, said);
    const auto refused = take<RefuseRequest> ();
    if (! refused.empty ())
      return refused[0].code;
    EXPECT_EQ (1u, take<RelayRequest> ().size ());
    return std::nullopt;
  }
};
} // namespace

TEST_F (Relaying, AddsTheVerifiedAuthorAndTheHostsTime)
{
  begin ();
  const auto ref = host ("lounge");
  core->on_request (ref, request ("_converse"));
  const auto relayed = take<RelayRequest> ();
  ASSERT_EQ (1u, relayed.size ());
  EXPECT_EQ (17u, relayed[0].request_id.value);
  ASSERT_EQ (2u, relayed[0].variables.size ());
  EXPECT_EQ ("_nym_author", relayed[0].variables[0].name);
  EXPECT_EQ ("NYM50", base::as_text (relayed[0].variables[0].value));
  EXPECT_EQ ("_time_said", relayed[0].variables[1].name);
  EXPECT_EQ (std::to_string (now.time_since_epoch ().count ()),
             base::as_text (relayed[0].variables[1].value));
}

TEST_F (Relaying, MatchesRulesAtKeywordBorders)
{
  begin ();
  const auto ref = host ("lounge");
  EXPECT_FALSE (refusal_of (ref, request ("_converse")));
  EXPECT_FALSE (refusal_of (ref, request ("_converse_aside")));
  EXPECT_FALSE (refusal_of (ref, request ("_message_public")));
  EXPECT_FALSE (refusal_of (ref, request ("_file")));
  EXPECT_EQ (1u, refusal_of (ref, request ("_conversely")));
  EXPECT_EQ (1u, refusal_of (ref, request ("_notice_place_closing")));
  EXPECT_EQ (2u, refusal_of (ref, request ("")));
  EXPECT_EQ (2u, refusal_of (ref, request ("converse")));
}

TEST_F (Relaying, NoRuleLetsAGuestSpeakAsTheHost)
{
  begin ();
  const auto ref = host ("lounge");
  ask (AppRuleSet{ 0, ref, RuleKind::method, "_", 1 });
  EXPECT_FALSE (refusal_of (ref, request ("_notice_place_file")));
  EXPECT_EQ (1u, refusal_of (ref, request ("_notice_place_closing")));
  EXPECT_EQ (1u, refusal_of (ref, request ("_notice_place_leave")));
}

TEST_F (Relaying, RulesLastAndMayBeForgotten)
{
  begin ();
  const auto ref = host ("lounge");
  const auto set
      = ask (AppRuleSet{ 0, ref, RuleKind::method, "_notice_friendly", 1 });
  EXPECT_EQ (ResultCode::ok, result_of (set)->result);
  begin ();
  EXPECT_FALSE (refusal_of (ref, request ("_notice_friendly_wave")));
  ask (AppRulesClear{ 0, ref, 1 });
  begin ();
  EXPECT_EQ (1u, refusal_of (ref, request ("_notice_friendly_wave")));
  EXPECT_EQ (1u, refusal_of (ref, request ("_converse")));
}

TEST_F (Relaying, GuestsChangeObjectsByRuleOnly)
{
  begin ();
  const auto ref = host ("lounge");
  auto said = request ("_converse");
  said.lasting = { "_topic" };
  EXPECT_EQ (5u, refusal_of (ref, said));
  ask (AppRuleSet{ 0, ref, RuleKind::object, "_topic", 1 });
  EXPECT_FALSE (refusal_of (ref, said));
}

TEST_F (Relaying, NothingIsSaidOnForWhoWasThrownOut)
{
  begin ();
  const auto ref = host ("lounge", Policy::private_, host_welcome);
  core->on_join_request (ref, member (50), call_at_door ("me", 1));
  EXPECT_FALSE (refusal_of (ref, request ("_converse")));
  ask (AppEjectNym{ 0, ref, member (50), {}, "" });
  EXPECT_EQ (3u, refusal_of (ref, request ("_converse")));
}

TEST_F (Relaying, RefusesBadRules)
{
  begin ();
  const auto ref = host ("lounge");
  for (const auto &bad :
       { AppRuleSet{ 0, ref, RuleKind::method, "no underscore", 1 },
         AppRuleSet{ 0, ref, static_cast<RuleKind> (9), "_a", 1 },
         AppRuleSet{ 0, ref, RuleKind::method, "_a", 0xff } })
    EXPECT_EQ (ResultCode::failed, result_of (ask (bad))->result);
}

TEST_F (Relaying, SaysWhatIsToBeSavedWhileThePlaceGoesOn)
{
  begin ();
  const auto ref = host ("lounge");
  EXPECT_TRUE (take<SaveFiles> ().empty ());
  AppRuleSet rule{ 0, ref, RuleKind::method, "_file", rule_save };
  EXPECT_EQ (ResultCode::ok, result_of (ask (rule))->result);
  auto said = take<SaveFiles> ();
  ASSERT_EQ (1u, said.size ());
  EXPECT_EQ (std::vector<std::string>{ "_file" }, said[0].prefixes);
  EXPECT_EQ (Role::host, said[0].role);
  begin (); // over a restart
  said = take<SaveFiles> ();
  ASSERT_EQ (1u, said.size ());
  EXPECT_EQ (std::vector<std::string>{ "_file" }, said[0].prefixes);
  rule.flags = rule_relay;
  ask (rule);
  said = take<SaveFiles> ();
  ASSERT_EQ (1u, said.size ());
  EXPECT_TRUE (said[0].prefixes.empty ());
}
