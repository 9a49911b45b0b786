// SPDX-License-Identifier: AGPL-3.0-or-later
//
// One run of a command: the connection to the service, waiting no longer than
// was asked for, finding the ego, place and nym that are meant, and the end.
#pragma once

#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gnunet_social_service.h"
#include "shell/timer.hpp"
#include "social/cli/options.hpp"
#include "social/cli/output.hpp"
#include "social/view/from_gnunet.hpp"

namespace social::cli
{
using namespace view;

struct Ego
{
  std::string name;
  std::string key; // tagged
  GNUNET_SOCIAL_Ego *handle = nullptr;
};

// How a query ended.
struct Answer
{
  enum GNUNET_SOCIAL_Result result = GNUNET_SOCIAL_FAILED;
  std::optional<Place> place;
  std::optional<std::string> text;
};

// What a command does; lives as long as the session.
class Command
{
public:
  virtual ~Command () = default;
  // The service is there, the first lists are complete.
  virtual void run () = 0;
  // Nobody answered in time; the default says so and ends with status 3.
  virtual void on_timeout ();
  // The session is over: lets go of what would keep the program running.
  virtual void
  release ()
  {}
  // Ctrl-C, or the system goes down.
  virtual Status
  on_interrupt ()
  {
    return Status::failed;
  }

protected:
  explicit Command (class Session &session) : session_ (session) {}
  class Session &session_;
};

class Session
{
public:
  Session (const struct GNUNET_CONFIGURATION_Handle *cfg,
           const Request &request);
  Session (const Session &) = delete;
  Session &operator= (const Session &) = delete;
  ~Session ();

  void start (std::unique_ptr<Command> command);

  [[nodiscard]] GNUNET_SOCIAL_App *
  app () const
  {
    return app_;
  }
  [[nodiscard]] const struct GNUNET_CONFIGURATION_Handle *
  cfg () const
  {
    return cfg_;
  }
  [[nodiscard]] const Request &
  request () const
  {
    return request_;
  }
  [[nodiscard]] Output &
  out ()
  {
    return output_;
  }
  [[nodiscard]] Status
  status () const
  {
    return status_;
  }

  // --- the end ---
  void finish (Status status);
  void fail (Status status, const std::string &code,
             const std::string &message);
  // By how a query ended; `what` it was about.
  void fail (const Answer &answer, const std::string &what);
  // When a result could not be printed: nobody is there to read more.
  [[nodiscard]] bool has_lost_reader ();

  // --- waiting ---
  // Something came: the time to wait begins anew.
  void progress ();
  // What we wait for is not an answer of others.
  void wait_for_ever ();
  // The same, but somebody may have said with --timeout when it is enough.
  void wait_as_told ();

  // --- who and where ---
  using QueryStart = std::function<GNUNET_SOCIAL_Query *(
      GNUNET_SOCIAL_QueryCallback, void *)>;
  void ask (const QueryStart &start, std::function<void (Answer)> on_answer);
  void list_places (std::function<void (std::vector<Place>)> on_list);
  void list_nyms (const Place &place,
                  std::function<void (std::vector<Nym>)> on_list);
  // The names that we gave: tagged key and label.
  using Names = std::map<std::string, std::string>;
  void list_names (std::function<void (Names)> on_list);
  [[nodiscard]] const std::vector<Ego> &
  egos () const
  {
    return egos_;
  }
  // The ego to act as: of --ego, else that used for the place (when given and
  // known), else the only one.
  void with_ego (const std::optional<std::string> &place,
                 std::function<void (const Ego &)> go_on);
  // A place that we know; acts as its ego from then on.
  void with_place (const std::string &text,
                   std::function<void (const Place &)> go_on);
  // Those that `text` names: by name, else by key or the start of one.
  [[nodiscard]] static std::vector<Nym>
  nyms_named (const std::vector<Nym> &nyms, const std::string &text);
  // A nym of the place: by name, key, or unique start of its key.
  void with_nym (const Place &place, const std::string &text,
                 std::function<void (const Nym &)> go_on);

private:
  struct Probe;

  void check_service ();
  void begin ();
  void time_out ();
  void fail_without_service ();
  void go_on_with_only_ego (const std::function<void (const Ego &)> &go_on);
  [[nodiscard]] const Ego *ego_by_name (const std::string &name);
  template <typename F>
  void *
  keep (F function)
  {
    kept_.push_back (std::make_shared<F> (std::move (function)));
    return kept_.back ().get ();
  }

  const struct GNUNET_CONFIGURATION_Handle *const cfg_;
  const Request request_;
  Output output_;
  std::unique_ptr<Command> command_;
  GNUNET_SOCIAL_App *app_ = nullptr;
  Status status_ = Status::failed;
  bool is_over_ = false;
  std::vector<Ego> egos_;
  std::list<std::shared_ptr<void>> kept_; // closures of callbacks

  std::optional<base::Duration> timeout_; // nothing: for ever
  base::TimePoint started_{};
  shell::Timer timer_;
  shell::Timer probe_;
  struct GNUNET_SCHEDULER_Task *shutdown_ = nullptr;
};
} // namespace social::cli
