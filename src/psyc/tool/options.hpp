// SPDX-License-Identifier: AGPL-3.0-or-later
//
// gnunet-psyc's command line, as GNUnet's getopt gives it, and checked.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gnunet_psyc_service.h"
#include "shell/tool.hpp"

namespace psyc::tool
{
// As getopt fills it; strings are GNUnet's, NULL when not given.
struct RawOptions
{
  char *key = nullptr;
  char *ego = nullptr;
  char *policy = nullptr;
  char *origin = nullptr;
  char *relays = nullptr;
  char *message = nullptr;
  char *timeout = nullptr;
  unsigned long long history = 0;
  unsigned long long count = 0;
  int welcome = 0;
  int repeat = 0;
  int state = 0;
  int follow = 0;
  int keep = 0;
};

struct Options
{
  // Nothing: host.
  std::optional<struct GNUNET_CRYPTO_EddsaPublicKey> channel;
  // One of both.
  std::string key_file;
  std::string ego;
  enum GNUNET_PSYC_Policy policy = GNUNET_PSYC_CHANNEL_PRIVATE;
  std::optional<struct GNUNET_PeerIdentity> origin;
  std::vector<struct GNUNET_PeerIdentity> relays;
  std::string message;
  // Nothing: as long as it takes, once the channel is there.
  std::optional<base::Duration> timeout;
  std::uint64_t history = 0;
  std::uint64_t count = 0; // 0: no end
  bool welcome = false;
  bool repeat = false;
  bool state = false;
  bool follow = false;
  bool keep = false;
};

struct Checked
{
  std::optional<Options> options;
  std::string error;
};

// `words` is what stands on the command line besides options.
[[nodiscard]] Checked check (const RawOptions &raw,
                             const std::vector<std::string> &words);
} // namespace psyc::tool
