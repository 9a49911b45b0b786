// SPDX-License-Identifier: AGPL-3.0-or-later
//
// libgnunetpsycstore: the C interface to channels' states.
#include "psycstore/lib/calls.hpp"
#include "psycstore/lib/state_reads.hpp"

using namespace psycstore;
using namespace psycstore::lib;

namespace
{
constexpr std::size_t piece_bytes = 60000;
} // namespace

struct GNUNET_PSYCSTORE_OperationHandle *
GNUNET_PSYCSTORE_state_modify (
    struct GNUNET_PSYCSTORE_Handle *h,
    const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key, uint64_t message_id,
    uint64_t state_delta, GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls)
{
  if (nullptr == channel_key)
    return refuse ();
  // Applications of this function know no other error.
  return start<PlainChangeOperation> (
      h, StateModify{ 0, channel (channel_key), { message_id }, state_delta },
      result_cb, cls);
}

struct GNUNET_PSYCSTORE_OperationHandle *
GNUNET_PSYCSTORE_state_apply (
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
GNUNET_PSYCSTORE_state_try (
    struct GNUNET_PSYCSTORE_Handle *h,
    const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key,
    enum GNUNET_PSYCSTORE_TryFlags flags, const void *parts, size_t size,
    GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls)
{
  if (nullptr == h || nullptr == channel_key || nullptr == parts || 0 == size
      || size > GNUNET_PSYCSTORE_PENDING_MAX)
    return refuse ();
  const base::ByteView all (static_cast<const std::uint8_t *> (parts), size);
  std::vector<base::Bytes> messages;
  for (std::size_t at = 0; at < size; at += piece_bytes)
  {
    const auto piece = all.subspan (at, std::min (piece_bytes, size - at));
    StateTry message;
    message.channel = channel (channel_key);
    message.is_reset = 0 != (flags & GNUNET_PSYCSTORE_TRY_RESET);
    message.wants_hash = 0 != (flags & GNUNET_PSYCSTORE_TRY_HASH);
    message.is_last = at + piece.size () == size;
    message.piece.bytes = base::to_bytes (piece);
    messages.push_back (wire::must_encode (message));
  }
  return h->start (
      std::make_shared<ChangeOperation> (std::move (messages), result_cb, cls));
}

struct GNUNET_PSYCSTORE_OperationHandle *
GNUNET_PSYCSTORE_state_sync (
    struct GNUNET_PSYCSTORE_Handle *h,
    const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key,
    uint64_t max_state_message_id, uint64_t state_hash_message_id,
    size_t modifier_count, const struct GNUNET_PSYC_Modifier *modifiers,
    GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls)
{
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

struct GNUNET_PSYCSTORE_OperationHandle *
GNUNET_PSYCSTORE_state_read (
    struct GNUNET_PSYCSTORE_Handle *h,
    const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key,
    enum GNUNET_PSYCSTORE_StateMatch match, const char *name,
    const char *first_name, uint64_t first_byte,
    GNUNET_PSYCSTORE_StatePieceCallback piece_cb,
    GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls)
{
  if (nullptr == channel_key || nullptr == name)
    return refuse ();
  if (GNUNET_PSYCSTORE_STATE_BEST == match)
    return start_read<StatePieceOperation<StateGet>> (
        h, StateGet{ 0, channel (channel_key), name, first_byte }, piece_cb,
        result_cb, cls);
  return start_read<StatePieceOperation<StateGetPrefix>> (
      h,
      StateGetPrefix{ 0, channel (channel_key), name,
                      nullptr == first_name ? "" : first_name, first_byte },
      piece_cb, result_cb, cls);
}

struct GNUNET_PSYCSTORE_OperationHandle *
GNUNET_PSYCSTORE_state_info (
    struct GNUNET_PSYCSTORE_Handle *h,
    const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key, int wants_hash,
    GNUNET_PSYCSTORE_StateInfoCallback info_cb, void *cls)
{
  if (nullptr == channel_key)
    return refuse ();
  return start_read<StateInfoOperation> (
      h, StateInfoGet{ 0, channel (channel_key), GNUNET_NO != wants_hash },
      info_cb, cls);
}
