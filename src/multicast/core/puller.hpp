// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What a member asks its parent for, or somebody that it visits: the holes of
// its own stream (repair), and what its client wants besides (fetch). One
// question of either kind at a time, and none while the disk is behind.
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
  enum class Side : std::uint8_t
  {
    parent, // asks for all that is missing
    visit,  // asks for what the parent does not have
  };
  explicit Puller (Stream &stream, Side side = Side::parent)
      : stream_ (stream), side_ (side)
  {}

  // Whose word an answer is: only the origin knows what cannot be had.
  enum class Word : std::uint8_t
  {
    origin,
    relay,
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

  // False: too many wait.
  [[nodiscard]] bool fetch (ReplayUnit unit, std::uint64_t first,
                            std::uint64_t last,
                            const ReplayDetail &detail = {});

  // The next question to send while attached; ask until there is none.
  [[nodiscard]] std::optional<PeerReplayRequest> next (base::TimePoint now);
  // A fragment came: was it asked for? With no room for it, its range is asked
  // for again.
  bool on_fragment (const Fragment &fragment, base::TimePoint now);
  // It was new, and genuine.
  void on_fragment_taken (const Fragment &fragment, base::TimePoint now);
  void on_fragment_dropped ();

  struct Outcome
  {
    bool is_known = false; // an answer to one of our questions
    std::vector<base::Interval> gaps;
    std::optional<Fetched> fetched;
    std::optional<Want> elsewhere; // not to be had of this relay
  };
  [[nodiscard]] Outcome on_end (const PeerReplayEnd &end, base::TimePoint now,
                                Word word = Word::origin);
  // The parent is gone: what was under way is asked of the next one.
  void on_detached ();
  // Takes over what another puller did not get.
  void add (const Want &want);
  [[nodiscard]] bool has_wants () const;
  // Is anything under way?
  [[nodiscard]] bool is_asking () const;
  // Did anything come that was asked for?
  [[nodiscard]] bool
  has_brought () const
  {
    return has_brought_;
  }
  // What is left, for another puller.
  [[nodiscard]] std::vector<Want> take_wants ();

  // Every want that is left, to be ended by its owner.
  [[nodiscard]] std::vector<Fetched> drain (ReplayCode code);

  void advance_time (base::TimePoint now);
  // A question that nobody answers: to be cancelled, and to be asked elsewhere.
  [[nodiscard]] std::optional<ReplayId> take_overdue (base::TimePoint now,
                                                      Word word = Word::origin);
  // What it was asked to fetch in vain, for another puller.
  [[nodiscard]] std::vector<Want> take_forsaken ();
  [[nodiscard]] base::TimePoint next_deadline () const;

private:
  // One question under way.
  struct Pull
  {
    ReplayId id;
    ReplayUnit unit = ReplayUnit::fragments;
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    std::uint64_t came = 0;   // fragments of the range
    bool is_spoiled = false;  // one had to be dropped
    base::TimePoint active;   // when anything came
    base::TimePoint progress; // when something of the range came that is new
    bool is_literal = false;  // answered with what the origin likes
  };
  [[nodiscard]] static bool is_asked_for (const Pull &pull,
                                          const Fragment &fragment);
  [[nodiscard]] static base::TimePoint deadline_of (const Pull &pull);
  [[nodiscard]] PeerReplayRequest
  ask (std::optional<Pull> &pull, ReplayUnit unit, std::uint64_t first,
       std::uint64_t last, base::FragmentId after, base::TimePoint now);
  void end_repair (const PeerReplayEnd &end, base::TimePoint now, Word word,
                   Outcome &outcome);
  void end_fetch (const PeerReplayEnd &end, base::TimePoint now, Word word,
                  Outcome &outcome);
  [[nodiscard]] bool has_lost_some (const Pull &pull,
                                    const PeerReplayEnd &end) const;
  void ask_again (const Pull &pull, base::TimePoint now, Word word);
  void wait_for_coming (const Pull &pull, base::TimePoint now);

  Stream &stream_;
  Side side_;
  base::IntervalSet asked_; // on this visit
  bool has_brought_ = false;
  unsigned in_vain_ = 0; // repairs in a row that nobody answered
  unsigned fetches_in_vain_ = 0;
  unsigned coming_ = 0; // answers in a row that it will come
  ReplayId last_;
  std::optional<Pull> repair_;
  std::optional<Pull> fetch_; // of wants_.front ()
  std::deque<Want> wants_;
  base::TimePoint repair_not_before_{};
  base::TimePoint fetch_not_before_{};
};
} // namespace multicast
