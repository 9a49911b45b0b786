// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Names that we give: PKEY records for nyms, PLACE records for places.
#include "social/core/core.hpp"

#include <algorithm>

namespace social
{
namespace
{
bool
is_label (std::string_view label)
{
  return ! label.empty () && label.size () <= 63
         && std::string_view::npos == label.find ('.');
}

constexpr std::string_view label_rule = "a label has 1 to 63 bytes and no dots";
} // namespace

void
Core::on_message (ClientId client, const AppNameNym &message)
{
  const QueryId query{ client, message.query_id };
  if (! open_query (client, message.query_id))
    return;
  if (! is_label (message.label))
    return answer (query, ResultCode::failed, nullptr,
                   std::string (label_rule));
  if (36 != message.zone.size ())
    return answer (query, ResultCode::failed, nullptr,
                   "the key of the zone is malformed");
  when_egos_complete (
      [this, query, message]
      {
        const Ego *ego = acting_ego (query, message.ego);
        if (nullptr == ego)
          return;
        StoreRecord effect;
        effect.id = ++last_id_;
        effect.ego = ego->key ();
        effect.label = keys_.normalized_label (message.label);
        effect.kind = RecordKind::zone;
        effect.zone = message.zone;
        effect.expires = message.expires;
        record_queries_.emplace (effect.id, query);
        effects_.push_back (std::move (effect));
      });
}

void
Core::on_message (ClientId client, const AppPublishPlace &message)
{
  const QueryId query{ client, message.query_id };
  if (! open_query (client, message.query_id))
    return;
  if (! is_label (message.label))
    return answer (query, ResultCode::failed, nullptr,
                   std::string (label_rule));
  if (message.password.size () > name_length_max)
    return answer (query, ResultCode::failed, nullptr,
                   "a password has at most 255 bytes");
  if (message.relays.size () > 256)
    return answer (query, ResultCode::failed, nullptr, "too many relays");
  if (! message.origin && own_peer_.is_zero ())
    return answer (query, ResultCode::failed, nullptr,
                   "this peer's identity is not known yet: is CORE running?");
  when_egos_complete (
      [this, query, message]
      {
        const Ego *ego = acting_ego (query, message.ego);
        if (nullptr == ego)
          return;
        StoreRecord effect;
        effect.id = ++last_id_;
        effect.ego = ego->key ();
        effect.label = keys_.normalized_label (message.label);
        effect.kind = RecordKind::place;
        effect.place = message.place;
        effect.origin = message.origin.value_or (own_peer_);
        effect.relays = message.relays;
        effect.password = message.password;
        effect.expires = message.expires;
        record_queries_.emplace (effect.id, query);
        effects_.push_back (std::move (effect));
      });
}

void
Core::on_message (ClientId client, const AppNamesGet &message)
{
  if (! open_query (client, message.query_id))
    return;
  for (const auto &[ego, labels] : labels_)
    if (! message.ego || *message.ego == ego)
      for (const auto &[label, nym] : labels)
        tell (client, SocialName{ message.query_id, ego, label, nym });
  answer ({ client, message.query_id }, ResultCode::ok, nullptr, {});
}

void
Core::on_zone_name (const base::MemberKey &ego, const std::string &label,
                    const std::optional<base::MemberKey> &nym)
{
  auto &labels = labels_[ego];
  if (nym)
    labels.insert_or_assign (label, *nym);
  else
    labels.erase (label);
}

std::optional<std::string>
Core::name_of (const base::MemberKey &ego, const base::MemberKey &nym) const
{
  const auto labels = labels_.find (ego);
  if (labels_.end () == labels)
    return std::nullopt;
  const auto label
      = std::find_if (labels->second.begin (), labels->second.end (),
                      [&] (const auto &entry) { return entry.second == nym; });
  if (labels->second.end () == label)
    return std::nullopt;
  return label->first;
}
} // namespace social
