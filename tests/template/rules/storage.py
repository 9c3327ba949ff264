"""The buckets: closed, encrypted, kept, and tidied up without touching the table."""

from .find import as_list, backup, destination, of_type, target, text
from .prefixes import TABLE, prefixes

CLOSED = {"BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"}
OWNED = {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}


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
        match bucket.get("BucketEncryption", {}).get("ServerSideEncryptionConfiguration"):
            case [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]:
                pass
            # The roles may use the key for a bucket, not for each object: they rely on the bucket key.
            case [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": _}, "BucketKeyEnabled": True}]:
                pass
            case other:
                problems.append(f"{name}: neither SSE-S3 nor SSE-KMS with a bucket key: {other}")
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


def bucket_policies_allow_nobody_anything(resources):
    """The roles of this stack are allowed what they do; a bucket's policy could only let in others."""
    return [
        f"{name} allows {statement.get('Action')} to {statement.get('Principal')}"
        for name, policy in of_type(resources, "AWS::S3::BucketPolicy").items()
        for statement in as_list(policy["PolicyDocument"]["Statement"])
        if statement.get("Effect") != "Deny"
    ]


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


def events_expire_as_their_partitions_do(resources):
    """Events go when they are asked to go, all of them alike; told the same age, the function removes their partitions in
    time before."""
    bucket = buckets(resources).get(target(destination(resources).get("BucketARN")), {})
    expiring = [r for r in lifecycle(bucket) if {"ExpirationInDays", "ExpirationDate"} & set(r)]
    hit = [r for r in expiring if TABLE.startswith(r.get("Prefix", "")) or r["Prefix"].startswith(TABLE)]
    objects = [(rule.get("Prefix"), rule.get("ExpirationInDays")) for rule in hit]
    environments = [f.get("Environment", {}).get("Variables", {}) for f in of_type(resources, "AWS::Lambda::Function").values()]
    partitions = [(TABLE, e["RETENTION_DAYS"]) for e in environments if "RETENTION_DAYS" in e]
    return [] if objects == partitions else [f"objects expire: {objects}; partitions: {partitions}"]


def nothing_moves_out_of_reach(resources):
    """Spectrum does not read Glacier's storage classes."""
    return [
        f"{name}: {rule.get('Id')} moves objects to another storage class"
        for name, bucket in buckets(resources).items()
        for rule in lifecycle(bucket)
        if {"Transition", "Transitions"} & set(rule)
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
    bucket_policies_allow_nobody_anything,
    buckets_outlive_the_stack,
    unfinished_uploads_are_aborted,
    events_expire_as_their_partitions_do,
    nothing_moves_out_of_reach,
    errors_and_backup_expire,
]
