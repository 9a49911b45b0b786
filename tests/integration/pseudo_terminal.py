# SPDX-License-Identifier: AGPL-3.0-or-later
"""A program on a pseudo terminal, with pyte as what is seen of it.

For chat_terminal.py and command_terminal.py. Nothing here waits for time, but
for what is to be seen.
"""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time

import pyte

# What is waited for comes within a second; a busy machine takes longer.
PATIENCE = 60


def be_a_job():
    """Becomes the foreground job of a session of its own, as a shell makes them.

    Without somebody who waits for it nothing can be stopped by Ctrl-Z.
    """
    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    job = os.fork()
    if job == 0:
        os.setpgid(0, 0)
        os.tcsetpgrp(0, os.getpid())
        signal.signal(signal.SIGTTOU, signal.SIG_DFL)
        return
    os.closerange(3, 256)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    os._exit(os.waitstatus_to_exitcode(os.waitpid(job, 0)[1]) & 0xff)


class Terminal:
    """A program, with a terminal of its own around it.

    `stdout` may go elsewhere; of the environment None takes a name away.
    """

    def __init__(self, command, columns=80, rows=24, stdout=None, **environment):
        self.screen = pyte.Screen(columns, rows)
        self.stream = pyte.ByteStream(self.screen)
        self.raw = b""
        environment = {**os.environ, "TERM": "linux", "LC_ALL": "C.UTF-8", **environment}
        self.parent, self.terminal = pty.openpty()
        self.set_size(columns, rows)
        self.settings = termios.tcgetattr(self.terminal)
        self.process = subprocess.Popen(
            command, stdin=self.terminal, stdout=stdout or self.terminal,
            stderr=self.terminal, preexec_fn=be_a_job,
            env={name: value for name, value in environment.items() if value is not None})

    def pid(self):
        """Of the program itself; the process is who waits for it."""
        leader = self.process.pid
        with open(f"/proc/{leader}/task/{leader}/children") as children:
            return int(children.read().split()[0])

    def set_size(self, columns, rows):
        size = struct.pack("HHHH", rows, columns, 0, 0)
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, size)

    def resize(self, columns, rows):
        self.screen.resize(rows, columns)
        self.set_size(columns, rows)  # the kernel tells the process

    def read(self, seconds):
        """What it writes within so long; tells whether it did."""
        if not select.select([self.parent], [], [], seconds)[0]:
            return False
        data = os.read(self.parent, 65536)
        self.raw += data
        self.stream.feed(data)
        return True

    def lines(self):
        return [line.rstrip() for line in self.screen.display]

    def text(self):
        return "\n".join(self.lines())

    def wait(self, wanted):
        """Until a pattern is seen, or a condition true; tells whether."""
        def is_there():
            return wanted() if callable(wanted) else re.search(wanted, self.text())
        end = time.monotonic() + PATIENCE
        while not is_there():
            if time.monotonic() > end or self.process.poll() is not None:
                return False
            self.read(0.2)
        return True

    def type(self, text):
        os.write(self.parent, text.encode())

    def say(self, text):
        self.type(text + "\r")

    def end(self):
        """Reads on until the program has ended; gives its status."""
        end = time.monotonic() + PATIENCE
        while self.process.poll() is None and time.monotonic() < end:
            self.read(0.2)
        while self.read(0):
            pass
        return self.process.poll()

    def is_restored(self):
        return termios.tcgetattr(self.terminal) == self.settings
