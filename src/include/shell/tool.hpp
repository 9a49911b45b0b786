// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What the small tools (gnunet-psyc, gnunet-multicast) share: exit statuses,
// keys from files and egos, input that can wait, the wait for a service.
#pragma once

#include <array>
#include <cerrno>
#include <cstdio>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <sys/stat.h>
#include <unistd.h>

extern "C"
{
#include <gnunet/gnunet_identity_service.h>
}

#include "shell/service_socket.hpp"
#include "shell/timer.hpp"

namespace shell::tool
{
// As gnunet-social's.
enum class Status : int
{
  done = 0,
  failed = 1,
  usage = 2,
  no_answer = 3,
  refused = 4,
  pending = 5,
  not_found = 6,
};

[[nodiscard]] inline std::string
taken (char *text)
{
  std::string out = nullptr == text ? "" : text;
  GNUNET_free (text);
  return out;
}

[[nodiscard]] inline std::string
text_of (const struct GNUNET_CRYPTO_EddsaPublicKey &key)
{
  return taken (GNUNET_CRYPTO_eddsa_public_key_to_string (&key));
}

[[nodiscard]] inline std::string
text_of (const struct GNUNET_CRYPTO_EcdsaPublicKey &key)
{
  return taken (GNUNET_CRYPTO_ecdsa_public_key_to_string (&key));
}

// ---- keys ----------------------------------------------------------------

// A key in a file that is made when it is missing, for its owner alone.
template <typename Key>
[[nodiscard]] std::optional<Key>
key_of_file (const std::string &path,
             enum GNUNET_GenericReturnValue (*read) (const char *, int, Key *))
{
  Key key;
  const mode_t mask = umask (077);
  const auto result = read (path.c_str (), GNUNET_YES, &key);
  (void)umask (mask);
  return GNUNET_SYSERR == result ? std::nullopt : std::optional<Key> (key);
}

[[nodiscard]] inline std::optional<struct GNUNET_CRYPTO_EddsaPublicKey>
parse_channel (const std::string &text)
{
  struct GNUNET_CRYPTO_EddsaPublicKey key;
  if (GNUNET_OK
      != GNUNET_CRYPTO_eddsa_public_key_from_string (text.c_str (),
                                                     text.size (), &key))
    return std::nullopt;
  return key;
}

[[nodiscard]] inline std::optional<struct GNUNET_CRYPTO_EcdsaPublicKey>
parse_member (const std::string &text)
{
  struct GNUNET_CRYPTO_EcdsaPublicKey key;
  if (GNUNET_OK
      != GNUNET_CRYPTO_ecdsa_public_key_from_string (text.c_str (),
                                                     text.size (), &key))
    return std::nullopt;
  return key;
}

[[nodiscard]] inline std::optional<struct GNUNET_PeerIdentity>
parse_peer (const std::string &text)
{
  const auto key = parse_channel (text);
  if (! key)
    return std::nullopt;
  struct GNUNET_PeerIdentity peer;
  peer.public_key = *key;
  return peer;
}

// Words between commas.
[[nodiscard]] inline std::vector<std::string>
split (const std::string &list)
{
  std::vector<std::string> out;
  for (std::size_t at = 0; at < list.size ();)
  {
    const auto end = std::min (list.find (',', at), list.size ());
    if (end > at)
      out.push_back (list.substr (at, end - at));
    at = end + 1;
  }
  return out;
}

// Peers between commas; nothing when one is none.
[[nodiscard]] inline std::optional<std::vector<struct GNUNET_PeerIdentity>>
parse_peers (const std::string &list)
{
  std::vector<struct GNUNET_PeerIdentity> out;
  for (const auto &word : split (list))
  {
    const auto peer = parse_peer (word);
    if (! peer)
      return std::nullopt;
    out.push_back (*peer);
  }
  return out;
}

// A duration as GNUnet writes it; a year is as good as more.
[[nodiscard]] inline std::optional<base::Duration>
parse_duration (const char *text)
{
  struct GNUNET_TIME_Relative time;
  // GNUnet reads a sign as something very large.
  if (nullptr != std::strchr (text, '-')
      || GNUNET_OK != GNUNET_STRINGS_fancy_time_to_relative (text, &time))
    return std::nullopt;
  constexpr std::uint64_t longest = 365ull * 24 * 3600 * 1000000;
  return base::Duration{ static_cast<std::int64_t> (
      std::min<std::uint64_t> (time.rel_value_us, longest)) };
}

// Our own peer, where its key may be read; for words to people alone.
[[nodiscard]] inline std::string
own_peer (const struct GNUNET_CONFIGURATION_Handle *cfg)
{
  struct GNUNET_PeerIdentity peer;
  if (GNUNET_OK != GNUNET_CRYPTO_get_peer_identity (cfg, &peer))
    return "(see gnunet-peerinfo -s)";
  return taken (GNUNET_CRYPTO_eddsa_public_key_to_string (&peer.public_key));
}

// Asks the identity service for an ego's private key, once.
class EgoLookup
{
public:
  using OnKey
      = std::function<void (std::optional<struct GNUNET_IDENTITY_PrivateKey>)>;

  EgoLookup () = default;
  EgoLookup (const EgoLookup &) = delete;
  EgoLookup &operator= (const EgoLookup &) = delete;
  ~EgoLookup ()
  {
    if (nullptr != lookup_)
      GNUNET_IDENTITY_ego_lookup_cancel (lookup_);
  }

  void
  start (const struct GNUNET_CONFIGURATION_Handle *cfg, const std::string &name,
         OnKey on_key)
  {
    on_key_ = std::move (on_key);
    lookup_ = GNUNET_IDENTITY_ego_lookup (cfg, name.c_str (), &on_ego, this);
  }

private:
  static void
  on_ego (void *cls, struct GNUNET_IDENTITY_Ego *ego) noexcept
  {
    auto *self = static_cast<EgoLookup *> (cls);
    self->lookup_ = nullptr;
    if (nullptr == ego)
      self->on_key_ (std::nullopt);
    else
      self->on_key_ (*GNUNET_IDENTITY_ego_get_private_key (ego));
  }

  struct GNUNET_IDENTITY_EgoLookup *lookup_ = nullptr;
  OnKey on_key_;
};

// ---- input ---------------------------------------------------------------

// stdin, read a piece at a time and only when wanted.
class Input
{
public:
  using OnBytes = std::function<void (base::ByteView)>;
  // `error`: 0, or the errno of what failed.
  using OnEnd = std::function<void (int error)>;

  Input (OnBytes on_bytes, OnEnd on_end)
      : on_bytes_ (std::move (on_bytes)), on_end_ (std::move (on_end))
  {}
  Input (const Input &) = delete;
  Input &operator= (const Input &) = delete;
  ~Input ()
  {
    stop ();
    if (nullptr != stdin_)
      GNUNET_DISK_file_close (stdin_);
  }

  // The next piece; what came before is not looked at any more.
  void
  want ()
  {
    if (nullptr == stdin_)
      stdin_ = GNUNET_DISK_get_handle_from_int_fd (STDIN_FILENO);
    if (nullptr == stdin_)
      return on_end_ (errno);
    if (nullptr == task_)
      task_ = GNUNET_SCHEDULER_add_read_file (GNUNET_TIME_UNIT_FOREVER_REL,
                                              stdin_, &Input::read, this);
  }

  void
  stop ()
  {
    if (nullptr != task_)
      GNUNET_SCHEDULER_cancel (std::exchange (task_, nullptr));
  }

private:
  static void
  read (void *cls) noexcept
  {
    auto *self = static_cast<Input *> (cls);
    self->task_ = nullptr;
    const ssize_t size
        = ::read (STDIN_FILENO, self->buffer_.data (), self->buffer_.size ());
    if (size < 0 && (EINTR == errno || EAGAIN == errno))
      return self->want ();
    if (size <= 0)
      return self->on_end_ (size < 0 ? errno : 0);
    self->on_bytes_ (
        base::ByteView (self->buffer_).first (static_cast<std::size_t> (size)));
  }

  OnBytes on_bytes_;
  OnEnd on_end_;
  struct GNUNET_DISK_FileHandle *stdin_ = nullptr;
  struct GNUNET_SCHEDULER_Task *task_ = nullptr;
  std::array<std::uint8_t, 32768> buffer_{};
};

// ---- the service ---------------------------------------------------------

// Waits a moment for a service's socket (arm may just be starting), then says
// that it is not there.
class ServiceWait
{
public:
  ServiceWait (const struct GNUNET_CONFIGURATION_Handle *cfg,
               const char *service, std::function<void ()> on_missing)
      : cfg_ (cfg), service_ (service), on_missing_ (std::move (on_missing)),
        until_ (now () + base::seconds (3)), timer_ ([this] { look (); })
  {
    timer_.arm_now ();
  }

  void
  stop ()
  {
    timer_.disarm ();
  }

private:
  void
  look ()
  {
    if (is_socket_open (cfg_, service_))
      return;
    if (now () >= until_)
      return on_missing_ ();
    timer_.arm_in (base::milliseconds (100));
  }

  const struct GNUNET_CONFIGURATION_Handle *const cfg_;
  const char *const service_;
  std::function<void ()> on_missing_;
  const base::TimePoint until_;
  Timer timer_;
};
} // namespace shell::tool
