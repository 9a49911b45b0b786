// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The C interface: environments, values, messages in one piece.
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <random>

// After the headers above: GNUnet makes a macro of gettext.
#include "shell/gnunet.hpp"

#include "gnunet_multicast_service.h"
#include "gnunet_psyc_util_lib.h"
#include "part_builder.hpp"

namespace
{
using Environment = std::unique_ptr<struct GNUNET_PSYC_Environment,
                                    decltype (&GNUNET_PSYC_env_destroy)>;

Environment
environment ()
{
  return { GNUNET_PSYC_env_create (), &GNUNET_PSYC_env_destroy };
}

template <typename T>
auto
freed (T *pointer)
{
  const auto release = [] (T *p) { GNUNET_free (p); };
  return std::unique_ptr<T, decltype (release)> (pointer, release);
}

int
collect (void *cls, enum GNUNET_PSYC_Operator oper, const char *name,
         const char *value, uint32_t value_size)
{
  auto *out = static_cast<std::string *> (cls);
  *out += static_cast<char> (oper);
  *out += name;
  *out += "=" + std::string (value, value_size) + ";";
  return std::string::npos == out->find ("_stop") ? GNUNET_YES : GNUNET_NO;
}

std::string
all_of (const Environment &env)
{
  std::string out;
  GNUNET_PSYC_env_iterate (env.get (), &collect, &out);
  return out;
}

// A delivery header with these parts.
base::Bytes
delivery (base::ByteView parts)
{
  base::Bytes out (sizeof (struct GNUNET_PSYC_MessageHeader));
  out.insert (out.end (), parts.begin (), parts.end ());
  auto *msg
      = reinterpret_cast<struct GNUNET_PSYC_MessageHeader *> (out.data ());
  msg->header.size = htons (static_cast<std::uint16_t> (out.size ()));
  msg->header.type = htons (GNUNET_MESSAGE_TYPE_PSYC_MESSAGE_HEADER);
  return out;
}

const struct GNUNET_PSYC_MessageHeader *
as_delivery (const base::Bytes &bytes)
{
  return reinterpret_cast<const struct GNUNET_PSYC_MessageHeader *> (
      bytes.data ());
}

struct Parsed
{
  int result = GNUNET_SYSERR;
  const char *method = nullptr;
  const void *data = nullptr;
  uint16_t data_size = 0;
};

Parsed
parse (const base::Bytes &message, struct GNUNET_PSYC_Environment *env)
{
  Parsed out;
  out.result = GNUNET_PSYC_message_parse (as_delivery (message), &out.method,
                                          env, &out.data, &out.data_size);
  return out;
}
} // namespace

TEST (Environment, KeepsModifiersInOrder)
{
  const auto env = environment ();
  EXPECT_EQ (nullptr, GNUNET_PSYC_env_head (env.get ()));
  GNUNET_PSYC_env_add (env.get (), GNUNET_PSYC_OP_SET, "_a", "1", 1);
  GNUNET_PSYC_env_add (env.get (), GNUNET_PSYC_OP_ASSIGN, "_b", nullptr, 0);
  GNUNET_PSYC_env_add (env.get (), GNUNET_PSYC_OP_AUGMENT, "_c", "3", 1);
  EXPECT_EQ (3u, GNUNET_PSYC_env_get_count (env.get ()));
  EXPECT_EQ (":_a=1;=_b=;+_c=3;", all_of (env));
  EXPECT_STREQ ("_a", GNUNET_PSYC_env_head (env.get ())->name);
  EXPECT_STREQ ("_c", GNUNET_PSYC_env_tail (env.get ())->name);
  GNUNET_PSYC_env_remove (env.get (), GNUNET_PSYC_env_head (env.get ())->next);
  EXPECT_EQ (":_a=1;+_c=3;", all_of (env));
  GNUNET_PSYC_env_remove (env.get (), GNUNET_PSYC_env_tail (env.get ()));
  GNUNET_PSYC_env_remove (env.get (), GNUNET_PSYC_env_head (env.get ()));
  EXPECT_EQ (0u, GNUNET_PSYC_env_get_count (env.get ()));
  EXPECT_EQ (nullptr, GNUNET_PSYC_env_tail (env.get ()));
}

TEST (Environment, StopsIteratingWhenToldTo)
{
  const auto env = environment ();
  GNUNET_PSYC_env_add (env.get (), GNUNET_PSYC_OP_SET, "_stop", "", 0);
  GNUNET_PSYC_env_add (env.get (), GNUNET_PSYC_OP_SET, "_never", "", 0);
  EXPECT_EQ (":_stop=;", all_of (env));
}

TEST (Environment, CopiesWhenAskedTo)
{
  const auto env = environment ();
  {
    std::string name = "_gone_soon";
    std::string value (1000, 'v');
    GNUNET_PSYC_env_add_copy (env.get (), GNUNET_PSYC_OP_SET, name.c_str (),
                              value.data (), value.size ());
    name.assign (10, 'X');
    value.assign (1000, 'X');
  }
  EXPECT_EQ (":_gone_soon=" + std::string (1000, 'v') + ";", all_of (env));
  // What is shifted out stays readable as long as the environment.
  enum GNUNET_PSYC_Operator oper;
  const char *name = nullptr;
  const void *value = nullptr;
  size_t size = 0;
  EXPECT_EQ (GNUNET_OK,
             GNUNET_PSYC_env_shift (env.get (), &oper, &name, &value, &size));
  EXPECT_STREQ ("_gone_soon", name);
  EXPECT_EQ (std::string (1000, 'v'),
             std::string (static_cast<const char *> (value), size));
  EXPECT_EQ (GNUNET_NO,
             GNUNET_PSYC_env_shift (env.get (), &oper, &name, &value, &size));
}

TEST (Environment, IsBigWithoutBeingSlow)
{
  const auto env = environment ();
  for (int i = 0; i < 20000; i++)
    GNUNET_PSYC_env_add (env.get (), GNUNET_PSYC_OP_SET, "_a", "1", 1);
  enum GNUNET_PSYC_Operator oper;
  const char *name;
  const void *value;
  size_t size;
  int count = 0;
  while (GNUNET_OK
         == GNUNET_PSYC_env_shift (env.get (), &oper, &name, &value, &size))
    count++;
  EXPECT_EQ (20000, count);
}

TEST (Values, GoThroughTheCInterface)
{
  char list[] = "_list_x";
  char data[] = "_topic";
  char amount[] = "_amount";
  EXPECT_EQ (GNUNET_PSYC_TYPE_LIST, GNUNET_PSYC_var_get_type (list));
  EXPECT_EQ (GNUNET_PSYC_TYPE_DATA, GNUNET_PSYC_var_get_type (data));
  void *result = nullptr;
  size_t size = 0;
  char one[] = "1";
  char two[] = "41";
  ASSERT_EQ (GNUNET_OK,
             GNUNET_PSYC_operation (amount, one, 1, GNUNET_PSYC_OP_AUGMENT, two,
                                    2, &result, &size));
  EXPECT_EQ ("42", std::string (static_cast<char *> (result), size));
  GNUNET_free (result);
  EXPECT_EQ (GNUNET_OK,
             GNUNET_PSYC_operation (data, one, 1, GNUNET_PSYC_OP_ASSIGN,
                                    nullptr, 0, &result, &size));
  EXPECT_EQ (nullptr, result);
  EXPECT_EQ (0u, size);
  EXPECT_EQ (GNUNET_SYSERR,
             GNUNET_PSYC_operation (amount, data, 2, GNUNET_PSYC_OP_AUGMENT,
                                    two, 2, &result, &size));
  EXPECT_EQ (GNUNET_SYSERR,
             GNUNET_PSYC_operation (
                 amount, one, 1, static_cast<enum GNUNET_PSYC_Operator> ('?'),
                 two, 2, &result, &size));
  int64_t number = 0;
  EXPECT_EQ (GNUNET_OK, GNUNET_PSYC_value_to_number (2, "-7", &number));
  EXPECT_EQ (-7, number);
  EXPECT_EQ (GNUNET_SYSERR, GNUNET_PSYC_value_to_number (2, "7x", &number));
  EXPECT_EQ (GNUNET_SYSERR, GNUNET_PSYC_value_to_number (0, nullptr, &number));
  const auto text = freed (GNUNET_PSYC_value_from_number (INT64_MIN, &size));
  EXPECT_STREQ ("-9223372036854775808", static_cast<char *> (text.get ()));
  EXPECT_EQ (20u, size);
}

TEST (Values, HaveDictionariesAsHashMaps)
{
  struct GNUNET_CONTAINER_MultiHashMap *dict = nullptr;
  const std::string text = "{b}two{a}one{c}";
  ASSERT_EQ (GNUNET_OK,
             GNUNET_PSYC_value_to_dict (text.size (), text.data (), &dict));
  EXPECT_EQ (3u, GNUNET_CONTAINER_multihashmap_size (dict));
  const auto *entry = GNUNET_PSYC_dict_get (dict, "a");
  ASSERT_NE (nullptr, entry);
  EXPECT_STREQ ("one", static_cast<const char *> (entry->value));
  EXPECT_EQ (nullptr, GNUNET_PSYC_dict_get (dict, "x"));
  GNUNET_PSYC_dict_set (dict, "a", "1", 1);
  size_t size = 0;
  {
    const auto rendered = freed (GNUNET_PSYC_value_from_dict (dict, &size));
    EXPECT_EQ ("{a}1{b}two{c}",
               std::string (static_cast<char *> (rendered.get ()), size));
  }
  GNUNET_PSYC_dict_destroy (dict);
  EXPECT_EQ (GNUNET_SYSERR, GNUNET_PSYC_value_to_dict (1, "{", &dict));
  ASSERT_EQ (GNUNET_OK, GNUNET_PSYC_value_to_dict (0, nullptr, &dict));
  EXPECT_EQ (nullptr, GNUNET_PSYC_value_from_dict (dict, &size));
  GNUNET_PSYC_dict_destroy (dict);
}

TEST (Values, HaveListsToAppendToAndWalk)
{
  void *list = nullptr;
  size_t size = 0;
  ASSERT_EQ (GNUNET_OK, GNUNET_PSYC_list_append (&list, &size, "a", 1));
  ASSERT_EQ (GNUNET_OK, GNUNET_PSYC_list_append (&list, &size, "b|", 2));
  EXPECT_EQ ("1 a2 b|", std::string (static_cast<char *> (list), size));
  std::string seen;
  const auto it = [] (void *cls, const void *element, size_t element_size)
  {
    *static_cast<std::string *> (cls)
        += std::string (static_cast<const char *> (element), element_size);
    return static_cast<int> (GNUNET_YES);
  };
  EXPECT_EQ (2, GNUNET_PSYC_value_to_list (size, list, it, &seen));
  EXPECT_EQ ("ab|", seen);
  EXPECT_EQ (-1, GNUNET_PSYC_value_to_list (1, "x", nullptr, nullptr));
  GNUNET_free (list);
}

TEST (OnePiece, ComesApartAsItWasMade)
{
  const auto env = environment ();
  GNUNET_PSYC_env_add (env.get (), GNUNET_PSYC_OP_SET, "_nick", "anna", 4);
  GNUNET_PSYC_env_add (env.get (), GNUNET_PSYC_OP_ASSIGN, "_gone", nullptr, 0);
  const auto msg = freed (
      GNUNET_PSYC_message_create ("_request_enter", env.get (), "hi", 2));
  ASSERT_NE (nullptr, msg);
  const auto pmsg
      = freed (GNUNET_PSYC_message_header_create_from_psyc (msg.get ()));
  ASSERT_NE (nullptr, pmsg);
  const auto out = environment ();
  const char *method = nullptr;
  const void *data = nullptr;
  uint16_t size = 0;
  ASSERT_EQ (GNUNET_OK, GNUNET_PSYC_message_parse (pmsg.get (), &method,
                                                   out.get (), &data, &size));
  EXPECT_STREQ ("_request_enter", method);
  EXPECT_EQ (":_nick=anna;=_gone=;", all_of (out));
  EXPECT_EQ ("hi", std::string (static_cast<const char *> (data), size));
  const auto again = environment ();
  EXPECT_EQ (GNUNET_OK, GNUNET_PSYC_message_parse_short (
                            msg.get (), &method, again.get (), &data, &size));
  EXPECT_EQ (":_nick=anna;=_gone=;", all_of (again));
}

TEST (OnePiece, WorksWithoutEnvironmentAndData)
{
  const auto msg
      = freed (GNUNET_PSYC_message_create ("_m", nullptr, nullptr, 0));
  ASSERT_NE (nullptr, msg);
  const char *method = nullptr;
  const void *data = "";
  uint16_t size = 1;
  EXPECT_EQ (GNUNET_OK, GNUNET_PSYC_message_parse_short (
                            msg.get (), &method, nullptr, &data, &size));
  EXPECT_EQ (nullptr, data);
  EXPECT_EQ (0, size);
}

TEST (OnePiece, IsNotMadeOfBadNamesOrTooMuch)
{
  const auto env = environment ();
  EXPECT_EQ (nullptr,
             GNUNET_PSYC_message_create ("no_name", nullptr, nullptr, 0));
  EXPECT_EQ (nullptr,
             GNUNET_PSYC_message_create (nullptr, nullptr, nullptr, 0));
  const std::string large (70000, 'x');
  EXPECT_EQ (nullptr,
             GNUNET_PSYC_message_create ("_m", nullptr, large.data (), 70000));
  // Below the limit each, above it together; above 64 KiB in 16 bits: 0.
  GNUNET_PSYC_env_add (env.get (), GNUNET_PSYC_OP_SET, "_a", large.data (),
                       32768);
  EXPECT_EQ (nullptr, GNUNET_PSYC_message_create ("_m", env.get (),
                                                  large.data (), 32768));
  EXPECT_EQ (nullptr, GNUNET_PSYC_message_create ("_m", env.get (),
                                                  large.data (), SIZE_MAX));
  GNUNET_PSYC_env_add (env.get (), GNUNET_PSYC_OP_SET, "bad name", "", 0);
  EXPECT_EQ (nullptr,
             GNUNET_PSYC_message_create ("_m", env.get (), nullptr, 0));
}

TEST (OnePiece, TakesTheMostThatFits)
{
  const std::string body (64000 - 4 - 16 - 3 - 4 - 4, 'x');
  const auto msg = freed (
      GNUNET_PSYC_message_create ("_m", nullptr, body.data (), body.size ()));
  ASSERT_NE (nullptr, msg);
  EXPECT_EQ (64000, ntohs (msg->header.size));
  EXPECT_EQ (nullptr, GNUNET_PSYC_message_create ("_m", nullptr, body.data (),
                                                  body.size () + 1));
}

TEST (OnePiece, JoinsWhatCameInPieces)
{
  const auto message = delivery (test::Parts ()
                                     .method ("_m")
                                     .modifier (':', "_a", 6, "")
                                     .mod_cont ("abc")
                                     .mod_cont ("def")
                                     .modifier (':', "_b", 1, "x")
                                     .data ("12")
                                     .data ("34")
                                     .end ());
  const auto env = environment ();
  const auto parsed = parse (message, env.get ());
  ASSERT_EQ (GNUNET_OK, parsed.result);
  EXPECT_EQ (":_a=abcdef;:_b=x;", all_of (env));
  EXPECT_EQ ("1234", std::string (static_cast<const char *> (parsed.data),
                                  parsed.data_size));
}

TEST (OnePiece, IsRefusedWhenMalformedAndSetsNothing)
{
  const auto env = environment ();
  const auto refused = [&] (base::ByteView parts)
  {
    const auto parsed = parse (delivery (parts), env.get ());
    return GNUNET_SYSERR == parsed.result && nullptr == parsed.method
           && 0 == GNUNET_PSYC_env_get_count (env.get ());
  };
  EXPECT_TRUE (refused ({}));
  EXPECT_TRUE (refused (test::Parts ().data ("x")));
  EXPECT_TRUE (refused (test::Parts ().method ("_m")));
  EXPECT_TRUE (refused (test::Parts ().method ("_m").cancel ()));
  EXPECT_TRUE (refused (
      test::Parts ().method ("_m").modifier ('=', "_a", 9, "x").end ()));
  const auto whole
      = test::Parts ().method ("_m").modifier ('=', "_a", 1, "x").end ();
  for (std::size_t size = 0; size < whole.get ().size (); size++)
    EXPECT_TRUE (refused (base::ByteView (whole).first (size))) << size;
}

TEST (OnePiece, SurvivesAHeaderThatIsShorterThanItself)
{
  auto message = delivery ({});
  for (std::uint8_t size = 0; size < message.size (); size++)
  {
    message[1] = size;
    EXPECT_EQ (GNUNET_SYSERR, parse (message, nullptr).result);
  }
  struct GNUNET_PSYC_Message msg = { { htons (2), htons (691) } };
  EXPECT_EQ (nullptr, GNUNET_PSYC_message_header_create_from_psyc (&msg));
}

TEST (DeliveryHeader, IsMadeFromAFragment)
{
  const base::Bytes parts = test::Parts ().method ("_m").end ();
  base::Bytes fragment (sizeof (struct GNUNET_MULTICAST_MessageHeader));
  fragment.insert (fragment.end (), parts.begin (), parts.end ());
  auto *mmsg = reinterpret_cast<struct GNUNET_MULTICAST_MessageHeader *> (
      fragment.data ());
  mmsg->header.size = htons (static_cast<std::uint16_t> (fragment.size ()));
  mmsg->header.type = htons (GNUNET_MESSAGE_TYPE_MULTICAST_MESSAGE);
  mmsg->message_id = GNUNET_htonll (77);
  mmsg->fragment_offset = GNUNET_htonll (88);
  const auto pmsg = freed (
      GNUNET_PSYC_message_header_create (mmsg, GNUNET_PSYC_MESSAGE_HISTORIC));
  ASSERT_NE (nullptr, pmsg);
  EXPECT_EQ (77u, GNUNET_ntohll (pmsg->message_id));
  EXPECT_EQ (88u, GNUNET_ntohll (pmsg->fragment_offset));
  EXPECT_EQ (1u, ntohl (pmsg->flags));
  EXPECT_EQ (sizeof (*pmsg) + parts.size (), ntohs (pmsg->header.size));
  EXPECT_EQ (0, std::memcmp (&pmsg.get ()[1], parts.data (), parts.size ()));
  GNUNET_PSYC_log_message (GNUNET_ERROR_TYPE_DEBUG, &mmsg->header);
  GNUNET_PSYC_log_message (GNUNET_ERROR_TYPE_DEBUG, &pmsg->header);
  mmsg->header.size = htons (8);
  EXPECT_EQ (nullptr, GNUNET_PSYC_message_header_create (mmsg, 0));
  GNUNET_PSYC_log_message (GNUNET_ERROR_TYPE_DEBUG, &mmsg->header);
}

TEST (CheckParts, CountsAndNamesFirstAndLast)
{
  const base::Bytes parts = test::Parts ().mod_cont ("x").data ("y").data ("z");
  uint16_t first = 0;
  uint16_t last = 0;
  const auto check = [&] (const base::Bytes &bytes)
  {
    return GNUNET_PSYC_receive_check_parts (
        static_cast<uint16_t> (bytes.size ()),
        reinterpret_cast<const char *> (bytes.data ()), &first, &last);
  };
  EXPECT_EQ (3, check (parts));
  EXPECT_EQ (GNUNET_MESSAGE_TYPE_PSYC_MESSAGE_MOD_CONT, first);
  EXPECT_EQ (GNUNET_MESSAGE_TYPE_PSYC_MESSAGE_DATA, last);
  EXPECT_EQ (GNUNET_SYSERR, check ({ 0, 9, 1, 1 }));
  EXPECT_EQ (0, GNUNET_PSYC_receive_check_parts (0, nullptr, nullptr, nullptr));
}
