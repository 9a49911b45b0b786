// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Answers at the door, and throwing out.
#include "social/gateway/shell/work.hpp"

namespace social::gateway
{
namespace
{
class AnswerDoor final : public Work
{
public:
  using Work::Work;

  void
  start () override
  {
    Input input (exchange_.request ().body);
    const auto is_admitted = input.flag ("admit");
    if (! is_admitted)
      input.refuse ("admit", "'admit' is needed: true or false");
    message_ = input.text ("message");
    if (is_refused (input.problem_found ()))
      return;
    is_admitted_ = *is_admitted;
    with_own_place (
        [this] (const view::Place &place)
        {
          with_nym (place, captured (1),
                    [this, place] (const view::Nym &nym)
                    { decide (place, nym); });
        });
  }

private:
  void
  decide (const view::Place &place, const view::Nym &nym)
  {
    ask (
        [&] (auto cb, void *cls)
        {
          return GNUNET_SOCIAL_door_answer (
              app (), &place.key, &nym.key,
              is_admitted_ ? GNUNET_YES : GNUNET_NO,
              message_ ? message_->c_str () : nullptr, cb, cls);
        },
        [this] (const Outcome &outcome)
        {
          if (GNUNET_SOCIAL_OK == outcome.result)
            answer_empty ();
          else
            fail (outcome, captured (1));
        });
  }

  bool is_admitted_ = false;
  std::optional<std::string> message_;
};

class Eject final : public Work
{
public:
  using Work::Work;

  void
  start () override
  {
    message_ = words_.text ("message");
    with_own_place (
        [this] (const view::Place &place)
        {
          with_nym (place, captured (1),
                    [this, place] (const view::Nym &nym)
                    { eject (place, nym); });
        });
  }

private:
  void
  eject (const view::Place &place, const view::Nym &nym)
  {
    ask (
        [&] (auto cb, void *cls)
        {
          return GNUNET_SOCIAL_eject_nym (
              app (), &place.key, &nym.key,
              message_ ? message_->c_str () : nullptr, cb, cls);
        },
        [this] (const Outcome &outcome)
        {
          if (GNUNET_SOCIAL_OK == outcome.result)
            answer_empty ();
          else
            fail (outcome, captured (1));
        });
  }

  std::optional<std::string> message_;
};
} // namespace

Made
make_answer_door (const Context &context)
{
  return std::make_unique<AnswerDoor> (context);
}

Made
make_eject (const Context &context)
{
  return std::make_unique<Eject> (context);
}
} // namespace social::gateway
