// SPDX-License-Identifier: AGPL-3.0-or-later
//
// gnunet-social send-file: a file as one message. It is read twice: for the
// hash that stands in front of it, and as it is sent. The message's tag is made
// of what it says, so that sending again after an interruption is never a
// second message. A file above FILE_OFFER_SIZE is offered instead: the service
// sends it when somebody asks.
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "social/cli/commands.hpp"
#include "social/cli/file_hash.hpp"
#include "social/cli/progress_bar.hpp"
#include "social/cli/translate.hpp"
#include "social/cli/words.hpp"
#include "social/client/speaker.hpp"
#include "social/client/tag.hpp"
#include "social/view/offer_book.hpp"
#include "social/view/text.hpp"

namespace social::cli
{
namespace
{
using client::Said;
using client::Speaker;

constexpr std::size_t read_bytes = std::size_t{ 32 } * 1024;
// Read in one turn of the scheduler.
constexpr std::size_t turn_reads = 16;
// As in social.conf.
constexpr std::uint64_t offer_size_default = std::uint64_t{ 1 } << 30;

[[nodiscard]] const char *
type_of (const std::string &name)
{
  struct Known
  {
    std::string_view ending;
    const char *type;
  };
  constexpr std::array<Known, 13> known = { {
      { ".txt", "text/plain" },
      { ".png", "image/png" },
      { ".jpg", "image/jpeg" },
      { ".jpeg", "image/jpeg" },
      { ".gif", "image/gif" },
      { ".webp", "image/webp" },
      { ".avif", "image/avif" },
      { ".pdf", "application/pdf" },
      { ".ogg", "audio/ogg" },
      { ".mp3", "audio/mpeg" },
      { ".wav", "audio/wav" },
      { ".webm", "video/webm" },
      { ".mp4", "video/mp4" },
  } };
  for (const Known &each : known)
    if (name.ends_with (each.ending))
      return each.type;
  return "application/octet-stream";
}

class SendFile final : public Command
{
public:
  explicit SendFile (Session &session)
      : Command (session), path_ (session.request ().words[1]),
        bar_ (Output::Form::human == session.out ().form ()),
        read_on_ ([this] { read_on (); }), ending_ ([this] { end (); })
  {}
  ~SendFile () override
  {
    if (fd_ >= 0)
      ::close (fd_);
  }

  void
  run () override
  {
    if (! open ())
      return;
    session_.with_place (session_.request ().words[0],
                         [this] (const Place &place)
                         {
                           place_ = place;
                           if (may_speak (session_, place))
                             read_on_.arm_now ();
                         });
  }

  void
  on_timeout () override
  {
    if (said_.state)
    {
      note_late ();
      return end ();
    }
    if (speaker_)
      speaker_->give_up ();
    session_.fail (Status::no_answer, "no_answer",
                   _ ("it was not stored in time: see 'gnunet-social "
                      "status'; send it again, what arrives twice counts "
                      "once"));
  }

  void
  release () override
  {
    read_on_.disarm ();
    ending_.disarm ();
    bar_.clear ();
    speaker_.reset ();
  }

private:
  [[nodiscard]] bool
  open ()
  {
    struct stat found;
    fd_ = ::open (path_.c_str (), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd_ < 0 || 0 != ::fstat (fd_, &found))
      session_.fail (Status::failed, "failed",
                     path_ + ": " + std::strerror (errno));
    else if (! S_ISREG (found.st_mode))
      session_.fail (Status::failed, "failed",
                     filled (_ ("%s: is no file; what comes from a pipe is "
                                "sent by 'gnunet-social say PLACE --method "
                                "_file'"),
                             { path_ }));
    else
    {
      size_ = static_cast<std::uint64_t> (found.st_size);
      modified_
          = { static_cast<std::uint64_t> (found.st_mtim.tv_sec) * 1000000
              + static_cast<std::uint64_t> (found.st_mtim.tv_nsec) / 1000 };
      return true;
    }
    return false;
  }

  // ------------------------------------------------------------- reading

  void
  read_on ()
  {
    if (is_offer_)
      return; // it is the service's to read
    for (std::size_t i = 0; i < turn_reads; i++)
    {
      if (speaker_ && speaker_->is_full ())
        return; // on_room goes on
      if (position_ == size_)
        return speaker_ ? end_body () : begin ();
      if (! read ())
        return;
    }
    session_.progress ();
    bar_.show (speaker_ ? _ ("sending") : _ ("reading"), position_, size_);
    read_on_.arm_now ();
  }

  [[nodiscard]] bool
  read ()
  {
    std::array<std::uint8_t, read_bytes> buffer;
    const std::uint64_t wanted
        = std::min<std::uint64_t> (buffer.size (), size_ - position_);
    const ssize_t size
        = ::pread (fd_, buffer.data (), static_cast<std::size_t> (wanted),
                   static_cast<off_t> (position_));
    if (size < 0)
    {
      give_up (path_ + ": " + std::strerror (errno));
      return false;
    }
    if (0 == size)
    {
      give_up (changed ());
      return false;
    }
    const base::ByteView bytes (buffer.data (),
                                static_cast<std::size_t> (size));
    position_ += bytes.size ();
    hash_->add (bytes);
    if (speaker_)
      speaker_->body (bytes);
    return true;
  }

  [[nodiscard]] std::string
  changed () const
  {
    return filled (_ ("%s: changed while it was read; nothing was sent. Send "
                      "it again when nobody writes to it"),
                   { path_ });
  }

  void
  give_up (const std::string &why)
  {
    if (speaker_)
      speaker_->give_up ();
    session_.fail (Status::failed, "failed", why);
  }

  // ------------------------------------------------------------- sending

  void
  begin ()
  {
    hash_text_ = hash_->text ();
    hash_.emplace ();
    position_ = 0;
    if (size_ > offer_size ())
      return offer ();
    const auto all_of_it = tag ("file");
    if (! speak ("_file", all_of_it, {}))
      return give_up (_ ("the description cannot be sent"));
    read_on_.arm_now ();
  }

  [[nodiscard]] std::string
  description () const
  {
    return session_.request ().value (Option::description).value_or ("");
  }

  [[nodiscard]] bool
  speak (const char *method, const struct GNUNET_Uuid &tag,
         std::vector<Speaker::Variable> variables)
  {
    const std::string name = safe_file_name (path_);
    Speaker::Wanted wanted;
    wanted.place = place_.key;
    wanted.tag = tag;
    speaker_ = std::make_unique<Speaker> (
        session_.app (), wanted,
        Speaker::Callbacks{ [this] { read_on_.arm_now (); },
                            [this] (const Said &said) { on_state (said); } });
    const auto add = [&] (const char *variable, const std::string &value) {
      variables.push_back ({ psyc::Operator::set, variable, value });
    };
    add ("_size_file", std::to_string (size_));
    add ("_hash_file", hash_text_);
    add ("_type_file", type_of (name));
    add ("_name_file", name);
    if (! description ().empty ())
      add ("_description_file", description ());
    return speaker_->head (method, variables);
  }

  // ------------------------------------------------------------ offering

  [[nodiscard]] std::uint64_t
  offer_size () const
  {
    unsigned long long size = 0;
    return GNUNET_OK
                   == GNUNET_CONFIGURATION_get_value_size (
                       session_.cfg (), "social", "FILE_OFFER_SIZE", &size)
               ? size
               : offer_size_default;
  }

  // The service first: who asks at once finds it ready.
  void
  offer ()
  {
    char *const path = ::realpath (path_.c_str (), nullptr);
    if (nullptr == path)
      return give_up (path_ + ": " + std::strerror (errno));
    const std::string absolute = path;
    std::free (path);
    const std::string name = safe_file_name (path_);
    session_.ask (
        [&] (GNUNET_SOCIAL_QueryCallback cb, void *cls)
        {
          const std::string words = description ();
          const struct GNUNET_SOCIAL_FileOffer offer
              = { tag ("file"),   absolute.c_str (),   size_,
                  modified_,      hash_text_.c_str (), name.c_str (),
                  type_of (name), words.c_str () };
          return GNUNET_SOCIAL_offer_file (session_.app (), &place_.key, &offer,
                                           cb, cls);
        },
        [this] (const Answer &answer)
        {
          if (GNUNET_SOCIAL_OK != answer.result)
            return session_.fail (answer, path_);
          say_offer ();
        });
  }

  void
  say_offer ()
  {
    session_.progress ();
    is_offer_ = true;
    const auto key = shell::from_gnunet<base::SendTag> (tag ("file"));
    if (! speak (offer_method, tag ("offer"),
                 { { psyc::Operator::set, offer_key_variable,
                     offer_key_text (key) } }))
      return give_up (_ ("the description cannot be sent"));
    is_given_ = true;
    speaker_->end ();
  }

  [[nodiscard]] struct GNUNET_Uuid
  tag (const std::string &kind) const
  {
    return client::tag_of (kind + " " + place_.view.key + " "
                           + key_text (place_.ego_key) + " " + hash_text_ + " "
                           + safe_file_name (path_) + " " + description ());
  }

  void
  end_body ()
  {
    if (is_given_)
      return;
    if (hash_->text () != hash_text_)
      return give_up (changed ());
    is_given_ = true;
    bar_.clear ();
    session_.progress ();
    speaker_->end ();
  }

  void
  on_state (const Said &said)
  {
    session_.progress ();
    said_ = said;
    if (said.is_final () || session_.request ().has (Option::queue))
      ending_.arm_now (); // the speaker is under us
  }

  // ------------------------------------------------------------- the end

  void
  note_late ()
  {
    status_ = Status::no_answer;
    error_ = { "no_answer", _ ("the host has not taken it in time; it waits in "
                               "our outbox and will be sent") };
  }

  void
  note_failure ()
  {
    const std::string reason = said_.reason.empty ()
                                   ? std::string (_ ("no reason was given"))
                                   : told (said_.reason);
    if (GNUNET_PSYC_SEND_REFUSED == said_.state)
    {
      status_ = Status::refused;
      error_
          = { "refused", filled (_ ("the host refused it: %s"), { reason }) };
    }
    else if (GNUNET_PSYC_SEND_FAILED == said_.state
             || GNUNET_PSYC_SEND_CANCELLED == said_.state)
    {
      status_ = Status::failed;
      error_ = { "failed", filled (_ ("it was not sent: %s"), { reason }) };
    }
  }

  void
  end ()
  {
    note_failure ();
    bar_.clear ();
    SentView view;
    view.place = place_.view.key;
    view.state = send_state_text (said_.state);
    if (0 != said_.id)
      view.id = said_.id;
    const std::string id = view.id ? std::to_string (*view.id) : "";
    session_.out ().result (json_line (view),
                            is_offer_ && ! id.empty ()
                                ? offered (id)
                                : told (view.state)
                                      + (id.empty () ? "" : " #" + id),
                            id);
    if (Status::done == status_)
      return session_.finish (Status::done);
    session_.fail (status_, error_.first, error_.second);
  }

  [[nodiscard]] std::string
  offered (const std::string &id) const
  {
    return filled (_ ("offered as #%s: the file is sent when somebody asks "
                      "for it, as long as it stays unchanged at %s"),
                   { id, path_ });
  }

  const std::string path_;
  int fd_ = -1;
  Place place_;
  std::uint64_t size_ = 0;
  struct GNUNET_TIME_Absolute modified_ = { 0 };
  std::uint64_t position_ = 0;
  std::optional<FileHash> hash_{ std::in_place };
  std::string hash_text_;
  std::unique_ptr<Speaker> speaker_;
  Said said_;
  bool is_given_ = false; // all of it, to the service
  bool is_offer_ = false;
  Status status_ = Status::done;
  std::pair<std::string, std::string> error_;
  ProgressBar bar_;
  shell::Timer read_on_;
  shell::Timer ending_;
};
} // namespace

std::unique_ptr<Command>
make_send_file (Session &session)
{
  return std::make_unique<SendFile> (session);
}
} // namespace social::cli
