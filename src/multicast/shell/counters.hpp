// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What gnunet-statistics shows of the multicast service.
#pragma once

#include "shell/statistics.hpp"

namespace multicast
{
using Counters = shell::Statistics;
} // namespace multicast
