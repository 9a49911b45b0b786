// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Whatever bytes come as message parts: nothing outside them is read, nothing
// is lost on the way through writer and reader, and the C interface calls back
// in a sensible order.
#include <cstring>

#include "shell/gnunet.hpp"

#include "fuzz_input.hpp"
#include "gnunet_psyc_util_lib.h"
#include "psyc/message/message.hpp"
#include "psyc/message/part_checker.hpp"
#include "psyc/message/part_writer.hpp"
#include "psyc/message/variables.hpp"

namespace
{
using fuzz::require;

// What can be read can be written, and reads the same.
void
check_round_trip (base::ByteView parts)
{
  const auto message = psyc::parse_message (parts);
  if (! message)
    return;
  const auto written = psyc::encode_message (*message, 65000);
  if (written)
    require (message == psyc::parse_message (*written));
  psyc::PartWriter writer (psyc::PartWriter::chunk_min);
  psyc::PartReader reader (parts);
  while (const auto part = reader.next ())
    require (writer.add (*part));
  writer.flush ();
  base::Bytes all;
  while (const auto chunk = writer.take ())
  {
    require (psyc::PartError::none == psyc::check_run (*chunk).error);
    all.insert (all.end (), chunk->begin (), chunk->end ());
  }
  require (message == psyc::parse_message (all));
}

// A run that follows from some beginning is accepted by itself as well.
void
check_run_agrees (base::ByteView parts)
{
  psyc::PartChecker checker;
  psyc::PartReader reader (parts);
  while (const auto part = reader.next ())
  {
    if (psyc::PartError::none != checker.on_part (*part))
      return;
  }
  require (psyc::PartError::none != reader.error ()
           || psyc::PartError::none == psyc::check_run (parts).error);
}

// What the slicer's callbacks see of one message.
struct Watch
{
  bool is_begun = false;
  std::uint64_t value_missing = 0;

  static void
  on_method (void *cls, const struct GNUNET_PSYC_MessageHeader *,
             const struct GNUNET_PSYC_MessageMethod *, uint64_t,
             const char *name)
  {
    auto *self = static_cast<Watch *> (cls);
    require (! self->is_begun && '_' == name[0]);
    self->is_begun = true;
  }

  static void
  on_modifier (void *cls, const struct GNUNET_PSYC_MessageHeader *,
               const struct GNUNET_MessageHeader *, uint64_t,
               enum GNUNET_PSYC_Operator, const char *name, const void *value,
               uint32_t size, uint32_t offset, uint32_t full_size)
  {
    auto *self = static_cast<Watch *> (cls);
    require (self->is_begun && '_' == name[0]);
    if (0 == offset)
      self->value_missing = full_size;
    require (size <= self->value_missing && offset + size <= full_size);
    self->value_missing -= size;
    // Reads every byte, for the sanitizer's sake.
    base::Bytes copy (size);
    if (0 != size)
      std::memcpy (copy.data (), value, size);
  }

  static void
  on_data (void *cls, const struct GNUNET_PSYC_MessageHeader *,
           const struct GNUNET_MessageHeader *, uint64_t, const void *data,
           uint16_t size)
  {
    auto *self = static_cast<Watch *> (cls);
    require (self->is_begun && 0 == self->value_missing);
    base::Bytes copy (size);
    if (0 != size)
      std::memcpy (copy.data (), data, size);
  }

  static void
  on_end (void *cls, const struct GNUNET_PSYC_MessageHeader *,
          const struct GNUNET_MessageHeader *, uint64_t, uint8_t)
  {
    auto *self = static_cast<Watch *> (cls);
    require (self->is_begun);
    *self = {};
  }
};

// A delivery header before these parts.
base::Bytes
delivery (std::uint64_t offset, base::ByteView parts)
{
  base::Bytes out (sizeof (struct GNUNET_PSYC_MessageHeader));
  out.insert (out.end (), parts.begin (), parts.end ());
  auto *msg
      = reinterpret_cast<struct GNUNET_PSYC_MessageHeader *> (out.data ());
  msg->header.size = htons (static_cast<std::uint16_t> (out.size ()));
  msg->fragment_offset = GNUNET_htonll (offset);
  return out;
}

void
feed_part (void *cls, const struct GNUNET_PSYC_MessageHeader *msg,
           const struct GNUNET_MessageHeader *pmsg)
{
  GNUNET_PSYC_slicer_message_part (
      static_cast<struct GNUNET_PSYC_Slicer *> (cls), msg, pmsg);
}

// The input as two fragments of one message, through receiver and slicer; the
// second one also straight into the slicer.
void
check_c_interface (base::ByteView first, base::ByteView second)
{
  Watch watch;
  auto *slicer = GNUNET_PSYC_slicer_create ();
  auto *recv = GNUNET_PSYC_receive_create (nullptr, &feed_part, slicer);
  GNUNET_PSYC_slicer_method_add_wide (slicer, "_", nullptr, &Watch::on_method,
                                      &Watch::on_modifier, &Watch::on_data,
                                      &Watch::on_end, &watch);
  const auto one = delivery (0, first);
  const auto two = delivery (first.size (), second);
  const auto *one_msg
      = reinterpret_cast<const struct GNUNET_PSYC_MessageHeader *> (
          one.data ());
  const auto *two_msg
      = reinterpret_cast<const struct GNUNET_PSYC_MessageHeader *> (
          two.data ());
  (void)GNUNET_PSYC_receive_message (recv, one_msg);
  (void)GNUNET_PSYC_receive_message (recv, two_msg);
  GNUNET_PSYC_slicer_message (slicer, two_msg);
  auto *env = GNUNET_PSYC_env_create ();
  const char *method = nullptr;
  const void *data = nullptr;
  uint16_t size = 0;
  (void)GNUNET_PSYC_message_parse (one_msg, &method, env, &data, &size);
  GNUNET_PSYC_env_destroy (env);
  GNUNET_PSYC_receive_destroy (recv);
  GNUNET_PSYC_slicer_destroy (slicer);
}

void
check_values (base::ByteView input)
{
  if (const auto list = psyc::parse_list (input))
    require (list == psyc::parse_list (psyc::render_list (*list)));
  if (const auto dict = psyc::parse_dict (input))
    require (dict == psyc::parse_dict (psyc::render_dict (*dict)));
  const std::size_t half = input.size () / 2;
  for (const auto *name : { "_list", "_dict", "_amount", "_topic" })
  {
    for (const auto oper : { psyc::Operator::augment, psyc::Operator::diminish,
                             psyc::Operator::update })
      (void)psyc::apply_operator (name, input.first (half), oper,
                                  input.subspan (half));
  }
}
} // namespace

extern "C" int
LLVMFuzzerTestOneInput (const std::uint8_t *data, std::size_t size)
{
  if (size < 2 || size > 60000)
    return 0;
  const std::size_t cut = (std::size_t{ data[0] } << 8 | data[1]) % (size - 1);
  const base::ByteView parts{ data + 2, size - 2 };
  check_round_trip (parts);
  check_run_agrees (parts);
  check_c_interface (parts.first (cut), parts.subspan (cut));
  check_values (parts);
  return 0;
}
