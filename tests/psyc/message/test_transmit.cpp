// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The transmit functions over a queue whose other end acknowledges each
// message a little later, as a service does.
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <random>

// After the headers above: GNUnet makes a macro of gettext.
#include "shell/gnunet.hpp"

#include "gnunet_multicast_service.h"
#include "gnunet_psyc_util_lib.h"
#include "part_builder.hpp"
#include "psyc/message/message.hpp"

namespace
{
void
run_in_scheduler (const std::function<void ()> &body)
{
  auto task = body;
  GNUNET_SCHEDULER_run ([] (void *cls)
                        { (*static_cast<std::function<void ()> *> (cls)) (); },
                        &task);
}

// The other end: keeps what comes, acknowledges, then calls `after_ack`.
struct Service
{
  struct GNUNET_MQ_Handle *mq = nullptr;
  struct GNUNET_PSYC_TransmitHandle *tmit = nullptr;
  std::vector<base::Bytes> chunks;
  std::function<void ()> after_ack;
  bool is_acknowledging = true;

  Service ()
  {
    mq = GNUNET_MQ_queue_for_callbacks (
        &on_send, [] (struct GNUNET_MQ_Handle *, void *) {}, nullptr, this,
        nullptr, nullptr, nullptr);
    tmit = GNUNET_PSYC_transmit_create (mq);
  }

  static void
  on_send (struct GNUNET_MQ_Handle *mq, const struct GNUNET_MessageHeader *msg,
           void *cls)
  {
    auto *self = static_cast<Service *> (cls);
    EXPECT_EQ (GNUNET_MESSAGE_TYPE_PSYC_MESSAGE, ntohs (msg->type));
    const auto *raw = reinterpret_cast<const std::uint8_t *> (msg);
    self->chunks.emplace_back (raw + sizeof (*msg), raw + ntohs (msg->size));
    GNUNET_MQ_impl_send_continue (mq);
    (void)GNUNET_SCHEDULER_add_now (&on_ack, self);
  }

  static void
  on_ack (void *cls)
  {
    auto *self = static_cast<Service *> (cls);
    if (self->is_acknowledging && nullptr != self->tmit)
      GNUNET_PSYC_transmit_got_ack (self->tmit);
    if (self->after_ack)
      self->after_ack ();
  }

  [[nodiscard]] base::Bytes
  all () const
  {
    base::Bytes out;
    for (const auto &chunk : chunks)
      out.insert (out.end (), chunk.begin (), chunk.end ());
    return out;
  }

  void
  destroy ()
  {
    GNUNET_PSYC_transmit_destroy (std::exchange (tmit, nullptr));
  }

  ~Service ()
  {
    destroy ();
    GNUNET_MQ_destroy (mq);
  }
};

// A body given piece by piece, and modifiers by the callback of 2019.
struct Source
{
  std::vector<psyc::Modifier> modifiers;
  base::Bytes data;
  std::size_t data_offset = 0;
  std::size_t piece_max = 1000000;
  std::size_t index = 0;
  std::size_t value_offset = 0;
  int pauses = 0;
  std::function<void ()> act;

  static int
  on_data (void *cls, uint16_t *size, void *out)
  {
    auto &self = *static_cast<Source *> (cls);
    if (self.act)
      self.act ();
    if (self.pauses > 0)
    {
      self.pauses--;
      *size = 0;
      return GNUNET_NO;
    }
    const std::size_t left = self.data.size () - self.data_offset;
    const std::size_t piece
        = std::min<std::size_t> ({ *size, left, self.piece_max });
    if (0 != piece)
      std::memcpy (out, self.data.data () + self.data_offset, piece);
    self.data_offset += piece;
    *size = static_cast<uint16_t> (piece);
    return piece == left ? GNUNET_YES : GNUNET_NO;
  }

  static int
  on_modifier (void *cls, uint16_t *size, void *out, uint8_t *oper,
               uint32_t *full_value_size)
  {
    auto &self = *static_cast<Source *> (cls);
    auto *bytes = static_cast<std::uint8_t *> (out);
    std::size_t used = 0;
    if (nullptr != oper)
    {
      if (self.index == self.modifiers.size ())
      {
        *size = 0;
        return GNUNET_YES;
      }
      const auto &modifier = self.modifiers[self.index];
      *oper = static_cast<uint8_t> (modifier.oper);
      *full_value_size = static_cast<uint32_t> (modifier.value.size ());
      std::memcpy (bytes, modifier.name.c_str (), modifier.name.size () + 1);
      used = modifier.name.size () + 1;
      self.value_offset = 0;
    }
    const auto &value = self.modifiers[self.index].value;
    const std::size_t piece
        = std::min (*size - used, value.size () - self.value_offset);
    if (0 != piece)
      std::memcpy (bytes + used, value.data () + self.value_offset, piece);
    self.value_offset += piece;
    if (self.value_offset == value.size ())
      self.index++;
    *size = static_cast<uint16_t> (used + piece);
    return GNUNET_NO;
  }
};
} // namespace

namespace
{
// Sends one message and gives what the service got, once nothing is left to
// be done.
struct Exchange
{
  std::unique_ptr<Service> service;
  base::Bytes all;
  std::size_t chunk_count = 0;

  template <typename Begin>
  void
  run (Begin begin)
  {
    run_in_scheduler (
        [&, begin]
        {
          service = std::make_unique<Service> ();
          begin (*service);
          (void)GNUNET_SCHEDULER_add_shutdown (
              [] (void *cls)
              {
                auto *self = static_cast<Exchange *> (cls);
                self->all = self->service->all ();
                self->chunk_count = self->service->chunks.size ();
                self->service.reset ();
              },
              this);
          (void)GNUNET_SCHEDULER_add_delayed (
              { 300000 }, [] (void *) { GNUNET_SCHEDULER_shutdown (); },
              nullptr);
        });
  }
};
} // namespace

TEST (Transmit, SendsFromAnEnvironmentAndABody)
{
  Source source;
  source.data = base::Bytes (200000, 'd');
  const std::string value (150000, 'v');
  Exchange exchange;
  exchange.run (
      [&] (Service &service)
      {
        auto *env = GNUNET_PSYC_env_create ();
        GNUNET_PSYC_env_add (env, GNUNET_PSYC_OP_ASSIGN, "_long", value.data (),
                             value.size ());
        GNUNET_PSYC_env_add (env, GNUNET_PSYC_OP_ASSIGN, "_gone", nullptr, 0);
        EXPECT_EQ (GNUNET_OK, GNUNET_PSYC_transmit_message (
                                  service.tmit, "_m", env, nullptr,
                                  &Source::on_data, &source, 5));
        GNUNET_PSYC_env_destroy (env);
        EXPECT_EQ (GNUNET_SYSERR,
                   GNUNET_PSYC_transmit_message (service.tmit, "_m", nullptr,
                                                 nullptr, nullptr, nullptr, 0));
      });
  const auto message = psyc::parse_message (exchange.all);
  ASSERT_TRUE (message);
  EXPECT_EQ (source.data, message->data);
  ASSERT_EQ (2u, message->modifiers.size ());
  EXPECT_EQ (value, message->find_text ("_long"));
  EXPECT_EQ ("", message->find_text ("_gone"));
}

TEST (Transmit, WaitsForTheAcknowledgementOfEachChunk)
{
  Source source;
  source.data = base::Bytes (200000, 'd');
  Exchange without;
  without.run (
      [&] (Service &service)
      {
        service.is_acknowledging = false;
        EXPECT_EQ (GNUNET_OK, GNUNET_PSYC_transmit_message (
                                  service.tmit, "_m", nullptr, nullptr,
                                  &Source::on_data, &source, 0));
      });
  EXPECT_EQ (1u, without.chunk_count);
  source.data_offset = 0;
  Exchange with;
  with.run (
      [&] (Service &service)
      {
        EXPECT_EQ (GNUNET_OK, GNUNET_PSYC_transmit_message (
                                  service.tmit, "_m", nullptr, nullptr,
                                  &Source::on_data, &source, 9));
      });
  const auto message = psyc::parse_message (with.all);
  ASSERT_TRUE (message);
  EXPECT_EQ (source.data, message->data);
  EXPECT_EQ (9u, message->flags);
  EXPECT_LE (4u, with.chunk_count);
}

TEST (Transmit, TakesModifiersFromTheCallback)
{
  Source source;
  source.modifiers
      = { { psyc::Operator::assign, "_empty", {} },
          { psyc::Operator::augment, "_long", base::Bytes (200000, 7) },
          { psyc::Operator::set, "_after", test::bytes ("x") } };
  source.data = test::bytes ("body");
  Exchange exchange;
  exchange.run (
      [&] (Service &service)
      {
        EXPECT_EQ (GNUNET_OK,
                   GNUNET_PSYC_transmit_message (service.tmit, "_m", nullptr,
                                                 &Source::on_modifier,
                                                 &Source::on_data, &source, 0));
      });
  const auto message = psyc::parse_message (exchange.all);
  ASSERT_TRUE (message);
  EXPECT_EQ (source.modifiers, message->modifiers);
  EXPECT_EQ (source.data, message->data);
}

TEST (Transmit, SendsAHundredSmallMessagesOneAfterTheOther)
{
  Exchange exchange;
  int sent = 0;
  exchange.run (
      [&] (Service &service)
      {
        const auto next = [&service, &sent]
        {
          if (sent >= 100)
            return;
          sent++;
          EXPECT_EQ (GNUNET_OK, GNUNET_PSYC_transmit_message (
                                    service.tmit, "_m", nullptr, nullptr,
                                    nullptr, nullptr, 0));
        };
        service.after_ack = next;
        next ();
      });
  EXPECT_EQ (100u, exchange.chunk_count);
}

TEST (Transmit, GoesOnAfterAPause)
{
  Source source;
  source.data = test::bytes ("body");
  source.pauses = 1;
  Exchange exchange;
  exchange.run (
      [&] (Service &service)
      {
        service.after_ack
            = [&service] { GNUNET_PSYC_transmit_resume (service.tmit); };
        EXPECT_EQ (GNUNET_OK, GNUNET_PSYC_transmit_message (
                                  service.tmit, "_m", nullptr, nullptr,
                                  &Source::on_data, &source, 0));
      });
  EXPECT_EQ (2u, exchange.chunk_count);
  const auto message = psyc::parse_message (exchange.all);
  ASSERT_TRUE (message);
  EXPECT_EQ (source.data, message->data);
}

TEST (Transmit, TellsTheReceiverOfACancel)
{
  Source source;
  source.pauses = 1000;
  Exchange exchange;
  exchange.run (
      [&] (Service &service)
      {
        EXPECT_EQ (GNUNET_OK, GNUNET_PSYC_transmit_message (
                                  service.tmit, "_m", nullptr, nullptr,
                                  &Source::on_data, &source, 0));
        GNUNET_PSYC_transmit_cancel (service.tmit);
        GNUNET_PSYC_transmit_cancel (service.tmit);
        EXPECT_EQ (GNUNET_OK,
                   GNUNET_PSYC_transmit_message (service.tmit, "_next", nullptr,
                                                 nullptr, nullptr, nullptr, 0));
      });
  EXPECT_EQ (test::Parts ()
                 .method ("_m")
                 .cancel ()
                 .method ("_next")
                 .end ()
                 .get ()
                 .size (),
             exchange.all.size ());
}

TEST (Transmit, CanBeCancelledAndDestroyedFromItsCallback)
{
  Source cancelling;
  cancelling.data = test::bytes ("x");
  Exchange cancelled;
  cancelled.run (
      [&] (Service &service)
      {
        cancelling.act
            = [&service] { GNUNET_PSYC_transmit_cancel (service.tmit); };
        EXPECT_EQ (GNUNET_OK, GNUNET_PSYC_transmit_message (
                                  service.tmit, "_m", nullptr, nullptr,
                                  &Source::on_data, &cancelling, 0));
      });
  EXPECT_EQ (0u, cancelled.chunk_count) << "it never began";
  Source destroying;
  destroying.data = test::bytes ("x");
  Exchange destroyed;
  destroyed.run (
      [&] (Service &service)
      {
        destroying.act = [&service] { service.destroy (); };
        EXPECT_EQ (GNUNET_OK, GNUNET_PSYC_transmit_message (
                                  service.tmit, "_m", nullptr, nullptr,
                                  &Source::on_data, &destroying, 0));
      });
  EXPECT_EQ (0u, destroyed.chunk_count);
}

TEST (Transmit, RefusesBadNames)
{
  Exchange exchange;
  exchange.run (
      [&] (Service &service)
      {
        EXPECT_EQ (GNUNET_SYSERR,
                   GNUNET_PSYC_transmit_message (service.tmit, "m", nullptr,
                                                 nullptr, nullptr, nullptr, 0));
        auto *env = GNUNET_PSYC_env_create ();
        GNUNET_PSYC_env_add (env, GNUNET_PSYC_OP_SET, "no name", "", 0);
        EXPECT_EQ (GNUNET_SYSERR,
                   GNUNET_PSYC_transmit_message (service.tmit, "_m", env,
                                                 nullptr, nullptr, nullptr, 0));
        GNUNET_PSYC_env_destroy (env);
        GNUNET_PSYC_transmit_got_ack (service.tmit);
        GNUNET_PSYC_transmit_resume (service.tmit);
      });
  EXPECT_EQ (0u, exchange.chunk_count);
}
