// SPDX-License-Identifier: AGPL-3.0-or-later
//
// How long does it take to parse a million packets? The four kinds, and one
// with a length, are those of the reference library's measurements, whose
// figures (one 2.5 GHz core of 2009) are printed beside ours. Not a test: run
// it by hand. Give another number of packets as argument.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "psyc/message/text_parser.hpp"

namespace
{
struct Kind
{
  const char *name;
  std::string text;
  // Milliseconds for a million: the library, json-c, rapidxml.
  std::array<int, 3> reference;
  // Bytes: PSYC, JSON, XML.
  std::array<int, 3> sizes;
};

const Kind kinds[] = {
  { "presence",
    ":_context\tpsyc://example.com/~alice\n\n=_degree_availability\t4\n"
    "_notice_presence\n|\n",
    { 236, 2463, 1719 },
    { 81, 95, 114 } },
  { "chat",
    ":_source\tpsyc://example.com/~alice\n:_target\tpsyc://example.org/~bob\n\n"
    "_message_private\nArt thou not Romeo, and a Montague?\n|\n",
    { 295, 2147, 1850 },
    { 116, 114, 139 } },
  { "status update",
    ":_source\tpsyc://alice.example.com/\n\n:_id_entry\t78\n"
    ":_title\tTravelling\n:_date\t1262304000\n_message_status\n"
    "On the road to Mantua, back on Monday.\n|\n",
    { 353, 4666, 4356 },
    { 135, 189, 1140 } },
  { "profile",
    ":_context\tpsyc://example.com/~alice\n\n=_name_public\tAlice Example\n"
    "=_date_birth\t315532800\n=_place_town\tVerona\n=_place_country\tItaly\n"
    "=_list_language\t|it|en|de\n=_uri_page\thttp://example.com/\n"
    "_status_person\n|\n",
    { 608, 4715, 2477 },
    { 185, 187, 288 } },
  { "1 KiB with length",
    ":_context\tpsyc://example.com/~alice\n1034\n_message\n"
        + std::string (1024, 'x') + "\n|\n",
    { 80, 0, 0 },
    { 0, 0, 0 } },
};

double
run_ms (const std::string &text, int count)
{
  psyc::TextParser parser;
  const auto begin = std::chrono::steady_clock::now ();
  std::size_t events = 0;
  for (int i = 0; i < count; i++)
  {
    base::ByteView in = base::as_bytes (text);
    while (parser.next (in))
      events++;
  }
  const std::chrono::duration<double, std::milli> took
      = std::chrono::steady_clock::now () - begin;
  if (psyc::TextError::none != parser.error () || 0 == events)
    std::exit (1);
  return took.count ();
}
} // namespace

int
main (int argc, char **argv)
{
  const int count = argc > 1 ? std::atoi (argv[1]) : 1000000;
  std::printf ("%-18s %6s %9s %9s  reference (2009): %7s %7s %9s; "
               "bytes PSYC/JSON/XML\n",
               "packets", "bytes", "median ms", "best ms", "libpsyc", "json-c",
               "rapidxml");
  for (const auto &kind : kinds)
  {
    std::array<double, 5> runs{};
    for (auto &run : runs)
      run = run_ms (kind.text, count);
    std::sort (runs.begin (), runs.end ());
    std::printf ("%-18s %6zu %9.0f %9.0f %26d %7d %9d; %d/%d/%d\n", kind.name,
                 kind.text.size (), runs[2], runs[0], kind.reference[0],
                 kind.reference[1], kind.reference[2], kind.sizes[0],
                 kind.sizes[1], kind.sizes[2]);
  }
  return 0;
}
