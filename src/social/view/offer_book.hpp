// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The offers of a place and how they stand, from what was said about them
// (doc/spec/files.md): only who offered a file says what became of it. Pure.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "social/core/offer_key.hpp"
#include "social/view/assembler.hpp"

namespace social::view
{
class OfferBook
{
public:
  // An offer, as message; and why it could not be said when it was asked for.
  struct Offer
  {
    Message message;
    std::optional<std::string> failure;
  };

  // In this order: offers, what became of them, files.
  void take (const Message &message);

  // The next offer that was not said as a file, with an id below; in order,
  // each once.
  [[nodiscard]] std::optional<Offer> next_open (std::uint64_t below);

  // The offer that this file answers.
  [[nodiscard]] std::optional<std::uint64_t>
  offer_of (const Message &file) const;

private:
  using Name = std::pair<std::string, std::string>; // key, author

  struct Known
  {
    Offer offer;
    bool is_said = false;
  };

  [[nodiscard]] static std::optional<Name> name_of (const Message &message);

  std::map<std::uint64_t, Known> offers_; // by message id
  std::map<Name, std::uint64_t> ids_;
  std::uint64_t told_ = 0; // by next_open, up to here
};

// Offers of one place that are known at a time: the newest.
inline constexpr std::size_t offers_known_max = 4096;

// Is `file` what `offer` speaks of, by the same author?
[[nodiscard]] bool is_file_of_offer (const Message &file, const Message &offer);
// Do both speak of the same offer, by the same author?
[[nodiscard]] bool is_same_offer (const Message &one, const Message &other);
} // namespace social::view
