// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What a member asks its parent for: the holes of its own stream (repair), and
// what its client wants besides (fetch). One question of either kind at a
// time, and none while the disk is behind.
#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "multicast/core/effects.hpp"
#include "multicast/core/stream.hpp"
#include "multicast/peer_messages.hpp"

namespace multicast
{
class Puller
{
public:
  explicit Puller (Stream &stream) : stream_ (stream) {}

  // False: too many wait.
  [[nodiscard]] bool fetch (ReplayUnit unit, std::uint64_t first,
                            std::uint64_t last,
                            const ReplayDetail &detail = {});

  // The next question to send while attached; ask until there is none.
  [[nodiscard]] std::optional<PeerReplayRequest> next (base::TimePoint now);
  // A fragment came; with no room for it, its range is asked for again.
  void on_fragment (base::TimePoint now);
  void on_fragment_dropped ();

  struct Outcome
  {
    bool is_known = false; // an answer to one of our questions
    std::vector<base::Interval> gaps;
    std::optional<Fetched> fetched;
  };
  [[nodiscard]] Outcome on_end (const PeerReplayEnd &end, base::TimePoint now);
  // The parent is gone: what was under way is asked of the next one.
  void on_detached ();

  // Every want that is left, to be ended by its owner.
  [[nodiscard]] std::vector<Fetched> drain (ReplayCode code);

  void advance_time (base::TimePoint now);
  // A question that nobody answers: cancel it, and ask again.
  [[nodiscard]] std::optional<ReplayId> take_overdue (base::TimePoint now);
  [[nodiscard]] base::TimePoint next_deadline () const;

private:
  // One question under way.
  struct Pull
  {
    ReplayId id;
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    bool has_progress = false; // a fragment came
    bool is_spoiled = false;   // one had to be dropped
    base::TimePoint active;
  };
  // What the client wants, and how far we are.
  struct Want
  {
    ReplayUnit unit = ReplayUnit::fragments;
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    std::uint64_t cursor = 0;
    base::FragmentId after;
    bool has_some = false; // part of it was answered well
    ReplayDetail detail{};
  };

  [[nodiscard]] PeerReplayRequest
  ask (std::optional<Pull> &pull, ReplayUnit unit, std::uint64_t first,
       std::uint64_t last, base::FragmentId after, base::TimePoint now);
  void end_repair (const PeerReplayEnd &end, base::TimePoint now,
                   Outcome &outcome);
  void end_fetch (const PeerReplayEnd &end, base::TimePoint now,
                  Outcome &outcome);

  Stream &stream_;
  ReplayId last_;
  std::optional<Pull> repair_;
  std::optional<Pull> fetch_; // of wants_.front ()
  std::deque<Want> wants_;
  base::TimePoint repair_not_before_{};
  base::TimePoint fetch_not_before_{};
};
} // namespace multicast
