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

#include <list>

#include "psyc/core/drafts.hpp"

namespace psyc::core
{
class Outbox : public UploadSink, private DraftOwner
{
public:
  Outbox (Context &context, const base::MemberKey &self)
      : context_ (context), self_ (self), uploads_ (context, *this),
        drafts_ (context, Box::out, self, context.config.request_cache_bytes,
                 *this)
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
  // Complete and not settled.
  struct Entry
  {
    base::RequestId id;
    std::uint64_t next_offset = 0; // to be sent next
    bool is_sent = false;
    bool was_sent = false;            // told so
    std::deque<RequestPtr> fragments; // all of them, or none
    std::vector<UploadKey> watchers;
    std::optional<SettleRequest> outcome; // on its way to the disk
  };
  using Entries = std::list<Entry>;

  // DraftOwner
  void
  on_draft_durable (UploadKey upload, std::uint64_t input_bytes) override
  {
    uploads_.on_durable (upload, input_bytes);
  }
  void on_draft_complete (UploadKey upload, base::RequestId id,
                          std::deque<RequestPtr> fragments) override;
  void on_draft_failed (UploadKey upload, base::RequestId id,
                        const std::string &error) override;

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
  Drafts drafts_;
  Entries entries_;
  std::map<base::RequestId, Entries::iterator> by_id_;

  bool is_attached_ = false;
  std::uint64_t attachment_ = 0;             // counts them
  Entries::iterator next_ = entries_.end (); // the first not wholly sent
  std::uint64_t reading_ = 0;                // store operation, 0: none
  std::map<std::pair<base::RequestId, std::uint64_t>, std::size_t> in_flight_;
  std::size_t in_flight_bytes_ = 0;
  base::TimePoint retry_at_ = base::time_never;
};
} // namespace psyc::core
