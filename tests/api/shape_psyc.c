// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The functions and callbacks of libgnunetpsyc as programs of 2019 know them:
// each has exactly the type that is written here.
#include "gnunet_psyc_service.h"
#include "shape.h"

int
main (void)
{
  SHAPE (void, GNUNET_PSYC_MessageCallback,
         (void *, const struct GNUNET_PSYC_MessageHeader *));
  SHAPE (void, GNUNET_PSYC_MessagePartCallback,
         (void *, const struct GNUNET_PSYC_MessageHeader *,
          const struct GNUNET_MessageHeader *));
  SHAPE (void, GNUNET_PSYC_JoinRequestCallback,
         (void *, const struct GNUNET_PSYC_JoinRequestMessage *,
          const struct GNUNET_CRYPTO_EcdsaPublicKey *,
          const struct GNUNET_PSYC_Message *, struct GNUNET_PSYC_JoinHandle *));
  SHAPE (void, GNUNET_PSYC_MasterStartCallback, (void *, int, uint64_t));
  SHAPE (int, GNUNET_PSYC_TransmitNotifyData, (void *, uint16_t *, void *));
  SHAPE (int, GNUNET_PSYC_TransmitNotifyModifier,
         (void *, uint16_t *, void *, uint8_t *, uint32_t *));
  SHAPE (void, GNUNET_PSYC_SlaveConnectCallback, (void *, int, uint64_t));
  SHAPE (void, GNUNET_PSYC_JoinDecisionCallback,
         (void *, const struct GNUNET_PSYC_JoinDecisionMessage *, int,
          const struct GNUNET_PSYC_Message *));
  SHAPE (void, GNUNET_PSYC_StateVarCallback,
         (void *, const struct GNUNET_MessageHeader *, const char *,
          const void *, uint32_t, uint32_t));
  TAKE (int, GNUNET_PSYC_join_decision,
        (struct GNUNET_PSYC_JoinHandle *, int, uint32_t,
         const struct GNUNET_PeerIdentity *,
         const struct GNUNET_PSYC_Message *));
  TAKE (struct GNUNET_PSYC_Master *, GNUNET_PSYC_master_start,
        (const struct GNUNET_CONFIGURATION_Handle *,
         const struct GNUNET_CRYPTO_EddsaPrivateKey *, enum GNUNET_PSYC_Policy,
         GNUNET_PSYC_MasterStartCallback, GNUNET_PSYC_JoinRequestCallback,
         GNUNET_PSYC_MessageCallback, GNUNET_PSYC_MessagePartCallback, void *));
  TAKE (struct GNUNET_PSYC_MasterTransmitHandle *, GNUNET_PSYC_master_transmit,
        (struct GNUNET_PSYC_Master *, const char *,
         GNUNET_PSYC_TransmitNotifyModifier, GNUNET_PSYC_TransmitNotifyData,
         void *, enum GNUNET_PSYC_MasterTransmitFlags));
  TAKE (void, GNUNET_PSYC_master_transmit_resume,
        (struct GNUNET_PSYC_MasterTransmitHandle *));
  TAKE (void, GNUNET_PSYC_master_transmit_cancel,
        (struct GNUNET_PSYC_MasterTransmitHandle *));
  TAKE (struct GNUNET_PSYC_MasterTransmitHandle *, GNUNET_PSYC_master_relay,
        (struct GNUNET_PSYC_Master *, uint64_t));
  TAKE (
      void, GNUNET_PSYC_master_stop,
      (struct GNUNET_PSYC_Master *, int, GNUNET_ContinuationCallback, void *));
  TAKE (struct GNUNET_PSYC_Slave *, GNUNET_PSYC_slave_join,
        (const struct GNUNET_CONFIGURATION_Handle *,
         const struct GNUNET_CRYPTO_EddsaPublicKey *,
         const struct GNUNET_CRYPTO_EcdsaPrivateKey *,
         enum GNUNET_PSYC_SlaveJoinFlags, const struct GNUNET_PeerIdentity *,
         uint32_t, const struct GNUNET_PeerIdentity *,
         GNUNET_PSYC_MessageCallback, GNUNET_PSYC_MessagePartCallback,
         GNUNET_PSYC_SlaveConnectCallback, GNUNET_PSYC_JoinDecisionCallback,
         void *, const struct GNUNET_PSYC_Message *));
  TAKE (void, GNUNET_PSYC_slave_part,
        (struct GNUNET_PSYC_Slave *, int, GNUNET_ContinuationCallback, void *));
  TAKE (struct GNUNET_PSYC_SlaveTransmitHandle *, GNUNET_PSYC_slave_transmit,
        (struct GNUNET_PSYC_Slave *, const char *,
         GNUNET_PSYC_TransmitNotifyModifier, GNUNET_PSYC_TransmitNotifyData,
         void *, enum GNUNET_PSYC_SlaveTransmitFlags));
  TAKE (void, GNUNET_PSYC_slave_transmit_resume,
        (struct GNUNET_PSYC_SlaveTransmitHandle *));
  TAKE (void, GNUNET_PSYC_slave_transmit_cancel,
        (struct GNUNET_PSYC_SlaveTransmitHandle *));
  TAKE (struct GNUNET_PSYC_Channel *, GNUNET_PSYC_master_get_channel,
        (struct GNUNET_PSYC_Master *));
  TAKE (struct GNUNET_PSYC_Channel *, GNUNET_PSYC_slave_get_channel,
        (struct GNUNET_PSYC_Slave *));
  TAKE (void, GNUNET_PSYC_channel_slave_add,
        (struct GNUNET_PSYC_Channel *,
         const struct GNUNET_CRYPTO_EcdsaPublicKey *, uint64_t, uint64_t,
         GNUNET_ResultCallback, void *));
  TAKE (void, GNUNET_PSYC_channel_slave_remove,
        (struct GNUNET_PSYC_Channel *,
         const struct GNUNET_CRYPTO_EcdsaPublicKey *, uint64_t,
         GNUNET_ResultCallback, void *));
  TAKE (struct GNUNET_PSYC_HistoryRequest *, GNUNET_PSYC_channel_history_replay,
        (struct GNUNET_PSYC_Channel *, uint64_t, uint64_t, const char *,
         uint32_t, GNUNET_PSYC_MessageCallback, GNUNET_PSYC_MessagePartCallback,
         GNUNET_ResultCallback, void *));
  TAKE (struct GNUNET_PSYC_HistoryRequest *,
        GNUNET_PSYC_channel_history_replay_latest,
        (struct GNUNET_PSYC_Channel *, uint64_t, const char *, uint32_t,
         GNUNET_PSYC_MessageCallback, GNUNET_PSYC_MessagePartCallback,
         GNUNET_ResultCallback, void *));
  TAKE (void, GNUNET_PSYC_channel_history_replay_cancel,
        (struct GNUNET_PSYC_Channel *, struct GNUNET_PSYC_HistoryRequest *));
  TAKE (struct GNUNET_PSYC_StateRequest *, GNUNET_PSYC_channel_state_get,
        (struct GNUNET_PSYC_Channel *, const char *,
         GNUNET_PSYC_StateVarCallback, GNUNET_ResultCallback, void *));
  TAKE (struct GNUNET_PSYC_StateRequest *, GNUNET_PSYC_channel_state_get_prefix,
        (struct GNUNET_PSYC_Channel *, const char *,
         GNUNET_PSYC_StateVarCallback, GNUNET_ResultCallback, void *));
  TAKE (void, GNUNET_PSYC_channel_state_get_cancel,
        (struct GNUNET_PSYC_StateRequest *));
  return missing;
}
