"""Other implementations of the signature schemes, as callers and as servers of what is here, and a real proxy between.

`bash .ci/peers run` starts it: `run.py PROGRAM`, with the program of `examples/signed`, in the virtual environment of
requirements.txt. One line a check; ends with 1 when one failed.
"""

import sys
import tempfile
from pathlib import Path

import cavage
import hawk
import messages
import proxies
import servers
import support


def main(program):
    with tempfile.TemporaryDirectory(prefix="auth-peers.") as folder:
        folder = Path(folder)
        ours = support.Signed(program, folder)
        for group in (hawk, messages, cavage, servers, proxies):
            group.run(ours)
        failed = support.counted[False]
        if failed:
            log = folder / "served.log"
            print("\n".join(log.read_text().splitlines()[-40:]), file=sys.stderr)
    print(f"{support.counted.total()} checks, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
