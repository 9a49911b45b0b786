// SPDX-License-Identifier: AGPL-3.0-or-later
//
// JSON that others sent: parsed within bounds, then read member by member.
// The first member that is wrong, missing or unknown is named. Pure, over
// jansson.
#pragma once

#include <memory>
#include <set>

#include "social/gateway/http.hpp"

struct json_t;

namespace social::gateway
{
inline constexpr std::size_t json_depth_max = 16;

class Input
{
public:
  // An object, or it is a problem from the beginning. Nothing at all is taken
  // for an empty object.
  explicit Input (std::string_view body);
  Input (const Input &) = delete;
  Input &operator= (const Input &) = delete;
  ~Input ();

  // Each notes that the member is known; nothing when it is not there, null,
  // or not of that type (which is a problem).
  // A text with a NUL in it is refused, too.
  [[nodiscard]] std::optional<std::string> text (const char *name);
  [[nodiscard]] std::optional<std::string> any_text (const char *name);
  [[nodiscard]] std::string needed_text (const char *name);
  [[nodiscard]] std::optional<bool> flag (const char *name);
  [[nodiscard]] std::optional<std::uint64_t> number (const char *name);
  // Bytes in base64.
  [[nodiscard]] std::optional<std::string> bytes (const char *name);
  // An object of texts, each a string or {"base64":…}, in their order.
  using Texts = std::vector<std::pair<std::string, std::string>>;
  [[nodiscard]] Texts texts (const char *name);
  // The same for the whole input.
  [[nodiscard]] Texts all_texts ();

  // A problem that the reader found.
  void refuse (const std::string &member, const std::string &detail);

  // When all was read: what is wrong, if anything is.
  [[nodiscard]] std::optional<Answer> problem_found ();

private:
  [[nodiscard]] json_t *find (const char *name);
  [[nodiscard]] Texts texts_of (json_t *object, const std::string &outer);

  json_t *object_ = nullptr;
  std::set<std::string> known_;
  std::optional<Answer> problem_;
};

// The words behind '?', read the same way.
class Words
{
public:
  // `target` is the request's.
  explicit Words (std::string_view target);

  [[nodiscard]] std::optional<std::string> text (const char *name);
  // At most `number_max`.
  [[nodiscard]] std::optional<std::uint64_t> number (const char *name,
                                                     std::uint64_t number_max);
  // "true", "1" or nothing at all behind the '='; "false" or "0".
  [[nodiscard]] bool flag (const char *name);
  void refuse (const std::string &name, const std::string &detail);
  [[nodiscard]] std::optional<Answer> problem_found ();

private:
  QueryWords words_;
  std::set<std::string> known_;
  std::optional<Answer> problem_;
};

// What the standard and the URL-safe alphabet encode, padded or not.
[[nodiscard]] std::optional<std::string> from_base64 (std::string_view text);
} // namespace social::gateway
