// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Making and checking fragments and requests: sizes, numbers, flags and
// signatures. The only place that knows what their signatures cover.
#pragma once

#include <optional>
#include <string_view>

#include "multicast/core/types.hpp"
#include "multicast/fragment_messages.hpp"
#include "port/crypto.hpp"

namespace multicast
{
[[nodiscard]] bool is_valid (const NewFragment &fragment);
[[nodiscard]] bool is_valid (const NewRequest &request);

// The whole fragment, encoded and signed. `fragment` must be valid.
[[nodiscard]] base::Bytes make_fragment (const port::ChannelSigner &signer,
                                         base::FragmentId id,
                                         const NewFragment &fragment);

// The whole request, encoded, signed and bound to the group. `request` must be
// valid.
[[nodiscard]] base::Bytes make_request (const port::MemberSigner &signer,
                                        const base::ChannelKey &group,
                                        const NewRequest &request);

// What is wrong with a fragment as received, by a name to count it under;
// empty: nothing. `fragment` is what `raw` decodes to. The signature is not
// looked at.
[[nodiscard]] std::string_view fragment_fault (const Fragment &fragment,
                                               base::ByteView raw);
[[nodiscard]] std::string_view request_fault (const Request &request,
                                              base::ByteView raw);

// `raw` must be a fragment or request without fault.
[[nodiscard]] bool is_signed_fragment (const port::Verifier &verifier,
                                       const base::ChannelKey &group,
                                       const Fragment &fragment,
                                       base::ByteView raw);
[[nodiscard]] bool is_signed_request (const port::Verifier &verifier,
                                      const base::ChannelKey &group,
                                      const Request &request,
                                      base::ByteView raw);
} // namespace multicast
