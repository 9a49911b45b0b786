// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Where to ask for a place's name: which zone to begin in, and what to look
// up there. Pure; the order is that of doc/spec/social.md.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "social/core/store.hpp"

namespace social
{
// `[gns] .tld = key` of the configuration: tld without dot -> packed zone.
using ConfiguredZones = std::map<std::string, base::Bytes>;

struct Question
{
  std::string name; // relative to `zone`; "@" for the zone's own place
  base::Bytes zone;
  // Names of an own zone, that no other delegates from, are answered by our
  // own namestore: its no is definite.

  bool operator== (const Question &) const = default;
};

// A name with its labels as GNS compares them; zone keys in it stay as they
// are.
[[nodiscard]] std::string normalized_name (std::string_view name,
                                           const Keys &keys);

// How `text`, a normalized name, is looked up for an ego whose zone is
// `own_zone`; nothing when it cannot be a name at all (empty label, too long).
[[nodiscard]] std::optional<Question>
question_of (std::string_view text, const base::Bytes &own_zone,
             const std::vector<Ego> &egos, const ConfiguredZones &configured,
             const Keys &keys);
} // namespace social
