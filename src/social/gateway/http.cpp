// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/gateway/http.hpp"

#include <jansson.h>
#include <memory>

#include "social/view/text.hpp"

namespace social::gateway
{
namespace
{
[[nodiscard]] int
hex_digit (char c)
{
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  if (c >= 'A' && c <= 'F')
    return c - 'A' + 10;
  return -1;
}

[[nodiscard]] json_t *
to_json (std::string_view text)
{
  // What others sent may be quoted in a problem, and may be no UTF-8.
  return view::is_utf8 (text) ? json_stringn (text.data (), text.size ())
                              : json_string ("(not UTF-8)");
}
} // namespace

const std::string *
Request::header (const std::string &name) const
{
  const auto it = headers.find (name);
  return it == headers.end () ? nullptr : &it->second;
}

const std::string *
Answer::header (std::string_view name) const
{
  for (const auto &[key, value] : headers)
    if (key == name)
      return &value;
  return nullptr;
}

std::string
lower_case (std::string_view text)
{
  std::string out (text);
  for (char &c : out)
    c = c >= 'A' && c <= 'Z' ? static_cast<char> (c + 32) : c;
  return out;
}

std::optional<std::string>
percent_decoded (std::string_view raw, bool is_query)
{
  std::string out;
  for (std::size_t i = 0; i < raw.size (); i++)
  {
    if ('%' == raw[i])
    {
      const int high = i + 2 < raw.size () ? hex_digit (raw[i + 1]) : -1;
      const int low = i + 2 < raw.size () ? hex_digit (raw[i + 2]) : -1;
      if (high < 0 || low < 0)
        return std::nullopt;
      out += static_cast<char> (high * 16 + low);
      i += 2;
    }
    else
      out += is_query && '+' == raw[i] ? ' ' : raw[i];
  }
  return out;
}

std::string
percent_encoded (std::string_view text, std::string_view plain)
{
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text)
  {
    const bool is_plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z')
                          || (c >= 'A' && c <= 'Z')
                          || std::string_view::npos != plain.find (c);
    const auto byte = static_cast<unsigned char> (c);
    if (is_plain)
      out += c;
    else
      out += { '%', digits[byte >> 4], digits[byte & 15] };
  }
  return out;
}

std::optional<std::vector<std::string>>
path_segments (std::string_view target)
{
  std::string_view path = target.substr (0, target.find ('?'));
  if (path.empty () || '/' != path.front ())
    return std::nullopt;
  std::vector<std::string> out;
  while (! path.empty ())
  {
    path.remove_prefix (1);
    const std::size_t end = std::min (path.find ('/'), path.size ());
    auto segment = percent_decoded (path.substr (0, end), false);
    if (! segment)
      return std::nullopt;
    out.push_back (std::move (*segment));
    path.remove_prefix (end);
  }
  return out;
}

std::optional<QueryWords>
query_words (std::string_view target)
{
  QueryWords out;
  const std::size_t mark = target.find ('?');
  if (std::string_view::npos == mark)
    return out;
  std::string_view rest = target.substr (mark + 1);
  while (! rest.empty ())
  {
    const std::size_t end = std::min (rest.find ('&'), rest.size ());
    const std::string_view word = rest.substr (0, end);
    rest.remove_prefix (std::min (end + 1, rest.size ()));
    if (word.empty ())
      continue;
    const std::size_t equals = std::min (word.find ('='), word.size ());
    auto name = percent_decoded (word.substr (0, equals), true);
    auto value = percent_decoded (
        word.substr (std::min (equals + 1, word.size ())), true);
    if (! name || ! value)
      return std::nullopt;
    out[std::move (*name)] = std::move (*value);
  }
  return out;
}

const char *
phrase_of (unsigned status)
{
  switch (status)
  {
  case 200:
    return "OK";
  case 201:
    return "Created";
  case 202:
    return "Accepted";
  case 204:
    return "No Content";
  case 206:
    return "Partial Content";
  case 400:
    return "Bad Request";
  case 401:
    return "Unauthorized";
  case 403:
    return "Forbidden";
  case 404:
    return "Not Found";
  case 405:
    return "Method Not Allowed";
  case 409:
    return "Conflict";
  case 411:
    return "Length Required";
  case 413:
    return "Content Too Large";
  case 415:
    return "Unsupported Media Type";
  case 416:
    return "Range Not Satisfiable";
  case 422:
    return "Unprocessable Content";
  case 429:
    return "Too Many Requests";
  case 431:
    return "Request Header Fields Too Large";
  case 500:
    return "Internal Server Error";
  case 501:
    return "Not Implemented";
  case 502:
    return "Bad Gateway";
  case 503:
    return "Service Unavailable";
  case 504:
    return "Gateway Timeout";
  case 507:
    return "Insufficient Storage";
  default:
    return "Error";
  }
}

std::string
json_list (std::string_view name, const std::vector<std::string> &objects)
{
  std::string out = "{\"" + std::string (name) + "\":[";
  for (const std::string &object : objects)
    out += (&object == objects.data () ? "" : ",") + object;
  return out + "]}";
}

Answer
json_answer (unsigned status, std::string json)
{
  return { status,
           { { "Content-Type", "application/json" } },
           std::move (json) };
}

Answer
problem (unsigned status, std::string_view code, std::string_view detail,
         const std::optional<std::string> &member)
{
  json_t *const object = json_object ();
  json_object_set_new (object, "type", json_string ("about:blank"));
  json_object_set_new (object, "title", json_string (phrase_of (status)));
  json_object_set_new (object, "status",
                       json_integer (static_cast<json_int_t> (status)));
  json_object_set_new (object, "code", to_json (code));
  json_object_set_new (object, "detail", to_json (detail));
  if (member)
    json_object_set_new (object, "member", to_json (*member));
  const std::unique_ptr<char, void (*) (void *)> text (
      json_dumps (object, JSON_COMPACT), &std::free);
  json_decref (object);
  return { status,
           { { "Content-Type", "application/problem+json" } },
           text ? text.get () : "{}" };
}
} // namespace social::gateway
