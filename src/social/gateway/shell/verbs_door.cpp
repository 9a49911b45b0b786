// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Answers at the door, and throwing out.
#include "social/gateway/shell/work.hpp"

namespace social::gateway
{
namespace
{
// Does something to the nym that the path names, in a place of ours.
class NymVerb : public Work
{
public:
  using Work::Work;

protected:
  void
  with_named_nym ()
  {
    with_own_place (
        [this] (const view::Place &place)
        {
          with_nym (place, captured (1),
                    [this, place] (const view::Nym &nym) { act (place, nym); });
        });
  }

  void
  answer_done (const Outcome &outcome)
  {
    if (GNUNET_SOCIAL_OK == outcome.result)
      answer_empty ();
    else
      fail (outcome, captured (1));
  }

private:
  virtual void act (const view::Place &place, const view::Nym &nym) = 0;
};

class AnswerDoor final : public NymVerb
{
public:
  using NymVerb::NymVerb;

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
    with_named_nym ();
  }

private:
  void
  act (const view::Place &place, const view::Nym &nym) override
  {
    ask (
        [&] (auto cb, void *cls)
        {
          return GNUNET_SOCIAL_door_answer (
              app (), &place.key, &nym.key,
              is_admitted_ ? GNUNET_YES : GNUNET_NO,
              message_ ? message_->c_str () : nullptr, cb, cls);
        },
        [this] (const Outcome &outcome) { answer_done (outcome); });
  }

  bool is_admitted_ = false;
  std::optional<std::string> message_;
};

class Eject final : public NymVerb
{
public:
  using NymVerb::NymVerb;

  void
  start () override
  {
    message_ = words_.text ("message");
    with_named_nym ();
  }

private:
  void
  act (const view::Place &place, const view::Nym &nym) override
  {
    ask (
        [&] (auto cb, void *cls)
        {
          return GNUNET_SOCIAL_eject_nym (
              app (), &place.key, &nym.key,
              message_ ? message_->c_str () : nullptr, cb, cls);
        },
        [this] (const Outcome &outcome) { answer_done (outcome); });
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
