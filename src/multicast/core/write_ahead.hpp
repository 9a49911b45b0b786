// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The origin's numbering, and the gate between it and the network: a fragment
// gets its id and signature here, waits until it is stored, and only then
// leaves.
#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "multicast/core/types.hpp"
#include "port/crypto.hpp"

namespace multicast
{
class WriteAhead
{
public:
  struct Numbered
  {
    base::FragmentId id;
    base::Bytes fragment;
  };

  WriteAhead (const port::ChannelSigner &signer, const base::Head &head)
      : signer_ (signer), head_ (head), next_ (head.fragment_id.next ())
  {}

  // Nothing: the numbers of this group are used up.
  [[nodiscard]] std::optional<Numbered> number (const NewFragment &fragment);

  // All up to `id` are durable: they leave, in order.
  [[nodiscard]] std::vector<Numbered> stored (base::FragmentId id);

  // `id` and all later ones never were; their numbers are given again.
  void discard (base::FragmentId id);

  [[nodiscard]] std::size_t
  unstored_bytes () const
  {
    return bytes_;
  }

  // Of what has a number, stored or not.
  [[nodiscard]] const base::Head &
  numbered_head () const
  {
    return waiting_.empty () ? head_ : waiting_.back ().head;
  }

  // Of what may have left.
  [[nodiscard]] const base::Head &
  head () const
  {
    return head_;
  }

private:
  struct Waiting
  {
    base::Head head; // once this one is stored
    base::Bytes fragment;
  };

  const port::ChannelSigner &signer_;
  base::Head head_;
  base::FragmentId next_;
  std::deque<Waiting> waiting_; // by id
  std::size_t bytes_ = 0;
};
} // namespace multicast
