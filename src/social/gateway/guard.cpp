// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/gateway/guard.hpp"

namespace social::gateway
{
bool
is_equal_in_constant_time (std::string_view a, std::string_view b)
{
  if (a.size () != b.size ())
    return false; // the length of the token is no secret
  unsigned differences = 0;
  for (std::size_t i = 0; i < a.size (); i++)
    differences |= static_cast<unsigned char> (a[i])
                   ^ static_cast<unsigned char> (b[i]);
  return 0 == differences;
}

bool
Guard::is_ours (std::string_view authority) const
{
  const std::string name = lower_case (authority);
  // The colon of a port comes behind an address in brackets.
  const std::size_t bracket = name.rfind (']');
  const std::size_t colon = name.rfind (':');
  const bool has_port = std::string::npos != colon
                        && (std::string::npos == bracket || colon > bracket);
  if (! hosts_.contains (has_port ? name.substr (0, colon) : name))
    return false;
  if (! port_)
    return true;
  return has_port ? name.substr (colon + 1) == std::to_string (*port_)
                  : 80 == *port_;
}

std::optional<Answer>
Guard::stranger (const Request &request) const
{
  const std::string *host = request.header ("host");
  if (nullptr == host || ! is_ours (*host))
    return problem (403, "wrong_host",
                    "this server goes by 127.0.0.1 and localhost, with its "
                    "port, alone (see ALLOWED_HOSTS in section [social-web])");
  const std::string *origin = request.header ("origin");
  if (nullptr == origin)
    return std::nullopt;
  constexpr std::string_view scheme = "http://";
  if (origin->starts_with (scheme)
      && is_ours (std::string_view (*origin).substr (scheme.size ())))
    return std::nullopt;
  return problem (403, "wrong_origin",
                  "pages of other origins may not use this server");
}

std::optional<Answer>
Guard::unknown (const Request &request) const
{
  constexpr std::string_view scheme = "bearer ";
  std::string_view shown;
  if (const std::string *token = request.header ("x-social-token"))
    shown = *token;
  else if (const std::string *given = request.header ("authorization");
           nullptr != given && given->size () > scheme.size ()
           && lower_case (given->substr (0, scheme.size ())) == scheme)
    shown = std::string_view (*given).substr (scheme.size ());
  if (! token_.empty () && is_equal_in_constant_time (shown, token_))
    return std::nullopt;
  Answer out = problem (
      401, "no_token",
      "show the token as 'Authorization: Bearer TOKEN' or 'X-Social-Token: "
      "TOKEN'; it stands in the file $GNUNET_DATA_HOME/social/token");
  out.headers.emplace_back ("WWW-Authenticate", "Bearer");
  return out;
}
} // namespace social::gateway
