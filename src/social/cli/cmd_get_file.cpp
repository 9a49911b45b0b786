// SPDX-License-Identifier: AGPL-3.0-or-later
//
// gnunet-social get-file: a file, or what is offered and asked for first.
#include <sys/stat.h>

#include "social/cli/commands.hpp"
#include "social/cli/file_hash.hpp"
#include "social/cli/part_file.hpp"
#include "social/cli/progress_bar.hpp"
#include "social/cli/translate.hpp"
#include "social/cli/words.hpp"
#include "social/client/offer_asker.hpp"
#include "social/client/reader.hpp"
#include "social/view/offer_book.hpp"
#include "social/view/text.hpp"

namespace social::cli
{
namespace
{
using client::OfferAsker;
using client::Reader;

[[nodiscard]] std::string
variable (const Message &message, const char *name)
{
  const std::string *value = message.find (name);
  return nullptr == value ? std::string () : *value;
}

class GetFile final : public Command
{
public:
  explicit GetFile (Session &session)
      : Command (session), bar_ (Output::Form::human == session.out ().form ()),
        next_ ([this] { offer_ ? ask () : read_offer (); }),
        ending_ ([this] { end (); })
  {}

  void
  run () override
  {
    const auto id = parse_id (session_.request ().words[1]);
    if (! id || 0 == *id)
      return session_.fail (Status::usage, "usage",
                            _ ("ID is the number that 'gnunet-social files' "
                               "prints in front of a file"));
    id_ = *id;
    session_.with_place (session_.request ().words[0],
                         [this] (const Place &place)
                         {
                           place_ = place;
                           read (id_);
                         });
  }

  void
  on_timeout () override
  {
    session_.fail (
        Status::no_answer, "no_answer",
        asker_ ? _ ("it was asked for, and nobody answered in time; it comes "
                    "when its sender's peer is there again: the same command "
                    "saves it then")
               : with_advice (_ ("no more of it came in time")));
  }

  Status
  on_interrupt () override
  {
    session_.out ().error ("failed", with_advice (_ ("interrupted")));
    return Status::failed;
  }

  void
  release () override
  {
    next_.disarm ();
    ending_.disarm ();
    bar_.clear ();
    asker_.reset ();
    reader_.reset ();
  }

private:
  void
  read (std::uint64_t id)
  {
    Reader::Wanted wanted;
    wanted.first = wanted.last = id;
    wanted.method = "_file";
    wanted.is_remote = ! place_.view.is_host;
    wanted.waits_for_rest = true;
    reader_ = std::make_unique<Reader> (
        session_.app (), place_.key, wanted,
        Reader::Callbacks{
            {},
            [this] (const Message &message, base::ByteView bytes)
            { take (message, bytes); },
            [this] (const Message &message) { on_message (message); },
            [this] (std::optional<std::string> error)
            {
              if (error_ || is_whole_)
                return;
              if (error || file_.is_open ())
                return fail (with_advice (
                    error ? told (*error)
                          : _ ("the rest of it is not to be had")));
              if (! offer_)
                return next_.arm_now (); // the reader is under us
              fail (_ ("it was said, and is not to be had any more"));
            } });
  }

  // ------------------------------------------------------------- offers

  void
  read_offer ()
  {
    Reader::Wanted wanted;
    wanted.first = wanted.last = id_;
    wanted.method = offer_method;
    wanted.is_remote = ! place_.view.is_host;
    reader_ = std::make_unique<Reader> (
        session_.app (), place_.key, wanted,
        Reader::Callbacks{ {},
                           {},
                           [this] (const Message &message)
                           { offer_ = message; },
                           [this] (std::optional<std::string> error)
                           {
                             if (offer_)
                               return next_.arm_now ();
                             if (error)
                               return fail (told (*error));
                             status_ = Status::not_found;
                             fail (_ ("there is no such file here; "
                                      "'gnunet-social files PLACE' lists "
                                      "them"));
                           } });
  }

  void
  ask ()
  {
    session_.progress ();
    reader_.reset ();
    asker_ = std::make_unique<OfferAsker> (
        session_.app (), place_.key, *offer_,
        OfferAsker::Callbacks{ {},
                               [this] { session_.progress (); },
                               [this] (std::uint64_t id)
                               {
                                 asker_.reset ();
                                 session_.progress ();
                                 read (id);
                               },
                               [this] (const std::string &reason)
                               {
                                 fail (
                                     filled (_ ("it is not to be had: %s"),
                                             { visible_line (told (reason)) }));
                               } });
  }

  // --------------------------------------------------------------- files

  // The reader is under us: it goes when the session ends, a little later.
  void
  fail (std::string why)
  {
    error_ = std::move (why);
    ending_.arm_now ();
  }

  void
  take (const Message &message, base::ByteView bytes)
  {
    session_.progress ();
    if (error_ || ! begin (message))
      return;
    hash_.add (bytes);
    if (auto error = file_.take (bytes))
      return fail (std::move (*error));
    bar_.show (
        file_.position () <= file_.kept () ? _ ("comparing") : _ ("fetching"),
        file_.position (), file_size (message).value_or (file_.position ()));
  }

  [[nodiscard]] bool
  begin (const Message &message)
  {
    if (file_.is_open ())
      return true;
    if (offer_ && ! is_file_of_offer (message, *offer_))
    {
      fail (_ ("what was said for it is not what was offered"));
      return false;
    }
    if (auto error = file_.open (target (message)))
      fail (std::move (*error));
    return ! error_;
  }

  // In a folder the name is the sender's, without what could lead elsewhere.
  [[nodiscard]] std::string
  target (const Message &message) const
  {
    const std::string &out = session_.request ().words[2];
    struct stat found;
    if (! out.ends_with ('/')
        && (0 != ::stat (out.c_str (), &found) || ! S_ISDIR (found.st_mode)))
      return out;
    return out + (out.ends_with ('/') ? "" : "/")
           + safe_file_name (variable (message, "_name_file"));
  }

  void
  on_message (const Message &message)
  {
    if (error_ || ! begin (message))
      return;
    is_whole_ = true;
    if (file_.kept () <= file_.position () && ! is_as_said (message))
    {
      file_.discard ();
      return fail (_ ("the file is not what its sender says: another size or "
                      "hash. It was not saved"));
    }
    if (auto error = file_.finish ())
      return fail (std::move (*error));
    ending_.arm_now ();
  }

  [[nodiscard]] bool
  is_as_said (const Message &message)
  {
    hash_text_ = hash_.text ();
    const std::string hash = variable (message, "_hash_file");
    is_checked_ = ! hash.empty ();
    return file_size (message).value_or (file_.position ()) == file_.position ()
           && (! is_checked_ || hash == hash_text_);
  }

  [[nodiscard]] std::string
  with_advice (const std::string &why) const
  {
    return file_.is_open ()
               ? filled (_ ("%s; what came is kept, the same command goes on "
                            "behind it"),
                         { why })
               : why;
  }

  void
  end ()
  {
    if (error_)
      return session_.fail (
          status_, Status::not_found == status_ ? "not_found" : "failed",
          "#" + std::to_string (id_) + ": " + *error_);
    session_.out ().result (
        json_saved (place_.view.key, id_, file_.path (), file_.position (),
                    hash_text_, is_checked_),
        file_.path () + " (" + size_text (file_.position ()) + ", "
            + (is_checked_ ? _ ("checked by its hash")
                           : _ ("its sender gave no hash"))
            + ")",
        file_.path ());
    session_.finish (Status::done);
  }

  std::uint64_t id_ = 0;
  Place place_;
  std::unique_ptr<Reader> reader_;
  std::optional<Message> offer_; // when ID is none of a file
  std::unique_ptr<OfferAsker> asker_;
  PartFile file_;
  FileHash hash_;
  std::string hash_text_;
  bool is_whole_ = false;
  bool is_checked_ = false;        // against the sender's hash
  Status status_ = Status::failed; // should it fail
  std::optional<std::string> error_;
  ProgressBar bar_;
  shell::Timer next_;
  shell::Timer ending_;
};
} // namespace

std::unique_ptr<Command>
make_get_file (Session &session)
{
  return std::make_unique<GetFile> (session);
}
} // namespace social::cli
