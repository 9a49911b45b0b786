// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A message on its way into a place: its head, its body as it comes, its end;
// never more of it in memory than the library takes.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gnunet_social_service.h"
#include "psyc/message/part_writer.hpp"

namespace social::client
{
// What is known of it.
struct Said
{
  std::optional<enum GNUNET_PSYC_SendState> state;
  std::uint64_t id = 0; // 0: none yet
  std::string reason;

  [[nodiscard]] bool
  is_final () const
  {
    return state && *state >= GNUNET_PSYC_SEND_STORED;
  }
};

class Speaker
{
public:
  struct Wanted
  {
    struct GNUNET_CRYPTO_EddsaPublicKey place;
    std::optional<struct GNUNET_Uuid> tag; // the same twice is said once
    std::uint32_t flags = 0;
  };
  struct Callbacks
  {
    std::function<void ()> on_room; // after is_full
    std::function<void (const Said &)> on_state;
  };

  Speaker (GNUNET_SOCIAL_App *app, const Wanted &wanted, Callbacks callbacks);
  Speaker (const Speaker &) = delete;
  Speaker &operator= (const Speaker &) = delete;
  // What is complete goes on, what is not is abandoned.
  ~Speaker ();

  struct Variable
  {
    psyc::Operator oper = psyc::Operator::set;
    std::string name;
    std::string value;
  };
  // False: a name is none.
  [[nodiscard]] bool head (const std::string &method,
                           const std::vector<Variable> &variables);
  void body (base::ByteView bytes);
  void end ();
  [[nodiscard]] bool is_full () const;
  // It is not even on our own disk: not said at all.
  void give_up ();

private:
  void push ();

  const Callbacks callbacks_;
  psyc::PartWriter writer_;
  GNUNET_SOCIAL_Upload *upload_ = nullptr; // NULL: has ended
  Said said_;
  bool is_waiting_ = false; // the library takes no more now
  bool is_ended_ = false;
};
} // namespace social::client
