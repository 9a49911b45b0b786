# SPDX-License-Identifier: AGPL-3.0-or-later
#
# More is asked of a gateway at once than its configuration allows:
#
#   web_limits.py PORT TOKENFILE PLACE REQUESTS_MAX POLLS_MAX
#
# What is too much gets 429, what is under way is served. Prints "ok NAME" or
# "FAILED NAME".
import http.client
import json
import sys
import time

port, token_file, place, requests_max, polls_max = sys.argv[1:6]
port, requests_max, polls_max = int(port), int(requests_max), int(polls_max)
token = open(token_file).read().strip()
messages = f"/social/places/{place}/messages"
PATIENCE_S = 60
BODY = b"half of it, and half of it"
bad = 0


def check(name, good, detail=""):
    global bad
    bad += 0 if good else 1
    print(f"ok {name}" if good else f"FAILED {name}: {detail}", flush=True)


def begun(method, path, kind=None, size=0):
    """A request whose headers are sent."""
    out = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
    out.putrequest(method, path)
    out.putheader("X-Social-Token", token)
    if kind:
        out.putheader("Content-Type", kind)
        out.putheader("Content-Length", str(size))
    out.endheaders()
    return out


def ended(connection):
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    return answer, text


def asked(method, path, kind=None, body=b""):
    connection = begun(method, path, kind, len(body))
    if body:
        connection.send(body)
    return ended(connection)


def until(status, method, path):
    """The first answer with that status; else the last one."""
    end = time.monotonic() + PATIENCE_S
    while True:
        answer, text = asked(method, path)
        if answer.status == status or time.monotonic() > end:
            return answer, text
        time.sleep(0.1)


def is_busy(answer, text):
    problem = json.loads(text)
    return (answer.status == problem["status"] == 429 and problem["code"] == "busy"
            and problem["detail"] and int(answer.getheader("Retry-After")) > 0
            and answer.getheader("Content-Type") == "application/problem+json")


def half_said():
    out = begun("POST", messages, "application/octet-stream", len(BODY))
    out.send(BODY[: len(BODY) // 2])
    return out


# --- requests ---
saying = [half_said() for _ in range(requests_max)]
answer, text = until(429, "GET", "/social/status")
check("one request too many is refused", is_busy(answer, text), (answer.status, text))
answer, text = asked("POST", messages, "application/json", b'{"text":"too much"}')
check("so is one with a body", is_busy(answer, text), (answer.status, text))
answer, text = asked("GET", "/social/events")
check("polls are counted by themselves", answer.status == 200, (answer.status, text))

# Admitted by its headers, when there was room.
saying.pop().close()
answer, text = until(200, "GET", "/social/status")
check("one that gave up makes room", answer.status == 200, (answer.status, text))
json_body = b'{"text":"late"}'
late = begun("POST", messages, "application/json", len(json_body))
time.sleep(0.5)
saying.append(half_said())
until(429, "GET", "/social/status")
late.send(json_body)
answer, text = ended(late)
check("one whose body comes when all is taken is refused", is_busy(answer, text),
      (answer.status, text))

said = []
for connection in saying:
    connection.send(BODY[len(BODY) // 2:])
    said.append(ended(connection))
check("those under way are served", all(answer.status == 201 for answer, _ in said),
      [(answer.status, text) for answer, text in said])
answer, text = until(200, "GET", "/social/status")
check("then there is room again", answer.status == 200, (answer.status, text))

# --- polls ---
since = json.loads(asked("GET", "/social/events")[1])["next"]
poll = f"/social/events?since={since}&timeout={PATIENCE_S - 10}"
polls = [begun("GET", poll) for _ in range(polls_max)]
answer, text = until(429, "GET", "/social/events")
check("one poll too many is refused", is_busy(answer, text), (answer.status, text))
answer, text = asked("POST", messages, "application/json", b'{"text":"to all"}')
check("beside them something is said", answer.status == 201, (answer.status, text))
heard = [ended(connection) for connection in polls]
check("those that wait hear it",
      all(answer.status == 200 and b"to all" in text for answer, text in heard), heard)
answer, text = until(200, "GET", "/social/events")
check("then there is room for polls again", answer.status == 200, (answer.status, text))
sys.exit(1 if bad else 0)
