// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/core/record_merge.hpp"

#include <algorithm>

namespace social
{
namespace
{
bool
is_delegation (const LabelRecord &record)
{
  return record_pkey == record.type || record_edkey == record.type
         || record_gns2dns == record.type || record_redirect == record.type;
}

// PLACE records begin with the key of the place, delegations are a key.
bool
names_the_same (const LabelRecord &a, const LabelRecord &b)
{
  if (a.type != b.type)
    return false;
  if (record_place != a.type)
    return a.data == b.data;
  return a.data.size () >= 32 && b.data.size () >= 32
         && std::equal (a.data.begin (), a.data.begin () + 32, b.data.begin ());
}

std::string
why_not (const LabelRecord &record, const std::vector<LabelRecord> &others)
{
  if (is_delegation (record))
    return std::any_of (others.begin (), others.end (), is_delegation)
               ? "the label names somebody else already: take another, or "
                 "remove that first with gnunet-namestore"
               : "the label holds other records, and a name for somebody "
                 "shares its label with nothing: take another label";
  if (std::any_of (others.begin (), others.end (), is_delegation))
    return "the label is a name for somebody, which shares its label with "
           "nothing: take another label";
  return "the label names another place already: take another, or remove "
         "that record first with gnunet-namestore";
}
} // namespace

MergedRecords
merge_records (const std::vector<LabelRecord> &there, const LabelRecord &record,
               RecordWish wish)
{
  std::vector<LabelRecord> others;
  std::vector<LabelRecord> ours;
  for (const auto &old : there)
    (names_the_same (old, record) ? ours : others).push_back (old);
  if (RecordWish::remove == wish)
  {
    if (ours.empty ())
      return RecordsUnchanged{};
    return others;
  }
  const bool is_taken = std::any_of (others.begin (), others.end (),
                                     [&] (const LabelRecord &old)
                                     {
                                       return is_delegation (record)
                                              || is_delegation (old)
                                              || old.type == record.type;
                                     });
  if (is_taken)
    return RecordConflict{ why_not (record, others) };
  LabelRecord wanted = record;
  if (is_delegation (record) && ! ours.empty ())
    wanted.flags = (wanted.flags & ~record_is_private)
                   | (ours.front ().flags & record_is_private);
  if (1 == ours.size () && ours.front () == wanted)
    return RecordsUnchanged{};
  others.push_back (std::move (wanted));
  return others;
}
} // namespace social
