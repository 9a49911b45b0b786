// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/view/json.hpp"

#include <charconv>
#include <cstdlib>
#include <jansson.h>
#include <memory>

#include "social/view/text.hpp"

namespace social::view
{
namespace
{
// Owns a jansson object; keys stay in the order in which they are set.
class Object
{
public:
  explicit Object (const char *type) : object_ (json_object ())
  {
    set ("type", std::string (type));
  }
  Object (const Object &) = delete;
  Object &operator= (const Object &) = delete;
  ~Object () { json_decref (object_); }

  void
  set_new (const char *key, json_t *value)
  {
    json_object_set_new (object_, key, value);
  }
  void
  set (const char *key, std::uint64_t number)
  {
    set_new (key, json_integer (static_cast<json_int_t> (number)));
  }
  void
  set_flag (const char *key, bool is_set)
  {
    set_new (key, json_boolean (is_set));
  }
  // Text of others may be anything: what is no UTF-8 becomes {"base64":…}.
  void
  set (const char *key, const std::string &text)
  {
    set_new (key, to_json (text));
  }
  void
  set (const char *key, const std::optional<std::string> &text)
  {
    set_new (key, text ? to_json (*text) : json_null ());
  }

  [[nodiscard]] static json_t *
  to_json (const std::string &text)
  {
    if (is_utf8 (text))
      return json_stringn (text.data (), text.size ());
    json_t *wrapped = json_object ();
    json_object_set_new (wrapped, "base64",
                         json_string (base64 (base::as_bytes (text)).c_str ()));
    return wrapped;
  }

  [[nodiscard]] std::string
  line () const
  {
    const std::unique_ptr<char, void (*) (void *)> text (
        json_dumps (object_, JSON_COMPACT), &std::free);
    return text ? text.get () : "{}";
  }

private:
  json_t *object_;
};

// In `vars` a lasting operator stands before the name.
[[nodiscard]] std::string
shown_name (const Variable &variable)
{
  return psyc::is_lasting (variable.oper)
             ? static_cast<char> (variable.oper) + variable.name
             : variable.name;
}

// The beginning of what is cut: the cut may have split a character.
[[nodiscard]] std::string_view
whole_characters (std::string_view text)
{
  for (std::size_t less = 0; less < 4 && less < text.size (); less++)
    if (is_utf8 (text.substr (0, text.size () - less)))
      return text.substr (0, text.size () - less);
  return text;
}

[[nodiscard]] json_t *
to_json (const Variable &variable)
{
  if (! variable.is_cut ())
    return Object::to_json (variable.value);
  json_t *out = json_object ();
  const std::string_view text = whole_characters (variable.value);
  if (is_utf8 (text))
    json_object_set_new (out, "text",
                         json_stringn (text.data (), text.size ()));
  else
    json_object_set_new (
        out, "base64",
        json_string (base64 (base::as_bytes (variable.value)).c_str ()));
  json_object_set_new (out, "size",
                       json_integer (static_cast<json_int_t> (variable.size)));
  json_object_set_new (out, "truncated", json_true ());
  return out;
}

[[nodiscard]] json_t *
variables (const Message &message)
{
  json_t *out = json_object ();
  for (const Variable &variable : message.variables)
    // These two are told as author and time.
    if ("_nym_author" != variable.name && "_time_said" != variable.name)
      json_object_set_new (out, shown_name (variable).c_str (),
                           to_json (variable));
  return out;
}

void
set_body (Object &object, const Message &message)
{
  const bool is_cut = message.body_size > message.body.size ();
  const std::string_view text
      = is_cut ? whole_characters (message.body) : message.body;
  if (is_utf8 (text))
    object.set_new ("text", json_stringn (text.data (), text.size ()));
  else
    object.set ("data", base64 (base::as_bytes (message.body)));
  if (! is_cut)
    return;
  object.set ("size", message.body_size);
  object.set_flag ("truncated", true);
}
} // namespace

std::string
json_line (const PlaceView &place)
{
  Object object ("place");
  object.set ("key", place.key);
  object.set ("name", place.name);
  object.set ("role", std::string (place.is_host ? "host" : "guest"));
  object.set ("ego", place.ego);
  object.set ("policy", place.policy);
  object.set ("state", place.state);
  object.set ("messages", place.messages);
  object.set ("nyms", place.nyms);
  object.set_flag ("connected", place.is_connected);
  object.set ("outbox", place.outbox);
  if (place.is_behind)
    object.set_flag ("behind", true);
  object.set ("parent", place.parent);
  object.set ("depth", place.depth);
  object.set ("children", place.children);
  object.set ("below", place.below);
  object.set ("lag", place.lag);
  return object.line ();
}

std::string
json_line (const NymView &nym)
{
  Object object ("nym");
  object.set ("place", nym.place);
  object.set ("key", nym.key);
  object.set ("name", nym.name);
  object.set ("state", nym.state);
  object.set ("message", nym.message);
  return object.line ();
}

std::string
json_line (const MessageView &view)
{
  const Message &message = *view.message;
  Object object (view.received ? "arriving" : "message");
  object.set ("place", view.place);
  object.set ("id", message.id);
  object.set ("method", message.method);
  object.set ("author", view.author);
  object.set ("author_name", view.author_name);
  object.set_flag ("mine", view.is_mine);
  object.set ("time", iso_time (view.time));
  if (view.is_time_local)
    object.set_flag ("time_local", true);
  object.set_new ("vars", variables (message));
  if (view.received)
    object.set ("received", *view.received);
  else
    set_body (object, message);
  object.set_flag ("historic", view.is_historic);
  return object.line ();
}

std::string
json_line (const SentView &sent)
{
  Object object ("sent");
  object.set ("place", sent.place);
  if (sent.id)
    object.set ("id", *sent.id);
  else
    object.set_new ("id", json_null ());
  object.set ("state", sent.state);
  return object.line ();
}

std::string
json_line (const StatusView &status)
{
  Object object ("status");
  object.set ("software", status.software);
  object.set ("peer", status.peer);
  object.set ("hosted", status.hosted);
  object.set ("entered", status.entered);
  object.set ("pending", status.pending);
  object.set ("connected", status.connected);
  object.set ("waiting", status.waiting);
  object.set ("outbox", status.outbox);
  return object.line ();
}

std::string
json_ego (const std::string &name, const std::string &key, bool is_usable)
{
  Object object ("ego");
  object.set ("name", name);
  object.set ("key", key);
  if (! is_usable)
    object.set_flag ("usable", false);
  return object.line ();
}

std::string
json_cancelled (const std::string &place, std::uint64_t id)
{
  Object object ("cancelled");
  object.set ("place", place);
  object.set ("id", id);
  return object.line ();
}

std::string
json_object_of (const std::string &place, const std::string &name,
                const std::string &value)
{
  Object object ("object");
  object.set ("place", place);
  object.set ("name", name);
  object.set ("value", value);
  return object.line ();
}

std::string
json_gap (const std::string &place, std::uint64_t from, std::uint64_t to)
{
  Object object ("gap");
  object.set ("place", place);
  object.set ("from", from);
  object.set ("to", to);
  return object.line ();
}

std::string
json_name (const std::string &ego, const std::string &label,
           const std::string &key)
{
  Object object ("name");
  object.set ("ego", ego);
  object.set ("name", label);
  object.set ("key", key);
  return object.line ();
}

std::string
json_publication (const std::string &place, const std::string &name)
{
  Object object ("publication");
  object.set ("place", place);
  object.set ("name", name);
  return object.line ();
}

namespace
{
// In both forms of a file: there, and offered.
void
set_file (Object &object, const MessageView &view)
{
  const Message &message = *view.message;
  const auto variable = [&message] (const char *name)
  {
    const std::string *value = message.find (name);
    return nullptr == value ? std::optional<std::string> () : *value;
  };
  object.set ("place", view.place);
  object.set ("id", message.id);
  object.set ("name", variable ("_name_file"));
  object.set ("size", file_size (message).value_or (message.body_size));
  object.set ("content_type", variable ("_type_file"));
  object.set ("description", variable ("_description_file"));
  object.set ("hash", variable ("_hash_file"));
  object.set ("author", view.author);
  object.set ("author_name", view.author_name);
  object.set_flag ("mine", view.is_mine);
  object.set ("time", iso_time (view.time));
}
} // namespace

std::string
json_file (const MessageView &view, std::optional<std::uint64_t> offer)
{
  Object object ("file");
  set_file (object, view);
  object.set ("state", std::string ("said"));
  if (offer)
    object.set ("offer", *offer);
  return object.line ();
}

std::string
json_offer (const MessageView &view, const std::optional<std::string> &failure)
{
  Object object ("file");
  set_file (object, view);
  object.set ("state", std::string (failure ? "failed" : "offered"));
  if (failure)
    object.set ("reason", *failure);
  return object.line ();
}

std::string
json_saved (const std::string &place, std::uint64_t id, const std::string &path,
            std::uint64_t size, const std::string &hash, bool is_checked)
{
  Object object ("saved");
  object.set ("place", place);
  object.set ("id", id);
  object.set ("path", path);
  object.set ("size", size);
  object.set ("hash", hash);
  object.set_flag ("checked", is_checked);
  return object.line ();
}

std::string
json_web (const std::string &url)
{
  Object object ("web");
  object.set ("url", url);
  return object.line ();
}

std::optional<std::uint64_t>
file_size (const Message &message)
{
  const std::string *text = message.find ("_size_file");
  return nullptr == text ? std::nullopt : parse_id (*text);
}

std::string
json_error (const std::string &code, const std::string &message)
{
  Object object ("error");
  object.set ("code", code);
  object.set ("message", message);
  return object.line ();
}

std::optional<std::uint64_t>
time_said (const Message &message)
{
  const std::string *text = message.find ("_time_said");
  if (nullptr == text || text->empty ())
    return std::nullopt;
  std::uint64_t time = 0;
  const char *const end = text->data () + text->size ();
  const auto [stop, error] = std::from_chars (text->data (), end, time);
  // Later than the year 9999 is no time that anybody said.
  constexpr std::uint64_t latest = 253402300799999999u;
  if (std::errc{} != error || stop != end || time > latest)
    return std::nullopt;
  return time;
}
} // namespace social::view
