"""What samconfig.toml says of a stage, and what is refused before AWS would be asked."""

import shutil
import subprocess
import sys

import pytest
from names import ROOT


@pytest.fixture
def stage(tmp_path):
    """Asks a copy of samconfig.toml, in which a piece is replaced."""

    def ask(*arguments, old="", new=""):
        (tmp_path / "deploy").mkdir()
        shutil.copy(ROOT / "deploy/stage.py", tmp_path / "deploy")
        (tmp_path / "samconfig.toml").write_text((ROOT / "samconfig.toml").read_text().replace(old, new))
        command = [sys.executable, tmp_path / "deploy/stage.py", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    return ask


def test_a_stage_has_a_stack_and_parameters(stage):
    assert stage("dev", "stack").stdout == "clickstream-dev\n"


def test_the_stacks_name_is_what_samconfig_says(stage):
    assert stage("prod", "stack", old="clickstream-prod", new="shop-events").stdout == "shop-events\n"


def test_parameters_are_given_as_they_stand(stage):
    assert stage("prod", "overrides").stdout == "Architecture=arm64\n"


@pytest.mark.parametrize("name", ["Clickstream-Prod", "clickstream_prod", "1-prod", "p" * 129])
def test_a_name_that_glue_would_change_is_refused(name, stage):
    refused = stage("prod", "stack", old="clickstream-prod", new=name)
    assert refused.returncode == 1
    assert f"the stack name {name} is not of small letters, digits and hyphens" in refused.stderr


@pytest.mark.parametrize("name", ["staging", "default", "version", ""])
def test_a_stage_that_there_is_not_is_told_with_those_that_there_are(name, stage):
    refused = stage(name, "stack")
    assert refused.returncode == 1
    assert f"samconfig.toml has no stage {name}: say STAGE=dev or STAGE=prod" in refused.stderr


def test_anything_else_gets_the_examples(stage):
    assert "python deploy/stage.py dev overrides" in stage("dev").stderr
