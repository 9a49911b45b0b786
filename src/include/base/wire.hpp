// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The one message codec. A message is a struct that lists its members once:
//
//   struct PeerHello
//   {
//     std::uint32_t version = 0;
//     std::uint64_t features = 0;
//     WIRE_MESSAGE (PeerHello, 763, version, features)
//   };
//
// and from that list come its encoder, its bounds-checked decoder, its place
// in a MessageList (dispatch, tests, fuzzing). A part that is no message of its
// own says WIRE_STRUCT (members...).
//
// On the wire: GNUnet's header (size and type, 16 bits each), then the members
// in order, integers big-endian without padding.
//
//   bool                1 byte, 0 or 1, anything else is refused
//   integers, enums     their size; Id<> 8 bytes; TimePoint, Duration 8 bytes
//   FixedBytes<N>       N bytes
//   Bytes, std::string  32-bit length, then the bytes
//   std::vector<T>      32-bit count, then the elements
//   std::optional<T>    bool, then T when true
//   Rest                all that is left; last member only
//
// Nothing is read past the end, nothing is allocated beyond what is there, and
// bytes left over at the end make the message malformed.
#pragma once

#include <cassert>
#include <concepts>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/ids.hpp"
#include "base/time.hpp"

namespace wire
{
// All that is left of a message: payload that is opaque here.
struct Rest
{
  base::Bytes bytes;

  bool operator== (const Rest &) const = default;
};

#define WIRE_STRUCT(...)                                                       \
  auto wire_members () { return std::tie (__VA_ARGS__); }                      \
  auto wire_members () const { return std::tie (__VA_ARGS__); }                \
  [[maybe_unused]] static constexpr std::string_view wire_member_names         \
      = #__VA_ARGS__;

#define WIRE_MESSAGE(Name, Type, ...)                                          \
  static constexpr std::uint16_t wire_type = Type;                             \
  static constexpr std::string_view wire_name = #Name;                         \
  auto wire_members () { return std::tie (__VA_ARGS__); }                      \
  auto wire_members () const { return std::tie (__VA_ARGS__); }                \
  [[maybe_unused]] static constexpr std::string_view wire_member_names         \
      = "" #__VA_ARGS__;

template <typename T>
concept Struct = requires (T &t)
{
  t.wire_members ();
};

template <typename T>
concept Message = Struct<T> && requires
{
  T::wire_type;
};

inline constexpr std::size_t header_size = 4;
inline constexpr std::size_t message_size_max
    = std::numeric_limits<std::uint16_t>::max ();

namespace detail
{
template <typename T> struct IsId : std::false_type
{
};
template <typename Tag> struct IsId<base::Id<Tag>> : std::true_type
{
};
template <typename T> struct IsFixed : std::false_type
{
};
template <std::size_t N, typename Tag>
struct IsFixed<base::FixedBytes<N, Tag>> : std::true_type
{
};
template <typename T> struct IsVector : std::false_type
{
};
template <typename T> struct IsVector<std::vector<T>> : std::true_type
{
};
template <typename T> struct IsOptional : std::false_type
{
};
template <typename T> struct IsOptional<std::optional<T>> : std::true_type
{
};
} // namespace detail

class Encoder
{
public:
  template <typename T>
  void
  put (const T &value)
  {
    if constexpr (std::is_same_v<T, bool>)
      put_unsigned<std::uint8_t> (value ? 1 : 0);
    else if constexpr (std::is_enum_v<T>)
      put (static_cast<std::underlying_type_t<T>> (value));
    else if constexpr (std::is_integral_v<T>)
      put_unsigned (static_cast<std::make_unsigned_t<T>> (value));
    else if constexpr (detail::IsId<T>::value)
      put (value.value);
    else if constexpr (std::is_same_v<T, base::TimePoint>)
      put (value.time_since_epoch ().count ());
    else if constexpr (std::is_same_v<T, base::Duration>)
      put (value.count ());
    else if constexpr (detail::IsFixed<T>::value)
      raw (value.view ());
    else if constexpr (std::is_same_v<T, base::Bytes>)
      put_counted (value);
    else if constexpr (std::is_same_v<T, std::string>)
      put_counted (base::as_bytes (value));
    else if constexpr (std::is_same_v<T, Rest>)
      raw (value.bytes);
    else if constexpr (detail::IsVector<T>::value)
    {
      put (static_cast<std::uint32_t> (value.size ()));
      for (const auto &element : value)
        put (element);
    }
    else if constexpr (detail::IsOptional<T>::value)
    {
      put (value.has_value ());
      if (value)
        put (*value);
    }
    else
      std::apply ([&] (const auto &...member) { (put (member), ...); },
                  value.wire_members ());
  }

  void
  raw (base::ByteView bytes)
  {
    out_.insert (out_.end (), bytes.begin (), bytes.end ());
  }

  [[nodiscard]] base::Bytes
  take ()
  {
    return std::move (out_);
  }

private:
  template <std::unsigned_integral U>
  void
  put_unsigned (U value)
  {
    for (std::size_t i = sizeof (U); i-- > 0;)
      out_.push_back (static_cast<std::uint8_t> (value >> (8 * i)));
  }

  void
  put_counted (base::ByteView bytes)
  {
    put (static_cast<std::uint32_t> (bytes.size ()));
    raw (bytes);
  }

  base::Bytes out_;
};

class Decoder
{
public:
  explicit Decoder (base::ByteView in) : in_ (in) {}

  // False when the input does not hold a valid T here; then the decoder is
  // spent.
  template <typename T>
  [[nodiscard]] bool
  get (T &value)
  {
    if constexpr (std::is_same_v<T, bool>)
    {
      std::uint8_t byte = 0;
      if (! get_unsigned (byte) || byte > 1)
        return false;
      value = (1 == byte);
      return true;
    }
    else if constexpr (std::is_enum_v<T>)
    {
      std::underlying_type_t<T> number{};
      if (! get (number))
        return false;
      value = static_cast<T> (number);
      return true;
    }
    else if constexpr (std::is_integral_v<T>)
    {
      std::make_unsigned_t<T> number = 0;
      if (! get_unsigned (number))
        return false;
      value = static_cast<T> (number);
      return true;
    }
    else if constexpr (detail::IsId<T>::value)
      return get (value.value);
    else if constexpr (std::is_same_v<T, base::TimePoint>)
    {
      std::int64_t count = 0;
      if (! get (count))
        return false;
      value = base::TimePoint{ base::Duration{ count } };
      return true;
    }
    else if constexpr (std::is_same_v<T, base::Duration>)
    {
      std::int64_t count = 0;
      if (! get (count))
        return false;
      value = base::Duration{ count };
      return true;
    }
    else if constexpr (detail::IsFixed<T>::value)
    {
      if (in_.size () < T::size)
        return false;
      std::copy_n (in_.begin (), T::size, value.bytes.begin ());
      in_ = in_.subspan (T::size);
      return true;
    }
    else if constexpr (std::is_same_v<T, base::Bytes>)
      return get_counted ([&value] (base::ByteView v)
                          { value.assign (v.begin (), v.end ()); });
    else if constexpr (std::is_same_v<T, std::string>)
      return get_counted ([&value] (base::ByteView v)
                          { value.assign (base::as_text (v)); });
    else if constexpr (std::is_same_v<T, Rest>)
    {
      value.bytes.assign (in_.begin (), in_.end ());
      in_ = {};
      return true;
    }
    else if constexpr (detail::IsVector<T>::value)
    {
      std::uint32_t count = 0;
      // Every element takes at least one byte: a count above what is left is
      // a lie, and nothing is allocated for it.
      if (! get (count) || count > in_.size ())
        return false;
      value.clear ();
      for (std::uint32_t i = 0; i < count; i++)
      {
        typename T::value_type element{};
        if (! get (element))
          return false;
        value.push_back (std::move (element));
      }
      return true;
    }
    else if constexpr (detail::IsOptional<T>::value)
    {
      bool is_there = false;
      if (! get (is_there))
        return false;
      if (! is_there)
      {
        value.reset ();
        return true;
      }
      return get (value.emplace ());
    }
    else
      return std::apply ([&] (auto &...member)
                         { return (get (member) && ...); },
                         value.wire_members ());
  }

  [[nodiscard]] base::ByteView
  rest () const
  {
    return in_;
  }

private:
  template <std::unsigned_integral U>
  [[nodiscard]] bool
  get_unsigned (U &value)
  {
    if (in_.size () < sizeof (U))
      return false;
    value = 0;
    for (std::size_t i = 0; i < sizeof (U); i++)
      value = static_cast<U> ((value << 8) | in_[i]);
    in_ = in_.subspan (sizeof (U));
    return true;
  }

  template <typename Assign>
  [[nodiscard]] bool
  get_counted (Assign assign)
  {
    std::uint32_t size = 0;
    if (! get (size) || size > in_.size ())
      return false;
    assign (in_.first (size));
    in_ = in_.subspan (size);
    return true;
  }

  base::ByteView in_;
};

// The members alone, without GNUnet's header: what is signed or kept on disk.
template <Struct T>
[[nodiscard]] base::Bytes
encode_members (const T &value)
{
  Encoder encoder;
  encoder.put (value);
  return encoder.take ();
}

template <Struct T>
[[nodiscard]] std::optional<T>
decode_members (base::ByteView in)
{
  Decoder decoder (in);
  T value{};
  if (! decoder.get (value) || ! decoder.rest ().empty ())
    return std::nullopt;
  return value;
}

// The whole message with its header; nothing when it would exceed
// message_size_max. Callers whose content is bounded elsewhere may use
// `must_encode`.
template <Message T>
[[nodiscard]] std::optional<base::Bytes>
encode (const T &message)
{
  Encoder encoder;
  encoder.put (std::uint16_t{ 0 });
  encoder.put (T::wire_type);
  encoder.put (message);
  base::Bytes out = encoder.take ();
  if (out.size () > message_size_max)
    return std::nullopt;
  out[0] = static_cast<std::uint8_t> (out.size () >> 8);
  out[1] = static_cast<std::uint8_t> (out.size ());
  return out;
}

template <Message T>
[[nodiscard]] base::Bytes
must_encode (const T &message)
{
  auto out = encode (message);
  assert (out);
  return std::move (*out);
}

// Type of the message that starts at `in`, when its header is there and its
// size is that of `in`.
[[nodiscard]] inline std::optional<std::uint16_t>
message_type (base::ByteView in)
{
  Decoder decoder (in);
  std::uint16_t size = 0;
  std::uint16_t type = 0;
  if (! decoder.get (size) || ! decoder.get (type) || size != in.size ())
    return std::nullopt;
  return type;
}

template <Message T>
[[nodiscard]] std::optional<T>
decode (base::ByteView in)
{
  if (message_type (in) != T::wire_type)
    return std::nullopt;
  return decode_members<T> (in.subspan (header_size));
}

enum class DispatchResult
{
  ok,
  unknown_type,
  malformed,
};

// All messages that one side understands on one kind of channel.
template <Message... Ms> struct MessageList
{
  static constexpr std::size_t count = sizeof...(Ms);

  // Calls visit.template operator() <M> () for each message.
  template <typename Visit>
  static void
  for_each (Visit &&visit)
  {
    (visit.template operator()<Ms> (), ...);
  }

  // Decodes `in` and calls `on (message)` with the struct it holds.
  template <typename On>
  [[nodiscard]] static DispatchResult
  dispatch (base::ByteView in, On &&on)
  {
    const auto type = message_type (in);
    if (! type)
      return DispatchResult::malformed;
    DispatchResult result = DispatchResult::unknown_type;
    (void)(try_one<Ms> (*type, in, on, result) || ...);
    return result;
  }

private:
  template <Message M, typename On>
  static bool
  try_one (std::uint16_t type, base::ByteView in, On &on,
           DispatchResult &result)
  {
    if (M::wire_type != type)
      return false;
    auto message = decode<M> (in);
    result = message ? DispatchResult::ok : DispatchResult::malformed;
    if (message)
      on (std::move (*message));
    return true;
  }
};
} // namespace wire
