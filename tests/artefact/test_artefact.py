"""The artefacts that are deployed: what they need of the machine that they run on."""

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "deploy"))

import glibc  # noqa: E402

BOOTSTRAP = ROOT / "target/lambda/transform/bootstrap"
FUNCTIONS = ["TransformFunction", "PartitionsFunction"]
# sam builds into target/lambda, from where other tests take what this machine can run: its own comes last.
ARCHITECTURES = ["x86_64", "arm64"] if platform.machine() == "aarch64" else ["arm64", "x86_64"]


def installed_targets() -> list[str]:
    listed = subprocess.run(["rustup", "target", "list", "--installed"], capture_output=True, text=True, check=False)
    return listed.stdout.split()


@pytest.fixture(scope="module", params=ARCHITECTURES)
def sam_built(request, tmp_path_factory) -> Path:
    """The functions as `sam build` packs them."""
    target = {"x86_64": "x86_64-unknown-linux-gnu", "arm64": "aarch64-unknown-linux-gnu"}[request.param]
    if target not in installed_targets():
        pytest.skip(f"Rust's standard library for {target} is not installed")
    folder = tmp_path_factory.mktemp(request.param)
    tools = Path(sys.executable).parent  # sam, and the cargo-lambda that it calls
    path = {**os.environ, "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}", "SAM_CLI_TELEMETRY": "0"}
    overrides = ["--parameter-overrides", f"Architecture={request.param}"]
    command = [tools / "sam", "build", "--build-dir", folder, *overrides]
    built = subprocess.run(command, cwd=ROOT, env=path, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    return folder


def test_the_bootstrap_needs_no_newer_glibc_than_amazon_linux_2023_has():
    assert glibc.needed(BOOTSTRAP) <= glibc.AL2023


@pytest.mark.parametrize("function", FUNCTIONS)
def test_nor_does_any_bootstrap_that_sam_build_packs(function, sam_built):
    assert glibc.needed(sam_built / function / "bootstrap") <= glibc.AL2023


def test_sam_build_packs_the_watch_too(sam_built):
    """Beside the template that nests it, where `sam deploy` finds and uploads it."""
    assert "TemplateURL: Operations/template.yaml" in (sam_built / "template.yaml").read_text()
    assert (sam_built / "Operations" / "template.yaml").exists()


def test_the_gate_reads_what_objdump_writes_and_sees_a_glibc_that_is_too_new():
    lines = "0 DF *UND* 0 (GLIBC_2.2.5) free\n0 DF *UND* 0 (GLIBC_2.38) __isoc23_strtol\n0 DF *UND* 0 (GLIBC_2.4) x\n"
    assert glibc.newest(lines) == (2, 38) > glibc.AL2023


def test_the_gate_lets_no_binary_through_that_is_too_new(tmp_path):
    """A fake objdump stands in for a binary of a newer system."""
    objdump = tmp_path / "objdump"
    objdump.write_text("#!/bin/sh\necho '0 DF *UND* 0 (GLIBC_2.39) pidfd_spawnp'\n")
    objdump.chmod(0o755)
    path = {**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    refused = gate("bootstrap", env=path)
    assert refused.returncode == 1
    assert "bootstrap needs glibc 2.39; Amazon Linux 2023 has 2.34" in refused.stderr


def test_the_gate_lets_nothing_through_that_it_cannot_look_into(tmp_path):
    refused = gate(tmp_path / "bootstrap")
    assert refused.returncode == 1
    assert "no glibc symbol in it; is it built?" in refused.stderr
    refused = gate("bootstrap", env={**os.environ, "PATH": str(tmp_path)})
    assert refused.returncode == 1
    assert "objdump is not installed" in refused.stderr


def gate(binary, **options):
    command = [sys.executable, ROOT / "deploy/glibc.py", binary]
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)
