// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The functions and callbacks of libgnunetpsycutil as programs of 2019 know
// them: each has exactly the type that is written here.
#include "gnunet_psyc_util_lib.h"
#include "shape.h"

int
main (void)
{
  SHAPE (int, GNUNET_PSYC_Iterator,
         (void *, enum GNUNET_PSYC_Operator, const char *, const char *,
          uint32_t));
  TAKE (struct GNUNET_PSYC_Environment *, GNUNET_PSYC_env_create, (void));
  TAKE (void, GNUNET_PSYC_env_add,
        (struct GNUNET_PSYC_Environment *, enum GNUNET_PSYC_Operator,
         const char *, const void *, size_t));
  TAKE (struct GNUNET_PSYC_Modifier *, GNUNET_PSYC_env_head,
        (const struct GNUNET_PSYC_Environment *));
  TAKE (struct GNUNET_PSYC_Modifier *, GNUNET_PSYC_env_tail,
        (const struct GNUNET_PSYC_Environment *));
  TAKE (void, GNUNET_PSYC_env_remove,
        (struct GNUNET_PSYC_Environment *, struct GNUNET_PSYC_Modifier *));
  TAKE (int, GNUNET_PSYC_env_shift,
        (struct GNUNET_PSYC_Environment *, enum GNUNET_PSYC_Operator *,
         const char **, const void **, size_t *));
  TAKE (void, GNUNET_PSYC_env_iterate,
        (const struct GNUNET_PSYC_Environment *, GNUNET_PSYC_Iterator, void *));
  TAKE (size_t, GNUNET_PSYC_env_get_count,
        (const struct GNUNET_PSYC_Environment *));
  TAKE (void, GNUNET_PSYC_env_destroy, (struct GNUNET_PSYC_Environment *));
  TAKE (enum GNUNET_PSYC_Type, GNUNET_PSYC_var_get_type, (char *));
  TAKE (int, GNUNET_PSYC_operation,
        (char *, void *, size_t, enum GNUNET_PSYC_Operator, void *, size_t,
         void **, size_t *));
  TAKE (int, GNUNET_PSYC_value_to_number, (size_t, const void *, int64_t *));
  TAKE (int, GNUNET_PSYC_value_to_dict,
        (size_t, const void *, struct GNUNET_CONTAINER_MultiHashMap **));
  TAKE (void *, GNUNET_PSYC_value_from_number, (int64_t, size_t *));
  TAKE (void *, GNUNET_PSYC_value_from_dict,
        (struct GNUNET_CONTAINER_MultiHashMap *, size_t *));
  TAKE (struct GNUNET_PSYC_Message *, GNUNET_PSYC_message_create,
        (const char *, const struct GNUNET_PSYC_Environment *, const void *,
         size_t));
  TAKE (int, GNUNET_PSYC_message_parse,
        (const struct GNUNET_PSYC_MessageHeader *, const char **,
         struct GNUNET_PSYC_Environment *, const void **, uint16_t *));
  TAKE (void, GNUNET_PSYC_log_message,
        (enum GNUNET_ErrorType, const struct GNUNET_MessageHeader *));
  TAKE (struct GNUNET_PSYC_TransmitHandle *, GNUNET_PSYC_transmit_create,
        (struct GNUNET_MQ_Handle *));
  TAKE (void, GNUNET_PSYC_transmit_destroy,
        (struct GNUNET_PSYC_TransmitHandle *));
  TAKE (int, GNUNET_PSYC_transmit_message,
        (struct GNUNET_PSYC_TransmitHandle *, const char *,
         const struct GNUNET_PSYC_Environment *,
         GNUNET_PSYC_TransmitNotifyModifier, GNUNET_PSYC_TransmitNotifyData,
         void *, uint32_t));
  TAKE (void, GNUNET_PSYC_transmit_resume,
        (struct GNUNET_PSYC_TransmitHandle *));
  TAKE (void, GNUNET_PSYC_transmit_cancel,
        (struct GNUNET_PSYC_TransmitHandle *));
  TAKE (void, GNUNET_PSYC_transmit_got_ack,
        (struct GNUNET_PSYC_TransmitHandle *));
  TAKE (struct GNUNET_PSYC_ReceiveHandle *, GNUNET_PSYC_receive_create,
        (GNUNET_PSYC_MessageCallback, GNUNET_PSYC_MessagePartCallback, void *));
  TAKE (void, GNUNET_PSYC_receive_destroy,
        (struct GNUNET_PSYC_ReceiveHandle *));
  TAKE (void, GNUNET_PSYC_receive_reset, (struct GNUNET_PSYC_ReceiveHandle *));
  TAKE (int, GNUNET_PSYC_receive_message,
        (struct GNUNET_PSYC_ReceiveHandle *,
         const struct GNUNET_PSYC_MessageHeader *));
  TAKE (int, GNUNET_PSYC_receive_check_parts,
        (uint16_t, const char *, uint16_t *, uint16_t *));
  TAKE (void, GNUNET_PSYC_message_header_init,
        (struct GNUNET_PSYC_MessageHeader *,
         const struct GNUNET_MULTICAST_MessageHeader *, uint32_t));
  TAKE (struct GNUNET_PSYC_MessageHeader *, GNUNET_PSYC_message_header_create,
        (const struct GNUNET_MULTICAST_MessageHeader *, uint32_t));
  TAKE (struct GNUNET_PSYC_MessageHeader *,
        GNUNET_PSYC_message_header_create_from_psyc,
        (const struct GNUNET_PSYC_Message *));
  SHAPE (void, GNUNET_PSYC_MethodCallback,
         (void *, const struct GNUNET_PSYC_MessageHeader *,
          const struct GNUNET_PSYC_MessageMethod *, uint64_t, const char *));
  SHAPE (void, GNUNET_PSYC_ModifierCallback,
         (void *, const struct GNUNET_PSYC_MessageHeader *,
          const struct GNUNET_MessageHeader *, uint64_t,
          enum GNUNET_PSYC_Operator, const char *, const void *, uint16_t,
          uint16_t));
  SHAPE (void, GNUNET_PSYC_DataCallback,
         (void *, const struct GNUNET_PSYC_MessageHeader *,
          const struct GNUNET_MessageHeader *, uint64_t, const void *,
          uint16_t));
  SHAPE (void, GNUNET_PSYC_EndOfMessageCallback,
         (void *, const struct GNUNET_PSYC_MessageHeader *,
          const struct GNUNET_MessageHeader *, uint64_t, uint8_t));
  TAKE (struct GNUNET_PSYC_Slicer *, GNUNET_PSYC_slicer_create, (void));
  TAKE (void, GNUNET_PSYC_slicer_method_add,
        (struct GNUNET_PSYC_Slicer *, const char *, GNUNET_PSYC_MessageCallback,
         GNUNET_PSYC_MethodCallback, GNUNET_PSYC_ModifierCallback,
         GNUNET_PSYC_DataCallback, GNUNET_PSYC_EndOfMessageCallback, void *));
  TAKE (int, GNUNET_PSYC_slicer_method_remove,
        (struct GNUNET_PSYC_Slicer *, const char *, GNUNET_PSYC_MessageCallback,
         GNUNET_PSYC_MethodCallback, GNUNET_PSYC_ModifierCallback,
         GNUNET_PSYC_DataCallback, GNUNET_PSYC_EndOfMessageCallback));
  TAKE (void, GNUNET_PSYC_slicer_modifier_add,
        (struct GNUNET_PSYC_Slicer *, const char *,
         GNUNET_PSYC_ModifierCallback, void *));
  TAKE (int, GNUNET_PSYC_slicer_modifier_remove,
        (struct GNUNET_PSYC_Slicer *, const char *,
         GNUNET_PSYC_ModifierCallback));
  TAKE (
      void, GNUNET_PSYC_slicer_message,
      (struct GNUNET_PSYC_Slicer *, const struct GNUNET_PSYC_MessageHeader *));
  TAKE (void, GNUNET_PSYC_slicer_message_part,
        (struct GNUNET_PSYC_Slicer *, const struct GNUNET_PSYC_MessageHeader *,
         const struct GNUNET_MessageHeader *));
  TAKE (void, GNUNET_PSYC_slicer_method_clear, (struct GNUNET_PSYC_Slicer *));
  TAKE (void, GNUNET_PSYC_slicer_modifier_clear, (struct GNUNET_PSYC_Slicer *));
  TAKE (void, GNUNET_PSYC_slicer_clear, (struct GNUNET_PSYC_Slicer *));
  TAKE (void, GNUNET_PSYC_slicer_destroy, (struct GNUNET_PSYC_Slicer *));
  return missing;
}
