# SPDX-License-Identifier: AGPL-3.0-or-later
"""A chat on a pseudo terminal: python3 chat_terminal.py FOLDER PLACE

FOLDER holds the peers alice (who hosts the lounge) and bob (who is in it as
PLACE) with their configurations. Both chat, each on a terminal of its own.
Prints "ok NAME" or "FAILED NAME"; waits for what is to be seen, never for time.
"""

import os
import re
import signal
import subprocess
import sys
import time

from pseudo_terminal import PATIENCE, Terminal

folder, place = sys.argv[1:3]
failures = 0


def check(name, is_good, chat=None):
    global failures
    print(("ok " if is_good else "FAILED ") + name, flush=True)
    if is_good:
        return
    failures += 1
    if chat:
        print("\n".join("    |" + line for line in chat.lines()), flush=True)


def gnunet(program, who, *words):
    command = [program, "-c", f"{folder}/{who}/c", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)


def social(who, *words, **options):
    command = ["gnunet-social", "-c", f"{folder}/{who}/c", "-e", who, *words]
    return subprocess.run(command, capture_output=True, timeout=PATIENCE, **options)


class Chat(Terminal):
    """gnunet-social chat, with a terminal of its own around it."""

    def __init__(self, who, where, **environment):
        super().__init__(
            ["gnunet-social", "-c", f"{folder}/{who}/c", "-e", who, "chat", where],
            **environment)


KEYS = {"page up": "\x1b[5~", "up": "\x1b[A"}
CLEAR = "\x05\x15"  # Ctrl-E, Ctrl-U
EMPTY_LINE = r"(?m)^>$"

# ------------------------------------------------------------- both talk

alice = Chat("alice", "lounge")
bob = Chat("bob", place)
check("alice's chat is there", alice.wait(r"\[lounge.*\] alice"), alice)
check("bob's chat is there", bob.wait(r"\[lounge.*\] bob"), bob)
check("what was said before is shown", bob.wait("line 300"), bob)

alice.say("hello bob")
check("bob reads alice", bob.wait(r"\d\d:\d\d +\S+: hello bob"), bob)
check("alice's words are marked as stored", alice.wait(r"✓ alice: hello bob"), alice)
bob.say("hello alice, 日本 e\u0301")
check("alice reads bob", alice.wait(r": hello alice, 日 ?本"), alice)
check("bob's words are marked as accepted", bob.wait(r"✓ bob: hello alice"), bob)
check("each of them once", bob.wait(lambda: bob.text().count("hello alice") == 1), bob)

# ------------------------------------------------------- the line that one writes

bob.type("wrld" + "\x1b[D" * 3 + "o")
check("the line is edited", bob.wait("> world"), bob)
bob.type(CLEAR)
check("Ctrl-U empties it", bob.wait(EMPTY_LINE), bob)
bob.type(KEYS["up"])
check("lines from before come back", bob.wait("> hello alice"), bob)
bob.type(CLEAR + "日")
check("the cursor stands behind a wide character",
      bob.wait(lambda: bob.screen.cursor.x == 4 and bob.screen.cursor.y == 23), bob)
bob.type(CLEAR)
alice.say("while bob writes")
bob.type("half a li")
check("what comes does not disturb the line",
      bob.wait("while bob writes") and bob.wait("(?m)^> half a li$"), bob)
bob.type(CLEAR)

# --------------------------------------------------------------- scrolling

BEGINNING = r"── the beginning ─+\n[^\n]+\n[^\n]*line 1\n[^\n]*line 2\n"


def page_up_to(chat, wanted):
    end = time.monotonic() + PATIENCE
    while not re.search(wanted, chat.text()) and time.monotonic() < end:
        before = chat.text()
        chat.type(KEYS["page up"])
        chat.wait(lambda: chat.text() != before or re.search(wanted, before))
    return re.search(wanted, chat.text())


check("page up leads to the beginning of the history", page_up_to(bob, BEGINNING), bob)
alice.say("said while bob reads above")
check("what comes meanwhile is counted", bob.wait(r"↓ 1"), bob)
check("and moves nothing", bob.wait(BEGINNING), bob)
bob.type("\x1b")
check("Esc leads to the end, with a mark where the new begins",
      bob.wait(r"── new ─[^\n]*\n[^\n]*said while bob reads above"), bob)

# ------------------------------------------------------------------- size

for columns, rows in ((40, 12), (100, 30), (12, 3), (80, 24)):
    bob.resize(columns, rows)
    check(f"{columns} by {rows}: it is drawn anew",
          bob.wait(lambda: bob.lines()[-1].startswith(">")
                   and any("[lounge" in line for line in bob.lines()[-3:])), bob)

# --------------------------------------------------------------- commands

bob.say("/help")
check("/help lists the commands", bob.wait(r"/topic \[TEXT\]") , bob)
alice.say("/nyms")
check("/nyms tells who is here", alice.wait(r"000G\w+… here"), alice)
bob.say("/nyms")
check("and tells a guest of himself and of who spoke",
      bob.wait(r"bob \(000G\w+…\) here")
      and bob.wait(lambda: len(re.findall(r"(?m)000G\w+…\)? here", bob.text())) >= 2), bob)
alice.say("/topic Tea and biscuits")
check("/topic is seen by both", alice.wait("(?m)^lounge[^\n]*: Tea and biscuits")
      and bob.wait("(?m)^lounge[^\n]*: Tea and biscuits"), bob)
bob.say("/eject alice")
check("a guest may not throw out", bob.wait("Only the place's host"), bob)
alice.say("/nonsense")
check("an unknown command is told", alice.wait("/nonsense: there is no such command"), alice)

# A stranger at the door of a private place.
salon = Chat("alice", "salon")
check("a second chat of hers", salon.wait(r"\[salon"), salon)
waiting = subprocess.Popen(
    ["gnunet-social", "-c", f"{folder}/bob/c", "-e", "bob", "-t", "60 s", "enter",
     place.replace("lounge", "salon", 1), "--message", "it is bob"],
    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
check("who comes to the door is told", salon.wait("Somebody waits at the door"), salon)
salon.say("/nyms")
check("with what he says", salon.wait("waits at the door: it is bob"), salon)
salon.say("/admit")
check("/admit lets in who waits", salon.wait("was let in"), salon)
check("and so bob is in", waiting.wait(PATIENCE) == 0)
salon.say("/quit")
check("/quit ends", salon.end() == 0)

# ------------------------------------------------------------------ files

source = f"{folder}/a picture.txt"
with open(source, "wb") as out:
    out.write(bytes(range(256)) * 4096)
alice.say(f"/send {source}")
check("/send sends a file", alice.wait(r"was sent"), alice)
check("bob sees it", bob.wait(r"file #\d+ a picture.txt, 1048576"), bob)
number = re.search(r"file #(\d+)", bob.text()).group(1)
bob.say(f"/get {number} {folder}/got")
check("/get saves it", bob.wait("was saved"), bob)
with open(source, "rb") as one, open(f"{folder}/got", "rb") as two:
    check("the same bytes", one.read() == two.read())
with open(f"{folder}/again.part", "wb") as part, open(source, "rb") as one:
    part.write(one.read(500000))
bob.say(f"/get {number} {folder}/again")
check("what came before an interruption is gone on with", bob.wait("again was saved"), bob)
bob.say(f"/get {number} {folder}/got")
check("nothing is overwritten", bob.wait("was not saved"), bob)


def same(one, other):
    with open(f"{folder}/{one}", "rb") as left, open(f"{folder}/{other}", "rb") as right:
        return left.read() == right.read()


with open(f"{folder}/long", "wb") as out:
    out.write(os.urandom(8 << 20))
alice.say(f"/send {folder}/long")
check("a longer one is sent, too", alice.wait("long was sent"), alice)
check("the status line told how far it was", b"sending" in alice.raw, alice)
check("bob sees that one", bob.wait(r"file #\d+ long, 8388608"), bob)
number = re.search(r"file #(\d+) long", bob.text()).group(1)
bob.say(f"/get #{number} {folder}/got long")
bob.say("talking goes on")
check("while it is fetched one talks", alice.wait(": talking goes on"), alice)
check("and then it is there", bob.wait("got long was saved"), bob)
check("his status line told how far it was", b"fetching" in bob.raw, bob)
check("unchanged", same("long", "got long"))

# Offered by bob, whose service is away when alice asks.
with open(f"{folder}/film", "wb") as out:
    out.write(os.urandom(3 << 19))
bob.say(f"/send {folder}/film")
check("a large file is offered", bob.wait(r"film is offered as #\d+"), bob)
check("alice is told", alice.wait(r"offers file #\d+ film, 1572864"), alice)
number = re.search(r"file #(\d+) film", alice.text()).group(1)
alice.say("/files")
check("/files tells that it is offered", alice.wait(r"film \(1.5 MiB\)[^\n]*\[offered\]"), alice)
check("and lists what was sent", alice.wait(r"#\d+ long \(8.0 MiB\)"), alice)
gnunet("gnunet-arm", "bob", "-k", "social")
alice.say(f"/get {number} {folder}/got film")
check("it is asked for", alice.wait("is asked for, and saved as soon"), alice)
check("the status line says that it waits", alice.wait("waiting for its sender"), alice)
alice.say("so she waits")
check("and talks", alice.wait("✓ alice: so she waits"), alice)
gnunet("gnunet-arm", "bob", "-i", "social")
check("it comes when his service is back", alice.wait("got film was saved"), alice)
check("unchanged, too", same("film", "got film"))
check("and nothing is under way any more",
      alice.wait(lambda: "waiting for" not in alice.lines()[-2]), alice)
alice.say("/get 999999")
check("an id that is none", alice.wait("#999999 was not saved: no file of that number"), alice)

# --------------------------------------------------------------- hostile words

for text in (b"red \x1b[31m clear \x1b[2J title \x1b]0;owned\x07 \x9b5A",
             "bidi \u202egnp.exe \u2066x".encode(), b"over\rwritten\b\b",
             b"x" * (1 << 20), "zalgo ".encode() + "e\u0301\u0302".encode() * 2000,
             b"\xff\xfe\xc3 not UTF-8", b"two\n12:00 \xe2\x9c\x93 alice: lines"):
    social("bob", "say", place, "-", input=text)
social("bob", "say", place, "after all that")
check("hostile words pass", alice.wait("after all that"), alice)
check("the screen is whole",
      alice.wait(lambda: alice.lines()[-1] == ">" and "[lounge" in alice.lines()[-2]), alice)
check("a second line is no message", not re.search(r"(?m)^12:00 ✓", alice.text()), alice)
check("what is no UTF-8 is shown", alice.wait("<FF><FE>"), alice)
check("no escape sequence of others got through",
      b"\x1b]0;owned" not in alice.raw and b"\x1b[2J title" not in alice.raw
      and "\u202e".encode() not in alice.raw, alice)
alice.say("/nyms")
check("all is well", alice.wait(EMPTY_LINE), alice)

# ------------------------------------------------------------- restarts

gnunet("gnunet-arm", "bob", "-k", "social")
bob.say("said in between")
gnunet("gnunet-arm", "bob", "-i", "social")
check("it tells that the service was away",
      bob.wait("social service (was restarted|is back)"), bob)
check("what was said in between goes out",
      bob.wait("✓ bob: said in between") and alice.wait("said in between"), bob)
alice.say("after the restart")
check("and it goes on", bob.wait(": after the restart"), bob)

# ---------------------------------------------------------------- the end

check("in colours", b"\x1b[3" in alice.raw)
alice.type("\x04")
check("Ctrl-D ends it", alice.end() == 0)
check("and the terminal is as it was", alice.is_restored())
bob.type("\x1a")
state = f"/proc/{bob.pid()}/stat"
check("Ctrl-Z stops it",
      bob.wait(lambda: open(state).read().rsplit(")", 1)[1].split()[0] == "T"))
check("and gives the terminal back", bob.is_restored())
bob.screen.reset()
os.kill(bob.pid(), signal.SIGCONT)
check("it goes on where it was", bob.wait(r"\[lounge") and bob.wait(EMPTY_LINE), bob)
os.kill(bob.pid(), signal.SIGTERM)
check("SIGTERM ends it", bob.end() == 0)
check("and the terminal is as it was", bob.is_restored())

social("alice", "say", "lounge", "while bob was away")
bob = Chat("bob", place)
check("a new chat marks what is unread",
      bob.wait(r"── new ─[^\n]*\n[^\n]*while bob was away"), bob)
bob.type("\x03")
check("Ctrl-C ends it", bob.end() == 0)

plain = Chat("alice", "lounge", NO_COLOR="1", TERM="xterm", LC_ALL="C")
check("with NO_COLOR it runs", plain.wait(r"\[lounge"), plain)
plain.wait("after the restart")
plain.say("/help")
check("UTF-8 also where the locale is C", plain.wait("✓ on the host's disk"), plain)
check("without a colour", not re.search(rb"\x1b\[[0-9;]*3[0-7]m", plain.raw))
os.close(plain.terminal)
os.close(plain.parent)
try:
    check("a terminal that goes away ends it", plain.process.wait(PATIENCE) is not None)
except subprocess.TimeoutExpired:
    check("a terminal that goes away ends it", False)
    plain.process.kill()

german = Chat("alice", "lounge", LANGUAGE="de")
german.say("/nonsense")
check("with LANGUAGE=de it speaks German", german.wait("diesen Befehl gibt es nicht"), german)
german.type("\x03")
check("and ends", german.end() == 0)

sys.exit(1 if failures else 0)
