// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What hosting and joining have in common in gnunet-multicast: the wait for
// the service, bodies from stdin, lines on stdout, and the end.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "multicast/tool/options.hpp"
#include "multicast/tool/print.hpp"

namespace multicast::tool
{
// A piece of a message or request that came on stdin.
struct Piece
{
  std::uint64_t number = 0; // of the message or request, from 1
  std::uint64_t offset = 0;
  enum GNUNET_MULTICAST_MessageFlags flags
      = GNUNET_MULTICAST_MESSAGE_NOT_FRAGMENTED;
  base::Bytes body;
};

class Tool
{
public:
  using Status = shell::tool::Status;

  Tool (const struct GNUNET_CONFIGURATION_Handle *cfg, Options options);
  Tool (const Tool &) = delete;
  Tool &operator= (const Tool &) = delete;
  virtual ~Tool () = default;

  // Reads the key and opens the group.
  void start ();

  [[nodiscard]] Status
  status () const
  {
    return status_;
  }

protected:
  virtual void open () = 0;
  // False: not now; is tried again by `pump`.
  [[nodiscard]] virtual bool send (const Piece &piece) = 0;
  // Nothing that was sent is still under way.
  [[nodiscard]] virtual bool is_sent () const = 0;
  // Lets the group go, then calls end_program.
  virtual void close () = 0;

  // The group is there: what is on stdin may go.
  void begin ();
  // Sends what waits, then reads on.
  void pump ();
  void print (const std::string &line);
  void remark (const std::string &text);
  void progress ();
  void end_if_done ();
  void fail (Status status, const std::string &why);
  static void end_program (void *cls) noexcept;

  const struct GNUNET_CONFIGURATION_Handle *const cfg_;
  const Options options_;
  // What to say when nothing comes in time.
  bool is_at_door_ = false;

private:
  void on_input (base::ByteView bytes);
  void on_input_end (int error);
  void take_lines (base::ByteView bytes);
  void take_line (std::string_view line);
  void take_raw (base::ByteView bytes);
  void queue (base::Bytes body, std::uint32_t flags);
  void on_timeout ();
  void finish (Status status);

  Status status_ = Status::failed;
  bool is_over_ = false;
  bool is_open_ = false;
  bool is_input_over_ = false;
  std::string line_;               // in progress
  std::optional<base::Bytes> raw_; // the piece that may be the last
  std::deque<Piece> waiting_;
  std::uint64_t last_number_ = 0;
  std::uint64_t offset_ = 0;
  std::uint64_t printed_ = 0;
  std::optional<shell::tool::ServiceWait> service_wait_;
  shell::tool::Input input_;
  shell::Timer timer_;
  struct GNUNET_SCHEDULER_Task *shutdown_ = nullptr;
};

[[nodiscard]] std::unique_ptr<Tool>
make_host (const struct GNUNET_CONFIGURATION_Handle *cfg, Options options);
[[nodiscard]] std::unique_ptr<Tool>
make_member (const struct GNUNET_CONFIGURATION_Handle *cfg, Options options);
} // namespace multicast::tool
