// SPDX-License-Identifier: AGPL-3.0-or-later
//
// One operation of a client: what is to be said for it (again, after a
// reconnect, from where it was), and what its answers mean to the caller.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "gnunet_psycstore_service.h"
#include "psycstore/psycstore_messages.hpp"

struct GNUNET_PSYCSTORE_OperationHandle
{
  virtual ~GNUNET_PSYCSTORE_OperationHandle () = default;

  // What to say; `number` is the operation's.
  [[nodiscard]] virtual std::vector<base::Bytes> messages (std::uint64_t number)
      = 0;
  // May the service be told that nobody wants it any more?
  [[nodiscard]] virtual bool
  is_read () const
  {
    return true;
  }

  // Answers: false for one that does not belong here. The user's callback may
  // cancel the operation or destroy its handle: look at is_wanted () after it.
  virtual bool
  on (const psycstore::FragmentResult &)
  {
    return false;
  }
  virtual bool
  on (const psycstore::CountersResult &)
  {
    return false;
  }
  virtual bool
  on (const psycstore::StateResult &)
  {
    return false;
  }
  virtual bool
  on (const psycstore::StateInfoResult &)
  {
    return false;
  }
  virtual bool
  on (const psycstore::TagResult &)
  {
    return false;
  }
  virtual bool
  on (const psycstore::RangeResult &)
  {
    return false;
  }
  virtual bool
  on (const psycstore::RequestResult &)
  {
    return false;
  }
  virtual bool
  on (const psycstore::RequestInfoResult &)
  {
    return false;
  }
  virtual bool
  on (const psycstore::RecordResult &)
  {
    return false;
  }
  virtual bool
  on (const psycstore::ChannelResult &)
  {
    return false;
  }
  virtual bool
  on (const psycstore::CheckResult &)
  {
    return false;
  }
  virtual bool
  on (const psycstore::ExportResult &)
  {
    return false;
  }
  // The end; the operation is not in its handle's list any more.
  virtual void finish (const psycstore::Result &result) = 0;

  [[nodiscard]] bool
  is_wanted () const
  {
    return nullptr != handle;
  }

  struct GNUNET_PSYCSTORE_Handle *handle = nullptr;
  std::uint64_t number = 0;
  std::size_t size = 0;
  bool is_sent = false;
};

namespace psycstore
{
using Operation = struct GNUNET_PSYCSTORE_OperationHandle;

// Ends in a ResultCallback.
class ResultOperation : public Operation
{
public:
  ResultOperation (GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls)
      : result_cb_ (result_cb), cls_ (cls)
  {}

  void
  finish (const Result &result) override
  {
    // What was given before a reconnect counts, too.
    Result told = result;
    if (result_failed != told.result && 0 != count_)
      told.result = static_cast<std::int64_t> (count_);
    call (told);
  }

protected:
  void
  call (const Result &result) const
  {
    if (nullptr == result_cb_)
      return;
    const bool has_message = ! result.message.empty ();
    result_cb_ (
        cls_, result.result, has_message ? result.message.c_str () : nullptr,
        has_message ? static_cast<std::uint16_t> (result.message.size () + 1)
                    : std::uint16_t{ 0 });
  }

  // The user wants no more: ends the operation here.
  void stop ();
  // So does what came of it.
  void end (const Result &result);

  void *
  cls () const
  {
    return cls_;
  }

  std::uint64_t count_ = 0;

private:
  const GNUNET_PSYCSTORE_ResultCallback result_cb_;
  void *const cls_;
};

// A change: said again word by word.
class ChangeOperation : public ResultOperation
{
public:
  ChangeOperation (std::vector<base::Bytes> messages,
                   GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls)
      : ResultOperation (result_cb, cls), messages_ (std::move (messages))
  {}

  std::vector<base::Bytes>
  messages (std::uint64_t number) override
  {
    // The number is the first member of every message.
    for (base::Bytes &message : messages_)
      for (std::size_t i = 0; i < sizeof (number); i++)
        message[wire::header_size + i]
            = static_cast<std::uint8_t> (number >> (8 * (7 - i)));
    return messages_;
  }

  bool
  is_read () const override
  {
    return false;
  }

private:
  std::vector<base::Bytes> messages_;
};

// A change of which no more is told than that it failed.
class PlainChangeOperation : public ChangeOperation
{
public:
  using ChangeOperation::ChangeOperation;

  void
  finish (const Result &result) override
  {
    Result told = result;
    told.result = std::max (told.result, result_failed);
    call (told);
  }
};

// A read whose request is kept up to date with what was given.
template <typename Request> class ReadOperation : public ResultOperation
{
public:
  ReadOperation (Request request, GNUNET_PSYCSTORE_ResultCallback result_cb,
                 void *cls)
      : ResultOperation (result_cb, cls), request_ (std::move (request))
  {}

  std::vector<base::Bytes>
  messages (std::uint64_t number) override
  {
    request_.operation = number;
    return { wire::must_encode (request_) };
  }

protected:
  Request request_;
};
} // namespace psycstore
