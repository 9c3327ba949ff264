"""The terms that the proxy holds calls to: each can be broken, and is then seen."""

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from catalogue import CREDENTIALS, KEYS, REGION, model_violations, partition_violations, signature_violations
from events_table import table_input

LOCATION = "s3://lake/events/"
TABLE = {"DatabaseName": "d", "TableName": "t"}


def partition(event_type="login", day="2026-11-23", **changes) -> dict:
    location = f"{LOCATION}event_type={event_type}/date={day}/"
    return {"Values": [event_type, day], "StorageDescriptor": {"Location": location}} | changes


def test_a_sound_partition_breaks_no_term():
    assert partition_violations([partition()], LOCATION) == []
    assert model_violations("BatchCreatePartition", TABLE | {"PartitionInputList": [partition()]}) == []


@pytest.mark.parametrize(
    "wrong",
    [
        partition(Values=["login"]),
        partition(Values=["2026-11-23", "login"]),
        partition("Login"),
        partition(day="20261123"),
        partition(StorageDescriptor={"Location": "s3://lake/event_type=login/date=2026-11-23/"}),
        partition(StorageDescriptor={"Location": f"{LOCATION}event_type=login/date=2026-11-23"}),
    ],
)
def test_a_partition_that_is_not_the_tables_breaks_one(wrong):
    assert partition_violations([wrong], LOCATION)
    assert partition_violations([partition(), partition()], LOCATION)


@pytest.mark.parametrize(
    ("operation", "request_"),
    [
        ("BatchCreatePartition", TABLE | {"PartitionInputList": [partition()] * 101}),
        ("BatchDeletePartition", TABLE | {"PartitionsToDelete": [{"Values": ["login", "2026-11-23"]}] * 26}),
        ("BatchCreatePartition", TABLE | {"PartitionInputList": [partition(Value=["login"])]}),
        ("BatchCreatePartition", TABLE),
        ("GetPartitions", TABLE | {"MaxResults": 1001}),
        ("GetPartitions", TABLE | {"Expression": "x" * 2049}),
        ("GetTable", TABLE),
    ],
)
def test_a_request_that_the_api_model_forbids_breaks_one(operation, request_):
    assert model_violations(operation, request_)


def signed(credentials=CREDENTIALS, region=REGION, body=b"{}", **changes) -> list[str]:
    """What is wrong with a request that botocore has signed, its body or headers changed afterwards."""
    headers = {"host": "127.0.0.1:1", "x-amz-target": "AWSGlue.GetTable"}
    request = AWSRequest("POST", "http://127.0.0.1:1/", headers, b"{}")
    SigV4Auth(credentials, "glue", region).add_auth(request)
    sent = {name.lower(): value for name, value in request.headers.items()} | {"host": "127.0.0.1:1"}
    return signature_violations("POST", "http://127.0.0.1:1", sent | changes, body)


def test_a_signature_is_computed_again():
    assert signed() == []
    assert signed(type(CREDENTIALS)("AKIDEXAMPLE", "another secret", CREDENTIALS.token))
    assert signed(type(CREDENTIALS)("AKIDEXAMPLE", CREDENTIALS.secret_key, "another token"))
    assert signed(region="us-east-1")
    assert signed(body=b"{ }")
    assert signed(**{"x-amz-target": "AWSGlue.DeleteTable"})
    assert signed(authorization="")


def test_the_keys_are_those_of_the_table():
    assert tuple(key["Name"] for key in table_input()["PartitionKeys"]) == KEYS
