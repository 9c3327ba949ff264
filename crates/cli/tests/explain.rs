//! What `clickstream explain` says is what the transform does; and the lines that it suggests for schema.toml work.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clickstream::reject::Reason;
use clickstream::schema::{EMBEDDED, Plan};
use clickstream::transform::Transform;
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};

const ARRIVAL: &str = "2026-11-23T10:15:30.123Z";
const ARRIVAL_MS: i64 = 1_795_428_930_123;

fn explain(args: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_clickstream"));
    command.args(["explain", "-", "--arrival", ARRIVAL]).args(args.split_whitespace());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// What is printed for some records, one a line.
fn printed(args: &str, records: &[u8]) -> String {
    let mut tool = explain(args).spawn().expect("the tool runs");
    let mut stdin = tool.stdin.take().expect("standard input");
    let records = records.to_owned();
    let writer = std::thread::spawn(move || stdin.write_all(&records));
    let output = tool.wait_with_output().expect("the tool ends");
    writer.join().expect("written").expect("read to the end");
    assert!(output.status.success() && output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

/// The objects that are printed; the last one is the coverage.
fn objects(args: &str, records: &[u8]) -> (Vec<Value>, Value) {
    let lines = printed(args, records);
    let mut objects: Vec<Value> =
        lines.lines().map(|line| serde_json::from_str(line).expect("a JSON object")).collect();
    let coverage = objects.pop().expect("the coverage")["coverage"].take();
    assert!(coverage.is_object());
    (objects, coverage)
}

fn lines(records: &[Value]) -> Vec<u8> {
    records.iter().flat_map(|record| format!("{record}\n").into_bytes()).collect()
}

fn column<'a>(event: &'a Value, name: &str) -> &'a Value {
    let columns = event["columns"].as_array().expect("columns");
    columns.iter().find(|column| column["column"] == name).unwrap_or(&Value::Null)
}

#[test]
fn an_event_is_explained_with_its_row_and_the_source_of_every_column() {
    let event = json!({ "event": "order_placed", "ts": "2026-11-23T10:15:00Z", "value": 12.5, "User_ID": "guest",
        "uid": "U-1", "price": "12,50 EUR", "gift": { "note": "hi" }, "items": [{ "id": "A", "color": "red" }],
        "ip": "203.0.113.7" });
    let (events, _) = objects("", &lines(&[event]));
    let [event] = &events[..] else { panic!("{events:?}") };
    assert_eq!((&event["record"], &event["event"], &event["result"]), (&json!(1), &json!(1), &json!("Ok")));
    assert_eq!(event["partition"], "event_type=purchase/date=2026-11-23/");
    assert_eq!((&event["event_type"], &event["date"]), (&json!("alias"), &json!("event_time")));
    assert_eq!(
        (&event["extra"], &event["items_extra"]),
        (&json!(["User_ID", "gift.note", "price"]), &json!(["color"]))
    );
    for (name, from, flags, left_over) in [
        ("event_name", json!("event"), json!([]), json!([])),
        ("order_total", json!("on(event_value, purchase)"), json!([]), json!([])),
        ("item_id", json!("first(items, item_id)"), json!([]), json!([])),
        ("user_id", json!("uid"), json!(["id_blocked"]), json!(["user_id"])),
        ("item_price", json!(null), json!(["bad_type"]), json!(["price"])),
        ("ip_address", json!("ip"), json!(["ip_shortened"]), json!([])),
    ] {
        assert_eq!(
            *column(event, name),
            json!({ "column": name, "from": from, "flags": flags, "left_over": left_over })
        );
    }
    assert_eq!(column(event, "cart_id"), &Value::Null);
    // The row is the transform's own.
    let filled = event["columns"].as_array().expect("columns").iter().filter(|column| !column["from"].is_null());
    assert_eq!(filled.count(), event["row"].as_object().expect("a row").len());
    assert_eq!((&event["row"]["user_id"], &event["row"]["order_total"]), (&json!("U-1"), &json!(12.5)));
}

#[test]
fn the_partition_is_explained() {
    let cases = [
        (
            json!({ "event": "Page_View", "ts": "2026-11-23T10:00:00Z" }),
            "page_view",
            "2026-11-23",
            "name",
            "event_time",
        ),
        (
            json!({ "event": "view_page", "ts": "2026-11-17T10:00:00Z" }),
            "page_view",
            "2026-11-17",
            "alias",
            "event_time",
        ),
        (json!({ "event": "poked", "ts": "2026-10-01T10:00:00Z" }), "other", "2026-11-23", "unknown", "clamped"),
        (json!({ "event": "other" }), "other", "2026-11-23", "name", "time_missing"),
        (json!({ "a": 1 }), "other", "2026-11-23", "nameless", "time_missing"),
    ];
    let (events, coverage) = objects("", &lines(&cases.each_ref().map(|case| case.0.clone())));
    for (event, (_, event_type, date, type_why, date_why)) in events.iter().zip(&cases) {
        assert_eq!(event["partition"], format!("event_type={event_type}/date={date}/"));
        assert_eq!((&event["event_type"], &event["date"]), (&json!(type_why), &json!(date_why)), "{event}");
    }
    assert_eq!((&coverage["other"], &coverage["nameless"]), (&json!(3), &json!(1)));
}

#[test]
fn a_record_without_rows_is_explained_and_each_event_of_one_with_several() {
    let records = b"{\"events\":[{\"event\":\"login\"},{\"event\":\"login\",\"a\":1}],\"uid\":\"U\"}\n\
        [{\"event\":\"login\"},{\"event\":\"logout\"}]\n\n\xff\n{\"event\":\n";
    let (events, coverage) = objects("", records);
    let places: Vec<_> = events.iter().map(|event| (event["record"].as_u64(), event["event"].as_u64())).collect();
    assert_eq!(places[..3], [(Some(1), Some(1)), (Some(1), Some(2)), (Some(2), None)]);
    assert_eq!((&events[0]["row"]["user_id"], &events[1]["extra"]), (&json!("U"), &json!(["a"])));
    let told: Vec<_> = events[2..].iter().map(|event| (&event["result"], &event["reason"])).collect();
    let [failed, dropped] = [json!("ProcessingFailed"), json!("Dropped")];
    let [mixed, blank, utf8, json] = ["mixed_partitions", "blank", "not_utf8", "not_json"].map(|reason| json!(reason));
    assert_eq!(told, [(&failed, &mixed), (&dropped, &blank), (&failed, &utf8), (&failed, &json)]);
    assert!(events[2]["detail"].as_str().is_some_and(|detail| detail.contains("event_type=logout")), "{}", events[2]);
    assert_eq!(
        [&coverage["records"], &coverage["ok"], &coverage["dropped"], &coverage["rows"], &coverage["rejected"]],
        [&json!(5), &json!(1), &json!(1), &json!(2), &json!(4)]
    );
    // As text, too.
    let text = printed("--text", records);
    assert!(text.contains("record 2: ProcessingFailed\n  mixed_partitions: event 1 belongs to "), "{text}");
    assert!(text.contains("5 = 1 ok + 1 dropped + 3 failed   (adds up)"), "{text}");
}

#[test]
fn the_coverage_counts_what_the_transform_makes() {
    let sample =
        std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples/shop-day.ndjson")).expect("it");
    let (events, coverage) = objects("", &sample);
    let mut transform = Transform::new(Plan::embedded().expect("the schema compiles"));
    let (mut rows, mut failed, mut other) = (0, std::collections::BTreeMap::<&str, u64>::new(), 0);
    let sample = sample.strip_suffix(b"\n").expect("whole lines");
    for line in sample.split(|byte| *byte == b'\n') {
        match transform.record(STANDARD.encode(line), ARRIVAL_MS, 4_500_000) {
            Ok(done) => {
                rows += done.rows;
                other += if transform.plan().event_types[done.partition.event_type] == "other" { done.rows } else { 0 };
            }
            Err(reject) if reject.reason == Reason::Blank => {}
            Err(reject) => *failed.entry(reject.reason.code()).or_default() += 1,
        }
    }
    assert_eq!((&coverage["rows"], &coverage["other"]), (&json!(rows), &json!(other)));
    assert_eq!(coverage["failed"], json!(failed));
    let number = |name: &str| coverage[name].as_u64().expect("a number");
    let in_all: u64 = coverage["failed"].as_object().expect("reasons").values().filter_map(Value::as_u64).sum();
    assert_eq!(number("records"), number("ok") + number("dropped") + in_all);
    assert_eq!(number("events"), number("rows") + number("rejected"));
    assert_eq!(events.iter().filter(|event| event["result"] == "Ok").count(), rows);
}

#[test]
fn only_what_was_asked_for_is_explained_and_the_summary_is_of_all() {
    let records =
        b"{\"event\":\"login\",\"ts\":1795428930}\n{\"event\":\"poked\",\"ts\":1795428930}\n{\"event\":\"login\"}\nx\n";
    for (args, explained) in [
        ("", 4),
        ("--only rejected", 1),
        ("--only other", 1),
        ("--only flagged", 1),
        ("--only rejected,other", 2),
        ("--only rejected --only flagged", 2),
        ("--summary-only", 0),
    ] {
        let (events, coverage) = objects(args, records);
        assert_eq!((events.len(), &coverage["records"]), (explained, &json!(4)), "{args}");
    }
}

#[test]
fn text_that_is_no_terminal_has_no_colours_and_obeys_nobody() {
    let text = printed("--text", &lines(&[json!({ "event": "a\u{1b}[2Jb", "title": "x\u{9b}31m" })]));
    assert!(!text.contains(['\u{1b}', '\u{9b}']), "{text}");
    assert!(text.contains("a\u{fffd}[2Jb"));
}

/// Attributes of a shop that the schema does not know, and the column that each should get.
const UNKNOWN: [(&str, &str, &str); 12] = [
    (r#"{"event":"login","loadMs":312}"#, "load_ms", "integer"),
    (r#"{"event":"login","gift":{"note":"Happy birthday"}}"#, "gift_note", "varchar(32)"),
    (r#"{"event":"login","properties":{"color":"red"}}"#, "color", "varchar(32)"),
    (r#"{"event":"login","params":{"Color":"blue"}}"#, "color", "varchar(32)"),
    (r#"{"event":"login","date":"2026-11-23"}"#, "event_date", "timestamp"),
    (r#"{"event":"login","event_params":[{"key":"card","value":{"string_value":"yes"}}]}"#, "card", "varchar(32)"),
    (r#"{"event":"login","attrs":[{"name":"size","value":7.5},{"name":"fit","value":true}]}"#, "size", "decimal(18,4)"),
    (r#"{"event":"login","attrs":[{"name":"size","value":7},{"name":"fit","value":false}]}"#, "fit", "boolean"),
    (r#"{"event":"login","tags":["a","b"]}"#, "tags", "json"),
    (r#"{"event":"login","größe":"M"}"#, "gr_e", "varchar(32)"),
    (r#"{"event":"login","ref\"erral":9000000000}"#, "ref_erral", "bigint"),
    (r#"{"event":"login","user_notes":{"user":{"x":"1"}}}"#, "user_notes_user_x", "varchar(32)"),
];

#[test]
fn suggested_columns_item_fields_and_event_types_work() {
    let mut records: Vec<Value> =
        UNKNOWN.iter().map(|(event, ..)| serde_json::from_str(event).expect("an event")).collect();
    records.push(json!({ "event": "login", "items": [{ "id": "A", "engraving": "A & B" }] }));
    records.push(json!({ "event": "PDP Clicks!" }));
    records.push(json!({ "event": "store_finder" }));
    let (_, before) = objects("--summary-only", &lines(&records));
    let sections = before["sections"].as_array().expect("sections");
    let schema =
        sections.iter().fold(EMBEDDED.to_owned(), |schema, section| schema + "\n" + section.as_str().expect("text"));
    let plan = Plan::parse("schema.toml", &schema).unwrap_or_else(|problems| panic!("{problems}"));
    let mut transform = Transform::new(plan);
    let mut row = |record: &Value| {
        transform.record(STANDARD.encode(record.to_string()), ARRIVAL_MS, 1 << 20).expect("a row");
        serde_json::from_slice::<Value>(transform.rows()).expect("a row")
    };
    for ((event, column, kind), record) in UNKNOWN.iter().zip(&records) {
        let row = row(record);
        assert!(row.get(*column).is_some(), "{event} does not fill {column}: {row}");
        let left = row["extra"].as_str().unwrap_or("{}");
        assert!(!left.contains(*column), "{left}");
        let unmapped = before["unmapped"].as_array().expect("attributes");
        let told =
            unmapped.iter().find(|attribute| attribute["column"] == *column).unwrap_or_else(|| panic!("{column}"));
        assert_eq!(told["type"], *kind, "{told}");
    }
    let items = row(&records[UNKNOWN.len()])["items"].to_string();
    assert!(items.contains(r#"\"engraving\":\"A & B\""#), "{items}");
    for (record, name) in [(UNKNOWN.len() + 1, "pdp_clicks"), (UNKNOWN.len() + 2, "store_finder")] {
        let plan = Plan::parse("schema.toml", &schema).expect("it compiles");
        let event = records[record]["event"].as_str().expect("a name");
        assert_eq!(plan.event_types[plan.event_type(event)], name);
    }
}

#[test]
fn what_no_line_of_the_schema_can_read_is_listed_without_one() {
    let records = lines(&[
        json!({ "event": "login", "gtm.uniqueEventId": 7, "empty": null, "a": { "b.c": 1 } }),
        // Known to the schema, though it stays in extra.
        json!({ "event": "login", "price": "dear", "order": { "tax": "none" } }),
    ]);
    let (_, coverage) = objects("--summary-only", &records);
    let unmapped = coverage["unmapped"].as_array().expect("attributes");
    let told: Vec<_> =
        unmapped.iter().map(|attribute| (attribute["path"].as_str(), attribute["column"].as_str())).collect();
    assert_eq!(told, [(Some(r#""gtm.uniqueEventId""#), None), (Some(r#"a."b.c""#), None), (Some("empty"), None)]);
    assert_eq!(coverage["sections"], json!([]));
    assert_eq!(coverage["passed_over"], json!([{ "path": "order.tax", "count": 1 }, { "path": "price", "count": 1 }]));
}

#[test]
fn an_event_of_a_known_name_in_another_form_is_an_alias() {
    let (_, coverage) = objects("--summary-only", &lines(&[json!({ "event": "Viewed Product" })]));
    let [other] = &coverage["other_names"].as_array().expect("names")[..] else { panic!("{coverage}") };
    assert_eq!((&other["alias_of"], &coverage["sections"]), (&json!("item_view"), &json!([])));
    let aliases: Vec<String> = serde_json::from_value(other["aliases"].clone()).expect("names");
    let known = ["Product Viewed", "view_item", "product_view", "view_product", "Item Viewed"];
    let schema = EMBEDDED.replacen(&format!("{known:?}"), &format!("{aliases:?}"), 1);
    let plan = Plan::parse("schema.toml", &schema).expect("it compiles");
    assert_eq!(plan.event_types[plan.event_type("Viewed Product")], "item_view");
}

#[test]
fn an_event_type_that_the_quota_has_no_room_for_is_not_suggested() {
    let schema = std::env::temp_dir().join(format!("clickstream-quota-{}.toml", std::process::id()));
    std::fs::write(&schema, EMBEDDED.replace("active_quota = 500", "active_quota = 279")).expect("a file");
    let args = format!("--summary-only --schema {}", schema.display());
    let (_, coverage) = objects(&args, &lines(&[json!({ "event": "store_finder" })]));
    std::fs::remove_file(&schema).expect("the file");
    assert_eq!(coverage["other_names"], json!([{ "name": "store_finder", "rows": 1 }]));
    assert_eq!(coverage["sections"], json!([]));
}

#[test]
fn any_number_of_names_is_counted_in_bounded_memory_and_the_frequent_ones_survive() {
    let record = |n: u32| {
        let usual = if n.is_multiple_of(3) { r#","loadMs":1"# } else { "" };
        format!("{{\"event\":\"name {n}\",\"attribute {n}\":1{usual}}}\n")
    };
    let records: String = (0..9_000).map(record).collect();
    let (_, coverage) = objects("--summary-only", records.as_bytes());
    assert_eq!(coverage["at_least"], true);
    assert_eq!(coverage["unmapped"][0]["column"], "load_ms");
    assert_eq!(coverage["unmapped"][0]["count"], 3_000);
    assert!(coverage["other_names"].as_array().is_some_and(|names| names.len() <= 12));
    // Rare names are noise: no lines for them.
    assert_eq!(coverage["sections"].as_array().map(Vec::len), Some(1));
    assert!(printed("--summary-only --text", records.as_bytes()).contains("too many different names"));
}

#[test]
fn a_reader_may_leave_early() {
    let mut tool = explain("--json").spawn().expect("the tool runs");
    let mut stdin = tool.stdin.take().expect("standard input");
    let writer = std::thread::spawn(move || (0..50_000).try_for_each(|_| stdin.write_all(b"{\"event\":\"login\"}\n")));
    let mut some = [0; 10];
    tool.stdout.take().expect("standard output").read_exact(&mut some).expect("the beginning");
    let output = tool.wait_with_output().expect("the tool ends");
    let _ = writer.join();
    assert!(output.status.success() && output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}
