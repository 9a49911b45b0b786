// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/view/offer_book.hpp"

#include "psyc/message/names.hpp"

namespace social::view
{
namespace
{
[[nodiscard]] bool
is_same (const Message &one, const Message &other, const char *name)
{
  const std::string *const a = one.find (name);
  const std::string *const b = other.find (name);
  return nullptr != a && nullptr != b && *a == *b;
}
} // namespace

bool
is_same_offer (const Message &one, const Message &other)
{
  return is_same (one, other, offer_key_variable)
         && is_same (one, other, "_nym_author");
}

bool
is_file_of_offer (const Message &file, const Message &offer)
{
  return psyc::is_a (file.method, "_file") && is_same_offer (file, offer)
         && is_same (file, offer, "_hash_file")
         && is_same (file, offer, "_size_file");
}

std::optional<OfferBook::Name>
OfferBook::name_of (const Message &message)
{
  const std::string *const key = message.find (offer_key_variable);
  const std::string *const author = message.find ("_nym_author");
  if (nullptr == key || nullptr == author || ! offer_key_from_text (*key))
    return std::nullopt;
  return Name{ *key, *author };
}

void
OfferBook::take (const Message &message)
{
  const auto name = name_of (message);
  if (! name)
    return;
  const auto id = ids_.find (*name);
  if (psyc::is_a (message.method, offer_method))
  {
    // Said again it is the same offer: the newest counts.
    if (ids_.end () != id)
      offers_.erase (id->second);
    ids_.insert_or_assign (*name, message.id);
    offers_[message.id].offer.message = message;
    if (offers_.size () > offers_known_max)
    {
      ids_.erase (*name_of (offers_.begin ()->second.offer.message));
      offers_.erase (offers_.begin ());
    }
    return;
  }
  if (ids_.end () == id)
    return;
  Known &known = offers_.at (id->second);
  if (psyc::is_a (message.method, offer_said_method))
    known.is_said = true;
  else if (psyc::is_a (message.method, offer_failure_method)
           && message.id > known.offer.message.id)
    known.offer.failure = message.body;
}

std::optional<OfferBook::Offer>
OfferBook::next_open (std::uint64_t below)
{
  for (auto it = offers_.upper_bound (told_);
       it != offers_.end () && it->first < below; ++it)
  {
    told_ = it->first;
    if (! it->second.is_said)
      return it->second.offer;
  }
  return std::nullopt;
}

std::optional<std::uint64_t>
OfferBook::offer_of (const Message &file) const
{
  const auto name = name_of (file);
  const auto id = name ? ids_.find (*name) : ids_.end ();
  if (ids_.end () == id
      || ! is_file_of_offer (file, offers_.at (id->second).offer.message))
    return std::nullopt;
  return id->second;
}
} // namespace social::view
