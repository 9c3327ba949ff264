//! The invocations in events/ and those that AWS and others publish: every record is answered, as expected.
//! `BLESS=1 cargo test --test events` writes tests/answers: read the diff before committing it.

mod support;

use clickstream::batch::answer;
use clickstream::firehose::Request;
use serde_json::{Value, json};
use std::fs;
use support::{invocations, opened, rows, transform};

/// When the invocation runs: records of samples without an arrival time arrive then.
const NOW: i64 = 1_795_428_930_123;

#[test]
fn every_sample_invocation_is_answered_as_expected() {
    for (name, body) in invocations() {
        let request = Request::parse(&body).unwrap_or_else(|error| panic!("{name}: {error}"));
        let answer = answer(&mut transform(), &request, NOW);
        let answered: Value = serde_json::from_slice(&answer.body).expect("an answer is JSON");
        let reason = |id: &str| answer.failures.iter().find(|f| f.record_id == id).map(|f| f.reject.to_string());
        let readable: Vec<Value> = answered["records"]
            .as_array()
            .expect("records")
            .iter()
            .map(|record| {
                let id = record["recordId"].as_str().expect("an id");
                match record["result"].as_str().expect("a result") {
                    "Ok" => json!({
                        "partitionKeys": record["metadata"]["partitionKeys"],
                        "rows": rows(record).lines().map(opened).collect::<Vec<_>>(),
                    }),
                    "ProcessingFailed" => json!({ "ProcessingFailed": reason(id) }),
                    result => json!(result),
                }
            })
            .collect();
        let expected = format!("tests/answers/{name}");
        let made = format!("{:#}\n", Value::from(readable));
        if std::env::var_os("BLESS").is_some() {
            fs::write(&expected, &made).expect("written");
        }
        assert_eq!(fs::read_to_string(&expected).unwrap_or_default(), made, "{name}");
    }
}

#[test]
fn every_record_is_answered_once_in_order_and_the_counts_add_up() {
    for (name, body) in invocations() {
        let request = Request::parse(&body).expect("a request");
        let answer = answer(&mut transform(), &request, NOW);
        let [asked, answered] = [body.as_bytes(), &answer.body].map(|json| {
            let json: Value = serde_json::from_slice(json).expect("JSON");
            json["records"].as_array().expect("records").iter().map(|r| r["recordId"].clone()).collect::<Vec<_>>()
        });
        assert_eq!(asked, answered, "{name}");
        support::assert_counts_add_up(&answer);
    }
}
