// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/gateway/shell/config.hpp"

#include "social/gateway/shell/token_file.hpp"

namespace social::gateway
{
namespace
{
constexpr const char *section = "social-web";
constexpr unsigned long long at_once_most = 65536;

[[nodiscard]] std::string
text_value (const struct GNUNET_CONFIGURATION_Handle *cfg, const char *option,
            const char *otherwise)
{
  char *value = nullptr;
  if (GNUNET_OK
      != GNUNET_CONFIGURATION_get_value_string (cfg, section, option, &value))
    return otherwise;
  std::string out = value;
  GNUNET_free (value);
  return out;
}

// Notes an error when it is there and no number up to `most`.
[[nodiscard]] unsigned long long
number_value (const struct GNUNET_CONFIGURATION_Handle *cfg, const char *option,
              unsigned long long otherwise, unsigned long long most,
              std::string &error)
{
  if (GNUNET_YES != GNUNET_CONFIGURATION_have_value (cfg, section, option))
    return otherwise;
  unsigned long long out = 0;
  if (GNUNET_OK
          == GNUNET_CONFIGURATION_get_value_number (cfg, section, option, &out)
      && out > 0 && out <= most)
    return out;
  error = std::string ("[social-web] ") + option
          + " must be a number from 1 to " + std::to_string (most);
  return otherwise;
}

[[nodiscard]] unsigned long long
size_value (const struct GNUNET_CONFIGURATION_Handle *cfg, const char *option,
            unsigned long long otherwise, std::string &error)
{
  unsigned long long out = otherwise;
  if (GNUNET_YES == GNUNET_CONFIGURATION_have_value (cfg, section, option)
      && GNUNET_OK
             != GNUNET_CONFIGURATION_get_value_size (cfg, section, option,
                                                     &out))
    error = std::string ("[social-web] ") + option + " must be a size";
  return out;
}

[[nodiscard]] std::string
pages_folder ()
{
  char *folder = GNUNET_OS_installation_get_path (GNUNET_OS_IPK_DATADIR);
  const std::string out
      = std::string (nullptr == folder ? "" : folder) + "social-ui";
  GNUNET_free (folder);
  return out;
}

[[nodiscard]] std::set<std::string>
words_of (const std::string &text)
{
  std::set<std::string> out;
  for (std::size_t at = 0; at < text.size ();)
  {
    const std::size_t end = std::min (text.find (' ', at), text.size ());
    if (end > at)
      out.insert (lower_case (text.substr (at, end - at)));
    at = end + 1;
  }
  return out;
}
} // namespace

Settings
settings_of (const struct GNUNET_CONFIGURATION_Handle *cfg)
{
  Settings out;
  const TokenFile token = token_of (cfg);
  out.gateway.token = token.token;
  out.error = token.error;
  out.gateway.hosts = words_of (text_value (cfg, "ALLOWED_HOSTS", ""));
  out.gateway.hosts.insert ({ "127.0.0.1", "localhost", "[::1]" });
  out.gateway.pages = pages_folder ();
  out.gateway.spool = token.path.substr (0, token.path.rfind ('/'));
  out.gateway.json_bytes_max = size_value (
      cfg, "JSON_SIZE_MAX", out.gateway.json_bytes_max, out.error);
  out.gateway.upload_bytes_max = size_value (
      cfg, "UPLOAD_SIZE_MAX", out.gateway.upload_bytes_max, out.error);
  out.server.address = text_value (cfg, "BIND", "127.0.0.1");
  out.server.port = static_cast<unsigned> (
      number_value (cfg, "HTTP_PORT", 7778, 65535, out.error));
  out.server.connections_max = static_cast<unsigned> (
      number_value (cfg, "CONNECTIONS_MAX", 2000, at_once_most, out.error));
  out.gateway.operations_max = number_value (
      cfg, "REQUESTS_MAX", out.gateway.operations_max, at_once_most, out.error);
  out.gateway.polls_max = number_value (cfg, "POLLS_MAX", out.gateway.polls_max,
                                        at_once_most, out.error);
  return out;
}
} // namespace social::gateway
