"""Registers the partitions of the coming days now, not within the hour: a new event type is visible with its first row.

    python deploy/register.py clickstream-dev

Prints what the partitions function answers. Ends with 1 if it fails; `sam remote invoke` would end with 0.
"""

import json
import sys

import aws
import boto3
import outputs
from botocore.config import Config

# The function takes five minutes at most. Asked again before, a second run would do what the first one is doing.
PATIENT = Config(read_timeout=330, retries={"total_max_attempts": 1})


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    function = outputs.of(sys.argv[1])["PartitionsFunctionName"]
    answer = boto3.client("lambda", config=PATIENT).invoke(FunctionName=function, Payload=b"{}")
    told = answer["Payload"].read().decode()
    if "FunctionError" in answer:
        message = json.loads(told).get("errorMessage", told)
        sys.exit(f"{function}: {message}\nUntil it succeeds, Spectrum does not see new partitions; nothing is lost.")
    print(f"partitions: {told}")


if __name__ == "__main__":
    aws.run(main)
