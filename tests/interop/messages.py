"""A caller that is http-message-signatures, of the server that is ours: RFC 9421 with each of its algorithms."""

import datetime
import secrets
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from http_message_signatures import (
    HTTPMessageSigner,
    HTTPMessageVerifier,
    MappingKeyResolver,
    algorithms,
)
from support import ALGORITHMS, check, raised, send

CLASSES = {
    "hmac-sha256": algorithms.HMAC_SHA256,
    "ed25519": algorithms.ED25519,
    "ecdsa-p256-sha256": algorithms.ECDSA_P256_SHA256,
    "rsa-pss-sha512": algorithms.RSA_PSS_SHA512,
    "rsa-v1_5-sha256": algorithms.RSA_V1_5_SHA256,
}
COVERED = ("@method", "@target-uri")
REQUIRED = ("@status", "content-type", '"@method";req', '"@path";req', '"@authority";req', '"@target-uri";req')


@dataclass
class Request:
    method: str
    url: str
    headers: dict = field(default_factory=dict)
    body: bytes = b""

    def send(self, **changed):
        request = {"method": self.method, "url": self.url, "headers": self.headers, "body": self.body, **changed}
        return send(request["method"], request["url"], request["headers"], request["body"] or None)


@dataclass
class Response:
    status_code: int
    headers: dict
    request: Request


def resolver(*keys):
    return MappingKeyResolver(
        public_keys={key.id: key.public for key in keys}, private_keys={key.id: key.private for key in keys}
    )


def signer(key, keys=None):
    return HTTPMessageSigner(signature_algorithm=CLASSES[key.algorithm], key_resolver=keys or resolver(key))


def signed(key, url, method="GET", body=b"", covered=COVERED, keys=None, **options):
    request = Request(method, url, {"Content-Type": "text/plain"} if body else {}, body)
    covered = (*covered, "content-type") if body else covered
    options = {"nonce": secrets.token_urlsafe(12), "body": body or None, **options}
    signer(key, keys).sign(request, key_id=key.id, covered_component_ids=covered, **options)
    return request


def verified(server_key, request, answer, body=None):
    verifier = HTTPMessageVerifier(signature_algorithm=CLASSES[server_key.algorithm], key_resolver=resolver(server_key))
    body = answer.body if body is None else body
    response = Response(answer.status, answer.headers, request)
    return verifier.verify(response, require_components=REQUIRED, body=body)


def ago(seconds):
    return datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=seconds)


def run(ours, address):
    url = f"{address}/api/message"
    for algorithm in ALGORITHMS:
        with_algorithm(ours, ours.keys[algorithm], url)
    are_refused(ours.keys["ed25519"], ours.keys["hmac-sha256"], url)
    covers_more(ours.keys["ecdsa-p256-sha256"], url)


def with_algorithm(ours, key, url):
    named = f"http-message-signatures: {key.algorithm}"
    for what, request in (
        ("GET", signed(key, url)),
        ("GET with a query", signed(key, f"{url}?b=2&a=%7E1&&x")),
        ("GET with an empty query", signed(key, f"{url}?")),
        ("HEAD", signed(key, url, "HEAD")),
        ("GET, the algorithm unsaid", signed(key, url, include_alg=False)),
        ("POST", signed(key, url, "POST", b'{"caf\xc3\xa9": 1}')),
        ("POST of bytes", signed(key, url, "POST", bytes(range(256)) * 100)),
    ):
        answer = request.send()
        check(f"{named}: {what}", (answer.status, answer.user), (200, None if what == "HEAD" else "billing"))
        check(f"{named}: the response to {what}", raised(verified, ours.server_key, request, answer), None)
        asked = Request(request.method, f"{request.url}&other", request.headers)
        wrong = raised(verified, ours.server_key, asked, answer)
        check(f"{named}: the response to {what}, asked otherwise", wrong, "InvalidSignature")
        wrong = raised(verified, ours.server_key, request, answer, answer.body + b" ")
        check(f"{named}: another response to {what}", wrong is None, False)
    other = signed(key, url, "POST", b"text").send(body=b"texT")
    check(f"{named}: another body", other.status, 401)
    check(f"{named}: another query", signed(key, url).send(url=f"{url}?a=1").status, 401)
    request = signed(key, url)
    check(f"{named}: once", request.send().user, "billing")
    check(f"{named}: twice", request.send().status, 401)


def are_refused(key, other, url):
    def refused(what, request, **changed):
        check(f"http-message-signatures: {what}", request.send(**changed).status, 401)

    refused("another method", signed(key, url), method="POST")
    refused("another path", signed(key, url), url=url.replace("/message", "/any"))
    refused("https", signed(key, url.replace("http:", "https:")), url=url)
    request = signed(key, url)
    refused("another host", request, headers={**request.headers, "Host": "other.example"})
    request = signed(key, url, "POST", b"text")
    unsaid = {name: value for name, value in request.headers.items() if name.lower() != "content-digest"}
    refused("a digest taken away", request, headers=unsaid)
    uncovered = signed(key, url, "POST", b"", covered=COVERED)
    refused("a body without a digest", uncovered, body=b"text")
    refused("too little covered", signed(key, url, covered=("@method", "@authority")))
    refused("made too long ago", signed(key, url, created=ago(310)))
    refused("made in the future", signed(key, url, created=ago(-60)))
    refused("expired", signed(key, url, created=ago(60), expires=ago(10)))
    refused("made before the server started", signed(key, url, created=ago(280)))
    request = signed(key, url, "POST", b"text")
    refused("another content type", request, headers={**request.headers, "Content-Type": "application/json"})
    request = signed(key, f"{url}?once", nonce=None)
    check("http-message-signatures: without a nonce", request.send().user, "billing")
    refused("without a nonce, again", request)
    request = signed(key, url, "POST", b"in pieces")
    check("http-message-signatures: POST in chunks", request.send(body=[b"in ", b"pieces"]).user, "billing")
    refused("other chunks", signed(key, url, "POST", b"in pieces"), body=[b"in ", b"piecez"])
    named = "http://api.example/api/message"
    request = signed(key, named)
    headers = {**request.headers, "Host": "api.example"}
    check("http-message-signatures: a target in absolute form", send("GET", url, headers, target=named).user, "billing")
    headers = {**signed(key, named).headers, "Host": "API.example:80"}
    check("http-message-signatures: a host in other letters, with its port", send("GET", url, headers).user, "billing")
    check("http-message-signatures: not expired", signed(key, url, expires=ago(-60)).send().user, "billing")

    wrong = MappingKeyResolver(public_keys={}, private_keys={key.id: Ed25519PrivateKey.generate()})
    refused("another key", signed(key, url, keys=wrong))
    confused = MappingKeyResolver(public_keys={}, private_keys={key.id: key.public_pem.encode()})
    request = Request("GET", url)
    confused = HTTPMessageSigner(signature_algorithm=algorithms.HMAC_SHA256, key_resolver=confused)
    confused.sign(request, key_id=key.id, covered_component_ids=COVERED)
    refused("a public key as a secret", request)
    request = signed(key, url)
    label = {name: value.replace("pyhms", "other", 1) for name, value in request.headers.items() if name == "Signature"}
    refused("a signature of another label", request, headers={**request.headers, **label})
    answer = send("GET", url)
    wanted = answer.headers.get("accept-signature", "").startswith('sig1=("@method" "@target-uri")')
    check("http-message-signatures: what is wanted is said", (answer.status, wanted), (401, True))

    # Of two signatures one is good: that of another key comes first.
    request = signed(other, url, label="first", keys=MappingKeyResolver(public_keys={}, private_keys={other.id: b"0" * 32}))
    signer(key).sign(
        request,
        key_id=key.id,
        covered_component_ids=COVERED,
        label="second",
        append_if_signature_exists=True,
    )
    check("http-message-signatures: a good one beside another", request.send().user, "billing")


def covers_more(key, url):
    url = f"{url}?name=a+b&other=%E2%82%AC"
    headers = {"X-Many": "a,  b ", "X-Dictionary": "a=1, b=(2 3);x", "X-Empty": "", "Date": "today"}
    for covered in (
        ("@method", "@authority", "@path", "@query"),
        ("@method", "@target-uri", "@scheme", "@request-target"),
        (*COVERED, '"@query-param";name="name"', '"@query-param";name="other"'),
        (*COVERED, "x-many", "x-empty", "date"),
        (*COVERED, '"x-dictionary";key="b"', '"x-many";bs'),
    ):
        request = Request("GET", url, dict(headers))
        signer(key).sign(request, key_id=key.id, covered_component_ids=covered, tag="peers")
        check(f"http-message-signatures: covering {' '.join(covered[2:])}", request.send().user, "billing")
    request = Request("GET", url, dict(headers))
    signer(key).sign(request, key_id=key.id, covered_component_ids=(*COVERED, "x-many"))
    check("http-message-signatures: another field", request.send(headers={**request.headers, "X-Many": "a, c"}).status, 401)
