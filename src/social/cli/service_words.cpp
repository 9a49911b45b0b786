// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What services say of answers and states, in English over their sockets (and
// hosts over the network, to guests of any language): marked here for
// translation. A sentence that is missing is shown as it came. The test
// tests/social/cli/test_cli_language.sh holds that services still say these.
#include "social/cli/translate.hpp"
#include "social/cli/words.hpp"

namespace social::cli
{
namespace
{
constexpr const char *said[] = {
  // states of places, nyms and messages
  N_ ("entered"),
  N_ ("pending"),
  N_ ("refused"),
  N_ ("closed"),
  N_ ("archived"),
  N_ ("ejected"),
  N_ ("present"),
  N_ ("waiting"),
  N_ ("left"),
  N_ ("queued"),
  N_ ("sent"),
  N_ ("stored"),
  N_ ("accepted"),
  N_ ("failed"),
  // egos
  N_ ("there is no such ego here: make one with gnunet-identity -C NAME"),
  N_ ("there are several egos (%s): name one with --ego"),
  N_ ("the ego %s has an EdDSA key, and places know their guests and hosts by "
      "ECDSA keys: make another with gnunet-identity -C NAME"),
  N_ ("the ego of this place is gone, and with it the key to speak here"),
  // finding places
  N_ ("no such place here: gnunet-social places lists them"),
  N_ ("we are not in that place: enter it first"),
  N_ ("several places go by this name: say more of the key, or name the ego "
      "with --ego"),
  N_ ("say the name or the key of a place"),
  N_ ("we are a guest in that place, only its host can do this"),
  N_ ("the host has not let us in yet"),
  N_ ("the host refused us"),
  N_ ("the place is closed"),
  N_ ("we left this place: enter it again"),
  N_ ("the host threw us out"),
  N_ ("the place is in no known state"),
  // entering
  N_ ("the host said no"),
  N_ ("the question waits at the door"),
  N_ ("what is said at the door has at most 31 KiB"),
  N_ ("the message for the door is malformed"),
  N_ ("a password has at most 255 bytes"),
  N_ ("a key alone does not say where its host is: add --origin PEER, or enter "
      "the place by its name"),
  N_ ("\"%s\" is neither a GNS name nor a place's key"),
  N_ ("we left this place"),
  N_ ("too many names are being looked up: wait for some"),
  N_ ("GNS had no answer for this name"),
  N_ ("there is no place of this name: GNS knows no PLACE record for it"),
  N_ ("the place's record is encrypted: the password is missing or wrong"),
  N_ ("this ego hosts the place itself"),
  N_ ("there are too many places here already"),
  N_ ("could not be written: %s"),
  N_ ("disk full"),
  // leaving, closing
  N_ ("a host does not leave: close the place with gnunet-social close"),
  N_ ("we leave this place"),
  N_ ("the host hears of it as soon as it can be reached"),
  N_ ("the place is being closed"),
  N_ ("This place is closed."),
  // hosting, names
  N_ ("the name of a place is one label of 1 to 63 bytes, without dots and "
      "spaces"),
  N_ ("the place is hosted, but not published: %s"),
  N_ ("a label has 1 to 63 bytes and no dots"),
  N_ ("this peer's identity is not known yet: is CORE running?"),
  N_ ("the label names somebody else already: take another, or remove that "
      "first with gnunet-namestore"),
  N_ ("the label holds other records, and a name for somebody shares its label "
      "with nothing: take another label"),
  N_ ("the label is a name for somebody, which shares its label with nothing: "
      "take another label"),
  N_ ("the label names another place already: take another, or remove that "
      "record first with gnunet-namestore"),
  N_ ("the label names an encrypted place already, and the password is missing "
      "or another: take another label, or remove that record first with "
      "gnunet-namestore"),
  N_ ("the namestore does not answer: is it running?"),
  N_ ("the namestore does not take the label"),
  N_ ("the namestore could not read the label"),
  N_ ("the namestore does not take the records"),
  N_ ("the namestore refused: %s"),
  N_ ("the ego's key is not here"),
  // the door
  N_ ("the answer is malformed, or longer than 31 KiB"),
  N_ ("nobody of that key asked: gnunet-social door lists who waits"),
  N_ ("the answer could not be written to disk"),
  N_ ("is in already"),
  N_ ("is in already: gnunet-social eject throws out"),
  N_ ("was refused already"),
  N_ ("was refused already, and has to ask again"),
  N_ ("is not at the door, and has to ask again"),
  N_ ("nobody of that key is in this place"),
  N_ ("is at the door only: gnunet-social refuse"),
  N_ ("what the nym is told has at most 31 KiB"),
  // talk, objects and rules
  N_ ("you are not in this place"),
  N_ ("only the host says this"),
  N_ ("only the service itself says this (see close, leave, eject)"),
  N_ ("not relayed here"),
  N_ ("guests may not change objects here"),
  N_ ("a prefix begins with _ and has letters, digits and _"),
  N_ ("the place has too many rules already"),
  N_ ("the message is malformed"),
  N_ ("malformed: %s"),
  N_ ("too many questions are open at once: wait for some answers"),
  N_ ("too many questions at once"),
  N_ ("too many messages at once"),
  N_ ("too many unfinished requests"),
  N_ ("the outbox is full"),
  N_ ("its outcome is forgotten"),
  N_ ("the store failed"),
  N_ ("it was not finished"),
  N_ ("not finished"),
  N_ ("a part of it is not on disk any more"),
  N_ ("cancelled by its sender"),
  N_ ("the variable changed while it was read"),
  N_ ("more than 17 MiB of changes in one message"),
  // offered files
  N_ ("its sender has withdrawn it"),
  N_ ("it was offered and withdrawn before: describe it in other words, or "
      "give "
      "it another name"),
  N_ ("no such file is offered from here"),
  N_ ("it was sent already, or is being sent"),
  N_ ("the file is not there any more"),
  N_ ("the file was changed since it was offered"),
  N_ ("the file cannot be read: %s"),
  N_ ("it cannot be read"),
  N_ ("the place is not ready"),
  N_ ("the offer is malformed"),
  N_ ("the place cannot be read any more"),
  N_ ("too many files are offered in this place already"),
  N_ ("the description is too long: 4 KiB at most"),
  N_ ("the name or the type of the file is too long, or none"),
  // the web UI's token
  N_ ("the configuration has no TOKEN_FILE in section [social-web]"),
  N_ ("others may read it; make it 0600, or remove it"),
  N_ ("that is no token; remove it, and one is made"),
  // copies
  N_ ("members have newer messages than this host's disk, which holds an older "
      "copy of the channel: put a newer copy in place, or go on behind theirs "
      "with 'gnunet-social adopt PLACE'"),
  N_ ("no member has anything newer: there is nothing to adopt"),
  N_ ("the place does not run here"),
  N_ ("this is no copy of a place, or one by a newer program"),
  N_ ("the copy is malformed"),
  N_ ("the place is here already: nothing is overwritten"),
  N_ ("the ego '%s' that hosted the place is not here: bring it back, or say "
      "with --ego who hosts it from now on"),
  N_ ("the ego is or was a guest there, which would be overwritten: say with "
      "--ego who else hosts it"),
  N_ ("the ego hosts another place of that name"),
  N_ ("the file is cut off"),
  N_ ("cannot write the file: %s"),
  N_ ("cannot read the file: %s"),
  N_ ("this is no archive of psycstore, or one of a newer version"),
  N_ ("the file is damaged"),
  N_ ("the file was altered or is damaged: its hash is wrong"),
  N_ ("the file is damaged: something stands behind its end"),
  N_ ("the file is damaged: it names no channel"),
  nullptr,
};
} // namespace

const char *const *
service_words ()
{
  return said;
}
} // namespace social::cli
