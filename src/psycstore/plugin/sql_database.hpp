// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The store in an SQL database. Every query is a look-up in an index; the
// statements stand in sql_statements.hpp, the tables in sqlite_schema.hpp and
// postgres_schema.hpp.
#pragma once

#include <memory>
#include <unordered_map>

#include "psycstore/core/database.hpp"
#include "psycstore/plugin/sql.hpp"
#include "psycstore/plugin/sql_statements.hpp"

namespace psycstore
{
class SqlDatabase : public Database
{
public:
  explicit SqlDatabase (std::unique_ptr<SqlConnection> connection);
  ~SqlDatabase () override;

  void begin () override;
  void commit () override;
  void rollback () override;
  [[nodiscard]] std::optional<Failure> take_failure () override;

  [[nodiscard]] PutResult fragment_put (const base::ChannelKey &channel,
                                        const FragmentInfo &info,
                                        base::ByteView bytes) override;
  [[nodiscard]] std::optional<FragmentInfo>
  fragment_from (const base::ChannelKey &channel,
                 base::FragmentId first) override;
  [[nodiscard]] std::optional<FragmentInfo>
  fragment_before (const base::ChannelKey &channel,
                   base::FragmentId end) override;
  [[nodiscard]] std::optional<FragmentInfo>
  message_fragment_from (const base::ChannelKey &channel,
                         base::MessageId message,
                         std::uint64_t offset) override;
  [[nodiscard]] std::optional<FragmentInfo>
  message_last_fragment (const base::ChannelKey &channel,
                         base::MessageId message) override;
  [[nodiscard]] base::Bytes fragment_bytes (const base::ChannelKey &channel,
                                            const FragmentInfo &info) override;
  void fragment_remove (const base::ChannelKey &channel,
                        const FragmentInfo &info) override;
  [[nodiscard]] std::optional<base::Interval>
  range_from (const base::ChannelKey &channel, base::FragmentId first) override;
  [[nodiscard]] base::Head counters (const base::ChannelKey &channel) override;

  void method_put (const base::ChannelKey &channel, base::MessageId message,
                   std::string_view prefix) override;
  void method_remove (const base::ChannelKey &channel, base::MessageId message,
                      std::string_view prefix) override;
  [[nodiscard]] std::optional<base::MessageId>
  message_from (const base::ChannelKey &channel, std::string_view prefix,
                base::MessageId first) override;
  [[nodiscard]] std::optional<base::MessageId>
  message_before (const base::ChannelKey &channel, std::string_view prefix,
                  base::MessageId end) override;

  void membership_put (const base::ChannelKey &channel,
                       const base::MemberKey &slave,
                       const MembershipEvent &event) override;
  [[nodiscard]] std::vector<MembershipEvent>
  memberships (const base::ChannelKey &channel,
               const base::MemberKey &slave) override;
  [[nodiscard]] std::optional<base::MemberKey>
  slave_after (const base::ChannelKey &channel,
               const std::optional<base::MemberKey> &after) override;

  [[nodiscard]] StateHead state_head (const base::ChannelKey &channel) override;
  void state_head_put (const base::ChannelKey &channel,
                       const StateHead &head) override;
  [[nodiscard]] std::optional<Variable>
  variable (const base::ChannelKey &channel, StateSlot slot,
            std::string_view name) override;
  [[nodiscard]] std::optional<Variable>
  variable_from (const base::ChannelKey &channel, StateSlot slot,
                 std::string_view first) override;
  void variable_put (const base::ChannelKey &channel, StateSlot slot,
                     Variable &variable) override;
  void variable_remove (const Variable &variable) override;
  void variable_make_live (const Variable &variable) override;
  [[nodiscard]] base::Bytes variable_piece (const Variable &variable,
                                            std::uint64_t number) override;
  void variable_piece_put (const Variable &variable, std::uint64_t number,
                           base::ByteView bytes) override;
  void variables_clear (const base::ChannelKey &channel,
                        StateSlot slot) override;

  [[nodiscard]] std::optional<Request> request (const base::ChannelKey &channel,
                                                Box box,
                                                const base::MemberKey &member,
                                                base::RequestId id) override;
  void request_put (const base::ChannelKey &channel, Request &request) override;
  [[nodiscard]] std::uint64_t
  request_number (const base::ChannelKey &channel) override;
  void request_settled_trim (const base::ChannelKey &channel, Box box,
                             const base::MemberKey &member,
                             std::uint64_t keep) override;
  [[nodiscard]] std::optional<Request>
  open_request_after (const base::ChannelKey &channel, Box box,
                      const std::optional<base::MemberKey> &member,
                      const std::optional<RequestPosition> &after) override;
  [[nodiscard]] std::optional<Request>
  settled_request_after (const base::ChannelKey &channel, Box box,
                         const base::MemberKey &member,
                         base::RequestId after) override;
  void request_piece_put (const Request &request, const RequestPiece &piece,
                          base::ByteView bytes) override;
  [[nodiscard]] std::optional<RequestPiece>
  request_piece_from (const Request &request, std::uint64_t offset) override;
  [[nodiscard]] std::optional<RequestPiece>
  request_piece_before (const Request &request, std::uint64_t offset) override;
  [[nodiscard]] base::Bytes
  request_piece_bytes (const Request &request,
                       const RequestPiece &piece) override;
  void request_pieces_remove (const Request &request) override;

  [[nodiscard]] std::optional<TagEntry> tag (const base::ChannelKey &channel,
                                             const base::SendTag &tag) override;
  void tag_put (const base::ChannelKey &channel, const base::SendTag &tag,
                const TagEntry &entry) override;
  [[nodiscard]] std::optional<base::SendTag>
  tag_after (const base::ChannelKey &channel,
             const std::optional<base::SendTag> &after) override;
  void tags_remove (const base::ChannelKey &channel,
                    base::MessageId message) override;
  void record_put (const Record &record) override;
  [[nodiscard]] std::optional<Record>
  record_after (const std::optional<RecordPosition> &after) override;

  [[nodiscard]] std::optional<base::FragmentId>
  records_settled (const base::ChannelKey &channel) override;

  [[nodiscard]] std::optional<ChannelInfo>
  channel_from (const base::ChannelKey &first) override;
  void retention_put (const base::ChannelKey &channel,
                      const std::optional<Retention> &retention) override;
  void channel_rename (const base::ChannelKey &from,
                       const base::ChannelKey &to) override;
  void channel_remove (const base::ChannelKey &channel) override;

private:
  struct Channel
  {
    std::int64_t id = 0; // 0: nothing is stored of it
    base::Generation generation;
  };

  // The run of stored ids that grew last; written when another one grows and
  // before a commit, so that a batch in order costs one row.
  struct GrowingRun
  {
    std::int64_t channel = 0;
    base::Interval run;
    std::uint64_t next_first = 0; // the following run begins here
    bool is_dirty = false;
  };

  // Runs a statement that returns the id of its new row.
  template <typename... Values>
  [[nodiscard]] std::int64_t inserted (SqlStatement &statement,
                                       const Values &...values);
  // What was stored and removed since the last commit or look, by channel.
  struct Tally
  {
    std::int64_t fragments = 0;
    std::int64_t messages = 0;
    std::int64_t bytes = 0;
  };

  [[nodiscard]] Channel find_channel (const base::ChannelKey &key);
  // Makes it when there is none.
  [[nodiscard]] Channel need_channel (const base::ChannelKey &key);
  [[nodiscard]] std::int64_t find_method (std::string_view name);
  [[nodiscard]] std::int64_t need_method (std::string_view name);
  void raise_generation (const base::ChannelKey &key, Channel channel,
                         base::Generation generation);
  [[nodiscard]] PutResult compare (std::int64_t channel,
                                   const FragmentInfo &info,
                                   base::ByteView bytes);
  [[nodiscard]] std::int64_t take_body_id ();
  void grow_run (std::int64_t channel, std::uint64_t id);
  void place_in_runs (std::int64_t channel, std::uint64_t id);
  void write_run ();
  void cut_from_runs (std::int64_t channel, std::uint64_t id);
  // `sign`: 1 for one that was stored, -1 for one that was removed.
  void tally (std::int64_t channel, const FragmentInfo &info, int sign);
  void write_tallies ();
  // What is remembered besides the file may be wrong now.
  void forget ();

  std::unique_ptr<SqlConnection> connection_;
  SqlStatements sql_;
  std::unordered_map<base::ChannelKey, Channel> channels_;
  std::unordered_map<std::string, std::int64_t> methods_;
  std::int64_t next_body_ = 0; // 0: not known
  GrowingRun growing_;
  std::unordered_map<std::int64_t, Tally> tallies_;
};
} // namespace psycstore
