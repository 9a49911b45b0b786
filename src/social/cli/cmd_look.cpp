// SPDX-License-Identifier: AGPL-3.0-or-later
//
// gnunet-social look: prints the objects of a place.
#include "social/cli/commands.hpp"
#include "social/cli/translate.hpp"
#include "social/cli/words.hpp"

namespace social::cli
{
namespace
{
class Look final : public Command
{
public:
  explicit Look (Session &session) : Command (session) {}

  void
  run () override
  {
    session_.with_place (session_.request ().words[0],
                         [this] (const Place &place)
                         {
                           place_ = place;
                           ask ();
                         });
  }

private:
  [[nodiscard]] bool
  is_one () const
  {
    return 2 == session_.request ().words.size ();
  }

  void
  ask ()
  {
    const Request &request = session_.request ();
    const std::string name = is_one ()
                                 ? request.words[1]
                                 : request.value (Option::prefix).value_or ("");
    const auto *asked = GNUNET_SOCIAL_objects_get (
        session_.app (), &place_->key,
        is_one () ? GNUNET_SOCIAL_OBJECT_BEST : GNUNET_SOCIAL_OBJECT_PREFIX,
        name.c_str (), &Look::on_value, &Look::on_end, this);
    if (nullptr == asked)
      session_.fail (Status::usage, "usage",
                     _ ("the name of an object has at most 255 bytes"));
  }

  static void
  on_value (void *cls, const struct GNUNET_MessageHeader *, const char *name,
            const void *value, std::uint32_t size,
            std::uint32_t full_size) noexcept
  {
    auto *self = static_cast<Look *> (cls);
    self->session_.progress ();
    if (nullptr == name)
      return; // the end
    if (0 != full_size)
    {
      self->name_ = name;
      self->value_.clear ();
      self->full_size_ = full_size;
    }
    self->value_.append (static_cast<const char *> (value), size);
    if (self->value_.size () >= self->full_size_)
      self->print ();
  }

  void
  print ()
  {
    if (session_.request ().has (Option::raw))
      session_.out ().raw (base::as_bytes (value_));
    else
      session_.out ().result (json_object_of (place_->view.key, name_, value_),
                              name_ + "=" + session_.out ().shown (value_),
                              name_ + "=" + value_);
    (void)session_.has_lost_reader ();
  }

  static void
  on_end (void *cls, std::int64_t result, const void *data,
          std::uint16_t size) noexcept
  {
    static_cast<Look *> (cls)->end (
        result, nullptr == data ? std::string ()
                                : std::string (static_cast<const char *> (data),
                                               0 == size ? 0 : size - 1u));
  }

  void
  end (std::int64_t count, const std::string &error)
  {
    if (count < 0)
      return session_.fail (Status::failed, "failed", told (error));
    if (0 == count && is_one ())
      return session_.fail (Status::not_found, "not_found",
                            filled (_ ("%s: no such object in this place"),
                                    { session_.request ().words[1] }));
    if (0 == count)
      session_.out ().remark (_ ("There are no objects."));
    session_.finish (Status::done);
  }

  std::optional<Place> place_;
  std::string name_;
  std::string value_;
  std::size_t full_size_ = 0;
};
} // namespace

std::unique_ptr<Command>
make_look (Session &session)
{
  return std::make_unique<Look> (session);
}
} // namespace social::cli
