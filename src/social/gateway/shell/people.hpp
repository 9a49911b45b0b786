// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Who is who: our egos and the names that we gave, for the authors of
// messages.
#pragma once

#include <map>
#include <set>

#include "social/gateway/shell/query.hpp"

namespace social::gateway
{
class People
{
public:
  People () = default;
  People (const std::vector<Ego> &egos, const std::vector<NameGiven> &names);

  // Borrows `message`.
  [[nodiscard]] view::MessageView view_of (const view::Message &message,
                                           const view::Place &place,
                                           bool is_historic) const;

private:
  std::set<std::string> own_;
  std::map<std::string, std::string> names_; // by tagged key
};

// Asks for both lists; `query` is used for it.
void with_people (Query &query, GNUNET_SOCIAL_App *app,
                  std::function<void (People)> go_on);
} // namespace social::gateway
