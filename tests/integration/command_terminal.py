# SPDX-License-Identifier: AGPL-3.0-or-later
"""gnunet-social on a pseudo terminal: python3 command_terminal.py FOLDER

FOLDER holds the peer alice, who hosts the lounge. Progress of files is drawn on
a terminal only, within its width, and leaves nothing behind; what others say
cannot write to the terminal. Prints "ok NAME" or "FAILED NAME".
"""

import itertools
import os
import re
import signal
import subprocess
import sys

from pseudo_terminal import PATIENCE, Terminal

folder = sys.argv[1]
failures = 0


def check(name, is_good, shown=None):
    global failures
    print(("ok " if is_good else "FAILED ") + name, flush=True)
    if is_good:
        return
    failures += 1
    if shown:
        print("\n".join("    |" + line for line in shown.lines() if line), flush=True)
        print("    " + repr(shown.raw[-600:]), flush=True)


def command(*words):
    return ["gnunet-social", "-c", f"{folder}/alice/c", "-e", "alice", "-t", "60 s", *words]


def social(*words, **options):
    return subprocess.run(command(*words), capture_output=True, timeout=PATIENCE, **options)


def shown(*words, **options):
    """On a terminal, until it has ended."""
    terminal = Terminal(command(*words), **options)
    terminal.status = terminal.end()
    return terminal


REDRAW = b"\r\x1b[K"
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def frames(raw):
    """The states of the progress line, without colour."""
    return [COLOUR.sub("", each.decode()) for each in raw.split(REDRAW)[1:-1]]


def fit(raw, columns):
    """One column stays free: some terminals go on to the next line."""
    return raw and all(len(each) < columns and "\n" not in each for each in raw)


def said_lines(terminal):
    return [line for line in terminal.lines() if line]


# --------------------------------------------------------------- progress

LONG = 16 << 20
with open(f"{folder}/long", "wb") as out:
    out.write(os.urandom(1 << 20) * 16)

sent = shown("send-file", "lounge", f"{folder}/long", TERM="xterm", NO_COLOR=None)
check("send-file on a terminal", sent.status == 0, sent)
drawn = frames(sent.raw)
check("draws a bar", any(re.search(r"\[#*\.*\] +\d+ %$", each) for each in drawn), sent)
check("of what is read first", any(each.startswith("reading") for each in drawn), sent)
check("then sent, up to the end", any(
    re.match(r"sending 16.0 MiB / 16.0 MiB.* 100 %$", each) for each in drawn), sent)
check("within the width", fit(drawn, 80), sent)
check("in colour", COLOUR.search(sent.raw.decode()), sent)
check("and leaves a clean line", [re.sub(r"\d+", "N", line) for line in said_lines(sent)]
      == ["stored #N"], sent)
number = re.search(r"#(\d+)", sent.text()).group(1)

got = shown("get-file", "lounge", number, f"{folder}/got", TERM="xterm", NO_COLOR=None)
check("get-file, too", got.status == 0 and "[#" in "".join(frames(got.raw)), got)
check("leaves what it says", re.match(rf"{folder}/got \(16.0 MiB, checked", got.text())
      and "fetching" not in got.text(), got)
with open(f"{folder}/long", "rb") as one, open(f"{folder}/got", "rb") as two:
    check("and the file", one.read() == two.read())

narrow = shown("get-file", "lounge", number, f"{folder}/narrow", columns=20)
check("20 columns are enough", narrow.status == 0 and fit(frames(narrow.raw), 20), narrow)
check("nothing of it stays", "fetching" not in narrow.text(), narrow)
few = shown("get-file", "lounge", number, f"{folder}/few", columns=3, rows=2)
check("three are not too few", few.status == 0 and fit(frames(few.raw), 3), few)

# So long that it is read for its hash until somebody has had enough.
with open(f"{folder}/endless", "wb") as out:
    out.truncate(1 << 40)
resized = Terminal(command("send-file", "lounge", f"{folder}/endless"))
check("a bar begins", resized.wait(lambda: len(frames(resized.raw)) > 1), resized)
resized.resize(20, 24)
before = len(resized.raw)


def drawn_since():
    """Without those that were on their way when it was resized."""
    return list(itertools.dropwhile(lambda each: len(each) >= 20,
                                    frames(resized.raw[before:])))


check("and goes on within its width when the window gets narrow",
      resized.wait(lambda: len(drawn_since()) > 3) and fit(drawn_since(), 20), resized)
resized.type("\x03")
check("Ctrl-C ends it", resized.end() == 1, resized)
check("with a clean line", resized.lines()[resized.screen.cursor.y] == "", resized)

# An offer that nobody answers.
offered = social("-q", "say", "lounge", "--method", "_notice_place_file", "--var",
                 "_key_offer=" + "0a" * 16, "--var", "_size_file=5", "--var",
                 "_hash_file=X", "--var", "_name_file=none", "nothing").stdout.decode().strip()
asking = Terminal(command("get-file", "lounge", offered, f"{folder}/none"))
check("what is asked for is waited for", asking.wait("^waiting for its sender"), asking)
asking.type("\x03")
check("Ctrl-C ends that, too", asking.end() == 1, asking)
check("the reason stands alone", said_lines(asking) == ["gnunet-social: interrupted"], asking)

# ------------------------------------------------------ where none belongs

for name, words in (("--quiet", ["-q"]), ("--json", ["-j"])):
    quiet = shown(*words, "get-file", "lounge", number, f"{folder}/got{name}")
    check(f"{name}: no bar", quiet.status == 0 and b"\x1b" not in quiet.raw, quiet)
with open(f"{folder}/piped", "wb") as out:
    piped = shown("get-file", "lounge", number, f"{folder}/got2", stdout=out)
check("nor when stdout is elsewhere", piped.status == 0 and piped.raw == b"", piped)
for term in ("dumb", None):
    plain = shown("get-file", "lounge", number, f"{folder}/got {term}", TERM=term)
    check(f"nor on a terminal that is {term or 'unknown'}",
          plain.status == 0 and b"\x1b" not in plain.raw, plain)
colourless = shown("get-file", "lounge", number, f"{folder}/got3", NO_COLOR="1", TERM="xterm")
check("with NO_COLOR a bar without colour", "[#" in "".join(frames(colourless.raw))
      and not COLOUR.search(colourless.raw.decode()), colourless)
empty = shown("get-file", "lounge", number, f"{folder}/got4", NO_COLOR="", TERM="xterm")
check("an empty NO_COLOR is none", COLOUR.search(empty.raw.decode()), empty)

# ---------------------------------------------------------- hostile words

HOSTILE = (b"red \x1b[31m clear \x1b[2J title \x1b]0;owned\x07 \x9b5A",
           "bidi \u202egnp.exe \u2066x".encode(), b"over\rwritten\b\b",
           b"x" * (1 << 20), "zalgo ".encode() + "e\u0301\u0302".encode() * 2000,
           b"\xff\xfe\xc3 not UTF-8", b"two\n#1 12:00 alice: lines")


def say_hostile(last):
    for text in HOSTILE:
        social("say", "lounge", "-", input=text)
    social("say", "lounge", "\x1b[2Jmethod", "--method", "_converse_evil", "--var",
           "_nick=\x1b[31m\u202e", "--reply", "1")
    social("say", "lounge", last)


def is_harmless(terminal):
    raw = terminal.raw.decode(errors="surrogateescape")
    return not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069"
                         "\udc80-\udcff]", raw) and not re.search("\r(?!\n)", raw)


social("say", "lounge", "x", "--method", "_file", "--var", "_name_file=\x1b[2J\u202egnp",
       "--var", "_description_file=\x1b]0;owned\x07")
say_hostile("after all that")
history = shown("history", "lounge", "--last", "20")
check("history passes", history.status == 0 and "after all that" in history.text(), history)
check("no escape sequence, control or bidirectional character got through",
      is_harmless(history), history)
check("they are shown", b"<U+202E>" in history.raw, history)
check("a second line is no message",
      not re.search(r"(?m)^#1 12:00 alice", history.raw.decode(errors="replace")), history)
listed = shown("files", "lounge")
check("nor by files", listed.status == 0 and is_harmless(listed)
      and b"owned" in listed.raw, listed)

following = Terminal(command("follow", "lounge", "--last", "1"))
check("follow begins", following.wait("after all that"), following)
say_hostile("and all is well")
check("what comes passes it", following.wait("and all is well"), following)
check("and harms nothing", is_harmless(following), following)
os.kill(following.pid(), signal.SIGTERM)
following.end()
check("the terminal is as it was", following.is_restored())

sys.exit(1 if failures else 0)
