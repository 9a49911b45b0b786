// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Who watches the simulated world: keeps the last events, the faults, and the
// counts that the report is made of.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "mesh.hpp"

namespace sim
{
// One thing that happened, small enough to keep many.
struct Note
{
  enum class What : std::uint8_t
  {
    sends,
    hears,
    calls,
    is_called,
    closes,
    is_told_end,
    delivers,
    starts,
    crashes,
    leaves,
    state,
  };
  base::TimePoint at;
  What what = What::starts;
  Node node = 0;
  std::uint64_t other = 0;  // a node, or a number
  std::uint64_t detail = 0; // type of a message
  std::uint64_t size = 0;
};

class Watch
{
public:
  explicit Watch (const Options &options) : options_ (options) {}

  void
  advance_time (base::TimePoint now)
  {
    now_ = now;
  }
  void note (Note::What what, Node node, std::uint64_t other = 0,
             std::uint64_t detail = 0, std::uint64_t size = 0);
  void note_message (Note::What what, Node node, Node other,
                     base::ByteView message);
  void fault (std::string text);
  void
  count (std::string_view name, std::int64_t delta)
  {
    counts_[name] += delta;
  }

  // A core sends; `found` is its channel. Before it goes.
  void on_send (Node node, const Mesh::Found &found, base::ByteView message,
                base::FragmentId head);
  // The called end of a channel hears something.
  static void on_hear (Wire &wire, base::ByteView message);
  // That end of the channel lets go.
  void on_let_go (Node node, const Mesh::Found &found);

  [[nodiscard]] const std::vector<std::string> &
  faults () const
  {
    return faults_;
  }
  // The last things that happened, a line each.
  [[nodiscard]] std::string last_notes (std::size_t count) const;

  std::uint64_t first_sends = 0; // of fragments by the origin
  std::uint64_t repairs = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t gaps = 0;

  [[nodiscard]] const std::map<std::string_view, std::int64_t> &
  counts () const
  {
    return counts_;
  }
  [[nodiscard]] std::uint32_t
  children_of (Node node) const
  {
    return node < children_.size () ? children_[node] : 0;
  }

private:
  void on_attached (Node node, Wire &wire);
  void on_fragment (Wire &wire, base::ByteView raw);
  [[nodiscard]] static std::string text_of (const Note &note);

  const Options &options_;
  base::TimePoint now_;
  std::vector<Note> notes_; // a ring
  std::size_t next_note_ = 0;
  std::vector<std::string> faults_;
  std::map<std::string_view, std::int64_t> counts_;
  std::vector<std::uint32_t> children_; // attached to each node
};

inline constexpr base::TimePoint world_start{ base::hours (400000) };
} // namespace sim
