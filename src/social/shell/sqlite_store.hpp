// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Places and all about them in one SQLite file. Place keys are in it: the
// file is 0600, its folder 0700. A change is durable when commit returned.
//
// The schema's version is in user_version. An older file is copied beside
// itself, then brought up step by step in one transaction; a newer or damaged
// one is refused by name and left as it is.
#pragma once

#include <memory>
#include <string>
#include <variant>

#include "social/core/store.hpp"
#include "social/shell/sqlite.hpp"

namespace social
{
class SqliteStore : public Store
{
public:
  static constexpr int schema_version = 3;
  // "SOCI" in SQLite's application_id: another program's file is refused.
  static constexpr int application_id = 0x534f4349;

  // Opens or creates the file; else an error for people.
  [[nodiscard]] static std::variant<std::unique_ptr<SqliteStore>, std::string>
  open (const std::string &path);

  // All that is kept, or an error for people.
  [[nodiscard]] std::variant<Snapshot, std::string> load ();

  [[nodiscard]] std::optional<std::string>
  commit (const Changes &changes) override;

  // As if the disk were full beyond so many pages.
  void limit_pages_for_test (int pages);

private:
  explicit SqliteStore (sqlite::Database db) : db_ (std::move (db)) {}

  [[nodiscard]] std::optional<std::string> prepare (const std::string &path);
  [[nodiscard]] std::optional<std::string>
  check_version (const std::string &path);
  [[nodiscard]] std::optional<std::string> migrate (int from);
  [[nodiscard]] std::optional<std::string> run (const char *sql);
  [[nodiscard]] std::optional<std::int64_t> pragma (const char *sql);
  [[nodiscard]] std::string error () const;

  [[nodiscard]] bool load_places (Snapshot &snapshot);
  [[nodiscard]] bool load_nyms (Snapshot &snapshot);
  [[nodiscard]] bool load_rules (Snapshot &snapshot);
  [[nodiscard]] bool load_wishes (Snapshot &snapshot);
  [[nodiscard]] bool load_offers (Snapshot &snapshot);

  [[nodiscard]] bool write (const PutPlace &change);
  [[nodiscard]] bool write (const PutNym &change);
  [[nodiscard]] bool write (const DropNym &change);
  [[nodiscard]] bool write (const PutRule &change);
  [[nodiscard]] bool write (const PutWish &change);
  [[nodiscard]] bool write (const DropWish &change);
  [[nodiscard]] bool write (const PutOffer &change);
  [[nodiscard]] bool write (const DropOffer &change);

  sqlite::Database db_;
};
} // namespace social
