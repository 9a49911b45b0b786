// SPDX-License-Identifier: AGPL-3.0-or-later
//
// gnunet-social export, import, adopt.
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

#include "social/client/place_copy.hpp"
#include "social/cli/commands.hpp"
#include "social/cli/translate.hpp"
#include "social/cli/words.hpp"

namespace social::cli
{
namespace
{
// What both directions need: the file, a copy under way.
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
    copy_.reset ();
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

  [[nodiscard]] client::PlaceCopy::Callbacks
  callbacks ()
  {
    return { [this] { session_.progress (); },
             [this] (const client::CopyEnd &end)
             {
               session_.progress ();
               if (GNUNET_SOCIAL_OK == end.result)
                 on_copied (end);
               else
                 fail (end);
             } };
  }

  virtual void on_copied (const client::CopyEnd &end) = 0;
  // What an answer of the social service is about.
  [[nodiscard]] virtual std::string
  subject () const
  {
    return file_;
  }

  const std::string file_;
  int fd_ = -1;
  bool is_half_written_ = false;
  std::unique_ptr<client::PlaceCopy> copy_;

private:
  void
  fail (const client::CopyEnd &end)
  {
    switch (end.fault)
    {
    case client::CopyFault::service:
      return session_.fail ({ end.result, {}, end.reason }, subject ());
    case client::CopyFault::store:
    case client::CopyFault::file:
      return session_.fail (Status::failed, "failed",
                            file_ + ": "
                                + (end.reason ? told (*end.reason)
                                              : _ ("nothing is stored of it")));
    case client::CopyFault::note:
      return session_.fail (Status::failed, "failed",
                            filled (_ ("%s: this is a channel without its "
                                       "place; see gnunet-psycstore import"),
                                    { file_ }));
    }
  }
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
                           write ();
                         });
  }

private:
  void
  write ()
  {
    if (! open (O_WRONLY | O_CREAT | O_EXCL))
      return;
    is_half_written_ = true;
    copy_ = std::make_unique<client::PlaceExport> (
        session_.cfg (), session_.app (), place_.key, fd_, callbacks ());
  }

  void
  on_copied (const client::CopyEnd &) override
  {
    is_half_written_ = false;
    session_.out ().result (json_line (place_.view), file_, file_);
    session_.out ().remark (
        _ ("The file holds the place's secret: whoever has it can speak as "
           "its host. Keep it to yourself."));
    session_.finish (Status::done);
  }

  std::string
  subject () const override
  {
    return place_.label ();
  }

  Place place_;
};

class Import final : public Backup
{
public:
  explicit Import (Session &session)
      : Backup (session, session.request ().words[0])
  {}

  void
  run () override
  {
    if (! open (O_RDONLY))
      return;
    if (session_.request ().has (Option::ego))
      session_.with_ego (std::nullopt,
                         [this] (const Ego &ego) { read (ego.handle); });
    else
      read (nullptr);
  }

private:
  void
  read (const GNUNET_SOCIAL_Ego *ego)
  {
    auto copy = std::make_unique<client::PlaceImport> (
        session_.cfg (), session_.app (), ego, fd_, callbacks ());
    client::PlaceImport &started = *copy;
    copy_ = std::move (copy);
    started.start ();
  }

  void
  on_copied (const client::CopyEnd &end) override
  {
    const Place &place = *end.place;
    const std::string line = place.label () + " " + place.view.key;
    session_.out ().result (json_line (place.view), line, line);
    session_.out ().remark (
        end.has_kept_history
            ? _ ("Hosted from now on, with the history that was here.")
            : _ ("Hosted from now on. Its messages go on at higher numbers, "
                 "so that none is given twice."));
    session_.finish (Status::done);
  }
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
