//! Records to invocations: by the hints that the Lambda processor is given, within what Lambda takes.

use super::function::MOST_BYTES;
use super::settings::Settings;
use crate::input::Incoming;

/// What a record takes in a request beside its base64, and the request beside its records: a generous bound.
const ENVELOPE: usize = 256;

/// The most records in one invocation. Firehose documents no such number; Lambda's own event sources stop here.
const MOST_RECORDS: usize = 10_000;

/// Records that wait for their invocation.
#[derive(Debug)]
pub(super) struct Gathered {
    records: Vec<Incoming>,
    bytes: usize,
    request: usize,
    due: i64,
    most_bytes: usize,
    milliseconds: i64,
}

impl Gathered {
    pub(super) fn new(settings: &Settings) -> Self {
        let most_bytes = settings.invocation_bytes();
        let milliseconds = settings.invocation_seconds * 1000;
        Self { records: Vec::new(), bytes: 0, request: ENVELOPE, due: i64::MAX, most_bytes, milliseconds }
    }

    /// When the oldest record has waited long enough.
    pub(super) fn due(&self) -> i64 {
        self.due
    }

    /// Whether the record goes with those that wait.
    pub(super) fn has_room(&self, record: &Incoming) -> bool {
        self.records.is_empty()
            || self.bytes + record.data.len() <= self.most_bytes
                && self.request + in_request(record) <= MOST_BYTES
                && self.records.len() < MOST_RECORDS
    }

    pub(super) fn push(&mut self, record: Incoming, clock: i64) {
        if self.records.is_empty() {
            self.due = clock.saturating_add(self.milliseconds);
        }
        self.bytes += record.data.len();
        self.request += in_request(&record);
        self.records.push(record);
    }

    /// The records, which wait no longer.
    pub(super) fn take(&mut self) -> Vec<Incoming> {
        (self.bytes, self.request, self.due) = (0, ENVELOPE, i64::MAX);
        std::mem::take(&mut self.records)
    }
}

/// What the record takes in a request.
fn in_request(record: &Incoming) -> usize {
    record.data.len().div_ceil(3) * 4 + ENVELOPE
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gathered(size: usize) -> usize {
        let mut gathered = Gathered {
            records: vec![],
            bytes: 0,
            request: ENVELOPE,
            due: i64::MAX,
            most_bytes: 1 << 20,
            milliseconds: 1,
        };
        let record = Incoming { data: vec![b'x'; size], arrival: 0 };
        while gathered.has_room(&record) {
            gathered.push(record.clone(), 0);
        }
        gathered.take().len()
    }

    #[test]
    fn an_invocation_is_full_by_bytes_by_count_or_by_what_lambda_takes() {
        assert_eq!(gathered(1000), (1 << 20) / 1000);
        assert_eq!(gathered(10), MOST_RECORDS);
        assert_eq!(gathered((1 << 20) + 1), 1);
    }
}
