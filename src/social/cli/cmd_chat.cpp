// SPDX-License-Identifier: AGPL-3.0-or-later
//
// gnunet-social chat: on the whole terminal when there is one, else lines in,
// lines out.
#include <config.h>

#include "social/cli/chat/plain_chat.hpp"
#include "social/cli/commands.hpp"
#if HAVE_NCURSES
#include "social/cli/chat/screen_chat.hpp"
#endif

namespace social::cli
{
std::unique_ptr<Command>
make_chat (Session &session)
{
#if HAVE_NCURSES
  if (Output::Form::human == session.out ().form ()
      && chat::Terminal::is_usable ())
    return std::make_unique<chat::ScreenChat> (session);
#endif
  return std::make_unique<chat::PlainChat> (session);
}
} // namespace social::cli
