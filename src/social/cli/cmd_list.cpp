// SPDX-License-Identifier: AGPL-3.0-or-later
//
// gnunet-social places, egos, status.
#include "social/cli/commands.hpp"
#include "social/cli/translate.hpp"
#include "social/cli/words.hpp"

namespace social::cli
{
namespace
{
class Places final : public Command
{
public:
  explicit Places (Session &session) : Command (session) {}

  void
  run () override
  {
    session_.list_places (
        [this] (std::vector<Place> places)
        {
          for (const Place &place : places)
            session_.out ().result (json_line (place.view), place_line (place),
                                    place.label () + " " + place.view.key);
          if (places.empty ())
            session_.out ().remark (
                _ ("No places yet: host one with 'gnunet-social host NAME', "
                   "or enter one with 'gnunet-social enter PLACE'"));
          session_.finish (Status::done);
        });
  }
};

class Egos final : public Command
{
public:
  explicit Egos (Session &session) : Command (session) {}

  void
  run () override
  {
    for (const Ego &ego : session_.egos ())
      session_.out ().result (
          json_ego (ego.name, ego.key, nullptr != ego.handle),
          ego.name + " " + ego.key
              + (nullptr == ego.handle
                     ? std::string (" ") + _ ("(EdDSA: cannot enter places)")
                     : ""),
          ego.name + " " + ego.key);
    if (session_.egos ().empty ())
      session_.out ().remark (
          _ ("No egos yet: make one with 'gnunet-identity -C NAME'"));
    session_.finish (Status::done);
  }
};

class StatusCommand final : public Command
{
public:
  explicit StatusCommand (Session &session) : Command (session) {}

  void
  run () override
  {
    GNUNET_SOCIAL_status_get (
        session_.app (),
        [] (void *cls, const struct GNUNET_SOCIAL_StatusInfo *info) noexcept
        { static_cast<StatusCommand *> (cls)->on_status (*info); },
        this);
  }

private:
  void
  on_status (const struct GNUNET_SOCIAL_StatusInfo &info)
  {
    session_.progress ();
    const StatusView view = to_status (info);
    session_.out ().result (json_line (view), words (view), words (view));
    session_.list_places (
        [this] (std::vector<Place> places)
        {
          for (const Place &place : places)
            session_.out ().result (json_line (place.view),
                                    "  " + place_line (place) + "\n    "
                                        + position_line (place.view),
                                    "");
          session_.finish (Status::done);
        });
  }

  [[nodiscard]] static std::string
  words (const StatusView &view)
  {
    const auto number
        = [] (std::uint64_t count) { return std::to_string (count); };
    return filled (_ ("%s runs on peer %s"), { view.software, view.peer })
           + "\n"
           + filled (_ ("Places: %s hosted, %s entered (%s connected), %s not "
                        "answered yet"),
                     { number (view.hosted), number (view.entered),
                       number (view.connected), number (view.pending) })
           + "\n"
           + filled (_ ("At our doors: %s waiting"), { number (view.waiting) })
           + "\n"
           + filled (_ ("Outbox: %s to be sent"), { number (view.outbox) });
  }
};
} // namespace

std::unique_ptr<Command>
make_places (Session &session)
{
  return std::make_unique<Places> (session);
}

std::unique_ptr<Command>
make_egos (Session &session)
{
  return std::make_unique<Egos> (session);
}

std::unique_ptr<Command>
make_status (Session &session)
{
  return std::make_unique<StatusCommand> (session);
}
} // namespace social::cli
