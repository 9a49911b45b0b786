// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Values and operators: gnunet_psyc_env.h, second half.
#include <cstring>
#include <utility>

#include "gnunet_psyc_env.h"
#include "psyc/message/variables.hpp"

namespace
{
base::ByteView
view (const void *data, size_t size)
{
  if (nullptr == data)
    return {};
  return { static_cast<const std::uint8_t *> (data), size };
}

// A copy of `bytes` from GNUNET_malloc with a NUL behind, which is not counted.
void *
allocate (base::ByteView bytes, size_t *size)
{
  auto *copy = static_cast<std::uint8_t *> (GNUNET_malloc (bytes.size () + 1));
  if (! bytes.empty ())
    std::memcpy (copy, bytes.data (), bytes.size ());
  *size = bytes.size ();
  return copy;
}

// An entry with its bytes behind it, in one allocation.
struct GNUNET_PSYC_DictEntry *
make_entry (base::ByteView key, base::ByteView value)
{
  using Entry = struct GNUNET_PSYC_DictEntry;
  auto *raw = static_cast<char *> (
      GNUNET_malloc (sizeof (Entry) + key.size () + 1 + value.size () + 1));
  auto *entry = reinterpret_cast<Entry *> (raw);
  char *key_copy = raw + sizeof (Entry);
  char *value_copy = key_copy + key.size () + 1;
  if (! key.empty ())
    std::memcpy (key_copy, key.data (), key.size ());
  if (! value.empty ())
    std::memcpy (value_copy, value.data (), value.size ());
  entry->key = key_copy;
  entry->key_size = key.size ();
  entry->value = value_copy;
  entry->value_size = value.size ();
  return entry;
}

struct GNUNET_HashCode
key_hash (base::ByteView key)
{
  struct GNUNET_HashCode hash;
  GNUNET_CRYPTO_hash (key.data (), key.size (), &hash);
  return hash;
}

void
set_entry (struct GNUNET_CONTAINER_MultiHashMap *dict, base::ByteView key,
           base::ByteView value)
{
  const auto hash = key_hash (key);
  auto *old = GNUNET_CONTAINER_multihashmap_get (dict, &hash);
  if (nullptr != old)
  {
    (void)GNUNET_CONTAINER_multihashmap_remove (dict, &hash, old);
    GNUNET_free (old);
  }
  (void)GNUNET_CONTAINER_multihashmap_put (
      dict, &hash, make_entry (key, value),
      GNUNET_CONTAINER_MULTIHASHMAPOPTION_UNIQUE_ONLY);
}

enum GNUNET_GenericReturnValue
collect_entry (void *cls, const struct GNUNET_HashCode *, void *value)
{
  auto *dict = static_cast<psyc::Dict *> (cls);
  const auto *entry = static_cast<const struct GNUNET_PSYC_DictEntry *> (value);
  dict->insert_or_assign (
      std::string (entry->key, entry->key_size),
      base::to_bytes (view (entry->value, entry->value_size)));
  return GNUNET_YES;
}

enum GNUNET_GenericReturnValue
free_entry (void *, const struct GNUNET_HashCode *, void *value)
{
  GNUNET_free (value);
  return GNUNET_YES;
}
} // namespace

enum GNUNET_PSYC_Type
GNUNET_PSYC_var_get_type (char *name)
{
  return static_cast<enum GNUNET_PSYC_Type> (psyc::variable_type (name));
}

int
GNUNET_PSYC_operation (char *name, void *current_value,
                       size_t current_value_size,
                       enum GNUNET_PSYC_Operator oper, void *args,
                       size_t args_size, void **return_value,
                       size_t *return_value_size)
{
  const auto operation = psyc::operator_from (static_cast<std::uint8_t> (oper));
  if (! operation)
    return GNUNET_SYSERR;
  const auto result
      = psyc::apply_operator (name, view (current_value, current_value_size),
                              *operation, view (args, args_size));
  if (psyc::ValueError::none != result.error)
    return GNUNET_SYSERR;
  *return_value = nullptr;
  *return_value_size = 0;
  if (! result.value.empty ())
    *return_value = allocate (result.value, return_value_size);
  return GNUNET_OK;
}

int
GNUNET_PSYC_value_to_number (size_t size, const void *value, int64_t *number)
{
  const auto parsed = psyc::parse_number (view (value, size));
  if (! parsed)
    return GNUNET_SYSERR;
  *number = *parsed;
  return GNUNET_OK;
}

void *
GNUNET_PSYC_value_from_number (int64_t number, size_t *value_size)
{
  const std::string text = psyc::render_number (number);
  return allocate (base::as_bytes (text), value_size);
}

int
GNUNET_PSYC_value_to_dict (size_t size, const void *value,
                           struct GNUNET_CONTAINER_MultiHashMap **dict)
{
  const auto parsed = psyc::parse_dict (view (value, size));
  if (! parsed)
    return GNUNET_SYSERR;
  *dict = GNUNET_CONTAINER_multihashmap_create (
      static_cast<unsigned int> (parsed->size () + 1), GNUNET_NO);
  for (const auto &[key, content] : *parsed)
    set_entry (*dict, base::as_bytes (key), content);
  return GNUNET_OK;
}

void *
GNUNET_PSYC_value_from_dict (struct GNUNET_CONTAINER_MultiHashMap *dict,
                             size_t *value_size)
{
  psyc::Dict entries;
  (void)GNUNET_CONTAINER_multihashmap_iterate (dict, &collect_entry, &entries);
  const auto rendered = psyc::render_dict (entries);
  *value_size = 0;
  return rendered.empty () ? nullptr : allocate (rendered, value_size);
}

void
GNUNET_PSYC_dict_set (struct GNUNET_CONTAINER_MultiHashMap *dict,
                      const char *key, const void *value, size_t value_size)
{
  set_entry (dict, base::as_bytes (key), view (value, value_size));
}

const struct GNUNET_PSYC_DictEntry *
GNUNET_PSYC_dict_get (struct GNUNET_CONTAINER_MultiHashMap *dict,
                      const char *key)
{
  const auto hash = key_hash (base::as_bytes (key));
  return static_cast<const struct GNUNET_PSYC_DictEntry *> (
      GNUNET_CONTAINER_multihashmap_get (dict, &hash));
}

void
GNUNET_PSYC_dict_destroy (struct GNUNET_CONTAINER_MultiHashMap *dict)
{
  if (nullptr == dict)
    return;
  (void)GNUNET_CONTAINER_multihashmap_iterate (dict, &free_entry, nullptr);
  GNUNET_CONTAINER_multihashmap_destroy (dict);
}

int64_t
GNUNET_PSYC_value_to_list (size_t size, const void *value,
                           GNUNET_PSYC_ListIterator it, void *it_cls)
{
  const auto list = psyc::parse_list (view (value, size));
  if (! list)
    return -1;
  for (const auto &element : *list)
  {
    if (nullptr == it
        || GNUNET_YES != it (it_cls, element.data (), element.size ()))
      break;
  }
  return static_cast<int64_t> (list->size ());
}

int
GNUNET_PSYC_list_append (void **list, size_t *list_size, const void *element,
                         size_t element_size)
{
  if (element_size > psyc::value_size_max)
    return GNUNET_SYSERR;
  auto parsed = psyc::parse_list (view (*list, *list_size));
  if (! parsed || parsed->size () >= psyc::elements_max
      || *list_size + element_size > psyc::value_size_max)
    return GNUNET_SYSERR;
  parsed->push_back (base::to_bytes (view (element, element_size)));
  const auto rendered = psyc::render_list (*parsed);
  if (rendered.size () > psyc::value_size_max)
    return GNUNET_SYSERR;
  GNUNET_free (*list);
  *list = allocate (rendered, list_size);
  return GNUNET_OK;
}
