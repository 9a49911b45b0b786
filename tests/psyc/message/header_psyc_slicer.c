/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* gnunet_psyc_slicer.h alone, as C11. */
#include "gnunet_psyc_slicer.h"

static void
on_method (void *cls, const struct GNUNET_PSYC_MessageHeader *msg,
           const struct GNUNET_PSYC_MessageMethod *meth, uint64_t message_id,
           const char *method_name)
{
  (void)msg;
  (void)meth;
  (void)message_id;
  (void)method_name;
  (*(int *)cls)++;
}

int
main (void)
{
  int count = 0;
  struct GNUNET_PSYC_Slicer *slicer = GNUNET_PSYC_slicer_create ();
  struct GNUNET_PSYC_Message *msg
      = GNUNET_PSYC_message_create ("_message_public", NULL, NULL, 0);
  struct GNUNET_PSYC_MessageHeader *pmsg
      = GNUNET_PSYC_message_header_create_from_psyc (msg);

  GNUNET_PSYC_slicer_method_add (slicer, "_message", NULL, &on_method, NULL,
                                 NULL, NULL, &count);
  GNUNET_PSYC_slicer_message (slicer, pmsg);
  GNUNET_PSYC_slicer_destroy (slicer);
  GNUNET_free (msg);
  GNUNET_free (pmsg);
  return 1 == count ? 0 : 1;
}
