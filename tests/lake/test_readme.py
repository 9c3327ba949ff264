"""What README shows is what a person sees who types it."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"^```\w*\n(.*?)^```$", README, re.S | re.M)


def block(beginning: str) -> list[str]:
    shown = next(block for block in BLOCKS if block.startswith(beginning))
    return [line for line in shown.splitlines() if line.strip() != "…"]


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> list[str]:
    """What `make run` prints, by the tool as `cargo test` has built it."""
    folder = tmp_path_factory.mktemp("made")
    # Below another make it would say where it enters and leaves, between the commands.
    commands = subprocess.run(["make", "--no-print-directory", "-n", "run"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    commands = commands.replace("cargo run --quiet --profile tools --package clickstream-cli --", str(ROOT / "target/debug/clickstream"))
    commands = commands[commands.index(str(ROOT / "target")):]
    commands = commands.replace("--out lake", f"--out {folder}/lake").replace("report.py lake", f"report.py {folder}/lake")
    printed = subprocess.run(["bash", "-euc", commands], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return printed.replace(f"{folder}/", "").splitlines()


@pytest.mark.parametrize("beginning", ["lake/\n", "Events by type and day\n"])
def test_make_run_prints_what_readme_shows(made, beginning):
    lines = block(beginning)
    assert len(lines) > 8
    for line in lines:
        # A cut line ends in the sign for it.
        assert any(printed.startswith(line.removesuffix("…")) for printed in made), line


def test_explain_prints_what_readme_shows(tool):
    command = re.search(r"`clickstream (explain .*?)`", README)[1]
    printed = tool(*command.split()).splitlines()
    assert all(line in printed for line in block("record 2"))


COMMANDS = [line.split("#")[0].strip() for line in block("clickstream run my-events.ndjson")]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_of_the_tool_does_what_it_says(command, tmp_path, tool):
    shutil.copy(ROOT / "samples/own-site.ndjson", tmp_path / "my-events.ndjson")
    shutil.copy(ROOT / "schema.toml", tmp_path / "deployed.toml")
    tool("run", "my-events.ndjson", "--out", "my-lake", cwd=tmp_path)
    environment = {**os.environ, "PATH": f"{ROOT / 'target/debug'}{os.pathsep}{os.environ['PATH']}"}
    command = command.replace("-n 100000", "-n 2000")  # it is the same with fewer
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], cwd=tmp_path, env=environment, capture_output=True, text=True)
    # 3: of what failed, some stays.
    assert done.returncode in ((0, 3) if " replay " in command else (0,)), done.stderr
    assert done.stdout.strip()
