// SPDX-License-Identifier: AGPL-3.0-or-later
//
// One function for each change. Inside a transaction of the caller's; a
// refusal comes before the first row is changed, so that it needs no rollback.
#pragma once

#include "psycstore/core/database.hpp"
#include "psycstore/core/outcome.hpp"

namespace psycstore
{
[[nodiscard]] Outcome change (Database &db, const MembershipStore &request);
[[nodiscard]] Outcome change (Database &db, const FragmentStore &request);
[[nodiscard]] Outcome change (Database &db, const StateReset &request);
[[nodiscard]] Outcome change (Database &db, const StateHashUpdate &request);
[[nodiscard]] Outcome change (Database &db, const RequestStore &request);
[[nodiscard]] Outcome change (Database &db, const RequestSettle &request);
[[nodiscard]] Outcome change (Database &db, const RecordStore &request);
[[nodiscard]] Outcome change (Database &db, const RetentionSet &request);
[[nodiscard]] Outcome change (Database &db, const ChannelRemove &request);
} // namespace psycstore
