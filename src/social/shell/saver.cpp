// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/shell/saver.hpp"

#include "shell/message_queue.hpp"

namespace social
{
namespace
{
constexpr unsigned long long file_size_max_default = 1ull << 30;
constexpr base::Duration observe_period = base::seconds (1);
// How often the place in the log is noted.
constexpr base::Duration note_period = base::seconds (5);
} // namespace

// One place.
class Saver::Run : private BodySink
{
public:
  Run (const Saver &saver, const SaveFiles &effect)
      : cfg_ (saver.cfg_), door_ (saver.door_), ref_ (effect.ref),
        role_ (effect.role),
        shelf_ (saver.folder (effect.ref), saver.size_max_), cutter_ (*this),
        timer_ ([this] { on_time (); })
  {
    cutter_.want (effect.prefixes);
    after_ = shelf_.position ().value_or (UINT64_MAX);
    observe ();
  }
  ~Run () override
  {
    if (nullptr != observer_)
      GNUNET_PSYC_observer_destroy (observer_);
    note ();
  }

  void
  want (const std::vector<std::string> &prefixes)
  {
    cutter_.want (prefixes);
  }

  // The next rule begins with what is said then.
  void
  forget ()
  {
    is_started_ = false;
    shelf_.forget_position ();
  }

private:
  void
  observe ()
  {
    const auto key
        = shell::to_gnunet<struct GNUNET_CRYPTO_EddsaPublicKey> (ref_.key);
    const auto slave
        = shell::to_gnunet<struct GNUNET_CRYPTO_EcdsaPublicKey> (ref_.ego);
    observer_ = GNUNET_PSYC_observe (
        cfg_, &key, Role::host == role_ ? nullptr : &slave, after_,
        &Run::on_started, &Run::on_fragment, &Run::on_gap, this);
  }

  void
  on_time ()
  {
    if (is_started_)
      return note ();
    if (nullptr != observer_)
      GNUNET_PSYC_observer_destroy (std::exchange (observer_, nullptr));
    observe ();
  }

  void
  note ()
  {
    if (is_started_ && after_ != noted_)
      shelf_.set_position (noted_ = after_);
  }

  void
  after_fragment ()
  {
    after_ = cutter_.position ();
    if (! timer_.is_armed ())
      timer_.arm_in (note_period);
    if (const auto error = shelf_.take_error ())
    {
      GNUNET_log (GNUNET_ERROR_TYPE_WARNING, "%s\n", error->c_str ());
      door_.tell ([] (Core &core)
                  { core.on_oddity ("# bodies that could not be saved"); });
    }
  }

  static void
  on_started (void *cls, int result, std::uint64_t head, std::uint64_t) noexcept
  {
    auto *self = static_cast<Run *> (cls);
    // psyc may not have the channel back yet.
    if (GNUNET_SYSERR == result)
      return self->timer_.arm_in (observe_period);
    self->is_started_ = true;
    if (UINT64_MAX == self->after_)
      self->after_ = head;
    self->note ();
  }

  static void
  on_fragment (void *cls, std::uint64_t fragment_id,
               const struct GNUNET_PSYC_MessageHeader *message) noexcept
  {
    auto *self = static_cast<Run *> (cls);
    const auto bytes = shell::message_bytes (&message->header);
    if (bytes.size () > sizeof (*message))
      self->cutter_.take (fragment_id, GNUNET_ntohll (message->message_id),
                          GNUNET_ntohll (message->fragment_offset),
                          bytes.subspan (sizeof (*message)));
    self->after_fragment ();
  }

  static void
  on_gap (void *cls, std::uint64_t, std::uint64_t last) noexcept
  {
    auto *self = static_cast<Run *> (cls);
    self->cutter_.on_gap (last);
    self->after_fragment ();
  }

  void
  begin (std::uint64_t id) override
  {
    shelf_.begin (id);
  }
  void
  add (std::uint64_t id, base::ByteView bytes) override
  {
    shelf_.add (id, bytes);
  }
  void
  end (std::uint64_t id) override
  {
    shelf_.end (id);
  }
  void
  abandon (std::uint64_t id) override
  {
    shelf_.abandon (id);
  }

  const struct GNUNET_CONFIGURATION_Handle *cfg_;
  CoreDoor &door_;
  const PlaceRef ref_;
  const Role role_;
  FileShelf shelf_;
  BodyCutter cutter_;
  shell::Timer timer_; // tries again, or notes the place in the log
  struct GNUNET_PSYC_Observer *observer_ = nullptr;
  bool is_started_ = false;
  std::uint64_t after_ = UINT64_MAX;
  std::uint64_t noted_ = UINT64_MAX;
};

Saver::Saver (const struct GNUNET_CONFIGURATION_Handle *cfg, CoreDoor &door)
    : cfg_ (cfg), door_ (door)
{
  char *files = nullptr;
  if (GNUNET_OK
      == GNUNET_CONFIGURATION_get_value_filename (cfg, "social", "FILES",
                                                  &files))
    files_ = files;
  GNUNET_free (files);
  if (GNUNET_OK
      != GNUNET_CONFIGURATION_get_value_size (cfg, "social", "FILE_SIZE_MAX",
                                              &size_max_))
    size_max_ = file_size_max_default;
}

Saver::~Saver () = default;

std::string
Saver::folder (const PlaceRef &ref) const
{
  struct GNUNET_HashCode hash;
  GNUNET_CRYPTO_hash (ref.key.bytes.data (), ref.key.bytes.size (), &hash);
  return files_ + "/" + GNUNET_h2s_full (&hash);
}

void
Saver::save (const SaveFiles &effect)
{
  const auto run = runs_.find (effect.ref);
  if (runs_.end () != run && effect.prefixes.empty ())
  {
    run->second->forget ();
    runs_.erase (run);
  }
  else if (runs_.end () != run)
    run->second->want (effect.prefixes);
  else if (! effect.prefixes.empty () && ! files_.empty ())
    runs_.emplace (effect.ref, std::make_unique<Run> (*this, effect));
}
} // namespace social
