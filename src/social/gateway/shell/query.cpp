// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/gateway/shell/query.hpp"

namespace social::gateway
{
namespace
{
struct Asking
{
  GNUNET_SOCIAL_Query **query;
  Query::OnOutcome on_outcome;
};

struct AskingStatus
{
  GNUNET_SOCIAL_Query **query;
  std::function<void (view::StatusView)> on_status;
};

void
on_result (void *cls, enum GNUNET_SOCIAL_Result result,
           const struct GNUNET_SOCIAL_PlaceInfo *place,
           const char *text) noexcept
{
  const auto *asking = static_cast<Asking *> (cls);
  Outcome outcome;
  outcome.result = result;
  if (nullptr != place)
    outcome.place = view::to_place (*place);
  outcome.text = view::optional_text (text);
  if (GNUNET_SOCIAL_PENDING != result)
    *asking->query = nullptr;
  const auto on_outcome = asking->on_outcome; // it may free `asking`
  on_outcome (std::move (outcome));
}
} // namespace

template <typename Info, typename Item> struct Query::List
{
  GNUNET_SOCIAL_Query **query;
  std::function<Item (const Info &)> convert;
  OnList<Item> on_list;
  std::vector<Item> items;

  static void
  on_info (void *cls, const Info *info) noexcept
  {
    auto *list = static_cast<List *> (cls);
    if (nullptr != info)
    {
      list->items.push_back (list->convert (*info));
      return;
    }
    *list->query = nullptr;
    const auto on_list = std::move (list->on_list);
    on_list (std::move (list->items));
  }
};

template <typename Info, typename Item, typename StartList>
void
Query::list (StartList start, std::function<Item (const Info &)> convert,
             OnList<Item> on_list)
{
  cancel ();
  using Asked = List<Info, Item>;
  auto asked = std::make_shared<Asked> (
      Asked{ &query_, std::move (convert), std::move (on_list), {} });
  closure_ = asked;
  query_ = start (&Asked::on_info, asked.get ());
}

void
Query::cancel ()
{
  if (nullptr != query_)
    GNUNET_SOCIAL_query_cancel (std::exchange (query_, nullptr));
}

bool
Query::ask (const Start &start, OnOutcome on_outcome)
{
  cancel ();
  auto asking
      = std::make_shared<Asking> (Asking{ &query_, std::move (on_outcome) });
  closure_ = asking;
  query_ = start (&on_result, asking.get ());
  return nullptr != query_;
}

void
Query::list_egos (GNUNET_SOCIAL_App *app, OnList<Ego> on_list)
{
  list<struct GNUNET_SOCIAL_EgoInfo, Ego> (
      [app] (auto cb, void *cls)
      { return GNUNET_SOCIAL_egos_get (app, cb, cls); },
      [] (const auto &info)
      {
        return Ego{ info.name, view::key_text (info.key),
                    const_cast<GNUNET_SOCIAL_Ego *> (info.ego) };
      },
      std::move (on_list));
}

void
Query::list_places (GNUNET_SOCIAL_App *app, OnList<view::Place> on_list)
{
  list<struct GNUNET_SOCIAL_PlaceInfo, view::Place> (
      [app] (auto cb, void *cls)
      { return GNUNET_SOCIAL_places_get (app, cb, cls); },
      [] (const auto &info) { return view::to_place (info); },
      std::move (on_list));
}

void
Query::list_nyms (GNUNET_SOCIAL_App *app, const view::Place &place,
                  OnList<view::Nym> on_list)
{
  list<struct GNUNET_SOCIAL_NymInfo, view::Nym> (
      [app, &place] (auto cb, void *cls)
      { return GNUNET_SOCIAL_nyms_get (app, &place.key, cb, cls); },
      [key = place.view.key] (const auto &info)
      { return view::to_nym (key, info); },
      std::move (on_list));
}

void
Query::list_names (GNUNET_SOCIAL_App *app, OnList<NameGiven> on_list)
{
  list<struct GNUNET_SOCIAL_NameInfo, NameGiven> (
      [app] (auto cb, void *cls)
      { return GNUNET_SOCIAL_names_get (app, nullptr, cb, cls); },
      [] (const auto &info) {
        return NameGiven{ info.name, view::key_text (info.key) };
      },
      std::move (on_list));
}

void
Query::status (GNUNET_SOCIAL_App *app,
               std::function<void (view::StatusView)> on_status)
{
  cancel ();
  auto asking = std::make_shared<AskingStatus> (
      AskingStatus{ &query_, std::move (on_status) });
  closure_ = asking;
  query_ = GNUNET_SOCIAL_status_get (
      app,
      [] (void *cls, const struct GNUNET_SOCIAL_StatusInfo *info) noexcept
      {
        const auto *self = static_cast<AskingStatus *> (cls);
        *self->query = nullptr;
        const auto on_answer = self->on_status;
        on_answer (view::to_status (*info));
      },
      asking.get ());
}
} // namespace social::gateway
