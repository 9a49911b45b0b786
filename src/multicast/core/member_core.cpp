// SPDX-License-Identifier: AGPL-3.0-or-later
//
// One member of one group: see member_core.hpp.
#include "multicast/core/member_core.hpp"
