"""The artefact that is deployed: what it needs of the machine that it runs on."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BOOTSTRAP = ROOT / "target/lambda/transform/bootstrap"
AL2023_GLIBC = (2, 34)  # Amazon Linux 2023, and with it provided.al2023, has glibc 2.34


def newest_glibc(symbols: str) -> tuple[int, ...]:
    """The newest glibc version among a binary's dynamic symbols, as objdump lists them."""
    versions = [tuple(map(int, version.split("."))) for version in re.findall(r"GLIBC_([0-9.]+)", symbols)]
    assert versions, "no glibc symbol at all: is it a dynamic executable?"
    return max(versions)


def needed_glibc(binary: Path) -> tuple[int, ...]:
    return newest_glibc(subprocess.run(["objdump", "-T", binary], check=True, capture_output=True, text=True).stdout)


@pytest.fixture(scope="module")
def sam_built() -> Path:
    """The function as `sam build` packs it."""
    tools = Path(sys.executable).parent  # sam, and the cargo-lambda that it calls
    path = {**os.environ, "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}", "SAM_CLI_TELEMETRY": "0"}
    built = subprocess.run([tools / "sam", "build"], cwd=ROOT, env=path, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    return ROOT / ".aws-sam/build/TransformFunction/bootstrap"


def test_the_bootstrap_needs_no_newer_glibc_than_amazon_linux_2023_has():
    assert needed_glibc(BOOTSTRAP) <= AL2023_GLIBC


def test_nor_does_the_bootstrap_that_sam_build_packs(sam_built):
    assert needed_glibc(sam_built) <= AL2023_GLIBC


def test_the_gate_reads_what_objdump_writes_and_sees_a_glibc_that_is_too_new():
    lines = "0 DF *UND* 0 (GLIBC_2.2.5) free\n0 DF *UND* 0 (GLIBC_2.38) __isoc23_strtol\n0 DF *UND* 0 (GLIBC_2.4) x\n"
    assert newest_glibc(lines) == (2, 38) > AL2023_GLIBC
