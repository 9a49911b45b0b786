// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Plugin of libgnunetgnsrecord: lets GNUnet's tools show and take PLACE
// records. Their readable form is keys as GNUnet prints them, with spaces
// between:
//
//   PLACE-KEY ORIGIN-PEER [RELAY-PEER ...]
//
// and of one that is encrypted under a password, "encrypted:" and its bytes
// as GNUnet prints data.
//
// The binary form is struct GNUNET_GNSRECORD_PlaceData and the relays behind
// it; it may come from anybody's zone.
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <strings.h>
#include <vector>

#include "base/wire.hpp"
#include "shell/gnunet.hpp"
#include "shell/keys.hpp"
#include "social/shell/sealed_record.hpp"

extern "C"
{
#include <gnunet/gnu_name_system_record_types.h>
#include <gnunet/gnunet_gnsrecord_lib.h>
#include <gnunet/gnunet_gnsrecord_plugin.h>
}

namespace
{
constexpr const char *type_name = "PLACE";
constexpr std::string_view blanks = " \t\r\n";

// Same layout as struct GNUNET_GNSRECORD_PlaceData: a vector is a 32-bit
// count and its elements.
struct PlaceRecord
{
  base::ChannelKey place;
  base::PeerId origin;
  std::vector<base::PeerId> relays;
  WIRE_STRUCT (place, origin, relays)
};
static_assert (68 == sizeof (struct GNUNET_GNSRECORD_PlaceData));

template <typename Key>
std::string
key_text (const Key &key)
{
  const auto raw = shell::to_gnunet<struct GNUNET_CRYPTO_EddsaPublicKey> (key);
  char *text = GNUNET_CRYPTO_eddsa_public_key_to_string (&raw);
  std::string out = text;
  GNUNET_free (text);
  return out;
}

template <typename Key>
std::optional<Key>
key_from (std::string_view text)
{
  struct GNUNET_CRYPTO_EddsaPublicKey raw;
  if (GNUNET_OK
      != GNUNET_CRYPTO_eddsa_public_key_from_string (text.data (), text.size (),
                                                     &raw))
    return std::nullopt;
  return shell::from_gnunet<Key> (raw);
}

std::string
render (const PlaceRecord &record)
{
  std::string out = key_text (record.place) + " " + key_text (record.origin);
  for (const auto &relay : record.relays)
    out += " " + key_text (relay);
  return out;
}

std::optional<std::string_view>
next_word (std::string_view &text)
{
  const auto begin = text.find_first_not_of (blanks);
  if (std::string_view::npos == begin)
    return std::nullopt;
  text.remove_prefix (begin);
  const auto word = text.substr (0, text.find_first_of (blanks));
  text.remove_prefix (word.size ());
  return word;
}

std::optional<PlaceRecord>
parse (std::string_view text)
{
  const auto place_word = next_word (text);
  const auto origin_word = next_word (text);
  if (! place_word || ! origin_word)
    return std::nullopt;
  const auto place = key_from<base::ChannelKey> (*place_word);
  const auto origin = key_from<base::PeerId> (*origin_word);
  if (! place || ! origin)
    return std::nullopt;
  PlaceRecord record{ *place, *origin, {} };
  while (const auto word = next_word (text))
  {
    const auto relay = key_from<base::PeerId> (*word);
    if (! relay)
      return std::nullopt;
    record.relays.push_back (*relay);
  }
  return record;
}

constexpr std::string_view sealed_prefix = "encrypted:";

char *
sealed_to_string (base::ByteView data)
{
  char *text = GNUNET_STRINGS_data_to_string_alloc (data.data (), data.size ());
  char *out = GNUNET_strdup ((std::string (sealed_prefix) + text).c_str ());
  GNUNET_free (text);
  return out;
}

int
string_to_sealed (std::string_view text, void **data, std::size_t *data_size)
{
  text.remove_prefix (sealed_prefix.size ());
  const std::string word (text.substr (0, text.find_first_of (blanks)));
  base::Bytes bytes (word.size () * 5 / 8);
  if (GNUNET_OK
          != GNUNET_STRINGS_string_to_data (word.data (), word.size (),
                                            bytes.data (), bytes.size ())
      || ! social::is_sealed_record (bytes))
    return GNUNET_SYSERR;
  *data = GNUNET_memdup (bytes.data (), bytes.size ());
  *data_size = bytes.size ();
  return GNUNET_OK;
}

char *
value_to_string (void *, std::uint32_t type, const void *data,
                 std::size_t data_size)
{
  if (GNUNET_GNSRECORD_TYPE_PLACE != type || nullptr == data)
    return nullptr;
  const base::ByteView bytes{ static_cast<const std::uint8_t *> (data),
                              data_size };
  if (social::is_sealed_record (bytes))
    return sealed_to_string (bytes);
  const auto record = wire::decode_members<PlaceRecord> (bytes);
  return record ? GNUNET_strdup (render (*record).c_str ()) : nullptr;
}

int
string_to_value (void *, std::uint32_t type, const char *text, void **data,
                 std::size_t *data_size)
{
  if (GNUNET_GNSRECORD_TYPE_PLACE != type || nullptr == text)
    return GNUNET_SYSERR;
  if (std::string_view (text).starts_with (sealed_prefix))
    return string_to_sealed (text, data, data_size);
  const auto record = parse (text);
  if (! record)
    return GNUNET_SYSERR;
  const auto bytes = wire::encode_members (*record);
  if (bytes.size () > GNUNET_GNSRECORD_MAX_BLOCK_SIZE)
    return GNUNET_SYSERR;
  *data = GNUNET_memdup (bytes.data (), bytes.size ());
  *data_size = bytes.size ();
  return GNUNET_OK;
}

std::uint32_t
typename_to_number (void *, const char *name)
{
  return 0 == strcasecmp (name, type_name)
             ? std::uint32_t{ GNUNET_GNSRECORD_TYPE_PLACE }
             : std::numeric_limits<std::uint32_t>::max ();
}

const char *
number_to_typename (void *, std::uint32_t type)
{
  return GNUNET_GNSRECORD_TYPE_PLACE == type ? type_name : nullptr;
}

// A resolver that does not know PLACE may go on with the other records.
enum GNUNET_GenericReturnValue
is_critical (void *, std::uint32_t)
{
  return GNUNET_NO;
}
} // namespace

extern "C"
{
// Entry points, looked up by name.
void *libgnunet_plugin_gnsrecord_place_init (void *cls);
void *libgnunet_plugin_gnsrecord_place_done (void *cls);

void *
libgnunet_plugin_gnsrecord_place_init (void *)
{
  auto *api = GNUNET_new (struct GNUNET_GNSRECORD_PluginFunctions);
  api->value_to_string = &value_to_string;
  api->string_to_value = &string_to_value;
  api->typename_to_number = &typename_to_number;
  api->number_to_typename = &number_to_typename;
  api->is_critical = &is_critical;
  return api;
}

void *
libgnunet_plugin_gnsrecord_place_done (void *cls)
{
  GNUNET_free (cls);
  return nullptr;
}
}
