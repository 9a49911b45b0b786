/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* gnunet_psyc_message.h alone, as C11; the visible structures have the sizes
   of the table in the interface's description. */
#include "gnunet_psyc_message.h"

#include <string.h>

_Static_assert(4 == sizeof (struct GNUNET_PSYC_Message), "Message");
_Static_assert(56 == sizeof (struct GNUNET_PSYC_MessageHeader), "Header");
_Static_assert(16 == sizeof (struct GNUNET_PSYC_MessageMethod), "Method");
_Static_assert(11 == sizeof (struct GNUNET_PSYC_MessageModifier), "Modifier");
_Static_assert(GNUNET_PSYC_DATA_MAX_PAYLOAD > 32768, "fits a fragment");
_Static_assert(GNUNET_PSYC_MODIFIER_MAX_PAYLOAD
                   < GNUNET_MULTICAST_FRAGMENT_MAX_PAYLOAD,
               "with its header");

int
main (void)
{
  struct GNUNET_PSYC_Message *msg
      = GNUNET_PSYC_message_create ("_message", NULL, "hello", 5);
  struct GNUNET_PSYC_MessageHeader *pmsg
      = GNUNET_PSYC_message_header_create_from_psyc (msg);
  const char *name = "";
  const void *data = NULL;
  uint16_t size = 0;
  int result = GNUNET_PSYC_message_parse (pmsg, &name, NULL, &data, &size);

  result = (GNUNET_OK == result) && (5 == size)
           && (0 == strcmp ("_message", name))
           && (0 == memcmp ("hello", data, 5));
  GNUNET_free (msg);
  GNUNET_free (pmsg);
  return result ? 0 : 1;
}
