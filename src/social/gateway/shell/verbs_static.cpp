// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What is the same for everybody: the files of the web UI, and openapi.json.
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "social/gateway/openapi.hpp"
#include "social/gateway/shell/work.hpp"

namespace social::gateway
{
namespace
{
constexpr off_t page_bytes_max = off_t{ 8 } * 1024 * 1024;

// Nothing from elsewhere, nothing inline, nobody may frame it.
constexpr const char *content_security_policy
    = "default-src 'none'; script-src 'self'; style-src 'self'; "
      "img-src 'self' data: blob:; media-src 'self' blob:; font-src 'self'; "
      "connect-src 'self'; base-uri 'none'; form-action 'none'; "
      "frame-ancestors 'none'";

[[nodiscard]] const char *
type_of (const std::string &name)
{
  constexpr std::array<std::pair<std::string_view, const char *>, 7> types = { {
      { ".html", "text/html; charset=utf-8" },
      { ".js", "text/javascript; charset=utf-8" },
      { ".css", "text/css; charset=utf-8" },
      { ".svg", "image/svg+xml" },
      { ".png", "image/png" },
      { ".json", "application/json" },
      { ".webmanifest", "application/manifest+json" },
  } };
  for (const auto &[ending, type] : types)
    if (name.ends_with (ending))
      return type;
  return "application/octet-stream";
}

[[nodiscard]] bool
is_plain_name (const std::string &name)
{
  return ! name.empty () && '.' != name.front ()
         && std::string::npos
                == name.find_first_not_of (
                    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                    "0123456789._-");
}

[[nodiscard]] std::optional<std::string>
file_content (const std::string &path)
{
  const int fd = ::open (path.c_str (), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0)
    return std::nullopt;
  std::optional<std::string> out;
  struct stat status;
  if (0 == ::fstat (fd, &status) && S_ISREG (status.st_mode)
      && status.st_size <= page_bytes_max)
  {
    out.emplace (static_cast<std::size_t> (status.st_size), '\0');
    std::size_t done = 0;
    while (done < out->size ())
    {
      const ssize_t size
          = ::read (fd, out->data () + done, out->size () - done);
      if (size < 0 && EINTR == errno)
        continue;
      if (size <= 0)
        break;
      done += static_cast<std::size_t> (size);
    }
    out->resize (done);
  }
  ::close (fd);
  return out;
}

class UserInterface final : public Work
{
public:
  UserInterface (const Context &context)
      : Work (context), segments_ (context.captured)
  {}

  void
  start () override
  {
    std::string path = gateway_.config ().pages;
    std::string name = segments_.empty () ? "" : segments_.back ();
    for (const std::string &segment : segments_)
      if (&segment != &segments_.back () && ! is_plain_name (segment))
        name = "..";
      else if (&segment != &segments_.back ())
        path += "/" + segment;
    if (name.empty ())
      name = "index.html";
    const auto content = is_plain_name (name) ? file_content (path + "/" + name)
                                              : std::nullopt;
    if (! content)
      return fail (404, "no_such_path", "there is no such page");
    Answer out{ 200, {}, *content };
    out.headers.emplace_back ("Content-Type", type_of (name));
    out.headers.emplace_back ("Cache-Control", "no-cache");
    out.headers.emplace_back ("Content-Security-Policy",
                              content_security_policy);
    answer (std::move (out));
  }

private:
  const std::vector<std::string> segments_;
};

class Openapi final : public Work
{
public:
  using Work::Work;

  void
  start () override
  {
    answer_json (200, openapi_json);
  }
};
} // namespace

Made
make_user_interface (const Context &context)
{
  return std::make_unique<UserInterface> (context);
}

Made
make_openapi (const Context &context)
{
  return std::make_unique<Openapi> (context);
}
} // namespace social::gateway
