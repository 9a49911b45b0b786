// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What a message in a place of somebody else tells of others: who said it, and
// who is gone.
#pragma once

#include "psyc/message/message.hpp"
#include "social/shell/gnunet_social.hpp"

namespace social
{
inline constexpr const char *leave_method = "_notice_place_leave";

// `head`: of the message `id`.
void hear (CoreDoor &door, const PlaceRef &ref, base::MessageId id,
           const psyc::Message &head);
} // namespace social
