// SPDX-License-Identifier: AGPL-3.0-or-later
//
// gnunet-social: reads the command line, lets GNUnet read its configuration,
// runs one command. The commands stand in cmd_*.cpp.
#include <config.h>

#include <csignal>
#include <cstdio>

#include "social/cli/commands.hpp"
#include "social/cli/language.hpp"
#include "social/cli/translate.hpp"
#include "social/cli/words.hpp"

namespace
{
using namespace social::cli;

struct Run
{
  const Request *request = nullptr;
  std::unique_ptr<Session> session;
};

void
run_command (void *cls, char *const *, const char *,
             const struct GNUNET_CONFIGURATION_Handle *cfg) noexcept
{
  auto *run = static_cast<Run *> (cls);
  run->session = std::make_unique<Session> (cfg, *run->request);
  run->session->start (make_command (*run->session, run->request->command->id));
}

[[nodiscard]] int
refuse_usage (const std::string &error)
{
  std::fprintf (stderr, "gnunet-social: %s; %s\n", error.c_str (),
                _ ("see 'gnunet-social --help'"));
  return static_cast<int> (Status::usage);
}

[[nodiscard]] bool
is_duration (const std::string &text)
{
  struct GNUNET_TIME_Relative time;
  return GNUNET_OK
         == GNUNET_STRINGS_fancy_time_to_relative (text.c_str (), &time);
}

// GNUnet's own options, as its programs take them.
[[nodiscard]] std::vector<std::string>
gnunet_options (const Request &request)
{
  std::vector<std::string> out = { "gnunet-social" };
  const auto pass = [&] (Option option, const char *name)
  {
    if (const auto value = request.value (option))
    {
      out.push_back (name);
      out.push_back (*value);
    }
  };
  pass (Option::config, "-c");
  pass (Option::log, "-L");
  pass (Option::logfile, "-l");
  return out;
}

[[nodiscard]] int
run_with_gnunet (const Request &request)
{
  auto words = gnunet_options (request);
  std::vector<char *> argv;
  for (auto &word : words)
    argv.push_back (word.data ());
  argv.push_back (nullptr);
  const struct GNUNET_GETOPT_CommandLineOption no_options[]
      = { GNUNET_GETOPT_OPTION_END };
  Run run;
  run.request = &request;
  if (GNUNET_OK
      != GNUNET_PROGRAM_run (static_cast<int> (words.size ()), argv.data (),
                             "gnunet-social", "", no_options, &run_command,
                             &run))
  {
    // GNUnet may have told the cause, or not.
    std::fprintf (stderr, "gnunet-social: %s\n",
                  _ ("GNUnet did not start: is what -c, -L and -l name right "
                     "(a configuration, a log level, a file to log into)?"));
    return static_cast<int> (Status::failed);
  }
  return static_cast<int> (run.session ? run.session->status ()
                                       : Status::failed);
}
} // namespace

int
main (int argc, char *const *argv)
{
  choose_language ();
  std::signal (SIGPIPE, SIG_IGN);
  const auto parsed = parse (std::vector<std::string> (argv + 1, argv + argc));
  if (! parsed.request)
    return refuse_usage (parsed.error);
  const Request &request = *parsed.request;
  if (request.has (Option::help))
  {
    std::fputs (help_text (request.command).c_str (), stdout);
    return 0 == std::fflush (stdout) ? 0 : 1;
  }
  if (request.has (Option::version))
  {
    std::printf ("gnunet-social %s\n", PACKAGE_VERSION);
    return 0 == std::fflush (stdout) ? 0 : 1;
  }
  for (const Option option : { Option::timeout, Option::ttl })
    if (const auto text = request.value (option); text && ! is_duration (*text))
      return refuse_usage (
          filled (_ ("'%s' is no duration (like '30 s', '5 min')"), { *text }));
  return run_with_gnunet (request);
}
