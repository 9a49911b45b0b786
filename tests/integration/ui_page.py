# SPDX-License-Identifier: AGPL-3.0-or-later
#
# A page in headless Chromium, and checks that print "ok NAME" or "FAILED NAME".
import time

from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic",
         "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync",
         "--disable-dev-shm-usage", "--lang=en-GB",
         # a name of somebody else's that leads here (DNS rebinding)
         "--host-resolver-rules=MAP evil.example 127.0.0.1"]
PATIENCE_S = 90

failures = 0


def tell(name, is_good, why=""):
    global failures
    if is_good:
        print("ok", name, flush=True)
    else:
        failures += 1
        print("FAILED", name, why, flush=True)
    return is_good


class Page:
    pictures = "."  # where that of a failure goes

    def __init__(self, downloads):
        options = webdriver.ChromeOptions()
        options.binary_location = "/usr/bin/chromium"
        for flag in FLAGS:
            options.add_argument(flag)
        options.add_experimental_option(
            "prefs", {"download.default_directory": downloads})
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = webdriver.Chrome(
            service=Service("/usr/bin/chromedriver"), options=options)
        self.look()

    def look(self, width=1280, height=800, colours="light"):
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1,
             "mobile": False})
        self.driver.execute_cdp_cmd(
            "Emulation.setEmulatedMedia",
            {"features": [{"name": "prefers-color-scheme", "value": colours}]})

    def slow_down(self, bytes_a_second):
        self.driver.execute_cdp_cmd("Network.enable", {})
        self.driver.execute_cdp_cmd(
            "Network.emulateNetworkConditions",
            {"offline": False, "latency": 0, "uploadThroughput": -1,
             "downloadThroughput": bytes_a_second})

    def open(self, url):
        self.driver.get(url)

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def text(self, selector):
        return "\n".join(element.text for element in self.all(selector))

    def click(self, selector, word=None):
        """The visible element; with `word`, the one of that text."""
        for element in self.all(selector):
            if element.is_displayed() and (word is None or element.text == word):
                return element.click()
        raise LookupError(f"no {selector} {word or ''} to click")

    def type(self, selector, text, index=0):
        self.all(selector)[index].send_keys(text)

    def say(self, text):
        self.type(".composer textarea", text + Keys.ENTER)

    def go(self, fragment):
        self.driver.execute_script("location.hash = arguments[0]", fragment)

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def check(self, name, condition, seconds=PATIENCE_S):
        """`condition ()` becomes true in time."""
        end = time.time() + seconds
        why = ""
        while time.time() < end:
            try:
                if condition():
                    return tell(name, True)
            except (WebDriverException, LookupError, IndexError) as error:
                why = str(error).split("\n")[0]
            time.sleep(0.1)
        self.picture(f"{Page.pictures}/failed.png")
        return tell(name, False, why + " " + self.text("#talk")[-300:])

    def says(self, name, selector, text, seconds=PATIENCE_S):
        return self.check(name, lambda: text in self.text(selector), seconds)

    def picture(self, path):
        self.driver.save_screenshot(path)

    def complaints(self):
        """What the browser's console has: errors, and breaches of policy."""
        return [entry["message"] for entry in self.driver.get_log("browser")
                if entry["level"] == "SEVERE"]

    def accessibility_faults(self, axe):
        # Through the debugger: the page's own policy lets no script in.
        self.driver.execute_cdp_cmd("Runtime.evaluate", {"expression": axe})
        return self.driver.execute_async_script("""
            const done = arguments[0];
            axe.run(document, { resultTypes: ['violations'] }).then((found) =>
              done(found.violations
                .filter((fault) => ['serious', 'critical'].includes(fault.impact))
                .map((fault) => `${fault.id}: ${fault.nodes[0].html}`)));""")

    def close(self):
        self.driver.quit()
