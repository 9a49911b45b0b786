// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Messages on their way to a box on disk: stored fragment by fragment as they
// come; the last one, which carries the sender's tag, waits for those before
// it, so that a tag that is known has all of its message behind it.
//
//   storing --last fragment durable--> complete (its owner goes on with it)
//      |
//   cancelled, or the store failed: dropped, what of it is on disk goes too
#pragma once

#include <deque>
#include <map>

#include "psyc/core/uploads.hpp"

namespace psyc::core
{
class DraftOwner
{
public:
  virtual ~DraftOwner () = default;
  // So much of what its sender gave is on disk.
  virtual void on_draft_durable (UploadKey upload, std::uint64_t input_bytes)
      = 0;
  // All of it is on disk, and in `fragments` too, unless they are too many.
  virtual void on_draft_complete (UploadKey upload, base::RequestId id,
                                  std::deque<RequestPtr> fragments)
      = 0;
  // The store failed.
  virtual void on_draft_failed (UploadKey upload, base::RequestId id,
                                const std::string &error)
      = 0;
};

class Drafts
{
public:
  // `member`: under whose key they are in the box. `kept_bytes_max`: of all
  // fragments that are kept in memory.
  Drafts (Context &context, Box box, const base::MemberKey &member,
          std::size_t kept_bytes_max, DraftOwner &owner)
      : context_ (context), box_ (box), member_ (member),
        kept_bytes_max_ (kept_bytes_max), owner_ (owner)
  {}

  // One that the store holds from an earlier run: its id is not used again.
  void
  on_listed (base::RequestId id)
  {
    last_id_ = std::max (last_id_, id);
  }

  // `flags`: those of each fragment, beside the chunk's own.
  void begin (UploadKey upload, const base::SendTag &tag, std::uint32_t flags);
  void add (UploadKey upload, const Chunk &chunk);
  void cancel (UploadKey upload);
  // Fragments that were kept are not needed any more.
  void release (const std::deque<RequestPtr> &fragments);
  // Tried until the store does it.
  void remove_from_store (base::RequestId id);
  void on_time ();
  [[nodiscard]] base::TimePoint
  next_deadline () const
  {
    return retry_at_;
  }

  [[nodiscard]] std::size_t
  count () const
  {
    return drafts_.size ();
  }

private:
  struct Piece
  {
    RequestPtr request;
    std::uint64_t input_bytes = 0;
  };
  struct Draft
  {
    base::RequestId id;
    base::SendTag tag;
    std::uint32_t flags = 0;
    std::uint64_t fragment_count = 0;
    std::size_t in_flight = 0; // stores under way
    std::optional<Piece> last; // waits for those before it
    std::string error;         // the store's, then it is dropped
    bool is_cancelled = false;
    std::deque<RequestPtr> fragments; // kept while they are few
    bool is_kept = true;
  };

  [[nodiscard]] base::RequestId next_id ();
  void keep (Draft &draft, const RequestPtr &request);
  void store (UploadKey upload, Draft &draft, const Piece &piece);
  void on_stored (UploadKey upload, std::uint64_t input_bytes, bool is_last,
                  const StoreResult &result);
  void complete (UploadKey upload);
  void drop (UploadKey upload);

  Context &context_;
  const Box box_;
  const base::MemberKey member_;
  const std::size_t kept_bytes_max_;
  DraftOwner &owner_;
  base::RequestId last_id_;
  std::map<UploadKey, Draft> drafts_;
  std::size_t kept_bytes_ = 0;
  std::vector<base::RequestId> to_remove_; // the store refused to
  base::TimePoint retry_at_ = base::time_never;
};
} // namespace psyc::core
