// SPDX-License-Identifier: AGPL-3.0-or-later
#include "psyc/tool/tool.hpp"

#include <cstring>
#include <utility>

#include "gnunet_psyc_util_lib.h"
#include "psyc/message/names.hpp"

namespace psyc::tool
{
using shell::tool::text_of;

namespace
{
constexpr base::Duration default_timeout = base::seconds (30);
constexpr const char *channel_prefix = "psyc://";
constexpr const char *channel_suffix = ":g";

PacketVariable
routing (std::string_view name, std::string_view value)
{
  return { TextOperator::set, std::string (name),
           base::to_bytes (base::as_bytes (value)) };
}

// The key of a uniform psyc://KEY:g, or a key alone.
std::string
key_of_uniform (std::string_view text)
{
  if (text.starts_with (channel_prefix))
    text.remove_prefix (std::strlen (channel_prefix));
  return std::string (text.substr (0, text.find (':')));
}

std::string
words_of (const void *data, uint16_t size)
{
  const auto *text = static_cast<const char *> (data);
  return 0 == size ? "" : std::string (text, strnlen (text, size));
}

std::string
sentence (const struct GNUNET_PSYC_Message *msg)
{
  if (nullptr == msg)
    return "";
  const char *method = nullptr;
  const void *data = nullptr;
  uint16_t size = 0;
  if (GNUNET_OK
          != GNUNET_PSYC_message_parse_short (msg, &method, nullptr, &data,
                                              &size)
      || 0 == size)
    return "";
  return ": " + std::string (static_cast<const char *> (data), size);
}

struct MessageDeleter
{
  void
  operator() (struct GNUNET_PSYC_Message *msg) const
  {
    GNUNET_free (msg);
  }
};
using MessagePtr = std::unique_ptr<struct GNUNET_PSYC_Message, MessageDeleter>;
} // namespace

// ---- the beginning -------------------------------------------------------

Tool::Tool (const struct GNUNET_CONFIGURATION_Handle *cfg, Options options)
    : cfg_ (cfg), options_ (std::move (options)),
      input_ ([this] (base::ByteView bytes) { on_input (bytes); },
              [this] (int error) { on_input_end (error); }),
      timer_ ([this] { on_timeout (); })
{}

Tool::~Tool ()
{
  sender_.reset ();
  GNUNET_PSYC_text_printer_destroy (printer_);
}

void
Tool::start ()
{
  shutdown_ = GNUNET_SCHEDULER_add_shutdown (
      [] (void *cls) noexcept
      {
        auto *self = static_cast<Tool *> (cls);
        self->shutdown_ = nullptr;
        self->finish (self->is_open_ ? Status::done : Status::failed);
      },
      this);
  timer_.arm_in (options_.timeout.value_or (default_timeout));
  if (! options_.ego.empty ())
    return ego_.start (cfg_, options_.ego,
                       [this] (const auto &key) { with_ego (key); });
  const std::string no_key
      = "no key can be read from or made in '" + options_.key_file + "'";
  if (! options_.channel)
  {
    const auto key = shell::tool::key_of_file (
        options_.key_file, &GNUNET_CRYPTO_eddsa_key_from_file);
    return key ? host (*key) : fail (Status::failed, no_key);
  }
  const auto key = shell::tool::key_of_file (
      options_.key_file, &GNUNET_CRYPTO_ecdsa_key_from_file);
  return key ? join (*key) : fail (Status::failed, no_key);
}

void
Tool::with_ego (const std::optional<struct GNUNET_IDENTITY_PrivateKey> &key)
{
  if (! key)
    return fail (Status::not_found, "there is no ego '" + options_.ego
                                        + "' (see gnunet-identity -d)");
  const auto type = ntohl (key->type);
  if (! options_.channel && GNUNET_IDENTITY_TYPE_EDDSA != type)
    return fail (Status::refused,
                 "a channel's key is EdDSA, that of this ego is not: make one "
                 "with gnunet-identity --eddsa -C NAME, or use --key FILE");
  if (options_.channel && GNUNET_IDENTITY_TYPE_ECDSA != type)
    return fail (Status::refused,
                 "a guest's key is ECDSA, that of this ego is not: use another "
                 "ego, or --key FILE");
  if (options_.channel)
    return join (key->ecdsa_key);
  host (key->eddsa_key);
}

void
Tool::open_printer (const struct GNUNET_CRYPTO_EddsaPublicKey &channel)
{
  context_ = channel_prefix + text_of (channel) + channel_suffix;
  printer_ = GNUNET_PSYC_text_printer_create (
      context_.c_str (),
      [] (void *cls, const void *text, size_t size) noexcept
      {
        static_cast<Tool *> (cls)->print (
            { static_cast<const std::uint8_t *> (text), size });
      },
      this);
  service_wait_.emplace (cfg_, "psyc",
                         [this]
                         {
                           fail (Status::failed,
                                 "the psyc service does not run: start it with "
                                 "gnunet-arm -s, or see gnunet-arm -I");
                         });
}

void
Tool::host (const struct GNUNET_CRYPTO_EddsaPrivateKey &key)
{
  struct GNUNET_CRYPTO_EddsaPublicKey channel;
  GNUNET_CRYPTO_eddsa_key_get_public (&key, &channel);
  open_printer (channel);
  remark ("hosting " + text_of (channel) + "; others join it with: gnunet-psyc "
          + "join " + text_of (channel) + " --origin "
          + shell::tool::own_peer (cfg_) + " --key FILE");
  master_
      = GNUNET_PSYC_master_start (cfg_, &key, options_.policy, &on_started,
                                  &on_join_request, &on_message, nullptr, this);
  if (nullptr == master_)
    fail (Status::failed, "the channel cannot be hosted");
}

void
Tool::join (const struct GNUNET_CRYPTO_EcdsaPrivateKey &key)
{
  open_printer (*options_.channel);
  const MessagePtr words (
      options_.message.empty ()
          ? nullptr
          : GNUNET_PSYC_message_create ("_request_enter", nullptr,
                                        options_.message.data (),
                                        options_.message.size ()));
  slave_ = GNUNET_PSYC_slave_join (
      cfg_, &*options_.channel, &key, GNUNET_PSYC_SLAVE_JOIN_NONE,
      options_.origin ? &*options_.origin : nullptr,
      static_cast<uint32_t> (options_.relays.size ()),
      options_.relays.empty () ? nullptr : options_.relays.data (), &on_message,
      nullptr, &on_connected, &on_decision, this, words.get ());
  if (nullptr == slave_)
    return fail (Status::failed, "the channel cannot be joined");
  GNUNET_PSYC_slave_watch (slave_, &on_link, this);
}

// ---- opening -------------------------------------------------------------

void
Tool::on_started (void *cls, int result, uint64_t) noexcept
{
  auto *self = static_cast<Tool *> (cls);
  self->service_wait_->stop ();
  if (GNUNET_SYSERR == result)
    return self->fail (Status::failed, "the service refuses to host the channel"
                                       " (its log says why)");
  self->begin (GNUNET_PSYC_master_get_channel (self->master_));
}

void
Tool::on_connected (void *cls, int result, uint64_t) noexcept
{
  auto *self = static_cast<Tool *> (cls);
  self->service_wait_->stop ();
  if (GNUNET_SYSERR == result)
    self->fail (Status::failed, "the service refuses to join the channel: "
                                "without --origin or --relay it must know it "
                                "from before");
}

void
Tool::on_decision (void *cls, const struct GNUNET_PSYC_JoinDecisionMessage *,
                   int is_admitted,
                   const struct GNUNET_PSYC_Message *join_msg) noexcept
{
  auto *self = static_cast<Tool *> (cls);
  if (GNUNET_YES == is_admitted)
    self->remark ("admitted" + sentence (join_msg));
  else if (GNUNET_NO == is_admitted)
    self->fail (Status::refused, "refused" + sentence (join_msg));
}

void
Tool::on_link (void *cls, enum GNUNET_MULTICAST_MemberState state) noexcept
{
  auto *self = static_cast<Tool *> (cls);
  switch (state)
  {
  case GNUNET_MULTICAST_MEMBER_STATE_ATTACHED:
    self->is_at_door_ = false;
    self->begin (GNUNET_PSYC_slave_get_channel (self->slave_));
    break;
  case GNUNET_MULTICAST_MEMBER_STATE_PENDING:
    self->is_at_door_ = true;
    self->remark ("the host was asked, and has not answered yet");
    break;
  case GNUNET_MULTICAST_MEMBER_STATE_EJECTED:
    self->fail (Status::refused, "thrown out by the host");
    break;
  case GNUNET_MULTICAST_MEMBER_STATE_GROUP_ENDED:
    self->fail (Status::failed, "the host ended the channel");
    break;
  default: // refused is told by the decision; the others pass
    break;
  }
}

// Once, though it may come again after a restart of the service.
void
Tool::begin (struct GNUNET_PSYC_Channel *channel)
{
  progress ();
  if (is_over_ || std::exchange (is_open_, true))
    return;
  channel_ = channel;
  if (! options_.timeout)
    timer_.disarm ();
  if (options_.state)
    ask_state ("");
  if (0 != options_.history)
    replay_history ();
  open_sender ();
  input_.want ();
}

void
Tool::replay_history ()
{
  const auto *request = GNUNET_PSYC_channel_history_replay_latest (
      channel_, options_.history, "",
      nullptr == slave_ ? GNUNET_PSYC_HISTORY_REPLAY_LOCAL
                        : GNUNET_PSYC_HISTORY_REPLAY_REMOTE,
      &on_message, nullptr, &on_history_end, this);
  if (nullptr != request)
    queries_++;
}

// ---- what comes ----------------------------------------------------------

void
Tool::on_join_request (void *cls, const struct GNUNET_PSYC_JoinRequestMessage *,
                       const struct GNUNET_CRYPTO_EcdsaPublicKey *slave,
                       const struct GNUNET_PSYC_Message *join_msg,
                       struct GNUNET_PSYC_JoinHandle *jh) noexcept
{
  auto *self = static_cast<Tool *> (cls);
  if (self->options_.welcome)
  {
    (void)GNUNET_PSYC_join_decision (jh, GNUNET_YES, 0, nullptr, nullptr);
    return;
  }
  const std::string key = text_of (*slave);
  self->questions_[key] = jh;
  GNUNET_PSYC_join_pending (jh);
  self->print_at_door (key, join_msg);
}

void
Tool::on_message (void *cls,
                  const struct GNUNET_PSYC_MessageHeader *msg) noexcept
{
  auto *self = static_cast<Tool *> (cls);
  if (self->is_over_)
    return;
  const uint32_t flags = ntohl (msg->flags);
  if (0 != (flags & GNUNET_PSYC_MESSAGE_REQUEST) && self->options_.repeat)
  {
    // It comes back as a message of the channel.
    if (0 == msg->fragment_offset)
      (void)GNUNET_PSYC_master_relay (self->master_,
                                      GNUNET_ntohll (msg->message_id));
    return;
  }
  (void)GNUNET_PSYC_text_printer_fragment (self->printer_, msg);
  self->count_message (msg);
}

// Counts a message with its last part.
void
Tool::count_message (const struct GNUNET_PSYC_MessageHeader *msg)
{
  const std::size_t size = ntohs (msg->header.size) - sizeof (*msg);
  PartReader reader (
      { reinterpret_cast<const std::uint8_t *> (&msg[1]), size });
  bool is_last = false;
  while (const auto part = reader.next ())
    is_last = PartType::end == part_type (*part)
              || PartType::cancel == part_type (*part);
  progress ();
  if (is_last)
    printed_++;
  if (is_last)
    end_if_done ();
}

void
Tool::on_history_end (void *cls, int64_t result, const void *data,
                      uint16_t size) noexcept
{
  auto *self = static_cast<Tool *> (cls);
  self->queries_--;
  if (result < 0)
    self->remark ("not all of the history: " + words_of (data, size));
  self->end_if_done ();
}

void
Tool::on_variable (void *cls, const struct GNUNET_MessageHeader *mod,
                   const char *name, const void *value, uint32_t value_size,
                   uint32_t full_value_size) noexcept
{
  (void)full_value_size;
  auto *self = static_cast<Tool *> (cls);
  const bool is_new
      = nullptr == mod
        || GNUNET_MESSAGE_TYPE_PSYC_MESSAGE_MODIFIER == ntohs (mod->type);
  if (is_new)
    self->print_variable ();
  if (nullptr == name)
    return;
  if (is_new)
    self->variable_.variables.push_back ({ TextOperator::assign, name, {} });
  auto &bytes = self->variable_.variables.back ().value;
  const auto *begin = static_cast<const std::uint8_t *> (value);
  bytes.insert (bytes.end (), begin, begin + value_size);
}

void
Tool::on_state_end (void *cls, int64_t result, const void *data,
                    uint16_t size) noexcept
{
  auto *self = static_cast<Tool *> (cls);
  self->print_variable ();
  self->queries_--;
  if (result < 0)
    self->remark ("no state: " + words_of (data, size));
  self->end_if_done ();
}

// ---- what goes -----------------------------------------------------------

void
Tool::open_sender ()
{
  PacketSender::Events events;
  events.on_ready = [this] { input_.want (); };
  events.on_own = [this] (const Packet &packet) { on_own_packet (packet); };
  events.on_answer = [this] (const Packet &packet) { on_answer (packet); };
  events.on_sent = [this]
  {
    progress ();
    end_if_done ();
  };
  events.on_failed = [this] (bool is_refused, const std::string &why)
  {
    fail (is_refused ? Status::refused : Status::failed,
          "a message did not go out: " + why);
  };
  sender_.emplace (channel_, std::move (events));
}

void
Tool::on_input (base::ByteView bytes)
{
  progress ();
  if (! sender_->take (bytes))
    return fail (Status::failed, "stdin: " + sender_->error ());
  if (! is_over_ && sender_->is_ready ())
    input_.want ();
}

void
Tool::on_input_end (int error)
{
  if (0 != error)
    return fail (Status::failed,
                 std::string ("stdin cannot be read: ") + strerror (error));
  if (sender_->is_cut_off ())
    return fail (Status::failed,
                 "stdin ends within a packet: its last line is '|'");
  is_input_over_ = true;
  end_if_done ();
}

// "?" alone asks for the state, "?_name" for a variable.
void
Tool::on_own_packet (const Packet &packet)
{
  if (packet.has_question)
    ask_state ("");
  for (const auto &variable : packet.variables)
  {
    if (TextOperator::query == variable.oper)
      ask_state (variable.name);
    else
      fail (Status::failed, "stdin: a packet without a method changes nothing");
  }
}

void
Tool::ask_state (const std::string &name)
{
  const auto *request
      = name.empty ()
            ? GNUNET_PSYC_channel_state_get_prefix (channel_, "", &on_variable,
                                                    &on_state_end, this)
            : GNUNET_PSYC_channel_state_get (channel_, name.c_str (),
                                             &on_variable, &on_state_end, this);
  if (nullptr != request)
    queries_++;
}

// An answer at the door: `_failure…` and `_error…` refuse, all else admits.
void
Tool::on_answer (const Packet &packet)
{
  std::string key;
  for (const auto &variable : packet.routing)
  {
    if ("_target" == variable.name)
      key = key_of_uniform (base::as_text (variable.value));
  }
  const auto at = questions_.find (key);
  if (questions_.end () == at)
    return remark ("nobody of that key waits at the door: " + key);
  const bool is_no
      = is_a (packet.method, "_failure") || is_a (packet.method, "_error");
  const MessagePtr words (
      GNUNET_PSYC_message_create (packet.method.c_str (), nullptr,
                                  packet.data.data (), packet.data.size ()));
  (void)GNUNET_PSYC_join_decision (at->second, is_no ? GNUNET_NO : GNUNET_YES,
                                   0, nullptr, words.get ());
  questions_.erase (at);
}

// ---- printing, waiting, the end ------------------------------------------

void
Tool::print (base::ByteView text)
{
  if (text.size () == fwrite (text.data (), 1, text.size (), stdout)
      && 0 == fflush (stdout))
    return;
  // Nobody reads any more; not from inside the printer's callback.
  if (! is_over_)
    GNUNET_SCHEDULER_shutdown ();
}

void
Tool::print_at_door (const std::string &slave,
                     const struct GNUNET_PSYC_Message *join_msg)
{
  Packet packet;
  if (nullptr != join_msg)
  {
    const auto *parts = reinterpret_cast<const std::uint8_t *> (&join_msg[1]);
    const std::size_t size = ntohs (join_msg->header.size) - sizeof (*join_msg);
    if (const auto message = parse_message ({ parts, size }))
      packet = packet_of (*message);
  }
  if (packet.method.empty ())
    packet.method = "_request_enter";
  packet.routing
      = { routing ("_context", context_),
          routing ("_source", channel_prefix + slave + channel_suffix) };
  if (const auto text = render_packet (packet))
    print (*text);
}

void
Tool::print_variable ()
{
  if (variable_.variables.empty ())
    return;
  variable_.routing = { routing ("_context", context_) };
  if (const auto text = render_packet (variable_))
    print (*text);
  variable_ = {};
}

void
Tool::remark (const std::string &text)
{
  fprintf (stderr, "gnunet-psyc: %s\n", text.c_str ());
}

// Something came or went: the time to wait begins anew.
void
Tool::progress ()
{
  if (! is_over_ && timer_.is_armed ())
    timer_.arm_in (options_.timeout.value_or (default_timeout));
}

void
Tool::on_timeout ()
{
  if (is_at_door_)
    return fail (Status::pending, "the question waits at the host's door; come "
                                  "again later, or wait with --timeout");
  fail (Status::no_answer,
        is_open_ ? "nothing came in time"
                 : "no answer in time: is the origin's peer reachable? Wait "
                   "longer with --timeout");
}

void
Tool::end_if_done ()
{
  if (is_over_)
    return;
  if (0 != options_.count && printed_ >= options_.count)
    return finish (Status::done);
  if (is_input_over_ && 0 == sender_->under_way () && 0 == queries_
      && 0 == options_.count && ! options_.follow)
    finish (Status::done);
}

void
Tool::fail (Status status, const std::string &why)
{
  if (is_over_)
    return;
  remark (why);
  finish (status);
}

void
Tool::finish (Status status)
{
  if (std::exchange (is_over_, true))
    return;
  status_ = status;
  timer_.disarm ();
  input_.stop ();
  if (service_wait_)
    service_wait_->stop ();
  // Not from inside a callback of what is let go.
  GNUNET_SCHEDULER_add_now (
      [] (void *cls) noexcept
      {
        auto *self = static_cast<Tool *> (cls);
        const int keep = self->options_.keep ? GNUNET_YES : GNUNET_NO;
        const auto end = [] (void *) noexcept { GNUNET_SCHEDULER_shutdown (); };
        self->sender_.reset ();
        if (nullptr != self->master_)
          GNUNET_PSYC_master_stop (std::exchange (self->master_, nullptr), keep,
                                   end, nullptr);
        else if (nullptr != self->slave_)
          GNUNET_PSYC_slave_part (std::exchange (self->slave_, nullptr), keep,
                                  end, nullptr);
        else
          GNUNET_SCHEDULER_shutdown ();
      },
      this);
}
} // namespace psyc::tool
