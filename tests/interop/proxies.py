"""nginx in front of the server that is ours: what callers sign is what they asked nginx for."""

import contextlib
import subprocess

import hawk
import messages
import nginx
from nginx import NAME, tls
from support import HERE, check, raised, send

PORTS = ("X_FORWARDED", "HOST", "INNER_NAME", "FORWARDED", "APPENDED", "SILENT", "CARELESS")
PROTOCOLS = ("--http1.1", "--http2")


def run(ours):
    served = (
        ours.serve("--behind", "127.0.0.1"),
        ours.serve("--behind", "127.0.0.1", "--path-prefix", "/partners"),
        ours.serve("--behind", "192.0.2.1"),
        ours.serve("--behind", "127.0.0.0/30", "--forwarded"),
    )
    with contextlib.ExitStack() as stack:
        addresses = [stack.enter_context(one) for one in served]
        folder = ours.folder / "nginx"
        nginx.certify(folder)
        behind = dict(zip(("BEHIND", "PREFIXED", "STRANGERS", "FORWARDED"), addresses))
        port = stack.enter_context(nginx.serving(folder, PORTS, lambda port: configuration(port, behind)))
        for scheme, key in (("hawk", ours.keys["hmac-sha256"]), ("message", ours.keys["ed25519"])):
            for protocol in PROTOCOLS:
                caller = Caller(ours, folder, scheme, key, protocol)
                are_passed_on(caller, port)
                are_refused(caller, port)
            not_proxied(ours, scheme, key, addresses[2])
        responses_are_verified(ours, folder, port["X_FORWARDED"])


def configuration(port, addresses):
    text = (HERE / "nginx.conf").read_text()
    for name, address in addresses.items():
        text = text.replace(f"server {name};", f"server {address.removeprefix('http://')};")
    for name, number in port.items():
        text = text.replace(f"PORT_{name} ", f"{number} ")
    return text


class Caller:
    """curl, over TLS, with what `signed call --print` says."""

    def __init__(self, ours, folder, scheme, key, protocol):
        self.ours, self.folder, self.scheme, self.key, self.protocol = ours, folder, scheme, key, protocol
        self.named = f"nginx, {scheme}, {protocol[2:]}"

    def status(self, port, url, *headers, signed_url=None, data=None):
        """The status, and that the protocol was the one asked for."""
        method = "GET" if data is None else "POST"
        options = () if data is None else ("--data", data)
        printed = self.ours.headers(self.scheme, self.key, method, signed_url or url, *options)
        more = [part for header in headers for part in ("--header", header)]
        more += [] if data is None else ["--data-binary", data]
        written = "%{http_code} %{http_version}"
        called = subprocess.run(
            ["curl", "--disable", "--silent", "--show-error", "--max-time", "20"]
            + ["--cacert", self.folder / "certificate.pem", self.protocol]
            + ["--connect-to", f"::127.0.0.1:{port}", "--output", "/dev/null", "--write-out", written]
            + ["--header", "@-", *more, url],
            input=printed,
            capture_output=True,
            text=True,
        )
        status, _, version = called.stdout.partition(" ")
        return int(status) if version == self.protocol.removeprefix("--http") else called

    def passes(self, what, *request, **named):
        check(f"{self.named}: {what}", self.status(*request, **named), 200)

    def fails(self, what, *request, **named):
        check(f"{self.named}: {what}", self.status(*request, **named), 401)


def are_passed_on(caller, port):
    path = f"/api/{caller.scheme}"
    for what, name in (
        ("X-Forwarded-Proto and -Host", "X_FORWARDED"),
        ("X-Forwarded-Proto and the host", "HOST"),
        ("the upstream's host", "INNER_NAME"),
        ("Forwarded", "FORWARDED"),
        ("appended", "APPENDED"),
    ):
        caller.passes(f"{what}: GET", port[name], f"https://{NAME}{path}?b=2&a=%7E1&&x")
        caller.passes(f"{what}: POST", port[name], f"https://{NAME}{path}", data="text")
        caller.passes(f"{what}: another port", port[name], f"https://{NAME}:{port[name]}{path}")
    caller.passes("a prefix: GET", port["X_FORWARDED"], f"https://{NAME}/partners{path}?a=1")
    caller.passes("a prefix: POST", port["X_FORWARDED"], f"https://{NAME}/partners{path}", data="text")


def are_refused(caller, port):
    path = f"/api/{caller.scheme}"
    url, other = f"https://{NAME}{path}", f"https://other.example{path}"
    forged = ("X-Forwarded-Host: other.example", "X-Forwarded-Proto: https")
    by_rfc = ("Forwarded: host=other.example;proto=https",)
    for what, name in (
        ("X-Forwarded-Proto and -Host", "X_FORWARDED"),
        ("X-Forwarded-Proto and the host", "HOST"),
        ("the upstream's host", "INNER_NAME"),
        ("Forwarded", "FORWARDED"),
        ("appended", "APPENDED"),
    ):
        # A request that was signed for another host, and says that it went there.
        caller.fails(f"{what}: forged X-Forwarded-Host", port[name], url, *forged, signed_url=other)
        caller.fails(f"{what}: forged Forwarded", port[name], url, *by_rfc, signed_url=other)
        caller.passes(f"{what}: a forged header of no use", port[name], url, *forged, *by_rfc)
    caller.fails("another host", port["X_FORWARDED"], url, signed_url=other)
    caller.fails("another port", port["X_FORWARDED"], url, signed_url=f"https://{NAME}:8443{path}")
    caller.fails("a prefix left out", port["X_FORWARDED"], f"https://{NAME}/partners{path}", signed_url=url)
    # What the other checks are for: this proxy passes on what its callers say of it.
    caller.passes("a careless proxy, forged", port["CARELESS"], url, *forged, signed_url=other)
    # This server has not been told to believe its proxy, and is under `http`, then.
    caller.fails("a proxy that is not trusted", port["SILENT"], url)
    caller.fails("a proxy that is not trusted, forged", port["SILENT"], url, *forged, signed_url=other)


def not_proxied(ours, scheme, key, address):
    """Callers that come around the proxy, and speak for it."""

    def status(method, url, signed_url, **more):
        printed = ours.headers(scheme, key, method, signed_url)
        headers = dict(line.split(": ", 1) for line in printed.splitlines())
        return send(method, url, {**headers, **more}).status

    named, url = f"no proxy, {scheme}", f"{address}/api/{scheme}"
    other = f"https://other.example/api/{scheme}"
    forged = {"X-Forwarded-Host": "other.example", "X-Forwarded-Proto": "https"}
    check(f"{named}: as it is", status("GET", url, url), 200)
    check(f"{named}: forged X-Forwarded-Host", status("GET", url, other, **forged), 401)
    check(f"{named}: forged Forwarded", status("GET", url, other, Forwarded="host=other.example;proto=https"), 401)
    check(f"{named}: a forged header of no use", status("GET", url, url, **forged), 200)


def responses_are_verified(ours, folder, port):
    """What the server signs is of what callers asked the proxy for, too."""
    url = f"https://{NAME}:{port}/api/hawk"
    caller = hawk.sender(ours.keys["hmac-sha256"], url)
    answer = send("GET", url, hawk.authorized(caller), tls=tls(folder))
    signed = (answer.headers.get("server-authorization", ""), answer.body, answer.headers.get("content-type"))
    check("nginx, mohawk: the response", raised(hawk.responded, caller, *signed), None)
    url = f"https://{NAME}:{port}/api/message?a=1"
    request = messages.signed(ours.keys["ed25519"], url)
    answer = send("GET", url, request.headers, tls=tls(folder))
    check("nginx, http-message-signatures: the response", raised(messages.verified, ours.server_key, request, answer), None)
