// SPDX-License-Identifier: AGPL-3.0-or-later
//
// gnunet-psyc at work: hosts or joins a channel, prints what comes as packets,
// sends packets that come on stdin, and ends when that is what was wanted.
//
//   finding the key -> opening -> (at the door) -> open -> ending
//
// stdout has packets and nothing else; words for people go to stderr.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "psyc/tool/options.hpp"
#include "psyc/tool/sender.hpp"

namespace psyc::tool
{
class Tool
{
public:
  Tool (const struct GNUNET_CONFIGURATION_Handle *cfg, Options options);
  Tool (const Tool &) = delete;
  Tool &operator= (const Tool &) = delete;
  ~Tool ();

  void start ();

  [[nodiscard]] shell::tool::Status
  status () const
  {
    return status_;
  }

private:
  using Status = shell::tool::Status;

  // ---- opening
  void with_ego (const std::optional<struct GNUNET_IDENTITY_PrivateKey> &key);
  void host (const struct GNUNET_CRYPTO_EddsaPrivateKey &key);
  void join (const struct GNUNET_CRYPTO_EcdsaPrivateKey &key);
  void open_printer (const struct GNUNET_CRYPTO_EddsaPublicKey &channel);
  void begin (struct GNUNET_PSYC_Channel *channel);
  void replay_history ();

  // ---- what comes
  static void on_started (void *cls, int result, uint64_t max_id) noexcept;
  static void on_join_request (void *cls,
                               const struct GNUNET_PSYC_JoinRequestMessage *req,
                               const struct GNUNET_CRYPTO_EcdsaPublicKey *slave,
                               const struct GNUNET_PSYC_Message *join_msg,
                               struct GNUNET_PSYC_JoinHandle *jh) noexcept;
  static void on_connected (void *cls, int result, uint64_t max_id) noexcept;
  static void on_decision (void *cls,
                           const struct GNUNET_PSYC_JoinDecisionMessage *dcsn,
                           int is_admitted,
                           const struct GNUNET_PSYC_Message *join_msg) noexcept;
  static void on_link (void *cls,
                       enum GNUNET_MULTICAST_MemberState state) noexcept;
  static void on_message (void *cls,
                          const struct GNUNET_PSYC_MessageHeader *msg) noexcept;
  static void on_history_end (void *cls, int64_t result, const void *data,
                              uint16_t size) noexcept;
  static void on_variable (void *cls, const struct GNUNET_MessageHeader *mod,
                           const char *name, const void *value,
                           uint32_t value_size,
                           uint32_t full_value_size) noexcept;
  static void on_state_end (void *cls, int64_t result, const void *data,
                            uint16_t size) noexcept;
  void count_message (const struct GNUNET_PSYC_MessageHeader *msg);

  // ---- what goes
  void open_sender ();
  void on_input (base::ByteView bytes);
  void on_input_end (int error);
  void on_own_packet (const Packet &packet);
  void on_answer (const Packet &packet);
  void ask_state (const std::string &name);

  // ---- printing, waiting, the end
  void print (base::ByteView text);
  void print_at_door (const std::string &slave,
                      const struct GNUNET_PSYC_Message *join_msg);
  void print_variable ();
  void remark (const std::string &text);
  void progress ();
  void on_timeout ();
  void end_if_done ();
  void fail (Status status, const std::string &why);
  void finish (Status status);

  const struct GNUNET_CONFIGURATION_Handle *const cfg_;
  const Options options_;
  Status status_ = Status::failed;
  bool is_over_ = false;
  bool is_open_ = false;
  bool is_at_door_ = false;
  bool is_input_over_ = false;

  shell::tool::EgoLookup ego_;
  std::optional<shell::tool::ServiceWait> service_wait_;
  struct GNUNET_PSYC_Master *master_ = nullptr;
  struct GNUNET_PSYC_Slave *slave_ = nullptr;
  struct GNUNET_PSYC_Channel *channel_ = nullptr;
  std::string context_;
  struct GNUNET_PSYC_TextPrinter *printer_ = nullptr;
  std::map<std::string, struct GNUNET_PSYC_JoinHandle *> questions_;
  std::uint64_t printed_ = 0;
  unsigned int queries_ = 0; // history and state, under way
  Packet variable_;          // the state's, in progress
  std::optional<PacketSender> sender_;
  shell::tool::Input input_;
  shell::Timer timer_;
  struct GNUNET_SCHEDULER_Task *shutdown_ = nullptr;
};
} // namespace psyc::tool
