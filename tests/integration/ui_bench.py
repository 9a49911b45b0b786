# SPDX-License-Identifier: AGPL-3.0-or-later
#
# Called by bench_ui.sh: ui_bench.py BASE COUNT
import json
import subprocess
import sys
import threading
import time
import urllib.request

from ui_page import Page

base, count = sys.argv[1], int(sys.argv[2])


def say(text):
    url = open(f"{base}/alice.url").read().strip()
    page, token = url.split("/social/ui/#token=")
    request = urllib.request.Request(
        f"{page}/social/places/lounge.alice/messages",
        json.dumps({"text": text}).encode(),
        {"X-Social-Token": token, "Content-Type": "application/json"})
    urllib.request.urlopen(request).read()


def followed(times):
    follow = subprocess.Popen(
        ["gnunet-social", "-c", f"{base}/bob/c", "-e", "bob", "--json", "follow",
         place, "--last", "0"], stdout=subprocess.PIPE, text=True)

    def read():
        for line in follow.stdout:
            times[json.loads(line).get("text")] = time.time() * 1000
    threading.Thread(target=read, daemon=True).start()
    return follow


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


WATCH = """
window.seen = {};
new MutationObserver ((changes) => {
  const now = performance.timeOrigin + performance.now ();
  for (const change of changes)
    for (const added of change.addedNodes)
      for (const text of added.querySelectorAll?.('.text') ?? [])
        window.seen[text.textContent] ??= now;
}).observe (document.getElementById ('talk'), { childList: true, subtree: true });
"""

page = Page(base)
page.open(open(f"{base}/bob.url").read().strip())
page.check("the page is there", lambda: page.one(".place"))
page.click(".place")
page.check("so is the place", lambda: page.one(".composer textarea").is_displayed())
place = json.loads(subprocess.run(
    ["gnunet-social", "-c", f"{base}/bob/c", "--json", "places"],
    capture_output=True, text=True).stdout.splitlines()[0])["key"]
page.run(WATCH)
printed, said = {}, {}
follow = followed(printed)
time.sleep(2)
for i in range(count):
    said[f"bench {i}"] = time.time() * 1000
    say(f"bench {i}")
    time.sleep(0.05)
page.check("the last is on the page",
           lambda: page.run("return 'bench ' + arguments[0] in window.seen", count - 1))
time.sleep(1)
follow.terminate()
seen = page.run("return window.seen")
page.close()
texts = [text for text in said if text in seen and text in printed]
print(f"{len(texts)} of {count} messages, milliseconds from saying, median and p95")
for name, times in (("page", seen), ("follow", printed)):
    late = [times[text] - said[text] for text in texts]
    print(f"{name:8} {percentile(late, 0.5):8.1f} {percentile(late, 0.95):8.1f}")
later = [seen[text] - printed[text] for text in texts]
print(f"{'later by':8} {percentile(later, 0.5):8.1f} {percentile(later, 0.95):8.1f}")
sys.exit(0 if len(texts) == count else 1)
