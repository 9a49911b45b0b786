// SPDX-License-Identifier: AGPL-3.0-or-later
//
// libgnunetmulticast: see gnunet_multicast_service.h.
#include "gnunet_multicast_service.h"
