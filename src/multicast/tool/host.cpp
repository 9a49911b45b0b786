// SPDX-License-Identifier: AGPL-3.0-or-later
//
// gnunet-multicast host: the origin of a group. Keeps nothing on disk: the
// newest fragments are in memory for members that missed them, and numbers go
// on after --head.
#include <cstring>
#include <deque>
#include <utility>

#include "multicast/tool/tool.hpp"

namespace multicast::tool
{
namespace
{
using shell::tool::text_of;

constexpr std::size_t kept_bytes_max = std::size_t{ 8 } << 20;
constexpr std::uint32_t asked_policy = 1; // GNUNET_PSYC_CHANNEL_CLOSED
constexpr std::uint64_t first_generation = 1;

class Host final : public Tool
{
public:
  using Tool::Tool;

private:
  void open () override;
  bool send (const Piece &piece) override;
  void close () override;

  bool
  is_sent () const override
  {
    return 0 == under_way_;
  }

  void on_fragment (const struct GNUNET_MULTICAST_MessageHeader *msg);
  void keep (const struct GNUNET_MULTICAST_MessageHeader *msg);
  void on_request (const struct GNUNET_MULTICAST_RequestHeader *req);
  void on_question (const struct GNUNET_CRYPTO_EcdsaPublicKey *member,
                    struct GNUNET_MULTICAST_JoinHandle *jh);
  void on_state (enum GNUNET_MULTICAST_OriginState state,
                 const struct GNUNET_MULTICAST_Head *head);
  void give (enum GNUNET_MULTICAST_ReplayUnit unit, std::uint64_t first,
             std::uint64_t last, struct GNUNET_MULTICAST_ReplayHandle *rh);

  struct GNUNET_MULTICAST_Origin *origin_ = nullptr;
  std::size_t under_way_ = 0;
  std::deque<base::Bytes> kept_;
  std::size_t kept_bytes_ = 0;
};

void
Host::open ()
{
  const auto key = shell::tool::key_of_file (
      options_.key_file, &GNUNET_CRYPTO_eddsa_key_from_file);
  if (! key)
    return fail (Status::failed, "no key can be read from or made in '"
                                     + options_.key_file + "'");
  struct GNUNET_CRYPTO_EddsaPublicKey group;
  GNUNET_CRYPTO_eddsa_key_get_public (&*key, &group);
  remark ("hosting " + text_of (group)
          + "; others join it with: gnunet-multicast join " + text_of (group)
          + " --origin " + shell::tool::own_peer (cfg_) + " --key FILE");
  struct GNUNET_MULTICAST_OriginCallbacks callbacks;
  std::memset (&callbacks, 0, sizeof (callbacks));
  callbacks.join_request_cb
      = [] (void *cls, const struct GNUNET_CRYPTO_EcdsaPublicKey *member,
            const struct GNUNET_MessageHeader *,
            struct GNUNET_MULTICAST_JoinHandle *jh) noexcept
  { static_cast<Host *> (cls)->on_question (member, jh); };
  callbacks.request_cb =
      [] (void *cls, const struct GNUNET_MULTICAST_RequestHeader *req) noexcept
  {
    if (nullptr != req)
      static_cast<Host *> (cls)->on_request (req);
  };
  callbacks.message_cb =
      [] (void *cls, const struct GNUNET_MULTICAST_MessageHeader *msg) noexcept
  {
    if (nullptr != msg)
      static_cast<Host *> (cls)->on_fragment (msg);
  };
  callbacks.replay_range_cb
      = [] (void *cls, const struct GNUNET_CRYPTO_EcdsaPublicKey *,
            enum GNUNET_MULTICAST_ReplayUnit unit, uint64_t first,
            uint64_t last, struct GNUNET_MULTICAST_ReplayHandle *rh) noexcept
  { static_cast<Host *> (cls)->give (unit, first, last, rh); };
  callbacks.state_cb = [] (void *cls, enum GNUNET_MULTICAST_OriginState state,
                           const struct GNUNET_MULTICAST_Head *head) noexcept
  { static_cast<Host *> (cls)->on_state (state, head); };
  const struct GNUNET_MULTICAST_Head head
      = { options_.head, options_.head, first_generation };
  origin_ = GNUNET_MULTICAST_origin_open (cfg_, &*key,
                                          options_.welcome ? 0 : asked_policy,
                                          &head, GNUNET_YES, &callbacks, this);
  if (nullptr == origin_)
    fail (Status::failed, "the group cannot be hosted");
}

bool
Host::send (const Piece &piece)
{
  const int result = GNUNET_MULTICAST_origin_fragment_send (
      origin_, options_.head + piece.number, piece.offset, first_generation,
      piece.flags, piece.body.data (),
      static_cast<std::uint16_t> (piece.body.size ()));
  if (GNUNET_OK == result)
    under_way_++;
  return GNUNET_OK == result;
}

void
Host::on_fragment (const struct GNUNET_MULTICAST_MessageHeader *msg)
{
  keep (msg);
  GNUNET_MULTICAST_origin_fragment_stored (origin_,
                                           GNUNET_ntohll (msg->fragment_id));
  if (0 != under_way_)
    under_way_--;
  print (line_of (msg, options_));
  pump ();
}

void
Host::keep (const struct GNUNET_MULTICAST_MessageHeader *msg)
{
  const auto *bytes = reinterpret_cast<const std::uint8_t *> (msg);
  kept_.emplace_back (bytes, bytes + ntohs (msg->header.size));
  kept_bytes_ += kept_.back ().size ();
  while (kept_bytes_ > kept_bytes_max)
  {
    kept_bytes_ -= kept_.front ().size ();
    kept_.pop_front ();
  }
}

void
Host::give (enum GNUNET_MULTICAST_ReplayUnit unit, std::uint64_t first,
            std::uint64_t last, struct GNUNET_MULTICAST_ReplayHandle *rh)
{
  for (const auto &bytes : kept_)
  {
    const auto *msg
        = reinterpret_cast<const struct GNUNET_MULTICAST_MessageHeader *> (
            bytes.data ());
    const std::uint64_t number = GNUNET_ntohll (
        GNUNET_MULTICAST_REPLAY_FRAGMENTS == unit ? msg->fragment_id
                                                  : msg->message_id);
    if (first <= number && number <= last)
      GNUNET_MULTICAST_replay_response (rh, &msg->header,
                                        GNUNET_MULTICAST_REC_OK);
  }
  GNUNET_MULTICAST_replay_response_end (rh);
}

void
Host::on_request (const struct GNUNET_MULTICAST_RequestHeader *req)
{
  const std::uint64_t id = GNUNET_ntohll (req->request_id);
  const std::uint32_t flags = ntohl (static_cast<std::uint32_t> (req->flags));
  GNUNET_MULTICAST_origin_request_stored (origin_, &req->member_pub_key, id,
                                          GNUNET_ntohll (req->fragment_offset));
  if (0 != (flags & GNUNET_MULTICAST_MESSAGE_LAST_FRAGMENT))
    GNUNET_MULTICAST_origin_request_settled (origin_, &req->member_pub_key, id,
                                             GNUNET_MULTICAST_REQUEST_ACCEPTED,
                                             0, 0, nullptr);
  print (line_of (req, options_));
}

void
Host::on_question (const struct GNUNET_CRYPTO_EcdsaPublicKey *member,
                   struct GNUNET_MULTICAST_JoinHandle *jh)
{
  const std::string key = text_of (*member);
  const bool is_in = options_.welcome || options_.admitted.contains (key);
  if (! is_in)
    remark ("refused " + key + ": admit it with --admit KEY, or --welcome all");
  (void)GNUNET_MULTICAST_join_decision (jh, is_in ? GNUNET_YES : GNUNET_NO, 0,
                                        nullptr, nullptr);
}

void
Host::on_state (enum GNUNET_MULTICAST_OriginState state,
                const struct GNUNET_MULTICAST_Head *head)
{
  if (GNUNET_MULTICAST_ORIGIN_STARTED == state)
    begin ();
  else if (GNUNET_MULTICAST_ORIGIN_HEAD_BEHIND == state && nullptr != head)
    fail (Status::failed, "members have fragments up to "
                              + std::to_string (head->fragment_id)
                              + " of this group: say --head N with N above it "
                                "and above the number of its last message");
}

void
Host::close ()
{
  if (nullptr == origin_)
    return end_program (nullptr);
  GNUNET_MULTICAST_origin_stop (std::exchange (origin_, nullptr), &end_program,
                                nullptr);
}
} // namespace

std::unique_ptr<Tool>
make_host (const struct GNUNET_CONFIGURATION_Handle *cfg, Options options)
{
  return std::make_unique<Host> (cfg, std::move (options));
}
} // namespace multicast::tool
