"""The table of the events, as the stack defines it, and what schema.toml says of its partitions."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
EVENT_TYPES = [one["name"] for one in tomllib.loads((ROOT / "schema.toml").read_text())["event_type"]]
DATABASE, TABLE, BUCKET = "clickstream", "events", "lake"
LOCATION = f"s3://{BUCKET}/events/"


def table_input(**changes) -> dict:
    """Two columns stand for all of them."""
    keys = [{"Name": "event_type", "Type": "string"}, {"Name": "date", "Type": "date"}]
    descriptor = {
        "Columns": [{"Name": "event_id", "Type": "varchar(64)"}, {"Name": "order_total", "Type": "decimal(18,4)"}],
        "Location": LOCATION,
        "InputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
        "OutputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
        "SerdeInfo": {
            "SerializationLibrary": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
            "Parameters": {"serialization.format": "1"},
        },
    }
    return {"Name": TABLE, "PartitionKeys": keys, "StorageDescriptor": descriptor} | changes
