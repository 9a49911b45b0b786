// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What an application says passes through here: the service's own variables
// are put right behind the method, and those of the same names that the
// application put in are taken out, with their continuations.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "social/social_messages.hpp"

namespace social
{
class UploadFilter
{
public:
  explicit UploadFilter (std::vector<Variable> inserted)
      : inserted_ (std::move (inserted))
  {}

  // The next run of whole parts, as it is to be handed on (perhaps empty);
  // nothing when it may not be said (why_not).
  [[nodiscard]] std::optional<base::Bytes> take (base::ByteView parts);

  [[nodiscard]] const char *
  why_not () const
  {
    return why_not_;
  }

  // The END or CANCEL part went by.
  [[nodiscard]] bool
  is_finished () const
  {
    return is_finished_;
  }

private:
  [[nodiscard]] bool insert (base::Bytes &out) const;

  std::vector<Variable> inserted_;
  const char *why_not_ = "the message is malformed";
  bool has_begun_ = false;
  bool is_dropping_ = false; // continuations of a variable taken out
  bool is_finished_ = false;
};

// Methods that only the service itself says: guests act on them.
[[nodiscard]] bool is_service_method (std::string_view name);

// Variables that only the service itself says.
[[nodiscard]] bool is_service_variable (std::string_view name);
} // namespace social
