//! What several tests need.
#![allow(dead_code)] // each test binary uses its part

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clickstream::schema::Plan;
use clickstream::transform::Transform;
use serde_json::{Value, json};

/// The transform with the project's schema.
pub(crate) fn transform() -> Transform {
    Transform::new(Plan::embedded().unwrap_or_else(|problems| panic!("{problems}")))
}

/// A golden case's record: `event` (JSON), `text`, `base64`, or `repeat` (a text and how often).
pub(crate) fn record_bytes(case: &Value) -> String {
    if let Some(data) = case["base64"].as_str() {
        return data.to_owned();
    }
    let text = match (&case["event"], case["text"].as_str(), &case["repeat"]) {
        (Value::Null, Some(text), _) => text.to_owned(),
        (Value::Null, None, repeat) => {
            let part = |at: usize| repeat[at].as_str().unwrap_or_default();
            let count = repeat[2].as_u64().expect("how often");
            format!("{}{}{}", part(0), part(1).repeat(usize::try_from(count).expect("a size")), part(3))
        }
        (event, ..) => event.to_string(),
    };
    STANDARD.encode(text)
}

/// A row with its JSON columns opened, for people to read.
pub(crate) fn opened(row: &str) -> Value {
    let mut row: Value = serde_json::from_str(row).expect("a row is JSON");
    for column in ["items", "user_traits", "extra"] {
        if let Some(text) = row.get(column).map(|value| value.as_str().expect("JSON columns are strings")) {
            row[column] = serde_json::from_str(text).expect("JSON columns hold JSON");
        }
    }
    row
}

/// What becomes of a record: its partition and rows, or the reason.
pub(crate) fn outcome(transform: &mut Transform, data: &str, arrival: i64) -> Value {
    match transform.record(data, arrival, 6_000_000) {
        Ok(done) => {
            let rows = std::str::from_utf8(transform.rows()).expect("rows are UTF-8");
            assert!(rows.ends_with('\n'));
            json!({
                "partition": transform.plan().prefix(&done.partition),
                "rows": rows.lines().map(opened).collect::<Vec<_>>(),
            })
        }
        Err(reject) => json!({ "reason": reject.reason.code(), "detail": reject.detail, "events": reject.events }),
    }
}

/// The invocations in events/ and tests/aws_samples: file name and body, in order of name.
pub(crate) fn invocations() -> Vec<(String, String)> {
    let folders = ["events", "tests/aws_samples"];
    let files = folders.iter().flat_map(|folder| std::fs::read_dir(folder).expect("a folder"));
    let mut files: Vec<_> = files.map(|file| file.expect("a file").path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    assert!(files.len() >= 15, "only {} invocations", files.len());
    let read = |file: &std::path::PathBuf| std::fs::read_to_string(file).expect("text");
    files.iter().map(|file| (file.file_name().expect("a name").to_string_lossy().into_owned(), read(file))).collect()
}

/// The rows of an answered record.
pub(crate) fn rows(record: &Value) -> String {
    let data = record["data"].as_str().expect("data");
    String::from_utf8(STANDARD.decode(data).expect("base64")).expect("UTF-8")
}

/// Holds the counts against the answer itself, which was not made from them.
pub(crate) fn assert_counts_add_up(answer: &clickstream::batch::Answer) {
    let counts = &answer.counts;
    let answered: Value = serde_json::from_slice(&answer.body).expect("an answer is JSON");
    let records = answered["records"].as_array().expect("records");
    let with = |result: &'static str| records.iter().filter(move |record| record["result"] == result);
    let delivered: usize = with("Ok").map(|record| rows(record).lines().count()).sum();
    assert_eq!(counts.records, records.len() as u64);
    assert_eq!(counts.ok, with("Ok").count() as u64);
    assert_eq!(counts.dropped, with("Dropped").count() as u64);
    assert_eq!(counts.failed_in_all(), with("ProcessingFailed").count() as u64);
    assert_eq!(counts.failed_in_all(), answer.failures.len() as u64);
    assert_eq!(counts.records, counts.ok + counts.dropped + counts.failed_in_all());
    assert_eq!(counts.rows, delivered as u64);
    assert_eq!(counts.rows, answer.rows_by_type.iter().sum::<u64>());
    assert_eq!(counts.events, counts.rows + counts.rejected);
    assert_eq!(counts.rejected, answer.failures.iter().map(|failure| failure.reject.events as u64).sum::<u64>());
    let bytes: usize = with("Ok").map(|record| rows(record).len()).sum();
    assert_eq!(counts.bytes_out, bytes as u64);
    assert!(
        with("Ok").all(|record| record["metadata"]["partitionKeys"].as_object().is_some_and(|keys| keys.len() == 2))
    );
    for result in ["Dropped", "ProcessingFailed"] {
        assert!(with(result).all(|record| record["data"] == "" && record.get("metadata").is_none()));
    }
}
