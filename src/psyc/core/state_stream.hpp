// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A stream that answers a client's question about the channel's state.
#pragma once

#include "psyc/core/history.hpp"
#include "psyc/core/state_reader.hpp"

namespace psyc::core
{
class StateStream : public ClientStream
{
public:
  StateStream (Context &context, ClientId client,
               const local::StateGet &question);

  void
  start ()
  {
    is_started_ = true;
    pump ();
  }

protected:
  void pump () override;

private:
  void on_read (const std::string &error);

  PartWriter writer_;
  StateReader reader_;
  bool is_started_ = false;
  std::deque<base::Bytes> parts_;
};
} // namespace psyc::core
