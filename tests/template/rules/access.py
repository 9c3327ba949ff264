"""Who may do what."""

from .find import as_list, destination, lambda_parameters, of_type, target, text, writers

INVOKE = {"lambda:InvokeFunction", "lambda:GetFunctionConfiguration"}
ON_BUCKET = {"s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"}
ON_OBJECTS = {"s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"}


def roles(resources):
    return of_type(resources, "AWS::IAM::Role")


def statements(role):
    return [s for p in role.get("Policies", []) for s in as_list(p["PolicyDocument"]["Statement"])]


def stream_role(resources):
    return roles(resources).get(target(destination(resources).get("RoleARN")), {})


def allowed(role):
    """(action, resource) for all that the role allows."""
    return {
        (action, text(resource))
        for statement in statements(role)
        if statement["Effect"] == "Allow"
        for action in as_list(statement["Action"])
        for resource in as_list(statement["Resource"])
    }


def differences(want, have):
    return [f"missing: {a} on {r}" for a, r in sorted(want - have)] + [
        f"too much: {a} on {r}" for a, r in sorted(have - want)
    ]


def stream_role_invokes_exactly_what_the_processor_names(resources):
    want = {(action, text(lambda_parameters(resources).get("LambdaArn"))) for action in INVOKE}
    have = {(action, resource) for action, resource in allowed(stream_role(resources)) if action.startswith("lambda:")}
    return differences(want, have)


def stream_role_writes_its_buckets_and_no_others(resources):
    buckets = {text(writer.get("BucketARN")) for writer in writers(resources).values()}
    want = {(action, bucket) for action in ON_BUCKET for bucket in buckets}
    want |= {(action, bucket + "/*") for action in ON_OBJECTS for bucket in buckets}
    have = {(action, resource) for action, resource in allowed(stream_role(resources)) if action.startswith("s3:")}
    return differences(want, have)


def everyone_may_write_their_own_log(resources):
    want = []
    for writer in writers(resources).values():
        group = target(writer.get("CloudWatchLoggingOptions", {}).get("LogGroupName"))
        want.append((stream_role(resources), "logs:PutLogEvents", group))
    for function in of_type(resources, "AWS::Lambda::Function").values():
        role = roles(resources).get(target(function.get("Role")), {})
        group = target(function.get("LoggingConfig", {}).get("LogGroup"))
        want += [(role, "logs:CreateLogStream", group), (role, "logs:PutLogEvents", group)]
    return [
        f"{action} on {group} is not allowed to the one who logs there"
        for role, action, group in want
        if (action, f"${{{group}.Arn}}") not in allowed(role)
    ]


def one_role_does_both_writes(resources):
    names = {target(writer.get("RoleARN")) for writer in writers(resources).values()}
    return [] if len(names) == 1 and names <= set(roles(resources)) else [f"roles of the stream: {names}"]


def nobody_is_allowed_a_wildcard(resources):
    problems = []
    for name, role in roles(resources).items():
        problems += [f"{name} has managed policy {arn}" for arn in role.get("ManagedPolicyArns", [])]
        problems += [
            f"{name} may {action} on {resource}"
            for action, resource in sorted(allowed(role))
            if "*" in action or resource == "*"
        ]
    return problems


def policies_are_part_of_their_roles(resources):
    """As a resource of its own a policy may come after the stream, which is refused for the lack of it."""
    kinds = ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy")
    return [f"{name} is a policy outside its role" for kind in kinds for name in of_type(resources, kind)]


def only_firehose_for_this_account_assumes_the_stream_role(resources):
    (statement,) = stream_role(resources).get("AssumeRolePolicyDocument", {}).get("Statement", [{}])
    want = {"StringEquals": {"sts:ExternalId": {"Ref": "AWS::AccountId"}}}
    if statement.get("Principal") == {"Service": "firehose.amazonaws.com"} and statement.get("Condition") == want:
        return []
    return [f"the stream's role trusts {statement.get('Principal')} if {statement.get('Condition')}"]


RULES = [
    stream_role_invokes_exactly_what_the_processor_names,
    stream_role_writes_its_buckets_and_no_others,
    everyone_may_write_their_own_log,
    one_role_does_both_writes,
    nobody_is_allowed_a_wildcard,
    policies_are_part_of_their_roles,
    only_firehose_for_this_account_assumes_the_stream_role,
]
