// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The same header alone, as C++20.
#include "gnunet_psyc_util_lib.h"

int
main ()
{
  auto *env = GNUNET_PSYC_env_create ();
  GNUNET_PSYC_env_add (env, GNUNET_PSYC_OP_SET, "_a", "1", 1);
  const auto count = GNUNET_PSYC_env_get_count (env);
  GNUNET_PSYC_env_destroy (env);
  return 1 == count ? 0 : 1;
}
