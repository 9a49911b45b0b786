// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/cli/file_sender.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "social/cli/translate.hpp"
#include "social/client/tag.hpp"
#include "social/view/offer_book.hpp"
#include "social/view/text.hpp"

namespace social::cli
{
namespace
{
using client::Said;
using client::Speaker;

// Pieces read in one turn of the scheduler.
constexpr int pieces_at_once = 16;
// As in social.conf.
constexpr std::uint64_t offer_size_default = std::uint64_t{ 1 } << 30;
} // namespace

FileSender::FileSender (Session &session, Wanted wanted, Callbacks callbacks)
    : session_ (session), wanted_ (std::move (wanted)),
      callbacks_ (std::move (callbacks)),
      name_ (view::safe_file_name (wanted_.path)), source_ (wanted_.path),
      read_on_ ([this] { read_on (); }), ending_ ([this] { tell_end (); })
{}

void
FileSender::start (const Place &place)
{
  place_ = place;
  read_on_.arm_now ();
}

void
FileSender::give_up ()
{
  read_on_.disarm ();
  ending_.disarm ();
  if (speaker_)
    speaker_->give_up ();
}

void
FileSender::fail (const std::string &why)
{
  give_up ();
  outcome_.why = why;
  ending_.arm_now ();
}

void
FileSender::tell_end ()
{
  const auto on_end = callbacks_.on_end;
  const Outcome outcome = outcome_;
  on_end (outcome);
}

// ------------------------------------------------------------------ reading

// First for the hash, then, with a speaker, to be said.
void
FileSender::read_on ()
{
  for (int i = 0; i < pieces_at_once; i++)
  {
    if (speaker_ && speaker_->is_full ())
      return; // on_room goes on
    if (source_.is_at_end ())
      return speaker_ ? end_body () : begin ();
    if (! read ())
      return;
  }
  callbacks_.on_progress (
      { speaker_ ? FileProgress::Stage::sending : FileProgress::Stage::reading,
        source_.position (), source_.size () });
  read_on_.arm_now ();
}

bool
FileSender::read ()
{
  base::ByteView bytes;
  if (const auto error = source_.read (bytes))
  {
    fail (*error);
    return false;
  }
  if (speaker_)
    speaker_->body (bytes);
  return true;
}

// ------------------------------------------------------------------ sending

void
FileSender::begin ()
{
  source_.rewind ();
  if (source_.size () > offer_size ())
    return offer ();
  if (! speak ("_file", tag ("file"), {}))
    return fail (_ ("the description cannot be sent"));
  read_on_.arm_now ();
}

bool
FileSender::speak (const char *method, const struct GNUNET_Uuid &tag,
                   std::vector<Speaker::Variable> variables)
{
  Speaker::Wanted wanted;
  wanted.place = place_.key;
  wanted.tag = tag;
  speaker_ = std::make_unique<Speaker> (
      session_.app (), wanted,
      Speaker::Callbacks{ [this]
                          {
                            // An offer is the service's to read.
                            if (! is_offer_)
                              read_on_.arm_now ();
                          },
                          [this] (const Said &said) { on_state (said); } });
  const auto add = [&] (const char *variable, const std::string &value) {
    variables.push_back ({ psyc::Operator::set, variable, value });
  };
  add ("_size_file", std::to_string (source_.size ()));
  add ("_hash_file", source_.hash ());
  add ("_type_file", file_type_of (name_));
  add ("_name_file", name_);
  if (! wanted_.description.empty ())
    add ("_description_file", wanted_.description);
  return speaker_->head (method, variables);
}

void
FileSender::end_body ()
{
  if (is_given_)
    return;
  if (const auto error = source_.check_unchanged ())
    return fail (*error);
  is_given_ = true;
  callbacks_.on_progress (
      { FileProgress::Stage::sending, source_.size (), source_.size () });
  speaker_->end ();
}

void
FileSender::on_state (const Said &said)
{
  outcome_.said = said;
  callbacks_.on_state (said);
  if (said.is_final ())
    ending_.arm_now (); // the speaker is under us
  else
    callbacks_.on_progress ({ FileProgress::Stage::waiting, 0, 0 });
}

// ----------------------------------------------------------------- offering

std::uint64_t
FileSender::offer_size () const
{
  unsigned long long size = 0;
  return GNUNET_OK
                 == GNUNET_CONFIGURATION_get_value_size (
                     session_.cfg (), "social", "FILE_OFFER_SIZE", &size)
             ? size
             : offer_size_default;
}

// The service first: who asks at once finds it ready.
void
FileSender::offer ()
{
  is_offer_ = true;
  char *const path = ::realpath (wanted_.path.c_str (), nullptr);
  if (nullptr == path)
    return fail (std::strerror (errno));
  const std::string absolute = path;
  std::free (path);
  session_.ask (
      [&] (GNUNET_SOCIAL_QueryCallback cb, void *cls)
      {
        const struct GNUNET_SOCIAL_FileOffer offer = {
          tag ("file"),         absolute.c_str (),           source_.size (),
          source_.modified (),  source_.hash ().c_str (),    name_.c_str (),
          file_type_of (name_), wanted_.description.c_str ()
        };
        return GNUNET_SOCIAL_offer_file (session_.app (), &place_.key, &offer,
                                         cb, cls);
      },
      [this] (const Answer &answer)
      {
        if (GNUNET_SOCIAL_OK == answer.result)
          return say_offer ();
        outcome_.answer = answer;
        fail (answer.text.value_or (_ ("failed")));
      });
}

void
FileSender::say_offer ()
{
  const auto key = shell::from_gnunet<base::SendTag> (tag ("file"));
  if (! speak (offer_method, tag ("offer"),
               { { psyc::Operator::set, offer_key_variable,
                   offer_key_text (key) } }))
    return fail (_ ("the description cannot be sent"));
  is_given_ = true;
  speaker_->end ();
}

struct GNUNET_Uuid
FileSender::tag (const std::string &kind) const
{
  return client::tag_of (kind + " " + place_.view.key + " "
                         + key_text (place_.ego_key) + " " + source_.hash ()
                         + " " + name_ + " " + wanted_.description);
}
} // namespace social::cli
