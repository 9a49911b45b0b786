/* SPDX-License-Identifier: AGPL-3.0-or-later */
/**
 * @file include/gnunet_psyc_util_lib.h
 * All of libgnunetpsycutil: environments, messages, slicer, text.
 */
#ifndef GNUNET_PSYC_UTIL_LIB_H
#define GNUNET_PSYC_UTIL_LIB_H

#include "gnunet_psyc_env.h"
#include "gnunet_psyc_message.h"
#include "gnunet_psyc_slicer.h"
#include "gnunet_psyc_text.h"

#endif
