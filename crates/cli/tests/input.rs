//! Records are read as they stand, in whatever shape, without being told which.

mod support;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::Write;
use std::process::{Output, Stdio};
use support::{Folder, clickstream, run};

const ARRIVAL: &str = "2026-11-23T10:15:30Z";

/// The tool with `arguments` and `input`.
fn fed(arguments: &[&str], input: &[u8]) -> Output {
    let mut command = clickstream();
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the tool runs");
    // Whoever fails early does not read all of it.
    let _ = child.stdin.take().expect("standard input").write_all(input);
    child.wait_with_output().expect("the tool ends")
}

#[test]
fn every_shape_of_input_gives_the_same_lake() {
    let events = [r#"{"event":"search","q":"a\"]}"}"#, r#"{"event":"login","n":[1,{"a":2}]}"#];
    let firehose =
        |event: &&str| json!({ "recordId": "1", "approximateArrivalTimestamp": 7, "data": STANDARD.encode(event) });
    let lines = format!("{}\n{}\n", events[0], events[1]);
    let pretty = events.map(|event| format!("{:#}", serde_json::from_str::<Value>(event).expect("JSON")));
    let invocation = json!({ "records": events.iter().map(firehose).collect::<Vec<_>>() });
    let shapes = [
        lines.clone().into_bytes(),
        format!("[{}]", events.join(",\n ")).into_bytes(),
        invocation.to_string().into_bytes(),
        format!("{invocation:#}").into_bytes(),
        events.map(|event| firehose(&event).to_string() + "\n").concat().into_bytes(),
        support::packed(lines.as_bytes()),
    ];
    let trees = shapes.map(|input| {
        let lake = Folder::new("shape");
        run(input, &lake, &["--arrival", ARRIVAL]);
        lake.files("")
    });
    assert!(trees.iter().all(|tree| *tree == trees[0]));
    let lake = Folder::new("values");
    assert_eq!(run(pretty.join("\n"), &lake, &["--arrival", ARRIVAL])["rows"], 2);
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_first_record() {
    for text in
        ["{\"event\":\"login\"}\n{\"event\":\"login\"}\n", "[\n{\"event\":\"login\"},\n{\"event\":\"login\"}\n]\n"]
    {
        let trees = ["", "\u{feff}"].map(|mark| {
            let lake = Folder::new("mark");
            assert_eq!(run(format!("{mark}{text}"), &lake, &["--arrival", ARRIVAL])["rows"], 2);
            lake.files("")
        });
        assert!(trees[0] == trees[1], "{text}");
    }
}

#[test]
fn an_array_that_is_cut_off_is_an_error_and_makes_no_lake() {
    let lake = Folder::new("cut");
    let output = support::command("[\n  {\"event\":\"login\"},\n  {\"eve", &lake, &["--arrival", ARRIVAL]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("cannot read -: the array is not closed"), "{output:?}");
    assert!(!lake.path().exists());
}

/// All rows, by partition, in an order of their own.
fn rows(lake: &Folder) -> BTreeMap<String, Vec<String>> {
    let mut rows: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (key, object) in lake.files("events") {
        let text = String::from_utf8(support::unpacked(&object)).expect("text");
        let partition = key.rsplit_once('/').expect("a folder").0.to_owned();
        rows.entry(partition).or_default().extend(text.lines().map(str::to_owned));
    }
    for rows in rows.values_mut() {
        rows.sort();
    }
    rows
}

/// Plays `hostile` traffic, and the backup that this leaves; gives both lakes and both summaries.
fn played_twice(hostile: &str) -> [(Folder, Value); 2] {
    let generate = ["generate", "-n", "3000", "--hours", "1", "--start", "2026-11-23T10:00:00Z", "--unmixed"];
    let traffic = clickstream().args(generate).args(["--hostile", hostile]).output().expect("the tool runs").stdout;
    let first = Folder::new("first");
    let before = run(&traffic, &first, &["--format", "json", "--arrival", "2026-11-23T11:00:00Z"]);
    let second = Folder::new("second");
    let mut again = clickstream();
    again.args(["run", "--format", "json", "--json", "--out"]).arg(second.path());
    again.args(first.files("raw").iter().map(|(key, _)| first.path().join(key)));
    let after = again.output().expect("the tool runs").stdout;
    [(first, before), (second, serde_json::from_slice(&after).expect("a summary"))]
}

#[test]
fn firehoses_own_backup_is_played_again_at_the_time_of_its_name() {
    let [(first, before), (second, after)] = played_twice("0");
    // Of objects back to back nobody can tell which were one record: there are more records, and the same rows.
    assert!(rows(&first) == rows(&second) && after["records"].as_u64() >= before["records"].as_u64());
    // A record that is no JSON still costs itself alone.
    let [(_, before), (_, after)] = played_twice("0.02");
    assert!(before["failed"]["Lambda.ProcessingFailedStatus"].as_u64() > Some(10), "{before}");
    assert_eq!([&before["failed"], &before["events"]], [&after["failed"], &after["events"]]);
}

#[test]
fn a_record_that_firehose_refuses_is_said_to_be_refused() {
    let large = |bytes: usize| format!("{{\"a\":\"{}\"}}\n", "x".repeat(bytes - 8));
    let records = large(1_024_000) + &large(1_024_001) + "no JSON\n";
    let explain = ["explain", "-", "--arrival", ARRIVAL];
    let output = fed(&[&explain[..], &["--only", "rejected"]].concat(), records.as_bytes());
    let told: Vec<Value> =
        serde_json::Deserializer::from_slice(&output.stdout).into_iter().collect::<Result<_, _>>().expect("JSON");
    let results: Vec<_> = told[..2].iter().map(|one| [&one["record"], &one["result"], &one["reason"]]).collect();
    assert_eq!(
        results,
        [
            [&json!(2), &json!("Refused"), &json!("too_large")],
            [&json!(3), &json!("ProcessingFailed"), &json!("not_json")]
        ]
    );
    let coverage = &told[2]["coverage"];
    assert_eq!([&coverage["records"], &coverage["ok"], &coverage["refused"], &coverage["rejected"]], [3, 1, 1, 1]);
    let text = String::from_utf8(fed(&[&explain[..], &["--text"]].concat(), records.as_bytes()).stdout).expect("text");
    for line in [
        "record 2: Refused\n  too_large: larger than 1,000 KiB: Firehose does not take it\n",
        "= 1 ok + 0 dropped + 1 failed + 1 refused   (adds up)",
    ] {
        assert!(text.contains(line), "`{line}` is not in\n{}", &text[text.len() - 2000..]);
    }
}

#[test]
fn what_lambda_does_not_take_is_not_packed() {
    for (records, why) in [
        (format!("\"{}\"\n", "x".repeat(1_024_000)), "record 1 is larger than 1,000 KiB"),
        (format!("\"{}\"\n", "x".repeat(1_000_000)).repeat(5), "up to number 5 are more than Lambda takes"),
        ("\n".repeat(60_000), "60000 records make"),
    ] {
        let output = fed(&["pack", "-"], records.as_bytes());
        assert!(output.status.code() == Some(1) && output.stdout.is_empty());
        assert!(String::from_utf8_lossy(&output.stderr).contains(why), "{}", String::from_utf8_lossy(&output.stderr));
    }
}
