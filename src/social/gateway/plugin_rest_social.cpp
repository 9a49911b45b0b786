// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The gateway inside the distribution's gnunet-rest-server. That server hands
// over no more of a body than it read at once, and headers and words only to
// those who know their names: so what comes here is small JSON, and whatever
// did not come whole is refused before it does anything.
#include <array>
#include <list>

#include <microhttpd.h>

#include "social/gateway/shell/config.hpp"
#include "social/gateway/shell/term_signal.hpp"
#include "social/view/text.hpp"

// A name in these headers is a word of C++.
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wkeyword-macro"
#endif
#define namespace namespace_
extern "C"
{
#include <gnunet/gnunet_rest_plugin.h>
}
#undef namespace

namespace social::gateway
{
namespace
{
constexpr std::size_t body_bytes_max = std::size_t{ 8 } * 1024;
// Answers are held in memory until they are complete.
constexpr std::size_t answer_bytes_max = std::size_t{ 8 } * 1024 * 1024;
// For clients to take their last answers, when the server ends.
constexpr base::Duration last_words_within = base::seconds (2);

constexpr std::array known_headers = { "host",
                                       "origin",
                                       "x-social-token",
                                       "authorization",
                                       "content-type",
                                       "content-length",
                                       "range",
                                       "x-file-name",
                                       "idempotency-key",
                                       "transfer-encoding" };
constexpr std::array known_words
    = { "since",  "timeout", "last",   "from",        "to",
        "method", "remote",  "ego",    "close",       "reply",
        "queue",  "message", "prefix", "description", "objects" };

class Plugin;

// Answers that the server has not sent yet; outlives the plugin with them.
struct Unsent
{
  std::size_t count = 0;
  std::function<void ()> on_none;
};

// One request. It deletes itself when it is answered.
class RestExchange final : public Exchange
{
public:
  RestExchange (Plugin &plugin, Request request,
                GNUNET_REST_ResultProcessor processor, void *cls)
      : plugin_ (plugin), request_ (std::move (request)),
        processor_ (processor), cls_ (cls), give_ ([this] { give (); })
  {}

  // `body` is all that came.
  void start (Gateway &gateway, std::string body);
  // With no more time to wait for the answer. Frees it.
  void give_now ();

  [[nodiscard]] const Request &
  request () const override
  {
    return request_;
  }

  void
  answer (Answer answer) override
  {
    answer_ = std::move (answer);
    give_.arm_now ();
  }

  void
  begin (Answer head, std::optional<std::uint64_t>) override
  {
    answer_ = std::move (head);
  }

  void
  send (base::ByteView bytes) override
  {
    answer_.body += base::as_text (bytes);
    is_too_large_ = answer_.body.size () > answer_bytes_max;
    if (! is_too_large_)
      room_.arm_now ();
    else if (! give_.is_armed ())
      answer (problem (413, "too_large",
                       "this answer is too large for this server: ask for "
                       "less, or ask gnunet-social-web"));
  }

  [[nodiscard]] bool
  has_room () const override
  {
    return false; // each piece in a task of its own
  }

  void
  finish () override
  {
    if (! is_too_large_)
      give_.arm_now ();
  }

  void
  abort () override
  {
    answer (problem (502, "failed", "the rest of it could not be read"));
  }

  void
  resume_body () override
  {
    is_body_wanted_ = true;
    body_.arm_now ();
  }

private:
  void give ();

  void
  feed ()
  {
    if (! is_body_wanted_ || is_fed_ || ! operation_)
      return;
    is_fed_ = true;
    (void)operation_->take (base::as_bytes (streamed_));
    operation_->end_body ();
  }

  Plugin &plugin_;
  Request request_;
  const GNUNET_REST_ResultProcessor processor_;
  void *const cls_;
  Answer answer_;
  bool is_too_large_ = false;
  std::string streamed_; // of a body that is not JSON
  bool is_body_wanted_ = false;
  bool is_fed_ = false;
  ::shell::Timer give_;
  ::shell::Timer room_{ [this]
                        {
                          if (operation_)
                            operation_->on_room ();
                        } };
  ::shell::Timer body_{ [this] { feed (); } };
  std::unique_ptr<Operation> operation_;
};

class Plugin
{
public:
  explicit Plugin (const struct GNUNET_CONFIGURATION_Handle *cfg) : cfg_ (cfg)
  {}
  Plugin (const Plugin &) = delete;
  Plugin &operator= (const Plugin &) = delete;
  ~Plugin ()
  {
    unsent_->on_none = nullptr;
    exchanges_.clear ();
    if (nullptr != shutdown_)
      GNUNET_SCHEDULER_cancel (shutdown_);
  }

  [[nodiscard]] enum GNUNET_GenericReturnValue
  process (const struct GNUNET_REST_RequestHandle &handle,
           GNUNET_REST_ResultProcessor processor, void *cls);
  [[nodiscard]] struct MHD_Response *response_of (std::string body);
  void
  remove (RestExchange *exchange)
  {
    std::erase_if (exchanges_, [exchange] (const auto &held)
                   { return held.get () == exchange; });
  }

private:
  void open ();
  void answer_all ();
  void say_last_words ();
  void end_server ();

  const struct GNUNET_CONFIGURATION_Handle *const cfg_;
  std::unique_ptr<Gateway> gateway_; // from the first request on
  std::string error_;
  struct GNUNET_SCHEDULER_Task *shutdown_ = nullptr;
  std::unique_ptr<TermSignal> term_;
  std::shared_ptr<Unsent> unsent_ = std::make_shared<Unsent> ();
  ::shell::Timer end_{ [this] { end_server (); } };
  std::list<std::unique_ptr<RestExchange>> exchanges_; // end before it
};

void
RestExchange::start (Gateway &gateway, std::string body)
{
  Gateway::Opening opening = gateway.admit (request_);
  if (opening.refusal)
    return answer (std::move (*opening.refusal));
  if (opening.has_json || opening.is_streamed)
  {
    const std::string *length = request_.header ("content-length");
    if (nullptr == length)
      return answer (problem (411, "length_required",
                              "this server needs a Content-Length"));
    if (view::parse_id (*length) != body.size ())
      return answer (problem (413, "cut_off",
                              "the body arrived in several pieces, which this "
                              "server cannot take: send it at once, or to "
                              "gnunet-social-web"));
  }
  (opening.is_streamed ? streamed_ : request_.body) = std::move (body);
  operation_ = gateway.open (*this, opening);
  operation_->start ();
}

void
RestExchange::give ()
{
  struct MHD_Response *const response
      = plugin_.response_of (std::move (answer_.body));
  for (const auto &[name, value] : answer_.headers)
    MHD_add_response_header (response, name.c_str (), value.c_str ());
  if (nullptr == answer_.header ("Cache-Control"))
    MHD_add_response_header (response, "Cache-Control", "no-store");
  MHD_add_response_header (response, "X-Content-Type-Options", "nosniff");
  processor_ (cls_, response, static_cast<int> (answer_.status));
  plugin_.remove (this);
}

void
RestExchange::give_now ()
{
  if (! give_.is_armed ())
    answer_ = problem (503, "ending", "the server ends just now");
  give ();
}

// What stands under a name in one of the server's maps, or NULL.
[[nodiscard]] const char *
value_of (const struct GNUNET_CONTAINER_MultiHashMap *map, const char *name)
{
  struct GNUNET_HashCode key;
  GNUNET_CRYPTO_hash (name, std::strlen (name), &key);
  return static_cast<const char *> (
      GNUNET_CONTAINER_multihashmap_get (map, &key));
}

[[nodiscard]] Request
request_of (const struct GNUNET_REST_RequestHandle &handle)
{
  Request out;
  out.method = handle.method;
  out.target = percent_encoded (handle.url, "/._-~");
  const char *separator = "?";
  for (const char *word : known_words)
    if (const char *value = value_of (handle.url_param_map, word))
    {
      out.target
          += separator + std::string (word) + "=" + percent_encoded (value, "");
      separator = "&";
    }
  for (const char *name : known_headers)
    if (const char *value = value_of (handle.header_param_map, name))
      out.headers[name] = value;
  return out;
}

void
Plugin::open ()
{
  Settings settings = settings_of (cfg_);
  error_ = settings.error;
  if (! error_.empty ())
    return;
  settings.gateway.json_bytes_max = body_bytes_max;
  settings.gateway.upload_bytes_max = body_bytes_max;
  settings.gateway.who_takes_more = "; gnunet-social-web takes more";
  unsigned long long port = 0;
  if (GNUNET_OK
      == GNUNET_CONFIGURATION_get_value_number (cfg_, "rest", "HTTP_PORT",
                                                &port))
    settings.gateway.port = static_cast<unsigned> (port);
  gateway_ = std::make_unique<Gateway> (cfg_, std::move (settings.gateway));
  shutdown_ = GNUNET_SCHEDULER_add_shutdown (
      [] (void *cls) noexcept
      {
        static_cast<Plugin *> (cls)->shutdown_ = nullptr;
        static_cast<Plugin *> (cls)->answer_all ();
      },
      this);
  term_ = std::make_unique<TermSignal> ([this] { say_last_words (); });
}

// The server cannot end while a request of its waits.
void
Plugin::answer_all ()
{
  gateway_->stop_waiting ();
  while (! exchanges_.empty ())
    exchanges_.front ()->give_now ();
}

// When its scheduler ends, the server closes all connections before it sends
// anything more: so it is ended when what is answered now has left.
void
Plugin::say_last_words ()
{
  answer_all ();
  if (0 == unsent_->count)
    return end_server ();
  unsent_->on_none = [this] { end_.arm_now (); };
  end_.arm_in (last_words_within);
}

void
Plugin::end_server ()
{
  term_.reset ();
  GNUNET_SCHEDULER_shutdown ();
}

struct MHD_Response *
Plugin::response_of (std::string body)
{
  struct Held
  {
    std::string body;
    std::shared_ptr<Unsent> unsent;
  };
  auto *held = new Held{ std::move (body), unsent_ };
  unsent_->count++;
  return MHD_create_response_from_buffer_with_free_callback_cls (
      held->body.size (), held->body.data (),
      [] (void *cls) noexcept
      {
        const std::unique_ptr<Held> sent (static_cast<Held *> (cls));
        if (0 == --sent->unsent->count && sent->unsent->on_none)
          sent->unsent->on_none ();
      },
      held);
}

enum GNUNET_GenericReturnValue
Plugin::process (const struct GNUNET_REST_RequestHandle &handle,
                 GNUNET_REST_ResultProcessor processor, void *cls)
{
  const std::string_view url = handle.url;
  if (url != "/social" && ! url.starts_with ("/social/"))
    return GNUNET_NO;
  if (! gateway_)
    open ();
  exchanges_.push_back (std::make_unique<RestExchange> (
      *this, request_of (handle), processor, cls));
  RestExchange &exchange = *exchanges_.back ();
  if (! gateway_)
    exchange.answer (problem (503, "not_configured", error_));
  else
    exchange.start (*gateway_,
                    nullptr == handle.data
                        ? std::string ()
                        : std::string (handle.data, handle.data_size));
  return GNUNET_YES;
}
// The server hands its plugins no closure: there is one of each in a process.
Plugin *running = nullptr;

enum GNUNET_GenericReturnValue
process_request (struct GNUNET_REST_RequestHandle *handle,
                 GNUNET_REST_ResultProcessor processor, void *cls) noexcept
{
  return running->process (*handle, processor, cls);
}
} // namespace
} // namespace social::gateway

extern "C"
{
/**
 * Begin.
 *
 * @param cls the configuration
 * @return the plugin's interface
 */
void *libgnunet_plugin_rest_social_init (void *cls);

/**
 * End.
 *
 * @param cls what the function above returned
 * @return NULL
 */
void *libgnunet_plugin_rest_social_done (void *cls);
}

void *
libgnunet_plugin_rest_social_init (void *cls)
{
  using namespace social::gateway;
  if (nullptr != running)
    return nullptr;
  running = new Plugin (
      static_cast<const struct GNUNET_CONFIGURATION_Handle *> (cls));
  auto *interface = GNUNET_new (struct GNUNET_REST_Plugin);
  interface->name = GNUNET_strdup ("/social");
  interface->process_request = &process_request;
  return interface;
}

void *
libgnunet_plugin_rest_social_done (void *cls)
{
  auto *interface = static_cast<struct GNUNET_REST_Plugin *> (cls);
  delete std::exchange (social::gateway::running, nullptr);
  GNUNET_free (interface->name);
  GNUNET_free (interface);
  return nullptr;
}
