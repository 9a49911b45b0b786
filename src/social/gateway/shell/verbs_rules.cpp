// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Rules: what guests may say and change in a place, and whose bodies are saved.
#include "social/gateway/shell/work.hpp"

namespace social::gateway
{
namespace
{
// One without flags takes the rule away.
class SetRule : public Work
{
public:
  using Work::Work;

protected:
  void
  set (unsigned flags)
  {
    // Without a last segment: all methods, or all objects.
    const std::string prefix = captured_count () > 1 ? captured (1) : "";
    const auto kind = words_.flag ("objects") ? GNUNET_SOCIAL_RULE_OBJECT
                                              : GNUNET_SOCIAL_RULE_METHOD;
    with_place (
        [this, prefix, kind, flags] (const view::Place &place)
        {
          ask (
              [&] (auto cb, void *cls)
              {
                return GNUNET_SOCIAL_rule_set (
                    app (), &place.key, kind, prefix.c_str (),
                    static_cast<enum GNUNET_SOCIAL_MsgProcFlags> (flags), cb,
                    cls);
              },
              [this, prefix] (const Outcome &outcome)
              {
                if (GNUNET_SOCIAL_OK == outcome.result)
                  answer_empty ();
                else
                  fail (outcome, prefix);
              });
        });
  }
};

class PutRule final : public SetRule
{
public:
  using SetRule::SetRule;

  void
  start () override
  {
    Input input (exchange_.request ().body);
    unsigned flags = GNUNET_SOCIAL_MSG_PROC_NONE;
    if (input.flag ("relay").value_or (false))
      flags |= GNUNET_SOCIAL_MSG_PROC_RELAY;
    if (input.flag ("save").value_or (false))
      flags |= GNUNET_SOCIAL_MSG_PROC_SAVE;
    if (! is_refused (input.problem_found ()))
      set (flags);
  }
};

class DropRule final : public SetRule
{
public:
  using SetRule::SetRule;

  void
  start () override
  {
    set (GNUNET_SOCIAL_MSG_PROC_NONE);
  }
};
} // namespace

Made
make_set_rule (const Context &context)
{
  return std::make_unique<PutRule> (context);
}

Made
make_drop_rule (const Context &context)
{
  return std::make_unique<DropRule> (context);
}
} // namespace social::gateway
