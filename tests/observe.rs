//! What an observer sees of a row is what the row says, and where it came from.

mod support;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clickstream::observe::{Filler, Observed};
use clickstream::row::Flag;
use clickstream::schema::{EMBEDDED, Plan};
use clickstream::transform::Transform;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::fs;

const ARRIVAL: i64 = 1_795_428_930_123;

/// What `see` gives for the one event of a record.
fn seen<T>(event: &Value, mut see: impl FnMut(&Observed) -> T) -> T {
    let mut seen = None;
    let data = STANDARD.encode(event.to_string());
    let mut observer = |observed: &Observed| seen = Some(see(observed));
    support::transform().record_observed(&data, ARRIVAL, 6_000_000, Some(&mut observer)).expect("a row");
    seen.expect("the observer is called")
}

#[test]
fn an_observer_sees_every_row_as_it_is_written_and_changes_nothing() {
    let (mut transform, mut plain) = (support::transform(), support::transform());
    let mut rows = 0;
    for file in fs::read_dir("tests/golden").expect("a folder") {
        let case: Value =
            serde_json::from_str(&fs::read_to_string(file.expect("a file").path()).expect("text")).expect("JSON");
        let data = support::record_bytes(&case);
        let mut seen = Vec::new();
        let mut observer = |observed: &Observed| {
            let mut row = serde_json::Map::new();
            for (index, column) in observed.plan.columns.iter().enumerate() {
                assert_eq!(observed.value(index).is_some(), observed.filler(index).is_some(), "{}", column.name);
                let Some(value) = observed.value(index) else { continue };
                let value = if column.kind.is_quoted() { json!(value) } else { serde_json::from_str(value).unwrap() };
                row.insert(column.name.clone(), value);
                if let Some(Filler::Path(path)) = observed.filler(index) {
                    assert!(observed.plan.paths(column).any(|known| known == path), "{path} fills {}", column.name);
                    assert!(observed.candidates(index).any(|candidate| candidate.path == path));
                }
            }
            seen.push((observed.plan.prefix(&observed.partition), Value::Object(row)));
        };
        let done = transform.record_observed(&data, ARRIVAL, 6_000_000, Some(&mut observer));
        assert_eq!(done, plain.record(&data, ARRIVAL, 6_000_000));
        let Ok(done) = done else { continue };
        assert_eq!(transform.rows(), plain.rows());
        let lines = std::str::from_utf8(transform.rows()).expect("text").lines();
        let written: Vec<_> = lines.map(|line| serde_json::from_str::<Value>(line).expect("a row")).collect();
        assert_eq!(seen.len(), written.len());
        for ((partition, row), written) in seen.iter().zip(written) {
            assert_eq!((partition, row), (&transform.plan().prefix(&done.partition), &written));
            rows += 1;
        }
    }
    assert!(rows > 60, "only {rows} rows");
}

proptest! {
    #[test]
    fn a_record_of_several_objects_is_the_same_whoever_looks(
        objects in proptest::collection::vec(("page_view|login|batch", "[a-z{}\\[\\]\"\\\\]{0,9}"), 0..5),
        separators in proptest::collection::vec("[ \n]{0,2}|,|\u{0}", 5), kept in 0..600usize,
    ) {
        let object = |(event, title): &(String, String)| match &**event {
            "batch" => json!({ "events": [{ "event": "login" }, { "event": title }], "title": title }),
            _ => json!({ "event": event, "title": title }),
        };
        let parts = objects.iter().zip(&separators).map(|(of, separator)| format!("{}{separator}", object(of)));
        let mut bytes = parts.collect::<String>().into_bytes();
        bytes.truncate(kept);
        let data = STANDARD.encode(bytes);
        let (mut transform, mut plain) = (support::transform(), support::transform());
        let mut rows = 0;
        let mut observer = |_: &Observed| rows += 1;
        let done = transform.record_observed(&data, ARRIVAL, 6_000_000, Some(&mut observer));
        prop_assert_eq!(&done, &plain.record(&data, ARRIVAL, 6_000_000));
        if let Ok(done) = done {
            prop_assert_eq!((transform.rows(), rows), (plain.rows(), done.rows));
        }
    }
}

#[test]
fn what_filled_a_column_is_told() {
    let event = json!({
        "event": "order_placed", "value": 12.5, "page": { "url": "https://shop.example/?gclid=g1" },
        "item": { "id": "A" }, "user_id": "guest", "uid": "U-1",
    });
    for (column, value, filler) in [
        ("event_name", "order_placed", Filler::Path("event")),
        ("event_time", "2026-11-23T10:15:30.123Z", Filler::Arrival),
        ("user_id", "U-1", Filler::Path("uid")),
        ("page_url", "https://shop.example/?gclid=g1", Filler::Path("page.url")),
        ("page_host", "shop.example", Filler::Function("host(page_url)")),
        ("click_id_type", "gclid", Filler::Function("source(click_id)")),
        ("order_total", "12.5", Filler::Function("on(event_value, purchase)")),
        ("item_id", "A", Filler::Path("item.id")),
        ("schema_version", "1", Filler::Function("version()")),
        ("extra", r#"{"user_id":"guest"}"#, Filler::Function("extra()")),
        ("dq_flags", "id_blocked:user_id,time_missing", Filler::Function("flags()")),
    ] {
        seen(&event, |observed| {
            let index = observed.plan.column(column).expect("a column");
            assert_eq!((observed.value(index), observed.filler(index)), (Some(value), Some(filler)), "{column}");
        });
    }
}

#[test]
fn the_values_that_did_not_win_are_told_with_their_fate() {
    let event = json!({ "price": "12,50 EUR", "unit_price": 3, "color": "red", "currency": "EUR", "cu": "eur" });
    seen(&event, |observed| {
        let candidates = |column| {
            let candidates = observed.candidates(observed.plan.column(column).expect("a column"));
            candidates.map(|candidate| (candidate.path, candidate.left_over)).collect::<Vec<_>>()
        };
        assert_eq!(candidates("item_price"), [("price", true), ("unit_price", true)]);
        assert_eq!(candidates("currency"), [("currency", false), ("cu", false)]);
        assert_eq!(candidates("order_id"), []);
        let price = observed.plan.column("item_price");
        assert_eq!(observed.flags(price).collect::<Vec<_>>(), [Flag::BadType]);
        assert_eq!(observed.flags(None).collect::<Vec<_>>(), [Flag::TimeMissing]);
        assert_eq!(price.and_then(|price| observed.filler(price)), None);
    });
}

#[test]
fn of_several_functions_the_one_that_filled_the_column_is_told() {
    let second = r#""query(page_url, utm_term)", "query(page_url, kw)""#;
    let schema = EMBEDDED.replacen(r#""query(page_url, utm_term)""#, second, 1);
    let plan = Plan::parse("schema.toml", &schema).unwrap_or_else(|problems| panic!("{problems}"));
    let term = plan.column("utm_term").expect("a column");
    let mut transform = Transform::new(plan);
    for (query, function) in [("utm_term=a&kw=b", "query(page_url, utm_term)"), ("kw=b", "query(page_url, kw)")] {
        let data = STANDARD.encode(json!({ "url": format!("https://shop.example/?{query}") }).to_string());
        let mut told = false;
        let mut observer = |observed: &Observed| told = observed.filler(term) == Some(Filler::Function(function));
        transform.record_observed(&data, ARRIVAL, 6_000_000, Some(&mut observer)).expect("a row");
        assert!(told, "{query}");
    }
}
