"""Puts one event to a deployed stream and waits until its row can be queried.

    python deploy/smoke.py clickstream-dev
    python deploy/smoke.py clickstream-prod --timeout 1800

The event's name is none that the schema knows, so its row lies under event_type=other and in nobody's statistics. Ends with
1 and says what is missing if the row does not come, comes as an error, or lies in a partition that is not registered.
"""

import argparse
import base64
import gzip
import json
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime

import aws
import boto3
import outputs

EVENT_TYPE = "other"  # where the transform files what the schema does not know


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stack", help="name of the stack")
    parser.add_argument("--timeout", type=float, default=1200, help="seconds to wait for the row (default: 1200)")
    parser.add_argument("--every", type=float, default=10, help="seconds between two looks (default: 10)")
    arguments = parser.parse_args()
    stack = outputs.of(arguments.stack)

    begun = datetime.now(UTC)
    event_id = f"smoke-{uuid.uuid4()}"
    record = json.dumps({"event_type": "deploy smoke test", "event_id": event_id, "ts": begun.isoformat()}).encode()
    put(stack["StreamArn"], record)
    print(f"put {event_id} to {stack['StreamName']}")

    partition = f"events/event_type={EVENT_TYPE}/date={begun:%Y-%m-%d}/"
    key = wait(stack["EventsBucketName"], partition, event_id, record, begun, arguments)
    print(f"its row is in {key}, {(datetime.now(UTC) - begun).total_seconds():.0f} s later")
    check_partition(stack, partition, [EVENT_TYPE, f"{begun:%Y-%m-%d}"])
    print(f"{partition} is registered: Spectrum sees it")


def put(stream_arn: str, record: bytes) -> None:
    """To the stream, or to the Kinesis stream that it reads."""
    firehose = boto3.client("firehose")
    name = stream_arn.rpartition("/")[2]
    source = firehose.describe_delivery_stream(DeliveryStreamName=name)["DeliveryStreamDescription"].get("Source", {})
    if "KinesisStreamSourceDescription" in source:
        arn = source["KinesisStreamSourceDescription"]["KinesisStreamARN"]
        boto3.client("kinesis").put_record(StreamARN=arn, Data=record, PartitionKey=str(uuid.uuid4()))
    else:
        firehose.put_record(DeliveryStreamName=name, Record={"Data": record})


def wait(bucket: str, partition: str, event_id: str, record: bytes, since: datetime, arguments: argparse.Namespace) -> str:
    """The key of the object with the row. Errors are looked through, too: waiting for what has failed is no use."""
    deadline = time.monotonic() + arguments.timeout
    seen: set[str] = set()
    while time.monotonic() < deadline:
        for key, body in fresh(bucket, partition, since, seen):
            if holds(key, body, event_id):
                return key
        for key, body in fresh(bucket, "errors/", since, seen):
            if base64.b64encode(record) in plain(body):
                sys.exit(f"the record failed: s3://{bucket}/{key} holds it, and says why")
        if sys.stderr.isatty():
            print(f"\r{deadline - time.monotonic():5.0f} s left ", end="", file=sys.stderr, flush=True)
        time.sleep(arguments.every)
    sys.exit(
        f"no row after {arguments.timeout:.0f} s under s3://{bucket}/{partition}\n"
        "Look at the dashboard, and at the stream's log group: delivery may be stuck, or the buffer interval be longer."
    )


def fresh(bucket: str, prefix: str, since: datetime, seen: set[str]) -> Iterator[tuple[str, bytes]]:
    """Key and content of each object that was written since then and not seen before."""
    s3 = boto3.client("s3")
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        for item in page.get("Contents", []):
            # S3 tells whole seconds.
            if item["Key"] not in seen and item["LastModified"] >= since.replace(microsecond=0):
                seen.add(item["Key"])
                yield item["Key"], s3.get_object(Bucket=bucket, Key=item["Key"])["Body"].read()


def plain(body: bytes) -> bytes:
    return gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body


def holds(key: str, body: bytes, event_id: str) -> bool:
    if not key.endswith(".parquet"):
        return any(json.loads(line).get("event_id") == event_id for line in plain(body).splitlines())
    import duckdb

    with tempfile.NamedTemporaryFile(suffix=".parquet") as file:
        file.write(body)
        file.flush()
        found = duckdb.execute("select count(*) from read_parquet(?) where event_id = ?", [file.name, event_id])
        return found.fetchone() != (0,)


def check_partition(stack: dict[str, str], partition: str, values: list[str]) -> None:
    glue = boto3.client("glue")
    table = {"DatabaseName": stack["DatabaseName"], "TableName": stack["TableName"]}
    try:
        found = glue.get_partition(**table, PartitionValues=values)["Partition"]
    except glue.exceptions.EntityNotFoundException:
        sys.exit(f"{partition} is not registered: Spectrum does not see it. Run deploy/register.py; see its function's log.")
    location = found["StorageDescriptor"]["Location"]
    want = f"s3://{stack['EventsBucketName']}/{partition}"
    if location.rstrip("/") != want.rstrip("/"):
        sys.exit(f"the partition {values} is registered at {location}, but the row is under {want}")


if __name__ == "__main__":
    aws.run(main)
