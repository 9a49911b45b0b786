// SPDX-License-Identifier: AGPL-3.0-or-later
//
// gnunet-psyc: a channel from the shell, as packets of PSYC's text syntax both
// ways. For those who look inside; people use gnunet-social.
#include <config.h>

#include <csignal>

#include "psyc/tool/tool.hpp"

namespace
{
using psyc::tool::RawOptions;
using shell::tool::Status;

struct Run
{
  RawOptions raw;
  Status status = Status::usage;
  std::unique_ptr<psyc::tool::Tool> tool;
};

void
run_tool (void *cls, char *const *args, const char *,
          const struct GNUNET_CONFIGURATION_Handle *cfg) noexcept
{
  auto *run = static_cast<Run *> (cls);
  std::vector<std::string> words;
  for (; nullptr != *args; args++)
    words.emplace_back (*args);
  auto checked = psyc::tool::check (run->raw, words);
  if (! checked.options)
  {
    fprintf (stderr, "gnunet-psyc: %s; see 'gnunet-psyc --help'\n",
             checked.error.c_str ());
    return;
  }
  run->tool
      = std::make_unique<psyc::tool::Tool> (cfg, std::move (*checked.options));
  run->tool->start ();
}

constexpr const char *about
    = "Host or join a channel by its key; packets of PSYC's text syntax on "
      "stdin are\nsent, messages are printed as packets.\n\n"
      "  gnunet-psyc host --key channel.key --welcome --follow\n"
      "  printf '\\n_message_public\\nHello\\n|\\n' | gnunet-psyc join CHANNEL "
      "--origin PEER \\\n    --key my.key\n\n"
      "Arguments: host | join CHANNEL";
} // namespace

int
main (int argc, char *const *argv)
{
  std::signal (SIGPIPE, SIG_IGN);
  Run run;
  RawOptions &raw = run.raw;
  const struct GNUNET_GETOPT_CommandLineOption options[] = {
    GNUNET_GETOPT_option_string ('k', "key", "FILE",
                                 "the private key, made when it is missing",
                                 &raw.key),
    GNUNET_GETOPT_option_string ('e', "ego", "NAME",
                                 "instead: the key of this ego", &raw.ego),
    GNUNET_GETOPT_option_string (
        'p', "policy", "POLICY",
        "host: anonymous, open, closed, private (default)", &raw.policy),
    GNUNET_GETOPT_option_flag ('w', "welcome", "host: admit everybody who asks",
                               &raw.welcome),
    GNUNET_GETOPT_option_flag (
        'r', "repeat", "host: say to all what members say", &raw.repeat),
    GNUNET_GETOPT_option_string ('o', "origin", "PEER", "join: the host's peer",
                                 &raw.origin),
    GNUNET_GETOPT_option_string ('R', "relay", "PEER,...",
                                 "join: other peers to ask", &raw.relays),
    GNUNET_GETOPT_option_string ('m', "message", "TEXT",
                                 "join: what to say at the door", &raw.message),
    GNUNET_GETOPT_option_ulong (
        'H', "history", "N", "print the newest N messages first", &raw.history),
    GNUNET_GETOPT_option_flag ('s', "state", "print the channel's state first",
                               &raw.state),
    GNUNET_GETOPT_option_ulong (
        'n', "count", "N", "end after N messages were printed", &raw.count),
    GNUNET_GETOPT_option_flag (
        'f', "follow", "go on printing when stdin has ended", &raw.follow),
    GNUNET_GETOPT_option_flag ('a', "keep-active",
                               "stay in the channel when the command ends",
                               &raw.keep),
    GNUNET_GETOPT_option_string (
        't', "timeout", "DURATION",
        "give up when nothing comes for so long (default: 30 s to get in)",
        &raw.timeout),
    GNUNET_GETOPT_OPTION_END
  };
  const auto result = GNUNET_PROGRAM_run (argc, argv, "gnunet-psyc", about,
                                          options, &run_tool, &run);
  if (GNUNET_SYSERR == result)
    return static_cast<int> (Status::usage);
  if (GNUNET_NO == result) // --help, --version
    return static_cast<int> (Status::done);
  return static_cast<int> (run.tool ? run.tool->status () : run.status);
}
