// SPDX-License-Identifier: AGPL-3.0-or-later
//
// gnunet-social web: the address of the web UI with the token in its fragment,
// which no browser sends to any server; with --open in the user's browser.
#include <cctype>
#include <cerrno>
#include <cstring>

#include <netdb.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "social/cli/commands.hpp"
#include "social/cli/translate.hpp"
#include "social/cli/words.hpp"
#include "social/gateway/shell/token_file.hpp"
#include "social/view/json.hpp"

namespace social::cli
{
namespace
{
constexpr const char *section = "social-web";

struct Address
{
  std::string host;
  std::string port;
};

[[nodiscard]] std::string
setting (const struct GNUNET_CONFIGURATION_Handle *cfg, const char *option,
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

// Bound to all addresses it is called by that of this machine.
[[nodiscard]] Address
address_of (const struct GNUNET_CONFIGURATION_Handle *cfg)
{
  Address out{ setting (cfg, "BIND", "127.0.0.1"),
               setting (cfg, "HTTP_PORT", "7778") };
  if ("0.0.0.0" == out.host)
    out.host = "127.0.0.1";
  if ("::" == out.host)
    out.host = "::1";
  return out;
}

[[nodiscard]] bool
is_answered (const Address &address)
{
  struct addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  struct addrinfo *found = nullptr;
  if (0
      != getaddrinfo (address.host.c_str (), address.port.c_str (), &hints,
                      &found))
    return false;
  const int fd = ::socket (found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool is_there
      = fd >= 0 && 0 == ::connect (fd, found->ai_addr, found->ai_addrlen);
  if (fd >= 0)
    ::close (fd);
  freeaddrinfo (found);
  return is_there;
}

// In the fragment of an address: all but letters and digits as %XX.
[[nodiscard]] std::string
escaped (const std::string &token)
{
  std::string out;
  for (const char c : token)
    if (0 != std::isalnum (static_cast<unsigned char> (c)))
      out += c;
    else
    {
      out += '%';
      out += "0123456789ABCDEF"[static_cast<unsigned char> (c) >> 4];
      out += "0123456789ABCDEF"[static_cast<unsigned char> (c) & 15];
    }
  return out;
}

// The token must not stand in the list of processes, where every user reads
// it: the browser is given a page of ours on disk that goes there.
class Page
{
public:
  [[nodiscard]] bool
  write (const std::string &folder, const std::string &url)
  {
    path_ = folder + "/open-web.html";
    (void)::unlink (path_.c_str ());
    GNUNET_DISK_FileHandle *file = GNUNET_DISK_file_open (
        path_.c_str (),
        static_cast<enum GNUNET_DISK_OpenFlags> (
            GNUNET_DISK_OPEN_WRITE | GNUNET_DISK_OPEN_CREATE
            | GNUNET_DISK_OPEN_FAILIFEXISTS),
        static_cast<enum GNUNET_DISK_AccessPermissions> (
            GNUNET_DISK_PERM_USER_READ | GNUNET_DISK_PERM_USER_WRITE));
    if (nullptr == file)
      return false;
    const std::string text
        = "<!doctype html><meta charset=\"utf-8\"><title>gnunet-social</title>"
          "<meta http-equiv=\"refresh\" content=\"0;url="
          + url + "\"><a href=\"" + url + "\">gnunet-social</a>\n";
    const ssize_t size
        = GNUNET_DISK_file_write (file, text.data (), text.size ());
    GNUNET_DISK_file_close (file);
    return static_cast<ssize_t> (text.size ()) == size;
  }

  [[nodiscard]] const std::string &
  path () const
  {
    return path_;
  }

private:
  std::string path_;
};

// A browser that was not running may stay in the foreground: no failure within
// this time is success.
constexpr int browser_wait_ms = 3000;

[[nodiscard]] bool
opens (const std::string &path)
{
  const pid_t child = ::fork ();
  if (0 == child)
  {
    (void)::setsid ();
    ::execlp ("xdg-open", "xdg-open", path.c_str (), nullptr);
    ::_exit (127);
  }
  if (child < 0)
    return false;
  for (int waited = 0; waited < browser_wait_ms; waited += 50)
  {
    int result = 0;
    if (child == ::waitpid (child, &result, WNOHANG))
      return WIFEXITED (result) && 0 == WEXITSTATUS (result);
    ::usleep (50000);
  }
  return true;
}

class Web final : public Command
{
public:
  explicit Web (Session &session) : Command (session) {}

  void
  run () override
  {
    const Address address = address_of (session_.cfg ());
    const auto token = gateway::token_of (session_.cfg ());
    if (! token.error.empty ())
      return session_.fail (Status::failed, "failed", told (token.error));
    const std::string host = std::string::npos == address.host.find (':')
                                 ? address.host
                                 : "[" + address.host + "]";
    const std::string url = "http://" + host + ":" + address.port
                            + "/social/ui/#token=" + escaped (token.token);
    if (! is_answered (address))
      return session_.fail (
          Status::failed, "no_gateway",
          filled (_ ("%s: nothing answers there; start the gateway with "
                     "'gnunet-arm -i social-web'"),
                  { host + ":" + address.port }));
    if (session_.request ().has (Option::open))
      return open (token.path, url);
    session_.out ().result (json_web (url), url, url);
    session_.finish (Status::done);
  }

private:
  void
  open (const std::string &token_path, const std::string &url)
  {
    Page page;
    if (! page.write (token_path.substr (0, token_path.rfind ('/')), url))
      return session_.fail (Status::failed, "failed",
                            page.path () + ": " + std::strerror (errno));
    if (! opens (page.path ()))
      return session_.fail (
          Status::failed, "no_browser",
          _ ("no browser could be opened (is xdg-utils installed?); "
             "'gnunet-social web' prints the address"));
    session_.finish (Status::done);
  }
};
} // namespace

std::unique_ptr<Command>
make_web (Session &session)
{
  return std::make_unique<Web> (session);
}
} // namespace social::cli
