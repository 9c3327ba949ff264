"""The Lambda processor and its function."""

from damage import LAMBDA, S3, append, put, put_parameter, remove, remove_parameter
from rules import processor

BARE_FUNCTION = {"Fn::GetAtt": ["TransformFunction", "Arn"]}

BREAKS = {
    processor.there_is_one_lambda_processor: {
        "off": put(f"{S3}.ProcessingConfiguration.Enabled", False),
        "none": put(f"{LAMBDA}.Type", "AppendDelimiterToRecord"),
        "two": append(f"{S3}.ProcessingConfiguration.Processors", {"Type": "Lambda"}),
    },
    processor.nothing_else_touches_records: {
        "a second newline": append(f"{S3}.ProcessingConfiguration.Processors", {"Type": "AppendDelimiterToRecord"}),
        "inline jq": append(f"{S3}.ProcessingConfiguration.Processors", {"Type": "MetadataExtraction"}),
        "splits what the function answered": append(
            f"{S3}.ProcessingConfiguration.Processors", {"Type": "RecordDeAggregation"}
        ),
    },
    processor.every_processor_parameter_is_stated: {
        "no retries": remove_parameter("NumberOfRetries"),
        "no interval": remove_parameter("BufferIntervalInSeconds"),
        "interval without size": remove_parameter("BufferSizeInMBs"),
    },
    processor.processor_parameters_are_strings: {
        "a number": put_parameter("NumberOfRetries", 3),
    },
    processor.request_leaves_room_for_the_answer: {
        "9 MB, more than Firehose takes": put_parameter("BufferSizeInMBs", "9"),
        "3 MB, more than Lambda answers": put_parameter("BufferSizeInMBs", "3"),
        "too little": put_parameter("BufferSizeInMBs", "0.1"),
    },
    processor.processor_buffers_and_retries_within_bounds: {
        "901 seconds": put_parameter("BufferIntervalInSeconds", "901"),
        "no second attempt": put_parameter("NumberOfRetries", "0"),
    },
    processor.stream_invokes_a_published_alias: {
        "the bare function": put_parameter("LambdaArn", BARE_FUNCTION),
        "$LATEST behind the alias": put("TransformFunctionAliaslive.Properties.FunctionVersion", "$LATEST"),
    },
    processor.function_answers_before_firehose_gives_up: {
        "15 minutes": put("TransformFunction.Properties.Timeout", 900),
        "3 seconds": put("TransformFunction.Properties.Timeout", 3),
        "not stated": remove("TransformFunction.Properties.Timeout"),
    },
}
