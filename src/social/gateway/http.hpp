// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A request and its answer, without any HTTP library: what both shells (our
// daemon, the plugin) hand in and get back. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace social::gateway
{
struct Request
{
  std::string method;
  std::string target; // as on the request line: path, and query behind '?'
  // Names in lower case; of one that came twice, both values with a comma.
  std::map<std::string, std::string> headers;
  std::string body; // of JSON requests; others are streamed

  // NULL when it was not sent.
  [[nodiscard]] const std::string *header (const std::string &name) const;
};

struct Answer
{
  unsigned status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  [[nodiscard]] const std::string *header (std::string_view name) const;
};

// Of ASCII.
[[nodiscard]] std::string lower_case (std::string_view text);

// --- the target ---

// %XX decoded; nothing when it is malformed.
[[nodiscard]] std::optional<std::string> percent_decoded (std::string_view raw,
                                                          bool is_query);
// All but ASCII letters, digits and what is in `plain` as %XX.
[[nodiscard]] std::string percent_encoded (std::string_view text,
                                           std::string_view plain);
// What stands between the slashes, decoded: "/a/b" is {"a","b"}.
[[nodiscard]] std::optional<std::vector<std::string>>
path_segments (std::string_view target);

using QueryWords = std::map<std::string, std::string>;
// name=value&…; of a name that came twice, the last.
[[nodiscard]] std::optional<QueryWords> query_words (std::string_view target);

// --- answers ---

[[nodiscard]] const char *phrase_of (unsigned status);

// {"name":[…]} of JSON objects.
[[nodiscard]] std::string json_list (std::string_view name,
                                     const std::vector<std::string> &objects);

[[nodiscard]] Answer json_answer (unsigned status, std::string json);

// RFC 9457. `code` is for programs, `detail` for people; `member` is what was
// wrong in the body, query or path.
[[nodiscard]] Answer problem (unsigned status, std::string_view code,
                              std::string_view detail,
                              const std::optional<std::string> &member = {});
} // namespace social::gateway
