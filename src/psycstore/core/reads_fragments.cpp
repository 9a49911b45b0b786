// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Reads that give fragments of messages.
#include <algorithm>

#include "psycstore/core/methods.hpp"
#include "psycstore/core/reads.hpp"

namespace psycstore
{
namespace
{
// What every read of fragments has: who asks, how many were given, and
// whether some were kept back.
class FragmentGiver : public Reader
{
protected:
  FragmentGiver (std::uint64_t operation, const base::ChannelKey &channel,
                 const std::optional<base::MemberKey> &slave)
      : operation_ (operation), channel_ (channel), slave_ (slave)
  {}

  // At each step anew, as memberships end meanwhile.
  void
  look_up (Database &db)
  {
    applied_ = db.state_head (channel_).applied;
    if (slave_)
      visibility_.emplace (db.memberships (channel_, *slave_));
  }

  [[nodiscard]] bool
  may_see (const FragmentInfo &info)
  {
    if (! visibility_
        || visibility_->may_see (info.message_id, info.generation))
      return true;
    has_hidden_ = true;
    return false;
  }

  void
  give (Database &db, const FragmentInfo &info, Page &page)
  {
    std::uint32_t flags = info.store_flags;
    if (0 != (flags & flag_state) && info.message_id <= applied_)
      flags |= flag_state_applied;
    page.add (FragmentResult{
        operation_, flags, { db.fragment_bytes (channel_, info) } });
    count_++;
  }

  [[nodiscard]] Outcome
  ended () const
  {
    if (0 == count_ && has_hidden_)
      return done (result_hidden);
    return done (static_cast<std::int64_t> (count_));
  }

  const std::uint64_t operation_;
  const base::ChannelKey channel_;
  const std::optional<base::MemberKey> slave_;
  base::MessageId applied_;
  std::optional<Visibility> visibility_;
  std::uint64_t count_ = 0;
  bool has_hidden_ = false;
};

class FragmentReader : public FragmentGiver
{
public:
  explicit FragmentReader (const FragmentGet &request)
      : FragmentGiver (request.operation, request.channel, request.slave),
        next_ (request.first), last_ (request.last), missing_ (request.latest)
  {
    last_.value = std::min (last_.value, id_max);
    end_ = last_.next ();
  }

  std::optional<Outcome>
  step (Database &db, Page &page) override
  {
    look_up (db);
    while (0 != missing_)
    {
      if (! page.has_room ())
        return std::nullopt;
      go_back (db);
    }
    while (page.has_room ())
    {
      const auto info = db.fragment_from (channel_, next_);
      if (! info || info->fragment_id > last_)
        return ended ();
      if (may_see (*info))
        give (db, *info, page);
      next_ = info->fragment_id.next ();
    }
    return std::nullopt;
  }

private:
  // One fragment towards where the newest ones begin.
  void
  go_back (Database &db)
  {
    const auto info = db.fragment_before (channel_, end_);
    if (! info || info->fragment_id < next_)
    {
      missing_ = 0;
      return;
    }
    end_ = info->fragment_id;
    if (may_see (*info) && 0 == --missing_)
      next_ = end_;
  }

  base::FragmentId next_;
  base::FragmentId last_;
  base::FragmentId end_;
  // Of the newest ones, while their beginning is looked for.
  std::uint64_t missing_;
};

class MessageReader : public FragmentGiver
{
public:
  explicit MessageReader (const MessageGet &request)
      : FragmentGiver (request.operation, request.channel, request.slave),
        prefix_ (request.method_prefix == "_" ? "" : request.method_prefix),
        message_ (std::max (request.first, base::MessageId{ 1 })),
        offset_ (request.first_offset), last_ (request.last),
        missing_ (request.latest), limit_ (request.fragment_limit)
  {
    last_.value = std::min (last_.value, id_max);
    end_ = last_.next ();
  }

  std::optional<Outcome>
  step (Database &db, Page &page) override
  {
    if (! is_searchable_prefix (prefix_))
      return refused ("method prefix with more than 16 keywords");
    look_up (db);
    while (0 != missing_)
    {
      if (! page.has_room ())
        return std::nullopt;
      go_back (db);
    }
    while (page.has_room ())
    {
      if (is_full ())
        return ended ();
      if (! is_found_ && ! find (db))
        return note_hidden (db);
      go_on (db, page);
    }
    return std::nullopt;
  }

private:
  [[nodiscard]] bool
  is_full () const
  {
    return 0 != limit_ && count_ >= limit_;
  }

  // One message towards where the newest ones begin.
  void
  go_back (Database &db)
  {
    const base::MessageId end
        = visibility_ ? visibility_->highest_below (end_).next () : end_;
    const auto message = db.message_before (channel_, prefix_, end);
    if (! message || *message < message_)
    {
      missing_ = 0;
      return;
    }
    end_ = *message;
    const auto info = db.message_fragment_from (channel_, end_, 0);
    if (info && may_see (*info) && 0 == --missing_)
    {
      message_ = end_;
      offset_ = 0;
    }
  }

  // The next message that is asked for.
  [[nodiscard]] bool
  find (Database &db)
  {
    const base::MessageId from
        = visibility_ ? visibility_->lowest_from (message_) : message_;
    if (visibility_ && from.is_none ())
      return false;
    const auto message = db.message_from (channel_, prefix_, from);
    if (! message || *message > last_)
      return false;
    if (*message != message_)
      offset_ = 0;
    message_ = *message;
    is_found_ = true;
    return true;
  }

  // The next fragment of that message.
  void
  go_on (Database &db, Page &page)
  {
    const auto info = db.message_fragment_from (channel_, message_, offset_);
    if (! info)
    {
      message_ = message_.next ();
      offset_ = 0;
      is_found_ = false;
      return;
    }
    if (may_see (*info))
      give (db, *info, page);
    offset_ = info->offset + 1;
  }

  [[nodiscard]] Outcome
  note_hidden (Database &db)
  {
    if (visibility_ && 0 == count_)
    {
      const auto any = db.message_from (channel_, prefix_, message_);
      has_hidden_ |= any && *any <= last_;
    }
    return ended ();
  }

  const std::string prefix_;
  base::MessageId message_;
  std::uint64_t offset_;
  bool is_found_ = false;
  base::MessageId last_;
  base::MessageId end_;
  std::uint64_t missing_;
  const std::uint64_t limit_;
};

class PlaceReader : public FragmentGiver
{
public:
  explicit PlaceReader (const MessageGetFragment &request)
      : FragmentGiver (request.operation, request.channel, request.slave),
        message_ (request.message_id), offset_ (request.offset)
  {}

  std::optional<Outcome>
  step (Database &db, Page &page) override
  {
    look_up (db);
    const auto info = db.message_fragment_from (channel_, message_, offset_);
    if (info && info->offset == offset_ && may_see (*info))
      give (db, *info, page);
    return ended ();
  }

private:
  base::MessageId message_;
  std::uint64_t offset_;
};
} // namespace

std::unique_ptr<Reader>
make_reader (FragmentGet request)
{
  return std::make_unique<FragmentReader> (request);
}

std::unique_ptr<Reader>
make_reader (MessageGet request)
{
  return std::make_unique<MessageReader> (request);
}

std::unique_ptr<Reader>
make_reader (MessageGetFragment request)
{
  return std::make_unique<PlaceReader> (request);
}
} // namespace psycstore
