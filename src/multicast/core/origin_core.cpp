// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The origin of one group: see origin_core.hpp.
#include "multicast/core/origin_core.hpp"
