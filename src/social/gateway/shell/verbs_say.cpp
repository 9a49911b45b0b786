// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Saying: a JSON message, any bytes, a file, a change of objects. Bodies are
// passed on as they come; the answer waits for the disk that counts.
#include "psyc/message/names.hpp"
#include "social/gateway/file_answer.hpp"
#include "social/client/speaker.hpp"
#include "social/client/tag.hpp"
#include "social/gateway/shell/work.hpp"
#include "social/view/text.hpp"

namespace social::gateway
{
namespace
{
constexpr std::size_t key_bytes_max = 255;
constexpr base::Duration stored_within = base::seconds (30);

class Saying : public Work
{
public:
  using Work::Work;

  bool
  take (base::ByteView bytes) override
  {
    if (is_answered ())
      return true; // what is still to come of it goes nowhere
    if (! speaker_)
      return false; // resumed when the place is found
    speaker_->body (bytes);
    return ! speaker_->is_full ();
  }

  void
  end_body () override
  {
    is_body_over_ = true;
    if (speaker_ && ! is_answered ())
      end ();
  }

protected:
  struct Message
  {
    std::string method = "_converse";
    std::vector<client::Speaker::Variable> variables;
    std::optional<std::string> body; // nothing: it is streamed
    bool is_queued_enough = false;
    std::uint32_t host_flags = 0;
  };

  void
  say (Message message)
  {
    message_ = std::move (message);
    const std::string *key = exchange_.request ().header ("idempotency-key");
    if (nullptr != key && (key->empty () || key->size () > key_bytes_max))
      return fail (422, "bad_header", "an Idempotency-Key has 1 to 255 bytes",
                   "Idempotency-Key");
    with_place ([this] (const view::Place &place) { begin (place); });
  }

  [[nodiscard]] virtual Answer
  told (const view::SentView &sent)
  {
    return json_answer (201, view::json_line (sent));
  }

private:
  void
  begin (const view::Place &place)
  {
    place_ = place;
    const std::string &state = place.view.state;
    if ("pending" == state)
      return fail (409, "pending",
                   place.label () + ": the host has not let us in yet");
    if ("entered" != state)
      return fail (403, "not_allowed",
                   place.label () + ": nothing can be said here, its state is "
                       + state);
    client::Speaker::Wanted wanted;
    wanted.place = place.key;
    wanted.tag = tag ();
    wanted.flags = place.view.is_host ? message_.host_flags : 0;
    speaker_ = std::make_unique<client::Speaker> (
        app (), wanted,
        client::Speaker::Callbacks{ [this] { exchange_.resume_body (); },
                                    [this] (const client::Said &said)
                                    { on_state (said); } });
    if (! speaker_->head (message_.method, message_.variables))
      return fail (422, "bad_member", "a method or variable has no valid name");
    if (message_.body)
    {
      speaker_->body (base::as_bytes (*message_.body));
      end ();
    }
    else if (is_body_over_)
      end ();
    else
    {
      wait_no_more (); // it comes as fast as it comes
      exchange_.resume_body ();
    }
  }

  void
  end ()
  {
    wait (stored_within);
    speaker_->end ();
  }

  // The client's key for the request, as the tag that makes it one message: it
  // is known on disk wherever the message is.
  [[nodiscard]] std::optional<struct GNUNET_Uuid>
  tag () const
  {
    const std::string *key = exchange_.request ().header ("idempotency-key");
    if (nullptr == key)
      return std::nullopt;
    return client::tag_of ("idempotency " + place_.view.key + " "
                           + view::key_text (place_.ego_key) + " " + *key);
  }

  [[nodiscard]] view::SentView
  sent_of (const client::Said &said) const
  {
    view::SentView sent;
    sent.place = place_.view.key;
    sent.state = view::send_state_text (said.state);
    if (0 != said.id)
      sent.id = said.id;
    return sent;
  }

  void
  on_state (const client::Said &said)
  {
    said_ = said;
    const std::string why
        = said.reason.empty () ? "no reason was given" : said.reason;
    switch (*said.state)
    {
    case GNUNET_PSYC_SEND_QUEUED:
    case GNUNET_PSYC_SEND_SENT:
      if (message_.is_queued_enough)
        answer (told (sent_of (said)));
      return;
    case GNUNET_PSYC_SEND_STORED:
    case GNUNET_PSYC_SEND_ACCEPTED:
      return answer (told (sent_of (said)));
    case GNUNET_PSYC_SEND_REFUSED:
      return fail (403, "refused", "the host refused it: " + why);
    case GNUNET_PSYC_SEND_CANCELLED:
    case GNUNET_PSYC_SEND_FAILED:
      return fail (409, "failed", "it was not sent: " + why);
    }
  }

  void
  on_timeout () override
  {
    // It is on its way, and will arrive without us.
    if (said_.state && speaker_)
      return answer_json (202, view::json_line (sent_of (said_)));
    // What is on no disk yet would be a surprise later.
    if (speaker_)
      speaker_->give_up ();
    Work::on_timeout ();
  }

  Message message_;
  view::Place place_;
  std::unique_ptr<client::Speaker> speaker_;
  client::Said said_;
  bool is_body_over_ = false;
};

class Say final : public Saying
{
public:
  explicit Say (const Context &context)
      : Saying (context),
        is_streamed_ (context.exchange.request ()
                          .header ("content-type")
                          ->starts_with ("application/octet-stream"))
  {}

  void
  start () override
  {
    Message message;
    std::optional<Answer> problem;
    if (is_streamed_)
      read_words (message);
    else
      problem = read_json (message);
    if (! is_refused (std::move (problem)))
      say (std::move (message));
  }

private:
  void
  read_words (Message &message)
  {
    message.method = words_.text ("method").value_or (message.method);
    if (! psyc::is_name (message.method))
      words_.refuse ("method", "'method' is '_' and letters, digits or '_'");
    if (const auto id = words_.number ("reply", base::id_max))
      add_reply (message, *id);
    message.is_queued_enough = words_.flag ("queue");
  }

  [[nodiscard]] std::optional<Answer>
  read_json (Message &message)
  {
    Input input (exchange_.request ().body);
    message.method = input.text ("method").value_or (message.method);
    if (! psyc::is_name (message.method))
      input.refuse ("method", "'method' is '_' and letters, digits or '_'");
    for (auto &[name, value] : input.texts ("vars"))
    {
      if (! psyc::is_name (name))
        input.refuse ("vars." + name,
                      "a variable's name is '_' and letters, digits or '_'");
      message.variables.push_back (
          { psyc::Operator::set, name, std::move (value) });
    }
    if (const auto id = input.number ("reply"))
      add_reply (message, *id);
    const auto text = input.any_text ("text");
    const auto data = input.bytes ("data");
    if (text && data)
      input.refuse ("data", "either 'text' or 'data'");
    message.body = text ? *text : data.value_or ("");
    message.is_queued_enough = input.flag ("queue").value_or (false);
    return input.problem_found ();
  }

  static void
  add_reply (Message &message, std::uint64_t id)
  {
    message.variables.push_back (
        { psyc::Operator::set, "_id_reply", std::to_string (id) });
  }

  const bool is_streamed_;
};

class SendFile final : public Saying
{
public:
  using Saying::Saying;

  void
  start () override
  {
    Message message;
    message.method = "_file";
    const Request &request = exchange_.request ();
    const auto add = [&message] (const char *name, const std::string &value) {
      message.variables.push_back ({ psyc::Operator::set, name, value });
    };
    if (const std::string *size = request.header ("content-length"))
      add ("_size_file", *size);
    const std::string *type = request.header ("content-type");
    if (nullptr != type && type->size () <= key_bytes_max
        && view::is_utf8 (*type))
      add ("_type_file", *type);
    if (const std::string *name = request.header ("x-file-name"))
      add ("_name_file",
           safe_file_name (percent_decoded (*name, false).value_or (*name)));
    if (const std::string *hash = request.header ("x-file-hash"))
    {
      struct GNUNET_HashCode parsed;
      if (GNUNET_OK != GNUNET_CRYPTO_hash_from_string (hash->c_str (), &parsed))
        return fail (422, "bad_header",
                     "X-File-Hash is a SHA-512 in GNUnet's text form",
                     "X-File-Hash");
      add ("_hash_file", *hash);
    }
    if (const auto description = words_.text ("description"))
      add ("_description_file", *description);
    message.is_queued_enough = words_.flag ("queue");
    say (std::move (message));
  }

private:
  Answer
  told (const view::SentView &sent) override
  {
    Answer out = Saying::told (sent);
    if (sent.id)
      out.headers.emplace_back ("Location", "/social/places/" + sent.place
                                                + "/files/"
                                                + std::to_string (*sent.id));
    return out;
  }
};

class ChangeObjects final : public Saying
{
public:
  using Saying::Saying;

  void
  start () override
  {
    Message message;
    message.method = "_notice_place_objects";
    message.body = "";
    message.host_flags = GNUNET_PSYC_MASTER_TRANSMIT_STATE_MODIFY
                         | GNUNET_PSYC_MASTER_TRANSMIT_STATE_HASH;
    Input input (exchange_.request ().body);
    for (auto &[shown, value] : input.all_texts ())
    {
      client::Speaker::Variable variable{ psyc::Operator::assign, shown,
                                          std::move (value) };
      // "+_list_x": the operator stands before the name.
      const auto oper = psyc::operator_from (
          static_cast<std::uint8_t> (shown.empty () ? '\0' : shown.front ()));
      if (oper && psyc::is_lasting (*oper))
      {
        variable.oper = *oper;
        variable.name.erase (0, 1);
      }
      if (! psyc::is_name (variable.name))
        input.refuse (shown, "an object's name is '_' and letters, digits or "
                             "'_', perhaps behind '+', '-', '=' or '@'");
      message.variables.push_back (std::move (variable));
    }
    if (message.variables.empty ())
      input.refuse ("", "say at least one object");
    if (! is_refused (input.problem_found ()))
      say (std::move (message));
  }

private:
  Answer
  told (const view::SentView &sent) override
  {
    return json_answer (200, view::json_line (sent));
  }
};
} // namespace

Made
make_say (const Context &context)
{
  return std::make_unique<Say> (context);
}

Made
make_send_file (const Context &context)
{
  return std::make_unique<SendFile> (context);
}

Made
make_change_objects (const Context &context)
{
  return std::make_unique<ChangeObjects> (context);
}
} // namespace social::gateway
