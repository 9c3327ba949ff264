"""Buckets."""

from damage import append, given, put, remove
from rules import storage
from stack import EXAMPLES

EVENTS = "EventsBucket.Properties"
BACKUP = "BackupBucket.Properties"
RULES = f"{EVENTS}.LifecycleConfiguration.Rules"
ENVIRONMENT = "PartitionsFunction.Properties.Environment.Variables"
GLACIER = [{"StorageClass": "GLACIER", "TransitionInDays": 90}]
KEY = "BucketEncryption.ServerSideEncryptionConfiguration.0"
OWN_KEY = {"KmsKeyArn": EXAMPLES["KmsKeyArn"]}
TLS = "EventsBucketPolicy.Properties.PolicyDocument.Statement.0"

BREAKS = {
    storage.buckets_are_closed_encrypted_and_owned: {
        "public policy": put(f"{EVENTS}.PublicAccessBlockConfiguration.BlockPublicPolicy", False),
        "not encrypted": remove(f"{BACKUP}.BucketEncryption"),
        "a key, but for each object": given(remove(f"{EVENTS}.{KEY}.BucketKeyEnabled"), **OWN_KEY),
        "access lists": remove(f"{BACKUP}.OwnershipControls"),
    },
    storage.buckets_answer_only_over_tls: {
        "no policy": remove("BackupBucketPolicy"),
        "objects left out": remove(f"{TLS}.Resource.1"),
    },
    storage.bucket_policies_allow_nobody_anything: {
        "everyone reads": append("EventsBucketPolicy.Properties.PolicyDocument.Statement", {
            "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::shop/*",
        }),
        "another account reads": append("BackupBucketPolicy.Properties.PolicyDocument.Statement", {
            "Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::shop/*",
        }),
        "plain HTTP is welcome": put(f"{TLS}.Effect", "Allow"),
    },
    storage.buckets_outlive_the_stack: {
        "on deletion": put("EventsBucket.DeletionPolicy", "Delete"),
        "on replacement": remove("BackupBucket.UpdateReplacePolicy"),
    },
    storage.unfinished_uploads_are_aborted: {
        "not": remove(f"{RULES}.0"),
    },
    storage.events_expire_as_their_partitions_do: {
        "everything expires": remove(f"{RULES}.1.Prefix"),
        "one type expires": put(f"{RULES}.1.Prefix", "events/event_type=other/"),
        "partitions stay": given(remove(f"{ENVIRONMENT}.RETENTION_DAYS"), EventRetentionInDays=395),
        "objects go before": given(put(f"{RULES}.2.ExpirationInDays", 30), EventRetentionInDays=395),
        "partitions go alone": put(f"{ENVIRONMENT}.RETENTION_DAYS", 395),
    },
    storage.nothing_moves_out_of_reach: {
        "events in Glacier": append(RULES, {"Id": "cold", "Status": "Enabled", "Prefix": "events/", "Transitions": GLACIER}),
    },
    storage.errors_and_backup_expire: {
        "errors stay": remove(f"{RULES}.1"),
        "backup stays": put(f"{BACKUP}.LifecycleConfiguration.Rules.0.Status", "Disabled"),
    },
}
