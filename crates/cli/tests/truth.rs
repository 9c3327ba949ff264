//! `clickstream generate --truth` and the traffic beside it tell the same story, as the transform reads it.

mod support;

use clickstream::reject::Reason;
use clickstream::schema::Plan;
use clickstream::transform::Transform;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Output, Stdio};
use support::{Folder, clickstream, run};

/// A line of a table, by column.
type Line = BTreeMap<String, String>;

/// Traffic and truth.
struct Made {
    traffic: Vec<u8>,
    folder: Folder,
}

fn generate(args: &str, folder: &Path) -> Output {
    let args = args.split_whitespace();
    clickstream().arg("generate").args(args).arg("--truth").arg(folder).output().expect("the tool runs")
}

impl Made {
    fn by(args: &str) -> Self {
        let folder = Folder::new("truth");
        let output = generate(&format!("{args} --arrivals"), folder.path());
        assert!(output.status.success() && output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
        Self { traffic: output.stdout, folder }
    }

    /// Arrival (milliseconds since 1970) and data in base64 of every record.
    fn records(&self) -> Vec<(i64, String)> {
        let lines = self.traffic.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        let record = |line| {
            let line: Value = serde_json::from_slice(line).expect("JSON");
            let arrival = line["approximateArrivalTimestamp"].as_i64().expect("milliseconds");
            (arrival, line["data"].as_str().expect("base64").to_owned())
        };
        lines.map(record).collect()
    }

    /// A table. No cell of ours has a line break, and those with commas are not asked for.
    fn table(&self, name: &str) -> Vec<Line> {
        let text = std::fs::read_to_string(self.folder.path().join(name).with_extension("csv")).expect("a table");
        let mut lines = text.lines();
        let header: Vec<&str> = lines.next().expect("a header").split(',').collect();
        let line = |line: &str| header.iter().zip(line.split(',')).map(|(k, v)| ((*k).into(), v.into())).collect();
        lines.map(line).collect()
    }
}

fn plan() -> Plan {
    Plan::embedded().unwrap_or_else(|problems| panic!("{problems}"))
}

/// A week, and a bit more than the late window.
const NINE_DAYS: &str = "-n 12000 --seed 11 --start 2026-11-20T00:00:00Z --hours 216";

/// Plays the records, and holds every row against the truth.
fn rows_are_as_told(made: &Made) {
    let mut transform = Transform::new(plan());
    let mut told: BTreeMap<(usize, usize), Line> = BTreeMap::new();
    for row in made.table("rows") {
        let place = |name: &str| row[name].parse().expect("a number");
        told.insert((place("record"), place("position")), row);
    }
    let events: BTreeMap<String, Line> = made.table("events").into_iter().map(|e| (e["event_id"].clone(), e)).collect();
    let mut seen = BTreeSet::new();
    for (number, (arrival, data)) in (1..).zip(made.records()) {
        let expected: Vec<&Line> = told.range((number, 0)..=(number, usize::MAX)).map(|(_, row)| row).collect();
        match transform.record(&data, arrival, 6_000_000) {
            Ok(done) => {
                let rows: Vec<Value> = serde_json::Deserializer::from_slice(transform.rows())
                    .into_iter()
                    .collect::<Result<_, _>>()
                    .expect("rows are JSON");
                assert_eq!(rows.len(), expected.len(), "record {number}");
                for (row, expected) in rows.iter().zip(expected) {
                    let text = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default();
                    let event = &events[text("event_id")];
                    assert_eq!(expected["mixed"], "false", "{row}");
                    assert_eq!(text("event_id"), expected["event_id"], "{row}");
                    assert_eq!(
                        transform.plan().event_types[done.partition.event_type],
                        expected["event_type"],
                        "{row}"
                    );
                    assert_eq!(done.partition.date_text(), expected["date"], "{row}");
                    assert_eq!(text("received_at"), expected["received_at"], "{row}");
                    for column in ["event_time", "anonymous_id", "user_id", "previous_id"] {
                        assert_eq!(text(column), event[column], "{column} of {row}");
                    }
                    // The first one to come is the one that counts.
                    if seen.insert(text("event_id").to_owned()) {
                        for column in ["event_type", "date", "received_at", "mixed"] {
                            assert_eq!(event[column], expected[column], "{column} of {row}");
                        }
                    }
                }
            }
            Err(reject) if reject.reason == Reason::MixedPartitions => {
                assert!(expected.len() > 1 && expected.iter().all(|row| row["mixed"] == "true"), "record {number}");
                seen.extend(expected.iter().map(|row| row["event_id"].clone()));
            }
            // Hostile records are not in the truth.
            Err(_) => assert!(expected.is_empty(), "record {number}"),
        }
    }
    assert!(seen.iter().eq(events.keys()), "every event of the truth is in the traffic");
}

#[test]
fn every_row_is_an_event_of_the_truth_and_every_event_a_row() {
    rows_are_as_told(&Made::by(NINE_DAYS));
}

#[test]
fn without_mixed_records_every_record_is_rows() {
    let made = Made::by(&format!("{NINE_DAYS} --unmixed"));
    rows_are_as_told(&made);
    assert!(made.table("rows").iter().all(|row| row["mixed"] == "false"));
}

#[test]
fn hostile_records_are_counted_but_not_true() {
    let made = Made::by("-n 2000 --seed 5 --hostile 0.2");
    let rows = made.table("rows");
    let last: usize = rows.last().expect("rows")["record"].parse().expect("a number");
    assert_eq!(made.records().len(), 2400);
    assert!(last > 2390 && rows.iter().map(|row| &row["record"]).collect::<BTreeSet<_>>().len() == 2000);
}

#[test]
fn the_truth_is_a_function_of_the_arguments() {
    let [once, again] = [(); 2].map(|()| Made::by("-n 3000 --seed 4 --hours 200"));
    assert!(once.traffic == again.traffic && once.folder.files("") == again.folder.files(""));
    assert_eq!(once.folder.files("").len(), 10);
}

#[test]
fn the_lake_has_as_many_rows_in_each_partition_as_the_truth() {
    let made = Made::by(NINE_DAYS);
    let lake = Folder::new("lake");
    let summary = run(&made.traffic, &lake, &["--format", "json"]);
    let mut told: BTreeMap<String, u64> = BTreeMap::new();
    let mut mixed = BTreeSet::new();
    for row in made.table("rows") {
        if row["mixed"] == "true" {
            mixed.insert(row["record"].clone());
        } else {
            *told.entry(format!("events/event_type={}/date={}/", row["event_type"], row["date"])).or_default() += 1;
        }
    }
    let partitions = summary["partitions"].as_object().expect("partitions");
    let rows = partitions.iter().map(|(key, partition)| (key.clone(), partition["rows"].as_u64().expect("a number")));
    assert_eq!(rows.collect::<BTreeMap<_, _>>(), told);
    assert!(told.len() > 200 && !mixed.is_empty());
    assert_eq!(lake.errors().len(), mixed.len());
}

#[test]
fn it_is_true_only_of_records_with_their_arrivals() {
    let output = generate("-n 10", Path::new("nowhere"));
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("--arrivals"));
    assert!(!Path::new("nowhere").exists());
}

#[test]
fn the_tables_add_up() {
    let made = Made::by(NINE_DAYS);
    let (events, sessions, orders) = (made.table("events"), made.table("sessions"), made.table("orders"));
    let (persons, items, revenue) = (made.table("persons"), made.table("order_items"), made.table("revenue"));
    let sum = |lines: &[Line], column: &str| {
        lines.iter().map(|line| line[column].parse::<usize>().expect("a number")).sum::<usize>()
    };
    // Amounts have four places, the last two of them zero: cents.
    let cents = |lines: &[Line], column: &str| {
        lines.iter().map(|line| line[column].replace('.', "").parse::<i64>().expect("an amount") / 100).sum::<i64>()
    };
    let in_sessions = events.iter().filter(|event| !event["session_key"].is_empty()).count();
    assert_eq!(sum(&sessions, "events"), in_sessions);
    assert_eq!(sum(&persons, "sessions"), sessions.len());
    let human = |event: &&Line| event["is_robot"] == "false" && event["identity_method"] != "none";
    assert_eq!(sum(&persons, "events"), events.iter().filter(human).count());
    assert_eq!(sum(&orders, "items"), items.len());
    assert_eq!(sum(&persons, "orders"), orders.iter().filter(|order| order["status"] != "cancelled").count());
    assert_eq!(sum(&revenue, "orders"), sum(&persons, "orders"));
    assert_eq!(cents(&revenue, "gross"), cents(&orders, "total"));
    assert_eq!(cents(&revenue, "returned"), cents(&orders, "returned"));
    assert_eq!(cents(&revenue, "net"), cents(&revenue, "gross") - cents(&revenue, "returned"));
    let (customers, attribution, funnel) =
        (made.table("customer_revenue"), made.table("attribution"), made.table("funnel"));
    assert_eq!(sum(&customers, "orders"), sum(&revenue, "orders"));
    assert_eq!(cents(&customers, "net"), cents(&revenue, "net"));
    assert_eq!(attribution.len(), 2 * sum(&revenue, "orders"));
    // What was cancelled has no net left, and no part in it.
    assert_eq!(cents(&attribution, "net"), 2 * cents(&revenue, "net"));
    assert_eq!(sum(&funnel, "sessions"), sessions.len());
    let steps = ["viewed_item", "added_to_cart", "started_checkout", "purchased"].map(|step| sum(&funnel, step));
    assert!(steps.is_sorted_by(|a, b| a > b) && steps[3] > 0, "{steps:?}");
    let purchases = events.iter().filter(|event| event["event_type"] == "purchase").count();
    assert!(orders.len() <= purchases && orders.len() * 10 > purchases * 9, "{} of {purchases}", orders.len());
}

#[test]
fn of_traffic_that_nobody_read_to_its_end_there_is_no_truth() {
    let folder = Folder::new("untold");
    let mut command = clickstream();
    command.args(["generate", "-n", "20000", "--arrivals", "--truth"]).arg(folder.path());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the tool runs");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert!(String::from_utf8_lossy(&output.stderr).contains("the reader left early"), "{output:?}");
    assert!(!output.status.success() && folder.files("").is_empty());
}
