// SPDX-License-Identifier: AGPL-3.0-or-later
#include "psycstore/core/state.hpp"

#include "psyc/message/names.hpp"
#include "psyc/message/variables.hpp"
#include "psycstore/core/state_change.hpp"

namespace psycstore
{
namespace
{
using Progress = psyc::PartChecker::State;

// Reads a stored message into `change`: done, or why it cannot be applied.
Outcome
read_message (Database &db, const base::ChannelKey &channel,
              base::MessageId message, StateChange &change)
{
  std::uint64_t offset = 0;
  while (change.error ().empty ())
  {
    const auto info = db.message_fragment_from (channel, message, offset);
    if (! info || info->offset != offset)
      return refused ("message " + std::to_string (message.value)
                      + " is incomplete at byte " + std::to_string (offset));
    // Once the body has begun only the end matters, which is in the last
    // fragment.
    if (Progress::body != change.state () || info->is_last ())
    {
      const base::Bytes bytes = db.fragment_bytes (channel, *info);
      if (bytes.size () < fragment_header_size)
        return { result_refused,
                 "malformed message: a fragment without a header" };
      change.add (fragment_body (bytes));
    }
    if (info->is_last ())
      break;
    if (0 == info->body_size)
      return { result_refused, "malformed message: an empty fragment" };
    offset = info->end ();
  }
  if (! change.error ().empty ())
    return { result_refused, change.error () };
  if (Progress::ended == change.state ())
    return done ();
  return { result_refused, Progress::cancelled == change.state ()
                               ? "the message was cancelled"
                               : "malformed message: it does not end" };
}

std::string
chain_break (base::MessageId applied, const StateModify &request)
{
  return "does not follow the state: last applied "
         + std::to_string (applied.value) + ", needed "
         + std::to_string (request.message_id.value - request.state_delta);
}

// Does the state come out as its host says?
Outcome
check_hash (StateChange &change, base::MessageId message, StateHead &head)
{
  if (! change.said_hash ())
    return done ();
  const base::Hash hash = change.hash ();
  if (psyc::render_hash (hash) != *change.said_hash ())
    return { result_differs, "the state differs from the host's after message "
                                 + std::to_string (message.value) };
  head.hash = hash;
  head.hash_message_id = message;
  return done ();
}

void
count_change (StateHead &head, const StateModify &request, std::uint64_t bytes)
{
  head.applied = request.message_id;
  if (psyc::state_reset == request.state_delta)
  {
    head.checkpoint = request.message_id;
    head.changes = head.change_bytes = 0;
    return;
  }
  head.changes++;
  head.change_bytes += bytes;
}
} // namespace

Outcome
modify_state (Database &db, const port::HasherMaker &hashers,
              const StateModify &request)
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
  StateChange change (db, hashers, request.channel,
                      is_checkpoint ? StateChange::From::nothing
                                    : StateChange::From::current,
                      request.message_id);
  Outcome outcome
      = read_message (db, request.channel, request.message_id, change);
  if (result_ok == outcome.result)
    outcome = check_hash (change, request.message_id, head);
  if (result_ok != outcome.result)
  {
    change.drop ();
    return outcome;
  }
  change.make_live ();
  count_change (head, request, change.bytes ());
  db.state_head_put (request.channel, head);
  return done ();
}

Outcome
try_state (Database &db, const port::HasherMaker &hashers,
           const StateTry &request, base::ByteView parts)
{
  StateChange change (db, hashers, request.channel,
                      request.is_reset ? StateChange::From::nothing
                                       : StateChange::From::current,
                      {});
  change.add (parts);
  Outcome outcome;
  if (! change.error ().empty ())
    outcome = { result_refused, change.error () };
  else if (request.wants_hash)
    outcome.message = psyc::render_hash (change.hash ());
  change.drop ();
  return outcome;
}

Outcome
replace_state (Database &db, const port::HasherMaker &hashers,
               const StateSync &request, base::ByteView image)
{
  if (request.applied.value > id_max || request.hash_message_id.value > id_max)
    return refused ("message id out of bounds (up to 2^63 - 2)");
  const auto state = wire::decode_members<StateImage> (image);
  if (! state)
    return refused ("malformed state");
  for (const StateVariable &variable : state->variables)
    if (! psyc::is_name (variable.name))
      return refused ("malformed name of a variable");
  StateChange change (db, hashers, request.channel, StateChange::From::nothing,
                      request.applied);
  for (const StateVariable &variable : state->variables)
    change.assign (variable.name, variable.value);
  change.make_live ();
  StateHead head = db.state_head (request.channel);
  if (head.hash_message_id != request.hash_message_id)
    head.hash = {};
  head.applied = request.applied;
  head.checkpoint = {};
  head.changes = head.change_bytes = 0;
  head.hash_message_id = request.hash_message_id;
  db.state_head_put (request.channel, head);
  return done ();
}
} // namespace psycstore
