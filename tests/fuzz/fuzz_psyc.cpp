// SPDX-License-Identifier: AGPL-3.0-or-later
//
// psyc's service core in the fake world of its tests: whatever clients say in
// whatever order, and whatever multicast and the store bring meanwhile, also
// over crashes, nothing breaks and nothing is kept of clients that went.
#include "../psyc/core/programs.hpp"
#include "fakes.hpp"
#include "wire_maker.hpp"

namespace
{
using namespace psyc::test;
using namespace psyc::core;
namespace local = psyc::local;
using fuzz::Input;

class Storm
{
public:
  explicit Storm (base::ByteView bytes) : input_ (bytes)
  {
    // Small enough to be reached.
    peer_.config.payload_max = 600;
    peer_.config.client_uploads_max = 4;
    peer_.config.client_bytes_max = 20000;
    peer_.config.client_streams_max = 4;
    peer_.config.questions_max = 4;
    peer_.config.unfinished_max = 8;
    peer_.config.member_unfinished_max = 4;
    peer_.config.relays_active_max = 2;
    peer_.config.outbox_requests_max = 8;
    // Fragments come from the input, not from a host.
    world_.is_content_checked = false;
    peer_.start ();
    peer_.settle ();
    for (auto &client : clients_)
      client = peer_.connect ();
    host (0);
    join (1);
  }

  void
  run ()
  {
    for (int steps = 0; steps < 300 && ! input_.is_used_up (); steps++)
      step ();
    for (const auto client : clients_)
      peer_.leave (client);
    peer_.settle ();
    // Without clients, what nobody wanted kept ends.
    for (int i = 0; i < 3; i++)
      pass (base::seconds (100));
    peer_.core->shut_down ();
    peer_.drain ();
    peer_.settle ();
    pass (base::seconds (100));
    fuzz::require (peer_.core->is_ended ());
  }

private:
  void
  step ()
  {
    switch (input_.pick (20))
    {
    case 0:
      return renew (input_.pick (3));
    case 1:
      return host (input_.pick (3));
    case 2:
      return join (input_.pick (3));
    case 3:
      return pass (base::milliseconds (
          static_cast<std::int64_t> (input_.number () % 200000)));
    case 4:
      if (input_.one_in (4))
        return restart ();
      return peer_.settle ();
    case 5:
    case 6:
      (void)peer_.step_store ();
      return;
    case 7:
      for (auto &[key, group] : world_.groups)
        (void)world_.step_echo (group);
      return;
    case 8:
      return from_below ();
    case 9:
    case 10:
    case 11:
      return upload (input_.pick (3));
    default:
      return say (input_.pick (3), maker_.message<local::ClientMessages> ());
    }
  }

  base::Bytes
  blob ()
  {
    return fuzz::some_parts (input_);
  }

  void
  say (std::size_t who, base::ByteView message)
  {
    peer_.core->on_client_message (clients_[who], message);
    peer_.drain ();
    if (peer_.dropped.erase (clients_[who]))
      renew (who);
  }

  // Gone without a word, in the middle of whatever it was; another comes.
  void
  renew (std::size_t who)
  {
    peer_.leave (clients_[who]);
    peer_.continued.erase (clients_[who]);
    clients_[who] = peer_.connect ();
  }

  void
  host (std::size_t who)
  {
    local::MasterStart start;
    start.private_key = channel_secret (1);
    start.policy = static_cast<decltype (start.policy)> (input_.pick (4));
    say (who, wire::must_encode (start));
    peer_.settle ();
  }

  void
  join (std::size_t who)
  {
    local::SlaveJoin join;
    join.channel_key = world_.keys.public_key (channel_secret (5));
    join.private_key = member_secret (2);
    join.origin = base::PeerId{};
    say (who, wire::must_encode (join));
    peer_.settle ();
  }

  // The next piece of a message, as a library would say it, mostly.
  void
  upload (std::size_t who)
  {
    local::Upload message;
    message.upload_id = input_.pick (3);
    message.tag = tag_of (input_.pick (4));
    message.flags = static_cast<std::uint32_t> (input_.pick (16));
    message.parts.bytes = blob ();
    auto &offset = offsets_[{ clients_[who], message.upload_id }];
    message.offset = input_.one_in (8) ? input_.number () : offset;
    offset += message.parts.bytes.size ();
    if (input_.one_in (3))
      offset = 0;
    if (const auto bytes = wire::encode (message))
      say (who, *bytes);
  }

  void
  pass (base::Duration time)
  {
    world_.now += time;
    peer_.core->advance_time (world_.now);
    peer_.drain ();
    peer_.settle ();
  }

  void
  restart ()
  {
    peer_.crash ();
    // What the next life opens has numbers of its own.
    world_.channel_keys.clear ();
    peer_.start ();
    peer_.settle ();
    for (auto &client : clients_)
      client = peer_.connect ();
    peer_.dropped.clear ();
    peer_.continued.clear ();
  }

  void
  from_below ()
  {
    const ChannelNo no{ 1 + input_.pick (4) };
    // Nothing comes of what was not opened.
    if (! world_.channel_keys.contains ({ &peer_, no }))
      return;
    base::MemberKey member;
    maker_.fill (member);
    auto &core = *peer_.core;
    switch (input_.pick (14))
    {
    case 0:
      core.on_origin_fragment (no, some_fragment ());
      break;
    case 1:
    case 2:
      core.on_member_fragment (no, some_fragment ());
      break;
    case 3:
      core.on_gap (no, input_.number (), input_.number ());
      break;
    case 4:
    case 5:
      core.on_origin_request (no, some_request (member));
      break;
    case 6:
      core.on_decision (no, some_decision ());
      break;
    case 7:
      core.on_join_request (no, JoinToken{ ++last_token_ }, member, blob ());
      break;
    case 8:
      core.on_replay_request (no, ReplayToken{ ++last_token_ }, member,
                              static_cast<ReplayUnit> (input_.pick (2)),
                              input_.number (), input_.number ());
      break;
    case 9:
      core.on_member_event (no, member,
                            static_cast<MemberEvent> (1 + input_.pick (3)));
      break;
    case 10:
      core.on_member_state (no, static_cast<LinkState> (input_.pick (9)),
                            some_head ());
      break;
    case 11:
      core.on_head (no, some_head ());
      break;
    case 12:
      core.on_request_stored (no, { input_.number () }, input_.number ());
      break;
    default:
      core.on_request_settled (
          no, { input_.number () },
          static_cast<RequestOutcome> (input_.pick (3)), input_.number (),
          static_cast<std::uint32_t> (input_.number ()), "reason");
      break;
    }
    peer_.drain ();
    peer_.settle ();
  }

  base::Bytes
  some_fragment ()
  {
    auto raw = make_fragment ({ { input_.number () },
                                input_.pick (3) * 10,
                                { input_.number () },
                                { input_.pick (3) },
                                static_cast<std::uint32_t> (input_.pick (4)) },
                              blob ());
    if (input_.one_in (16))
      raw.resize (input_.pick (std::min<std::size_t> (256, raw.size ())));
    return raw;
  }

  base::Bytes
  some_request (const base::MemberKey &member)
  {
    return make_request ({ member,
                           1,
                           input_.pick (3) * 10,
                           { input_.number () },
                           static_cast<std::uint32_t> (input_.pick (4)) },
                         blob ())
        ->bytes;
  }

  base::Head
  some_head ()
  {
    base::Head head;
    head.fragment_id.value = input_.number ();
    head.message_id.value = input_.number ();
    head.generation.value = input_.pick (4);
    return head;
  }

  Decision
  some_decision ()
  {
    Decision decision;
    decision.admission
        = static_cast<Admission> (static_cast<int> (input_.pick (3)) - 1);
    decision.head = some_head ();
    decision.answer = blob ();
    return decision;
  }

  Input input_;
  World world_;
  Peer peer_{ world_ };
  fuzz::WireMaker maker_{ input_, [] (Input &input)
                          { return fuzz::some_parts (input); } };
  std::array<ClientId, 3> clients_;
  std::map<std::pair<ClientId, std::uint64_t>, std::uint64_t> offsets_;
  std::uint64_t last_token_ = 0;
};
} // namespace

extern "C" int
LLVMFuzzerInitialize (int *, char ***)
{
  fuzz::fail_at_first_fault ();
  return 0;
}

extern "C" int
LLVMFuzzerTestOneInput (const std::uint8_t *data, std::size_t size)
{
  if (size <= 8192)
    Storm ({ data, size }).run ();
  return 0;
}
