"""The smoke test after a deploy: it is content with a row that can be queried, and with nothing less.

The server takes puts and keeps them, but transforms and delivers nothing. `deliver` does that in its place.
"""

import base64
import gzip
import json
from datetime import UTC, datetime

import boto3
import duckdb
import pytest
from names import ROOT, STACK

TODAY = f"{datetime.now(UTC):%Y-%m-%d}"
FOLDER = f"events/event_type=other/date={TODAY}/"


def parquet(row, tmp_path):
    file = tmp_path / "row.parquet"
    duckdb.execute(f"copy (select '{row['event_id']}' as event_id) to '{file}' (format parquet)")
    return file.read_bytes()


def lines(row):
    return gzip.compress(json.dumps(row).encode() + b"\n")


def error(record):
    raw = base64.b64encode(record).decode()
    return json.dumps({"rawData": raw, "errorCode": "Lambda.FunctionError", "attemptsMade": 4}).encode()


@pytest.fixture
def stream(stack):
    """A stream that writes what is put to it under put/, as it came."""
    s3 = {
        "RoleARN": "arn:aws:iam::123456789012:role/stream",
        "BucketARN": f"arn:aws:s3:::{stack['EventsBucketName']}",
        "Prefix": "put/",
    }
    boto3.client("firehose").create_delivery_stream(
        DeliveryStreamName=stack["StreamName"], ExtendedS3DestinationConfiguration=s3
    )


@pytest.fixture
def deliver(stack, stream, in_background):
    """Delivers each put record as key and body that the given function makes of it."""

    def start(make):
        def run(over):
            s3, bucket, done = boto3.client("s3"), stack["EventsBucketName"], set()
            while not over.wait(0.1):
                for item in s3.list_objects_v2(Bucket=bucket, Prefix="put/").get("Contents", []):
                    if item["Key"] not in done:
                        done.add(item["Key"])
                        key, body = make(s3.get_object(Bucket=bucket, Key=item["Key"])["Body"].read())
                        s3.put_object(Bucket=bucket, Key=key, Body=body)

        in_background(run)

    return start


@pytest.fixture
def register(stack):
    """Registers today's partition of `other` at a folder of the bucket."""

    def run(folder=FOLDER):
        glue = boto3.client("glue")
        glue.create_database(DatabaseInput={"Name": stack["DatabaseName"]})
        keys = [{"Name": "event_type", "Type": "string"}, {"Name": "date", "Type": "date"}]
        glue.create_table(
            DatabaseName=stack["DatabaseName"], TableInput={"Name": stack["TableName"], "PartitionKeys": keys}
        )
        location = f"s3://{stack['EventsBucketName']}/{folder}"
        partition = {"Values": ["other", TODAY], "StorageDescriptor": {"Location": location}}
        glue.create_partition(
            DatabaseName=stack["DatabaseName"], TableName=stack["TableName"], PartitionInput=partition
        )

    return run


@pytest.fixture
def smoke(script):
    return lambda timeout=60: script("smoke.py", STACK, "--every", "0.2", "--timeout", str(timeout))


def test_a_row_of_parquet_in_a_registered_partition_is_what_it_wants(deliver, register, smoke, tmp_path):
    deliver(lambda record: (f"{FOLDER}a.parquet", parquet(json.loads(record), tmp_path)))
    register()
    result = smoke()
    assert result.returncode == 0, result.stderr
    assert f"{FOLDER}a.parquet" in result.stdout
    assert f"{FOLDER} is registered" in result.stdout


def test_so_is_a_row_of_json(deliver, register, smoke):
    deliver(lambda record: (f"{FOLDER}a.json.gz", lines(json.loads(record))))
    register()
    assert smoke().returncode == 0


def test_it_puts_an_event_that_the_schema_does_not_know_with_an_id_and_a_time(deliver, register, smoke):
    put = []
    deliver(lambda record: (put.append(json.loads(record)), (f"{FOLDER}a.json.gz", lines(put[0])))[1])
    register()
    smoke()
    (event,) = put
    assert set(event) == {"event_type", "event_id", "ts"}
    schema = (ROOT / "schema.toml").read_text()
    assert event["event_type"] not in schema


def test_a_row_of_somebody_else_is_not_enough(deliver, register, smoke):
    deliver(lambda record: (f"{FOLDER}a.json.gz", lines({"event_id": "another"})))
    register()
    result = smoke(timeout=3)
    assert result.returncode == 1
    assert "no row after 3 s" in result.stderr


def test_nothing_delivered_is_not_enough(stream, smoke):
    result = smoke(timeout=2)
    assert result.returncode == 1
    assert "no row after 2 s under s3://events-bucket/events/event_type=other/" in result.stderr


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_a_failed_record_is_told_at_once(pack, deliver, smoke):
    deliver(lambda record: ("errors/processing-failed/date=2026-11-23/a", pack(error(record))))
    result = smoke()
    assert result.returncode == 1
    assert "the record failed: s3://events-bucket/errors/processing-failed/date=2026-11-23/a" in result.stderr


def test_the_failed_record_of_somebody_else_is_none_of_its_business(deliver, smoke):
    deliver(lambda record: ("errors/processing-failed/date=2026-11-23/a", error(b"not JSON")))
    assert "no row after 2 s" in smoke(timeout=2).stderr


def test_a_row_that_nobody_can_see_is_not_enough(deliver, stack, smoke):
    deliver(lambda record: (f"{FOLDER}a.json.gz", lines(json.loads(record))))
    boto3.client("glue").create_database(DatabaseInput={"Name": stack["DatabaseName"]})
    boto3.client("glue").create_table(DatabaseName=stack["DatabaseName"], TableInput={"Name": stack["TableName"]})
    result = smoke()
    assert result.returncode == 1
    assert "is not registered: Spectrum does not see it" in result.stderr


def test_a_partition_registered_elsewhere_is_not_enough(deliver, register, smoke):
    deliver(lambda record: (f"{FOLDER}a.json.gz", lines(json.loads(record))))
    register("events/elsewhere/")
    result = smoke()
    assert result.returncode == 1
    assert "is registered at s3://events-bucket/events/elsewhere/" in result.stderr


def test_a_stack_that_is_not_there_is_named(stack, script):
    result = script("smoke.py", "clickstream-nowhere")
    assert result.returncode == 1
    assert "cannot read the stack clickstream-nowhere" in result.stderr


def test_help_has_examples(script):
    assert "python deploy/smoke.py clickstream-prod --timeout 1800" in script("smoke.py", "--help").stdout
