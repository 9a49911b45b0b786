// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The real service binary with a configuration, socket and data folder of its
// own, outside of any peer: started, killed and started again by tests.
#pragma once

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "shell/gnunet.hpp"

namespace psycstore
{
class ServiceProcess
{
public:
  explicit ServiceProcess (const std::string &database = "sqlite")
  {
    char pattern[] = "/tmp/psycstore-XXXXXX";
    directory_ = ::mkdtemp (pattern);
    stage ();
    std::ofstream file (config_path ());
    file << "[PATHS]\nGNUNET_HOME = " << directory_.string () << "/home\n"
         << "[arm]\nSTART_SYSTEM_SERVICES = NO\n"
         << "[psycstore]\nUNIXPATH = " << directory_.string () << "/s\n"
         << "UNIX_MATCH_UID = YES\nUNIX_MATCH_GID = NO\n"
         << "DATABASE = " << database << "\n"
         << "[psycstore-sqlite]\nFILENAME = " << database_path () << "\n"
         << "[statistics]\nDISABLE = YES\n";
    file.close ();
    cfg_ = GNUNET_CONFIGURATION_create ();
    GNUNET_CONFIGURATION_set_value_string (cfg_, "psycstore", "UNIXPATH",
                                           (directory_ / "s").c_str ());
  }
  ServiceProcess (const ServiceProcess &) = delete;
  ServiceProcess &operator= (const ServiceProcess &) = delete;

  ~ServiceProcess ()
  {
    stop (SIGTERM);
    GNUNET_CONFIGURATION_destroy (cfg_);
    std::filesystem::remove_all (directory_);
  }

  // From now on it runs with this library before all others (unsynced.c), and
  // with this variable set.
  void
  preload (const std::string &library, const std::string &variable = "")
  {
    preload_ = std::filesystem::absolute (library);
    preload_variable_ = variable;
  }

  void
  start ()
  {
    pid_ = ::fork ();
    if (0 == pid_)
    {
      // Should the test crash, it is not left behind.
      ::prctl (PR_SET_PDEATHSIG, SIGKILL);
      if (! preload_.empty ())
      {
        ::setenv ("LD_PRELOAD", preload_.c_str (), 1);
        ::setenv ("UNSYNCED_DIR", (directory_ / "data").c_str (), 1);
        if (! preload_variable_.empty ())
          ::setenv (preload_variable_.c_str (), "1", 1);
      }
      ::setenv ("GNUNET_PREFIX", (directory_ / "lib").c_str (), 1);
      ::setenv ("GNUNET_FORCE_LOG", ";;;;WARNING", 0);
      ::execl (binary ().c_str (), binary ().c_str (), "-c",
               config_path ().c_str (), nullptr);
      ::_exit (127);
    }
  }

  // The exit status as of waitpid; 0 when it was not running.
  int
  stop (int signal)
  {
    if (pid_ <= 0)
      return 0;
    int status = 0;
    ::kill (pid_, signal);
    ::waitpid (pid_, &status, 0);
    pid_ = -1;
    return status;
  }

  [[nodiscard]] const struct GNUNET_CONFIGURATION_Handle *
  cfg () const
  {
    return cfg_;
  }

  [[nodiscard]] std::string
  database_path () const
  {
    return directory_ / "data" / "psycstore" / "sqlite.db";
  }

  [[nodiscard]] pid_t
  pid () const
  {
    return pid_;
  }

  // Resident memory in KiB.
  [[nodiscard]] std::size_t
  memory () const
  {
    std::ifstream status ("/proc/" + std::to_string (pid_) + "/status");
    for (std::string word; status >> word;)
      if ("VmRSS:" == word)
      {
        std::size_t size = 0;
        status >> size;
        return size;
      }
    return 0;
  }

  [[nodiscard]] std::filesystem::path
  config_path () const
  {
    return directory_ / "c";
  }

private:
  [[nodiscard]] static std::string
  binary ()
  {
    return std::filesystem::absolute ("src/psycstore/gnunet-service-psycstore");
  }

  // A prefix in which GNUnet finds our plugins, not installed as they are.
  void
  stage ()
  {
    namespace fs = std::filesystem;
    const fs::path plugins = directory_ / "lib" / "gnunet";
    fs::create_directories (plugins);
    fs::create_directories (directory_ / "share" / "gnunet" / "config.d");
    for (const std::string name : { "sqlite", "memory" })
    {
      const std::string file = "libgnunet_plugin_psycstore_" + name + ".so";
      fs::create_symlink (fs::absolute ("src/psycstore/.libs/" + file),
                          plugins / file);
    }
  }

  std::filesystem::path directory_;
  std::string preload_;
  std::string preload_variable_;
  struct GNUNET_CONFIGURATION_Handle *cfg_ = nullptr;
  pid_t pid_ = -1;
};
} // namespace psycstore
