import json
import os
import subprocess
import sys
import threading
import urllib.request

import boto3
import pytest
from moto.server import ThreadedMotoServer
from names import ROOT, STACK



@pytest.fixture(scope="session")
def aws():
    """A server that speaks AWS's protocols, on a free port of the loopback."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def environment(aws, monkeypatch):
    variables = {
        "AWS_ENDPOINT_URL": aws,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return variables


@pytest.fixture
def stack(aws, environment):
    """The outputs of a stack that the server knows; what they name, the tests make."""
    urllib.request.urlopen(urllib.request.Request(f"{aws}/moto-api/reset", method="POST"))
    outputs = {
        "StreamName": "stream",
        "StreamArn": "arn:aws:firehose:us-east-1:123456789012:deliverystream/stream",
        "EventsBucketName": "events-bucket",
        "DatabaseName": "shop",
        "TableName": "events",
        "PartitionsFunctionName": "partitions",
    }
    template = {
        "Resources": {"Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": outputs["EventsBucketName"]}}},
        "Outputs": {name: {"Value": value} for name, value in outputs.items()},
    }
    boto3.client("cloudformation").create_stack(StackName=STACK, TemplateBody=json.dumps(template))
    return outputs


@pytest.fixture
def script(environment):
    def run(name, *arguments):
        command = [sys.executable, ROOT / "deploy" / name, *arguments]
        return subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, check=False)

    return run


@pytest.fixture
def in_background():
    """Runs a function until the test ends; the function is given the event that says so."""
    over, threads = threading.Event(), []

    def start(function):
        threads.append(threading.Thread(target=function, args=[over]))
        threads[-1].start()

    yield start
    over.set()
    for thread in threads:
        thread.join()
