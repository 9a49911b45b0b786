// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The social service's shell: decodes what applications say, calls the core,
// carries out its effects, re-arms its timer. It decides nothing.
#pragma once

#include <map>
#include <memory>

#include "shell/service_main.hpp"
#include "shell/statistics.hpp"
#include "social/shell/gnunet_keys.hpp"
#include "social/shell/names.hpp"
#include "social/shell/offer_sender.hpp"
#include "social/shell/places.hpp"
#include "social/shell/readers.hpp"
#include "social/shell/sqlite_store.hpp"
#include "social/shell/saver.hpp"
#include "social/shell/uploads.hpp"

namespace social
{
class Service : public shell::ServiceApp, private CoreDoor
{
public:
  Service ();
  ~Service () override;

  void on_start (const struct GNUNET_CONFIGURATION_Handle *cfg,
                 struct GNUNET_SERVICE_Handle *service) override;
  void on_client (shell::ServiceClient &client) override;
  void on_client_gone (shell::ServiceClient &client) override;
  void on_message (shell::ServiceClient &client,
                   base::ByteView message) override;
  void on_shutdown () override;

private:
  [[nodiscard]] Core &core () override;
  void drain () override;
  void run_effects ();

  [[nodiscard]] std::optional<Snapshot> open_store ();
  [[nodiscard]] Core::Config core_config () const;
  void count (const std::string &what);
  void look (shell::Statistics &statistics);
  void drop (shell::ServiceClient &client, const std::string &why);

  // Messages that came before the identity service had told its egos wait:
  // one for each client, as the next is not read before.
  void take_parked ();
  void take (shell::ServiceClient &client, base::ByteView message);

  // One message of an application; false: it broke the protocol.
  template <typename M>
  [[nodiscard]] bool handle (shell::ServiceClient &client, const M &message);

  // Effects.
  void act (const Tell &effect);
  void act (const DropClient &effect);
  void act (const Count &effect);
  void
  act (const LookUp &effect)
  {
    names_->look_up (effect);
  }
  void
  act (const CancelLookUp &effect)
  {
    names_->cancel_look_up (effect.id);
  }
  void
  act (const StoreRecord &effect)
  {
    names_->store (effect);
  }
  void act (const StartHost &effect);
  void
  act (const StopHost &effect)
  {
    places_->stop (effect);
  }
  void act (const JoinGuest &effect);
  void
  act (const PartGuest &effect)
  {
    places_->part (effect);
  }
  void
  act (const DecideJoin &effect)
  {
    places_->decide (effect);
  }
  void
  act (const ConfirmQuestion &effect)
  {
    places_->confirm (effect);
  }
  void
  act (const RelayRequest &effect)
  {
    places_->relay (effect);
  }
  void
  act (const RefuseRequest &effect)
  {
    places_->refuse (effect);
  }
  void
  act (const Announce &effect)
  {
    places_->announce (effect);
  }
  void
  act (const AdoptHost &effect)
  {
    places_->adopt (effect);
  }
  void
  act (const EjectNym &effect)
  {
    places_->eject (effect);
  }
  void
  act (const SaveFiles &effect)
  {
    saver_->save (effect);
  }
  void
  act (const SayOfferedFile &effect)
  {
    offers_->say (effect);
  }
  void
  act (const TellOffer &effect)
  {
    offers_->tell (effect);
  }
  void
  act (const AskInfo &effect)
  {
    places_->ask_info (effect);
  }

  static void
  on_core_connected (void *cls,
                     const struct GNUNET_PeerIdentity *peer) noexcept;
  static void close_core (void *cls) noexcept;

  const struct GNUNET_CONFIGURATION_Handle *cfg_ = nullptr;
  std::optional<shell::Statistics> statistics_;
  struct GNUNET_CORE_Handle *core_service_ = nullptr;
  struct GNUNET_SCHEDULER_Task *core_closing_ = nullptr;
  GnunetKeys keys_;
  std::unique_ptr<SqliteStore> store_;
  std::unique_ptr<Core> core_;
  std::unique_ptr<Egos> egos_;
  std::unique_ptr<Names> names_;
  std::unique_ptr<Places> places_;
  std::unique_ptr<Readers> readers_;
  std::unique_ptr<Uploads> uploads_;
  std::unique_ptr<Saver> saver_;
  std::unique_ptr<OfferSender> offers_;
  std::map<ClientId, shell::ServiceClient *> clients_;
  std::map<const shell::ServiceClient *, ClientId> ids_;
  std::map<shell::ServiceClient *, base::Bytes> parked_;
  std::uint64_t last_client_ = 0;
  shell::Timer timer_;   // the core's next deadline
  shell::Timer effects_; // there are effects to carry out
};
} // namespace social
