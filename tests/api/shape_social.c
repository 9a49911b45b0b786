// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The functions and callbacks of libgnunetsocial as programs of 2019 know them:
// each has exactly the type that is written here.
#include "gnunet_social_service.h"
#include "shape.h"

int
main (void)
{
  SHAPE (void, GNUNET_SOCIAL_AppEgoCallback,
         (void *, struct GNUNET_SOCIAL_Ego *,
          const struct GNUNET_CRYPTO_EcdsaPublicKey *, const char *));
  SHAPE (void, GNUNET_SOCIAL_AppConnectedCallback, (void *));
  SHAPE (void, GNUNET_SOCIAL_AppHostPlaceCallback,
         (void *, struct GNUNET_SOCIAL_HostConnection *,
          struct GNUNET_SOCIAL_Ego *,
          const struct GNUNET_CRYPTO_EddsaPublicKey *,
          enum GNUNET_SOCIAL_AppPlaceState));
  SHAPE (void, GNUNET_SOCIAL_AppGuestPlaceCallback,
         (void *, struct GNUNET_SOCIAL_GuestConnection *,
          struct GNUNET_SOCIAL_Ego *,
          const struct GNUNET_CRYPTO_EddsaPublicKey *,
          enum GNUNET_SOCIAL_AppPlaceState));
  SHAPE (void, GNUNET_SOCIAL_AnswerDoorCallback,
         (void *, struct GNUNET_SOCIAL_Nym *, const char *,
          struct GNUNET_PSYC_Environment *, const void *, size_t));
  SHAPE (void, GNUNET_SOCIAL_FarewellCallback,
         (void *, const struct GNUNET_SOCIAL_Nym *,
          struct GNUNET_PSYC_Environment *));
  SHAPE (void, GNUNET_SOCIAL_HostEnterCallback,
         (void *, int, const struct GNUNET_CRYPTO_EddsaPublicKey *, uint64_t));
  SHAPE (void, GNUNET_SOCIAL_GuestEnterCallback,
         (void *, int, const struct GNUNET_CRYPTO_EddsaPublicKey *, uint64_t));
  SHAPE (void, GNUNET_SOCIAL_EntryDecisionCallback,
         (void *, int, const struct GNUNET_PSYC_Message *));
  TAKE (struct GNUNET_SOCIAL_App *, GNUNET_SOCIAL_app_connect,
        (const struct GNUNET_CONFIGURATION_Handle *, const char *,
         GNUNET_SOCIAL_AppEgoCallback, GNUNET_SOCIAL_AppHostPlaceCallback,
         GNUNET_SOCIAL_AppGuestPlaceCallback,
         GNUNET_SOCIAL_AppConnectedCallback, void *));
  TAKE (void, GNUNET_SOCIAL_app_disconnect,
        (struct GNUNET_SOCIAL_App *, GNUNET_ContinuationCallback, void *));
  TAKE (const struct GNUNET_CRYPTO_EcdsaPublicKey *,
        GNUNET_SOCIAL_ego_get_pub_key, (const struct GNUNET_SOCIAL_Ego *));
  TAKE (const char *, GNUNET_SOCIAL_ego_get_name,
        (const struct GNUNET_SOCIAL_Ego *));
  TAKE (const struct GNUNET_CRYPTO_EcdsaPublicKey *,
        GNUNET_SOCIAL_nym_get_pub_key, (const struct GNUNET_SOCIAL_Nym *));
  TAKE (const struct GNUNET_HashCode *, GNUNET_SOCIAL_nym_get_pub_key_hash,
        (const struct GNUNET_SOCIAL_Nym *));
  TAKE (struct GNUNET_SOCIAL_Host *, GNUNET_SOCIAL_host_enter,
        (const struct GNUNET_SOCIAL_App *, const struct GNUNET_SOCIAL_Ego *,
         enum GNUNET_PSYC_Policy, struct GNUNET_PSYC_Slicer *,
         GNUNET_SOCIAL_HostEnterCallback, GNUNET_SOCIAL_AnswerDoorCallback,
         GNUNET_SOCIAL_FarewellCallback, void *));
  TAKE (struct GNUNET_SOCIAL_Host *, GNUNET_SOCIAL_host_enter_reconnect,
        (struct GNUNET_SOCIAL_HostConnection *, struct GNUNET_PSYC_Slicer *,
         GNUNET_SOCIAL_HostEnterCallback, GNUNET_SOCIAL_AnswerDoorCallback,
         GNUNET_SOCIAL_FarewellCallback, void *));
  TAKE (int, GNUNET_SOCIAL_host_entry_decision,
        (struct GNUNET_SOCIAL_Host *, struct GNUNET_SOCIAL_Nym *, int,
         const struct GNUNET_PSYC_Message *));
  TAKE (void, GNUNET_SOCIAL_host_eject,
        (struct GNUNET_SOCIAL_Host *, const struct GNUNET_SOCIAL_Nym *,
         struct GNUNET_PSYC_Environment *));
  TAKE (struct GNUNET_SOCIAL_Announcement *, GNUNET_SOCIAL_host_announce,
        (struct GNUNET_SOCIAL_Host *, const char *,
         const struct GNUNET_PSYC_Environment *, GNUNET_PSYC_TransmitNotifyData,
         void *, enum GNUNET_SOCIAL_AnnounceFlags));
  TAKE (void, GNUNET_SOCIAL_host_announce_resume,
        (struct GNUNET_SOCIAL_Announcement *));
  TAKE (void, GNUNET_SOCIAL_host_announce_cancel,
        (struct GNUNET_SOCIAL_Announcement *));
  TAKE (void, GNUNET_SOCIAL_host_relay_allow_method,
        (struct GNUNET_SOCIAL_Host *, const char *));
  TAKE (void, GNUNET_SOCIAL_host_relay_stop, (struct GNUNET_SOCIAL_Host *));
  TAKE (struct GNUNET_SOCIAL_Place *, GNUNET_SOCIAL_host_get_place,
        (struct GNUNET_SOCIAL_Host *));
  TAKE (void, GNUNET_SOCIAL_host_disconnect,
        (struct GNUNET_SOCIAL_Host *, GNUNET_ContinuationCallback, void *));
  TAKE (void, GNUNET_SOCIAL_host_leave,
        (struct GNUNET_SOCIAL_Host *, const struct GNUNET_PSYC_Environment *,
         GNUNET_ContinuationCallback, void *));
  TAKE (struct GNUNET_SOCIAL_Guest *, GNUNET_SOCIAL_guest_enter,
        (const struct GNUNET_SOCIAL_App *, const struct GNUNET_SOCIAL_Ego *,
         const struct GNUNET_CRYPTO_EddsaPublicKey *,
         enum GNUNET_PSYC_SlaveJoinFlags, const struct GNUNET_PeerIdentity *,
         uint32_t, const struct GNUNET_PeerIdentity *,
         const struct GNUNET_PSYC_Message *, struct GNUNET_PSYC_Slicer *,
         GNUNET_SOCIAL_GuestEnterCallback, GNUNET_SOCIAL_EntryDecisionCallback,
         void *));
  TAKE (struct GNUNET_SOCIAL_Guest *, GNUNET_SOCIAL_guest_enter_by_name,
        (const struct GNUNET_SOCIAL_App *, const struct GNUNET_SOCIAL_Ego *,
         const char *, const char *, const struct GNUNET_PSYC_Message *,
         struct GNUNET_PSYC_Slicer *, GNUNET_SOCIAL_GuestEnterCallback,
         GNUNET_SOCIAL_EntryDecisionCallback, void *));
  TAKE (struct GNUNET_SOCIAL_Guest *, GNUNET_SOCIAL_guest_enter_reconnect,
        (struct GNUNET_SOCIAL_GuestConnection *,
         enum GNUNET_PSYC_SlaveJoinFlags, struct GNUNET_PSYC_Slicer *,
         GNUNET_SOCIAL_GuestEnterCallback, void *));
  TAKE (struct GNUNET_SOCIAL_TalkRequest *, GNUNET_SOCIAL_guest_talk,
        (struct GNUNET_SOCIAL_Guest *, const char *,
         const struct GNUNET_PSYC_Environment *, GNUNET_PSYC_TransmitNotifyData,
         void *, enum GNUNET_SOCIAL_TalkFlags));
  TAKE (void, GNUNET_SOCIAL_guest_talk_resume,
        (struct GNUNET_SOCIAL_TalkRequest *));
  TAKE (void, GNUNET_SOCIAL_guest_talk_cancel,
        (struct GNUNET_SOCIAL_TalkRequest *));
  TAKE (void, GNUNET_SOCIAL_guest_disconnect,
        (struct GNUNET_SOCIAL_Guest *, GNUNET_ContinuationCallback, void *));
  TAKE (void, GNUNET_SOCIAL_guest_leave,
        (struct GNUNET_SOCIAL_Guest *, struct GNUNET_PSYC_Environment *,
         GNUNET_ContinuationCallback, void *));
  TAKE (struct GNUNET_SOCIAL_Place *, GNUNET_SOCIAL_guest_get_place,
        (struct GNUNET_SOCIAL_Guest *));
  TAKE (const struct GNUNET_CRYPTO_EddsaPublicKey *,
        GNUNET_SOCIAL_place_get_pub_key, (const struct GNUNET_SOCIAL_Place *));
  TAKE (void, GNUNET_SOCIAL_place_msg_proc_set,
        (struct GNUNET_SOCIAL_Place *, const char *,
         enum GNUNET_SOCIAL_MsgProcFlags));
  TAKE (void, GNUNET_SOCIAL_place_msg_proc_clear,
        (struct GNUNET_SOCIAL_Place *));
  TAKE (struct GNUNET_SOCIAL_HistoryRequest *,
        GNUNET_SOCIAL_place_history_replay,
        (struct GNUNET_SOCIAL_Place *, uint64_t, uint64_t, const char *,
         uint32_t, struct GNUNET_PSYC_Slicer *, GNUNET_ResultCallback, void *));
  TAKE (struct GNUNET_SOCIAL_HistoryRequest *,
        GNUNET_SOCIAL_place_history_replay_latest,
        (struct GNUNET_SOCIAL_Place *, uint64_t, const char *, uint32_t,
         struct GNUNET_PSYC_Slicer *, GNUNET_ResultCallback, void *));
  TAKE (void, GNUNET_SOCIAL_place_history_replay_cancel,
        (struct GNUNET_SOCIAL_HistoryRequest *));
  TAKE (struct GNUNET_SOCIAL_LookHandle *, GNUNET_SOCIAL_place_look_at,
        (struct GNUNET_SOCIAL_Place *, const char *,
         GNUNET_PSYC_StateVarCallback, GNUNET_ResultCallback, void *));
  TAKE (struct GNUNET_SOCIAL_LookHandle *, GNUNET_SOCIAL_place_look_for,
        (struct GNUNET_SOCIAL_Place *, const char *,
         GNUNET_PSYC_StateVarCallback, GNUNET_ResultCallback, void *));
  TAKE (void, GNUNET_SOCIAL_place_look_cancel,
        (struct GNUNET_SOCIAL_LookHandle *));
  TAKE (int, GNUNET_SOCIAL_zone_add_place,
        (const struct GNUNET_SOCIAL_App *, const struct GNUNET_SOCIAL_Ego *,
         const char *, const char *,
         const struct GNUNET_CRYPTO_EddsaPublicKey *,
         const struct GNUNET_PeerIdentity *, uint32_t,
         const struct GNUNET_PeerIdentity *, struct GNUNET_TIME_Absolute,
         GNUNET_ResultCallback, void *));
  TAKE (int, GNUNET_SOCIAL_zone_add_nym,
        (const struct GNUNET_SOCIAL_App *, const struct GNUNET_SOCIAL_Ego *,
         const char *, const struct GNUNET_CRYPTO_EcdsaPublicKey *,
         struct GNUNET_TIME_Absolute, GNUNET_ResultCallback, void *));
  return missing;
}
