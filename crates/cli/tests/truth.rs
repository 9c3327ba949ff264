//! `clickstream generate --truth` and the traffic beside it tell the same story, as the transform reads it.

use clickstream::reject::Reason;
use clickstream::schema::Plan;
use clickstream::transform::Transform;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A line of a table, by column.
type Line = BTreeMap<String, String>;

/// Traffic and truth.
struct Made {
    /// Arrival (milliseconds since 1970) and data in base64.
    records: Vec<(i64, String)>,
    folder: PathBuf,
}

fn generate(args: &str, folder: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_clickstream"));
    command.arg("generate").args(args.split_whitespace()).arg("--truth").arg(folder);
    command.output().expect("the tool runs")
}

impl Made {
    fn by(name: &str, args: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let output = generate(&format!("{args} --arrivals"), &folder);
        assert!(output.status.success() && output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
        let records = output.stdout.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).map(|line| {
            let line: Value = serde_json::from_slice(line).expect("JSON");
            let arrival = line["approximateArrivalTimestamp"].as_i64().expect("milliseconds");
            (arrival, line["data"].as_str().expect("base64").to_owned())
        });
        Self { records: records.collect(), folder }
    }

    /// A table. No cell of ours has a line break, and those with commas are not asked for.
    fn table(&self, name: &str) -> Vec<Line> {
        let text = std::fs::read_to_string(self.folder.join(name).with_extension("csv")).expect("a table");
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
    for (number, (arrival, data)) in (1..).zip(&made.records) {
        let expected: Vec<&Line> = told.range((number, 0)..=(number, usize::MAX)).map(|(_, row)| row).collect();
        match transform.record(data, *arrival, 6_000_000) {
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
    rows_are_as_told(&Made::by("rows", NINE_DAYS));
}
