// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The port to keys over GNUnet's crypto and identity libraries.
#pragma once

#include "social/core/store.hpp"

namespace social
{
class GnunetKeys : public Keys
{
public:
  [[nodiscard]] base::ChannelPrivateKey make_channel_key () override;
  [[nodiscard]] base::ChannelKey
  public_key (const base::ChannelPrivateKey &secret) const override;
  [[nodiscard]] std::string
  place_text (const base::ChannelKey &key) const override;
  [[nodiscard]] std::optional<base::ChannelKey>
  place_from_text (std::string_view text) const override;
  [[nodiscard]] std::optional<base::Bytes>
  zone_from_text (std::string_view text) const override;
  [[nodiscard]] std::string
  nym_text (const base::MemberKey &key) const override;
  [[nodiscard]] std::string
  normalized_label (const std::string &label) const override;
  [[nodiscard]] base::SendTag make_tag () override;
};
} // namespace social
