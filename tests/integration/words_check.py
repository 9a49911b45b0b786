# SPDX-License-Identifier: AGPL-3.0-or-later
#
# Holds what `gnunet-social --json` printed to the shapes of its contract
# (doc/spec/cli.md): a type, its keys, what each of them may be.
#
#   words_check.py LINES TYPE…
#
# LINES: command, tab, one line of JSON. Prints "ok" or "FAILED" for each
# command, and for each TYPE that must have come.
import json
import re
import sys


def number(value):
    return type(value) is int and 0 <= value < 2**53


def text(value):
    return isinstance(value, str)


def flag(value):
    return isinstance(value, bool)


def key(value):
    return text(value) and re.fullmatch("[0-9A-Z]{50,60}", value)


def one_of(*words):
    return lambda value: value in words


def maybe(check):
    return lambda value: value is None or check(value)


# What is no UTF-8, or was cut.
def wrapped(value):
    return isinstance(value, dict) and (text(value.get("base64")) or text(value.get("text")))


def variables(value):
    names = re.compile(r"[:=+\-@?]?_[A-Za-z0-9_]*")
    return isinstance(value, dict) and all(
        names.fullmatch(name) and (text(each) or wrapped(each)) for name, each in value.items()
    )


def time(value):
    return text(value) and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", value)


SHAPES = {
    "place": {
        "key": key,
        "name": maybe(text),
        "role": one_of("host", "guest"),
        "ego": text,
        "policy": one_of("anonymous", "open", "closed", "private"),
        "state": one_of("entered", "pending", "refused", "closed", "archived", "ejected"),
        "messages": number,
        "nyms": number,
    },
    "message": {
        "place": key,
        "id": number,
        "method": text,
        "author": maybe(key),
        "author_name": maybe(text),
        "mine": flag,
        "time": time,
        "vars": variables,
        "historic": flag,
    },
    "sent": {
        "place": key,
        "id": maybe(number),
        "state": one_of("stored", "accepted", "queued", "sent", "refused", "failed"),
    },
    "file": {
        "place": key,
        "id": number,
        "name": maybe(text),
        "size": number,
        "content_type": maybe(text),
        "description": maybe(text),
        "hash": maybe(text),
        "author": maybe(key),
        "author_name": maybe(text),
        "mine": flag,
        "time": time,
        "state": one_of("said", "offered", "failed"),
    },
    "saved": {"place": key, "id": number, "path": text, "size": number, "hash": text, "checked": flag},
    "object": {"place": key, "name": text, "value": lambda value: text(value) or wrapped(value)},
    "nym": {
        "place": key,
        "key": key,
        "name": maybe(text),
        "state": one_of("present", "waiting", "left", "ejected", "refused"),
        "message": maybe(text),
    },
    "ego": {"name": text, "key": key},
    "gap": {"place": key, "from": number, "to": number},
    "error": {"code": text, "message": text},
    "name": {"key": key, "name": text},
    "publication": {"place": key, "name": text},
    "status": {"software": text, "peer": key},
    "web": {"url": text},
}


def complaint(line):
    value = json.loads(line)
    shape = SHAPES.get(value.get("type"))
    if shape is None:
        return f"no type that is known: {line[:200]}"
    for name, check in shape.items():
        if name not in value:
            return f"{value['type']} lacks {name}: {line[:300]}"
        if not check(value[name]):
            return f"{name} of {value['type']} is {value[name]!r}"
    if value["type"] == "message":
        body = [name for name in ("text", "data") if name in value]
        if len(body) != 1 or not text(value[body[0]]):
            return f"a message has text or data: {line[:300]}"
        if value.get("truncated") and not (number(value.get("size")) and value["size"] > 65536):
            return f"what is cut tells its size: {line[:300]}"
    return None


def main():
    seen, commands = set(), {}
    for row in open(sys.argv[1], encoding="utf-8"):
        command, line = row.rstrip("\n").split("\t", 1)
        try:
            why = complaint(line)
            seen.add(json.loads(line).get("type"))
        except (ValueError, AttributeError) as error:
            why = f"{error}: {line[:200]}"
        commands[command] = commands.get(command) or why
    bad = 0
    for command, why in commands.items():
        print(f"FAILED --json {command}: {why}" if why else f"ok --json {command} keeps its shapes")
        bad += 1 if why else 0
    for kind in sys.argv[2:]:
        if kind not in seen:
            print(f"FAILED a line of type {kind} came")
            bad += 1
    sys.exit(1 if bad else 0)


main()
