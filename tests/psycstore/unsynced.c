/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A library to preload (LD_PRELOAD) that remembers what a program has written
 * and not yet synced, so that a test can take it away after a kill, as a loss
 * of power would (power_loss.hpp). Beside each file below $UNSYNCED_DIR it
 * keeps FILE.unsynced: a record for each write and truncation since the file's
 * last fsync or fdatasync, with the bytes before and after. A file that was
 * made since its folder's last fsync has FILE.unlinked beside it. With
 * $UNSYNCED_LIE set a sync does nothing: to see that the test would notice.
 *
 * One thread is assumed. Shared memory (-shm) and locks are left alone: after
 * a loss of power SQLite makes them anew.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FDS_MAX 1024

struct Record
{
  uint64_t is_truncation;
  uint64_t offset; /* of the write; the new size of a truncation */
  uint64_t size_before;
  uint64_t old_length; /* bytes that follow: what was there at offset */
  uint64_t new_length; /* bytes that follow those: what was written */
};

/* Of what is tracked, by descriptor: its path, or NULL. */
static char *paths[FDS_MAX];
static int journals[FDS_MAX];

#define REAL(name)                                                             \
  static __typeof__ (&name) real;                                              \
  if (NULL == real)                                                            \
  real = (__typeof__ (&name))dlsym (RTLD_NEXT, #name)

static int
real_open (const char *path, int flags, mode_t mode)
{
  REAL (open);
  return real (path, flags, mode);
}

static ssize_t
real_pwrite (int fd, const void *data, size_t size, off_t at)
{
  REAL (pwrite);
  return real (fd, data, size, at);
}

static int
real_ftruncate (int fd, off_t size)
{
  REAL (ftruncate);
  return real (fd, size);
}

static int
ends_with (const char *path, const char *suffix)
{
  size_t length = strlen (path);
  size_t suffix_length = strlen (suffix);
  return length >= suffix_length
         && 0 == strcmp (path + length - suffix_length, suffix);
}

static int
is_below_folder (const char *path)
{
  const char *folder = getenv ("UNSYNCED_DIR");
  return NULL != folder && 0 == strncmp (path, folder, strlen (folder));
}

static int
is_tracked (const char *path)
{
  return is_below_folder (path) && ! ends_with (path, "-shm")
         && ! ends_with (path, ".lock") && ! ends_with (path, ".unsynced")
         && ! ends_with (path, ".unlinked");
}

static int
opened (int fd, const char *path, int flags, int is_new)
{
  char beside[PATH_MAX];
  if (fd < 0 || fd >= FDS_MAX || ! is_tracked (path))
    return fd;
  paths[fd] = strdup (path);
  journals[fd] = -1;
  if (0 != (flags & O_DIRECTORY))
    return fd;
  snprintf (beside, sizeof (beside), "%s.unsynced", path);
  journals[fd]
      = real_open (beside, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (is_new)
  {
    snprintf (beside, sizeof (beside), "%s.unlinked", path);
    close (real_open (beside, O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  }
  return fd;
}

int
open (const char *path, int flags, ...)
{
  mode_t mode = 0;
  int is_new = 0;
  if (0 != (flags & O_CREAT))
  {
    va_list arguments;
    va_start (arguments, flags);
    mode = va_arg (arguments, mode_t);
    va_end (arguments);
    is_new = 0 != access (path, F_OK);
  }
  return opened (real_open (path, flags, mode), path, flags, is_new);
}

int
open64 (const char *path, int flags, ...)
{
  mode_t mode = 0;
  if (0 != (flags & O_CREAT))
  {
    va_list arguments;
    va_start (arguments, flags);
    mode = va_arg (arguments, mode_t);
    va_end (arguments);
  }
  return open (path, flags | O_LARGEFILE, mode);
}

int
close (int fd)
{
  REAL (close);
  if (fd >= 0 && fd < FDS_MAX && NULL != paths[fd])
  {
    free (paths[fd]);
    paths[fd] = NULL;
    if (journals[fd] >= 0)
      real (journals[fd]);
  }
  return real (fd);
}

/* Writes a record of what is about to happen to the file. */
static void
remember (int fd, int is_truncation, uint64_t offset, const void *data,
          size_t size)
{
  struct stat status;
  struct Record record;
  char *bytes;
  size_t old_max;
  ssize_t got;

  if (fd < 0 || fd >= FDS_MAX || NULL == paths[fd] || journals[fd] < 0
      || 0 != fstat (fd, &status))
    return;
  record.is_truncation = (uint64_t)is_truncation;
  record.offset = offset;
  record.size_before = (uint64_t)status.st_size;
  old_max = is_truncation ? (record.size_before > offset
                                 ? (size_t)(record.size_before - offset)
                                 : 0)
                          : size;
  bytes = malloc (sizeof (record) + old_max + size);
  got = pread (fd, bytes + sizeof (record), old_max, (off_t)offset);
  record.old_length = got > 0 ? (uint64_t)got : 0;
  record.new_length = size;
  memcpy (bytes, &record, sizeof (record));
  if (0 != size)
    memcpy (bytes + sizeof (record) + record.old_length, data, size);
  (void)! real_pwrite (journals[fd], bytes,
                       sizeof (record) + (size_t)record.old_length + size, 0);
  free (bytes);
}

ssize_t
pwrite (int fd, const void *data, size_t size, off_t at)
{
  remember (fd, 0, (uint64_t)at, data, size);
  return real_pwrite (fd, data, size, at);
}

ssize_t
pwrite64 (int fd, const void *data, size_t size, off64_t at)
{
  return pwrite (fd, data, size, at);
}

ssize_t
write (int fd, const void *data, size_t size)
{
  REAL (write);
  if (fd >= 0 && fd < FDS_MAX && NULL != paths[fd])
    remember (fd, 0, (uint64_t)lseek (fd, 0, SEEK_CUR), data, size);
  return real (fd, data, size);
}

int
ftruncate (int fd, off_t size)
{
  remember (fd, 1, (uint64_t)size, NULL, 0);
  return real_ftruncate (fd, size);
}

int
ftruncate64 (int fd, off64_t size)
{
  return ftruncate (fd, size);
}

/* What was made in this folder is there for good. */
static void
folder_synced (const char *folder)
{
  char path[PATH_MAX];
  struct dirent *entry;
  DIR *stream = opendir (folder);

  if (NULL == stream)
    return;
  while (NULL != (entry = readdir (stream)))
    if (ends_with (entry->d_name, ".unlinked"))
    {
      snprintf (path, sizeof (path), "%s/%s", folder, entry->d_name);
      unlink (path);
    }
  closedir (stream);
}

static int
synced (int fd)
{
  struct stat status;

  if (NULL != getenv ("UNSYNCED_LIE") || fd < 0 || fd >= FDS_MAX
      || NULL == paths[fd] || 0 != fstat (fd, &status))
    return 0;
  if (S_ISDIR (status.st_mode))
    folder_synced (paths[fd]);
  else if (journals[fd] >= 0)
    (void)! real_ftruncate (journals[fd], 0);
  return 0;
}

/* The machine stays on: to remember is enough. */
int
fsync (int fd)
{
  return synced (fd);
}

int
fdatasync (int fd)
{
  return synced (fd);
}
