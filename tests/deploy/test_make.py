"""What `make deploy` runs, in which order; sam and the scripts only write down how they are called."""

import os
import subprocess
import sys

import pytest
from names import ROOT

OF_DEV = "EventRetentionInDays"  # set in dev's overrides, and so a sign that they are not forgotten


@pytest.fixture
def make(tmp_path):
    tools = tmp_path / "bin"
    tools.mkdir()
    for installed in ("report", "deploy", "installed"):
        (tmp_path / installed).touch()
    log = tmp_path / "log"
    scripts = {
        "sam": f'echo sam "$@" >> {log}; [ "$1" != "$FAILS" ]',
        # What samconfig.toml says of the stage is asked for real.
        "python": f'[ "$1" = deploy/stage.py ] && exec {sys.executable} "$@"; echo python "$@" >> {log}; [ "$1" != "$FAILS" ]',
    }
    for name, body in scripts.items():
        (tools / name).write_text(f"#!/bin/sh\n{body}\n")
        (tools / name).chmod(0o755)

    def run(*arguments, fails="nothing", **environment):
        clean = {name: value for name, value in os.environ.items() if name != "CI"}
        result = subprocess.run(
            ["make", "--no-print-directory", f"VENV={os.path.relpath(tmp_path, ROOT)}", *arguments],
            cwd=ROOT, env=clean | {"FAILS": fails} | environment, capture_output=True, text=True, check=False,
        )
        return result.returncode, log.read_text().splitlines() if log.exists() else []

    return run


def test_deploy_builds_checks_deploys_and_registers_in_this_order(make):
    code, lines = make("deploy", "STAGE=prod")
    assert code == 0
    build, gate, deploy, register = lines
    assert build == "sam build --config-env prod"
    assert gate.startswith("python deploy/glibc.py .aws-sam/prod/")
    assert deploy == "sam deploy --config-env prod"
    assert register == "python deploy/register.py clickstream-prod"


@pytest.mark.parametrize(("fails", "steps"), [("build", 1), ("deploy/glibc.py", 2), ("deploy", 3), ("deploy/register.py", 4)])
def test_a_step_that_fails_ends_it(fails, steps, make):
    code, lines = make("deploy", fails=fails)
    assert code != 0
    assert len(lines) == steps


def test_another_processor_is_built_for_and_deployed_with_all_other_settings_kept(make):
    code, (build, _, deploy, _) = make("deploy", "STAGE=dev", "ARCH=x86_64")
    assert code == 0
    for line in (build, deploy):
        overrides = line.partition("--parameter-overrides ")[2]
        assert OF_DEV in overrides
        assert overrides.endswith("Architecture=x86_64")


def test_nobody_is_asked_where_nobody_is(make):
    _, lines = make("deploy", "STAGE=prod", CI="true")
    assert lines[2] == "sam deploy --config-env prod --no-confirm-changeset"


def test_ship_deploys_what_is_built_and_builds_nothing(make):
    code, lines = make("ship", "STAGE=prod", CI="true")
    assert code == 0
    assert lines == ["sam deploy --config-env prod --no-confirm-changeset", "python deploy/register.py clickstream-prod"]


@pytest.mark.parametrize("target", ["package", "ship", "deploy", "smoke"])
def test_a_stage_that_there_is_not_is_refused_before_anything_happens(target, make):
    code, lines = make(target, "STAGE=staging")
    assert code != 0
    assert lines == []


def test_smoke_tries_the_stage(make):
    assert make("smoke", "STAGE=prod") == (0, ["python deploy/smoke.py clickstream-prod"])
