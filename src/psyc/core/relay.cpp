// SPDX-License-Identifier: AGPL-3.0-or-later
#include "psyc/core/relay.hpp"

namespace psyc::core
{
namespace
{
// Bytes of one relay that wait for the disk before more is read.
constexpr std::uint64_t waiting_max = 512 * 1024;
} // namespace

void
Relays::start (const RequestName &name, const base::Bytes &modifiers,
               std::vector<RequestPtr> fragments)
{
  if (is_active (name))
    return;
  Job &job = jobs_.emplace_back (name, context_.config.payload_max);
  job.modifiers = modifiers;
  job.fragments = std::move (fragments);
  PartReader reader (job.modifiers);
  while (const auto part = reader.next ())
    if (const auto *modifier = std::get_if<ModifierPart> (&*part))
      job.replaced.emplace (modifier->name);
  begin (job);
  pump ();
}

bool
Relays::is_active (const RequestName &name) const
{
  return given_.contains (name)
         || std::any_of (jobs_.begin (), jobs_.end (),
                         [&name] (const Job &job) { return job.name == name; });
}

Relays::Job *
Relays::find (const RequestName &name)
{
  for (auto &job : jobs_)
    if (job.name == name)
      return &job;
  return nullptr;
}

void
Relays::begin (Job &job)
{
  job.publication = std::make_shared<Publication> ();
  Publication &message = *job.publication;
  message.settlement.member = job.name.member;
  message.settlement.request_id = job.name.request_id;
  message.on_durable = [this] (std::uint64_t) { pump (); };
  message.on_stored = [this, name = job.name] (base::MessageId id) {
    end (name, { RelayResult::Outcome::relayed, id, "" });
  };
  message.on_refused = [this, name = job.name] (const std::string &error) {
    end (name, { RelayResult::Outcome::malformed, {}, error });
  };
  message.on_failed = [this, name = job.name] (const std::string &error) {
    end (name, { RelayResult::Outcome::failed, {}, error });
  };
}

void
Relays::pump ()
{
  is_pump_wanted_ = true;
  if (std::exchange (is_pumping_, true))
    return;
  while (std::exchange (is_pump_wanted_, false))
    pump_once ();
  is_pumping_ = false;
}

void
Relays::pump_once ()
{
  std::size_t active = 0;
  std::set<base::MemberKey> busy;
  for (auto it = jobs_.begin ();
       it != jobs_.end () && active < context_.config.relays_active_max;)
  {
    auto here = it++;
    Job &job = *here;
    if (busy.contains (job.name.member))
      continue;
    const RequestName name = job.name;
    if (! job.is_given)
      advance (job);
    if (nullptr == find (name))
      continue; // it has ended
    if (job.is_given)
    {
      given_.insert (job.name);
      jobs_.erase (here);
      continue;
    }
    if (! job.error.empty ())
    {
      const RelayResult result{ RelayResult::Outcome::malformed,
                                {},
                                job.error };
      publisher_.cancel (job.publication);
      end (name, result);
      continue;
    }
    busy.insert (job.name.member);
    active++;
  }
}

void
Relays::advance (Job &job)
{
  if (job.is_reading || job.publication->waiting >= waiting_max
      || ! publisher_.has_room ())
    return;
  if (job.fragments.empty ())
  {
    read (job);
    return;
  }
  const RequestName name = job.name;
  const auto fragments = std::exchange (job.fragments, {});
  for (const auto &fragment : fragments)
  {
    take (job, *fragment);
    if (nullptr == find (name) || ! job.error.empty ())
      return;
  }
  if (! job.is_given)
    job.error = "request without an end";
}

void
Relays::read (Job &job)
{
  job.is_reading = true;
  const std::uint64_t from = job.next_offset;
  context_.store.read (
      ReadRequest{ Box::in, job.name.member, job.name.request_id, from,
                   from + context_.config.request_read_bytes - 1 },
      [this, name = job.name] (StoreItem &item)
      {
        auto *fragment = std::get_if<RequestPtr> (&item);
        Job *found = find (name);
        if (nullptr == fragment || nullptr == found || ! found->error.empty ()
            || found->is_given)
          return false;
        if ((*fragment)->head.offset == found->next_offset)
          take (*found, **fragment);
        return true;
      },
      [this, name = job.name, from] (const StoreResult &result)
      {
        Job *found = find (name);
        if (nullptr == found)
          return;
        found->is_reading = false;
        if (result.is_error ())
        {
          publisher_.cancel (found->publication);
          end (name, { RelayResult::Outcome::failed, {}, result.error });
          return;
        }
        if (! found->is_given && found->next_offset == from
            && found->error.empty ())
          found->error = "request without an end";
        pump ();
      });
}

void
Relays::take (Job &job, const RequestFragment &fragment)
{
  job.next_offset = fragment.head.offset + fragment.body ().size ();
  const PartError error = take (job, fragment.body ());
  if (PartError::none != error)
    job.error = error_name (error);
  else if (job.assembler.is_cancelled ())
    job.error = "cancelled by its sender";
  else if (fragment.is_last () && ! job.assembler.is_ended ())
    job.error = "request without an end";
  else
    give_chunks (job);
}

PartError
Relays::take (Job &job, base::ByteView parts)
{
  PartReader reader (parts);
  while (const auto part = reader.next ())
    if (const PartError error = take (job, *part); PartError::none != error)
      return error;
  return reader.error ();
}

PartError
Relays::take (Job &job, const Part &part)
{
  if (const PartError error = job.checker.on_part (part);
      PartError::none != error)
    return error;
  if (const auto *method = std::get_if<MethodPart> (&part))
  {
    if (const PartError error = job.assembler.add (*method, 0);
        PartError::none != error)
      return error;
    return job.assembler.add (job.modifiers);
  }
  if (const auto *modifier = std::get_if<ModifierPart> (&part))
    job.is_skipping = job.replaced.contains (modifier->name);
  else if (! std::holds_alternative<ModContPart> (part))
    job.is_skipping = false;
  if (job.is_skipping)
    return PartError::none;
  return job.assembler.add (part, 0);
}

void
Relays::give_chunks (Job &job)
{
  // The publisher may end the job: nothing of it is used afterwards.
  const PublicationPtr message = job.publication;
  std::vector<Chunk> chunks;
  while (auto chunk = job.assembler.take ())
    chunks.push_back (std::move (*chunk));
  job.is_given = job.assembler.is_ended ();
  for (auto &chunk : chunks)
    publisher_.add (message, std::move (chunk));
}

void
Relays::end (const RequestName &name, const RelayResult &result)
{
  const RequestName ended = name; // may live in the job
  const bool was_given = 0 < given_.erase (ended);
  const bool was_read = 0 < jobs_.remove_if ([&ended] (const Job &job)
                                             { return job.name == ended; });
  if (! was_given && ! was_read)
    return;
  on_end_ (ended, result);
  if (RelayResult::Outcome::failed == result.outcome)
    end_behind (ended.member, result.error);
}

// Those of the same member that wait behind it would overtake it. What of them
// is with the publisher fails there, too.
void
Relays::end_behind (const base::MemberKey &member, const std::string &error)
{
  Jobs behind;
  for (auto it = jobs_.begin (); it != jobs_.end ();)
  {
    const auto here = it++;
    if (here->name.member == member)
      behind.splice (behind.end (), jobs_, here);
  }
  for (const Job &job : behind)
    on_end_ (job.name, { RelayResult::Outcome::failed, {}, error });
}
} // namespace psyc::core
