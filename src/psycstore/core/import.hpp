// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Takes the items of an export into a staging channel (staging.hpp), and puts
// that in place when it is whole. Each item is checked as if it came anew;
// fragments must be signed by the channel.
#pragma once

#include "port/crypto.hpp"
#include "psycstore/core/database.hpp"
#include "psycstore/core/outcome.hpp"

namespace psycstore
{
// Refuses a channel of which anything is here.
[[nodiscard]] Outcome begin_import (Database &db,
                                    const base::ChannelKey &channel);
[[nodiscard]] Outcome import_item (Database &db, const port::Verifier &verifier,
                                   const base::ChannelKey &staging,
                                   const ImportItem &request);
[[nodiscard]] Outcome end_import (Database &db, const base::ChannelKey &staging,
                                  const base::ChannelKey &channel);
// What imports that came to no end have left.
void remove_stagings (Database &db);
} // namespace psycstore
