// SPDX-License-Identifier: AGPL-3.0-or-later
//
// All messages of all services: what is decoded encodes to the same bytes,
// what is made from a declaration is decoded, and bytes are never more than
// they say.
#include "multicast/multicast_messages.hpp"
#include "multicast/peer_messages.hpp"
#include "psyc/psyc_messages.hpp"
#include "psycstore/psycstore_messages.hpp"
#include "social/social_messages.hpp"
#include "wire_maker.hpp"

namespace
{
using fuzz::Input;
using fuzz::require;

base::Bytes
blob (Input &input)
{
  return base::to_bytes (input.bytes (input.pick (64)));
}

template <typename List>
void
check_bytes (base::ByteView bytes)
{
  (void)List::dispatch (bytes,
                        [&] (const auto &message)
                        {
                          const auto again = wire::encode (message);
                          require (again
                                   && std::equal (again->begin (),
                                                  again->end (), bytes.begin (),
                                                  bytes.end ()));
                        });
}

template <typename List>
void
check_list (base::ByteView data)
{
  check_bytes<List> (data);
  Input input (data);
  fuzz::WireMaker maker (input, &blob);
  const auto made = maker.message<List> ();
  check_bytes<List> (made);
}
} // namespace

extern "C" int
LLVMFuzzerTestOneInput (const std::uint8_t *data, std::size_t size)
{
  if (size < 1 || size > 60000)
    return 0;
  const base::ByteView bytes{ data + 1, size - 1 };
  switch (data[0] % 9)
  {
  case 0:
    check_list<multicast::ClientMessages> (bytes);
    break;
  case 1:
    check_list<multicast::ServiceMessages> (bytes);
    break;
  case 2:
    check_list<multicast::FromChild> (bytes);
    check_list<multicast::FromParent> (bytes);
    break;
  case 3:
    check_list<psyc::local::ClientMessages> (bytes);
    break;
  case 4:
    check_list<psyc::local::ServiceMessages> (bytes);
    break;
  case 5:
    check_list<psycstore::ClientMessages> (bytes);
    break;
  case 6:
    check_list<psycstore::ServiceMessages> (bytes);
    break;
  case 7:
    check_list<social::AppMessages> (bytes);
    break;
  default:
    check_list<social::SocialMessages> (bytes);
    break;
  }
  return 0;
}
