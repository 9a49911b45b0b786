// SPDX-License-Identifier: AGPL-3.0-or-later
//
// One file said in a place (doc/spec/files.md): for send-file and the chat. The
// message's tag is made of what it says, so that sending again after an
// interruption is never a second message. A file above FILE_OFFER_SIZE is
// offered instead: the service sends it when somebody asks.
#pragma once

#include <functional>
#include <memory>

#include "social/cli/file_progress.hpp"
#include "social/cli/file_source.hpp"
#include "social/cli/session.hpp"
#include "social/client/speaker.hpp"

namespace social::cli
{
class FileSender
{
public:
  struct Wanted
  {
    std::string path;
    std::string description;
  };
  // How it ended: it has a state in the place, or else was not said at all.
  struct Outcome
  {
    client::Said said;
    std::string why;              // not said: for people, without the path
    std::optional<Answer> answer; // not said: by which our service refused
  };
  struct Callbacks
  {
    std::function<void (const FileProgress &)> on_progress;
    // It is on our own disk, or further; the sender stays.
    std::function<void (const client::Said &)> on_state;
    // The last call: the sender may be destroyed in it.
    std::function<void (const Outcome &)> on_end;
  };

  FileSender (Session &session, Wanted wanted, Callbacks callbacks);
  FileSender (const FileSender &) = delete;
  FileSender &operator= (const FileSender &) = delete;

  // Is it a file that can be read?
  [[nodiscard]] FileSource::Error
  open ()
  {
    return source_.open ();
  }
  void start (const Place &place);
  // What our service does not have whole is not said. No call comes any more.
  void give_up ();

  // An offer is said, not the file.
  [[nodiscard]] bool
  is_offer () const
  {
    return is_offer_;
  }

private:
  void read_on ();
  [[nodiscard]] bool read ();
  void begin ();
  [[nodiscard]] bool speak (const char *method, const struct GNUNET_Uuid &tag,
                            std::vector<client::Speaker::Variable> variables);
  void end_body ();
  [[nodiscard]] std::uint64_t offer_size () const;
  void offer ();
  void say_offer ();
  [[nodiscard]] struct GNUNET_Uuid tag (const std::string &kind) const;
  void on_state (const client::Said &said);
  void fail (const std::string &why);
  void tell_end ();

  Session &session_;
  const Wanted wanted_;
  const Callbacks callbacks_;
  const std::string name_; // for others
  FileSource source_;
  Place place_;
  std::unique_ptr<client::Speaker> speaker_;
  Outcome outcome_;
  bool is_given_ = false; // all of it, to the service
  bool is_offer_ = false;
  shell::Timer read_on_;
  shell::Timer ending_;
};
} // namespace social::cli
