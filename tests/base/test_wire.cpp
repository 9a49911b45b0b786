// SPDX-License-Identifier: AGPL-3.0-or-later
#include "base/wire.hpp"

#include <gtest/gtest.h>

namespace
{
struct Full
{
  std::uint8_t small = 0;
  std::int32_t negative = 0;
  bool is_set = false;
  base::FragmentId id;
  base::MemberKey key;
  base::Bytes blob;
  std::string text;
  std::vector<base::PeerId> peers;
  std::optional<std::uint16_t> maybe;
  wire::Rest rest;
  WIRE_MESSAGE (Full, 40000, small, negative, is_set, id, key, blob, text,
                peers, maybe, rest)
};

struct Empty
{
  WIRE_MESSAGE (Empty, 40001)
};

struct Counted
{
  std::vector<base::FragmentId> ids;
  std::string name;
  WIRE_MESSAGE (Counted, 40002, ids, name)
};

using List = wire::MessageList<Full, Empty, Counted>;

Full
example ()
{
  Full full;
  full.small = 7;
  full.negative = -5;
  full.is_set = true;
  full.id = { 0x0102030405060708 };
  full.key.bytes[0] = 9;
  full.blob = { 1, 2, 3 };
  full.text = "grüß";
  full.peers.resize (2);
  full.maybe = 513;
  full.rest.bytes = { 4, 5 };
  return full;
}
} // namespace

TEST (Wire, MessagesSayTheirNameAndNumber)
{
  EXPECT_EQ ("Full", Full::wire_name);
  EXPECT_EQ ("Empty", Empty::wire_name);
  EXPECT_EQ ("Counted", Counted::wire_name);
  EXPECT_EQ (40002, Counted::wire_type);
}

TEST (Wire, DecodesWhatItEncoded)
{
  const auto bytes = wire::must_encode (example ());
  const auto full = wire::decode<Full> (bytes);
  ASSERT_TRUE (full);
  EXPECT_EQ (7, full->small);
  EXPECT_EQ (-5, full->negative);
  EXPECT_TRUE (full->is_set);
  EXPECT_EQ (0x0102030405060708u, full->id.value);
  EXPECT_EQ ("grüß", full->text);
  EXPECT_EQ (2u, full->peers.size ());
  EXPECT_EQ (513, full->maybe);
  EXPECT_EQ ((base::Bytes{ 4, 5 }), full->rest.bytes);
}

TEST (Wire, WritesIntegersBigEndian)
{
  Counted counted;
  counted.ids = { { 0x0102030405060708 } };
  const auto bytes = wire::must_encode (counted);
  const base::Bytes expected{ 0, 20, 0x9c, 0x42, 0, 0, 0, 1, 1, 2,
                              3, 4,  5,    6,    7, 8, 0, 0, 0, 0 };
  EXPECT_EQ (expected, bytes);
}

TEST (Wire, RefusesEveryPrefixOfAMessage)
{
  Counted counted;
  counted.ids.resize (3);
  counted.name = "name";
  const auto bytes = wire::encode_members (counted);
  for (std::size_t size = 0; size < bytes.size (); size++)
    EXPECT_FALSE (
        wire::decode_members<Counted> (base::ByteView (bytes).first (size)))
        << size;
}

TEST (Wire, RefusesBytesLeftOver)
{
  auto bytes = wire::encode_members (Counted{});
  bytes.push_back (0);
  EXPECT_FALSE (wire::decode_members<Counted> (bytes));
}

TEST (Wire, AllocatesNothingForACountThatLies)
{
  const base::Bytes bytes{ 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4 };
  EXPECT_FALSE (wire::decode_members<Counted> (bytes));
}

TEST (Wire, RefusesABooleanThatIsNeither)
{
  auto full = wire::encode_members (example ());
  full[5] = 2;
  EXPECT_FALSE (wire::decode_members<Full> (full));
}

TEST (Wire, RefusesToEncodeWhatDoesNotFit)
{
  Full full;
  full.rest.bytes.resize (70000);
  EXPECT_FALSE (wire::encode (full));
}

TEST (Wire, DispatchTellsUnknownFromMalformed)
{
  int seen = 0;
  const auto count = [&] (const auto &) { seen++; };
  EXPECT_EQ (wire::DispatchResult::ok,
             List::dispatch (wire::must_encode (Empty{}), count));
  EXPECT_EQ (1, seen);
  EXPECT_EQ (wire::DispatchResult::unknown_type,
             List::dispatch (base::Bytes{ 0, 4, 1, 1 }, count));
  EXPECT_EQ (wire::DispatchResult::malformed,
             List::dispatch (base::Bytes{ 0, 5, 0x9c, 0x41, 0 }, count));
  EXPECT_EQ (wire::DispatchResult::malformed,
             List::dispatch (base::Bytes{ 0, 9, 0x9c, 0x41 }, count));
  EXPECT_EQ (1, seen);
}
