// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What a guest says: requests wait on disk until the host has decided on them.
// They leave in order of completion, under a window of what the host has not
// acknowledged; after each new attachment those that are not settled are sent
// again, out of the store.
//
//   storing --last fragment durable--> queued --all sent--> sent
//      |                                 ^                   |
//   failed (dropped from the store)      +---- detached -----+--> settled
#pragma once

#include <deque>
#include <list>
#include <map>

#include "psyc/core/uploads.hpp"

namespace psyc::core
{
class Outbox : public UploadSink
{
public:
  Outbox (Context &context, const base::MemberKey &self)
      : context_ (context), self_ (self), uploads_ (context, *this)
  {}

  [[nodiscard]] Uploads &
  uploads ()
  {
    return uploads_;
  }

  // One that the store held at start; by sequence, incomplete ones are dropped.
  void on_listed (const RequestInfo &info);

  void on_attached ();
  void on_detached ();
  void on_acknowledged (base::RequestId request, std::uint64_t offset);
  void on_settled (base::RequestId request, RequestOutcome outcome,
                   std::uint64_t message_id, std::uint32_t code,
                   const std::string &reason);
  void on_time ();
  [[nodiscard]] base::TimePoint next_deadline () const;

  [[nodiscard]] std::size_t
  count () const
  {
    return entries_.size ();
  }

  // UploadSink
  [[nodiscard]] std::optional<std::string> refusal () override;
  void begin_upload (UploadKey upload, std::uint32_t flags,
                     const base::SendTag &tag) override;
  void add_chunk (UploadKey upload, Chunk chunk) override;
  void cancel_upload (UploadKey upload) override;
  void resolve_upload (UploadKey upload, const TagInfo &known) override;

private:
  struct Piece
  {
    RequestPtr request;
    std::uint64_t input_bytes = 0;
  };
  // Being stored.
  struct Draft
  {
    base::RequestId id;
    base::SendTag tag;
    std::uint64_t fragment_count = 0;
    std::size_t in_flight = 0; // stores under way
    std::optional<Piece> last; // waits for those before it
    std::string error;         // the store's, then it is dropped
    bool is_cancelled = false;
    std::deque<RequestPtr> fragments; // kept while they are few
    bool is_kept = true;
    std::size_t kept_bytes = 0;
  };
  // Complete and not settled.
  struct Entry
  {
    base::RequestId id;
    std::uint64_t next_offset = 0; // to be sent next
    bool is_sent = false;
    bool was_sent = false;            // told so
    std::deque<RequestPtr> fragments; // all of them, or none
    std::size_t kept_bytes = 0;
    std::vector<UploadKey> watchers;
    std::optional<SettleRequest> outcome; // on its way to the disk
  };
  using Entries = std::list<Entry>;

  [[nodiscard]] base::RequestId next_request_id ();
  void keep (Draft &draft, const RequestPtr &request);
  void store (UploadKey upload, Draft &draft, const Piece &piece);
  void on_fragment_stored (UploadKey upload, std::uint64_t input_bytes,
                           bool is_last, const StoreResult &result);
  void complete (UploadKey upload);
  void drop_draft (UploadKey upload);
  void remove_from_store (base::RequestId request);
  void release (std::size_t &kept_bytes);
  void watch (UploadKey upload, base::RequestId request);
  void tell (const Entry &entry, const UploadStatus &status);
  void pump ();
  [[nodiscard]] bool has_room () const;
  void send_kept (Entry &entry);
  void read (Entry &entry);
  void send (Entry &entry, const RequestPtr &fragment);
  void on_all_sent (Entry &entry);
  void settle (Entry &entry);
  void on_outcome_stored (base::RequestId request, const StoreResult &result);

  Context &context_;
  const base::MemberKey self_;
  Uploads uploads_;
  base::RequestId last_id_;
  std::map<UploadKey, Draft> drafts_;
  Entries entries_;
  std::map<base::RequestId, Entries::iterator> by_id_;

  bool is_attached_ = false;
  std::uint64_t attachment_ = 0;             // counts them
  Entries::iterator next_ = entries_.end (); // the first not wholly sent
  std::uint64_t reading_ = 0;                // store operation, 0: none
  std::map<std::pair<base::RequestId, std::uint64_t>, std::size_t> in_flight_;
  std::size_t in_flight_bytes_ = 0;
  std::size_t kept_bytes_ = 0;
  base::TimePoint retry_at_ = base::time_never;
};
} // namespace psyc::core
