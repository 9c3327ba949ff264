import re

import stack


def test_parameters_explain_themselves(template):
    for name, parameter in template["Parameters"].items():
        assert parameter["Description"].strip(), name
        assert parameter["ConstraintDescription"].startswith("must be"), name
        assert stack.values(name, parameter), name


def test_patterns_take_their_examples_and_not_just_anything(template):
    for name, example in stack.EXAMPLES.items():
        pattern = template["Parameters"][name]["AllowedPattern"]
        assert re.fullmatch(pattern, "") and re.fullmatch(pattern, example), name
        assert not any(re.fullmatch(pattern, f"{broken}") for broken in (f" {example}", example[:20], "clicks")), name


def test_every_parameter_has_a_default(template):
    assert all("Default" in parameter for parameter in template["Parameters"].values())


def test_outputs_say_what_producers_and_readers_need(template):
    assert set(template["Outputs"]) == {
        "StreamName",
        "StreamArn",
        "EventsBucketName",
        "BackupBucketName",
        "TransformAliasArn",
        "DatabaseName",
        "TableName",
        "PartitionsFunctionName",
        "SpectrumRoleArn",
        "ExternalSchema",
        "DashboardUrl",
    }
    assert all(output["Description"] for output in template["Outputs"].values())


def test_the_stack_stays_far_below_the_limits_of_cloudformation():
    """A template has at most 1,000,000 bytes, 500 resources, 200 parameters, 200 outputs."""
    for name in ("template.yaml", "operations.yaml"):
        template = stack.load(name)
        assert (stack.ROOT / name).stat().st_size < 500_000
        assert len(template["Resources"]) < 250 and len(template["Parameters"]) < 100 and len(template["Outputs"]) < 100
