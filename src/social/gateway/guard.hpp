// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Who may ask: the token, the Host that was meant, the Origin of the page that
// asks. Other pages in the user's browser reach 127.0.0.1, too, so all three
// are needed. Pure.
#pragma once

#include <set>

#include "social/gateway/http.hpp"

namespace social::gateway
{
class Guard
{
public:
  // `token` is what programs must show; hosts are names without a port.
  Guard (std::string token, std::set<std::string> hosts)
      : token_ (std::move (token)), hosts_ (std::move (hosts))
  {}

  // With a port, Host (and Origin) must name it; nothing: any port will do.
  void
  set_port (unsigned port)
  {
    port_ = port;
  }

  // Nothing when the request was sent to us, by a page of ours or by none.
  [[nodiscard]] std::optional<Answer> stranger (const Request &request) const;
  // Nothing when it shows the token.
  [[nodiscard]] std::optional<Answer> unknown (const Request &request) const;

private:
  [[nodiscard]] bool is_ours (std::string_view authority) const;

  std::string token_;
  std::set<std::string> hosts_;
  std::optional<unsigned> port_;
};

// Takes the same time wherever the two differ.
[[nodiscard]] bool is_equal_in_constant_time (std::string_view a,
                                              std::string_view b);
} // namespace social::gateway
