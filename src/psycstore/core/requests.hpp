// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Outbox and inbox: requests that are open, with their fragments, and the
// outcomes of those that are settled.
//
//   incomplete --last missing fragment--> complete --settle--> settled
//        |  (sequence 0)                  (sequence)              ^
//        +------------------------- settle -----------------------+
#pragma once

#include "psycstore/core/database.hpp"
#include "psycstore/core/outcome.hpp"

namespace psycstore
{
[[nodiscard]] Outcome store_request (Database &db, const RequestStore &request);
[[nodiscard]] Outcome settle_request (Database &db,
                                      const RequestSettle &request);
} // namespace psycstore
