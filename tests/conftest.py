"""What every pytest here shares: where things are, and the command-line tool that `cargo test` has built."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def tool():
    """Runs `clickstream` with arguments; gives what it prints."""
    binary = ROOT / os.environ.get("CLICKSTREAM_TOOL", "target/debug/clickstream")
    assert binary.exists(), "build it first: cargo build --package clickstream-cli"

    def run(*arguments, **options) -> str:
        command = [binary, *map(str, arguments)]
        options = {"cwd": ROOT, "check": True, "capture_output": True, "text": True, **options}
        return subprocess.run(command, **options).stdout

    return run
