// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Makes messages of a wire::MessageList from their declarations: members get
// values that are likely to mean something to the core (small ids, known keys,
// real parts and fragments), and now and then the encoding is damaged.
#pragma once

#include <functional>
#include <string>

#include "base/wire.hpp"
#include "fuzz_input.hpp"
#include "some_parts.hpp"

namespace fuzz
{
class WireMaker
{
public:
  // What stands where a message carries something opaque.
  using MakeBlob = std::function<base::Bytes (Input &)>;

  WireMaker (Input &input, MakeBlob blob)
      : input_ (input), blob_ (std::move (blob))
  {}

  // A message of the list, as it would come from a socket.
  template <typename List>
  [[nodiscard]] base::Bytes
  message ()
  {
    const std::size_t wanted = input_.pick (List::count);
    std::size_t index = 0;
    base::Bytes out;
    List::for_each (
        [&]<typename M> ()
        {
          if (wanted == index++)
            out = encoded<M> ();
        });
    return out;
  }

  template <wire::Message M>
  [[nodiscard]] base::Bytes
  encoded ()
  {
    M message{};
    fill (message);
    auto out = wire::encode (message);
    if (! out)
      return {};
    if (input_.one_in (8))
      damage (*out);
    return std::move (*out);
  }

  template <typename T>
  void
  fill (T &value)
  {
    if constexpr (std::is_same_v<T, bool>)
      value = input_.one_in (2);
    else if constexpr (std::is_enum_v<T>)
      value = static_cast<T> (input_.number ());
    else if constexpr (std::is_integral_v<T>)
      value = static_cast<T> (input_.number ());
    else if constexpr (wire::detail::IsId<T>::value)
      value.value = input_.number ();
    else if constexpr (std::is_same_v<T, base::TimePoint>)
      value = base::TimePoint{ base::Duration{
          static_cast<std::int64_t> (input_.number ()) } };
    else if constexpr (std::is_same_v<T, base::Duration>)
      value = base::Duration{ static_cast<std::int64_t> (input_.number ()) };
    else if constexpr (wire::detail::IsFixed<T>::value)
      fill_fixed (value);
    else if constexpr (std::is_same_v<T, base::Bytes>)
      value = blob_ (input_);
    else if constexpr (std::is_same_v<T, std::string>)
      value = some_name (input_);
    else if constexpr (std::is_same_v<T, wire::Rest>)
      value.bytes = blob_ (input_);
    else if constexpr (wire::detail::IsVector<T>::value)
    {
      value.resize (input_.pick (4));
      for (auto &element : value)
        fill (element);
    }
    else if constexpr (wire::detail::IsOptional<T>::value)
    {
      if (input_.one_in (2))
        fill (value.emplace ());
    }
    else
      std::apply ([&] (auto &...member) { (fill (member), ...); },
                  value.wire_members ());
  }

private:
  // One of a few keys; the fakes' public keys differ from the private ones in
  // the first bit.
  template <typename T>
  void
  fill_fixed (T &value)
  {
    const std::uint8_t kind = input_.byte ();
    value.bytes.fill (static_cast<std::uint8_t> (kind % 6));
    if (kind % 3 != 0)
      value.bytes[0] ^= 0x80;
  }

  void
  damage (base::Bytes &message)
  {
    if (input_.one_in (3))
    {
      const std::size_t size
          = wire::header_size
            + input_.pick (message.size () - wire::header_size + 1);
      message.resize (std::min (size, message.size ()));
      message[0] = static_cast<std::uint8_t> (message.size () >> 8);
      message[1] = static_cast<std::uint8_t> (message.size ());
      return;
    }
    for (std::size_t count = 1 + input_.pick (3); count > 0; count--)
      message[input_.pick (std::min<std::size_t> (256, message.size ()))]
          = input_.byte ();
  }

  Input &input_;
  MakeBlob blob_;
};
} // namespace fuzz
