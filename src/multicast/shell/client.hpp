// SPDX-License-Identifier: AGPL-3.0-or-later
//
// One connected client and the group (origin or membership) that it opened.
#pragma once

#include <functional>
#include <optional>

#include "multicast/multicast_messages.hpp"
#include "shell/service_main.hpp"

namespace multicast
{
class Group;

struct Client
{
  shell::ServiceClient *link = nullptr;
  Group *group = nullptr;
  ClientKind kind = ClientKind::extended;
  // It left for good, or broke a rule: nothing it says counts any more.
  bool has_left = false;
  bool is_doomed = false;
  // The core took no more: tried again, and the client read on, once it does.
  // Says whether it was taken.
  std::function<bool ()> stalled;

  template <wire::Message M>
  void
  send (const M &message)
  {
    link->send (message);
  }
};

// What a group made of a client's message.
enum class Verdict
{
  taken,
  stalled,   // read no more from this client for now
  malformed, // drop the client
};
} // namespace multicast
