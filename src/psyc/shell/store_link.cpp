// SPDX-License-Identifier: AGPL-3.0-or-later
#include "psyc/shell/store_link.hpp"

#include "shell/message_queue.hpp"

namespace psyc
{
namespace
{
using ChannelPub = struct GNUNET_CRYPTO_EddsaPublicKey;
using MemberPub = struct GNUNET_CRYPTO_EcdsaPublicKey;
using Uuid = struct GNUNET_Uuid;

// A key that may be missing, as the library wants it.
struct MaybeKey
{
  explicit MaybeKey (const std::optional<base::MemberKey> &from)
      : is_there (from.has_value ())
  {
    if (from)
      key = shell::to_gnunet<MemberPub> (*from);
  }
  [[nodiscard]] const MemberPub *
  get () const
  {
    return is_there ? &key : nullptr;
  }

  bool is_there;
  MemberPub key{};
};

enum GNUNET_PSYCSTORE_Box
to_box (core::Box box)
{
  return core::Box::out == box ? GNUNET_PSYCSTORE_BOX_OUT
                               : GNUNET_PSYCSTORE_BOX_IN;
}

const struct GNUNET_MULTICAST_MessageHeader *
to_header (const core::FragmentPtr &fragment)
{
  return reinterpret_cast<const struct GNUNET_MULTICAST_MessageHeader *> (
      fragment->bytes.data ());
}
} // namespace

StoreLink::StoreLink (const struct GNUNET_CONFIGURATION_Handle *cfg,
                      Inputs inputs)
    : inputs_ (std::move (inputs)), store_ (GNUNET_PSYCSTORE_connect (cfg))
{}

StoreLink::~StoreLink ()
{
  if (nullptr != store_)
    GNUNET_PSYCSTORE_disconnect (store_);
  for (Pending *pending : pending_)
    delete pending;
}

// ---- answers -------------------------------------------------------------

StoreLink::Pending &
StoreLink::of (void *cls)
{
  return *static_cast<Pending *> (cls);
}

void
StoreLink::item (void *cls, core::StoreItem item)
{
  (void)of (cls).link->inputs_.on_item (of (cls).op, std::move (item));
}

void
StoreLink::end (void *cls, std::int64_t result, std::string error)
{
  auto *pending = static_cast<Pending *> (cls);
  StoreLink *link = pending->link;
  const core::OpId op = pending->op;
  link->pending_.erase (pending);
  delete pending;
  link->inputs_.on_result (op, { result, std::move (error) });
}

void
StoreLink::on_result (void *cls, int64_t result, const char *err_msg,
                      uint16_t err_msg_size) noexcept
{
  std::string error;
  if (nullptr != err_msg && err_msg_size > 0)
    error.assign (err_msg, strnlen (err_msg, err_msg_size));
  end (cls, result, std::move (error));
}

int
StoreLink::on_fragment (void *cls,
                        struct GNUNET_MULTICAST_MessageHeader *message,
                        enum GNUNET_PSYCSTORE_MessageFlags) noexcept
{
  auto fragment = core::read_fragment (shell::message_bytes (&message->header));
  if (! fragment)
    return GNUNET_YES;
  return of (cls).link->inputs_.on_item (of (cls).op, std::move (fragment))
             ? GNUNET_YES
             : GNUNET_NO;
}

void
StoreLink::on_counters (void *cls, int result_code, uint64_t max_fragment_id,
                        uint64_t max_message_id, uint64_t max_group_generation,
                        uint64_t max_state_message_id) noexcept
{
  if (GNUNET_SYSERR == result_code)
  {
    end (cls, core::result_error, "the store failed");
    return;
  }
  item (cls, core::Counters{ max_fragment_id, max_message_id,
                             max_group_generation, max_state_message_id });
  end (cls, core::result_yes, "");
}

void
StoreLink::on_range (void *cls, uint64_t first, uint64_t last) noexcept
{
  item (cls, base::Interval{ first, last });
}

void
StoreLink::on_tag (void *cls, int result, uint64_t message_id,
                   uint64_t request_id) noexcept
{
  if (GNUNET_YES == result)
    item (cls, core::TagInfo{ message_id, request_id });
  end (cls, result, GNUNET_SYSERR == result ? "the store failed" : "");
}

void
StoreLink::on_request (
    void *cls, const struct GNUNET_MULTICAST_RequestHeader *request) noexcept
{
  if (auto fragment
      = core::read_request (shell::message_bytes (&request->header)))
    item (cls, std::move (fragment));
}

void
StoreLink::on_request_info (
    void *cls, const struct GNUNET_PSYCSTORE_RequestInfo *info) noexcept
{
  core::RequestInfo out;
  out.member = shell::from_gnunet<base::MemberKey> (info->member_key);
  out.request_id.value = info->request_id;
  out.sequence = info->sequence;
  out.size = info->size;
  out.outcome = static_cast<core::RequestOutcome> (info->state);
  out.message_id = info->message_id;
  out.code = info->code;
  out.reason = nullptr == info->reason ? "" : info->reason;
  out.contiguous_end = info->contiguous_end;
  item (cls, std::move (out));
}

void
StoreLink::on_record (void *cls,
                      const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key,
                      const struct GNUNET_CRYPTO_EcdsaPublicKey *member_key,
                      int is_imported, const void *data, uint16_t size) noexcept
{
  core::RecordInfo out;
  out.channel = shell::from_gnunet<base::ChannelKey> (*channel_key);
  if (nullptr != member_key)
    out.member = shell::from_gnunet<base::MemberKey> (*member_key);
  const auto *bytes = static_cast<const std::uint8_t *> (data);
  out.record.assign (bytes, bytes + size);
  out.is_imported = GNUNET_YES == is_imported;
  item (cls, std::move (out));
}

int
StoreLink::on_state (void *cls,
                     const struct GNUNET_PSYCSTORE_StatePiece *piece) noexcept
{
  core::StateValue out;
  out.name = nullptr == piece->name ? "" : piece->name;
  out.size = piece->value_size;
  out.changed_by = piece->changed_by;
  const auto *bytes = static_cast<const std::uint8_t *> (piece->data);
  if (nullptr != bytes)
    out.value.assign (bytes, bytes + piece->data_size);
  return of (cls).link->inputs_.on_item (of (cls).op, std::move (out))
             ? GNUNET_YES
             : GNUNET_NO;
}

void
StoreLink::on_state_info (void *cls, int result,
                          const struct GNUNET_PSYCSTORE_StateInfo *info,
                          const char *error) noexcept
{
  if (GNUNET_OK == result)
    item (cls, core::StateInfo{ info->message_id, info->checkpoint_id,
                                info->changes, info->change_bytes,
                                shell::from_gnunet<base::Hash> (info->hash) });
  end (cls, result, nullptr == error ? "" : error);
}

// ---- calls ---------------------------------------------------------------

struct StoreLink::Caller
{
  using Operation = struct GNUNET_PSYCSTORE_OperationHandle *;

  struct GNUNET_PSYCSTORE_Handle *h;
  ChannelPub key;
  void *cls;

  Operation
  operator() (const core::StoreFragment &c) const
  {
    // Whether it changes the state is found out when it is applied.
    const auto flags = static_cast<enum GNUNET_PSYCSTORE_MessageFlags> (0);
    if (! c.settlement)
      return GNUNET_PSYCSTORE_fragment_store (h, &key, to_header (c.fragment),
                                              flags, &on_result, cls);
    const MaybeKey member (c.settlement->member);
    Uuid tag{};
    if (c.settlement->tag)
      tag = shell::to_gnunet<Uuid> (*c.settlement->tag);
    const struct GNUNET_PSYCSTORE_Settlement settlement
        = { c.settlement->tag ? &tag : nullptr, member.get (),
            c.settlement->request_id.value };
    return GNUNET_PSYCSTORE_fragment_store_settling (
        h, &key, to_header (c.fragment), flags, &settlement, &on_result, cls);
  }
  Operation
  operator() (const core::ReadFragments &c) const
  {
    const MaybeKey reader (c.reader);
    return GNUNET_PSYCSTORE_fragment_get (
        h, &key, reader.get (), c.first, c.last, &on_fragment, &on_result, cls);
  }
  Operation
  operator() (const core::ReadMessages &c) const
  {
    const MaybeKey reader (c.reader);
    return GNUNET_PSYCSTORE_message_get (
        h, &key, reader.get (), c.first, c.last, c.fragments_max,
        c.method_prefix.c_str (), &on_fragment, &on_result, cls);
  }
  Operation
  operator() (const core::ReadLatestMessages &c) const
  {
    return GNUNET_PSYCSTORE_message_get_latest (h, &key, nullptr, c.count,
                                                c.method_prefix.c_str (),
                                                &on_fragment, &on_result, cls);
  }
  Operation
  operator() (const core::ReadMessageFragment &c) const
  {
    return GNUNET_PSYCSTORE_message_get_fragment (
        h, &key, nullptr, c.message_id.value, c.offset, &on_fragment,
        &on_result, cls);
  }
  Operation
  operator() (const core::ReadCounters &) const
  {
    ChannelPub copy = key;
    return GNUNET_PSYCSTORE_counters_get (h, &copy, &on_counters, cls);
  }
  Operation
  operator() (const core::ReadRanges &c) const
  {
    return GNUNET_PSYCSTORE_fragment_ranges_get (h, &key, c.first, &on_range,
                                                 &on_result, cls);
  }
  Operation
  operator() (const core::FindTag &c) const
  {
    const auto tag = shell::to_gnunet<Uuid> (c.tag);
    return GNUNET_PSYCSTORE_tag_get (h, &key, &tag, &on_tag, cls);
  }
  Operation
  operator() (const core::StoreRequest &c) const
  {
    Uuid tag{};
    if (c.tag)
      tag = shell::to_gnunet<Uuid> (*c.tag);
    return GNUNET_PSYCSTORE_request_store (
        h, &key, to_box (c.box),
        reinterpret_cast<const struct GNUNET_MULTICAST_RequestHeader *> (
            c.request->bytes.data ()),
        c.tag ? &tag : nullptr, c.after.value, &on_result, cls);
  }
  Operation
  operator() (const core::ReadRequest &c) const
  {
    const auto member = shell::to_gnunet<MemberPub> (c.member);
    return GNUNET_PSYCSTORE_request_get (
        h, &key, to_box (c.box), &member, c.request_id.value, c.first_offset,
        c.last_offset, &on_request, &on_result, cls);
  }
  Operation
  operator() (const core::ListRequests &c) const
  {
    const MaybeKey member (c.member);
    return GNUNET_PSYCSTORE_request_list (h, &key, to_box (c.box),
                                          member.get (), &on_request_info,
                                          &on_result, cls);
  }
  Operation
  operator() (const core::ReadRequestStatus &c) const
  {
    const auto member = shell::to_gnunet<MemberPub> (c.member);
    return GNUNET_PSYCSTORE_request_status (h, &key, to_box (c.box), &member,
                                            c.request_id.value,
                                            &on_request_info, &on_result, cls);
  }
  Operation
  operator() (const core::SettleRequest &c) const
  {
    const auto member = shell::to_gnunet<MemberPub> (c.member);
    return GNUNET_PSYCSTORE_request_settle (
        h, &key, to_box (c.box), &member, c.request_id.value,
        static_cast<enum GNUNET_PSYCSTORE_RequestState> (c.outcome),
        c.message_id, c.code, c.reason.c_str (), &on_result, cls);
  }
  Operation
  operator() (const core::StoreMembership &c) const
  {
    const auto member = shell::to_gnunet<MemberPub> (c.member);
    return GNUNET_PSYCSTORE_membership_store (
        h, &key, &member,
        core::Membership::begins == c.change ? GNUNET_YES : GNUNET_NO,
        c.announced_at, c.effective_since, c.generation, &on_result, cls);
  }
  Operation
  operator() (const core::TestMembership &c) const
  {
    const auto member = shell::to_gnunet<MemberPub> (c.member);
    return GNUNET_PSYCSTORE_membership_test (h, &key, &member, c.message_id,
                                             c.generation, &on_result, cls);
  }
  Operation
  operator() (const core::ModifyState &c) const
  {
    return GNUNET_PSYCSTORE_state_apply (h, &key, c.message_id, c.state_delta,
                                         &on_result, cls);
  }
  Operation
  operator() (const core::TryState &c) const
  {
    const auto flags = static_cast<enum GNUNET_PSYCSTORE_TryFlags> (
        (c.is_reset ? GNUNET_PSYCSTORE_TRY_RESET : GNUNET_PSYCSTORE_TRY_NONE)
        | (c.wants_hash ? GNUNET_PSYCSTORE_TRY_HASH
                        : GNUNET_PSYCSTORE_TRY_NONE));
    return GNUNET_PSYCSTORE_state_try (h, &key, flags, c.head.data (),
                                       c.head.size (), &on_result, cls);
  }
  Operation
  operator() (const core::ReadState &c) const
  {
    const auto match = core::StateMatch::best == c.match
                           ? GNUNET_PSYCSTORE_STATE_BEST
                           : GNUNET_PSYCSTORE_STATE_PREFIX;
    return GNUNET_PSYCSTORE_state_read (h, &key, match, c.name.c_str (),
                                        c.first_name.c_str (), c.first_byte,
                                        &on_state, &on_result, cls);
  }
  Operation
  operator() (const core::ReadStateInfo &c) const
  {
    return GNUNET_PSYCSTORE_state_info (
        h, &key, c.wants_hash ? GNUNET_YES : GNUNET_NO, &on_state_info, cls);
  }
  Operation
  operator() (const core::StoreRecord &c) const
  {
    const MaybeKey member (c.member);
    return GNUNET_PSYCSTORE_record_store (
        h, &key, member.get (), c.settled.value,
        c.is_imported ? GNUNET_YES : GNUNET_NO, c.record.data (),
        static_cast<std::uint16_t> (c.record.size ()), &on_result, cls);
  }
  Operation
  operator() (const core::ReadRecords &) const
  {
    return GNUNET_PSYCSTORE_record_get_all (h, &on_record, &on_result, cls);
  }
  Operation
  operator() (const core::RemoveChannel &) const
  {
    return GNUNET_PSYCSTORE_channel_remove (h, &key, &on_result, cls);
  }
};

void
StoreLink::call (const core::CallStore &call)
{
  auto *pending = new Pending{ this, call.op };
  pending_.insert (pending);
  const Caller caller{ store_, shell::to_gnunet<ChannelPub> (call.channel),
                       pending };
  if (nullptr == std::visit (caller, call.call))
    end (pending, core::result_error, "the store takes nothing more now");
}
} // namespace psyc
