// SPDX-License-Identifier: AGPL-3.0-or-later
#include "psyc/tool/options.hpp"

namespace psyc::tool
{
namespace
{
std::string
text (const char *raw)
{
  return nullptr == raw ? "" : raw;
}

std::optional<enum GNUNET_PSYC_Policy>
policy_of (const std::string &name)
{
  if ("anonymous" == name)
    return GNUNET_PSYC_CHANNEL_ANONYMOUS;
  if ("closed" == name)
    return GNUNET_PSYC_CHANNEL_CLOSED;
  if ("open" == name)
    return GNUNET_PSYC_CHANNEL_OPEN;
  if ("private" == name)
    return GNUNET_PSYC_CHANNEL_PRIVATE;
  return std::nullopt;
}

std::string
check_words (Options &options, const std::vector<std::string> &words)
{
  if (words.empty () || ("host" != words[0] && "join" != words[0]))
    return "say 'host', or 'join' and a channel's key";
  if ("host" == words[0])
    return 1 == words.size () ? "" : "'host' takes no further words";
  if (2 != words.size ())
    return "'join' wants one channel's key";
  options.channel = shell::tool::parse_channel (words[1]);
  return options.channel ? ""
                         : "'" + words[1] + "' is not the key of a channel";
}

// What belongs to hosts alone, and to guests alone.
std::string
check_role (const Options &options, const RawOptions &raw)
{
  if (! options.channel && (nullptr != raw.origin || nullptr != raw.relays))
    return "--origin and --relay are for 'join'";
  if (! options.channel && nullptr != raw.message)
    return "--message is for 'join'";
  if (options.channel
      && (nullptr != raw.policy || options.welcome || options.repeat))
    return "--policy, --welcome and --repeat are for 'host'";
  if (options.key_file.empty () == options.ego.empty ())
    return "say whose key it is: --key FILE or --ego NAME, one of both";
  return "";
}

std::string
check_peers (Options &options, const RawOptions &raw)
{
  if (nullptr != raw.origin)
  {
    options.origin = shell::tool::parse_peer (raw.origin);
    if (! options.origin)
      return "'" + text (raw.origin) + "' is not a peer (see gnunet-peerinfo)";
  }
  const auto relays = shell::tool::parse_peers (text (raw.relays));
  if (! relays || relays->size () > GNUNET_PSYC_RELAYS_MAX)
    return "--relay wants peers between commas";
  options.relays = *relays;
  return "";
}

std::string
check_times (Options &options, const RawOptions &raw)
{
  if (nullptr == raw.timeout)
    return "";
  options.timeout = shell::tool::parse_duration (raw.timeout);
  return options.timeout
             ? ""
             : "'" + text (raw.timeout) + "' is no duration (like '30 s')";
}
} // namespace

Checked
check (const RawOptions &raw, const std::vector<std::string> &words)
{
  Options options;
  options.key_file = text (raw.key);
  options.ego = text (raw.ego);
  options.message = text (raw.message);
  options.history = raw.history;
  options.count = raw.count;
  options.welcome = 0 != raw.welcome;
  options.repeat = 0 != raw.repeat;
  options.state = 0 != raw.state;
  options.follow = 0 != raw.follow;
  options.keep = 0 != raw.keep;
  std::string error = check_words (options, words);
  if (error.empty ())
    error = check_role (options, raw);
  if (error.empty ())
    error = check_peers (options, raw);
  if (error.empty ())
    error = check_times (options, raw);
  if (error.empty () && nullptr != raw.policy)
  {
    const auto policy = policy_of (raw.policy);
    if (policy)
      options.policy = *policy;
    else
      error = "--policy is anonymous, open, closed or private";
  }
  if (! error.empty ())
    return { std::nullopt, std::move (error) };
  return { std::move (options), "" };
}
} // namespace psyc::tool
