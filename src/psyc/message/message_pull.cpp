// SPDX-License-Identifier: AGPL-3.0-or-later
#include "psyc/message/message_pull.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace psyc
{
MessagePull::MessagePull (std::string_view method, std::uint32_t flags,
                          std::size_t chunk_max)
    : writer_ (chunk_max)
{
  buffer_.resize (piece_max);
  const bool is_written = writer_.method (method, flags, state_not_modified);
  assert (is_written);
  (void)is_written;
}

bool
MessagePull::add_modifier (Operator oper, std::string_view name,
                           base::ByteView value)
{
  return writer_.modifier (oper, name, value);
}

MessagePull::Result
MessagePull::hand_out (Status status, base::Bytes parts)
{
  has_handed_out_ = has_handed_out_ || ! parts.empty ();
  return { status, std::move (parts) };
}

MessagePull::Result
MessagePull::pull (MessageSource &source)
{
  while (true)
  {
    if (State::aborted == state_)
    {
      if (! has_handed_out_)
        return { Status::aborted, {} };
      PartWriter last (PartWriter::chunk_min);
      last.cancel ();
      last.flush ();
      return hand_out (Status::aborted, std::move (*last.take ()));
    }
    if (auto chunk = writer_.take ())
    {
      const bool is_last = State::closing == state_ && 0 == writer_.pending ();
      return hand_out (is_last ? Status::finished : Status::more,
                       std::move (*chunk));
    }
    if (State::closing == state_)
      return { Status::finished, {} };
    if (Step::pause == ask (source))
    {
      if (State::aborted == state_)
        continue;
      writer_.flush ();
      auto chunk = writer_.take ();
      return hand_out (Status::paused,
                       chunk ? std::move (*chunk) : base::Bytes{});
    }
  }
}

void
MessagePull::abort ()
{
  if (State::closing != state_ || 0 != writer_.pending ())
    state_ = State::aborted;
}

MessagePull::Step
MessagePull::ask (MessageSource &source)
{
  switch (state_)
  {
  case State::modifiers:
    return ask_modifier (source);
  case State::value:
    return ask_value (source);
  case State::data:
    return ask_data (source);
  case State::closing:
  case State::aborted:
    break;
  }
  return Step::pause;
}

void
MessagePull::end_modifiers ()
{
  if (State::aborted != state_)
    state_ = 0 == value_missing_ ? State::data : State::aborted;
}

MessagePull::Step
MessagePull::ask_modifier (MessageSource &source)
{
  const auto piece = source.new_modifier (buffer_);
  if (State::aborted == state_)
    return Step::go_on; // abort () from inside
  if (MessageSource::Answer::refuse == piece.answer
      || piece.size > buffer_.size ())
  {
    state_ = State::aborted;
    return Step::go_on;
  }
  if (0 == piece.size && MessageSource::Answer::more == piece.answer)
    return Step::pause;
  if (0 != piece.size)
    take_modifier (piece);
  if (MessageSource::Answer::done == piece.answer)
    end_modifiers ();
  return Step::go_on;
}

void
MessagePull::take_modifier (const MessageSource::Piece &piece)
{
  const auto bytes = base::ByteView (buffer_).first (piece.size);
  const auto nul = std::find (bytes.begin (), bytes.end (), 0);
  const auto oper = operator_from (piece.oper);
  const auto name_size = static_cast<std::size_t> (nul - bytes.begin ());
  if (bytes.end () == nul || ! oper)
  {
    state_ = State::aborted;
    return;
  }
  const auto value = bytes.subspan (name_size + 1);
  if (! writer_.modifier_begin (*oper, base::as_text (bytes.first (name_size)),
                                piece.full_value_size, value))
  {
    state_ = State::aborted;
    return;
  }
  value_missing_
      = piece.full_value_size - static_cast<std::uint32_t> (value.size ());
  state_ = 0 == value_missing_ ? State::modifiers : State::value;
}

MessagePull::Step
MessagePull::ask_value (MessageSource &source)
{
  const auto piece = source.more_value (buffer_);
  if (State::aborted == state_)
    return Step::go_on;
  if (MessageSource::Answer::refuse == piece.answer
      || piece.size > buffer_.size () || piece.size > value_missing_)
  {
    state_ = State::aborted;
    return Step::go_on;
  }
  if (0 == piece.size && MessageSource::Answer::more == piece.answer)
    return Step::pause;
  writer_.modifier_more (base::ByteView (buffer_).first (piece.size));
  value_missing_ -= static_cast<std::uint32_t> (piece.size);
  if (0 == value_missing_)
    state_ = State::modifiers;
  // In 2019 "done" with the rest of a value said that this value is complete,
  // not that it was the last: so the next one is asked for in any case.
  if (MessageSource::Answer::done == piece.answer
      && (0 == piece.size || 0 != value_missing_))
    end_modifiers ();
  return Step::go_on;
}

MessagePull::Step
MessagePull::ask_data (MessageSource &source)
{
  const auto piece = source.more_data (buffer_);
  if (State::aborted == state_)
    return Step::go_on;
  if (MessageSource::Answer::refuse == piece.answer
      || piece.size > buffer_.size ())
  {
    state_ = State::aborted;
    return Step::go_on;
  }
  writer_.data (base::ByteView (buffer_).first (piece.size));
  if (MessageSource::Answer::done == piece.answer)
    close ();
  else if (0 == piece.size)
    return Step::pause;
  return Step::go_on;
}

void
MessagePull::close ()
{
  writer_.end ();
  writer_.flush ();
  state_ = State::closing;
}
} // namespace psyc
