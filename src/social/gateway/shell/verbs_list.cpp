// SPDX-License-Identifier: AGPL-3.0-or-later
//
// status, egos, places, one place, nyms, the door's queue.
#include "social/gateway/shell/work.hpp"

namespace social::gateway
{
namespace
{
class Status final : public Work
{
public:
  using Work::Work;

  void
  start () override
  {
    if (is_refused (words_.problem_found ()))
      return;
    query_.status (app (), [this] (const view::StatusView &status)
                   { answer_json (200, view::json_line (status)); });
  }
};

class Egos final : public Work
{
public:
  using Work::Work;

  void
  start () override
  {
    if (is_refused (words_.problem_found ()))
      return;
    query_.list_egos (app (),
                      [this] (const std::vector<Ego> &egos)
                      {
                        std::vector<std::string> lines;
                        for (const Ego &ego : egos)
                          lines.push_back (view::json_ego (
                              ego.name, ego.key, nullptr != ego.handle));
                        answer_json (200, json_list ("egos", lines));
                      });
  }
};

class Places final : public Work
{
public:
  using Work::Work;

  void
  start () override
  {
    if (is_refused (words_.problem_found ()))
      return;
    query_.list_places (app (),
                        [this] (const std::vector<view::Place> &places)
                        {
                          std::vector<std::string> lines;
                          for (const view::Place &place : places)
                            lines.push_back (view::json_line (place.view));
                          answer_json (200, json_list ("places", lines));
                        });
  }
};

class OnePlace final : public Work
{
public:
  using Work::Work;

  void
  start () override
  {
    with_place ([this] (const view::Place &place)
                { answer_json (200, view::json_line (place.view)); });
  }
};

class Nyms : public Work
{
public:
  using Work::Work;

  void
  start () override
  {
    with_place ([this] (const view::Place &place) { list (place, {}); });
  }

protected:
  // Of one state, or all.
  void
  list (const view::Place &place, const std::string &state)
  {
    query_.list_nyms (app (), place,
                      [this, state] (const std::vector<view::Nym> &nyms)
                      {
                        std::vector<std::string> lines;
                        for (const view::Nym &nym : nyms)
                          if (state.empty () || nym.view.state == state)
                            lines.push_back (view::json_line (nym.view));
                        answer_json (200, json_list ("nyms", lines));
                      });
  }
};

class Door final : public Nyms
{
public:
  using Nyms::Nyms;

  void
  start () override
  {
    with_own_place ([this] (const view::Place &place)
                    { list (place, "waiting"); });
  }
};
} // namespace

Made
make_status (const Context &context)
{
  return std::make_unique<Status> (context);
}

Made
make_egos (const Context &context)
{
  return std::make_unique<Egos> (context);
}

Made
make_places (const Context &context)
{
  return std::make_unique<Places> (context);
}

Made
make_place (const Context &context)
{
  return std::make_unique<OnePlace> (context);
}

Made
make_nyms (const Context &context)
{
  return std::make_unique<Nyms> (context);
}

Made
make_door (const Context &context)
{
  return std::make_unique<Door> (context);
}
} // namespace social::gateway
