// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Reads of a channel's state: the best match, all of a prefix, where it
// stands.
#include <algorithm>

#include "psyc/message/names.hpp"
#include "psycstore/core/reads.hpp"
#include "psycstore/core/state_value.hpp"

namespace psycstore
{
namespace
{
// Gives values in pieces: the name comes with the first piece.
class ValueGiver
{
public:
  ValueGiver (std::uint64_t operation, const base::ChannelKey &channel,
              std::uint64_t first_byte)
      : operation_ (operation), channel_ (channel), byte_ (first_byte)
  {}

  // True when the value is finished.
  [[nodiscard]] bool
  give (Database &db, const Variable &variable, Page &page)
  {
    base::Bytes piece = value_bytes (db, variable, byte_, state_piece_size);
    const std::size_t size = piece.size ();
    if (0 != size)
      page.add (StateResult{ operation_,
                             0 == byte_ ? variable.name : "",
                             variable.size,
                             variable.changed_by,
                             { std::move (piece) } });
    byte_ += size;
    const bool is_finished = 0 == size || byte_ >= variable.size;
    if (is_finished)
      byte_ = 0;
    return is_finished;
  }

private:
  std::uint64_t operation_;
  base::ChannelKey channel_;
  std::uint64_t byte_;
};

class StateReader : public Reader
{
public:
  explicit StateReader (StateGet request)
      : request_ (std::move (request)),
        giver_ (request_.operation, request_.channel, request_.first_byte)
  {}

  std::optional<Outcome>
  step (Database &db, Page &page) override
  {
    const auto found = find (db);
    if (! found)
      return done (result_no);
    while (page.has_room ())
      if (giver_.give (db, *found, page))
        return done ();
    return std::nullopt;
  }

private:
  // The name itself, else the nearest shorter one that has a value.
  [[nodiscard]] std::optional<Variable>
  find (Database &db)
  {
    for (std::optional<std::string_view> name = request_.name; name;
         name = psyc::shorter (*name))
      if (auto found = db.variable (request_.channel, StateSlot::live, *name))
        return found;
    return std::nullopt;
  }

  const StateGet request_;
  ValueGiver giver_;
};

class StatePrefixReader : public Reader
{
public:
  explicit StatePrefixReader (StateGetPrefix request)
      : request_ (std::move (request)),
        giver_ (request_.operation, request_.channel, request_.first_byte),
        next_ (std::max (request_.prefix, request_.first_name))
  {}

  std::optional<Outcome>
  step (Database &db, Page &page) override
  {
    while (page.has_room ())
    {
      const auto found
          = db.variable_from (request_.channel, StateSlot::live, next_);
      if (! found || ! found->name.starts_with (request_.prefix))
        return done (static_cast<std::int64_t> (count_));
      next_ = found->name;
      // `first_byte` is said of the variable `first_name`.
      if (! is_begun_ && found->name != request_.first_name)
        giver_ = ValueGiver (request_.operation, request_.channel, 0);
      is_begun_ = true;
      if (! giver_.give (db, *found, page))
        continue;
      next_.push_back ('\0'); // the least name after it
      count_++;
    }
    return std::nullopt;
  }

private:
  const StateGetPrefix request_;
  ValueGiver giver_;
  std::string next_;
  bool is_begun_ = false;
  std::uint64_t count_ = 0;
};

class StateInfoReader : public Reader
{
public:
  StateInfoReader (const StateInfoGet &request,
                   const port::HasherMaker &hashers)
      : request_ (request), hashers_ (hashers)
  {}

  std::optional<Outcome>
  step (Database &db, Page &page) override
  {
    const StateHead head = db.state_head (request_.channel);
    StateInfoResult answer{ request_.operation, head.applied,
                            head.checkpoint,    head.changes,
                            head.change_bytes,  head.hash_message_id,
                            std::nullopt };
    if (request_.wants_hash)
      answer.hash = state_hash (db, hashers_, request_.channel);
    page.add (answer);
    return done ();
  }

private:
  const StateInfoGet request_;
  const port::HasherMaker &hashers_;
};
} // namespace

std::unique_ptr<Reader>
make_reader (StateGet request)
{
  return std::make_unique<StateReader> (std::move (request));
}

std::unique_ptr<Reader>
make_reader (StateGetPrefix request)
{
  return std::make_unique<StatePrefixReader> (std::move (request));
}

std::unique_ptr<Reader>
make_reader (StateInfoGet request, const port::HasherMaker &hashers)
{
  return std::make_unique<StateInfoReader> (request, hashers);
}
} // namespace psycstore
