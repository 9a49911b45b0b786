// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The objects of a place: one, or all of a prefix.
#include "social/gateway/shell/work.hpp"

namespace social::gateway
{
namespace
{
// An answer with all objects of a place is held in memory.
constexpr std::size_t objects_bytes_max = std::size_t{ 32 } * 1024 * 1024;

class Objects final : public Work
{
public:
  Objects (const Context &context, bool is_one)
      : Work (context), is_one_ (is_one)
  {}
  ~Objects () override
  {
    if (nullptr != look_)
      GNUNET_SOCIAL_place_look_cancel (look_);
  }

  void
  start () override
  {
    const std::string name
        = is_one_ ? captured (1) : words_.text ("prefix").value_or ("");
    with_place (
        [this, name] (const view::Place &place)
        {
          place_ = place.view.key;
          look_ = GNUNET_SOCIAL_objects_get (
              app (), &place.key,
              is_one_ ? GNUNET_SOCIAL_OBJECT_BEST : GNUNET_SOCIAL_OBJECT_PREFIX,
              name.c_str (), &Objects::on_value, &Objects::on_end, this);
          if (nullptr == look_)
            fail (422, "bad_member", "an object's name has at most 255 bytes");
        });
  }

private:
  static void
  on_value (void *cls, const struct GNUNET_MessageHeader *, const char *name,
            const void *value, std::uint32_t size,
            std::uint32_t full_size) noexcept
  {
    auto *self = static_cast<Objects *> (cls);
    if (nullptr == name || self->is_answered ())
      return;
    if (0 != full_size)
    {
      self->name_ = name;
      self->value_.clear ();
      self->full_size_ = full_size;
    }
    self->value_.append (static_cast<const char *> (value), size);
    self->bytes_ += size;
    if (self->bytes_ > objects_bytes_max)
      return self->fail (413, "too_large",
                         "these objects are too much for one answer: ask with "
                         "?prefix= or one by one");
    if (self->value_.size () >= self->full_size_)
      self->lines_.push_back (
          view::json_object_of (self->place_, self->name_, self->value_));
  }

  static void
  on_end (void *cls, std::int64_t result, const void *data,
          std::uint16_t size) noexcept
  {
    auto *self = static_cast<Objects *> (cls);
    self->look_ = nullptr;
    if (result < 0)
      return self->fail (
          409, "failed",
          nullptr == data || 0 == size
              ? "the objects cannot be read"
              : std::string (static_cast<const char *> (data), size - 1u));
    if (! self->is_one_)
      return self->answer_json (200, json_list ("objects", self->lines_));
    if (self->lines_.empty ())
      return self->fail (404, "no_such_object",
                         self->captured (1) + ": no such object in this place");
    self->answer_json (200, self->lines_.front ());
  }

  const bool is_one_;
  std::string place_;
  std::string name_;
  std::string value_;
  std::size_t full_size_ = 0;
  std::size_t bytes_ = 0;
  std::vector<std::string> lines_;
  GNUNET_SOCIAL_LookHandle *look_ = nullptr;
};
} // namespace

Made
make_objects (const Context &context)
{
  return std::make_unique<Objects> (context, false);
}

Made
make_object (const Context &context)
{
  return std::make_unique<Objects> (context, true);
}
} // namespace social::gateway
