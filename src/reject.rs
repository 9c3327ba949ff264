//! Why a record is not a row: a closed set of reasons with stable codes.

use std::fmt;

/// Why a record, or one of its events, does not become a row. Codes never change; new ones may be added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// Nothing but white space: the one reason for `Dropped`.
    Blank,
    /// The data is not standard base64 with padding.
    BadBase64,
    /// The bytes are not UTF-8.
    NotUtf8,
    /// The text is not JSON, or ends in the middle of it.
    NotJson,
    /// The JSON is not an object, nor an array of objects.
    NotAnObject,
    /// Objects and arrays are nested deeper than [`crate::tape::MAX_DEPTH`].
    TooDeep,
    /// The record's events belong to different partitions; Firehose takes one partition a record.
    MixedPartitions,
    /// The record repeats so much for each of its events that it would multiply.
    TooManyEvents,
    /// The answer has no room left for the record's rows.
    ResponseFull,
    /// A defect of the transform itself.
    Internal,
}

impl Reason {
    /// All reasons, in the order of the pipeline.
    pub const ALL: [Self; 10] = [
        Self::Blank,
        Self::BadBase64,
        Self::NotUtf8,
        Self::NotJson,
        Self::NotAnObject,
        Self::TooDeep,
        Self::MixedPartitions,
        Self::TooManyEvents,
        Self::ResponseFull,
        Self::Internal,
    ];

    /// The code in logs, metrics and messages.
    pub fn code(self) -> &'static str {
        match self {
            Self::Blank => "blank",
            Self::BadBase64 => "bad_base64",
            Self::NotUtf8 => "not_utf8",
            Self::NotJson => "not_json",
            Self::NotAnObject => "not_an_object",
            Self::TooDeep => "too_deep",
            Self::MixedPartitions => "mixed_partitions",
            Self::TooManyEvents => "too_many_events",
            Self::ResponseFull => "response_full",
            Self::Internal => "internal",
        }
    }
}

/// A reason and where it shows. The detail never quotes the record: it may hold personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reject {
    /// Why.
    pub reason: Reason,
    /// Where in the record, and what was expected.
    pub detail: String,
    /// Events that were read before the record was given up; at least 1 for a record that is not blank.
    pub events: usize,
}

impl Reject {
    /// A rejected record that counts as one event.
    pub fn new(reason: Reason, detail: impl Into<String>) -> Self {
        Self { reason, detail: detail.into(), events: usize::from(reason != Reason::Blank) }
    }
}

impl fmt::Display for Reject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.reason.code(), self.detail)
    }
}

impl std::error::Error for Reject {}
