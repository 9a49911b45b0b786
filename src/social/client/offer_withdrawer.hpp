// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Takes an own offer back: our service forgets it first, then that is said in
// the place, once however often it is done. See doc/spec/files.md.
#pragma once

#include <memory>

#include "social/client/reader.hpp"
#include "social/client/speaker.hpp"

namespace social::client
{
struct Withdrawal
{
  enum class End
  {
    said,      // as `said` has it
    no_offer,  // that message is none, or is not here
    of_others, // who may take it back is somebody else
    refused,   // by the service, as `result` and `reason` have it
  };
  End end = End::no_offer;
  Said said;
  enum GNUNET_SOCIAL_Result result = GNUNET_SOCIAL_OK;
  std::optional<std::string> reason;
};

class OfferWithdrawer
{
public:
  struct Callbacks
  {
    std::function<void ()> on_progress;
    // The last call; the withdrawer may be destroyed in it.
    std::function<void (const Withdrawal &)> on_end;
  };

  // `id` is the offer's. Acts as the place's ego, which is said before.
  OfferWithdrawer (GNUNET_SOCIAL_App *app, view::Place place, std::uint64_t id,
                   Callbacks callbacks);
  OfferWithdrawer (const OfferWithdrawer &) = delete;
  OfferWithdrawer &operator= (const OfferWithdrawer &) = delete;
  ~OfferWithdrawer ();

private:
  void withdraw ();
  static void on_forgotten (void *cls, enum GNUNET_SOCIAL_Result result,
                            const struct GNUNET_SOCIAL_PlaceInfo *place,
                            const char *text) noexcept;
  void say ();
  [[nodiscard]] std::optional<base::SendTag> key () const;
  void end (Withdrawal withdrawal);

  GNUNET_SOCIAL_App *const app_;
  const view::Place place_;
  const Callbacks callbacks_;
  std::unique_ptr<Reader> reader_;
  std::optional<view::Message> offer_;
  GNUNET_SOCIAL_Query *query_ = nullptr;
  std::unique_ptr<Speaker> speaker_;
  Withdrawal withdrawal_;
  shell::Timer next_;   // the reader is under it
  shell::Timer ending_; // what called us is one of ours
};
} // namespace social::client
