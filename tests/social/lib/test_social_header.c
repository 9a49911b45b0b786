/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The public header in C, alone. */
#include "gnunet_social_service.h"

int
main (void)
{
  /* Values of 2019. */
  return (256 == GNUNET_SOCIAL_APP_MAX_ID_SIZE
          && 0 == GNUNET_SOCIAL_PLACE_STATE_ARCHIVED
          && 1 == GNUNET_SOCIAL_PLACE_STATE_ENTERED
          && 2 == GNUNET_SOCIAL_PLACE_STATE_SUBSCRIBED
          && 1 == GNUNET_SOCIAL_MSG_PROC_RELAY
          && 2 == GNUNET_SOCIAL_MSG_PROC_SAVE
          && 1 == GNUNET_SOCIAL_ANNOUNCE_CLEAR_OBJECTS
          && 0 == GNUNET_SOCIAL_TALK_NONE)
             ? 0
             : 1;
}
