// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Reads a channel out as the items of an export (doc/spec/export.md). Records
// come first and the log before what refers to it, so that a copy taken while
// the channel goes on is as a channel after a crash: nothing in it points
// beyond its log.
#include <algorithm>

#include "psycstore/core/reads.hpp"

namespace psycstore
{
namespace
{
class ExportReader : public Reader
{
public:
  explicit ExportReader (const Export &request)
      : operation_ (request.operation), channel_ (request.channel),
        at_ (request.after)
  {}

  std::optional<Outcome>
  step (Database &db, Page &page) override
  {
    while (page.has_room ())
    {
      if (! is_known_ && ! find (db))
        return done (result_no);
      if (at_.step >= ExportStep::done)
        return done (static_cast<std::int64_t> (count_));
      if (! give (db, page))
        go_to (static_cast<ExportStep> (static_cast<int> (at_.step) + 1));
    }
    return std::nullopt;
  }

private:
  [[nodiscard]] bool
  find (Database &db)
  {
    const auto info = db.channel_from (channel_);
    is_known_ = info && info->key == channel_;
    return is_known_;
  }

  void
  go_to (ExportStep step)
  {
    at_.step = step;
    at_.number = 0;
    at_.sequence = 0;
    at_.key.clear ();
    has_begun_ = false;
  }

  template <wire::Message M>
  bool
  add (Page &page, const M &item)
  {
    count_++;
    page.add (ExportResult{
        operation_, at_, { wire::encode (item).value_or (base::Bytes{}) } });
    return true;
  }

  // The next item of the step; false: there is none.
  [[nodiscard]] bool
  give (Database &db, Page &page)
  {
    switch (at_.step)
    {
    case ExportStep::head:
      return give_head (db, page);
    case ExportStep::records:
      return give_record (db, page);
    case ExportStep::fragments:
      return give_fragment (db, page);
    case ExportStep::state:
      return give_state (db, page);
    case ExportStep::late_fragments:
      return give_late_fragment (db, page);
    case ExportStep::memberships:
      return give_memberships (db, page);
    case ExportStep::tags:
      return give_tag (db, page);
    case ExportStep::requests_out:
      return give_open_request (db, page, Box::out);
    case ExportStep::requests_in:
      return give_open_request (db, page, Box::in);
    case ExportStep::settled_out:
      return give_settled_request (db, page, Box::out);
    case ExportStep::settled_in:
      return give_settled_request (db, page, Box::in);
    case ExportStep::done:
      break;
    }
    return false;
  }

  [[nodiscard]] bool
  give_head (Database &db, Page &page)
  {
    if (0 != std::exchange (at_.number, 1u))
      return false;
    const auto info = db.channel_from (channel_);
    return add (page, ExportHead{ channel_, 0, info->fragments, info->messages,
                                  info->bytes });
  }

  [[nodiscard]] bool
  give_record (Database &db, Page &page)
  {
    // The master's position is the first of a channel: one before it.
    std::optional<RecordPosition> after;
    if (const auto member = base::MemberKey::from (at_.key))
      after = { channel_, *member };
    else if (0 != at_.number)
      after = { channel_, std::nullopt };
    auto record = after ? db.record_after (after) : first_record (db);
    if (! record || record->position.channel != channel_)
      return false;
    at_.number = 1;
    at_.key.clear ();
    if (record->position.member)
      at_.key = base::to_bytes (record->position.member->view ());
    return add (page, RecordItem{ 0,
                                  channel_,
                                  record->position.member,
                                  record->settled,
                                  { std::move (record->data) } });
  }

  [[nodiscard]] std::optional<Record>
  first_record (Database &db)
  {
    std::optional<Record> record = db.record_after (std::nullopt);
    while (record && record->position.channel < channel_)
      record = db.record_after (
          RecordPosition{ record->position.channel, highest_member () });
    return record;
  }

  static base::MemberKey
  highest_member ()
  {
    base::MemberKey key;
    key.bytes.fill (0xff);
    return key;
  }

  // The log as it was when this step began.
  [[nodiscard]] bool
  give_fragment (Database &db, Page &page)
  {
    if (0 == at_.number && ! std::exchange (has_begun_, true))
      set_end (db);
    const auto info
        = db.fragment_from (channel_, base::FragmentId{ at_.number + 1 });
    if (! info || info->fragment_id > at_.last_fragment)
      return false;
    at_.number = info->fragment_id.value;
    FragmentStore item;
    item.channel = channel_;
    item.flags = info->store_flags;
    item.stored_at = info->stored_at;
    item.fragment.bytes = db.fragment_bytes (channel_, *info);
    return add (page, item);
  }

  void
  set_end (Database &db)
  {
    const base::Head head = db.counters (channel_);
    at_.last_fragment = head.fragment_id;
    at_.last_message = head.message_id;
  }

  // What the log got while the state was read: all that changed it is in it.
  [[nodiscard]] bool
  give_late_fragment (Database &db, Page &page)
  {
    if (0 == at_.number && ! std::exchange (has_begun_, true))
    {
      at_.number = at_.last_fragment.value;
      set_end (db);
    }
    return give_fragment (db, page);
  }

  // Pieces of variables by name, then the head. When the state changed
  // meanwhile it is given again from the start.
  [[nodiscard]] bool
  give_state (Database &db, Page &page)
  {
    const StateHead head = db.state_head (channel_);
    if (2 == at_.sequence)
      return false;
    if (0 == at_.sequence)
    {
      at_.applied = head.applied;
      at_.sequence = 1;
    }
    else if (head.applied != at_.applied)
    {
      go_to (ExportStep::state);
      at_.sequence = 1;
      at_.applied = head.applied;
      return add (page, StateReset{ 0, channel_ });
    }
    if (give_piece (db, page))
      return true;
    at_.sequence = 2;
    return add (page, StateHeadItem{ head.applied, head.checkpoint,
                                     head.changes, head.change_bytes,
                                     head.hash_message_id, head.hash });
  }

  // Behind piece `number` (from 1 on) of the variable `key`.
  [[nodiscard]] bool
  give_piece (Database &db, Page &page)
  {
    std::string name (base::as_text (at_.key));
    while (true)
    {
      const auto variable = db.variable_from (channel_, StateSlot::live, name);
      if (! variable)
        return false;
      const bool is_same = variable->name == base::as_text (at_.key);
      const std::uint64_t piece = is_same ? at_.number : 0;
      base::Bytes bytes = db.variable_piece (*variable, piece);
      if (! bytes.empty ())
      {
        at_.key = base::to_bytes (base::as_bytes (variable->name));
        at_.number = piece + 1;
        return add (page, VariableItem{ variable->name,
                                        variable->size,
                                        variable->changed_by,
                                        piece,
                                        { std::move (bytes) } });
      }
      name = variable->name + '\0'; // the least name after it
    }
  }

  [[nodiscard]] bool
  give_memberships (Database &db, Page &page)
  {
    const auto slave
        = db.slave_after (channel_, base::MemberKey::from (at_.key));
    if (! slave)
      return false;
    at_.key = base::to_bytes (slave->view ());
    for (const MembershipEvent &event : db.memberships (channel_, *slave))
      add (page, MembershipStore{ 0, channel_, *slave, event.did_join,
                                  event.announced_at, event.effective_since,
                                  event.generation });
    return true;
  }

  [[nodiscard]] bool
  give_tag (Database &db, Page &page)
  {
    const auto tag = db.tag_after (channel_, base::SendTag::from (at_.key));
    if (! tag)
      return false;
    at_.key = base::to_bytes (tag->view ());
    const auto entry = db.tag (channel_, *tag);
    if (entry && entry->message_id <= at_.last_message)
      add (page, TagItem{ *tag, entry->message_id, entry->request_id });
    return true;
  }

  // Open ones in their order, each piece an item.
  [[nodiscard]] bool
  give_open_request (Database &db, Page &page, Box box)
  {
    std::optional<RequestPosition> after;
    if (const auto member = base::MemberKey::from (at_.key))
      after = { at_.sequence, *member, { at_.number } };
    const auto request
        = db.open_request_after (channel_, box, std::nullopt, after);
    if (! request)
      return false;
    at_.key = base::to_bytes (request->member.view ());
    at_.sequence = request->sequence;
    at_.number = request->request_id.value;
    for (auto piece = db.request_piece_from (*request, 0); piece;
         piece = db.request_piece_from (*request, piece->offset + 1))
      add (page, RequestStore{ 0,
                               channel_,
                               box,
                               request->tag,
                               { db.request_piece_bytes (*request, *piece) } });
    return true;
  }

  [[nodiscard]] bool
  give_settled_request (Database &db, Page &page, Box box)
  {
    const auto request = db.settled_request_after (
        channel_, box,
        base::MemberKey::from (at_.key).value_or (base::MemberKey{}),
        { at_.number });
    if (! request)
      return false;
    at_.key = base::to_bytes (request->member.view ());
    at_.number = request->request_id.value;
    if (request->message_id <= at_.last_message)
      add (page, RequestSettle{ 0, channel_, box, request->member,
                                request->request_id, request->state,
                                request->message_id, request->code,
                                request->reason });
    return true;
  }

  const std::uint64_t operation_;
  const base::ChannelKey channel_;
  ExportPosition at_;
  bool is_known_ = false;
  bool has_begun_ = false;
  std::uint64_t count_ = 0;
};
} // namespace

std::unique_ptr<Reader>
make_reader (Export request)
{
  return std::make_unique<ExportReader> (request);
}
} // namespace psycstore
