import re

import pytest
import stack
from damage import S3, walk

ENCRYPTION = "Properties.BucketEncryption.ServerSideEncryptionConfiguration.0.ServerSideEncryptionByDefault.KMSMasterKeyID"
EXPIRY = "Properties.LifecycleConfiguration.Rules"

# Where the values of parameters arrive; of those that are not here, other tests tell.
PLACES = {
    "BackupRetentionInDays": [f"BackupBucket.{EXPIRY}.0.ExpirationInDays"],
    "BufferIntervalInSeconds": [f"{S3}.BufferingHints.IntervalInSeconds"],
    "ErrorRetentionInDays": [f"EventsBucket.{EXPIRY}.1.ExpirationInDays"],
    "KmsKeyArn": [
        *(f"{bucket}.{ENCRYPTION}" for bucket in ("EventsBucket", "BackupBucket")),
        "EventStream.Properties.DeliveryStreamEncryptionConfigurationInput.KeyARN",
    ],
    "LogRetentionInDays": [f"{of}LogGroup.Properties.RetentionInDays" for of in ("Transform", "Partitions", "Stream")],
    "MemorySize": ["TransformFunction.Properties.MemorySize"],
    "SourceStreamArn": ["EventStream.Properties.KinesisStreamSourceConfiguration.KinesisStreamARN"],
}


@pytest.mark.parametrize("name", PLACES)
def test_a_parameter_arrives_where_it_is_meant_to(name, template, translated):
    for value in filter(None, stack.values(name, template["Parameters"][name])):
        resources = stack.resources(translated, **{name: value})
        assert [walk(resources, place) for place in PLACES[name]] == [value] * len(PLACES[name])


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
