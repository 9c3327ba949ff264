"""The Glue table."""

from damage import S3, append, given, put, remove
from rules import table

TABLE = "EventsTable.Properties.TableInput"
STORAGE = f"{TABLE}.StorageDescriptor"
CONVERSION = f"{S3}.DataFormatConversionConfiguration"
OPENX = "org.openx.data.jsonserde.JsonSerDe"


def projected(resources):
    resources["EventsTable"]["Properties"]["TableInput"]["Parameters"]["projection.enabled"] = "true"


BREAKS = {
    table.table_reads_the_format_that_the_stream_writes: {
        "JSON read as Parquet": remove(CONVERSION),
        "Parquet read as JSON": put(f"{STORAGE}.SerdeInfo.SerializationLibrary", OPENX),
        "text as input": put(f"{STORAGE}.InputFormat", "org.apache.hadoop.mapred.TextInputFormat"),
        "classified as JSON": put(f"{TABLE}.Parameters.classification", "json"),
        "JSON classified as Parquet": given(put(f"{TABLE}.Parameters.classification", "parquet"), OutputFormat="Json"),
    },
    table.conversion_is_complete: {
        "off": put(f"{CONVERSION}.Enabled", False),
        "no role": remove(f"{CONVERSION}.SchemaConfiguration.RoleARN"),
        "a role that Firehose may not have": put(
            f"{CONVERSION}.SchemaConfiguration.RoleARN", {"Fn::GetAtt": ["SpectrumRole", "Arn"]}
        ),
        "a table by name, so in no order": put(f"{CONVERSION}.SchemaConfiguration.TableName", "events"),
        "pages without compression": put(
            f"{CONVERSION}.OutputFormatConfiguration.Serializer.ParquetSerDe.Compression", "UNCOMPRESSED"
        ),
        "a fixed version": put(f"{CONVERSION}.SchemaConfiguration.VersionId", "1"),
        "Hive's reader, which refuses numbers in quotes": put(
            f"{CONVERSION}.InputFormatConfiguration.Deserializer", {"HiveJsonSerDe": {}}
        ),
    },
    table.table_is_called_as_the_sql_calls_it: {
        "clicks": put(f"{TABLE}.Name", "clicks"),
    },
    table.table_lies_where_the_stream_writes: {
        "the whole bucket": put(f"{STORAGE}.Location", {"Fn::Sub": "s3://${EventsBucket}/"}),
        "the backup": put(f"{STORAGE}.Location", {"Fn::Sub": "s3://${BackupBucket}/events/"}),
        "no slash": put(f"{STORAGE}.Location", {"Fn::Sub": "s3://${EventsBucket}/events"}),
    },
    table.table_is_partitioned_like_the_prefix: {
        "other order": lambda resources: resources["EventsTable"]["Properties"]["TableInput"]["PartitionKeys"].reverse(),
        "date as text": put(f"{TABLE}.PartitionKeys.1.Type", "string"),
        "not at all": remove(f"{TABLE}.PartitionKeys"),
    },
    table.partitions_are_those_that_are_registered: {
        "Athena computes its own": projected,
    },
    table.columns_are_no_partition_keys: {
        "date is a column, too": append(f"{STORAGE}.Columns", {"Name": "date", "Type": "date"}),
        "a column twice": append(f"{STORAGE}.Columns", {"Name": "event_id", "Type": "string"}),
        "no columns": put(f"{STORAGE}.Columns", []),
    },
    table.table_learns_of_a_column_before_the_function_does: {
        "at the same time": remove("TransformFunction.DependsOn"),
    },
}
