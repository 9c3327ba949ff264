//! A row that comes back is given back as it is, and nothing else is taken for a row.

mod support;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clickstream::schema::{EMBEDDED, Plan};
use clickstream::transform::Transform;
use serde_json::Value;
use std::fs;
use support::{opened, record_bytes, transform};

const ARRIVAL: i64 = 1_795_428_930_123; // 2026-11-23T10:15:30.123Z
const DAY_MS: i64 = 86_400_000;

/// The rows of a record; none if it is rejected.
fn rows(transform: &mut Transform, record: &[u8], arrival: i64) -> String {
    let made = transform.record(STANDARD.encode(record), arrival, 6_000_000);
    made.map_or(String::new(), |_| String::from_utf8(transform.rows().to_owned()).expect("UTF-8"))
}

#[test]
fn every_row_of_the_golden_records_comes_back_as_it_is() {
    let (mut transform, mut seen) = (transform(), 0);
    for file in fs::read_dir("tests/golden").expect("a folder").map(|file| file.expect("a file").path()) {
        let case: Value = serde_json::from_str(&fs::read_to_string(&file).expect("text")).expect("JSON");
        let record = STANDARD.decode(record_bytes(&case)).unwrap_or_default();
        for row in rows(&mut transform, &record, ARRIVAL).lines() {
            assert_eq!(rows(&mut transform, row.as_bytes(), ARRIVAL).trim_end(), row, "{}", file.display());
            seen += 1;
        }
    }
    assert!(seen >= 150, "only {seen} rows");
}

#[test]
fn a_row_comes_back_whichever_column_the_schema_lists_first() {
    let column =
        "[[column]]\nname = \"shelf\"\ntype = \"varchar(64)\"\ndescription = \"Where it stood\"\nsources = []\n\n";
    let (before, rest) = EMBEDDED.split_once("released = [").expect("the columns that files have");
    let (_, after) = rest.split_once("\n]\n").expect("their end");
    let text = format!("{before}{after}").replacen("[[column]]\n", &format!("{column}[[column]]\n"), 1);
    let plan = Plan::parse("schema.toml", &text).unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!(plan.columns[0].name, "shelf");
    let mut transform = Transform::new(plan);
    for event in [r#"{"event":"page_view","a":1}"#, r#"{"event":"page_view","shelf":"A7","a":1}"#] {
        let row = rows(&mut transform, event.as_bytes(), ARRIVAL);
        assert_eq!(row.contains("shelf"), event.contains("shelf"), "{row}");
        assert_eq!(rows(&mut transform, row.as_bytes(), ARRIVAL + DAY_MS), row);
    }
}

#[test]
fn every_row_of_a_shops_day_comes_back_as_it_is_alone_and_together() {
    let mut transform = transform();
    let day = fs::read("samples/shop-day.ndjson").expect("the sample");
    let (mut seen, mut partitions) = (0, 0);
    for record in day.split(|byte| *byte == b'\n') {
        let made = rows(&mut transform, record, ARRIVAL);
        let Ok(first) = transform.record(STANDARD.encode(record), ARRIVAL, 6_000_000) else { continue };
        let again = transform.record(STANDARD.encode(&made), ARRIVAL, 6_000_000).expect("rows are a record");
        assert_eq!((again.partition, again.rows), (first.partition, first.rows));
        assert_eq!(String::from_utf8_lossy(transform.rows()), made);
        seen += again.rows;
        partitions += 1;
    }
    assert!(seen > 4_000 && partitions > 3_900, "{seen} rows of {partitions} records");
}

#[test]
fn a_row_that_comes_back_late_keeps_its_times_and_says_where_it_is_filed() {
    let mut transform = transform();
    let event = br#"{"event":"login","user_id":"u-1","message":"hi"}"#;
    let row = rows(&mut transform, event, ARRIVAL);
    assert_eq!(rows(&mut transform, row.as_bytes(), ARRIVAL + 7 * DAY_MS), row);
    let late = rows(&mut transform, row.as_bytes(), ARRIVAL + 8 * DAY_MS);
    assert_eq!(late, row.replace("\"time_missing\"", "\"time_missing,time_clamped\""));
    assert_eq!(rows(&mut transform, late.as_bytes(), ARRIVAL + 9 * DAY_MS), late);
    let done = transform.record(STANDARD.encode(&row), ARRIVAL + 8 * DAY_MS, 6_000_000).expect("a row");
    assert_eq!(done.partition.date_text(), "2026-12-01");
}

#[test]
fn what_is_not_to_the_byte_what_the_transform_makes_is_no_row() {
    let mut transform = transform();
    let event = br#"{"event":"login","user_id":"u-1","ip":"203.0.113.77","user":{"age":7},"note":"hi"}"#;
    let row = rows(&mut transform, event, ARRIVAL);
    let row = row.trim_end();
    assert_eq!(rows(&mut transform, row.as_bytes(), ARRIVAL).trim_end(), row);
    for (part, other) in [
        ("203.0.113.0", "203.0.113.77"),
        ("u-1", "ada@secret.example"),
        ("hi", "ada@secret.example"),
        ("hi", "https://shop.example/?token=secret"),
        (r#"{\"note\""#, r#"{\"password\""#),
        (r#"\"age\":7"#, r#"\"card_number\":7"#),
        (r#"\"age\":7"#, r#"\"age\": 7"#),
        (r#"\"age\":7"#, r#"\"age\":007"#),
        (r#""schema_version":1"#, r#""schema_version":"1""#),
        (r#""schema_version":1"#, r#""schema_version":1.5"#),
        (r#","schema_version":1"#, ""),
        (r#","schema_version":1"#, r#","schema_version":1,"colour":"red""#),
        (r#""source_dialect":"custom","#, ""),
        (",", ", "),
        (r#"{"event_id""#, r#"{"event_id":"x","event_id""#),
    ] {
        let posing = row.replacen(part, other, 1);
        assert_ne!(posing, row, "{part}");
        let made = rows(&mut transform, posing.as_bytes(), ARRIVAL);
        assert_ne!(made.trim_end(), posing, "{part} -> {other}");
        assert!(!made.contains("203.0.113.77") && !made.contains("ada@") && !made.contains("token=secret"), "{made}");
        // It is an event like any other, and its own extra() an attribute that no column knows.
        assert_eq!(opened(made.trim_end())["schema_version"], 1);
        assert!(made.contains(r#"\"source_dialect\""#) || !posing.contains("source_dialect"), "{made}");
    }
}

#[test]
fn events_of_several_partitions_have_the_rows_that_each_would_have_alone() {
    let mut transform = transform();
    let (login, view) = (
        r#"{"event":"login","ts":1795428929000,"user_id":"u-1"}"#,
        r#"{"event":"item_view","ts":1795342529000,"item_id":"CUP-02"}"#,
    );
    for mixed in [format!("[{login},{view}]"), format!("{login}\n{view}"), format!("{login}{view}")] {
        let data = STANDARD.encode(&mixed);
        let rejected = transform.record(&data, ARRIVAL, 6_000_000).expect_err("two partitions");
        assert_eq!(rejected.reason.code(), "mixed_partitions");
        let apart = transform.rows_apart(&data, ARRIVAL).expect("two rows");
        assert_eq!(apart.len(), 2);
        for (row, event) in apart.iter().zip([login, view]) {
            let alone = transform.record(STANDARD.encode(event), ARRIVAL, 6_000_000).expect("a row");
            assert_eq!((alone.partition, transform.rows(), false), (row.partition, row.line.as_slice(), row.came_back));
        }
    }
}

#[test]
fn rows_apart_are_those_of_the_record_and_have_what_stands_beside_the_array() {
    let mut transform = transform();
    let batch = |second: &str| {
        let events = format!(r#"{{"event":"login"}},{{"event":"{second}"}},{{"event":"login"}}"#);
        STANDARD.encode(format!(r#"{{"app_id":"shop","colour":"red","batch":[{events}]}}"#))
    };
    let together = transform.record(batch("login"), ARRIVAL, 6_000_000).expect("one partition");
    let rows = transform.rows().to_owned();
    let apart = transform.rows_apart(batch("login"), ARRIVAL).expect("rows");
    assert_eq!(apart.iter().flat_map(|row| row.line.clone()).collect::<Vec<_>>(), rows);
    assert!(apart.iter().all(|row| row.partition == together.partition && !row.came_back));
    let again = transform.rows_apart(STANDARD.encode(&rows), ARRIVAL).expect("rows");
    assert!(again.iter().zip(&apart).all(|(again, row)| again.line == row.line && again.came_back));

    let apart = transform.rows_apart(batch("search"), ARRIVAL).expect("rows");
    let rows: Vec<_> = apart.iter().map(|row| opened(std::str::from_utf8(&row.line).expect("UTF-8"))).collect();
    assert_eq!(rows.len(), 3);
    assert!(rows.iter().all(|row| row["app_id"] == "shop" && row["extra"]["colour"] == "red"), "{rows:?}");
    assert!(rows[0]["event_id"] != rows[1]["event_id"] && rows[0]["event_id"] != rows[2]["event_id"]);
    assert_eq!(transform.plan().prefix(&apart[1].partition), "event_type=search/date=2026-11-23/");
}
