// SPDX-License-Identifier: AGPL-3.0-or-later
//
// libgnunetpsycstore: the C interface to whole channels and their archives.
#include "psycstore/lib/archive.hpp"
#include "psycstore/lib/channels.hpp"

using namespace psycstore;

namespace
{
base::ChannelKey
from_c (const struct GNUNET_CRYPTO_EddsaPublicKey *key)
{
  return shell::from_gnunet<base::ChannelKey> (*key);
}

char *
describe (const std::string &why)
{
  return GNUNET_strdup (why.c_str ());
}
} // namespace

struct GNUNET_PSYCSTORE_OperationHandle *
GNUNET_PSYCSTORE_channel_list (struct GNUNET_PSYCSTORE_Handle *h,
                               GNUNET_PSYCSTORE_ChannelInfoCallback info_cb,
                               GNUNET_PSYCSTORE_ResultCallback result_cb,
                               void *cls)
{
  if (nullptr == h)
    return nullptr;
  return h->start (
      std::make_shared<ChannelListOperation> (info_cb, result_cb, cls));
}

struct GNUNET_PSYCSTORE_OperationHandle *
GNUNET_PSYCSTORE_retention_set (
    struct GNUNET_PSYCSTORE_Handle *h,
    const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key,
    const struct GNUNET_PSYCSTORE_Retention *retention,
    GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls)
{
  if (nullptr == h || nullptr == channel_key)
    return nullptr;
  RetentionSet message{ 0, from_c (channel_key), std::nullopt };
  if (nullptr != retention)
    message.retention
        = { wire_limit (retention->age), wire_limit (retention->count),
            wire_limit (retention->bytes) };
  return h->start (std::make_shared<ChangeOperation> (
      std::vector<base::Bytes>{ wire::must_encode (message) }, result_cb, cls));
}

struct GNUNET_PSYCSTORE_OperationHandle *
GNUNET_PSYCSTORE_channel_check (
    struct GNUNET_PSYCSTORE_Handle *h,
    const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key,
    GNUNET_PSYCSTORE_ProblemCallback problem_cb,
    GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls)
{
  if (nullptr == h || nullptr == channel_key)
    return nullptr;
  return h->start (std::make_shared<CheckOperation> (
      Check{ 0, from_c (channel_key) }, problem_cb, result_cb, cls));
}

struct GNUNET_PSYCSTORE_Archive *
GNUNET_PSYCSTORE_archive_write (
    struct GNUNET_PSYCSTORE_Handle *h,
    const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key, int fd,
    const void *note, size_t note_size,
    GNUNET_PSYCSTORE_ProgressCallback progress_cb,
    GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls)
{
  if (nullptr == h || nullptr == channel_key || fd < 0
      || note_size > note_bytes_max || (0 != note_size && nullptr == note))
    return nullptr;
  return new ArchiveExport (
      *h, { progress_cb, result_cb, cls }, from_c (channel_key), fd,
      { static_cast<const std::uint8_t *> (note), note_size });
}

char *
GNUNET_PSYCSTORE_archive_inspect (int fd,
                                  struct GNUNET_PSYCSTORE_ArchiveInfo *info)
{
  *info = {};
  ArchiveReader reader (fd);
  base::Bytes note;
  bool has_head = false;
  std::string why;
  while (const auto item = reader.next (why))
  {
    if (const auto piece = wire::decode<NoteItem> (*item))
    {
      note.insert (note.end (), piece->bytes.bytes.begin (),
                   piece->bytes.bytes.end ());
      if (note.size () > note_bytes_max)
        return describe ("the file is damaged: its note is too long");
    }
    else if (const auto head = wire::decode<ExportHead> (*item);
             head && ! std::exchange (has_head, true))
    {
      info->channel_key
          = shell::to_gnunet<struct GNUNET_CRYPTO_EddsaPublicKey> (
              head->channel);
      info->exported.abs_value_us = head->exported_at;
      info->fragments = head->fragments;
      info->messages = head->messages;
    }
  }
  if (why.empty () && ! has_head)
    why = "the file is damaged: it names no channel";
  if (! why.empty ())
    return describe (why);
  info->note_size = note.size ();
  if (! note.empty ())
  {
    info->note = GNUNET_malloc (note.size ());
    GNUNET_memcpy (info->note, note.data (), note.size ());
  }
  return nullptr;
}

struct GNUNET_PSYCSTORE_Archive *
GNUNET_PSYCSTORE_archive_read (struct GNUNET_PSYCSTORE_Handle *h, int fd,
                               GNUNET_PSYCSTORE_ProgressCallback progress_cb,
                               GNUNET_PSYCSTORE_ResultCallback result_cb,
                               void *cls)
{
  if (nullptr == h || fd < 0)
    return nullptr;
  return new ArchiveImport (*h, { progress_cb, result_cb, cls }, fd);
}

void
GNUNET_PSYCSTORE_archive_cancel (struct GNUNET_PSYCSTORE_Archive *archive)
{
  delete archive;
}
