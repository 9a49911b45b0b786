// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/cli/language.hpp"

#include <clocale>
#include <cstdlib>
#include <string>
#include <unistd.h>

#include "gnunet_social_service.h"
#include "social/cli/translate.hpp"

namespace social::cli
{
namespace
{
// The value of a variable that is set to something, else "".
[[nodiscard]] std::string
environment (const char *name)
{
  const char *value = std::getenv (name);
  return nullptr == value ? "" : value;
}

// The locale that was asked for messages, if any.
[[nodiscard]] std::string
wanted_locale ()
{
  for (const char *name : { "LC_ALL", "LC_MESSAGES", "LANG" })
    if (const auto value = environment (name); ! value.empty ())
      return value;
  return "";
}

// Where a GNUnet beside the system's one is in use, catalogues lie beside it.
[[nodiscard]] std::string
catalogues ()
{
  if (environment ("GNUNET_PREFIX").empty ())
    return LOCALEDIR;
  char *path = GNUNET_OS_installation_get_path (GNUNET_OS_IPK_LOCALEDIR);
  const std::string out = nullptr == path ? "" : path;
  GNUNET_free (path);
  return ! out.empty () && 0 == ::access (out.c_str (), R_OK) ? out : LOCALEDIR;
}
} // namespace

void
choose_language ()
{
  const std::string wanted = wanted_locale ();
  const bool is_here = nullptr != std::setlocale (LC_ALL, "");
  // gettext takes LANGUAGE for a wish of who has chosen a locale. By the
  // environment, since GNUnet's library asks for the locale again.
  if (! is_here || (wanted.empty () && ! environment ("LANGUAGE").empty ()))
  {
    if (! wanted.empty ())
      ::setenv ("LANGUAGE", wanted.c_str (), 0);
    ::setenv ("LC_ALL", "C.UTF-8", 1);
    std::setlocale (LC_ALL, "");
  }
  bindtextdomain (text_domain, catalogues ().c_str ());
  bind_textdomain_codeset (text_domain, "UTF-8");
}
} // namespace social::cli
