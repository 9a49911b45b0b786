// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Takes tokens off input that comes in pieces of any size. A token that is
// whole in the input is a view of it; one that is spread over several pieces
// is put together here, as its bytes come.
#pragma once

#include <algorithm>
#include <optional>
#include <string_view>

#include "base/bytes.hpp"

namespace psyc
{
class TextToken
{
public:
  enum class Result
  {
    whole,      // `view` is the token
    needs_more, // all input is taken
    too_long,
  };

  // Up to the first line feed (or tab, if `or_tab`), of at most `size_max`
  // bytes; `delimiter` tells which, and is taken too.
  [[nodiscard]] Result
  take_line (base::ByteView &in, std::size_t size_max)
  {
    return take_until (
        in, std::min (base::as_text (in).find ('\n'), in.size ()), size_max);
  }

  [[nodiscard]] Result
  take_head (base::ByteView &in, std::size_t size_max)
  {
    std::size_t at = 0;
    while (at < in.size () && '\n' != in[at] && '\t' != in[at])
      at++;
    return take_until (in, at, size_max);
  }

  // Exactly `size` bytes.
  [[nodiscard]] Result
  take_counted (base::ByteView &in, std::size_t size)
  {
    restart ();
    const auto got = in.first (std::min (in.size (), size - carried_.size ()));
    in = in.subspan (got.size ());
    return add (got, carried_.size () + got.size () == size);
  }

  [[nodiscard]] base::ByteView
  view () const
  {
    return view_;
  }

  [[nodiscard]] std::string_view
  text () const
  {
    return base::as_text (view_);
  }

  [[nodiscard]] char
  delimiter () const
  {
    return delimiter_;
  }

  // Has a token begun that is not whole?
  [[nodiscard]] bool
  is_begun () const
  {
    return ! is_whole_ && ! carried_.empty ();
  }

  void
  clear ()
  {
    is_whole_ = false;
    view_ = {};
    // What one long value took is not kept.
    if (carried_.capacity () > 65536)
      carried_ = {};
    carried_.clear ();
  }

private:
  [[nodiscard]] Result
  take_until (base::ByteView &in, std::size_t at, std::size_t size_max)
  {
    restart ();
    if (carried_.size () + at > size_max)
      return Result::too_long;
    const auto got = in.first (at);
    const bool is_end = at < in.size ();
    if (is_end)
      delimiter_ = static_cast<char> (in[at]);
    in = in.subspan (is_end ? at + 1 : at);
    return add (got, is_end);
  }

  // The token before this one is done with.
  void
  restart ()
  {
    if (is_whole_)
      clear ();
  }

  [[nodiscard]] Result
  add (base::ByteView got, bool is_end)
  {
    is_whole_ = is_end;
    if (is_end && carried_.empty ())
    {
      view_ = got;
      return Result::whole;
    }
    carried_.insert (carried_.end (), got.begin (), got.end ());
    view_ = carried_;
    return is_end ? Result::whole : Result::needs_more;
  }

  base::Bytes carried_;
  base::ByteView view_;
  bool is_whole_ = false;
  char delimiter_ = 0;
};
} // namespace psyc
