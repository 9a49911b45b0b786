// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A program that says to a running service what no library would: for
// test_hostile.sh. It speaks the local protocol of psyc, or of social, over the
// service's socket, and prints "ok NAME" or "FAILED NAME" for each attack: the
// service must refuse it by name or drop us, and answer whoever comes next.
//
//   hostile_client psyc SOCKET SEED
//   hostile_client social SOCKET SEED PLACE_KEY
#include <array>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <poll.h>
#include <random>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "shell/gnunet.hpp"

#include "psyc/message/part_writer.hpp"
#include "psyc/psyc_messages.hpp"
#include "social/social_messages.hpp"

namespace
{
constexpr int answer_timeout_ms = 20'000;

class Link
{
public:
  explicit Link (const std::string &path)
      : fd_ (::socket (AF_UNIX, SOCK_STREAM, 0))
  {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy (address.sun_path, path.c_str (),
                  sizeof (address.sun_path) - 1);
    if (0
        != ::connect (fd_, reinterpret_cast<const sockaddr *> (&address),
                      sizeof (address)))
      is_open_ = false;
  }
  ~Link () { ::close (fd_); }
  Link (const Link &) = delete;
  Link &operator= (const Link &) = delete;

  void
  send (base::ByteView bytes)
  {
    while (is_open_ && ! bytes.empty ())
    {
      listen (0);
      const ssize_t size = ::send (fd_, bytes.data (), bytes.size (),
                                   MSG_NOSIGNAL | MSG_DONTWAIT);
      if (size > 0)
        bytes = bytes.subspan (static_cast<std::size_t> (size));
      else if (EAGAIN == errno || EWOULDBLOCK == errno)
        listen (100);
      else
        is_open_ = false;
    }
  }
  template <wire::Message M>
  void
  say (const M &message)
  {
    send (wire::must_encode (message));
  }

  // The next message of that kind; nothing: dropped, or no answer in time.
  template <wire::Message M>
  std::optional<M>
  hear ()
  {
    while (const auto message = hear_any ())
      if (auto decoded = wire::decode<M> (*message))
        return decoded;
    return std::nullopt;
  }

  std::optional<base::Bytes>
  hear_any ()
  {
    const auto end = std::chrono::steady_clock::now ()
                     + std::chrono::milliseconds (answer_timeout_ms);
    for (;;)
    {
      if (auto message = next ())
        return message;
      if (! is_open_ || std::chrono::steady_clock::now () > end)
        return std::nullopt;
      listen (100);
    }
  }
  [[nodiscard]] bool
  is_open () const
  {
    return is_open_;
  }

private:
  void
  listen (int timeout_ms)
  {
    pollfd wait{ fd_, POLLIN, 0 };
    if (::poll (&wait, 1, timeout_ms) <= 0)
      return;
    std::array<std::uint8_t, 65536> bytes;
    const ssize_t size = ::recv (fd_, bytes.data (), bytes.size (), 0);
    if (size <= 0)
      is_open_ = false;
    else
      in_.insert (in_.end (), bytes.begin (), bytes.begin () + size);
  }

  std::optional<base::Bytes>
  next ()
  {
    if (in_.size () < 4)
      return std::nullopt;
    const std::size_t size = static_cast<std::size_t> (in_[0] * 256 + in_[1]);
    if (size < 4 || in_.size () < size)
      return std::nullopt;
    const auto end = in_.begin () + static_cast<std::ptrdiff_t> (size);
    base::Bytes out (in_.begin (), end);
    in_.erase (in_.begin (), end);
    return out;
  }

  int fd_;
  bool is_open_ = true;
  base::Bytes in_;
};

// One service: how to greet it, and how to begin a message.
struct Target
{
  std::string socket;
  std::function<bool (Link &)> greet;
  std::function<void (Link &, std::uint64_t upload)> begin;
  std::function<void (Link &, std::uint64_t upload, std::uint64_t offset,
                      const base::Bytes &parts)>
      give;
  // Waits for the next credit: bytes; 0: the upload has ended.
  std::function<std::uint64_t (Link &)> credit;
  // The final state of an upload: 0: dropped or silent.
  std::function<int (Link &)> outcome;
};

// How the uploads of both protocols end.
template <wire::Message Credit, wire::Message State>
void
hear_uploads (Target &target)
{
  auto ended = std::make_shared<int> (0);
  target.credit = [ended] (Link &link) -> std::uint64_t
  {
    while (const auto bytes = link.hear_any ())
    {
      if (const auto credit = wire::decode<Credit> (*bytes))
        return credit->bytes;
      const auto state = wire::decode<State> (*bytes);
      if (state && psyc::transfer::is_final (state->state))
      {
        *ended = static_cast<int> (state->state);
        return 0;
      }
    }
    return 0;
  };
  target.outcome = [ended] (Link &link)
  {
    if (0 != *ended)
      return std::exchange (*ended, 0);
    while (const auto state = link.hear<State> ())
      if (psyc::transfer::is_final (state->state))
        return static_cast<int> (state->state);
    return 0;
  };
}

base::SendTag
tag_of (std::mt19937_64 &random)
{
  base::SendTag tag;
  for (auto &byte : tag.bytes)
    byte = static_cast<std::uint8_t> (random ());
  return tag;
}

base::Bytes
whole_message (std::size_t modifiers, std::size_t body)
{
  psyc::PartWriter writer (60'000);
  (void)writer.method ("_message_x", 0, psyc::state_not_modified);
  for (std::size_t i = 0; i < modifiers; i++)
    (void)writer.modifier (psyc::Operator::set, "_name",
                           base::as_bytes (std::string_view ("value")));
  if (0 < body)
    writer.data (base::Bytes (body, 'x'));
  writer.end ();
  writer.flush ();
  base::Bytes out;
  while (auto chunk = writer.take ())
    out.insert (out.end (), chunk->begin (), chunk->end ());
  return out;
}

base::Bytes
replaced (base::Bytes bytes, std::string_view what, std::string_view with)
{
  const auto at
      = std::search (bytes.begin (), bytes.end (), what.begin (), what.end ());
  std::copy (with.begin (), with.end (), at);
  return bytes;
}

class Attacks
{
public:
  Attacks (const Target &target, std::uint64_t seed)
      : target_ (target), random_ (seed)
  {}

  int
  run ()
  {
    const base::Bytes good = whole_message (2, 100);
    refused ("a name without _", replaced (good, "_name", "xname"));
    refused ("an empty name",
             replaced (good, "_name", std::string_view ("\0name", 5)));
    refused ("a NUL in a name",
             replaced (good, "_name", std::string_view ("_n\0me", 5)));
    refused ("data before the method",
             base::Bytes (good.begin () + method_size (good), good.end ()));
    refused ("an end at once", base::Bytes (good.end () - 4, good.end ()));
    refused ("two methods", twice (good));
    taken_or_refused ("a million modifiers", 1'000'000);
    left_alone ("a short message without an end", 30'000);
    left_alone ("a long message without an end", 3'000'000);
    mutated ();
    garbage ();
    return status_;
  }

private:
  void
  tell (bool is_good, const std::string &name)
  {
    std::printf ("%s %s\n", is_good ? "ok" : "FAILED", name.c_str ());
    std::fflush (stdout);
    status_ = is_good ? status_ : 1;
  }

  static std::ptrdiff_t
  method_size (const base::Bytes &message)
  {
    return message[0] * 256 + message[1];
  }
  static base::Bytes
  twice (const base::Bytes &good)
  {
    base::Bytes out (good.begin (), good.begin () + method_size (good));
    out.insert (out.end (), good.begin (), good.end ());
    return out;
  }

  bool
  is_alive ()
  {
    Link link (target_.socket);
    if (! target_.greet (link))
      return false;
    target_.begin (link, 1);
    target_.give (link, 1, 0, whole_message (1, 10));
    return 0 != target_.outcome (link);
  }

  void
  give_all (Link &link, std::uint64_t upload, const base::Bytes &parts)
  {
    target_.begin (link, upload);
    std::uint64_t uncredited = 0;
    for (std::size_t offset = 0; offset < parts.size () && link.is_open ();)
    {
      while (uncredited + 100'000 > psyc::transfer::window_bytes)
      {
        const std::uint64_t credit = target_.credit (link);
        if (0 == credit)
          return;
        uncredited -= std::min (uncredited, credit);
      }
      // Whole parts, at most 32 KiB of them.
      std::size_t end = offset;
      while (end < parts.size () && end - offset < 30'000)
        end += std::max<std::size_t> (
            4, static_cast<std::size_t> (parts[end] * 256 + parts[end + 1]));
      end = std::min (end, parts.size ());
      target_.give (
          link, upload, offset,
          base::Bytes (parts.begin () + static_cast<std::ptrdiff_t> (offset),
                       parts.begin () + static_cast<std::ptrdiff_t> (end)));
      uncredited += end - offset;
      offset = end;
    }
  }

  void
  refused (const std::string &name, const base::Bytes &parts)
  {
    Link link (target_.socket);
    bool is_good = target_.greet (link);
    give_all (link, 1, parts);
    using psyc::transfer::SendState;
    const int outcome = target_.outcome (link);
    is_good
        = is_good
          && (0 == outcome || static_cast<int> (SendState::failed) == outcome);
    tell (is_good && is_alive (), name + " is refused");
  }

  void
  taken_or_refused (const std::string &name, std::size_t modifiers)
  {
    Link link (target_.socket);
    const bool is_good = target_.greet (link);
    give_all (link, 1, whole_message (modifiers, 10));
    const int outcome = target_.outcome (link);
    tell (is_good && 0 != outcome && is_alive (),
          name + " come to an end (state " + std::to_string (outcome) + ")");
  }

  void
  left_alone (const std::string &name, std::size_t size)
  {
    {
      Link link (target_.socket);
      (void)target_.greet (link);
      base::Bytes parts = whole_message (1, size);
      parts.resize (parts.size () - 4); // END
      give_all (link, 1, parts);
    }
    tell (is_alive (), name + " is left by its sender");
  }

  void
  mutated ()
  {
    const base::Bytes good = whole_message (5, 300);
    for (int i = 0; i < 300; i++)
    {
      base::Bytes bad = good;
      for (std::uint64_t n = random_ () % 4; n < 4; n++)
        bad[random_ () % bad.size ()] = static_cast<std::uint8_t> (random_ ());
      Link link (target_.socket);
      (void)target_.greet (link);
      target_.begin (link, 1);
      target_.give (link, 1, 0, bad);
    }
    tell (is_alive (), "300 broken messages do no harm");
  }

  void
  garbage ()
  {
    for (int i = 0; i < 100; i++)
    {
      Link link (target_.socket);
      if (0 == i % 2)
        (void)target_.greet (link);
      base::Bytes bytes (4 + random_ () % 4000);
      for (auto &byte : bytes)
        byte = static_cast<std::uint8_t> (random_ ());
      bytes[0] = static_cast<std::uint8_t> (bytes.size () >> 8);
      bytes[1] = static_cast<std::uint8_t> (bytes.size ());
      // Types of the service, so that decoders see it.
      bytes[2] = 3;
      link.send (bytes);
    }
    tell (is_alive (), "100 messages of random bytes do no harm");
  }

  const Target &target_;
  std::mt19937_64 random_;
  int status_ = 0;
};

Target
psyc_target (const std::string &socket, std::mt19937_64 &random)
{
  namespace local = psyc::local;
  local::MasterStart start;
  for (auto &byte : start.private_key.bytes)
    byte = static_cast<std::uint8_t> (random ());
  Target target;
  target.socket = socket;
  target.greet = [start] (Link &link)
  {
    link.say (start);
    const auto started = link.hear<local::Started> ();
    return started && local::StartResult::failed != started->result;
  };
  target.begin = [] (Link &, std::uint64_t) {};
  auto tag = std::make_shared<base::SendTag> ();
  target.give = [&random, tag] (Link &link, std::uint64_t upload,
                                std::uint64_t offset, const base::Bytes &parts)
  {
    if (0 == offset)
      *tag = tag_of (random);
    link.say (local::Upload{ upload, *tag, 0, offset, { parts } });
  };
  hear_uploads<local::UploadCredit, local::UploadState> (target);
  return target;
}

Target
social_target (const std::string &socket, std::mt19937_64 &random,
               const std::string &place)
{
  social::PlaceRef ref;
  if (GNUNET_OK
      != GNUNET_STRINGS_string_to_data (place.c_str (), place.size (),
                                        ref.key.bytes.data (),
                                        ref.key.bytes.size ()))
    std::fprintf (stderr, "this is no place's key\n");
  Target target;
  target.socket = socket;
  target.greet = [] (Link &link)
  {
    social::AppHello hello;
    hello.app_id = "hostile";
    link.say (hello);
    return link.hear<social::SocialHello> ().has_value ();
  };
  target.begin = [ref] (Link &link, std::uint64_t upload) {
    link.say (social::AppSay{ upload, ref });
  };
  auto tag = std::make_shared<base::SendTag> ();
  target.give = [&random, tag] (Link &link, std::uint64_t upload,
                                std::uint64_t offset, const base::Bytes &parts)
  {
    if (0 == offset)
      *tag = tag_of (random);
    link.say (social::AppUpload{ upload, *tag, 0, offset, { parts } });
  };
  hear_uploads<social::SocialUploadCredit, social::SocialUploadState> (target);
  return target;
}
} // namespace

int
main (int argc, char **argv)
{
  const std::string which = argc > 3 ? argv[1] : "";
  if ((which != "psyc" || argc != 4) && (which != "social" || argc != 5))
  {
    std::fprintf (stderr, "usage: see the head of hostile_client.cpp\n");
    return 2;
  }
  const std::uint64_t seed = std::stoull (argv[3]);
  std::printf ("# seed %llu\n", static_cast<unsigned long long> (seed));
  std::mt19937_64 random (seed);
  const Target target = which == "psyc"
                            ? psyc_target (argv[2], random)
                            : social_target (argv[2], random, argv[4]);
  return Attacks (target, seed).run ();
}
