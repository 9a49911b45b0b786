// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Files of a chat: one is said piece by piece as the library takes it, one is
// read from the history into a new file, which has its name when it is whole.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "social/cli/chat/room.hpp"

namespace social::cli::chat
{
// Tells once how it ended: which file, and why it failed, or nothing.
using OnTransferred
    = std::function<void (const std::string &path, const std::string &error)>;

class OutgoingFile
{
public:
  OutgoingFile (Room &room, std::string path, OnTransferred on_end);
  OutgoingFile (const OutgoingFile &) = delete;
  OutgoingFile &operator= (const OutgoingFile &) = delete;
  ~OutgoingFile ();

  void start ();
  [[nodiscard]] bool
  is_over () const
  {
    return is_over_;
  }

private:
  void pump ();
  void on_state (const gateway::Said &said);
  void end (const std::string &error);

  Room &room_;
  const std::string path_;
  const OnTransferred on_end_;
  int fd_ = -1;
  std::uint64_t left_ = 0;
  bool is_over_ = false;
  std::unique_ptr<Speaker> speaker_;
  shell::Timer pump_;
};

class IncomingFile
{
public:
  // `path` empty: the name that the message says, in the working folder.
  IncomingFile (Room &room, std::uint64_t id, std::string path,
                OnTransferred on_end);
  IncomingFile (const IncomingFile &) = delete;
  IncomingFile &operator= (const IncomingFile &) = delete;
  ~IncomingFile ();

  void start ();
  [[nodiscard]] bool
  is_over () const
  {
    return is_over_;
  }

private:
  void write (const Message &message, base::ByteView bytes);
  void open (const Message &message);
  void finish (const Message &message);
  void end (const char *error);

  Room &room_;
  const std::uint64_t id_;
  std::string path_;
  const OnTransferred on_end_;
  std::string part_; // its name while it comes
  int fd_ = -1;
  bool is_there_ = false;
  bool is_over_ = false;
  std::string error_;
  std::unique_ptr<History> history_;
};
} // namespace social::cli::chat
