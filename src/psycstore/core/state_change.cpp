// SPDX-License-Identifier: AGPL-3.0-or-later
#include "psycstore/core/state_change.hpp"

#include "psyc/message/variables.hpp"
#include "psycstore/core/outcome.hpp"

namespace psycstore
{
StateChange::StateChange (Database &db, const port::HasherMaker &hashers,
                          const base::ChannelKey &channel, From from,
                          base::MessageId message)
    : db_ (db), hashers_ (hashers), channel_ (channel), from_ (from),
      message_ (message)
{}

void
StateChange::add (base::ByteView parts)
{
  psyc::PartReader reader (parts);
  while (error_.empty ())
  {
    const auto part = reader.next ();
    psyc::PartError error = part ? checker_.on_part (*part) : reader.error ();
    if (psyc::PartError::none != error)
      error_ = "malformed message: " + std::string (psyc::error_name (error));
    if (! part || ! error_.empty ())
      return;
    on_part (*part);
  }
}

void
StateChange::on_part (const psyc::Part &part)
{
  if (const auto *modifier = std::get_if<psyc::ModifierPart> (&part))
    begin (*modifier);
  else if (const auto *more = std::get_if<psyc::ModContPart> (&part))
    add_value (more->value);
}

void
StateChange::begin (const psyc::ModifierPart &modifier)
{
  oper_ = modifier.oper;
  name_ = modifier.name;
  argument_.clear ();
  writer_.reset ();
  const bool is_hash
      = ! psyc::is_lasting (oper_) && psyc::state_hash_name == name_;
  if (is_hash)
    said_hash_.emplace ();
  if (modifier.full_value_size > psyc::value_size_max)
    return refuse (
        std::string (psyc::error_name (psyc::ValueError::too_large)));
  if (psyc::is_lasting (oper_))
    bytes_ += name_.size () + modifier.full_value_size;
  if (psyc::Operator::assign == oper_)
    writer_.emplace (db_, hashers_, channel_, name_, modifier.full_value_size,
                     message_);
  add_value (modifier.value);
}

// The next piece of the argument; with the last one it is applied.
void
StateChange::add_value (base::ByteView piece)
{
  if (! psyc::is_lasting (oper_))
  {
    if (psyc::state_hash_name == name_
        && said_hash_->size () < psyc::state_hash_size)
      said_hash_->append (base::as_text (piece));
    return;
  }
  if (writer_)
    writer_->add (piece);
  else
    argument_.insert (argument_.end (), piece.begin (), piece.end ());
  if (0 != checker_.value_missing ())
    return;
  if (writer_)
    writer_->finish ();
  else
    apply ();
  writer_.reset ();
}

// These work on the whole value. A message may make us work that much and no
// more: many small changes of a large value cost a lot.
void
StateChange::apply ()
{
  const base::Bytes before = current ();
  work_ += before.size () + argument_.size ();
  if (work_ > state_work_bytes_max)
    return refuse ("too many changes of large values in one message");
  const auto result = psyc::apply_operator (name_, before, oper_, argument_);
  argument_.clear ();
  if (psyc::ValueError::none != result.error)
    return refuse (std::string (psyc::error_name (result.error)));
  assign (name_, result.value);
}

void
StateChange::assign (const std::string &name, base::ByteView value)
{
  VariableWriter writer (db_, hashers_, channel_, name, value.size (),
                         message_);
  writer.add (value);
  writer.finish ();
}

base::Bytes
StateChange::current ()
{
  auto variable = db_.variable (channel_, StateSlot::next, name_);
  if (! variable && From::current == from_)
    variable = db_.variable (channel_, StateSlot::live, name_);
  return variable ? whole_value (db_, *variable) : base::Bytes{};
}

void
StateChange::refuse (std::string why)
{
  error_ = "cannot apply " + std::string (1, static_cast<char> (oper_)) + name_
           + ": " + std::move (why);
}

base::Hash
StateChange::hash ()
{
  return state_hash (db_, hashers_, channel_, From::nothing == from_);
}

// Who reads a value in pieces is not disturbed when it is said once more.
void
StateChange::keep_origins ()
{
  std::string from;
  while (auto said = db_.variable_from (channel_, StateSlot::next, from))
  {
    from = said->name + '\0';
    const auto old = db_.variable (channel_, StateSlot::live, said->name);
    if (! old || ! old->hash || old->size != said->size
        || old->hash != said->hash)
      continue;
    said->changed_by = old->changed_by;
    db_.variable_put (channel_, StateSlot::next, *said);
  }
}

void
StateChange::make_live ()
{
  if (From::nothing == from_)
  {
    keep_origins ();
    db_.variables_clear (channel_, StateSlot::live);
  }
  while (const auto changed = db_.variable_from (channel_, StateSlot::next, ""))
  {
    const auto old
        = From::nothing == from_
              ? std::nullopt
              : db_.variable (channel_, StateSlot::live, changed->name);
    if (old)
      db_.variable_remove (*old);
    if (0 == changed->size)
      db_.variable_remove (*changed);
    else
      db_.variable_make_live (*changed);
  }
}

void
StateChange::drop ()
{
  db_.variables_clear (channel_, StateSlot::next);
}
} // namespace psycstore
