// SPDX-License-Identifier: AGPL-3.0-or-later
#include "psyc/message/part_checker.hpp"

namespace psyc
{
PartError
PartChecker::on_part (const Part &part)
{
  if (is_finished ())
    return PartError::after_end;
  switch (part_type (part))
  {
  case PartType::method:
    return on_method ();
  case PartType::modifier:
    return on_modifier (std::get<ModifierPart> (part));
  case PartType::mod_cont:
    return on_mod_cont (std::get<ModContPart> (part));
  case PartType::data:
    return on_data ();
  case PartType::end:
    return on_end ();
  case PartType::cancel:
    return on_cancel ();
  }
  return PartError::unknown_type;
}

PartError
PartChecker::on_method ()
{
  if (State::start != state_)
    return PartError::method_again;
  state_ = State::head;
  return PartError::none;
}

PartError
PartChecker::on_modifier (const ModifierPart &modifier)
{
  if (State::start == state_)
    return PartError::method_missing;
  if (State::value == state_)
    return PartError::modifier_incomplete;
  if (State::body == state_)
    return PartError::modifier_after_data;
  if (modifier.value.size () > modifier.full_value_size)
    return PartError::value_exceeds_size;
  value_missing_ = modifier.full_value_size
                   - static_cast<std::uint32_t> (modifier.value.size ());
  state_ = 0 == value_missing_ ? State::head : State::value;
  return PartError::none;
}

PartError
PartChecker::on_mod_cont (const ModContPart &piece)
{
  if (State::value != state_)
    return PartError::continuation_without_modifier;
  if (piece.value.empty ())
    return PartError::empty_continuation;
  if (piece.value.size () > value_missing_)
    return PartError::continuation_exceeds_size;
  value_missing_ -= static_cast<std::uint32_t> (piece.value.size ());
  if (0 == value_missing_)
    state_ = State::head;
  return PartError::none;
}

PartError
PartChecker::on_data ()
{
  if (State::start == state_)
    return PartError::method_missing;
  if (State::value == state_)
    return PartError::modifier_incomplete;
  state_ = State::body;
  return PartError::none;
}

PartError
PartChecker::on_end ()
{
  if (State::start == state_)
    return PartError::method_missing;
  if (State::value == state_)
    return PartError::modifier_incomplete;
  state_ = State::ended;
  return PartError::none;
}

PartError
PartChecker::on_cancel ()
{
  if (State::start == state_)
    return PartError::method_missing;
  state_ = State::cancelled;
  return PartError::none;
}

namespace
{
// A checker in the state that a run beginning with this part needs to have
// been left in by what came before.
PartError
first_of_run (PartChecker &checker, const Part &part)
{
  if (PartType::method == part_type (part))
    return checker.on_part (part);
  (void)checker.on_part (MethodPart{});
  if (const auto *piece = std::get_if<ModContPart> (&part))
  {
    // How much was missing is not known here: take it as the last piece.
    (void)checker.on_part (
        ModifierPart{ Operator::set,
                      "_",
                      static_cast<std::uint32_t> (piece->value.size ()),
                      {} });
  }
  return checker.on_part (part);
}
} // namespace

RunCheck
check_run (base::ByteView parts)
{
  RunCheck run;
  PartReader reader (parts);
  PartChecker checker;
  bool may_continue_value = false;
  while (const auto part = reader.next ())
  {
    const PartType type = part_type (*part);
    if (0 == run.count)
      run.first = type;
    // Pieces of a value begun before this run: of unknown number.
    const bool is_leading_piece
        = PartType::mod_cont == type && (0 == run.count || may_continue_value);
    if (is_leading_piece)
      checker = PartChecker ();
    may_continue_value = is_leading_piece;
    run.error = (0 == run.count || is_leading_piece)
                    ? first_of_run (checker, *part)
                    : checker.on_part (*part);
    if (PartError::none != run.error)
      return run;
    run.count++;
    run.last = type;
  }
  run.error = reader.error ();
  return run;
}
} // namespace psyc
