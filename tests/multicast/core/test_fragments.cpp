// SPDX-License-Identifier: AGPL-3.0-or-later
#include "multicast/core/fragments.hpp"

#include "bench.hpp"

using namespace testing_multicast;

namespace
{
struct Made
{
  FakeChannelSigner group{ 1 };
  FakeMemberSigner member{ 21 };
  FakeVerifier verifier;
  base::Bytes raw;
  Fragment fragment;

  explicit Made (std::size_t size = 10)
      : raw (make_fragment (group, { 11 }, OriginBench::fragment (size))),
        fragment (*wire::decode<Fragment> (raw))
  {}

  // What is wrong with it once it was changed.
  std::string_view
  fault ()
  {
    raw = wire::must_encode (fragment);
    return fragment_fault (fragment, raw);
  }

  bool
  is_signed ()
  {
    raw = wire::must_encode (fragment);
    return is_signed_fragment (verifier, group.public_key (), fragment, raw);
  }
};
} // namespace

// The structures of the public interface, byte for byte.
TEST (Fragments, HaveTheLayoutOfThePublicInterface)
{
  const Made made;
  EXPECT_EQ (fragment_header_size + 10, made.raw.size ());
  EXPECT_EQ (116u, fragment_header_size);
  EXPECT_EQ (136u, request_header_size);
  EXPECT_EQ (19, made.raw[79]);          // purpose
  EXPECT_EQ (8 + 36 + 10, made.raw[75]); // its size
  EXPECT_EQ (11, made.raw[87]);          // fragment id
  EXPECT_EQ (6, made.raw[103]);          // message id
  EXPECT_EQ (7, made.raw[116]);          // body
}

TEST (Fragments, OfTheLargestSizePassCadetWholeAlsoInABatch)
{
  const Made made (fragment_body_size_max);
  EXPECT_LE (made.raw.size (), fragment_size_max);
  EXPECT_LE (made.raw.size () + wire::header_size, cadet_message_size_max);
  NewFragment larger = OriginBench::fragment (fragment_body_size_max + 1);
  EXPECT_FALSE (is_valid (larger));
}

TEST (Fragments, AreRefusedByNameWhenTheirNumbersOrFlagsAreWrong)
{
  EXPECT_TRUE (Made ().fault ().empty ());
  const auto is_refused = [] (auto change)
  {
    Made made;
    change (made.fragment);
    return ! made.fault ().empty ();
  };
  EXPECT_TRUE (is_refused ([] (Fragment &f) { f.fragment_id = {}; }));
  EXPECT_TRUE (
      is_refused ([] (Fragment &f) { f.fragment_id = { base::id_max + 1 }; }));
  EXPECT_TRUE (is_refused ([] (Fragment &f) { f.message_id = {}; }));
  EXPECT_TRUE (
      is_refused ([] (Fragment &f) { f.group_generation = { UINT64_MAX }; }));
  EXPECT_TRUE (is_refused ([] (Fragment &f) { f.flags = 4; }));
  EXPECT_TRUE (is_refused ([] (Fragment &f) { f.flags = 1u << 30; }));
  EXPECT_TRUE (is_refused ([] (Fragment &f) { f.flags = 2; }));
  EXPECT_TRUE (is_refused ([] (Fragment &f) { f.fragment_offset = 1; }));
  EXPECT_TRUE (is_refused (
      [] (Fragment &f)
      {
        f.flags = 0;
        f.fragment_offset = UINT64_MAX;
      }));
  EXPECT_TRUE (is_refused ([] (Fragment &f) { f.purpose = 20; }));
  EXPECT_TRUE (is_refused ([] (Fragment &f) { f.purpose_size++; }));
}

TEST (Fragments, AreBoundToTheirGroupAndEveryByteButTheHopCounter)
{
  Made made;
  EXPECT_TRUE (made.is_signed ());
  made.fragment.hop_counter = 9;
  EXPECT_TRUE (made.is_signed ());
  made.fragment.body.bytes[3]++;
  EXPECT_FALSE (made.is_signed ());
  const Made other;
  EXPECT_FALSE (is_signed_fragment (made.verifier, key_of<base::ChannelKey> (2),
                                    other.fragment, other.raw));
}

TEST (Requests, AreBoundToTheirGroup)
{
  FakeMemberSigner member (21);
  FakeVerifier verifier;
  const auto group = key_of<base::ChannelKey> (1);
  OriginBench bench;
  const auto raw = make_request (member, group, bench.request (3));
  const auto request = wire::decode<Request> (raw);
  ASSERT_TRUE (request);
  EXPECT_EQ (member.public_key (), request->member_key);
  EXPECT_TRUE (request_fault (*request, raw).empty ());
  EXPECT_TRUE (is_signed_request (verifier, group, *request, raw));
  EXPECT_FALSE (is_signed_request (verifier, key_of<base::ChannelKey> (2),
                                   *request, raw));
}

TEST (Requests, AreTheSameBytesWhenSentAgain)
{
  FakeMemberSigner member (21);
  const auto group = key_of<base::ChannelKey> (1);
  OriginBench bench;
  EXPECT_EQ (make_request (member, group, bench.request (3)),
             make_request (member, group, bench.request (3)));
}
