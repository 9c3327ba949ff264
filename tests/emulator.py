"""Runs a bootstrap under the Lambda runtime interface emulator that aws-sam-cli brings.

    python tests/emulator.py target/lambda/transform/bootstrap events/item-view.json
    python tests/emulator.py target/lambda/transform/bootstrap

With an event it prints the answer, with each record's rows opened for reading; log lines of the function go to standard
error. Without one it serves invocations until it is interrupted, one at a time: more would crash the emulator.
"""

import base64
import contextlib
import json
import os
import platform
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

LIMIT = 6_291_556  # bytes of a request that Lambda takes; the emulator would cut it off silently


def emulator() -> Path:
    import samcli

    arch = "arm64" if platform.machine() == "aarch64" else "x86_64"
    return Path(samcli.__file__).parent / "local" / "rapid" / f"aws-lambda-rie-{arch}"


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def listens(process: subprocess.Popen, port: int) -> bool:
    """Whether the emulator comes to listen: it may end before that, or hang."""
    for _ in range(1000):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return True
        if process.poll() is not None:
            return False
        time.sleep(0.02)
    return False


def stop(process: subprocess.Popen) -> None:
    # The emulator leaves its function behind when it alone is ended.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def start(bootstrap: str | Path, port: int, log, environment: dict[str, str]) -> subprocess.Popen:
    return subprocess.Popen(
        [
            emulator(),
            *("--runtime-interface-emulator-address", f"127.0.0.1:{port}"),
            *("--runtime-api-address", f"127.0.0.1:{free_port()}"),
            *("--log-level", "error"),
            bootstrap,
        ],
        stdout=log,
        stderr=log,
        env={**os.environ, "AWS_LAMBDA_FUNCTION_TIMEOUT": "60", **environment},
        start_new_session=True,
    )


@contextlib.contextmanager
def serving(bootstrap: str | Path, port: int = 0, log=sys.stderr, **environment: str):
    """Gives the address for invocations."""
    for _ in range(5):
        # Between the choice of a free port and its use, something else may take it.
        chosen = port or free_port()
        process = start(bootstrap, chosen, log, environment)
        if listens(process, chosen):
            break
        stop(process)
    else:
        sys.exit("the emulator does not listen")
    try:
        yield f"http://127.0.0.1:{chosen}/2015-03-31/functions/function/invocations"
    finally:
        stop(process)


def main() -> None:
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    if len(sys.argv) == 2:
        with serving(sys.argv[1], port=9101) as url, contextlib.suppress(KeyboardInterrupt):
            print(f"clickstream run events/*.json --out lake --via {url}", flush=True)
            signal.pause()
        return
    event = Path(sys.argv[2]).read_bytes()
    if len(event) > LIMIT:
        sys.exit(f"{sys.argv[2]} has {len(event)} bytes; Lambda takes {LIMIT}")
    with serving(sys.argv[1]) as url, urllib.request.urlopen(url, data=event, timeout=60) as reply:
        answer = json.load(reply)
    for record in answer.get("records", []):
        if record["result"] == "Ok":
            record["data"] = [json.loads(row) for row in base64.b64decode(record["data"]).splitlines()]
    print(json.dumps(answer, indent=2, ensure_ascii=False))
    if "records" not in answer:
        sys.exit(1)


if __name__ == "__main__":
    main()
