// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A PostgreSQL server of our own, for tests: made in a folder below /tmp by a
// user that is not root, reached by a socket in that folder alone, stopped and
// removed at the end.
#pragma once

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <libpq-fe.h>

namespace psycstore
{
class PostgresServer
{
public:
  PostgresServer ()
  {
    programs_ = find_programs ();
    if (programs_.empty ())
      return;
    char pattern[] = "/tmp/psycstore-pg-XXXXXX";
    directory_ = ::mkdtemp (pattern);
    if (0 == ::geteuid ())
    {
      const struct passwd *user = ::getpwnam ("nobody");
      user_ = user->pw_uid;
      group_ = user->pw_gid;
      (void)! ::chown (directory_.c_str (), user_, group_);
    }
    if (0
        != finish (run ({ "initdb", "-D", data (), "-U", "psycstore", "-A",
                          "trust", "-E", "UTF8", "--locale=C", "-N" })))
      return;
    start ();
  }
  PostgresServer (const PostgresServer &) = delete;
  PostgresServer &operator= (const PostgresServer &) = delete;

  ~PostgresServer ()
  {
    stop ();
    if (! directory_.empty ())
      std::filesystem::remove_all (directory_);
  }

  // Debian's server may not be installed.
  [[nodiscard]] bool
  is_installed () const
  {
    return ! programs_.empty ();
  }

  [[nodiscard]] std::string
  conninfo () const
  {
    return "host=" + directory_.string () + " user=psycstore dbname=postgres";
  }

  // Waits until it answers. What it has written stays when it is killed: the
  // machine stays on.
  void
  start ()
  {
    pid_ = run ({ "postgres", "-D", data (), "-k", directory_.string (), "-c",
                  "listen_addresses=", "-c", "fsync=off", "-c",
                  "shared_buffers=16MB", "-c", "max_connections=10" });
    for (int attempt = 0; attempt < 600; attempt++)
    {
      if (PQPING_OK == PQping (conninfo ().c_str ()))
        return;
      ::usleep (50000);
    }
  }

  // At once, as when the machine takes it away.
  void
  stop ()
  {
    if (pid_ <= 0)
      return;
    ::kill (pid_, SIGQUIT);
    finish (pid_);
    pid_ = -1;
  }

  // One or more statements, by a connection of their own.
  void
  execute (const std::string &sql) const
  {
    PGconn *connection = PQconnectdb (conninfo ().c_str ());
    PQclear (PQexec (connection, sql.c_str ()));
    PQfinish (connection);
  }

private:
  [[nodiscard]] std::string
  data () const
  {
    return (directory_ / "data").string ();
  }

  static std::string
  find_programs ()
  {
    namespace fs = std::filesystem;
    std::error_code error;
    for (const auto &version :
         fs::directory_iterator ("/usr/lib/postgresql", error))
      if (fs::exists (version.path () / "bin" / "initdb"))
        return (version.path () / "bin").string ();
    return {};
  }

  [[nodiscard]] pid_t
  run (const std::vector<std::string> &command) const
  {
    const pid_t pid = ::fork ();
    if (0 != pid)
      return pid;
    // Its output would be taken for the test's.
    const int log = ::open ((directory_ / "log").c_str (),
                            O_WRONLY | O_CREAT | O_APPEND, 0666);
    ::dup2 (log, 1);
    ::dup2 (log, 2);
    if (0 == ::geteuid ()
        && (0 != ::setgroups (0, nullptr) || 0 != ::setgid (group_)
            || 0 != ::setuid (user_)))
      ::_exit (126);
    (void)! ::chdir (directory_.c_str ());
    const std::string program = programs_ + "/" + command[0];
    std::vector<char *> arguments;
    for (const std::string &argument : command)
      arguments.push_back (const_cast<char *> (argument.c_str ()));
    arguments.push_back (nullptr);
    ::execv (program.c_str (), arguments.data ());
    ::_exit (127);
  }

  static int
  finish (pid_t pid)
  {
    int status = -1;
    ::waitpid (pid, &status, 0);
    return status;
  }

  std::string programs_;
  std::filesystem::path directory_;
  uid_t user_ = 0;
  gid_t group_ = 0;
  pid_t pid_ = -1;
};
} // namespace psycstore
