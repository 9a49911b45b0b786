// SPDX-License-Identifier: AGPL-3.0-or-later
//
// gnunet-psycstore: looks into the store from the shell. Lists channels, checks
// them, copies one into a file and back, says how much of it is kept.
#include <config.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include <jansson.h>

#include "gnunet_psycstore_service.h"
#include "psycstore/cli/sizes.hpp"
#include "shell/gnunet.hpp"

namespace
{
using Info = struct GNUNET_PSYCSTORE_ChannelInfo;
using Key = struct GNUNET_CRYPTO_EddsaPublicKey;

enum class Status
{
  done = 0,
  failed = 1,
  usage = 2,
};

constexpr const char *help
    = "Commands:\n"
      "  list                     what is stored of each channel\n"
      "  check [CHANNEL]          look for what is wrong with it, or with all\n"
      "  export CHANNEL FILE      copy all of a channel into a new file\n"
      "  import FILE              put the channel of such a file in place\n"
      "  retain CHANNEL [--age A] [--count N] [--bytes B] | --default\n"
      "                           how much of its history is kept\n"
      "A CHANNEL is its key as listed, or enough of its start.";

struct Options
{
  int is_json = GNUNET_NO;
  int is_default = GNUNET_NO;
  char *age = nullptr;
  char *count = nullptr;
  char *bytes = nullptr;
};

std::string
text_of (const Key &key)
{
  char *text = GNUNET_CRYPTO_eddsa_public_key_to_string (&key);
  std::string out = text;
  GNUNET_free (text);
  return out;
}

// One run of the tool; deletes itself at shutdown.
class Tool
{
public:
  Tool (const struct GNUNET_CONFIGURATION_Handle *cfg, const Options &options,
        std::vector<std::string> words, Status &status)
      : options_ (options), words_ (std::move (words)), status_ (status),
        handle_ (GNUNET_PSYCSTORE_connect (cfg))
  {
    GNUNET_SCHEDULER_add_shutdown (
        [] (void *cls) { delete static_cast<Tool *> (cls); }, this);
  }
  Tool (const Tool &) = delete;
  Tool &operator= (const Tool &) = delete;

  ~Tool ()
  {
    if (nullptr != archive_)
      GNUNET_PSYCSTORE_archive_cancel (archive_);
    GNUNET_PSYCSTORE_disconnect (handle_);
    close_file ();
  }

  void
  start ()
  {
    const std::string &command = words_[0];
    if ("list" == command && 1 == words_.size ())
      list ([this] { print_list (); });
    else if ("check" == command && words_.size () <= 2)
      list ([this] { check (); });
    else if ("export" == command && 3 == words_.size ())
      list ([this] { with_channel ([this] (const Info &c) { save (c); }); });
    else if ("import" == command && 2 == words_.size ())
      load ();
    else if ("retain" == command && 2 == words_.size () && has_limits ())
      list ([this] { with_channel ([this] (const Info &c) { retain (c); }); });
    else
      fail (Status::usage, "see 'gnunet-psycstore --help'");
  }

private:
  // -- Ends

  void
  end (Status status)
  {
    status_ = status;
    GNUNET_SCHEDULER_shutdown ();
  }

  void
  fail (Status status, const std::string &why)
  {
    if (is_progress_shown_)
      std::fputs ("\n", stderr);
    if (GNUNET_YES == options_.is_json)
      print (json_pack ("{ss ss}", "type", "error", "message", why.c_str ()));
    std::fprintf (stderr, "gnunet-psycstore: %s\n", why.c_str ());
    end (status);
  }

  void
  fail (const char *why)
  {
    fail (Status::failed, nullptr == why ? "the service failed" : why);
  }

  static void
  print (json_t *object)
  {
    char *line = json_dumps (object, JSON_COMPACT);
    std::printf ("%s\n", line);
    std::fflush (stdout);
    std::free (line);
    json_decref (object);
  }

  // -- The list, which most commands begin with

  void
  list (std::function<void ()> then)
  {
    then_ = std::move (then);
    GNUNET_PSYCSTORE_channel_list (
        handle_,
        [] (void *cls, const Info *info)
        { static_cast<Tool *> (cls)->channels_.push_back (*info); },
        [] (void *cls, std::int64_t result, const char *why, std::uint16_t)
        {
          auto *self = static_cast<Tool *> (cls);
          if (result < 0)
            self->fail (why);
          else
            self->then_ ();
        },
        this);
  }

  void
  print_list ()
  {
    for (const Info &channel : channels_)
      if (GNUNET_YES == options_.is_json)
        print_json (channel);
      else
        print_line (channel);
    end (Status::done);
  }

  static void
  print_json (const Info &c)
  {
    json_t *object = json_pack (
        "{ss ss sI sI sI sI sI sI}", "type", "channel", "key",
        text_of (c.channel_key).c_str (), "messages",
        static_cast<json_int_t> (c.messages), "fragments",
        static_cast<json_int_t> (c.fragments), "bytes",
        static_cast<json_int_t> (c.bytes), "variables",
        static_cast<json_int_t> (c.variables), "newest_message",
        static_cast<json_int_t> (c.max_message_id), "newest_stored",
        static_cast<json_int_t> (c.newest.abs_value_us / 1000000));
    if (GNUNET_YES == c.has_retention)
    {
      json_t *retain = json_object ();
      const auto set = [retain] (const char *name, std::uint64_t limit)
      {
        json_object_set_new (
            retain, name,
            GNUNET_PSYCSTORE_UNLIMITED == limit
                ? json_null ()
                : json_integer (static_cast<json_int_t> (limit)));
      };
      set ("age", c.retention.age);
      set ("count", c.retention.count);
      set ("bytes", c.retention.bytes);
      json_object_set_new (object, "retain", retain);
    }
    print (object);
  }

  static void
  print_line (const Info &c)
  {
    std::printf (
        "%s  %llu messages  %llu fragments  %s  %llu variables  "
        "newest %llu, %s%s\n",
        text_of (c.channel_key).c_str (),
        static_cast<unsigned long long> (c.messages),
        static_cast<unsigned long long> (c.fragments),
        psycstore::readable_bytes (c.bytes).c_str (),
        static_cast<unsigned long long> (c.variables),
        static_cast<unsigned long long> (c.max_message_id),
        0 == c.newest.abs_value_us
            ? "never"
            : GNUNET_STRINGS_absolute_time_to_string (c.newest),
        GNUNET_YES == c.has_retention
            ? ("  keeps " + psycstore::readable_limits (c.retention)).c_str ()
            : "");
  }

  // The channel that words_[1] names.
  void
  with_channel (const std::function<void (const Info &)> &then)
  {
    const Info *found = nullptr;
    for (const Info &channel : channels_)
      if (text_of (channel.channel_key).starts_with (words_[1]))
      {
        if (nullptr != found)
          return fail (Status::failed, "more than one channel begins with '"
                                           + words_[1] + "': say more of it");
        found = &channel;
      }
    if (nullptr == found)
      return fail (Status::failed, "nothing is stored of a channel '"
                                       + words_[1]
                                       + "': see 'gnunet-psycstore list'");
    then (*found);
  }

  // -- check

  void
  check ()
  {
    if (2 == words_.size ())
      with_channel (
          [this] (const Info &channel)
          {
            const Info only = channel;
            channels_ = { only };
            check_next ();
          });
    else
      check_next ();
  }

  void
  check_next ()
  {
    if (checked_ == channels_.size ())
      return end (0 == problems_ ? Status::done : Status::failed);
    GNUNET_PSYCSTORE_channel_check (
        handle_, &channels_[checked_].channel_key,
        [] (void *cls, const char *problem)
        { static_cast<Tool *> (cls)->on_problem (problem); },
        [] (void *cls, std::int64_t result, const char *why, std::uint16_t)
        {
          auto *self = static_cast<Tool *> (cls);
          if (result < 0)
            return self->fail (why);
          self->on_checked (static_cast<std::uint64_t> (result));
        },
        this);
  }

  void
  on_problem (const char *problem)
  {
    const std::string key = text_of (channels_[checked_].channel_key);
    if (GNUNET_YES == options_.is_json)
      print (json_pack ("{ss ss ss}", "type", "problem", "channel",
                        key.c_str (), "problem", problem));
    else
      std::printf ("%s: %s\n", key.c_str (), problem);
  }

  void
  on_checked (std::uint64_t problems)
  {
    const std::string key = text_of (channels_[checked_].channel_key);
    problems_ += problems;
    if (GNUNET_YES == options_.is_json)
      print (json_pack ("{ss ss sI}", "type", "checked", "channel",
                        key.c_str (), "problems",
                        static_cast<json_int_t> (problems)));
    else if (0 == problems)
      std::printf ("%s: sound\n", key.c_str ());
    checked_++;
    check_next ();
  }

  // -- export and import

  void
  save (const Info &channel)
  {
    file_ = words_[2];
    fd_ = ::open (file_.c_str (), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                  0600);
    if (fd_ < 0)
      return fail (Status::failed,
                   "cannot create " + file_ + ": " + std::strerror (errno));
    is_half_written_ = true;
    archive_ = GNUNET_PSYCSTORE_archive_write (
        handle_, &channel.channel_key, fd_, nullptr, 0, &Tool::on_progress,
        &Tool::on_archive_end, this);
  }

  void
  load ()
  {
    file_ = words_[1];
    fd_ = ::open (file_.c_str (), O_RDONLY | O_CLOEXEC);
    if (fd_ < 0)
      return fail (Status::failed,
                   "cannot open " + file_ + ": " + std::strerror (errno));
    archive_ = GNUNET_PSYCSTORE_archive_read (handle_, fd_, &Tool::on_progress,
                                              &Tool::on_archive_end, this);
  }

  static void
  on_progress (void *cls, std::uint64_t done, std::uint64_t total)
  {
    auto *self = static_cast<Tool *> (cls);
    if (0 == ::isatty (2))
      return;
    self->is_progress_shown_ = true;
    std::fprintf (stderr, "\r%llu of %llu fragments",
                  static_cast<unsigned long long> (done),
                  static_cast<unsigned long long> (std::max (done, total)));
  }

  static void
  on_archive_end (void *cls, std::int64_t result, const char *why,
                  std::uint16_t)
  {
    auto *self = static_cast<Tool *> (cls);
    self->archive_ = nullptr;
    if (GNUNET_OK != result)
      return self->fail (Status::failed,
                         self->file_ + ": "
                             + (nullptr == why ? "nothing is stored" : why));
    self->is_half_written_ = false;
    if (std::exchange (self->is_progress_shown_, false))
      std::fputs ("\r\033[K", stderr);
    if (GNUNET_YES == self->options_.is_json)
      print (json_pack ("{ss ss}", "type",
                        "export" == self->words_[0] ? "exported" : "imported",
                        "file", self->file_.c_str ()));
    else if ("export" == self->words_[0])
      std::printf ("%s holds the channel. If we host it, the file holds its "
                   "secret, too: keep it to yourself.\n",
                   self->file_.c_str ());
    else
      std::puts ("The channel is in place. psyc finds it when it starts "
                 "again: gnunet-arm -k psyc; gnunet-arm -i psyc");
    self->end (Status::done);
  }

  // A file that is no archive is of no use to anybody.
  void
  close_file ()
  {
    if (fd_ < 0)
      return;
    ::close (fd_);
    if (is_half_written_)
      ::unlink (file_.c_str ());
  }

  // -- retain

  [[nodiscard]] bool
  has_limits () const
  {
    const bool has_any = nullptr != options_.age || nullptr != options_.count
                         || nullptr != options_.bytes;
    return has_any != (GNUNET_YES == options_.is_default);
  }

  void
  retain (const Info &channel)
  {
    struct GNUNET_PSYCSTORE_Retention limits;
    const std::string why = psycstore::parse_limits (
        options_.age, options_.count, options_.bytes, limits);
    if (! why.empty ())
      return fail (Status::usage, why);
    GNUNET_PSYCSTORE_retention_set (
        handle_, &channel.channel_key,
        GNUNET_YES == options_.is_default ? nullptr : &limits,
        [] (void *cls, std::int64_t result, const char *text, std::uint16_t)
        {
          auto *self = static_cast<Tool *> (cls);
          if (GNUNET_OK != result)
            return self->fail (text);
          self->end (Status::done);
        },
        this);
  }

  const Options &options_;
  const std::vector<std::string> words_;
  Status &status_;
  struct GNUNET_PSYCSTORE_Handle *handle_;
  std::function<void ()> then_;
  std::vector<Info> channels_;
  std::size_t checked_ = 0;
  std::uint64_t problems_ = 0;
  std::string file_;
  int fd_ = -1;
  bool is_half_written_ = false;
  bool is_progress_shown_ = false;
  struct GNUNET_PSYCSTORE_Archive *archive_ = nullptr;
};

struct Run
{
  Options options;
  Status status = Status::usage;
};

void
run (void *cls, char *const *arguments, const char *,
     const struct GNUNET_CONFIGURATION_Handle *cfg)
{
  auto *run = static_cast<Run *> (cls);
  std::vector<std::string> words;
  for (; nullptr != *arguments; arguments++)
    words.emplace_back (*arguments);
  if (words.empty ())
  {
    std::fprintf (stderr, "gnunet-psycstore: which command? %s\n",
                  "See 'gnunet-psycstore --help'");
    return;
  }
  (new Tool (cfg, run->options, std::move (words), run->status))->start ();
}
} // namespace

int
main (int argc, char *const *argv)
{
  Run state;
  const struct GNUNET_GETOPT_CommandLineOption options[]
      = { GNUNET_GETOPT_option_flag ('j', "json", "one JSON object a line",
                                     &state.options.is_json),
          GNUNET_GETOPT_option_string ('a', "age", "DURATION",
                                       "retain: what is not older ('30 d')",
                                       &state.options.age),
          GNUNET_GETOPT_option_string ('n', "count", "N",
                                       "retain: at most so many messages",
                                       &state.options.count),
          GNUNET_GETOPT_option_string ('b', "bytes", "SIZE",
                                       "retain: at most so much ('500 MiB')",
                                       &state.options.bytes),
          GNUNET_GETOPT_option_flag ('d', "default",
                                     "retain: what the configuration says",
                                     &state.options.is_default),
          GNUNET_GETOPT_OPTION_END };
  if (GNUNET_OK
      != GNUNET_PROGRAM_run (argc, argv, "gnunet-psycstore COMMAND", help,
                             options, &run, &state))
    return static_cast<int> (Status::usage);
  return static_cast<int> (state.status);
}
