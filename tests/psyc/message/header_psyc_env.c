/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* gnunet_psyc_env.h alone, as C11. */
#include "gnunet_psyc_env.h"

#include <string.h>

int
main (void)
{
  struct GNUNET_PSYC_Environment *env = GNUNET_PSYC_env_create ();
  enum GNUNET_PSYC_Operator oper;
  const char *name;
  const void *value;
  size_t size;
  char amount[] = "_amount";
  void *sum;
  int is_good;

  GNUNET_PSYC_env_add (env, GNUNET_PSYC_OP_SET, "_a", "1", 1);
  GNUNET_PSYC_env_add_copy (env, GNUNET_PSYC_OP_ASSIGN, "_b", "2", 1);
  is_good
      = (2 == GNUNET_PSYC_env_get_count (env))
        && (GNUNET_OK
            == GNUNET_PSYC_env_shift (env, &oper, &name, &value, &size))
        && (0 == strcmp ("_a", name)) && (GNUNET_PSYC_OP_SET == oper)
        && (GNUNET_PSYC_TYPE_NUMBER == GNUNET_PSYC_var_get_type (amount))
        && (GNUNET_OK
            == GNUNET_PSYC_operation (amount, "1", 1, GNUNET_PSYC_OP_AUGMENT,
                                      "2", 1, &sum, &size))
        && (1 == size) && ('3' == *(char *)sum);
  if (is_good)
    GNUNET_free (sum);
  GNUNET_PSYC_env_destroy (env);
  return is_good ? 0 : 1;
}
