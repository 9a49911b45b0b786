// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Rows of the tables as values: what more than one part of SqlDatabase reads.
#pragma once

#include "psycstore/plugin/sql.hpp"

namespace psycstore
{
[[nodiscard]] inline std::optional<FragmentInfo>
read_fragment (SqlQuery &query)
{
  if (! query.row ())
    return std::nullopt;
  FragmentInfo info;
  info.fragment_id.value = query.number (0);
  info.message_id.value = query.number (1);
  info.offset = query.number (2);
  info.generation.value = query.number (3);
  info.multicast_flags = static_cast<std::uint32_t> (query.number (4));
  info.store_flags = static_cast<std::uint32_t> (query.number (5));
  info.body_size = query.number (6);
  info.stored_at = query.number (7);
  info.location = query.signed_number (8);
  return info;
}

[[nodiscard]] std::optional<Request> read_request (SqlQuery &query);
} // namespace psycstore
