//! What an invocation tells the log: one line of metrics, and one line for each failed record.
//!
//! The metrics are in CloudWatch's embedded metric format: Lambda's log is all they need. No line holds a byte of a
//! record's data.

use crate::batch::{Answer, Counts};
use crate::firehose::Request;
use crate::reject::Reason;
use crate::row::Flag;
use crate::schema::Plan;
use serde_json::{Map, Value, json};

/// The CloudWatch namespace of all metrics.
pub const NAMESPACE: &str = "Clickstream";

/// A metric: name, unit, value.
pub type Metric = (String, &'static str, Value);

/// A metric that counts.
pub fn count(name: &str, value: u64) -> Metric {
    (name.to_owned(), "Count", json!(value))
}

/// Metrics of one dimension (its name and value) at a time in milliseconds since 1970, in CloudWatch's embedded metric
/// format. What else is set in the object is a property: found in the log, no metric.
pub fn embedded(now: i64, dimension: (&str, &str), metrics: Vec<Metric>) -> Value {
    let definitions: Vec<Value> = metrics.iter().map(|(name, unit, _)| json!({ "Name": name, "Unit": unit })).collect();
    let mut line = json!({
        "_aws": {
            "Timestamp": now,
            "CloudWatchMetrics": [
                { "Namespace": NAMESPACE, "Dimensions": [[dimension.0]], "Metrics": definitions }
            ],
        },
    });
    line[dimension.0] = dimension.1.into();
    for (name, _, value) in metrics {
        line[name] = value;
    }
    line
}

/// The metric that counts records failed for this reason.
pub fn failed_metric(reason: Reason) -> String {
    format!("Failed.{}", reason.code())
}

/// The metric that counts rows with this flag.
pub fn flagged_metric(flag: Flag) -> String {
    format!("Flagged.{}", flag.code())
}

/// The metrics that every invocation reports.
fn metrics(counts: &Counts, milliseconds: f64) -> Vec<Metric> {
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
    let reasons = Reason::ALL.map(failed_metric).into_iter().zip(counts.failed);
    let flags = Flag::ALL.map(flagged_metric).into_iter().zip(counts.flags);
    metrics.extend(reasons.chain(flags).filter(|(_, n)| *n > 0).map(|(name, n)| count(&name, n)));
    metrics
}

/// Event type to rows delivered, without those that had none. A metric each would cost more than all the others together;
/// a member of the line that is none costs a few bytes of log, and Logs Insights sums it.
fn rows_by_type(plan: &Plan, answer: &Answer) -> Map<String, Value> {
    let rows = plan.event_types.iter().zip(&answer.rows_by_type).filter(|(_, rows)| **rows > 0);
    rows.map(|(name, rows)| (name.clone(), json!(rows))).collect()
}

/// The invocation's line in CloudWatch's embedded metric format. `now` is in milliseconds since 1970.
pub fn metric_line(plan: &Plan, request: &Request, answer: &Answer, now: i64, milliseconds: f64) -> String {
    let metrics = metrics(&answer.counts, milliseconds);
    let mut line = embedded(now, ("DeliveryStream", &request.delivery_stream()), metrics);
    line["InvocationId"] = request.invocation_id().into();
    line["RowsByType"] = rows_by_type(plan, answer).into();
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::answer;
    use crate::transform::Transform;
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    /// One batch with everything in it, and the lines that it gives.
    fn lines() -> (Value, Vec<Value>) {
        let data = [
            r#"{"event_type":"item_view","ip":"203.0.113.7"}"#,
            r#"[{"event_type":"gift"},{"event_type":"wrap"}]"#,
            "",
            "secret: ada@example.com",
            r#"{"event_type":"login"}{"event_type":"search"}"#,
        ];
        let record =
            |(id, text): (usize, &&str)| json!({ "recordId": format!("r{id}"), "data": STANDARD.encode(text) });
        let body = json!({
            "invocationId": "i-1",
            "deliveryStreamArn": "arn:aws:firehose:eu-west-1:123456789012:deliverystream/shop",
            "records": data.iter().enumerate().map(record).collect::<Vec<_>>(),
        })
        .to_string();
        let request = Request::parse(&body).expect("a request");
        let mut transform = Transform::new(Plan::embedded().expect("the schema compiles"));
        let answer = answer(&mut transform, &request, 1_795_428_930_123);
        let read = |line: String| {
            assert!(!line.contains("ada@") && !line.contains('\n'), "{line}");
            serde_json::from_str(&line).expect("a line is JSON")
        };
        let metrics = read(metric_line(transform.plan(), &request, &answer, 1_795_428_931_000, 1.5));
        (metrics, failure_lines(&request, &answer).map(read).collect())
    }

    #[test]
    fn the_metric_line_is_in_embedded_metric_format_and_adds_up() {
        let (line, _) = lines();
        assert_eq!(line["_aws"]["Timestamp"], 1_795_428_931_000i64);
        let directive = &line["_aws"]["CloudWatchMetrics"][0];
        assert_eq!((&directive["Namespace"], &line["DeliveryStream"]), (&json!(NAMESPACE), &json!("shop")));
        for dimension in directive["Dimensions"][0].as_array().expect("dimensions") {
            assert!(line[dimension.as_str().expect("a name")].is_string());
        }
        let metrics = directive["Metrics"].as_array().expect("metrics");
        // CloudWatch takes 100 metrics in one directive.
        assert!(metrics.len() <= 100);
        for metric in metrics {
            assert!(line[metric["Name"].as_str().expect("a name")].is_number(), "{metric}");
        }
        let value = |name: &str| line[name].as_u64().unwrap_or_else(|| panic!("{name}"));
        assert_eq!(value("RecordsIn"), value("RecordsOk") + value("RecordsDropped") + value("RecordsFailed"));
        assert_eq!(value("EventsIn"), value("Rows") + value("EventsRejected"));
        assert_eq!(value("RecordsFailed"), value("Failed.not_json") + value("Failed.mixed_partitions"));
        assert_eq!([value("RecordsIn"), value("Rows"), value("RowsOther"), value("EventsRejected")], [5, 3, 2, 3]);
        assert_eq!(line["RowsByType"], json!({ "item_view": 1, "other": 2 }));
        assert_eq!([value("Flagged.ip_shortened"), value("Flagged.time_missing")], [1, 3]);
        assert_eq!(value("BytesIn"), 45 + 45 + 23 + 45);
    }

    #[test]
    fn each_failed_record_has_a_line_that_names_it_and_quotes_nothing() {
        let (_, failures) = lines();
        let told: Vec<_> = failures.iter().map(|f| (f["recordId"].as_str(), f["reason"].as_str())).collect();
        assert_eq!(told, [(Some("r3"), Some("not_json")), (Some("r4"), Some("mixed_partitions"))]);
        assert!(failures.iter().all(|f| f["deliveryStream"] == "shop" && f["invocationId"] == "i-1"));
    }
}
