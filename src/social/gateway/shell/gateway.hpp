// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The gateway itself: judges a request by its headers, opens the operation
// that answers it, and holds what all of them share: the connection to the
// social service, what is new, the limits.
#pragma once

#include <memory>

#include "social/gateway/guard.hpp"
#include "social/gateway/routes.hpp"
#include "social/gateway/shell/exchange.hpp"
#include "social/gateway/shell/news.hpp"

namespace social::gateway
{
struct Config
{
  std::string token;
  std::set<std::string> hosts;  // names that we go by
  std::optional<unsigned> port; // nothing: any
  std::string pages;            // folder of the web UI
  std::string spool;            // folder for what waits on disk
  std::size_t json_bytes_max = std::size_t{ 1024 } * 1024;
  std::uint64_t upload_bytes_max = std::uint64_t{ 1 } << 40;
  std::string who_takes_more;       // said when a body is too large
  std::size_t operations_max = 256; // at once, but polls
  std::size_t polls_max = 2000;
};

class Gateway
{
public:
  Gateway (const struct GNUNET_CONFIGURATION_Handle *cfg, Config config);
  Gateway (const Gateway &) = delete;
  Gateway &operator= (const Gateway &) = delete;
  ~Gateway ();

  // What the headers say: refused, or how to go on.
  struct Opening
  {
    std::optional<Answer> refusal;
    const Route *route = nullptr;
    std::vector<std::string> captured;
    bool has_json = false;    // its body is read first, whole
    bool is_streamed = false; // its body goes to Operation::take
    std::uint64_t body_bytes_max = 0;
  };
  [[nodiscard]] Opening admit (const Request &request) const;
  // The refusal, when no more of these may be under way now. A body may have
  // taken long since the headers came.
  [[nodiscard]] std::optional<Answer> busy (Verb verb) const;

  // The operation, to be started; the exchange must outlive it.
  [[nodiscard]] std::unique_ptr<Operation> open (Exchange &exchange,
                                                 const Opening &opening);

  // Answers all polls; those to come do not wait.
  void stop_waiting ();

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
  [[nodiscard]] const Config &
  config () const
  {
    return config_;
  }
  [[nodiscard]] News &
  news ()
  {
    return *news_;
  }

  // What is under way is counted by these.
  class Ticket
  {
  public:
    explicit Ticket (std::size_t &count) : count_ (count) { count_++; }
    Ticket (const Ticket &) = delete;
    Ticket &operator= (const Ticket &) = delete;
    ~Ticket () { count_--; }

  private:
    std::size_t &count_;
  };
  [[nodiscard]] std::unique_ptr<Ticket> ticket_for (Verb verb);

private:
  template <typename Connection>
  static void on_place (void *cls, Connection *connection,
                        struct GNUNET_SOCIAL_Ego *ego,
                        const struct GNUNET_CRYPTO_EddsaPublicKey *key,
                        enum GNUNET_SOCIAL_AppPlaceState state) noexcept;
  [[nodiscard]] std::optional<Answer> body_refusal (const Request &request,
                                                    Opening &opening) const;

  const struct GNUNET_CONFIGURATION_Handle *const cfg_;
  const Config config_;
  Guard guard_;
  GNUNET_SOCIAL_App *app_ = nullptr;
  std::unique_ptr<News> news_;
  std::size_t operations_ = 0;
  std::size_t polls_ = 0;
};
} // namespace social::gateway
