// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Our membership in a channel, and its C interface.
#include <optional>

#include "psyc/psyc_api_channel.hpp"

using namespace psyc;

struct GNUNET_PSYC_Slave final : GNUNET_PSYC_Channel
{
  struct Callbacks
  {
    GNUNET_PSYC_SlaveConnectCallback connect_cb = nullptr;
    GNUNET_PSYC_JoinDecisionCallback decision_cb = nullptr;
  };

  GNUNET_PSYC_Slave (local::SlaveJoin hello,
                     struct GNUNET_CRYPTO_EcdsaPublicKey public_key,
                     Callbacks callbacks, api::MessageSink sink)
      : GNUNET_PSYC_Channel (
          sink, std::make_unique<GNUNET_PSYC_SlaveTransmitHandle> ()),
        hello_ (std::move (hello)), public_key_ (public_key),
        callbacks_ (callbacks)
  {}

  void
  watch (GNUNET_PSYC_LinkCallback link_cb, void *cls)
  {
    link_cb_ = link_cb;
    link_cls_ = cls;
    if (nullptr != link_cb && link_state_)
      tell_link_state ();
  }

  [[nodiscard]] GNUNET_PSYC_SlaveTransmitHandle &
  transmit_handle ()
  {
    return static_cast<GNUNET_PSYC_SlaveTransmitHandle &> (transmission ());
  }

private:
  void
  say_hello () override
  {
    hello_.after_fragment_id = cursor ();
    say (hello_);
  }

  void
  on_start (const local::Started &started) override
  {
    if (nullptr != callbacks_.connect_cb)
      callbacks_.connect_cb (sink ().cls, static_cast<int> (started.result),
                             started.max_message_id);
  }

  void
  on_lost () override
  {
    GNUNET_PSYC_Channel::on_lost ();
    if (link_state_)
      set_link_state (GNUNET_MULTICAST_MEMBER_STATE_SERVICE_LOST);
  }

  using GNUNET_PSYC_Channel::on;

  bool
  on (local::LinkState &&said) override
  {
    set_link_state (
        static_cast<enum GNUNET_MULTICAST_MemberState> (said.state));
    return true;
  }

  void
  set_link_state (enum GNUNET_MULTICAST_MemberState state)
  {
    if (state == link_state_)
      return;
    link_state_ = state;
    tell_link_state ();
  }

  void
  tell_link_state ()
  {
    defer (
        [this, state = *link_state_]
        {
          if (nullptr != link_cb_)
            link_cb_ (link_cls_, state);
        });
  }

  bool
  on (local::JoinVerdict &&verdict) override
  {
    if (verdict.is_remembered && last_verdict_)
      return true;
    last_verdict_ = verdict.admission;
    if (nullptr == callbacks_.decision_cb)
      return true;
    const auto *said = api::as_message (verdict.answer.bytes);
    const std::size_t said_size
        = nullptr == said ? 0 : verdict.answer.bytes.size ();
    struct GNUNET_PSYC_JoinDecisionMessage head;
    if (said_size + sizeof (head) > wire::message_size_max)
      return false;
    head.header.type = htons (GNUNET_MESSAGE_TYPE_PSYC_JOIN_DECISION);
    head.header.size
        = htons (static_cast<std::uint16_t> (sizeof (head) + said_size));
    const auto is_admitted = static_cast<std::int32_t> (verdict.admission);
    head.is_admitted = static_cast<std::int32_t> (
        htonl (static_cast<std::uint32_t> (is_admitted)));
    head.slave_pub_key = public_key_;
    base::Bytes whole (sizeof (head) + said_size);
    std::memcpy (whole.data (), &head, sizeof (head));
    if (0 != said_size)
      std::memcpy (whole.data () + sizeof (head), verdict.answer.bytes.data (),
                   said_size);
    callbacks_.decision_cb (
        sink ().cls,
        reinterpret_cast<const struct GNUNET_PSYC_JoinDecisionMessage *> (
            whole.data ()),
        is_admitted, said);
    return true;
  }

  local::SlaveJoin hello_;
  const struct GNUNET_CRYPTO_EcdsaPublicKey public_key_;
  const Callbacks callbacks_;
  std::optional<local::Admission> last_verdict_;
  std::optional<enum GNUNET_MULTICAST_MemberState> link_state_;
  GNUNET_PSYC_LinkCallback link_cb_ = nullptr;
  void *link_cls_ = nullptr;
};

struct GNUNET_PSYC_Slave *
GNUNET_PSYC_slave_join (
    const struct GNUNET_CONFIGURATION_Handle *cfg,
    const struct GNUNET_CRYPTO_EddsaPublicKey *channel_pub_key,
    const struct GNUNET_CRYPTO_EcdsaPrivateKey *slave_pub_key,
    enum GNUNET_PSYC_SlaveJoinFlags flags,
    const struct GNUNET_PeerIdentity *origin, uint32_t relay_count,
    const struct GNUNET_PeerIdentity *relays,
    GNUNET_PSYC_MessageCallback message_cb,
    GNUNET_PSYC_MessagePartCallback message_part_cb,
    GNUNET_PSYC_SlaveConnectCallback slave_connect_cb,
    GNUNET_PSYC_JoinDecisionCallback join_decision_cb, void *cls,
    const struct GNUNET_PSYC_Message *join_msg)
{
  local::SlaveJoin hello;
  hello.channel_key = shell::from_gnunet<base::ChannelKey> (*channel_pub_key);
  hello.private_key
      = shell::from_gnunet<base::MemberPrivateKey> (*slave_pub_key);
  hello.flags = static_cast<std::uint32_t> (flags);
  if (nullptr != origin)
    hello.origin = shell::from_gnunet<base::PeerId> (*origin);
  hello.join_message.bytes = api::message_bytes (join_msg);
  if (relay_count > local::relays_max
      || hello.join_message.bytes.size () > local::join_message_size_max)
    return nullptr;
  for (std::uint32_t i = 0; nullptr != relays && i < relay_count; i++)
    hello.relays.push_back (shell::from_gnunet<base::PeerId> (relays[i]));
  struct GNUNET_CRYPTO_EcdsaPublicKey public_key;
  GNUNET_CRYPTO_ecdsa_key_get_public (slave_pub_key, &public_key);
  const auto slave = std::make_shared<GNUNET_PSYC_Slave> (
      std::move (hello), public_key,
      GNUNET_PSYC_Slave::Callbacks{ slave_connect_cb, join_decision_cb },
      api::MessageSink{ message_cb, message_part_cb, cls });
  slave->begin (cfg);
  return slave.get ();
}

void
GNUNET_PSYC_slave_part (struct GNUNET_PSYC_Slave *slave, int keep_active,
                        GNUNET_ContinuationCallback part_cb, void *part_cls)
{
  slave->part (GNUNET_NO != keep_active, part_cb, part_cls);
}

struct GNUNET_PSYC_Channel *
GNUNET_PSYC_slave_get_channel (struct GNUNET_PSYC_Slave *slave)
{
  return slave;
}

void
GNUNET_PSYC_slave_watch (struct GNUNET_PSYC_Slave *slave,
                         GNUNET_PSYC_LinkCallback cb, void *cls)
{
  slave->watch (cb, cls);
}

struct GNUNET_PSYC_SlaveTransmitHandle *
GNUNET_PSYC_slave_transmit (struct GNUNET_PSYC_Slave *slave,
                            const char *method_name,
                            GNUNET_PSYC_TransmitNotifyModifier notify_mod,
                            GNUNET_PSYC_TransmitNotifyData notify_data,
                            void *notify_cls,
                            enum GNUNET_PSYC_SlaveTransmitFlags flags)
{
  auto &handle = slave->transmit_handle ();
  return handle.start (*slave, method_name, notify_mod, notify_data, notify_cls,
                       static_cast<std::uint32_t> (flags))
             ? &handle
             : nullptr;
}

void
GNUNET_PSYC_slave_transmit_resume (struct GNUNET_PSYC_SlaveTransmitHandle *th)
{
  th->resume ();
}

void
GNUNET_PSYC_slave_transmit_cancel (struct GNUNET_PSYC_SlaveTransmitHandle *th)
{
  th->cancel ();
}
