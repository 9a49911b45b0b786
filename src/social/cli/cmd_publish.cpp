// SPDX-License-Identifier: AGPL-3.0-or-later
//
// gnunet-social publish: a PLACE record for a place, in the zone of our ego.
#include "social/cli/commands.hpp"
#include "social/cli/translate.hpp"
#include "social/cli/words.hpp"

namespace social::cli
{
namespace
{
class Publish final : public Command
{
public:
  explicit Publish (Session &session) : Command (session) {}

  void
  run () override
  {
    // main refused what is no duration.
    if (const auto text = session_.request ().value (Option::ttl))
      (void)GNUNET_STRINGS_fancy_time_to_relative (text->c_str (), &ttl_);
    session_.with_place (place (),
                         [this] (const Place &found)
                         {
                           place_ = found;
                           session_.with_ego (place (), [this] (const Ego &ego)
                                              { publish (ego); });
                         });
  }

private:
  void
  publish (const Ego &ego)
  {
    ego_ = ego;
    const auto password = session_.request ().value (Option::password);
    if (GNUNET_OK
        != GNUNET_SOCIAL_zone_add_place (
            session_.app (), ego.handle, label ().c_str (),
            password ? password->c_str () : nullptr, &place_.key, nullptr, 0,
            nullptr, GNUNET_TIME_relative_to_absolute (ttl_),
            &Publish::on_result, this))
      session_.fail (Status::usage, "too_long",
                     _ ("a name or text is empty or too long"));
  }

  static void
  on_result (void *cls, std::int64_t result, const void *data,
             std::uint16_t size) noexcept
  {
    static_cast<Publish *> (cls)->tell (
        result,
        nullptr == data || 0 == size
            ? std::string ()
            : std::string (static_cast<const char *> (data), size - 1u));
  }

  void
  tell (std::int64_t result, const std::string &error)
  {
    if (GNUNET_OK != result)
      return session_.fail (Status::failed, "failed",
                            error.empty () ? _ ("it was not published")
                                           : told (error));
    const std::string name = label () + "." + ego_.name;
    session_.out ().result (json_publication (place_.view.key, name),
                            name + " " + place_.view.key, name);
    session_.out ().remark (
        filled (_ ("Others enter with: %s"),
                { "gnunet-social enter " + label () + "." + ego_.key }));
    session_.finish (Status::done);
  }

  [[nodiscard]] const std::string &
  place () const
  {
    return session_.request ().words[0];
  }
  [[nodiscard]] const std::string &
  label () const
  {
    return session_.request ().words[1];
  }

  Place place_;
  Ego ego_;
  struct GNUNET_TIME_Relative ttl_ = GNUNET_TIME_UNIT_DAYS;
};
} // namespace

std::unique_ptr<Command>
make_publish (Session &session)
{
  return std::make_unique<Publish> (session);
}
} // namespace social::cli
