// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A social service under the test's control: listens on a socket of its own in
// the same process, keeps what the library says, says what the test wants.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <list>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "../../psyc/lib/script.hpp"

#include "gnunet_social_service.h"
#include "psyc/message/message.hpp"
#include "psyc/message/part_writer.hpp"
#include "shell/message_queue.hpp"
#include "social/social_messages.hpp"

namespace test
{
// One connection of the library, also after it is gone.
struct Connection
{
  struct GNUNET_SERVICE_Client *handle = nullptr;
  struct GNUNET_MQ_Handle *mq = nullptr; // NULL when gone
  std::vector<base::Bytes> received;

  template <wire::Message M>
  [[nodiscard]] std::vector<M>
  all () const
  {
    std::vector<M> out;
    for (const base::Bytes &bytes : received)
      if (wire::message_type (bytes) == M::wire_type)
        out.push_back (*wire::decode<M> (bytes));
    return out;
  }

  template <wire::Message M>
  [[nodiscard]] std::size_t
  count () const
  {
    return all<M> ().size ();
  }

  template <wire::Message M>
  [[nodiscard]] M
  last () const
  {
    const auto found = all<M> ();
    if (! found.empty ())
      return found.back ();
    ADD_FAILURE () << "no " << M::wire_name;
    return {};
  }

  template <wire::Message M>
  void
  say (const M &message) const
  {
    if (nullptr != mq)
      shell::send (mq, message);
    else
      ADD_FAILURE () << "connection is gone";
  }
};

class FakeSocial
{
public:
  FakeSocial ()
  {
    char name[] = "/tmp/social-test-XXXXXX";
    directory_ = mkdtemp (name);
    cfg_ = GNUNET_CONFIGURATION_create ();
    set ("UNIXPATH", directory_ + "/social.sock");
    set ("UNIX_MATCH_UID", "YES");
    set ("UNIX_MATCH_GID", "NO");
  }
  FakeSocial (const FakeSocial &) = delete;
  FakeSocial &operator= (const FakeSocial &) = delete;
  ~FakeSocial ()
  {
    GNUNET_CONFIGURATION_destroy (cfg_);
    std::filesystem::remove_all (directory_);
  }

  [[nodiscard]] const struct GNUNET_CONFIGURATION_Handle *
  cfg () const
  {
    return cfg_;
  }

  void
  start ()
  {
    const auto handlers = shell::message_handlers<social::AppMessages> (
        &FakeSocial::on_message, nullptr);
    handle_ = GNUNET_SERVICE_start ("social", cfg_, &FakeSocial::on_client,
                                    &FakeSocial::on_client_gone, this,
                                    handlers.data ());
    ASSERT_NE (handle_, nullptr);
  }

  void
  stop ()
  {
    if (nullptr != handle_)
      GNUNET_SERVICE_stop (std::exchange (handle_, nullptr));
  }

  [[nodiscard]] Connection &
  newest ()
  {
    return connections_.back ();
  }

  [[nodiscard]] std::size_t
  connection_count () const
  {
    return connections_.size ();
  }

  // The newest connection is the n-th ever (from 1) and said `count` Ms.
  template <wire::Message M>
  [[nodiscard]] bool
  heard (std::size_t connections, std::size_t count = 1)
  {
    return connections == connections_.size ()
           && newest ().count<M> () >= count;
  }

private:
  void
  set (const char *option, const std::string &value)
  {
    GNUNET_CONFIGURATION_set_value_string (cfg_, "social", option,
                                           value.c_str ());
  }

  static void *
  on_client (void *cls, struct GNUNET_SERVICE_Client *client,
             struct GNUNET_MQ_Handle *mq) noexcept
  {
    auto *self = static_cast<FakeSocial *> (cls);
    self->connections_.push_back ({ client, mq, {} });
    return &self->connections_.back ();
  }

  static void
  on_client_gone (void *, struct GNUNET_SERVICE_Client *,
                  void *client_cls) noexcept
  {
    static_cast<Connection *> (client_cls)->mq = nullptr;
  }

  static void
  on_message (void *cls, const struct GNUNET_MessageHeader *header) noexcept
  {
    auto *connection = static_cast<Connection *> (cls);
    connection->received.push_back (
        base::to_bytes (shell::message_bytes (header)));
    GNUNET_SERVICE_client_continue (connection->handle);
  }

  std::string directory_;
  struct GNUNET_CONFIGURATION_Handle *cfg_ = nullptr;
  struct GNUNET_SERVICE_Handle *handle_ = nullptr;
  std::list<Connection> connections_;
};

// Parts of a whole small message.
inline base::Bytes
parts_of_message (std::string_view method, std::string_view body)
{
  psyc::Message message;
  message.method = method;
  message.data = base::to_bytes (base::as_bytes (body));
  return psyc::encode_message (message).value ();
}

// A fragment as the service tells it.
inline social::SocialFragment
fragment (std::uint64_t reader_id, std::uint64_t fragment_id,
          std::uint64_t message_id, std::uint64_t offset,
          const base::Bytes &parts)
{
  struct GNUNET_PSYC_MessageHeader header = {};
  base::Bytes out (sizeof (header) + parts.size ());
  header.header.type = htons (GNUNET_MESSAGE_TYPE_PSYC_MESSAGE_HEADER);
  header.header.size = htons (static_cast<std::uint16_t> (out.size ()));
  header.message_id = GNUNET_htonll (message_id);
  header.fragment_offset = GNUNET_htonll (offset);
  std::memcpy (out.data (), &header, sizeof (header));
  std::copy (parts.begin (), parts.end (), out.begin () + sizeof (header));
  return { reader_id, fragment_id, { out } };
}

inline social::SocialFragment
whole_fragment (std::uint64_t reader_id, std::uint64_t fragment_id,
                std::string_view body = "hello")
{
  return fragment (reader_id, fragment_id, fragment_id, 0,
                   parts_of_message ("_converse", body));
}

// An App of the library and its service, with one ego.
class SocialLib : public ::testing::Test
{
protected:
  SocialLib ()
  {
    struct GNUNET_CRYPTO_EcdsaPrivateKey secret;
    std::memset (&ego_key_, 0, sizeof (ego_key_));
    ego_key_.type = htonl (GNUNET_IDENTITY_TYPE_ECDSA);
    GNUNET_CRYPTO_ecdsa_key_create (&secret);
    GNUNET_CRYPTO_ecdsa_key_get_public (&secret, &ego_key_.ecdsa_key);
    struct GNUNET_CRYPTO_EddsaPrivateKey place_secret;
    GNUNET_CRYPTO_eddsa_key_create (&place_secret);
    GNUNET_CRYPTO_eddsa_key_get_public (&place_secret, &place_key_);
    script_.on_end = [this]
    {
      if (nullptr != app_)
        GNUNET_SOCIAL_app_disconnect (app_, nullptr, nullptr);
      service_.stop ();
    };
  }

  [[nodiscard]] base::MemberKey
  ego () const
  {
    return shell::from_gnunet<base::MemberKey> (ego_key_.ecdsa_key);
  }

  [[nodiscard]] base::ChannelKey
  place () const
  {
    return shell::from_gnunet<base::ChannelKey> (place_key_);
  }

  [[nodiscard]] social::PlaceInfo
  place_info (bool is_host = true) const
  {
    social::PlaceInfo info;
    info.key = place ();
    info.is_host = is_host;
    info.name = "lounge.alice";
    info.ego_name = "alice";
    info.ego_key = ego ();
    return info;
  }

  void
  connect ()
  {
    app_ = GNUNET_SOCIAL_app_connect (
        service_.cfg (), "test",
        [] (void *cls, struct GNUNET_SOCIAL_Ego *known,
            const struct GNUNET_CRYPTO_EcdsaPublicKey *, const char *name)
        {
          auto *self = static_cast<SocialLib *> (cls);
          self->ego_ = known;
          self->ego_names_.push_back (name);
        },
        [] (void *cls, struct GNUNET_SOCIAL_HostConnection *hconn,
            struct GNUNET_SOCIAL_Ego *,
            const struct GNUNET_CRYPTO_EddsaPublicKey *,
            enum GNUNET_SOCIAL_AppPlaceState)
        {
          auto *self = static_cast<SocialLib *> (cls);
          self->hconn_ = hconn;
          self->host_calls_++;
        },
        nullptr,
        [] (void *cls) { static_cast<SocialLib *> (cls)->connected_calls_++; },
        this);
  }

  // What a service says after a hello.
  void
  welcome (const std::string &ego_name = "alice")
  {
    Connection &library = service_.newest ();
    library.say (
        social::SocialHello{ social::app_protocol_version, "fake", {} });
    base::Bytes packed (sizeof (ego_key_));
    const ssize_t size = GNUNET_IDENTITY_write_public_key_to_buffer (
        &ego_key_, packed.data (), packed.size ());
    packed.resize (static_cast<std::size_t> (size));
    library.say (social::SocialEgo{ ego_name, packed });
    library.say (social::SocialPlace{ 0, place_info () });
    library.say (social::SocialListsComplete{});
  }

  // The App is connected and knows its ego.
  void
  begin ()
  {
    script_
        .act (
            [this]
            {
              service_.start ();
              connect ();
            })
        .until ("a hello",
                [this] { return service_.heard<social::AppHello> (1); })
        .act ([this] { welcome (); })
        .until ("the lists", [this] { return 1 == connected_calls_; });
  }

  // The service dies and is back, for the `connections`-th time.
  void
  come_back (std::size_t connections)
  {
    script_
        .act (
            [this]
            {
              service_.stop ();
              service_.start ();
            })
        .until ("a hello again", [this, connections]
                { return service_.heard<social::AppHello> (connections); })
        .act ([this] { welcome (); });
  }

  FakeSocial service_;
  Script script_;
  struct GNUNET_SOCIAL_App *app_ = nullptr;
  struct GNUNET_SOCIAL_Ego *ego_ = nullptr;
  struct GNUNET_SOCIAL_HostConnection *hconn_ = nullptr;
  std::vector<std::string> ego_names_;
  int host_calls_ = 0;
  int connected_calls_ = 0;
  struct GNUNET_IDENTITY_PublicKey ego_key_;
  struct GNUNET_CRYPTO_EddsaPublicKey place_key_;
};
} // namespace test
