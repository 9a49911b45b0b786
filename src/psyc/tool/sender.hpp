// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Sends packets of text as messages of a channel, while their bytes come. A
// body goes on in the pieces that it comes in; when the channel takes no more
// for now, no more is read.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "gnunet_psyc_service.h"
#include "psyc/message/part_writer.hpp"
#include "psyc/message/text_packet.hpp"

namespace psyc::tool
{
class PacketSender
{
public:
  struct Events
  {
    // Input is welcome again, after `take` said that it is not.
    std::function<void ()> on_ready;
    // A packet without a method: it is for us, not for the channel.
    std::function<void (const Packet &)> on_own;
    // A packet that answers somebody (`_target`), whole.
    std::function<void (const Packet &)> on_answer;
    // A message did not go out.
    std::function<void (bool is_refused, const std::string &why)> on_failed;
    // One that did.
    std::function<void ()> on_sent;
  };

  PacketSender (struct GNUNET_PSYC_Channel *channel, Events events)
      : channel_ (channel), events_ (std::move (events))
  {}
  PacketSender (const PacketSender &) = delete;
  PacketSender &operator= (const PacketSender &) = delete;
  ~PacketSender ();

  // The next piece of input, which must stay until is_ready. False: the text
  // is malformed; error () says how.
  [[nodiscard]] bool take (base::ByteView input);

  // May the next piece come?
  [[nodiscard]] bool
  is_ready () const
  {
    return nullptr == blocked_by_ && is_used_up_;
  }

  // Does the text end within a packet?
  [[nodiscard]] bool
  is_cut_off () const
  {
    return ! parser_.is_between_packets ();
  }

  // Messages whose outcome is not known yet.
  [[nodiscard]] std::size_t
  under_way () const
  {
    return uploads_.size ();
  }

  [[nodiscard]] std::string error () const;

private:
  struct Upload
  {
    PacketSender *sender = nullptr;
    struct GNUNET_PSYC_Upload *handle = nullptr;
  };

  [[nodiscard]] bool pump ();
  [[nodiscard]] bool on_event (const TextEvent &event);
  [[nodiscard]] bool on_data (base::ByteView data);
  [[nodiscard]] bool begin ();
  void end ();
  void unblock (Upload *upload);
  [[nodiscard]] bool refuse (std::string why);
  void flush ();

  static void on_ready (void *cls) noexcept;
  static void on_state (void *cls, enum GNUNET_PSYC_SendState state,
                        uint64_t request_id, uint64_t message_id, uint32_t code,
                        const char *reason) noexcept;

  struct GNUNET_PSYC_Channel *channel_;
  Events events_;
  TextParser parser_;
  base::ByteView input_;
  bool is_used_up_ = true;
  std::string error_;
  // What becomes of the packet in progress.
  enum class Fate
  {
    kept,    // its header, or all of it when it has no method
    answer,  // kept too, with its body
    sent,    // its parts go to `current_`
    skipped, // it failed before its end
  };
  Fate fate_ = Fate::kept;
  Packet packet_;
  PartWriter writer_{ parts_max };
  Upload *current_ = nullptr;
  // This one takes no more for now.
  Upload *blocked_by_ = nullptr;
  std::map<Upload *, std::unique_ptr<Upload>> uploads_;

  static constexpr std::size_t parts_max = 32000;
};
} // namespace psyc::tool
