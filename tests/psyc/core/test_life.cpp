// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Random lives of a channel: a host and a guest talk, everything crashes at
// arbitrary points, readers are slow and come back. What was reported as
// stored or accepted is in both logs once and in the same order; readers get
// each fragment once.
#include "programs.hpp"

namespace psyc::test
{
namespace
{
class Life
{
public:
  explicit Life (std::uint64_t seed) : random_ (seed)
  {
    for (Peer *peer : { &host_, &guest_ })
    {
      peer->config.payload_max = 1000;
      peer->config.spool_message_held_max = 6000;
      peer->config.tail_fragments_max = 8;
      peer->config.read_fragments_max = 4;
      peer->config.publish_bytes_max = 8000;
      peer->config.outbox_window_bytes = 6000;
      peer->config.request_cache_bytes = 4000;
      peer->config.request_read_bytes = 2500;
      peer->config.record_fragments = 10;
      peer->start ();
    }
    talkers_ = { &host_talker_, &guest_talker_ };
    readers_ = { &host_reader_, &guest_reader_ };
  }

  void
  run (std::size_t steps)
  {
    host_talker_.connect ();
    guest_talker_.connect ();
    for (std::size_t i = 0; i < steps && ! ::testing::Test::HasFailure (); i++)
    {
      if (chance (30))
        speak ();
      if (chance (150))
        fault ();
      for (Peer *peer : { &host_, &guest_ })
        if (chance (300))
          peer->store.is_full = false;
      something ();
    }
    host_.store.is_full = guest_.store.is_full = false;
    finish ();
    if (! ::testing::Test::HasFailure ())
      check ();
    if (::testing::Test::HasFailure ())
      describe ();
  }

  // Messages that were reported as stored or accepted.
  [[nodiscard]] std::size_t
  good () const
  {
    return good_;
  }

private:
  std::uint64_t
  below (std::uint64_t bound)
  {
    return random_ () % bound;
  }
  bool
  chance (std::uint64_t one_in)
  {
    return 0 == below (one_in);
  }

  void
  speak ()
  {
    Talker &talker = *talkers_[below (2)];
    const std::size_t size = chance (4) ? below (15000) : below (200);
    std::string text = std::to_string (number_++) + ":";
    while (text.size () < size)
      text.push_back (static_cast<char> ('a' + below (26)));
    std::vector<Modifier> modifiers;
    if (chance (3))
      modifiers.push_back (
          { chance (2) ? Operator::assign : Operator::set, "_topic",
            base::Bytes (below (chance (4) ? 4000 : 30), 'x') });
    if (chance (2))
      modifiers.push_back (
          { Operator::set, "_nym_author", bytes ("somebody else") });
    talker.say (std::move (text), "_message_public", modifiers);
  }

  void
  fault ()
  {
    Peer &peer = chance (2) ? host_ : guest_;
    const std::size_t who = &peer == &host_ ? 0 : 1;
    switch (below (6))
    {
    case 0: // psyc dies; what the store was asked may be done or not
      for (std::uint64_t done = below (6); done > 0; done--)
        (void)peer.step_store ();
      peer.crash ();
      talkers_[who]->on_lost ();
      readers_[who]->is_started = false;
      tick (base::milliseconds (1 + below (3000)));
      peer.start ();
      talkers_[who]->connect ();
      break;
    case 1:
      world_.crash_multicast (group ());
      break;
    case 2:
      for (auto &[key, member] : group ().members)
        world_.detach (member);
      break;
    case 3: // a program's connection breaks
      talkers_[who]->disconnect ();
      talkers_[who]->connect ();
      break;
    case 4:
      peer.store.is_full = true;
      was_full_ = true;
      break;
    case 5:
      if (readers_[who]->is_started)
        peer.leave (readers_[who]->client);
      readers_[who]->is_started = false;
      break;
    default:
      break;
    }
  }

  Group &
  group ()
  {
    return world_.groups[channel_];
  }

  void
  tick (base::Duration by)
  {
    world_.now += by;
    for (Peer *peer : { &host_, &guest_ })
      if (peer->core)
      {
        peer->core->advance_time (world_.now);
        peer->drain ();
      }
  }

  // One small thing; false: this one had nothing to do.
  bool
  something ()
  {
    Group &at = group ();
    const std::uint64_t pick = below (12);
    const std::size_t who = below (2);
    auto member = at.members.begin ();
    const bool has_member = member != at.members.end ();
    switch (pick)
    {
    case 0:
      return host_.step_store ();
    case 1:
      return guest_.step_store ();
    case 2:
      return world_.step_echo (at);
    case 3:
      return has_member && world_.step_join (at, member->second);
    case 4:
      return has_member && world_.step_fragment (at, member->second, below (8));
    case 5:
      return has_member && world_.step_request (at, member->second);
    case 6:
      return talkers_[who]->push (below (100));
    case 7:
      return talkers_[who]->listen ();
    case 8:
      return readers_[who]->is_started && readers_[who]->listen ();
    case 9:
      return readers_[who]->is_started && readers_[who]->acknowledge ();
    case 10:
      if (! readers_[who]->is_started && chance (5))
        connect_reader (who);
      return false;
    case 11:
      tick (base::milliseconds (below (50)));
      if (has_member && chance (20))
        world_.retransmit (member->second);
      return false;
    default:
      return false;
    }
  }

  void
  connect_reader (std::size_t who)
  {
    Reader &reader = *readers_[who];
    reader.connect ();
    Peer &peer = 0 == who ? host_ : guest_;
    while (! reader.is_started && ! reader.is_refused
           && (reader.listen () || peer.step_store ()))
      ;
  }

  // Without faults everything comes to its end.
  void
  finish ()
  {
    for (std::size_t round = 0; round < 400; round++)
    {
      for (std::size_t i = 0; i < 400; i++)
        (void)something ();
      for (std::size_t who : { 0u, 1u })
        if (! readers_[who]->is_started)
          connect_reader (who);
      tick (base::milliseconds (500));
      if (is_quiet ())
        return;
    }
    ADD_FAILURE () << "does not come to an end";
    describe ();
  }

  bool
  is_quiet ()
  {
    const auto &all = host_.store.channels[channel_].fragments;
    const std::uint64_t newest
        = all.empty () ? 0 : std::prev (all.end ())->first;
    for (std::size_t who : { 0u, 1u })
      if (! talkers_[who]->is_done () || ! readers_[who]->is_started
          || readers_[who]->after () < newest)
        return false;
    for (const auto &[name, request] : host_.store.channels[channel_].boxes[1])
      if (request.is_open ())
        return false;
    return host_.calls.empty () && guest_.calls.empty ()
           && group ().sends.empty () && group ().unstored.empty ();
  }

  void
  describe ()
  {
    for (std::size_t who : { 0u, 1u })
    {
      std::cerr << (0 == who ? "host" : "guest") << " said "
                << talkers_[who]->said.size () << ", reader at "
                << readers_[who]->after () << " started "
                << readers_[who]->is_started << "\n";
      for (const auto &gap : readers_[who]->gaps)
        std::cerr << "  gap " << gap.first << " to " << gap.last << "\n";
      for (const auto &one : talkers_[who]->said)
        if (! one.state)
          std::cerr << "  open: " << one.text.substr (0, 10) << " heard "
                    << one.heard.size () << "\n";
    }
    std::cerr << "calls " << host_.calls.size () << " " << guest_.calls.size ()
              << " sends " << group ().sends.size () << " sent "
              << group ().sent.size () << " member attached "
              << (group ().members.empty ()
                      ? 0
                      : group ().members.begin ()->second.is_attached)
              << "\n";
    for (const auto &[key, member] : group ().members)
      std::cerr << "member open " << member.is_open << " first " << member.first
                << " given " << member.given.size () << " requests "
                << member.next_request << " of " << member.requests.size ()
                << " has up to "
                << member.have.contiguous_end (
                       std::max<std::uint64_t> (1, member.first))
                << "\n";
    for (const auto &[id, fragment] : host_.store.channels[channel_].fragments)
      std::cerr << id << ": message " << fragment->head.message_id.value
                << " offset " << fragment->head.offset << " flags "
                << fragment->head.flags << "\n";
    for (const Peer *peer : { &host_, &guest_ })
    {
      for (const auto &call : peer->calls)
        std::cerr << "call " << call.call.index () << "\n";
      for (const auto &[name, count] : peer->counts)
        std::cerr << name << " " << count << "\n";
    }
  }

  static std::string
  start_of (const Whole &whole)
  {
    return std::string (base::as_text (whole.message.data)).substr (0, 8);
  }

  void
  check ()
  {
    // A guest that could not write down its admission, and crashed, begins
    // anew: it is told of the gap.
    const bool began_anew
        = was_full_
          && std::any_of (
              guest_reader_.gaps.begin (), guest_reader_.gaps.end (),
              [this] (const local::Gap &gap)
              {
                return ! guest_reader_.heard.empty ()
                       && gap.first > guest_reader_.heard.front ().fragment_id;
              });
    const auto at_host = whole_messages (host_reader_.heard, Ends::all);
    const auto at_guest = whole_messages (guest_reader_.heard,
                                          began_anew ? Ends::some : Ends::all);
    // The guest has what began since it came, in the host's order.
    const std::uint64_t came = guest_reader_.heard.empty ()
                                   ? UINT64_MAX
                                   : guest_reader_.heard.front ().fragment_id;
    using Order = std::vector<std::pair<std::uint64_t, std::string>>;
    Order host_order;
    Order guest_order;
    for (const auto &one : at_host)
      if (one.first_fragment >= came)
        host_order.emplace_back (one.message_id, start_of (one));
    for (const auto &one : at_guest)
      guest_order.emplace_back (one.message_id, start_of (one));
    if (began_anew)
    {
      std::size_t at = 0;
      for (const auto &one : host_order)
        if (at < guest_order.size () && guest_order[at] == one)
          at++;
      EXPECT_EQ (guest_order.size (), at) << "not in the host's order";
    }
    else
    {
      EXPECT_EQ (host_order, guest_order);
    }

    std::map<std::string, std::pair<std::size_t, std::uint64_t>> count;
    for (const auto &one : at_host)
    {
      auto &entry = count[std::string (base::as_text (one.message.data))];
      entry.first++;
      entry.second = one.message_id;
    }
    for (const Talker *talker : talkers_)
      for (const auto &one : talker->said)
      {
        const auto [times, id] = count[one.text];
        EXPECT_LE (times, 1u) << "twice: " << one.text.substr (0, 10);
        if (transfer::SendState::stored == one.state
            || transfer::SendState::accepted == one.state)
        {
          good_++;
          EXPECT_EQ (1u, times) << "lost: " << one.text.substr (0, 10);
          EXPECT_EQ (id, one.message_id);
        }
      }
    for (const auto &one : at_host)
    {
      const auto author = one.message.find_text ("_nym_author");
      const bool is_guest
          = std::any_of (guest_talker_.said.begin (), guest_talker_.said.end (),
                         [&] (const Talker::Said &said) {
                           return said.text == base::as_text (one.message.data);
                         });
      if (is_guest)
      {
        EXPECT_EQ ("guest", author.value_or ("nobody"));
      }
    }
    EXPECT_TRUE (host_.dropped.empty ());
    EXPECT_TRUE (guest_.dropped.empty ());
    for (const auto &[key, box] : host_.store.channels[channel_].boxes[1])
      EXPECT_FALSE (box.is_open ()) << "a request was never settled";
    // Only a store that took a later fragment than one that it refused, and a
    // crash before that one was tried again, leaves a hole.
    if (! was_full_)
    {
      EXPECT_TRUE (host_reader_.gaps.empty ());
    }
  }

  std::mt19937_64 random_;
  World world_;
  Peer host_{ world_ };
  Peer guest_{ world_ };
  const base::ChannelKey channel_ = world_.keys.public_key (channel_secret (1));
  const base::MemberPrivateKey member_ = member_secret (2);
  Talker host_talker_{ host_, channel_secret (1), std::nullopt };
  Talker guest_talker_{ guest_, std::nullopt, std::pair{ channel_, member_ } };
  Reader host_reader_{ host_, channel_, std::nullopt, 0 };
  Reader guest_reader_{ guest_, channel_, world_.keys.public_key (member_), 0 };
  std::vector<Talker *> talkers_;
  std::vector<Reader *> readers_;
  std::uint64_t number_ = 0;
  bool was_full_ = false;
  std::size_t good_ = 0;
};

TEST (Life, LosesNothingAndSaysNothingTwice)
{
  const char *only = std::getenv ("SEED");
  const std::uint64_t first = nullptr == only ? 1 : std::stoull (only);
  const std::uint64_t last = nullptr == only ? 300 : first;
  std::size_t good = 0;
  for (std::uint64_t seed = first; seed <= last; seed++)
  {
    SCOPED_TRACE ("SEED=" + std::to_string (seed));
    Life life (seed);
    life.run (6000);
    good += life.good ();
    if (HasFailure ())
    {
      std::cerr << "SEED=" << seed << "\n";
      break;
    }
  }
  EXPECT_GT (good, 100u);
}
} // namespace
} // namespace psyc::test
