# SPDX-License-Identifier: AGPL-3.0-or-later
#
# What bob does with alice's files in his browser. Called by slow_web_file.sh:
# ui_file.py BASE PICTURES PATIENCE
import hashlib
import os
import subprocess
import sys
import time

import ui_page
from ui_page import Page, tell

base, pictures, patience = sys.argv[1], sys.argv[2], int(sys.argv[3])
Page.pictures = pictures
downloads = f"{base}/downloads"


def digest(path):
    found = hashlib.sha256()
    with open(path, "rb") as file:
        while piece := file.read(1 << 20):
            found.update(piece)
    return found.digest()


def gateway(order):
    return subprocess.run(["gnunet-arm", "-c", f"{base}/bob/c", order, "social-web"],
                          capture_output=True, text=True).returncode == 0


def alice_sends(name, configuration):
    return subprocess.Popen(
        ["gnunet-social", "-c", f"{base}/alice/{configuration}", "-e", "alice",
         "-t", f"{patience} s", "-q", "send-file", "lounge", f"{base}/{name}"],
        stdout=subprocess.DEVNULL)


def resident_mib():
    pid = subprocess.run(["pgrep", "-f", f"gnunet-social-web -c {base}/bob/c"],
                         capture_output=True, text=True).stdout.split()[0]
    for line in open(f"/proc/{pid}/status"):
        if line.startswith("VmHWM"):
            return int(line.split()[1]) // 1024
    return 0


def bars(page):
    """How far the downloads are that the page shows, 0 to 1."""
    return page.run("return [...document.querySelectorAll ('.file progress')]"
                    ".filter ((bar) => !bar.hidden).map ((bar) => bar.value)")


def press_download(page, name):
    page.check(f"bob presses the button of {name}",
               lambda: page.click(f'[aria-label="Download {name}"]') is None)


def is_saved(name):
    got = f"{downloads}/{name}"
    return os.path.exists(got) and os.path.getsize(got) == os.path.getsize(f"{base}/{name}")


def saved(page, name, since):
    page.check(f"{name} is saved", lambda: is_saved(name), patience)
    tell(f"{name} is as alice has it",
         is_saved(name) and digest(f"{downloads}/{name}") == digest(f"{base}/{name}"))
    print(f"{name}: {os.path.getsize(f'{base}/{name}') >> 20} MiB, "
          f"{time.time() - since:.0f} s after it was sent or asked for")


def arriving_film(page):
    size = os.path.getsize(f"{base}/film")
    since = time.time()
    sending = alice_sends("film", "c")
    page.says("bob is told of film", ".messages", "film", patience)
    print(f"film: on the page after {time.time() - since:.1f} s")
    page.slow_down(size // 20)  # so that it can be stopped half-way
    press_download(page, "film")
    page.check("its download begins", lambda: max(bars(page), default=0) > 0.25, patience)
    tell("the gateway is stopped", gateway("-k"))
    reached = max(bars(page), default=0)
    tell("half-way", 0.25 < reached < 1, reached)
    time.sleep(2)
    tell("the page does not give up", bool(bars(page)))
    tell("the gateway is started again", gateway("-i"))
    page.slow_down(-1)
    page.check("the download goes on where it was",
               lambda: not bars(page) or max(bars(page)) > reached, patience)
    saved(page, "film", since)
    tell("alice knows that it was sent", sending.wait(patience) == 0)
    tell("bob's gateway stayed small", resident_mib() < 64, resident_mib())


def offered_song(page):
    tell("alice offers song", alice_sends("song", "c.offers").wait(patience) == 0)
    page.says("bob reads that it is offered", ".messages", "sent when you download it",
              patience)
    since = time.time()
    press_download(page, "song")
    saved(page, "song", since)


def main():
    os.mkdir(downloads)
    page = Page(downloads)
    try:
        page.open(open(f"{base}/bob.url").read().strip())
        page.check("bob's page is there", lambda: page.one(".place"))
        page.click(".place")
        page.check("so is the place", lambda: page.one(".composer textarea").is_displayed())
        arriving_film(page)
        offered_song(page)
    finally:
        page.close()
    return 1 if ui_page.failures else 0


sys.exit(main())
