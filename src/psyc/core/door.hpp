// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Who may be in a channel: answers those who ask to join, by policy, by their
// open membership, or by asking the host's applications (the first answer
// wins); ends memberships. Generations grow with each that ends. What is
// decided is on disk before it is said.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "psyc/core/context.hpp"
#include "psyc/core/record.hpp"

namespace psyc::core
{
// A question that waits for an application.
using QuestionId = base::Id<struct QuestionIdTag>;

struct Question
{
  base::MemberKey member;
  base::Bytes message;
};

// What the door needs of its channel.
class DoorKeeper
{
public:
  virtual ~DoorKeeper () = default;
  [[nodiscard]] virtual Policy policy () const = 0;
  // Highest ids given out.
  [[nodiscard]] virtual base::Head head () const = 0;
  [[nodiscard]] virtual std::vector<Revocation> &revocations () = 0;
  // Raises the generation; what was before is void.
  virtual void raise_generation () = 0;
  virtual void save_record (RecordKeeper::OnSaved on_saved) = 0;
  // To all applications.
  virtual void ask (QuestionId id, const Question &question) = 0;
};

class Door
{
public:
  using OnDone = std::function<void (const StoreResult &)>;

  Door (Context &context, DoorKeeper &keeper)
      : context_ (context), keeper_ (keeper)
  {}

  void on_join_request (JoinToken join, const base::MemberKey &member,
                        base::Bytes message);
  // An application's answer.
  void on_decision (QuestionId question, Admission admission,
                    std::vector<base::PeerId> relays, base::Bytes answer);
  void on_pending (QuestionId question);

  // Throws a member out; `notice` reaches it.
  void eject (const base::MemberKey &member, base::Bytes notice,
              OnDone on_done);
  // It left by itself.
  void on_parted (const base::MemberKey &member);

  [[nodiscard]] const std::map<QuestionId, Question> &
  questions () const
  {
    return questions_;
  }

private:
  struct Tokens
  {
    std::vector<JoinToken> joins;
    bool is_pending = false;
  };

  void ask (JoinToken join, const base::MemberKey &member, base::Bytes message);
  void admit (std::vector<JoinToken> joins, const base::MemberKey &member,
              std::vector<base::PeerId> relays, base::Bytes answer);
  void decide (const std::vector<JoinToken> &joins, Admission admission,
               const std::vector<base::PeerId> &relays,
               const base::Bytes &answer);
  [[nodiscard]] bool is_ejected (const base::MemberKey &member);
  // Ends the membership on disk, and makes tickets void.
  void end_membership (const base::MemberKey &member, RevocationCause cause,
                       std::function<void (base::Generation)> on_ended,
                       OnDone on_failed);
  void revoke (const base::MemberKey &member, base::Generation generation,
               RevocationCause cause);

  Context &context_;
  DoorKeeper &keeper_;
  std::uint64_t last_question_ = 0;
  std::map<QuestionId, Question> questions_;
  std::map<QuestionId, Tokens> tokens_;
  std::map<base::MemberKey, QuestionId> by_member_;
};
} // namespace psyc::core
