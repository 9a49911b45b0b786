// SPDX-License-Identifier: AGPL-3.0-or-later
//
// One question to the social service at a time; forgotten when its owner goes.
#pragma once

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "social/view/from_gnunet.hpp"

namespace social::gateway
{
struct Ego
{
  std::string name;
  std::string key;                     // tagged
  GNUNET_SOCIAL_Ego *handle = nullptr; // NULL: EdDSA
};

struct NameGiven
{
  std::string label;
  std::string key; // tagged, of whom it names
};

// How a query ended, or that its question waits.
struct Outcome
{
  enum GNUNET_SOCIAL_Result result = GNUNET_SOCIAL_FAILED;
  std::optional<view::Place> place;
  std::optional<std::string> text;
};

class Query
{
public:
  using Start = std::function<GNUNET_SOCIAL_Query *(GNUNET_SOCIAL_QueryCallback,
                                                    void *)>;
  using OnOutcome = std::function<void (Outcome)>;
  template <typename T> using OnList = std::function<void (std::vector<T>)>;

  Query () = default;
  Query (const Query &) = delete;
  Query &operator= (const Query &) = delete;
  ~Query () { cancel (); }

  void cancel ();

  // False: an argument is too long, nothing was asked. Each callback may ask
  // anew, or destroy the query.
  [[nodiscard]] bool ask (const Start &start, OnOutcome on_outcome);
  void list_egos (GNUNET_SOCIAL_App *app, OnList<Ego> on_list);
  void list_places (GNUNET_SOCIAL_App *app, OnList<view::Place> on_list);
  void list_nyms (GNUNET_SOCIAL_App *app, const view::Place &place,
                  OnList<view::Nym> on_list);
  void list_names (GNUNET_SOCIAL_App *app, OnList<NameGiven> on_list);
  void status (GNUNET_SOCIAL_App *app,
               std::function<void (view::StatusView)> on_status);

private:
  template <typename Info, typename Item> struct List;
  template <typename Info, typename Item, typename StartList>
  void list (StartList start, std::function<Item (const Info &)> convert,
             OnList<Item> on_list);

  GNUNET_SOCIAL_Query *query_ = nullptr;
  std::shared_ptr<void> closure_; // of the callbacks
};
} // namespace social::gateway
