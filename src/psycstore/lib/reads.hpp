// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Reads: how each gives its answers to the caller, and where it goes on when
// it was cut.
#pragma once

#include <string>

#include "psycstore/lib/operation.hpp"
#include "shell/keys.hpp"

namespace psycstore
{
// Where a read goes on after this fragment.
inline void
go_on_after (FragmentGet &request,
             const struct GNUNET_MULTICAST_MessageHeader &fragment)
{
  request.latest = 0;
  request.first.value = GNUNET_ntohll (fragment.fragment_id) + 1;
}

inline void
go_on_after (MessageGet &request,
             const struct GNUNET_MULTICAST_MessageHeader &fragment)
{
  request.latest = 0;
  request.first.value = GNUNET_ntohll (fragment.message_id);
  request.first_offset = GNUNET_ntohll (fragment.fragment_offset) + 1;
  // The last one allowed: an empty range.
  if (0 != request.fragment_limit && 0 == --request.fragment_limit)
    request.last = base::MessageId{};
}

inline void
go_on_after (MessageGetFragment &request,
             const struct GNUNET_MULTICAST_MessageHeader &)
{
  request.message_id = {}; // there was only one
}

template <typename Request>
class FragmentOperation : public ReadOperation<Request>
{
public:
  FragmentOperation (Request request, GNUNET_PSYCSTORE_FragmentCallback cb,
                     GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls)
      : ReadOperation<Request> (std::move (request), result_cb, cls), cb_ (cb)
  {}

  bool
  on (const FragmentResult &answer) override
  {
    base::Bytes bytes = answer.fragment.bytes; // the caller may scribble
    if (bytes.size () < sizeof (struct GNUNET_MULTICAST_MessageHeader))
      return false;
    auto *fragment = reinterpret_cast<struct GNUNET_MULTICAST_MessageHeader *> (
        bytes.data ());
    go_on_after (this->request_, *fragment);
    this->count_++;
    const int wants_more
        = nullptr == cb_
              ? GNUNET_YES
              : cb_ (this->cls (), fragment,
                     static_cast<enum GNUNET_PSYCSTORE_MessageFlags> (
                         answer.flags));
    if (GNUNET_YES != wants_more)
      this->stop ();
    return true;
  }

private:
  const GNUNET_PSYCSTORE_FragmentCallback cb_;
};

class RangeOperation : public ReadOperation<RangesGet>
{
public:
  RangeOperation (RangesGet request, GNUNET_PSYCSTORE_RangeCallback cb,
                  GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls)
      : ReadOperation (request, result_cb, cls), cb_ (cb)
  {}

  bool
  on (const RangeResult &answer) override
  {
    request_.first = answer.last.next ();
    count_++;
    if (nullptr != cb_)
      cb_ (cls (), answer.first.value, answer.last.value);
    return true;
  }

private:
  const GNUNET_PSYCSTORE_RangeCallback cb_;
};

class RequestOperation : public ReadOperation<RequestGet>
{
public:
  RequestOperation (RequestGet request, GNUNET_PSYCSTORE_RequestCallback cb,
                    GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls)
      : ReadOperation (request, result_cb, cls), cb_ (cb)
  {}

  bool
  on (const RequestResult &answer) override
  {
    const base::Bytes &bytes = answer.request.bytes;
    if (bytes.size () < sizeof (struct GNUNET_MULTICAST_RequestHeader))
      return false;
    const auto *fragment
        = reinterpret_cast<const struct GNUNET_MULTICAST_RequestHeader *> (
            bytes.data ());
    request_.first_offset = GNUNET_ntohll (fragment->fragment_offset) + 1;
    count_++;
    if (nullptr != cb_)
      cb_ (cls (), fragment);
    return true;
  }

private:
  const GNUNET_PSYCSTORE_RequestCallback cb_;
};

// RequestList and RequestStatus.
template <typename Request> class InfoOperation : public ReadOperation<Request>
{
public:
  InfoOperation (Request request, GNUNET_PSYCSTORE_RequestInfoCallback cb,
                 GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls)
      : ReadOperation<Request> (std::move (request), result_cb, cls), cb_ (cb)
  {}

  bool
  on (const RequestInfoResult &answer) override
  {
    if constexpr (requires (Request r) { r.after; })
      this->request_.after = answer.position;
    else if (0 != this->count_)
      return true; // told before the reconnect
    this->count_++;
    struct GNUNET_PSYCSTORE_RequestInfo info;
    info.member_key = shell::to_gnunet<struct GNUNET_CRYPTO_EcdsaPublicKey> (
        answer.position.member);
    info.request_id = answer.position.request_id.value;
    info.sequence = answer.position.sequence;
    info.size = answer.size;
    info.state = static_cast<enum GNUNET_PSYCSTORE_RequestState> (answer.state);
    info.message_id = answer.message_id.value;
    info.code = answer.code;
    info.reason = answer.reason.empty () ? nullptr : answer.reason.c_str ();
    info.contiguous_end = answer.contiguous_end;
    if (nullptr != cb_)
      cb_ (this->cls (), &info);
    return true;
  }

private:
  const GNUNET_PSYCSTORE_RequestInfoCallback cb_;
};

class RecordOperation : public ReadOperation<RecordGetAll>
{
public:
  RecordOperation (GNUNET_PSYCSTORE_RecordCallback cb,
                   GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls)
      : ReadOperation (RecordGetAll{}, result_cb, cls), cb_ (cb)
  {}

  bool
  on (const RecordResult &answer) override
  {
    if (answer.data.bytes.size () > UINT16_MAX)
      return false;
    request_.after = answer.position;
    count_++;
    const auto channel = shell::to_gnunet<struct GNUNET_CRYPTO_EddsaPublicKey> (
        answer.position.channel);
    const auto member = shell::to_gnunet<struct GNUNET_CRYPTO_EcdsaPublicKey> (
        answer.position.member.value_or (base::MemberKey{}));
    if (nullptr != cb_)
      cb_ (cls (), &channel, answer.position.member ? &member : nullptr,
           answer.is_imported ? GNUNET_YES : GNUNET_NO,
           answer.data.bytes.data (),
           static_cast<std::uint16_t> (answer.data.bytes.size ()));
    return true;
  }

private:
  const GNUNET_PSYCSTORE_RecordCallback cb_;
};

// One answer and the result make one call.
class CountersOperation : public ReadOperation<CountersGet>
{
public:
  CountersOperation (CountersGet request, GNUNET_PSYCSTORE_CountersCallback cb,
                     void *cls)
      : ReadOperation (request, nullptr, cls), cb_ (cb)
  {}

  bool
  on (const CountersResult &answer) override
  {
    counters_ = answer;
    return true;
  }

  void
  finish (const Result &result) override
  {
    if (nullptr != cb_)
      cb_ (cls (), static_cast<int> (result.result),
           counters_.head.fragment_id.value, counters_.head.message_id.value,
           counters_.head.generation.value, counters_.state_message_id.value);
  }

private:
  const GNUNET_PSYCSTORE_CountersCallback cb_;
  CountersResult counters_;
};

class TagOperation : public ReadOperation<TagGet>
{
public:
  TagOperation (TagGet request, GNUNET_PSYCSTORE_TagCallback cb, void *cls)
      : ReadOperation (request, nullptr, cls), cb_ (cb)
  {}

  bool
  on (const TagResult &answer) override
  {
    entry_ = answer;
    return true;
  }

  void
  finish (const Result &result) override
  {
    if (nullptr != cb_)
      cb_ (cls (), static_cast<int> (result.result), entry_.message_id.value,
           entry_.request_id.value);
  }

private:
  const GNUNET_PSYCSTORE_TagCallback cb_;
  TagResult entry_;
};
} // namespace psycstore
