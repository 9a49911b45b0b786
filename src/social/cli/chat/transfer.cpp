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
      read_on_ ([this] { read_on (); })
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
  size_ = static_cast<std::uint64_t> (about.st_size);
  read_on_.arm_now ();
}

void
OutgoingFile::read_on ()
{
  for (int i = 0; i < pieces_at_once; i++)
  {
    if (speaker_ && speaker_->is_full ())
      return; // goes on when there is room
    if (position_ == size_)
      return speaker_ ? end_body () : begin ();
    if (! read ())
      return;
  }
  read_on_.arm_now ();
}

bool
OutgoingFile::read ()
{
  std::array<std::uint8_t, piece_bytes> buffer;
  const std::uint64_t wanted
      = std::min<std::uint64_t> (size_ - position_, buffer.size ());
  const ssize_t size
      = ::pread (fd_, buffer.data (), static_cast<std::size_t> (wanted),
                 static_cast<off_t> (position_));
  if (size <= 0)
  {
    end (size < 0 ? system_error ()
                  : std::string (_ ("it changed while it was read")));
    return false;
  }
  const base::ByteView bytes (buffer.data (), static_cast<std::size_t> (size));
  position_ += bytes.size ();
  hash_->add (bytes);
  if (speaker_)
    speaker_->body (bytes);
  return true;
}

// Its hash is known: from its beginning again.
void
OutgoingFile::begin ()
{
  hash_text_ = hash_->text ();
  hash_.emplace ();
  position_ = 0;
  Speaker::Wanted wanted;
  wanted.place = room_.place ().key;
  speaker_ = std::make_unique<Speaker> (
      room_.session ().app (), wanted,
      Speaker::Callbacks{ [this] { read_on_.arm_now (); },
                          [this] (const client::Said &said)
                          { on_state (said); } });
  const auto variable = [] (const char *name, std::string value) {
    return Speaker::Variable{ psyc::Operator::set, name, std::move (value) };
  };
  (void)speaker_->head (
      "_file", { variable ("_size_file", std::to_string (size_)),
                 variable ("_hash_file", hash_text_),
                 variable ("_name_file", view::safe_file_name (path_)) });
  read_on_.arm_now ();
}

void
OutgoingFile::end_body ()
{
  if (std::exchange (is_given_, true))
    return;
  if (hash_->text () != hash_text_)
    return end (_ ("it changed while it was read"));
  speaker_->end ();
}

void
OutgoingFile::on_state (const client::Said &said)
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
  read_on_.disarm ();
  if (speaker_ && ! error.empty ())
    speaker_->give_up ();
  on_end_ (path_, error);
}

// ----------------------------------------------------------------- incoming

IncomingFile::IncomingFile (Room &room, std::uint64_t id, std::string path,
                            OnTransferred on_end)
    : room_ (room), id_ (id), path_ (std::move (path)),
      on_end_ (std::move (on_end))
{}

void
IncomingFile::start ()
{
  client::Reader::Wanted wanted;
  wanted.first = wanted.last = id_;
  wanted.method = "_file";
  wanted.is_remote = ! room_.place ().view.is_host;
  wanted.waits_for_rest = true;
  reader_ = std::make_unique<client::Reader> (
      room_.session ().app (), room_.place ().key, wanted,
      client::Reader::Callbacks{
          {},
          [this] (const Message &message, base::ByteView bytes)
          { take (message, bytes); },
          [this] (const Message &message) { on_message (message); },
          [this] (std::optional<std::string> error) { on_end (error); } });
}

// Without a path it has the sender's name, in the working folder.
bool
IncomingFile::open (const Message &message)
{
  if (is_over_ || file_.is_open ())
    return ! is_over_;
  const std::string *name = message.find ("_name_file");
  if (const auto error
      = file_.open (! path_.empty ()
                        ? path_
                        : view::safe_file_name (nullptr == name ? "" : *name)))
    end (*error);
  return ! is_over_;
}

void
IncomingFile::take (const Message &message, base::ByteView bytes)
{
  if (! open (message))
    return;
  hash_.add (bytes);
  if (const auto error = file_.take (bytes))
    end (*error);
}

void
IncomingFile::on_message (const Message &message)
{
  if (! open (message))
    return; // an empty file is one, too
  if (file_.kept () <= file_.position () && ! is_as_said (message))
  {
    file_.discard ();
    return end (_ ("the file is not what its sender says: another size or "
                   "hash. It was not saved"));
  }
  end (file_.finish ().value_or (""));
}

bool
IncomingFile::is_as_said (const Message &message)
{
  const std::string *hash = message.find ("_hash_file");
  return file_size (message).value_or (file_.position ()) == file_.position ()
         && (nullptr == hash || *hash == hash_.text ());
}

void
IncomingFile::on_end (const std::optional<std::string> &error)
{
  if (is_over_)
    return;
  if (error)
    end (*error);
  else
    end (file_.is_open () ? _ ("the rest of it is not to be had")
                          : _ ("no file of that number is to be had; see "
                               "/files"));
}

void
IncomingFile::end (const std::string &error)
{
  if (std::exchange (is_over_, true))
    return;
  reader_->pause (); // it may be the caller, so it goes later
  on_end_ (file_.path ().empty () ? "#" + std::to_string (id_) : file_.path (),
           error);
}
} // namespace social::cli::chat
