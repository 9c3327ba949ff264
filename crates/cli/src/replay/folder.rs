//! What Firehose calls the kinds of failure, and what its error codes mean.

use std::path::Path;

/// Every value of `!{firehose:error-output-type}`, with the beginning of the error codes that stand in it. The
/// developer guide names all but metadata-extraction-failed, which streams with dynamic partitioning have.
const FOLDERS: [(&str, &str); 8] = [
    ("processing-failed", "Lambda."),
    ("metadata-extraction-failed", "DynamicPartitioning.Metadata"),
    ("activePartitionExceeded", "DynamicPartitioning.ActivePartition"),
    (CONVERSION, "DataFormatConversion."),
    ("decompression-failed", "Decompression."),
    ("AmazonOpenSearchService-failed", "OS."),
    ("splunk-failed", "Splunk."),
    ("http-endpoint-failed", "HttpEndpoint."),
];

/// What stands here has been through the Lambda: rows.
pub(super) const CONVERSION: &str = "format-conversion-failed";

/// Where neither path nor code tells.
const UNKNOWN: &str = "unknown";

/// The kind of failure that an error object in this file, with this code, is of. The path tells, wherever in it the
/// name stands; without one, the code.
pub(super) fn of(path: &Path, code: &str) -> &'static str {
    let by_code = || FOLDERS.iter().find(|(_, begins)| code.starts_with(begins)).map(|(name, _)| *name);
    in_path(path).or_else(by_code).unwrap_or(UNKNOWN)
}

/// The last such name in the path.
pub(super) fn in_path(path: &Path) -> Option<&'static str> {
    let path = path.to_string_lossy();
    let names = FOLDERS.iter().filter_map(|(name, _)| path.rfind(name).map(|at| (at, *name)));
    names.max().map(|(_, name)| name)
}

/// What is known of an error code, from Firehose's developer guide ("Data transformation failure handling", "Dynamic
/// partitioning error handling", "Record format conversion error handling"); empty for a code that is not.
pub(super) fn meaning(code: &str) -> &'static str {
    match code {
        "Lambda.ProcessingFailedStatus" => "the transform refused the record",
        "Lambda.FunctionError" => "the invocation failed as a whole; the record need not be the cause",
        "Lambda.MissingRecordId" => "the answer left the record out",
        "Lambda.DuplicatedRecordId" => "the answer had the record twice",
        "Lambda.InvalidReturnFormat" => "the answer was not as Firehose wants it",
        "Lambda.InvokeLimitExceeded" => "Lambda was throttled",
        "DynamicPartitioning.MetadataExtractionFailed" => "a partition key was missing or empty",
        "DynamicPartitioning.ActivePartitionsLimitExceeded" => "more partitions were open than the stream may have",
        "DataFormatConversion.MalformedData" => "the row does not fit the Glue table",
        "DataFormatConversion.ParseError" => "the converter could not read the row",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_tells_wherever_the_name_stands_and_else_the_code() {
        let metadata = "DynamicPartitioning.MetadataExtractionFailed";
        for (path, code, folder) in [
            ("errors/processing-failed/date=2026-11-23/stream-1", "", "processing-failed"),
            ("errors/metadata-extraction-failed/x", "Lambda.FunctionError", "metadata-extraction-failed"),
            ("activePartitionExceeded2026/11/23/x", "", "activePartitionExceeded"),
            ("processing-failed/copy/format-conversion-failed/x.gz", "", "format-conversion-failed"),
            ("type=decompression-failed/x", "", "decompression-failed"),
            ("x", metadata, "metadata-extraction-failed"),
            ("x", "DynamicPartitioning.ActivePartitionsLimitExceeded", "activePartitionExceeded"),
            ("x", "DataFormatConversion.ParseError", "format-conversion-failed"),
            ("x", "Lambda.MissingRecordId", "processing-failed"),
            ("x", "Something.Else", "unknown"),
        ] {
            assert_eq!(of(Path::new(path), code), folder, "{path} {code}");
        }
    }
}
