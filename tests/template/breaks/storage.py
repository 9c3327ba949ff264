"""Buckets."""

from damage import put, remove
from rules import storage

EVENTS = "EventsBucket.Properties"
BACKUP = "BackupBucket.Properties"
RULES = f"{EVENTS}.LifecycleConfiguration.Rules"
TLS = "EventsBucketPolicy.Properties.PolicyDocument.Statement.0"

BREAKS = {
    storage.buckets_are_closed_encrypted_and_owned: {
        "public policy": put(f"{EVENTS}.PublicAccessBlockConfiguration.BlockPublicPolicy", False),
        "not encrypted": remove(f"{BACKUP}.BucketEncryption"),
        "access lists": remove(f"{BACKUP}.OwnershipControls"),
    },
    storage.buckets_answer_only_over_tls: {
        "no policy": remove("BackupBucketPolicy"),
        "objects left out": remove(f"{TLS}.Resource.1"),
    },
    storage.buckets_outlive_the_stack: {
        "on deletion": put("EventsBucket.DeletionPolicy", "Delete"),
        "on replacement": remove("BackupBucket.UpdateReplacePolicy"),
    },
    storage.unfinished_uploads_are_aborted: {
        "not": remove(f"{RULES}.0"),
    },
    storage.the_table_never_expires: {
        "everything expires": remove(f"{RULES}.1.Prefix"),
        "one type expires": put(f"{RULES}.1.Prefix", "events/event_type=other/"),
    },
    storage.errors_and_backup_expire: {
        "errors stay": remove(f"{RULES}.1"),
        "backup stays": put(f"{BACKUP}.LifecycleConfiguration.Rules.0.Status", "Disabled"),
    },
}
