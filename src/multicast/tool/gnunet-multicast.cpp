// SPDX-License-Identifier: AGPL-3.0-or-later
//
// gnunet-multicast: a group from the shell, fragment by fragment. For those who
// look inside; people use gnunet-social.
#include <config.h>

#include <csignal>

#include "multicast/tool/tool.hpp"

namespace
{
using multicast::tool::RawOptions;
using shell::tool::Status;

struct Run
{
  RawOptions raw;
  Status status = Status::usage;
  std::unique_ptr<multicast::tool::Tool> tool;
};

void
run_tool (void *cls, char *const *args, const char *,
          const struct GNUNET_CONFIGURATION_Handle *cfg) noexcept
{
  auto *run = static_cast<Run *> (cls);
  std::vector<std::string> words;
  for (; nullptr != *args; args++)
    words.emplace_back (*args);
  auto checked = multicast::tool::check (run->raw, words);
  if (! checked.options)
  {
    fprintf (stderr, "gnunet-multicast: %s; see 'gnunet-multicast --help'\n",
             checked.error.c_str ());
    return;
  }
  run->tool
      = checked.options->group
            ? multicast::tool::make_member (cfg, std::move (*checked.options))
            : multicast::tool::make_host (cfg, std::move (*checked.options));
  run->tool->start ();
}

constexpr const char *about
    = "Host or join a group by its key; each line of stdin is sent as a "
      "fragment (host)\nor as a request (member), what comes is printed.\n\n"
      "  gnunet-multicast host --key group.key --welcome --follow\n"
      "  echo hello | gnunet-multicast join GROUP --origin PEER --key "
      "my.key\n\n"
      "Arguments: host | join GROUP";
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
    GNUNET_GETOPT_option_flag ('w', "welcome", "host: admit everybody who asks",
                               &raw.welcome),
    GNUNET_GETOPT_option_string ('A', "admit", "KEY,...",
                                 "host: admit these members", &raw.admit),
    GNUNET_GETOPT_option_ulong (
        'N', "head", "N", "host: numbers go on after this one", &raw.head),
    GNUNET_GETOPT_option_string ('o', "origin", "PEER",
                                 "join: the origin's peer", &raw.origin),
    GNUNET_GETOPT_option_string ('R', "relay", "PEER,...",
                                 "join: other peers to ask", &raw.relays),
    GNUNET_GETOPT_option_string ('m', "message", "TEXT",
                                 "join: what to say at the door", &raw.message),
    GNUNET_GETOPT_option_flag (
        'x', "hex", "lines and bodies are hexadecimal digits", &raw.hex),
    GNUNET_GETOPT_option_flag (
        'r', "raw", "all of stdin is one message or request", &raw.raw),
    GNUNET_GETOPT_option_flag (
        'j', "json", "for programs: one JSON object a line", &raw.json),
    GNUNET_GETOPT_option_ulong ('n', "count", "N",
                                "end after N lines were printed", &raw.count),
    GNUNET_GETOPT_option_flag (
        'f', "follow", "go on printing when stdin has ended", &raw.follow),
    GNUNET_GETOPT_option_string (
        't', "timeout", "DURATION",
        "give up when nothing comes for so long (default: 30 s to get in)",
        &raw.timeout),
    GNUNET_GETOPT_OPTION_END
  };
  const auto result = GNUNET_PROGRAM_run (argc, argv, "gnunet-multicast", about,
                                          options, &run_tool, &run);
  if (GNUNET_SYSERR == result)
    return static_cast<int> (Status::usage);
  if (GNUNET_NO == result) // --help, --version
    return static_cast<int> (Status::done);
  return static_cast<int> (run.tool ? run.tool->status () : run.status);
}
