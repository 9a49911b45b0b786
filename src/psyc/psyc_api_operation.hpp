// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Everything that is asked about a channel and answered once: each operation
// is one object, kept by its channel until it is answered or cancelled, and
// asked again when the connection breaks.
#pragma once

#include <memory>
#include <string>

#include "psyc/psyc_api_delivery.hpp"
#include "psyc/psyc_api_inflow.hpp"
#include "psyc/psyc_messages.hpp"

namespace psyc::api
{
class Operation
{
public:
  Operation (struct GNUNET_PSYC_Channel &channel, std::uint64_t op_id)
      : channel_ (channel), op_id_ (op_id)
  {}
  Operation (const Operation &) = delete;
  Operation &operator= (const Operation &) = delete;
  virtual ~Operation () = default;

  [[nodiscard]] std::uint64_t
  op_id () const
  {
    return op_id_;
  }

  [[nodiscard]] struct GNUNET_PSYC_Channel &
  channel () const
  {
    return channel_;
  }

  // Nothing of it is wanted any more; nothing calls back after this.
  void
  cancel ()
  {
    is_over_ = true;
  }

  // --- called by the channel ---
  // The connection is usable: ask (again).
  virtual void ask () = 0;
  virtual void
  on_lost ()
  {}
  // The answers; false when that is none for this operation.
  // clang-format off
  virtual bool on (local::Fragment &&) { return false; }
  virtual bool on (local::Gap &&) { return false; }
  virtual bool on (local::StateValue &&) { return false; }
  virtual bool on (local::HistoryRange &&) { return false; }
  virtual bool on (local::Info &&) { return false; }
  virtual bool on (local::OperationResult &&) { return false; }
  // clang-format on

protected:
  // The channel and this operation still exist for the application.
  [[nodiscard]] bool is_wanted () const;
  // Takes it out of the channel's books, before its last callback.
  void finish ();

private:
  struct GNUNET_PSYC_Channel &channel_;
  const std::uint64_t op_id_;
  bool is_over_ = false;
};

// One question, one result: membership, ejection, forgetting. `Question` is
// its message.
template <wire::Message Question> class PlainOperation;
} // namespace psyc::api

// A history replay. On a reconnect it goes on behind the fragment that was
// delivered last.
struct GNUNET_PSYC_HistoryRequest final : psyc::api::Operation
{
  GNUNET_PSYC_HistoryRequest (struct GNUNET_PSYC_Channel &channel,
                              psyc::local::HistoryStart question,
                              psyc::api::MessageSink sink,
                              GNUNET_ResultCallback result_cb);

  void hold ();
  void release ();

  void ask () override;
  void on_lost () override;
  bool on (psyc::local::Fragment &&fragment) override;
  bool on (psyc::local::Gap &&gap) override;
  bool on (psyc::local::HistoryRange &&range) override;
  bool on (psyc::local::OperationResult &&result) override;

private:
  [[nodiscard]] bool take_in (psyc::api::Inflow::Item item);
  void drain ();
  void hand_on (psyc::local::Fragment &fragment);
  void hand_on (psyc::local::Gap &gap);
  void hand_on (psyc::local::OperationResult &result);

  psyc::local::HistoryStart question_; // as it is asked now
  const psyc::api::MessageSink sink_;
  const GNUNET_ResultCallback result_cb_;
  psyc::api::Inflow inflow_;
  bool was_lost_ = false;
  bool is_draining_ = false;
  std::int64_t message_count_ = 0;
};

// A query for variables. On a reconnect it goes on behind the last variable
// that was delivered whole.
struct GNUNET_PSYC_StateRequest final : psyc::api::Operation
{
  GNUNET_PSYC_StateRequest (struct GNUNET_PSYC_Channel &channel,
                            psyc::local::StateGet question,
                            GNUNET_PSYC_StateVarCallback var_cb,
                            GNUNET_ResultCallback result_cb, void *cls);

  // Held, it takes no more than the service has sent already.
  void
  hold ()
  {
    is_held_ = true;
  }
  void release ();

  void ask () override;
  void on_lost () override;
  bool on (psyc::local::StateValue &&value) override;
  bool on (psyc::local::OperationResult &&result) override;

private:
  [[nodiscard]] bool take (const base::Bytes &part);
  void end (std::int64_t result, const std::string &error);

  psyc::local::StateGet question_;
  bool is_held_ = false;
  std::uint64_t unacknowledged_ = 0;
  const GNUNET_PSYC_StateVarCallback var_cb_;
  const GNUNET_ResultCallback result_cb_;
  void *const cls_;
  std::string name_;          // of the variable in delivery
  std::uint32_t missing_ = 0; // bytes of its value
  bool has_any_ = false;
};

struct GNUNET_PSYC_InfoRequest final : psyc::api::Operation
{
  GNUNET_PSYC_InfoRequest (struct GNUNET_PSYC_Channel &channel,
                           std::uint64_t op_id, GNUNET_PSYC_InfoCallback cb,
                           void *cls);

  void ask () override;
  bool on (psyc::local::Info &&info) override;

private:
  const GNUNET_PSYC_InfoCallback cb_;
  void *const cls_;
};
