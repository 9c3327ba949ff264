"""What a deployed stack says of itself."""

import sys

import boto3


def of(stack: str) -> dict[str, str]:
    """The stack's outputs by name; ends the program where there is no such stack."""
    cloudformation = boto3.client("cloudformation")
    try:
        (found,) = cloudformation.describe_stacks(StackName=stack)["Stacks"]
    except cloudformation.exceptions.ClientError as error:
        sys.exit(f"cannot read the stack {stack}: {error}\nIs it deployed, and is this the right account and region?")
    return {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])}
