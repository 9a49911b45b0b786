// SPDX-License-Identifier: AGPL-3.0-or-later
#include "psyc/core/door.hpp"

namespace psyc::core
{
namespace
{
// Askers with one key that wait for the same answer.
constexpr std::size_t joins_max = 8;
// Longer than any ticket lives.
constexpr base::Duration revocation_life = base::hours (24 * 40);
} // namespace

void
Door::on_join_request (JoinToken join, const base::MemberKey &member,
                       base::Bytes message)
{
  if (admits_all (keeper_.policy ()) && ! is_ejected (member))
  {
    admit ({ join }, member, {}, {});
    return;
  }
  const base::Head head = keeper_.head ();
  context_.store.call (TestMembership{ member, head.message_id.value + 1,
                                       head.generation.value },
                       [this, join, member, message = std::move (message)] (
                           const StoreResult &result)
                       {
                         if (result_yes == result.result)
                           admit ({ join }, member, {}, {});
                         else
                           ask (join, member, message);
                       });
}

bool
Door::is_ejected (const base::MemberKey &member)
{
  for (const auto &revocation : keeper_.revocations ())
    if (revocation.member == member)
      return RevocationCause::ejected == revocation.cause;
  return false;
}

void
Door::ask (JoinToken join, const base::MemberKey &member, base::Bytes message)
{
  if (auto it = by_member_.find (member); it != by_member_.end ())
  {
    Tokens &tokens = tokens_.at (it->second);
    if (tokens.joins.size () >= joins_max)
    {
      decide ({ tokens.joins.front () }, Admission::unknown, {}, {});
      tokens.joins.erase (tokens.joins.begin ());
    }
    tokens.joins.push_back (join);
    if (tokens.is_pending)
      context_.effects.push_back (TellJoinPending{ join });
    if (questions_.at (it->second).message != message)
    {
      questions_.at (it->second).message = std::move (message);
      keeper_.ask (it->second, questions_.at (it->second));
    }
    return;
  }
  if (questions_.size () >= context_.config.questions_max)
  {
    context_.count ("# wishes to join turned away, too many wait");
    decide ({ join }, Admission::unknown, {}, {});
    return;
  }
  const QuestionId id{ ++last_question_ };
  by_member_.emplace (member, id);
  tokens_[id].joins.push_back (join);
  questions_.emplace (id, Question{ member, std::move (message) });
  keeper_.ask (id, questions_.at (id));
}

void
Door::on_pending (QuestionId question)
{
  auto it = tokens_.find (question);
  if (it == tokens_.end () || std::exchange (it->second.is_pending, true))
    return;
  for (const JoinToken join : it->second.joins)
    context_.effects.push_back (TellJoinPending{ join });
}

void
Door::on_decision (QuestionId question, Admission admission,
                   std::vector<base::PeerId> relays, base::Bytes answer)
{
  auto it = questions_.find (question);
  if (it == questions_.end ())
    return; // somebody else was first
  const base::MemberKey member = it->second.member;
  auto joins = std::move (tokens_.at (question).joins);
  questions_.erase (it);
  tokens_.erase (question);
  by_member_.erase (member);
  if (Admission::admitted == admission)
    admit (std::move (joins), member, std::move (relays), std::move (answer));
  else
    decide (joins, admission, relays, answer);
}

void
Door::admit (std::vector<JoinToken> joins, const base::MemberKey &member,
             std::vector<base::PeerId> relays, base::Bytes answer)
{
  const base::Head head = keeper_.head ();
  const std::uint64_t next = head.message_id.value + 1;
  const std::uint64_t since
      = has_restricted_history (keeper_.policy ()) ? next : 1;
  context_.store.call (
      StoreMembership{ member, Membership::begins, next, since,
                       head.generation.value },
      [this, joins = std::move (joins), relays = std::move (relays),
       answer = std::move (answer)] (const StoreResult &result)
      {
        if (result.is_error ())
          context_.count ("# admissions that the store refused");
        decide (joins,
                result.is_error () ? Admission::unknown : Admission::admitted,
                relays, answer);
      });
}

void
Door::decide (const std::vector<JoinToken> &joins, Admission admission,
              const std::vector<base::PeerId> &relays,
              const base::Bytes &answer)
{
  for (const JoinToken join : joins)
    context_.effects.push_back (DecideJoin{ join, admission, relays, answer });
}

// ---- going ---------------------------------------------------------------

void
Door::eject (const base::MemberKey &member, base::Bytes notice, OnDone on_done)
{
  end_membership (
      member, RevocationCause::ejected,
      [this, member, notice = std::move (notice),
       on_done] (base::Generation generation)
      {
        context_.effects.push_back (
            OriginEject{ context_.channel, member, generation, notice });
        on_done (StoreResult{});
      },
      on_done);
}

void
Door::on_parted (const base::MemberKey &member)
{
  end_membership (
      member, RevocationCause::left,
      [this, member] (base::Generation generation)
      {
        context_.effects.push_back (
            OriginRevoke{ context_.channel, member, generation });
      },
      [] (const StoreResult &) {});
}

void
Door::end_membership (const base::MemberKey &member, RevocationCause cause,
                      std::function<void (base::Generation)> on_ended,
                      OnDone on_failed)
{
  const base::Head head = keeper_.head ();
  const base::Generation last = head.generation;
  keeper_.raise_generation ();
  revoke (member, last, cause);
  context_.store.call (
      StoreMembership{ member, Membership::ends, head.message_id.value, 0,
                       last.value },
      [this, last, on_ended = std::move (on_ended),
       on_failed] (const StoreResult &stored)
      {
        if (stored.is_error ())
        {
          on_failed (stored);
          return;
        }
        keeper_.save_record (
            [last, on_ended, on_failed] (const StoreResult &saved)
            {
              if (saved.is_error ())
                on_failed (saved);
              else
                on_ended (last);
            });
      });
}

void
Door::revoke (const base::MemberKey &member, base::Generation generation,
              RevocationCause cause)
{
  auto &revocations = keeper_.revocations ();
  std::erase_if (revocations,
                 [&] (const Revocation &old) {
                   return old.member == member
                          || old.since + revocation_life < context_.now;
                 });
  if (revocations.size () >= context_.config.revocations_max)
  {
    context_.count ("# revocations forgotten, too many");
    revocations.erase (revocations.begin ());
  }
  revocations.push_back ({ member, generation, cause, context_.now });
}
} // namespace psyc::core
