// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The psycstore service: keeps what channels must not lose. Here is only the
// shell: clients' sockets, the plugin, statistics. What is done when is
// decided by StoreCore (core/store_core.hpp), the tables are the plugin's
// (plugin/sqlite_schema.hpp).
#include <csignal>
#include <map>
#include <memory>
#include <optional>

#include "psycstore/core/store_core.hpp"
#include "psycstore/psycstore_messages.hpp"
#include "psycstore/shell/configured_retention.hpp"
#include "psycstore/shell/plugin_loader.hpp"
#include "shell/gnunet_crypto.hpp"
#include "shell/gnunet_hash.hpp"
#include "shell/service_main.hpp"
#include "shell/statistics.hpp"
#include "shell/timer.hpp"

namespace psycstore
{
namespace
{
// Moments without a word from any client before a newcomer is heard, and the
// longest that he waits for them.
constexpr int calm_moments = 3;
constexpr base::Duration newcomer_patience = base::seconds (1);

class Service : public shell::ServiceApp
{
public:
  Service () : look_ ([this] { pump (); }), reopen_ ([this] { open (); }) {}

  void
  on_start (const struct GNUNET_CONFIGURATION_Handle *cfg,
            struct GNUNET_SERVICE_Handle *) override
  {
    cfg_ = cfg;
    statistics_.emplace (cfg, "psycstore",
                         [this] (auto &statistics) { look (statistics); });
    core_.emplace (hashers_, verifier_, configured_retention (cfg));
    open ();
    pump ();
  }

  void
  on_client (shell::ServiceClient &handle) override
  {
    const ClientId id{ ++last_client_ };
    ids_[&handle] = id;
    clients_[id] = std::make_unique<Client> (
        Client{ *this, id, handle, {}, std::nullopt, {} });
    core_->on_client (id);
  }

  void
  on_client_gone (shell::ServiceClient &handle) override
  {
    const auto found = ids_.find (&handle);
    core_->on_client_gone (found->second);
    clients_.erase (found->second);
    ids_.erase (found);
  }

  void
  on_message (shell::ServiceClient &handle, base::ByteView message) override
  {
    calm_ = 0;
    count ("messages from clients", 1);
    count ("bytes from clients", message.size ());
    core_->advance_time (shell::now ());
    Client &client = *clients_.at (ids_.at (&handle));
    if (! client.is_heard)
    {
      client.first_message = base::to_bytes (message);
      client.came = shell::now ();
      wait_for_calm ();
      return;
    }
    core_->on_message (client.id, message);
    pump ();
  }

  void
  on_shutdown () override
  {
    reopen_.disarm ();
    look_.disarm ();
    if (nullptr != newcomers_)
      GNUNET_SCHEDULER_cancel (std::exchange (newcomers_, nullptr));
    if (nullptr != idle_)
      GNUNET_SCHEDULER_cancel (std::exchange (idle_, nullptr));
    core_->on_database (nullptr, "the service ends");
    plugin_.reset ();
    statistics_.reset ();
  }

private:
  struct Client
  {
    Service &service;
    ClientId id;
    shell::ServiceClient &handle;
    // Sizes of what its queue has not sent yet, in order.
    std::deque<std::size_t> unsent;
    // A newcomer's first message, which waits.
    std::optional<base::Bytes> first_message;
    base::TimePoint came;
    bool is_heard = false;
  };

  // Whoever comes new may follow a life that was killed, and must see all that
  // this one had said: it still waits in its socket. So nobody new is heard
  // before all that others said is done.
  void
  wait_for_calm ()
  {
    if (nullptr == newcomers_)
      newcomers_ = GNUNET_SCHEDULER_add_with_priority (
          GNUNET_SCHEDULER_PRIORITY_IDLE, &Service::on_calm, this);
  }

  static void
  on_calm (void *cls) noexcept
  {
    auto *self = static_cast<Service *> (cls);
    self->newcomers_ = nullptr;
    self->calm_++;
    const bool is_calm
        = calm_moments <= self->calm_ && ! self->core_->has_work ();
    for (auto &[id, client] : self->clients_)
    {
      if (! client->first_message)
        continue;
      if (! is_calm && shell::now () < client->came + newcomer_patience)
      {
        self->wait_for_calm ();
        continue;
      }
      const base::Bytes message
          = *std::exchange (client->first_message, std::nullopt);
      client->is_heard = true;
      self->core_->on_message (id, message);
    }
    self->pump ();
  }

  void
  count (std::string_view name, std::uint64_t by)
  {
    if (statistics_)
      statistics_->count (name, static_cast<std::int64_t> (by));
  }

  void
  look (shell::Statistics &statistics)
  {
    const auto now = core_->load ();
    statistics.set ("clients connected", clients_.size ());
    statistics.set ("operations waiting", now.operations);
    statistics.set ("bytes of operations waiting", now.operation_bytes);
    statistics.set ("reads going on", now.readers);
    statistics.set ("bytes of answers not sent yet", now.unsent_bytes);
  }

  // Without its database the service answers every operation with the reason,
  // and tries again now and then: the disk may have room, the file be mended.
  void
  open ()
  {
    plugin_.emplace (cfg_); // lets go of the one before first
    if (nullptr == plugin_->database ())
    {
      GNUNET_log (GNUNET_ERROR_TYPE_ERROR, "%s\n",
                  plugin_->why_not ().c_str ());
      reopen_.arm_in (base::seconds (5));
    }
    core_->on_database (plugin_->database (), plugin_->why_not ());
  }

  void
  pump ()
  {
    core_->advance_time (shell::now ());
    look_.arm_at (core_->next_deadline ());
    while (auto effect = core_->poll_effect ())
      std::visit ([this] (auto &&what) { execute (std::move (what)); },
                  std::move (*effect));
    if (core_->has_work () && nullptr == idle_)
      idle_ = GNUNET_SCHEDULER_add_with_priority (
          GNUNET_SCHEDULER_PRIORITY_IDLE, &Service::on_idle, this);
  }

  void
  execute (SendToClient &&what)
  {
    const auto found = clients_.find (what.client);
    if (clients_.end () == found)
      return;
    Client &client = *found->second;
    struct GNUNET_MQ_Envelope *envelope = GNUNET_MQ_msg_copy (
        reinterpret_cast<const struct GNUNET_MessageHeader *> (
            what.message.data ()));
    count ("messages to clients", 1);
    count ("bytes to clients", what.message.size ());
    client.unsent.push_back (what.message.size ());
    GNUNET_MQ_notify_sent (envelope, &Service::on_sent, &client);
    GNUNET_MQ_send (client.handle.mq, envelope);
  }

  void
  execute (ReceiveFromClient &&what)
  {
    const auto found = clients_.find (what.client);
    if (clients_.end () != found)
      GNUNET_SERVICE_client_continue (found->second->handle.handle);
  }

  void
  execute (DropClient &&what)
  {
    const auto found = clients_.find (what.client);
    if (clients_.end () == found)
      return;
    GNUNET_break (0);
    GNUNET_SERVICE_client_drop (found->second->handle.handle);
  }

  void
  execute (Count &&what)
  {
    count (what.what, what.by);
  }

  static void
  on_idle (void *cls) noexcept
  {
    auto *self = static_cast<Service *> (cls);
    self->idle_ = nullptr;
    self->core_->on_idle ();
    self->pump ();
  }

  static void
  on_sent (void *cls) noexcept
  {
    auto *client = static_cast<Client *> (cls);
    const std::size_t size = client->unsent.front ();
    client->unsent.pop_front ();
    client->service.core_->on_sent (client->id, size);
    client->service.pump ();
  }

  const struct GNUNET_CONFIGURATION_Handle *cfg_ = nullptr;
  std::optional<shell::Statistics> statistics_;
  struct GNUNET_SCHEDULER_Task *idle_ = nullptr;
  struct GNUNET_SCHEDULER_Task *newcomers_ = nullptr;
  int calm_ = 0;
  // When the core wants to look for what has grown old.
  shell::Timer look_;
  shell::Timer reopen_;
  std::optional<PluginLoader> plugin_;
  const shell::Sha512Maker hashers_;
  const shell::GnunetVerifier verifier_;
  std::optional<StoreCore> core_;
  std::uint64_t last_client_ = 0;
  std::map<shell::ServiceClient *, ClientId> ids_;
  std::map<ClientId, std::unique_ptr<Client>> clients_;
};
} // namespace
} // namespace psycstore

int
main (int argc, char *const *argv)
{
  // A file at its size limit is an error to report, not a reason to die.
  std::signal (SIGXFSZ, SIG_IGN);
  psycstore::Service service;
  return shell::run_service<psycstore::ClientMessages> (argc, argv, "psycstore",
                                                        service);
}
