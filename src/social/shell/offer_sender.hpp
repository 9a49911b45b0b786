// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Says what the core wants said of offered files: a file from its path, read as
// psyc takes it and compared with what was offered before it is ended, or a
// short message about it.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "social/shell/places.hpp"

namespace social
{
class OfferSender
{
public:
  OfferSender (CoreDoor &door, Places &places);
  ~OfferSender ();
  OfferSender (const OfferSender &) = delete;
  OfferSender &operator= (const OfferSender &) = delete;

  void say (const SayOfferedFile &effect);
  void tell (const TellOffer &effect);
  void on_channel_ending (const PlaceRef &ref);

private:
  class Telling;
  class Saying;

  CoreDoor &door_;
  Places &places_;
  std::uint64_t last_ = 0;
  std::map<std::uint64_t, std::unique_ptr<Telling>> tellings_;
  std::map<std::uint64_t, std::unique_ptr<Saying>> sayings_;
};
} // namespace social
