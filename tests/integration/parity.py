# SPDX-License-Identifier: AGPL-3.0-or-later
#
# Runs the table of verbs (parity.json) through the C interface, the command and
# the gateway of one peer, and compares what they say:
#
#   parity.py TABLE CLIENT CONFIGURATION PORT TOKEN ZONE
#
# Each of the three goes through the whole table with a place of its own; the
# names and keys of places aside, all must answer each line the same. A line of
# the table:
#
#   verb      for people
#   c, cli, rest  how it is asked; {room}, {place}, {guest}, {zone}, {pass}, {file}
#             filled in; one that is missing is not asked. Behind method and path
#             of rest a JSON body, or the name of a file: the body of a POST,
#             where the answer goes of a GET
#   as        ego (alice)
#   status    how it must end (ok; usage, failed, refused, pending, not_found)
#   compare   members of the objects that are answered, to be the same
#   only      of the objects those alone that have these members
#   until     repeated until an object has these members
#   learn     keep the key of the first object under this name
#
# Prints "ok" or "FAILED" for each line.
import json
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

EXIT = {0: "ok", 1: "failed", 2: "usage", 3: "no_answer", 4: "refused", 5: "pending", 6: "not_found"}
HTTP = {
    200: "ok", 201: "ok", 202: "pending", 204: "ok", 400: "usage", 403: "refused",
    404: "not_found", 409: "failed", 422: "usage", 504: "no_answer",
}
UNTIL_S = 30


def filled(value, known):
    if isinstance(value, str):
        for name, word in known.items():
            value = value.replace("{" + name + "}", word)
        return value
    if isinstance(value, list):
        return [filled(each, known) for each in value]
    if isinstance(value, dict):
        return {name: filled(each, known) for name, each in value.items()}
    return value


def program(argv):
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    said = [line for line in lines if line.get("type") != "error"]
    return EXIT.get(done.returncode, f"exit {done.returncode}"), said, done.stderr.decode()


class Peer:
    def __init__(self, client, configuration, port, token):
        self.client, self.configuration = client, configuration
        self.port, self.token = port, open(token).read().strip()

    def c(self, ego, words):
        return program([self.client, self.configuration, ego] + words)

    def cli(self, ego, words):
        return program(["gnunet-social", "-c", self.configuration, "-e", ego, "--json"] + words)

    def rest(self, _, words):
        method, path, *more = words
        body = more[0] if more else None
        data, kind = None, "application/json"
        if isinstance(body, dict):
            data = json.dumps(body).encode()
        elif body and method == "POST":
            kind = "application/octet-stream"
            with open(body, "rb") as file:
                data = file.read()
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{urllib.parse.quote(path, safe='/?=&%')}",
            method=method, data=data,
            headers={"X-Social-Token": self.token, "Content-Type": kind},
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                status, text = answer.status, answer.read()
            if body and method == "GET":
                with open(body, "wb") as file:
                    file.write(text)
                return HTTP[status], [], ""
        except urllib.error.HTTPError as error:
            return HTTP.get(error.code, f"HTTP {error.code}"), [], error.read().decode()
        value = json.loads(text) if text else {}
        lists = [each for each in value.values() if isinstance(each, list)]
        said = [value] if "type" in value else lists[0] if lists else []
        return HTTP.get(status, f"HTTP {status}"), said, ""


def asked(peer, way, row, known):
    """One line by one way: its status, what it said, and why not."""
    end = time.monotonic() + UNTIL_S
    only = filled(row.get("only", {}), known)
    wanted = row.get("until", {})
    while True:
        status, said, why = getattr(peer, way)(row.get("as", "alice"), filled(row[way], known))
        said = [each for each in said if only.items() <= each.items()]
        if status == "no_answer" and time.monotonic() < end:
            continue  # asking goes on in the service
        if any(wanted.items() <= each.items() for each in said) or not wanted:
            return status, said, why
        if time.monotonic() > end:
            return f"no {wanted} within {UNTIL_S} s", said, why
        time.sleep(0.3)


def normal(value, known):
    """Without what differs from pass to pass."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False)
    for name in ("place", "room", "pass", "file"):
        if name in known:
            text = text.replace(known[name], "{" + name + "}")
    return text


def run(peer, way, table, zone, folder):
    """The outcome of each line of the table, by one way."""
    known = {"room": f"room-{way}", "pass": f"by-{way}", "zone": zone, "file": f"{folder}/{way}"}
    outcomes = []
    for row in table:
        if way not in row:
            outcomes.append(None)
            continue
        status, said, why = asked(peer, way, row, known)
        if row["verb"] == "host" and said:
            known["place"] = said[0]["key"]
        if "learn" in row and said:
            known[row["learn"]] = said[0]["key"]
        picked = [[each.get(key) for key in row["compare"]] for each in said] if "compare" in row else []
        outcomes.append((status, sorted(normal(each, known) for each in picked), why))
    return outcomes


def main():
    table_file, client, configuration, port, token, zone = sys.argv[1:]
    table = json.load(open(table_file, encoding="utf-8"))
    peer = Peer(client, configuration, port, token)
    with tempfile.TemporaryDirectory() as folder:
        by_way = {way: run(peer, way, table, zone, folder) for way in ("c", "cli", "rest")}
    bad = 0
    for row, *outcomes in zip(table, *by_way.values()):
        told = {way: outcome for way, outcome in zip(by_way, outcomes) if outcome}
        wanted = row.get("status", "ok")
        said = {json.dumps(words) for _, words, _ in told.values()}
        is_empty = "only" in row and '[]' in said
        if len(said) == 1 and not is_empty and {each[0] for each in told.values()} == {wanted}:
            print(f"ok {row['verb']}: all say the same")
            continue
        bad += 1
        print(f"FAILED {row['verb']}: wanted {wanted}, and of all the same")
        for way, (status, words, why) in told.items():
            print(f"  {way}: {status} {words} {why.strip()[:300]}")
    sys.exit(1 if bad else 0)


main()
