// SPDX-License-Identifier: AGPL-3.0-or-later
#include "psyc/core/state_stream.hpp"

namespace psyc::core
{
StateStream::StateStream (Context &context, ClientId client,
                          const local::StateGet &question)
    : ClientStream (context, client, question.op_id),
      writer_ (context.config.payload_max),
      reader_ (context, writer_,
               local::StateMatch::prefix == question.match ? StateMatch::prefix
                                                           : StateMatch::best,
               question.name,
               local::StateMatch::prefix == question.match ? question.after_name
                                                           : "")
{}

void
StateStream::pump ()
{
  if (! is_started_ || reader_.is_reading ())
    return;
  while (has_room () && ! parts_.empty ())
  {
    local::StateValue out;
    out.op_id = op_id_;
    out.part.bytes = std::move (parts_.front ());
    parts_.pop_front ();
    send (out);
  }
  if (! has_room () || ! parts_.empty ())
    return;
  if (reader_.is_at_end ())
    end (0 < reader_.count () ? result_yes : result_no, "");
  else
    reader_.read ([this] (const std::string &error) { on_read (error); });
}

void
StateStream::on_read (const std::string &error)
{
  writer_.flush ();
  while (const auto chunk = writer_.take ())
  {
    PartReader parts (*chunk);
    while (parts.next ())
      parts_.push_back (base::to_bytes (parts.raw ()));
  }
  if (error.empty ())
    pump ();
  else
    end (result_error, error);
}
} // namespace psyc::core
