"""Other implementations of what signs requests, as callers and as servers of what is ours, and a real proxy in front.

`bash .ci/peers run` starts it with the programs of examples/signed and examples/behind-a-proxy. One line a check; ends with 1 when
one failed.
"""

import signal
import sys
import tempfile
import time
from pathlib import Path

import behind
import cavage
import hawk
import messages
import ours
import proxies
import servers
import support


def main(program, behind_a_proxy):
    # What was started and written goes when this is asked to end, too.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: sys.exit(128 + number))
    with tempfile.TemporaryDirectory(prefix="auth-peers.") as folder:
        signed = support.Signed(program, Path(folder))
        with signed.serve() as address:
            for group in (ours, hawk, messages, cavage):
                timed(group, signed, address)
        for group in (servers, proxies):
            timed(group, signed)
        timed(behind, behind_a_proxy, Path(folder))
        failed = support.counted[False]
        if failed:
            # Why requests were refused.
            print("\n".join((Path(folder) / "served.log").read_text().splitlines()[-40:]), file=sys.stderr)
    print(f"{support.counted.total()} checks, {failed} failed")
    return 1 if failed else 0


def timed(group, *arguments):
    start = time.monotonic()
    group.run(*arguments)
    print(f"== {group.__name__}: {time.monotonic() - start:.1f} s", flush=True)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
