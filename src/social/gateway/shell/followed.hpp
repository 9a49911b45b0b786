// SPDX-License-Identifier: AGPL-3.0-or-later
//
// One place that is followed: its messages in their order, each once, whole;
// what nobody could supply as gaps; who comes to its door.
#pragma once

#include "base/interval_set.hpp"
#include "social/gateway/shell/news.hpp"

namespace social::gateway
{
class Followed
{
public:
  // `told_id`: messages up to there are no news; nothing: all that is here.
  Followed (News &news, view::Place place,
            std::optional<std::uint64_t> told_id);
  Followed (const Followed &) = delete;
  Followed &operator= (const Followed &) = delete;
  ~Followed ();

  [[nodiscard]] const view::Place &
  place () const
  {
    return place_;
  }
  // As it is now; follows it when it is entered and was not followed.
  void update (const view::Place &place);

private:
  void follow ();
  void watch_door ();
  void look_at_nyms ();
  void on_nyms (const std::vector<view::Nym> &nyms);

  static void on_start (void *cls, int result, std::uint64_t head_fragment_id,
                        std::uint64_t max_message_id) noexcept;
  static void
  on_fragment (void *cls, std::uint64_t fragment_id,
               const struct GNUNET_PSYC_MessageHeader *msg) noexcept;
  static void on_gap (void *cls, std::uint64_t first,
                      std::uint64_t last) noexcept;
  void tell_gap_before (std::uint64_t message_id);
  void on_completed (const view::Completed &completed);
  // A long message is told of before all of it is here.
  void on_more (std::uint64_t message_id);
  // From the store; what comes meanwhile waits. `is_gap_told`: what is not
  // there is missing.
  void read (std::uint64_t first, std::uint64_t last, bool is_gap_told);
  void tell (const view::Message &message);

  News &news_;
  view::Place place_;
  std::optional<std::uint64_t> told_id_;
  GNUNET_SOCIAL_Follower *follower_ = nullptr;
  view::Assembler assembler_;
  std::unique_ptr<client::Reader> reader_;
  std::uint64_t newest_begun_ = 0;
  bool is_gap_before_next_ = false;
  base::IntervalSet told_;
  std::map<std::uint64_t, base::TimePoint> arriving_; // when told of last

  GNUNET_SOCIAL_Query *door_ = nullptr;
  Query nyms_query_;
  std::map<std::string, std::string> nym_states_; // by tagged key
  bool has_seen_nyms_ = false;
  ::shell::Timer look_at_nyms_;
};

// What is asked by the key of a place is asked as that place's ego.
void act_as (GNUNET_SOCIAL_App *app, const view::Place &place);
} // namespace social::gateway
