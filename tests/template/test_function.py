import tomllib

import pytest
import stack

FUNCTIONS = {"TransformFunction": ".", "PartitionsFunction": "crates/partitions"}  # and the crate of each


def version_of(template, **parameters):
    resources = stack.translate(template, **parameters)["Resources"]
    (version,) = [name for name, r in resources.items() if r["Type"] == "AWS::Lambda::Version"]
    return version


@pytest.mark.parametrize(("name", "crate"), FUNCTIONS.items())
def test_sam_builds_the_binary_that_cargo_declares(name, crate, template):
    function = template["Resources"][name]
    cargo = tomllib.loads((stack.ROOT / crate / "Cargo.toml").read_text())
    assert function["Metadata"]["BuildMethod"] == "rust-cargolambda"
    assert function["Metadata"]["BuildProperties"]["Binary"] in [binary["name"] for binary in cargo["bin"]]
    assert function["Properties"]["CodeUri"] == crate


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_runtime_runs_a_bare_executable(name, translated):
    properties = translated["Resources"][name]["Properties"]
    assert (properties["Runtime"], properties["Handler"]) == ("provided.al2023", "bootstrap")


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_architecture_is_a_parameter_with_arm64_as_default(name, translated):
    for override, architecture in (({}, "arm64"), ({"Architecture": "x86_64"}, "x86_64")):
        resources = stack.resources(translated, **override)
        assert resources[name]["Properties"]["Architectures"] == [architecture]


def test_concurrency_is_kept_only_where_it_is_asked_for(translated):
    """Where an account has little of it, Lambda refuses to keep any."""
    kept = "ReservedConcurrentExecutions"
    assert kept not in stack.resources(translated)["TransformFunction"]["Properties"]
    assert stack.resources(translated, ReservedConcurrency=20)["TransformFunction"]["Properties"][kept] == 20


def test_a_changed_property_publishes_a_new_version(template):
    """The stream invokes the alias, so what is not published does not happen."""
    before = version_of(template)
    template["Resources"]["TransformFunction"]["Properties"]["Timeout"] += 1
    assert version_of(template) != before


def test_a_changed_parameter_alone_publishes_nothing(template):
    """A limit of SAM that the description of MemorySize warns of; if this fails, the warning can go."""
    assert version_of(template, MemorySize=1024) == version_of(template, MemorySize=512)
