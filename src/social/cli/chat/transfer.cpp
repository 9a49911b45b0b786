// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/cli/chat/transfer.hpp"

#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "social/cli/translate.hpp"
#include "social/view/text.hpp"

namespace social::cli::chat
{
namespace
{
constexpr std::size_t piece_bytes = std::size_t{ 32 } * 1024;
// At a time, before others have their turn.
constexpr int pieces_at_once = 16;

[[nodiscard]] std::string
system_error ()
{
  return std::strerror (errno);
}
} // namespace

// ----------------------------------------------------------------- outgoing

OutgoingFile::OutgoingFile (Room &room, std::string path, OnTransferred on_end)
    : room_ (room), path_ (std::move (path)), on_end_ (std::move (on_end)),
      pump_ ([this] { pump (); })
{}

OutgoingFile::~OutgoingFile ()
{
  if (fd_ >= 0)
    ::close (fd_);
}

void
OutgoingFile::start ()
{
  // A pipe without a writer would hold up everything.
  fd_ = ::open (path_.c_str (), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat about;
  if (fd_ < 0 || 0 != ::fstat (fd_, &about))
    return end (system_error ());
  if (! S_ISREG (about.st_mode))
    return end (_ ("this is no file"));
  left_ = static_cast<std::uint64_t> (about.st_size);
  Speaker::Wanted wanted;
  wanted.place = room_.place ().key;
  speaker_ = std::make_unique<Speaker> (
      room_.session ().app (), wanted,
      Speaker::Callbacks{ [this] { pump_.arm_now (); },
                          [this] (const gateway::Said &said)
                          { on_state (said); } });
  const auto variable = [] (const char *name, std::string value) {
    return Speaker::Variable{ psyc::Operator::set, name, std::move (value) };
  };
  (void)speaker_->head ("_file",
                        { variable ("_size_file", std::to_string (left_)),
                          variable ("_name_file", safe_file_name (path_)) });
  pump_.arm_now ();
}

void
OutgoingFile::pump ()
{
  std::array<char, piece_bytes> buffer;
  for (int i = 0; i < pieces_at_once && left_ > 0 && ! is_over_; i++)
  {
    if (speaker_->is_full ())
      return; // goes on when there is room
    const ssize_t size = ::read (fd_, buffer.data (),
                                 std::min<std::uint64_t> (left_, piece_bytes));
    if (size <= 0)
    {
      speaker_->give_up ();
      return end (size < 0 ? system_error ()
                           : std::string (_ ("the file became shorter")));
    }
    left_ -= static_cast<std::uint64_t> (size);
    speaker_->body (base::as_bytes (
        std::string_view (buffer.data (), static_cast<std::size_t> (size))));
  }
  if (is_over_)
    return;
  if (0 == left_)
    speaker_->end ();
  else
    pump_.arm_now ();
}

void
OutgoingFile::on_state (const gateway::Said &said)
{
  if (! said.is_final ())
    return;
  const bool is_there = GNUNET_PSYC_SEND_STORED == *said.state
                        || GNUNET_PSYC_SEND_ACCEPTED == *said.state;
  if (is_there)
    return end ({});
  end (said.reason.empty () ? std::string (_ ("no reason was given"))
                            : said.reason);
}

void
OutgoingFile::end (const std::string &error)
{
  if (std::exchange (is_over_, true))
    return;
  pump_.disarm ();
  on_end_ (path_, error);
}

// ----------------------------------------------------------------- incoming

IncomingFile::IncomingFile (Room &room, std::uint64_t id, std::string path,
                            OnTransferred on_end)
    : room_ (room), id_ (id), path_ (std::move (path)),
      on_end_ (std::move (on_end))
{}

IncomingFile::~IncomingFile ()
{
  if (fd_ >= 0)
    ::close (fd_);
  if (! part_.empty ())
    ::unlink (part_.c_str ());
}

void
IncomingFile::start ()
{
  History::Wanted wanted;
  wanted.first = wanted.last = id_;
  wanted.method = "_file";
  wanted.flags = GNUNET_PSYC_HISTORY_REPLAY_REMOTE;
  history_ = std::make_unique<History> (
      room_.session (), room_.place (), wanted,
      History::Callbacks{ [this] (const Message &message, base::ByteView bytes)
                          { write (message, bytes); },
                          [this] (const Message &message) { finish (message); },
                          [this] (const char *error) { end (error); } });
}

void
IncomingFile::open (const Message &message)
{
  const std::string *name = message.find ("_name_file");
  if (path_.empty () && nullptr != name)
    path_ = safe_file_name (*name);
  if (path_.empty ())
    path_ = "file-" + std::to_string (id_);
  if (0 == ::access (path_.c_str (), F_OK))
  {
    error_ = std::strerror (EEXIST);
    return;
  }
  const std::string part = path_ + ".part";
  fd_ = ::open (part.c_str (), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd_ < 0)
    error_ = system_error () + " (" + part + ")";
  else
    part_ = part;
}

void
IncomingFile::write (const Message &message, base::ByteView bytes)
{
  if (fd_ < 0 && error_.empty ())
    open (message);
  while (error_.empty () && ! bytes.empty ())
  {
    const ssize_t size = ::write (fd_, bytes.data (), bytes.size ());
    if (size < 0 && EINTR == errno)
      continue;
    if (size <= 0)
      error_ = system_error ();
    else
      bytes = bytes.subspan (static_cast<std::size_t> (size));
  }
}

void
IncomingFile::finish (const Message &message)
{
  is_there_ = true;
  write (message, {}); // an empty file is one, too
  const auto size = file_size (message);
  if (error_.empty () && size && *size != message.body_size)
    error_ = _ ("it is not as long as its sender says");
  // link () takes no name that is taken.
  if (error_.empty () && 0 != ::fsync (fd_))
    error_ = system_error ();
  if (error_.empty () && 0 != ::link (part_.c_str (), path_.c_str ()))
    error_ = system_error ();
}

void
IncomingFile::end (const char *error)
{
  if (error_.empty () && nullptr != error)
    error_ = '\0' == *error ? _ ("the history cannot be read") : error;
  if (error_.empty () && ! is_there_)
    error_ = _ ("no file of that number is to be had; see /files");
  is_over_ = true;
  on_end_ (path_.empty () ? "#" + std::to_string (id_) : path_, error_);
}
} // namespace social::cli::chat
