// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/shell/names.hpp"

#include <algorithm>

#include "social/shell/sealed_record.hpp"

namespace social
{
namespace
{
constexpr base::Duration namestore_patience = base::seconds (15);
// How long others may keep what they looked up.
constexpr std::uint64_t record_lifetime_us = 24ULL * 3600 * 1'000'000;

static_assert (GNUNET_GNSRECORD_RF_PRIVATE == record_is_private);
static_assert (GNUNET_GNSRECORD_TYPE_PKEY == record_pkey);
static_assert (GNUNET_GNSRECORD_TYPE_EDKEY == record_edkey);
static_assert (GNUNET_GNSRECORD_TYPE_PLACE == record_place);
static_assert (GNUNET_GNSRECORD_TYPE_GNS2DNS == record_gns2dns);
static_assert (GNUNET_GNSRECORD_TYPE_REDIRECT == record_redirect);

LabelRecord
record_of (const StoreRecord &wish)
{
  LabelRecord record;
  if (base::time_never == wish.expires)
  {
    record.expiration = record_lifetime_us;
    record.flags = GNUNET_GNSRECORD_RF_RELATIVE_EXPIRATION;
  }
  else
    record.expiration = static_cast<std::uint64_t> (
        wish.expires.time_since_epoch ().count ());
  wire::Encoder data;
  if (RecordKind::zone == wish.kind)
  {
    // Type, then the key: just what a packed zone key is.
    wire::Decoder zone (wish.zone);
    if (zone.get (record.type))
      data.raw (zone.rest ());
  }
  else
  {
    record.type = record_place;
    data.put (wish.place);
    data.put (wish.origin);
    data.put (wish.relays); // a count of 32 bits, then the peers
  }
  record.data = data.take ();
  return record;
}

[[nodiscard]] base::ByteView
data_of (const struct GNUNET_GNSRECORD_Data &record)
{
  return { static_cast<const std::uint8_t *> (record.data), record.data_size };
}

std::optional<FoundPlace>
place_in (base::ByteView plain)
{
  wire::Decoder data (plain);
  FoundPlace found;
  if (! data.get (found.place) || ! data.get (found.origin)
      || ! data.get (found.relays) || ! data.rest ().empty ()
      || found.relays.size () > 256)
    return std::nullopt;
  return found;
}

std::optional<FoundPlace>
place_of (const struct GNUNET_GNSRECORD_Data &record,
          const std::string &password)
{
  if (record_place != record.record_type || nullptr == record.data)
    return std::nullopt;
  if (! is_sealed_record (data_of (record)))
    return place_in (data_of (record));
  if (const auto plain = open_record (data_of (record), password))
    return place_in (*plain);
  FoundPlace found;
  found.is_sealed = true;
  return found;
}

// What a label holds, PLACE records opened as far as our password opens them:
// so that they can be compared, and be put back as they were.
class OpenedRecords
{
public:
  OpenedRecords (const std::vector<LabelRecord> &there,
                 const std::string &password)
      : records_ (there)
  {
    for (auto &record : records_)
      if (record_place == record.type && is_sealed_record (record.data))
      {
        const auto plain = open_record (record.data, password);
        is_closed_ = is_closed_ || ! plain;
        if (plain)
          sealed_.emplace_back (*plain, std::exchange (record.data, *plain));
      }
  }

  [[nodiscard]] const std::vector<LabelRecord> &
  records () const
  {
    return records_;
  }

  // There is one that we cannot read.
  [[nodiscard]] bool
  is_closed () const
  {
    return is_closed_;
  }

  // Says what `ours` says, but everybody can read it: to be encrypted now.
  [[nodiscard]] bool
  is_in_the_clear (const LabelRecord &record, const LabelRecord &ours) const
  {
    return record.type == ours.type && record.data == ours.data
           && std::none_of (sealed_.begin (), sealed_.end (),
                            [&] (const auto &pair)
                            { return pair.first == record.data; });
  }

  // False when encrypting failed.
  [[nodiscard]] bool
  seal (std::vector<LabelRecord> &records, const LabelRecord &ours,
        const std::string &password) const
  {
    for (auto &record : records)
    {
      if (record_place != record.type)
        continue;
      const auto old = std::find_if (sealed_.begin (), sealed_.end (),
                                     [&] (const auto &pair)
                                     { return pair.first == record.data; });
      if (sealed_.end () != old)
        record.data = old->second;
      else if (record.data == ours.data && ! password.empty ())
      {
        auto sealed = seal_record (record.data, password);
        if (! sealed)
          return false;
        record.data = std::move (*sealed);
      }
    }
    return true;
  }

private:
  std::vector<LabelRecord> records_;
  std::vector<std::pair<base::Bytes, base::Bytes>> sealed_; // plain, as it was
  bool is_closed_ = false;
};
} // namespace

Names::Names (const struct GNUNET_CONFIGURATION_Handle *cfg, CoreDoor &door,
              const Egos &egos)
    : cfg_ (cfg), door_ (door), egos_ (egos),
      namestore_ (GNUNET_NAMESTORE_connect (cfg)),
      gns_ (GNUNET_GNS_connect (cfg)),
      patience_ (
          [this]
          {
            end_store ("the namestore does not "
                       "answer: is it running?");
          })
{}

Names::~Names ()
{
  // With a look-up pending GNUNET_GNS_disconnect would abort the program.
  for (auto &[id, search] : searches_)
    if (nullptr != search->request)
      GNUNET_GNS_lookup_cancel (search->request);
  if (nullptr != gns_)
    GNUNET_GNS_disconnect (gns_);
  for (auto &[ego, watch] : watches_)
    if (nullptr != watch->monitor)
      GNUNET_NAMESTORE_zone_monitor_stop (watch->monitor);
  if (nullptr != entry_)
    GNUNET_NAMESTORE_cancel (entry_);
  if (nullptr != namestore_)
    GNUNET_NAMESTORE_disconnect (namestore_);
}

// ------------------------------------------------------------------ storing

void
Names::store (const StoreRecord &wish)
{
  stores_.push_back (wish);
  if (! is_storing_)
    next_store ();
}

void
Names::next_store ()
{
  if (stores_.empty ())
    return;
  is_storing_ = true;
  const StoreRecord &wish = stores_.front ();
  const auto *zone = egos_.private_key (wish.ego);
  if (nullptr == zone || nullptr == namestore_)
    return end_store ("the ego's key is not here");
  patience_.arm_in (namestore_patience);
  entry_ = GNUNET_NAMESTORE_records_lookup (
      namestore_, zone, wish.label.c_str (), &Names::on_records_error, this,
      &Names::on_records, this);
  if (nullptr == entry_)
    end_store ("the namestore does not take the label");
}

void
Names::on_records_error (void *cls) noexcept
{
  auto *self = static_cast<Names *> (cls);
  self->entry_ = nullptr;
  self->end_store ("the namestore could not read the label");
}

void
Names::on_records (void *cls, const struct GNUNET_IDENTITY_PrivateKey *,
                   const char *, unsigned int count,
                   const struct GNUNET_GNSRECORD_Data *records) noexcept
{
  auto *self = static_cast<Names *> (cls);
  self->entry_ = nullptr;
  std::vector<LabelRecord> there;
  for (unsigned int i = 0; i < count; i++)
  {
    const auto *data = static_cast<const std::uint8_t *> (records[i].data);
    there.push_back ({ records[i].record_type,
                       static_cast<std::uint32_t> (records[i].flags),
                       records[i].expiration_time,
                       base::Bytes (data, data + records[i].data_size) });
  }
  self->write (there);
}

void
Names::write (const std::vector<LabelRecord> &there)
{
  const StoreRecord wish = stores_.front ();
  const OpenedRecords opened (there, wish.password);
  if (RecordKind::place == wish.kind && opened.is_closed ())
    return end_store (wish.label
                      + ": the label names an encrypted place already, and the "
                        "password is missing or another: take another label, "
                        "or remove that record first with gnunet-namestore");
  const LabelRecord ours = record_of (wish);
  const bool is_removal = base::TimePoint{} == wish.expires;
  auto known = opened.records ();
  if (! is_removal && ! wish.password.empty ())
    std::erase_if (known, [&] (const LabelRecord &record)
                   { return opened.is_in_the_clear (record, ours); });
  auto merged = merge_records (
      known, ours, is_removal ? RecordWish::remove : RecordWish::put);
  if (std::holds_alternative<RecordsUnchanged> (merged))
    return end_store (std::nullopt);
  if (const auto *conflict = std::get_if<RecordConflict> (&merged))
    return end_store (wish.label + ": " + conflict->why);
  auto &records = std::get<std::vector<LabelRecord>> (merged);
  if (! opened.seal (records, ours, wish.password))
    return end_store ("no memory to encrypt the record");
  std::vector<struct GNUNET_GNSRECORD_Data> set;
  for (const auto &record : records)
  {
    struct GNUNET_GNSRECORD_Data data;
    std::memset (&data, 0, sizeof (data));
    data.data = record.data.data ();
    data.data_size = record.data.size ();
    data.record_type = record.type;
    data.expiration_time = record.expiration;
    data.flags = static_cast<enum GNUNET_GNSRECORD_Flags> (record.flags);
    set.push_back (data);
  }
  const auto *zone = egos_.private_key (wish.ego);
  if (nullptr == zone)
    return end_store ("the ego's key is not here");
  entry_
      = GNUNET_NAMESTORE_records_store (namestore_, zone, wish.label.c_str (),
                                        static_cast<unsigned int> (set.size ()),
                                        set.data (), &Names::on_written, this);
  if (nullptr == entry_)
    end_store ("the namestore does not take the records");
}

void
Names::on_written (void *cls, enum GNUNET_ErrorCode code) noexcept
{
  auto *self = static_cast<Names *> (cls);
  self->entry_ = nullptr;
  if (GNUNET_EC_NONE == code)
    return self->end_store (std::nullopt);
  const char *hint = GNUNET_ErrorCode_get_hint (code);
  self->end_store (std::string ("the namestore refused: ")
                   + (nullptr == hint ? "unknown error" : hint));
}

void
Names::end_store (const std::optional<std::string> &error)
{
  patience_.disarm ();
  if (nullptr != entry_)
    GNUNET_NAMESTORE_cancel (std::exchange (entry_, nullptr));
  const std::uint64_t id = stores_.front ().id;
  stores_.pop_front ();
  is_storing_ = false;
  door_.tell ([&] (Core &core) { core.on_record_stored (id, error); });
  if (! is_storing_)
    next_store ();
}

// ----------------------------------------------------------------- look-ups

void
Names::look_up (const LookUp &wish)
{
  const auto zone = unpacked_zone (wish.zone);
  if (! zone || nullptr == gns_)
    return;
  auto search = std::make_unique<Search> ();
  search->owner = this;
  search->id = wish.id;
  search->password = wish.password;
  search->request = GNUNET_GNS_lookup (
      gns_, wish.name.c_str (), &*zone, GNUNET_GNSRECORD_TYPE_PLACE,
      ZoneKind::own == wish.kind ? GNUNET_GNS_LO_LOCAL_MASTER
                                 : GNUNET_GNS_LO_DEFAULT,
      &Names::on_found, search.get ());
  if (nullptr != search->request)
    searches_.insert_or_assign (wish.id, std::move (search));
}

void
Names::cancel_look_up (std::uint64_t id)
{
  const auto found = searches_.find (id);
  if (searches_.end () == found)
    return;
  GNUNET_GNS_lookup_cancel (found->second->request);
  searches_.erase (found);
}

void
Names::on_found (void *cls, std::uint32_t count,
                 const struct GNUNET_GNSRECORD_Data *records) noexcept
{
  auto *search = static_cast<Search *> (cls);
  Names *self = search->owner;
  const std::uint64_t id = search->id;
  const std::string password = search->password;
  self->searches_.erase (id); // GNUnet has freed its side already
  std::optional<FoundPlace> found;
  for (std::uint32_t i = 0; i < count && ! found; i++)
    found = place_of (records[i], password);
  self->door_.tell ([&] (Core &core) { core.on_looked_up (id, found); });
}

// -------------------------------------------------------------------- zones

void
Names::watch_zone (const base::MemberKey &ego)
{
  const auto *zone = egos_.private_key (ego);
  if (nullptr == zone || watches_.contains (ego))
    return;
  auto watch = std::make_unique<Watch> ();
  watch->owner = this;
  watch->ego = ego;
  watch->monitor = GNUNET_NAMESTORE_zone_monitor_start (
      cfg_, zone, GNUNET_YES, &Names::ignore, nullptr, &Names::on_watched,
      watch.get (), &Names::ignore, nullptr);
  if (nullptr == watch->monitor)
    return;
  // More than one at a time; each one told makes room for the next.
  GNUNET_NAMESTORE_zone_monitor_next (watch->monitor, 63);
  watches_.emplace (ego, std::move (watch));
}

void
Names::on_watched (void *cls, const struct GNUNET_IDENTITY_PrivateKey *,
                   const char *label, unsigned int count,
                   const struct GNUNET_GNSRECORD_Data *records) noexcept
{
  auto *watch = static_cast<Watch *> (cls);
  std::optional<base::MemberKey> nym;
  for (unsigned int i = 0; i < count && ! nym; i++)
    if (record_pkey == records[i].record_type)
      nym = base::MemberKey::from (
          { static_cast<const std::uint8_t *> (records[i].data),
            records[i].data_size });
  const base::MemberKey ego = watch->ego;
  const std::string name (nullptr == label ? "" : label);
  GNUNET_NAMESTORE_zone_monitor_next (watch->monitor, 1);
  watch->owner->door_.tell ([&] (Core &core)
                            { core.on_zone_name (ego, name, nym); });
}
} // namespace social
