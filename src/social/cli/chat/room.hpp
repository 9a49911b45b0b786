// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A place while somebody chats there: what comes, what was said before, what is
// said and becomes of it, how the connection is. What is done about these is a
// Front's.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "social/cli/printer.hpp"
#include "social/client/reader.hpp"
#include "social/client/speaker.hpp"

namespace social::cli::chat
{
using client::Reader;
using client::Speaker;

// How the place is, as far as it is known.
struct Standing
{
  bool is_service_there = true;
  bool is_reached = true; // the host, by us
  std::string state;      // "entered" …
  std::uint64_t outbox = 0;
  std::uint64_t nyms = 0;    // in it, as far as is known
  std::uint64_t waiting = 0; // at the door
  bool is_behind = false;

  bool operator== (const Standing &) const = default;
};

class Front
{
public:
  virtual ~Front () = default;
  virtual void on_message (const Message &message, Printer::Age age) = 0;
  virtual void on_gap (std::uint64_t from, std::uint64_t to) = 0;
  // Something that the program says.
  virtual void on_remark (const std::string &text) = 0;
  virtual void on_names () = 0;
  virtual void on_topic (const std::string &topic) = 0;
  virtual void on_standing (const Standing &standing) = 0;
  virtual void on_said (std::uint64_t local, const client::Said &said) = 0;
  // How far the files are that are under way, each in words.
  virtual void on_transfers (const std::vector<std::string> &words) = 0;
};

class Room
{
public:
  Room (Session &session, Place place, Front &front);
  Room (const Room &) = delete;
  Room &operator= (const Room &) = delete;

  // Reads the newest `last` messages, then what comes; `on_there` is called
  // between the two.
  void start (std::uint64_t last, std::function<void ()> on_there);
  // Ends what would keep the program running.
  void release ();

  // Older messages: those of the range that can be had, perhaps from the host.
  // One at a time.
  void read (std::uint64_t first, std::uint64_t last,
             std::function<void ()> on_end);

  struct Words
  {
    std::string method = "_converse";
    std::vector<Speaker::Variable> variables;
    std::uint32_t host_flags = 0;
    std::string text;
  };
  // Gives a number for on_said; 0: a name is none.
  std::uint64_t say (const Words &words);
  // Is something of it not settled?
  [[nodiscard]] bool is_saying () const;

  // The names that we gave, by tagged key; our egos by their own.
  [[nodiscard]] const Session::Names &
  names () const
  {
    return names_;
  }
  void learn_names ();
  [[nodiscard]] bool is_ours (const std::string &key) const;

  [[nodiscard]] Session &
  session ()
  {
    return session_;
  }
  [[nodiscard]] const Place &
  place () const
  {
    return place_;
  }
  [[nodiscard]] const std::string &
  topic () const
  {
    return topic_;
  }
  [[nodiscard]] const Standing &
  standing () const
  {
    return standing_;
  }

private:
  // Something said that is not settled.
  struct Under
  {
    std::unique_ptr<Speaker> speaker;
    bool is_over = false;
  };

  static void on_start (void *cls, int result, std::uint64_t,
                        std::uint64_t max_message_id) noexcept;
  static void
  on_fragment (void *cls, std::uint64_t,
               const struct GNUNET_PSYC_MessageHeader *msg) noexcept;
  static void on_gap (void *cls, std::uint64_t, std::uint64_t) noexcept;
  void replay (Reader::Wanted wanted, Printer::Age age,
               std::function<void ()> on_end);
  void take (const Completed &completed);
  void tell (const Message &message, Printer::Age age);
  void read_remotely (std::uint64_t first, std::uint64_t last);
  void end_reading ();
  void read_topic ();
  void watch_door ();
  void count_door ();
  void look ();
  [[nodiscard]] const GNUNET_SOCIAL_Ego *ego () const;
  void ask_place ();
  void take_place (const Place &place);
  // Says why nothing can be said here, if that is so.
  void tell_end_of_place ();
  void set_standing (const Standing &standing);
  void sweep ();

  Session &session_;
  Place place_;
  Front &front_;
  Session::Names names_;
  std::set<std::string> strangers_; // whose names were asked for
  Standing standing_;
  std::uint64_t last_ = 0;
  std::function<void ()> on_there_;

  GNUNET_SOCIAL_Follower *follower_ = nullptr;
  Assembler assembler_;
  std::uint64_t newest_begun_ = 0;
  bool is_gap_before_next_ = false;
  std::unique_ptr<Reader> reader_;
  std::unique_ptr<Reader> older_;
  std::function<void ()> on_older_;
  std::uint64_t older_count_ = 0;

  std::uint64_t next_local_ = 1;
  std::map<std::uint64_t, Under> under_way_;

  std::string topic_;
  GNUNET_SOCIAL_LookHandle *topic_look_ = nullptr;
  GNUNET_SOCIAL_Query *door_ = nullptr;
  GNUNET_SOCIAL_Query *place_query_ = nullptr;
  GNUNET_SOCIAL_Query *nyms_query_ = nullptr;
  std::uint64_t waiting_ = 0;     // counted by the query
  std::uint64_t connections_ = 0; // to the service, so far
  unsigned ticks_ = 0;
  shell::Timer look_;
  shell::Timer sweep_;
  shell::Timer patience_;
};
} // namespace social::cli::chat
