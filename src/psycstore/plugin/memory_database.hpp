// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The store in memory, for tests: the plainest thing that does what a plugin
// must do. A transaction keeps a copy of everything, so use it for small
// channels.
#pragma once

#include <map>
#include <memory>
#include <tuple>

#include "psycstore/core/database.hpp"

namespace psycstore
{
class MemoryDatabase : public Database
{
public:
  void begin () override;
  void commit () override;
  void rollback () override;
  [[nodiscard]] std::optional<Failure> take_failure () override;

  // Tests: the next commit fails so.
  void fail_next_commit (Failure failure);
  // Tests: every change fails so until `heal`.
  void fail_changes (Failure failure);
  void heal ();

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
  using SharedBytes = std::shared_ptr<const base::Bytes>;
  using MessagePlace = std::pair<base::MessageId, std::uint64_t>;
  using VariableKey = std::pair<StateSlot, std::string>;
  using RequestKey = std::tuple<Box, base::MemberKey, base::RequestId>;

  struct Fragment
  {
    FragmentInfo info;
    SharedBytes bytes;
  };

  struct Piece
  {
    RequestPiece piece;
    SharedBytes bytes;
  };

  // Where a variable is, and the pieces of its value.
  struct VariablePlace
  {
    base::ChannelKey channel;
    VariableKey key;
    std::vector<SharedBytes> pieces;
  };

  struct Channel
  {
    std::map<base::FragmentId, Fragment> fragments;
    std::map<MessagePlace, base::FragmentId> places;
    std::map<std::string, std::map<base::MessageId, bool>, std::less<>> methods;
    std::map<base::MemberKey, std::vector<MembershipEvent>> memberships;
    std::map<VariableKey, Variable, std::less<>> variables;
    StateHead state_head;
    base::Generation generation;
    std::uint64_t request_number = 0;
    std::map<RequestKey, Request> requests;
    std::map<base::SendTag, TagEntry> tags;
    std::optional<Retention> retention;
  };

  struct Data
  {
    std::map<base::ChannelKey, Channel> channels;
    // By the row of their request.
    std::map<std::int64_t, std::map<std::uint64_t, Piece>> pieces;
    // By the row of their variable.
    std::map<std::int64_t, VariablePlace> variable_places;
    // The master's under the zero key, which no member has.
    std::map<std::pair<base::ChannelKey, base::MemberKey>, Record> records;
    std::int64_t next_row = 1;
  };

  // Nothing while a failure sticks.
  [[nodiscard]] Channel *find (const base::ChannelKey &key);
  [[nodiscard]] Channel *change (const base::ChannelKey &key);
  [[nodiscard]] bool may_change ();
  [[nodiscard]] VariablePlace *find_place (const Variable &variable);

  Data data_;
  std::optional<Data> saved_;
  std::optional<Failure> failure_;
  std::optional<Failure> commit_failure_;
  std::optional<Failure> change_failure_;
};
} // namespace psycstore
