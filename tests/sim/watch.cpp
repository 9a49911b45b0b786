// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Who watches the simulated world: see watch.hpp.
#include "watch.hpp"

#include <cstdio>
#include <iostream>

#include "multicast/core/batches.hpp"
#include "multicast/core/limits.hpp"

namespace sim
{
using namespace multicast;

namespace
{
constexpr std::size_t notes_max = 1 << 16;
constexpr std::size_t faults_max = 20;

[[nodiscard]] std::uint16_t
raw_type (base::ByteView message)
{
  return static_cast<std::uint16_t> (message[2] << 8 | message[3]);
}

[[nodiscard]] std::string
since_start (base::TimePoint at)
{
  std::array<char, 32> out{};
  std::snprintf (out.data (), out.size (), "%12.6f s",
                 static_cast<double> ((at - world_start).count ()) / 1e6);
  return out.data ();
}
} // namespace

void
Watch::note (Note::What what, Node node, std::uint64_t other,
             std::uint64_t detail, std::uint64_t size)
{
  const Note note{ now_, what, node, other, detail, size };
  if (options_.has_trace)
    std::cerr << text_of (note) << "\n";
  if (notes_.size () < notes_max)
    return notes_.push_back (note);
  notes_[next_note_] = note;
  next_note_ = (next_note_ + 1) % notes_max;
}

void
Watch::note_message (Note::What what, Node node, Node other,
                     base::ByteView message)
{
  note (what, node, other,
        message.size () < wire::header_size ? 0 : raw_type (message),
        message.size ());
}

void
Watch::fault (std::string text)
{
  if (faults_.size () < faults_max)
    faults_.push_back (since_start (now_) + ": " + std::move (text));
}

std::string
Watch::text_of (const Note &note)
{
  static constexpr std::array<const char *, 11> words
      = { "sends to",  "hears from",     "calls",    "is called by",
          "closes to", "is told end by", "delivers", "starts",
          "crashes",   "leaves",         "state" };
  std::string out = since_start (note.at) + " " + std::to_string (note.node)
                    + " " + words[static_cast<std::size_t> (note.what)];
  if (Note::What::starts != note.what && Note::What::crashes != note.what
      && Note::What::leaves != note.what)
    out += " " + std::to_string (note.other);
  if (0 != note.detail)
    out += ", type " + std::to_string (note.detail) + ", "
           + std::to_string (note.size) + " bytes";
  return out;
}

std::string
Watch::last_notes (std::size_t count) const
{
  std::string out;
  count = std::min (count, notes_.size ());
  for (std::size_t i = notes_.size () - count; i < notes_.size (); i++)
    out += text_of (notes_[(next_note_ + i) % notes_.size ()]) + "\n";
  return out;
}

void
Watch::on_attached (Node node, Wire &wire)
{
  if (std::exchange (wire.is_attached, true))
    return fault ("node " + std::to_string (node) + " attaches a child twice");
  if (children_.size () <= node)
    children_.resize (node + 1);
  if (++children_[node] > options_.children)
    fault ("node " + std::to_string (node) + " has more children than it may");
}

// What the origin sends of what is newer than all that it sent there before is
// sent first; the rest are repairs, and all that visitors get.
void
Watch::on_fragment (Wire &wire, base::ByteView raw)
{
  std::uint64_t id = 0;
  for (std::size_t i = 0; i < 8; i++)
    id = id << 8 | raw[4 + 4 + 64 + 8 + i];
  (id > wire.top ? first_sends : repairs)++;
  wire.top = std::max (wire.top, id);
}

void
Watch::on_send (Node node, const Mesh::Found &found, base::ByteView message,
                base::FragmentId head)
{
  Wire &wire = *found.wire;
  note_message (Note::What::sends, node, wire.ends[1 - found.end].node,
                message);
  if (message.size () > cadet_message_size_max)
    fault ("a message larger than CADET carries");
  // The last word before closing goes past the queue.
  if (wire.ends[found.end].under_way > limits::channel_under_way_max + 2)
    fault ("node " + std::to_string (node) + " has too much under way");
  if (0 == found.end
      || (0 != node && Fragment::wire_type == raw_type (message)))
    return;
  if (! for_each_in_batch (
          message,
          [&] (base::ByteView one)
          {
            if (PeerAttached::wire_type == raw_type (one))
            {
              if (! wire.is_visit)
                on_attached (node, wire);
              wire.top = wire.is_visit ? UINT64_MAX : head.value;
            }
            else if (0 == node && Fragment::wire_type == raw_type (one))
              on_fragment (wire, one);
            return true;
          }))
    fault ("node " + std::to_string (node) + " sends a malformed batch");
}

void
Watch::on_hear (Wire &wire, base::ByteView message)
{
  if (const auto attach = wire::decode<PeerAttach> (message))
    wire.is_visit = AttachKind::visitor == attach->kind;
}

void
Watch::on_let_go (Node node, const Mesh::Found &found)
{
  if (nullptr != found.wire && 1 == found.end
      && std::exchange (found.wire->is_attached, false))
    children_[node]--;
}
} // namespace sim
