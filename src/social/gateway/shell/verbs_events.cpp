// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The long poll: what is new, or the wait for it.
#include "social/gateway/shell/work.hpp"

namespace social::gateway
{
namespace
{
constexpr std::uint64_t default_timeout_s = 30;
constexpr std::uint64_t timeout_s_max = 3600;

class Events final : public Work
{
public:
  using Work::Work;

  void
  start () override
  {
    const auto since = words_.text ("since");
    const auto timeout = words_.number ("timeout", timeout_s_max);
    since_ = since.value_or (log ().newest_token ());
    if (EventLog::News::never == log ().news_since (since_))
      words_.refuse ("since", "'since' is no token of ours");
    if (is_refused (words_.problem_found ()))
      return;
    // Without both: just the token to begin with.
    const std::uint64_t seconds
        = timeout.value_or (since ? default_timeout_s : 0);
    if (0 == seconds || gateway_.news ().is_stopping ()
        || EventLog::News::some == log ().news_since (since_))
      return tell ();
    waiter_ = std::make_unique<News::Waiter> (gateway_.news (),
                                              [this] { tell (); });
    wait (base::seconds (static_cast<std::int64_t> (seconds)));
  }

private:
  [[nodiscard]] const EventLog &
  log () const
  {
    return gateway_.news ().log ();
  }

  void
  tell ()
  {
    waiter_.reset ();
    Answer out = json_answer (200, log ().answer_since (since_));
    out.headers.emplace_back ("Cache-Control", "no-store");
    answer (std::move (out));
  }

  void
  on_timeout () override
  {
    tell ();
  }

  std::string since_;
  std::unique_ptr<News::Waiter> waiter_;
};
} // namespace

Made
make_events (const Context &context)
{
  return std::make_unique<Events> (context);
}
} // namespace social::gateway
