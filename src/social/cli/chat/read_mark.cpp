// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/cli/chat/read_mark.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>

#include <unistd.h>

#include "social/view/text.hpp"

namespace social::cli::chat
{
ReadMark::ReadMark (const struct GNUNET_CONFIGURATION_Handle *cfg,
                    const std::string &place_key)
{
  char *home = nullptr;
  if (GNUNET_OK
      != GNUNET_CONFIGURATION_get_value_filename (cfg, "PATHS",
                                                  "GNUNET_DATA_HOME", &home))
    return;
  file_ = std::string (home) + "/social/read/" + place_key;
  GNUNET_free (home);
}

std::optional<std::uint64_t>
ReadMark::load () const
{
  std::FILE *file = std::fopen (file_.c_str (), "re");
  if (nullptr == file)
    return std::nullopt;
  std::array<char, 32> digits{};
  const std::size_t size = std::fread (digits.data (), 1, digits.size (), file);
  std::fclose (file);
  return view::parse_id ({ digits.data (), size });
}

void
ReadMark::save (std::uint64_t id) const
{
  if (file_.empty () || 0 == id || load ().value_or (0) >= id
      || GNUNET_OK != GNUNET_DISK_directory_create_for_file (file_.c_str ()))
    return;
  const std::string fresh = file_ + ".new";
  std::FILE *file = std::fopen (fresh.c_str (), "we");
  if (nullptr == file)
    return;
  const bool is_written = std::fputs (std::to_string (id).c_str (), file) >= 0;
  if (0 == std::fclose (file) && is_written)
    (void)std::rename (fresh.c_str (), file_.c_str ());
}
} // namespace social::cli::chat
