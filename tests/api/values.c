// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The values and visible structures that programs of 2019 rely on. There is
// nothing to run: what differs does not compile.
#include <stddef.h>

#include "gnunet_psycstore_service.h"
#include "gnunet_social_service.h"

#define VALUE(name, number) _Static_assert((name) == (number), #name)
#define SIZE(type, bytes) _Static_assert(sizeof (type) == (bytes), #type)
#define AT(type, member, kind, offset)                                         \
  _Static_assert(offsetof (type, member) == (offset), #type "." #member);      \
  _Static_assert(sizeof (((type *)0)->member) == sizeof (kind),                \
                 #type "." #member)
/* A member of exactly this type, const and all. */
#define IS(type, member, kind)                                                 \
  _Static_assert(_Generic(&((type *)0)->member, kind * : 1, default : 0),      \
                 #type "." #member)

/* multicast */
VALUE (GNUNET_MULTICAST_MESSAGE_FIRST_FRAGMENT, 1);
VALUE (GNUNET_MULTICAST_MESSAGE_LAST_FRAGMENT, 2);
VALUE (GNUNET_MULTICAST_MESSAGE_NOT_FRAGMENTED, 3);
VALUE (GNUNET_MULTICAST_MESSAGE_HISTORIC, 1 << 30);
VALUE (GNUNET_MULTICAST_REC_OK, 0);
VALUE (GNUNET_MULTICAST_REC_NOT_FOUND, 1);
VALUE (GNUNET_MULTICAST_REC_PAST_HEAD, 2);
VALUE (GNUNET_MULTICAST_REC_ACCESS_DENIED, 3);
VALUE (GNUNET_MULTICAST_REC_INTERNAL_ERROR, 4);
_Static_assert(GNUNET_MULTICAST_FRAGMENT_MAX_SIZE
                   < GNUNET_CONSTANTS_MAX_CADET_MESSAGE_SIZE,
               "a fragment fits CADET");
_Static_assert(GNUNET_MULTICAST_FRAGMENT_MAX_PAYLOAD
                       + sizeof (struct GNUNET_MULTICAST_RequestHeader)
                   <= GNUNET_MULTICAST_FRAGMENT_MAX_SIZE,
               "a payload fits a fragment");

#define FRAGMENT struct GNUNET_MULTICAST_MessageHeader
AT (FRAGMENT, header, struct GNUNET_MessageHeader, 0);
AT (FRAGMENT, hop_counter, uint32_t, 4);
AT (FRAGMENT, signature, struct GNUNET_CRYPTO_EddsaSignature, 8);
AT (FRAGMENT, purpose, struct GNUNET_CRYPTO_EccSignaturePurpose, 72);
AT (FRAGMENT, fragment_id, uint64_t, 80);
AT (FRAGMENT, fragment_offset, uint64_t, 88);
AT (FRAGMENT, message_id, uint64_t, 96);
AT (FRAGMENT, group_generation, uint64_t, 104);
AT (FRAGMENT, flags, uint32_t, 112);
IS (FRAGMENT, flags, uint32_t);
SIZE (FRAGMENT, 116);

#define REQUEST struct GNUNET_MULTICAST_RequestHeader
AT (REQUEST, header, struct GNUNET_MessageHeader, 0);
AT (REQUEST, member_pub_key, struct GNUNET_CRYPTO_EcdsaPublicKey, 4);
AT (REQUEST, signature, struct GNUNET_CRYPTO_EcdsaSignature, 36);
AT (REQUEST, purpose, struct GNUNET_CRYPTO_EccSignaturePurpose, 100);
AT (REQUEST, fragment_id, uint64_t, 108);
AT (REQUEST, fragment_offset, uint64_t, 116);
AT (REQUEST, request_id, uint64_t, 124);
AT (REQUEST, flags, uint32_t, 132);
IS (REQUEST, flags, enum GNUNET_MULTICAST_MessageFlags);
SIZE (REQUEST, 136);

/* psycstore */
VALUE (GNUNET_PSYCSTORE_MEMBERSHIP_TEST_FAILED, -2);
VALUE (GNUNET_PSYCSTORE_MESSAGE_STATE, 1);
VALUE (GNUNET_PSYCSTORE_MESSAGE_STATE_APPLIED, 2);
VALUE (GNUNET_PSYCSTORE_MESSAGE_STATE_HASH, 4);

/* psycutil */
VALUE (GNUNET_PSYC_OP_SET, ':');
VALUE (GNUNET_PSYC_OP_ASSIGN, '=');
VALUE (GNUNET_PSYC_OP_AUGMENT, '+');
VALUE (GNUNET_PSYC_OP_DIMINISH, '-');
VALUE (GNUNET_PSYC_OP_UPDATE, '@');
VALUE (GNUNET_PSYC_TYPE_DATA, 0);
VALUE (GNUNET_PSYC_TYPE_NUMBER, 1);
VALUE (GNUNET_PSYC_TYPE_LIST, 2);
VALUE (GNUNET_PSYC_TYPE_DICT, 3);

#define MODIFIER struct GNUNET_PSYC_Modifier
IS (MODIFIER, oper, enum GNUNET_PSYC_Operator);
IS (MODIFIER, name, const char *);
IS (MODIFIER, value_size, size_t);
IS (MODIFIER, value, const void *);
IS (MODIFIER, next, MODIFIER *);
IS (MODIFIER, prev, MODIFIER *);

/* psyc */
VALUE (GNUNET_PSYC_CHANNEL_ADMISSION_CONTROL, 1);
VALUE (GNUNET_PSYC_CHANNEL_RESTRICTED_HISTORY, 2);
VALUE (GNUNET_PSYC_CHANNEL_ANONYMOUS, 0);
VALUE (GNUNET_PSYC_CHANNEL_CLOSED, 1);
VALUE (GNUNET_PSYC_CHANNEL_OPEN, 2);
VALUE (GNUNET_PSYC_CHANNEL_PRIVATE, 3);
VALUE (GNUNET_PSYC_MESSAGE_DEFAULT, 0);
VALUE (GNUNET_PSYC_MESSAGE_HISTORIC, 1);
VALUE (GNUNET_PSYC_MESSAGE_REQUEST, 2);
VALUE (GNUNET_PSYC_MESSAGE_ORDER_ANY, 4);
VALUE (GNUNET_PSYC_STATE_RESET, 0);
VALUE (GNUNET_PSYC_STATE_NOT_MODIFIED, UINT64_MAX);
VALUE (GNUNET_PSYC_MASTER_TRANSMIT_NONE, 0);
VALUE (GNUNET_PSYC_MASTER_TRANSMIT_STATE_RESET, 1);
VALUE (GNUNET_PSYC_MASTER_TRANSMIT_STATE_MODIFY, 2);
VALUE (GNUNET_PSYC_MASTER_TRANSMIT_STATE_HASH, 4);
VALUE (GNUNET_PSYC_MASTER_TRANSMIT_INC_GROUP_GEN, 8);
VALUE (GNUNET_PSYC_SLAVE_TRANSMIT_NONE, 0);
VALUE (GNUNET_PSYC_SLAVE_JOIN_NONE, 0);
VALUE (GNUNET_PSYC_SLAVE_JOIN_LOCAL, 1);
VALUE (GNUNET_PSYC_HISTORY_REPLAY_LOCAL, 0);
VALUE (GNUNET_PSYC_HISTORY_REPLAY_REMOTE, 1);
VALUE (GNUNET_PSYC_MESSAGE_STATE_START, 0);
VALUE (GNUNET_PSYC_MESSAGE_STATE_HEADER, 1);
VALUE (GNUNET_PSYC_MESSAGE_STATE_METHOD, 2);
VALUE (GNUNET_PSYC_MESSAGE_STATE_MODIFIER, 3);
VALUE (GNUNET_PSYC_MESSAGE_STATE_MOD_CONT, 4);
VALUE (GNUNET_PSYC_MESSAGE_STATE_DATA, 5);
VALUE (GNUNET_PSYC_MESSAGE_STATE_END, 6);
VALUE (GNUNET_PSYC_MESSAGE_STATE_CANCEL, 7);
VALUE (GNUNET_PSYC_MESSAGE_STATE_ERROR, 8);
/* Types that 2019 had and no table of functions names. */
VALUE ((enum GNUNET_PSYC_MessageFlags)0, 0);
VALUE ((enum GNUNET_PSYC_StateDeltaValues)0, 0);
VALUE ((enum GNUNET_PSYC_HistoryReplayFlags)0, 0);
VALUE ((enum GNUNET_PSYC_MessageState)0, 0);
_Static_assert(GNUNET_PSYC_MODIFIER_MAX_PAYLOAD > 0, "modifier");
_Static_assert(GNUNET_PSYC_MOD_CONT_MAX_PAYLOAD > 0, "continuation");
_Static_assert(GNUNET_PSYC_DATA_MAX_PAYLOAD > 0, "data");

SIZE (struct GNUNET_PSYC_Message, 4);
#define MESSAGE struct GNUNET_PSYC_MessageHeader
AT (MESSAGE, header, struct GNUNET_MessageHeader, 0);
AT (MESSAGE, flags, uint32_t, 4);
AT (MESSAGE, message_id, uint64_t, 8);
AT (MESSAGE, fragment_offset, uint64_t, 16);
AT (MESSAGE, slave_pub_key, struct GNUNET_CRYPTO_EcdsaPublicKey, 24);
SIZE (MESSAGE, 56);
#define METHOD struct GNUNET_PSYC_MessageMethod
AT (METHOD, header, struct GNUNET_MessageHeader, 0);
AT (METHOD, flags, uint32_t, 4);
AT (METHOD, state_delta, uint64_t, 8);
SIZE (METHOD, 16);
#define VARIABLE struct GNUNET_PSYC_MessageModifier
AT (VARIABLE, header, struct GNUNET_MessageHeader, 0);
AT (VARIABLE, value_size, uint32_t, 4);
AT (VARIABLE, name_size, uint16_t, 8);
AT (VARIABLE, oper, uint8_t, 10);
SIZE (VARIABLE, 11);
#define JOIN struct GNUNET_PSYC_JoinRequestMessage
AT (JOIN, header, struct GNUNET_MessageHeader, 0);
AT (JOIN, slave_pub_key, struct GNUNET_CRYPTO_EcdsaPublicKey, 4);
SIZE (JOIN, 36);
#define DECISION struct GNUNET_PSYC_JoinDecisionMessage
AT (DECISION, header, struct GNUNET_MessageHeader, 0);
AT (DECISION, is_admitted, int32_t, 4);
IS (DECISION, is_admitted, int32_t);
AT (DECISION, slave_pub_key, struct GNUNET_CRYPTO_EcdsaPublicKey, 8);
SIZE (DECISION, 40);
#define COUNTERS struct GNUNET_PSYC_CountersResultMessage
AT (COUNTERS, header, struct GNUNET_MessageHeader, 0);
AT (COUNTERS, result_code, uint32_t, 4);
AT (COUNTERS, max_message_id, uint64_t, 8);
SIZE (COUNTERS, 16);

/* social */
VALUE (GNUNET_SOCIAL_APP_MAX_ID_SIZE, 256);
VALUE (GNUNET_SOCIAL_MSG_PROC_NONE, 0);
VALUE (GNUNET_SOCIAL_MSG_PROC_RELAY, 1);
VALUE (GNUNET_SOCIAL_MSG_PROC_SAVE, 2);
VALUE (GNUNET_SOCIAL_PLACE_STATE_ARCHIVED, 0);
VALUE (GNUNET_SOCIAL_PLACE_STATE_ENTERED, 1);
VALUE (GNUNET_SOCIAL_PLACE_STATE_SUBSCRIBED, 2);
VALUE (GNUNET_SOCIAL_ANNOUNCE_NONE, 0);
VALUE (GNUNET_SOCIAL_ANNOUNCE_CLEAR_OBJECTS, 1);
VALUE (GNUNET_SOCIAL_TALK_NONE, 0);

int
main (void)
{
  return 0;
}
