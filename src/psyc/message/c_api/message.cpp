// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Messages in one piece and delivery headers: gnunet_psyc_message.h.
#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "gnunet_multicast_service.h"
#include "psyc/message/c_api/environment.hpp"
#include "psyc/message/c_api/fragment.hpp"
#include "psyc/message/names.hpp"
#include "psyc/message/part_checker.hpp"
#include "psyc/message/part_writer.hpp"

using psyc::c_api::after;
using psyc::c_api::parts_of;

namespace
{
// Header and parts; leaves room for every delivery header.
constexpr std::size_t message_size_max = 64000;

bool
write_environment (psyc::PartWriter &writer,
                   const struct GNUNET_PSYC_Environment *env)
{
  const auto *mod = nullptr == env ? nullptr : env->head;
  for (; nullptr != mod; mod = mod->next)
  {
    const auto oper
        = psyc::operator_from (static_cast<std::uint8_t> (mod->oper));
    if (! oper || mod->value_size > message_size_max)
      return false;
    if (! writer.modifier (
            *oper, mod->name,
            { static_cast<const std::uint8_t *> (mod->value), mod->value_size })
        || writer.pending () > message_size_max)
      return false;
  }
  return true;
}

// A message in one piece taken apart, without copying what need not be.
struct Pieces
{
  struct Modifier
  {
    psyc::Operator oper = psyc::Operator::set;
    const char *name = nullptr;
    // Whichever is not empty; `joined` when it came in several parts.
    base::ByteView value;
    base::Bytes joined;
  };

  const char *method = nullptr;
  std::vector<Modifier> modifiers;
  base::ByteView data;
  base::Bytes joined_data;
};

// The views of values and data that come in more than one piece.
void
join (base::ByteView &view, base::Bytes &joined, base::ByteView more)
{
  if (view.empty () && joined.empty ())
  {
    view = more;
    return;
  }
  if (joined.empty ())
    joined = base::to_bytes (view);
  joined.insert (joined.end (), more.begin (), more.end ());
  view = joined;
}

void
take_part (Pieces &pieces, const psyc::Part &part)
{
  if (const auto *method = std::get_if<psyc::MethodPart> (&part))
    pieces.method = method->name.data ();
  else if (const auto *modifier = std::get_if<psyc::ModifierPart> (&part))
    pieces.modifiers.push_back (
        { modifier->oper, modifier->name.data (), modifier->value, {} });
  else if (const auto *more = std::get_if<psyc::ModContPart> (&part))
    join (pieces.modifiers.back ().value, pieces.modifiers.back ().joined,
          more->value);
  else if (const auto *data = std::get_if<psyc::DataPart> (&part))
    join (pieces.data, pieces.joined_data, data->data);
}

std::optional<Pieces>
take_apart (base::ByteView parts)
{
  psyc::PartReader reader (parts);
  psyc::PartChecker checker;
  Pieces pieces;
  while (const auto part = reader.next ())
  {
    if (psyc::PartError::none != checker.on_part (*part))
      return std::nullopt;
    take_part (pieces, *part);
  }
  if (psyc::PartError::none != reader.error ()
      || psyc::PartChecker::State::ended != checker.state ())
    return std::nullopt;
  return pieces;
}

void
add_modifier (struct GNUNET_PSYC_Environment *env,
              const Pieces::Modifier &modifier)
{
  const auto oper = static_cast<enum GNUNET_PSYC_Operator> (modifier.oper);
  if (modifier.joined.empty ())
    GNUNET_PSYC_env_add (env, oper, modifier.name, modifier.value.data (),
                         modifier.value.size ());
  else
    GNUNET_PSYC_env_add_copy (env, oper, modifier.name, modifier.joined.data (),
                              modifier.joined.size ());
}

int
parse (std::optional<base::ByteView> parts, const char **method_name,
       struct GNUNET_PSYC_Environment *env, const void **data,
       uint16_t *data_size)
{
  auto pieces = parts ? take_apart (*parts) : std::nullopt;
  if (! pieces || (! pieces->joined_data.empty () && nullptr == env))
    return GNUNET_SYSERR;
  *method_name = pieces->method;
  // The sum of parts of one message is below 64 KiB.
  *data_size = static_cast<uint16_t> (pieces->data.size ());
  *data = pieces->data.empty () ? nullptr : pieces->data.data ();
  if (nullptr == env)
    return GNUNET_OK;
  for (const auto &modifier : pieces->modifiers)
    add_modifier (env, modifier);
  if (! pieces->joined_data.empty ())
  {
    env->joined.push_back (
        std::make_unique<base::Bytes> (std::move (pieces->joined_data)));
    *data = env->joined.back ()->data ();
  }
  return GNUNET_OK;
}

// Header and parts in one allocation; the header's other fields are zero.
struct GNUNET_PSYC_MessageHeader *
make_header (base::ByteView parts)
{
  using Header = struct GNUNET_PSYC_MessageHeader;
  const std::size_t size = sizeof (Header) + parts.size ();
  if (size > std::numeric_limits<std::uint16_t>::max ())
    return nullptr;
  auto *pmsg = static_cast<Header *> (GNUNET_malloc (size));
  pmsg->header.size = htons (static_cast<std::uint16_t> (size));
  pmsg->header.type = htons (GNUNET_MESSAGE_TYPE_PSYC_MESSAGE_HEADER);
  if (! parts.empty ())
    std::memcpy (&pmsg[1], parts.data (), parts.size ());
  return pmsg;
}
} // namespace

struct GNUNET_PSYC_Message *
GNUNET_PSYC_message_create (const char *method_name,
                            const struct GNUNET_PSYC_Environment *env,
                            const void *data, size_t data_size)
{
  psyc::PartWriter writer (psyc::PartWriter::chunk_limit);
  if (nullptr == method_name || data_size > message_size_max
      || ! writer.method (method_name, 0, psyc::state_not_modified)
      || ! write_environment (writer, env))
    return nullptr;
  writer.data ({ static_cast<const std::uint8_t *> (data),
                 nullptr == data ? 0 : data_size });
  writer.end ();
  const std::size_t size
      = sizeof (struct GNUNET_PSYC_Message) + writer.pending ();
  if (size > message_size_max)
    return nullptr;
  writer.flush ();
  const auto parts = writer.take ();
  auto *msg = static_cast<struct GNUNET_PSYC_Message *> (GNUNET_malloc (size));
  msg->header.size = htons (static_cast<std::uint16_t> (size));
  msg->header.type = htons (GNUNET_MESSAGE_TYPE_PSYC_MESSAGE);
  std::memcpy (&msg[1], parts->data (), parts->size ());
  return msg;
}

int
GNUNET_PSYC_message_parse (const struct GNUNET_PSYC_MessageHeader *msg,
                           const char **method_name,
                           struct GNUNET_PSYC_Environment *env,
                           const void **data, uint16_t *data_size)
{
  return parse (parts_of (msg), method_name, env, data, data_size);
}

int
GNUNET_PSYC_message_parse_short (const struct GNUNET_PSYC_Message *msg,
                                 const char **method_name,
                                 struct GNUNET_PSYC_Environment *env,
                                 const void **data, uint16_t *data_size)
{
  return parse (after (&msg->header, sizeof (*msg)), method_name, env, data,
                data_size);
}

void
GNUNET_PSYC_message_header_init (
    struct GNUNET_PSYC_MessageHeader *pmsg,
    const struct GNUNET_MULTICAST_MessageHeader *mmsg, uint32_t flags)
{
  const auto body = after (&mmsg->header, sizeof (*mmsg));
  const std::size_t size
      = std::min<std::size_t> (sizeof (*pmsg) + (body ? body->size () : 0),
                               std::numeric_limits<std::uint16_t>::max ());
  *pmsg = {};
  pmsg->header.size = htons (static_cast<std::uint16_t> (size));
  pmsg->header.type = htons (GNUNET_MESSAGE_TYPE_PSYC_MESSAGE_HEADER);
  pmsg->flags = htonl (flags);
  // Both in network byte order already.
  pmsg->message_id = mmsg->message_id;
  pmsg->fragment_offset = mmsg->fragment_offset;
}

struct GNUNET_PSYC_MessageHeader *
GNUNET_PSYC_message_header_create (
    const struct GNUNET_MULTICAST_MessageHeader *mmsg, uint32_t flags)
{
  const auto body = after (&mmsg->header, sizeof (*mmsg));
  auto *pmsg = body ? make_header (*body) : nullptr;
  if (nullptr != pmsg)
    GNUNET_PSYC_message_header_init (pmsg, mmsg, flags);
  return pmsg;
}

struct GNUNET_PSYC_MessageHeader *
GNUNET_PSYC_message_header_create_from_psyc (
    const struct GNUNET_PSYC_Message *msg)
{
  const auto parts = after (&msg->header, sizeof (*msg));
  return parts ? make_header (*parts) : nullptr;
}

int
GNUNET_PSYC_receive_check_parts (uint16_t data_size, const char *data,
                                 uint16_t *first_ptype, uint16_t *last_ptype)
{
  const auto run = psyc::check_run (
      { reinterpret_cast<const std::uint8_t *> (data), data_size });
  if (psyc::PartError::none != run.error)
    return GNUNET_SYSERR;
  const auto type = [&] (psyc::PartType part)
  { return 0 == run.count ? uint16_t{ 0 } : static_cast<uint16_t> (part); };
  if (nullptr != first_ptype)
    *first_ptype = type (run.first);
  if (nullptr != last_ptype)
    *last_ptype = type (run.last);
  return static_cast<int> (run.count);
}
