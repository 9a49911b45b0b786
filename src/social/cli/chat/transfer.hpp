// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Files of a chat, as send-file and get-file move them (doc/spec/files.md): one
// is read for its hash and said piece by piece as the library takes it, one is
// fetched into a part that gets its name when it is whole and what was said.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "social/cli/chat/room.hpp"
#include "social/cli/file_hash.hpp"
#include "social/cli/part_file.hpp"
#include "social/client/reader.hpp"

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
  void read_on ();
  [[nodiscard]] bool read ();
  void begin ();
  void end_body ();
  void on_state (const client::Said &said);
  void end (const std::string &error);

  Room &room_;
  const std::string path_;
  const OnTransferred on_end_;
  int fd_ = -1;
  std::uint64_t size_ = 0;
  std::uint64_t position_ = 0;
  std::optional<FileHash> hash_{ std::in_place };
  std::string hash_text_; // of the first reading
  std::unique_ptr<Speaker> speaker_;
  bool is_given_ = false; // all of it, to the service
  bool is_over_ = false;
  shell::Timer read_on_;
};

class IncomingFile
{
public:
  // `path` empty: the name that the message says, in the working folder.
  IncomingFile (Room &room, std::uint64_t id, std::string path,
                OnTransferred on_end);
  IncomingFile (const IncomingFile &) = delete;
  IncomingFile &operator= (const IncomingFile &) = delete;

  void start ();
  [[nodiscard]] bool
  is_over () const
  {
    return is_over_;
  }

private:
  void take (const Message &message, base::ByteView bytes);
  [[nodiscard]] bool open (const Message &message);
  void on_message (const Message &message);
  [[nodiscard]] bool is_as_said (const Message &message);
  void on_end (const std::optional<std::string> &error);
  void end (const std::string &error);

  Room &room_;
  const std::uint64_t id_;
  const std::string path_; // as wanted
  const OnTransferred on_end_;
  bool is_over_ = false;
  PartFile file_;
  FileHash hash_;
  std::unique_ptr<client::Reader> reader_;
};
} // namespace social::cli::chat
