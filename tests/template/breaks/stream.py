"""The delivery stream itself."""

from damage import BACKUP, S3, add_resource, given, put, remove
from rules import stream
from stack import EXAMPLES

HINTS = f"{S3}.BufferingHints"
ENCRYPTION = "EventStream.Properties.DeliveryStreamEncryptionConfigurationInput"
SOURCE = {"SourceStreamArn": EXAMPLES["SourceStreamArn"]}
PARTITIONING = f"{S3}.DynamicPartitioningConfiguration"

BREAKS = {
    stream.there_is_one_stream_with_one_source: {
        "source not named": put("EventStream.Properties.DeliveryStreamType", "KinesisStreamAsSource"),
        "source named, but not used": given(put("EventStream.Properties.DeliveryStreamType", "DirectPut"), **SOURCE),
        "encryption that a source stream excludes": given(put(ENCRYPTION, {"KeyType": "AWS_OWNED_CMK"}), **SOURCE),
        "two streams": add_resource("Second", {"Type": "AWS::KinesisFirehose::DeliveryStream"}),
    },
    stream.dynamic_partitioning_is_on: {
        "partition keys without partitioning": remove(PARTITIONING),
        "switched off": put(f"{PARTITIONING}.Enabled", False),
        "no retry": put(f"{PARTITIONING}.RetryOptions.DurationInSeconds", 0),
        "endless retry": put(f"{PARTITIONING}.RetryOptions.DurationInSeconds", 7201),
    },
    stream.buffer_suits_dynamic_partitioning: {
        "63 MB": put(f"{HINTS}.SizeInMBs", 63),
        "129 MB": put(f"{HINTS}.SizeInMBs", 129),
        "59 seconds": put(f"{HINTS}.IntervalInSeconds", 59),
        "901 seconds": put(f"{HINTS}.IntervalInSeconds", 901),
        "interval without size": remove(f"{HINTS}.SizeInMBs"),
        "size without interval": remove(f"{HINTS}.IntervalInSeconds"),
    },
    stream.backup_buffer_states_size_and_interval: {
        "interval without size": remove(f"{BACKUP}.BufferingHints.SizeInMBs"),
        "901 seconds": put(f"{BACKUP}.BufferingHints.IntervalInSeconds", 901),
        "129 MB": put(f"{BACKUP}.BufferingHints.SizeInMBs", 129),
    },
    stream.compression_fits_the_format: {
        "gzip with conversion": put(f"{S3}.CompressionFormat", "GZIP"),
        "Parquet called .gz": put(f"{S3}.FileExtension", ".json.gz"),
        "plain text called .gz": given(remove(f"{S3}.CompressionFormat"), OutputFormat="Json"),
        "gzip called .json": given(put(f"{S3}.FileExtension", ".json"), OutputFormat="Json"),
    },
    stream.source_backup_is_on: {
        "off": put(f"{S3}.S3BackupMode", "Disabled"),
        "in the bucket of the table": put(f"{BACKUP}.BucketARN", {"Fn::GetAtt": ["EventsBucket", "Arn"]}),
    },
    stream.records_in_flight_are_encrypted: {
        "not": remove(ENCRYPTION),
        "a key that is not named": put(ENCRYPTION, {"KeyType": "CUSTOMER_MANAGED_CMK"}),
    },
}
