// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Makes a message by asking for it: first its modifiers, then its body, piece
// by piece, into chunks of parts. The pure half of the transmit functions of
// the C interfaces.
//
//   modifiers -> value <-> modifiers ... -> data -> closing -> closed
//        \__________\_____________________\___ aborted ___/
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "psyc/message/part_writer.hpp"

namespace psyc
{
// Who is asked; the meaning of the answers is that of
// GNUNET_PSYC_TransmitNotifyModifier and …Data.
class MessageSource
{
public:
  enum class Answer
  {
    more,   // not the last; with size 0: nothing now, ask after a resume
    done,   // this was the last
    refuse, // abandon the message
  };

  struct Piece
  {
    Answer answer = Answer::refuse;
    std::size_t size = 0; // bytes written
    // Of a new modifier only.
    std::uint8_t oper = 0;
    std::uint32_t full_value_size = 0;
  };

  virtual ~MessageSource () = default;
  // Name, NUL, start of the value.
  [[nodiscard]] virtual Piece new_modifier (std::span<std::uint8_t> room) = 0;
  // Next piece of that value.
  [[nodiscard]] virtual Piece more_value (std::span<std::uint8_t> room) = 0;
  [[nodiscard]] virtual Piece more_data (std::span<std::uint8_t> room) = 0;
};

class MessagePull
{
public:
  // Room that a source gets at each call: what applications count on, whatever
  // the chunks are (GNUNET_PSYC_DATA_MAX_PAYLOAD).
  static constexpr std::size_t piece_max = 63952;

  // `name` must be a name (is_name).
  MessagePull (std::string_view method, std::uint32_t flags,
               std::size_t chunk_max);

  // A modifier to go before those of the source. False when the name is
  // invalid.
  [[nodiscard]] bool add_modifier (Operator oper, std::string_view name,
                                   base::ByteView value);

  enum class Status
  {
    more,     // a chunk; ask again when the next may go
    paused,   // the source has nothing now; perhaps a chunk
    finished, // the last chunk
    aborted,  // perhaps a last chunk, with CANCEL; none if none went before
  };

  struct Result
  {
    Status status = Status::aborted;
    base::Bytes parts;
  };

  // Asks `source` until a chunk is full, it pauses, or it is done.
  [[nodiscard]] Result pull (MessageSource &source);

  // Ends it now; `pull` gives what tells the receiver, then.
  void abort ();

private:
  enum class State
  {
    modifiers,
    value,
    data,
    closing, // all is written, not all is taken
    aborted,
  };
  enum class Step
  {
    go_on,
    pause,
  };

  [[nodiscard]] Step ask (MessageSource &source);
  [[nodiscard]] Step ask_modifier (MessageSource &source);
  [[nodiscard]] Step ask_value (MessageSource &source);
  [[nodiscard]] Step ask_data (MessageSource &source);
  void take_modifier (const MessageSource::Piece &piece);
  void end_modifiers ();
  void close ();
  [[nodiscard]] Result hand_out (Status status, base::Bytes parts);

  PartWriter writer_;
  base::Bytes buffer_;
  State state_ = State::modifiers;
  std::uint32_t value_missing_ = 0;
  bool has_handed_out_ = false;
};
} // namespace psyc
