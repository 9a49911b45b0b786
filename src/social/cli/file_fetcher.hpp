// SPDX-License-Identifier: AGPL-3.0-or-later
//
// One file of a place, fetched and saved (doc/spec/files.md): for get-file and
// the chat. What was said is read, what is offered asked for first; it is saved
// under its name when it is whole and what its sender says.
#pragma once

#include <functional>
#include <memory>

#include "social/cli/file_hash.hpp"
#include "social/cli/file_progress.hpp"
#include "social/cli/part_file.hpp"
#include "social/client/offer_asker.hpp"
#include "social/client/reader.hpp"
#include "social/view/from_gnunet.hpp"

namespace social::cli
{
class FileFetcher
{
public:
  struct Wanted
  {
    std::uint64_t id = 0; // of a file, or of the offer of one
    // Where to; in a folder, or without one, the name is the sender's.
    std::string path;
  };
  // How it ended.
  struct Outcome
  {
    enum class Kind
    {
      saved,
      not_found, // no file and no offer has that id
      failed,
    };
    Kind kind = Kind::failed;
    std::string why; // failed: for people
    std::string path;
    std::uint64_t size = 0;
    std::string hash;
    bool is_checked = false; // against the sender's hash
  };
  struct Callbacks
  {
    std::function<void (const FileProgress &)> on_progress;
    // The last call: the fetcher may be destroyed in it.
    std::function<void (const Outcome &)> on_end;
  };

  FileFetcher (GNUNET_SOCIAL_App *app, const view::Place &place, Wanted wanted,
               Callbacks callbacks);
  FileFetcher (const FileFetcher &) = delete;
  FileFetcher &operator= (const FileFetcher &) = delete;

  // It was asked for, and its sender has not begun.
  [[nodiscard]] bool
  is_asking () const
  {
    return nullptr != asker_;
  }
  // Why it stops, and what happens to what came.
  [[nodiscard]] std::string with_advice (const std::string &why) const;

private:
  void read (std::uint64_t id);
  void on_read_end (const std::optional<std::string> &error);
  void read_offer ();
  void on_offer_read (const std::optional<std::string> &error);
  void ask ();

  void take (const view::Message &message, base::ByteView bytes);
  [[nodiscard]] bool begin (const view::Message &message);
  [[nodiscard]] std::string target (const view::Message &message) const;
  void on_message (const view::Message &message);
  [[nodiscard]] bool is_as_said (const view::Message &message);
  void fail (std::string why);
  void end (Outcome::Kind kind);
  void tell_end ();

  GNUNET_SOCIAL_App *const app_;
  const view::Place place_;
  const Wanted wanted_;
  const Callbacks callbacks_;

  std::unique_ptr<client::Reader> reader_;
  std::optional<view::Message> offer_; // when the id is none of a file
  std::unique_ptr<client::OfferAsker> asker_;
  PartFile file_;
  FileHash hash_;
  Outcome outcome_;
  bool is_over_ = false;
  // The reader is under what decides these.
  shell::Timer next_;
  shell::Timer ending_;
};
} // namespace social::cli
