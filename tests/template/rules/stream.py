"""The delivery stream itself: partitioning, buffers, compression, source backup."""

from .find import backup, destination, of_type, stream, target

SIZE_WITH_PARTITIONING = range(64, 128 + 1)  # MB
INTERVAL_WITH_PARTITIONING = range(60, 900 + 1)  # seconds


def there_is_one_stream_with_one_source(resources):
    """Encryption of what the stream buffers is for direct puts; a source stream encrypts for itself, and excludes it."""
    streams = of_type(resources, "AWS::KinesisFirehose::DeliveryStream").values()
    if len(streams) != 1:
        return [f"want one stream, have {len(streams)}"]
    (found,) = streams
    source = "KinesisStreamSourceConfiguration" in found
    encrypts = "DeliveryStreamEncryptionConfigurationInput" in found
    match found.get("DeliveryStreamType"), source, encrypts:
        case ("DirectPut", False, True) | ("KinesisStreamAsSource", True, False):
            return []
        case kind:
            return [f"type, source stream, encryption do not go together: {kind}"]


def dynamic_partitioning_is_on(resources):
    configuration = destination(resources).get("DynamicPartitioningConfiguration", {})
    problems = []
    if configuration.get("Enabled") is not True:
        problems.append("the prefix names partition keys, but dynamic partitioning is off")
    seconds = configuration.get("RetryOptions", {}).get("DurationInSeconds")
    if seconds is None or not 60 <= int(seconds) <= 7200:
        problems.append(f"retry duration is {seconds}, want 60..7200 s, stated: S3 has bad minutes")
    return problems


def buffer_suits_dynamic_partitioning(resources):
    hints = destination(resources).get("BufferingHints", {})
    return [
        f"{name} is {hints.get(name)}, dynamic partitioning wants {allowed.start}..{allowed.stop - 1}, stated"
        for name, allowed in (
            ("SizeInMBs", SIZE_WITH_PARTITIONING),
            ("IntervalInSeconds", INTERVAL_WITH_PARTITIONING),
        )
        if hints.get(name) is None or int(hints[name]) not in allowed
    ]


def backup_buffer_states_size_and_interval(resources):
    hints = backup(resources).get("BufferingHints", {})
    return [
        f"backup: {name} is {hints.get(name)}, want 1..{most}, stated"
        for name, most in (("SizeInMBs", 128), ("IntervalInSeconds", 900))
        if not 1 <= int(hints.get(name, 0)) <= most
    ]


def compression_fits_the_format(resources):
    """Gzip is for JSON; Parquet compresses itself, and conversion refuses a compressed object."""
    s3 = destination(resources)
    compression = s3.get("CompressionFormat", "UNCOMPRESSED")
    extension = s3.get("FileExtension", "")
    if s3.get("DataFormatConversionConfiguration", {}).get("Enabled", False):
        problems = []
        if compression != "UNCOMPRESSED":
            problems.append(f"record format conversion excludes CompressionFormat {compression}")
        if extension != ".parquet":
            problems.append(f"Parquet objects would be called {extension!r}")
        return problems
    if compression != "GZIP" or not extension.endswith(".gz"):
        return [f"{compression} JSON called {extension!r}: readers know gzip by .gz"]
    return []


def source_backup_is_on(resources):
    if destination(resources).get("S3BackupMode") != "Enabled" or not backup(resources):
        return ["the untouched source records are not kept"]
    if target(backup(resources).get("BucketARN")) == target(destination(resources).get("BucketARN")):
        return ["unmasked source records share the bucket of the table"]
    return []


def records_in_flight_are_encrypted(resources):
    if stream(resources).get("DeliveryStreamType") != "DirectPut":
        return []
    match stream(resources).get("DeliveryStreamEncryptionConfigurationInput"):
        case {"KeyType": "AWS_OWNED_CMK"}:
            return []
        case {"KeyType": "CUSTOMER_MANAGED_CMK", "KeyARN": _}:
            return []
        case other:
            return [f"the stream does not encrypt what it buffers: {other}"]


RULES = [
    there_is_one_stream_with_one_source,
    dynamic_partitioning_is_on,
    buffer_suits_dynamic_partitioning,
    backup_buffer_states_size_and_interval,
    compression_fits_the_format,
    source_backup_is_on,
    records_in_flight_are_encrypted,
]
