// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The tables on disk, as steps from one schema version to the next. A step
// that was released is never changed; doc/spec/store.md explains the tables.
#pragma once

#include <string>
#include <vector>

namespace psycstore
{
// Marks a file as ours: "PSYC".
inline constexpr std::int32_t sqlite_application_id = 0x50535943;

inline constexpr const char *sqlite_schema_1 = R"sql(
CREATE TABLE channels (
  id INTEGER PRIMARY KEY,
  key BLOB NOT NULL UNIQUE,
  generation INTEGER NOT NULL DEFAULT 0,
  request_number INTEGER NOT NULL DEFAULT 0,
  state_message INTEGER NOT NULL DEFAULT 0,
  hash_message INTEGER NOT NULL DEFAULT 0,
  state_hash BLOB
);
CREATE TABLE bodies (
  id INTEGER PRIMARY KEY,
  bytes BLOB NOT NULL
);
CREATE TABLE fragments (
  channel INTEGER NOT NULL,
  fragment INTEGER NOT NULL,
  message INTEGER NOT NULL,
  offset INTEGER NOT NULL,
  generation INTEGER NOT NULL,
  multicast_flags INTEGER NOT NULL,
  store_flags INTEGER NOT NULL,
  body_size INTEGER NOT NULL,
  body INTEGER NOT NULL,
  PRIMARY KEY (channel, fragment)
) WITHOUT ROWID;
CREATE UNIQUE INDEX fragments_by_message
  ON fragments (channel, message, offset);
CREATE TABLE runs (
  channel INTEGER NOT NULL,
  first INTEGER NOT NULL,
  last INTEGER NOT NULL,
  PRIMARY KEY (channel, first)
) WITHOUT ROWID;
CREATE TABLE methods (
  id INTEGER PRIMARY KEY,
  name BLOB NOT NULL UNIQUE
);
CREATE TABLE messages_by_method (
  channel INTEGER NOT NULL,
  method INTEGER NOT NULL,
  message INTEGER NOT NULL,
  PRIMARY KEY (channel, method, message)
) WITHOUT ROWID;
CREATE TABLE memberships (
  channel INTEGER NOT NULL,
  slave BLOB NOT NULL,
  announced_at INTEGER NOT NULL,
  generation INTEGER NOT NULL,
  is_part INTEGER NOT NULL,
  effective_since INTEGER NOT NULL,
  PRIMARY KEY (channel, slave, announced_at, generation, is_part)
) WITHOUT ROWID;
CREATE TABLE variables (
  id INTEGER PRIMARY KEY,
  channel INTEGER NOT NULL,
  name BLOB NOT NULL,
  value BLOB NOT NULL,
  UNIQUE (channel, name)
);
CREATE TABLE requests (
  id INTEGER PRIMARY KEY,
  channel INTEGER NOT NULL,
  box INTEGER NOT NULL,
  member BLOB NOT NULL,
  request INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  state INTEGER NOT NULL,
  message INTEGER NOT NULL,
  code INTEGER NOT NULL,
  reason BLOB NOT NULL,
  tag BLOB,
  size INTEGER NOT NULL,
  contiguous_end INTEGER NOT NULL,
  body_end INTEGER,
  settled INTEGER NOT NULL,
  UNIQUE (channel, box, member, request)
);
CREATE INDEX requests_open
  ON requests (channel, box, sequence, member, request) WHERE state = 0;
CREATE INDEX requests_open_by_member
  ON requests (channel, box, member, sequence, request) WHERE state = 0;
CREATE INDEX requests_settled
  ON requests (channel, box, member, settled) WHERE state != 0;
CREATE TABLE request_pieces (
  id INTEGER PRIMARY KEY,
  request INTEGER NOT NULL,
  offset INTEGER NOT NULL,
  body_size INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  UNIQUE (request, offset)
);
CREATE TABLE tags (
  channel INTEGER NOT NULL,
  tag BLOB NOT NULL,
  message INTEGER NOT NULL,
  request INTEGER NOT NULL,
  PRIMARY KEY (channel, tag)
) WITHOUT ROWID;
CREATE TABLE records (
  id INTEGER PRIMARY KEY,
  channel_key BLOB NOT NULL,
  member BLOB NOT NULL,
  data BLOB NOT NULL,
  UNIQUE (channel_key, member)
);
)sql";

// The state in pieces, and how far it is from the last checkpoint.
inline constexpr const char *sqlite_schema_2 = R"sql(
ALTER TABLE channels ADD COLUMN checkpoint INTEGER NOT NULL DEFAULT 0;
ALTER TABLE channels ADD COLUMN state_changes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE channels ADD COLUMN state_change_bytes INTEGER NOT NULL DEFAULT 0;
CREATE TABLE state (
  id INTEGER PRIMARY KEY,
  channel INTEGER NOT NULL,
  slot INTEGER NOT NULL,
  name BLOB NOT NULL,
  size INTEGER NOT NULL,
  changed_by INTEGER NOT NULL,
  hash BLOB,
  UNIQUE (channel, slot, name)
);
CREATE TABLE state_pieces (
  id INTEGER PRIMARY KEY,
  variable INTEGER NOT NULL,
  number INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  UNIQUE (variable, number)
);
INSERT INTO state (id, channel, slot, name, size, changed_by)
  SELECT id, channel, 0, name, length (value), 0 FROM variables;
WITH RECURSIVE cut (variable, number, size) AS (
  SELECT id, 0, length (value) FROM variables
  UNION ALL
  SELECT variable, number + 1, size FROM cut WHERE (number + 1) * 60000 < size)
INSERT INTO state_pieces (variable, number, bytes)
  SELECT cut.variable, cut.number,
         substr (variables.value, cut.number * 60000 + 1, 60000)
    FROM cut JOIN variables ON variables.id = cut.variable;
DROP TABLE variables;
)sql";

// What is stored of each channel, and how much of it is to be kept.
inline constexpr const char *sqlite_schema_3 = R"sql(
ALTER TABLE fragments ADD COLUMN stored INTEGER NOT NULL DEFAULT 0;
UPDATE fragments SET stored = CAST (strftime ('%s', 'now') AS INTEGER);
ALTER TABLE channels ADD COLUMN fragments INTEGER NOT NULL DEFAULT 0;
ALTER TABLE channels ADD COLUMN messages INTEGER NOT NULL DEFAULT 0;
ALTER TABLE channels ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE channels ADD COLUMN has_retention INTEGER NOT NULL DEFAULT 0;
ALTER TABLE channels ADD COLUMN retain_age INTEGER;
ALTER TABLE channels ADD COLUMN retain_count INTEGER;
ALTER TABLE channels ADD COLUMN retain_bytes INTEGER;
UPDATE channels SET
  fragments = (SELECT count (*) FROM fragments AS f
                WHERE f.channel = channels.id),
  messages = (SELECT count (*) FROM fragments AS f
               WHERE f.channel = channels.id AND f.offset = 0),
  bytes = (SELECT coalesce (sum (f.body_size + 116), 0) FROM fragments AS f
            WHERE f.channel = channels.id);
ALTER TABLE records ADD COLUMN settled INTEGER NOT NULL DEFAULT 0;
CREATE INDEX tags_by_message ON tags (channel, message);
)sql";

// Records that came with a copy of their channel.
inline constexpr const char *sqlite_schema_4 = R"sql(
ALTER TABLE records ADD COLUMN imported INTEGER NOT NULL DEFAULT 0;
)sql";

// Step n leads from version n to n + 1; version 0 is an empty file.
[[nodiscard]] inline std::vector<std::string>
sqlite_schema_steps ()
{
  return { sqlite_schema_1, sqlite_schema_2, sqlite_schema_3, sqlite_schema_4 };
}
} // namespace psycstore
