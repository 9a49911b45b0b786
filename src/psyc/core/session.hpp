// SPDX-License-Identifier: AGPL-3.0-or-later
//
// One client's connection to a channel: who it is, its reader, its streams.
#pragma once

#include <map>
#include <memory>

#include "psyc/core/history.hpp"
#include "psyc/core/reader.hpp"

namespace psyc::core
{
enum class SessionKind : std::uint8_t
{
  master,
  slave,
  observer,
};

struct Session
{
  ClientId client;
  SessionKind kind = SessionKind::observer;
  local::MasterFlags flags = local::MasterFlags::none;
  std::uint64_t after = local::from_now;
  bool is_local = false; // wants no network
  bool is_started = false;
  std::unique_ptr<LogReader> reader;
  std::map<std::uint64_t, std::unique_ptr<ClientStream>> streams;

  // Reads what is stored, and has no part in the channel itself.
  [[nodiscard]] bool
  is_reader () const
  {
    return SessionKind::observer == kind || is_local;
  }
};
} // namespace psyc::core
