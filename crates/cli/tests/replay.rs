//! `clickstream replay`: what could not be delivered, explained, and put back.

mod support;
#[path = "support/replay.rs"]
mod undelivered;

use serde_json::{Value, json};
use std::collections::BTreeSet;
use support::{Folder, Function, clickstream, packed};
use undelivered::{ARRIVAL, failed, told, unconverted};

const LOGIN: &str = r#"{"event":"login","user_id":"u-1"}"#;
const VIEW: &str = r#"{"event":"item_view","item_id":"CUP-02","ts":1795428929000}"#;

#[test]
fn every_folder_and_shape_is_read_and_explained() {
    let folder = Folder::new("shapes");
    let docs = json!({ "attemptsMade": "4", "arrivalTimestamp": ARRIVAL.to_string(), "errorCode": "Lambda.FunctionError",
        "errorMessage": "m", "attemptEndingTimestamp": ARRIVAL.to_string(), "rawData": "e30=", "lambdaArn": "" });
    folder
        .write("errors/processing-failed/date=2026-11-23/a", failed(LOGIN, "Lambda.FunctionError") + &docs.to_string());
    let object = failed(VIEW, "DynamicPartitioning.MetadataExtractionFailed");
    folder.write("errors/metadata-extraction-failed/b.gz", packed(object.as_bytes()));
    let object = failed(VIEW, "DynamicPartitioning.ActivePartitionsLimitExceeded");
    folder.write("errors/activePartitionExceeded/c", object.trim_end().repeat(3));
    folder.write("errors/format-conversion-failed/d", unconverted(LOGIN));
    folder.write("errors/decompression-failed/e", failed(b"\x1f\x8b\x08broken", ""));
    folder.write("errors/.part/hidden", failed(LOGIN, ""));

    let output = folder.replay("errors --json");
    assert_eq!(output.status.code(), Some(3), "one record stays");
    let (records, summary) = told(&output);
    let found: Vec<_> = records.iter().map(|record| [&record["folder"], &record["code"], &record["fate"]]).collect();
    let active = ["activePartitionExceeded", "DynamicPartitioning.ActivePartitionsLimitExceeded", "replayed"];
    let expected = [
        active,
        active,
        active,
        ["decompression-failed", "", "quarantined"],
        ["format-conversion-failed", "DataFormatConversion.MalformedData", "replayed"],
        ["metadata-extraction-failed", "DynamicPartitioning.MetadataExtractionFailed", "replayed"],
        ["processing-failed", "Lambda.FunctionError", "replayed"],
        ["processing-failed", "Lambda.FunctionError", "replayed"],
    ];
    assert_eq!(found, expected, "{records:#?}");
    assert_eq!(records[3]["reason"], json!({ "code": "not_utf8", "detail": "not UTF-8 from byte 1" }));
    assert_eq!(records[5]["partitions"], json!(["event_type=item_view/date=2026-11-23/"]));
    assert_eq!(records[6]["arrival"], "2026-11-23T10:15:32.000Z");
    assert_eq!(
        [&summary["objects"], &summary["records"], &summary["replayed"], &summary["quarantined"], &summary["left"]],
        [5, 8, 7, 1, 3]
    );

    let output = folder.replay("errors");
    let text = String::from_utf8(output.stdout).expect("text");
    for line in [
        "quarantined    errors/decompression-failed/e:1    not_utf8: not UTF-8 from byte 1",
        "format-conversion-failed  DataFormatConversion.MalformedData",
        "  Data does not match the schema. For input string: \"oops\"",
        "  the row does not fit the Glue table",
        "  2 records; today: rows 2",
        "records           8 = 7 replayed + 0 split + 0 waiting + 0 blank + 0 still failing + 1 quarantined   (adds up)",
        "rows              7 = 0 put + 4 repeated + 3 left   (adds up)",
    ] {
        assert!(text.lines().any(|printed| printed == line), "`{line}` is not in\n{text}");
    }
}

#[test]
fn what_can_never_succeed_is_told_from_what_fails_today() {
    let folder = Folder::new("fates");
    let deep = format!("{}1{}", r#"{"a":"#.repeat(70), "}".repeat(70));
    let records = [
        (LOGIN, "replayed", None),
        ("[{\"event\":\"login\"},{\"event\":\"search\"}]", "split", None),
        (" \n", "blank", Some("blank")),
        (deep.as_str(), "still_failing", Some("too_deep")),
        ("no JSON", "quarantined", Some("not_json")),
        ("[1]", "quarantined", Some("not_an_object")),
    ];
    let text: String = records.iter().map(|(record, ..)| failed(record, "Lambda.FunctionError")).collect();
    folder.write("x", text + "{\"rawData\":\"?\"}\n{\"rawData\":7}\nno object\n[]");
    let (told, summary) = told(&folder.replay("x --json"));
    let fates: Vec<_> =
        told.iter().map(|record| (record["fate"].as_str(), record["reason"]["code"].as_str())).collect();
    let unreadable = [Some("bad_base64"), Some("unreadable"), Some("unreadable"), Some("unreadable")];
    let expected = records.iter().map(|(_, fate, reason)| (Some(*fate), *reason));
    let expected: Vec<_> = expected.chain(unreadable.map(|reason| (Some("quarantined"), reason))).collect();
    assert_eq!(fates, expected);
    let sums = ["replayed", "split", "waiting", "blank", "still_failing", "quarantined", "rows", "left"];
    assert_eq!(sums.map(|name| summary[name].as_u64()), [1, 1, 0, 1, 1, 6, 3, 3].map(Some));
}

#[test]
fn what_failed_a_moment_ago_waits() {
    let folder = Folder::new("age");
    folder.write("x", failed(LOGIN, "Lambda.FunctionError") + &failed("no JSON", "Lambda.FunctionError"));
    let fates = |arguments: &str| {
        let (told, summary) =
            told(&folder.command(arguments).args(["--now", "2026-11-23T10:31:32Z"]).output().expect("run"));
        (told.iter().map(|record| record["fate"].to_string()).collect::<Vec<_>>().join(" "), summary["rows"].clone())
    };
    // It was given up at 10:16:33.
    assert_eq!(fates("x --json"), ("\"waiting\" \"quarantined\"".into(), json!(0)));
    assert_eq!(fates("x --json --older-than 14m"), ("\"replayed\" \"quarantined\"".into(), json!(1)));
    assert_eq!(fates("x --json --older-than 900"), ("\"waiting\" \"quarantined\"".into(), json!(0)));
    let output = folder.replay("x --older-than soon");
    assert!(String::from_utf8_lossy(&output.stderr).contains("write an age such as 90s, 15m, 6h or 2d"));
}

#[test]
fn a_mixed_batch_is_put_back_event_by_event_with_what_stands_beside_them() {
    let folder = Folder::new("split");
    let envelope = r#"{"app_id":"shop","batch":[{"event":"login"},{"event":"search"},{"event":"login"}]}"#;
    folder.write("processing-failed/x", failed(envelope, "Lambda.ProcessingFailedStatus"));
    let (_, summary) = told(&folder.replay("processing-failed --json --to lake --format json"));
    assert_eq!([&summary["split"], &summary["rows"], &summary["put"], &summary["left"]], [1, 3, 3, 0]);
    let lake = folder.lake("lake");
    let places: Vec<_> = lake.iter().map(|(place, rows)| (place.as_str(), rows.len())).collect();
    assert_eq!(places, [("event_type=login/date=2026-11-23", 2), ("event_type=search/date=2026-11-23", 1)]);
    let rows: Vec<Value> = lake.values().flatten().map(|row| serde_json::from_str(row).expect("a row")).collect();
    assert!(rows.iter().all(|row| row["app_id"] == "shop" && row["event_time"] == "2026-11-23T10:15:32.000Z"));
    let ids: BTreeSet<_> = rows.iter().map(|row| row["event_id"].to_string()).collect();
    assert_eq!(ids.len(), 3, "equal events without a time are told apart");
}

#[test]
fn replaying_twice_adds_nothing_after_dedupe() {
    let folder = Folder::new("twice");
    let records = [LOGIN, VIEW, r#"[{"event":"login"},{"event":"search"}]"#, r#"{"event_id":"own","event":"logout"}"#];
    folder.write("x", records.map(|record| failed(record, "Lambda.FunctionError")).concat());
    let lakes = [("first", "2026-11-24T00:00:00Z"), ("second", "2026-12-24T00:00:00Z")].map(|(lake, now)| {
        let status =
            folder.command(&format!("x --to {lake} --format json")).args(["--now", now]).status().expect("run");
        assert!(status.success());
        folder.lake(lake)
    });
    assert_eq!(lakes[0].values().flatten().count(), 5);
    assert_eq!(lakes[0], lakes[1], "ids, times, partitions: all");

    // The rows themselves may fail again, in the conversion: nothing new comes of that either.
    let rows: String = lakes[0].values().flatten().map(|row| unconverted(&format!("{row}\n"))).collect();
    folder.write("format-conversion-failed/y", rows);
    assert!(folder.replay("format-conversion-failed --to third --format json").status.success());
    assert_eq!(folder.lake("third"), lakes[0]);
}

#[test]
fn what_a_run_could_not_deliver_is_delivered_once_the_schema_is_mended() {
    let folder = Folder::new("mended");
    let batch = r#"[{"event":"login","ts":1795428929000},{"event":"Sesame Opened","ts":1795428929001}]"#;
    folder.write("day.ndjson", format!("{LOGIN}\n{batch}\nno JSON\n"));
    let run = clickstream()
        .args(["run", "day.ndjson", "--arrival", "2026-11-23T10:15:32Z", "--out", "lake"])
        .current_dir(folder.path())
        .output();
    assert!(run.expect("run").status.success());
    let (told_before, before) = told(&folder.replay("lake/errors --json"));
    assert_eq!([&before["records"], &before["split"], &before["quarantined"]], [2, 1, 1], "{told_before:#?}");

    let schema = std::fs::read_to_string("../../schema.toml").expect("schema.toml");
    let mended = schema.replacen("\"Signed In\"", "\"Signed In\", \"Sesame Opened\"", 1);
    assert_ne!(mended, schema);
    folder.write("schema.toml", mended);
    let (_, after) = told(&folder.replay("lake/errors --json --schema schema.toml --to replayed --format json"));
    assert_eq!([&after["replayed"], &after["split"], &after["quarantined"], &after["put"]], [1, 0, 1, 2]);
    assert_eq!(folder.lake("replayed").keys().collect::<Vec<_>>(), ["event_type=login/date=2026-11-23"]);
}

#[test]
fn an_outage_costs_nothing() {
    let folder = Folder::new("outage");
    folder.write("day.ndjson", [LOGIN, VIEW, r#"[{"event":"login"},{"event":"login"}]"#, "{}"].join("\n"));
    let outage = Function::start(|_| r#"{"errorType":"Runtime.ExitError","errorMessage":"out"}"#.into());
    for (lake, via) in [("well", "inprocess"), ("broken", outage.url.as_str())] {
        let arguments = ["--arrival", "2026-11-23T10:15:32Z", "--format", "json", "--out", lake, "--via", via];
        let run = clickstream().args(["run", "day.ndjson"]).args(arguments).current_dir(folder.path()).output();
        assert!(run.expect("run").status.success());
    }
    assert!(folder.lake("broken").is_empty());
    let (records, summary) = told(&folder.replay("broken/errors --json --to healed --format json"));
    assert!(records.iter().all(|record| record["code"] == "Lambda.FunctionError"), "{records:#?}");
    assert_eq!([&summary["records"], &summary["replayed"], &summary["put"]], [4, 4, 5]);
    assert_eq!(folder.lake("healed"), folder.lake("well"));
}

#[test]
fn a_row_of_another_schema_stays_until_it_is_replayed_with_that() {
    let folder = Folder::new("schema");
    folder.write("x", failed(r#"{"event":"search","promotion_id":"12"}"#, "Lambda.FunctionError"));
    assert!(folder.replay("x --to lake --format json").status.success());
    let row = folder.lake("lake").into_values().flatten().next().expect("a row");
    folder.write("format-conversion-failed/y", unconverted(&row) + &unconverted(r#"{"qty":"oops"}"#));
    let schema = std::fs::read_to_string("../../schema.toml").expect("schema.toml");
    // Released columns keep their type: this one was never released.
    let (before, after) = schema.split_once("released = [").expect("the list");
    let (_, after) = after.split_once("\n]\n").expect("its end");
    let column = |kind: &str| format!("name = \"promotion_id\"\ntype = \"{kind}\"");
    assert!(after.contains(&column("varchar(255)")));
    let after = after.replacen(&column("varchar(255)"), &column("integer"), 1);
    folder.write("schema.toml", format!("{before}released = []\n{after}"));
    for (arguments, fates) in [("", ["replayed", "replayed"]), (" --schema schema.toml", ["still_failing", "replayed"])]
    {
        let (records, _) = told(&folder.replay(&format!("format-conversion-failed --json{arguments}")));
        let told: Vec<_> = records.iter().map(|record| record["fate"].as_str().expect("a fate")).collect();
        assert_eq!(told, fates, "{arguments}: {records:#?}");
    }
}

#[test]
fn nothing_is_put_into_a_stream_without_a_word() {
    let folder = Folder::new("dry");
    folder.write("x", failed(LOGIN, "Lambda.FunctionError"));
    let output = folder.replay("x --to-stream clicks");
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).expect("text");
    assert!(text.contains("rows              1 = 0 put + 0 repeated + 1 left   (adds up)"), "{text}");
    assert!(text.contains("nothing was put"), "{text}");
    // Neither with a word, where no stream can be reached: without the feature for it, or without credentials.
    let output = folder.command("x --to-stream clicks --execute").env_clear().output().expect("the tool runs");
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 1, "no journal is begun");
}

#[test]
fn a_file_that_cannot_be_read_costs_itself_alone() {
    let folder = Folder::new("broken");
    let packed = packed(failed(LOGIN, "Lambda.FunctionError").as_bytes());
    folder.write("x/a", &packed[..packed.len() - 8]);
    folder.write("x/b", failed(VIEW, "Lambda.FunctionError"));
    let (records, summary) = told(&folder.replay("x --json"));
    let fates: Vec<_> = records.iter().map(|record| record["fate"].as_str().expect("a fate")).collect();
    assert_eq!(fates, ["replayed", "quarantined", "replayed"], "{records:#?}");
    assert_eq!(summary["objects"], 2);
    let output = folder.replay("nowhere");
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("cannot read nowhere"));
}

#[test]
fn of_a_whole_lake_only_the_error_objects_are_read() {
    let folder = Folder::new("bucket");
    folder.write("day.ndjson", format!("{LOGIN}\n{VIEW}\nno JSON\n"));
    for format in ["parquet", "json"] {
        let arguments = ["run", "day.ndjson", "--arrival", "2026-11-23T10:15:32Z", "--out", "lake", "--format", format];
        assert!(clickstream().args(arguments).current_dir(folder.path()).status().expect("run").success());
        let (records, summary) = told(&folder.replay("lake --json"));
        let expected: [u64; 4] = [1, 3, 1, 1];
        let sums = ["objects", "others", "records", "quarantined"];
        assert_eq!(sums.map(|name| summary[name].as_u64()), expected.map(Some), "{format}: {records:#?}");
        assert_eq!(records[0]["reason"]["code"], "not_json");
    }
    let text = String::from_utf8(folder.replay("lake").stdout).expect("text");
    assert!(text.contains("\nobjects           1; 3 other files are passed over\n"), "{text}");
    // What was named, or lies where error objects lie, is told of whatever it is.
    folder.write("lake/errors/processing-failed/x", "no error object");
    let (_, summary) = told(&folder.replay("lake day.ndjson --json"));
    assert_eq!([&summary["objects"], &summary["others"], &summary["quarantined"]], [3, 3, 5]);
}
