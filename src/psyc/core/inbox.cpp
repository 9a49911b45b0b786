// SPDX-License-Identifier: AGPL-3.0-or-later
#include "psyc/core/inbox.hpp"

#include "psyc/psyc_messages.hpp"

namespace psyc::core
{
namespace
{
// Codes of refusals of our own.
constexpr std::uint32_t refused_malformed = 2;
constexpr std::uint32_t refused_too_many = 3;
constexpr std::uint32_t refused_too_long = 4;

std::uint64_t
end_of (const RequestFragment &fragment)
{
  return fragment.head.offset + fragment.body ().size ();
}
} // namespace

Inbox::Entry *
Inbox::find (const RequestName &name)
{
  auto it = entries_.find (name);
  return it == entries_.end () ? nullptr : &it->second;
}

void
Inbox::on_listed (const RequestInfo &info)
{
  const RequestName name{ info.member, info.request_id };
  if (RequestOutcome::open != info.outcome || nullptr != find (name))
    return;
  Entry &entry = entries_[name];
  if (0 < info.contiguous_end)
    entry.covered.add (0, info.contiguous_end - 1);
  incomplete_[name.member]++;
  incomplete_count_++;
  if (0 == info.sequence)
    return;
  entry.size = info.size;
  complete (name, entry);
}

// ---- from the members ----------------------------------------------------

bool
Inbox::may_begin (const base::MemberKey &member) const
{
  auto it = incomplete_.find (member);
  return incomplete_count_ < context_.config.unfinished_max
         && (it == incomplete_.end ()
             || it->second < context_.config.member_unfinished_max);
}

void
Inbox::on_fragment (RequestPtr fragment)
{
  const RequestName name{ fragment->head.member, fragment->head.request_id };
  if (end_of (*fragment) > context_.config.request_bytes_max
      || fragment->body ().empty ())
  {
    context_.count ("# requests refused, too long");
    tell_settled (name, RequestOutcome::refused, 0, refused_too_long,
                  "too long");
    return;
  }
  Entry *entry = find (name);
  if (nullptr != entry && State::incomplete != entry->state)
  {
    acknowledge (fragment); // all of it is on disk
    return;
  }
  if (nullptr == entry)
  {
    if (! may_begin (name.member))
    {
      context_.count ("# requests refused, too many unfinished");
      tell_settled (name, RequestOutcome::refused, 0, refused_too_many,
                    "too many unfinished requests");
      return;
    }
    entry = &entries_[name];
    incomplete_[name.member]++;
    incomplete_count_++;
  }
  intake_.add (std::move (fragment));
}

void
Inbox::on_fragment_stored (const RequestPtr &fragment,
                           const StoreResult &result)
{
  const RequestName name{ fragment->head.member, fragment->head.request_id };
  if (result.is_error ())
  {
    // Never: it is another than what is here already.
    context_.count ("# fragments of requests that the store refused");
    return;
  }
  Entry *entry = find (name);
  if (result_no == result.result)
  {
    if (nullptr == entry || State::incomplete == entry->state)
    {
      forget (name);
      answer_settled (name);
    }
    return;
  }
  acknowledge (fragment);
  if (nullptr == entry || State::incomplete != entry->state)
    return;
  keep (*entry, fragment);
  entry->covered.add (fragment->head.offset, end_of (*fragment) - 1);
  if (fragment->is_last ())
    entry->size = end_of (*fragment);
  if (0 < entry->size && entry->covered.contiguous_end (0) + 1 >= entry->size
      && entry->covered.contains (0))
    complete (name, *entry);
}

// Small requests stay in memory until they are settled.
void
Inbox::keep (Entry &entry, const RequestPtr &fragment)
{
  const bool is_next
      = (entry.fragments.empty () ? 0 : end_of (*entry.fragments.back ()))
        == fragment->head.offset;
  const std::size_t size = fragment->bytes.size ();
  if (is_next && kept_bytes_ + size <= context_.config.request_cache_bytes)
  {
    entry.fragments.push_back (fragment);
    entry.kept_bytes += size;
    kept_bytes_ += size;
  }
}

void
Inbox::acknowledge (const RequestPtr &fragment)
{
  context_.effects.push_back (
      OriginRequestStored{ context_.channel, fragment->head.member,
                           fragment->head.request_id, fragment->head.offset });
}

void
Inbox::complete (const RequestName &name, Entry &entry)
{
  entry.state = State::waiting;
  entry.covered = {};
  entry.order = ++last_order_;
  if (entry.fragments.empty () || ! entry.fragments.back ()->is_last ())
  {
    entry.fragments.clear ();
    kept_bytes_ -= std::exchange (entry.kept_bytes, 0);
  }
  if (auto it = incomplete_.find (name.member);
      it != incomplete_.end () && 0 == --it->second)
    incomplete_.erase (it);
  incomplete_count_--;
  waiting_.emplace (entry.order, name);
  pump ();
}

// The store remembers what became of it.
void
Inbox::answer_settled (const RequestName &name)
{
  context_.store.read (
      ReadRequestStatus{ Box::in, name.member, name.request_id },
      [this, name] (StoreItem &item)
      {
        const auto *info = std::get_if<RequestInfo> (&item);
        if (nullptr != info && RequestOutcome::open != info->outcome)
          tell_settled (name, info->outcome, info->message_id, info->code,
                        info->reason);
        return true;
      },
      nullptr);
}

void
Inbox::tell_settled (const RequestName &name, RequestOutcome outcome,
                     std::uint64_t message_id, std::uint32_t code,
                     const std::string &reason)
{
  context_.effects.push_back (
      OriginRequestSettled{ context_.channel, name.member, name.request_id,
                            outcome, message_id, code, reason });
}

// ---- to the application --------------------------------------------------

void
Inbox::pump ()
{
  relays_.pump ();
  pump_offer ();
  while (! offer_ && ! waiting_.empty ())
  {
    const auto client = desk_.free_client ();
    if (! client)
      return;
    if (auto it = offered_.find (*client);
        it != offered_.end () && it->second >= local::undecided_requests_max)
      return;
    const RequestName name = waiting_.begin ()->second;
    waiting_.erase (waiting_.begin ());
    offer (name, entries_.at (name), *client);
  }
}

void
Inbox::offer (const RequestName &name, Entry &entry, ClientId client)
{
  entry.state = State::offered;
  entry.client = client;
  offered_[client]++;
  offer_.emplace ();
  offer_->name = name;
  offer_->client = client;
  offer_->is_whole = desk_.wants_whole (client);
  offer_->buffer.assign (entry.fragments.begin (), entry.fragments.end ());
  pump_offer ();
}

void
Inbox::pump_offer ()
{
  while (offer_)
  {
    const Entry *entry = find (offer_->name);
    if (nullptr == entry || State::offered != entry->state
        || offer_->client != entry->client)
    {
      offer_.reset ();
      return;
    }
    if (! desk_.has_room (offer_->client))
      return;
    if (offer_->buffer.empty ())
    {
      read_offer ();
      return;
    }
    const RequestPtr fragment = std::move (offer_->buffer.front ());
    offer_->buffer.pop_front ();
    offer_->next_offset = end_of (*fragment);
    const ClientId client = offer_->client;
    const bool is_last = ! offer_->is_whole || fragment->is_last ();
    if (is_last)
      offer_.reset ();
    desk_.offer (client, fragment->head, fragment->body (),
                 is_last ? RequestPlace::last : RequestPlace::more_follows);
  }
}

void
Inbox::read_offer ()
{
  if (std::exchange (offer_->is_reading, true))
    return;
  const RequestName name = offer_->name;
  const std::uint64_t from = offer_->next_offset;
  const std::uint64_t count
      = offer_->is_whole ? context_.config.request_read_bytes : 1;
  context_.store.read (
      ReadRequest{ Box::in, name.member, name.request_id, from,
                   from + count - 1 },
      [this, name] (StoreItem &item)
      {
        auto *fragment = std::get_if<RequestPtr> (&item);
        if (nullptr == fragment || ! offer_ || offer_->name != name)
          return false;
        offer_->buffer.push_back (std::move (*fragment));
        return true;
      },
      [this, name] (const StoreResult &result)
      { on_offer_read (name, result); });
}

void
Inbox::on_offer_read (const RequestName &name, const StoreResult &result)
{
  if (offer_ && offer_->name == name)
  {
    offer_->is_reading = false;
    if (result.is_error () || offer_->buffer.empty ())
    {
      context_.count ("# requests that the store did not give");
      offer_.reset ();
      if (Entry *entry = find (name);
          nullptr != entry && State::offered == entry->state)
        withdraw (name, *entry);
      retry_at_
          = std::min (retry_at_, context_.now + context_.config.store_retry);
      return;
    }
  }
  pump ();
}

void
Inbox::withdraw (const RequestName &name, Entry &entry)
{
  if (auto it = offered_.find (entry.client);
      it != offered_.end () && 0 == --it->second)
    offered_.erase (it);
  entry.state = State::waiting;
  entry.client = {};
  waiting_.emplace (entry.order, name);
}

void
Inbox::on_client_gone (ClientId client)
{
  for (auto &[name, entry] : entries_)
  {
    if (entry.client != client)
      continue;
    if (State::offered == entry.state)
      withdraw (name, entry);
    entry.client = {};
  }
  offered_.erase (client);
  pump ();
}

// ---- verdicts ------------------------------------------------------------

void
Inbox::on_verdict (ClientId client, const base::MemberKey &member,
                   base::RequestId request, Verdict verdict)
{
  const RequestName name{ member, request };
  Entry *entry = find (name);
  if (nullptr == entry || State::incomplete == entry->state)
  {
    desk_.on_settled (client, member, request);
    return;
  }
  if (State::offered == entry->state)
  {
    if (auto it = offered_.find (entry->client);
        it != offered_.end () && 0 == --it->second)
      offered_.erase (it);
  }
  else if (State::waiting == entry->state)
    waiting_.erase (entry->order);
  else
  {
    entry->client = client; // said again: hears the outcome
    return;
  }
  entry->client = client;
  entry->verdict = std::move (verdict);
  apply (name, *entry);
  pump ();
}

void
Inbox::apply (const RequestName &name, Entry &entry)
{
  const Verdict &verdict = *entry.verdict;
  switch (verdict.action)
  {
  case Verdict::Action::relay:
    entry.state = State::relaying;
    if (again_.empty ())
      relays_.start (name, verdict.modifiers, entry.fragments);
    else
      again_.push_back (name); // behind those that failed: order is kept
    return;
  case Verdict::Action::accept:
    settle (name, RequestOutcome::accepted, 0, "");
    return;
  case Verdict::Action::refuse:
    settle (name, RequestOutcome::refused, verdict.code, verdict.reason);
    return;
  }
}

void
Inbox::settle (const RequestName &name, RequestOutcome outcome,
               std::uint32_t code, const std::string &reason)
{
  find (name)->state = State::settling;
  context_.store.call (
      SettleRequest{ Box::in, name.member, name.request_id, outcome, 0, code,
                     reason },
      [this, name, outcome, code, reason] (const StoreResult &result)
      {
        if (result.is_error ())
        {
          context_.count ("# verdicts that the store refused");
          again_.push_back (name);
          retry_at_ = std::min (retry_at_,
                                context_.now + context_.config.store_retry);
          return;
        }
        tell_settled (name, outcome, 0, code, reason);
        if (const Entry *entry = find (name);
            nullptr != entry && ! entry->client.is_none ())
          desk_.on_settled (entry->client, name.member, name.request_id);
        forget (name);
        pump ();
      });
}

void
Inbox::on_relayed (const RequestName &name, const RelayResult &result)
{
  Entry *entry = find (name);
  if (nullptr == entry)
    return;
  switch (result.outcome)
  {
  case RelayResult::Outcome::relayed:
    tell_settled (name, RequestOutcome::accepted, result.message_id.value, 0,
                  "");
    if (! entry->client.is_none ())
      desk_.on_settled (entry->client, name.member, name.request_id);
    forget (name);
    pump ();
    return;
  case RelayResult::Outcome::malformed:
    context_.count ("# requests refused, malformed");
    entry->verdict = Verdict{ Verdict::Action::refuse,
                              refused_malformed,
                              "malformed: " + result.error,
                              {} };
    apply (name, *entry);
    return;
  case RelayResult::Outcome::failed:
    again_.push_back (name);
    retry_at_
        = std::min (retry_at_, context_.now + context_.config.store_retry);
    return;
  }
}

void
Inbox::forget (const RequestName &name)
{
  auto it = entries_.find (name);
  if (it == entries_.end ())
    return;
  kept_bytes_ -= it->second.kept_bytes;
  if (State::incomplete == it->second.state)
  {
    incomplete_count_--;
    if (auto member = incomplete_.find (name.member);
        member != incomplete_.end () && 0 == --member->second)
      incomplete_.erase (member);
  }
  entries_.erase (it);
}

void
Inbox::on_time ()
{
  intake_.on_time ();
  if (context_.now < retry_at_)
    return;
  retry_at_ = base::time_never;
  std::map<std::uint64_t, RequestName> again;
  for (const auto &name : std::exchange (again_, {}))
    if (const Entry *entry = find (name); nullptr != entry && entry->verdict)
      again.emplace (entry->order, name);
  for (const auto &[order, name] : again)
    if (Entry *entry = find (name))
      apply (name, *entry);
  pump ();
}

base::TimePoint
Inbox::next_deadline () const
{
  return std::min (retry_at_, intake_.next_deadline ());
}
} // namespace psyc::core
