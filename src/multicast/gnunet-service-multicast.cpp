// SPDX-License-Identifier: AGPL-3.0-or-later
//
// gnunet-service-multicast. The tour of the service begins here:
//
//   multicast_messages.hpp     what libgnunetmulticast and we say to each other
//   shell/service.hpp          clients and the groups that they opened
//   shell/group.hpp            the pump: input -> core -> effects -> timer
//   shell/origin_group.hpp     one origin: its core, its clients, its port
//   shell/member_group.hpp     one membership
//   shell/network.hpp          CADET for all of them
//   core/origin_core.hpp       what an origin decides, without any I/O
//   core/member_core.hpp       what a membership decides
//   fragment_messages.hpp      the two signed things that travel
//
// and on the other side of the socket multicast_api.hpp.
#include "multicast/shell/service.hpp"

int
main (int argc, char *const *argv)
{
  multicast::Service service;
  return shell::run_service<multicast::ClientMessages> (argc, argv, "multicast",
                                                        service);
}
