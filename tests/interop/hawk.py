"""Callers that are mohawk, requests-hawk and npm's hawk, of the server that is ours."""

import logging
import subprocess
import time

import mohawk
import requests
from mohawk.base import Resource
from mohawk.bewit import get_bewit
from requests_hawk import HawkAuth
from support import check, lines_of, node, raised, send

# It advises servers to remember nonces, and we call it as a client.
logging.getLogger("mohawk").setLevel(logging.ERROR)

TEXT = b'{"caf\xc3\xa9": 1}'
JSON = "application/json; charset=utf-8"


def sender(key, url, method="GET", content=b"", content_type="", **options):
    return mohawk.Sender(key.hawk, url, method, content=content, content_type=content_type, **options)


def authorized(signed, **headers):
    return {"Authorization": signed.request_header, **headers}


def run(ours, address):
    key, other = ours.keys["hmac-sha256"], ours.keys["ed25519"]
    mohawk_calls(key, f"{address}/api/hawk")
    mohawk_is_refused(key, other, f"{address}/api/hawk")
    requests_hawk_calls(key, f"{address}/api/hawk")
    links_of_mohawk(key, f"{address}/api/bewit")
    secret = key.secret.hex()
    command = node("hawk_client.js", address, key.id, secret)
    lines_of(subprocess.run(command, capture_output=True, text=True, timeout=60))


def mohawk_calls(key, url):
    for what, method, url, content, content_type in (
        ("GET", "GET", url, b"", ""),
        ("GET with a query", "GET", f"{url}?b=2&a=%7E1&&x", b"", ""),
        ("POST", "POST", url, TEXT, JSON),
        ("POST of a form", "POST", url, b"a=1&b=2", "application/x-www-form-urlencoded"),
        ("POST of bytes", "POST", url, bytes(range(256)) * 100, "application/octet-stream"),
    ):
        signed = sender(key, url, method, content, content_type)
        headers = authorized(signed, **({"Content-Type": content_type} if content_type else {}))
        answer = send(method, url, headers, content or None)
        check(f"mohawk: {what}", answer.user, "billing")
        signature = answer.headers.get("server-authorization", "")
        media_type = answer.headers.get("content-type")
        accept = (signature, answer.body, media_type)
        check(f"mohawk: the response to {what}", raised(responded, signed, *accept), None)
        other = (signature, answer.body + b" ", media_type)
        check(f"mohawk: {what}, another response", raised(responded, signed, *other), "MisComputedContentHash")
        asked_else = sender(key, url, method, content, content_type)
        check(f"mohawk: {what}, the response to another request", raised(responded, asked_else, *accept), "MacMismatch")

    unhashed = mohawk.Sender(key.hawk, url, "GET", always_hash_content=False)
    check("mohawk: GET without a hash", send("GET", url, authorized(unhashed)).user, "billing")
    signed = sender(key, url, "HEAD")
    answer = send("HEAD", url, authorized(signed))
    accept = (answer.headers.get("server-authorization", ""), answer.body, answer.headers.get("content-type"))
    check("mohawk: the response to HEAD", (answer.status, raised(responded, signed, *accept)), (200, None))
    signed = sender(key, url, "POST", b"in pieces", "text/plain")
    answer = send("POST", url, authorized(signed, **{"Content-Type": "text/plain"}), [b"in ", b"pieces"])
    check("mohawk: POST in chunks", answer.user, "billing")
    named = "http://api.example/api/hawk"
    answer = send("GET", url, authorized(sender(key, named), Host="api.example"), target=named)
    check("mohawk: a target in absolute form", answer.user, "billing")
    answer = send("GET", url, authorized(sender(key, named), Host="API.example:80"))
    check("mohawk: a host in other letters, with its port", answer.user, "billing")
    for named in ({"ext": "some;ext = 1"}, {"app": "app-1"}, {"app": "app-1", "dlg": "dlg-1"}):
        signed = sender(key, url, **named)
        check(f"mohawk: GET with {' and '.join(named)}", send("GET", url, authorized(signed)).user, "billing")
    lower = authorized(sender(key, url))
    lower["Authorization"] = "hawk" + lower["Authorization"][4:]
    check("mohawk: the keyword in lower case", send("GET", url, lower).user, "billing")


def responded(signed, header, content, content_type):
    signed.accept_response(header, content=content, content_type=content_type)


def mohawk_is_refused(key, other, url):
    def refused(what, signed, *request):
        check(f"mohawk: {what}", send(*request[:2], authorized(signed, **request[2]), *request[3:]).status, 401)

    post = {"Content-Type": "text/plain"}
    signed = sender(key, url, "POST", b"text", "text/plain")
    refused("another body", signed, "POST", url, post, b"texT")
    signed = sender(key, url, "POST", b"in pieces", "text/plain")
    refused("other chunks", signed, "POST", url, post, [b"in ", b"piecez"])
    signed = sender(key, url, "POST", b"text", "text/plain")
    refused("another media type", signed, "POST", url, {"Content-Type": "text/html"}, b"text")
    refused("another query", sender(key, url), "GET", f"{url}?a=1", {})
    refused("another path", sender(key, url), "GET", url.replace("/hawk", "/any"), {})
    refused("another method", sender(key, url), "POST", url, {})
    refused("another host", sender(key, url), "GET", url, {"Host": "other.example"})
    refused("another port", sender(key, url), "GET", url, {"Host": "127.0.0.1:1"})
    # Of `http` and `https`, the MAC covers the default port alone.
    named = {"Host": "api.example"}
    plain, tls = (sender(key, f"{scheme}://api.example/api/hawk") for scheme in ("http", "https"))
    check("mohawk: a host of another name", send("GET", url, authorized(plain, **named)).user, "billing")
    refused("https", tls, "GET", url, named)
    unhashed = mohawk.Sender(key.hawk, url, "POST", always_hash_content=False)
    refused("a body without a hash", unhashed, "POST", url, {}, b"text")
    wrong = mohawk.Sender({**key.hawk, "key": b"0" * 32}, url, "GET", always_hash_content=False)
    refused("another key", wrong, "GET", url, {})
    wrong = mohawk.Sender({**key.hawk, "id": "nobody"}, url, "GET", always_hash_content=False)
    refused("an unknown id", wrong, "GET", url, {})
    wrong = mohawk.Sender({**key.hawk, "id": other.id}, url, "GET", always_hash_content=False)
    refused("the id of a key for something else", wrong, "GET", url, {})

    signed = sender(key, url)
    check("mohawk: once", send("GET", url, authorized(signed)).user, "billing")
    refused("twice", signed, "GET", url, {})
    for seconds in (-120, 120):
        refused(f"a clock {seconds} s off", sender(key, url, _timestamp=int(time.time()) + seconds), "GET", url, {})
    for seconds in (-1, 50):  # what was signed before the server started is refused
        signed = sender(key, url, _timestamp=int(time.time()) + seconds)
        check(f"mohawk: a clock {seconds} s off", send("GET", url, authorized(signed)).user, "billing")


def requests_hawk_calls(key, url):
    # Without a body it has nothing to hash, and wants to be told so.
    auth = HawkAuth(id=key.id, key=key.secret, always_hash_content=False, ext="requests")
    answer = requests.get(f"{url}?q=%C3%A9&x=1", auth=auth)
    check("requests-hawk: GET", answer.json().get("user"), "billing")
    hashing = HawkAuth(id=key.id, key=key.secret)
    answer = requests.post(url, json={"a": [1, 2]}, auth=hashing)
    check("requests-hawk: POST of JSON", answer.json().get("user"), "billing")
    answer = requests.post(url, data={"a": "1 2", "b": "é"}, auth=hashing)
    check("requests-hawk: POST of a form", answer.json().get("user"), "billing")
    wrong = HawkAuth(id=key.id, key=b"0" * 32)
    check("requests-hawk: another key", requests.post(url, json={}, auth=wrong).status_code, 401)
    late = HawkAuth(id=key.id, key=key.secret, always_hash_content=False, _timestamp=int(time.time()) - 600)
    answer = requests.get(url, auth=late)
    challenge = answer.headers["www-authenticate"]
    check("requests-hawk: a clock that is off", (answer.status_code, 'tsm="' in challenge), (401, True))


def links_of_mohawk(key, url):
    def link(url, seconds=300, ext=None):
        expires = int(time.time()) + seconds
        named = {"credentials": key.hawk, "method": "GET", "nonce": "", "timestamp": expires, "ext": ext}
        # It pads the parameter with `=`, which a bewit does not have.
        return url + ("&" if "?" in url else "?") + "bewit=" + get_bewit(Resource(url=url, **named)).rstrip("=")

    for what, target in (
        ("a link", link(url)),
        ("a link with a query", link(f"{url}?a=1&b=%20")),
        ("a link with ext", link(url, ext="x=1")),
    ):
        check(f"mohawk: {what}", send("GET", target).user, "billing")
        check(f"mohawk: {what}, again", send("GET", target).user, "billing")
        check(f"mohawk: {what}, HEAD", send("HEAD", target).status, 200)
    check("mohawk: a link that has expired", send("GET", link(url, seconds=-1)).status, 401)
    check("mohawk: a link with more", send("GET", link(url) + "&a=1").status, 401)
    twice = {"Authorization": sender(key, link(url)).request_header}
    check("mohawk: a link and a header", send("GET", link(url), twice).status, 400)
    check("mohawk: a link on another host", send("GET", link(url), {"Host": "other.example"}).status, 401)
