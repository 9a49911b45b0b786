// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A place as a file and back, and going on behind what guests have. The file
// waits on disk both ways: whether it is whole is known at its end.
#include "social/client/place_copy.hpp"
#include "social/gateway/file_answer.hpp"
#include "social/gateway/shell/spool.hpp"
#include "social/gateway/shell/work.hpp"

namespace social::gateway
{
namespace
{
constexpr std::size_t block_bytes = std::size_t{ 64 } * 1024;
// Between two signs of life of a copy.
constexpr base::Duration copy_patience = base::seconds (30);

class Copying : public Work
{
public:
  explicit Copying (const Context &context)
      : Work (context), spool_ (context.gateway.config ().spool)
  {}

protected:
  [[nodiscard]] bool
  is_without_room ()
  {
    if (! spool_.error ().empty ())
      fail (507, "no_room", spool_.error ());
    return ! spool_.error ().empty ();
  }

  [[nodiscard]] client::PlaceCopy::Callbacks
  callbacks ()
  {
    return { [this] { wait (copy_patience); },
             [this] (const client::CopyEnd &end)
             {
               if (is_answered ())
                 return; // too late
               if (GNUNET_SOCIAL_OK == end.result)
                 on_copied (end);
               else
                 on_failed (end);
             } };
  }

  virtual void on_copied (const client::CopyEnd &end) = 0;
  [[nodiscard]] virtual std::string subject () const = 0;

  Spool spool_; // outlives the copy
  std::unique_ptr<client::PlaceCopy> copy_;

private:
  void
  on_failed (const client::CopyEnd &end)
  {
    const std::string why = subject () + ": ";
    switch (end.fault)
    {
    case client::CopyFault::service:
      return fail ({ end.result, {}, end.reason }, subject ());
    case client::CopyFault::store:
      return fail (409, "failed",
                   why + end.reason.value_or ("nothing is stored of it"));
    case client::CopyFault::file:
      return fail (422, "bad_archive",
                   why + end.reason.value_or ("this is no archive"));
    case client::CopyFault::note:
      return fail (422, "bad_archive",
                   why
                       + "this is a channel without its place; see "
                         "gnunet-psycstore import");
    }
  }
};

class Export final : public Copying
{
public:
  using Copying::Copying;

  void
  start () override
  {
    if (is_without_room ())
      return;
    with_own_place (
        [this] (const view::Place &place)
        {
          place_ = place;
          wait (copy_patience);
          copy_ = std::make_unique<client::PlaceExport> (
              gateway_.cfg (), app (), place.key, spool_.fd (), callbacks ());
        });
  }

  void
  on_room () override
  {
    if (is_answered ())
      send ();
  }

private:
  void
  on_copied (const client::CopyEnd &) override
  {
    const std::uint64_t size = spool_.size ();
    if (is_without_room ())
      return;
    head_is_out ();
    exchange_.begin ({ 200,
                       { { "Content-Type", "application/octet-stream" },
                         { "Content-Disposition",
                           content_disposition (place_.label () + ".place") } },
                       {} },
                     size);
    send ();
  }

  void
  send ()
  {
    do
    {
      const base::Bytes block = spool_.read (sent_, block_bytes);
      if (! spool_.error ().empty ())
        return exchange_.abort ();
      if (block.empty ())
        return exchange_.finish ();
      sent_ += block.size ();
      exchange_.send (block);
    } while (exchange_.has_room ());
  }

  std::string
  subject () const override
  {
    return place_.label ();
  }

  view::Place place_;
  std::uint64_t sent_ = 0;
};

class Import final : public Copying
{
public:
  using Copying::Copying;

  void
  start () override
  {
    const auto ego = words_.text ("ego");
    if (is_without_room () || is_refused (words_.problem_found ()))
      return;
    if (ego)
      with_ego (ego,
                [this] (const Ego &found)
                {
                  ego_ = found.handle;
                  take_body ();
                });
    else // asked only whether the service is there
      query_.status (app (),
                     [this] (const view::StatusView &) { take_body (); });
  }

  bool
  take (base::ByteView bytes) override
  {
    if (is_answered ())
      return true;
    if (! is_ready_)
      return false; // resumed when it is
    spool_.append (bytes);
    (void)is_without_room ();
    return true;
  }

  void
  end_body () override
  {
    is_body_over_ = true;
    if (is_ready_ && ! is_answered ())
      read ();
  }

private:
  void
  take_body ()
  {
    is_ready_ = true;
    wait_no_more (); // it comes as fast as it comes
    if (is_body_over_)
      read ();
    else
      exchange_.resume_body ();
  }

  void
  read ()
  {
    wait (copy_patience);
    auto copy = std::make_unique<client::PlaceImport> (
        gateway_.cfg (), app (), ego_, spool_.fd (), callbacks ());
    client::PlaceImport &started = *copy;
    copy_ = std::move (copy);
    started.start ();
  }

  void
  on_copied (const client::CopyEnd &end) override
  {
    Answer out = json_answer (201, view::json_line (end.place->view));
    out.headers.emplace_back ("Location",
                              "/social/places/" + end.place->view.key);
    answer (std::move (out));
  }

  std::string
  subject () const override
  {
    return "the file";
  }

  const GNUNET_SOCIAL_Ego *ego_ = nullptr;
  bool is_ready_ = false;
  bool is_body_over_ = false;
};

class Adopt final : public Work
{
public:
  using Work::Work;

  void
  start () override
  {
    with_own_place ([this] (const view::Place &place) { adopt (place); });
  }

private:
  void
  adopt (const view::Place &place)
  {
    ask ([this, &place] (auto cb, void *cls)
         { return GNUNET_SOCIAL_adopt_place (app (), &place.key, cb, cls); },
         [this, label = place.label ()] (const Outcome &outcome)
         {
           if (GNUNET_SOCIAL_OK == outcome.result)
             answer_empty ();
           else
             fail (outcome, label);
         });
  }
};
} // namespace

Made
make_export (const Context &context)
{
  return std::make_unique<Export> (context);
}

Made
make_import (const Context &context)
{
  return std::make_unique<Import> (context);
}

Made
make_adopt (const Context &context)
{
  return std::make_unique<Adopt> (context);
}
} // namespace social::gateway
