// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A channel on its way into a file, or out of one.
#pragma once

#include "psycstore/lib/archive_file.hpp"
#include "psycstore/lib/handle.hpp"

struct GNUNET_PSYCSTORE_Archive
{
public:
  struct Callbacks
  {
    GNUNET_PSYCSTORE_ProgressCallback progress = nullptr;
    GNUNET_PSYCSTORE_ResultCallback result = nullptr;
    void *cls = nullptr;
  };

  GNUNET_PSYCSTORE_Archive (struct GNUNET_PSYCSTORE_Handle &handle,
                            Callbacks callbacks);
  GNUNET_PSYCSTORE_Archive (const GNUNET_PSYCSTORE_Archive &) = delete;
  GNUNET_PSYCSTORE_Archive &operator= (const GNUNET_PSYCSTORE_Archive &)
      = delete;
  virtual ~GNUNET_PSYCSTORE_Archive ();

protected:
  // Says how it ended, from the scheduler, and is gone.
  void end (std::int64_t result, std::string why);
  // One more fragment was copied.
  void count_fragment ();

  struct GNUNET_PSYCSTORE_Handle &handle_;
  std::uint64_t total_ = 0;

private:
  const Callbacks callbacks_;
  std::uint64_t done_ = 0;
  std::int64_t result_ = 0;
  std::string why_;
  bool has_ended_ = false;
  shell::Timer tell_;
};

namespace psycstore
{
class ArchiveExport : public GNUNET_PSYCSTORE_Archive
{
public:
  ArchiveExport (struct GNUNET_PSYCSTORE_Handle &handle, Callbacks callbacks,
                 const base::ChannelKey &channel, int fd, base::ByteView note);
  ~ArchiveExport () override;

private:
  [[nodiscard]] std::string on_item (base::ByteView item);
  void on_end (std::int64_t result, const std::string &why);

  ArchiveWriter writer_;
  std::string why_not_;
  Operation *operation_ = nullptr;
};

class ArchiveImport : public GNUNET_PSYCSTORE_Archive
{
public:
  ArchiveImport (struct GNUNET_PSYCSTORE_Handle &handle, Callbacks callbacks,
                 int fd);
  ~ArchiveImport () override;

private:
  // Items under way at a time.
  static constexpr std::size_t window = 64;

  template <typename Message>
  void call (const Message &message,
             void (ArchiveImport::*then) (std::int64_t, const std::string &));
  void on_begun (std::int64_t result, const std::string &why);
  void on_taken (std::int64_t result, const std::string &why);
  void on_in_place (std::int64_t result, const std::string &why);
  void pump ();
  void fail (const std::string &why);

  const int fd_;
  base::ChannelKey channel_;
  std::unique_ptr<ArchiveReader> reader_;
  bool is_read_ = false;
  bool has_failed_ = false;
  std::size_t under_way_ = 0;
  // Outstanding operations find out by this that we are gone.
  std::shared_ptr<bool> is_alive_ = std::make_shared<bool> (true);
};
} // namespace psycstore
