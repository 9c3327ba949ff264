import re
import tomllib

import pytest
import stack
from rules import RULES
from samcli.cli.types import CfnParameterOverridesType

SAMCONFIG = stack.ROOT / "samconfig.toml"
ENVIRONMENTS = ["dev", "prod"]


def deploy(environment):
    configuration = tomllib.loads(SAMCONFIG.read_text())[environment]
    return configuration["global"]["parameters"] | configuration["deploy"]["parameters"]


def overrides(environment, template):
    """The parameters as sam reads them, numbers where the template has numbers."""
    text = deploy(environment).get("parameter_overrides")
    given = CfnParameterOverridesType().convert((text,), None, None) if text else {}
    return {
        name: int(value) if template["Parameters"][name]["Type"] == "Number" else value for name, value in given.items()
    }


def test_no_account_id_is_committed():
    assert not re.search(r"\d{12}", SAMCONFIG.read_text())


def test_a_deploy_without_an_environment_has_no_stack_to_go_to():
    default = tomllib.loads(SAMCONFIG.read_text())["default"]
    assert "deploy" not in default and "stack_name" not in default["global"]["parameters"]


def test_a_plain_build_needs_no_more_than_any_rust():
    default = tomllib.loads(SAMCONFIG.read_text())["default"]
    assert default["global"]["parameters"]["parameter_overrides"] == "Architecture=x86_64"


def test_environments_share_nothing():
    assert len({deploy(e)["stack_name"] for e in ENVIRONMENTS}) == len(ENVIRONMENTS)
    assert all(deploy(e)["s3_prefix"] == deploy(e)["stack_name"] for e in ENVIRONMENTS)


def test_production_asks_before_it_changes_anything():
    assert deploy("prod")["confirm_changeset"] is True


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_only_what_was_built_for_the_environment_is_deployed(environment):
    """Without a build sam would fall back on template.yaml, and upload the whole repository as the function; and what a
    plain `sam build` made may be for another processor than the deploy's overrides say."""
    build = tomllib.loads(SAMCONFIG.read_text())[environment]["build"]["parameters"]
    assert build["build_dir"] == f".aws-sam/{environment}"
    assert deploy(environment)["template_file"] == f"{build['build_dir']}/template.yaml"


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_build_and_deploy_have_the_same_overrides(environment):
    configuration = tomllib.loads(SAMCONFIG.read_text())[environment]
    assert "parameter_overrides" in configuration["global"]["parameters"]
    assert not any("parameter_overrides" in configuration[command]["parameters"] for command in ("build", "deploy"))


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_resources_are_tagged_with_project_and_stage(environment):
    assert deploy(environment)["tags"] == f"project=clickstream stage={environment}"


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_overrides_are_values_that_the_template_allows(environment, template):
    for name, value in overrides(environment, template).items():
        parameter = template["Parameters"][name]
        if "AllowedValues" in parameter:
            assert value in parameter["AllowedValues"], name
        elif "AllowedPattern" in parameter:
            assert re.fullmatch(parameter["AllowedPattern"], value), name
        else:
            assert parameter["MinValue"] <= value <= parameter["MaxValue"], name


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_the_environment_keeps_the_rules(environment, template, translated):
    resources = stack.resources(translated, **overrides(environment, template))
    assert [problem for rule in RULES for problem in rule(resources)] == []
