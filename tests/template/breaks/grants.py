"""What roles may do."""

from damage import S3, append, given, put, put_parameter, remove
from rules import grants
from stack import EXAMPLES

INVOKE = "StreamRole.Properties.Policies.0.PolicyDocument.Statement.0"
ON_OBJECTS = "StreamRole.Properties.Policies.1.PolicyDocument.Statement.1"
POLICIES = "Properties.Policies"
STATEMENT = "PolicyDocument.Statement"
REGISTER = f"PartitionsRole.{POLICIES}.0.{STATEMENT}.0"
QUERY = f"SpectrumRole.{POLICIES}.0.{STATEMENT}.0"
READ = f"SpectrumRole.{POLICIES}.1.{STATEMENT}"
SOURCE = {"SourceStreamArn": EXAMPLES["SourceStreamArn"]}
OWN_KEY = {"KmsKeyArn": EXAMPLES["KmsKeyArn"]}
USE_KEY = f"StreamRole.{POLICIES}.4.{STATEMENT}.0"
BARE_FUNCTION = {"Fn::GetAtt": ["TransformFunction", "Arn"]}
TABLE = "arn:aws:glue:us-east-1:111122223333:table/shop/events"


def allow(action, resource):
    return {"Effect": "Allow", "Action": action, "Resource": resource}


BREAKS = {
    grants.stream_role_invokes_exactly_what_the_processor_names: {
        "the bare function": put(f"{INVOKE}.Resource", BARE_FUNCTION),
        "the processor names the bare function": put_parameter("LambdaArn", BARE_FUNCTION),
        "may not look at it": put(f"{INVOKE}.Action", ["lambda:InvokeFunction"]),
        "may change the function": append(f"{INVOKE}.Action", "lambda:UpdateFunctionCode"),
    },
    grants.stream_role_writes_its_buckets_and_no_others: {
        "no backup": remove(f"{ON_OBJECTS}.Resource.1"),
        "cannot abort": remove(f"{ON_OBJECTS}.Action.0"),
        "may delete": append(f"{ON_OBJECTS}.Action", "s3:DeleteObject"),
    },
    grants.stream_role_reads_the_columns_that_it_converts_to: {
        "may not": remove(f"StreamRole.{POLICIES}.3"),
        "may, though it writes JSON": remove(f"{S3}.DataFormatConversionConfiguration"),
        "may change them": append(f"StreamRole.{POLICIES}.3.{STATEMENT}.0.Action", "glue:UpdateTable"),
        "database left out": remove(f"StreamRole.{POLICIES}.3.{STATEMENT}.0.Resource.1"),
    },
    grants.stream_role_reads_its_source_and_no_other: {
        "may not": given(remove(f"StreamRole.{POLICIES}.4"), **SOURCE),
        "another": given(put(f"StreamRole.{POLICIES}.4.{STATEMENT}.0.Resource", EXAMPLES["KmsKeyArn"]), **SOURCE),
    },
    grants.partitions_role_touches_partitions_of_the_one_table: {
        "every table of the database": append(f"{REGISTER}.Resource", f"{grants.GLUE}table/${{EventsDatabase}}/*"),
        "table left out": remove(f"{REGISTER}.Resource.2"),
        "may remove them, though none expire": append(f"{REGISTER}.Action", "glue:BatchDeletePartition"),
        "may not, though they expire": given(remove(f"PartitionsRole.{POLICIES}.1"), EventRetentionInDays=395),
        "may drop the table": append(f"{REGISTER}.Action", "glue:DeleteTable"),
    },
    grants.schedule_role_invokes_the_partitions_function_alone: {
        "the transform, too": put(
            f"ScheduleRole.{POLICIES}.0.{STATEMENT}.0.Resource",
            [{"Fn::GetAtt": ["PartitionsFunction", "Arn"]}, {"Fn::GetAtt": ["TransformFunction", "Arn"]}],
        ),
        "for any account": remove("ScheduleRole.Properties.AssumeRolePolicyDocument.Statement.0.Condition"),
    },
    grants.spectrum_role_reads_the_table_and_its_events_and_nothing_else: {
        "failed records, too": put(f"{READ}.0.Resource", {"Fn::Sub": "${EventsBucket.Arn}/*"}),
        "may list them": remove(f"{READ}.1.Condition"),
        "may write": put(f"{READ}.0.Action", ["s3:GetObject", "s3:PutObject"]),
        "may not read partitions": remove(f"{QUERY}.Action.4"),
        "may change the table": append(f"{QUERY}.Action", "glue:UpdateTable"),
    },
    grants.everyone_who_touches_objects_may_use_their_key: {
        "Firehose may not": given(remove(f"StreamRole.{POLICIES}.4"), **OWN_KEY),
        "Spectrum may not": given(remove(f"SpectrumRole.{POLICIES}.2"), **OWN_KEY),
        "for anything": given(remove(f"{USE_KEY}.Condition"), **OWN_KEY),
        "for any object": given(remove(f"{USE_KEY}.Condition.StringEquals.kms:EncryptionContext:aws:s3:arn"), **OWN_KEY),
        "not through S3 alone": given(remove(f"{USE_KEY}.Condition.StringEquals.kms:ViaService"), **OWN_KEY),
        "source stays closed": given(remove(f"StreamRole.{POLICIES}.6"), **OWN_KEY, **SOURCE),
    },
    grants.everyone_writes_their_own_log_and_no_other: {
        "the transform may write another's": put(
            f"TransformRole.{POLICIES}.0.{STATEMENT}.0.Resource", {"Fn::GetAtt": ["StreamLogGroup", "Arn"]}
        ),
        "Firehose may make log streams": append(f"StreamRole.{POLICIES}", {
            "PolicyName": "more",
            "PolicyDocument": {"Statement": [allow("logs:CreateLogStream", {"Fn::GetAtt": ["StreamLogGroup", "Arn"]})]},
        }),
        "Firehose may not": remove("StreamRole.Properties.Policies.2"),
        "the transform may not": remove("TransformRole.Properties.Policies.0"),
        "the partitions function may not": remove(f"PartitionsRole.{POLICIES}.1"),
    },
    grants.roles_have_to_do_with_their_services_alone: {
        "the transform calls Glue": append(f"TransformRole.{POLICIES}.0.{STATEMENT}", allow("glue:GetTable", TABLE)),
        "Firehose takes on roles": append(f"StreamRole.{POLICIES}.0.{STATEMENT}", allow("iam:PassRole", TABLE)),
    },
}
