// SPDX-License-Identifier: AGPL-3.0-or-later
//
// gnunet-social withdraw-file: our service forgets the offer first, then that
// is said in the place (doc/spec/files.md).
#include "social/cli/commands.hpp"
#include "social/cli/translate.hpp"
#include "social/cli/words.hpp"
#include "social/client/reader.hpp"
#include "social/client/speaker.hpp"
#include "social/client/tag.hpp"
#include "social/core/offer_key.hpp"
#include "social/view/text.hpp"

namespace social::cli
{
namespace
{
using client::Reader;
using client::Said;
using client::Speaker;

class WithdrawFile final : public Command
{
public:
  explicit WithdrawFile (Session &session)
      : Command (session), next_ ([this] { withdraw (); }),
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
                           if (may_speak (session_, place))
                             read ();
                         });
  }

  void
  release () override
  {
    next_.disarm ();
    ending_.disarm ();
    reader_.reset ();
    speaker_.reset ();
  }

private:
  void
  read ()
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
                           [this] (const std::optional<std::string> &)
                           { next_.arm_now (); } });
  }

  [[nodiscard]] std::optional<base::SendTag>
  key () const
  {
    const std::string *const key
        = offer_ ? offer_->find (offer_key_variable) : nullptr;
    return nullptr == key ? std::nullopt : offer_key_from_text (*key);
  }

  void
  withdraw ()
  {
    const std::string number = "#" + std::to_string (id_);
    if (! key ())
      return session_.fail (Status::not_found, "not_found",
                            number + ": "
                                + _ ("there is no such file here; "
                                     "'gnunet-social files PLACE' lists "
                                     "them"));
    if (author_of (*offer_, place_) != key_text (place_.ego_key))
      return session_.fail (Status::refused, "not_allowed",
                            number + ": "
                                + _ ("somebody else has offered this"));
    session_.ask (
        [this] (GNUNET_SOCIAL_QueryCallback cb, void *cls)
        {
          const auto tag = shell::to_gnunet<struct GNUNET_Uuid> (*key ());
          return GNUNET_SOCIAL_withdraw_file (session_.app (), &place_.key,
                                              &tag, cb, cls);
        },
        [this, number] (const Answer &answer)
        {
          if (GNUNET_SOCIAL_OK != answer.result)
            return session_.fail (answer, number);
          say ();
        });
  }

  // Said twice it is one message.
  void
  say ()
  {
    const std::string key_words = offer_key_text (*key ());
    Speaker::Wanted wanted;
    wanted.place = place_.key;
    wanted.tag
        = client::tag_of ("withdraw " + place_.view.key + " " + key_words);
    speaker_ = std::make_unique<Speaker> (
        session_.app (), wanted,
        Speaker::Callbacks{ [] {},
                            [this] (const Said &said)
                            {
                              session_.progress ();
                              said_ = said;
                              if (said.is_final ())
                                ending_.arm_now (); // the speaker is under us
                            } });
    (void)speaker_->head (
        offer_withdrawn_method,
        { { psyc::Operator::set, offer_key_variable, key_words } });
    speaker_->body (base::as_bytes (offer_withdrawn_words));
    speaker_->end ();
  }

  void
  end ()
  {
    const std::string why = said_.reason.empty ()
                                ? std::string (_ ("no reason was given"))
                                : told (said_.reason);
    if (GNUNET_PSYC_SEND_REFUSED == said_.state)
      return session_.fail (Status::refused, "refused",
                            filled (_ ("the host refused it: %s"), { why }));
    SentView view;
    view.place = place_.view.key;
    view.id = said_.id;
    view.state = send_state_text (said_.state);
    if ("stored" != view.state && "accepted" != view.state)
      return session_.fail (Status::failed, "failed",
                            filled (_ ("it was not sent: %s"), { why }));
    session_.out ().result (json_line (view),
                            filled (_ ("#%s is withdrawn: nobody gets it any "
                                       "more"),
                                    { std::to_string (id_) }),
                            std::to_string (said_.id));
    session_.finish (Status::done);
  }

  std::uint64_t id_ = 0;
  Place place_;
  std::unique_ptr<Reader> reader_;
  std::optional<Message> offer_;
  std::unique_ptr<Speaker> speaker_;
  Said said_;
  shell::Timer next_; // the reader is under it
  shell::Timer ending_;
};
} // namespace

std::unique_ptr<Command>
make_withdraw_file (Session &session)
{
  return std::make_unique<WithdrawFile> (session);
}
} // namespace social::cli
