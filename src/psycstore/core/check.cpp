// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Goes through a channel and names what does not fit together: rows against
// the bytes that they describe, signatures, runs, sums, values in pieces,
// requests.
#include <algorithm>

#include "psycstore/core/methods.hpp"
#include "psycstore/core/reads.hpp"
#include "psycstore/core/signed_fragment.hpp"

namespace psycstore
{
namespace
{
// A signature costs more than a row: fewer of them in one step.
constexpr int fragments_per_step = 100;

class CheckReader : public Reader
{
public:
  CheckReader (const Check &request, const port::Verifier &verifier)
      : operation_ (request.operation), channel_ (request.channel),
        verifier_ (verifier)
  {}

  std::optional<Outcome>
  step (Database &db, Page &page) override
  {
    if (next_.is_none () && ! begin (db))
      return done (result_no);
    for (int i = 0; i < fragments_per_step; i++)
    {
      const auto info = db.fragment_from (channel_, next_);
      if (! info)
      {
        check_rest (db, page);
        return done (problems_);
      }
      check_fragment (db, *info, page);
      if (const auto failure = db.take_failure ())
        report (page, name_of (*info) + ": " + failure->message);
      next_ = info->fragment_id.next ();
    }
    return std::nullopt;
  }

private:
  [[nodiscard]] bool
  begin (Database &db)
  {
    const auto info = db.channel_from (channel_);
    next_ = base::FragmentId{ 1 };
    if (! info || info->key != channel_)
      return false;
    before_ = *info;
    return true;
  }

  static std::string
  name_of (const FragmentInfo &info)
  {
    return "fragment " + std::to_string (info.fragment_id.value);
  }

  void
  report (Page &page, const std::string &problem)
  {
    problems_++;
    page.add (CheckResult{ operation_, problem });
  }

  void
  check_fragment (Database &db, const FragmentInfo &info, Page &page)
  {
    fragments_++;
    messages_ += 0 == info.offset ? 1 : 0;
    bytes_ += info.body_size + fragment_header_size;
    const base::Bytes bytes = db.fragment_bytes (channel_, info);
    std::string why;
    auto parsed = parse_fragment (bytes, why);
    if (! parsed)
    {
      report (page, name_of (info) + ": " + why);
      return;
    }
    parsed->store_flags = info.store_flags;
    parsed->stored_at = info.stored_at;
    parsed->location = info.location;
    if (*parsed != info)
      report (page, name_of (info) + ": its row differs from its header");
    if (! is_signed_fragment (verifier_, channel_, bytes))
      report (page, name_of (info) + ": its signature is wrong");
    check_run (db, info, page);
    if (0 == info.offset)
      check_method (db, info, bytes, page);
  }

  void
  check_run (Database &db, const FragmentInfo &info, Page &page)
  {
    const std::uint64_t id = info.fragment_id.value;
    if (id > run_.last)
    {
      if (0 != run_.last && last_id_ != run_.last)
        report (page, missing_in_run ());
      const auto run = db.range_from (channel_, info.fragment_id);
      run_ = run.value_or (base::Interval{});
    }
    else if (id != last_id_ + 1)
      report (page, missing_in_run ());
    if (id < run_.first || id > run_.last)
      report (page, name_of (info) + ": it is in no run of stored ids");
    last_id_ = id;
  }

  [[nodiscard]] std::string
  missing_in_run () const
  {
    return "fragment " + std::to_string (last_id_ + 1)
           + ": it is counted as stored, but is not";
  }

  void
  check_method (Database &db, const FragmentInfo &info, base::ByteView bytes,
                Page &page)
  {
    const auto method = method_of (fragment_body (bytes));
    if (! method)
      return;
    for (const std::string_view prefix : method_prefixes (*method))
      if (db.message_from (channel_, prefix, info.message_id)
          != info.message_id)
        report (page, "message " + std::to_string (info.message_id.value)
                          + ": it is not found by its method");
  }

  void
  check_rest (Database &db, Page &page)
  {
    if (0 != run_.last && last_id_ != run_.last)
      report (page, missing_in_run ());
    const auto after = db.channel_from (channel_);
    const bool is_quiet = after && after->fragments == before_.fragments
                          && after->bytes == before_.bytes;
    if (is_quiet
        && (fragments_ != after->fragments || messages_ != after->messages
            || bytes_ != after->bytes))
      report (page, "the sums of what is stored are wrong");
    check_state (db, page);
    for (const Box box : { Box::out, Box::in })
      check_requests (db, box, page);
  }

  void
  check_state (Database &db, Page &page)
  {
    std::string name;
    while (const auto variable
           = db.variable_from (channel_, StateSlot::live, name))
    {
      std::uint64_t size = 0;
      for (std::uint64_t piece = 0; size < variable->size; piece++)
      {
        const std::size_t more = db.variable_piece (*variable, piece).size ();
        size += more;
        if (more != state_piece_size)
          break;
      }
      if (size != variable->size)
        report (page, "variable " + variable->name + ": its value is "
                          + std::to_string (size) + " bytes of "
                          + std::to_string (variable->size));
      name = variable->name + '\0'; // the least name after it
    }
  }

  void
  check_requests (Database &db, Box box, Page &page)
  {
    std::optional<RequestPosition> after;
    while (const auto request
           = db.open_request_after (channel_, box, std::nullopt, after))
    {
      after = request->position ();
      std::uint64_t end = 0;
      for (auto piece = db.request_piece_from (*request, 0);
           piece && piece->offset == end;
           piece = db.request_piece_from (*request, end))
        end = std::max (end + 1, piece->end ());
      if (0 != request->sequence && request->body_end
          && end < *request->body_end)
        report (page, "request " + std::to_string (request->request_id.value)
                          + ": a part of it is missing");
    }
  }

  const std::uint64_t operation_;
  const base::ChannelKey channel_;
  const port::Verifier &verifier_;
  base::FragmentId next_;
  ChannelInfo before_;
  base::Interval run_;
  std::uint64_t last_id_ = 0;
  std::uint64_t fragments_ = 0;
  std::uint64_t messages_ = 0;
  std::uint64_t bytes_ = 0;
  std::int64_t problems_ = 0;
};
} // namespace

std::unique_ptr<Reader>
make_reader (Check request, const port::Verifier &verifier)
{
  return std::make_unique<CheckReader> (request, verifier);
}
} // namespace psycstore
