# SPDX-License-Identifier: AGPL-3.0-or-later
#
# What a gateway must survive, and how it must refuse it:
#
#   web_hostile.py PORT TOKENFILE PLACE PID
#
# Prints "ok NAME" or "FAILED NAME", and how long and how large.
import http.client
import json
import resource
import socket
import sys
import time

port, token_file, place, pid = sys.argv[1:5]
port = int(port)
token = open(token_file).read().strip()
messages = f"/social/places/{place}/messages"
bad = 0


def check(name, good, detail=""):
    global bad
    bad += 0 if good else 1
    print(f"ok {name}" if good else f"FAILED {name}: {detail}", flush=True)


def headers(**more):
    out = {"Host": f"127.0.0.1:{port}", "Authorization": "Bearer " + token}
    out.update({k.replace("_", "-"): v for k, v in more.items()})
    return {k: v for k, v in out.items() if v is not None}


def ask(method, path, body=None, **more):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
    if body is not None and "Content_Length" not in more:
        more["Content_Length"] = str(len(body))
    for name, value in headers(**more).items():
        connection.putheader(name, value)
    connection.endheaders()
    if body is not None:
        try:
            connection.send(body)
        except (BrokenPipeError, ConnectionResetError):
            pass
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    return answer, text


def refused(name, status, method, path, body=None, member=None, **more):
    answer, text = ask(method, path, body, **more)
    try:
        problem = json.loads(text)
        good = (
            answer.status in ([status] if isinstance(status, int) else status)
            and answer.getheader("Content-Type") == "application/problem+json"
            and problem["status"] == answer.status
            and problem["detail"]
            and (member is None or problem.get("member") == member)
        )
    except ValueError:
        good = False
    check(name, good, f"{answer.status} {text[:200]}")


def say(value, name, status, member=None):
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    refused(name, status, "POST", messages, body, member,
            Content_Type="application/json")


def raw(data, pieces=None, timeout=60):
    """Sends bytes as they are; gives all that comes back in time."""
    with socket.create_connection(("127.0.0.1", port), timeout=timeout) as s:
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            if pieces:
                for i in range(0, len(data), pieces):
                    s.sendall(data[i : i + pieces])
            else:
                s.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass
        out = b""
        try:
            while piece := s.recv(65536):
                out += piece
        except (ConnectionResetError, TimeoutError):
            pass
        return out


def rss_kib():
    for line in open(f"/proc/{pid}/status"):
        if line.startswith("VmRSS"):
            return int(line.split()[1])
    return 0


def head(method, path, *more):
    lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{port}",
             f"Authorization: Bearer {token}", "Connection: close", *more]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


# --- strangers ---
foreign = "http://evil.example"
refused("no token", 401, "GET", "/social/places", Authorization=None)
refused("a wrong token", 401, "GET", "/social/places", Authorization="Bearer x")
refused("no token, no path either", 401, "GET", "/social/nothing", Authorization=None)
for origin in (foreign, "null", f"http://127.0.0.1:{port + 1}"):
    refused(f"a page of {origin.split(':')[0]} reads nothing", 403, "GET",
            "/social/places", Origin=origin)
refused("another page says nothing", 403, "POST", messages, b'{"text":"x"}',
        Content_Type="application/json", Origin=foreign)
refused("a preflight of another page is refused", 403, "OPTIONS", messages,
        Origin=foreign, Access_Control_Request_Method="POST")
refused("a form of another page without an Origin is no JSON", 415, "POST", messages,
        b'{"text":"x"}', Content_Type="text/plain")
for host in ("evil.example", f"evil.example:{port}", "127.0.0.1",
             f"127.0.0.1:{port}.evil.example", ""):
    refused(f"by the name '{host}' nobody is here", 403, "GET", "/social/places",
            Host=host)
answer, _ = ask("GET", "/social/places", Origin=f"http://127.0.0.1:{port}")
check("our own page may ask", answer.status == 200, answer.status)
check("no answer speaks of CORS",
      not [h for h in answer.headers if h.lower().startswith("access-control")])

# --- paths and methods ---
refused("no such path", 404, "GET", "/social/nothing")
refused("no such place", 404, "GET", "/social/places/" + "0" * 52)
refused("a malformed %XX", (404, 422), "GET", "/social/places/%zz")
answer, _ = ask("PUT", "/social/places")
check("a wrong method says which are right",
      answer.status == 405 and "POST" in answer.getheader("Allow", ""), answer.status)
refused("an unknown word behind the ?", 422, "GET", "/social/events?sinc=1",
        member="sinc")
refused("a number that is none", 422, "GET", messages + "?last=x", member="last")
refused("a token that is none", 422, "GET", "/social/events?since=x", member="since")
refused("no such message", 404, "GET", messages + "/999999/body")

# --- bodies ---
say(b"{", "half a JSON object", 400)
say(b"\xff\xfe", "bytes that are no UTF-8", 400)
say(b'{"text":"\xc3\x28"}', "a string that is no UTF-8", 400)
say(b"[" * 100000, "deep JSON", 400)
say(b'{"vars":' * 50000, "deep objects", 400)
say(b'{"text":"a","text":"b"}', "a member twice", 400)
say(b"[]", "a list for an object", 422)
say({"text": 1}, "a number for a text", 422, "text")
say({"texxt": "a"}, "an unknown member", 422, "texxt")
say({"text": "a", "data": "YQ=="}, "text and data", 422, "data")
say({"data": "*"}, "no base64", 422, "data")
say({"method": "no name"}, "a method that is no name", 422, "method")
say({"vars": {"x y": "1"}}, "a variable that is no name", 422, "vars.x y")
say({"vars": {"_x": 1}}, "a variable that is no text", 422, "vars._x")
say({"queue": "yes"}, "a text for true or false", 422, "queue")
refused("JSON of 2 MiB", 413, "POST", messages, b'{"text":"' + b"x" * (2 << 20) + b'"}',
        Content_Type="application/json")
refused("no length", 411, "POST", messages, Content_Type="application/json")
refused("a long Idempotency-Key", 422, "POST", messages, b"{}",
        Content_Type="application/json", Idempotency_Key="k" * 300)

body = b'{"text":"byte by byte"}'
out = raw(head("POST", messages, "Content-Type: application/json",
               f"Content-Length: {len(body)}") + body, pieces=1)
check("a request byte by byte", out.startswith(b"HTTP/1.1 201"), out[:200])
chunks = b"".join(b"1\r\n%c\r\n" % c for c in body) + b"0\r\n\r\n"
out = raw(head("POST", messages, "Content-Type: application/json",
               "Transfer-Encoding: chunked") + chunks)
check("a body in chunks of one byte", out.startswith(b"HTTP/1.1 201"), out[:200])
out = raw(head("POST", messages, "Content-Type: application/json",
               "Transfer-Encoding: chunked")
          + b"100000\r\n" + b" " * 0x100000 + b"\r\n" + b"8\r\n" + b" " * 8
          + b"\r\n0\r\n\r\n")
check("chunks beyond the limit", out.startswith(b"HTTP/1.1 413"), out[:200])

# --- headers ---
refused("headers of 20 KiB", 431, "GET", "/social/places", X_Padding="x" * 20000)
out = raw(head("GET", "/social/places", "X-Padding: " + "x" * 1000000))
check("headers of 1 MB", b" 431 " in out[:40] or b" 413 " in out[:40] or not out, out[:200])
out = raw(head("GET", "/social/places?" + "x" * 200000))
check("an address of 200 KB", b" 414 " in out[:40] or b" 431 " in out[:40] or not out,
      out[:200])
out = raw(head("GET", "/social/places", *["X-A: b"] * 20000))
check("20,000 headers", b" 431 " in out[:40] or not out, out[:200])
for name, junk in (("a line of junk", b"\x00\xff\x00\r\n\r\n"),
                   ("no HTTP at all", b"hello\r\n\r\n"),
                   ("two lengths", head("POST", messages, "Content-Length: 1",
                                        "Content-Length: 2") + b"{}")):
    raw(junk + b"\r\n", timeout=1)
    answer, _ = ask("GET", "/social/status")
    check(f"after {name} it still answers", answer.status == 200, answer.status)

# --- leaving in the middle ---
for i in range(50):
    s = socket.create_connection(("127.0.0.1", port))
    s.sendall(head("POST", messages, "Content-Type: application/octet-stream",
                   "Content-Length: 1000000") + b"x" * (i * 1000))
    s.close()
answer, _ = ask("GET", messages + "?last=1")
check("after 50 that left amid a body it still answers", answer.status == 200)

# --- many ---
def many(count):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    wanted = [("GET", "/social/status", None), ("GET", messages + "?last=1", None),
              ("GET", "/social/nothing", None), ("POST", messages, b"{")]
    good = 0
    for i in range(count):
        method, path, body = wanted[i % 4]
        connection.request(method, path, body, headers(Content_Type="application/json"))
        answer = connection.getresponse()
        answer.read()
        good += answer.status in (200, 404, 400)
    connection.close()
    return good


many(1000)
before = rss_kib()
begin = time.time()
good = many(10000)
seconds = time.time() - begin
after = rss_kib()
check("10,000 requests are answered", good == 10000, good)
check("they leave memory where it was", after - before < 2048, f"{before} KiB, {after} KiB")
print(f"10,000 requests: {10000 / seconds:.0f}/s, {before} KiB before, {after} KiB after")

# --- a thousand that wait ---
waiting = 1000
resource.setrlimit(resource.RLIMIT_NOFILE, (waiting + 100, resource.getrlimit(
    resource.RLIMIT_NOFILE)[1]))
answer, text = ask("GET", "/social/events")
since = json.loads(text)["next"]
poll = head("GET", f"/social/events?since={since}&timeout=50")
pollers = []
for i in range(waiting):
    s = socket.create_connection(("127.0.0.1", port), timeout=60)
    s.sendall(poll)
    pollers.append(s)
answer, _ = ask("GET", "/social/status")
check("beside a thousand that wait it answers", answer.status == 200)
size = rss_kib()
answer, _ = ask("POST", messages, b'{"text":"to all"}', Content_Type="application/json")
said = time.time()
got = 0
for s in pollers:
    data = b""
    while piece := s.recv(65536):
        data += piece
    got += b"to all" in data
    s.close()
check("each of them hears the next message", got == waiting, got)
print(f"1,000 waiting polls: {size} KiB, all told {1000 * (time.time() - said):.0f} ms "
      "after the message was stored")
answer, _ = ask("GET", "/social/status")
check("it is still the same process", answer.status == 200)
sys.exit(1 if bad else 0)
