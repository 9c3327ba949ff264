"""What a deployed stack says of itself."""

import sys

import boto3


NEEDED = {"StreamName", "StreamArn", "EventsBucketName", "DatabaseName", "TableName", "PartitionsFunctionName"}


def of(stack: str) -> dict[str, str]:
    """The stack's outputs by name; ends the program where there is no such stack."""
    cloudformation = boto3.client("cloudformation")
    try:
        (found,) = cloudformation.describe_stacks(StackName=stack)["Stacks"]
    except cloudformation.exceptions.ClientError as error:
        if error.response["Error"].get("Code") != "ValidationError":
            raise
        sys.exit(f"cannot read the stack {stack}: {error}\nIs it deployed, and is this the right account and region?")
    outputs = {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])}
    if missing := NEEDED - set(outputs):
        sys.exit(
            f"the stack {stack} has no output {' or '.join(sorted(missing))}: "
            f"it is not one of template.yaml, or its deploy did not succeed ({found['StackStatus']})"
        )
    return outputs
