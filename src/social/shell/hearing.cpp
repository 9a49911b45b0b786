// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/shell/hearing.hpp"

namespace social
{
namespace
{
constexpr std::size_t key_text_max = 63;

[[nodiscard]] std::optional<base::MemberKey>
nym_of (std::string_view text)
{
  struct GNUNET_IDENTITY_PublicKey key;
  if (text.size () > key_text_max || std::string_view::npos != text.find ('\0')
      || GNUNET_OK
             != GNUNET_IDENTITY_public_key_from_string (
                 std::string (text).c_str (), &key)
      || GNUNET_IDENTITY_TYPE_ECDSA != ntohl (key.type))
    return std::nullopt;
  return shell::from_gnunet<base::MemberKey> (key.ecdsa_key);
}
} // namespace

// Only the host says these two (relaying.cpp).
void
hear (CoreDoor &door, const PlaceRef &ref, base::MessageId id,
      const psyc::Message &head)
{
  const auto tell
      = [&] (std::optional<std::string_view> text, NymStanding standing)
  {
    if (const auto nym = text ? nym_of (*text) : std::nullopt)
      door.tell ([&] (Core &core)
                 { core.on_nym_heard (ref, *nym, standing, id); });
  };
  tell (head.find_text ("_nym_author"), NymStanding::present);
  if (leave_method == head.method)
    tell (head.find_text ("_nym"), NymStanding::left);
}
} // namespace social
