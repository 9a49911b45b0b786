// SPDX-License-Identifier: AGPL-3.0-or-later
//
// See psyc_api_begun.hpp.
#include "psyc/psyc_api_begun.hpp"

#include "psyc/message/part_checker.hpp"
#include "psyc/psyc_api_delivery.hpp"

namespace psyc::api
{
bool
BegunMessages::takes (base::ByteView fragment)
{
  struct GNUNET_PSYC_MessageHeader header;
  std::memcpy (&header, fragment.data (), sizeof (header));
  const std::uint64_t message_id = GNUNET_ntohll (header.message_id);
  if (0 == header.fragment_offset)
    begun_.insert (message_id);
  else if (! begun_.contains (message_id))
    return false;
  const RunCheck check = check_run (parts_of (fragment));
  if (0 != check.count
      && (PartType::end == check.last || PartType::cancel == check.last))
    begun_.erase (message_id);
  if (begun_.size () > begun_max)
    begun_.erase (begun_.begin ());
  return true;
}
} // namespace psyc::api
