"""Both sides ours, over HTTP/1.1 and HTTP/2, on the routes of one scheme and on the route of all of them."""

import subprocess

from support import ALGORITHMS, check

SCHEMES = {
    "hawk": (("hmac-sha256",), True),
    "bewit": (("hmac-sha256",), False),
    "message": (ALGORITHMS, True),
    "cavage": (ALGORITHMS, False),
}
DATA = ("--data", '{"café": 1}', "--content-type", "application/json; charset=utf-8")


def run(ours, address):
    for scheme, (algorithms, is_signed) in SCHEMES.items():
        for algorithm in algorithms:
            with_key(ours, scheme, ours.keys[algorithm], address, is_signed)
    by_curl(ours, address)


def with_key(ours, scheme, key, address, is_signed):
    # A signature of `draft-cavage` that comes again within a second is one that was used: each URL is asked for once.
    for protocol, options in (("HTTP/1.1", ()), ("HTTP/2", ("--http2",))):
        named = f"{scheme} of {key.algorithm}, {protocol}"
        query = "?" + protocol.replace("/", "")
        for route in (scheme, "any"):
            url = f"{address}/api/{route}{query}"
            # On the route of all, the response is signed by the scheme of the request.
            got = ours.call(scheme, key, "GET", url, *options)
            check(f"{named}: GET /{route}", got[:2], (200, is_signed))
            if scheme != "bewit":
                got = ours.call(scheme, key, "POST", url, *DATA, *options)
                check(f"{named}: POST /{route}", (*got[:2], '"bytes":12' in got[2]), (200, is_signed, True))


def by_curl(ours, address):
    for scheme, (algorithms, _) in SCHEMES.items():
        for protocol in ("--http1.1", "--http2-prior-knowledge"):
            url = f"{address}/api/{scheme}?curl{protocol}"
            printed = ours.headers(scheme, ours.keys[algorithms[0]], "GET", url)
            url, printed = (printed.strip(), "") if scheme == "bewit" else (url, printed)
            command = ["curl", "--disable", "--silent", "--max-time", "20", "--header", "@-", protocol]
            command += ["--output", "/dev/null", "--write-out", "%{http_code} %{http_version}", url]
            called = subprocess.run(command, input=printed, capture_output=True, text=True)
            version = "2" if "2" in protocol else "1.1"
            check(f"curl {protocol}: {scheme}", called.stdout, f"200 {version}")
