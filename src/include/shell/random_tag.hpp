// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A tag for a message that was given none.
#pragma once

#include "base/bytes.hpp"
#include "shell/gnunet.hpp"

namespace shell
{
[[nodiscard]] inline base::SendTag
random_tag ()
{
  base::SendTag tag;
  GNUNET_CRYPTO_random_block (GNUNET_CRYPTO_QUALITY_NONCE, tag.bytes.data (),
                              base::SendTag::size);
  return tag;
}
} // namespace shell
