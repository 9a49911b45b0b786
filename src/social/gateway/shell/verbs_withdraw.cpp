// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Taking back the offer of a file.
#include "social/client/offer_withdrawer.hpp"
#include "social/gateway/shell/work.hpp"
#include "social/view/text.hpp"

namespace social::gateway
{
namespace
{
using client::OfferWithdrawer;
using client::Withdrawal;

constexpr base::Duration step_within = base::seconds (30);

class WithdrawFile final : public Work
{
public:
  using Work::Work;

  void
  start () override
  {
    const auto id = view::parse_id (captured (1));
    if (! id || 0 == *id)
      return fail (404, "no_such_file",
                   "'" + captured (1) + "' is no file; see /files");
    with_place ([this, id = *id] (const view::Place &place)
                { withdraw (place, id); });
  }

private:
  void
  withdraw (const view::Place &place, std::uint64_t id)
  {
    if ("entered" != place.view.state)
      return fail (403, "not_allowed",
                   place.label () + ": nothing can be said here, its state is "
                       + place.view.state);
    place_ = place.view.key;
    withdrawer_ = std::make_unique<OfferWithdrawer> (
        app (), place, id,
        OfferWithdrawer::Callbacks{ [this] { wait (step_within); },
                                    [this] (const Withdrawal &withdrawal)
                                    { end (withdrawal); } });
  }

  void
  end (const Withdrawal &withdrawal)
  {
    switch (withdrawal.end)
    {
    case Withdrawal::End::said:
      return tell (withdrawal.said);
    case Withdrawal::End::no_offer:
      return fail (404, "no_such_file",
                   "'" + captured (1) + "' is no file that is offered here");
    case Withdrawal::End::of_others:
      return fail (403, "not_allowed", "somebody else has offered this");
    case Withdrawal::End::refused:
      return fail ({ withdrawal.result, {}, withdrawal.reason }, captured (1));
    }
  }

  void
  tell (const client::Said &said)
  {
    const std::string why
        = said.reason.empty () ? "no reason was given" : said.reason;
    if (GNUNET_PSYC_SEND_REFUSED == said.state)
      return fail (403, "refused", "the host refused it: " + why);
    if (GNUNET_PSYC_SEND_STORED != said.state
        && GNUNET_PSYC_SEND_ACCEPTED != said.state)
      return fail (409, "failed", "it was not sent: " + why);
    view::SentView sent;
    sent.place = place_;
    sent.id = said.id;
    sent.state = view::send_state_text (said.state);
    answer_json (200, view::json_line (sent));
  }

  std::string place_;
  std::unique_ptr<OfferWithdrawer> withdrawer_;
};
} // namespace

Made
make_withdraw_file (const Context &context)
{
  return std::make_unique<WithdrawFile> (context);
}
} // namespace social::gateway
