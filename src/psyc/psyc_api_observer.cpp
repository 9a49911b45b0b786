// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Readers of a local log, and their C interface.
#include "psyc/psyc_api_begun.hpp"
#include "psyc/psyc_api_delivery.hpp"
#include "psyc/psyc_api_handle.hpp"
#include "psyc/psyc_api_inflow.hpp"
#include "shell/keys.hpp"

using namespace psyc;

struct GNUNET_PSYC_Observer final : api::Handle
{
  struct Callbacks
  {
    GNUNET_PSYC_ObserverStartCallback start_cb = nullptr;
    GNUNET_PSYC_ObserverFragmentCallback fragment_cb = nullptr;
    GNUNET_PSYC_ObserverGapCallback gap_cb = nullptr;
    void *cls = nullptr;
  };

  GNUNET_PSYC_Observer (local::ObserveStart hello, Callbacks callbacks)
      : Handle (hello.after_fragment_id), hello_ (std::move (hello)),
        callbacks_ (callbacks),
        is_from_now_ (local::from_now == hello_.after_fragment_id)
  {}

  void
  hold ()
  {
    inflow_.hold ();
  }

  void
  release ()
  {
    inflow_.release ();
    defer ([this] { drain (); });
  }

private:
  void
  say_hello () override
  {
    hello_.after_fragment_id = cursor ();
    say (hello_);
  }

  void
  on_start (const local::Started &started) override
  {
    const bool has_failed = local::StartResult::failed == started.result;
    if (nullptr != callbacks_.start_cb && (has_failed || ! is_told_))
      callbacks_.start_cb (callbacks_.cls, static_cast<int> (started.result),
                           started.head_fragment_id, started.max_message_id);
    is_told_ = true;
  }

  void
  on_lost () override
  {
    inflow_.clear ();
  }

  using Handle::on;

  bool
  on (local::Fragment &&fragment) override
  {
    if (local::log_stream != fragment.stream_id
        || ! api::is_fragment (fragment.message.bytes))
      return false;
    return take_in (std::move (fragment));
  }

  bool
  on (local::Gap &&gap) override
  {
    return local::log_stream == gap.stream_id && take_in (gap);
  }

  [[nodiscard]] bool
  take_in (api::Inflow::Item item)
  {
    if (! inflow_.push (std::move (item)))
      return false;
    drain ();
    return true;
  }

  void
  drain ()
  {
    while (! is_ended ())
    {
      const auto item = inflow_.take ();
      if (! item)
        return;
      if (const auto *fragment = std::get_if<local::Fragment> (&*item))
        hand_on (*fragment);
      else if (const auto *gap = std::get_if<local::Gap> (&*item))
        hand_on (*gap);
    }
  }

  void
  hand_on (const local::Fragment &fragment)
  {
    const base::Bytes &bytes = fragment.message.bytes;
    if (advance_cursor (fragment.fragment_id)
        && (! is_from_now_ || begun_.takes (bytes))
        && nullptr != callbacks_.fragment_cb)
      callbacks_.fragment_cb (callbacks_.cls, fragment.fragment_id,
                              api::as_fragment (bytes));
    acknowledge (local::log_stream, local::stream_cost (fragment));
  }

  void
  hand_on (const local::Gap &gap)
  {
    const std::uint64_t first = std::max (gap.first, cursor () + 1);
    if (advance_cursor (gap.last) && nullptr != callbacks_.gap_cb)
      callbacks_.gap_cb (callbacks_.cls, first, gap.last);
    acknowledge (local::log_stream, local::stream_cost (gap));
  }

  local::ObserveStart hello_;
  const Callbacks callbacks_;
  const bool is_from_now_;
  bool is_told_ = false;
  api::BegunMessages begun_;
  api::Inflow inflow_;
};

struct GNUNET_PSYC_Observer *
GNUNET_PSYC_observe (const struct GNUNET_CONFIGURATION_Handle *cfg,
                     const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key,
                     const struct GNUNET_CRYPTO_EcdsaPublicKey *slave_key,
                     uint64_t after_fragment_id,
                     GNUNET_PSYC_ObserverStartCallback start_cb,
                     GNUNET_PSYC_ObserverFragmentCallback fragment_cb,
                     GNUNET_PSYC_ObserverGapCallback gap_cb, void *cls)
{
  local::ObserveStart hello;
  hello.channel_key = shell::from_gnunet<base::ChannelKey> (*channel_key);
  if (nullptr != slave_key)
    hello.slave_key = shell::from_gnunet<base::MemberKey> (*slave_key);
  hello.after_fragment_id = after_fragment_id;
  const auto observer = std::make_shared<GNUNET_PSYC_Observer> (
      std::move (hello),
      GNUNET_PSYC_Observer::Callbacks{ start_cb, fragment_cb, gap_cb, cls });
  observer->begin (cfg);
  return observer.get ();
}

void
GNUNET_PSYC_observer_pause (struct GNUNET_PSYC_Observer *o)
{
  o->hold ();
}

void
GNUNET_PSYC_observer_resume (struct GNUNET_PSYC_Observer *o)
{
  o->release ();
}

void
GNUNET_PSYC_observer_destroy (struct GNUNET_PSYC_Observer *o)
{
  o->end ();
}
