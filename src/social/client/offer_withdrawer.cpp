// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/client/offer_withdrawer.hpp"

#include <utility>

#include "shell/keys.hpp"
#include "social/client/tag.hpp"
#include "social/view/offer_book.hpp"

namespace social::client
{
OfferWithdrawer::OfferWithdrawer (GNUNET_SOCIAL_App *app, view::Place place,
                                  std::uint64_t id, Callbacks callbacks)
    : app_ (app), place_ (std::move (place)),
      callbacks_ (std::move (callbacks)), next_ ([this] { withdraw (); }),
      ending_ (
          [this]
          {
            const auto on_end = callbacks_.on_end; // may destroy us
            const Withdrawal withdrawal = withdrawal_;
            on_end (withdrawal);
          })
{
  Reader::Wanted wanted;
  wanted.first = wanted.last = id;
  wanted.method = offer_method;
  wanted.is_remote = ! place_.view.is_host;
  reader_ = std::make_unique<Reader> (
      app_, place_.key, wanted,
      Reader::Callbacks{
          {},
          {},
          [this] (const view::Message &message) { offer_ = message; },
          [this] (const std::optional<std::string> &) { next_.arm_now (); } });
}

OfferWithdrawer::~OfferWithdrawer ()
{
  if (nullptr != query_)
    GNUNET_SOCIAL_query_cancel (query_);
}

std::optional<base::SendTag>
OfferWithdrawer::key () const
{
  const std::string *const key
      = offer_ ? offer_->find (offer_key_variable) : nullptr;
  return nullptr == key ? std::nullopt : offer_key_from_text (*key);
}

void
OfferWithdrawer::withdraw ()
{
  callbacks_.on_progress ();
  if (! key ())
    return end ({ Withdrawal::End::no_offer, {}, GNUNET_SOCIAL_OK, {} });
  if (author_of (*offer_, place_) != view::key_text (place_.ego_key))
    return end ({ Withdrawal::End::of_others, {}, GNUNET_SOCIAL_OK, {} });
  const auto tag = shell::to_gnunet<struct GNUNET_Uuid> (*key ());
  query_ = GNUNET_SOCIAL_withdraw_file (app_, &place_.key, &tag,
                                        &OfferWithdrawer::on_forgotten, this);
}

void
OfferWithdrawer::on_forgotten (void *cls, enum GNUNET_SOCIAL_Result result,
                               const struct GNUNET_SOCIAL_PlaceInfo *,
                               const char *text) noexcept
{
  auto *self = static_cast<OfferWithdrawer *> (cls);
  self->query_ = nullptr;
  if (GNUNET_SOCIAL_OK != result)
    return self->end (
        { Withdrawal::End::refused, {}, result, view::optional_text (text) });
  self->say ();
}

// Said twice it is one message.
void
OfferWithdrawer::say ()
{
  const std::string key_words = offer_key_text (*key ());
  Speaker::Wanted wanted;
  wanted.place = place_.key;
  wanted.tag = tag_of ("withdraw " + place_.view.key + " " + key_words);
  speaker_ = std::make_unique<Speaker> (
      app_, wanted,
      Speaker::Callbacks{
          [] {},
          [this] (const Said &said)
          {
            callbacks_.on_progress ();
            if (said.is_final ())
              end ({ Withdrawal::End::said, said, GNUNET_SOCIAL_OK, {} });
          } });
  (void)speaker_->head (
      offer_withdrawn_method,
      { { psyc::Operator::set, offer_key_variable, key_words } });
  speaker_->body (base::as_bytes (offer_withdrawn_words));
  speaker_->end ();
}

void
OfferWithdrawer::end (Withdrawal withdrawal)
{
  withdrawal_ = std::move (withdrawal);
  ending_.arm_now ();
}
} // namespace social::client
