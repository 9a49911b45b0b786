// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The origin of one group, without I/O: numbers and signs fragments, holds them
// back until they are stored, sends them to the attached children, answers
// joiners and repairs, takes requests.
#pragma once

#include <deque>
#include <optional>

#include "multicast/core/child_desk.hpp"
#include "multicast/core/effect_queue.hpp"
#include "multicast/core/head_probe.hpp"
#include "multicast/core/join_desk.hpp"
#include "multicast/core/signing.hpp"
#include "multicast/core/tickets.hpp"
#include "multicast/core/voices.hpp"
#include "multicast/core/write_ahead.hpp"
#include "port/crypto.hpp"

namespace multicast
{
struct OriginConfig
{
  base::PeerId own_peer;    // zero: not known yet, see on_own_peer_known ()
  std::uint32_t policy = 0; // goes into tickets; not interpreted here
  base::Head head;          // highest ids that were ever stored
  // Ids above `known` up to `resumed` were not given by this copy of the group,
  // but may have been by another.
  base::FragmentId known = {};
  base::FragmentId resumed = {};
  StartKind start = StartKind::clean;
  base::Duration heartbeat = base::seconds (5);
  base::Duration head_probe = base::seconds (2);
  std::uint32_t children_max = 8;
  std::uint64_t bandwidth = 0; // bytes a second to children; 0: no limit
  std::size_t queue_memory = 64 * limits::mib;
  std::size_t route_memory = 16 * limits::mib;
};

// Call advance_time () before any other input when time has passed, and after
// every input drain poll_effect () and look at next_deadline () again.
// `signer`, `verifier` and `random` must outlive the core.
class OriginCore final : private DeskOwner
{
public:
  OriginCore (OriginConfig config, const port::ChannelSigner &signer,
              const port::Verifier &verifier, port::Random &random,
              base::TimePoint now);

  // --- the client ---------------------------------------------------------

  // A new fragment: echoed (EchoFragment) once it is numbered, which is at
  // once, but for the seconds of a head probe and while the children cannot
  // bear more. `full`: read no more from this client until has_room ().
  [[nodiscard]] ClientResult on_client_fragment (NewFragment fragment);
  [[nodiscard]] bool has_room () const;
  // All up to `id` are durable: they may go out.
  void on_fragment_stored (base::FragmentId id);
  // `id` and all later ones that are not stored never were.
  void on_fragment_discarded (base::FragmentId id);

  void on_join_pending (JoinId join);
  void on_join_decided (JoinId join, JoinAnswer answer);

  void on_replay_fragment (ReplayId replay, base::ByteView fragment);
  // `next`: nothing is there before it, from what was asked for on.
  void on_replay_end (ReplayId replay, ReplayCode code,
                      base::FragmentId next = {});

  void on_request_stored (const base::MemberKey &member,
                          base::RequestId request_id,
                          std::uint64_t fragment_offset);
  void on_request_settled (const base::MemberKey &member,
                           RequestSettlement settlement);

  // Tickets of `member` up to `generation` are void from now on. Eject also
  // tells the member, with `notice` (may be empty), if it is attached.
  void on_eject (const base::MemberKey &member, base::Generation generation,
                 base::Bytes notice);
  void on_revoke (const base::MemberKey &member, base::Generation generation);

  // The group ends for good: tells the attached children and closes. The core
  // may go once the effects are drained.
  void on_group_end ();

  // --- the network --------------------------------------------------------

  // Must be said before any channel.
  void on_own_peer_known (const base::PeerId &peer);
  // Somebody opened a channel to our port.
  void on_channel_opened (ChannelId channel, const base::PeerId &peer);
  // One whole message, from any size on, its header included.
  void on_peer_message (ChannelId channel, base::ByteView message);
  // CADET took one of our messages on that channel.
  void on_channel_sent (ChannelId channel);
  // CADET told that the channel is gone.
  void on_channel_closed (ChannelId channel);

  // --- time and effects ---------------------------------------------------

  void advance_time (base::TimePoint now);
  [[nodiscard]] base::TimePoint next_deadline () const;
  [[nodiscard]] std::optional<OriginEffect> poll_effect ();

  // Highest ids that may have gone out.
  [[nodiscard]] base::Head head () const;
  // Children, and all members in the tree as far as they are known.
  [[nodiscard]] std::uint32_t child_count () const;
  [[nodiscard]] std::uint64_t tree_size () const;
  [[nodiscard]] Load
  load () const
  {
    return { desk_.queued_bytes (), voices_.size () };
  }

private:
  using Session = ChildSession;

  //   probing --time--> running        head_behind, ended: nothing goes out
  //      |                 |           any more
  //      +----- proof -----+--> head_behind
  enum class State : std::uint8_t
  {
    probing,
    running,
    head_behind,
    ended,
  };

  // Fragments (origin_core.cpp).
  void hold (NewFragment fragment);
  void number_next ();
  void number (const NewFragment &fragment);
  [[nodiscard]] bool must_wait () const;
  void number_held ();
  void send_live (const WriteAhead::Numbered &issued);
  void start_running ();
  void stop_behind (const base::Head &proved);

  // Not given by us: above our head, or where this copy has skipped.
  [[nodiscard]] bool is_foreign (base::FragmentId id) const;
  // The door, tickets and their end (origin_door.cpp).
  void ask (const Address &address, const PeerJoinRequest &request,
            const base::PeerId &peer);
  [[nodiscard]] base::Bytes make_ticket (const base::MemberKey &member,
                                         const base::PeerId &peer,
                                         const base::Head &admission) const;
  void renew_open_ticket ();
  [[nodiscard]] std::optional<PeerTicket> renewed (const Ticket &old) const;
  [[nodiscard]] PeerEject make_ejection (const base::MemberKey &member,
                                         base::Generation generation,
                                         const base::Bytes &notice) const;
  void revoke (const base::MemberKey &member, base::Generation generation);
  void on_parted (const base::MemberKey &member, base::Generation generation);

  // What children say to the origin alone (origin_peers.cpp).
  [[nodiscard]] std::optional<RefusalCode> closed () const override;
  [[nodiscard]] bool
  is_above (const base::PeerId &) const override
  {
    return false;
  }
  [[nodiscard]] base::Head known_head () const override;
  [[nodiscard]] base::FragmentId
  highest_sent () const override
  {
    return {}; // what is issued later is sent, what was issued is asked for
  }
  [[nodiscard]] SignedHead signed_head () const override;
  [[nodiscard]] PeerAttached introduction () const override;
  [[nodiscard]] std::uint16_t
  child_depth () const override
  {
    return 1;
  }
  [[nodiscard]] std::optional<base::FragmentId>
  first_coming (base::FragmentId) const override
  {
    return std::nullopt;
  }
  [[nodiscard]] ReplayDesk::Coverage
  coverage_of (const PeerReplayRequest &) const override
  {
    return ReplayDesk::Coverage::all;
  }
  [[nodiscard]] bool is_void (const base::MemberKey &member,
                              const Ticket &ticket) const override;
  [[nodiscard]] std::vector<Revocation>
  revocations_from (base::Generation generation) override;
  [[nodiscard]] PeerEject ejection_of (const base::MemberKey &member) override;
  void on_child_attached (ChildSession &session, const Ticket &ticket,
                          const PeerAttach &message) override;
  void on_session_gone (const ChildSession &session) override;
  void on (ChildSession &session, const PeerJoinRequest &request) override;
  void on (ChildSession &session, const PeerPart &part) override;
  void on (ChildSession &session, const PeerReplayEnd &end) override;
  void on (ChildSession &session, const PeerPipeOpen &open) override;
  void on (ChildSession &session, const PeerPipeUp &up) override;
  void on (ChildSession &session, const PeerPipeClose &close) override;
  void on_request (ChildSession &session, const Request &request,
                   base::ByteView raw) override;
  void on_child_fragment (ChildSession &session, const Fragment &fragment,
                          base::ByteView raw) override;
  void check_claim (Session &session, base::FragmentId highest_held);
  [[nodiscard]] std::string_view fault_of (const Request &request,
                                           base::ByteView raw,
                                           const base::MemberKey &member) const;
  void deliver (RequestWindow &window, const Request &request,
                base::ByteView raw);

  // Pipes (origin_voices.cpp). `refuse` and `close` end the voice.
  template <typename M> void answer (const Address &address, const M &message);
  void on (Voice &voice, const PeerJoinRequest &request);
  void on (Voice &voice, const PeerVoice &message);
  void on (Voice &voice, const PeerVoicePart &part);
  void on_request (Voice &voice, const Request &request, base::ByteView raw);
  [[nodiscard]] std::optional<RefusalCode>
  fault_of (const std::optional<SignedTicket> &ticket,
            const PeerVoice &message);
  void refuse (Voice &voice, RefusalCode code);
  void close_voice (const Address &address);
  void drop_voice (const Address &address);
  void forget_idle_voices ();
  [[nodiscard]] bool is_present (const base::MemberKey &member);

  OriginConfig config_;
  const port::ChannelSigner &signer_;
  const port::Verifier &verifier_;
  port::Random &random_;
  base::ChannelKey group_;
  base::TimePoint now_;
  State state_ = State::probing;

  WriteAhead log_;
  HeadProbe probe_;
  std::deque<NewFragment> held_; // not numbered yet
  std::size_t held_bytes_ = 0;
  base::Generation generation_;

  JoinDesk door_;
  Revocations revocations_;
  Revocations parted_;      // known here only
  base::Bytes open_ticket_; // empty: this place asks at the door
  base::TimePoint open_ticket_until_ = base::time_never;
  EffectQueue<OriginEffect> effects_;
  ChildDesk desk_;
  Voices voices_;
  base::TimePoint next_idle_check_ = base::time_never;
};

// To somebody near by or far away; what relays carry is signed.
template <typename M>
void
OriginCore::answer (const Address &address, const M &message)
{
  Session *session = desk_.find (address.channel);
  if (nullptr == session)
    return;
  if (address.pipe.is_none ())
    return desk_.send (*session, message);
  OriginWord word;
  word.group = group_;
  word.nonce = voices_.find (address)->nonce;
  word.message = wire::must_encode (message);
  PeerPipeDown down;
  down.pipe = address.pipe;
  down.signature = sign (signer_, port::Purpose::origin_word, word);
  down.message.bytes = std::move (word.message);
  desk_.send (*session, down);
}
} // namespace multicast
