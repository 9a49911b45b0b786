// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What a loss of power does to the files of a program that ran with unsynced.c
// preloaded and was killed: writes since a file's last sync are there, torn at
// a sector, or lost, each by chance; new files may be gone as long as nobody
// synced their folder.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

namespace psycstore
{
class PowerLoss
{
public:
  explicit PowerLoss (std::mt19937 &random) : random_ (random) {}

  void
  strike (const std::filesystem::path &folder)
  {
    std::vector<std::filesystem::path> files;
    for (const auto &entry : std::filesystem::directory_iterator (folder))
      files.push_back (entry.path ());
    for (const auto &file : files)
    {
      const std::string name = file.string ();
      if (name.ends_with (".unsynced"))
        strike_file (name.substr (0, name.size () - 9), name);
      else if (name.ends_with ("-shm"))
        std::filesystem::remove (file);
    }
    for (const auto &file : files)
      if (file.string ().ends_with (".unlinked"))
      {
        const std::string name = file.string ();
        if (one_in (2))
          std::filesystem::remove (name.substr (0, name.size () - 9));
        std::filesystem::remove (file);
      }
  }

  // Writes that were lost or torn.
  std::uint64_t lost = 0;

private:
  // As in unsynced.c.
  struct Record
  {
    std::uint64_t is_truncation;
    std::uint64_t offset;
    std::uint64_t size_before;
    std::uint64_t old_length;
    std::uint64_t new_length;
  };

  struct Change
  {
    Record record;
    std::vector<char> old_bytes;
    std::vector<char> new_bytes;
  };

  [[nodiscard]] bool
  one_in (unsigned n)
  {
    return 0 == random_ () % n;
  }

  static std::vector<Change>
  read (const std::string &journal)
  {
    std::vector<Change> out;
    std::ifstream in (journal, std::ios::binary);
    Change change;
    while (in.read (reinterpret_cast<char *> (&change.record), sizeof (Record)))
    {
      change.old_bytes.resize (change.record.old_length);
      change.new_bytes.resize (change.record.new_length);
      in.read (change.old_bytes.data (),
               static_cast<std::streamsize> (change.old_bytes.size ()));
      in.read (change.new_bytes.data (),
               static_cast<std::streamsize> (change.new_bytes.size ()));
      if (! in)
        break; // killed while it was noted: the write did not begin
      out.push_back (change);
    }
    return out;
  }

  void
  strike_file (const std::string &path, const std::string &journal)
  {
    const std::vector<Change> changes = read (journal);
    const int fd = ::open (path.c_str (), O_RDWR | O_CLOEXEC);
    for (auto it = changes.rbegin (); fd >= 0 && it != changes.rend (); ++it)
      undo (fd, *it);
    for (const Change &change : changes)
      if (fd >= 0)
        redo (fd, change);
    if (fd >= 0)
      ::close (fd);
    (void)! ::truncate (journal.c_str (), 0);
  }

  static void
  write_at (int fd, const char *data, std::size_t size, std::uint64_t at)
  {
    (void)! ::pwrite (fd, data, size, static_cast<off_t> (at));
  }

  static void
  undo (int fd, const Change &change)
  {
    write_at (fd, change.old_bytes.data (), change.old_bytes.size (),
              change.record.offset);
    (void)! ::ftruncate (fd, static_cast<off_t> (change.record.size_before));
  }

  void
  redo (int fd, const Change &change)
  {
    constexpr std::size_t sector = 512;
    if (one_in (2))
    {
      lost++;
      return;
    }
    if (0 != change.record.is_truncation)
    {
      (void)! ::ftruncate (fd, static_cast<off_t> (change.record.offset));
      return;
    }
    const bool is_torn = one_in (3);
    lost += is_torn ? 1 : 0;
    for (std::size_t at = 0; at < change.new_bytes.size (); at += sector)
      if (! is_torn || one_in (2))
        write_at (fd, change.new_bytes.data () + at,
                  std::min (sector, change.new_bytes.size () - at),
                  change.record.offset + at);
  }

  std::mt19937 &random_;
};
} // namespace psycstore
