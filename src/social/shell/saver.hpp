// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Saves bodies as files where a place's rules say so: an observer of psyc for
// each such place, whose messages are cut and put on the place's shelf.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "shell/timer.hpp"
#include "social/core/body_cutter.hpp"
#include "social/shell/file_shelf.hpp"
#include "social/shell/gnunet_social.hpp"

#include "gnunet_psyc_service.h"

namespace social
{
class Saver
{
public:
  Saver (const struct GNUNET_CONFIGURATION_Handle *cfg, CoreDoor &door);
  ~Saver ();
  Saver (const Saver &) = delete;
  Saver &operator= (const Saver &) = delete;

  void save (const SaveFiles &effect);

private:
  class Run;

  [[nodiscard]] std::string folder (const PlaceRef &ref) const;

  const struct GNUNET_CONFIGURATION_Handle *cfg_;
  CoreDoor &door_;
  std::string files_;
  unsigned long long size_max_ = 0;
  std::map<PlaceRef, std::unique_ptr<Run>> runs_;
};
} // namespace social
