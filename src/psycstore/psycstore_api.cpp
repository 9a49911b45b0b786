// SPDX-License-Identifier: AGPL-3.0-or-later
//
// libgnunetpsycstore: the C interface over the service's messages.
#include <cstring>

#include "psycstore/lib/handle.hpp"
#include "psycstore/lib/reads.hpp"

using namespace psycstore;

namespace
{
using OperationPtr = struct GNUNET_PSYCSTORE_OperationHandle *;
using HandlePtr = struct GNUNET_PSYCSTORE_Handle *;
using ChannelPtr = const struct GNUNET_CRYPTO_EddsaPublicKey *;
using MemberPtr = const struct GNUNET_CRYPTO_EcdsaPublicKey *;

base::ChannelKey
channel (ChannelPtr key)
{
  return shell::from_gnunet<base::ChannelKey> (*key);
}

base::MemberKey
member (MemberPtr key)
{
  return shell::from_gnunet<base::MemberKey> (*key);
}

std::optional<base::MemberKey>
member_or_none (MemberPtr key)
{
  if (nullptr == key)
    return std::nullopt;
  return member (key);
}

std::optional<base::SendTag>
tag_or_none (const struct GNUNET_Uuid *tag)
{
  if (nullptr == tag)
    return std::nullopt;
  return shell::from_gnunet<base::SendTag> (*tag);
}

// The bytes of a fragment whose size is at least that of its header.
template <typename Header>
std::optional<wire::Rest>
fragment_bytes (const Header *fragment)
{
  if (nullptr == fragment)
    return std::nullopt;
  const std::size_t size = ntohs (fragment->header.size);
  if (size < sizeof (Header))
    return std::nullopt;
  const auto *data = reinterpret_cast<const std::uint8_t *> (fragment);
  return wire::Rest{ { data, data + size } };
}

template <wire::Message M>
OperationPtr
start_change (HandlePtr h, const M &message,
              GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls)
{
  auto bytes = wire::encode (message);
  if (nullptr == h || ! bytes)
  {
    GNUNET_break (0);
    return nullptr;
  }
  std::vector<base::Bytes> messages;
  messages.push_back (std::move (*bytes));
  return h->start (
      std::make_shared<ChangeOperation> (std::move (messages), result_cb, cls));
}

template <typename OperationType, typename Request, typename... Callbacks>
OperationPtr
start_read (HandlePtr h, Request request, Callbacks... callbacks)
{
  if (nullptr == h || ! wire::encode (request))
  {
    GNUNET_break (0);
    return nullptr;
  }
  return h->start (
      std::make_shared<OperationType> (std::move (request), callbacks...));
}

OperationPtr
refuse ()
{
  GNUNET_break (0);
  return nullptr;
}
} // namespace

struct GNUNET_PSYCSTORE_Handle *
GNUNET_PSYCSTORE_connect (const struct GNUNET_CONFIGURATION_Handle *cfg)
{
  return nullptr == cfg ? nullptr : new GNUNET_PSYCSTORE_Handle (cfg);
}

void
GNUNET_PSYCSTORE_disconnect (struct GNUNET_PSYCSTORE_Handle *h)
{
  delete h;
}

int
GNUNET_PSYCSTORE_operation_cancel (struct GNUNET_PSYCSTORE_OperationHandle *op)
{
  if (nullptr == op || ! op->is_wanted ())
    return GNUNET_NO;
  op->handle->forget (*op);
  return GNUNET_YES;
}

// -- Membership --------------------------------------------------------------

struct GNUNET_PSYCSTORE_OperationHandle *
GNUNET_PSYCSTORE_membership_store (
    struct GNUNET_PSYCSTORE_Handle *h,
    const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key,
    const struct GNUNET_CRYPTO_EcdsaPublicKey *slave_key, int did_join,
    uint64_t announced_at, uint64_t effective_since, uint64_t group_generation,
    GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls)
{
  if (nullptr == channel_key || nullptr == slave_key)
    return refuse ();
  return start_change (h,
                       MembershipStore{ 0,
                                        channel (channel_key),
                                        member (slave_key),
                                        GNUNET_NO != did_join,
                                        { announced_at },
                                        { effective_since },
                                        { group_generation } },
                       result_cb, cls);
}

struct GNUNET_PSYCSTORE_OperationHandle *
GNUNET_PSYCSTORE_membership_test (
    struct GNUNET_PSYCSTORE_Handle *h,
    const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key,
    const struct GNUNET_CRYPTO_EcdsaPublicKey *slave_key, uint64_t message_id,
    uint64_t group_generation, GNUNET_PSYCSTORE_ResultCallback result_cb,
    void *cls)
{
  if (nullptr == channel_key || nullptr == slave_key)
    return refuse ();
  return start_read<ReadOperation<MembershipTest>> (
      h,
      MembershipTest{ 0,
                      channel (channel_key),
                      member (slave_key),
                      { message_id },
                      { group_generation } },
      result_cb, cls);
}

// -- Fragments ---------------------------------------------------------------

struct GNUNET_PSYCSTORE_OperationHandle *
GNUNET_PSYCSTORE_fragment_store (
    struct GNUNET_PSYCSTORE_Handle *h,
    const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key,
    const struct GNUNET_MULTICAST_MessageHeader *msg,
    enum GNUNET_PSYCSTORE_MessageFlags psycstore_flags,
    GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls)
{
  return GNUNET_PSYCSTORE_fragment_store_settling (
      h, channel_key, msg, psycstore_flags, nullptr, result_cb, cls);
}

struct GNUNET_PSYCSTORE_OperationHandle *
GNUNET_PSYCSTORE_fragment_store_settling (
    struct GNUNET_PSYCSTORE_Handle *h,
    const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key,
    const struct GNUNET_MULTICAST_MessageHeader *msg,
    enum GNUNET_PSYCSTORE_MessageFlags psycstore_flags,
    const struct GNUNET_PSYCSTORE_Settlement *settlement,
    GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls)
{
  auto bytes = fragment_bytes (msg);
  if (nullptr == channel_key || ! bytes)
    return refuse ();
  FragmentStore message;
  message.channel = channel (channel_key);
  message.flags = static_cast<std::uint32_t> (psycstore_flags);
  if (nullptr != settlement)
  {
    message.tag = tag_or_none (settlement->tag);
    message.member = member_or_none (settlement->member_key);
    message.request_id.value = settlement->request_id;
  }
  message.fragment = std::move (*bytes);
  return start_change (h, message, result_cb, cls);
}

struct GNUNET_PSYCSTORE_OperationHandle *
GNUNET_PSYCSTORE_tag_get (
    struct GNUNET_PSYCSTORE_Handle *h,
    const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key,
    const struct GNUNET_Uuid *tag, GNUNET_PSYCSTORE_TagCallback tag_cb,
    void *cls)
{
  if (nullptr == channel_key || nullptr == tag)
    return refuse ();
  return start_read<TagOperation> (
      h, TagGet{ 0, channel (channel_key), *tag_or_none (tag) }, tag_cb, cls);
}

struct GNUNET_PSYCSTORE_OperationHandle *
GNUNET_PSYCSTORE_fragment_get (
    struct GNUNET_PSYCSTORE_Handle *h,
    const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key,
    const struct GNUNET_CRYPTO_EcdsaPublicKey *slave_key,
    uint64_t first_message_id, uint64_t last_message_id,
    GNUNET_PSYCSTORE_FragmentCallback fragment_cb,
    GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls)
{
  if (nullptr == channel_key)
    return refuse ();
  return start_read<FragmentOperation<FragmentGet>> (
      h,
      FragmentGet{ 0,
                   channel (channel_key),
                   member_or_none (slave_key),
                   { first_message_id },
                   { last_message_id },
                   0 },
      fragment_cb, result_cb, cls);
}

struct GNUNET_PSYCSTORE_OperationHandle *
GNUNET_PSYCSTORE_fragment_get_latest (
    struct GNUNET_PSYCSTORE_Handle *h,
    const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key,
    const struct GNUNET_CRYPTO_EcdsaPublicKey *slave_key,
    uint64_t fragment_limit, GNUNET_PSYCSTORE_FragmentCallback fragment_cb,
    GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls)
{
  if (nullptr == channel_key || 0 == fragment_limit)
    return refuse ();
  return start_read<FragmentOperation<FragmentGet>> (
      h,
      FragmentGet{ 0,
                   channel (channel_key),
                   member_or_none (slave_key),
                   { 0 },
                   { UINT64_MAX },
                   fragment_limit },
      fragment_cb, result_cb, cls);
}

struct GNUNET_PSYCSTORE_OperationHandle *
GNUNET_PSYCSTORE_message_get (
    struct GNUNET_PSYCSTORE_Handle *h,
    const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key,
    const struct GNUNET_CRYPTO_EcdsaPublicKey *slave_key,
    uint64_t first_message_id, uint64_t last_message_id,
    uint64_t fragment_limit, const char *method_prefix,
    GNUNET_PSYCSTORE_FragmentCallback fragment_cb,
    GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls)
{
  if (nullptr == channel_key)
    return refuse ();
  return start_read<FragmentOperation<MessageGet>> (
      h,
      MessageGet{ 0,
                  channel (channel_key),
                  member_or_none (slave_key),
                  { first_message_id },
                  0,
                  { last_message_id },
                  0,
                  fragment_limit,
                  nullptr == method_prefix ? "" : method_prefix },
      fragment_cb, result_cb, cls);
}

struct GNUNET_PSYCSTORE_OperationHandle *
GNUNET_PSYCSTORE_message_get_latest (
    struct GNUNET_PSYCSTORE_Handle *h,
    const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key,
    const struct GNUNET_CRYPTO_EcdsaPublicKey *slave_key,
    uint64_t message_limit, const char *method_prefix,
    GNUNET_PSYCSTORE_FragmentCallback fragment_cb,
    GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls)
{
  if (nullptr == channel_key || 0 == message_limit)
    return refuse ();
  return start_read<FragmentOperation<MessageGet>> (
      h,
      MessageGet{ 0,
                  channel (channel_key),
                  member_or_none (slave_key),
                  { 0 },
                  0,
                  { UINT64_MAX },
                  message_limit,
                  0,
                  nullptr == method_prefix ? "" : method_prefix },
      fragment_cb, result_cb, cls);
}

struct GNUNET_PSYCSTORE_OperationHandle *
GNUNET_PSYCSTORE_message_get_fragment (
    struct GNUNET_PSYCSTORE_Handle *h,
    const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key,
    const struct GNUNET_CRYPTO_EcdsaPublicKey *slave_key, uint64_t message_id,
    uint64_t fragment_offset, GNUNET_PSYCSTORE_FragmentCallback fragment_cb,
    GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls)
{
  if (nullptr == channel_key)
    return refuse ();
  return start_read<FragmentOperation<MessageGetFragment>> (
      h,
      MessageGetFragment{ 0,
                          channel (channel_key),
                          member_or_none (slave_key),
                          { message_id },
                          fragment_offset },
      fragment_cb, result_cb, cls);
}

struct GNUNET_PSYCSTORE_OperationHandle *
GNUNET_PSYCSTORE_fragment_ranges_get (
    struct GNUNET_PSYCSTORE_Handle *h,
    const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key,
    uint64_t first_fragment_id, GNUNET_PSYCSTORE_RangeCallback range_cb,
    GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls)
{
  if (nullptr == channel_key)
    return refuse ();
  return start_read<RangeOperation> (
      h, RangesGet{ 0, channel (channel_key), { first_fragment_id } }, range_cb,
      result_cb, cls);
}

struct GNUNET_PSYCSTORE_OperationHandle *
GNUNET_PSYCSTORE_counters_get (struct GNUNET_PSYCSTORE_Handle *h,
                               struct GNUNET_CRYPTO_EddsaPublicKey *channel_key,
                               GNUNET_PSYCSTORE_CountersCallback counters_cb,
                               void *cls)
{
  if (nullptr == channel_key)
    return refuse ();
  return start_read<CountersOperation> (
      h, CountersGet{ 0, channel (channel_key) }, counters_cb, cls);
}

// -- State -------------------------------------------------------------------

struct GNUNET_PSYCSTORE_OperationHandle *
GNUNET_PSYCSTORE_state_modify (
    struct GNUNET_PSYCSTORE_Handle *h,
    const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key, uint64_t message_id,
    uint64_t state_delta, GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls)
{
  if (nullptr == channel_key)
    return refuse ();
  return start_change (
      h, StateModify{ 0, channel (channel_key), { message_id }, state_delta },
      result_cb, cls);
}

struct GNUNET_PSYCSTORE_OperationHandle *
GNUNET_PSYCSTORE_state_sync (
    struct GNUNET_PSYCSTORE_Handle *h,
    const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key,
    uint64_t max_state_message_id, uint64_t state_hash_message_id,
    size_t modifier_count, const struct GNUNET_PSYC_Modifier *modifiers,
    GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls)
{
  constexpr std::size_t piece_bytes = 60000;
  if (nullptr == h || nullptr == channel_key
      || (0 != modifier_count && nullptr == modifiers))
    return refuse ();
  StateImage image;
  std::size_t image_size = 0;
  for (std::size_t i = 0; i < modifier_count; i++)
  {
    image_size += modifiers[i].value_size;
    if (nullptr == modifiers[i].name
        || image_size > GNUNET_PSYCSTORE_PENDING_MAX)
      return refuse ();
    const auto *value = static_cast<const std::uint8_t *> (modifiers[i].value);
    image.variables.push_back (
        { modifiers[i].name, { value, value + modifiers[i].value_size } });
  }
  const base::Bytes bytes = wire::encode_members (image);
  std::vector<base::Bytes> messages;
  for (std::size_t at = 0; at < bytes.size (); at += piece_bytes)
  {
    const std::size_t size = std::min (piece_bytes, bytes.size () - at);
    const auto piece = base::ByteView (bytes).subspan (at, size);
    messages.push_back (
        wire::must_encode (StateSync{ 0,
                                      channel (channel_key),
                                      { max_state_message_id },
                                      { state_hash_message_id },
                                      at + size == bytes.size (),
                                      { base::to_bytes (piece) } }));
  }
  return h->start (
      std::make_shared<ChangeOperation> (std::move (messages), result_cb, cls));
}

struct GNUNET_PSYCSTORE_OperationHandle *
GNUNET_PSYCSTORE_state_reset (
    struct GNUNET_PSYCSTORE_Handle *h,
    const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key,
    GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls)
{
  if (nullptr == channel_key)
    return refuse ();
  return start_change (h, StateReset{ 0, channel (channel_key) }, result_cb,
                       cls);
}

struct GNUNET_PSYCSTORE_OperationHandle *
GNUNET_PSYCSTORE_state_hash_update (
    struct GNUNET_PSYCSTORE_Handle *h,
    const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key, uint64_t message_id,
    const struct GNUNET_HashCode *hash,
    GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls)
{
  if (nullptr == channel_key || nullptr == hash)
    return refuse ();
  return start_change (
      h,
      StateHashUpdate{ 0,
                       channel (channel_key),
                       { message_id },
                       shell::from_gnunet<base::Hash> (*hash) },
      result_cb, cls);
}

struct GNUNET_PSYCSTORE_OperationHandle *
GNUNET_PSYCSTORE_state_get (
    struct GNUNET_PSYCSTORE_Handle *h,
    const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key, const char *name,
    GNUNET_PSYCSTORE_StateCallback state_cb,
    GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls)
{
  if (nullptr == channel_key || nullptr == name)
    return refuse ();
  return start_read<StateOperation<StateGet>> (
      h, StateGet{ 0, channel (channel_key), name, 0 }, state_cb, result_cb,
      cls);
}

struct GNUNET_PSYCSTORE_OperationHandle *
GNUNET_PSYCSTORE_state_get_prefix (
    struct GNUNET_PSYCSTORE_Handle *h,
    const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key,
    const char *name_prefix, GNUNET_PSYCSTORE_StateCallback state_cb,
    GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls)
{
  if (nullptr == channel_key)
    return refuse ();
  return start_read<StateOperation<StateGetPrefix>> (
      h,
      StateGetPrefix{ 0, channel (channel_key),
                      nullptr == name_prefix ? "" : name_prefix, "", 0 },
      state_cb, result_cb, cls);
}

// -- Requests ----------------------------------------------------------------

struct GNUNET_PSYCSTORE_OperationHandle *
GNUNET_PSYCSTORE_request_store (
    struct GNUNET_PSYCSTORE_Handle *h,
    const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key,
    enum GNUNET_PSYCSTORE_Box box,
    const struct GNUNET_MULTICAST_RequestHeader *request,
    const struct GNUNET_Uuid *tag, GNUNET_PSYCSTORE_ResultCallback result_cb,
    void *cls)
{
  auto bytes = fragment_bytes (request);
  if (nullptr == channel_key || ! bytes)
    return refuse ();
  return start_change (h,
                       RequestStore{ 0, channel (channel_key),
                                     static_cast<Box> (box), tag_or_none (tag),
                                     std::move (*bytes) },
                       result_cb, cls);
}

struct GNUNET_PSYCSTORE_OperationHandle *
GNUNET_PSYCSTORE_request_get (
    struct GNUNET_PSYCSTORE_Handle *h,
    const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key,
    enum GNUNET_PSYCSTORE_Box box,
    const struct GNUNET_CRYPTO_EcdsaPublicKey *member_key, uint64_t request_id,
    uint64_t first_offset, uint64_t last_offset,
    GNUNET_PSYCSTORE_RequestCallback request_cb,
    GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls)
{
  if (nullptr == channel_key || nullptr == member_key)
    return refuse ();
  return start_read<RequestOperation> (h,
                                       RequestGet{ 0,
                                                   channel (channel_key),
                                                   static_cast<Box> (box),
                                                   member (member_key),
                                                   { request_id },
                                                   first_offset,
                                                   last_offset },
                                       request_cb, result_cb, cls);
}

struct GNUNET_PSYCSTORE_OperationHandle *
GNUNET_PSYCSTORE_request_list (
    struct GNUNET_PSYCSTORE_Handle *h,
    const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key,
    enum GNUNET_PSYCSTORE_Box box,
    const struct GNUNET_CRYPTO_EcdsaPublicKey *member_key,
    GNUNET_PSYCSTORE_RequestInfoCallback info_cb,
    GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls)
{
  if (nullptr == channel_key)
    return refuse ();
  return start_read<InfoOperation<RequestList>> (
      h,
      RequestList{ 0, channel (channel_key), static_cast<Box> (box),
                   member_or_none (member_key), std::nullopt },
      info_cb, result_cb, cls);
}

struct GNUNET_PSYCSTORE_OperationHandle *
GNUNET_PSYCSTORE_request_status (
    struct GNUNET_PSYCSTORE_Handle *h,
    const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key,
    enum GNUNET_PSYCSTORE_Box box,
    const struct GNUNET_CRYPTO_EcdsaPublicKey *member_key, uint64_t request_id,
    GNUNET_PSYCSTORE_RequestInfoCallback info_cb,
    GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls)
{
  if (nullptr == channel_key || nullptr == member_key)
    return refuse ();
  return start_read<InfoOperation<RequestStatus>> (
      h,
      RequestStatus{ 0,
                     channel (channel_key),
                     static_cast<Box> (box),
                     member (member_key),
                     { request_id } },
      info_cb, result_cb, cls);
}

struct GNUNET_PSYCSTORE_OperationHandle *
GNUNET_PSYCSTORE_request_settle (
    struct GNUNET_PSYCSTORE_Handle *h,
    const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key,
    enum GNUNET_PSYCSTORE_Box box,
    const struct GNUNET_CRYPTO_EcdsaPublicKey *member_key, uint64_t request_id,
    enum GNUNET_PSYCSTORE_RequestState state, uint64_t message_id,
    uint32_t code, const char *reason,
    GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls)
{
  if (nullptr == channel_key || nullptr == member_key)
    return refuse ();
  constexpr std::size_t reason_bytes_max = 1024;
  return start_change (
      h,
      RequestSettle{
          0,
          channel (channel_key),
          static_cast<Box> (box),
          member (member_key),
          { request_id },
          static_cast<RequestState> (state),
          { message_id },
          code,
          nullptr == reason
              ? ""
              : std::string (reason, ::strnlen (reason, reason_bytes_max)) },
      result_cb, cls);
}

// -- Records and channels ----------------------------------------------------

struct GNUNET_PSYCSTORE_OperationHandle *
GNUNET_PSYCSTORE_record_store (
    struct GNUNET_PSYCSTORE_Handle *h,
    const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key,
    const struct GNUNET_CRYPTO_EcdsaPublicKey *member_key,
    uint64_t settled_fragment_id, const void *data, uint16_t size,
    GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls)
{
  if (nullptr == channel_key || (0 != size && nullptr == data))
    return refuse ();
  const auto *bytes = static_cast<const std::uint8_t *> (data);
  RecordStore message{ 0,
                       channel (channel_key),
                       member_or_none (member_key),
                       { settled_fragment_id },
                       {} };
  if (0 != size)
    message.data.bytes.assign (bytes, bytes + size);
  return start_change (h, message, result_cb, cls);
}

struct GNUNET_PSYCSTORE_OperationHandle *
GNUNET_PSYCSTORE_record_get_all (struct GNUNET_PSYCSTORE_Handle *h,
                                 GNUNET_PSYCSTORE_RecordCallback record_cb,
                                 GNUNET_PSYCSTORE_ResultCallback result_cb,
                                 void *cls)
{
  if (nullptr == h)
    return refuse ();
  return h->start (
      std::make_shared<RecordOperation> (record_cb, result_cb, cls));
}

struct GNUNET_PSYCSTORE_OperationHandle *
GNUNET_PSYCSTORE_channel_remove (
    struct GNUNET_PSYCSTORE_Handle *h,
    const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key,
    GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls)
{
  if (nullptr == channel_key)
    return refuse ();
  return start_change (h, ChannelRemove{ 0, channel (channel_key) }, result_cb,
                       cls);
}
