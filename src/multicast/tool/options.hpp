// SPDX-License-Identifier: AGPL-3.0-or-later
//
// gnunet-multicast's command line, as GNUnet's getopt gives it, and checked.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "gnunet_multicast_service.h"
#include "shell/tool.hpp"

namespace multicast::tool
{
// As getopt fills it; strings are GNUnet's, NULL when not given.
struct RawOptions
{
  char *key = nullptr;
  char *origin = nullptr;
  char *relays = nullptr;
  char *message = nullptr;
  char *admit = nullptr;
  char *timeout = nullptr;
  unsigned long long head = 0;
  unsigned long long count = 0;
  int welcome = 0;
  int hex = 0;
  int raw = 0;
  int json = 0;
  int follow = 0;
};

// How stdin becomes bodies, and bodies are printed.
enum class Form
{
  lines, // each line is one
  hex,   // each line is one, as hexadecimal digits
  raw,   // all of stdin is one message, in as many fragments as it takes
};

struct Options
{
  // Nothing: host.
  std::optional<struct GNUNET_CRYPTO_EddsaPublicKey> group;
  std::string key_file;
  std::optional<struct GNUNET_PeerIdentity> origin;
  std::vector<struct GNUNET_PeerIdentity> relays;
  std::string message;
  std::set<std::string> admitted;
  bool welcome = false;
  // Numbers go on after this one.
  std::uint64_t head = 0;
  std::uint64_t count = 0; // 0: no end
  std::optional<base::Duration> timeout;
  Form form = Form::lines;
  bool json = false;
  bool follow = false;
};

struct Checked
{
  std::optional<Options> options;
  std::string error;
};

// `words` is what stands on the command line besides options.
[[nodiscard]] Checked check (const RawOptions &raw,
                             const std::vector<std::string> &words);
} // namespace multicast::tool
