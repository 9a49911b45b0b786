// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/shell/sqlite_store.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <filesystem>

namespace social
{
namespace
{
using sqlite::Statement;

// Step n makes version n out of version n - 1. A released step never changes.
constexpr std::array<const char *, SqliteStore::schema_version> steps{
  R"(
CREATE TABLE place (
  key BLOB NOT NULL, ego BLOB NOT NULL,
  role INTEGER NOT NULL, state INTEGER NOT NULL, policy INTEGER NOT NULL,
  door INTEGER NOT NULL, ending INTEGER NOT NULL, told INTEGER NOT NULL,
  name TEXT NOT NULL, other_names TEXT NOT NULL,
  ego_name TEXT NOT NULL, label TEXT NOT NULL,
  secret BLOB NOT NULL, origin BLOB NOT NULL, relays BLOB NOT NULL,
  tag BLOB NOT NULL, query_tag BLOB NOT NULL, ending_tag BLOB NOT NULL,
  request BLOB NOT NULL, answer BLOB NOT NULL, changed INTEGER NOT NULL,
  PRIMARY KEY (key, ego)) WITHOUT ROWID;
CREATE TABLE nym (
  place BLOB NOT NULL, ego BLOB NOT NULL, key BLOB NOT NULL,
  standing INTEGER NOT NULL, delivery INTEGER NOT NULL,
  ejection INTEGER NOT NULL, tag BLOB NOT NULL, request BLOB NOT NULL,
  text TEXT NOT NULL, answer BLOB NOT NULL, changed INTEGER NOT NULL,
  PRIMARY KEY (place, ego, key),
  FOREIGN KEY (place, ego) REFERENCES place (key, ego)) WITHOUT ROWID;
CREATE TABLE rule (
  place BLOB NOT NULL, ego BLOB NOT NULL, kind INTEGER NOT NULL,
  prefix TEXT NOT NULL, flags INTEGER NOT NULL,
  PRIMARY KEY (place, ego, kind, prefix),
  FOREIGN KEY (place, ego) REFERENCES place (key, ego)) WITHOUT ROWID;
CREATE TABLE wish (
  tag BLOB NOT NULL PRIMARY KEY, ego BLOB NOT NULL, name TEXT NOT NULL,
  password TEXT NOT NULL, request BLOB NOT NULL,
  asked INTEGER NOT NULL) WITHOUT ROWID;
)",
  R"(
CREATE TABLE offer (
  place BLOB NOT NULL, ego BLOB NOT NULL, key BLOB NOT NULL,
  path BLOB NOT NULL, size INTEGER NOT NULL, modified INTEGER NOT NULL,
  hash TEXT NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL,
  description TEXT NOT NULL, state INTEGER NOT NULL,
  request_id INTEGER NOT NULL, answered INTEGER NOT NULL,
  PRIMARY KEY (place, ego, key),
  FOREIGN KEY (place, ego) REFERENCES place (key, ego)) WITHOUT ROWID;
)",
  "ALTER TABLE nym ADD COLUMN heard INTEGER NOT NULL DEFAULT 0;",
};

std::int64_t
count_of (base::TimePoint time)
{
  return time.time_since_epoch ().count ();
}

base::TimePoint
time_of (std::int64_t count)
{
  return base::TimePoint{ base::Duration{ count } };
}

template <typename Fixed>
bool
take (Statement &row, Fixed &value)
{
  const auto raw = Fixed::from (row.bytes ());
  if (raw)
    value = *raw;
  return raw.has_value ();
}

template <typename Enum>
bool
take_enum (Statement &row, Enum &value, std::int64_t last)
{
  const std::int64_t number = row.number ();
  value = static_cast<Enum> (number);
  return 0 <= number && number <= last;
}

base::Bytes
joined (const std::vector<base::PeerId> &peers)
{
  base::Bytes out;
  for (const auto &peer : peers)
    out.insert (out.end (), peer.bytes.begin (), peer.bytes.end ());
  return out;
}

bool
split (const base::Bytes &joined_peers, std::vector<base::PeerId> &peers)
{
  if (0 != joined_peers.size () % base::PeerId::size)
    return false;
  const base::ByteView view (joined_peers);
  for (std::size_t at = 0; at < view.size (); at += base::PeerId::size)
    peers.push_back (
        base::PeerId::from (view.subspan (at, base::PeerId::size)).value ());
  return true;
}

// Names hold no line ends (they are GNS names): one a line.
std::string
text_of (const std::vector<std::string> &names)
{
  std::string out;
  for (const auto &name : names)
    out += name + "\n";
  return out;
}

std::vector<std::string>
lines_of (const std::string &text)
{
  std::vector<std::string> out;
  std::size_t from = 0;
  for (std::size_t end = text.find ('\n'); std::string::npos != end;
       end = text.find ('\n', from))
  {
    out.push_back (text.substr (from, end - from));
    from = end + 1;
  }
  return out;
}

// The file before SQLite does, so that nobody else can read it at any time.
std::optional<std::string>
make_file (const std::string &path)
{
  std::error_code error;
  const auto folder = std::filesystem::path (path).parent_path ();
  if (! folder.empty () && ! std::filesystem::exists (folder, error))
  {
    std::filesystem::create_directories (folder, error);
    ::chmod (folder.c_str (), 0700);
  }
  const int fd = ::open (path.c_str (), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0)
    return path + ": " + std::strerror (errno);
  ::fchmod (fd, 0600);
  ::close (fd);
  return std::nullopt;
}
} // namespace

std::variant<std::unique_ptr<SqliteStore>, std::string>
SqliteStore::open (const std::string &path)
{
  if (auto error = make_file (path))
    return *error;
  sqlite3 *raw = nullptr;
  const int opened
      = sqlite3_open_v2 (path.c_str (), &raw, SQLITE_OPEN_READWRITE, nullptr);
  std::unique_ptr<SqliteStore> store (new SqliteStore (sqlite::Database (raw)));
  if (SQLITE_OK != opened)
    return path + ": " + store->error ();
  sqlite3_extended_result_codes (raw, 1);
  if (auto error = store->prepare (path))
    return path + ": " + *error;
  return store;
}

void
SqliteStore::limit_pages_for_test (int pages)
{
  (void)run (("PRAGMA max_page_count = " + std::to_string (pages)).c_str ());
}

std::string
SqliteStore::error () const
{
  const int code = sqlite3_errcode (db_.get ());
  if (SQLITE_FULL == (code & 0xff))
    return "disk full";
  if (SQLITE_NOTADB == (code & 0xff) || SQLITE_CORRUPT == (code & 0xff))
    return "the file is damaged; it was left as it is: put a backup in its "
           "place";
  return sqlite3_errmsg (db_.get ());
}

std::optional<std::string>
SqliteStore::run (const char *sql)
{
  if (SQLITE_OK != sqlite3_exec (db_.get (), sql, nullptr, nullptr, nullptr))
    return error ();
  return std::nullopt;
}

std::optional<std::int64_t>
SqliteStore::pragma (const char *sql)
{
  Statement statement (db_.get (), sql);
  if (SQLITE_ROW != statement.step ())
    return std::nullopt;
  return statement.number ();
}

std::optional<std::string>
SqliteStore::prepare (const std::string &path)
{
  sqlite3_busy_timeout (db_.get (), 2000);
  // Looked at before anything is written: a file that is not ours, newer or
  // damaged stays untouched.
  if (auto error = check_version (path))
    return error;
  for (const char *sql :
       { "PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL",
         "PRAGMA foreign_keys = ON" })
    if (auto error = run (sql))
      return error;
  return std::nullopt;
}

std::optional<std::string>
SqliteStore::check_version (const std::string &path)
{
  {
    Statement check (db_.get (), "PRAGMA quick_check (1)");
    if (SQLITE_ROW != check.step ())
      return error ();
    if ("ok" != check.text ())
      return "the file is damaged; it was left as it is: put a backup in its "
             "place";
  }
  const auto version = pragma ("PRAGMA user_version");
  const auto owner = pragma ("PRAGMA application_id");
  const auto tables = pragma ("SELECT count(*) FROM sqlite_master");
  if (! version || ! owner || ! tables)
    return error ();
  if (*tables > 0 && application_id != *owner)
    return "the file belongs to another program";
  if (*version > schema_version)
    return "the file was written by a newer release (schema "
           + std::to_string (*version) + ", this one knows "
           + std::to_string (schema_version) + "): install that release";
  if (*version < 0 || (0 == *version && *tables > 0))
    return "the file's schema has no known version";
  if (schema_version == *version)
    return std::nullopt;
  if (*version > 0)
  {
    std::error_code failure;
    std::filesystem::copy_file (
        path, path + ".v" + std::to_string (*version),
        std::filesystem::copy_options::overwrite_existing, failure);
    if (failure)
      return "no copy could be made before the migration: "
             + failure.message ();
  }
  return migrate (static_cast<int> (*version));
}

std::optional<std::string>
SqliteStore::migrate (int from)
{
  if (auto error = run ("BEGIN IMMEDIATE"))
    return error;
  std::string sql;
  for (std::size_t step = static_cast<std::size_t> (from); step < steps.size ();
       step++)
    sql += steps[step];
  sql += "PRAGMA application_id = " + std::to_string (application_id) + ";";
  sql += "PRAGMA user_version = " + std::to_string (schema_version) + ";";
  auto failure = run (sql.c_str ());
  if (! failure)
    failure = run ("COMMIT");
  if (failure)
    (void)run ("ROLLBACK");
  return failure;
}

// ------------------------------------------------------------------ reading

std::variant<Snapshot, std::string>
SqliteStore::load ()
{
  Snapshot snapshot;
  if (load_places (snapshot) && load_nyms (snapshot) && load_rules (snapshot)
      && load_wishes (snapshot) && load_offers (snapshot))
    return snapshot;
  return "the places cannot be read: " + error ();
}

bool
SqliteStore::load_places (Snapshot &snapshot)
{
  Statement row (
      db_.get (),
      "SELECT key, ego, role, state, policy, door, ending, told, name, "
      "other_names, "
      "ego_name, label, secret, origin, relays, tag, query_tag, "
      "ending_tag, request, answer, changed FROM place");
  int result = SQLITE_ERROR;
  while (SQLITE_ROW == (result = row.step ()))
  {
    Place place;
    const bool is_whole
        = take (row, place.ref.key) && take (row, place.ref.ego)
          && take_enum (row, place.role, 2) && take_enum (row, place.state, 6)
          && take_enum (row, place.policy, 3) && take_enum (row, place.door, 1)
          && take_enum (row, place.ending, 3) && take_enum (row, place.told, 1);
    if (! is_whole)
      return false;
    place.name = row.text ();
    place.other_names = lines_of (row.text ());
    place.ego_name = row.text ();
    place.label = row.text ();
    if (! take (row, place.secret) || ! take (row, place.origin)
        || ! split (row.bytes (), place.relays) || ! take (row, place.tag)
        || ! take (row, place.query_tag) || ! take (row, place.ending_tag))
      return false;
    place.request = row.bytes ();
    place.answer = row.bytes ();
    place.changed = time_of (row.number ());
    snapshot.places.push_back (std::move (place));
  }
  return SQLITE_DONE == result;
}

bool
SqliteStore::load_nyms (Snapshot &snapshot)
{
  Statement row (db_.get (),
                 "SELECT place, ego, key, standing, delivery, ejection, tag, "
                 "request, text, answer, changed, heard FROM nym");
  int result = SQLITE_ERROR;
  while (SQLITE_ROW == (result = row.step ()))
  {
    PlaceRef ref;
    Nym nym;
    if (! take (row, ref.key) || ! take (row, ref.ego) || ! take (row, nym.key)
        || ! take_enum (row, nym.standing, 5)
        || ! take_enum (row, nym.delivery, 1)
        || ! take_enum (row, nym.ejection, 2) || ! take (row, nym.tag))
      return false;
    nym.request = row.bytes ();
    nym.text = row.text ();
    nym.answer = row.bytes ();
    nym.changed = time_of (row.number ());
    nym.heard.value = static_cast<std::uint64_t> (row.number ());
    snapshot.nyms.emplace_back (ref, std::move (nym));
  }
  return SQLITE_DONE == result;
}

bool
SqliteStore::load_rules (Snapshot &snapshot)
{
  Statement row (db_.get (),
                 "SELECT place, ego, kind, prefix, flags FROM rule");
  int result = SQLITE_ERROR;
  while (SQLITE_ROW == (result = row.step ()))
  {
    PlaceRef ref;
    Rule rule;
    if (! take (row, ref.key) || ! take (row, ref.ego)
        || ! take_enum (row, rule.kind, 1))
      return false;
    rule.prefix = row.text ();
    rule.flags = static_cast<std::uint32_t> (row.number ());
    snapshot.rules.emplace_back (ref, std::move (rule));
  }
  return SQLITE_DONE == result;
}

bool
SqliteStore::load_wishes (Snapshot &snapshot)
{
  Statement row (db_.get (),
                 "SELECT tag, ego, name, password, request, asked FROM wish");
  int result = SQLITE_ERROR;
  while (SQLITE_ROW == (result = row.step ()))
  {
    Wish wish;
    if (! take (row, wish.tag) || ! take (row, wish.ego))
      return false;
    wish.name = row.text ();
    wish.password = row.text ();
    wish.request = row.bytes ();
    wish.asked = time_of (row.number ());
    snapshot.wishes.push_back (std::move (wish));
  }
  return SQLITE_DONE == result;
}

bool
SqliteStore::load_offers (Snapshot &snapshot)
{
  Statement row (db_.get (),
                 "SELECT place, ego, key, path, size, modified, hash, name, "
                 "type, description, state, request_id, answered FROM offer");
  int result = SQLITE_ERROR;
  while (SQLITE_ROW == (result = row.step ()))
  {
    PlaceRef ref;
    Offer offer;
    if (! take (row, ref.key) || ! take (row, ref.ego)
        || ! take (row, offer.key))
      return false;
    offer.path = row.text ();
    offer.size = static_cast<std::uint64_t> (row.number ());
    offer.modified = time_of (row.number ());
    offer.hash = row.text ();
    offer.name = row.text ();
    offer.type = row.text ();
    offer.description = row.text ();
    if (! take_enum (row, offer.state, 3))
      return false;
    offer.request_id = static_cast<std::uint64_t> (row.number ());
    offer.answered = time_of (row.number ());
    snapshot.offers.emplace_back (ref, std::move (offer));
  }
  return SQLITE_DONE == result;
}

// ------------------------------------------------------------------ writing

std::optional<std::string>
SqliteStore::commit (const Changes &changes)
{
  auto failure = run ("BEGIN IMMEDIATE");
  if (failure)
    return failure;
  for (const auto &change : changes)
    if (! std::visit ([this] (const auto &c) { return write (c); }, change))
    {
      failure = error ();
      break;
    }
  if (! failure)
    failure = run ("COMMIT");
  // A transaction that failed must not stay open for the next one.
  if (failure && 0 == sqlite3_get_autocommit (db_.get ()))
    (void)run ("ROLLBACK");
  return failure;
}

bool
SqliteStore::write (const PutPlace &change)
{
  const Place &p = change.place;
  // Not REPLACE: that would delete the row that nyms and rules refer to.
  Statement put (
      db_.get (),
      "INSERT INTO place (key, ego, role, state, policy, door, ending, told, "
      "name, other_names, "
      "ego_name, label, secret, origin, relays, tag, query_tag, ending_tag, "
      "request, answer, changed) "
      "VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) "
      "ON CONFLICT (key, ego) DO UPDATE SET role = excluded.role, "
      "state = excluded.state, policy = excluded.policy, "
      "door = excluded.door, ending = excluded.ending, told = excluded.told, "
      "name = excluded.name, other_names = excluded.other_names, "
      "ego_name = excluded.ego_name, label = excluded.label, "
      "secret = excluded.secret, origin = excluded.origin, "
      "relays = excluded.relays, tag = excluded.tag, "
      "query_tag = excluded.query_tag, ending_tag = excluded.ending_tag, "
      "request = excluded.request, answer = excluded.answer, "
      "changed = excluded.changed");
  put.bind (p.ref.key.view ())
      .bind (p.ref.ego.view ())
      .bind (static_cast<std::int64_t> (p.role))
      .bind (static_cast<std::int64_t> (p.state))
      .bind (static_cast<std::int64_t> (p.policy))
      .bind (static_cast<std::int64_t> (p.door))
      .bind (static_cast<std::int64_t> (p.ending))
      .bind (static_cast<std::int64_t> (p.told))
      .bind (p.name)
      .bind (text_of (p.other_names))
      .bind (p.ego_name)
      .bind (p.label)
      .bind (p.secret.view ())
      .bind (p.origin.view ())
      .bind (base::ByteView (joined (p.relays)))
      .bind (p.tag.view ())
      .bind (p.query_tag.view ())
      .bind (p.ending_tag.view ())
      .bind (base::ByteView (p.request))
      .bind (base::ByteView (p.answer))
      .bind (count_of (p.changed));
  return SQLITE_DONE == put.step ();
}

bool
SqliteStore::write (const PutNym &change)
{
  const Nym &n = change.nym;
  Statement put (db_.get (),
                 "REPLACE INTO nym (place, ego, key, standing, delivery, "
                 "ejection, tag, request, text, answer, changed, heard) "
                 "VALUES (?,?,?,?,?,?,?,?,?,?,?,?)");
  put.bind (change.ref.key.view ())
      .bind (change.ref.ego.view ())
      .bind (n.key.view ())
      .bind (static_cast<std::int64_t> (n.standing))
      .bind (static_cast<std::int64_t> (n.delivery))
      .bind (static_cast<std::int64_t> (n.ejection))
      .bind (n.tag.view ())
      .bind (base::ByteView (n.request))
      .bind (n.text)
      .bind (base::ByteView (n.answer))
      .bind (count_of (n.changed))
      .bind (static_cast<std::int64_t> (n.heard.value));
  return SQLITE_DONE == put.step ();
}

bool
SqliteStore::write (const DropNym &change)
{
  Statement drop (db_.get (),
                  "DELETE FROM nym WHERE place = ? AND ego = ? AND key = ?");
  drop.bind (change.ref.key.view ())
      .bind (change.ref.ego.view ())
      .bind (change.nym.view ());
  return SQLITE_DONE == drop.step ();
}

bool
SqliteStore::write (const PutRule &change)
{
  Statement put (db_.get (),
                 0 == change.rule.flags
                     ? "DELETE FROM rule WHERE place = ? AND ego = ? "
                       "AND kind = ? AND prefix = ?"
                     : "REPLACE INTO rule (place, ego, kind, prefix, flags) "
                       "VALUES (?,?,?,?,?)");
  put.bind (change.ref.key.view ())
      .bind (change.ref.ego.view ())
      .bind (static_cast<std::int64_t> (change.rule.kind))
      .bind (change.rule.prefix);
  if (0 != change.rule.flags)
    put.bind (static_cast<std::int64_t> (change.rule.flags));
  return SQLITE_DONE == put.step ();
}

bool
SqliteStore::write (const PutWish &change)
{
  const Wish &w = change.wish;
  Statement put (db_.get (), "REPLACE INTO wish (tag, ego, name, password, "
                             "request, asked) VALUES (?,?,?,?,?,?)");
  put.bind (w.tag.view ())
      .bind (w.ego.view ())
      .bind (w.name)
      .bind (w.password)
      .bind (base::ByteView (w.request))
      .bind (count_of (w.asked));
  return SQLITE_DONE == put.step ();
}

bool
SqliteStore::write (const DropWish &change)
{
  Statement drop (db_.get (), "DELETE FROM wish WHERE tag = ?");
  drop.bind (change.tag.view ());
  return SQLITE_DONE == drop.step ();
}

bool
SqliteStore::write (const PutOffer &change)
{
  const Offer &o = change.offer;
  Statement put (db_.get (),
                 "REPLACE INTO offer (place, ego, key, path, size, modified, "
                 "hash, name, type, description, state, request_id, answered) "
                 "VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)");
  put.bind (change.ref.key.view ())
      .bind (change.ref.ego.view ())
      .bind (o.key.view ())
      .bind (base::as_bytes (o.path)) // may be in no encoding
      .bind (static_cast<std::int64_t> (o.size))
      .bind (count_of (o.modified))
      .bind (o.hash)
      .bind (o.name)
      .bind (o.type)
      .bind (o.description)
      .bind (static_cast<std::int64_t> (o.state))
      .bind (static_cast<std::int64_t> (o.request_id))
      .bind (count_of (o.answered));
  return SQLITE_DONE == put.step ();
}

bool
SqliteStore::write (const DropOffer &change)
{
  Statement drop (db_.get (),
                  "DELETE FROM offer WHERE place = ? AND ego = ? AND key = ?");
  drop.bind (change.ref.key.view ())
      .bind (change.ref.ego.view ())
      .bind (change.key.view ());
  return SQLITE_DONE == drop.step ();
}
} // namespace social
