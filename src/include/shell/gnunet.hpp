// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The one door to GNUnet's headers: most of those below declare C functions
// without saying so to C++, and libsodium's must come first.
#pragma once

#include <sodium.h>

extern "C"
{
#include <gnunet/gnunet_util_lib.h>
#include <gnunet/gnunet_protocols.h>
#include <gnunet/gnunet_constants.h>
#include <gnunet/gnunet_signatures.h>
#include <gnunet/gnunet_statistics_service.h>
}
