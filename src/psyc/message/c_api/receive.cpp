// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The receiver of the C interface: psyc::Receiver judges, this calls back.
// Callbacks may reset or destroy the handle that they are called from.
#include "psyc/message/c_api/fragment.hpp"
#include "psyc/message/receiver.hpp"

using psyc::c_api::as_header;
using psyc::c_api::key_of;
using psyc::c_api::parts_of;

static_assert (psyc::Receiver::in_progress_max
               == GNUNET_PSYC_RECEIVE_MESSAGES_MAX);

struct GNUNET_PSYC_ReceiveHandle
{
  psyc::Receiver receiver;
  GNUNET_PSYC_MessageCallback message_cb = nullptr;
  GNUNET_PSYC_MessagePartCallback message_part_cb = nullptr;
  void *cls = nullptr;
  // Calls in progress; a handle that is destroyed goes with the last of them.
  unsigned int depth = 0;
  bool is_destroyed = false;
  // Grows with each reset, so that a call in progress notices.
  unsigned int epoch = 0;
};

namespace
{
// Holds the handle while its callbacks run.
class Call
{
public:
  explicit Call (struct GNUNET_PSYC_ReceiveHandle *recv)
      : recv_ (recv), epoch_ (recv->epoch)
  {
    recv_->depth++;
  }
  ~Call ()
  {
    recv_->depth--;
    if (recv_->is_destroyed && 0 == recv_->depth)
      delete recv_;
  }
  Call (const Call &) = delete;
  Call &operator= (const Call &) = delete;

  // Nothing more may be called.
  [[nodiscard]] bool
  is_over () const
  {
    return recv_->is_destroyed || epoch_ != recv_->epoch;
  }

private:
  struct GNUNET_PSYC_ReceiveHandle *recv_;
  unsigned int epoch_;
};

void
tell_given_up (struct GNUNET_PSYC_ReceiveHandle *recv,
               const psyc::MessageKey &key)
{
  if (nullptr == recv->message_part_cb)
    return;
  struct GNUNET_PSYC_MessageHeader msg = {};
  msg.header.size = htons (sizeof (msg));
  msg.header.type = htons (GNUNET_MESSAGE_TYPE_PSYC_MESSAGE_HEADER);
  msg.flags = htonl (key.flags);
  msg.message_id = GNUNET_htonll (key.message_id);
  std::memcpy (&msg.slave_pub_key, key.slave.bytes.data (),
               base::MemberKey::size);
  recv->message_part_cb (recv->cls, &msg, nullptr);
}

void
hand_on (const Call &call, struct GNUNET_PSYC_ReceiveHandle *recv,
         const struct GNUNET_PSYC_MessageHeader *msg, base::ByteView parts)
{
  if (nullptr != recv->message_cb)
    recv->message_cb (recv->cls, msg);
  if (nullptr == recv->message_part_cb)
    return;
  psyc::PartReader reader (parts);
  while (! call.is_over () && reader.next ())
    recv->message_part_cb (recv->cls, msg, as_header (reader.raw ()));
}
} // namespace

struct GNUNET_PSYC_ReceiveHandle *
GNUNET_PSYC_receive_create (GNUNET_PSYC_MessageCallback message_cb,
                            GNUNET_PSYC_MessagePartCallback message_part_cb,
                            void *cb_cls)
{
  auto *recv = new GNUNET_PSYC_ReceiveHandle ();
  recv->message_cb = message_cb;
  recv->message_part_cb = message_part_cb;
  recv->cls = cb_cls;
  return recv;
}

void
GNUNET_PSYC_receive_destroy (struct GNUNET_PSYC_ReceiveHandle *recv)
{
  if (nullptr == recv)
    return;
  const Call call (recv);
  recv->is_destroyed = true;
}

void
GNUNET_PSYC_receive_reset (struct GNUNET_PSYC_ReceiveHandle *recv)
{
  recv->receiver.reset ();
  recv->epoch++;
}

int
GNUNET_PSYC_receive_message (struct GNUNET_PSYC_ReceiveHandle *recv,
                             const struct GNUNET_PSYC_MessageHeader *msg)
{
  const auto parts = parts_of (msg);
  if (! parts)
    return GNUNET_SYSERR;
  const auto key = key_of (msg);
  const auto kind = 0 != (key.flags & GNUNET_PSYC_MESSAGE_HISTORIC)
                        ? psyc::Receiver::Kind::history
                        : psyc::Receiver::Kind::live;
  const auto verdict = recv->receiver.on_fragment (
      key, kind, GNUNET_ntohll (msg->fragment_offset), *parts);
  const Call call (recv);
  if (verdict.displaced)
    tell_given_up (recv, *verdict.displaced);
  if (psyc::PartError::none == verdict.error)
  {
    if (! call.is_over ())
      hand_on (call, recv, msg, *parts);
    return GNUNET_OK;
  }
  const bool is_duplicate = psyc::PartError::fragment_again == verdict.error;
  GNUNET_log_from (is_duplicate ? GNUNET_ERROR_TYPE_DEBUG
                                : GNUNET_ERROR_TYPE_INFO,
                   "psyc-message", "fragment of message %llu refused: %s\n",
                   static_cast<unsigned long long> (key.message_id),
                   psyc::error_name (verdict.error).data ());
  if (verdict.is_given_up)
    tell_given_up (recv, key);
  return is_duplicate ? GNUNET_NO : GNUNET_SYSERR;
}
