// SPDX-License-Identifier: AGPL-3.0-or-later
//
// libgnunetpsycstore: the C interface over the service's messages.
#include "gnunet_psycstore_service.h"
