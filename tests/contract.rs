//! What holds for every batch, whatever is in it.

mod support;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clickstream::batch::{Answer, answer};
use clickstream::firehose::{MAX_RESPONSE, Request};
use clickstream::reject::Reason;
use clickstream::schema::Plan;
use clickstream::transform::Transform;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};
use std::collections::HashSet;
use support::{assert_counts_add_up, rows, transform};

const ARRIVAL: i64 = 1_795_428_930_123;

/// An invocation with these records' data, all arrived at [`ARRIVAL`].
fn request(data: &[String]) -> String {
    let record = |(id, data): (usize, &String)| json!({ "recordId": format!("{id:056}"), "approximateArrivalTimestamp": ARRIVAL, "data": data });
    json!({ "records": data.iter().enumerate().map(record).collect::<Vec<_>>() }).to_string()
}

fn answered(transform: &mut Transform, body: &str) -> Answer {
    answer(transform, &Request::parse(body).expect("a request"), 0)
}

/// Attribute names: what the schema looks for, at any depth, and what it does not.
fn names() -> Vec<String> {
    let plan = Plan::embedded().expect("the schema compiles");
    let mut names: Vec<String> = plan.sources.iter().flat_map(|s| s.path.split('.').map(str::to_owned)).collect();
    names.extend(
        ["batch", "events", "data", "password", "", "unknown", "größe", "\u{0}", "a\"b", "extra", "date"]
            .map(String::from),
    );
    names.sort();
    names.dedup();
    names
}

/// Values that look like what shops send, and what they never should.
fn scalar() -> impl Strategy<Value = Value> {
    let texts = [
        "item_view",
        "Order Completed",
        "page",
        "../../etc",
        "2026-11-23T10:15:30Z",
        "2099-01-01",
        "1795428930",
        "12.50",
        "1e400",
        "EUR",
        "null",
        "",
        " ",
        "ada@example.com",
        "203.0.113.7",
        "::1",
        "true",
        "u-1",
        "6F1C1C0E-2B6F-4C6B-8A55-1C8B8B3F6A10",
        "https://shop.example/p?utm_source=x&token=y#z",
        "\u{0}",
        "日本語",
        "a\nb",
        "Mozilla/5.0 (Windows NT 10.0) Chrome/140.0.0.0 Safari/537.36",
    ];
    prop_oneof![
        6 => select(texts.to_vec()).prop_map(Value::from),
        2 => any::<i64>().prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        1 => Just(Value::Null),
        1 => any::<String>().prop_map(Value::from),
        1 => (0..40_000usize).prop_map(|n| "ü".repeat(n / 2).into()),
    ]
}

fn object(names: &'static [String]) -> impl Strategy<Value = Value> {
    let value = scalar().prop_recursive(4, 24, 6, move |inner| {
        prop_oneof![vec(inner.clone(), 0..4).prop_map(Value::from), members(names, inner).prop_map(Value::from)]
    });
    members(names, value).prop_map(Value::from)
}

fn members(names: &'static [String], value: impl Strategy<Value = Value>) -> impl Strategy<Value = Map<String, Value>> {
    vec((select(names), value), 0..8).prop_map(|members| members.into_iter().collect())
}

/// A record's data in base64, or what should have been.
fn data(names: &'static [String]) -> impl Strategy<Value = String> {
    let encode = |bytes: Vec<u8>| STANDARD.encode(bytes);
    prop_oneof![
        12 => object(names).prop_map(move |event| encode(event.to_string().into())),
        3 => vec(object(names), 0..4).prop_map(move |events| encode(Value::from(events).to_string().into())),
        3 => vec(object(names), 0..4)
            .prop_map(move |events| encode(events.iter().map(Value::to_string).collect::<Vec<_>>().join("\n").into())),
        2 => (object(names), any::<prop::sample::Index>()).prop_map(move |(event, cut)| {
            let mut bytes = event.to_string().into_bytes();
            bytes.truncate(cut.index(bytes.len()));
            encode(bytes)
        }),
        1 => vec(any::<u8>(), 0..64).prop_map(encode),
        1 => any::<String>(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_batch_is_answered_whole_in_order_within_the_schema(batch in {
        let names: &'static [String] = names().leak();
        vec(data(names), 1..8)
    }) {
        thread_local!(static TRANSFORM: std::cell::RefCell<Transform> = std::cell::RefCell::new(transform()));
        TRANSFORM.with_borrow_mut(|transform| {
            let answer = answered(transform, &request(&batch));
            assert_counts_add_up(&answer);
            prop_assert_eq!(answer.counts.failed[Reason::Internal as usize], 0);
            let body: Value = serde_json::from_slice(&answer.body).expect("an answer is JSON");
            let records = body["records"].as_array().expect("records");
            prop_assert_eq!(records.len(), batch.len());
            let plan = transform.plan();
            let partitions: HashSet<String> = plan.partitions(ARRIVAL, ARRIVAL).map(|p| plan.prefix(&p)).collect();
            for (id, record) in records.iter().enumerate() {
                prop_assert_eq!(&record["recordId"], &json!(format!("{id:056}")));
                if record["result"] == "Ok" {
                    let keys = &record["metadata"]["partitionKeys"];
                    let [event_type, date] = ["event_type", "date"].map(|key| keys[key].as_str().expect("a key"));
                    let prefix = format!("event_type={event_type}/date={date}/");
                    prop_assert!(partitions.contains(&prefix));
                    for row in rows(record).lines() {
                        check_row(plan, row);
                    }
                }
            }
            Ok(())
        })?;
    }
}

/// Keys of the schema in its order; JSON columns that are JSON; texts within their widths; nothing personal.
fn check_row(plan: &Plan, line: &str) {
    let row: Value = serde_json::from_str(line).expect("a row is JSON");
    let row = row.as_object().expect("a row is an object");
    let mut rest = line;
    let mut seen = 0;
    for column in plan.columns.iter().filter(|column| row.contains_key(&column.name)) {
        let at = rest
            .find(&format!("\"{}\":", column.name))
            .unwrap_or_else(|| panic!("{} out of order: {line}", column.name));
        rest = &rest[at..];
        seen += 1;
        let value = &row[&column.name];
        if let Some(width) = column.kind.width() {
            assert!(
                value.as_str().is_some_and(|text| text.len() <= width as usize),
                "{} too wide: {line}",
                column.name
            );
        }
    }
    assert_eq!(seen, row.len(), "a key outside the schema: {line}");
    for column in ["items", "user_traits", "extra"] {
        if let Some(text) = row.get(column) {
            serde_json::from_str::<Value>(text.as_str().expect("a string")).expect("JSON columns hold JSON");
        }
    }
    let addresses = ["\\\"ip\\\":\\\"203.0.113.7", "\"ip_address\":\"203.0.113.7"];
    for forbidden in ["ada@example.com", "token=y", "\\u0000"].iter().chain(&addresses) {
        assert!(!line.contains(forbidden), "{forbidden} in {line}");
    }
}

/// 500 item views, and whatever stands at place 250.
fn batch_with(hostile: &str) -> String {
    let event = STANDARD.encode(r#"{"event_type":"item_view","itemId":"CUP-02","ts":"2026-11-23T10:15:00Z"}"#);
    let mut data = vec![event; 500];
    hostile.clone_into(&mut data[250]);
    request(&data)
}

#[test]
fn each_kind_of_hostile_record_costs_499_neighbours_nothing() {
    let mut transform = transform();
    let deep = |levels: usize| format!("{}1{}", "{\"a\":".repeat(levels), "}".repeat(levels));
    let view = r#"{"event_type":"item_view"}"#;
    let kinds: Vec<(Reason, String)> = vec![
        (Reason::BadBase64, "!!!".into()),
        (Reason::BadBase64, "eyJhIjoxfQ".into()),
        (Reason::NotUtf8, STANDARD.encode([0xff, 0xfe, b'{', b'}'])),
        (Reason::NotJson, STANDARD.encode("not json")),
        (Reason::NotJson, STANDARD.encode(&view[..20])),
        (Reason::NotJson, STANDARD.encode("{\"a\":\"\u{1}\"}")),
        (Reason::NotAnObject, STANDARD.encode("17")),
        (Reason::NotAnObject, STANDARD.encode("[[{}]]")),
        (Reason::TooDeep, STANDARD.encode(deep(65))),
        (Reason::TooDeep, STANDARD.encode(deep(200_000))),
        (Reason::MixedPartitions, STANDARD.encode(format!("{view}\n{{\"event_type\":\"search\"}}"))),
        (Reason::TooManyEvents, {
            let events = vec!["{}"; 2_000].join(",");
            STANDARD.encode(format!(r#"{{"events":[{events}],"note":"{}"}}"#, "x".repeat(100_000)))
        }),
        (Reason::ResponseFull, {
            let events = vec!["{}"; 900].join(",");
            STANDARD.encode(format!(r#"{{"events":[{events}],"note":"{}"}}"#, "x".repeat(15_000)))
        }),
    ];
    for (reason, data) in &kinds {
        let answer = answered(&mut transform, &batch_with(data));
        assert_eq!(
            (answer.counts.ok, answer.counts.failed[*reason as usize]),
            (499, 1),
            "{reason:?}: {:?}",
            answer.failures
        );
        assert_counts_add_up(&answer);
    }
    let tested: HashSet<Reason> = kinds.iter().map(|(reason, _)| *reason).collect();
    let untested: Vec<_> = Reason::ALL.into_iter().filter(|r| !tested.contains(r)).collect();
    assert_eq!(untested, [Reason::Blank, Reason::Internal], "a blank record is dropped, a panic is tested in batch.rs");
    for blank in ["", "   \n", "\u{feff}", "[]", "[ ]\n[]"] {
        let answer = answered(&mut transform, &batch_with(&STANDARD.encode(blank)));
        assert_eq!((answer.counts.ok, answer.counts.dropped), (499, 1), "{blank:?}");
        assert_counts_add_up(&answer);
    }
}

#[test]
fn an_answer_never_exceeds_the_budget_and_uses_it_up() {
    let mut transform = transform();
    let big = STANDARD.encode(json!({ "event_type": "item_view", "note": "x".repeat(60_000) }).to_string());
    let tiny = STANDARD.encode("{}");
    for data in [vec![big; 100], vec![tiny; 40_000]] {
        let answer = answered(&mut transform, &request(&data));
        assert!(answer.body.len() <= MAX_RESPONSE, "{} bytes", answer.body.len());
        let full = answer.counts.failed[Reason::ResponseFull as usize];
        assert!(full > 0 && answer.counts.ok > 0, "{full} did not fit");
        assert_eq!(answer.counts.rejected, full, "each of them is one event");
        // What was left could not have held one more row.
        let row = answer.body.len() / usize::try_from(answer.counts.ok).expect("a size");
        assert!(
            answer.body.len() + 2 * row > MAX_RESPONSE,
            "{} bytes and {full} records did not fit",
            answer.body.len()
        );
        assert_counts_add_up(&answer);
    }
}

#[test]
fn what_a_record_becomes_does_not_depend_on_its_neighbours() {
    let records = [
        r#"{"event_type":"purchase","order":{"id":"O-1"},"items":[{"id":"A"}],"email":"ada@example.com"}"#,
        r#"{"a":1,"a":2}"#,
        r#"{"event_type":"login","User_ID":"u-1","ts":"2026-11-23T10:15:00Z"}"#,
        "{\"broken\":",
    ];
    let alone: Vec<_> =
        records.map(|record| support::outcome(&mut transform(), &STANDARD.encode(record), ARRIVAL)).into();
    let mut shared = transform();
    for _ in 0..3 {
        for (record, alone) in records.iter().zip(&alone).rev() {
            assert_eq!(&support::outcome(&mut shared, &STANDARD.encode(record), ARRIVAL), alone);
        }
    }
}

#[test]
fn items_beyond_the_columns_width_are_left_off_its_end_and_still_counted() {
    let items: Vec<_> =
        (0..2_000).map(|n| json!({ "id": format!("SKU-{n}"), "name": "x".repeat(60), "qty": 2 })).collect();
    let event = json!({ "event_type": "cart_view", "items": items, "ts": "2026-11-23T10:15:00Z" });
    let made = support::outcome(&mut transform(), &STANDARD.encode(event.to_string()), ARRIVAL);
    let row = &made["rows"][0];
    let kept = row["items"].as_array().expect("a list");
    assert!(kept.len() > 500 && kept.len() < 2_000, "{}", kept.len());
    assert!(kept.iter().enumerate().all(|(n, item)| item["item_id"] == format!("SKU-{n}")));
    assert_eq!((&row["item_count"], &row["item_quantity"]), (&json!(2_000), &json!(4_000)));
    assert_eq!(row["dq_flags"], "overflow:items");
}
