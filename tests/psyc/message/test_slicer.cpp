// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Try and slice, and the receiver before it; callbacks that pull the rug.
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <random>

// After the headers above: GNUnet makes a macro of gettext.
#include "shell/gnunet.hpp"

#include "gnunet_psyc_util_lib.h"
#include "part_builder.hpp"

using test::Parts;

namespace
{
base::Bytes
fragment (std::uint64_t message_id, std::uint64_t offset, base::ByteView parts,
          std::uint32_t flags = 0)
{
  base::Bytes out (sizeof (struct GNUNET_PSYC_MessageHeader));
  out.insert (out.end (), parts.begin (), parts.end ());
  auto *msg
      = reinterpret_cast<struct GNUNET_PSYC_MessageHeader *> (out.data ());
  msg->header.size = htons (static_cast<std::uint16_t> (out.size ()));
  msg->header.type = htons (GNUNET_MESSAGE_TYPE_PSYC_MESSAGE_HEADER);
  msg->message_id = GNUNET_htonll (message_id);
  msg->fragment_offset = GNUNET_htonll (offset);
  msg->flags = htonl (flags);
  return out;
}

const struct GNUNET_PSYC_MessageHeader *
header (const base::Bytes &bytes)
{
  return reinterpret_cast<const struct GNUNET_PSYC_MessageHeader *> (
      bytes.data ());
}

// One handler's notes, and what it does besides.
struct Handler
{
  std::string id;
  std::string *notes = nullptr;
  std::function<void (const std::string &)> act;

  void
  note (const std::string &what)
  {
    *notes += id + what + " ";
    if (act)
      act (what);
  }

  static Handler &
  of (void *cls)
  {
    return *static_cast<Handler *> (cls);
  }

  static void
  on_msg (void *cls, const struct GNUNET_PSYC_MessageHeader *msg)
  {
    of (cls).note ("f" + std::to_string (GNUNET_ntohll (msg->message_id)));
  }
  static void
  on_method (void *cls, const struct GNUNET_PSYC_MessageHeader *,
             const struct GNUNET_PSYC_MessageMethod *meth, uint64_t,
             const char *name)
  {
    EXPECT_EQ (GNUNET_MESSAGE_TYPE_PSYC_MESSAGE_METHOD,
               ntohs (meth->header.type));
    of (cls).note (std::string ("m") + name);
  }
  static void
  on_modifier (void *cls, const struct GNUNET_PSYC_MessageHeader *,
               const struct GNUNET_MessageHeader *, uint64_t,
               enum GNUNET_PSYC_Operator oper, const char *name,
               const void *value, uint16_t size, uint16_t full)
  {
    of (cls).note (std::string (1, static_cast<char> (oper)) + name + "="
                   + std::string (static_cast<const char *> (value), size) + "/"
                   + std::to_string (full));
  }
  static void
  on_wide (void *cls, const struct GNUNET_PSYC_MessageHeader *,
           const struct GNUNET_MessageHeader *, uint64_t,
           enum GNUNET_PSYC_Operator, const char *name, const void *,
           uint32_t size, uint32_t offset, uint32_t full)
  {
    of (cls).note (std::string ("w") + name + "=" + std::to_string (offset)
                   + "+" + std::to_string (size) + "/" + std::to_string (full));
  }
  static void
  on_data (void *cls, const struct GNUNET_PSYC_MessageHeader *,
           const struct GNUNET_MessageHeader *, uint64_t, const void *data,
           uint16_t size)
  {
    of (cls).note (
        nullptr == data
            ? "dNULL"
            : "d" + std::string (static_cast<const char *> (data), size));
  }
  static void
  on_end (void *cls, const struct GNUNET_PSYC_MessageHeader *,
          const struct GNUNET_MessageHeader *pmsg, uint64_t id,
          uint8_t is_cancelled)
  {
    of (cls).note ((GNUNET_YES == is_cancelled ? "x" : "e")
                   + std::to_string (id) + (nullptr == pmsg ? "!" : ""));
  }
};

struct Fixture : testing::Test
{
  struct GNUNET_PSYC_Slicer *slicer = GNUNET_PSYC_slicer_create ();
  std::string notes;

  ~Fixture () override { GNUNET_PSYC_slicer_destroy (slicer); }

  Handler
  handler (const std::string &id)
  {
    return { id, &notes, {} };
  }

  // Everything but msg_cb.
  void
  add (const char *method, Handler &to)
  {
    GNUNET_PSYC_slicer_method_add (slicer, method, nullptr, &Handler::on_method,
                                   &Handler::on_modifier, &Handler::on_data,
                                   &Handler::on_end, &to);
  }

  int
  remove (const char *method)
  {
    return GNUNET_PSYC_slicer_method_remove (
        slicer, method, nullptr, &Handler::on_method, &Handler::on_modifier,
        &Handler::on_data, &Handler::on_end);
  }

  void
  feed (base::ByteView parts, std::uint64_t message_id = 1,
        std::uint64_t offset = 0)
  {
    const auto bytes = fragment (message_id, offset, parts);
    GNUNET_PSYC_slicer_message (slicer, header (bytes));
  }

  std::string
  take ()
  {
    return std::exchange (notes, {});
  }
};

using Slicer = Fixture;
} // namespace

TEST_F (Slicer, CallsTheNearestFirstThenShorterOnes)
{
  auto all = handler ("0");
  auto message = handler ("1");
  auto open = handler ("2");
  auto other = handler ("3");
  auto part_of_word = handler ("4");
  add ("_", all);
  add ("_message", message);
  add ("_message_public", open);
  add ("_notice", other);
  add ("_mess", part_of_word);
  feed (Parts ().method ("_message_public").end ());
  EXPECT_EQ ("2m_message_public 1m_message_public 0m_message_public "
             "2dNULL 1dNULL 0dNULL 2e1 1e1 0e1 ",
             take ());
  feed (Parts ().method ("_message_private_x").end ());
  EXPECT_EQ ("1m_message_private_x 0m_message_private_x "
             "1dNULL 0dNULL 1e1 0e1 ",
             take ());
}

TEST_F (Slicer, DeliversAWholeMessage)
{
  auto to = handler ("");
  GNUNET_PSYC_slicer_method_add (slicer, "", &Handler::on_msg,
                                 &Handler::on_method, &Handler::on_modifier,
                                 &Handler::on_data, &Handler::on_end, &to);
  feed (Parts ()
            .method ("_m")
            .modifier (':', "_a", 1, "x")
            .modifier ('=', "_gone", 0, "")
            .data ("hel")
            .data ("lo")
            .end ());
  EXPECT_EQ ("f1 m_m :_a=x/1 =_gone=/0 dhel dlo e1 ", take ());
}

TEST_F (Slicer, DeliversLongValuesInPiecesAndTheModifiersAfterThem)
{
  auto to = handler ("");
  GNUNET_PSYC_slicer_method_add (slicer, "_m", &Handler::on_msg, nullptr,
                                 &Handler::on_modifier, nullptr,
                                 &Handler::on_end, &to);
  const auto first = Parts ().method ("_m").modifier ('=', "_a", 4, "ab");
  feed (first);
  feed (Parts ()
            .mod_cont ("c")
            .mod_cont ("d")
            .modifier ('=', "_b", 1, "x")
            .end (),
        1, first.get ().size ());
  EXPECT_EQ ("f1 =_a=ab/4 f1 =_a=c/0 =_a=d/0 =_b=x/1 e1 ", take ());
}

TEST_F (Slicer, SaysTheLargestNumberForSizesBeyond16BitsAndTheTruthWide)
{
  auto narrow = handler ("");
  auto wide = handler ("");
  add ("_m", narrow);
  GNUNET_PSYC_slicer_method_add_wide (slicer, "_m", nullptr, nullptr,
                                      &Handler::on_wide, nullptr, nullptr,
                                      &wide);
  feed (Parts ().method ("_m").modifier ('=', "_a", 100000, "ab"));
  feed (Parts ().mod_cont ("xyz"), 1, 99);
  EXPECT_EQ ("m_m =_a=ab/65535 w_a=0+2/100000 =_a=xyz/0 w_a=2+3/100000 ",
             take ());
  EXPECT_EQ (GNUNET_YES, GNUNET_PSYC_slicer_method_remove_wide (
                             slicer, "_m", nullptr, nullptr, &Handler::on_wide,
                             nullptr, nullptr));
}

TEST_F (Slicer, DeliversVariablesByTheirNames)
{
  auto any = handler ("0");
  auto exact = handler ("1");
  GNUNET_PSYC_slicer_modifier_add (slicer, "_color", &Handler::on_modifier,
                                   &any);
  GNUNET_PSYC_slicer_modifier_add_wide (slicer, "_color_hair",
                                        &Handler::on_wide, &exact);
  feed (Parts ()
            .method ("_m")
            .modifier ('=', "_color_hair", 3, "r")
            .mod_cont ("ed")
            .modifier ('=', "_colors", 1, "x")
            .end ());
  EXPECT_EQ ("1w_color_hair=0+1/3 0=_color_hair=r/3 "
             "1w_color_hair=1+2/3 0=_color_hair=ed/0 ",
             take ());
  EXPECT_EQ (GNUNET_YES, GNUNET_PSYC_slicer_modifier_remove (
                             slicer, "_color", &Handler::on_modifier));
  EXPECT_EQ (GNUNET_NO, GNUNET_PSYC_slicer_modifier_remove (
                            slicer, "_color", &Handler::on_modifier));
  EXPECT_EQ (GNUNET_YES, GNUNET_PSYC_slicer_modifier_remove_wide (
                             slicer, "_color_hair", &Handler::on_wide));
}

TEST_F (Slicer, KeepsInterleavedMessagesApart)
{
  auto to = handler ("");
  add ("_", to);
  feed (Parts ().method ("_a").data ("1"), 1);
  feed (Parts ().method ("_b").data ("2"), 2);
  feed (Parts ().data ("3"), 1, 9);
  feed (Parts ().end (), 2, 9);
  feed (Parts ().end (), 1, 99);
  EXPECT_EQ ("m_a d1 m_b d2 d3 e2 e1 ", take ());
}

TEST_F (Slicer, DropsDataBeforeTheMethod)
{
  auto to = handler ("");
  add ("_", to);
  feed (Parts ().data ("x").end ());
  feed (Parts ().mod_cont ("x"));
  feed (Parts ().modifier ('=', "_a", 1, "x"));
  feed (Parts ().end ());
  feed (Parts ().cancel ());
  const auto msg = fragment (1, 0, {});
  const base::Bytes data = Parts ().data ("x");
  GNUNET_PSYC_slicer_message_part (
      slicer, header (msg),
      reinterpret_cast<const struct GNUNET_MessageHeader *> (data.data ()));
  GNUNET_PSYC_slicer_message_part (slicer, header (msg), nullptr);
  EXPECT_EQ ("", take ());
}

TEST_F (Slicer, DropsMalformedFragmentsWhole)
{
  auto to = handler ("");
  add ("_", to);
  auto parts = Parts ().method ("_m").data ("x").get ();
  parts.back () = 0;
  parts[parts.size () - 4] = 99;
  feed (parts);
  EXPECT_EQ ("", take ());
  auto bytes = fragment (1, 0, {});
  bytes[1] = 7;
  GNUNET_PSYC_slicer_message (slicer, header (bytes));
  EXPECT_EQ ("", take ());
}

TEST_F (Slicer, EndsAMessageThatGoesWrongAsCancelled)
{
  auto to = handler ("");
  add ("_", to);
  feed (Parts ().method ("_m").modifier ('=', "_a", 4, "ab"));
  feed (Parts ().data ("x"), 1, 9);
  EXPECT_EQ ("m_m =_a=ab/4 x1! ", take ());
  feed (Parts ().end (), 1, 10);
  EXPECT_EQ ("", take ());
  feed (Parts ().method ("_m").cancel ());
  EXPECT_EQ ("m_m x1 ", take ());
  feed (Parts ().method ("_m"));
  const auto msg = fragment (1, 5, {});
  GNUNET_PSYC_slicer_message_part (slicer, header (msg), nullptr);
  EXPECT_EQ ("m_m x1! ", take ());
}

TEST_F (Slicer, BeginsAnewWithASecondMethod)
{
  auto to = handler ("");
  add ("_", to);
  feed (Parts ().method ("_a").data ("1"));
  feed (Parts ().method ("_b").end ());
  EXPECT_EQ ("m_a d1 x1! m_b dNULL e1 ", take ());
}

TEST_F (Slicer, KeepsABoundedNumberOfMessages)
{
  auto to = handler ("");
  add ("_", to);
  for (std::uint64_t id = 1; id <= 65; id++)
    feed (Parts ().method ("_m"), id);
  EXPECT_NE (std::string::npos, take ().find (" x1! "));
}

TEST_F (Slicer, UndoesExactlyThatRegistration)
{
  auto one = handler ("1");
  auto two = handler ("2");
  add ("_a", one);
  add ("_a_b", two);
  EXPECT_EQ (GNUNET_NO, remove ("_x"));
  EXPECT_EQ (GNUNET_NO, GNUNET_PSYC_slicer_method_remove (
                            slicer, "_a", nullptr, &Handler::on_method, nullptr,
                            nullptr, nullptr));
  EXPECT_EQ (GNUNET_YES, remove ("_a"));
  EXPECT_EQ (GNUNET_NO, remove ("_a"));
  feed (Parts ().method ("_a_b").end ());
  EXPECT_EQ ("2m_a_b 2dNULL 2e1 ", take ());
  GNUNET_PSYC_slicer_clear (slicer);
  feed (Parts ().method ("_a_b").end ());
  EXPECT_EQ ("", take ());
}

TEST_F (Slicer, AllowsHandlersToRemoveEachOtherAndThemselves)
{
  auto near = handler ("1");
  auto far = handler ("2");
  near.act = [&] (const std::string &what)
  {
    if ("m_a_b" == what)
    {
      EXPECT_EQ (GNUNET_YES, remove ("_a_b"));
      EXPECT_EQ (GNUNET_YES, remove ("_a"));
    }
  };
  add ("_a_b", near);
  add ("_a", far);
  feed (Parts ().method ("_a_b").data ("x").end ());
  EXPECT_EQ ("1m_a_b ", take ());
}

TEST_F (Slicer, GivesHandlersAddedFromInsideTheNextMessage)
{
  auto one = handler ("1");
  auto two = handler ("2");
  one.act = [&] (const std::string &what)
  {
    if ("m_a" == what)
      add ("_a", two);
  };
  add ("_a", one);
  feed (Parts ().method ("_a").end ());
  EXPECT_EQ ("1m_a 1dNULL 1e1 ", take ());
  one.act = {};
  feed (Parts ().method ("_a").end ());
  EXPECT_EQ ("1m_a 2m_a 1dNULL 2dNULL 1e1 2e1 ", take ());
}

TEST_F (Slicer, CanBeDestroyedFromAnyCallback)
{
  for (const std::string at :
       { "f1", "m_m", "=_a=x/2", "=_a=y/0", "ddata", "e1" })
  {
    std::string seen;
    auto *own = GNUNET_PSYC_slicer_create ();
    Handler to{ "", &seen, {} };
    Handler second{ "SECOND", &seen, {} };
    to.act = [&] (const std::string &what)
    {
      if (what == at)
        GNUNET_PSYC_slicer_destroy (own);
    };
    for (auto *each : { &to, &second })
      GNUNET_PSYC_slicer_method_add (own, "_m", &Handler::on_msg,
                                     &Handler::on_method, &Handler::on_modifier,
                                     &Handler::on_data, &Handler::on_end, each);
    const auto bytes = fragment (1, 0,
                                 Parts ()
                                     .method ("_m")
                                     .modifier ('=', "_a", 2, "x")
                                     .mod_cont ("y")
                                     .data ("data")
                                     .end ());
    GNUNET_PSYC_slicer_message (own, header (bytes));
    EXPECT_TRUE (seen.ends_with (at + " ")) << seen;
  }
}

TEST_F (Slicer, CanBeFedFromInside)
{
  auto to = handler ("");
  to.act = [&] (const std::string &what)
  {
    if ("m_a" == what)
      feed (Parts ().method ("_b").end (), 2);
  };
  add ("_", to);
  feed (Parts ().method ("_a").end ());
  EXPECT_EQ ("m_a m_b dNULL e2 dNULL e1 ", take ());
}

// --- the receiver -----------------------------------------------------------

namespace
{
struct Received
{
  std::string notes;
  std::function<void ()> act;

  static void
  on_message (void *cls, const struct GNUNET_PSYC_MessageHeader *msg)
  {
    auto &self = *static_cast<Received *> (cls);
    self.notes += "[" + std::to_string (GNUNET_ntohll (msg->message_id)) + "] ";
    if (self.act)
      self.act ();
  }
  static void
  on_part (void *cls, const struct GNUNET_PSYC_MessageHeader *msg,
           const struct GNUNET_MessageHeader *pmsg)
  {
    auto &self = *static_cast<Received *> (cls);
    self.notes
        += std::to_string (GNUNET_ntohll (msg->message_id)) + ":"
           + (nullptr == pmsg ? "error" : std::to_string (ntohs (pmsg->type)))
           + " ";
    if (self.act)
      self.act ();
  }
};

int
receive (struct GNUNET_PSYC_ReceiveHandle *recv, std::uint64_t id,
         std::uint64_t offset, base::ByteView parts, std::uint32_t flags = 0)
{
  const auto bytes = fragment (id, offset, parts, flags);
  return GNUNET_PSYC_receive_message (recv, header (bytes));
}
} // namespace

TEST (Receive, HandsOnWhatItChecked)
{
  Received to;
  auto *recv = GNUNET_PSYC_receive_create (&Received::on_message,
                                           &Received::on_part, &to);
  const auto first = Parts ().method ("_m").data ("x");
  const std::uint64_t next = first.get ().size ();
  EXPECT_EQ (GNUNET_OK, receive (recv, 1, 0, first));
  EXPECT_EQ ("[1] 1:693 1:696 ", std::exchange (to.notes, {}));
  EXPECT_EQ (GNUNET_NO, receive (recv, 1, 0, first));
  EXPECT_EQ ("", to.notes);
  EXPECT_EQ (GNUNET_OK, receive (recv, 1, next, Parts ().end ()));
  EXPECT_EQ ("[1] 1:697 ", std::exchange (to.notes, {}));
  // A request of the same number, and the same from history, are others.
  EXPECT_EQ (GNUNET_OK,
             receive (recv, 1, 0, first, GNUNET_PSYC_MESSAGE_REQUEST));
  EXPECT_EQ (GNUNET_OK,
             receive (recv, 1, 0, first, GNUNET_PSYC_MESSAGE_HISTORIC));
  to.notes.clear ();
  EXPECT_EQ (GNUNET_SYSERR, receive (recv, 1, next + 1, Parts ().end (),
                                     GNUNET_PSYC_MESSAGE_REQUEST));
  EXPECT_EQ ("1:error ", std::exchange (to.notes, {}));
  EXPECT_EQ (GNUNET_OK, receive (recv, 1, next, Parts ().end (),
                                 GNUNET_PSYC_MESSAGE_HISTORIC));
  GNUNET_PSYC_receive_destroy (recv);
}

TEST (Receive, RefusesAndGoesOn)
{
  Received to;
  auto *recv = GNUNET_PSYC_receive_create (nullptr, &Received::on_part, &to);
  EXPECT_EQ (GNUNET_SYSERR, receive (recv, 1, 0, Parts ().data ("x")));
  EXPECT_EQ (GNUNET_SYSERR, receive (recv, 1, 0, {}));
  auto bytes = fragment (1, 0, {});
  bytes[1] = 5;
  EXPECT_EQ (GNUNET_SYSERR, GNUNET_PSYC_receive_message (recv, header (bytes)));
  EXPECT_EQ ("", to.notes);
  EXPECT_EQ (GNUNET_OK, receive (recv, 1, 0, Parts ().method ("_m").end ()));
  GNUNET_PSYC_receive_destroy (recv);
}

TEST (Receive, ForgetsOnReset)
{
  Received to;
  auto *recv = GNUNET_PSYC_receive_create (nullptr, &Received::on_part, &to);
  const auto whole = Parts ().method ("_m").end ();
  EXPECT_EQ (GNUNET_OK, receive (recv, 1, 0, whole));
  EXPECT_EQ (GNUNET_NO, receive (recv, 1, 0, whole));
  GNUNET_PSYC_receive_reset (recv);
  EXPECT_EQ (GNUNET_OK, receive (recv, 1, 0, whole));
  GNUNET_PSYC_receive_destroy (recv);
}

TEST (Receive, CanBeResetAndDestroyedFromItsCallbacks)
{
  for (const bool is_destroy : { true, false })
  {
    for (int when = 0; when < 3; when++)
    {
      Received to;
      auto *recv = GNUNET_PSYC_receive_create (&Received::on_message,
                                               &Received::on_part, &to);
      int calls = 0;
      to.act = [&]
      {
        if (calls++ != when)
          return;
        if (is_destroy)
          GNUNET_PSYC_receive_destroy (recv);
        else
          GNUNET_PSYC_receive_reset (recv);
      };
      (void)receive (recv, 1, 0,
                     Parts ().method ("_m").data ("x").data ("y").end ());
      EXPECT_EQ (when + 1, calls);
      if (! is_destroy)
        GNUNET_PSYC_receive_destroy (recv);
    }
  }
}
