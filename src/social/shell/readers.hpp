// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What applications read: followers (psyc observers), replays (history
// requests) and objects, each piped to its application under a window of
// window_bytes that the application acknowledges. While the window is full
// psyc is paused: nothing queues here.
#pragma once

#include <map>
#include <memory>

#include "shell/service_main.hpp"
#include "shell/timer.hpp"
#include "social/shell/places.hpp"

namespace social
{
class Readers
{
public:
  Readers (const struct GNUNET_CONFIGURATION_Handle *cfg, CoreDoor &door,
           Places &places)
      : cfg_ (cfg), door_ (door), places_ (places)
  {}
  ~Readers ();
  Readers (const Readers &) = delete;
  Readers &operator= (const Readers &) = delete;

  // False: the client broke the protocol.
  [[nodiscard]] bool follow (shell::ServiceClient &client,
                             const AppFollow &message);
  [[nodiscard]] bool replay (shell::ServiceClient &client,
                             const AppReplay &message);
  [[nodiscard]] bool look (shell::ServiceClient &client,
                           const AppLook &message);
  [[nodiscard]] bool acknowledge (const shell::ServiceClient &client,
                                  const AppReadAck &message);
  void stop (const shell::ServiceClient &client, std::uint64_t reader_id);

  void on_client_gone (const shell::ServiceClient &client);
  void on_channel_ending (const PlaceRef &ref);

private:
  using Key = std::pair<const shell::ServiceClient *, std::uint64_t>;

  struct Reader
  {
    Readers *owner = nullptr;
    shell::ServiceClient *client = nullptr;
    std::uint64_t id = 0;
    PlaceRef ref;
    struct GNUNET_PSYC_Observer *observer = nullptr;
    std::uint64_t after = 0; // the fragment that the observer reads behind
    bool has_started = false;
    int failures = 0;
    std::unique_ptr<shell::Timer> retry;           // followers only
    struct GNUNET_PSYC_Channel *channel = nullptr; // of the two below
    struct GNUNET_PSYC_HistoryRequest *history = nullptr;
    Role role = Role::host; // in what is replayed
    struct GNUNET_PSYC_StateRequest *state = nullptr;
    std::uint64_t under_way = 0; // bytes not acknowledged
    bool is_paused = false;
    std::string object; // being told
    std::uint32_t object_offset = 0;
  };

  [[nodiscard]] Reader *open (shell::ServiceClient &client, std::uint64_t id,
                              const PlaceRef &ref);
  void close (Reader &reader);
  // False: there is no such place.
  [[nodiscard]] bool observe (Reader &reader);
  void give_up (Reader &reader);
  void pass_on (Reader &reader, std::uint64_t fragment_id,
                const struct GNUNET_PSYC_MessageHeader *message);
  void hear_in (const Reader &reader,
                const struct GNUNET_PSYC_MessageHeader *message);
  void pause (Reader &reader);
  void resume (Reader &reader);
  void end_replay (Reader &reader, std::int64_t result, std::string error);
  void end_look (Reader &reader, ResultCode result, std::string text);

  static void on_started (void *cls, int result, std::uint64_t head,
                          std::uint64_t max_message_id) noexcept;
  static void
  on_fragment (void *cls, std::uint64_t fragment_id,
               const struct GNUNET_PSYC_MessageHeader *message) noexcept;
  static void on_gap (void *cls, std::uint64_t first,
                      std::uint64_t last) noexcept;
  static void
  on_history (void *cls,
              const struct GNUNET_PSYC_MessageHeader *message) noexcept;
  static void on_history_end (void *cls, std::int64_t result, const void *data,
                              std::uint16_t size) noexcept;
  static void on_object (void *cls, const struct GNUNET_MessageHeader *,
                         const char *name, const void *value,
                         std::uint32_t value_size,
                         std::uint32_t full_size) noexcept;
  static void on_objects_end (void *cls, std::int64_t result, const void *data,
                              std::uint16_t size) noexcept;

  const struct GNUNET_CONFIGURATION_Handle *cfg_;
  CoreDoor &door_;
  Places &places_;
  std::map<Key, std::unique_ptr<Reader>> readers_;
};
} // namespace social
