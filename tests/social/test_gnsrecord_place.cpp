// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The PLACE plugin, loaded as libgnunetgnsrecord does: by its entry points.
#include <gtest/gtest.h>

#include <dlfcn.h>
#include <memory>
#include <string>

// After the headers above: GNUnet makes a macro of gettext.
#include "shell/gnunet.hpp"
#include "social/shell/sealed_record.hpp"

extern "C"
{
#include <gnunet/gnu_name_system_record_types.h>
#include <gnunet/gnunet_gnsrecord_lib.h>
#include <gnunet/gnunet_gnsrecord_plugin.h>
}

namespace
{
using Entry = void *(*)(void *);

struct Plugin : testing::Test
{
  void *library = dlopen (PLUGIN_PATH, RTLD_NOW | RTLD_LOCAL);
  struct GNUNET_GNSRECORD_PluginFunctions *api = nullptr;

  Entry
  entry (const char *name)
  {
    return nullptr == library ? nullptr
                              : reinterpret_cast<Entry> (dlsym (library, name));
  }

  void
  SetUp () override
  {
    ASSERT_NE (nullptr, library) << dlerror ();
    const auto init = entry ("libgnunet_plugin_gnsrecord_place_init");
    ASSERT_NE (nullptr, init);
    api = static_cast<struct GNUNET_GNSRECORD_PluginFunctions *> (
        init (nullptr));
    ASSERT_NE (nullptr, api);
  }

  void
  TearDown () override
  {
    const auto done = entry ("libgnunet_plugin_gnsrecord_place_done");
    ASSERT_NE (nullptr, done);
    EXPECT_EQ (nullptr, done (api));
    dlclose (library);
  }

  // "-" when the plugin refuses.
  std::string
  text (const std::string &data,
        std::uint32_t type = GNUNET_GNSRECORD_TYPE_PLACE)
  {
    char *out
        = api->value_to_string (api->cls, type, data.data (), data.size ());
    if (nullptr == out)
      return "-";
    std::string copy = out;
    GNUNET_free (out);
    return copy;
  }

  std::string
  binary (const std::string &readable,
          std::uint32_t type = GNUNET_GNSRECORD_TYPE_PLACE)
  {
    void *data = nullptr;
    std::size_t size = 0;
    if (GNUNET_OK
        != api->string_to_value (api->cls, type, readable.c_str (), &data,
                                 &size))
      return "-";
    std::string copy (static_cast<char *> (data), size);
    GNUNET_free (data);
    return copy;
  }
};

struct GNUNET_PeerIdentity
peer (std::uint8_t number)
{
  struct GNUNET_PeerIdentity out;
  memset (&out, number, sizeof (out));
  return out;
}

// The record as a zone has it.
std::string
record (std::uint32_t relay_count, std::uint32_t relays_there)
{
  struct GNUNET_GNSRECORD_PlaceData data;
  memset (&data.place_pub_key, 7, sizeof (data.place_pub_key));
  data.origin = peer (2);
  data.relay_count = htonl (relay_count);
  std::string out (reinterpret_cast<const char *> (&data), sizeof (data));
  for (std::uint32_t i = 0; i < relays_there; i++)
  {
    const auto relay = peer (static_cast<std::uint8_t> (3 + i));
    out.append (reinterpret_cast<const char *> (&relay), sizeof (relay));
  }
  return out;
}

std::string
printed (const struct GNUNET_PeerIdentity &id)
{
  return GNUNET_i2s_full (&id);
}
} // namespace

using PlacePlugin = Plugin;

TEST_F (PlacePlugin, KnowsTheTypeByNameAndNumber)
{
  EXPECT_EQ (65542u, api->typename_to_number (nullptr, "PLACE"));
  EXPECT_EQ (65542u, api->typename_to_number (nullptr, "place"));
  EXPECT_EQ (UINT32_MAX, api->typename_to_number (nullptr, "PLACES"));
  EXPECT_STREQ ("PLACE", api->number_to_typename (nullptr, 65542));
  EXPECT_EQ (nullptr, api->number_to_typename (nullptr, 65541));
  EXPECT_EQ (GNUNET_NO, api->is_critical (nullptr, 65542));
}

TEST_F (PlacePlugin, ShowsKeysAsGnunetPrintsThem)
{
  const auto keys = printed (peer (7)) + " " + printed (peer (2));
  EXPECT_EQ (keys, text (record (0, 0)));
  EXPECT_EQ (keys + " " + printed (peer (3)) + " " + printed (peer (4)),
             text (record (2, 2)));
}

TEST_F (PlacePlugin, TakesWhatItShows)
{
  for (const std::uint32_t relays : { 0u, 1u, 5u, 200u })
    EXPECT_EQ (record (relays, relays),
               binary (text (record (relays, relays))));
  EXPECT_EQ (record (0, 0), binary ("  " + printed (peer (7)) + "\t\n"
                                    + printed (peer (2)) + " "));
}

TEST_F (PlacePlugin, ShowsAndTakesEncryptedOnesUnread)
{
  const auto plain = record (1, 1);
  const auto sealed = social::seal_record (
      { reinterpret_cast<const std::uint8_t *> (plain.data ()), plain.size () },
      "secret");
  ASSERT_TRUE (sealed);
  const std::string bytes (sealed->begin (), sealed->end ());
  EXPECT_EQ (0u, text (bytes).find ("encrypted:"));
  EXPECT_EQ (bytes, binary (text (bytes)));
  EXPECT_EQ ("-", binary ("encrypted:"));
  EXPECT_EQ ("-", binary ("encrypted:040G"));
  EXPECT_EQ ("-", binary (text (bytes) + "0000"));
}

TEST_F (PlacePlugin, RefusesRecordsWhoseSizeDoesNotFitTheirCount)
{
  const auto whole = record (2, 2);
  for (std::size_t size = 0; size < whole.size (); size++)
    EXPECT_EQ ("-", text (whole.substr (0, size))) << size;
  EXPECT_EQ ("-", text (whole + "x"));
  EXPECT_EQ ("-", text (record (1, 0)));
  EXPECT_EQ ("-", text (record (0, 1)));
  // 32 bytes each: in 16 or 32 bits these would wrap to 0.
  EXPECT_EQ ("-", text (record (2048, 0)));
  EXPECT_EQ ("-", text (record (0x08000000, 0)));
  EXPECT_EQ ("-", text (record (0xffffffff, 3)));
}

TEST_F (PlacePlugin, RefusesTextThatIsNoKey)
{
  const auto key = printed (peer (7));
  EXPECT_EQ ("-", binary (""));
  EXPECT_EQ ("-", binary (" "));
  EXPECT_EQ ("-", binary (key));
  EXPECT_EQ ("-", binary (key + " x"));
  EXPECT_EQ ("-", binary (key + " " + key.substr (1)));
  EXPECT_EQ ("-", binary (key + " " + key + "0"));
  EXPECT_EQ ("-", binary (key + key));
  EXPECT_EQ ("-", binary (key + " " + key + " " + std::string (52, '!')));
  EXPECT_EQ ("-", binary (std::string (100000, 'x')));
  std::string many = key + " " + key;
  for (int i = 0; i < 3000; i++)
    many += " " + key;
  EXPECT_EQ ("-", binary (many)) << "larger than a block";
}

TEST_F (PlacePlugin, LeavesOtherTypesAlone)
{
  EXPECT_EQ ("-", text (record (0, 0), 65536));
  EXPECT_EQ ("-", binary (text (record (0, 0)), 65536));
  EXPECT_EQ (nullptr, api->value_to_string (nullptr, 65542, nullptr, 0));
}

TEST (SealedRecord, OpensUnderItsPasswordAlone)
{
  const base::Bytes plain (68 + 2 * 32, 7);
  const auto one = social::seal_record (plain, "secret");
  const auto other = social::seal_record (plain, "secret");
  ASSERT_TRUE (one && other);
  EXPECT_NE (*one, *other);
  EXPECT_EQ (plain, social::open_record (*one, "secret"));
  EXPECT_FALSE (social::open_record (*one, "Secret"));
  EXPECT_FALSE (social::open_record (*one, ""));
}

TEST (SealedRecord, IsToldFromOneInTheClear)
{
  for (std::size_t relays = 0; relays < 100; relays++)
    EXPECT_FALSE (social::is_sealed_record (base::Bytes (68 + relays * 32, 1)));
  EXPECT_FALSE (social::is_sealed_record ({}));
}

TEST (SealedRecord, RefusesWhatWasChangedOrCut)
{
  const auto sealed
      = social::seal_record (base::Bytes (68 + 32, 7), "secret").value ();
  for (std::size_t at = 0; at < sealed.size (); at += 13)
  {
    base::Bytes changed = sealed;
    changed[at] ^= 1;
    EXPECT_FALSE (social::open_record (changed, "secret")) << at;
    EXPECT_FALSE (
        social::open_record (base::ByteView (sealed).first (at), "secret"))
        << at;
  }
}
