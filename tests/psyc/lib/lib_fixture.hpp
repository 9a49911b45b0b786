// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What the tests of the library share: keys, fragments, a recorder of
// callbacks.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fake_service.hpp"
#include "script.hpp"

#include "psyc/message/part_writer.hpp"
#include "shell/keys.hpp"
#include "gnunet_psyc_service.h"

namespace test
{
inline base::Bytes
written (const std::function<void (psyc::PartWriter &)> &write)
{
  psyc::PartWriter writer (60000);
  write (writer);
  writer.flush ();
  return *writer.take ();
}

inline base::Bytes
method_part (std::string_view method)
{
  return written (
      [&] (psyc::PartWriter &writer)
      { EXPECT_TRUE (writer.method (method, 0, psyc::state_not_modified)); });
}

inline base::Bytes
data_part (std::string_view body)
{
  return written ([&] (psyc::PartWriter &writer)
                  { writer.data (base::as_bytes (body)); });
}

inline base::Bytes
end_part ()
{
  return written ([] (psyc::PartWriter &writer) { writer.end (); });
}

// Parts of a whole small message.
inline base::Bytes
parts_of_message (std::string_view method, std::string_view body)
{
  base::Bytes out = method_part (method);
  for (const auto &part : { data_part (body), end_part () })
    out.insert (out.end (), part.begin (), part.end ());
  return out;
}

// P.MessageHeader and parts.
inline wire::Rest
fragment_bytes (std::uint64_t message_id, std::uint64_t offset,
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
  return { out };
}

inline local::Fragment
whole_fragment (std::uint64_t fragment_id, std::string_view body = "hello",
                std::uint64_t stream_id = local::log_stream)
{
  return { stream_id, fragment_id,
           fragment_bytes (fragment_id, 0,
                           parts_of_message ("_message", body)) };
}

inline local::Started
started (std::uint64_t after_fragment_id)
{
  local::Started out;
  out.result = 0 == after_fragment_id ? local::StartResult::is_empty
                                      : local::StartResult::has_messages;
  out.head_fragment_id = after_fragment_id;
  out.max_message_id = after_fragment_id;
  out.after_fragment_id = after_fragment_id;
  return out;
}

// Counts and remembers what a handle calls.
struct Recorder
{
  int starts = 0;
  int start_result = 0;
  std::vector<std::uint64_t> messages; // ids by message_cb
  std::vector<int> parts;              // types by part_cb, 0 for NULL
  std::uint32_t flags = 0;             // of the last message
  std::string body;                    // of all data parts
  int stops = 0;
  std::function<void ()> on_start;
  std::function<void ()> on_message;
  std::function<void ()> on_part;

  static void
  start_cb (void *cls, int result, std::uint64_t) noexcept
  {
    auto *self = static_cast<Recorder *> (cls);
    self->starts++;
    self->start_result = result;
    call (self->on_start);
  }

  static void
  message_cb (void *cls, const struct GNUNET_PSYC_MessageHeader *msg) noexcept
  {
    auto *self = static_cast<Recorder *> (cls);
    self->messages.push_back (GNUNET_ntohll (msg->message_id));
    self->flags = ntohl (msg->flags);
    call (self->on_message);
  }

  static void
  part_cb (void *cls, const struct GNUNET_PSYC_MessageHeader *,
           const struct GNUNET_MessageHeader *pmsg) noexcept
  {
    auto *self = static_cast<Recorder *> (cls);
    self->parts.push_back (nullptr == pmsg ? 0 : ntohs (pmsg->type));
    if (nullptr != pmsg
        && GNUNET_MESSAGE_TYPE_PSYC_MESSAGE_DATA == ntohs (pmsg->type))
      self->body.append (reinterpret_cast<const char *> (&pmsg[1]),
                         ntohs (pmsg->size) - sizeof (*pmsg));
    call (self->on_part);
  }

  static void
  stop_cb (void *cls) noexcept
  {
    static_cast<Recorder *> (cls)->stops++;
  }

  static void
  call (const std::function<void ()> &hook)
  {
    const auto copy = hook;
    if (copy)
      copy ();
  }
};

// What a GNUNET_ResultCallback was told.
struct Result
{
  int calls = 0;
  std::int64_t result = -99;
  std::string text;

  static void
  cb (void *cls, std::int64_t result, const void *data,
      std::uint16_t size) noexcept
  {
    auto *self = static_cast<Result *> (cls);
    self->calls++;
    self->result = result;
    if (nullptr != data)
      self->text.assign (static_cast<const char *> (data), size - 1u);
  }
};

class PsycLib : public ::testing::Test
{
protected:
  PsycLib ()
  {
    GNUNET_CRYPTO_eddsa_key_create (&channel_private_);
    GNUNET_CRYPTO_eddsa_key_get_public (&channel_private_, &channel_public_);
    GNUNET_CRYPTO_ecdsa_key_create (&slave_private_);
    GNUNET_CRYPTO_ecdsa_key_get_public (&slave_private_, &slave_public_);
    script_.on_end = [this] { service_.stop (); };
  }

  [[nodiscard]] struct GNUNET_PSYC_Master *
  start_master (Recorder &recorder)
  {
    return GNUNET_PSYC_master_start (
        service_.cfg (), &channel_private_, GNUNET_PSYC_CHANNEL_PRIVATE,
        &Recorder::start_cb, join_cb_, &Recorder::message_cb,
        &Recorder::part_cb, &recorder);
  }

  [[nodiscard]] struct GNUNET_PSYC_Slave *
  join_slave (Recorder &recorder,
              GNUNET_PSYC_JoinDecisionCallback decision_cb = nullptr,
              const struct GNUNET_PSYC_Message *join_msg = nullptr)
  {
    return GNUNET_PSYC_slave_join (service_.cfg (), &channel_public_,
                                   &slave_private_, GNUNET_PSYC_SLAVE_JOIN_NONE,
                                   nullptr, 0, nullptr, &Recorder::message_cb,
                                   &Recorder::part_cb, &Recorder::start_cb,
                                   decision_cb, &recorder, join_msg);
  }

  // Starts the service and a master whose log ends at `head`.
  void
  begin_master (std::uint64_t head = 0)
  {
    script_
        .act (
            [this]
            {
              service_.start ();
              master_ = start_master (seen_);
            })
        .until ("a master's hello",
                [this] { return service_.heard<local::MasterStart> (0); })
        .act ([this, head] { service_.newest ().say (started (head)); })
        .until ("the start", [this] { return 1 == seen_.starts; });
  }

  // The service dies and comes back; the hello is awaited and answered.
  template <wire::Message Hello>
  void
  come_back (std::size_t connection, std::uint64_t after)
  {
    script_.act ([this] { service_.restart (); })
        .until ("a hello again", [this, connection]
                { return service_.heard<Hello> (connection); })
        .act ([this, after] { service_.newest ().say (started (after)); });
  }

  // Ends the master by the rules.
  void
  end_master ()
  {
    script_
        .act (
            [this]
            {
              GNUNET_PSYC_master_stop (master_, GNUNET_NO, &Recorder::stop_cb,
                                       &seen_);
              EXPECT_EQ (seen_.stops, 0);
            })
        .until ("a Part", [this]
                { return 1 == service_.newest ().count<local::Part> (); })
        .act ([this] { service_.newest ().say (local::PartAck{}); })
        .until ("the end", [this] { return 1 == seen_.stops; });
  }

  // The application's program ends without waiting for anything.
  void
  drop_master ()
  {
    script_.act ([this] { stop_master_at_once (); });
  }

  void
  stop_master_at_once ()
  {
    GNUNET_PSYC_master_stop (std::exchange (master_, nullptr), GNUNET_YES,
                             &Recorder::stop_cb, &seen_);
  }

  FakeService service_;
  Script script_;
  Recorder seen_;
  GNUNET_PSYC_JoinRequestCallback join_cb_ = nullptr;
  struct GNUNET_PSYC_Master *master_ = nullptr;
  struct GNUNET_CRYPTO_EddsaPrivateKey channel_private_;
  struct GNUNET_CRYPTO_EddsaPublicKey channel_public_;
  struct GNUNET_CRYPTO_EcdsaPrivateKey slave_private_;
  struct GNUNET_CRYPTO_EcdsaPublicKey slave_public_;
};
} // namespace test
