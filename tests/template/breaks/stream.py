"""The delivery stream itself."""

from damage import BACKUP, S3, put, remove
from rules import stream

HINTS = f"{S3}.BufferingHints"
PARTITIONING = f"{S3}.DynamicPartitioningConfiguration"

BREAKS = {
    stream.there_is_one_direct_put_stream: {
        "other source": put("EventStream.Properties.DeliveryStreamType", "KinesisStreamAsSource"),
    },
    stream.dynamic_partitioning_is_on: {
        "partition keys without partitioning": remove(PARTITIONING),
        "switched off": put(f"{PARTITIONING}.Enabled", False),
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
    },
    stream.compression_fits_the_format: {
        "gzip with conversion": put(f"{S3}.DataFormatConversionConfiguration", {"Enabled": True}),
        "plain text called .gz": remove(f"{S3}.CompressionFormat"),
        "gzip called .json": put(f"{S3}.FileExtension", ".json"),
    },
    stream.source_backup_is_on: {
        "off": put(f"{S3}.S3BackupMode", "Disabled"),
        "in the bucket of the table": put(f"{BACKUP}.BucketARN", {"Fn::GetAtt": ["EventsBucket", "Arn"]}),
    },
    stream.records_in_flight_are_encrypted: {
        "not": remove("EventStream.Properties.DeliveryStreamEncryptionConfigurationInput"),
    },
}
