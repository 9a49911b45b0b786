// SPDX-License-Identifier: AGPL-3.0-or-later
//
// gnunet-social withdraw-file.
#include "social/cli/commands.hpp"
#include "social/cli/translate.hpp"
#include "social/cli/words.hpp"
#include "social/client/offer_withdrawer.hpp"

namespace social::cli
{
namespace
{
using client::OfferWithdrawer;
using client::Withdrawal;

class WithdrawFile final : public Command
{
public:
  explicit WithdrawFile (Session &session) : Command (session) {}

  void
  run () override
  {
    const auto id = file_number (session_);
    if (! id)
      return;
    id_ = *id;
    session_.with_place (session_.request ().words[0],
                         [this] (const Place &place)
                         {
                           place_ = place;
                           if (may_speak (session_, place))
                             withdraw ();
                         });
  }

  void
  release () override
  {
    withdrawer_.reset ();
  }

private:
  void
  withdraw ()
  {
    withdrawer_ = std::make_unique<OfferWithdrawer> (
        session_.app (), place_, id_,
        OfferWithdrawer::Callbacks{ [this] { session_.progress (); },
                                    [this] (const Withdrawal &withdrawal)
                                    { end (withdrawal); } });
  }

  void
  end (const Withdrawal &withdrawal)
  {
    const std::string number = "#" + std::to_string (id_);
    switch (withdrawal.end)
    {
    case Withdrawal::End::said:
      return tell (withdrawal.said);
    case Withdrawal::End::no_offer:
      return session_.fail (Status::not_found, "not_found",
                            number + ": "
                                + _ ("there is no such file here; "
                                     "'gnunet-social files PLACE' lists "
                                     "them"));
    case Withdrawal::End::of_others:
      return session_.fail (Status::refused, "not_allowed",
                            number + ": "
                                + _ ("somebody else has offered this"));
    case Withdrawal::End::refused:
      return session_.fail ({ withdrawal.result, {}, withdrawal.reason },
                            number);
    }
  }

  void
  tell (const client::Said &said)
  {
    const std::string why = said.reason.empty ()
                                ? std::string (_ ("no reason was given"))
                                : told (said.reason);
    if (GNUNET_PSYC_SEND_REFUSED == said.state)
      return session_.fail (Status::refused, "refused",
                            filled (_ ("the host refused it: %s"), { why }));
    SentView view;
    view.place = place_.view.key;
    view.id = said.id;
    view.state = send_state_text (said.state);
    if ("stored" != view.state && "accepted" != view.state)
      return session_.fail (Status::failed, "failed",
                            filled (_ ("it was not sent: %s"), { why }));
    session_.out ().result (json_line (view),
                            filled (_ ("#%s is withdrawn: nobody gets it any "
                                       "more"),
                                    { std::to_string (id_) }),
                            std::to_string (said.id));
    session_.finish (Status::done);
  }

  std::uint64_t id_ = 0;
  Place place_;
  std::unique_ptr<OfferWithdrawer> withdrawer_;
};
} // namespace

std::unique_ptr<Command>
make_withdraw_file (Session &session)
{
  return std::make_unique<WithdrawFile> (session);
}
} // namespace social::cli
