//! The binary itself, through Lambda's own runtime API: wire to wire.

mod support;
#[path = "support/emulator.rs"]
mod under_emulation;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clickstream::batch::answer;
use clickstream::firehose::{MAX_RESPONSE, Request};
use serde_json::{Value, json};
use support::{invocations, transform};
use under_emulation::Emulator;

/// The most that Lambda takes as a request, and as an answer.
const LAMBDA_LIMIT: usize = 6_291_556;

fn record(id: usize, text: &str) -> Value {
    // As long as Firehose's ids.
    json!({ "recordId": format!("{id:062}"), "approximateArrivalTimestamp": 1_795_428_930_123i64, "data": STANDARD.encode(text) })
}

fn invocation(records: &[Value]) -> String {
    json!({
        "invocationId": "0f0b6a0e-8f2e-4a52-9c5e-0a6f0c1d2e3f",
        "deliveryStreamArn": "arn:aws:firehose:us-east-1:123456789012:deliverystream/clickstream",
        "region": "us-east-1",
        "records": records,
    })
    .to_string()
}

fn results(answer: &str) -> Vec<Value> {
    let answer: Value = serde_json::from_str(answer).expect("an answer is JSON");
    answer["records"].as_array().unwrap_or_else(|| panic!("no records: {answer}")).clone()
}

#[test]
fn every_sample_invocation_is_answered_like_in_process() {
    let Some(emulator) = Emulator::start() else { return };
    for (name, body) in invocations() {
        let answered = emulator.invoke(&body);
        let expected = answer(&mut transform(), &Request::parse(&body).expect("a request"), 0).body;
        assert_eq!(answered.as_bytes(), expected, "{name}");
    }
}

#[test]
fn a_request_as_large_as_lambda_takes_is_answered_within_the_limit() {
    let Some(emulator) = Emulator::start() else { return };
    let event =
        r#"{"event_type":"item_view","itemId":"CUP-02","ts":"2026-11-23T10:15:00Z","url":"https://shop.example/p/2"}"#;
    let one = record(0, event).to_string().len() + 1;
    let mut records: Vec<_> = (0..(LAMBDA_LIMIT - 300) / one).map(|id| record(id, event)).collect();
    records.push(json!({ "recordId": "last", "data": "" }));
    let body = invocation(&records);
    assert!(body.len() <= LAMBDA_LIMIT && body.len() + 2 * one > LAMBDA_LIMIT, "{} bytes", body.len());
    let answered = emulator.invoke(&body);
    assert!(answered.len() <= MAX_RESPONSE, "{} bytes", answered.len());
    let results = results(&answered);
    assert_eq!(results.len(), records.len());
    assert!(results.iter().zip(&records).all(|(answer, record)| answer["recordId"] == record["recordId"]));
    let failed = results.iter().filter(|result| result["result"] == "ProcessingFailed").count();
    assert!(failed > 0 && failed < results.len(), "{failed} of {} did not fit", results.len());
}

#[test]
fn rows_that_would_exceed_lambdas_answer_limit_fail_alone() {
    let Some(emulator) = Emulator::start() else { return };
    let records: Vec<_> = (0..150)
        .map(|id| record(id, &json!({ "event_type": "review", "text": "x".repeat(40_000) }).to_string()))
        .collect();
    let answered = emulator.invoke(&invocation(&records[..75]));
    assert!(results(&answered).iter().all(|result| result["result"] == "Ok"));
    // Twice as many rows need 8 MB of answer; Lambda would fail the whole batch.
    let small = r#"{"event_type":"search","q":"cup"}"#;
    let mut records: Vec<_> = records.iter().take(110).cloned().collect();
    records.extend((200..300).map(|id| record(id, small)));
    let body = invocation(&records);
    assert!(body.len() < LAMBDA_LIMIT, "{} bytes", body.len());
    let results = results(&emulator.invoke(&body));
    let failed: Vec<_> = results.iter().enumerate().filter(|(_, r)| r["result"] != "Ok").map(|(at, _)| at).collect();
    assert_eq!(results.len(), 210);
    assert!(failed.iter().all(|at| *at < 110), "small records after large ones still fit: {failed:?}");
}

#[test]
fn one_hostile_record_of_500_costs_499_nothing() {
    let Some(emulator) = Emulator::start() else { return };
    for hostile in
        [json!("!!!"), json!(null), json!(STANDARD.encode([0xff])), json!(STANDARD.encode("[".repeat(100_000)))]
    {
        let mut records: Vec<_> = (0..500).map(|id| record(id, r#"{"event_type":"search","q":"cup"}"#)).collect();
        records[250]["data"] = hostile;
        let results = results(&emulator.invoke(&invocation(&records)));
        let failed: Vec<_> = results.iter().filter(|result| result["result"] != "Ok").collect();
        assert_eq!((results.len(), failed.len()), (500, 1));
        assert_eq!(failed[0]["recordId"], records[250]["recordId"]);
    }
}

#[test]
fn what_is_no_firehose_invocation_is_an_error_that_says_so() {
    let Some(emulator) = Emulator::start() else { return };
    let answered = emulator.invoke(r#"{"Records":[]}"#);
    let error: Value = serde_json::from_str(&answered).expect("JSON");
    assert!(
        error["errorMessage"].as_str().is_some_and(|text| text.starts_with("not a Firehose invocation: ")),
        "{answered}"
    );
    // And the function is still there.
    assert_eq!(emulator.invoke(r#"{"records":[]}"#), r#"{"records":[]}"#);
}
