// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The commands, one class each.
#pragma once

#include <memory>

#include "social/cli/session.hpp"

namespace social::cli
{
[[nodiscard]] std::unique_ptr<Command> make_host (Session &session);
[[nodiscard]] std::unique_ptr<Command> make_enter (Session &session);
[[nodiscard]] std::unique_ptr<Command> make_say (Session &session);
[[nodiscard]] std::unique_ptr<Command> make_follow (Session &session);
[[nodiscard]] std::unique_ptr<Command> make_history (Session &session);
[[nodiscard]] std::unique_ptr<Command> make_chat (Session &session);
[[nodiscard]] std::unique_ptr<Command> make_look (Session &session);
[[nodiscard]] std::unique_ptr<Command> make_set (Session &session);
[[nodiscard]] std::unique_ptr<Command> make_door (Session &session);
[[nodiscard]] std::unique_ptr<Command> make_nyms (Session &session);
[[nodiscard]] std::unique_ptr<Command> make_admit (Session &session);
[[nodiscard]] std::unique_ptr<Command> make_refuse (Session &session);
[[nodiscard]] std::unique_ptr<Command> make_eject (Session &session);
[[nodiscard]] std::unique_ptr<Command> make_rule (Session &session);
[[nodiscard]] std::unique_ptr<Command> make_leave (Session &session);
[[nodiscard]] std::unique_ptr<Command> make_close (Session &session);
[[nodiscard]] std::unique_ptr<Command> make_export (Session &session);
[[nodiscard]] std::unique_ptr<Command> make_import (Session &session);
[[nodiscard]] std::unique_ptr<Command> make_adopt (Session &session);
[[nodiscard]] std::unique_ptr<Command> make_name (Session &session);
[[nodiscard]] std::unique_ptr<Command> make_publish (Session &session);
[[nodiscard]] std::unique_ptr<Command> make_places (Session &session);
[[nodiscard]] std::unique_ptr<Command> make_egos (Session &session);
[[nodiscard]] std::unique_ptr<Command> make_status (Session &session);
[[nodiscard]] std::unique_ptr<Command> make_web (Session &session);
[[nodiscard]] std::unique_ptr<Command> make_send_file (Session &session);
[[nodiscard]] std::unique_ptr<Command> make_files (Session &session);
[[nodiscard]] std::unique_ptr<Command> make_get_file (Session &session);
[[nodiscard]] std::unique_ptr<Command> make_withdraw_file (Session &session);

[[nodiscard]] std::unique_ptr<Command> make_command (Session &session,
                                                     CommandId id);

// Words from `first` on, with spaces between; nothing when there are none.
[[nodiscard]] std::optional<std::string>
joined (const std::vector<std::string> &words, std::size_t first);

// What stands as ID behind the place. Else the session has failed.
[[nodiscard]] std::optional<std::uint64_t> file_number (Session &session);

// Else the session has failed with the reason.
[[nodiscard]] bool may_speak (Session &session, const Place &place);

// One line for people: name, role, policy, state, counts.
[[nodiscard]] std::string place_line (const Place &place);

// Another: its position in the tree.
[[nodiscard]] std::string position_line (const PlaceView &view);
} // namespace social::cli
