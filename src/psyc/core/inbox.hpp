// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What members say to a host: fragments of requests are stored, acknowledged,
// and when one is complete it is offered to the host's application, in order of
// completion. The application relays it into the channel, accepts or refuses
// it; the outcome is on disk before the member hears of it.
//
//   incomplete -> waiting -> offered -> relaying -> settled (forgotten here,
//                    ^          |     \-> settling -> remembered by the store)
//                    +----------+ its client went
#pragma once

#include <map>
#include <set>
#include <unordered_map>

#include "psyc/core/intake.hpp"
#include "psyc/core/relay.hpp"

namespace psyc::core
{
struct Verdict
{
  enum class Action : std::uint8_t
  {
    accept,
    relay,
    refuse,
  } action
      = Action::accept;
  std::uint32_t code = 0;
  std::string reason;
  base::Bytes modifiers;
};

// Who is offered requests.
class RequestDesk
{
public:
  virtual ~RequestDesk () = default;
  // Who takes one now? Nobody: the inbox is pumped again when that changes.
  [[nodiscard]] virtual std::optional<ClientId> free_client () = 0;
  // May this client be sent a fragment now?
  [[nodiscard]] virtual bool has_room (ClientId client) = 0;
  [[nodiscard]] virtual bool wants_whole (ClientId client) = 0;
  virtual void offer (ClientId client, const RequestHead &head,
                      base::ByteView parts, RequestPlace place)
      = 0;
  // The verdict is on disk.
  virtual void on_settled (ClientId client, const base::MemberKey &member,
                           base::RequestId request)
      = 0;
};

class Inbox
{
public:
  Inbox (Context &context, Publisher &publisher, RequestDesk &desk)
      : context_ (context),
        intake_ (context,
                 [this] (const RequestPtr &piece, const StoreResult &result)
                 { on_fragment_stored (piece, result); }),
        relays_ (context, publisher,
                 [this] (const RequestName &name, const RelayResult &result)
                 { on_relayed (name, result); }),
        desk_ (desk)
  {}

  // One that the store held at start, by sequence, incomplete ones last.
  void on_listed (const RequestInfo &info);

  void on_fragment (RequestPtr fragment);
  void on_verdict (ClientId client, const base::MemberKey &member,
                   base::RequestId request, Verdict verdict);
  void on_client_gone (ClientId client);
  // It says again what it was not acknowledged.
  void
  on_member (const base::MemberKey &member)
  {
    intake_.restart (member);
  }
  void
  on_members_gone ()
  {
    intake_.restart_all ();
  }
  void on_time ();
  [[nodiscard]] base::TimePoint next_deadline () const;

  // Offers what there is to who is there; goes on with relaying.
  void pump ();

  [[nodiscard]] std::size_t
  count () const
  {
    return entries_.size ();
  }

private:
  enum class State : std::uint8_t
  {
    incomplete,
    waiting,
    offered,
    relaying,
    settling,
  };
  struct Entry
  {
    State state = State::incomplete;
    base::IntervalSet covered; // bytes on disk
    std::uint64_t size = 0;    // known with the last fragment
    std::uint64_t order = 0;
    ClientId client;                   // to whom it is offered, or who decided
    std::vector<RequestPtr> fragments; // all, or none
    std::size_t kept_bytes = 0;
    std::optional<Verdict> verdict;
  };

  // The one request whose fragments are on their way to a client.
  struct Offer
  {
    Offer () {} // clang 14 finds no other one from within this class
    RequestName name;
    ClientId client;
    bool is_whole = false;
    bool is_reading = false;
    std::uint64_t next_offset = 0;
    std::deque<RequestPtr> buffer;
  };

  [[nodiscard]] Entry *find (const RequestName &name);
  [[nodiscard]] bool may_begin (const base::MemberKey &member) const;
  void keep (Entry &entry, const RequestPtr &fragment);
  void on_fragment_stored (const RequestPtr &fragment,
                           const StoreResult &result);
  void acknowledge (const RequestPtr &fragment);
  void complete (const RequestName &name, Entry &entry);
  void answer_settled (const RequestName &name);
  void tell_settled (const RequestName &name, RequestOutcome outcome,
                     std::uint64_t message_id, std::uint32_t code,
                     const std::string &reason);
  void offer (const RequestName &name, Entry &entry, ClientId client);
  void pump_offer ();
  void read_offer ();
  void on_offer_read (const RequestName &name, const StoreResult &result);
  void withdraw (const RequestName &name, Entry &entry);
  void apply (const RequestName &name, Entry &entry);
  void settle (const RequestName &name, RequestOutcome outcome,
               std::uint32_t code, const std::string &reason);
  void on_relayed (const RequestName &name, const RelayResult &result);
  void forget (const RequestName &name);

  Context &context_;
  Intake intake_;
  Relays relays_;
  RequestDesk &desk_;
  std::map<RequestName, Entry> entries_;
  std::map<std::uint64_t, RequestName> waiting_; // by order of completion
  std::map<base::MemberKey, std::size_t> incomplete_;
  std::size_t incomplete_count_ = 0;
  std::map<ClientId, std::size_t> offered_;
  std::optional<Offer> offer_;
  std::uint64_t last_order_ = 0;
  std::size_t kept_bytes_ = 0;
  std::vector<RequestName> again_; // verdicts that the store refused
  base::TimePoint retry_at_ = base::time_never;
};
} // namespace psyc::core
