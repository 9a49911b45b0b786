// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/cli/file_fetcher.hpp"

#include <utility>

#include <sys/stat.h>

#include "social/cli/translate.hpp"
#include "social/cli/words.hpp"
#include "social/view/offer_book.hpp"
#include "social/view/text.hpp"

namespace social::cli
{
namespace
{
using client::OfferAsker;
using client::Reader;
using view::Message;

[[nodiscard]] std::string
variable (const Message &message, const char *name)
{
  const std::string *value = message.find (name);
  return nullptr == value ? std::string () : *value;
}

[[nodiscard]] bool
is_folder (const std::string &path)
{
  struct stat found;
  return path.ends_with ('/')
         || (0 == ::stat (path.c_str (), &found) && S_ISDIR (found.st_mode));
}
} // namespace

FileFetcher::FileFetcher (GNUNET_SOCIAL_App *app, const view::Place &place,
                          Wanted wanted, Callbacks callbacks)
    : app_ (app), place_ (place), wanted_ (std::move (wanted)),
      callbacks_ (std::move (callbacks)),
      next_ ([this] { offer_ ? ask () : read_offer (); }),
      ending_ ([this] { tell_end (); })
{
  read (wanted_.id);
}

std::string
FileFetcher::with_advice (const std::string &why) const
{
  return file_.is_open ()
             ? filled (_ ("%s; what came is kept, the same command goes on "
                          "behind it"),
                       { why })
             : why;
}

void
FileFetcher::fail (std::string why)
{
  outcome_.why = std::move (why);
  end (Outcome::Kind::failed);
}

void
FileFetcher::end (Outcome::Kind kind)
{
  if (std::exchange (is_over_, true))
    return;
  outcome_.kind = kind;
  outcome_.path = file_.path ();
  outcome_.size = file_.position ();
  if (reader_)
    reader_->pause ();
  ending_.arm_now ();
}

void
FileFetcher::tell_end ()
{
  const auto on_end = callbacks_.on_end;
  const Outcome outcome = outcome_;
  on_end (outcome);
}

// ------------------------------------------------------------- what is said

void
FileFetcher::read (std::uint64_t id)
{
  Reader::Wanted wanted;
  wanted.first = wanted.last = id;
  wanted.method = "_file";
  wanted.is_remote = ! place_.view.is_host;
  wanted.waits_for_rest = true;
  reader_ = std::make_unique<Reader> (
      app_, place_.key, wanted,
      Reader::Callbacks{ {},
                         [this] (const Message &message, base::ByteView bytes)
                         { take (message, bytes); },
                         [this] (const Message &message)
                         { on_message (message); },
                         [this] (const std::optional<std::string> &error)
                         { on_read_end (error); } });
}

void
FileFetcher::on_read_end (const std::optional<std::string> &error)
{
  if (is_over_)
    return;
  if (error || file_.is_open ())
    return fail (with_advice (error ? told (*error)
                                    : _ ("the rest of it is not to be had")));
  if (! offer_)
    return next_.arm_now ();
  fail (_ ("it was said, and is not to be had any more"));
}

// ---------------------------------------------------------- what is offered

void
FileFetcher::read_offer ()
{
  Reader::Wanted wanted;
  wanted.first = wanted.last = wanted_.id;
  wanted.method = offer_method;
  wanted.is_remote = ! place_.view.is_host;
  reader_ = std::make_unique<Reader> (
      app_, place_.key, wanted,
      Reader::Callbacks{ {},
                         {},
                         [this] (const Message &message) { offer_ = message; },
                         [this] (const std::optional<std::string> &error)
                         { on_offer_read (error); } });
}

void
FileFetcher::on_offer_read (const std::optional<std::string> &error)
{
  if (offer_)
    return next_.arm_now ();
  if (error)
    return fail (told (*error));
  end (Outcome::Kind::not_found);
}

void
FileFetcher::ask ()
{
  reader_.reset ();
  const auto tell = [this] {
    callbacks_.on_progress ({ FileProgress::Stage::asking, 0, 0 });
  };
  tell ();
  asker_ = std::make_unique<OfferAsker> (
      app_, place_.key, *offer_,
      OfferAsker::Callbacks{ {},
                             tell,
                             [this] (std::uint64_t id)
                             {
                               asker_.reset ();
                               read (id);
                             },
                             [this] (const std::string &reason)
                             {
                               fail (filled (
                                   _ ("it is not to be had: %s"),
                                   { view::visible_line (told (reason)) }));
                             } });
}

// ------------------------------------------------------------- what is saved

void
FileFetcher::take (const Message &message, base::ByteView bytes)
{
  if (! begin (message))
    return;
  hash_.add (bytes);
  if (auto error = file_.take (bytes))
    return fail (std::move (*error));
  const bool is_new = file_.position () > file_.kept ();
  callbacks_.on_progress (
      { is_new ? FileProgress::Stage::fetching : FileProgress::Stage::comparing,
        file_.position (),
        view::file_size (message).value_or (file_.position ()) });
}

bool
FileFetcher::begin (const Message &message)
{
  if (is_over_ || file_.is_open ())
    return ! is_over_;
  if (offer_ && ! view::is_file_of_offer (message, *offer_))
    fail (_ ("what was said for it is not what was offered"));
  else if (auto error = file_.open (target (message)))
    fail (std::move (*error));
  return ! is_over_;
}

// In a folder the name is the sender's, without what could lead elsewhere.
std::string
FileFetcher::target (const Message &message) const
{
  std::string path = wanted_.path;
  if (! path.empty () && ! is_folder (path))
    return path;
  if (! path.empty () && ! path.ends_with ('/'))
    path += '/';
  return path + view::safe_file_name (variable (message, "_name_file"));
}

void
FileFetcher::on_message (const Message &message)
{
  if (! begin (message))
    return; // an empty file is one, too
  if (file_.kept () <= file_.position () && ! is_as_said (message))
  {
    file_.discard ();
    return fail (_ ("the file is not what its sender says: another size or "
                    "hash. It was not saved"));
  }
  if (auto error = file_.finish ())
    return fail (std::move (*error));
  end (Outcome::Kind::saved);
}

bool
FileFetcher::is_as_said (const Message &message)
{
  outcome_.hash = hash_.text ();
  const std::string hash = variable (message, "_hash_file");
  outcome_.is_checked = ! hash.empty ();
  return view::file_size (message).value_or (file_.position ())
             == file_.position ()
         && (! outcome_.is_checked || hash == outcome_.hash);
}
} // namespace social::cli
