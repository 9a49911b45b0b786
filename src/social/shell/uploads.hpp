// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What applications say, passed on to psyc under the same tag, with the
// author and the time put in (core/upload_filter.hpp). The application may
// send window_bytes that were not credited; credit is given as psyc takes.
#pragma once

#include <map>
#include <memory>

#include "shell/service_main.hpp"
#include "social/core/upload_filter.hpp"
#include "social/shell/places.hpp"

namespace social
{
class Uploads
{
public:
  Uploads (CoreDoor &door, Places &places, const Keys &keys)
      : door_ (door), places_ (places), keys_ (keys)
  {}
  ~Uploads ();
  Uploads (const Uploads &) = delete;
  Uploads &operator= (const Uploads &) = delete;

  // False: the client broke the protocol.
  [[nodiscard]] bool say (shell::ServiceClient &client, const AppSay &message);
  [[nodiscard]] bool take (shell::ServiceClient &client,
                           const AppUpload &message);
  [[nodiscard]] bool ask (shell::ServiceClient &client,
                          const AppUploadQuery &message);
  void cancel (const shell::ServiceClient &client,
               const AppUploadCancel &message);

  void on_client_gone (const shell::ServiceClient &client);
  void on_channel_ending (const PlaceRef &ref);

private:
  using Key = std::pair<const shell::ServiceClient *, std::uint64_t>;

  struct Upload
  {
    Uploads *owner = nullptr;
    shell::ServiceClient *client = nullptr;
    std::uint64_t id = 0;
    PlaceRef ref;
    struct GNUNET_PSYC_Upload *handle = nullptr;
    std::optional<UploadFilter> filter;
    std::uint64_t offset = 0;    // of the next parts
    std::uint32_t held_back = 0; // bytes taken and not credited
    bool is_watch = false;       // hears of an old one only
  };

  [[nodiscard]] Upload *find (const shell::ServiceClient &client,
                              std::uint64_t id);
  [[nodiscard]] bool begin (Upload &upload, const AppUpload &message);
  void look_for_request (const PlaceRef &ref, base::ByteView parts);
  [[nodiscard]] std::vector<Variable> own_variables (const Place &place) const;
  void hand_on (Upload &upload, const base::Bytes &parts);
  void credit (Upload &upload);
  void fail (Upload &upload, const std::string &why);
  void close (Upload &upload);

  static void on_ready (void *cls) noexcept;
  static void on_state (void *cls, enum GNUNET_PSYC_SendState state,
                        std::uint64_t request_id, std::uint64_t message_id,
                        std::uint32_t code, const char *reason) noexcept;

  CoreDoor &door_;
  Places &places_;
  const Keys &keys_;
  std::map<Key, std::unique_ptr<Upload>> uploads_;
  std::map<const shell::ServiceClient *, std::size_t> counts_;
};
} // namespace social
