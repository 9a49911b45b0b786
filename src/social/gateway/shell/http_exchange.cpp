// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/gateway/shell/http_exchange.hpp"

#include <algorithm>
#include <cstring>

#include "social/gateway/shell/http_server.hpp"

namespace social::gateway
{
namespace
{
constexpr std::size_t header_bytes_max = std::size_t{ 16 } * 1024;
// What is to be sent, at most; it goes on below a half.
constexpr std::size_t waiting_bytes_max = std::size_t{ 256 } * 1024;
constexpr std::size_t block_bytes = std::size_t{ 64 } * 1024;
// Of a body that is not wanted so much is read, so that the client, who reads
// when it has sent all, learns why.
constexpr std::uint64_t drained_bytes_max = std::uint64_t{ 64 } * 1024 * 1024;

// What every answer says, unless it says it otherwise.
constexpr std::pair<const char *, const char *> common_headers[] = {
  { "Cache-Control", "no-store" },
  { "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'" },
  { "Cross-Origin-Resource-Policy", "same-origin" },
  { "Referrer-Policy", "no-referrer" },
  { "X-Content-Type-Options", "nosniff" },
};
} // namespace

HttpExchange::HttpExchange (HttpServer &server, std::string target)
    : server_ (server), room_ (
                            [this]
                            {
                              if (operation_)
                                operation_->on_room ();
                            })
{
  request_.target = std::move (target);
  server_.add (this);
}

HttpExchange::~HttpExchange () { server_.remove (this); }

// ------------------------------------------------- called by libmicrohttpd

enum MHD_Result
HttpExchange::on_call (struct MHD_Connection *connection, const char *method,
                       const char *body, std::size_t *body_size)
{
  if (nullptr == connection_)
  {
    connection_ = connection;
    read_headers (method);
    return on_headers ();
  }
  if (0 != *body_size)
    return on_body (base::as_bytes ({ body, *body_size }), body_size);
  return on_request_end ();
}

void
HttpExchange::read_headers (const char *method)
{
  request_.method = method;
  MHD_get_connection_values (
      connection_, MHD_HEADER_KIND,
      [] (void *cls, enum MHD_ValueKind, const char *name,
          const char *value) noexcept
      {
        auto &headers = static_cast<Request *> (cls)->headers;
        const std::string text = nullptr == value ? "" : value;
        const auto [it, is_new] = headers.emplace (lower_case (name), text);
        if (! is_new)
          it->second += ", " + text;
        return MHD_YES;
      },
      &request_);
}

enum MHD_Result
HttpExchange::on_headers ()
{
  std::size_t bytes = request_.target.size ();
  for (const auto &[name, value] : request_.headers)
    bytes += name.size () + value.size ();
  if (bytes > header_bytes_max)
    opening_.refusal
        = problem (431, "headers_too_large",
                   "address and headers have at most "
                       + std::to_string (header_bytes_max) + " bytes together");
  else
    opening_ = server_.gateway ().admit (request_);
  if (opening_.refusal)
  {
    answer (std::move (*opening_.refusal));
    const std::string *length = request_.header ("content-length");
    const auto size
        = nullptr == length ? 0 : std::strtoull (length->c_str (), nullptr, 10);
    // A long body is not waited for: the connection ends with the answer.
    return size > drained_bytes_max ? queue () : MHD_YES;
  }
  if (opening_.is_streamed)
  {
    operation_ = server_.gateway ().open (*this, opening_);
    operation_->start ();
  }
  return MHD_YES;
}

enum MHD_Result
HttpExchange::on_body (base::ByteView bytes, std::size_t *left)
{
  if (! is_answered () && opening_.is_streamed && is_body_paused_)
  {
    suspend ();
    return MHD_YES;
  }
  *left = 0;
  body_bytes_ += bytes.size ();
  if (! is_answered () && body_bytes_ > opening_.body_bytes_max)
  {
    operation_.reset ();
    request_.body.clear ();
    answer (problem (413, "too_large",
                     "at most " + std::to_string (opening_.body_bytes_max)
                         + " bytes are taken here"));
  }
  if (is_answered ())
    return body_bytes_ > opening_.body_bytes_max + drained_bytes_max ? MHD_NO
                                                                     : MHD_YES;
  if (opening_.is_streamed)
    is_body_paused_ = ! operation_->take (bytes);
  else
    request_.body += base::as_text (bytes);
  return MHD_YES;
}

enum MHD_Result
HttpExchange::on_request_end ()
{
  if (! std::exchange (is_body_over_, true) && ! is_answered ())
  {
    if (opening_.is_streamed)
      operation_->end_body ();
    else if (auto refusal = server_.gateway ().busy (opening_.route->verb))
      answer (std::move (*refusal));
    else
    {
      operation_ = server_.gateway ().open (*this, opening_);
      operation_->start ();
    }
  }
  if (is_answered ())
    return queue ();
  suspend ();
  return MHD_YES;
}

enum MHD_Result
HttpExchange::queue ()
{
  if (std::exchange (is_queued_, true))
    return MHD_YES;
  struct MHD_Response *const out = response ();
  if (nullptr == out)
    return MHD_NO;
  for (const auto &[name, value] : answer_.headers)
    MHD_add_response_header (out, name.c_str (), value.c_str ());
  for (const auto &[name, value] : common_headers)
    if (nullptr == answer_.header (name))
      MHD_add_response_header (out, name, value);
  const auto result = MHD_queue_response (connection_, answer_.status, out);
  MHD_destroy_response (out);
  return result;
}

struct MHD_Response *
HttpExchange::response ()
{
  if (Sending::whole == sending_)
    return MHD_create_response_from_buffer (
        answer_.body.size (), answer_.body.data (), MHD_RESPMEM_MUST_COPY);
  return MHD_create_response_from_callback (size_.value_or (MHD_SIZE_UNKNOWN),
                                            block_bytes, &HttpExchange::on_read,
                                            this, nullptr);
}

ssize_t
HttpExchange::on_read (void *cls, std::uint64_t, char *buffer,
                       std::size_t room) noexcept
{
  auto *self = static_cast<HttpExchange *> (cls);
  const std::size_t there = self->waiting_.size () - self->waiting_sent_;
  if (0 == there)
  {
    if (Sending::last_pieces == self->sending_)
      return MHD_CONTENT_READER_END_OF_STREAM;
    if (Sending::broken == self->sending_)
      return MHD_CONTENT_READER_END_WITH_ERROR;
    self->suspend ();
    return 0;
  }
  const std::size_t size = std::min (there, room);
  std::memcpy (buffer, self->waiting_.data () + self->waiting_sent_, size);
  self->waiting_sent_ += size;
  if (self->waiting_sent_ == self->waiting_.size ()
      || self->waiting_sent_ > waiting_bytes_max)
  {
    self->waiting_.erase (0, self->waiting_sent_);
    self->waiting_sent_ = 0;
  }
  if (self->was_full_ && there - size < waiting_bytes_max / 2)
  {
    self->was_full_ = false;
    self->room_.arm_now ();
  }
  return static_cast<ssize_t> (size);
}

// --------------------------------------------------------------- suspended

void
HttpExchange::suspend ()
{
  if (! std::exchange (is_suspended_, true))
    MHD_suspend_connection (connection_);
}

void
HttpExchange::resume ()
{
  if (! std::exchange (is_suspended_, false))
    return;
  MHD_resume_connection (connection_);
  server_.run_soon ();
}

// -------------------------------------------------- called by the operation

void
HttpExchange::answer (Answer answer)
{
  sending_ = Sending::whole;
  answer_ = std::move (answer);
  resume ();
}

void
HttpExchange::begin (Answer head, std::optional<std::uint64_t> size)
{
  sending_ = Sending::pieces;
  answer_ = std::move (head);
  size_ = size;
  resume ();
}

void
HttpExchange::send (base::ByteView bytes)
{
  waiting_ += base::as_text (bytes);
  was_full_ = was_full_ || ! has_room ();
  resume ();
}

bool
HttpExchange::has_room () const
{
  return waiting_.size () - waiting_sent_ < waiting_bytes_max;
}

void
HttpExchange::finish ()
{
  sending_ = Sending::last_pieces;
  resume ();
}

void
HttpExchange::abort ()
{
  sending_ = Sending::broken;
  resume ();
}

void
HttpExchange::resume_body ()
{
  is_body_paused_ = false;
  resume ();
}
} // namespace social::gateway
