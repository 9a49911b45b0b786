// SPDX-License-Identifier: AGPL-3.0-or-later
//
// social's core on the bench of its tests: whatever applications say, whatever
// guests and names do meanwhile, on disks that are full, over crashes: it
// stands, and each query ends once. And what guests and applications upload,
// through the filter that keeps authors from being forged.
#include "../social/core/bench.hpp"
#include "fakes.hpp"
#include "social/core/upload_filter.hpp"
#include "wire_maker.hpp"

namespace
{
using namespace social;
using namespace social::bench;
using fuzz::Input;

base::Bytes
blob (Input &input)
{
  if (input.one_in (2))
    return fuzz::some_parts (input);
  return call_at_door ("hello", static_cast<std::uint8_t> (input.pick (5)));
}

class Storm : public Bench
{
public:
  explicit Storm (base::ByteView bytes) : input_ (bytes) { begin (); }

  void
  TestBody () override
  {
    for (int steps = 0; steps < 300 && ! input_.is_used_up (); steps++)
    {
      disk.is_full = input_.one_in (20);
      step ();
      answer_effects ();
    }
  }

private:
  void
  step ()
  {
    switch (input_.pick (8))
    {
    case 0:
    case 1:
      return world_step ();
    case 2:
      if (! input_.one_in (8))
        return world_step ();
      disk.is_full = false;
      ended_.clear ();
      return begin (); // killed
    case 3:
      if (input_.one_in (4))
        return greet ();
      return client_step<AppHostPlace, AppEnterPlace> ();
    default:
      return say (maker_.message<AppMessages> ());
    }
  }

  // Those that make something to be spoken of.
  template <typename... Ms>
  void
  client_step ()
  {
    say (maker_.message<wire::MessageList<Ms...>> ());
  }

  // As the service's shell hands it on; what that keeps for itself has no
  // input here.
  void
  say (const base::Bytes &message)
  {
    (void)AppMessages::dispatch (
        message,
        [this] (auto decoded)
        {
          constexpr bool is_input = requires
          {
            core->on_message (app, decoded);
          };
          if constexpr (is_input)
          {
            if constexpr (requires { decoded.query_id; })
              if (0 != decoded.query_id)
                decoded.query_id = ++last_query;
            core->on_message (app, decoded);
          }
        });
  }

  PlaceRef
  some_place ()
  {
    if (! disk.places.empty () && ! input_.one_in (8))
      return std::next (disk.places.begin (),
                        static_cast<std::ptrdiff_t> (input_.pick (
                            std::min<std::size_t> (256, disk.places.size ()))))
          ->first;
    PlaceRef ref;
    maker_.fill (ref.key);
    maker_.fill (ref.ego);
    return ref;
  }

  void
  world_step ()
  {
    const PlaceRef ref = some_place ();
    base::MemberKey nym;
    maker_.fill (nym);
    switch (input_.pick (12))
    {
    case 0:
      return core->on_host_started (ref, input_.number ());
    case 1:
      return core->on_join_request (ref, nym, blob (input_));
    case 2:
      return core->on_member (ref, nym,
                              static_cast<MemberEvent> (1 + input_.pick (3)));
    case 3:
      return core->on_request (
          ref, { nym, { input_.number () }, fuzz::some_name (input_), {}, {} });
    case 4:
      return core->on_guest_state (
          ref, static_cast<GuestState> (1 + input_.pick (8)));
    case 5:
      return core->on_guest_decision (
          ref, input_.one_in (2) ? Admission::admitted : Admission::refused,
          blob (input_));
    case 6:
      return core->on_guest_parted (ref);
    case 7:
      return core->on_looked_up (input_.number (),
                                 input_.one_in (2) ? std::optional (
                                     FoundPlace{ ref.key, peer (9), {} })
                                                   : std::nullopt);
    case 8:
      return core->on_record_stored (
          input_.number (),
          input_.one_in (2) ? std::optional<std::string> ("no") : std::nullopt);
    case 9:
      return core->on_ejected (
          ref, nym, input_.one_in (2) ? Outcome::done : Outcome::failed);
    case 10:
      return core->on_info (ref, { input_.number (), input_.number () });
    default:
      now += base::milliseconds (
          static_cast<std::int64_t> (input_.number () % 100000));
      return core->advance_time (now);
    }
  }

  // What the core asked for happens, mostly.
  void
  answer_effects ()
  {
    run ();
    for (const auto &effect : std::exchange (effects, {}))
    {
      if (const auto *started = std::get_if<StartHost> (&effect))
        core->on_host_started (started->ref, 0);
      else if (const auto *said = std::get_if<Announce> (&effect))
        core->on_announced (said->ref, said->tag, Outcome::done);
      else if (const auto *tell = std::get_if<Tell> (&effect))
        check_told (*tell);
      else if (std::holds_alternative<DropClient> (effect))
        greet ();
    }
  }

  void
  check_told (const Tell &tell)
  {
    const auto result = wire::decode<SocialResult> (tell.message);
    if (! result || 0 == result->query_id
        || ResultCode::pending == result->result)
      return;
    fuzz::require (ended_.insert (result->query_id).second);
  }

  void
  greet ()
  {
    core->on_app_gone (app);
    core->on_app (app);
    core->on_message (app, AppHello{ 1, "storm" });
    ended_.clear ();
  }

  Input input_;
  fuzz::WireMaker maker_{ input_, &blob };
  std::set<std::uint64_t> ended_;
};

// What comes out is well formed and names the author that the service says,
// nobody else.
void
check_filter (base::ByteView bytes)
{
  Input input (bytes);
  UploadFilter filter ({ Variable{ ':', "_nym_author", { 'm', 'e' } } });
  const auto out = filter.take (fuzz::some_parts (input));
  if (! out)
    return;
  psyc::PartReader reader (*out);
  std::size_t authors = 0;
  while (const auto part = reader.next ())
  {
    const auto *modifier = std::get_if<psyc::ModifierPart> (&*part);
    if (nullptr == modifier || "_nym_author" != modifier->name)
      continue;
    authors++;
    fuzz::require ("me" == base::as_text (modifier->value));
  }
  fuzz::require (psyc::PartError::none == reader.error ());
  fuzz::require (out->empty () || 1 == authors);
}
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
  if (size > 8192)
    return 0;
  Storm ({ data, size }).TestBody ();
  check_filter ({ data, size });
  return 0;
}
