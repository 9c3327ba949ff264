//! What several tests need.
#![allow(dead_code)] // each test binary uses its part

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clickstream::schema::Plan;
use clickstream::transform::Transform;
use serde_json::{Value, json};

/// The transform with the project's schema.
pub fn transform() -> Transform {
    Transform::new(Plan::embedded().unwrap_or_else(|problems| panic!("{problems}")))
}

/// A golden case's record: `event` (JSON), `text`, `base64`, or `repeat` (a text and how often).
pub fn record_bytes(case: &Value) -> String {
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
pub fn opened(row: &str) -> Value {
    let mut row: Value = serde_json::from_str(row).expect("a row is JSON");
    for column in ["items", "user_traits", "extra"] {
        if let Some(text) = row.get(column).map(|value| value.as_str().expect("JSON columns are strings")) {
            row[column] = serde_json::from_str(text).expect("JSON columns hold JSON");
        }
    }
    row
}

/// What becomes of a record: its partition and rows, or the reason.
pub fn outcome(transform: &mut Transform, data: &str, arrival: i64) -> Value {
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
