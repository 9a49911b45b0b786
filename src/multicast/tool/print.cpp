// SPDX-License-Identifier: AGPL-3.0-or-later
#include "multicast/tool/print.hpp"

#include <vector>

namespace multicast::tool
{
namespace
{
struct Field
{
  const char *name; // no character of it is special in JSON
  std::string value;
  bool is_text = false; // else a number
};

std::string
hex_of (base::ByteView bytes)
{
  static constexpr char digits[] = "0123456789abcdef";
  std::string out;
  for (const std::uint8_t byte : bytes)
  {
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return out;
}

// On one line, whatever it holds; backslashes tell what is not printable.
std::string
visible (base::ByteView bytes)
{
  std::string out;
  for (const std::uint8_t byte : bytes)
  {
    if ('\\' == byte)
      out += "\\\\";
    else if (byte >= ' ' && byte <= '~')
      out += static_cast<char> (byte);
    else
      out += "\\x" + hex_of ({ &byte, 1 });
  }
  return out;
}

std::string
base64_of (base::ByteView bytes)
{
  char *encoded = nullptr;
  (void)GNUNET_STRINGS_base64_encode (bytes.data (), bytes.size (), &encoded);
  return shell::tool::taken (encoded);
}

std::string
flag_words (std::uint32_t flags)
{
  std::string out;
  if (0 != (flags & GNUNET_MULTICAST_MESSAGE_FIRST_FRAGMENT))
    out += "first";
  if (0 != (flags & GNUNET_MULTICAST_MESSAGE_LAST_FRAGMENT))
    out += out.empty () ? "last" : ",last";
  return out.empty () ? "none" : out;
}

std::string
number (std::uint64_t big_endian)
{
  return std::to_string (GNUNET_ntohll (big_endian));
}

std::string
as_json (const char *type, const std::vector<Field> &fields,
         base::ByteView body)
{
  std::string out = std::string ("{\"type\":\"") + type + "\"";
  for (const auto &field : fields)
    out += std::string (",\"") + field.name
           + "\":" + (field.is_text ? "\"" + field.value + "\"" : field.value);
  return out + ",\"data\":\"" + base64_of (body) + "\"}\n";
}

std::string
as_words (const char *type, const std::vector<Field> &fields,
          base::ByteView body, Form form)
{
  std::string out = type;
  for (const auto &field : fields)
    out += std::string (" ") + field.name + " " + field.value;
  return out + " body " + (Form::hex == form ? hex_of (body) : visible (body))
         + "\n";
}

std::string
line (const char *type, const std::vector<Field> &fields, base::ByteView body,
      const Options &options)
{
  return options.json ? as_json (type, fields, body)
                      : as_words (type, fields, body, options.form);
}

// What follows a header; nothing when its size is wrong.
template <typename Header>
base::ByteView
body_of (const Header *header)
{
  const std::size_t size = ntohs (header->header.size);
  if (size < sizeof (Header))
    return {};
  return { reinterpret_cast<const std::uint8_t *> (&header[1]),
           size - sizeof (Header) };
}
} // namespace

std::string
line_of (const struct GNUNET_MULTICAST_MessageHeader *msg,
         const Options &options)
{
  const auto body = body_of (msg);
  return line ("fragment",
               { { "id", number (msg->fragment_id) },
                 { "message", number (msg->message_id) },
                 { "offset", number (msg->fragment_offset) },
                 { "generation", number (msg->group_generation) },
                 { "flags", flag_words (ntohl (msg->flags)), true },
                 { "hops", std::to_string (ntohl (msg->hop_counter)) },
                 { "size", std::to_string (body.size ()) } },
               body, options);
}

std::string
line_of (const struct GNUNET_MULTICAST_RequestHeader *req,
         const Options &options)
{
  const auto body = body_of (req);
  const auto flags = static_cast<std::uint32_t> (req->flags);
  return line ("request",
               { { "member", shell::tool::text_of (req->member_pub_key), true },
                 { "request", number (req->request_id) },
                 { "offset", number (req->fragment_offset) },
                 { "flags", flag_words (ntohl (flags)), true },
                 { "size", std::to_string (body.size ()) } },
               body, options);
}

std::optional<base::Bytes>
bytes_of_hex (std::string_view text)
{
  const auto digit = [] (char c) -> int
  {
    if (c >= '0' && c <= '9')
      return c - '0';
    if (c >= 'a' && c <= 'f')
      return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
  };
  if (0 != text.size () % 2)
    return std::nullopt;
  base::Bytes out;
  for (std::size_t i = 0; i < text.size (); i += 2)
  {
    const int high = digit (text[i]);
    const int low = digit (text[i + 1]);
    if (high < 0 || low < 0)
      return std::nullopt;
    out.push_back (static_cast<std::uint8_t> (high * 16 + low));
  }
  return out;
}
} // namespace multicast::tool
