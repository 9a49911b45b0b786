// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Pieces of members' requests on their way into the store, each member's in
// their order: what the store could not take is kept and tried again, and what
// came behind it waits. Many are with the store at a time; each but the first
// request of a member only on the condition that the one before it is complete.
//
//   flowing --- the store fails ---> held --- a while later ---> flowing
//                                     |
//                                     +-- too much ---> cut --- the member
//                                         attaches anew, says all again --->
//                                         flowing
#pragma once

#include <functional>
#include <map>

#include "psyc/core/context.hpp"

namespace psyc::core
{
class Intake
{
public:
  // It is stored, or the store will never take it.
  using OnStored
      = std::function<void (const RequestPtr &, const StoreResult &)>;

  Intake (Context &context, OnStored on_stored)
      : context_ (context), on_stored_ (std::move (on_stored))
  {}

  void add (RequestPtr piece);
  // That member came or went: it says again what it was not acknowledged.
  void restart (const base::MemberKey &member);
  void restart_all ();
  void on_time ();
  [[nodiscard]] base::TimePoint
  next_deadline () const
  {
    return retry_at_;
  }

private:
  using Place = std::pair<base::RequestId, std::uint64_t>; // and offset
  enum class State : std::uint8_t
  {
    flowing,
    held, // until the store takes it
    cut,  // and what comes is not even kept
  };
  struct Line
  {
    State state = State::flowing;
    std::map<Place, RequestPtr> held;
    // Pieces that are with the store, the newest request of which the end is
    // among them, and the one before that.
    std::size_t storing = 0;
    base::RequestId ended;
    base::RequestId before;
  };
  using Lines = std::map<base::MemberKey, Line>;

  void store (Line &line, const RequestPtr &piece);
  void on_result (const RequestPtr &piece, const StoreResult &result);
  void hold (Line &line, const RequestPtr &piece);
  void drop_from (Line &line, const Place &place);

  Context &context_;
  OnStored on_stored_;
  Lines lines_;
  std::size_t held_bytes_ = 0;
  base::TimePoint retry_at_ = base::time_never;
};
} // namespace psyc::core
