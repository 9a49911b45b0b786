// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/gateway/shell/people.hpp"

#include "shell/keys.hpp"

namespace social::gateway
{
People::People (const std::vector<Ego> &egos,
                const std::vector<NameGiven> &names)
{
  // Our egos go by their own names.
  for (const Ego &ego : egos)
  {
    own_.insert (ego.key);
    names_.emplace (ego.key, ego.name);
  }
  for (const NameGiven &name : names)
    names_.emplace (name.key, name.label);
}

view::MessageView
People::view_of (const view::Message &message, const view::Place &place,
                 bool is_historic) const
{
  view::MessageView out;
  out.message = &message;
  out.place = place.view.key;
  out.is_historic = is_historic;
  out.author = view::author_of (message, place);
  if (out.author)
  {
    // The ego that we are there as may be newer than the list.
    const bool is_ego = view::key_text (place.ego_key) == *out.author;
    const auto name = names_.find (*out.author);
    if (name != names_.end ())
      out.author_name = name->second;
    else if (is_ego)
      out.author_name = place.view.ego;
    out.is_mine = is_ego || own_.contains (*out.author);
  }
  const auto said = view::time_said (message);
  out.is_time_local = ! said;
  out.time = said.value_or (static_cast<std::uint64_t> (
      ::shell::now ().time_since_epoch ().count ()));
  return out;
}

void
with_people (Query &query, GNUNET_SOCIAL_App *app,
             std::function<void (People)> go_on)
{
  query.list_egos (
      app,
      [&query, app, go_on = std::move (go_on)] (std::vector<Ego> egos)
      {
        query.list_names (app, [egos, go_on] (std::vector<NameGiven> names)
                          { go_on (People (egos, names)); });
      });
}
} // namespace social::gateway
