// SPDX-License-Identifier: AGPL-3.0-or-later
//
// When to call a peer, and when to leave it quite alone. Only children call.
//
// CADET keeps a stale tunnel to a peer that restarted for as long as anybody
// tries it; it goes only after 90 s in which nobody did. So whoever fell
// silent is left alone for 100 s. A channel's end that CADET *told* is another
// matter: the peer is alive and only its service went, so it is called again
// soon.
//
//   seeking --path known, or none for 60 s--> calling --answer--> talking
//      ^                                         |                   |
//      +------------- resting <--told, silence, refusal, time-out----+
#pragma once

#include "multicast/core/types.hpp"
#include "port/crypto.hpp"

namespace multicast
{
enum class PeerKind : std::uint8_t
{
  own, // our own peer: there is always a path
  other,
};

// About one peer.
class ContactPolicy
{
public:
  static constexpr base::Duration attempt_first = base::seconds (15);
  static constexpr base::Duration attempt_after_told_end = base::seconds (30);
  // The stale tunnel is gone by then: a call costs nothing but time, and on a
  // busy machine the new tunnel may want more than five seconds.
  static constexpr base::Duration attempt_after_quiet = base::seconds (20);
  static constexpr base::Duration quiet = base::seconds (100);
  static constexpr base::Duration told_delay_min = base::milliseconds (100);
  static constexpr base::Duration told_delay_max = base::seconds (2);
  static constexpr base::Duration refusal_delay_min = base::seconds (2);
  static constexpr base::Duration refusal_delay_max = base::seconds (100);
  static constexpr base::Duration path_question_interval = base::seconds (1);
  static constexpr base::Duration path_patience = base::seconds (60);
  // A conversation this long was a good one: delays start small again.
  static constexpr base::Duration good_conversation = base::seconds (10);

  enum class Step : std::uint8_t
  {
    nothing,
    ask_path, // then on_path () when the answer comes
    call,     // open a channel: the policy counts it as under way
    hang_up,  // the attempt brought nothing: close it
  };

  ContactPolicy (PeerKind kind, base::TimePoint now);

  // Is a new call welcome? One under way is not touched by that.
  enum class Calls : std::uint8_t
  {
    welcome,
    held,
  };

  // What to do now. Ask again after every step but `nothing`.
  [[nodiscard]] Step next_step (base::TimePoint now,
                                Calls calls = Calls::welcome);
  [[nodiscard]] base::TimePoint next_deadline (Calls calls
                                               = Calls::welcome) const;

  // No channel, and one may be wanted.
  [[nodiscard]] bool is_free (base::TimePoint now) const;
  [[nodiscard]] bool is_calling () const;
  // Asked for a path, and heard of none.
  [[nodiscard]] bool lacks_path () const;

  void on_path (PathState state);
  // The peer said something for the first time in this attempt.
  void on_answer (base::TimePoint now);
  // CADET told the end of the channel.
  void on_told_end (base::TimePoint now, port::Random &random);
  // Nothing came for three heartbeats; we closed.
  void on_silence (base::TimePoint now);
  // The peer answered, but will not have us now; or it said what it may not.
  void on_refusal (base::TimePoint now, port::Random &random);
  // We left, without any fault of its.
  void on_left (base::TimePoint now);

private:
  enum class Phase : std::uint8_t
  {
    seeking, // no channel; asking for a path
    calling, // a channel opened, nothing heard
    talking, // heard
    resting, // no channel, and none wanted until `until_`
  };

  void rest_until (base::TimePoint until);
  void end_conversation (base::TimePoint now);
  [[nodiscard]] bool may_call (base::TimePoint now) const;

  PeerKind kind_;
  Phase phase_ = Phase::seeking;
  PathState path_ = PathState::unknown;
  base::TimePoint since_;     // of this phase
  base::TimePoint until_;     // calling, resting: the end of it
  base::TimePoint ask_again_; // seeking
  base::Duration attempt_ = attempt_first;
  base::Duration told_delay_ = told_delay_min;
  base::Duration refusal_delay_ = refusal_delay_min;
};
} // namespace multicast
