"""A real nginx, with a certificate of its own."""

import contextlib
import subprocess
import time
from ssl import create_default_context

from support import free_ports, running, send

NAME = "api.example"


def certify(folder):
    folder.mkdir()
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        + ["-days", "2", "-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}"]
        + ["-keyout", folder / "key.pem", "-out", folder / "certificate.pem"],
        check=True,
        capture_output=True,
    )


@contextlib.contextmanager
def serving(folder, names, configuration):
    """nginx with what `configuration` makes of the ports, one a name; the ports. It answers over TLS at the first of them."""
    command = ["nginx", "-p", folder, "-c", folder / "nginx.conf", "-e", "stderr"]
    log = folder / "nginx.log"
    for _ in range(20):
        port = dict(zip(names, free_ports(len(names))))
        (folder / "nginx.conf").write_text(configuration(port))
        log.write_text("")
        with running(command, log) as server:
            if answers(server, folder, port[names[0]]):
                yield port
                return
        if "Address already in use" not in log.read_text():
            break
    raise SystemExit(f"nginx does not start: {log.read_text()}")


def tls(folder):
    """Of the proxy's certificate, under whatever name."""
    context = create_default_context(cafile=folder / "certificate.pem")
    context.check_hostname = False
    return context


def answers(server, folder, port):
    """Waits for it."""
    for _ in range(400):
        try:
            send("GET", f"https://{NAME}:{port}/", {}, tls=tls(folder))
            return True
        except OSError:
            if server.poll() is not None:
                return False
            time.sleep(0.05)
    return False
