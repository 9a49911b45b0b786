// SPDX-License-Identifier: AGPL-3.0-or-later
//
// From a fragment's bytes to the application's two message callbacks, and the
// checks on whole messages that cross the C interface.
#pragma once

#include <functional>
#include <string>

#include "base/bytes.hpp"
#include "shell/gnunet.hpp"
#include "gnunet_psyc_service.h"

namespace psyc::api
{
// Where fragments of one handle or replay go.
struct MessageSink
{
  GNUNET_PSYC_MessageCallback message_cb = nullptr;
  GNUNET_PSYC_MessagePartCallback part_cb = nullptr;
  void *cls = nullptr;
};

// Does `bytes` begin with a P.MessageHeader and is it as long as that says?
[[nodiscard]] bool is_fragment (base::ByteView bytes);

// Is `bytes` a P.Message, as long as its header says?
[[nodiscard]] bool is_whole_message (base::ByteView bytes);

// A P.Message as bytes; empty for NULL.
[[nodiscard]] base::Bytes message_bytes (const struct GNUNET_PSYC_Message *msg);

// The P.Message in `bytes`, NULL when there is none.
[[nodiscard]] const struct GNUNET_PSYC_Message *
as_message (const base::Bytes &bytes);

// Precondition of these: is_fragment.
[[nodiscard]] const struct GNUNET_PSYC_MessageHeader *
as_fragment (const base::Bytes &bytes);
void add_flag (base::Bytes &fragment, enum GNUNET_PSYC_MessageFlags flag);

// The parts behind a fragment's header.
[[nodiscard]] base::ByteView parts_of (base::ByteView fragment);

// Calls message_cb once and part_cb for each part, until `is_wanted` says no.
// A fragment whose parts are malformed goes to part_cb only, up to the fault
// and then as NULL.
void deliver (const MessageSink &sink, const base::Bytes &fragment,
              const std::function<bool ()> &is_wanted);

// Calls `result_cb` (if any) with `error` as data, NUL included.
void report (GNUNET_ResultCallback result_cb, void *cls, std::int64_t result,
             const std::string &error);
} // namespace psyc::api
