// SPDX-License-Identifier: AGPL-3.0-or-later
#include "psyc/core/state_reader.hpp"

namespace psyc::core
{
StateReader::StateReader (Context &context, PartWriter &writer,
                          StateMatch match, std::string name,
                          std::string after_name)
    : context_ (context), writer_ (writer), match_ (match),
      name_ (std::move (name)), at_name_ (std::move (after_name))
{
  if (! at_name_.empty ())
    at_byte_ = UINT64_MAX; // behind its end
}

StateReader::~StateReader ()
{
  if (0 != reading_)
    context_.store.forget (reading_);
}

void
StateReader::read (OnRead on_read)
{
  on_read_ = std::move (on_read);
  room_ = context_.config.state_read_bytes;
  const std::uint64_t first_byte = at_name_.empty () ? 0 : at_byte_;
  // The best match is looked for once.
  const std::string name
      = StateMatch::best == match_ && ! at_name_.empty () ? at_name_ : name_;
  reading_ = context_.store.read (
      ReadState{ match_, name, at_name_, first_byte },
      [this] (StoreItem &item)
      {
        const auto *value = std::get_if<StateValue> (&item);
        return nullptr != value && take (*value);
      },
      [this] (const StoreResult &result) { on_result (result); });
}

bool
StateReader::take (const StateValue &value)
{
  if (! value.name.empty ())
  {
    if (at_byte_ < size_)
      error_ = "the variable changed while it was read"; // it is gone
    at_name_ = value.name;
    at_byte_ = value.value.size ();
    size_ = value.size;
    changed_by_ = value.changed_by;
    count_++;
    // What is in the store is a name, and fits.
    if (! writer_.modifier_begin (Operator::assign, value.name,
                                  static_cast<std::uint32_t> (value.size),
                                  value.value))
      error_ = "the state holds what is no variable";
  }
  else if (size_ != value.size || changed_by_ != value.changed_by)
    error_ = "the variable changed while it was read";
  else
  {
    at_byte_ += value.value.size ();
    writer_.modifier_more (value.value);
  }
  room_ -= std::min (room_, value.value.size () + value.name.size ());
  return error_.empty () && 0 < room_;
}

void
StateReader::on_result (const StoreResult &result)
{
  reading_ = 0;
  if (result.is_error () && error_.empty ())
    error_ = result.error.empty () ? "the store failed" : result.error;
  is_at_end_ = 0 < room_ || (StateMatch::best == match_ && at_byte_ >= size_);
  if (error_.empty () && is_at_end_ && at_byte_ < size_)
    error_ = "the variable changed while it was read"; // it is gone
  const OnRead on_read = std::move (on_read_);
  on_read (error_);
}
} // namespace psyc::core
