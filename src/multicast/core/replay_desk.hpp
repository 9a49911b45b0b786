// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What children ask for from the history, and its way through the client: in
// small chunks, one at a time for each child, taking turns, and only while the
// child's queue has room.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "multicast/core/effects.hpp"
#include "multicast/peer_messages.hpp"

namespace multicast
{
class ReplayDesk
{
public:
  // A chunk asked of the client.
  struct Chunk
  {
    ChannelId child;
    ReplayId replay; // ours, towards the client
    ReplayUnit unit = ReplayUnit::fragments;
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    base::FragmentId after; // of the first message (of fragments: of all)
                            // leave out up to this one
    ReplayDetail detail{};
  };
  // An answer for a child that ended.
  struct Ended
  {
    ChannelId child;
    PeerReplayEnd end;
  };
  using HasRoom = std::function<bool (ChannelId)>;

  // Have we all of what is asked for? A good end of `some` is told as
  // `not_found`, so that the child asks others too.
  enum class Coverage : std::uint8_t
  {
    all,
    some,
  };
  // Takes a child's question; or says at once how it ends.
  [[nodiscard]] std::optional<PeerReplayEnd>
  ask (ChannelId child, const PeerReplayRequest &request,
       const base::Head &head, Coverage coverage = Coverage::all);
  // The child does not want it any more. Returns what to cancel at the client.
  [[nodiscard]] std::optional<ReplayId> cancel (ChannelId child,
                                                ReplayId theirs);
  // The child is gone. Returns what to cancel at the client.
  [[nodiscard]] std::optional<ReplayId> drop_child (ChannelId child);

  // The next chunk to ask the client for, children in turn.
  [[nodiscard]] std::optional<Chunk> next_chunk (const HasRoom &has_room,
                                                 base::TimePoint now);
  [[nodiscard]] std::optional<Chunk> find (ReplayId ours) const;
  // A fragment of the chunk goes out; messages come by ascending id, each in
  // the order of its fragments.
  void on_fragment (ReplayId ours, base::FragmentId id, base::MessageId message,
                    base::TimePoint now);
  // The child's queue is full: stop here, the child asks for the rest.
  [[nodiscard]] Ended stop (ReplayId ours);
  // The client is done with the chunk; nothing: more chunks to come.
  [[nodiscard]] std::optional<Ended> on_end (ReplayId ours, ReplayCode code,
                                             base::FragmentId next = {});

  // Chunks that the client did not answer in time.
  [[nodiscard]] std::vector<ReplayId> overdue (base::TimePoint now) const;

private:
  struct Job
  {
    ReplayId theirs;
    ReplayUnit unit = ReplayUnit::fragments;
    std::uint64_t cursor = 0; // all below is answered
    std::uint64_t last = 0;
    base::FragmentId after;
    ReplayDetail detail{};
    std::uint64_t sent = 0; // fragments
    Coverage coverage = Coverage::all;
    ReplayCode worst = ReplayCode::ok;
    ReplayId asked; // none: no chunk is at the client
    std::uint64_t chunk_last = 0;
    base::TimePoint active;
  };
  using Queue = std::deque<Job>;

  [[nodiscard]] Job *job_of (ReplayId ours);
  [[nodiscard]] const Job *job_of (ReplayId ours) const;
  [[nodiscard]] Ended finish (ReplayId ours, ReplayCode code);
  [[nodiscard]] Chunk start_chunk (ChannelId child, Job &job,
                                   base::TimePoint now);

  std::map<ChannelId, Queue> queues_; // none is empty
  std::map<ReplayId, ChannelId> at_client_;
  ReplayId last_;
  ChannelId turn_; // who was served last
};
} // namespace multicast
