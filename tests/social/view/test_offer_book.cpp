// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/view/offer_book.hpp"

#include <gtest/gtest.h>

using namespace social;
using namespace social::view;

namespace
{
class OfferBookTest : public ::testing::Test
{
protected:
  Message
  message (std::uint64_t id, const std::string &method,
           const std::string &author = "ALICE", char key = 'a')
  {
    Message out;
    out.id = id;
    out.method = method;
    add (out, "_key_offer", std::string (32, key));
    add (out, "_nym_author", author);
    add (out, "_hash_file", "HASH");
    add (out, "_size_file", "5000");
    return out;
  }

  static void
  add (Message &message, const std::string &name, const std::string &value)
  {
    Variable variable;
    variable.name = name;
    variable.value = value;
    message.variables.push_back (variable);
  }

  std::vector<std::uint64_t>
  open (std::uint64_t below = 1000)
  {
    std::vector<std::uint64_t> out;
    while (const auto offer = book.next_open (below))
      out.push_back (offer->message.id);
    return out;
  }

  OfferBook book;
};

using Ids = std::vector<std::uint64_t>;
} // namespace

TEST_F (OfferBookTest, ListsEachOnceInOrder)
{
  book.take (message (3, offer_method));
  book.take (message (5, offer_method, "BOB"));
  book.take (message (9, offer_method, "ALICE", 'b'));
  EXPECT_EQ ((Ids{ 3, 5 }), open (7));
  EXPECT_EQ ((Ids{ 9 }), open ());
  EXPECT_EQ (Ids{}, open ());
}

TEST_F (OfferBookTest, KnowsWhatWasSaid)
{
  book.take (message (3, offer_method));
  book.take (message (4, offer_said_method));
  EXPECT_EQ (Ids{}, open ());
  EXPECT_EQ (3u, book.offer_of (message (5, "_file")));
  EXPECT_FALSE (book.offer_of (message (5, "_file", "ALICE", 'b')));
  EXPECT_FALSE (book.offer_of (message (5, "_filed")));
}

TEST_F (OfferBookTest, TakesNobodyElsesWord)
{
  book.take (message (3, offer_method));
  book.take (message (4, offer_said_method, "MALLORY"));
  Message no = message (5, offer_failure_method, "MALLORY");
  no.body = "gone";
  book.take (no);
  EXPECT_FALSE (book.offer_of (message (6, "_file", "MALLORY")));
  Message other = message (7, "_file");
  other.variables[2].value = "OTHER";
  EXPECT_FALSE (book.offer_of (other));
  const auto offer = book.next_open (1000);
  ASSERT_TRUE (offer);
  EXPECT_FALSE (offer->failure);
}

TEST_F (OfferBookTest, SaysWhyItFailedUntilItIsOfferedAnew)
{
  book.take (message (3, offer_method));
  Message no = message (4, offer_failure_method);
  no.body = "gone";
  book.take (no);
  const auto failed = book.next_open (1000);
  ASSERT_TRUE (failed);
  EXPECT_EQ ("gone", failed->failure);
  book.take (message (5, offer_method));
  const auto anew = book.next_open (1000);
  ASSERT_TRUE (anew);
  EXPECT_EQ (5u, anew->message.id);
  EXPECT_FALSE (anew->failure);
}

TEST_F (OfferBookTest, PassesOverWhatIsNoOffer)
{
  Message keyless = message (3, offer_method);
  keyless.variables[0].value = "no key";
  book.take (keyless);
  Message authorless = message (4, offer_method);
  authorless.variables[1].name = "_nym";
  book.take (authorless);
  EXPECT_EQ (Ids{}, open ());
}

TEST_F (OfferBookTest, KeepsTheNewest)
{
  for (std::uint64_t id = 1; id <= offers_known_max + 10; id++)
  {
    Message offer = message (id, offer_method);
    offer.variables[1].value = std::to_string (id);
    book.take (offer);
  }
  EXPECT_EQ (offers_known_max, open (UINT64_MAX).size ());
}
