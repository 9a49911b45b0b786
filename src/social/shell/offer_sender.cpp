// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/shell/offer_sender.hpp"

#include "psyc/message/part_writer.hpp"
#include "shell/timer.hpp"
#include "social/shell/offered_file.hpp"
#include "social/shell/own_message.hpp"

namespace social
{
namespace
{
constexpr std::size_t read_bytes = std::size_t{ 32 } * 1024;
// Read in one turn of the scheduler.
constexpr int turn_reads = 16;

[[nodiscard]] struct GNUNET_Uuid
uuid (const base::SendTag &tag)
{
  return shell::to_gnunet<struct GNUNET_Uuid> (tag);
}

[[nodiscard]] bool
has_failed (enum GNUNET_PSYC_SendState state)
{
  return GNUNET_PSYC_SEND_REFUSED == state
         || GNUNET_PSYC_SEND_CANCELLED == state
         || GNUNET_PSYC_SEND_FAILED == state;
}
} // namespace

// ----------------------------------------------------------- short messages

class OfferSender::Telling
{
public:
  Telling (OfferSender &owner, std::uint64_t id, const TellOffer &effect)
      : owner_ (owner), id_ (id), ref_ (effect.ref), key_ (effect.key)
  {}
  ~Telling ()
  {
    if (nullptr != upload_)
      GNUNET_PSYC_upload_detach (upload_);
  }

  // It may be over, and we gone, when this returns.
  void
  begin (const TellOffer &effect)
  {
    const auto parts
        = own_message (effect.method, effect.variables, effect.body);
    auto *channel = owner_.places_.running_channel (ref_);
    const auto tag = uuid (effect.tag);
    if (nullptr != channel && parts)
      upload_ = GNUNET_PSYC_channel_upload (channel, &tag, 0, nullptr,
                                            &Telling::on_state, this);
    if (nullptr == upload_)
      return end (Outcome::failed);
    (void)GNUNET_PSYC_upload_parts (
        upload_, parts->data (), static_cast<std::uint16_t> (parts->size ()));
  }

  [[nodiscard]] const PlaceRef &
  ref () const
  {
    return ref_;
  }

  void
  end (Outcome outcome)
  {
    OfferSender &owner = owner_;
    const PlaceRef ref = ref_;
    const base::SendTag key = key_;
    owner.tellings_.erase (id_);
    owner.door_.tell ([&] (Core &core)
                      { core.on_offer_told (ref, key, outcome); });
  }

private:
  // What waits in our outbox is told as well.
  static void
  on_state (void *cls, enum GNUNET_PSYC_SendState state, std::uint64_t,
            std::uint64_t, std::uint32_t, const char *) noexcept
  {
    auto *self = static_cast<Telling *> (cls);
    if (state >= GNUNET_PSYC_SEND_STORED)
      self->upload_ = nullptr; // psyc frees it when we return
    self->end (has_failed (state) ? Outcome::failed : Outcome::done);
  }

  OfferSender &owner_;
  const std::uint64_t id_;
  const PlaceRef ref_;
  const base::SendTag key_;
  struct GNUNET_PSYC_Upload *upload_ = nullptr;
};

// -------------------------------------------------------------------- files

class OfferSender::Saying
{
public:
  Saying (OfferSender &owner, std::uint64_t id, const SayOfferedFile &effect)
      : owner_ (owner), id_ (id), ref_ (effect.ref), key_ (effect.offer.key),
        file_ (std::in_place, effect.offer),
        writer_ (psyc::PartWriter::chunk_min + read_bytes),
        read_on_ ([this] { read_on (); })
  {}
  ~Saying ()
  {
    if (nullptr == upload_)
      return;
    // What is whole goes on.
    if (file_)
      GNUNET_PSYC_upload_cancel (upload_);
    else
      GNUNET_PSYC_upload_detach (upload_);
  }

  // It may be over, and we gone, when this returns.
  void
  begin (const SayOfferedFile &effect)
  {
    if (const auto error = file_->open ())
      return end (FileOutcome::gone, 0, *error);
    bool is_fine = writer_.method ("_file", 0, psyc::state_not_modified);
    for (const auto &variable : effect.variables)
      is_fine = is_fine
                && writer_.modifier (psyc::Operator::set, variable.name,
                                     variable.value);
    auto *channel = owner_.places_.running_channel (ref_);
    const auto tag = uuid (key_);
    if (nullptr != channel && is_fine)
      upload_ = GNUNET_PSYC_channel_upload (channel, &tag, 0, &Saying::on_ready,
                                            &Saying::on_state, this);
    if (nullptr == upload_)
      return end (FileOutcome::failed, 0, "the place is not ready");
    read_on_.arm_now ();
  }

  [[nodiscard]] const PlaceRef &
  ref () const
  {
    return ref_;
  }

  void
  end (FileOutcome outcome, std::uint64_t message_id, const std::string &why)
  {
    OfferSender &owner = owner_;
    const PlaceRef ref = ref_;
    const base::SendTag key = key_;
    owner.sayings_.erase (id_);
    owner.door_.tell (
        [&] (Core &core)
        { core.on_offered_file (ref, key, outcome, message_id, why); });
  }

private:
  void
  read_on ()
  {
    for (int i = 0; i < turn_reads; i++)
    {
      if (! push () || is_ended_)
        return; // on_ready goes on, or the state was told
      if (! read ())
        return;
    }
    read_on_.arm_now ();
  }

  // The next piece, or the end; false: it is over, and we are gone.
  [[nodiscard]] bool
  read ()
  {
    base::Bytes bytes;
    if (! file_->is_at_end ())
    {
      if (const auto error = file_->read (bytes, read_bytes))
        return end (FileOutcome::gone, 0, *error), false;
      writer_.data (bytes);
      return true;
    }
    if (const auto error = file_->finish ())
      return end (FileOutcome::gone, 0, *error), false;
    is_ended_ = true;
    writer_.end ();
    writer_.flush ();
    return push ();
  }

  // False: psyc takes no more now.
  [[nodiscard]] bool
  push ()
  {
    while (! is_waiting_)
    {
      const auto chunk = writer_.take ();
      if (! chunk)
        break;
      const int taken = GNUNET_PSYC_upload_parts (
          upload_, chunk->data (), static_cast<std::uint16_t> (chunk->size ()));
      // Refused: the state follows.
      is_waiting_ = GNUNET_YES != taken;
    }
    if (is_ended_ && 0 == writer_.pending ())
      file_.reset ();
    return ! is_waiting_;
  }

  static void
  on_ready (void *cls) noexcept
  {
    auto *self = static_cast<Saying *> (cls);
    self->is_waiting_ = false;
    self->read_on_.arm_now ();
  }

  static void
  on_state (void *cls, enum GNUNET_PSYC_SendState state, std::uint64_t,
            std::uint64_t message_id, std::uint32_t,
            const char *reason) noexcept
  {
    auto *self = static_cast<Saying *> (cls);
    const std::string why (nullptr == reason ? "" : reason);
    if (state >= GNUNET_PSYC_SEND_STORED)
      self->upload_ = nullptr; // psyc frees it when we return
    switch (state)
    {
    case GNUNET_PSYC_SEND_QUEUED:
    case GNUNET_PSYC_SEND_SENT:
      return self->on_queued ();
    case GNUNET_PSYC_SEND_STORED:
    case GNUNET_PSYC_SEND_ACCEPTED:
      return self->end (FileOutcome::said, message_id, why);
    case GNUNET_PSYC_SEND_REFUSED:
      return self->end (FileOutcome::refused, 0, why);
    case GNUNET_PSYC_SEND_CANCELLED:
    case GNUNET_PSYC_SEND_FAILED:
      return self->end (FileOutcome::failed, 0, why);
    }
  }

  // The whole of it, perhaps of an earlier life, is in our outbox.
  void
  on_queued ()
  {
    read_on_.disarm ();
    is_ended_ = true;
    file_.reset ();
    owner_.door_.tell (
        [this] (Core &core)
        { core.on_offered_file (ref_, key_, FileOutcome::queued, 0, {}); });
  }

  OfferSender &owner_;
  const std::uint64_t id_;
  const PlaceRef ref_;
  const base::SendTag key_;
  std::optional<OfferedFile> file_; // as long as it is read
  psyc::PartWriter writer_;
  struct GNUNET_PSYC_Upload *upload_ = nullptr;
  bool is_waiting_ = false; // psyc takes no more now
  bool is_ended_ = false;
  shell::Timer read_on_;
};

// -------------------------------------------------------------------- both

OfferSender::OfferSender (CoreDoor &door, Places &places)
    : door_ (door), places_ (places)
{}

OfferSender::~OfferSender () = default;

void
OfferSender::say (const SayOfferedFile &effect)
{
  const std::uint64_t id = ++last_;
  auto &saying = sayings_[id];
  saying = std::make_unique<Saying> (*this, id, effect);
  saying->begin (effect);
}

void
OfferSender::tell (const TellOffer &effect)
{
  const std::uint64_t id = ++last_;
  auto &telling = tellings_[id];
  telling = std::make_unique<Telling> (*this, id, effect);
  telling->begin (effect);
}

void
OfferSender::on_channel_ending (const PlaceRef &ref)
{
  std::vector<Telling *> told;
  std::vector<Saying *> said;
  for (const auto &[id, telling] : tellings_)
    if (telling->ref () == ref)
      told.push_back (telling.get ());
  for (const auto &[id, saying] : sayings_)
    if (saying->ref () == ref)
      said.push_back (saying.get ());
  for (Telling *each : told)
    each->end (Outcome::failed);
  for (Saying *each : said)
    each->end (FileOutcome::failed, 0, "the place has ended, or begins anew");
}
} // namespace social
