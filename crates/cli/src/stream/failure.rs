//! Why a record goes to the error prefix: Firehose's codes, folders and objects.
//!
//! Codes and messages as seen in objects that Firehose wrote, and in its developer guide; where neither shows one, the
//! comment says so.

use super::prefix::MOST_EVALUATED;
use super::settings::Settings;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

/// What went wrong with a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The Lambda says so.
    ProcessingFailedStatus,
    /// The Lambda failed as a whole, every time.
    FunctionError,
    /// The answer lacks the record.
    MissingRecordId,
    /// The answer has the record more than once.
    DuplicatedRecordId,
    /// `Ok` without data. Whether an unknown result and data that are no base64 have this code too is not known.
    InvalidReturnFormat,
    /// A partition key is null, empty or not there.
    MetadataExtractionFailed,
    /// The partition keys make a longer prefix than Firehose takes. What becomes of the record is not documented.
    PrefixTooLong,
    /// To be de-aggregated, and not JSON objects. Message seen; that this is its folder is not known.
    NotJson,
    /// As many partitions are open as can be.
    ActivePartitionsLimitExceeded,
    /// A row is not JSON.
    ParseError(String),
    /// A row's value does not fit the table.
    MalformedData(String),
}

impl Failure {
    /// `errorCode` of the object.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::ProcessingFailedStatus => "Lambda.ProcessingFailedStatus",
            Self::FunctionError => "Lambda.FunctionError",
            Self::MissingRecordId => "Lambda.MissingRecordId",
            Self::DuplicatedRecordId => "Lambda.DuplicatedRecordId",
            Self::InvalidReturnFormat => "Lambda.InvalidReturnFormat",
            Self::MetadataExtractionFailed | Self::PrefixTooLong | Self::NotJson => {
                "DynamicPartitioning.MetadataExtractionFailed"
            }
            Self::ActivePartitionsLimitExceeded => "DynamicPartitioning.ActivePartitionsLimitExceeded",
            Self::ParseError(_) => "DataFormatConversion.ParseError",
            Self::MalformedData(_) => "DataFormatConversion.MalformedData",
        }
    }

    /// `!{firehose:error-output-type}`.
    pub(super) fn folder(&self) -> &'static str {
        match self {
            Self::MetadataExtractionFailed | Self::PrefixTooLong | Self::NotJson => "metadata-extraction-failed",
            Self::ActivePartitionsLimitExceeded => "activePartitionExceeded",
            Self::ParseError(_) | Self::MalformedData(_) => "format-conversion-failed",
            _ => "processing-failed",
        }
    }

    fn message(&self) -> String {
        match self {
            Self::ProcessingFailedStatus => "ProcessingFailed status set for record".into(),
            Self::FunctionError => {
                "The Lambda function was successfully invoked but it returned an error result.".into()
            }
            Self::MissingRecordId => "One or more record Ids were not returned.".into(),
            Self::DuplicatedRecordId => "Multiple records were returned with the same record Id.".into(),
            Self::InvalidReturnFormat => "The data field cannot be null when the SourceType is DirectPut or \
                KinesisStreamAsSource and processing result is Ok."
                .into(),
            Self::MetadataExtractionFailed => "partitionKeys values must not be null or empty".into(),
            Self::PrefixTooLong => format!("the evaluated prefix has more than {MOST_EVALUATED} characters"),
            Self::NotJson => "Non JSON record provided".into(),
            Self::ActivePartitionsLimitExceeded => "Active partitions limit exceeded".into(),
            Self::ParseError(detail) => format!("Encountered malformed JSON. {detail}"),
            Self::MalformedData(detail) => format!("Data does not match the schema. {detail}"),
        }
    }

    /// The line that Firehose writes of a record with these bytes. Times are milliseconds since 1970.
    pub(super) fn object(&self, data: &[u8], arrival: i64, ending: i64, settings: &Settings) -> Vec<u8> {
        let raw_data = STANDARD.encode(data);
        let (error_code, error_message) = (self.code(), self.message());
        let line = match self {
            Self::ParseError(_) | Self::MalformedData(_) => serde_json::to_string(&NotConverted {
                attempts_made: 1,
                arrival_timestamp: arrival,
                last_error_code: error_code,
                last_error_message: error_message,
                attempt_ending_timestamp: ending,
                raw_data,
                data_catalog_table: Table {
                    catalog_id: ACCOUNT,
                    database_name: DATABASE,
                    table_name: TABLE,
                    region: REGION,
                    version_id: "LATEST",
                    role_arn: "arn:aws:iam::123456789012:role/stream",
                },
            }),
            _ => serde_json::to_string(&NotProcessed {
                raw_data,
                error_code,
                error_message,
                attempts_made: if *self == Self::FunctionError { settings.retries + 1 } else { 1 },
                arrival_timestamp: arrival,
                attempt_ending_timestamp: ending,
                lambda_arn: error_code.starts_with("Lambda.").then_some(LAMBDA),
            }),
        };
        // Texts and numbers: nothing in them can fail to be written.
        let mut line = line.unwrap_or_default().into_bytes();
        line.push(b'\n');
        line
    }
}

pub(super) const REGION: &str = "us-east-1";
pub(super) const ACCOUNT: &str = "123456789012";
const DATABASE: &str = "clickstream";
const TABLE: &str = "events";
const LAMBDA: &str = "arn:aws:lambda:us-east-1:123456789012:function:transform:live";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NotProcessed<'a> {
    raw_data: String,
    error_code: &'a str,
    error_message: String,
    attempts_made: u32,
    arrival_timestamp: i64,
    attempt_ending_timestamp: i64,
    #[serde(rename = "lambdaARN", skip_serializing_if = "Option::is_none")]
    lambda_arn: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NotConverted<'a> {
    attempts_made: u32,
    arrival_timestamp: i64,
    last_error_code: &'a str,
    last_error_message: String,
    attempt_ending_timestamp: i64,
    raw_data: String,
    data_catalog_table: Table<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Table<'a> {
    catalog_id: &'a str,
    database_name: &'a str,
    table_name: &'a str,
    region: &'a str,
    version_id: &'a str,
    role_arn: &'a str,
}
