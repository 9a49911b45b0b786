// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The door to GNUnet's headers of the mesh (CADET) and of our neighbours
// (CORE), beside shell/gnunet.hpp.
#pragma once

#include "shell/gnunet.hpp"

extern "C"
{
#include <gnunet/gnunet_cadet_service.h>
#include <gnunet/gnunet_core_service.h>
}

#include "multicast/fragment_messages.hpp"

namespace multicast
{
static_assert (cadet_message_size_max
               == GNUNET_CONSTANTS_MAX_CADET_MESSAGE_SIZE);
}
