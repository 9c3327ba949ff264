//! The stream on this machine does what Firehose does with a function that breaks the contract, and with settings at
//! their limits.

mod support;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use support::{Folder, Function, run};

const ARRIVAL: &str = "2026-11-23T10:15:30Z";

/// Three records.
const RECORDS: &str = "{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n";

/// An answer as it should be.
fn sound(request: &Value) -> Value {
    let records = request["records"].as_array().expect("records").iter().map(|record| {
        json!({
            "recordId": record["recordId"], "result": "Ok", "data": STANDARD.encode("{\"event_id\":\"1\"}\n"),
            "metadata": { "partitionKeys": { "event_type": "page_view", "date": "2026-11-23" } },
        })
    });
    json!({ "records": records.collect::<Vec<_>>() })
}

/// What a fault comes to.
struct Expected {
    rows: u64,
    folder: &'static str,
    code: &'static str,
    attempts: u64,
    failed: usize,
    has_lambda: bool,
}

const PROCESSING: &str = "processing-failed";
const METADATA: &str = "metadata-extraction-failed";

fn expected(failed: usize, code: &'static str) -> Expected {
    let folder = if code.starts_with("Lambda.") { PROCESSING } else { METADATA };
    Expected { rows: 3 - failed as u64, folder, code, attempts: 1, failed, has_lambda: folder == PROCESSING }
}

/// Plays [`RECORDS`] through a function whose sound answer `fault` spoils.
fn play(name: &str, fault: impl Fn(&mut Value) + Send + 'static, expected: &Expected) {
    let function = Function::start(move |request| {
        let mut answer = sound(request);
        fault(&mut answer);
        answer.to_string()
    });
    let lake = Folder::new(name);
    let summary = run(RECORDS, &lake, &["--via", &function.url, "--arrival", ARRIVAL]);
    assert_eq!(summary["rows"], expected.rows, "{name}: {summary}");
    let objects = lake.errors();
    assert_eq!(objects.len(), expected.failed, "{name}");
    for (folder, object) in objects {
        assert_eq!(folder, expected.folder, "{name}");
        assert_eq!(object["errorCode"], expected.code, "{name}");
        assert_eq!(object["attemptsMade"], expected.attempts, "{name}");
        assert_eq!(object.get("lambdaARN").is_some(), expected.has_lambda, "{name}");
        assert_eq!(object["arrivalTimestamp"], 1_795_428_930_000_i64, "{name}");
        let raw = STANDARD.decode(object["rawData"].as_str().expect("rawData")).expect("base64");
        assert!(RECORDS.as_bytes().split(|byte| *byte == b'\n').any(|record| record == raw), "{name}");
    }
    assert_eq!(function.invocations(), expected.attempts, "{name}");
}

#[test]
fn each_fault_of_an_answer_costs_the_record_that_it_concerns() {
    let remove = |answer: &mut Value| {
        answer["records"].as_array_mut().expect("records").remove(1);
    };
    play("missing", remove, &expected(1, "Lambda.MissingRecordId"));
    let duplicate = |answer: &mut Value| {
        let again = answer["records"][1].clone();
        answer["records"].as_array_mut().expect("records").push(again);
    };
    play("duplicate", duplicate, &expected(1, "Lambda.DuplicatedRecordId"));
    let failed = |answer: &mut Value| answer["records"][1]["result"] = "ProcessingFailed".into();
    play("failed", failed, &expected(1, "Lambda.ProcessingFailedStatus"));
    for (name, data) in [("null-data", Value::Null), ("no-base64", "?".into())] {
        let spoil = move |answer: &mut Value| answer["records"][1]["data"] = data.clone();
        play(name, spoil, &expected(1, "Lambda.InvalidReturnFormat"));
    }
    let unknown = |answer: &mut Value| answer["records"][1]["result"] = "OK".into();
    play("unknown-result", unknown, &expected(1, "Lambda.InvalidReturnFormat"));
    for (name, value) in [("empty-key", Value::from("")), ("null-key", Value::Null)] {
        let spoil = move |answer: &mut Value| {
            answer["records"][1]["metadata"]["partitionKeys"]["date"] = value.clone();
        };
        play(name, spoil, &expected(1, "DynamicPartitioning.MetadataExtractionFailed"));
    }
    let no_metadata = |answer: &mut Value| drop(answer["records"][1]["metadata"].take());
    play("no-metadata", no_metadata, &expected(1, "DynamicPartitioning.MetadataExtractionFailed"));
    for (name, wrong) in [("no-object", Value::Null), ("no-id", json!({ "recordId": 2 }))] {
        play(name, move |answer| answer["records"][1] = wrong.clone(), &expected(1, "Lambda.MissingRecordId"));
    }
    for (name, key) in [("data", json!([1])), ("result", json!(7))] {
        let spoil = move |answer: &mut Value| answer["records"][1][name] = key.clone();
        play(name, spoil, &expected(1, "Lambda.InvalidReturnFormat"));
    }
    for (name, metadata) in [("metadata", json!("text")), ("number-key", json!({ "partitionKeys": { "date": 7 } }))] {
        let spoil = move |answer: &mut Value| answer["records"][1]["metadata"] = metadata.clone();
        play(name, spoil, &expected(1, "DynamicPartitioning.MetadataExtractionFailed"));
    }
    let long = |answer: &mut Value| {
        answer["records"][1]["metadata"]["partitionKeys"]["date"] =
            "x".repeat(513 - "events/event_type=page_view/date=/".len()).into();
    };
    play("long-key", long, &expected(1, "DynamicPartitioning.MetadataExtractionFailed"));
    for (name, answer) in [("no-records", json!({})), ("empty", json!({ "records": [] })), ("text", json!("nonsense"))]
    {
        play(name, move |body| *body = answer.clone(), &expected(3, "Lambda.MissingRecordId"));
    }
}

#[test]
fn what_an_answer_has_too_much_is_ignored() {
    let surplus = |answer: &mut Value| {
        let mut stranger = answer["records"][0].clone();
        stranger["recordId"] = "nobody's".into();
        answer["records"][0]["metadata"]["partitionKeys"]["more"] = "x".into();
        answer["records"].as_array_mut().expect("records").insert(0, stranger);
    };
    play("surplus", surplus, &expected(0, ""));
}

#[test]
fn a_failing_function_is_tried_again_and_then_costs_the_batch() {
    let failing = |answer: &mut Value| *answer = json!({ "errorType": "Runtime.ExitError", "errorMessage": "exit" });
    play("failing", failing, &Expected { attempts: 4, ..expected(3, "Lambda.FunctionError") });
    let function = Function::start({
        let calls = std::sync::atomic::AtomicU64::new(0);
        move |request| match calls.fetch_add(1, std::sync::atomic::Ordering::Relaxed) {
            0 => "Task timed out after 60.00 seconds".to_owned(),
            _ => sound(request).to_string(),
        }
    });
    let lake = Folder::new("recovers");
    let summary = run(RECORDS, &lake, &["--via", &function.url, "--arrival", ARRIVAL]);
    assert_eq!((summary["rows"].as_u64(), summary["function_errors"].as_u64()), (Some(3), Some(1)));
    assert!(lake.errors().is_empty());
}

#[test]
fn an_answer_that_lambda_marks_as_an_error_is_a_failed_invocation_whatever_it_says() {
    let function =
        Function::with_header("X-Amz-Function-Error: Unhandled\r\n", |_| "{\"errorMessage\":\"late\"}".into());
    let lake = Folder::new("marked");
    let summary = run(RECORDS, &lake, &["--via", &function.url, "--arrival", ARRIVAL]);
    assert_eq!((&summary["failed"], function.invocations()), (&json!({ "Lambda.FunctionError": 3 }), 4));
    assert_eq!(summary["died_of"], "{\"errorMessage\":\"late\"}");
}

#[test]
fn an_answer_larger_than_lambdas_is_a_failed_invocation() {
    let large = |answer: &mut Value| answer["padding"] = "x".repeat(6_291_556).into();
    play("large", large, &Expected { attempts: 4, ..expected(3, "Lambda.FunctionError") });
}

#[test]
fn no_function_at_the_address_is_an_error_that_says_so() {
    let lake = Folder::new("nobody");
    let output = support::command(RECORDS, &lake, &["--via", "http://127.0.0.1:9"]);
    assert!(!output.status.success() && String::from_utf8_lossy(&output.stderr).contains("start the emulator first"));
    for via in ["localhost:9101", "https://127.0.0.1:9101", "in-process", "http://"] {
        let output = support::command(RECORDS, &lake, &["--via", via]);
        assert!(
            String::from_utf8_lossy(&output.stderr).contains("write inprocess, or an address"),
            "{via}: {output:?}"
        );
    }
    let partial = lake.path().with_extension("partial");
    assert!(!lake.path().exists() && !partial.exists(), "{}", partial.display());
}

#[test]
fn the_same_input_gives_the_same_files() {
    let input = std::fs::read("../../samples/shop-day.ndjson").expect("the sample");
    let trees = [0, 1].map(|_| {
        let lake = Folder::new("same");
        (run(&input, &lake, &["--arrival", "2026-11-24T00:00:00Z"]), lake.files(""))
    });
    assert!(trees[0] == trees[1] && trees[0].1.len() > 50);
    let other = Folder::new("other-seed");
    run(&input, &other, &["--arrival", "2026-11-24T00:00:00Z", "--seed", "2"]);
    assert!(other.files("").iter().map(|file| &file.0).ne(trees[0].1.iter().map(|file| &file.0)));
}

#[test]
fn rows_that_the_table_cannot_hold_are_kept_in_the_other_shape() {
    let function = Function::start(|request| {
        let mut answer = sound(request);
        let rows = "{\"event_id\":\"1\"}\n{\"event_id\":\"2\",\"session_number\":\"oops\"}\n";
        answer["records"][0]["data"] = STANDARD.encode(rows).into();
        answer["records"][1]["data"] = STANDARD.encode("no JSON").into();
        answer.to_string()
    });
    let lake = Folder::new("conversion");
    let summary = run(RECORDS, &lake, &["--via", &function.url, "--arrival", ARRIVAL]);
    assert_eq!(summary["partitions"]["events/event_type=page_view/date=2026-11-23/"]["rows"], 2);
    let errors = lake.errors().into_iter().map(|(folder, object)| {
        assert_eq!(folder, "format-conversion-failed");
        assert_eq!(object["dataCatalogTable"]["tableName"], "events");
        let raw = STANDARD.decode(object["rawData"].as_str().expect("rawData")).expect("base64");
        (object["lastErrorCode"].as_str().expect("a code").to_owned(), String::from_utf8(raw).expect("text"))
    });
    let errors: Vec<_> = errors.collect();
    let [malformed, unreadable] = ["DataFormatConversion.MalformedData", "DataFormatConversion.ParseError"];
    let row = "{\"event_id\":\"2\",\"session_number\":\"oops\"}";
    assert_eq!(errors, [(malformed.into(), row.into()), (unreadable.into(), "no JSON".into())]);
}

#[test]
fn partitions_beyond_the_quota_go_to_the_error_prefix_until_one_is_delivered() {
    let event = |name: &str, arrival: i64| {
        let data = STANDARD.encode(format!("{{\"event\":\"{name}\"}}"));
        json!({ "approximateArrivalTimestamp": arrival, "data": data }).to_string() + "\n"
    };
    let start = 1_795_428_930_000;
    // Five minutes later the first two partitions have been delivered.
    let names = [("page_view", 0), ("search", 1), ("login", 2), ("page_view", 3), ("login", 400_000)];
    let records: String = names.iter().map(|(name, later)| event(name, start + later)).collect();
    let lake = Folder::new("quota");
    let quota = ["--active-partitions", "2", "--invocation-seconds", "0"];
    let summary = run(&records, &lake, &quota);
    let errors = lake.errors();
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0].0, "activePartitionExceeded");
    assert_eq!(errors[0].1["errorCode"], "DynamicPartitioning.ActivePartitionsLimitExceeded");
    assert_eq!(summary["partitions"]["events/event_type=login/date=2026-11-23/"]["rows"], 1);
    assert_eq!(summary["most_open"], 2);
}

#[test]
fn deaggregation_gives_every_object_its_own_partition_and_refuses_the_rest() {
    let records = "{\"event\":\"search\"}{\"event\":\"login\"}\n[{\"event\":\"login\"},{\"event\":\"search\"}]\n";
    let lake = Folder::new("deaggregated");
    let summary = run(records, &lake, &["--arrival", ARRIVAL, "--deaggregate"]);
    assert_eq!(
        (summary["rows"].as_u64(), summary["split"].as_u64(), summary["pieces"].as_u64()),
        (Some(2), Some(1), Some(2))
    );
    let errors = lake.errors();
    assert_eq!((errors.len(), errors[0].0.as_str()), (1, METADATA));
    let whole = Folder::new("whole");
    let summary = run(records, &whole, &["--arrival", ARRIVAL]);
    assert_eq!(summary["reasons"]["mixed_partitions"], 2);
}

#[test]
fn a_record_that_firehose_refuses_is_counted_and_kept_nowhere() {
    let records =
        format!("{{\"event\":\"search\",\"text\":\"{}\"}}\n{{\"event\":\"search\"}}\n", "x".repeat(1_024_000));
    let lake = Folder::new("refused");
    let summary = run(&records, &lake, &["--arrival", ARRIVAL]);
    assert_eq!(
        (summary["records"].as_u64(), summary["refused"].as_u64(), summary["rows"].as_u64()),
        (Some(2), Some(1), Some(1))
    );
    assert_eq!(summary["backup"]["records"], 1);
}

#[test]
fn the_backup_holds_every_record_as_it_came_back_to_back() {
    let lake = Folder::new("backup");
    run("no JSON\n\n{\"event\":\"search\"}\n", &lake, &["--arrival", ARRIVAL]);
    let objects = lake.files("raw");
    assert_eq!(objects.len(), 1);
    let (key, packed) = &objects[0];
    let name = key.strip_prefix("raw/date=2026-11-23/hour=10/clickstream-1-2026-11-23-10-15-30-").expect("the prefix");
    assert_eq!(name.split_once('.').expect("an extension").1, "gz");
    assert_eq!(support::unpacked(packed), b"no JSON{\"event\":\"search\"}");
}

#[test]
fn rows_of_one_partition_become_objects_by_size_and_by_age() {
    let record = |arrival: i64| {
        let data = STANDARD.encode("{\"event\":\"search\",\"event_time\":\"2026-11-23T10:00:00Z\"}");
        json!({ "approximateArrivalTimestamp": arrival, "data": data }).to_string() + "\n"
    };
    let start = 1_795_428_930_000;
    let records: String = [0, 100_000, 250_000, 500_000, 1_000_000].map(|later| record(start + later)).concat();
    let lake = Folder::new("age");
    let summary = run(&records, &lake, &["--invocation-seconds", "0", "--format", "json"]);
    let key = "events/event_type=search/date=2026-11-23/";
    assert_eq!(summary["partitions"][key]["objects"], 3);
    assert_eq!(summary["partitions"][key]["rows"], 5);
    let large = Folder::new("size");
    let record = format!("{{\"event\":\"search\",\"note\":\"{}\"}}\n", "x".repeat(60_000));
    let summary = run(record.repeat(20), &large, &["--arrival", ARRIVAL, "--object-mb", "1"]);
    assert_eq!(summary["partitions"][key]["objects"], 2);
}

#[test]
fn defaults_are_those_of_the_template() {
    let template = std::fs::read_to_string("../../template.yaml").expect("template.yaml");
    let help = support::clickstream().args(["run", "--help"]).output().expect("the tool runs");
    let help = String::from_utf8(help.stdout).expect("text");
    let default = |option: &str| {
        let after = help.split_once(&format!("--{option} <")).unwrap_or_else(|| panic!("--{option}")).1;
        after.split_once("[default: ").expect("a default").1.split_once(']').expect("its end").0.to_owned()
    };
    for (option, line) in [
        ("prefix", "Prefix: '{}'\n"),
        ("error-prefix", "ErrorOutputPrefix: '{}'\n"),
        ("backup-prefix", "Prefix: '{}'\n"),
        ("invocation-mb", "ParameterName: BufferSizeInMBs\n                  ParameterValue: '{}'\n"),
        ("invocation-seconds", "ParameterName: BufferIntervalInSeconds\n                  ParameterValue: '{}'\n"),
        ("retries", "ParameterValue: '{}'\n"),
        ("object-mb", "SizeInMBs: {}\n"),
        ("object-seconds", "BufferIntervalInSeconds:\n    Type: Number\n    Default: {}\n"),
    ] {
        let line = line.replace("{}", &default(option));
        assert!(template.contains(&line), "template.yaml lacks `{line}`");
    }
}

#[test]
fn a_record_is_shown_before_and_after_or_it_is_said_that_there_is_none() {
    let lake = Folder::new("show");
    let shown = |event_type: &str| {
        let mut command = support::clickstream();
        command.args(["run", "../../samples/own-site.ndjson", "--arrival", ARRIVAL, "--show", event_type, "--out"]);
        let output = command.arg(lake.path()).output().expect("the tool runs");
        (output.status.success(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
    };
    let (told, page) = shown("page_view");
    assert!(told && page.starts_with("before\n  {") && page.contains("\nafter\n  event_id "), "{page}");
    let (told, page) = shown("refund");
    assert!(told && page.starts_with("no record is of the event type refund\n\n"), "{page}");
    let (told, page) = shown("pageview");
    assert!(!told && page.contains("the schema has no event type pageview; it has page_view, "), "{page}");
}

#[test]
fn what_is_shown_of_a_record_and_its_partition_is_text_and_no_commands() {
    let function = Function::start(|request| {
        let mut answer = sound(request);
        answer["records"][0]["metadata"]["partitionKeys"]["date"] = "a\u{9b}2J".into();
        answer["records"][0]["data"] = STANDARD.encode("{\"event_name\":\"b\u{9b}2J\"}\n").into();
        answer.to_string()
    });
    let (input, lake) = (Folder::new("obeyed"), Folder::new("obeyed"));
    std::fs::write(input.path(), "{\n  \"event\": \"c\u{9b}2J\"\n}\n").expect("an input");
    let mut command = support::clickstream();
    command
        .arg("run")
        .arg(input.path())
        .args(["--show", "page_view", "--via", &function.url, "--out"])
        .arg(lake.path());
    let page = String::from_utf8(command.output().expect("the tool runs").stdout).expect("text");
    std::fs::remove_file(input.path()).expect("removed");
    for shown in
        ["before\n  {\n    \"event\": \"c\u{fffd}2J\"\n  }\nafter\n", "\"b\u{fffd}2J\"", "date=a\u{fffd}2J/ (1)"]
    {
        assert!(page.contains(shown), "{page}");
    }
    assert!(!page.contains('\u{9b}'), "{page}");
}

#[test]
fn rows_add_up_however_a_function_writes_them() {
    for format in ["parquet", "json"] {
        let function = Function::start(|request| {
            let data =
                ["{\"event_id\":\"1\"}{\"event_id\":\"2\"}", "\n\n", "{\n\"event_id\":\n\"3\"} {}\n{no JSON}\n{}\n"];
            let mut answer = sound(request);
            for (record, data) in answer["records"].as_array_mut().expect("records").iter_mut().zip(data) {
                record["data"] = STANDARD.encode(data).into();
            }
            answer.to_string()
        });
        let lake = Folder::new("written");
        let summary = run(RECORDS, &lake, &["--via", &function.url, "--arrival", ARRIVAL, "--format", format]);
        assert_eq!([&summary["adds_up"], &summary["rows"]], [&json!(true), &json!(5)], "{format}: {summary}");
    }
}
