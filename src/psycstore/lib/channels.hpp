// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Operations on whole channels: how each gives its answers to the caller.
#pragma once

#include <functional>

#include "psycstore/lib/operation.hpp"
#include "shell/keys.hpp"

namespace psycstore
{
// A wire limit as the C interface says it, and back.
[[nodiscard]] inline std::uint64_t
limit_or_none (const std::optional<std::uint64_t> &limit)
{
  return limit.value_or (GNUNET_PSYCSTORE_UNLIMITED);
}

[[nodiscard]] inline std::optional<std::uint64_t>
wire_limit (std::uint64_t limit)
{
  if (GNUNET_PSYCSTORE_UNLIMITED == limit)
    return std::nullopt;
  return limit;
}

class ChannelListOperation : public ReadOperation<ChannelList>
{
public:
  ChannelListOperation (GNUNET_PSYCSTORE_ChannelInfoCallback cb,
                        GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls)
      : ReadOperation (ChannelList{}, result_cb, cls), cb_ (cb)
  {}

  bool
  on (const ChannelResult &answer) override
  {
    request_.first = answer.channel;
    if (count_ > 0 && answer.channel == last_)
      return true; // told before a reconnect
    last_ = answer.channel;
    count_++;
    const Retention own = answer.retention.value_or (Retention{});
    struct GNUNET_PSYCSTORE_ChannelInfo info;
    info.channel_key = shell::to_gnunet<struct GNUNET_CRYPTO_EddsaPublicKey> (
        answer.channel);
    info.fragments = answer.fragments;
    info.messages = answer.messages;
    info.bytes = answer.bytes;
    info.variables = answer.variables;
    info.max_fragment_id = answer.head.fragment_id.value;
    info.max_message_id = answer.head.message_id.value;
    info.newest.abs_value_us = answer.stored_at * 1000000;
    info.has_retention = answer.retention ? GNUNET_YES : GNUNET_NO;
    info.retention = { limit_or_none (own.age_s), limit_or_none (own.count),
                       limit_or_none (own.bytes) };
    if (nullptr != cb_)
      cb_ (cls (), &info);
    return true;
  }

private:
  const GNUNET_PSYCSTORE_ChannelInfoCallback cb_;
  base::ChannelKey last_;
};

class CheckOperation : public ReadOperation<Check>
{
public:
  CheckOperation (Check request, GNUNET_PSYCSTORE_ProblemCallback cb,
                  GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls)
      : ReadOperation (request, result_cb, cls), cb_ (cb)
  {}

  bool
  on (const CheckResult &answer) override
  {
    count_++;
    if (nullptr != cb_)
      cb_ (cls (), answer.problem.c_str ());
    return true;
  }

private:
  const GNUNET_PSYCSTORE_ProblemCallback cb_;
};

// Gives each item of an export; an error ends it.
class ExportOperation : public ReadOperation<Export>
{
public:
  // Why no more is wanted; empty: it goes on.
  using OnItem = std::function<std::string (base::ByteView)>;
  using OnEnd = std::function<void (std::int64_t, const std::string &)>;

  ExportOperation (Export request, OnItem on_item, OnEnd on_end)
      : ReadOperation (std::move (request), nullptr, nullptr),
        on_item_ (std::move (on_item)), on_end_ (std::move (on_end))
  {}

  bool
  on (const ExportResult &answer) override
  {
    request_.after = answer.position;
    if (why_.empty ())
      why_ = on_item_ (answer.item.bytes);
    return true;
  }

  void
  finish (const Result &result) override
  {
    if (! why_.empty ())
      on_end_ (result_failed, why_);
    else
      on_end_ (result.result, result.message);
  }

private:
  const OnItem on_item_;
  const OnEnd on_end_;
  std::string why_;
};

// A change whose result goes to a function.
class CallOperation : public ChangeOperation
{
public:
  using OnEnd = std::function<void (std::int64_t, const std::string &)>;

  CallOperation (base::Bytes message, OnEnd on_end)
      : ChangeOperation ({ std::move (message) }, nullptr, nullptr),
        on_end_ (std::move (on_end))
  {}

  void
  finish (const Result &result) override
  {
    on_end_ (result.result, result.message);
  }

private:
  const OnEnd on_end_;
};
} // namespace psycstore
