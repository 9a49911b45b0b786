// SPDX-License-Identifier: AGPL-3.0-or-later
//
// gnunet-service-social: places, hosts and guests, doors and names. The tour
// begins in social/core/core.hpp (what it decides) and goes on in
// social/shell/service.hpp (how it hears and acts).
#include "social/shell/service.hpp"

int
main (int argc, char *const *argv)
{
  // On the heap and never freed: GNUnet's last tasks may still refer to it.
  auto *service = new social::Service;
  return shell::run_service<social::AppMessages> (argc, argv, "social",
                                                  *service);
}
