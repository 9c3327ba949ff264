//! The answer to an invocation while it is written.

use super::{BASE64, MAX_RESPONSE, Record, Request};
use crate::partition::Partition;
use crate::schema::{PARTITION_KEYS, Plan};
use chrono::NaiveDate;

/// The fixed texts around an answer's values.
const OPEN: &str = "{\"records\":[";
const CLOSE: &str = "]}";
const ID: &str = "{\"recordId\":";
const OK: &str = ",\"result\":\"Ok\",\"data\":\"";
const METADATA: &str = "\",\"metadata\":{\"partitionKeys\":{";
const END: &str = "\"}}}";
const DROPPED: &str = ",\"result\":\"Dropped\",\"data\":\"\"}";
const FAILED: &str = ",\"result\":\"ProcessingFailed\",\"data\":\"\"}";

/// What becomes of a record without rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Not delivered, and nothing is wrong.
    Dropped,
    /// Kept in the error prefix.
    ProcessingFailed,
}

/// What follows a record's data up to the date of its partition, by event type.
#[derive(Debug)]
pub(crate) struct Frames(Vec<String>);

impl Frames {
    pub(crate) fn new(plan: &Plan) -> Self {
        let [event_type, date] = PARTITION_KEYS;
        let frame = |name| format!("{METADATA}\"{event_type}\":\"{name}\",\"{date}\":\"");
        Self(plan.event_types.iter().map(frame).collect())
    }
}

/// An answer while it is written. For every request that Lambda takes there is one within the limit: with Firehose's ids
/// and times, a record takes at least 129 bytes of a request and its failure 110 of the answer.
#[derive(Debug)]
pub struct Response {
    body: Body,
    /// Bytes that the records not yet answered need at the least.
    reserved: usize,
    /// The last record's date, and its text with all that follows.
    date: (NaiveDate, String),
}

impl Response {
    /// Begins the answer to `request` in a buffer, whatever that holds.
    pub fn new(request: &Request, buffer: Vec<u8>) -> Self {
        let mut body = Body::new(buffer);
        body.make_room(OPEN.len());
        body.put(OPEN);
        let partition = Partition { event_type: 0, date: NaiveDate::default() };
        let date = (partition.date, end(partition));
        Self { body, reserved: request.records.iter().map(least).sum(), date }
    }

    /// How many bytes of rows the next record can have at the most, its answer's frame not counted.
    pub fn room(&self) -> usize {
        MAX_RESPONSE.saturating_sub(self.body.length + self.reserved) / 4 * 3
    }

    /// Answers the next record, which has no rows. There always is room for that.
    pub fn answer(&mut self, record: &Record, outcome: Outcome) {
        self.reserved -= least(record);
        self.body.make_room(least(record));
        self.body.begin(record);
        self.body.put(match outcome {
            Outcome::Dropped => DROPPED,
            Outcome::ProcessingFailed => FAILED,
        });
    }

    /// Answers the next record with its rows and the partition that they belong to. False, and nothing is written, if that
    /// would leave too little room for the rest.
    pub(crate) fn deliver(&mut self, frames: &Frames, record: &Record, rows: &[u8], partition: Partition) -> bool {
        let rest = self.reserved - least(record);
        if self.date.0 != partition.date {
            self.date = (partition.date, end(partition));
        }
        let (frame, end) = (&frames.0[partition.event_type], &self.date.1);
        let data = BASE64.encoded_len(rows.len());
        let before = self.body.separator().len() + ID.len() + record.record_id.len() + OK.len();
        let length = before + data + frame.len() + end.len();
        if self.body.length + length + rest + CLOSE.len() > MAX_RESPONSE {
            return false;
        }
        let body = &mut self.body;
        body.make_room(length);
        // Before the rest: an answer without its rows would lose them.
        if BASE64.encode_slice(rows, &mut body.bytes[body.length + before..]).is_err() {
            return false;
        }
        self.reserved = rest;
        body.begin(record);
        body.put(OK);
        body.length += data;
        body.put(frame);
        body.put(end);
        true
    }

    /// The whole answer.
    pub fn finish(mut self) -> Vec<u8> {
        self.body.make_room(CLOSE.len());
        self.body.put(CLOSE);
        self.body.bytes.truncate(self.body.length);
        self.body.bytes
    }
}

/// The text of a partition's date, and what follows it.
fn end(partition: Partition) -> String {
    partition.date_text() + END
}

/// The bytes of the longest answer without rows, and the comma before it.
fn least(record: &Record) -> usize {
    1 + ID.len() + record.record_id.len() + FAILED.len()
}

/// The text of an answer.
#[derive(Debug)]
struct Body {
    bytes: Vec<u8>,
    /// How much of `bytes` is written; what is beyond means nothing.
    length: usize,
}

impl Body {
    /// What is beyond grows by this much.
    const STEP: usize = 1 << 12;

    /// In a buffer that holds the largest answer, if need be a new one: of memory that is never written to there is none.
    fn new(buffer: Vec<u8>) -> Self {
        const LARGEST: usize = MAX_RESPONSE + Body::STEP;
        let bytes = if buffer.capacity() < LARGEST { Vec::with_capacity(LARGEST) } else { buffer };
        Self { bytes, length: 0 }
    }

    #[inline(always)]
    fn make_room(&mut self, length: usize) {
        let end = self.length + length;
        if self.bytes.len() < end {
            self.bytes.resize(end + Self::STEP, 0);
        }
    }

    /// Writes what there is room for.
    #[inline(always)]
    fn put(&mut self, text: impl AsRef<[u8]>) {
        let text = text.as_ref();
        let start = self.length;
        self.length += text.len();
        self.bytes[start..self.length].copy_from_slice(text);
    }

    fn separator(&self) -> &'static str {
        if self.length == OPEN.len() { "" } else { "," }
    }

    /// Writes what every record's answer begins with.
    #[inline(always)]
    fn begin(&mut self, record: &Record) {
        self.put(self.separator());
        self.put(ID);
        self.put(record.record_id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::prelude::BASE64_STANDARD;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn bytes_are_encoded_as_another_library_does_it(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let mut out = vec![b'!'; BASE64.encoded_len(bytes.len())];
            prop_assert_eq!(BASE64.encode_slice(&bytes, &mut out).ok(), Some(out.len()));
            prop_assert_eq!(out, BASE64_STANDARD.encode(&bytes).into_bytes());
        }
    }
}
