// SPDX-License-Identifier: AGPL-3.0-or-later
//
// gnunet-multicast join: a member of a group. Keeps no ticket: each run asks
// at the door anew and sees what is sent from then on.
#include <cstring>
#include <map>
#include <utility>

#include "multicast/tool/tool.hpp"

namespace multicast::tool
{
namespace
{
// Requests whose outcome is not known yet; above, no more are read.
constexpr std::size_t under_way_max = 256;

class Member final : public Tool
{
public:
  Member (const struct GNUNET_CONFIGURATION_Handle *cfg, Options options)
      : Tool (cfg, std::move (options)),
        // Numbers grow from one run to the next.
        base_ (GNUNET_TIME_absolute_get ().abs_value_us)
  {}

private:
  void open () override;
  bool send (const Piece &piece) override;
  void close () override;

  bool
  is_sent () const override
  {
    return pieces_.empty () && open_requests_ == 0;
  }

  [[nodiscard]] bool send_now (const Piece &piece);
  void on_decision (int is_admitted);
  void on_fragment (const struct GNUNET_MULTICAST_MessageHeader *msg);
  void on_state (enum GNUNET_MULTICAST_MemberState state);
  void on_settled (enum GNUNET_MULTICAST_RequestResult result,
                   const char *reason);

  struct GNUNET_MULTICAST_Member *member_ = nullptr;
  const std::uint64_t base_;
  // Not acknowledged by the origin: by request and offset.
  std::map<std::pair<std::uint64_t, std::uint64_t>, Piece> pieces_;
  std::size_t open_requests_ = 0;
};

void
Member::open ()
{
  const auto key = shell::tool::key_of_file (
      options_.key_file, &GNUNET_CRYPTO_ecdsa_key_from_file);
  if (! key)
    return fail (Status::failed, "no key can be read from or made in '"
                                     + options_.key_file + "'");
  struct GNUNET_CRYPTO_EcdsaPublicKey own;
  GNUNET_CRYPTO_ecdsa_key_get_public (&*key, &own);
  remark ("joining as " + shell::tool::text_of (own));
  struct GNUNET_MULTICAST_MemberCallbacks callbacks;
  std::memset (&callbacks, 0, sizeof (callbacks));
  callbacks.decision_cb
      = [] (void *cls, int is_admitted, const struct GNUNET_MULTICAST_Head *,
            const struct GNUNET_PeerIdentity *, uint16_t,
            const struct GNUNET_PeerIdentity *, const void *, uint16_t,
            const struct GNUNET_MessageHeader *) noexcept
  { static_cast<Member *> (cls)->on_decision (is_admitted); };
  callbacks.message_cb =
      [] (void *cls, const struct GNUNET_MULTICAST_MessageHeader *msg) noexcept
  {
    if (nullptr != msg)
      static_cast<Member *> (cls)->on_fragment (msg);
  };
  callbacks.gap_cb = [] (void *cls, uint64_t first, uint64_t last) noexcept
  {
    static_cast<Member *> (cls)->remark ("missed for good: fragments "
                                         + std::to_string (first) + " to "
                                         + std::to_string (last));
  };
  callbacks.state_cb = [] (void *cls, enum GNUNET_MULTICAST_MemberState state,
                           const struct GNUNET_MULTICAST_Head *) noexcept
  { static_cast<Member *> (cls)->on_state (state); };
  callbacks.request_stored_cb
      = [] (void *cls, uint64_t request, uint64_t offset) noexcept
  {
    auto *self = static_cast<Member *> (cls);
    self->pieces_.erase ({ request - self->base_, offset });
    self->progress ();
    self->pump ();
  };
  callbacks.request_settled_cb
      = [] (void *cls, uint64_t, enum GNUNET_MULTICAST_RequestResult result,
            uint64_t, uint32_t, const char *reason) noexcept
  { static_cast<Member *> (cls)->on_settled (result, reason); };

  base::Bytes question (sizeof (struct GNUNET_MessageHeader));
  question.insert (question.end (), options_.message.begin (),
                   options_.message.end ());
  auto *header
      = reinterpret_cast<struct GNUNET_MessageHeader *> (question.data ());
  header->size = htons (static_cast<std::uint16_t> (question.size ()));
  header->type = htons (GNUNET_MESSAGE_TYPE_DUMMY);
  const auto &relays = options_.relays;
  member_ = GNUNET_MULTICAST_member_open (
      cfg_, &*options_.group, &*key,
      options_.origin ? &*options_.origin : &relays.front (),
      static_cast<std::uint16_t> (relays.size ()),
      relays.empty () ? nullptr : relays.data (), nullptr, 0,
      options_.message.empty () ? nullptr : header, 0, 0, nullptr, &callbacks,
      this);
  if (nullptr == member_)
    fail (Status::failed, "the group cannot be joined");
}

bool
Member::send_now (const Piece &piece)
{
  return GNUNET_OK
         == GNUNET_MULTICAST_member_request_send (
             member_, base_ + piece.number, piece.offset, piece.flags,
             piece.body.data (),
             static_cast<std::uint16_t> (piece.body.size ()));
}

// It is kept until the origin has it, and sent again after each attachment.
bool
Member::send (const Piece &piece)
{
  if (pieces_.size () >= under_way_max || ! send_now (piece))
    return false;
  if (0 != (piece.flags & GNUNET_MULTICAST_MESSAGE_FIRST_FRAGMENT))
    open_requests_++;
  pieces_.insert_or_assign ({ piece.number, piece.offset }, piece);
  return true;
}

void
Member::on_decision (int is_admitted)
{
  if (GNUNET_NO == is_admitted)
    fail (Status::refused, "refused by the origin");
}

void
Member::on_fragment (const struct GNUNET_MULTICAST_MessageHeader *msg)
{
  GNUNET_MULTICAST_member_fragment_stored (member_,
                                           GNUNET_ntohll (msg->fragment_id));
  print (line_of (msg, options_));
}

void
Member::on_state (enum GNUNET_MULTICAST_MemberState state)
{
  is_at_door_ = GNUNET_MULTICAST_MEMBER_STATE_PENDING == state;
  switch (state)
  {
  case GNUNET_MULTICAST_MEMBER_STATE_ATTACHED:
    for (const auto &[name, piece] : pieces_)
      (void)send_now (piece);
    begin ();
    break;
  case GNUNET_MULTICAST_MEMBER_STATE_EJECTED:
    fail (Status::refused, "thrown out by the origin");
    break;
  case GNUNET_MULTICAST_MEMBER_STATE_REFUSED:
    fail (Status::refused, "refused by the origin");
    break;
  case GNUNET_MULTICAST_MEMBER_STATE_GROUP_ENDED:
    fail (Status::failed, "the origin ended the group");
    break;
  default: // passes
    break;
  }
}

void
Member::on_settled (enum GNUNET_MULTICAST_RequestResult result,
                    const char *reason)
{
  if (0 != open_requests_)
    open_requests_--;
  if (GNUNET_MULTICAST_REQUEST_REFUSED == result)
    return fail (Status::refused,
                 std::string ("a request was refused: ") + reason);
  progress ();
  pump ();
}

void
Member::close ()
{
  if (nullptr == member_)
    return end_program (nullptr);
  GNUNET_MULTICAST_member_part (std::exchange (member_, nullptr), &end_program,
                                nullptr);
}
} // namespace

std::unique_ptr<Tool>
make_member (const struct GNUNET_CONFIGURATION_Handle *cfg, Options options)
{
  return std::make_unique<Member> (cfg, std::move (options));
}
} // namespace multicast::tool
