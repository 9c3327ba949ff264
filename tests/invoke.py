"""Invokes a bootstrap with an event under the Lambda runtime interface emulator that aws-sam-cli brings.

    python tests/invoke.py target/lambda/transform/bootstrap events/item-view.json

Prints the answer, with each record's rows opened for reading. Log lines of the function go to standard error.
"""

import base64
import json
import os
import platform
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

LIMIT = 6_291_556  # bytes of a request that Lambda takes; the emulator would cut it off silently


def emulator() -> Path:
    import samcli

    arch = "arm64" if platform.machine() == "aarch64" else "x86_64"
    return Path(samcli.__file__).parent / "local" / "rapid" / f"aws-lambda-rie-{arch}"


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_for(port: int) -> None:
    for _ in range(500):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    sys.exit("the emulator does not listen")


@contextmanager
def running(bootstrap: Path | str, log: IO = sys.stderr, **environment: str) -> Iterator[Callable[[bytes], Any]]:
    """A function that invokes the bootstrap, with these variables in its environment; its output goes to `log`.

    The emulator takes one invocation at a time.
    """
    port, api = free_port(), free_port()
    process = subprocess.Popen(
        [
            emulator(),
            *("--runtime-interface-emulator-address", f"127.0.0.1:{port}"),
            *("--runtime-api-address", f"127.0.0.1:{api}"),
            *("--log-level", "error"),
            bootstrap,
        ],
        stdout=log,
        stderr=log,
        env={**os.environ, **environment},
        start_new_session=True,  # the emulator leaves its function behind when it alone is ended
    )

    def invoke(event: bytes) -> Any:
        url = f"http://127.0.0.1:{port}/2015-03-31/functions/function/invocations"
        with urllib.request.urlopen(url, data=event, timeout=120) as answer:
            return json.load(answer)

    try:
        wait_for(port)
        yield invoke
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def main() -> None:
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    event = Path(sys.argv[2]).read_bytes()
    if len(event) > LIMIT:
        sys.exit(f"{sys.argv[2]} has {len(event)} bytes; Lambda takes {LIMIT}")
    with running(sys.argv[1]) as invoke:
        answer = invoke(event)
    for record in answer.get("records", []):
        if record["result"] == "Ok":
            record["data"] = [json.loads(row) for row in base64.b64decode(record["data"]).splitlines()]
    print(json.dumps(answer, indent=2, ensure_ascii=False))
    if "records" not in answer:
        sys.exit(1)


if __name__ == "__main__":
    main()
