/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* gnunet_psyc_util_lib.h alone, as C11: it brings all three. */
#include "gnunet_psyc_util_lib.h"

static void
on_part (void *cls, const struct GNUNET_PSYC_MessageHeader *msg,
         const struct GNUNET_MessageHeader *pmsg)
{
  (void)msg;
  (void)pmsg;
  (*(int *)cls)++;
}

int
main (void)
{
  int count = 0;
  struct GNUNET_PSYC_Environment *env = GNUNET_PSYC_env_create ();
  struct GNUNET_PSYC_Slicer *slicer = GNUNET_PSYC_slicer_create ();
  struct GNUNET_PSYC_ReceiveHandle *recv
      = GNUNET_PSYC_receive_create (NULL, &on_part, &count);
  struct GNUNET_PSYC_Message *msg
      = GNUNET_PSYC_message_create ("_message", env, "x", 1);
  struct GNUNET_PSYC_MessageHeader *pmsg
      = GNUNET_PSYC_message_header_create_from_psyc (msg);
  int result = GNUNET_PSYC_receive_message (recv, pmsg);

  GNUNET_PSYC_receive_destroy (recv);
  GNUNET_PSYC_slicer_destroy (slicer);
  GNUNET_PSYC_env_destroy (env);
  GNUNET_free (msg);
  GNUNET_free (pmsg);
  return (GNUNET_OK == result) && (3 == count) ? 0 : 1;
}
