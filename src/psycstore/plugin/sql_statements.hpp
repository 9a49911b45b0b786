// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Every statement that the SQL plugins run, in the words that SQLite and
// PostgreSQL share; each but the last group is a look-up in, or a change at,
// one place of an index. "offset" is a word of PostgreSQL's, so it is quoted.
#pragma once

#include "psycstore/plugin/sql.hpp"

namespace psycstore
{
struct SqlStatements
{
  explicit SqlStatements (SqlConnection &c) : connection (c) {}

  SqlConnection &connection;

#define PSYCSTORE_STATEMENT(name, text)                                        \
  SqlStatement name { connection, text }

  PSYCSTORE_STATEMENT (channel,
                       "SELECT id, generation FROM channels WHERE key = ?");
  PSYCSTORE_STATEMENT (channel_insert, "INSERT INTO channels (key) VALUES (?)"
                                       " RETURNING id");
  PSYCSTORE_STATEMENT (channel_generation,
                       "UPDATE channels SET generation = ?2 WHERE id = ?1");

  // Fragments
#define PSYCSTORE_FRAGMENT_COLUMNS                                             \
  "SELECT fragment, message, \"offset\", generation, multicast_flags, "        \
  "store_flags, body_size, stored, body FROM fragments "
  PSYCSTORE_STATEMENT (body_max, "SELECT max(id) FROM bodies");
  PSYCSTORE_STATEMENT (body_insert,
                       "INSERT INTO bodies (id, bytes) VALUES (?, ?)");
  PSYCSTORE_STATEMENT (body, "SELECT bytes FROM bodies WHERE id = ?");
  PSYCSTORE_STATEMENT (
      fragment_insert,
      "INSERT INTO fragments (channel, fragment, message, \"offset\", "
      "generation,"
      " multicast_flags, store_flags, body_size, stored, body)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING");
  PSYCSTORE_STATEMENT (fragment_from, PSYCSTORE_FRAGMENT_COLUMNS
                       "WHERE channel = ? AND fragment >= ?"
                       " ORDER BY fragment LIMIT 1");
  PSYCSTORE_STATEMENT (fragment_before, PSYCSTORE_FRAGMENT_COLUMNS
                       "WHERE channel = ? AND fragment < ?"
                       " ORDER BY fragment DESC LIMIT 1");
  PSYCSTORE_STATEMENT (message_fragment_from, PSYCSTORE_FRAGMENT_COLUMNS
                       "WHERE channel = ? AND message = ? AND \"offset\" >= ?"
                       " ORDER BY \"offset\" LIMIT 1");
  PSYCSTORE_STATEMENT (message_last_fragment, PSYCSTORE_FRAGMENT_COLUMNS
                       "WHERE channel = ? AND message = ?"
                       " ORDER BY \"offset\" DESC LIMIT 1");
  PSYCSTORE_STATEMENT (fragment_remove, "DELETE FROM fragments"
                                        " WHERE channel = ? AND fragment = ?");
  PSYCSTORE_STATEMENT (body_remove, "DELETE FROM bodies WHERE id = ?");
  PSYCSTORE_STATEMENT (message_from, "SELECT message FROM fragments"
                                     " WHERE channel = ? AND message >= ?"
                                     " ORDER BY message LIMIT 1");
  PSYCSTORE_STATEMENT (message_before, "SELECT message FROM fragments"
                                       " WHERE channel = ? AND message < ?"
                                       " ORDER BY message DESC LIMIT 1");

  // Runs of ids
  PSYCSTORE_STATEMENT (run_until, "SELECT first, last FROM runs"
                                  " WHERE channel = ? AND first <= ?"
                                  " ORDER BY first DESC LIMIT 1");
  PSYCSTORE_STATEMENT (run_after, "SELECT first, last FROM runs"
                                  " WHERE channel = ? AND first > ?"
                                  " ORDER BY first LIMIT 1");
  PSYCSTORE_STATEMENT (run_put, "INSERT INTO runs (channel, first, last)"
                                " VALUES (?, ?, ?) ON CONFLICT (channel, first)"
                                " DO UPDATE SET last = excluded.last");
  PSYCSTORE_STATEMENT (run_remove,
                       "DELETE FROM runs WHERE channel = ? AND first = ?");

  // Methods
  PSYCSTORE_STATEMENT (method, "SELECT id FROM methods WHERE name = ?");
  PSYCSTORE_STATEMENT (method_insert, "INSERT INTO methods (name) VALUES (?)"
                                      " RETURNING id");
  PSYCSTORE_STATEMENT (method_put,
                       "INSERT INTO messages_by_method"
                       " (channel, method, message) VALUES (?, ?, ?)"
                       " ON CONFLICT DO NOTHING");
  PSYCSTORE_STATEMENT (method_message_from,
                       "SELECT message FROM messages_by_method"
                       " WHERE channel = ? AND method = ? AND message >= ?"
                       " ORDER BY message LIMIT 1");
  PSYCSTORE_STATEMENT (method_message_before,
                       "SELECT message FROM messages_by_method"
                       " WHERE channel = ? AND method = ? AND message < ?"
                       " ORDER BY message DESC LIMIT 1");

  PSYCSTORE_STATEMENT (method_remove,
                       "DELETE FROM messages_by_method WHERE channel = ?"
                       " AND method = ? AND message = ?");

  // Membership
  PSYCSTORE_STATEMENT (membership_put,
                       "INSERT INTO memberships (channel, slave,"
                       " announced_at, generation, is_part, effective_since)"
                       " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (channel,"
                       " slave, announced_at, generation, is_part)"
                       " DO UPDATE SET effective_since ="
                       " excluded.effective_since");
  PSYCSTORE_STATEMENT (memberships,
                       "SELECT is_part, announced_at, effective_since,"
                       " generation FROM memberships"
                       " WHERE channel = ? AND slave = ?"
                       " ORDER BY announced_at, generation, is_part");

  PSYCSTORE_STATEMENT (slave_after, "SELECT slave FROM memberships"
                                    " WHERE channel = ? AND slave > ?"
                                    " ORDER BY slave LIMIT 1");

  // State
#define PSYCSTORE_VARIABLE_COLUMNS                                             \
  "SELECT id, name, size, changed_by, hash FROM state "
  PSYCSTORE_STATEMENT (state_head,
                       "SELECT state_message, checkpoint, state_changes,"
                       " state_change_bytes, hash_message, state_hash"
                       " FROM channels WHERE id = ?");
  PSYCSTORE_STATEMENT (state_head_put,
                       "UPDATE channels SET state_message = ?2,"
                       " checkpoint = ?3, state_changes = ?4,"
                       " state_change_bytes = ?5, hash_message = ?6,"
                       " state_hash = ?7 WHERE id = ?1");
  PSYCSTORE_STATEMENT (variable, PSYCSTORE_VARIABLE_COLUMNS
                       "WHERE channel = ? AND slot = ? AND name = ?");
  PSYCSTORE_STATEMENT (variable_from, PSYCSTORE_VARIABLE_COLUMNS
                       "WHERE channel = ? AND slot = ? AND name >= ?"
                       " ORDER BY name LIMIT 1");
  PSYCSTORE_STATEMENT (variable_insert,
                       "INSERT INTO state (channel, slot, name, size,"
                       " changed_by, hash) VALUES (?, ?, ?, ?, ?, ?)"
                       " RETURNING id");
  PSYCSTORE_STATEMENT (variable_update,
                       "UPDATE state SET size = ?2, changed_by = ?3,"
                       " hash = ?4 WHERE id = ?1");
  PSYCSTORE_STATEMENT (variable_make_live,
                       "UPDATE state SET slot = 0 WHERE id = ?");
  PSYCSTORE_STATEMENT (variable_remove, "DELETE FROM state WHERE id = ?");
  PSYCSTORE_STATEMENT (variable_remove_pieces,
                       "DELETE FROM state_pieces WHERE variable = ?");
  PSYCSTORE_STATEMENT (variable_piece, "SELECT bytes FROM state_pieces"
                                       " WHERE variable = ? AND number = ?");
  PSYCSTORE_STATEMENT (variable_piece_put,
                       "INSERT INTO state_pieces (variable, number, bytes)"
                       " VALUES (?, ?, ?)");
  PSYCSTORE_STATEMENT (variables_clear_pieces,
                       "DELETE FROM state_pieces WHERE variable IN (SELECT id"
                       " FROM state WHERE channel = ? AND slot = ?)");
  PSYCSTORE_STATEMENT (variables_clear,
                       "DELETE FROM state WHERE channel = ? AND slot = ?");

  // Requests
#define PSYCSTORE_REQUEST_COLUMNS                                              \
  "SELECT id, box, member, request, sequence, state, message, code, reason, "  \
  "tag, size, contiguous_end, body_end, settled FROM requests "
  PSYCSTORE_STATEMENT (request, PSYCSTORE_REQUEST_COLUMNS
                       "WHERE channel = ? AND box = ? AND member = ?"
                       " AND request = ?");
  PSYCSTORE_STATEMENT (
      request_insert,
      "INSERT INTO requests (channel, box, member, request, sequence, state,"
      " message, code, reason, tag, size, contiguous_end, body_end, settled)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id");
  PSYCSTORE_STATEMENT (
      request_update,
      "UPDATE requests SET sequence = ?2, state = ?3, message = ?4, code = ?5,"
      " reason = ?6, tag = ?7, size = ?8, contiguous_end = ?9, body_end = ?10,"
      " settled = ?11 WHERE id = ?1");
  PSYCSTORE_STATEMENT (request_number, "UPDATE channels SET request_number ="
                                       " request_number + 1 WHERE id = ?"
                                       " RETURNING request_number");
  PSYCSTORE_STATEMENT (settled_to_trim,
                       "SELECT id FROM requests WHERE channel = ? AND box = ?"
                       " AND member = ? AND state != 0"
                       " ORDER BY settled DESC LIMIT 1 OFFSET ?");
  PSYCSTORE_STATEMENT (request_remove, "DELETE FROM requests WHERE id = ?");
  PSYCSTORE_STATEMENT (open_complete_after, PSYCSTORE_REQUEST_COLUMNS
                       "WHERE channel = ? AND box = ? AND sequence > ?"
                       " AND state = 0 ORDER BY sequence LIMIT 1");
  PSYCSTORE_STATEMENT (open_incomplete_after, PSYCSTORE_REQUEST_COLUMNS
                       "WHERE channel = ? AND box = ? AND sequence = 0"
                       " AND (member, request) > (?, ?) AND state = 0"
                       " ORDER BY member, request LIMIT 1");
  PSYCSTORE_STATEMENT (member_complete_after, PSYCSTORE_REQUEST_COLUMNS
                       "WHERE channel = ? AND box = ? AND member = ?"
                       " AND sequence > ? AND state = 0"
                       " ORDER BY sequence LIMIT 1");
  PSYCSTORE_STATEMENT (member_incomplete_after, PSYCSTORE_REQUEST_COLUMNS
                       "WHERE channel = ? AND box = ? AND member = ?"
                       " AND sequence = 0 AND request > ? AND state = 0"
                       " ORDER BY request LIMIT 1");
  PSYCSTORE_STATEMENT (settled_after, PSYCSTORE_REQUEST_COLUMNS
                       "WHERE channel = ? AND box = ?"
                       " AND (member, request) > (?, ?) AND state != 0"
                       " ORDER BY member, request LIMIT 1");
  PSYCSTORE_STATEMENT (piece_insert,
                       "INSERT INTO request_pieces (request, \"offset\","
                       " body_size, bytes) VALUES (?, ?, ?, ?)");
  PSYCSTORE_STATEMENT (piece_from,
                       "SELECT id, \"offset\", body_size FROM request_pieces"
                       " WHERE request = ? AND \"offset\" >= ?"
                       " ORDER BY \"offset\" LIMIT 1");
  PSYCSTORE_STATEMENT (piece_before,
                       "SELECT id, \"offset\", body_size FROM request_pieces"
                       " WHERE request = ? AND \"offset\" < ?"
                       " ORDER BY \"offset\" DESC LIMIT 1");
  PSYCSTORE_STATEMENT (piece_bytes,
                       "SELECT bytes FROM request_pieces WHERE id = ?");
  PSYCSTORE_STATEMENT (pieces_remove,
                       "DELETE FROM request_pieces WHERE request = ?");

  // Tags and records
  PSYCSTORE_STATEMENT (tag, "SELECT message, request FROM tags"
                            " WHERE channel = ? AND tag = ?");
  PSYCSTORE_STATEMENT (tag_put,
                       "INSERT INTO tags (channel, tag, message, request)"
                       " VALUES (?, ?, ?, ?) ON CONFLICT (channel, tag)"
                       " DO UPDATE SET message = excluded.message,"
                       " request = excluded.request");
  PSYCSTORE_STATEMENT (tag_after, "SELECT tag FROM tags WHERE channel = ?"
                                  " AND tag > ? ORDER BY tag LIMIT 1");
  PSYCSTORE_STATEMENT (tags_remove,
                       "DELETE FROM tags WHERE channel = ? AND message = ?"
                       " AND message != 0");
  PSYCSTORE_STATEMENT (record_put,
                       "INSERT INTO records (channel_key, member, data,"
                       " settled, imported) VALUES (?, ?, ?, ?, ?)"
                       " ON CONFLICT (channel_key, member)"
                       " DO UPDATE SET data = excluded.data,"
                       " settled = excluded.settled,"
                       " imported = excluded.imported");
  PSYCSTORE_STATEMENT (records_settled, "SELECT settled FROM records"
                                        " WHERE channel_key = ?"
                                        " ORDER BY settled LIMIT 1");
  PSYCSTORE_STATEMENT (record_remove, "DELETE FROM records"
                                      " WHERE channel_key = ? AND member = ?");
  PSYCSTORE_STATEMENT (record_first,
                       "SELECT channel_key, member, data, settled, imported"
                       " FROM records"
                       " ORDER BY channel_key, member LIMIT 1");
  PSYCSTORE_STATEMENT (record_after,
                       "SELECT channel_key, member, data, settled, imported"
                       " FROM records"
                       " WHERE (channel_key, member) > (?, ?)"
                       " ORDER BY channel_key, member LIMIT 1");

  // Channels
  PSYCSTORE_STATEMENT (channel_from,
                       "SELECT key, fragments, messages, bytes,"
                       " has_retention, retain_age, retain_count, retain_bytes"
                       " FROM channels WHERE key >= ? ORDER BY key LIMIT 1");
  PSYCSTORE_STATEMENT (channel_tally,
                       "UPDATE channels SET fragments = fragments + ?2,"
                       " messages = messages + ?3, bytes = bytes + ?4"
                       " WHERE id = ?1");
  PSYCSTORE_STATEMENT (retention_put,
                       "UPDATE channels SET has_retention = ?2,"
                       " retain_age = ?3, retain_count = ?4, retain_bytes = ?5"
                       " WHERE id = ?1");
  PSYCSTORE_STATEMENT (channel_rename,
                       "UPDATE channels SET key = ?2 WHERE id = ?1");
  PSYCSTORE_STATEMENT (records_rename, "UPDATE records SET channel_key = ?2"
                                       " WHERE channel_key = ?1");

  // A whole channel goes
  PSYCSTORE_STATEMENT (remove_bodies,
                       "DELETE FROM bodies WHERE id IN"
                       " (SELECT body FROM fragments WHERE channel = ?)");
  PSYCSTORE_STATEMENT (remove_fragments,
                       "DELETE FROM fragments WHERE channel = ?");
  PSYCSTORE_STATEMENT (remove_runs, "DELETE FROM runs WHERE channel = ?");
  PSYCSTORE_STATEMENT (remove_methods,
                       "DELETE FROM messages_by_method WHERE channel = ?");
  PSYCSTORE_STATEMENT (remove_memberships,
                       "DELETE FROM memberships WHERE channel = ?");
  PSYCSTORE_STATEMENT (remove_pieces,
                       "DELETE FROM request_pieces WHERE request IN"
                       " (SELECT id FROM requests WHERE channel = ?)");
  PSYCSTORE_STATEMENT (remove_requests,
                       "DELETE FROM requests WHERE channel = ?");
  PSYCSTORE_STATEMENT (remove_tags, "DELETE FROM tags WHERE channel = ?");
  PSYCSTORE_STATEMENT (remove_records,
                       "DELETE FROM records WHERE channel_key = ?");
  PSYCSTORE_STATEMENT (remove_channel, "DELETE FROM channels WHERE id = ?");

#undef PSYCSTORE_REQUEST_COLUMNS
#undef PSYCSTORE_VARIABLE_COLUMNS
#undef PSYCSTORE_FRAGMENT_COLUMNS
#undef PSYCSTORE_STATEMENT
};
} // namespace psycstore
