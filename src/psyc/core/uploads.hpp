// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What clients say, on its way in: the parts of many messages at once are
// checked, cut into the bodies of fragments, and handed to a sink (the channel
// at a host, the outbox at a guest), which tells what becomes of them.
//
//   checking --- the tag is not known ---> taking --- END ---> given
//      |                                     |                   |
//      +-- known: answered with its outcome  +-- cancelled       +-- finished
//
// A tag that is being sent already is not sent again: whoever says it once
// more hears of the first.
#pragma once

#include <list>
#include <memory>
#include <unordered_map>

#include "psyc/core/context.hpp"
#include "psyc/message/part_checker.hpp"
#include "psyc/message/part_writer.hpp"
#include "psyc/message/state_hash.hpp"
#include "psyc/message/transfer_messages.hpp"
#include "psyc/psyc_messages.hpp"

namespace psyc::core
{
// One fragment's body of a message.
struct Chunk
{
  base::Bytes body;
  std::uint64_t offset = 0; // in the message
  std::uint32_t flags = 0;
  std::uint64_t input_bytes = 0; // what the client may send anew for it
  bool has_lasting = false;      // a lasting modifier began up to here
  bool is_head_open = false;     // more modifiers may come
};

// Behind the last modifier of a message stands what the host says the hash of
// the state is after it. Nobody else says that: what others say is left out.
enum class HashPlace : std::uint8_t
{
  none,
  if_changed, // when a modifier lasts
  always,
};

// Where the hash is to be written in the parts of a fragment, if it is there.
[[nodiscard]] std::optional<std::size_t> find_hash_place (base::ByteView parts);

// Cuts checked parts into fragments: a fragment is given as soon as the next
// part does not fit, so that a small message is one fragment.
class Assembler
{
public:
  explicit Assembler (std::size_t payload_max, HashPlace hash = HashPlace::none)
      : writer_ (payload_max), hash_ (hash)
  {}

  [[nodiscard]] PartError add (const Part &part, std::size_t input_bytes);
  // A run of whole parts.
  [[nodiscard]] PartError add (base::ByteView parts);

  [[nodiscard]] std::optional<Chunk> take ();

  [[nodiscard]] bool
  is_ended () const
  {
    return checker_.is_finished ();
  }
  [[nodiscard]] bool
  is_cancelled () const
  {
    return PartChecker::State::cancelled == checker_.state ();
  }

private:
  [[nodiscard]] bool is_left_out (const Part &part);
  void leave_place_for_hash ();

  PartChecker checker_;
  PartWriter writer_;
  HashPlace hash_;
  bool is_leaving_out_ = false;
  std::uint64_t offset_ = 0;
  std::uint64_t uncredited_ = 0;
  bool has_lasting_ = false;
};

struct UploadStatus
{
  transfer::SendState state = transfer::SendState::failed;
  std::uint64_t request_id = 0;
  std::uint64_t message_id = 0;
  std::uint32_t code = 0;
  std::string reason;
};

// Names an upload inside of the core.
using UploadKey = base::Id<struct UploadKeyTag>;

class UploadSink
{
public:
  virtual ~UploadSink () = default;
  // Why nothing can be taken now, if so.
  [[nodiscard]] virtual std::optional<std::string> refusal () = 0;
  virtual void begin_upload (UploadKey upload, std::uint32_t flags,
                             const base::SendTag &tag)
      = 0;
  virtual void add_chunk (UploadKey upload, Chunk chunk) = 0;
  // Given up before its end.
  virtual void cancel_upload (UploadKey upload) = 0;
  // The tag was stored earlier: tell what became of it by on_status.
  virtual void resolve_upload (UploadKey upload, const TagInfo &known) = 0;
};

class Uploads
{
public:
  Uploads (Context &context, UploadSink &sink)
      : context_ (context), sink_ (sink)
  {}

  // False: the client broke the protocol.
  [[nodiscard]] bool on_upload (ClientId client, const local::Upload &message);
  void on_cancel (ClientId client, std::uint64_t upload_id);
  void on_query (ClientId client, const local::UploadQuery &message);
  // What it did not complete is given up, the rest goes on.
  void on_client_gone (ClientId client);

  // From the sink.
  void on_durable (UploadKey upload, std::uint64_t input_bytes);
  void on_status (UploadKey upload, const UploadStatus &status);

  // So much of this client's waits for the disk that no more is read of it.
  [[nodiscard]] bool is_congested (ClientId client) const;

  [[nodiscard]] std::size_t
  count () const
  {
    return uploads_.size ();
  }

private:
  enum class State : std::uint8_t
  {
    checking, // is the tag known? parts wait in `held`
    taking,   // parts go on
    given,    // all of it, the sink has the word
    resolving // known already
  };
  struct Listener
  {
    ClientId client;
    std::uint64_t upload_id = 0;
  };
  struct Upload
  {
    explicit Upload (std::size_t payload_max, HashPlace hash = HashPlace::none)
        : assembler (payload_max, hash)
    {}

    State state = State::checking;
    ClientId client; // whose parts these are; none: it went
    std::uint64_t upload_id = 0;
    base::SendTag tag;
    std::uint32_t flags = 0;
    std::uint64_t next_offset = 0;
    std::size_t pending = 0;
    base::Bytes held;
    Assembler assembler;
    std::vector<Listener> listeners;
    std::optional<UploadStatus> last; // not final
  };
  using Name = std::pair<ClientId, std::uint64_t>;

  [[nodiscard]] Upload *find (UploadKey key);
  [[nodiscard]] bool begin (ClientId client, const local::Upload &message);
  void check_tag (UploadKey key);
  void on_tag (UploadKey key, const std::optional<TagInfo> &known);
  void take (UploadKey key, Upload &upload, base::ByteView parts);
  void drop (UploadKey key, const UploadStatus &status);
  void abandon (UploadKey key);
  void listen (UploadKey key, ClientId client, std::uint64_t upload_id);
  void tell (const Listener &listener, const UploadStatus &status);
  void tell (ClientId client, std::uint64_t upload_id,
             const UploadStatus &status);
  void count_bytes (Upload &upload, std::size_t bytes);
  void settle_bytes (Upload &upload, std::size_t bytes);

  Context &context_;
  UploadSink &sink_;
  std::uint64_t last_key_ = 0;
  std::map<UploadKey, Upload> uploads_;
  std::map<Name, UploadKey> by_name_; // whose input has not ended
  std::unordered_map<base::SendTag, UploadKey> by_tag_;
  std::map<ClientId, std::size_t> pending_; // bytes that wait for the disk
  std::size_t checking_count_ = 0;
};
} // namespace psyc::core
