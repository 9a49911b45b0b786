// SPDX-License-Identifier: AGPL-3.0-or-later
//
// gnunet-social set: changes objects of a place by one message, all or none.
#include <cerrno>
#include <cstring>

#include <unistd.h>

#include "psyc/message/part_writer.hpp"
#include "psyc/message/variables.hpp"
#include "social/cli/commands.hpp"
#include "social/cli/object_change.hpp"
#include "social/cli/translate.hpp"
#include "social/cli/words.hpp"

namespace social::cli
{
namespace
{
constexpr std::size_t chunk_bytes = std::size_t{ 32 } * 1024;

class Set final : public Command
{
public:
  explicit Set (Session &session)
      : Command (session), writer_ (psyc::PartWriter::chunk_min + chunk_bytes)
  {}

  void
  run () override
  {
    if (! put_message ())
      return;
    session_.with_place (session_.request ().words[0],
                         [this] (const Place &place)
                         {
                           place_ = place;
                           begin ();
                         });
  }

private:
  // ------------------------------------------------------- what is wanted

  [[nodiscard]] bool
  put_message ()
  {
    const auto &words = session_.request ().words;
    (void)writer_.method ("_notice_place_objects", 0, psyc::state_not_modified);
    bool is_stdin_taken = false;
    for (std::size_t i = 1; i < words.size (); i++)
    {
      auto change = parse_object_change (words[i]);
      if (! change)
        return refuse (filled (_ ("%s: an object's name is '_' and letters, "
                                  "digits or '_'"),
                               { words[i] }));
      if (! change->value && std::exchange (is_stdin_taken, true))
        return refuse (_ ("stdin is for one object"));
      if (! change->value && ! read_stdin (change->value))
        return false;
      if (! writer_.modifier (change->oper, change->name,
                              base::as_bytes (*change->value)))
        return refuse (words[i]);
    }
    writer_.end ();
    writer_.flush ();
    return true;
  }

  [[nodiscard]] bool
  refuse (const std::string &why)
  {
    session_.fail (Status::usage, "usage", why);
    return false;
  }

  [[nodiscard]] bool
  read_stdin (std::optional<std::string> &value)
  {
    value.emplace ();
    std::array<char, chunk_bytes> buffer;
    for (;;)
    {
      const ssize_t size
          = ::read (STDIN_FILENO, buffer.data (), buffer.size ());
      if (size < 0 && EINTR == errno)
        continue;
      if (size < 0)
        return refuse (
            filled (_ ("stdin cannot be read: %s"), { std::strerror (errno) }));
      if (0 == size)
        return true;
      value->append (buffer.data (), static_cast<std::size_t> (size));
      if (value->size () > psyc::value_size_max)
        return refuse (_ ("an object has at most 16 MiB"));
    }
  }

  // -------------------------------------------------------------- saying it

  void
  begin ()
  {
    const std::uint32_t flags
        = place_->view.is_host ? GNUNET_PSYC_MASTER_TRANSMIT_STATE_MODIFY
                                     | GNUNET_PSYC_MASTER_TRANSMIT_STATE_HASH
                               : 0;
    upload_ = GNUNET_SOCIAL_say (
        session_.app (), &place_->key, nullptr, flags,
        [] (void *cls) noexcept { static_cast<Set *> (cls)->push (); },
        [] (void *cls, enum GNUNET_PSYC_SendState state, std::uint64_t,
            std::uint64_t message_id, std::uint32_t,
            const char *reason) noexcept
        {
          static_cast<Set *> (cls)->on_state (state, message_id,
                                              nullptr == reason ? "" : reason);
        },
        this);
    push ();
  }

  void
  push ()
  {
    session_.progress ();
    while (nullptr != upload_)
    {
      const auto chunk = writer_.take ();
      if (! chunk)
        return;
      const int outcome = GNUNET_SOCIAL_say_parts (
          upload_, chunk->data (), static_cast<std::uint16_t> (chunk->size ()));
      if (GNUNET_NO == outcome)
        return;
      if (GNUNET_SYSERR == outcome)
      {
        upload_ = nullptr;
        session_.fail (Status::failed, "failed",
                       _ ("the message is malformed"));
      }
    }
  }

  void
  on_state (enum GNUNET_PSYC_SendState state, std::uint64_t message_id,
            const std::string &reason)
  {
    session_.progress ();
    if (state < GNUNET_PSYC_SEND_STORED)
      return; // on its way
    upload_ = nullptr;
    const std::string why = reason.empty ()
                                ? std::string (_ ("no reason was given"))
                                : told (reason);
    if (GNUNET_PSYC_SEND_REFUSED == state)
      return session_.fail (Status::refused, "refused",
                            filled (_ ("the host refused it: %s"), { why }));
    if (GNUNET_PSYC_SEND_STORED != state && GNUNET_PSYC_SEND_ACCEPTED != state)
      return session_.fail (Status::failed, "failed",
                            filled (_ ("nothing was changed: %s"), { why }));
    SentView view;
    view.place = place_->view.key;
    view.id = message_id;
    view.state = GNUNET_PSYC_SEND_STORED == state ? "stored" : "accepted";
    session_.out ().result (json_line (view),
                            told (view.state) + " #"
                                + std::to_string (message_id),
                            std::to_string (message_id));
    session_.finish (Status::done);
  }

  psyc::PartWriter writer_;
  std::optional<Place> place_;
  GNUNET_SOCIAL_Upload *upload_ = nullptr;
};
} // namespace

std::unique_ptr<Command>
make_set (Session &session)
{
  return std::make_unique<Set> (session);
}
} // namespace social::cli
