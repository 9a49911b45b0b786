// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What all operations have in common: the words of the request, finding the
// ego, place and nym that are meant, one question at a time, a deadline, and
// the one answer.
#pragma once

#include "shell/timer.hpp"
#include "social/gateway/input.hpp"
#include "social/gateway/shell/gateway.hpp"
#include "social/gateway/shell/verbs.hpp"

namespace social::gateway
{
class Work : public Operation
{
public:
  explicit Work (const Context &context);

protected:
  // --- the answer, once ---
  void answer (Answer answer);
  void answer_json (unsigned status, std::string json);
  void answer_empty ();
  void fail (unsigned status, const std::string &code,
             const std::string &detail,
             const std::optional<std::string> &member = {});
  // By how a query ended; `what` it was about.
  void fail (const Outcome &outcome, const std::string &what);
  void head_is_out ();
  [[nodiscard]] bool
  is_answered () const
  {
    return is_answered_;
  }
  // Something is wrong with input or words: answers, and says so.
  [[nodiscard]] bool is_refused (std::optional<Answer> problem);

  // --- time ---
  void wait (base::Duration duration);
  void wait_no_more ();
  virtual void on_timeout ();

  // --- who and where; each goes on at most once ---
  // That of the name, else the only one.
  void with_ego (const std::optional<std::string> &name,
                 std::function<void (const Ego &)> go_on);
  // The first segment of the path that was captured; acts as its ego (that of
  // `?ego=`, else the host's, else the only guest's).
  void with_place (std::function<void (const view::Place &)> go_on);
  void with_own_place (std::function<void (const view::Place &)> go_on);
  void with_nym (const view::Place &place, const std::string &text,
                 std::function<void (const view::Nym &)> go_on);
  void ask (const Query::Start &start, Query::OnOutcome on_outcome);

  [[nodiscard]] GNUNET_SOCIAL_App *
  app () const
  {
    return gateway_.app ();
  }
  [[nodiscard]] std::size_t
  captured_count () const
  {
    return captured_.size ();
  }
  [[nodiscard]] const std::string &
  captured (std::size_t i) const
  {
    return captured_[i];
  }

  Gateway &gateway_;
  Exchange &exchange_;
  Words words_;
  Query query_;

private:
  void choose_place (const std::vector<view::Place> &places,
                     const std::optional<std::string> &ego,
                     const std::function<void (const view::Place &)> &go_on);

  const std::vector<std::string> captured_;
  const std::unique_ptr<Gateway::Ticket> ticket_;
  ::shell::Timer deadline_;
  bool is_answered_ = false;
};
} // namespace social::gateway
