# SPDX-License-Identifier: AGPL-3.0-or-later
#
# Holds answers of the gateway to its openapi.json:
#
#   web_check.py OPENAPI ANSWERS
#
# Each line of ANSWERS: method, path, status, content type, file of the body,
# with tabs between. Prints "ok" or "FAILED" for each.
import json
import re
import sys

import jsonschema


def operation_of(document, method, path):
    path = path.split("?")[0]
    for pattern, methods in document["paths"].items():
        if pattern == "/social/ui/{path}":
            regex = "/social/ui/.*"
        else:
            regex = re.sub(r"\{\w+\}", "[^/]+", pattern)
        if re.fullmatch(regex, path) and method.lower() in methods:
            return methods[method.lower()]
    return None


def complaint(document, method, path, status, kind, body):
    operation = operation_of(document, method, path)
    if operation is None:
        # What is not there at all, or not so: a problem is told all the same.
        response = document["components"]["responses"]["Problem"]
    else:
        responses = operation["responses"]
        response = responses.get(status, responses["default"])
        if status not in responses and status < "400":
            return f"status {status} is not in the document"
        if "$ref" in response:
            response = document["components"]["responses"]["Problem"]
    content = response.get("content", {})
    if not content:
        return "a body where there is none" if body else None
    media = kind.split(";")[0]
    found = content.get(media, content.get("*/*"))
    if found is None:
        return f"content type {kind} is not in the document"
    if "json" not in media or "*/*" in content:
        return None
    schema = dict(found["schema"], components=document["components"])
    value = json.loads(body)
    jsonschema.Draft202012Validator(schema).validate(value)
    if media == "application/problem+json" and str(value["status"]) != status:
        return "its status is not that of the answer"
    return None


def main():
    document = json.load(open(sys.argv[1]))
    bad = 0
    for line in open(sys.argv[2]):
        method, path, status, kind, name = line.rstrip("\n").split("\t")
        with open(name, "rb") as file:
            body = file.read()
        try:
            why = complaint(document, method, path, status, kind, body)
        except (jsonschema.ValidationError, ValueError) as error:
            why = str(error).split("\n")[0]
        what = f"{method} {re.sub('[A-Z0-9]{40,}', 'KEY', path)} ({status})"
        print(f"FAILED {what}: {why}" if why else f"ok {what} is as openapi.json says")
        bad += 1 if why else 0
    sys.exit(1 if bad else 0)


main()
