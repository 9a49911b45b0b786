// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What masters and slaves have in common: they read the log, send messages,
// and ask operations.
#pragma once

#include <map>
#include <memory>

#include "psyc/message/sender.hpp"
#include "psyc/psyc_api_begun.hpp"
#include "psyc/psyc_api_delivery.hpp"
#include "psyc/psyc_api_handle.hpp"
#include "psyc/psyc_api_operation.hpp"
#include "psyc/psyc_api_transmission.hpp"

// A pushed message. Owned by its channel; upload_watch: only listens.
struct GNUNET_PSYC_Upload
{
  struct GNUNET_PSYC_Channel &channel;
  std::uint64_t id = 0;
  GNUNET_PSYC_UploadReadyCallback ready_cb = nullptr;
  GNUNET_PSYC_SendStateCallback state_cb = nullptr;
  void *cls = nullptr;
  base::SendTag tag;
  bool has_end = false; // the END part was given
};

struct GNUNET_PSYC_Channel : psyc::api::Handle
{
  // --- sending ---
  [[nodiscard]] GNUNET_PSYC_Upload *
  upload (const base::SendTag &tag, std::uint32_t flags,
          GNUNET_PSYC_UploadReadyCallback ready_cb,
          GNUNET_PSYC_SendStateCallback state_cb, void *cls);
  [[nodiscard]] GNUNET_PSYC_Upload *
  watch (const base::SendTag &tag, GNUNET_PSYC_SendStateCallback state_cb,
         void *cls);
  // As GNUNET_PSYC_upload_parts, _cancel, _detach.
  [[nodiscard]] int push (GNUNET_PSYC_Upload &upload, base::ByteView parts);
  void cancel (GNUNET_PSYC_Upload &upload);
  void detach (GNUNET_PSYC_Upload &upload);

  // For the transmission: the sender itself.
  [[nodiscard]] psyc::Sender &
  sender ()
  {
    return sender_;
  }
  // Carries out what the sender wants done.
  void pump ();

  [[nodiscard]] psyc::api::Transmission &
  transmission ()
  {
    return *transmission_;
  }

  // --- operations ---
  [[nodiscard]] std::uint64_t
  next_op_id ()
  {
    return ++last_op_id_;
  }
  // Keeps the operation and asks it, now or when the service is there.
  template <typename Op>
  Op *
  add (std::shared_ptr<Op> operation)
  {
    Op *raw = operation.get ();
    add_operation (std::move (operation));
    return raw;
  }
  [[nodiscard]] std::shared_ptr<psyc::api::Operation>
  find_operation (std::uint64_t op_id) const;
  // Forgets it; unanswered: the service is told to forget it too.
  void drop_answered (psyc::api::Operation &operation);
  void drop_unanswered (psyc::api::Operation &operation);

  void
  watch_state (GNUNET_PSYC_StateEventCallback cb, void *cls)
  {
    state_cb_ = cb;
    state_cls_ = cls;
  }

protected:
  GNUNET_PSYC_Channel (psyc::api::MessageSink sink,
                       std::unique_ptr<psyc::api::Transmission> transmission);

  [[nodiscard]] const psyc::api::MessageSink &
  sink () const
  {
    return sink_;
  }

  void on_usable () override;
  void on_lost () override;
  void on_end () override;
  using Handle::on;
  bool on (psyc::local::Fragment &&fragment) override;
  bool on (psyc::local::Gap &&gap) override;
  bool on (psyc::local::OperationResult &&result) override;
  bool on (psyc::local::StateValue &&value) override;
  bool on (psyc::local::StateEvent &&event) override;
  bool on (psyc::local::HistoryRange &&range) override;
  bool on (psyc::local::Info &&info) override;
  bool on (psyc::local::UploadCredit &&credit) override;
  bool on (psyc::local::UploadState &&state) override;

private:
  void add_operation (std::shared_ptr<psyc::api::Operation> operation);
  template <typename M> bool to_operation (std::uint64_t op_id, M &&message);
  void on_ready (psyc::Sender::UploadId id);
  void on_send_state (const psyc::Sender::State &state);

  const psyc::api::MessageSink sink_;
  psyc::api::BegunMessages begun_;
  psyc::Sender sender_;
  std::map<std::uint64_t, std::shared_ptr<GNUNET_PSYC_Upload>> uploads_;
  std::uint64_t last_watch_id_ = 0;
  std::uint64_t last_op_id_ = 0;
  std::map<std::uint64_t, std::shared_ptr<psyc::api::Operation>> operations_;
  std::unique_ptr<psyc::api::Transmission> transmission_;
  GNUNET_PSYC_StateEventCallback state_cb_ = nullptr;
  void *state_cls_ = nullptr;
};

namespace psyc::api
{
template <wire::Message Question> class PlainOperation final : public Operation
{
public:
  PlainOperation (struct GNUNET_PSYC_Channel &channel, Question question,
                  GNUNET_ResultCallback result_cb, void *cls)
      : Operation (channel, question.op_id), question_ (std::move (question)),
        result_cb_ (result_cb), cls_ (cls)
  {}

  void
  ask () override
  {
    channel ().say (question_);
  }

  using Operation::on;
  bool
  on (local::OperationResult &&result) override
  {
    finish ();
    report (result_cb_, cls_, result.result, result.error);
    return true;
  }

private:
  const Question question_;
  const GNUNET_ResultCallback result_cb_;
  void *const cls_;
};

template <wire::Message Question>
void
ask (struct GNUNET_PSYC_Channel &channel, Question question,
     GNUNET_ResultCallback result_cb, void *cls)
{
  question.op_id = channel.next_op_id ();
  channel.add (std::make_shared<PlainOperation<Question>> (
      channel, std::move (question), result_cb, cls));
}
} // namespace psyc::api
