// SPDX-License-Identifier: AGPL-3.0-or-later
//
// One request in libmicrohttpd. It calls us when it wants something; between
// those calls the connection is suspended, and costs nothing.
#pragma once

#include <microhttpd.h>

#include "shell/timer.hpp"
#include "social/gateway/shell/gateway.hpp"

namespace social::gateway
{
class HttpServer;

class HttpExchange final : public Exchange
{
public:
  HttpExchange (HttpServer &server, std::string target);
  ~HttpExchange () override;

  // libmicrohttpd has something: first the headers, then pieces of the body,
  // then nothing any more, as often as we were resumed.
  [[nodiscard]] enum MHD_Result on_call (struct MHD_Connection *connection,
                                         const char *method, const char *body,
                                         std::size_t *body_size);
  // So that the server can end.
  void resume ();

  [[nodiscard]] const Request &
  request () const override
  {
    return request_;
  }
  void answer (Answer answer) override;
  void begin (Answer head, std::optional<std::uint64_t> size) override;
  void send (base::ByteView bytes) override;
  [[nodiscard]] bool has_room () const override;
  void finish () override;
  void abort () override;
  void resume_body () override;

private:
  enum class Sending
  {
    nothing, // no answer yet
    whole,
    pieces,
    last_pieces, // no more will come
    broken,      // what was sent is not the whole
  };

  void read_headers (const char *method);
  [[nodiscard]] enum MHD_Result on_headers ();
  [[nodiscard]] enum MHD_Result on_body (base::ByteView bytes,
                                         std::size_t *left);
  [[nodiscard]] enum MHD_Result on_request_end ();
  [[nodiscard]] enum MHD_Result queue ();
  [[nodiscard]] struct MHD_Response *response ();
  void suspend ();
  [[nodiscard]] bool
  is_answered () const
  {
    return Sending::nothing != sending_;
  }

  static ssize_t on_read (void *cls, std::uint64_t position, char *buffer,
                          std::size_t room) noexcept;

  HttpServer &server_;
  struct MHD_Connection *connection_ = nullptr;
  bool is_suspended_ = false;
  bool is_queued_ = false;

  Request request_;
  Gateway::Opening opening_;
  std::uint64_t body_bytes_ = 0;
  bool is_body_paused_ = true;
  bool is_body_over_ = false;

  Sending sending_ = Sending::nothing;
  Answer answer_; // of pieces, its head
  std::optional<std::uint64_t> size_;
  std::string waiting_; // bytes to be sent
  std::size_t waiting_sent_ = 0;
  bool was_full_ = false;
  ::shell::Timer room_;

  std::unique_ptr<Operation> operation_; // its exchange must outlive it
};
} // namespace social::gateway
