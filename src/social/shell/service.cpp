// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/shell/service.hpp"

namespace social
{
namespace
{
constexpr const char *section = "social";

template <typename M>
concept CoreMessage = requires (Core &core, const M &message)
{
  core.on_message (ClientId{}, message);
};
} // namespace

Service::Service ()
    : timer_ ([this] { tell ([] (Core &) {}); }),
      effects_ ([this] { run_effects (); })
{}

Service::~Service () = default;

// -------------------------------------------------------------------- life

void
Service::on_start (const struct GNUNET_CONFIGURATION_Handle *cfg,
                   struct GNUNET_SERVICE_Handle *)
{
  cfg_ = cfg;
  statistics_.emplace (cfg, section,
                       [this] (auto &statistics) { look (statistics); });
  auto snapshot = open_store ();
  if (! snapshot)
  {
    GNUNET_SCHEDULER_shutdown ();
    return;
  }
  core_ = std::make_unique<Core> (core_config (), *store_, keys_,
                                  std::move (*snapshot), shell::now ());
  CoreDoor &door = *this;
  egos_ = std::make_unique<Egos> (cfg, door);
  names_ = std::make_unique<Names> (cfg, door, *egos_);
  places_ = std::make_unique<Places> (cfg, door, *egos_);
  readers_ = std::make_unique<Readers> (cfg, door, *places_);
  uploads_ = std::make_unique<Uploads> (door, *places_, keys_);
  saver_ = std::make_unique<Saver> (cfg, door);
  offers_ = std::make_unique<OfferSender> (door, *places_);
  places_->on_channel_ending (
      [this] (const PlaceRef &ref)
      {
        readers_->on_channel_ending (ref);
        uploads_->on_channel_ending (ref);
        offers_->on_channel_ending (ref);
      });
  core_service_ = GNUNET_CORE_connect (cfg, this, &Service::on_core_connected,
                                       nullptr, nullptr, nullptr);
  drain ();
}

std::optional<Snapshot>
Service::open_store ()
{
  char *path = nullptr;
  if (GNUNET_OK
      != GNUNET_CONFIGURATION_get_value_filename (cfg_, section, "DATABASE",
                                                  &path))
  {
    GNUNET_log_config_missing (GNUNET_ERROR_TYPE_ERROR, section, "DATABASE");
    return std::nullopt;
  }
  auto opened = SqliteStore::open (path);
  GNUNET_free (path);
  std::string error;
  if (auto *store = std::get_if<std::unique_ptr<SqliteStore>> (&opened))
  {
    store_ = std::move (*store);
    auto loaded = store_->load ();
    if (auto *snapshot = std::get_if<Snapshot> (&loaded))
      return std::move (*snapshot);
    error = std::get<std::string> (loaded);
  }
  else
    error = std::get<std::string> (opened);
  GNUNET_log (GNUNET_ERROR_TYPE_ERROR,
              "The places cannot be opened, nothing was changed: %s\n",
              error.c_str ());
  return std::nullopt;
}

Core::Config
Service::core_config () const
{
  Core::Config config;
  config.software = SOCIAL_SOFTWARE;
  struct Seeker
  {
    const GnunetKeys *keys;
    ConfiguredZones *zones;
  } seeker{ &keys_, &config.zones };
  // [gns] .tld = key
  GNUNET_CONFIGURATION_iterate_section_values (
      cfg_, "gns",
      [] (void *cls, const char *, const char *option,
          const char *value) noexcept
      {
        const auto *s = static_cast<Seeker *> (cls);
        if ('.' != option[0])
          return;
        if (auto zone = s->keys->zone_from_text (value))
          s->zones->insert_or_assign (s->keys->normalized_label (option + 1),
                                      std::move (*zone));
      },
      &seeker);
  return config;
}

void
Service::on_core_connected (void *cls,
                            const struct GNUNET_PeerIdentity *peer) noexcept
{
  auto *self = static_cast<Service *> (cls);
  if (nullptr == peer)
    return;
  const auto own = shell::from_gnunet<base::PeerId> (*peer);
  self->tell ([&] (Core &core) { core.on_own_peer (own); });
  // That was all we want of it; not from within its own callback.
  if (nullptr == self->core_closing_)
    self->core_closing_ = GNUNET_SCHEDULER_add_now (&Service::close_core, cls);
}

void
Service::close_core (void *cls) noexcept
{
  auto *self = static_cast<Service *> (cls);
  self->core_closing_ = nullptr;
  if (nullptr != self->core_service_)
    GNUNET_CORE_disconnect (std::exchange (self->core_service_, nullptr));
}

void
Service::on_shutdown ()
{
  if (nullptr != core_closing_)
    GNUNET_SCHEDULER_cancel (std::exchange (core_closing_, nullptr));
  close_core (this);
  offers_.reset ();
  saver_.reset ();
  uploads_.reset ();
  readers_.reset ();
  places_.reset ();
  names_.reset ();
  egos_.reset ();
  core_.reset ();
  // Those that ended may have told the core something.
  timer_.disarm ();
  effects_.disarm ();
  store_.reset ();
  statistics_.reset ();
}

// ------------------------------------------------------------ applications

void
Service::on_client (shell::ServiceClient &client)
{
  const ClientId id{ ++last_client_ };
  clients_.emplace (id, &client);
  ids_.emplace (&client, id);
  if (core_)
    tell ([&] (Core &core) { core.on_app (id); });
}

void
Service::on_client_gone (shell::ServiceClient &client)
{
  const auto found = ids_.find (&client);
  if (ids_.end () == found)
    return;
  const ClientId id = found->second;
  ids_.erase (found);
  clients_.erase (id);
  parked_.erase (&client);
  if (! core_)
    return;
  readers_->on_client_gone (client);
  uploads_->on_client_gone (client);
  tell ([&] (Core &core) { core.on_app_gone (id); });
}

void
Service::on_message (shell::ServiceClient &client, base::ByteView message)
{
  if (! core_)
    return GNUNET_SERVICE_client_drop (client.handle);
  if (core_->are_egos_known ()
      || AppHello::wire_type == wire::message_type (message))
    return take (client, message);
  parked_.insert_or_assign (&client, base::to_bytes (message));
}

void
Service::take_parked ()
{
  if (parked_.empty () || ! core_->are_egos_known ())
    return;
  const auto parked = std::exchange (parked_, {});
  for (const auto &[client, message] : parked)
    take (*client, message);
}

void
Service::take (shell::ServiceClient &client, base::ByteView message)
{
  count ("messages from applications");
  bool is_good = true;
  const auto result = AppMessages::dispatch (message, [&] (const auto &m)
                                             { is_good = handle (client, m); });
  if (wire::DispatchResult::ok != result)
    return drop (client, "a malformed message");
  if (! is_good)
    return drop (client, "a message out of order");
  GNUNET_SERVICE_client_continue (client.handle);
}

template <typename M>
bool
Service::handle (shell::ServiceClient &client, const M &message)
{
  if constexpr (CoreMessage<M>)
  {
    const ClientId id = ids_.at (&client);
    if constexpr (std::is_same_v<M, AppQueryCancel>)
      readers_->stop (client, message.query_id); // an AppLook
    tell ([&] (Core &core) { core.on_message (id, message); });
    return true;
  }
  else if constexpr (std::is_same_v<M, AppFollow>)
    return readers_->follow (client, message);
  else if constexpr (std::is_same_v<M, AppReplay>)
    return readers_->replay (client, message);
  else if constexpr (std::is_same_v<M, AppLook>)
    return readers_->look (client, message);
  else if constexpr (std::is_same_v<M, AppReadAck>)
    return readers_->acknowledge (client, message);
  else if constexpr (std::is_same_v<M, AppReadStop>)
    return readers_->stop (client, message.reader_id), true;
  else if constexpr (std::is_same_v<M, AppSay>)
    return uploads_->say (client, message);
  else if constexpr (std::is_same_v<M, AppUpload>)
    return uploads_->take (client, message);
  else if constexpr (std::is_same_v<M, AppUploadQuery>)
    return uploads_->ask (client, message);
  else
  {
    static_assert (std::is_same_v<M, AppUploadCancel>);
    return uploads_->cancel (client, message), true;
  }
}

void
Service::drop (shell::ServiceClient &client, const std::string &why)
{
  count ("# applications dropped: " + why);
  GNUNET_log (GNUNET_ERROR_TYPE_WARNING, "An application is dropped: %s\n",
              why.c_str ());
  GNUNET_SERVICE_client_drop (client.handle);
}

// ------------------------------------------------------------------ effects

Core &
Service::core ()
{
  return *core_;
}

// Effects wait for a task of their own: whoever called an input is in a
// callback of GNUnet or psyc, whose handle an effect might end.
void
Service::drain ()
{
  if (! effects_.is_armed ())
    effects_.arm_now ();
}

void
Service::run_effects ()
{
  while (auto effect = core_->poll_effect ())
    std::visit ([this] (const auto &e) { act (e); }, *effect);
  // After the effects: the places' handles are open now.
  take_parked ();
  timer_.arm_at (core_->next_deadline ());
  if (statistics_)
    statistics_->touch ();
}

void
Service::count (const std::string &what)
{
  if (statistics_)
    statistics_->count (what);
}

void
Service::look (shell::Statistics &statistics)
{
  if (! core_)
    return;
  const auto now = core_->load ();
  statistics.set ("applications connected", clients_.size ());
  statistics.set ("places hosted", now.hosted);
  statistics.set ("places entered", now.entered);
  statistics.set ("places asked for, not answered", now.pending);
  statistics.set ("nyms waiting at our doors", now.waiting);
  statistics.set ("wishes for places not found yet", now.wishes);
}

void
Service::act (const Tell &effect)
{
  const auto client = clients_.find (effect.client);
  if (clients_.end () == client)
    return;
  count ("answers and news to applications");
  shell::send_bytes (client->second->mq, effect.message);
}

void
Service::act (const DropClient &effect)
{
  const auto client = clients_.find (effect.client);
  if (clients_.end () != client)
    drop (*client->second, effect.why);
}

void
Service::act (const Count &effect)
{
  count (effect.what);
}

void
Service::act (const StartHost &effect)
{
  names_->watch_zone (effect.ref.ego);
  places_->start (effect);
}

void
Service::act (const JoinGuest &effect)
{
  names_->watch_zone (effect.ref.ego);
  places_->join (effect);
}
} // namespace social
