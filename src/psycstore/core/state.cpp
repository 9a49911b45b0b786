// SPDX-License-Identifier: AGPL-3.0-or-later
#include "psycstore/core/state.hpp"

#include <map>

#include "psyc/message/names.hpp"
#include "psyc/message/part_checker.hpp"
#include "psyc/message/parts.hpp"
#include "psyc/message/variables.hpp"

namespace psycstore
{
namespace
{
using Values = std::map<std::string, base::Bytes, std::less<>>;

// Reads one stored message and works out what its modifiers make of the
// state, without changing it.
class Change
{
public:
  Change (Database &db, const base::ChannelKey &channel, bool from_nothing)
      : db_ (db), channel_ (channel), from_nothing_ (from_nothing)
  {}

  // Why the message cannot be applied; empty: `values` are the new ones.
  [[nodiscard]] std::string
  read (base::MessageId message)
  {
    std::uint64_t offset = 0;
    while (error_.empty ())
    {
      const auto info = db_.message_fragment_from (channel_, message, offset);
      if (! info || info->offset != offset)
        return "message " + std::to_string (message.value)
               + " is incomplete at byte " + std::to_string (offset);
      // Once the body has begun only the end matters, which is in the last
      // fragment.
      if (psyc::PartChecker::State::body != checker_.state ()
          || info->is_last ())
        read_fragment (*info);
      if (info->is_last ())
        break;
      if (0 == info->body_size)
        return "malformed message: an empty fragment";
      offset = info->end ();
    }
    if (error_.empty () && checker_.state () != psyc::PartChecker::State::ended)
      return psyc::PartChecker::State::cancelled == checker_.state ()
                 ? "the message was cancelled"
                 : "malformed message: it does not end";
    return error_;
  }

  [[nodiscard]] const Values &
  values () const
  {
    return values_;
  }

private:
  void
  read_fragment (const FragmentInfo &info)
  {
    const base::Bytes bytes = db_.fragment_bytes (channel_, info);
    if (bytes.size () < fragment_header_size)
    {
      error_ = "malformed message: a fragment without a header";
      return;
    }
    psyc::PartReader reader (fragment_body (bytes));
    while (const auto part = reader.next ())
    {
      const psyc::PartError error = checker_.on_part (*part);
      if (psyc::PartError::none != error)
        return refuse (error);
      on_part (*part);
    }
    if (psyc::PartError::none != reader.error ())
      refuse (reader.error ());
  }

  void
  refuse (psyc::PartError error)
  {
    error_ = "malformed message: " + std::string (psyc::error_name (error));
  }

  void
  on_part (const psyc::Part &part)
  {
    if (const auto *modifier = std::get_if<psyc::ModifierPart> (&part))
    {
      oper_ = modifier->oper;
      name_ = modifier->name;
      argument_.clear ();
      add (modifier->value);
    }
    else if (const auto *more = std::get_if<psyc::ModContPart> (&part))
      add (more->value);
  }

  // The next piece of the argument; with the last one it is applied.
  void
  add (base::ByteView piece)
  {
    if (! psyc::is_lasting (oper_))
      return;
    argument_.insert (argument_.end (), piece.begin (), piece.end ());
    if (size_ + argument_.size () > state_change_bytes_max)
    {
      error_ = "state change of more than 16 MiB";
      // What follows must not pile up until the fragment ends.
      oper_ = psyc::Operator::set;
      argument_.clear ();
      return;
    }
    if (0 == checker_.value_missing ())
      apply ();
  }

  void
  apply ()
  {
    auto result = psyc::apply_operator (name_, current (), oper_, argument_);
    if (psyc::ValueError::none != result.error)
    {
      error_ = "cannot apply " + std::string (1, static_cast<char> (oper_))
               + name_ + ": " + std::string (psyc::error_name (result.error));
      return;
    }
    size_ += name_.size () + result.value.size ();
    values_[name_] = std::move (result.value);
  }

  [[nodiscard]] base::Bytes
  current ()
  {
    const auto changed = values_.find (name_);
    if (values_.end () != changed)
      return changed->second;
    if (from_nothing_)
      return {};
    return db_.state_value (channel_, name_, 0, SIZE_MAX)
        .value_or (base::Bytes{});
  }

  Database &db_;
  const base::ChannelKey &channel_;
  const bool from_nothing_;
  psyc::PartChecker checker_;
  psyc::Operator oper_ = psyc::Operator::set;
  std::string name_;
  base::Bytes argument_;
  Values values_;
  std::size_t size_ = 0;
  std::string error_;
};

std::string
chain_break (base::MessageId applied, const StateModify &request)
{
  return "does not follow the state: last applied "
         + std::to_string (applied.value) + ", needed "
         + std::to_string (request.message_id.value - request.state_delta);
}
} // namespace

Outcome
modify_state (Database &db, const StateModify &request)
{
  if (request.message_id.is_none () || request.message_id.value > id_max)
    return refused ("message id out of bounds (1 to 2^63 - 2)");
  if (request.state_delta > request.message_id.value)
    return refused ("the message does not change the state");
  StateHead head = db.state_head (request.channel);
  if (request.message_id <= head.applied)
    return done (); // was applied before
  const bool is_checkpoint = psyc::state_reset == request.state_delta;
  if (! is_checkpoint
      && head.applied.value + request.state_delta != request.message_id.value)
    return { result_no, chain_break (head.applied, request) };
  Change change (db, request.channel, is_checkpoint);
  if (std::string why = change.read (request.message_id); ! why.empty ())
    return refused (std::move (why));
  if (is_checkpoint)
    db.state_clear (request.channel);
  for (const auto &[name, value] : change.values ())
    db.state_put (request.channel, name, value);
  head.applied = request.message_id;
  db.state_head_put (request.channel, head);
  return done ();
}

Outcome
replace_state (Database &db, const StateSync &request, base::ByteView image)
{
  if (request.applied.value > id_max
      || request.hash_message_id.value > id_max)
    return refused ("message id out of bounds (up to 2^63 - 2)");
  const auto state = wire::decode_members<StateImage> (image);
  if (! state)
    return refused ("malformed state");
  for (const StateVariable &variable : state->variables)
    if (! psyc::is_name (variable.name))
      return refused ("malformed name of a variable");
  db.state_clear (request.channel);
  for (const StateVariable &variable : state->variables)
    db.state_put (request.channel, variable.name, variable.value);
  StateHead head = db.state_head (request.channel);
  if (head.hash_message_id != request.hash_message_id)
    head.hash = {};
  head.applied = request.applied;
  head.hash_message_id = request.hash_message_id;
  db.state_head_put (request.channel, head);
  return done ();
}
} // namespace psycstore
