"""Logs."""

from damage import BACKUP, S3, put, remove
from rules import logs

OPTIONS = "CloudWatchLoggingOptions"
FUNCTION_LOGS = "TransformFunction.Properties.LoggingConfig"

BREAKS = {
    logs.delivery_logs_to_declared_groups_and_streams: {
        "off": put(f"{S3}.{OPTIONS}.Enabled", False),
        "no log stream": remove("BackupLogStream"),
        "no log group": remove("StreamLogGroup"),
        "by name, so in no order": put(f"{S3}.{OPTIONS}.LogStreamName", "DestinationDelivery"),
        "backup not logged": remove(f"{BACKUP}.{OPTIONS}"),
        "one log stream for both": put(f"{BACKUP}.{OPTIONS}.LogStreamName", {"Ref": "DestinationLogStream"}),
    },
    logs.log_groups_end_and_extract_metrics: {
        "for ever": remove("TransformLogGroup.Properties.RetentionInDays"),
        "no metrics": put("TransformLogGroup.Properties.LogGroupClass", "INFREQUENT_ACCESS"),
    },
    logs.function_logs_arrive_as_printed: {
        "in Lambda's envelope": put(f"{FUNCTION_LOGS}.LogFormat", "JSON"),
        "in a group that Lambda makes": remove(f"{FUNCTION_LOGS}.LogGroup"),
    },
}
