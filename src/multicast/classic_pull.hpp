// SPDX-License-Identifier: AGPL-3.0-or-later
//
// One message or request of the interface of 2019: the application is asked
// for piece after piece while there is room, until it says that it is whole.
#pragma once

#include "multicast/multicast_api.hpp"

namespace multicast::api
{
// Where the pieces go.
class ClassicOutlet
{
public:
  [[nodiscard]] virtual bool has_room () const = 0;
  virtual void emit (std::uint64_t offset, std::uint32_t flags,
                     base::Bytes body)
      = 0;
  // Nothing more comes; destroys the pull.
  virtual void on_pulled () = 0;

protected:
  ~ClassicOutlet () = default;
};

class ClassicPull
{
public:
  using Notify = int (*) (void *cls, std::size_t *size, void *data);

  // Both outlive this.
  ClassicPull (Endpoint &endpoint, ClassicOutlet &outlet, Notify notify,
               void *notify_cls);

  // There is room again.
  void go_on ();
  // The application, which had nothing just now, has something.
  void resume ();
  // What was emitted already is marked as cancelled. Destroys this.
  void cancel ();

private:
  void pull ();
  void emit (std::uint32_t flags, base::Bytes body);

  Endpoint &endpoint_;
  ClassicOutlet &outlet_;
  const Notify notify_;
  void *const notify_cls_;
  std::uint64_t offset_ = 0;
  bool has_begun_ = false;
  bool is_paused_ = false;
  shell::Timer timer_;
  LifeSign life_; // the application may cancel while it is asked
};
} // namespace multicast::api
