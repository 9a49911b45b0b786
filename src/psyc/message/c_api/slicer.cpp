// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Try and slice: gnunet_psyc_slicer.h. Each message has its own checker and
// its own list of registrations, made when its method comes. Callbacks may
// change registrations and destroy the slicer: a registration that is removed
// is only marked while a message may still refer to it, and the slicer goes
// with the last call in progress.
#include <algorithm>
#include <limits>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gnunet_psyc_slicer.h"
#include "psyc/message/c_api/fragment.hpp"
#include "psyc/message/names.hpp"
#include "psyc/message/part_checker.hpp"

using psyc::c_api::as_header;
using psyc::c_api::key_of;
using psyc::c_api::parts_of;
using psyc::c_api::whole;

namespace
{
constexpr std::size_t messages_max = 64;

struct Registration
{
  std::string name;
  GNUNET_PSYC_MessageCallback msg_cb = nullptr;
  GNUNET_PSYC_MethodCallback method_cb = nullptr;
  GNUNET_PSYC_ModifierCallback modifier_cb = nullptr;
  GNUNET_PSYC_ModifierCallbackWide modifier_wide_cb = nullptr;
  GNUNET_PSYC_DataCallback data_cb = nullptr;
  GNUNET_PSYC_EndOfMessageCallback eom_cb = nullptr;
  void *cls = nullptr;
  bool is_removed = false;
};

using Registrations = std::vector<std::shared_ptr<Registration>>;

// A message under way.
struct Progress
{
  psyc::PartChecker checker;
  std::string method;
  // Who gets it, nearest first.
  Registrations handlers;
  // Of the modifier in progress.
  psyc::Operator oper = psyc::Operator::set;
  std::string name;
  std::uint32_t full_value_size = 0;
  std::uint32_t value_offset = 0;
  Registrations filters;

  bool has_data = false;
  // The fragment that the handlers saw as a whole.
  bool has_fragment = false;
  std::uint64_t fragment_offset = 0;
  std::uint64_t used_at = 0;
};
} // namespace

struct GNUNET_PSYC_Slicer
{
  Registrations methods;
  Registrations filters;
  std::map<psyc::MessageKey, std::shared_ptr<Progress>> messages;
  std::uint64_t clock = 0;
  unsigned int depth = 0;
  bool is_destroyed = false;
  bool is_skipping = false; // the rest of what is being fed

  [[nodiscard]] bool
  must_stop () const
  {
    return is_destroyed || is_skipping;
  }
};

namespace
{
using Slicer = struct GNUNET_PSYC_Slicer;
using Header = struct GNUNET_PSYC_MessageHeader;
using PartHeader = struct GNUNET_MessageHeader;

class Call
{
public:
  explicit Call (Slicer *slicer) : slicer_ (slicer) { slicer_->depth++; }
  ~Call ()
  {
    if (0 != --slicer_->depth)
      return;
    slicer_->is_skipping = false;
    if (slicer_->is_destroyed)
      delete slicer_;
  }
  Call (const Call &) = delete;
  Call &operator= (const Call &) = delete;

private:
  Slicer *slicer_;
};

// Those that match `name`: nearest first, of the same length the older one.
Registrations
matching (const Registrations &all, std::string_view name)
{
  Registrations matched;
  for (const auto &registration : all)
  {
    if (psyc::is_a (name, registration->name))
      matched.push_back (registration);
  }
  std::stable_sort (matched.begin (), matched.end (),
                    [] (const auto &left, const auto &right)
                    { return left->name.size () > right->name.size (); });
  return matched;
}

// Calls `call (registration)` for each that is still registered.
template <typename Notify>
void
notify_each (const Slicer *slicer, const Registrations &registrations,
             Notify notify)
{
  for (const auto &registration : registrations)
  {
    if (slicer->must_stop ())
      return;
    if (! registration->is_removed)
      notify (*registration);
  }
}

// One part on its way to the handlers.
struct Delivery
{
  Slicer *slicer;
  std::shared_ptr<Progress> progress;
  const Header *msg;
  const PartHeader *pmsg;

  [[nodiscard]] std::uint64_t
  message_id () const
  {
    return GNUNET_ntohll (msg->message_id);
  }

  void
  fragment () const
  {
    const std::uint64_t offset = GNUNET_ntohll (msg->fragment_offset);
    if (progress->has_fragment && offset == progress->fragment_offset)
      return;
    progress->has_fragment = true;
    progress->fragment_offset = offset;
    notify_each (slicer, progress->handlers,
                 [&] (const Registration &to)
                 {
                   if (nullptr != to.msg_cb)
                     to.msg_cb (to.cls, msg);
                 });
  }

  void
  operator() (const psyc::MethodPart &) const
  {
    const auto *meth
        = reinterpret_cast<const struct GNUNET_PSYC_MessageMethod *> (pmsg);
    notify_each (slicer, progress->handlers,
                 [&] (const Registration &to)
                 {
                   if (nullptr != to.method_cb)
                     to.method_cb (to.cls, msg, meth, message_id (),
                                   progress->method.c_str ());
                 });
  }

  void
  operator() (const psyc::ModifierPart &part) const
  {
    progress->oper = part.oper;
    progress->name = part.name;
    progress->full_value_size = part.full_value_size;
    progress->value_offset = 0;
    progress->filters = matching (slicer->filters, part.name);
    value (part.value);
  }

  void
  operator() (const psyc::ModContPart &part) const
  {
    value (part.value);
  }

  void
  value (base::ByteView piece) const
  {
    const auto tell = [&] (const Registration &to) { modifier (to, piece); };
    notify_each (slicer, progress->handlers, tell);
    notify_each (slicer, progress->filters, tell);
    progress->value_offset += static_cast<std::uint32_t> (piece.size ());
  }

  void
  modifier (const Registration &to, base::ByteView piece) const
  {
    const auto oper = static_cast<enum GNUNET_PSYC_Operator> (progress->oper);
    // A piece of a part is smaller than 64 KiB.
    const auto size = static_cast<std::uint16_t> (piece.size ());
    const bool is_first
        = GNUNET_MESSAGE_TYPE_PSYC_MESSAGE_MODIFIER == ntohs (pmsg->type);
    constexpr std::uint32_t narrow_max
        = std::numeric_limits<std::uint16_t>::max ();
    const auto full_size = static_cast<std::uint16_t> (
        is_first ? std::min (progress->full_value_size, narrow_max) : 0);
    if (nullptr != to.modifier_cb)
      to.modifier_cb (to.cls, msg, pmsg, message_id (), oper,
                      progress->name.c_str (), piece.data (), size, full_size);
    if (nullptr != to.modifier_wide_cb)
      to.modifier_wide_cb (to.cls, msg, pmsg, message_id (), oper,
                           progress->name.c_str (), piece.data (), size,
                           progress->value_offset, progress->full_value_size);
  }

  void
  operator() (const psyc::DataPart &part) const
  {
    if (part.data.empty ())
      return; // NULL would say that there is no body
    progress->has_data = true;
    data (part.data);
  }

  void
  data (base::ByteView piece) const
  {
    notify_each (slicer, progress->handlers,
                 [&] (const Registration &to)
                 {
                   if (nullptr != to.data_cb)
                     to.data_cb (to.cls, msg, pmsg, message_id (),
                                 piece.data (),
                                 static_cast<std::uint16_t> (piece.size ()));
                 });
  }

  void
  operator() (const psyc::EndPart &) const
  {
    if (! progress->has_data)
      data ({});
    end (GNUNET_NO);
  }

  void
  operator() (const psyc::CancelPart &) const
  {
    end (GNUNET_YES);
  }

  void
  end (std::uint8_t is_cancelled) const
  {
    notify_each (slicer, progress->handlers,
                 [&] (const Registration &to)
                 {
                   if (nullptr != to.eom_cb)
                     to.eom_cb (to.cls, msg, pmsg, message_id (), is_cancelled);
                 });
  }
};

void
end_as_cancelled (Slicer *slicer, const psyc::MessageKey &key,
                  const Header *msg)
{
  const auto at = slicer->messages.find (key);
  if (slicer->messages.end () == at)
    return;
  const auto progress = at->second;
  slicer->messages.erase (at);
  Delivery{ slicer, progress, msg, nullptr }.end (GNUNET_YES);
}

// Ends the message that was silent longest when there are too many.
void
make_room (Slicer *slicer)
{
  if (slicer->messages.size () < messages_max)
    return;
  const auto oldest
      = std::min_element (slicer->messages.begin (), slicer->messages.end (),
                          [] (const auto &left, const auto &right) {
                            return left.second->used_at < right.second->used_at;
                          });
  const psyc::MessageKey key = oldest->first;
  Header msg = {};
  msg.header.size = htons (sizeof (msg));
  msg.header.type = htons (GNUNET_MESSAGE_TYPE_PSYC_MESSAGE_HEADER);
  msg.flags = htonl (key.flags);
  msg.message_id = GNUNET_htonll (key.message_id);
  std::memcpy (&msg.slave_pub_key, key.slave.bytes.data (),
               base::MemberKey::size);
  end_as_cancelled (slicer, key, &msg);
}

std::shared_ptr<Progress>
begin (Slicer *slicer, const psyc::MessageKey &key,
       const psyc::MethodPart &method)
{
  make_room (slicer);
  auto progress = std::make_shared<Progress> ();
  progress->method = method.name;
  progress->handlers = matching (slicer->methods, method.name);
  slicer->messages[key] = progress;
  return progress;
}

void
deliver (Slicer *slicer, const Header *msg, const psyc::Part &part,
         const PartHeader *pmsg)
{
  const auto key = key_of (msg);
  if (const auto *method = std::get_if<psyc::MethodPart> (&part))
  {
    // A second method begins the message anew.
    end_as_cancelled (slicer, key, msg);
    if (! slicer->must_stop ())
      begin (slicer, key, *method);
  }
  const auto at = slicer->messages.find (key);
  if (slicer->must_stop () || slicer->messages.end () == at)
    return;
  const auto progress = at->second;
  if (psyc::PartError::none != progress->checker.on_part (part))
  {
    end_as_cancelled (slicer, key, msg);
    return;
  }
  progress->used_at = ++slicer->clock;
  if (progress->checker.is_finished ())
    slicer->messages.erase (at);
  const Delivery delivery{ slicer, progress, msg, pmsg };
  delivery.fragment ();
  std::visit (delivery, part);
}

bool
is_same (const Registration &left, const Registration &right)
{
  return left.name == right.name && left.msg_cb == right.msg_cb
         && left.method_cb == right.method_cb
         && left.modifier_cb == right.modifier_cb
         && left.modifier_wide_cb == right.modifier_wide_cb
         && left.data_cb == right.data_cb && left.eom_cb == right.eom_cb;
}

int
remove_from (Registrations &registrations, const Registration &wanted)
{
  const auto at = std::find_if (registrations.begin (), registrations.end (),
                                [&] (const auto &registration)
                                { return is_same (*registration, wanted); });
  if (registrations.end () == at)
    return GNUNET_NO;
  (*at)->is_removed = true;
  registrations.erase (at);
  return GNUNET_YES;
}

void
remove_all (Registrations &registrations)
{
  for (const auto &registration : registrations)
    registration->is_removed = true;
  registrations.clear ();
}

std::string
text (const char *name)
{
  return nullptr == name ? "" : name;
}
} // namespace

struct GNUNET_PSYC_Slicer *
GNUNET_PSYC_slicer_create (void)
{
  return new GNUNET_PSYC_Slicer ();
}

void
GNUNET_PSYC_slicer_method_add (Slicer *slicer, const char *method_name,
                               GNUNET_PSYC_MessageCallback msg_cb,
                               GNUNET_PSYC_MethodCallback method_cb,
                               GNUNET_PSYC_ModifierCallback modifier_cb,
                               GNUNET_PSYC_DataCallback data_cb,
                               GNUNET_PSYC_EndOfMessageCallback eom_cb,
                               void *cls)
{
  slicer->methods.push_back (std::make_shared<Registration> (
      Registration{ text (method_name), msg_cb, method_cb, modifier_cb, nullptr,
                    data_cb, eom_cb, cls, false }));
}

void
GNUNET_PSYC_slicer_method_add_wide (
    Slicer *slicer, const char *method_name, GNUNET_PSYC_MessageCallback msg_cb,
    GNUNET_PSYC_MethodCallback method_cb,
    GNUNET_PSYC_ModifierCallbackWide modifier_cb,
    GNUNET_PSYC_DataCallback data_cb, GNUNET_PSYC_EndOfMessageCallback eom_cb,
    void *cls)
{
  slicer->methods.push_back (std::make_shared<Registration> (
      Registration{ text (method_name), msg_cb, method_cb, nullptr, modifier_cb,
                    data_cb, eom_cb, cls, false }));
}

int
GNUNET_PSYC_slicer_method_remove (Slicer *slicer, const char *method_name,
                                  GNUNET_PSYC_MessageCallback msg_cb,
                                  GNUNET_PSYC_MethodCallback method_cb,
                                  GNUNET_PSYC_ModifierCallback modifier_cb,
                                  GNUNET_PSYC_DataCallback data_cb,
                                  GNUNET_PSYC_EndOfMessageCallback eom_cb)
{
  return remove_from (slicer->methods,
                      { text (method_name), msg_cb, method_cb, modifier_cb,
                        nullptr, data_cb, eom_cb, nullptr, false });
}

int
GNUNET_PSYC_slicer_method_remove_wide (
    Slicer *slicer, const char *method_name, GNUNET_PSYC_MessageCallback msg_cb,
    GNUNET_PSYC_MethodCallback method_cb,
    GNUNET_PSYC_ModifierCallbackWide modifier_cb,
    GNUNET_PSYC_DataCallback data_cb, GNUNET_PSYC_EndOfMessageCallback eom_cb)
{
  return remove_from (slicer->methods,
                      { text (method_name), msg_cb, method_cb, nullptr,
                        modifier_cb, data_cb, eom_cb, nullptr, false });
}

void
GNUNET_PSYC_slicer_modifier_add (Slicer *slicer, const char *object_filter,
                                 GNUNET_PSYC_ModifierCallback modifier_cb,
                                 void *cls)
{
  slicer->filters.push_back (std::make_shared<Registration> (
      Registration{ text (object_filter), nullptr, nullptr, modifier_cb,
                    nullptr, nullptr, nullptr, cls, false }));
}

void
GNUNET_PSYC_slicer_modifier_add_wide (
    Slicer *slicer, const char *object_filter,
    GNUNET_PSYC_ModifierCallbackWide modifier_cb, void *cls)
{
  slicer->filters.push_back (std::make_shared<Registration> (
      Registration{ text (object_filter), nullptr, nullptr, nullptr,
                    modifier_cb, nullptr, nullptr, cls, false }));
}

int
GNUNET_PSYC_slicer_modifier_remove (Slicer *slicer, const char *object_filter,
                                    GNUNET_PSYC_ModifierCallback modifier_cb)
{
  return remove_from (slicer->filters,
                      { text (object_filter), nullptr, nullptr, modifier_cb,
                        nullptr, nullptr, nullptr, nullptr, false });
}

int
GNUNET_PSYC_slicer_modifier_remove_wide (
    Slicer *slicer, const char *object_filter,
    GNUNET_PSYC_ModifierCallbackWide modifier_cb)
{
  return remove_from (slicer->filters,
                      { text (object_filter), nullptr, nullptr, nullptr,
                        modifier_cb, nullptr, nullptr, nullptr, false });
}

void
GNUNET_PSYC_slicer_message (Slicer *slicer, const Header *msg)
{
  const auto parts = parts_of (msg);
  // All or nothing of a malformed fragment.
  if (! parts || psyc::PartError::none != psyc::check_run (*parts).error)
    return;
  const Call call (slicer);
  psyc::PartReader reader (*parts);
  while (const auto part = reader.next ())
  {
    deliver (slicer, msg, *part, as_header (reader.raw ()));
    if (slicer->must_stop ())
      return;
  }
}

void
GNUNET_PSYC_slicer_message_part (Slicer *slicer, const Header *msg,
                                 const PartHeader *pmsg)
{
  const Call call (slicer);
  if (nullptr == pmsg)
  {
    end_as_cancelled (slicer, key_of (msg), msg);
    return;
  }
  psyc::PartReader reader (whole (pmsg));
  if (const auto part = reader.next ())
    deliver (slicer, msg, *part, pmsg);
}

void
GNUNET_PSYC_slicer_method_clear (Slicer *slicer)
{
  remove_all (slicer->methods);
}

void
GNUNET_PSYC_slicer_modifier_clear (Slicer *slicer)
{
  remove_all (slicer->filters);
}

void
GNUNET_PSYC_slicer_clear (Slicer *slicer)
{
  GNUNET_PSYC_slicer_method_clear (slicer);
  GNUNET_PSYC_slicer_modifier_clear (slicer);
}

void
GNUNET_PSYC_slicer_skip (Slicer *slicer)
{
  slicer->is_skipping = 0 != slicer->depth;
}

void
GNUNET_PSYC_slicer_destroy (Slicer *slicer)
{
  if (nullptr == slicer)
    return;
  const Call call (slicer);
  slicer->is_destroyed = true;
}
