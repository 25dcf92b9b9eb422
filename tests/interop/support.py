"""What all checks use: keys, processes, HTTP as it is written, and the count of what held."""

import base64
import contextlib
import http.client
import json
import random
import socket
import subprocess
import time
import urllib.parse
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

HERE = Path(__file__).parent
ALGORITHMS = ("hmac-sha256", "ed25519", "ecdsa-p256-sha256", "rsa-pss-sha512", "rsa-v1_5-sha256")

counted = Counter()


def check(what, got, wanted):
    """Prints one line, and counts it."""
    held = got == wanted
    counted[held] += 1
    print(f"ok {what}" if held else f"FAILED {what}: {got!r}, not {wanted!r}", flush=True)


def lines_of(process):
    """Counts the lines that a peer prints as its own checks."""
    for line in process.stdout.splitlines():
        print(line, flush=True)
        counted[line.startswith("ok ")] += 1
    check(f"{Path(process.args[-1]).name} ends well", (process.returncode, process.stderr), (0, ""))


def raised(function, *arguments, **named):
    """The name of what a peer raises; None where it accepts."""
    try:
        function(*arguments, **named)
    except Exception as error:
        return type(error).__name__
    return None


def base64url(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Key:
    """A key of `signed key`, as its owner has it."""

    id: str
    algorithm: str
    path: Path

    @property
    def jwk(self):
        return json.loads(self.path.read_text())

    @property
    def secret(self):
        return base64url(self.jwk["k"])

    @property
    def private(self):
        """The secret, or the private key, as the peers want them."""
        jwk = self.jwk
        if jwk["kty"] == "oct":
            return self.secret
        if jwk["kty"] == "OKP":
            return ed25519.Ed25519PrivateKey.from_private_bytes(base64url(jwk["d"]))
        if jwk["kty"] == "EC":
            return ec.derive_private_key(int.from_bytes(base64url(jwk["d"])), ec.SECP256R1())
        number = {name: int.from_bytes(base64url(jwk[name])) for name in ("n", "e", "d", "p", "q", "dp", "dq", "qi")}
        public = rsa.RSAPublicNumbers(number["e"], number["n"])
        names = ("p", "q", "d", "dp", "dq", "qi")
        return rsa.RSAPrivateNumbers(*(number[name] for name in names), public).private_key()

    @property
    def public(self):
        return self.secret if self.jwk["kty"] == "oct" else self.private.public_key()

    @property
    def private_pem(self):
        encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
        return self.private.private_bytes(encoding, form, serialization.NoEncryption()).decode()

    @property
    def public_pem(self):
        encoding, form = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        return self.public.public_bytes(encoding, form).decode()

    @property
    def hawk(self):
        """What peers of Hawk call credentials."""
        return {"id": self.id, "key": self.secret, "algorithm": "sha256"}


@dataclass
class Answer:
    status: int
    headers: dict
    body: bytes
    cookies: tuple = ()

    @property
    def user(self):
        return json.loads(self.body)["user"] if self.status == 200 and self.body else None


def send(method, url, headers=None, body=None, tls=None, target=None, source=None):
    """One request, with these headers and no others but what HTTP itself wants.

    A list as body is sent in chunks. With `tls` the request goes to this machine, whatever the URL says; with `target` that
    stands in the request line; with `source` it comes from that address of this machine.
    """
    parts, headers = urllib.parse.urlsplit(url), headers or {}
    if tls:
        bound = source and (source, 0)
        connection = http.client.HTTPSConnection("127.0.0.1", parts.port, context=tls, timeout=20, source_address=bound)
        headers = {"Host": parts.netloc, **headers}
    else:
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=20)
    try:
        target = target or parts.path + (f"?{parts.query}" if "?" in url else "")
        connection.putrequest(method, target, skip_host="Host" in headers, skip_accept_encoding=True)
        if isinstance(body, list):
            headers = {**headers, "Transfer-Encoding": "chunked"}
        elif body is not None:
            headers = {"Content-Length": str(len(body)), **headers}
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders(body, encode_chunked=isinstance(body, list))
        response = connection.getresponse()
        fields = {name.lower(): value for name, value in response.getheaders()}
        cookies = tuple(value for name, value in response.getheaders() if name.lower() == "set-cookie")
        return Answer(response.status, fields, response.read(), cookies)
    finally:
        connection.close()


class Signed:
    """The program `signed`, and the keys that it made in `folder`."""

    def __init__(self, program, folder):
        self.program, self.folder = str(program), folder
        self.keys = {algorithm: self.key(algorithm, f"key-{algorithm}", "keys.json") for algorithm in ALGORITHMS}
        self.server_key = self.key("ed25519", "server", "server.json")

    def key(self, algorithm, name, known):
        path = self.folder / f"{name}.jwk"
        options = ("--id", name, "--user", "billing", "--out", path, "--keys", self.folder / known)
        subprocess.run([self.program, "key", algorithm, *options], check=True, stdout=subprocess.DEVNULL)
        return Key(name, algorithm, path)

    @contextlib.contextmanager
    def serve(self, *options):
        """A server; its address."""
        known = ("--keys", self.folder / "keys.json", "--server-key", self.server_key.path)
        command = [self.program, "serve", "--verbose", "--listen", "127.0.0.1:0", *known, *options]
        with running(command, self.folder / "served.log") as server:
            address = server.stdout.readline().strip()
            # What is signed in the second of its start may have been signed before it.
            time.sleep(1 - time.time() % 1)
            yield address

    def call(self, scheme, key, method, url, *options):
        """Status, whether the response was verified, and the body; or why it is not to be trusted."""
        known = ("--key", key.path, "--server-keys", self.folder / "server.json")
        command = [self.program, "call", scheme, method, url, *known, *options]
        called = subprocess.run(command, capture_output=True, text=True, timeout=30)
        said = called.stderr.splitlines()
        for line in said:
            if line.startswith("signed: the response is not to be trusted"):
                return line.split(": ", 2)[2]
        status = next((int(line.split()[0]) for line in said if line[:3].isdigit()), None)
        return status, any(line.endswith(", signed by the server") for line in said), called.stdout

    def headers(self, scheme, key, method, url, *options):
        """The headers, or the link, that `signed call --print` prints."""
        command = [self.program, "call", scheme, method, url, "--key", key.path, "--print", *options]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@contextlib.contextmanager
def running(command, log):
    """A process that ends with this one, however that ends."""
    with open(log, "ab") as errors:
        process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", "--", *map(str, command)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def free_ports(count):
    """Below those that the system gives to who asks for any."""
    ports = random.sample(range(20_000, 32_000), count)
    with contextlib.ExitStack() as stack:
        try:
            for port in ports:
                stack.enter_context(socket.socket()).bind(("127.0.0.1", port))
        except OSError:
            return free_ports(count)
    return ports


def node(script, *arguments):
    """The command of a script for Node; `NODE_PATH` says where its packages are."""
    return ["node", str(HERE / script), *map(str, arguments)]
