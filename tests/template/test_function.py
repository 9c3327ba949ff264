import tomllib

import stack


def function_of(template):
    return template["Resources"]["TransformFunction"]


def version_of(template, **parameters):
    resources = stack.translate(template, **parameters)["Resources"]
    (version,) = [name for name, r in resources.items() if r["Type"] == "AWS::Lambda::Version"]
    return version


def test_sam_builds_the_binary_that_cargo_declares(template):
    cargo = tomllib.loads((stack.ROOT / "Cargo.toml").read_text())
    metadata = function_of(template)["Metadata"]
    assert metadata["BuildMethod"] == "rust-cargolambda"
    assert metadata["BuildProperties"]["Binary"] in [binary["name"] for binary in cargo["bin"]]
    assert function_of(template)["Properties"]["CodeUri"] == "."


def test_the_runtime_runs_a_bare_executable(template):
    properties = function_of(template)["Properties"]
    assert (properties["Runtime"], properties["Handler"]) == ("provided.al2023", "bootstrap")


def test_the_architecture_is_a_parameter_with_x86_64_as_default(template, translated):
    assert template["Parameters"]["Architecture"]["AllowedValues"] == ["arm64", "x86_64"]
    for override, architecture in (({}, "x86_64"), ({"Architecture": "arm64"}, "arm64")):
        resources = stack.resources(translated, **override)
        assert resources["TransformFunction"]["Properties"]["Architectures"] == [architecture]


def test_a_changed_property_publishes_a_new_version(template):
    """The stream invokes the alias, so what is not published does not happen."""
    before = version_of(template)
    function_of(template)["Properties"]["Timeout"] += 1
    assert version_of(template) != before


def test_a_changed_parameter_alone_publishes_nothing(template):
    """A limit of SAM that the description of MemorySize warns of; if this fails, the warning can go."""
    assert version_of(template, MemorySize=1024) == version_of(template, MemorySize=512)
