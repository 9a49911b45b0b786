// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Which of our places is meant: by a name that it goes by here, by its key,
// else by what GNS says of the name (remembered as one more of its names).
#include "social/core/core.hpp"

#include <algorithm>

#include "social/core/place_names.hpp"

namespace social
{
namespace
{
// As for entering: a no is believed when it was repeated.
constexpr int no_believed = 3;
constexpr base::Duration no_period = base::milliseconds (700);
constexpr base::Duration look_up_period = base::seconds (5);
constexpr std::size_t searches_max = 256;

constexpr const char *nothing_found
    = "no such place here: gnunet-social places lists them";
} // namespace

void
Core::on_message (ClientId client, const AppPlaceFind &message)
{
  const QueryId query{ client, message.query_id };
  if (! open_query (client, message.query_id))
    return;
  if (message.text.empty () || message.text.size () > name_length_max)
    return answer (query, ResultCode::not_found, nullptr,
                   "say the name or the key of a place");
  when_egos_complete ([this, query, message]
                      { find_place_for (query, message); });
}

void
Core::find_place_for (const QueryId &query, const AppPlaceFind &message)
{
  // A name or whole key before the start of a key, places in use before those
  // that were left, the host's side of a place before the guest's.
  const Place *best = nullptr;
  int best_rank = 0;
  bool is_ambiguous = false;
  for (const auto &[ref, place] : places_)
  {
    const bool is_others
        = message.ego && ! message.ego->is_zero () && ref.ego != *message.ego;
    const int rank = is_others ? 0 : rank_of (place, message.text);
    if (0 == rank)
      continue;
    if (rank == best_rank)
      is_ambiguous = true;
    if (rank <= best_rank)
      continue;
    is_ambiguous = false;
    best = &place;
    best_rank = rank;
  }
  if (nullptr == best)
    return search_place (query, message);
  if (is_ambiguous)
    return answer (query, ResultCode::ambiguous, nullptr,
                   "several places go by this name: say more of the key, or "
                   "name the ego with --ego");
  answer (query, ResultCode::ok, best, {});
}

int
Core::rank_of (const Place &place, const std::string &text) const
{
  const std::string key = keys_.place_text (place.ref.key);
  const std::string name = normalized_name (text, keys_);
  const bool is_named
      = key == text || info_of (place).name == name || goes_by (place, name);
  if (! is_named && (text.size () < 4 || ! key.starts_with (text)))
    return 0;
  return (is_named ? 20 : 10) + (Ending::none == place.ending ? 5 : 0)
         + (Role::host == place.role ? 1 : 0);
}

// ----------------------------------------------------------------- by GNS

void
Core::search_place (const QueryId &query, const AppPlaceFind &message)
{
  const auto wanted = message.ego.value_or (base::MemberKey{});
  const std::string name = normalized_name (message.text, keys_);
  const Ego *ego = wanted.is_zero () ? nullptr : ego_by_key (wanted);
  for (const auto &e : egos_)
    if (nullptr == ego && wanted.is_zero () && e.may_act ())
      ego = &e;
  const auto question = nullptr == ego ? std::nullopt
                                       : question_of (name, ego->zone, egos_,
                                                      config_.zones, keys_);
  if (! question || places_.empty () || searches_.size () >= searches_max)
    return answer (query, ResultCode::not_found, nullptr, nothing_found);
  searches_.push_back ({ query, wanted, name, *question, 0, 0, now_ });
  search_due ();
}

void
Core::search_due ()
{
  // Nobody waits for these any more.
  for (const auto &search : searches_)
    if (! is_open (search.query) && 0 != search.id)
      effects_.push_back (CancelLookUp{ search.id });
  std::erase_if (searches_, [this] (const Search &search)
                 { return ! is_open (search.query); });
  for (auto &search : searches_)
  {
    if (search.next > now_)
      continue;
    if (0 != search.id)
      effects_.push_back (CancelLookUp{ search.id });
    search.id = ++last_id_;
    search.next = now_ + look_up_period;
    ask_gns (search.id, search.question, {});
  }
}

// True: the answer was to one of these.
bool
Core::on_searched (std::uint64_t id, const std::optional<FoundPlace> &found)
{
  const auto it = std::find_if (searches_.begin (), searches_.end (),
                                [id] (const Search &s) { return s.id == id; });
  if (searches_.end () == it)
    return false;
  it->id = 0;
  if (! found && ++it->no_count < no_believed)
  {
    it->next = now_ + no_period;
    return true;
  }
  const Search search = *it;
  searches_.erase (it);
  const Place *known
      = found ? find_place ({ found->place, search.ego }) : nullptr;
  if (nullptr == known)
  {
    answer (search.query, ResultCode::not_found, nullptr,
            found ? "we are not in that place: enter it first" : nothing_found);
    return true;
  }
  Place place = *known;
  if (Role::guest == place.role && add_name (place, search.text)
      && ! commit ({ PutPlace{ place } }))
    put_place (place);
  answer (search.query, ResultCode::ok, place_by_ref (place.ref), {});
  return true;
}
} // namespace social
