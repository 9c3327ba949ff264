"""Roles and policies."""

from damage import BACKUP, add_resource, append, put, put_parameter, remove
from rules import access

INVOKE = "StreamRole.Properties.Policies.0.PolicyDocument.Statement.0"
ON_OBJECTS = "StreamRole.Properties.Policies.1.PolicyDocument.Statement.1"
TRUST = "StreamRole.Properties.AssumeRolePolicyDocument.Statement.0"
BARE_FUNCTION = {"Fn::GetAtt": ["TransformFunction", "Arn"]}
S3_FULL_ACCESS = "arn:aws:iam::aws:policy/AmazonS3FullAccess"
POLICY = {"Type": "AWS::IAM::Policy", "Properties": {"Roles": [{"Ref": "StreamRole"}]}}

BREAKS = {
    access.stream_role_invokes_exactly_what_the_processor_names: {
        "the bare function": put(f"{INVOKE}.Resource", BARE_FUNCTION),
        "the processor names the bare function": put_parameter("LambdaArn", BARE_FUNCTION),
        "may not look at it": put(f"{INVOKE}.Action", ["lambda:InvokeFunction"]),
        "may change the function": append(f"{INVOKE}.Action", "lambda:UpdateFunctionCode"),
    },
    access.stream_role_writes_its_buckets_and_no_others: {
        "no backup": remove(f"{ON_OBJECTS}.Resource.1"),
        "cannot abort": remove(f"{ON_OBJECTS}.Action.0"),
        "may delete": append(f"{ON_OBJECTS}.Action", "s3:DeleteObject"),
    },
    access.everyone_may_write_their_own_log: {
        "Firehose may not": remove("StreamRole.Properties.Policies.2"),
        "the function may not": remove("TransformRole.Properties.Policies.0"),
    },
    access.one_role_does_both_writes: {
        "backup by another": put(f"{BACKUP}.RoleARN", {"Fn::GetAtt": ["TransformRole", "Arn"]}),
    },
    access.nobody_is_allowed_a_wildcard: {
        "every action": put(f"{INVOKE}.Action", "lambda:*"),
        "every resource": put(f"{INVOKE}.Resource", "*"),
        "managed policy": put("TransformRole.Properties.ManagedPolicyArns", [S3_FULL_ACCESS]),
    },
    access.policies_are_part_of_their_roles: {
        "one apart": add_resource("LatePolicy", POLICY),
    },
    access.only_firehose_for_this_account_assumes_the_stream_role: {
        "any account": remove(f"{TRUST}.Condition"),
        "another service": put(f"{TRUST}.Principal", {"Service": "ec2.amazonaws.com"}),
    },
}
