// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Programs that use psyc in the fake world: one that talks (with the sender
// that the real libraries have), a host's application that relays what guests
// say, readers with a cursor of their own.
#pragma once

#include <random>

#include "psyc/message/part_writer.hpp"
#include "psyc/message/sender.hpp"
#include "world.hpp"

namespace psyc::test
{
// All parts of a message, cut into runs of at most `run_max` bytes.
inline std::vector<base::Bytes>
message_runs (std::string_view method, const std::vector<Modifier> &modifiers,
              base::ByteView body, std::size_t run_max = 4000)
{
  PartWriter writer (run_max);
  EXPECT_TRUE (writer.method (method, 0, state_not_modified));
  for (const auto &modifier : modifiers)
    EXPECT_TRUE (
        writer.modifier (modifier.oper, modifier.name, modifier.value));
  if (! body.empty ())
    writer.data (body);
  writer.end ();
  writer.flush ();
  std::vector<base::Bytes> runs;
  while (auto run = writer.take ())
    runs.push_back (std::move (*run));
  return runs;
}

inline base::SendTag
tag_of (std::uint64_t number)
{
  base::SendTag tag;
  for (std::size_t i = 0; i < 8; i++)
    tag.bytes[i] = static_cast<std::uint8_t> (number >> (8 * i));
  tag.bytes[15] = 1;
  return tag;
}

// A master's or slave's handle that says things, and keeps saying them through
// crashes.
class Talker
{
public:
  struct Said
  {
    std::string text;
    std::optional<transfer::SendState> state; // final
    std::vector<transfer::SendState> heard;
    std::uint64_t message_id = 0;
    std::string reason;
  };

  Talker (
      Peer &peer, std::optional<base::ChannelPrivateKey> host,
      std::optional<std::pair<base::ChannelKey, base::MemberPrivateKey>> guest)
      : peer_ (peer), host_ (host), guest_ (guest)
  {}

  ClientId client;
  std::vector<Said> said;
  bool is_started = false;
  bool relays = true; // a host: what members say
  bool is_admitted = false;
  bool is_refused = false;
  std::vector<local::JoinRequest> questions;
  std::map<std::pair<base::MemberKey, std::uint64_t>, std::size_t> offers;

  void
  connect ()
  {
    client = peer_.connect ();
    is_started = false;
    if (host_)
    {
      local::MasterStart start;
      start.private_key = *host_;
      start.policy = policy;
      start.flags = local::MasterFlags::explicit_requests;
      start.after_fragment_id = 0;
      peer_.say (client, start);
    }
    else
    {
      local::SlaveJoin join;
      join.channel_key = guest_->first;
      join.private_key = guest_->second;
      join.origin = base::PeerId{};
      join.after_fragment_id = local::from_now;
      peer_.say (client, join);
    }
  }
  std::uint32_t policy = 0;

  void
  disconnect ()
  {
    peer_.leave (client);
    on_lost ();
  }
  // psyc died, or the connection broke.
  void
  on_lost ()
  {
    is_started = false;
    sender_.on_link_down ();
    poll ();
  }

  void
  say (std::string text, std::string_view method = "_message",
       const std::vector<Modifier> &modifiers = {}, std::uint32_t flags = 0)
  {
    const auto id = sender_.start (tag_of (next_tag_++), flags);
    index_[id] = said.size ();
    auto &runs = unsaid_[id];
    for (auto &run : message_runs (method, modifiers, base::as_bytes (text)))
      runs.push_back (std::move (run));
    said.push_back ({ std::move (text), {}, {}, 0, "" });
  }

  // Gives one run of one message; false: nothing to give.
  bool
  push (std::uint64_t pick)
  {
    if (unsaid_.empty ())
      return false;
    auto it = unsaid_.begin ();
    std::advance (it, static_cast<std::ptrdiff_t> (pick % unsaid_.size ()));
    if (waits_.contains (it->first))
      return false;
    const auto result = sender_.push (it->first, it->second.front ());
    it->second.pop_front ();
    if (Sender::Push::wait == result)
      waits_.insert (it->first);
    if (it->second.empty () || Sender::Push::unknown == result)
      unsaid_.erase (it);
    poll ();
    return true;
  }

  // Hears one message of psyc; false: none there.
  bool
  listen ()
  {
    auto &queue = peer_.to_clients[client];
    if (queue.empty ())
      return false;
    const base::Bytes raw = std::move (queue.front ());
    queue.pop_front ();
    on_message (raw);
    poll ();
    return true;
  }

  [[nodiscard]] bool
  is_done () const
  {
    return unsaid_.empty ()
           && std::all_of (said.begin (), said.end (),
                           [] (const Said &one)
                           { return one.state.has_value (); });
  }

private:
  void
  poll ()
  {
    while (auto effect = sender_.poll_effect ())
      std::visit ([this] (const auto &what) { perform (what); }, *effect);
  }

  void
  perform (const Sender::SendParts &e)
  {
    if (! is_started)
      return;
    local::Upload upload;
    upload.upload_id = e.upload_id;
    upload.tag = e.tag;
    upload.flags = e.flags;
    upload.offset = e.offset;
    upload.parts.bytes = e.parts;
    peer_.say (client, upload);
  }
  void
  perform (const Sender::SendCancel &e)
  {
    if (is_started)
      peer_.say (client, local::UploadCancel{ e.upload_id });
  }
  void
  perform (const Sender::SendQuery &e)
  {
    if (is_started)
      peer_.say (client, local::UploadQuery{ e.upload_id, e.tag });
  }
  void
  perform (const Sender::Ready &e)
  {
    waits_.erase (e.upload_id);
  }
  void
  perform (const Sender::State &e)
  {
    Said &one = said.at (index_.at (e.upload_id));
    one.heard.push_back (e.state);
    if (! transfer::is_final (e.state))
      return;
    EXPECT_FALSE (one.state.has_value ()) << "two final states";
    one.state = e.state;
    one.message_id = e.message_id;
    one.reason = e.reason;
    unsaid_.erase (e.upload_id);
  }

  void
  on_message (base::ByteView raw)
  {
    if (const auto started = wire::decode<local::Started> (raw))
    {
      ASSERT_NE (local::StartResult::failed, started->result) << started->error;
      is_started = true;
      sender_.on_link_up ();
    }
    else if (const auto credit = wire::decode<local::UploadCredit> (raw))
      sender_.on_credit (credit->upload_id, credit->bytes);
    else if (const auto state = wire::decode<local::UploadState> (raw))
      sender_.on_state ({ state->upload_id, state->state, state->request_id,
                          state->message_id, state->code, state->reason });
    else if (const auto request = wire::decode<local::Request> (raw))
      on_request (*request);
    else if (const auto verdict = wire::decode<local::JoinVerdict> (raw))
    {
      is_admitted = local::Admission::admitted == verdict->admission;
      is_refused = local::Admission::refused == verdict->admission;
    }
    else if (auto question = wire::decode<local::JoinRequest> (raw))
      questions.push_back (std::move (*question));
    else if (const auto fragment = wire::decode<local::Fragment> (raw))
      acknowledge (local::stream_cost (*fragment));
    else if (const auto gap = wire::decode<local::Gap> (raw))
      acknowledge (local::stream_cost (*gap));
  }

  void
  acknowledge (std::uint64_t cost)
  {
    peer_.say (client, local::StreamAck{ local::log_stream, cost });
  }

  void
  on_request (const local::Request &request)
  {
    offers[{ request.member_key, request.request_id }]++;
    acknowledge (local::stream_cost (request));
    if (! relays)
      return;
    PartWriter modifiers (4000);
    EXPECT_TRUE (modifiers.modifier (Operator::set, "_nym_author",
                                     base::as_bytes ("guest")));
    modifiers.flush ();
    local::RequestDecision decision;
    decision.member_key = request.member_key;
    decision.request_id = request.request_id;
    decision.action = local::RequestAction::relay;
    decision.modifiers.bytes = *modifiers.take ();
    peer_.say (client, decision);
  }

  Peer &peer_;
  const std::optional<base::ChannelPrivateKey> host_;
  const std::optional<std::pair<base::ChannelKey, base::MemberPrivateKey>>
      guest_;
  Sender sender_;
  std::uint64_t next_tag_
      = static_cast<std::uint64_t> (reinterpret_cast<std::uintptr_t> (this)
                                    & 0xffff)
        << 32;
  std::map<Sender::UploadId, std::size_t> index_;
  std::map<Sender::UploadId, std::deque<base::Bytes>> unsaid_;
  std::set<Sender::UploadId> waits_;
};

// Reads a channel's log; comes back at the fragment after the last one.
class Reader
{
public:
  struct Heard
  {
    std::uint64_t fragment_id = 0;
    base::Bytes message; // P.MessageHeader with parts
  };

  Reader (Peer &peer, const base::ChannelKey &channel,
          std::optional<base::MemberKey> slave, std::uint64_t after)
      : peer_ (peer), channel_ (channel), slave_ (slave), after_ (after)
  {}

  ClientId client;
  std::vector<Heard> heard;
  std::vector<local::Gap> gaps;
  bool is_started = false;
  bool is_refused = false;
  std::uint64_t unacknowledged = 0;

  void
  connect ()
  {
    client = peer_.connect ();
    is_started = is_refused = false;
    unacknowledged = 0;
    peer_.say (client, local::ObserveStart{ local::protocol_version, channel_,
                                            slave_, after_ });
  }

  bool
  listen ()
  {
    auto &queue = peer_.to_clients[client];
    if (queue.empty ())
      return false;
    const base::Bytes raw = std::move (queue.front ());
    queue.pop_front ();
    if (const auto started = wire::decode<local::Started> (raw))
    {
      is_started = local::StartResult::failed != started->result;
      is_refused = ! is_started;
      if (local::from_now == after_ && is_started)
        after_ = started->after_fragment_id;
    }
    else if (auto fragment = wire::decode<local::Fragment> (raw))
    {
      EXPECT_GT (fragment->fragment_id, after_) << "again, or out of order";
      after_ = fragment->fragment_id;
      unacknowledged += local::stream_cost (*fragment);
      heard.push_back ({ after_, std::move (fragment->message.bytes) });
    }
    else if (const auto gap = wire::decode<local::Gap> (raw))
    {
      EXPECT_GT (gap->first, after_);
      after_ = gap->last;
      unacknowledged += local::stream_cost (*gap);
      gaps.push_back (*gap);
    }
    EXPECT_LE (unacknowledged, local::stream_window_bytes);
    return true;
  }

  bool
  acknowledge ()
  {
    if (0 == unacknowledged)
      return false;
    peer_.say (client, local::StreamAck{ local::log_stream,
                                         std::exchange (unacknowledged, 0) });
    return true;
  }

  [[nodiscard]] std::uint64_t
  after () const
  {
    return after_;
  }

private:
  Peer &peer_;
  const base::ChannelKey channel_;
  const std::optional<base::MemberKey> slave_;
  std::uint64_t after_;
};

// What was read, put together: in order of completion.
struct Whole
{
  std::uint64_t message_id = 0;
  std::uint64_t first_fragment = 0;
  Message message;
};

// Must all that begins also end?
enum class Ends
{
  all,
  some,
};

inline std::vector<Whole>
whole_messages (const std::vector<Reader::Heard> &heard, Ends ends = Ends::all,
                std::size_t *cancelled = nullptr)
{
  constexpr std::size_t header = 56;
  std::map<std::uint64_t, base::Bytes> open;
  std::map<std::uint64_t, std::uint64_t> first;
  std::set<std::uint64_t> broken;
  std::vector<Whole> out;
  for (const auto &one : heard)
  {
    wire::Decoder decoder (base::ByteView (one.message).subspan (8));
    std::uint64_t id = 0;
    std::uint64_t offset = 0;
    EXPECT_TRUE (decoder.get (id) && decoder.get (offset));
    if (0 != offset && ! open.contains (id))
      continue; // began before we came
    auto &parts = open[id];
    first.emplace (id, one.fragment_id);
    // A hole: then no end may come, but the word that none does.
    if (parts.size () != offset)
      broken.insert (id);
    parts.insert (parts.end (), one.message.begin () + header,
                  one.message.end ());
    PartReader reader (base::ByteView (one.message).subspan (header));
    bool is_end = false;
    bool is_cancel = false;
    while (const auto part = reader.next ())
    {
      is_end |= std::holds_alternative<EndPart> (*part);
      is_cancel |= std::holds_alternative<CancelPart> (*part);
    }
    EXPECT_EQ (PartError::none, reader.error ());
    if (is_cancel && nullptr != cancelled)
      ++*cancelled;
    EXPECT_FALSE (is_end && broken.contains (id) && Ends::all == ends)
        << "a whole message with a hole";
    if (is_end && ! broken.contains (id))
    {
      auto message = parse_message (parts);
      EXPECT_TRUE (message.has_value ());
      if (message)
        out.push_back ({ id, first.at (id), std::move (*message) });
    }
    if (is_end || is_cancel)
      open.erase (id);
  }
  EXPECT_TRUE (open.empty () || Ends::some == ends)
      << "messages without an end: " << open.begin ()->first << " of "
      << open.begin ()->second.size () << " bytes";
  return out;
}
} // namespace psyc::test
