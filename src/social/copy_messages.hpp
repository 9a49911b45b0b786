// SPDX-License-Identifier: AGPL-3.0-or-later
//
// An own place as a file holds it (gnunet-social export), but for its history,
// which psycstore has. It travels whole in AppCopyPlace's answer and in
// AppRestorePlace.
#pragma once

#include <string>
#include <vector>

#include "social/social_messages.hpp"

namespace social
{
struct NymCopy
{
  base::MemberKey key;
  std::uint8_t standing = 0;
  WIRE_STRUCT (key, standing)
};

struct RuleCopy
{
  RuleKind kind = RuleKind::method;
  std::string prefix;
  std::uint32_t flags = 0;
  WIRE_STRUCT (kind, prefix, flags)
};

inline constexpr std::uint16_t place_copy_version = 1;

struct PlaceCopy
{
  std::uint16_t version = place_copy_version;
  base::ChannelPrivateKey secret;
  base::MemberKey ego;
  std::string ego_name;
  std::string name;
  std::string label;
  Policy policy = Policy::private_;
  bool welcomes = false;
  std::vector<RuleCopy> rules;
  std::vector<NymCopy> nyms;
  WIRE_STRUCT (version, secret, ego, ego_name, name, label, policy, welcomes,
               rules, nyms)
};
} // namespace social
