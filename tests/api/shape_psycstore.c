// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The functions and callbacks of libgnunetpsycstore as programs of 2019 know
// them: each has exactly the type that is written here.
#include "gnunet_psycstore_service.h"
#include "shape.h"

int
main (void)
{
  SHAPE (void, GNUNET_PSYCSTORE_ResultCallback,
         (void *, int64_t, const char *, uint16_t));
  SHAPE (int, GNUNET_PSYCSTORE_FragmentCallback,
         (void *, struct GNUNET_MULTICAST_MessageHeader *,
          enum GNUNET_PSYCSTORE_MessageFlags));
  SHAPE (void, GNUNET_PSYCSTORE_CountersCallback,
         (void *, int, uint64_t, uint64_t, uint64_t, uint64_t));
  SHAPE (int, GNUNET_PSYCSTORE_StateCallback,
         (void *, const char *, const void *, uint32_t));
  TAKE (struct GNUNET_PSYCSTORE_Handle *, GNUNET_PSYCSTORE_connect,
        (const struct GNUNET_CONFIGURATION_Handle *));
  TAKE (void, GNUNET_PSYCSTORE_disconnect, (struct GNUNET_PSYCSTORE_Handle *));
  TAKE (struct GNUNET_PSYCSTORE_OperationHandle *,
        GNUNET_PSYCSTORE_membership_store,
        (struct GNUNET_PSYCSTORE_Handle *,
         const struct GNUNET_CRYPTO_EddsaPublicKey *,
         const struct GNUNET_CRYPTO_EcdsaPublicKey *, int, uint64_t, uint64_t,
         uint64_t, GNUNET_PSYCSTORE_ResultCallback, void *));
  TAKE (struct GNUNET_PSYCSTORE_OperationHandle *,
        GNUNET_PSYCSTORE_membership_test,
        (struct GNUNET_PSYCSTORE_Handle *,
         const struct GNUNET_CRYPTO_EddsaPublicKey *,
         const struct GNUNET_CRYPTO_EcdsaPublicKey *, uint64_t, uint64_t,
         GNUNET_PSYCSTORE_ResultCallback, void *));
  TAKE (struct GNUNET_PSYCSTORE_OperationHandle *,
        GNUNET_PSYCSTORE_fragment_store,
        (struct GNUNET_PSYCSTORE_Handle *,
         const struct GNUNET_CRYPTO_EddsaPublicKey *,
         const struct GNUNET_MULTICAST_MessageHeader *,
         enum GNUNET_PSYCSTORE_MessageFlags, GNUNET_PSYCSTORE_ResultCallback,
         void *));
  TAKE (struct GNUNET_PSYCSTORE_OperationHandle *,
        GNUNET_PSYCSTORE_fragment_get,
        (struct GNUNET_PSYCSTORE_Handle *,
         const struct GNUNET_CRYPTO_EddsaPublicKey *,
         const struct GNUNET_CRYPTO_EcdsaPublicKey *, uint64_t, uint64_t,
         GNUNET_PSYCSTORE_FragmentCallback, GNUNET_PSYCSTORE_ResultCallback,
         void *));
  TAKE (struct GNUNET_PSYCSTORE_OperationHandle *,
        GNUNET_PSYCSTORE_fragment_get_latest,
        (struct GNUNET_PSYCSTORE_Handle *,
         const struct GNUNET_CRYPTO_EddsaPublicKey *,
         const struct GNUNET_CRYPTO_EcdsaPublicKey *, uint64_t,
         GNUNET_PSYCSTORE_FragmentCallback, GNUNET_PSYCSTORE_ResultCallback,
         void *));
  TAKE (struct GNUNET_PSYCSTORE_OperationHandle *, GNUNET_PSYCSTORE_message_get,
        (struct GNUNET_PSYCSTORE_Handle *,
         const struct GNUNET_CRYPTO_EddsaPublicKey *,
         const struct GNUNET_CRYPTO_EcdsaPublicKey *, uint64_t, uint64_t,
         uint64_t, const char *, GNUNET_PSYCSTORE_FragmentCallback,
         GNUNET_PSYCSTORE_ResultCallback, void *));
  TAKE (struct GNUNET_PSYCSTORE_OperationHandle *,
        GNUNET_PSYCSTORE_message_get_latest,
        (struct GNUNET_PSYCSTORE_Handle *,
         const struct GNUNET_CRYPTO_EddsaPublicKey *,
         const struct GNUNET_CRYPTO_EcdsaPublicKey *, uint64_t, const char *,
         GNUNET_PSYCSTORE_FragmentCallback, GNUNET_PSYCSTORE_ResultCallback,
         void *));
  TAKE (struct GNUNET_PSYCSTORE_OperationHandle *,
        GNUNET_PSYCSTORE_message_get_fragment,
        (struct GNUNET_PSYCSTORE_Handle *,
         const struct GNUNET_CRYPTO_EddsaPublicKey *,
         const struct GNUNET_CRYPTO_EcdsaPublicKey *, uint64_t, uint64_t,
         GNUNET_PSYCSTORE_FragmentCallback, GNUNET_PSYCSTORE_ResultCallback,
         void *));
  TAKE (
      struct GNUNET_PSYCSTORE_OperationHandle *, GNUNET_PSYCSTORE_counters_get,
      (struct GNUNET_PSYCSTORE_Handle *, struct GNUNET_CRYPTO_EddsaPublicKey *,
       GNUNET_PSYCSTORE_CountersCallback, void *));
  TAKE (struct GNUNET_PSYCSTORE_OperationHandle *,
        GNUNET_PSYCSTORE_state_modify,
        (struct GNUNET_PSYCSTORE_Handle *,
         const struct GNUNET_CRYPTO_EddsaPublicKey *, uint64_t, uint64_t,
         GNUNET_PSYCSTORE_ResultCallback, void *));
  TAKE (struct GNUNET_PSYCSTORE_OperationHandle *, GNUNET_PSYCSTORE_state_sync,
        (struct GNUNET_PSYCSTORE_Handle *,
         const struct GNUNET_CRYPTO_EddsaPublicKey *, uint64_t, uint64_t,
         size_t, const struct GNUNET_PSYC_Modifier *,
         GNUNET_PSYCSTORE_ResultCallback, void *));
  TAKE (struct GNUNET_PSYCSTORE_OperationHandle *, GNUNET_PSYCSTORE_state_reset,
        (struct GNUNET_PSYCSTORE_Handle *,
         const struct GNUNET_CRYPTO_EddsaPublicKey *,
         GNUNET_PSYCSTORE_ResultCallback, void *));
  TAKE (struct GNUNET_PSYCSTORE_OperationHandle *,
        GNUNET_PSYCSTORE_state_hash_update,
        (struct GNUNET_PSYCSTORE_Handle *,
         const struct GNUNET_CRYPTO_EddsaPublicKey *, uint64_t,
         const struct GNUNET_HashCode *, GNUNET_PSYCSTORE_ResultCallback,
         void *));
  TAKE (struct GNUNET_PSYCSTORE_OperationHandle *, GNUNET_PSYCSTORE_state_get,
        (struct GNUNET_PSYCSTORE_Handle *,
         const struct GNUNET_CRYPTO_EddsaPublicKey *, const char *,
         GNUNET_PSYCSTORE_StateCallback, GNUNET_PSYCSTORE_ResultCallback,
         void *));
  TAKE (struct GNUNET_PSYCSTORE_OperationHandle *,
        GNUNET_PSYCSTORE_state_get_prefix,
        (struct GNUNET_PSYCSTORE_Handle *,
         const struct GNUNET_CRYPTO_EddsaPublicKey *, const char *,
         GNUNET_PSYCSTORE_StateCallback, GNUNET_PSYCSTORE_ResultCallback,
         void *));
  TAKE (int, GNUNET_PSYCSTORE_operation_cancel,
        (struct GNUNET_PSYCSTORE_OperationHandle *));
  return missing;
}
