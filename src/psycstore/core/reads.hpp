// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Reads, in steps: each gives as much as there is room for and keeps nothing
// but a position, so that a slow client costs no memory and a large range
// blocks nobody.
#pragma once

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "port/crypto.hpp"
#include "port/hash.hpp"
#include "psycstore/core/database.hpp"
#include "psycstore/core/membership.hpp"
#include "psycstore/core/outcome.hpp"

namespace psycstore
{
// What one step may use, and the answers it gave.
class Page
{
public:
  explicit Page (std::size_t room) : room_ (room) {}

  // May one more row be looked at?
  [[nodiscard]] bool
  has_room ()
  {
    return size_ < room_ && rows_++ < rows_max;
  }

  template <wire::Message M>
  void
  add (const M &answer)
  {
    auto bytes = wire::encode (answer);
    if (! bytes) // cannot be: whatever is stored came in one message
      return;
    size_ += bytes->size ();
    answers_.push_back (std::move (*bytes));
  }

  [[nodiscard]] std::vector<base::Bytes>
  take ()
  {
    return std::move (answers_);
  }

private:
  // A step that finds nothing for long makes way for others, too.
  static constexpr std::size_t rows_max = 2000;

  std::size_t room_;
  std::size_t size_ = 0;
  std::size_t rows_ = 0;
  std::vector<base::Bytes> answers_;
};

class Reader
{
public:
  virtual ~Reader () = default;
  // Goes on; how it ended, or nothing when there is more to do.
  [[nodiscard]] virtual std::optional<Outcome> step (Database &db, Page &page)
      = 0;
};

[[nodiscard]] std::unique_ptr<Reader> make_reader (MembershipTest request);
[[nodiscard]] std::unique_ptr<Reader> make_reader (FragmentGet request);
[[nodiscard]] std::unique_ptr<Reader> make_reader (MessageGet request);
[[nodiscard]] std::unique_ptr<Reader> make_reader (MessageGetFragment request);
[[nodiscard]] std::unique_ptr<Reader> make_reader (CountersGet request);
[[nodiscard]] std::unique_ptr<Reader> make_reader (StateGet request);
[[nodiscard]] std::unique_ptr<Reader> make_reader (StateGetPrefix request);
// Not like the others: it may have to hash.
[[nodiscard]] std::unique_ptr<Reader>
make_reader (StateInfoGet request, const port::HasherMaker &hashers);
[[nodiscard]] std::unique_ptr<Reader> make_reader (TagGet request);
[[nodiscard]] std::unique_ptr<Reader> make_reader (RangesGet request);
[[nodiscard]] std::unique_ptr<Reader> make_reader (RequestGet request);
[[nodiscard]] std::unique_ptr<Reader> make_reader (RequestList request);
[[nodiscard]] std::unique_ptr<Reader> make_reader (RequestStatus request);
[[nodiscard]] std::unique_ptr<Reader> make_reader (RecordGetAll request);
[[nodiscard]] std::unique_ptr<Reader> make_reader (ChannelList request);
[[nodiscard]] std::unique_ptr<Reader>
make_reader (Check request, const port::Verifier &verifier);
[[nodiscard]] std::unique_ptr<Reader> make_reader (Export request);
} // namespace psycstore
