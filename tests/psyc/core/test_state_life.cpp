// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The state of a channel is the same everywhere: random lives of a host and
// three guests, in which all kinds of changes are said, members come and go,
// everything crashes and fragments are lost.
#include "state_world.hpp"

namespace psyc::test
{
namespace
{
class StateLife
{
public:
  explicit StateLife (std::uint64_t seed) : random_ (seed)
  {
    channel_.host ().talker->policy = chance (2) ? 0 : 2; // all history or own
  }

  void
  run (std::size_t operations)
  {
    for (auto &node : channel_.nodes)
      channel_.connect (*node);
    while (operations > 0 && ! ::testing::Test::HasFailure ())
    {
      if (said_ - done () < 30 && chance (4))
      {
        speak ();
        operations--;
      }
      if (chance (400))
        fault ();
      if (chance (500))
        for (auto &node : channel_.nodes)
          node->peer.store.is_full = false;
      something ();
    }
    finish ();
    check ();
  }

  [[nodiscard]] std::size_t
  refused () const
  {
    return refused_;
  }
  // How often it happened, at all peers.
  [[nodiscard]] std::uint64_t
  count (const std::string &name) const
  {
    std::uint64_t sum = 0;
    for (const auto &node : channel_.nodes)
      if (auto it = node->peer.counts.find (name);
          it != node->peer.counts.end ())
        sum += it->second;
    return sum;
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
  Channel::Node &
  any_node ()
  {
    return *channel_.nodes[below (channel_.nodes.size ())];
  }

  std::size_t
  done ()
  {
    const auto &said = channel_.host ().talker->said;
    while (settled_ < said.size () && said[settled_].state)
      settled_++;
    return settled_;
  }

  std::string
  word ()
  {
    static constexpr std::string_view words[]
        = { "a", "b", "c", "one", "two", "|", "{k}v", "{", "", "-3", "7" };
    return std::string (words[below (std::size (words))]);
  }

  base::Bytes
  value_for (std::string_view name)
  {
    if (chance (12))
      return bytes (word ()); // whatever it may be
    switch (variable_type (name))
    {
    case VariableType::number:
      return bytes (chance (30) ? std::to_string (INT64_MAX)
                                : std::to_string (below (1000)));
    case VariableType::list:
      return bytes (chance (6)
                        ? "|" + std::to_string (below (5)) + "|" + word ()
                    : chance (3) ? "1 x3 a|b"
                                 : "|" + std::to_string (below (9)) + "|q");
    case VariableType::dict:
      return bytes ("{" + std::to_string (below (6)) + "}"
                    + std::to_string (below (99)));
    case VariableType::data:
      break;
    }
    if (chance (20))
      return base::Bytes (below (chance (10) ? 50000 : 6000),
                          static_cast<std::uint8_t> ('a' + below (26)));
    return bytes (word ());
  }

  Modifier
  modifier ()
  {
    static constexpr std::string_view names[]
        = { "_topic",     "_topic_long", "_amount_votes", "_flag_open",
            "_list_tags", "_list",       "_dict_people",  "_z" };
    static constexpr Operator opers[]
        = { Operator::assign, Operator::assign,   Operator::augment,
            Operator::set,    Operator::diminish, Operator::update };
    Modifier out;
    out.name = names[below (std::size (names))];
    if (chance (10))
      out.name += "_" + std::to_string (below (30)).replace (0, 1, "x");
    out.oper = opers[below (std::size (opers))];
    if (! (Operator::assign == out.oper && chance (5))) // else: removed
      out.value = value_for (out.name);
    return out;
  }

  void
  speak ()
  {
    const bool is_guests = chance (15);
    Channel::Node &node = is_guests ? any_node () : channel_.host ();
    if (! node.is_in)
      return;
    std::vector<Modifier> modifiers;
    for (std::uint64_t n = below (4); n > 0; n--)
      modifiers.push_back (modifier ());
    std::uint32_t flags = 0;
    if (! is_guests && chance (3))
      flags |= transmit_state_hash;
    if (! is_guests && chance (150))
      flags |= transmit_state_reset;
    const std::string text = std::to_string (number_++);
    said_modifiers_[text] = { modifiers, flags };
    if (&node == &channel_.host ())
      said_++;
    node.talker->say (text, "_m", modifiers, flags);
  }

  void
  fault ()
  {
    Channel::Node &node = any_node ();
    Group::Member *member = channel_.member (node);
    switch (below (7))
    {
    case 0:
      for (std::uint64_t calls = below (6); calls > 0; calls--)
        (void)node.peer.step_store ();
      channel_.crash (node);
      return;
    case 1:
      if (&node == &channel_.host ())
        return;
      channel_.part (node);
      return;
    case 2:
      if (! node.is_in)
        channel_.connect (node);
      return;
    case 3:
      if (nullptr != member)
        channel_.world.detach (*member);
      return;
    case 4:
      lose_fragment (node, member);
      return;
    case 5:
      node.peer.store.is_full = true;
      return;
    case 6:
      channel_.world.crash_multicast (channel_.group ());
      return;
    default:
      return;
    }
  }

  // What its host cannot give it any more.
  void
  lose_fragment (Channel::Node &node, Group::Member *member)
  {
    const auto &sent = channel_.group ().sent;
    if (nullptr == member || ! member->is_attached || 0 == member->first
        || sent.empty ())
      return;
    for (auto it = sent.lower_bound (member->first); it != sent.end (); ++it)
      if (! member->have.contains (it->first)
          && ! member->given.contains (it->first))
      {
        member->have.add (it->first);
        node.peer.core->on_gap (member->channel, it->first, it->first);
        node.peer.drain ();
        return;
      }
  }

  void
  something ()
  {
    World &world = channel_.world;
    Group &group = channel_.group ();
    Channel::Node &node = any_node ();
    Group::Member *member = channel_.member (node);
    switch (below (9))
    {
    case 0:
    case 1:
      (void)node.peer.step_store ();
      (void)channel_.host ().peer.step_store ();
      return;
    case 2:
      (void)world.step_echo (group);
      return;
    case 3:
      if (nullptr != member)
        (void)world.step_join (group, *member);
      return;
    case 4:
      if (nullptr != member)
        (void)world.step_fragment (group, *member, below (8));
      return;
    case 5:
      if (nullptr != member)
      {
        (void)world.step_request (group, *member);
        (void)world.step_fetch (group, *member);
      }
      return;
    case 6:
      (void)node.talker->push (below (100));
      (void)channel_.host ().talker->push (below (100));
      return;
    case 7:
      (void)node.talker->listen ();
      (void)channel_.host ().talker->listen ();
      return;
    case 8:
      if (chance (4))
        channel_.tick (base::milliseconds (below (100)));
      return;
    default:
      return;
    }
  }

  void
  finish ()
  {
    for (auto &node : channel_.nodes)
    {
      node->peer.store.is_full = false;
      if (! node->is_in)
        channel_.connect (*node);
    }
    for (int round = 0; round < 400; round++)
    {
      channel_.settle ();
      channel_.tick (base::milliseconds (500));
      for (auto &node : channel_.nodes)
        if (auto *member = channel_.member (*node))
          channel_.world.retransmit (*member);
      if (is_quiet ())
        return;
    }
    ADD_FAILURE () << "the state does not become the same everywhere";
    describe ();
  }

  bool
  is_quiet ()
  {
    for (auto &node : channel_.nodes)
      if (! node->peer.calls.empty () || ! node->talker->is_done ()
          || ! channel_.is_same (*node))
        return false;
    return channel_.group ().sends.empty ()
           && channel_.group ().unstored.empty ();
  }

  void
  describe ()
  {
    for (auto &node : channel_.nodes)
    {
      const auto head = channel_.head (*node);
      std::cerr << "applied " << head.applied.value << " checkpoint "
                << head.checkpoint.value << " variables "
                << channel_.values (*node).size () << " calls "
                << node->peer.calls.size () << " talker done "
                << node->talker->is_done ();
      if (const auto *member = channel_.member (*node))
        std::cerr << " open " << member->is_open << " attached "
                  << member->is_attached << " first " << member->first
                  << " fetches " << member->fetches.size ();
      std::cerr << "\n";
      for (const auto &[name, count] : node->peer.counts)
        std::cerr << "  " << name << " " << count << "\n";
    }
  }

  // What all that was accepted makes of nothing, by the rules alone.
  void
  check ()
  {
    std::map<std::uint64_t, std::string> order;
    for (const auto &[id, fragment] :
         channel_.host ().peer.store.channels[channel_.key].fragments)
      note_text (*fragment, order);
    Values model;
    for (const auto &[id, text] : order)
    {
      const auto &[modifiers, flags] = said_modifiers_.at (text);
      if (0 != (flags & transmit_state_reset))
        model.clear ();
      for (const auto &one : modifiers)
        if (is_lasting (one.oper))
        {
          auto result
              = apply_operator (one.name, model[one.name], one.oper, one.value);
          EXPECT_EQ (ValueError::none, result.error)
              << "accepted: " << one.name << static_cast<char> (one.oper);
          model[one.name] = std::move (result.value);
        }
    }
    std::erase_if (model,
                   [] (const auto &entry) { return entry.second.empty (); });
    EXPECT_EQ (model, channel_.values (channel_.host ()));
    for (const auto &one : channel_.host ().talker->said)
      if (std::string::npos != one.reason.find ("cannot apply"))
        refused_++;
  }

  // The text is in the last fragments, but for messages in which a store that
  // was full has left a hole: those are none.
  void
  note_text (const StoredFragment &fragment,
             std::map<std::uint64_t, std::string> &order)
  {
    const std::uint64_t id = fragment.head.message_id.value;
    Sum &sum = sums_[id];
    if (fragment.head.offset != sum.end)
      return;
    sum.end += fragment.body ().size ();
    PartReader reader (fragment.body ());
    while (const auto part = reader.next ())
    {
      if (const auto *data = std::get_if<DataPart> (&*part))
        sum.text += base::as_text (data->data);
      if (std::holds_alternative<EndPart> (*part)
          && said_modifiers_.contains (sum.text))
        order[id] = sum.text;
    }
  }

  // A message as far as it was read.
  struct Sum
  {
    std::uint64_t end = 0;
    std::string text;
  };

  std::mt19937_64 random_;
  Channel channel_{ 3, base::seconds (1) };
  std::map<std::string, std::pair<std::vector<Modifier>, std::uint32_t>>
      said_modifiers_;
  std::map<std::uint64_t, Sum> sums_; // by message id
  std::uint64_t number_ = 0;
  std::size_t said_ = 0;
  std::size_t settled_ = 0;
  std::size_t refused_ = 0;
};

std::uint64_t
number_from_environment (const char *name, std::uint64_t otherwise)
{
  const char *text = std::getenv (name);
  return nullptr == text ? otherwise : std::stoull (text);
}

TEST (StateLife, IsTheSameEverywhereWhateverHappens)
{
  const std::uint64_t only = number_from_environment ("SEED", 0);
  const std::uint64_t last
      = 0 != only ? only : number_from_environment ("SEEDS", 4);
  const std::uint64_t operations
      = number_from_environment ("OPERATIONS", 10000);
  std::map<std::string, std::uint64_t> counts;
  std::size_t refused = 0;
  for (std::uint64_t seed = 0 != only ? only : 1; seed <= last; seed++)
  {
    SCOPED_TRACE ("SEED=" + std::to_string (seed));
    StateLife life (seed);
    life.run (operations);
    refused += life.refused ();
    for (const char *name :
         { "# checkpoints said", "# changes of the state that were refused",
           "# times that changes of a state were missing",
           "# changes that do not fit to a member's state",
           "# states whose hash differs from the host's",
           "# changes of its own that the host's state cannot take" })
      counts[name] += life.count (name);
    if (HasFailure ())
    {
      std::cerr << "SEED=" << seed << "\n";
      return;
    }
  }
  for (const auto &[name, count] : counts)
    std::cout << name << ": " << count << "\n";
  EXPECT_LT (0u, refused) << "no change was ever refused";
  EXPECT_LT (0u, counts["# checkpoints said"]);
  EXPECT_LT (0u, counts["# times that changes of a state were missing"]);
  // Nothing but a damaged disk makes these.
  EXPECT_EQ (0u, counts["# changes that do not fit to a member's state"]);
  EXPECT_EQ (0u, counts["# states whose hash differs from the host's"]);
  EXPECT_EQ (0u,
             counts["# changes of its own that the host's state cannot take"]);
}
} // namespace
} // namespace psyc::test
