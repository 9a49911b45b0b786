// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The port to the disk: what is kept, and the changes of it. The core writes
// before it acknowledges: a commit that failed changes nothing, neither on
// disk nor in the core.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "social/core/model.hpp"

namespace social
{
struct PutPlace
{
  Place place;
};
struct PutNym
{
  PlaceRef ref;
  Nym nym;
};
struct DropNym
{
  PlaceRef ref;
  base::MemberKey nym;
};
struct PutRule
{
  PlaceRef ref;
  Rule rule; // without flags: drops it
};
struct PutWish
{
  Wish wish;
};
struct DropWish
{
  base::SendTag tag;
};
struct PutOffer
{
  PlaceRef ref;
  Offer offer;
};
struct DropOffer
{
  PlaceRef ref;
  base::SendTag key;
};

using Change = std::variant<PutPlace, PutNym, DropNym, PutRule, PutWish,
                            DropWish, PutOffer, DropOffer>;
using Changes = std::vector<Change>;

// All that was kept.
struct Snapshot
{
  std::vector<Place> places;
  std::vector<std::pair<PlaceRef, Nym>> nyms;
  std::vector<std::pair<PlaceRef, Rule>> rules;
  std::vector<Wish> wishes;
  std::vector<std::pair<PlaceRef, Offer>> offers;
};

class Store
{
public:
  virtual ~Store () = default;

  // Makes all of `changes` durable, or none. Nothing when done, else an error
  // for people ("disk full: ...").
  [[nodiscard]] virtual std::optional<std::string>
  commit (const Changes &changes) = 0;
};

// Keys as the core needs them: made, and read from and shown as text.
class Keys
{
public:
  virtual ~Keys () = default;

  [[nodiscard]] virtual base::ChannelPrivateKey make_channel_key () = 0;
  [[nodiscard]] virtual base::ChannelKey
  public_key (const base::ChannelPrivateKey &secret) const = 0;
  [[nodiscard]] virtual std::string
  place_text (const base::ChannelKey &key) const = 0;
  [[nodiscard]] virtual std::optional<base::ChannelKey>
  place_from_text (std::string_view text) const = 0;
  // The packed GNUNET_IDENTITY_PublicKey of a zone's text form.
  [[nodiscard]] virtual std::optional<base::Bytes>
  zone_from_text (std::string_view text) const = 0;
  // The tagged text form of an ECDSA key.
  [[nodiscard]] virtual std::string
  nym_text (const base::MemberKey &key) const = 0;
  // A label as GNS compares it: in Unicode's normal form. (Its case matters.)
  [[nodiscard]] virtual std::string
  normalized_label (const std::string &label) const = 0;
  [[nodiscard]] virtual base::SendTag make_tag () = 0;
};
} // namespace social
