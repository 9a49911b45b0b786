// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What the host's own programs say, until all of it is here: so that one who
// stops in the middle holds up nobody, and leaves nothing behind that would
// have to be cancelled. Short messages wait in memory; a longer one waits on
// disk, as a request of nobody in the inbox, and is copied into the channel
// piece by piece. The last fragment settles it in the same transaction, so
// that it is said once, also when psyc dies on the way.
//
//   held --END--> given to the publisher ------------------------> stored
//     |                                                              ^
//     +-- too long --> spooling --END, on disk--> copying ("queued") -+
//
// A message gets its place among the others when all of it is here.
#pragma once

#include <list>

#include "psyc/core/drafts.hpp"
#include "psyc/core/publisher.hpp"

namespace psyc::core
{
class Spool : public UploadSink, private DraftOwner
{
public:
  Spool (Context &context, Publisher &publisher)
      : context_ (context), publisher_ (publisher), uploads_ (context, *this),
        drafts_ (context, Box::in, nobody, 0, *this)
  {}

  // Whose requests these are in the inbox.
  [[nodiscard]] static bool
  is_ours (const RequestInfo &info)
  {
    return nobody == info.member;
  }

  [[nodiscard]] Uploads &
  uploads ()
  {
    return uploads_;
  }

  // One that the store held at start, by sequence; incomplete ones go.
  void on_listed (const RequestInfo &info);
  // Goes on with copying: called when the publisher may have room again.
  void pump ();
  void
  on_time ()
  {
    drafts_.on_time ();
  }
  [[nodiscard]] base::TimePoint
  next_deadline () const
  {
    return drafts_.next_deadline ();
  }
  // Complete on disk, not in the channel yet.
  [[nodiscard]] std::size_t
  count () const
  {
    return jobs_.size ();
  }

  // UploadSink
  [[nodiscard]] std::optional<std::string> refusal () override;
  void begin_upload (UploadKey upload, std::uint32_t flags,
                     const base::SendTag &tag) override;
  void add_chunk (UploadKey upload, Chunk chunk) override;
  void cancel_upload (UploadKey upload) override;
  void resolve_upload (UploadKey upload, const TagInfo &known) override;

private:
  static constexpr base::MemberKey nobody{};

  // What is not complete yet.
  struct Input
  {
    base::SendTag tag;
    std::uint32_t flags = 0; // enum GNUNET_PSYC_MasterTransmitFlags
    std::vector<Chunk> held; // when it is on disk: the first one alone
    std::size_t held_bytes = 0;
    bool is_on_disk = false;
  };
  // What is complete on disk.
  struct Job
  {
    base::RequestId id;
    PublicationPtr message;
    std::uint64_t next_offset = 0;
    bool is_reading = false;
    bool is_given = false; // wholly with the publisher
    std::vector<UploadKey> watchers;
  };
  using Jobs = std::list<Job>;

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

  [[nodiscard]] Job *find (base::RequestId id);
  void hold (UploadKey upload, Input &input, Chunk chunk);
  void to_disk (UploadKey upload, Input &input);
  void give_held (UploadKey upload, Input input);
  Job &add_job (base::RequestId id, std::uint32_t flags);
  void give (Job &job, Chunk chunk);
  void give (Job &job, const RequestFragment &fragment);
  void read (Job &job);
  void on_stored (base::RequestId id, base::MessageId message);
  void fail (base::RequestId id, const std::string &error);

  Context &context_;
  Publisher &publisher_;
  Uploads uploads_;
  Drafts drafts_;
  std::map<UploadKey, Input> inputs_;
  std::size_t held_bytes_ = 0;                       // of all inputs
  std::map<UploadKey, PublicationPtr> publications_; // were held
  Jobs jobs_;
};
} // namespace psyc::core
