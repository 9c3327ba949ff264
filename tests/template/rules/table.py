"""The Glue table: what the stream writes, and what Spectrum reads, in the same words."""

import re

from .find import as_list, destination, of_type, target, text
from .prefixes import KEYS, TABLE

FORMATS = {  # what the objects are -> classification, input format, SerDe
    "parquet": (
        "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
        "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
        "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
    ),
    "json": (
        "org.apache.hadoop.mapred.TextInputFormat",
        "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
        "org.openx.data.jsonserde.JsonSerDe",
    ),
}


def table(resources):
    (properties,) = of_type(resources, "AWS::Glue::Table").values()
    return properties


def conversion(resources):
    return destination(resources).get("DataFormatConversionConfiguration")


def table_reads_the_format_that_the_stream_writes(resources):
    written = "json" if conversion(resources) is None else "parquet"
    found = table(resources)["TableInput"]
    storage = found["StorageDescriptor"]
    library = storage.get("SerdeInfo", {}).get("SerializationLibrary")
    have = (storage.get("InputFormat"), storage.get("OutputFormat"), library)
    if found.get("Parameters", {}).get("classification") != written or have != FORMATS[written]:
        return [f"the stream writes {written}, the table reads {found.get('Parameters')}, {have}"]
    return []


def conversion_is_complete(resources):
    """Firehose wants all of it when the stream is created; without CatalogId and Region it guesses."""
    match conversion(resources):
        case None:
            return []
        case {
            "Enabled": True,
            "InputFormatConfiguration": {"Deserializer": {"OpenXJsonSerDe": dict()}},
            "OutputFormatConfiguration": {"Serializer": {"ParquetSerDe": {"Compression": "SNAPPY" | "GZIP"}}},
            "SchemaConfiguration": {
                "RoleARN": role,
                "CatalogId": _,
                "Region": _,
                "DatabaseName": {"Ref": database},
                "TableName": {"Ref": name},
                "VersionId": "LATEST",
            },
        } if target(role) == target(destination(resources)["RoleARN"]):
            if (database, name) == ("EventsDatabase", "EventsTable"):
                return []
    return [f"conversion is {conversion(resources)}"]


def table_is_called_as_the_sql_calls_it(resources):
    name = table(resources)["TableInput"].get("Name")
    return [] if name == "events" else [f"sql/ reads the table events, not {name}"]


def table_lies_where_the_stream_writes(resources):
    bucket = target(destination(resources)["BucketARN"])
    location = text(table(resources)["TableInput"]["StorageDescriptor"]["Location"])
    want = f"s3://${{{bucket}}}/{TABLE}"
    return [] if location == want else [f"the table is {location}, the stream writes {want}"]


def table_is_partitioned_like_the_prefix(resources):
    """Types that GetPartitions can compare: varchar is none of them."""
    found = [(key["Name"], key["Type"]) for key in table(resources)["TableInput"].get("PartitionKeys", [])]
    want = list(zip(KEYS, ["string", "date"], strict=True))
    return [] if found == want else [f"partition keys are {found}, want {want}"]


def partitions_are_those_that_are_registered(resources):
    """With partition projection Athena computes partitions and ignores the registered ones; Spectrum does not know it. One
    table would have two sets of partitions."""
    parameters = table(resources)["TableInput"].get("Parameters", {})
    return [f"{name} = {value}" for name, value in parameters.items() if re.match(r"projection\.|storage\.location", name)]


def columns_are_no_partition_keys(resources):
    """Redshift refuses a table that has a name twice."""
    names = [column["Name"] for column in table(resources)["TableInput"]["StorageDescriptor"]["Columns"]]
    if not names:
        return ["no columns"]
    return [f"{name} is there twice" for name in names if names.count(name) > 1 or name in KEYS]


def table_learns_of_a_column_before_the_function_does(resources):
    """Conversion drops what the table has no column for, without a word."""
    after = as_list(resources["TransformFunction"].get("DependsOn", []))
    return [] if "EventsTable" in after else ["TransformFunction does not wait for EventsTable"]


RULES = [
    table_reads_the_format_that_the_stream_writes,
    conversion_is_complete,
    table_is_called_as_the_sql_calls_it,
    table_lies_where_the_stream_writes,
    table_is_partitioned_like_the_prefix,
    partitions_are_those_that_are_registered,
    columns_are_no_partition_keys,
    table_learns_of_a_column_before_the_function_does,
]
