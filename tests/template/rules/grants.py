"""What each role may do: exact actions on exact things."""

from .find import as_list, destination, lambda_parameters, of_type, stream, target, text, writers
from .prefixes import TABLE
from .roles import allowed, conditions, differences, of_service, on, roles, statements, stream_role

GLUE = "arn:${AWS::Partition}:glue:${AWS::Region}:${AWS::AccountId}:"
ON_TABLE = {GLUE + "catalog", GLUE + "database/${EventsDatabase}", GLUE + "table/${EventsDatabase}/${EventsTable}"}
CONVERT = {"glue:GetTable", "glue:GetTableVersion", "glue:GetTableVersions"}
REGISTER = {"glue:BatchCreatePartition", "glue:GetPartitions", "glue:GetTable"}
REMOVE = {"glue:BatchDeletePartition"}
QUERY = {
    *("glue:GetDatabase", "glue:GetDatabases", "glue:GetTable", "glue:GetTables"),
    *("glue:BatchGetPartition", "glue:GetPartition", "glue:GetPartitions"),
}
READ_SOURCE = {"kinesis:DescribeStream", "kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:ListShards"}
INVOKE = {"lambda:InvokeFunction", "lambda:GetFunctionConfiguration"}
ON_BUCKET = {"s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"}
ON_OBJECTS = {"s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"}

# All that a role may have to do with; each is held to exact actions on exact things below.
SERVICES = {
    "TransformRole": {"logs"},
    "PartitionsRole": {"glue", "logs"},
    "ScheduleRole": {"lambda"},
    "StreamRole": {"glue", "kinesis", "kms", "lambda", "logs", "s3"},
    "SpectrumRole": {"glue", "kms", "s3"},
}


def stream_role_invokes_exactly_what_the_processor_names(resources):
    want = on(INVOKE, [text(lambda_parameters(resources).get("LambdaArn"))])
    return differences(want, of_service(stream_role(resources), "lambda"))


def stream_role_writes_its_buckets_and_no_others(resources):
    buckets = {text(writer.get("BucketARN")) for writer in writers(resources).values()}
    want = on(ON_BUCKET, buckets) | on(ON_OBJECTS, {f"{bucket}/*" for bucket in buckets})
    return differences(want, of_service(stream_role(resources), "s3"))


def stream_role_reads_the_columns_that_it_converts_to(resources):
    converts = "DataFormatConversionConfiguration" in destination(resources)
    return differences(on(CONVERT, ON_TABLE) if converts else set(), of_service(stream_role(resources), "glue"))


def stream_role_reads_its_source_and_no_other(resources):
    source = stream(resources).get("KinesisStreamSourceConfiguration")
    want = on(READ_SOURCE, [text(source["KinesisStreamARN"])]) if source else set()
    return differences(want, of_service(stream_role(resources), "kinesis"))


def partitions_role_touches_partitions_of_the_one_table(resources):
    """It may remove some only where events expire."""
    environment = resources["PartitionsFunction"]["Properties"]["Environment"]["Variables"]
    want = on(REGISTER | (REMOVE if "RETENTION_DAYS" in environment else set()), ON_TABLE)
    role = roles(resources)["PartitionsRole"]
    return differences(want, allowed(role) - of_service(role, "logs"))


def schedule_role_invokes_the_partitions_function_alone(resources):
    role = roles(resources)["ScheduleRole"]
    problems = differences({("lambda:InvokeFunction", "${PartitionsFunction.Arn}")}, allowed(role))
    return problems + conditions(role, {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}})


def spectrum_role_reads_the_table_and_its_events_and_nothing_else(resources):
    """Errors are in the same bucket, and they hold records as they came."""
    role = roles(resources)["SpectrumRole"]
    bucket = text(destination(resources)["BucketARN"])
    want = on(QUERY, ON_TABLE) | on(["s3:GetObject"], [f"{bucket}/{TABLE}*"])
    want |= on(["s3:GetBucketLocation", "s3:ListBucket"], [bucket])
    problems = differences(want, allowed(role) - of_service(role, "kms"))
    for statement in statements(role):
        within = statement.get("Condition", {}).get("StringLike", {}).get("s3:prefix")
        if "s3:ListBucket" in as_list(statement["Action"]) and within != [TABLE.rstrip("/"), f"{TABLE}*"]:
            problems.append(f"lists {within}")
    return problems


def everyone_who_touches_objects_may_use_their_key(resources):
    """Each only through the service, and only for its own buckets or stream: that is what the context says."""
    keys = {
        encryption["ServerSideEncryptionByDefault"].get("KMSMasterKeyID")
        for bucket in of_type(resources, "AWS::S3::Bucket").values()
        for encryption in bucket.get("BucketEncryption", {}).get("ServerSideEncryptionConfiguration", [])
    } - {None}
    source = stream(resources).get("KinesisStreamSourceConfiguration", {}).get("KinesisStreamARN")
    written = [text(writer.get("BucketARN")) for writer in writers(resources).values()]
    read = [text(destination(resources)["BucketARN"])]
    want, have = set(), set()
    for key in keys:
        want |= {("StreamRole", action, key, "s3", b) for action in ("kms:Decrypt", "kms:GenerateDataKey") for b in written}
        want |= {("SpectrumRole", "kms:Decrypt", key, "s3", b) for b in read}
        want |= {("StreamRole", "kms:Decrypt", key, "kinesis", source)} if source else set()
    for name, role in roles(resources).items():
        for statement in statements(role):
            equal = statement.get("Condition", {}).get("StringEquals", {})
            service = text(equal.get("kms:ViaService")).removesuffix(".${AWS::Region}.amazonaws.com")
            context = as_list(equal.get(f"kms:EncryptionContext:aws:{service}:arn"))
            actions = [action for action in as_list(statement["Action"]) if action.startswith("kms:")]
            have |= {(name, a, text(statement["Resource"]), service, text(c)) for a in actions for c in context}
    return differences({(w[:2], w[2:]) for w in want}, {(h[:2], h[2:]) for h in have})


def everyone_writes_their_own_log_and_no_other(resources):
    want = set()
    for writer in writers(resources).values():
        group = target(writer.get("CloudWatchLoggingOptions", {}).get("LogGroupName"))
        want.add((target(writer.get("RoleARN")), "logs:PutLogEvents", group))
    for function in of_type(resources, "AWS::Lambda::Function").values():
        group = target(function.get("LoggingConfig", {}).get("LogGroup"))
        want |= {(target(function.get("Role")), f"logs:{action}", group) for action in ("CreateLogStream", "PutLogEvents")}
    have = {(name, *on_log) for name, role in roles(resources).items() for on_log in of_service(role, "logs")}
    return differences(
        {(f"{role} {action}", f"${{{group}.Arn}}") for role, action, group in want},
        {(f"{role} {action}", thing) for role, action, thing in have},
    )


def roles_have_to_do_with_their_services_alone(resources):
    return [
        f"{name} may {action} on {thing}"
        for name, role in roles(resources).items()
        for action, thing in sorted(allowed(role))
        if action.partition(":")[0] not in SERVICES.get(name, set())
    ]


RULES = [
    stream_role_invokes_exactly_what_the_processor_names,
    stream_role_writes_its_buckets_and_no_others,
    stream_role_reads_the_columns_that_it_converts_to,
    stream_role_reads_its_source_and_no_other,
    partitions_role_touches_partitions_of_the_one_table,
    schedule_role_invokes_the_partitions_function_alone,
    spectrum_role_reads_the_table_and_its_events_and_nothing_else,
    everyone_who_touches_objects_may_use_their_key,
    everyone_writes_their_own_log_and_no_other,
    roles_have_to_do_with_their_services_alone,
]
