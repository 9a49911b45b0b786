// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Reads variables of the state out of the store, so much at a time, and
// writes them as modifiers: for who asks, and for checkpoints. However large
// they are, only what was asked for at a time is in memory.
#pragma once

#include <functional>
#include <string>

#include "psyc/core/context.hpp"
#include "psyc/message/part_writer.hpp"

namespace psyc::core
{
class StateReader
{
public:
  // `after_name`: with a prefix, only names behind it; empty: all.
  StateReader (Context &context, PartWriter &writer, StateMatch match,
               std::string name, std::string after_name);
  ~StateReader ();
  StateReader (const StateReader &) = delete;
  StateReader &operator= (const StateReader &) = delete;

  // Writes about `context.config.state_read_bytes` more, then calls, once;
  // with an error when it cannot go on.
  using OnRead = std::function<void (const std::string &error)>;
  void read (OnRead on_read);

  [[nodiscard]] bool
  is_reading () const
  {
    return 0 != reading_;
  }
  // All was read.
  [[nodiscard]] bool
  is_at_end () const
  {
    return is_at_end_;
  }
  [[nodiscard]] std::uint64_t
  count () const
  {
    return count_;
  }

private:
  [[nodiscard]] bool take (const StateValue &value);
  void on_result (const StoreResult &result);

  Context &context_;
  PartWriter &writer_;
  const StateMatch match_;
  std::string name_;
  OnRead on_read_;
  std::uint64_t reading_ = 0;
  std::size_t room_ = 0; // of the read under way
  // Where it goes on: in this variable, behind that byte.
  std::string at_name_;
  std::uint64_t at_byte_ = 0;
  std::uint64_t size_ = 0;
  std::uint64_t changed_by_ = 0;
  std::uint64_t count_ = 0;
  bool is_at_end_ = false;
  std::string error_;
};
} // namespace psyc::core
