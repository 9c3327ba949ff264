"""Roles and policies."""

from damage import BACKUP, add_resource, append, given, put, remove
from rules import access
from stack import EXAMPLES

INVOKE = "StreamRole.Properties.Policies.0.PolicyDocument.Statement.0"
ON_OBJECTS = "StreamRole.Properties.Policies.1.PolicyDocument.Statement.1"
POLICIES = "Properties.Policies"
STATEMENT = "PolicyDocument.Statement"
SOURCE = {"SourceStreamArn": EXAMPLES["SourceStreamArn"]}
TRUST = "StreamRole.Properties.AssumeRolePolicyDocument.Statement.0"
S3_FULL_ACCESS = "arn:aws:iam::aws:policy/AmazonS3FullAccess"
POLICY = {"Type": "AWS::IAM::Policy", "Properties": {"Roles": [{"Ref": "StreamRole"}]}}
TABLE = "arn:aws:glue:us-east-1:111122223333:table/shop/events"


def allow(action, resource):
    return {"Effect": "Allow", "Action": action, "Resource": resource}


BREAKS = {
    access.one_role_does_all_that_the_stream_does: {
        "the source by another": given(
            put("EventStream.Properties.KinesisStreamSourceConfiguration.RoleARN", {"Fn::GetAtt": ["TransformRole", "Arn"]}),
            **SOURCE,
        ),
        "backup by another": put(f"{BACKUP}.RoleARN", {"Fn::GetAtt": ["TransformRole", "Arn"]}),
    },
    access.nobody_is_allowed_a_wildcard: {
        "every action": put(f"{INVOKE}.Action", "lambda:*"),
        "every resource": put(f"{INVOKE}.Resource", "*"),
        "every object of every bucket": put(f"{ON_OBJECTS}.Resource.0", "arn:aws:s3:::*"),
        "every bucket of a name": put(f"{ON_OBJECTS}.Resource.0", "arn:aws:s3:::shop-*/*"),
        "every group of logs": put(f"TransformRole.{POLICIES}.0.{STATEMENT}.0.Resource", "arn:aws:logs:*:*:*"),
        "any character": put(f"{INVOKE}.Resource", "arn:aws:lambda:us-east-1:111122223333:function:shop-?"),
        "managed policy": put("TransformRole.Properties.ManagedPolicyArns", [S3_FULL_ACCESS]),
    },
    access.policies_allow_what_they_name: {
        "all but an action": append(
            f"TransformRole.{POLICIES}.0.{STATEMENT}", {"Effect": "Allow", "Action": [], "Resource": [], "NotAction": "iam:*"}
        ),
        "what it denies is what it might have been allowed": put(f"{INVOKE}.Effect", "Deny"),
        "all but a thing": append(
            f"TransformRole.{POLICIES}.0.{STATEMENT}", {"Effect": "Allow", "Action": [], "Resource": [], "NotResource": TABLE}
        ),
    },
    access.nobody_outside_may_invoke_a_function: {
        "by an address": add_resource("Address", {
            "Type": "AWS::Lambda::Url",
            "Properties": {"AuthType": "NONE", "TargetFunctionArn": {"Ref": "TransformFunction"}},
        }),
        "another account": add_resource("Permission", {
            "Type": "AWS::Lambda::Permission",
            "Properties": {
                "Action": "lambda:InvokeFunction", "FunctionName": {"Ref": "PartitionsFunction"}, "Principal": "111122223333",
            },
        }),
    },
    access.policies_are_part_of_their_roles: {
        "one apart": add_resource("LatePolicy", POLICY),
    },
    access.only_firehose_for_this_account_assumes_the_stream_role: {
        "any account": remove(f"{TRUST}.Condition"),
    },
    access.roles_are_for_services: {
        "another service": put(f"{TRUST}.Principal", {"Service": "ec2.amazonaws.com"}),
        "with tags of its own": put(f"{TRUST}.Action", ["sts:AssumeRole", "sts:TagSession"]),
        "another account": put(f"{TRUST}.Principal", {"AWS": "arn:aws:iam::111122223333:root"}),
        "everyone": put("SpectrumRole.Properties.AssumeRolePolicyDocument.Statement.0.Principal", "*"),
        "no cluster, only Serverless": remove(
            "SpectrumRole.Properties.AssumeRolePolicyDocument.Statement.0.Principal.Service.0"
        ),
    },
}
