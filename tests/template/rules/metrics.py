"""The metrics that there are: what the services document, and what our functions print when they run."""

import base64
import functools
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import stack

# Namespace -> dimensions -> names. Amazon Data Firehose Developer Guide, "Monitor with CloudWatch metrics"; AWS Lambda
# Developer Guide, "Types of metrics for Lambda functions"; CloudWatch Logs and S3 User Guides, "CloudWatch metrics".
DOCUMENTED = {
    "AWS/Firehose": {
        frozenset(["DeliveryStreamName"]): {
            *("IncomingBytes", "IncomingRecords", "ThrottledRecords"),
            *("DataReadFromKinesisStream.Bytes", "DataReadFromKinesisStream.Records", "KinesisMillisBehindLatest"),
            *("DeliveryToS3.DataFreshness", "DeliveryToS3.ObjectCount", "DeliveryToS3.Success", "BackupToS3.DataFreshness"),
            *("PartitionCount", "PartitionCountExceeded", "ActivePartitionsLimit"),
            *("SucceedConversion.Records", "FailedConversion.Records"),
            *("ExecuteProcessing.Success", "ExecuteProcessing.Duration"),
        }
    },
    "AWS/Lambda": {frozenset(["FunctionName"]): {"Invocations", "Errors", "Throttles", "Duration"}},
    "AWS/Logs": {frozenset(["LogGroupName"]): {"IncomingBytes"}},
    "AWS/S3": {frozenset(["BucketName", "StorageType"]): {"BucketSizeBytes"}},
}


def known():
    return DOCUMENTED | {"Clickstream": emitted()}


def families(names):
    """Metrics that appear only when they count something: that the lists of them are complete, Rust's tests say."""
    return {name.split(".")[0] for name in names if "." in name}


@functools.cache
def emitted():
    """Dimensions -> names of the metrics in the lines that the built functions print."""
    records = ['{"event_type":"item_view","ip":"203.0.113.7"}', "not JSON"]
    event = {"records": [{"recordId": f"{n}", "data": encoded(text)} for n, text in enumerate(records)]}
    # Nobody listens on this port: the partitions function prints its metrics when it fails, too.
    nowhere = {
        **{"GLUE_DATABASE": "d", "GLUE_TABLE": "t", "AWS_REGION": stack.REGION},
        **{"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_ENDPOINT_URL_GLUE": "http://127.0.0.1:9"},
    }
    found = {}
    for lines in (printed("transform", event, {}), printed("partitions", {}, nowhere)):
        for directive in (d for line in lines if "_aws" in line for d in line["_aws"]["CloudWatchMetrics"]):
            assert directive["Namespace"] == "Clickstream"
            for dimensions in directive["Dimensions"]:
                found.setdefault(frozenset(dimensions), set()).update(m["Name"] for m in directive["Metrics"])
    return found


def encoded(text):
    return base64.b64encode(text.encode()).decode()


def printed(function, event, environment):
    """The lines of JSON that the function prints when it is invoked under the Lambda emulator."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(event, file)
        file.flush()
        command = [sys.executable, "tests/emulator.py", str(built(function)), file.name]
        result = subprocess.run(
            command, cwd=stack.ROOT, env=os.environ | environment, capture_output=True, text=True, check=False
        )
    lines = [json.loads(line) for line in result.stderr.splitlines() if line.startswith("{")]
    assert lines, result.stdout + result.stderr
    return lines


def built(function):
    """The artefact that is deployed, where make built it; else what cargo built for debugging."""
    places = [f"target/lambda/{function}/bootstrap", f"target/debug/{function}"]
    there = [stack.ROOT / place for place in places if (stack.ROOT / place).exists()]
    assert there, f"{function} is not built: run `make build`"
    return Path(there[0])
