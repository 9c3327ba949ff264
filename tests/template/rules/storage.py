"""The buckets: closed, encrypted, kept, and tidied up without touching the table."""

from .find import backup, destination, of_type, target, text
from .prefixes import TABLE, prefixes

CLOSED = {"BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"}
OWNED = {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
ENCRYPTED = {"ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}


def buckets(resources):
    return of_type(resources, "AWS::S3::Bucket")


def lifecycle(bucket):
    rules = bucket.get("LifecycleConfiguration", {}).get("Rules", [])
    return [rule for rule in rules if rule["Status"] == "Enabled"]


def expiring_prefixes(bucket):
    """Prefix of each rule that deletes objects; empty for a rule that deletes everywhere."""
    return [rule.get("Prefix", "") for rule in lifecycle(bucket) if {"ExpirationInDays", "ExpirationDate"} & set(rule)]


def buckets_are_closed_encrypted_and_owned(resources):
    problems = []
    for name, bucket in buckets(resources).items():
        access = bucket.get("PublicAccessBlockConfiguration", {})
        problems += [f"{name}: {setting} is not on" for setting in sorted(CLOSED) if access.get(setting) is not True]
        if bucket.get("OwnershipControls") != OWNED:
            problems.append(f"{name}: access lists are not switched off")
        if bucket.get("BucketEncryption") != ENCRYPTED:
            problems.append(f"{name}: not SSE-S3")
    return problems


def buckets_answer_only_over_tls(resources):
    policies = of_type(resources, "AWS::S3::BucketPolicy").values()
    return [
        f"{name}: plain HTTP is not denied"
        for name in buckets(resources)
        if not any(denies_plain_http(policy, name) for policy in policies)
    ]


def denies_plain_http(policy, bucket):
    want = {f"${{{bucket}.Arn}}", f"${{{bucket}.Arn}}/*"}
    return target(policy.get("Bucket")) == bucket and any(
        statement["Effect"] == "Deny"
        and statement["Principal"] == "*"
        and statement["Action"] == "s3:*"
        and want <= {text(resource) for resource in statement["Resource"]}
        and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        for statement in policy["PolicyDocument"]["Statement"]
    )


def buckets_outlive_the_stack(resources):
    return [
        f"{name} ({attribute}: {resource.get(attribute)}) goes with the stack"
        for name, resource in resources.items()
        if resource["Type"] in ("AWS::S3::Bucket", "AWS::S3::BucketPolicy")
        for attribute in ("DeletionPolicy", "UpdateReplacePolicy")
        if resource.get(attribute) not in ("Retain", "RetainExceptOnCreate")
    ]


def unfinished_uploads_are_aborted(resources):
    return [
        f"{name}: parts of unfinished uploads stay, invisible and billed"
        for name, bucket in buckets(resources).items()
        if not any("AbortIncompleteMultipartUpload" in rule and not rule.get("Prefix") for rule in lifecycle(bucket))
    ]


def the_table_never_expires(resources):
    bucket = buckets(resources).get(target(destination(resources).get("BucketARN")), {})
    return [
        f"a lifecycle rule for {prefix!r} deletes events"
        for prefix in expiring_prefixes(bucket)
        if TABLE.startswith(prefix) or prefix.startswith(TABLE)
    ]


def errors_and_backup_expire(resources):
    """Both hold records as they came, before anything was masked."""
    places = prefixes(resources)
    problems = []
    for name, part in (
        ("destination ErrorOutputPrefix", destination(resources)),
        ("backup Prefix", backup(resources)),
        ("backup ErrorOutputPrefix", backup(resources)),
    ):
        bucket = buckets(resources).get(target(part.get("BucketARN")), {})
        if not any(places[name].startswith(prefix) for prefix in expiring_prefixes(bucket)):
            problems.append(f"{name} {places[name]!r} is kept for ever")
    return problems


RULES = [
    buckets_are_closed_encrypted_and_owned,
    buckets_answer_only_over_tls,
    buckets_outlive_the_stack,
    unfinished_uploads_are_aborted,
    the_table_never_expires,
    errors_and_backup_expire,
]
