// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Copies members' requests from the inbox into the channel, in bounded pieces,
// several at once, those of one member one after the other. Modifiers of the
// host are put in right behind the method; the member's own of the same name
// are left out. That the request is settled becomes true together with the
// last fragment.
#pragma once

#include <functional>
#include <list>
#include <set>
#include <string>

#include "psyc/core/publisher.hpp"

namespace psyc::core
{
struct RequestName
{
  base::MemberKey member;
  base::RequestId request_id;

  auto operator<=> (const RequestName &) const = default;
};

// Where a fragment stands in what an application gets of a request.
enum class RequestPlace : std::uint8_t
{
  more_follows,
  last,
};

struct RelayResult
{
  enum class Outcome : std::uint8_t
  {
    relayed,
    malformed, // `error` says how
    failed,    // of our store, or behind one that did: may be tried again
  } outcome
      = Outcome::relayed;
  base::MessageId message_id;
  std::string error;
};

class Relays
{
public:
  using OnEnd = std::function<void (const RequestName &, const RelayResult &)>;

  Relays (Context &context, Publisher &publisher, OnEnd on_end)
      : context_ (context), publisher_ (publisher), on_end_ (std::move (on_end))
  {}

  // `modifiers`: a run of MODIFIER and MOD_CONT parts. `fragments`: all of
  // them, or none: then they are read from the store.
  void start (const RequestName &name, const base::Bytes &modifiers,
              std::vector<RequestPtr> fragments);
  void pump ();
  [[nodiscard]] bool is_active (const RequestName &name) const;

private:
  struct Job
  {
    Job (RequestName name_in, std::size_t payload_max)
        : name (name_in), assembler (payload_max, HashPlace::if_changed)
    {}

    RequestName name;
    base::Bytes modifiers;
    std::set<std::string, std::less<>> replaced;
    std::vector<RequestPtr> fragments;
    std::uint64_t next_offset = 0;
    bool is_reading = false;
    bool is_skipping = false; // of a modifier that is left out
    bool is_given = false;    // all of it
    Assembler assembler;
    PartChecker checker; // of what the member said
    PublicationPtr publication;
    std::string error;
  };
  using Jobs = std::list<Job>;

  [[nodiscard]] Job *find (const RequestName &name);
  void begin (Job &job);
  void pump_once ();
  void advance (Job &job);
  void read (Job &job);
  void take (Job &job, const RequestFragment &fragment);
  [[nodiscard]] PartError take (Job &job, base::ByteView parts);
  [[nodiscard]] PartError take (Job &job, const Part &part);
  void give_chunks (Job &job);
  void end (const RequestName &name, const RelayResult &result);
  void end_behind (const base::MemberKey &member, const std::string &error);

  Context &context_;
  Publisher &publisher_;
  OnEnd on_end_;
  Jobs jobs_;                   // being read, in order of the verdicts
  std::set<RequestName> given_; // wholly with the publisher
  bool is_pumping_ = false;
  bool is_pump_wanted_ = false;
};
} // namespace psyc::core
