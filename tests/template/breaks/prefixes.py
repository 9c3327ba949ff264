"""The prefix language."""

from damage import BACKUP, S3, put, remove, replace
from rules import prefixes

PREFIX = f"{S3}.Prefix"
ERROR_PREFIX = f"{S3}.ErrorOutputPrefix"
BACKUP_PREFIX = f"{BACKUP}.Prefix"

BREAKS = {
    prefixes.prefix_names_exactly_the_partition_keys: {
        "other order": put(
            PREFIX,
            "events/date=!{partitionKeyFromLambda:date}/event_type=!{partitionKeyFromLambda:event_type}/",
        ),
        "a third key": replace(PREFIX, "date}/", "date}/hour=!{partitionKeyFromLambda:hour}/"),
        "one key too few": replace(PREFIX, "event_type=!{partitionKeyFromLambda:event_type}/", ""),
        "the date of arrival": replace(PREFIX, "partitionKeyFromLambda:date", "timestamp:yyyy-MM-dd"),
        "inline jq": replace(PREFIX, "FromLambda", "FromQuery"),
        "folder without its name": replace(PREFIX, "event_type=", ""),
        "elsewhere": replace(PREFIX, "events/", "rows/"),
    },
    prefixes.error_prefixes_name_the_kind_of_error: {
        "no error prefix": remove(ERROR_PREFIX),
        "kind left out": replace(ERROR_PREFIX, "!{firehose:error-output-type}/", ""),
        "backup without error prefix": remove(f"{BACKUP}.ErrorOutputPrefix"),
    },
    prefixes.only_the_destination_prefix_uses_partition_keys: {
        "in the error prefix": replace(ERROR_PREFIX, "timestamp:yyyy-MM-dd", "partitionKeyFromLambda:date"),
        "in the backup": replace(BACKUP_PREFIX, "timestamp:HH", "partitionKeyFromQuery:hour"),
    },
    prefixes.only_error_prefixes_name_the_kind_of_error: {
        "in the prefix": replace(PREFIX, "events/", "events/!{firehose:error-output-type}/"),
    },
    prefixes.expressions_are_spelt_right: {
        "$ for !": replace(PREFIX, "!{partitionKeyFromLambda:date}", "${partitionKeyFromLambda:date}"),
        "no !": replace(ERROR_PREFIX, "!{timestamp", "{timestamp"),
        "not closed": replace(PREFIX, "date}/", "date/"),
        "a space after !": replace(PREFIX, "!{partitionKeyFromLambda:date}", "! {partitionKeyFromLambda:date}"),
        "unknown namespace": replace(PREFIX, "partitionKeyFromLambda:date", "partitionKeysFromLambda:date"),
        "unknown error type": replace(ERROR_PREFIX, "error-output-type", "error-type"),
        "year of the week": replace(ERROR_PREFIX, "yyyy", "YYYY"),
        "day of the year": replace(BACKUP_PREFIX, "-dd", "-DD"),
    },
    prefixes.prefixes_end_with_a_slash: {
        "without": replace(PREFIX, "date}/", "date}"),
    },
    prefixes.errors_and_backup_lie_outside_the_table: {
        "errors inside": replace(ERROR_PREFIX, "errors/", "events/errors/"),
        "errors anywhere": replace(ERROR_PREFIX, "errors/", ""),
        "backup inside": replace(BACKUP_PREFIX, "raw/", "events/raw/"),
    },
}
