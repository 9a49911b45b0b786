// SPDX-License-Identifier: AGPL-3.0-or-later
//
// psycstore's core on the plugin in memory: whatever clients ask for, in any
// order, also when they do not read and go in the middle, each operation is
// answered at most once and nothing is left of who went.
#include <set>

#include "../psycstore/samples.hpp"
#include "fakes.hpp"
#include "psycstore/core/store_core.hpp"
#include "psycstore/plugin/memory_database.hpp"
#include "wire_maker.hpp"

namespace
{
using namespace psycstore;
using fuzz::Input;

// Fragments and requests with ids that meet, or their parts.
base::Bytes
blob (Input &input)
{
  switch (input.pick (4))
  {
  case 0:
    return fuzz::some_parts (input);
  case 1:
  {
    samples::RequestSpec spec;
    spec.request_id = input.number ();
    spec.offset = input.pick (3) * 10;
    spec.flags = static_cast<std::uint32_t> (input.pick (4));
    spec.body = fuzz::some_parts (input);
    return samples::request (spec);
  }
  default:
  {
    samples::FragmentSpec spec;
    spec.fragment_id = input.number ();
    spec.message_id = input.one_in (2) ? spec.fragment_id : input.number ();
    spec.offset = input.pick (3) * 10;
    spec.generation = input.pick (3);
    spec.flags = static_cast<std::uint32_t> (input.pick (4));
    spec.body = fuzz::some_parts (input);
    auto out = samples::fragment (spec);
    if (input.one_in (16))
      out.resize (input.pick (std::min<std::size_t> (256, out.size ())));
    return out;
  }
  }
}

class Storm
{
public:
  explicit Storm (base::ByteView bytes) : input_ (bytes)
  {
    core_.on_database (&db_, "");
    for (std::uint64_t i = 0; i < 3; i++)
      connect (i);
  }

  void
  run ()
  {
    for (int steps = 0; steps < 300 && ! input_.is_used_up (); steps++)
    {
      step ();
      drain ();
    }
    for (const auto client : clients_)
      core_.on_client_gone (client);
    for (int i = 0; i < 1000 && core_.has_work (); i++)
      core_.on_idle ();
    fuzz::require (! core_.has_work ());
  }

private:
  void
  step ()
  {
    const std::size_t who = input_.pick (3);
    switch (input_.pick (12))
    {
    case 0:
      core_.on_client_gone (clients_[who]);
      return connect (who);
    case 1:
    case 2:
    case 3:
      return core_.on_idle ();
    case 4:
      for (const auto size : std::exchange (unsent_[clients_[who]], {}))
        core_.on_sent (clients_[who], size);
      return;
    default:
      return core_.on_message (clients_[who], next_message ());
    }
  }

  // Ids of operations are the library's to keep apart: new ones.
  base::Bytes
  next_message ()
  {
    auto message = maker_.message<ClientMessages> ();
    if (message.size () >= 12 && ! input_.one_in (8))
    {
      const std::uint64_t number = ++last_operation_;
      for (std::size_t i = 0; i < 8; i++)
        message[4 + i] = static_cast<std::uint8_t> (number >> (56 - 8 * i));
    }
    return message;
  }

  void
  connect (std::size_t who)
  {
    clients_[who] = ClientId{ ++last_client_ };
    core_.on_client (clients_[who]);
  }

  void
  drain ()
  {
    while (auto effect = core_.poll_effect ())
    {
      if (const auto *send = std::get_if<SendToClient> (&*effect))
        unsent_[send->client].push_back (send->message.size ());
      else if (const auto *drop = std::get_if<DropClient> (&*effect))
        on_dropped (drop->client);
    }
  }

  void
  on_dropped (ClientId client)
  {
    for (std::size_t who = 0; who < clients_.size (); who++)
    {
      if (clients_[who] != client)
        continue;
      core_.on_client_gone (client);
      connect (who);
    }
  }

  Input input_;
  fuzz::WireMaker maker_{ input_, &blob };
  MemoryDatabase db_;
  samples::CheapVerifier verifier_;
  StoreCore core_{ samples::hashers, verifier_ };
  std::array<ClientId, 3> clients_;
  std::map<ClientId, std::vector<std::size_t>> unsent_;
  std::uint64_t last_client_ = 0;
  std::uint64_t last_operation_ = 0;
};
} // namespace

extern "C" int
LLVMFuzzerInitialize (int *, char ***)
{
  return 0;
}

extern "C" int
LLVMFuzzerTestOneInput (const std::uint8_t *data, std::size_t size)
{
  if (size <= 8192)
    Storm ({ data, size }).run ();
  return 0;
}
