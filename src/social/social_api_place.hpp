// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Inside libgnunetsocial: the handles of 2019 (Host, Guest, Place, Nym and
// what is asked of them), built on queries, followers and uploads.
#pragma once

#include "social/social_api.hpp"

struct GNUNET_SOCIAL_Nym
{
  struct GNUNET_CRYPTO_EcdsaPublicKey pub_key;
  struct GNUNET_HashCode pub_key_hash;
  bool is_asking = false;
};

// What Host and Guest have in common: the place's messages into a slicer.
struct GNUNET_SOCIAL_Place
{
  GNUNET_SOCIAL_App *app = nullptr;
  struct GNUNET_CRYPTO_EddsaPublicKey key
  {
  };
  base::MemberKey ego;
  bool is_key_known = false;
  bool is_dead = false;
  struct GNUNET_PSYC_Slicer *slicer = nullptr;
  GNUNET_SOCIAL_Follower *follower = nullptr;
  std::vector<GNUNET_SOCIAL_Query *> queries; // that end with the handle
  std::set<GNUNET_SOCIAL_HistoryRequest *> histories;
  std::set<GNUNET_SOCIAL_LookHandle *> looks;

  virtual ~GNUNET_SOCIAL_Place () = default;

  [[nodiscard]] social::PlaceRef
  ref () const
  {
    return { shell::from_gnunet<base::ChannelKey> (key), ego };
  }

  // The key is known: follow from now. GNUNET_SYSERR tells of a failure.
  void begin (const struct GNUNET_CRYPTO_EddsaPublicKey &place_key);
  void forget (const GNUNET_SOCIAL_Query *query);
  // Ends it for the application; frees it later.
  void end ();
  // Runs `cb` from the scheduler, once what was asked before has left.
  void call_later (GNUNET_ContinuationCallback cb, void *cls);

protected:
  virtual void on_entered (int result, std::uint64_t max_message_id) = 0;

private:
  static void on_follow_start (void *cls, int result, std::uint64_t head,
                               std::uint64_t max_message_id) noexcept;
  static void
  on_fragment (void *cls, std::uint64_t fragment_id,
               const struct GNUNET_PSYC_MessageHeader *msg) noexcept;
};

struct GNUNET_SOCIAL_Host final : GNUNET_SOCIAL_Place
{
  GNUNET_SOCIAL_HostEnterCallback enter_cb = nullptr;
  GNUNET_SOCIAL_AnswerDoorCallback answer_door_cb = nullptr;
  GNUNET_SOCIAL_FarewellCallback farewell_cb = nullptr;
  void *cls = nullptr;
  std::map<base::MemberKey, std::unique_ptr<GNUNET_SOCIAL_Nym>> nyms;

  GNUNET_SOCIAL_Nym *nym (const base::MemberKey &key);
  void watch_door ();
  void on_question (const social::SocialDoorQuestion &question);
  void on_farewell (const social::SocialFarewell &farewell);

protected:
  void on_entered (int result, std::uint64_t max_message_id) override;
};

struct GNUNET_SOCIAL_Guest final : GNUNET_SOCIAL_Place
{
  GNUNET_SOCIAL_GuestEnterCallback local_enter_cb = nullptr;
  GNUNET_SOCIAL_EntryDecisionCallback entry_dcsn_cb = nullptr;
  void *cls = nullptr;

  void on_decision (const social::SocialResult &result);

protected:
  void on_entered (int result, std::uint64_t max_message_id) override;
};
