//! Traffic is made again, byte for byte; it is what the transform is for; and a reader may leave early.

mod support;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clickstream::reject::Reason;
use clickstream::schema::Plan;
use clickstream::transform::Transform;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};

/// What `samples/shop-day.ndjson` was made with. To make it again, from the project's root:
///
/// ```sh
/// cargo run -p clickstream-cli -- generate -n 4000 --seed 7 --start 2026-11-23T00:00:00Z --hours 24 --hostile 0.01 \
///     > samples/shop-day.ndjson
/// ```
const SAMPLE: &str = "-n 4000 --seed 7 --start 2026-11-23T00:00:00Z --hours 24 --hostile 0.01";

/// Noon of the sample's day.
const NOON: i64 = 1_795_435_200_000;

fn command(args: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_clickstream"));
    command.arg("generate").args(args.split_whitespace());
    command
}

fn generate(args: &str) -> Vec<u8> {
    let output = command(args).output().expect("the tool runs");
    assert!(output.status.success() && output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn lines(traffic: &[u8]) -> impl Iterator<Item = &[u8]> {
    traffic.split_inclusive(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\n").expect("a whole line"))
}

#[test]
fn the_committed_sample_is_what_the_tool_writes() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples/shop-day.ndjson");
    let sample = std::fs::read(path).expect("the sample is there");
    // Not assert_eq: two megabytes are no message.
    assert!(sample == generate(SAMPLE), "samples/shop-day.ndjson is stale; see the command above");
}

#[test]
fn traffic_is_a_function_of_the_arguments() {
    let once = generate("-n 500 --seed 3 --hostile 0.1");
    assert!(once == generate("--hostile 0.1 --seed 3 -n 500"));
    assert!(once != generate("-n 500 --seed 4 --hostile 0.1"));
}

/// A line of `--arrivals`: when the record arrived, and the record.
fn arrival(line: &[u8]) -> (i64, Vec<u8>) {
    #[derive(serde::Deserialize)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    struct Arrival {
        approximate_arrival_timestamp: i64,
        data: String,
    }
    let Arrival { approximate_arrival_timestamp, data } = serde_json::from_slice(line).expect("JSON");
    (approximate_arrival_timestamp, STANDARD.decode(data).expect("base64"))
}

#[test]
fn with_arrivals_the_same_records_say_when_they_arrived() {
    let args = "-n 500 --seed 3 --hostile 0.1 --start 2026-11-23T12:00:00Z --hours 6";
    let bare = generate(args);
    let told = generate(&format!("{args} --arrivals"));
    let (times, records): (Vec<i64>, Vec<Vec<u8>>) = lines(&told).map(arrival).unzip();
    assert!(records.iter().eq(lines(&bare)));
    assert!(times.is_sorted() && times.iter().all(|time| (NOON..NOON + 6 * 3_600_000).contains(time)));
    assert!(times.iter().collect::<std::collections::BTreeSet<_>>().len() > 400, "arrivals differ");
}

#[test]
fn every_time_span_has_as_many_records_as_were_asked_for() {
    for (args, count) in [
        ("-n 0 --hostile 1", 0),
        ("-n 1", 1),
        ("-n 700 --hours 1", 700),
        ("-n 20 --hours 5000", 20),
        ("-n 300 --start 0001-01-01 --hostile 0.1", 330),
    ] {
        assert_eq!(lines(&generate(args)).count(), count, "{args}");
    }
}

#[test]
fn the_examples_of_the_help_run() {
    let help = command("--help").output().expect("the tool runs").stdout;
    let help = String::from_utf8(help).expect("text");
    let examples = help.lines().filter_map(|line| line.trim().strip_prefix("clickstream generate"));
    // As they stand, without what comes after; a million records are for another time.
    let arguments = examples.map(|line| line.split(['|', '>']).next().expect("arguments").replace("000", ""));
    let folder = support::Folder::new("examples");
    std::fs::create_dir(folder.path()).expect("a folder");
    let mut run = 0;
    for arguments in arguments {
        let output = command(&arguments).current_dir(folder.path()).output().expect("the tool runs");
        assert!(output.status.success() && !output.stdout.is_empty(), "{arguments}");
        run += 1;
    }
    assert_eq!(run, 5);
    assert!(folder.path().join("truth/events.csv").exists());
}

#[test]
fn a_reader_that_leaves_early_is_no_error() {
    let mut child = command("-n 100000").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the tool runs");
    let mut start = [0; 100];
    child.stdout.take().expect("a pipe").read_exact(&mut start).expect("traffic");
    let output = child.wait_with_output().expect("the tool ends");
    assert!(output.status.success(), "{}", output.status);
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

/// Without hostile records, the only ones that the transform refuses are those that put events of several partitions
/// together.
#[test]
fn traffic_is_of_every_event_type_and_fills_every_column() {
    let plan = || Plan::embedded().unwrap_or_else(|problems| panic!("{problems}"));
    let (plan, mut transform) = (plan(), Transform::new(plan()));
    let mut empty: Vec<&str> = plan.columns.iter().map(|column| column.name.as_ref()).collect();
    let mut rows_of = vec![0; plan.event_types.len()];
    let (mut records, mut mixed) = (0, 0);
    for line in lines(&generate("-n 10000 --seed 7")) {
        records += 1;
        match transform.record(STANDARD.encode(line), NOON, 6_000_000) {
            Ok(done) => rows_of[done.partition.event_type] += done.rows,
            Err(reject) if reject.reason == Reason::MixedPartitions => mixed += 1,
            Err(reject) => panic!("{reject}: {}", String::from_utf8_lossy(line)),
        }
        for row in lines(transform.rows()) {
            let row: serde_json::Value = serde_json::from_slice(row).expect("rows are JSON");
            empty.retain(|column| row.get(column).is_none());
        }
    }
    assert!(empty.is_empty(), "columns that nothing fills: {empty:?}");
    let unseen: Vec<_> = plan.event_types.iter().zip(&rows_of).filter(|(_, rows)| **rows == 0).collect();
    assert!(unseen.is_empty(), "event types that nothing has: {unseen:?}");
    assert!((1..records / 50).contains(&mixed), "{mixed} of {records} records mix partitions");
}
