// SPDX-License-Identifier: AGPL-3.0-or-later
//
// One request under way: what a shell (our daemon, the plugin) offers to the
// operation that answers it, and what the operation offers to the shell.
#pragma once

#include "base/bytes.hpp"
#include "social/gateway/http.hpp"

namespace social::gateway
{
class Exchange
{
public:
  virtual ~Exchange () = default;

  [[nodiscard]] virtual const Request &request () const = 0;

  // The whole answer, once; the operation is freed some time later.
  virtual void answer (Answer answer) = 0;

  // Instead of it: the head of an answer, then its body in pieces.
  virtual void begin (Answer head, std::optional<std::uint64_t> size) = 0;
  virtual void send (base::ByteView bytes) = 0;
  // Else send no more until the operation's on_room.
  [[nodiscard]] virtual bool has_room () const = 0;
  virtual void finish () = 0;
  // The answer is cut off, and the client sees that it is.
  virtual void abort () = 0;

  // More of the request's body, after the operation took no more.
  virtual void resume_body () = 0;
};

class Operation
{
public:
  Operation () = default;
  Operation (const Operation &) = delete;
  Operation &operator= (const Operation &) = delete;
  virtual ~Operation () = default;

  // The request is there; of a streamed one, its headers.
  virtual void start () = 0;
  // The next bytes of a streamed body. False: no more before resume_body.
  [[nodiscard]] virtual bool
  take (base::ByteView)
  {
    return true;
  }
  virtual void
  end_body ()
  {}
  // What was sent has left.
  virtual void
  on_room ()
  {}
};
} // namespace social::gateway
