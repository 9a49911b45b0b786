// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Objects as JSON, for --json and the gateway; their keys are a contract
// (doc/spec/cli.md). Pure, over jansson.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "social/view/assembler.hpp"

namespace social::view
{
struct PlaceView
{
  std::string key;
  std::optional<std::string> name;
  bool is_host = false;
  std::string ego;
  std::string policy;
  std::string state;
  std::uint64_t messages = 0;
  std::uint64_t nyms = 0;
  bool is_connected = false;
  std::uint64_t outbox = 0;
  bool is_behind = false;
  // In the tree.
  std::optional<std::string> parent; // peer
  std::uint64_t depth = 0;           // 0: not attached, or the host
  std::uint64_t children = 0;
  std::uint64_t below = 0; // members that hang here
  std::uint64_t lag = 0;   // pieces that were said and are not here
};

struct NymView
{
  std::string place;
  std::string key;
  std::optional<std::string> name;
  std::string state;
  std::optional<std::string> message;
};

// What is known of a message beside itself.
struct MessageView
{
  const Message *message = nullptr;
  std::string place;
  std::optional<std::string> author; // tagged key
  std::optional<std::string> author_name;
  bool is_mine = false;
  std::uint64_t time = 0; // microseconds since 1970
  bool is_time_local = false;
  bool is_historic = false;
  // Of one that is still arriving: so much of its body is here.
  std::optional<std::uint64_t> received;
};

struct SentView
{
  std::string place;
  std::optional<std::uint64_t> id;
  std::string state;
};

struct StatusView
{
  std::string software;
  std::string peer;
  std::uint64_t hosted = 0;
  std::uint64_t entered = 0;
  std::uint64_t pending = 0;
  std::uint64_t connected = 0;
  std::uint64_t waiting = 0;
  std::uint64_t outbox = 0;
};

// Each without the line end.
[[nodiscard]] std::string json_line (const PlaceView &place);
[[nodiscard]] std::string json_line (const NymView &nym);
[[nodiscard]] std::string json_line (const MessageView &message);
[[nodiscard]] std::string json_line (const SentView &sent);
[[nodiscard]] std::string json_line (const StatusView &status);
[[nodiscard]] std::string json_ego (const std::string &name,
                                    const std::string &key, bool is_usable);
[[nodiscard]] std::string json_gap (const std::string &place,
                                    std::uint64_t from, std::uint64_t to);
// What was arriving and never will be whole.
[[nodiscard]] std::string json_cancelled (const std::string &place,
                                          std::uint64_t id);
[[nodiscard]] std::string json_object_of (const std::string &place,
                                          const std::string &name,
                                          const std::string &value);
[[nodiscard]] std::string json_name (const std::string &ego,
                                     const std::string &label,
                                     const std::string &key);
[[nodiscard]] std::string json_publication (const std::string &place,
                                            const std::string &name);
// A message whose body is a file, and the offer before it, if there was one.
[[nodiscard]] std::string json_file (const MessageView &message,
                                     std::optional<std::uint64_t> offer
                                     = std::nullopt);
// An offer of a file; `failure`: why it was not said when it was asked for.
[[nodiscard]] std::string
json_offer (const MessageView &message,
            const std::optional<std::string> &failure);
// A file that was fetched; `is_checked`: its hash is what the sender said.
[[nodiscard]] std::string json_saved (const std::string &place,
                                      std::uint64_t id, const std::string &path,
                                      std::uint64_t size,
                                      const std::string &hash, bool is_checked);
// The address of the web UI.
[[nodiscard]] std::string json_web (const std::string &url);
[[nodiscard]] std::string json_error (const std::string &code,
                                      const std::string &message);

// Bytes of the file that a message carries, as its sender says.
[[nodiscard]] std::optional<std::uint64_t> file_size (const Message &message);
// Microseconds of `_time_said`, if the message has it.
[[nodiscard]] std::optional<std::uint64_t> time_said (const Message &message);
} // namespace social::view
