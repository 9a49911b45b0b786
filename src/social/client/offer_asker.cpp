// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/client/offer_asker.hpp"

#include <utility>

#include "psyc/message/names.hpp"
#include "shell/message_queue.hpp"
#include "social/view/offer_book.hpp"
#include "social/view/text.hpp"

namespace social::client
{
OfferAsker::OfferAsker (GNUNET_SOCIAL_App *app,
                        const struct GNUNET_CRYPTO_EddsaPublicKey &place,
                        const view::Message &offer, Callbacks callbacks)
    : app_ (app), place_ (place), offer_ (offer),
      callbacks_ (std::move (callbacks)),
      next_ (
          [this]
          {
            if (! last_)
              std::exchange (next_step_, nullptr) ();
          }),
      ending_ (
          [last = &last_]
          {
            const auto now = *last;
            now (); // may destroy us
          })
{
  if (callbacks_.on_asking)
    callbacks_.on_asking ();
  // From now on, before we look back: nothing falls in between.
  follower_
      = GNUNET_SOCIAL_follow (app_, &place_, UINT64_MAX, &OfferAsker::on_start,
                              &OfferAsker::on_fragment, nullptr, this);
}

OfferAsker::~OfferAsker ()
{
  if (nullptr != follower_)
    GNUNET_SOCIAL_follower_destroy (follower_);
}

void
OfferAsker::end (std::function<void ()> last)
{
  if (last_)
    return;
  last_ = std::move (last);
  ending_.arm_now (); // what called us is one of ours
}

void
OfferAsker::succeed (std::uint64_t id)
{
  end ([on_file = callbacks_.on_file, id] { on_file (id); });
}

void
OfferAsker::fail (const std::string &reason)
{
  end ([on_failed = callbacks_.on_failed, reason]
       { on_failed (reason.empty () ? "no reason was given" : reason); });
}

void
OfferAsker::on_start (void *cls, int result, std::uint64_t,
                      std::uint64_t) noexcept
{
  auto *self = static_cast<OfferAsker *> (cls);
  if (GNUNET_SYSERR == result)
  {
    self->follower_ = nullptr;
    return self->fail ("the place cannot be read any more");
  }
  self->look ();
}

// Was it said, or withdrawn? What failed may be had today.
void
OfferAsker::look ()
{
  look_for (offer_said_method,
            [this] { look_for (offer_withdrawn_method, [this] { ask (); }); });
}

void
OfferAsker::look_for (const char *method, std::function<void ()> or_else)
{
  Reader::Wanted wanted;
  wanted.first = offer_.id;
  wanted.method = method;
  next_step_ = std::move (or_else);
  reader_ = std::make_unique<Reader> (
      app_, place_, wanted,
      Reader::Callbacks{
          callbacks_.on_asking,
          {},
          [this] (const view::Message &message) { take_answer (message); },
          [this] (const std::optional<std::string> &) { next_.arm_now (); } });
}

void
OfferAsker::ask ()
{
  Speaker::Wanted wanted;
  wanted.place = place_;
  if (callbacks_.on_asking)
    callbacks_.on_asking ();
  speaker_ = std::make_unique<Speaker> (
      app_, wanted,
      Speaker::Callbacks{ [] {},
                          [this] (const Said &said)
                          {
                            callbacks_.on_asked ();
                            if (said.is_final ()
                                && *said.state != GNUNET_PSYC_SEND_STORED
                                && *said.state != GNUNET_PSYC_SEND_ACCEPTED)
                              fail (said.reason);
                          } });
  const std::string *const key = offer_.find (offer_key_variable);
  if (nullptr == key
      || ! speaker_->head (
          offer_request_method,
          { { psyc::Operator::set, offer_key_variable, *key } }))
    return fail ("the offer is malformed");
  speaker_->end ();
}

void
OfferAsker::take_answer (const view::Message &message)
{
  if (! view::is_same_offer (message, offer_))
    return;
  if (psyc::is_a (message.method, offer_failure_method))
    return fail (message.body);
  const std::string *const id = message.find (offer_file_variable);
  const auto number = nullptr == id ? std::nullopt : view::parse_id (*id);
  if (psyc::is_a (message.method, offer_said_method) && number)
    succeed (*number);
}

void
OfferAsker::on_fragment (void *cls, std::uint64_t,
                         const struct GNUNET_PSYC_MessageHeader *msg) noexcept
{
  const auto fragment
      = view::parse_fragment (shell::message_bytes (&msg->header));
  if (fragment)
    static_cast<OfferAsker *> (cls)->take (*fragment);
}

void
OfferAsker::take (const view::Fragment &fragment)
{
  if (last_)
    return;
  const auto completed = assembler_.take (fragment);
  const view::Message *const message
      = completed ? &completed->message
                  : assembler_.begun (fragment.message_id);
  if (nullptr == message || (completed && completed->is_partial))
    return;
  if (view::is_file_of_offer (*message, offer_))
    return succeed (message->id);
  if (completed)
    take_answer (*message);
}
} // namespace social::client
