# SPDX-License-Identifier: AGPL-3.0-or-later
#
# What alice and bob do in their browsers. Called by test_ui.sh:
# ui_browser.py BASE PICTURES AXE
import hashlib
import http.server
import os
import signal
import subprocess
import sys
import threading
import time

import ui_page
from ui_page import Page, tell

base, pictures, axe_path = sys.argv[1:4]
axe = open(axe_path).read() if axe_path else None
Page.pictures = pictures


def url(who):
    return open(f"{base}/{who}.url").read().strip()


def social(who, *words):
    return subprocess.run(
        ["gnunet-social", "-c", f"{base}/{who}/c", "-e", who, *words],
        capture_output=True, text=True, timeout=180)


def meet(alice, bob):
    alice.click('[aria-label="Open a place of your own"]')
    alice.check("a dialog opens", lambda: alice.one("dialog input"))
    alice.type("dialog input", "lounge")
    alice.click("dialog .primary")
    alice.says("alice hosts a place", "#talk", "Your place is open")
    alice.click('[aria-label="Invite"]')
    alice.check("the invitation has a QR picture",
                lambda: alice.one("dialog svg.qr[role=img]"))
    alice.picture(f"{pictures}/invite-1280-light.png")
    link = alice.one("dialog .copyable input").get_attribute("value")
    tell("and a link with the name", "#enter=lounge.000G" in link, link)
    check_qr(link)
    alice.click('dialog [aria-label="Close"]')

    bob.go(link.split("#")[1])
    bob.check("the link asks bob to enter", lambda: bob.one("dialog textarea"))
    bob.picture(f"{pictures}/enter-390-dark.png")
    bob.type("dialog textarea", "It is me, <b>bob</b>\u202e!")
    bob.click("dialog .primary")
    bob.says("bob is at the door", "#talk", "You are at the door")
    alice.says("alice hears of him", "#notices", "is at the door of lounge")
    alice.click('[aria-label^="People"]')
    alice.says("and reads what he says, made harmless", "#panel blockquote",
               "It is me, <b>bob</b>U+202E!")
    alice.picture(f"{pictures}/door-1280-light.png")
    alice.click("#panel button", "Let in")
    bob.check("bob is in", lambda: bob.one(".composer textarea").is_displayed())
    alice.says("alice sees him here", "#panel", "Here")


def check_qr(link):
    # The picture is read where Debian's zbar-tools are.
    try:
        read = subprocess.run(
            ["zbarimg", "-q", "--raw", f"{pictures}/invite-1280-light.png"],
            capture_output=True, text=True, timeout=30)
    except FileNotFoundError:
        print("not checked: what the QR picture says (zbarimg is missing)")
        return
    tell("the QR picture says the link", read.stdout.strip() == link, read.stdout)


def talk(alice, bob):
    bob.say("Hello alice")
    alice.says("alice reads what bob says", ".messages", "Hello alice")
    alice.say("Hello <img src=x onerror=document.title='hit'>")
    bob.says("bob reads what alice says, as text", ".messages",
             "Hello <img src=x onerror=document.title='hit'>")
    for page in (alice, bob):
        page.check("nothing stays on its way", lambda: not page.all(".outgoing"))
        tell("no element came of it", not page.all(".messages img"))
    bob.click('.message [aria-label^="Reply to 000G"]')
    bob.say("Yes?")
    alice.says("a reply shows what it answers", ".messages .quote", "Hello <img")
    social("bob", "say", "lounge." + zone_key(), "from the command line \u202eabc")
    alice.says("alice reads what is said at the command line", ".messages",
               "from the command line U+202Eabc")
    alice.click('[aria-label="About this place"]')
    alice.check("the topic has a field", lambda: alice.one("#panel form input"))
    alice.type("#panel form input", "Tea")
    alice.click("#panel form button", "Set")
    bob.says("bob sees the topic", "#talk .bar .topic", "Tea")
    bob.picture(f"{pictures}/talk-390-dark.png")


def zone_key():
    out = subprocess.run(["gnunet-identity", "-c", f"{base}/alice/c", "-d"],
                         capture_output=True, text=True).stdout
    return next(line.split()[2] for line in out.splitlines()
                if line.startswith("alice "))


def files(alice, bob, downloads):
    picture = f"{base}/sunset.png"
    alice.picture(picture)
    alice.type('.composer input[type="file"]', picture)
    bob.check("bob sees the picture", lambda: bob.run(
        "const i = document.querySelector ('.preview img');"
        "return i !== null && i.naturalWidth > 0"))
    large = f"{base}/large.bin"
    with open(large, "wb") as file:
        file.write(os.urandom(12_000_000))
    alice.type('.composer input[type="file"]', large)
    bob.says("bob hears of a large file", ".messages", "large.bin")
    bob.slow_down(2_000_000)
    bob.click('[aria-label="Download large.bin"]')
    bob.check("its download shows how far it is", lambda: any(
        bar.is_displayed() for bar in bob.all(".file progress")))
    kill_gateway("bob")
    got = f"{downloads}/large.bin"
    bob.check("it is saved", lambda: os.path.exists(got))
    bob.slow_down(-1)
    digest = [hashlib.sha256(open(path, "rb").read()).hexdigest()
              for path in (large, got)]
    tell("interrupted, it goes on and is as it was sent", digest[0] == digest[1])
    listed = social("bob", "files", "lounge." + zone_key()).stdout
    number = next(line.split()[0][1:] for line in listed.splitlines()
                  if "large.bin" in line)
    saved = social("bob", "-j", "get-file", "lounge." + zone_key(), number,
                   f"{base}/large.cli").stdout
    tell("its hash is what the command line finds", '"checked":true' in saved, saved)
    alice.click('[aria-label="Files"]')
    alice.check("both are listed", lambda: len(alice.all("#panel .file")) == 2)
    alice.picture(f"{pictures}/files-1280-light.png")


def kill_gateway(who):
    found = subprocess.run(["pgrep", "-f", f"gnunet-social-web -c {base}/{who}/c"],
                           capture_output=True, text=True).stdout.split()
    os.kill(int(found[0]), signal.SIGKILL)


def tabs(alice, bob):
    """More tabs than a browser has connections for."""
    driver = bob.driver
    first = driver.current_window_handle
    here = bob.run("return location.hash")
    for _ in range(7):
        driver.switch_to.new_window("tab")
        bob.open(url("bob"))
        bob.check("another tab is there", lambda: bob.one("#places h1"))
        bob.go(here)
        bob.says("with what was said", ".messages", "Yes?")
    alice.say("for all tabs")
    driver.switch_to.window(first)
    driver.refresh()  # that which waited at the gateway for all
    alice.say("and when the first is gone")
    for handle in driver.window_handles:
        driver.switch_to.window(handle)
        bob.says("each tab has it", ".messages", "for all tabs")
        bob.says("and what comes then", ".messages", "and when the first is gone")
        if handle != first:
            driver.close()
    driver.switch_to.window(first)


def unread(alice, bob):
    bob.go("#/")
    bob.check("the list is shown", lambda: bob.one(".place").is_displayed())
    for i in range(3):
        alice.say(f"while you were away {i}")
    bob.says("what is unread is counted", ".place .badge", "3")
    bob.picture(f"{pictures}/places-390-dark.png")
    bob.click(".place")
    bob.check("what is new stands out", lambda: bob.one(".unread"))
    bob.check("what was read counts no more",
              lambda: not bob.all(".place .badge"))


def history(alice):
    lines = "\n".join(f"line {i}" for i in range(150))
    subprocess.run(["gnunet-social", "-c", f"{base}/alice/c", "-e", "alice",
                    "say", "lounge", "--lines"], input=lines, text=True,
                   capture_output=True, timeout=180)
    alice.says("the newest is in sight", ".messages", "line 149")
    alice.driver.refresh()
    alice.says("reloaded it is there again", ".messages", "line 149")
    tell("the first are not read yet",
         "Hello alice" not in alice.text(".messages"))

    def is_at_the_start():
        alice.run("document.querySelector ('#talk .scroller').scrollTop = 0")
        return "Hello alice" in alice.text(".messages")
    alice.check("scrolling back reads all of it", is_at_the_start)
    numbers = [int(row.get_attribute("data-id"))
               for row in alice.all(".messages [data-id]")]
    tell("each once and in order",
         numbers == list(range(1, len(numbers) + 1)), str(numbers[:20]))


def restart(alice, bob):
    tell("both peers are restarted",
         subprocess.run(["sh", f"{base}/restart"], timeout=300).returncode == 0)
    alice.say("after the restart")
    bob.says("bob's page goes on by itself", ".messages", "after the restart", 180)
    bob.say("so it is")
    alice.says("and alice's", ".messages", "so it is", 180)
    tell("each is there once",
         alice.text(".messages").count("so it is") == 1
         and bob.text(".messages").count("after the restart") == 1)


def keyboard(alice):
    alice.go("#/")
    alice.run("document.activeElement.blur ()")
    seen = []
    for _ in range(12):
        alice.driver.switch_to.active_element.send_keys(ui_page.Keys.TAB)
        seen.append(alice.run(
            "const e = document.activeElement;"
            "return e.getAttribute ('aria-label') || e.textContent.trim ()"))
    tell("the keyboard reaches all of it",
         any("lounge" in each for each in seen)
         and "Open a place of your own" in seen, str(seen))


def looks(alice):
    for fragment, name in (("#/", "places"), ("", "talk"), ("/people", "people"),
                           ("/about", "about")):
        for width, height in ((1280, 800), (390, 844)):
            for colours in ("light", "dark"):
                alice.look(width, height, colours)
                alice.go(fragment if fragment == "#/" else place_fragment(alice) + fragment)
                time.sleep(0.7)
                alice.picture(f"{pictures}/{name}-{width}-{colours}.png")
                wide = alice.run("return document.documentElement.scrollWidth")
                tell(f"{name} fits {width} pixels, {colours}", wide <= width, str(wide))
                if axe:
                    faults = alice.accessibility_faults(axe)
                    tell(f"axe finds no serious fault in {name}, {width}, {colours}",
                         not faults, str(faults))
    alice.look()


def place_fragment(page):
    return page.run("return document.querySelector ('.place').hash")


def eject(alice, bob):
    bob.go(place_fragment(bob) + "/people")
    bob.check("bob's page tells who is here: he and alice",
              lambda: len(bob.all("#panel .person")) == 2 and "you" in bob.text("#panel"))
    bob.go(place_fragment(bob))
    alice.go(place_fragment(alice) + "/people")
    alice.check("bob is here", lambda: alice.click("#panel button", "Throw out") is None)
    alice.check("it is asked whether to", lambda: alice.one("dialog .danger"))
    alice.click("dialog .primary")
    bob.says("bob is told that he is out", "#talk", "You were asked to leave")


class ForeignPage(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<title>foreign</title>")

    def log_message(self, *_):
        pass


def foreign(page):
    """A page of another origin, which even knows the token."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), ForeignPage)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    gateway, token = url("alice").split("/social/ui/#token=")
    page.open(f"http://127.0.0.1:{server.server_port}/")
    read = """
        const [url, token, done] = arguments;
        fetch (url + '/social/places', { headers: { 'X-Social-Token': token } })
          .then ((answer) => done (`read ${answer.status}`), () => done ('nothing'));"""
    tell("a page of another origin reads nothing",
         page.driver.execute_async_script(read, gateway, token) == "nothing")
    write = """
        const [url, done] = arguments;
        fetch (url + '/social/places', { method: 'POST', mode: 'no-cors',
                                         body: '{"ego":"alice","name":"evil"}' })
          .then (() => done (), () => done ());"""
    page.driver.execute_async_script(write, gateway)
    tell("and writes nothing", "evil" not in social("alice", "places").stdout)
    page.open(gateway.replace("127.0.0.1", "evil.example") + "/social/ui/")
    tell("a foreign name that leads here shows nothing of ours",
         "Places" not in page.driver.page_source
         and "403" in page.driver.page_source, page.driver.page_source[:200])
    server.shutdown()


def locked(alice):
    alice.run("sessionStorage.clear (); location.reload ()")
    alice.says("without the token nothing shows", "#talk", "gnunet-social web --open")
    tell("no place", not alice.all(".place"))


def main():
    if not axe:
        print("not checked: accessibility (axe-core could not be had from npm)")
    downloads = f"{base}/downloads"
    os.mkdir(downloads)
    alice, bob = Page(downloads), Page(downloads)
    try:
        bob.look(390, 844, "dark")
        alice.open(url("alice"))
        bob.open(url("bob"))
        alice.says("alice's page is there", "#talk", "Welcome")
        bob.check("bob's page is there", lambda: bob.one("#places h1").is_displayed())
        tell("the token left the address", "token" not in alice.driver.current_url)
        alice.picture(f"{pictures}/empty-1280-light.png")
        meet(alice, bob)
        talk(alice, bob)
        tabs(alice, bob)
        files(alice, bob, downloads)
        unread(alice, bob)
        looks(alice)
        history(alice)
        restart(alice, bob)
        keyboard(alice)
        eject(alice, bob)
        for page in (alice, bob):
            # While everything was down, requests failed; that is no fault.
            bad = [each for each in page.complaints()
                   if "net::ERR" not in each and "status of" not in each]
            tell("the console has no complaint", not bad, str(bad[:3]))
        locked(alice)
        foreign(alice)
    finally:
        alice.close()
        bob.close()
    return 1 if ui_page.failures else 0


sys.exit(main())
