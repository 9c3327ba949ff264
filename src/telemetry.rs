//! What an invocation tells the log: one line of metrics, and one line for each failed record.
//!
//! The metrics are in CloudWatch's embedded metric format: Lambda's log is all they need. No line holds a byte of a
//! record's data.

use crate::batch::{Answer, Counts};
use crate::firehose::Request;
use crate::reject::Reason;
use crate::row::Flag;
use serde_json::{Value, json};

/// The CloudWatch namespace of all metrics.
pub const NAMESPACE: &str = "Clickstream";

/// The metrics that every invocation reports, with unit and value.
fn metrics(counts: &Counts, milliseconds: f64) -> Vec<(String, &'static str, Value)> {
    let count = |name: &str, value: u64| (name.to_owned(), "Count", json!(value));
    let mut metrics = vec![
        count("RecordsIn", counts.records),
        count("RecordsOk", counts.ok),
        count("RecordsDropped", counts.dropped),
        count("RecordsFailed", counts.failed_in_all()),
        count("EventsIn", counts.events),
        count("EventsRejected", counts.rejected),
        count("Rows", counts.rows),
        count("RowsOther", counts.other),
        ("BytesIn".into(), "Bytes", json!(counts.bytes_in)),
        ("BytesOut".into(), "Bytes", json!(counts.bytes_out)),
        ("Duration".into(), "Milliseconds", json!(milliseconds)),
    ];
    // A metric costs money from its first value on: reasons and flags are reported only when they occur.
    let reasons = Reason::ALL.iter().zip(counts.failed).map(|(reason, n)| (format!("Failed.{}", reason.code()), n));
    let flags = Flag::ALL.iter().zip(counts.flags).map(|(flag, n)| (format!("Flagged.{}", flag.code()), n));
    metrics.extend(reasons.chain(flags).filter(|(_, n)| *n > 0).map(|(name, n)| count(&name, n)));
    metrics
}

/// The invocation's line in CloudWatch's embedded metric format. `now` is in milliseconds since 1970.
pub fn metric_line(request: &Request, counts: &Counts, now: i64, milliseconds: f64) -> String {
    let metrics = metrics(counts, milliseconds);
    let definitions: Vec<Value> = metrics.iter().map(|(name, unit, _)| json!({ "Name": name, "Unit": unit })).collect();
    let mut line = json!({
        "_aws": {
            "Timestamp": now,
            "CloudWatchMetrics": [
                { "Namespace": NAMESPACE, "Dimensions": [["DeliveryStream"]], "Metrics": definitions }
            ],
        },
        "DeliveryStream": request.delivery_stream(),
        "InvocationId": request.invocation_id(),
    });
    for (name, _, value) in metrics {
        line[name] = value;
    }
    line.to_string()
}

/// One line for each failed record.
pub fn failure_lines<'a>(request: &'a Request, answer: &'a Answer) -> impl Iterator<Item = String> + use<'a> {
    answer.failures.iter().map(|failure| {
        json!({
            "level": "WARN",
            "message": "record failed",
            "deliveryStream": request.delivery_stream(),
            "invocationId": request.invocation_id(),
            "recordId": failure.record_id,
            "reason": failure.reject.reason.code(),
            "detail": failure.reject.detail,
        })
        .to_string()
    })
}
