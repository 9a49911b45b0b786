// SPDX-License-Identifier: AGPL-3.0-or-later
//
// gnunet-social export, import, adopt. A place in a file is psycstore's archive
// of its history with social's copy of the place in front.
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

#include "gnunet_psycstore_service.h"
#include "social/cli/commands.hpp"
#include "social/cli/translate.hpp"
#include "social/cli/words.hpp"

namespace social::cli
{
namespace
{
// What both directions need: the file, the store, a copy under way.
class Backup : public Command
{
public:
  ~Backup () override
  {
    if (fd_ >= 0)
      ::close (fd_);
    if (is_half_written_)
      ::unlink (file_.c_str ());
  }

  void
  release () override
  {
    if (nullptr != archive_)
      GNUNET_PSYCSTORE_archive_cancel (std::exchange (archive_, nullptr));
    if (nullptr != store_)
      GNUNET_PSYCSTORE_disconnect (std::exchange (store_, nullptr));
  }

protected:
  Backup (Session &session, std::string file)
      : Command (session), file_ (std::move (file))
  {}

  [[nodiscard]] bool
  open (int flags)
  {
    fd_ = ::open (file_.c_str (), flags | O_CLOEXEC, 0600);
    if (fd_ < 0)
      session_.fail (Status::failed, "failed",
                     file_ + ": " + std::strerror (errno));
    return fd_ >= 0;
  }

  virtual void on_copied () = 0;

  static void
  on_progress (void *cls, std::uint64_t, std::uint64_t)
  {
    static_cast<Backup *> (cls)->session_.progress ();
  }

  static void
  on_archive_end (void *cls, std::int64_t result, const char *why,
                  std::uint16_t)
  {
    auto *self = static_cast<Backup *> (cls);
    self->archive_ = nullptr;
    if (GNUNET_OK == result)
      return self->on_copied ();
    self->session_.fail (
        Status::failed, "failed",
        self->file_ + ": "
            + (nullptr == why ? _ ("nothing is stored of it") : told (why)));
  }

  const std::string file_;
  int fd_ = -1;
  bool is_half_written_ = false;
  struct GNUNET_PSYCSTORE_Handle *store_
      = GNUNET_PSYCSTORE_connect (session_.cfg ());
  struct GNUNET_PSYCSTORE_Archive *archive_ = nullptr;
};

class Export final : public Backup
{
public:
  explicit Export (Session &session)
      : Backup (session, session.request ().words[1])
  {}

  void
  run () override
  {
    session_.with_place (session_.request ().words[0],
                         [this] (const Place &place)
                         {
                           place_ = place;
                           GNUNET_SOCIAL_copy_place (session_.app (),
                                                     &place_.key,
                                                     &Export::on_copy, this);
                         });
  }

private:
  static void
  on_copy (void *cls, enum GNUNET_SOCIAL_Result result, const void *data,
           std::uint16_t size, const char *text)
  {
    auto *self = static_cast<Export *> (cls);
    if (GNUNET_SOCIAL_OK != result || nullptr == data)
    {
      Answer answer;
      answer.result = result;
      if (nullptr != text)
        answer.text = text;
      return self->session_.fail (answer, self->place_.label ());
    }
    if (! self->open (O_WRONLY | O_CREAT | O_EXCL))
      return;
    self->is_half_written_ = true;
    self->archive_ = GNUNET_PSYCSTORE_archive_write (
        self->store_, &self->place_.key, self->fd_, data, size,
        &Export::on_progress, &Export::on_archive_end, self);
  }

  void
  on_copied () override
  {
    is_half_written_ = false;
    session_.out ().result (json_line (place_.view), file_, file_);
    session_.out ().remark (
        _ ("The file holds the place's secret: whoever has it can speak as "
           "its host. Keep it to yourself."));
    session_.finish (Status::done);
  }

  Place place_;
};

class Import final : public Backup
{
public:
  explicit Import (Session &session)
      : Backup (session, session.request ().words[0])
  {}
  ~Import () override { GNUNET_free (info_.note); }

  void
  run () override
  {
    if (! open (O_RDONLY))
      return;
    if (char *why = GNUNET_PSYCSTORE_archive_inspect (fd_, &info_))
    {
      session_.fail (Status::failed, "failed", file_ + ": " + told (why));
      GNUNET_free (why);
      return;
    }
    if (nullptr == info_.note || info_.note_size > UINT16_MAX)
      return session_.fail (Status::failed, "failed",
                            filled (_ ("%s: this is a channel without its "
                                       "place; see gnunet-psycstore import"),
                                    { file_ }));
    if (session_.request ().has (Option::ego))
      session_.with_ego (std::nullopt,
                         [this] (const Ego &ego)
                         {
                           ego_ = ego.handle;
                           restore (GNUNET_SOCIAL_RESTORE_TRIAL);
                         });
    else
      restore (GNUNET_SOCIAL_RESTORE_TRIAL);
  }

private:
  void
  restore (std::uint32_t flags)
  {
    session_.ask (
        [this, flags] (auto cb, void *cls)
        {
          return GNUNET_SOCIAL_restore_place (
              session_.app (), ego_, info_.note,
              static_cast<std::uint16_t> (info_.note_size), flags, cb, cls);
        },
        [this, flags] (Answer answer)
        {
          if (GNUNET_SOCIAL_OK != answer.result)
            return session_.fail (answer, file_);
          if (0 != (flags & GNUNET_SOCIAL_RESTORE_TRIAL))
            return look_for_history ();
          tell (answer);
        });
  }

  // Where only the place was lost its history is here still, and stays as it
  // is.
  void
  look_for_history ()
  {
    GNUNET_PSYCSTORE_channel_list (
        store_,
        [] (void *cls, const struct GNUNET_PSYCSTORE_ChannelInfo *channel)
        {
          auto *self = static_cast<Import *> (cls);
          self->has_history_ = self->has_history_
                               || key_text (channel->channel_key)
                                      == key_text (self->info_.channel_key);
        },
        [] (void *cls, std::int64_t result, const char *why, std::uint16_t)
        {
          auto *self = static_cast<Import *> (cls);
          if (result < 0)
            return self->session_.fail (Status::failed, "failed",
                                        nullptr == why ? "" : told (why));
          if (self->has_history_)
            return self->on_copied ();
          self->archive_ = GNUNET_PSYCSTORE_archive_read (
              self->store_, self->fd_, &Import::on_progress,
              &Import::on_archive_end, self);
        },
        this);
  }

  void
  on_copied () override
  {
    session_.progress ();
    restore (0);
  }

  void
  tell (const Answer &answer)
  {
    if (! answer.place)
      return session_.fail (answer, file_);
    const std::string line
        = answer.place->label () + " " + answer.place->view.key;
    session_.out ().result (json_line (answer.place->view), line, line);
    session_.out ().remark (
        has_history_
            ? _ ("Hosted from now on, with the history that was here.")
            : _ ("Hosted from now on. Its messages go on at higher numbers, "
                 "so that none is given twice."));
    session_.finish (Status::done);
  }

  struct GNUNET_PSYCSTORE_ArchiveInfo info_ = {};
  struct GNUNET_SOCIAL_Ego *ego_ = nullptr;
  bool has_history_ = false;
};

class Adopt final : public Command
{
public:
  explicit Adopt (Session &session) : Command (session) {}

  void
  run () override
  {
    session_.with_place (session_.request ().words[0],
                         [this] (const Place &place) { adopt (place); });
  }

private:
  void
  adopt (const Place &place)
  {
    session_.ask (
        [this, &place] (auto cb, void *cls) {
          return GNUNET_SOCIAL_adopt_place (session_.app (), &place.key, cb,
                                            cls);
        },
        [this, place] (Answer answer)
        {
          if (GNUNET_SOCIAL_OK != answer.result)
            return session_.fail (answer, place.label ());
          session_.out ().remark (
              filled (_ ("%s goes on behind what its guests have."),
                      { place.label () }));
          session_.finish (Status::done);
        });
  }
};
} // namespace

std::unique_ptr<Command>
make_export (Session &session)
{
  return std::make_unique<Export> (session);
}

std::unique_ptr<Command>
make_import (Session &session)
{
  return std::make_unique<Import> (session);
}

std::unique_ptr<Command>
make_adopt (Session &session)
{
  return std::make_unique<Adopt> (session);
}
} // namespace social::cli
