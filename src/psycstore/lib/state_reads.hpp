// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Reads of the state: values come in pieces; one that is changed while it is
// read ends the read with an error, so that nobody gets two halves of
// different values.
#pragma once

#include <string>

#include "psycstore/lib/operation.hpp"
#include "shell/keys.hpp"

namespace psycstore
{
// StateGet and StateGetPrefix.
template <typename Request>
class StateOperationBase : public ReadOperation<Request>
{
public:
  using ReadOperation<Request>::ReadOperation;

  bool
  on (const StateResult &answer) override
  {
    const bool is_new = ! answer.name.empty ();
    if (is_new)
      begin (answer);
    else if (size_ != 0
             && (size_ != answer.size || changed_by_ != answer.changed_by))
      return refuse ();
    this->request_.first_byte += answer.value.bytes.size ();
    size_ = answer.size;
    changed_by_ = answer.changed_by;
    if (GNUNET_YES != give (answer, is_new ? answer.name.c_str () : nullptr))
      this->stop ();
    return true;
  }

protected:
  virtual int give (const StateResult &answer, const char *name) = 0;

private:
  void
  begin (const StateResult &answer)
  {
    this->count_++;
    this->request_.first_byte = 0;
    if constexpr (requires (Request r) { r.first_name; })
      this->request_.first_name = answer.name;
  }

  bool
  refuse ()
  {
    this->end ({ 0, result_failed, "the variable changed while it was read" });
    return true;
  }

  std::uint64_t size_ = 0; // 0: of a value that this read has no piece of yet
  base::MessageId changed_by_;
};

template <typename Request>
class StateOperation : public StateOperationBase<Request>
{
public:
  StateOperation (Request request, GNUNET_PSYCSTORE_StateCallback cb,
                  GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls)
      : StateOperationBase<Request> (std::move (request), result_cb, cls),
        cb_ (cb)
  {}

private:
  int
  give (const StateResult &answer, const char *name) override
  {
    const base::Bytes &value = answer.value.bytes;
    return nullptr == cb_ ? GNUNET_YES
                          : cb_ (this->cls (), name, value.data (),
                                 static_cast<std::uint32_t> (value.size ()));
  }

  const GNUNET_PSYCSTORE_StateCallback cb_;
};

template <typename Request>
class StatePieceOperation : public StateOperationBase<Request>
{
public:
  StatePieceOperation (Request request, GNUNET_PSYCSTORE_StatePieceCallback cb,
                       GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls)
      : StateOperationBase<Request> (std::move (request), result_cb, cls),
        cb_ (cb)
  {}

private:
  int
  give (const StateResult &answer, const char *name) override
  {
    const base::Bytes &value = answer.value.bytes;
    const struct GNUNET_PSYCSTORE_StatePiece piece
        = { name, answer.size, answer.changed_by.value, value.data (),
            value.size () };
    return nullptr == cb_ ? GNUNET_YES : cb_ (this->cls (), &piece);
  }

  const GNUNET_PSYCSTORE_StatePieceCallback cb_;
};

// One answer and the result make one call.
class StateInfoOperation : public ReadOperation<StateInfoGet>
{
public:
  StateInfoOperation (StateInfoGet request,
                      GNUNET_PSYCSTORE_StateInfoCallback cb, void *cls)
      : ReadOperation (request, nullptr, cls), cb_ (cb)
  {}

  bool
  on (const StateInfoResult &answer) override
  {
    answer_ = answer;
    return true;
  }

  void
  finish (const Result &result) override
  {
    if (nullptr == cb_)
      return;
    struct GNUNET_PSYCSTORE_StateInfo info;
    info.message_id = answer_.applied.value;
    info.checkpoint_id = answer_.checkpoint.value;
    info.changes = answer_.changes;
    info.change_bytes = answer_.change_bytes;
    info.hash_message_id = answer_.hash_message_id.value;
    info.hash = shell::to_gnunet<struct GNUNET_HashCode> (
        answer_.hash.value_or (base::Hash{}));
    cb_ (cls (), static_cast<int> (result.result), &info,
         result.message.empty () ? nullptr : result.message.c_str ());
  }

private:
  const GNUNET_PSYCSTORE_StateInfoCallback cb_;
  StateInfoResult answer_;
};
} // namespace psycstore
