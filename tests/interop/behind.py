"""nginx, configured as the guide's page "Behind a proxy" has it, in front of the example `behind-a-proxy`.

What is shown is what is tested: the configuration is taken out of the page.
"""

import contextlib
import json
import re

import nginx
from support import HERE, check, running, send

PAGE = HERE.parent.parent / "auth-runtime/docs/guide/behind_a_proxy.md"
NAME = "app.example.org"
# Where callers come from, which is not where the proxy does.
CALLER = "127.0.0.9"
PROXY = "127.0.0.1"

MAIN = """
daemon off;
master_process off;
worker_processes 1;
pid nginx.pid;
error_log stderr;
events { worker_connections 64; }
http {
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    %s
}
"""


def run(program, parent):
    folder = parent / "behind"
    nginx.certify(folder)
    sockets = [f"unix:{folder / name}.sock" for name in ("trusted", "stranger")]
    options = {
        "TRUSTED": ("--trust", PROXY),
        "RANGE": ("--trust", "127.0.0.0/29", "--trust", "::1"),
        "HOPS": ("--hops", "1"),
        "NOBODY": (),
        "UNIX": ("--listen", sockets[0], "--trust", "unix:", "--gateway", "unix:"),
        "UNIX_NOBODY": ("--listen", sockets[1]),
        "TWO_HOPS": ("--hops", "2"),
    }
    with contextlib.ExitStack() as stack:
        to = {name: stack.enter_context(served(program, folder, *more)) for name, more in options.items()}
        names = (*options, "PORT", "GATEWAY", "TWO", "TWO_TRUSTED", "INNER", "INNER_TRUSTED")
        port = stack.enter_context(nginx.serving(folder, names, lambda port: configuration(port, to)))
        for name in ("TRUSTED", "RANGE", "HOPS", "UNIX", "PORT", "TWO", "TWO_TRUSTED"):
            through = Through(folder, name, port[name])
            through.is_seen_as_it_is()
            through.logs_in()
        strangers(folder, port)
        gateways(folder, port)


@contextlib.contextmanager
def served(program, folder, *options):
    """The example; where it listens, as `proxy_pass` wants it."""
    listen = () if "--listen" in options else ("--listen", "127.0.0.1:0")
    with running([program, *listen, *options], folder / "served.log") as server:
        address = server.stdout.readline().strip()
        yield f"http://{address}:" if address.startswith("unix:") else address


def blocks():
    """The configurations for nginx on the page: a proxy, and the headers of one behind another."""
    found = re.findall(r"^```nginx\n(.*?)^```$", PAGE.read_text(), re.DOTALL | re.MULTILINE)
    assert len(found) == 2, f"{PAGE} has {len(found)} configurations for nginx"
    return found


def changed(text, *changes):
    for old, new in changes:
        assert old in text, f"{old!r} does not occur in {text}"
        text = text.replace(old, new)
    return text


def configuration(port, to):
    outermost, further = blocks()

    def server(name, target, *changes):
        return changed(
            outermost,
            ("listen 443 ssl;", f"listen {PROXY}:{port[name]} ssl;"),
            ("/etc/nginx/app.example.org.pem", "certificate.pem"),
            ("/etc/nginx/app.example.org.key", "key.pem"),
            ("proxy_pass http://127.0.0.1:8000;", f"proxy_pass {target};"),
            *changes,
        )

    def inner(name, target):
        return f"server {{ listen {PROXY}:{port[name]}; location / {{ proxy_pass {target};\n{further}}} }}"

    # The page says so of a proxy that leaves the port out of the host.
    without_port = (
        ("$http_host", "$host"),
        ('X-Forwarded-Port "";', "X-Forwarded-Port $server_port;"),
    )
    gateway = ("proxy_http_version 1.1;", "proxy_http_version 1.1; proxy_set_header X-Remote-User ada;")
    servers = [server(name, target) for name, target in to.items()]
    servers += [
        server("PORT", to["TRUSTED"], *without_port),
        server("GATEWAY", to["UNIX"], gateway),
        server("TWO", f"http://{PROXY}:{port['INNER']}"),
        server("TWO_TRUSTED", f"http://{PROXY}:{port['INNER_TRUSTED']}"),
        inner("INNER", to["TWO_HOPS"]),
        inner("INNER_TRUSTED", to["TRUSTED"]),
    ]
    return MAIN % "\n".join(servers)


class Through:
    """Requests of one caller through one of the proxies."""

    def __init__(self, folder, name, port):
        self.folder, self.port = folder, port
        self.named = f"nginx of the guide, {name}"
        self.url = f"https://{NAME}:{port}"

    def send(self, method, path, headers=None, body=None):
        return send(method, self.url + path, headers, body, tls=nginx.tls(self.folder), source=CALLER)

    def seen(self, headers=None):
        return json.loads(self.send("GET", "/seen", headers).body)

    def is_seen_as_it_is(self):
        as_it_is = {"address": CALLER, "scheme": "https", "host": NAME, "port": self.port}
        check(f"{self.named}: address, scheme, host and port", self.seen(), as_it_is)
        forged = {
            "X-Forwarded-For": "198.51.100.1, 198.51.100.2",
            "X-Forwarded-Proto": "http",
            "X-Forwarded-Ssl": "off",
            "X-Forwarded-Host": "evil.example",
            "X-Forwarded-Port": "1234",
            "Forwarded": 'for="198.51.100.1";proto=http;host=evil.example',
        }
        check(f"{self.named}: what the caller says of it", self.seen(forged), as_it_is)

    def log_in(self, origin):
        form = {"Origin": origin, "Content-Type": "application/x-www-form-urlencoded"}
        return self.send("POST", "/auth/login/", form, b"username=ada&password=correct+horse&next=/me")

    def logs_in(self):
        answer = self.log_in(self.url)
        check(f"{self.named}: log in", (answer.status, answer.headers.get("location")), (303, "/me"))
        cookies = [cookie for cookie in answer.cookies if cookie.startswith("__Host-sessionid=")]
        check(f"{self.named}: the cookie is for https", [cookie.count("; Secure") for cookie in cookies], [1])
        me = self.send("GET", "/me", {"Cookie": cookies[0].split(";")[0]} if cookies else None)
        check(f"{self.named}: logged in", (me.status, me.body), (200, b"ada\n"))
        for origin in (f"http://{NAME}:{self.port}", f"https://{NAME}:{self.port + 1}", "https://evil.example"):
            check(f"{self.named}: a form of {origin}", self.log_in(origin).status, 403)


def strangers(folder, port):
    """Applications that trust nobody, or more proxies than there are, do not believe the proxy."""
    for name, address in (("NOBODY", PROXY), ("UNIX_NOBODY", None), ("TWO_HOPS", PROXY)):
        through = Through(folder, name, port[name])
        check(f"{through.named}: the address", through.seen()["address"], address)
        check(f"{through.named}: log in", through.log_in(through.url).status, 303)
    log = (folder / "served.log").read_text()
    check("nginx of the guide, UNIX_NOBODY: one warning", log.count("requests come over a Unix socket"), 1)


def gateways(folder, port):
    """A header with the caller's name is believed of a gateway on the socket, and of nobody else."""
    gateway, other = Through(folder, "GATEWAY", port["GATEWAY"]), Through(folder, "TRUSTED", port["TRUSTED"])
    forged = {"X-Remote-User": "ada"}
    check(f"{gateway.named}: the gateway's name", gateway.send("GET", "/me").body, b"ada\n")
    check(f"{gateway.named}: the caller's", gateway.send("GET", "/me", {"X-Remote-User": "boss"}).body, b"ada\n")
    check(f"{other.named}: a proxy is no gateway", other.send("GET", "/me", forged).status, 403)
