// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/cli/chat/terminal.hpp"

#include <cerrno>
#include <clocale>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <langinfo.h>
#include <sys/ioctl.h>
#include <unistd.h>

// Its macros have names like move and timeout.
#define NCURSES_NOMACROS 1
#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <term.h>
#undef tab

namespace social::cli::chat
{
namespace
{
constexpr int escape_delay_ms = 25;
// Keys that terminfo does not name for all.
enum OurKey : int
{
  key_paste_begin = KEY_MAX + 1,
  key_paste_end,
  key_word_left,
  key_word_right,
};

constexpr wchar_t
control (char letter)
{
  return static_cast<wchar_t> (letter & 0x1f);
}

int signal_pipe[2] = { -1, -1 };

// On the terminal's own signals; the scheduler takes those that end programs.
constexpr int watched_signals[] = { SIGWINCH, SIGTSTP, SIGCONT };

extern "C" void
note_signal (int number)
{
  const int error = errno;
  const char byte = static_cast<char> (number);
  (void)! ::write (signal_pipe[1], &byte, 1);
  errno = error;
}

void
watch_signal (int number, void (*handler) (int))
{
  struct sigaction action;
  std::memset (&action, 0, sizeof (action));
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigemptyset (&action.sa_mask);
  sigaction (number, &action, nullptr);
}

[[nodiscard]] std::optional<Key>
key_of_control (wint_t code)
{
  switch (code)
  {
  case control ('a'):
    return Key::home;
  case control ('b'):
    return Key::left;
  case control ('d'):
    return Key::end_of_input;
  case control ('e'):
    return Key::end;
  case control ('f'):
    return Key::right;
  case control ('h'):
  case 0x7f:
    return Key::backspace;
  case control ('i'):
    return Key::tab;
  case control ('j'):
  case control ('m'):
    return Key::enter;
  case control ('k'):
    return Key::cut_to_end;
  case control ('n'):
    return Key::down;
  case control ('p'):
    return Key::up;
  case control ('u'):
    return Key::cut_to_start;
  case control ('w'):
    return Key::cut_word;
  case control ('y'):
    return Key::paste;
  default:
    return std::nullopt;
  }
}

[[nodiscard]] std::optional<Key>
key_of_code (wint_t code)
{
  switch (code)
  {
  case KEY_ENTER:
    return Key::enter;
  case KEY_BACKSPACE:
    return Key::backspace;
  case KEY_DC:
    return Key::remove;
  case KEY_LEFT:
    return Key::left;
  case KEY_RIGHT:
    return Key::right;
  case KEY_UP:
    return Key::up;
  case KEY_DOWN:
    return Key::down;
  case KEY_HOME:
    return Key::home;
  case KEY_END:
    return Key::end;
  case KEY_PPAGE:
    return Key::page_up;
  case KEY_NPAGE:
    return Key::page_down;
  case KEY_SR:
    return Key::row_up;
  case KEY_SF:
    return Key::row_down;
  case key_word_left:
    return Key::word_left;
  case key_word_right:
    return Key::word_right;
  default:
    return std::nullopt;
  }
}
} // namespace

// -------------------------------------------------------- beginning and end

bool
Terminal::is_usable ()
{
  int error = 0;
  const char *type = std::getenv ("TERM");
  return 0 != isatty (STDIN_FILENO) && 0 != isatty (STDOUT_FILENO)
         && nullptr != type && 0 != std::strcmp (type, "dumb")
         && OK == setupterm (nullptr, STDOUT_FILENO, &error)
         && nullptr != cursor_address;
}

Terminal::Terminal (Callbacks callbacks) : callbacks_ (std::move (callbacks))
{
  // Messages are UTF-8, and so is every terminal of today.
  if (0 != std::strcmp ("UTF-8", nl_langinfo (CODESET)))
    std::setlocale (LC_CTYPE, "C.UTF-8");
  GNUNET_assert (0 == pipe2 (signal_pipe, O_CLOEXEC | O_NONBLOCK));
  for (const int number : watched_signals)
    watch_signal (number, &note_signal);
  hide_logs ();
  initscr ();
  // A failed assertion is no excuse for a broken terminal.
  std::atexit (
      []
      {
        if (! isendwin ())
          endwin ();
      });
  cbreak ();
  noecho ();
  nonl ();
  keypad (stdscr, TRUE);
  nodelay (stdscr, TRUE);
  set_escdelay (escape_delay_ms);
  // What many that call themselves xterm cannot do.
  repeat_char = nullptr;
  parm_index = nullptr;
  parm_rindex = nullptr;
  set_colours ();
  set_keys ();
  set_paste_marks ("BE");
  stdin_ = GNUNET_DISK_get_handle_from_int_fd (STDIN_FILENO);
  signals_ = GNUNET_DISK_get_handle_from_int_fd (signal_pipe[0]);
  read_on ();
  wait_for_signals ();
}

Terminal::~Terminal ()
{
  if (nullptr != key_task_)
    GNUNET_SCHEDULER_cancel (key_task_);
  if (nullptr != signal_task_)
    GNUNET_SCHEDULER_cancel (signal_task_);
  set_paste_marks ("BD");
  endwin ();
  for (const int number : watched_signals)
    watch_signal (number, SIG_DFL);
  ::close (signal_pipe[0]);
  ::close (signal_pipe[1]);
  show_logs ();
}

// What is logged would be written across the screen; --logfile keeps it.
void
Terminal::hide_logs ()
{
  if (0 == isatty (STDERR_FILENO))
    return;
  const int nothing = ::open ("/dev/null", O_WRONLY | O_CLOEXEC);
  if (nothing < 0)
    return;
  stderr_ = ::fcntl (STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
  ::dup2 (nothing, STDERR_FILENO);
  ::close (nothing);
}

void
Terminal::show_logs ()
{
  if (stderr_ < 0)
    return;
  ::dup2 (stderr_, STDERR_FILENO);
  ::close (stderr_);
}

void
Terminal::set_colours ()
{
  // See no-color.org.
  const char *no_colour = std::getenv ("NO_COLOR");
  if ((nullptr != no_colour && '\0' != *no_colour) || ! has_colors ())
    return;
  start_color ();
  use_default_colors ();
  has_colours_ = true;
  constexpr short foregrounds[] = { COLOR_RED,  COLOR_GREEN,   COLOR_YELLOW,
                                    COLOR_BLUE, COLOR_MAGENTA, COLOR_CYAN };
  static_assert (std::size (foregrounds) == author_colours);
  for (short i = 0; i < author_colours; i++)
    init_pair (static_cast<short> (i + 1), foregrounds[i], -1);
}

void
Terminal::set_keys ()
{
  define_key ("\033[200~", key_paste_begin);
  define_key ("\033[201~", key_paste_end);
  define_key ("\033[1;5D", key_word_left);
  define_key ("\033[1;5C", key_word_right);
  // In both modes of a terminal, whatever its description says.
  constexpr std::pair<char, int> keys[]
      = { { 'A', KEY_UP },   { 'B', KEY_DOWN }, { 'C', KEY_RIGHT },
          { 'D', KEY_LEFT }, { 'H', KEY_HOME }, { 'F', KEY_END } };
  for (const auto &[letter, key] : keys)
    for (const char *begin : { "\033[", "\033O" })
      define_key ((begin + std::string (1, letter)).c_str (), key);
}

// Terminals that can tell what is pasted do so: line ends in it send nothing.
void
Terminal::set_paste_marks (const char *capability)
{
  char *text = tigetstr (capability);
  if (nullptr != text && reinterpret_cast<char *> (-1) != text)
  {
    putp (text);
    std::fflush (stdout);
  }
}

// ------------------------------------------------------------------ drawing

int
Terminal::width () const
{
  return getmaxx (stdscr);
}

int
Terminal::height () const
{
  return getmaxy (stdscr);
}

unsigned
Terminal::attributes_of (const Span &span) const
{
  const auto coloured = [this] (int pair, unsigned otherwise)
  {
    return has_colours_ ? static_cast<unsigned> (COLOR_PAIR (pair)) : otherwise;
  };
  switch (span.style)
  {
  case Style::plain:
  case Style::mark:
    return A_NORMAL;
  case Style::time:
  case Style::remark:
  case Style::divider:
    return A_DIM;
  case Style::mark_bad:
  case Style::unread:
    return A_BOLD | coloured (1, A_NORMAL);
  case Style::own:
  case Style::prompt:
    return A_BOLD;
  case Style::author:
    return coloured (1 + span.colour, A_UNDERLINE);
  case Style::bar:
    return A_REVERSE;
  }
  return A_NORMAL;
}

void
Terminal::draw_row (int row, const Row &spans)
{
  wmove (stdscr, row, 0);
  for (const Span &span : spans)
  {
    wattrset (stdscr, static_cast<int> (attributes_of (span)));
    waddstr (stdscr, span.text.c_str ());
  }
  wattrset (stdscr, A_NORMAL);
  // Behind a full row the cursor stands in the next one.
  if (getcury (stdscr) == row)
    wclrtoeol (stdscr);
}

void
Terminal::draw (const Frame &frame)
{
  werase (stdscr);
  int row = 0;
  for (const Row &spans : frame.rows)
    draw_row (row++, spans);
  wmove (stdscr, frame.cursor_row, frame.cursor_column);
  wrefresh (stdscr);
}

// --------------------------------------------------------------------- keys

void
Terminal::read_on ()
{
  key_task_ = GNUNET_SCHEDULER_add_read_file (
      GNUNET_TIME_UNIT_FOREVER_REL, stdin_,
      [] (void *cls) noexcept { static_cast<Terminal *> (cls)->read_keys (); },
      this);
}

void
Terminal::read_keys ()
{
  key_task_ = nullptr;
  int size = 0;
  if (0 != ::ioctl (STDIN_FILENO, FIONREAD, &size) || 0 == size)
    return callbacks_.on_gone ();
  read_on ();
  wint_t code = 0;
  for (int outcome = wget_wch (stdscr, &code); ERR != outcome;
       outcome = nullptr == key_task_ ? ERR : wget_wch (stdscr, &code))
    read_key (outcome, code);
}

void
Terminal::read_key (int outcome, unsigned code)
{
  if (KEY_CODE_YES == outcome)
  {
    if (key_paste_begin == code || key_paste_end == code)
      is_pasting_ = key_paste_begin == code;
    else if (const auto key = key_of_code (code))
      callbacks_.on_key (*key, 0);
    return;
  }
  if (control ('[') == static_cast<wchar_t> (code))
    return read_after_escape ();
  if (control ('l') == static_cast<wchar_t> (code))
  {
    clearok (curscr, TRUE);
    return callbacks_.on_draw ();
  }
  const auto key = key_of_control (code);
  if (is_pasting_ && key == Key::enter)
    callbacks_.on_key (Key::line_break, 0);
  else if (is_pasting_ && key == Key::tab)
    callbacks_.on_key (Key::character, U' ');
  else if (key)
    callbacks_.on_key (*key, 0);
  else if (code >= 0x20)
    callbacks_.on_key (Key::character, static_cast<char32_t> (code));
}

// Alt and a key, or Esc alone.
void
Terminal::read_after_escape ()
{
  wint_t code = 0;
  const int outcome = wget_wch (stdscr, &code);
  if (ERR == outcome)
    return callbacks_.on_key (Key::escape, 0);
  if (KEY_CODE_YES == outcome)
    return;
  if ('b' == code)
    callbacks_.on_key (Key::word_left, 0);
  else if ('f' == code)
    callbacks_.on_key (Key::word_right, 0);
  else if (key_of_control (code) == Key::enter)
    callbacks_.on_key (Key::line_break, 0);
  else if (key_of_control (code) == Key::backspace)
    callbacks_.on_key (Key::cut_word, 0);
}

// ------------------------------------------------------------------ signals

void
Terminal::wait_for_signals ()
{
  signal_task_ = GNUNET_SCHEDULER_add_read_file (
      GNUNET_TIME_UNIT_FOREVER_REL, signals_,
      [] (void *cls) noexcept
      { static_cast<Terminal *> (cls)->take_signals (); },
      this);
}

void
Terminal::take_signals ()
{
  signal_task_ = nullptr;
  wait_for_signals ();
  char numbers[64];
  const ssize_t count = ::read (signal_pipe[0], numbers, sizeof (numbers));
  for (ssize_t i = 0; i < count; i++)
    if (SIGTSTP == numbers[i])
      stop ();
  if (count > 0)
    resize ();
}

void
Terminal::resize ()
{
  struct winsize size;
  if (0 == ::ioctl (STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_row > 0
      && size.ws_col > 0)
    resizeterm (size.ws_row, size.ws_col);
  clearok (curscr, TRUE);
  callbacks_.on_draw ();
}

// Ctrl-Z: gives the terminal back until we are continued.
void
Terminal::stop ()
{
  set_paste_marks ("BD");
  endwin ();
  watch_signal (SIGTSTP, SIG_DFL);
  ::raise (SIGTSTP);
  watch_signal (SIGTSTP, &note_signal);
  wrefresh (stdscr);
  set_paste_marks ("BE");
}
} // namespace social::cli::chat
