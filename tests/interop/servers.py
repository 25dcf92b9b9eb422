"""Servers that verify with mohawk, npm's hawk, http-message-signatures and httpsig, and callers that are ours."""

import base64
import contextlib
import hashlib
import json
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import messages
import mohawk
from http_message_signatures import HTTPMessageSigner, HTTPMessageVerifier
from httpsig import HeaderVerifier
from mohawk.bewit import check_bewit
from support import ALGORITHMS, check, node, running

ANSWERED = ("@status", "content-type", '"@method";req', '"@path";req', '"@authority";req')


class Handler(BaseHTTPRequestHandler):
    """`/mohawk`, `/bewit`, `/messages/ALGORITHM` and `/httpsig/ALGORITHM`; `?spoil=..` answers what was not signed."""

    protocol_version = "HTTP/1.1"
    keys = {}
    server_key = None
    nonces = set()

    def log_message(self, *_):
        pass

    def answer(self):
        length = int(self.headers.get("Content-Length") or 0)
        self.content = self.rfile.read(length)
        self.url = f"http://{self.headers['Host']}{self.path}"
        scheme, _, algorithm = urllib.parse.urlsplit(self.path).path[1:].partition("/")
        self.key = self.keys[algorithm or "hmac-sha256"]
        self.spoil = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query)).get("spoil")
        body = json.dumps({"user": scheme, "bytes": length}).encode()
        headers = {"Content-Type": "application/json; charset=utf-8"}
        status = 200
        try:
            getattr(self, scheme)(headers, body)
        except Exception as error:
            status, body = 401, f"{type(error).__name__}: {error}".encode()
        if self.spoil == "body":
            body += b" "
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_POST = do_HEAD = answer

    def credentials(self, id):
        if id != self.key.id:
            raise LookupError(id)
        return self.key.hawk

    def mohawk(self, headers, body):
        receiver = mohawk.Receiver(
            self.credentials,
            self.headers["Authorization"],
            self.url,
            self.command,
            content=self.content,
            content_type=self.headers.get("Content-Type", ""),
            seen_nonce=self.seen,
        )
        header = receiver.respond(content=body, content_type=headers["Content-Type"], ext="from mohawk")
        if self.spoil == "mac":
            header = header.replace('mac="', 'mac="A')
        if self.spoil != "signature":
            headers["Server-Authorization"] = header

    def seen(self, id, nonce, timestamp):
        seen = (id, nonce, timestamp) in self.nonces
        self.nonces.add((id, nonce, timestamp))
        return seen

    def bewit(self, headers, body):
        # It wants the alphabet and the padding of plain base64, which no bewit has.
        head, bewit = self.url.split("bewit=")
        plain = bewit.replace("-", "+").replace("_", "/")
        check_bewit(f"{head}bewit={plain}{'=' * (-len(plain) % 4)}", self.credentials)

    def messages(self, headers, body):
        request = messages.Request(self.command, self.url, self.headers)
        verifier = HTTPMessageVerifier(
            signature_algorithm=messages.CLASSES[self.key.algorithm], key_resolver=messages.resolver(self.key)
        )
        [result] = verifier.verify(request, require_components=messages.COVERED, body=self.content)
        response = messages.Response(200, headers, request)
        signer = HTTPMessageSigner(
            signature_algorithm=messages.CLASSES[self.server_key.algorithm],
            key_resolver=messages.resolver(self.server_key),
        )
        nonce = result.nonce if self.spoil != "nonce" else "another"
        covered = ANSWERED if self.spoil != "covered" else ANSWERED[1:]
        if self.spoil != "signature":
            signer.sign(response, key_id=self.server_key.id, nonce=nonce, covered_component_ids=covered, body=body)

    def httpsig(self, headers, body):
        secret = self.key.secret if self.key.algorithm == "hmac-sha256" else self.key.public_pem
        required = ["(request-target)", "host", "date"]
        if self.content:
            required.append("digest")
            digest = base64.b64encode(hashlib.sha256(self.content).digest()).decode()
            assert self.headers["Digest"] == f"SHA-256={digest}"
        verifier = HeaderVerifier(dict(self.headers), secret, required, self.command.lower(), self.path)
        assert verifier.verify()


@contextlib.contextmanager
def serving(ours):
    Handler.keys, Handler.server_key = ours.keys, ours.server_key
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


DATA = ("--data", '{"café": 1}', "--content-type", "application/json; charset=utf-8")


def run(ours):
    with serving(ours) as address:
        of_mohawk(ours, address)
        of_messages(ours, address)
        of_httpsig(ours, address)
    key = ours.keys["hmac-sha256"]
    with running(node("hawk_server.js", key.id, key.secret.hex()), ours.folder / "node.log") as server:
        of_npm(ours, server.stdout.readline().strip())


def answered(ours, what, *request):
    """A request that the peer accepts, and whose answer is verified."""
    status, verified, _ = ours.call(*request)
    check(what, (status, verified), (200, True))


def distrusted(ours, what, why, *request):
    check(what, ours.call(*request), why)


def of_mohawk(ours, address):
    key, other = ours.keys["hmac-sha256"], ours.key("hmac-sha256", "stranger", "strangers.json")
    url = f"{address}/mohawk"
    answered(ours, "mohawk serves: GET", "hawk", key, "GET", url)
    answered(ours, "mohawk serves: GET with a query", "hawk", key, "GET", f"{url}?b=2&a=%7E1&&x")
    answered(ours, "mohawk serves: POST", "hawk", key, "POST", url, *DATA)
    check("mohawk serves: an unknown key", ours.call("hawk", other, "GET", url)[0], 401)
    wrong = "the MAC of the response is another"
    distrusted(ours, "mohawk serves: another MAC", wrong, "hawk", key, "GET", f"{url}?spoil=mac")
    wrong = "the body of the response is not what was signed"
    distrusted(ours, "mohawk serves: another body", wrong, "hawk", key, "GET", f"{url}?spoil=body")
    unsigned = ours.call("hawk", key, "GET", f"{url}?spoil=signature")[:2]
    check("mohawk serves: no signature", unsigned, (200, False))
    check("mohawk serves: a link", ours.call("bewit", key, "GET", f"{address}/bewit?a=1")[0], 200)
    check("mohawk serves: a link of another key", ours.call("bewit", other, "GET", f"{address}/bewit?a=1")[0], 401)


def of_messages(ours, address):
    for algorithm in ALGORITHMS:
        key, url = ours.keys[algorithm], f"{address}/messages/{algorithm}"
        named = f"http-message-signatures serves: {algorithm}"
        answered(ours, f"{named}: GET", "message", key, "GET", url)
        answered(ours, f"{named}: GET with a query", "message", key, "GET", f"{url}?b=2&a=%7E1&&x")
        answered(ours, f"{named}: POST", "message", key, "POST", url, *DATA)
        other = ours.keys["rsa-v1_5-sha256" if algorithm != "rsa-v1_5-sha256" else "ed25519"]
        check(f"{named}: another key", ours.call("message", other, "GET", url)[0], 401)
    key, url = ours.keys["ed25519"], f"{address}/messages/ed25519"
    for spoil, why in (
        ("body", "the digest is not that of the content"),
        ("nonce", "the nonce was used before, or is not that of the request"),
        ("covered", 'the signature does not cover "@status"'),
    ):
        named = f"http-message-signatures serves: another {spoil}"
        got = ours.call("message", key, "GET", f"{url}?spoil={spoil}")
        check(named, got, why)
    unsigned = ours.call("message", key, "GET", f"{url}?spoil=signature")[:2]
    check("http-message-signatures serves: no signature", unsigned, (200, False))


def of_httpsig(ours, address):
    for algorithm in ("hmac-sha256", "rsa-v1_5-sha256"):
        key, url = ours.keys[algorithm], f"{address}/httpsig/{algorithm}"
        named = f"httpsig serves: {algorithm}"
        check(f"{named}: GET", ours.call("cavage", key, "GET", url)[0], 200)
        check(f"{named}: GET with a query", ours.call("cavage", key, "GET", f"{url}?b=2&a=%7E1&&x")[0], 200)
        check(f"{named}: POST", ours.call("cavage", key, "POST", url, *DATA)[0], 200)
    other = ours.keys["hmac-sha256"]
    got = ours.call("cavage", other, "GET", f"{address}/httpsig/rsa-v1_5-sha256")[0]
    check("httpsig serves: another key", got, 401)


def of_npm(ours, address):
    key, other = ours.keys["hmac-sha256"], ours.key("hmac-sha256", "foreigner", "strangers.json")
    url = f"{address}/hawk"
    answered(ours, "npm hawk serves: GET", "hawk", key, "GET", url)
    answered(ours, "npm hawk serves: GET with a query", "hawk", key, "GET", f"{url}?b=2&a=%7E1&&x")
    answered(ours, "npm hawk serves: GET with an empty query", "hawk", key, "GET", f"{url}?")
    answered(ours, "npm hawk serves: POST", "hawk", key, "POST", url, *DATA)
    answered(ours, "npm hawk serves: a clock that is off", "hawk", key, "GET", f"{address}/late")
    check("npm hawk serves: an unknown key", ours.call("hawk", other, "GET", url)[0], 401)
    wrong = "the body of the response is not what was signed"
    distrusted(ours, "npm hawk serves: another body", wrong, "hawk", key, "GET", f"{address}/spoil")
    for what, target in (("a link", "/bewit"), ("a link with a query", "/bewit?a=1&b=%20")):
        check(f"npm hawk serves: {what}", ours.call("bewit", key, "GET", address + target)[0], 200)
    check("npm hawk serves: a link, HEAD", ours.call("bewit", key, "HEAD", f"{address}/bewit")[0], 200)
    check("npm hawk serves: a link of another key", ours.call("bewit", other, "GET", f"{address}/bewit")[0], 401)
