//! Records to outcomes: isolation of each record, the budget of the answer, the counts.

use crate::firehose::{Outcome, Record, Request, Response};
use crate::reject::{Reason, Reject};
use crate::row::Flag;
use crate::transform::{Done, Transform};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What an invocation came to. `records = ok + dropped + failed` and `events = rows + rejected` hold for every batch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// Records received.
    pub records: u64,
    /// Records answered `Ok`.
    pub ok: u64,
    /// Records answered `Dropped`: blank ones.
    pub dropped: u64,
    /// Records answered `ProcessingFailed`, by [`Reason::ALL`].
    pub failed: [u64; Reason::ALL.len()],
    /// Events in the records. A record that cannot be split counts what was seen of it, at least one.
    pub events: u64,
    /// Rows delivered.
    pub rows: u64,
    /// Events without a row.
    pub rejected: u64,
    /// Rows whose event type the schema does not know.
    pub other: u64,
    /// Flags raised in delivered rows, by [`Flag::ALL`].
    pub flags: [u64; Flag::ALL.len()],
    /// Bytes of data received, before base64.
    pub bytes_in: u64,
    /// Bytes of rows delivered, before base64.
    pub bytes_out: u64,
}

impl Counts {
    /// Records answered `ProcessingFailed`.
    pub fn failed_in_all(&self) -> u64 {
        self.failed.iter().sum()
    }
}

/// A record answered `ProcessingFailed`, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Of the record.
    pub record_id: String,
    /// Why.
    pub reject: Reject,
}

/// The answer to an invocation.
#[derive(Debug)]
pub struct Answer {
    /// What Firehose gets: JSON text.
    pub body: Vec<u8>,
    /// What it came to.
    pub counts: Counts,
    /// Rows delivered, by [`Plan::event_types`](crate::schema::Plan::event_types).
    pub rows_by_type: Vec<u64>,
    /// Why each failed record failed, in order.
    pub failures: Vec<Failure>,
}

/// Answers an invocation. `now` (milliseconds since 1970) is the arrival of records that do not carry theirs.
#[inline(never)] // With the reading of the request around it, it would have registers for neither.
pub fn answer(transform: &mut Transform, request: &Request, now: i64) -> Answer {
    answer_by(transform, request, |transform, record, data, room| transform.record(data, record.arrival(now), room))
}

/// [`answer`] with any way of making rows of a record.
fn answer_by(
    transform: &mut Transform,
    request: &Request,
    mut make: impl FnMut(&mut Transform, &Record, &[u8], usize) -> Result<Done, Reject>,
) -> Answer {
    let mut response = Response::new(request, std::mem::take(&mut transform.answer));
    let mut counts = Counts::default();
    let mut rows_by_type = vec![0; transform.plan().event_types.len()];
    let mut failures = Vec::new();
    for record in &request.records {
        counts.records += 1;
        let data = record.data();
        // Buffers that a panic leaves half-filled are emptied before the next record uses them.
        let made = catch_unwind(AssertUnwindSafe(|| match data {
            Some(data) => make(transform, record, data, response.room()),
            None => Err(Reject::new(Reason::BadBase64, "the record has no data")),
        }));
        let made = made.unwrap_or_else(|_| Err(Reject::new(Reason::Internal, "the transform panicked")));
        // Not before: data is read from its beginning, so that the processor has the rest of it in time.
        counts.bytes_in += data.map_or(0, decoded_length);
        let delivered = made.and_then(|done| {
            let (frames, rows) = transform.delivery();
            let fits = response.deliver(frames, record, rows, done.partition);
            let full = || Reject::new(Reason::ResponseFull, "no room left in the answer");
            fits.then_some(done).ok_or_else(|| Reject { events: done.rows, ..full() })
        });
        match delivered {
            Ok(done) => {
                counts.ok += 1;
                counts.rows += done.rows as u64;
                rows_by_type[done.partition.event_type] += done.rows as u64;
                counts.events += done.rows as u64;
                counts.bytes_out += transform.rows().len() as u64;
                counts.flags.iter_mut().zip(transform.flags()).for_each(|(sum, raised)| *sum += raised);
            }
            Err(reject) if reject.reason == Reason::Blank => {
                counts.dropped += 1;
                response.answer(record, Outcome::Dropped);
            }
            Err(reject) => {
                counts.failed[reject.reason as usize] += 1;
                counts.events += reject.events as u64;
                counts.rejected += reject.events as u64;
                response.answer(record, Outcome::ProcessingFailed);
                failures.push(Failure { record_id: record.id().into_owned(), reject });
            }
        }
    }
    counts.other = rows_by_type[usize::from(transform.plan().other)];
    Answer { body: response.finish(), counts, rows_by_type, failures }
}

/// How many bytes a base64 text stands for.
fn decoded_length(base64: &[u8]) -> u64 {
    let padding = base64.iter().rev().take_while(|byte| **byte == b'=').count();
    ((base64.len() - padding) * 3 / 4) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Plan;

    #[test]
    fn a_panic_costs_its_own_record_alone() {
        let mut transform = Transform::new(Plan::embedded().expect("the schema compiles"));
        let event = "eyJldmVudF90eXBlIjoiaXRlbV92aWV3In0="; // {"event_type":"item_view"}
        let records: Vec<_> = (0..5).map(|n| format!(r#"{{"recordId":"{n}","data":"{event}"}}"#)).collect();
        let body = format!(r#"{{"records":[{}]}}"#, records.join(","));
        let request = Request::parse(&body).expect("a request");
        let mut n = 0;
        let answer = answer_by(&mut transform, &request, |transform, _, data, room| {
            n += 1;
            let done = transform.record(data, 0, room);
            assert!(n != 3, "a defect");
            done
        });
        assert_eq!((answer.counts.ok, answer.counts.failed_in_all()), (4, 1));
        assert_eq!(answer.counts.failed[Reason::Internal as usize], 1);
        assert_eq!(answer.failures[0].record_id, "2");
        let body = String::from_utf8(answer.body).expect("text");
        assert_eq!(body.matches("\"result\":\"Ok\"").count(), 4);
    }

    #[test]
    fn an_answer_is_the_same_in_a_buffer_that_was_used_before() {
        let mut transform = Transform::new(Plan::embedded().expect("the schema compiles"));
        let records: Vec<_> = (0..30).map(|n| format!(r#"{{"recordId":"{n}","data":"e30="}}"#)).collect();
        let body = format!(r#"{{"records":[{}]}}"#, records.join(","));
        let request = Request::parse(&body).expect("a request");
        let fresh = answer(&mut transform, &request, 0).body;
        for length in [1, 5_000, 1_000_000] {
            transform.reuse(vec![b'x'; length]);
            assert!(answer(&mut transform, &request, 0).body == fresh, "{length} bytes");
        }
    }
}
