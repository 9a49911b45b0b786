// SPDX-License-Identifier: AGPL-3.0-or-later
//
// libgnunetpsycstore: the C interface over the service's messages.
#include "psycstore/lib/calls.hpp"
#include "psycstore/lib/reads.hpp"

using namespace psycstore;
using namespace psycstore::lib;

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

// -- Requests ----------------------------------------------------------------

struct GNUNET_PSYCSTORE_OperationHandle *
GNUNET_PSYCSTORE_request_store (
    struct GNUNET_PSYCSTORE_Handle *h,
    const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key,
    enum GNUNET_PSYCSTORE_Box box,
    const struct GNUNET_MULTICAST_RequestHeader *request,
    const struct GNUNET_Uuid *tag, uint64_t after_request_id,
    GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls)
{
  auto bytes = fragment_bytes (request);
  if (nullptr == channel_key || ! bytes)
    return refuse ();
  return start_change (h,
                       RequestStore{ 0,
                                     channel (channel_key),
                                     static_cast<Box> (box),
                                     tag_or_none (tag),
                                     { std::move (*bytes) },
                                     { after_request_id } },
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
    uint64_t settled_fragment_id, int is_imported, const void *data,
    uint16_t size, GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls)
{
  if (nullptr == channel_key || (0 != size && nullptr == data))
    return refuse ();
  const auto *bytes = static_cast<const std::uint8_t *> (data);
  RecordStore message{ 0,
                       channel (channel_key),
                       member_or_none (member_key),
                       { settled_fragment_id },
                       GNUNET_YES == is_imported,
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
