"""A caller that is httpsig, of the server that is ours: draft-cavage with HMAC and with RSA."""

import base64
import hashlib
import urllib.parse
from email.utils import formatdate

import requests
from httpsig import HeaderSigner
from httpsig.requests_auth import HTTPSignatureAuth
from support import check, send

NAMES = ["(request-target)", "host", "date"]


def digest(body):
    return "SHA-256=" + base64.b64encode(hashlib.sha256(body).digest()).decode()


def signed(key, url, method="GET", body=b"", names=NAMES, algorithm=None, secret=None, **headers):
    parts = urllib.parse.urlsplit(url)
    headers = {"Host": parts.netloc, "Date": formatdate(usegmt=True), **headers}
    names = list(names)
    if body:
        headers["Digest"] = digest(body)
        names.append("digest")
    algorithm = algorithm or ("hmac-sha256" if key.algorithm == "hmac-sha256" else "rsa-sha256")
    secret = secret or (key.secret if algorithm.startswith("hmac") else key.private_pem)
    target = parts.path + (f"?{parts.query}" if "?" in url else "")
    made = HeaderSigner(key.id, secret, algorithm, names).sign(headers, method=method, path=target)
    return {**headers, "Authorization": made["authorization"]}


def run(ours, address):
    url = f"{address}/api/cavage"
    for algorithm in ("hmac-sha256", "rsa-v1_5-sha256"):
        with_key(ours.keys[algorithm], url)
    with_requests(ours.keys["hmac-sha256"], url)


def with_key(key, url):
    named = f"httpsig: {key.algorithm}"
    body = b'{"caf\xc3\xa9": 1}'
    check(f"{named}: GET", send("GET", url, signed(key, url)).user, "billing")
    query = f"{url}?b=2&a=%7E1&&x"
    check(f"{named}: GET with a query", send("GET", query, signed(key, query)).user, "billing")
    check(f"{named}: POST", send("POST", url, signed(key, url, "POST", body), body).user, "billing")
    more = [*NAMES, "content-type", "x-more"]
    headers = signed(key, url, names=more, **{"Content-Type": "text/plain", "X-More": "a, b"})
    check(f"{named}: more that is covered", send("GET", url, headers).user, "billing")

    def refused(what, headers, method="GET", url=url, body=None):
        check(f"{named}: {what}", send(method, url, headers, body).status, 401)

    refused("another body", signed(key, url, "POST", b"text"), "POST", body=b"texT")
    refused("a body without a digest", signed(key, url, "POST"), "POST", body=b"text")
    refused("another query", signed(key, url), url=f"{url}?a=1")
    refused("another method", signed(key, url), "POST")
    headers = signed(key, url)
    refused("another date", {**headers, "Date": formatdate(0, usegmt=True)})
    refused("an old date", signed(key, url, Date=formatdate(1_400_000_000, usegmt=True)))
    refused("the date alone", signed(key, url, names=["date"]))
    refused("no date", signed(key, url, names=["(request-target)", "host"]))
    once = signed(key, f"{url}?once", **{"X-More": "1"})
    check(f"{named}: once", send("GET", f"{url}?once", once).user, "billing")
    refused("twice", once, url=f"{url}?once")
    if key.algorithm != "hmac-sha256":
        confused = signed(key, url, algorithm="hmac-sha256", secret=key.public_pem)
        refused("a public key as a secret", confused)
        refused("SHA-1", signed(key, url, algorithm="rsa-sha1"))
    else:
        refused("another key", signed(key, url, secret=b"0" * 32))


def with_requests(key, url):
    auth = HTTPSignatureAuth(key.id, key.secret, "hmac-sha256", [*NAMES, "digest"])
    headers = {"Date": formatdate(usegmt=True), "Digest": digest(b"a=1")}
    answer = requests.post(f"{url}?q=1", data=b"a=1", headers=headers, auth=auth)
    check("httpsig: POST by requests", answer.json().get("user"), "billing")
