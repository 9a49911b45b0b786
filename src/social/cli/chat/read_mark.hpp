// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Up to where a place was read in earlier chats: one small file for each place
// below $GNUNET_DATA_HOME/social/read. Without it nothing is marked.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "shell/gnunet.hpp"

namespace social::cli::chat
{
class ReadMark
{
public:
  ReadMark (const struct GNUNET_CONFIGURATION_Handle *cfg,
            const std::string &place_key);

  [[nodiscard]] std::optional<std::uint64_t> load () const;
  // Never goes back.
  void save (std::uint64_t id) const;

private:
  std::string file_; // empty: there is none
};
} // namespace social::cli::chat
