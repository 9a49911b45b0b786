// SPDX-License-Identifier: AGPL-3.0-or-later
#include "psyc/core/record.hpp"

namespace psyc::core
{
namespace
{
constexpr std::size_t record_size_max = 65000;

base::Bytes
encode_all (const ChannelRecord &record)
{
  wire::Encoder encoder;
  encoder.put (record_version);
  encoder.put (record);
  return encoder.take ();
}
// Version 1 had no state_waiting and is_state_lost, which stand behind
// `unfinished` now. Its guests did not get the state when they came late.
std::optional<ChannelRecord>
decode_version_1 (base::ByteView bytes)
{
  ChannelRecord begin;
  wire::Decoder decoder (bytes);
  if (! decoder.get (begin.role) || ! decoder.get (begin.is_keep_active)
      || ! decoder.get (begin.is_clean) || ! decoder.get (begin.settled)
      || ! decoder.get (begin.tracked) || ! decoder.get (begin.unfinished))
    return std::nullopt;
  const base::ByteView rest = decoder.rest ();
  wire::Encoder now;
  now.raw (bytes.first (bytes.size () - rest.size ()));
  now.put (begin.state_waiting);
  now.put (Role::slave == begin.role);
  now.raw (rest);
  return wire::decode_members<ChannelRecord> (now.take ());
}
} // namespace

base::Bytes
encode_record (const ChannelRecord &record)
{
  base::Bytes out = encode_all (record);
  if (out.size () <= record_size_max)
    return out;
  ChannelRecord less = record;
  less.known.clear ();
  less.unfinished.clear ();
  less.state_waiting.clear ();
  if (! record.unfinished.empty () || ! record.state_waiting.empty ())
    less.tracked = {}; // they are found again by reading from the start
  out = encode_all (less);
  while (out.size () > record_size_max && ! less.revocations.empty ())
  {
    less.revocations.erase (
        less.revocations.begin (),
        less.revocations.begin ()
            + static_cast<std::ptrdiff_t> ((less.revocations.size () + 7) / 8));
    out = encode_all (less);
  }
  if (out.size () > record_size_max)
  {
    less.join_message.clear ();
    out = encode_all (less);
  }
  return out;
}

DecodedRecord
decode_record (base::ByteView bytes)
{
  DecodedRecord out;
  wire::Decoder version_decoder (bytes);
  std::uint16_t version = 0;
  if (! version_decoder.get (version))
    return out;
  out.is_newer = version > record_version;
  if (1 == version)
    out.record = decode_version_1 (version_decoder.rest ());
  else if (record_version == version)
    out.record = wire::decode_members<ChannelRecord> (version_decoder.rest ());
  return out;
}

void
RecordKeeper::save (OnSaved on_saved)
{
  if (on_saved)
    waiting_.push_back (std::move (on_saved));
  else
    waiting_.push_back ([] (const StoreResult &) {});
  if (! is_writing_)
    write ();
}

void
RecordKeeper::write ()
{
  is_writing_ = true;
  written_ = std::move (waiting_);
  waiting_.clear ();
  const ChannelRecord &record = make_ ();
  context_.store.call (StoreRecord{ member_, encode_record (record),
                                    record.settled, record.is_imported },
                       [this] (const StoreResult &result)
                       { on_written (result); });
}

void
RecordKeeper::on_written (const StoreResult &result)
{
  is_writing_ = false;
  if (result.is_error ())
    context_.count ("# records of channels that the store refused");
  const auto written = std::move (written_);
  written_.clear ();
  if (! waiting_.empty ())
    write ();
  for (const auto &on_saved : written)
    on_saved (result);
}
} // namespace psyc::core
