// SPDX-License-Identifier: AGPL-3.0-or-later
#include "multicast/tool/options.hpp"

namespace multicast::tool
{
namespace
{
// Of a member_open.
constexpr std::size_t relays_max = 64;

std::string
text (const char *raw)
{
  return nullptr == raw ? "" : raw;
}

std::string
check_words (Options &options, const std::vector<std::string> &words)
{
  if (words.empty () || ("host" != words[0] && "join" != words[0]))
    return "say 'host', or 'join' and a group's key";
  if ("host" == words[0])
    return 1 == words.size () ? "" : "'host' takes no further words";
  if (2 != words.size ())
    return "'join' wants one group's key";
  options.group = shell::tool::parse_channel (words[1]);
  return options.group ? "" : "'" + words[1] + "' is not the key of a group";
}

// What belongs to hosts alone, and to members alone.
std::string
check_role (const Options &options, const RawOptions &raw)
{
  if (! options.group
      && (nullptr != raw.origin || nullptr != raw.relays
          || nullptr != raw.message))
    return "--origin, --relay and --message are for 'join'";
  if (options.group && nullptr == raw.origin && nullptr == raw.relays)
    return "'join' wants --origin PEER, or --relay PEER";
  if (options.group
      && (options.welcome || nullptr != raw.admit || 0 != options.head))
    return "--welcome, --admit and --head are for 'host'";
  if (options.key_file.empty ())
    return "say whose key it is: --key FILE";
  if (0 != raw.hex && 0 != raw.raw)
    return "--hex and --raw exclude each other";
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
  if (! relays || relays->size () > relays_max)
    return "--relay wants peers between commas";
  options.relays = *relays;
  for (const auto &word : shell::tool::split (text (raw.admit)))
  {
    if (! shell::tool::parse_member (word))
      return "'" + word + "' is not the key of a member";
    options.admitted.insert (word);
  }
  return "";
}
} // namespace

Checked
check (const RawOptions &raw, const std::vector<std::string> &words)
{
  Options options;
  options.key_file = text (raw.key);
  options.message = text (raw.message);
  options.welcome = 0 != raw.welcome;
  options.head = raw.head;
  options.count = raw.count;
  options.json = 0 != raw.json;
  options.follow = 0 != raw.follow;
  if (0 != raw.hex)
    options.form = Form::hex;
  else if (0 != raw.raw)
    options.form = Form::raw;
  std::string error = check_words (options, words);
  if (error.empty ())
    error = check_role (options, raw);
  if (error.empty ())
    error = check_peers (options, raw);
  if (error.empty () && nullptr != raw.timeout)
  {
    options.timeout = shell::tool::parse_duration (raw.timeout);
    if (! options.timeout)
      error = "'" + text (raw.timeout) + "' is no duration (like '30 s')";
  }
  if (! error.empty ())
    return { std::nullopt, std::move (error) };
  return { std::move (options), "" };
}
} // namespace multicast::tool
