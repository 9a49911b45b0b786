// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The functions and callbacks of libgnunetmulticast as programs of 2019 know
// them: each has exactly the type that is written here.
#include "gnunet_multicast_service.h"
#include "shape.h"

int
main (void)
{
  SHAPE (void, GNUNET_MULTICAST_JoinRequestCallback,
         (void *, const struct GNUNET_CRYPTO_EcdsaPublicKey *,
          const struct GNUNET_MessageHeader *,
          struct GNUNET_MULTICAST_JoinHandle *));
  SHAPE (void, GNUNET_MULTICAST_JoinDecisionCallback,
         (void *, int, const struct GNUNET_PeerIdentity *, uint16_t,
          const struct GNUNET_PeerIdentity *,
          const struct GNUNET_MessageHeader *));
  SHAPE (void, GNUNET_MULTICAST_RequestCallback,
         (void *, const struct GNUNET_MULTICAST_RequestHeader *));
  SHAPE (void, GNUNET_MULTICAST_MessageCallback,
         (void *, const struct GNUNET_MULTICAST_MessageHeader *));
  SHAPE (void, GNUNET_MULTICAST_ReplayFragmentCallback,
         (void *, const struct GNUNET_CRYPTO_EcdsaPublicKey *, uint64_t,
          uint64_t, struct GNUNET_MULTICAST_ReplayHandle *));
  SHAPE (void, GNUNET_MULTICAST_ReplayMessageCallback,
         (void *, const struct GNUNET_CRYPTO_EcdsaPublicKey *, uint64_t,
          uint64_t, uint64_t, struct GNUNET_MULTICAST_ReplayHandle *));
  SHAPE (int, GNUNET_MULTICAST_ReplayTransmitNotify,
         (void *, size_t *, void *));
  SHAPE (int, GNUNET_MULTICAST_OriginTransmitNotify,
         (void *, size_t *, void *));
  SHAPE (int, GNUNET_MULTICAST_MemberTransmitNotify,
         (void *, size_t *, void *));
  TAKE (struct GNUNET_MULTICAST_ReplayHandle *, GNUNET_MULTICAST_join_decision,
        (struct GNUNET_MULTICAST_JoinHandle *, int, uint16_t,
         const struct GNUNET_PeerIdentity *,
         const struct GNUNET_MessageHeader *));
  TAKE (void, GNUNET_MULTICAST_replay_response,
        (struct GNUNET_MULTICAST_ReplayHandle *,
         const struct GNUNET_MessageHeader *,
         enum GNUNET_MULTICAST_ReplayErrorCode));
  TAKE (void, GNUNET_MULTICAST_replay_response_end,
        (struct GNUNET_MULTICAST_ReplayHandle *));
  TAKE (void, GNUNET_MULTICAST_replay_response2,
        (struct GNUNET_MULTICAST_ReplayHandle *,
         GNUNET_MULTICAST_ReplayTransmitNotify, void *));
  TAKE (struct GNUNET_MULTICAST_Origin *, GNUNET_MULTICAST_origin_start,
        (const struct GNUNET_CONFIGURATION_Handle *,
         const struct GNUNET_CRYPTO_EddsaPrivateKey *, uint64_t,
         GNUNET_MULTICAST_JoinRequestCallback,
         GNUNET_MULTICAST_ReplayFragmentCallback,
         GNUNET_MULTICAST_ReplayMessageCallback,
         GNUNET_MULTICAST_RequestCallback, GNUNET_MULTICAST_MessageCallback,
         void *));
  TAKE (struct GNUNET_MULTICAST_OriginTransmitHandle *,
        GNUNET_MULTICAST_origin_to_all,
        (struct GNUNET_MULTICAST_Origin *, uint64_t, uint64_t,
         GNUNET_MULTICAST_OriginTransmitNotify, void *));
  TAKE (void, GNUNET_MULTICAST_origin_to_all_resume,
        (struct GNUNET_MULTICAST_OriginTransmitHandle *));
  TAKE (void, GNUNET_MULTICAST_origin_to_all_cancel,
        (struct GNUNET_MULTICAST_OriginTransmitHandle *));
  TAKE (
      void, GNUNET_MULTICAST_origin_stop,
      (struct GNUNET_MULTICAST_Origin *, GNUNET_ContinuationCallback, void *));
  TAKE (struct GNUNET_MULTICAST_Member *, GNUNET_MULTICAST_member_join,
        (const struct GNUNET_CONFIGURATION_Handle *,
         const struct GNUNET_CRYPTO_EddsaPublicKey *,
         const struct GNUNET_CRYPTO_EcdsaPrivateKey *,
         const struct GNUNET_PeerIdentity *, uint16_t,
         const struct GNUNET_PeerIdentity *,
         const struct GNUNET_MessageHeader *,
         GNUNET_MULTICAST_JoinRequestCallback,
         GNUNET_MULTICAST_JoinDecisionCallback,
         GNUNET_MULTICAST_ReplayFragmentCallback,
         GNUNET_MULTICAST_ReplayMessageCallback,
         GNUNET_MULTICAST_MessageCallback, void *));
  TAKE (struct GNUNET_MULTICAST_MemberReplayHandle *,
        GNUNET_MULTICAST_member_replay_fragment,
        (struct GNUNET_MULTICAST_Member *, uint64_t, uint64_t));
  TAKE (struct GNUNET_MULTICAST_MemberReplayHandle *,
        GNUNET_MULTICAST_member_replay_message,
        (struct GNUNET_MULTICAST_Member *, uint64_t, uint64_t, uint64_t));
  TAKE (void, GNUNET_MULTICAST_member_replay_cancel,
        (struct GNUNET_MULTICAST_MemberReplayHandle *));
  TAKE (
      void, GNUNET_MULTICAST_member_part,
      (struct GNUNET_MULTICAST_Member *, GNUNET_ContinuationCallback, void *));
  TAKE (struct GNUNET_MULTICAST_MemberTransmitHandle *,
        GNUNET_MULTICAST_member_to_origin,
        (struct GNUNET_MULTICAST_Member *, uint64_t,
         GNUNET_MULTICAST_MemberTransmitNotify, void *));
  TAKE (void, GNUNET_MULTICAST_member_to_origin_resume,
        (struct GNUNET_MULTICAST_MemberTransmitHandle *));
  TAKE (void, GNUNET_MULTICAST_member_to_origin_cancel,
        (struct GNUNET_MULTICAST_MemberTransmitHandle *));
  return missing;
}
