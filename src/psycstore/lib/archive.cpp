// SPDX-License-Identifier: AGPL-3.0-or-later
#include "psycstore/lib/archive.hpp"

#include "psycstore/lib/channels.hpp"

GNUNET_PSYCSTORE_Archive::GNUNET_PSYCSTORE_Archive (
    struct GNUNET_PSYCSTORE_Handle &handle, Callbacks callbacks)
    : handle_ (handle), callbacks_ (callbacks),
      tell_ (
          [this]
          {
            const Callbacks told = callbacks_;
            const std::int64_t result = result_;
            const std::string why = why_;
            delete this;
            if (nullptr != told.result)
              told.result (
                  told.cls, result, why.empty () ? nullptr : why.c_str (),
                  why.empty () ? std::uint16_t{ 0 }
                               : static_cast<std::uint16_t> (why.size () + 1));
          })
{}

GNUNET_PSYCSTORE_Archive::~GNUNET_PSYCSTORE_Archive () = default;

void
GNUNET_PSYCSTORE_Archive::end (std::int64_t result, std::string why)
{
  if (std::exchange (has_ended_, true))
    return;
  result_ = result;
  why_ = std::move (why);
  tell_.arm_now ();
}

void
GNUNET_PSYCSTORE_Archive::count_fragment ()
{
  constexpr std::uint64_t tell_each = 1000;
  done_++;
  if (nullptr != callbacks_.progress && 0 == done_ % tell_each)
    callbacks_.progress (callbacks_.cls, done_, total_);
}

namespace psycstore
{
namespace
{
constexpr std::size_t note_piece_bytes = 60000;

bool
is_fragment (base::ByteView item)
{
  return wire::message_type (item) == FragmentStore::wire_type;
}
} // namespace

// -- Into a file -------------------------------------------------------------

ArchiveExport::ArchiveExport (struct GNUNET_PSYCSTORE_Handle &handle,
                              Callbacks callbacks,
                              const base::ChannelKey &channel, int fd,
                              base::ByteView note)
    : GNUNET_PSYCSTORE_Archive (handle, callbacks), writer_ (fd)
{
  for (std::size_t at = 0; at < note.size () && why_not_.empty ();
       at += note_piece_bytes)
    why_not_ = writer_.add (
        wire::must_encode (NoteItem{ { base::to_bytes (note.subspan (
            at, std::min (note_piece_bytes, note.size () - at))) } }));
  operation_ = handle_.start (std::make_shared<ExportOperation> (
      Export{ 0, channel, {} },
      [this] (base::ByteView item) { return on_item (item); },
      [this] (std::int64_t result, const std::string &why)
      { on_end (result, why); }));
  if (nullptr == operation_)
    end (result_failed, "too much is under way already");
}

ArchiveExport::~ArchiveExport ()
{
  if (nullptr != operation_)
    handle_.forget (*operation_);
}

std::string
ArchiveExport::on_item (base::ByteView item)
{
  if (auto head = wire::decode<ExportHead> (item))
  {
    head->exported_at = GNUNET_TIME_absolute_get ().abs_value_us;
    total_ = head->fragments;
    return writer_.add (wire::must_encode (*head));
  }
  if (is_fragment (item))
    count_fragment ();
  return writer_.add (item);
}

void
ArchiveExport::on_end (std::int64_t result, const std::string &why)
{
  operation_ = nullptr;
  if (result <= 0 || ! why_not_.empty ())
  {
    end (why_not_.empty () ? result : result_failed,
         why_not_.empty () ? why : why_not_);
    return;
  }
  const std::string failure = writer_.finish ();
  end (failure.empty () ? result_ok : result_failed, failure);
}

// -- Out of a file -----------------------------------------------------------

ArchiveImport::ArchiveImport (struct GNUNET_PSYCSTORE_Handle &handle,
                              Callbacks callbacks, int fd)
    : GNUNET_PSYCSTORE_Archive (handle, callbacks), fd_ (fd)
{
  struct GNUNET_PSYCSTORE_ArchiveInfo info;
  if (char *why = GNUNET_PSYCSTORE_archive_inspect (fd_, &info))
  {
    end (result_failed, why);
    GNUNET_free (why);
    return;
  }
  channel_ = shell::from_gnunet<base::ChannelKey> (info.channel_key);
  total_ = info.fragments;
  GNUNET_free (info.note);
  call (ImportBegin{ 0, channel_ }, &ArchiveImport::on_begun);
}

ArchiveImport::~ArchiveImport () { *is_alive_ = false; }

template <typename Message>
void
ArchiveImport::call (const Message &message,
                     void (ArchiveImport::*then) (std::int64_t,
                                                  const std::string &))
{
  under_way_++;
  const bool is_started = nullptr
                          != handle_.start (std::make_shared<CallOperation> (
                              wire::must_encode (message),
                              [this, then, is_alive = is_alive_] (
                                  std::int64_t result, const std::string &why)
                              {
                                if (! *is_alive)
                                  return;
                                under_way_--;
                                (this->*then) (result, why);
                              }));
  if (! is_started)
    fail ("too much is under way already");
}

void
ArchiveImport::fail (const std::string &why)
{
  has_failed_ = true;
  end (result_failed, why);
}

void
ArchiveImport::on_begun (std::int64_t result, const std::string &why)
{
  if (result_ok != result)
    return fail (why);
  reader_ = std::make_unique<ArchiveReader> (fd_);
  pump ();
}

void
ArchiveImport::on_taken (std::int64_t result, const std::string &why)
{
  if (result_failed == result)
    return fail (why);
  pump ();
}

void
ArchiveImport::pump ()
{
  while (! is_read_ && ! has_failed_ && under_way_ < window)
  {
    std::string why;
    const auto item = reader_->next (why);
    if (! item && ! why.empty ())
      return fail (why); // it was whole when it was inspected
    is_read_ = ! item;
    if (is_read_ || wire::message_type (*item) == NoteItem::wire_type)
      continue;
    if (is_fragment (*item))
      count_fragment ();
    call (ImportItem{ 0, channel_, { *item } }, &ArchiveImport::on_taken);
  }
  if (is_read_ && 0 == under_way_ && ! has_failed_)
    call (ImportEnd{ 0, channel_ }, &ArchiveImport::on_in_place);
}

void
ArchiveImport::on_in_place (std::int64_t result, const std::string &why)
{
  end (result, why);
}
} // namespace psycstore
