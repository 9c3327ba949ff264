//! The folder that a run makes: whole or not at all, by one run at a time, and nothing else is touched.

mod support;

use std::fs;
use std::io::Write;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};
use support::{Folder, Function, clickstream, run};

const ARRIVAL: &str = "2026-11-23T10:15:30Z";

/// Three records.
const RECORDS: &str = "{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n";

/// A run that has begun, and waits for more records.
fn begun(lake: &Folder) -> Child {
    let mut child = clickstream()
        .args(["run", "-", "--arrival", ARRIVAL, "--out"])
        .arg(lake.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the tool runs");
    child.stdin.as_mut().expect("standard input").write_all(RECORDS.as_bytes()).expect("written");
    let start = Instant::now();
    while !lake.path().with_extension("partial").join(".spool").exists() {
        assert!(start.elapsed() < Duration::from_mins(1), "it does not begin");
        std::thread::sleep(Duration::from_millis(5));
    }
    child
}

/// What lies beside the lake, and itself, by name.
fn beside(lake: &Folder) -> Vec<String> {
    let name = lake.path().file_name().expect("a name").to_str().expect("text");
    let entries = fs::read_dir(lake.path().parent().expect("a folder")).expect("a folder");
    let names = entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("text"));
    let mut names: Vec<_> = names.filter_map(|other| other.strip_prefix(name).map(str::to_owned)).collect();
    names.sort();
    names
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_leaves_nothing_half_written() {
    use std::os::unix::process::ExitStatusExt;

    let lake = Folder::new("interrupted");
    for signal in ["INT", "TERM"] {
        let mut child = begun(&lake);
        let kill = std::process::Command::new("kill").args([&format!("-{signal}"), &child.id().to_string()]).status();
        assert!(kill.expect("kill runs").success());
        let status = child.wait().expect("it ends");
        assert_eq!(status.signal(), Some(if signal == "INT" { 2 } else { 15 }), "a shell sees what happened");
        assert!(beside(&lake).is_empty(), "{:?}", beside(&lake));
    }
    run(RECORDS, &lake, &["--arrival", ARRIVAL]);
    let before = lake.files("");
    let mut child = begun(&lake);
    child.kill().expect("killed, which nobody can tidy up after");
    child.wait().expect("it ends");
    assert_eq!(beside(&lake), ["", ".partial"]);
    assert!(lake.files("") == before);
    run(RECORDS, &lake, &["--arrival", ARRIVAL]);
    assert_eq!(beside(&lake), [""]);
    assert!(lake.files("") == before);
}

#[test]
fn a_second_run_for_the_same_place_is_refused_while_the_first_one_lasts() {
    let lake = Folder::new("contended");
    let first = begun(&lake);
    let second = support::command(RECORDS, &lake, &["--arrival", ARRIVAL]);
    assert!(!second.status.success() && second.stdout.is_empty());
    assert!(String::from_utf8_lossy(&second.stderr).contains("another run is writing"), "{second:?}");
    let output = first.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{output:?}");
    assert_eq!(beside(&lake), [""]);
    run(RECORDS, &lake, &["--arrival", ARRIVAL]);
}

#[test]
fn a_lake_that_was_being_replaced_when_the_machine_died_is_back() {
    let lake = Folder::new("replaced");
    run(RECORDS, &lake, &["--arrival", ARRIVAL]);
    let before = lake.files("");
    let partial = lake.path().with_extension("partial");
    fs::create_dir(&partial).expect("a folder");
    fs::write(partial.join(".clickstream-lake"), "being written by `clickstream run`\n").expect("a mark");
    fs::rename(lake.path(), partial.join(".before")).expect("moved");
    let output = support::command(RECORDS, &lake, &["--via", "http://127.0.0.1:9"]);
    assert!(!output.status.success());
    assert!(lake.files("") == before && beside(&lake) == [""], "{:?}", beside(&lake));
}

#[test]
fn what_people_call_as_the_tool_calls_its_folder_is_left_alone() {
    let lake = Folder::new("own");
    let partial = Folder::at(lake.path().with_extension("partial"));
    fs::create_dir(partial.path()).expect("a folder");
    fs::write(partial.path().join("precious"), "x").expect("a file");
    let refused = || {
        let output = support::command(RECORDS, &lake, &["--arrival", ARRIVAL]);
        assert!(String::from_utf8_lossy(&output.stderr).contains("has other things in it"), "{output:?}");
        assert!(!output.status.success() && !lake.path().exists());
    };
    refused();
    assert_eq!(partial.files("").len(), 1);
    fs::remove_file(partial.path().join("precious")).expect("removed");
    run(RECORDS, &partial, &["--arrival", ARRIVAL]);
    let whole = partial.files("");
    refused();
    assert!(partial.files("") == whole);
}

#[test]
fn a_name_that_the_file_system_cannot_hold_is_spelled_in_another_way() {
    let function = Function::start(|request| {
        let date = ["x".repeat(300), "..".into(), "a\u{0}b".into()];
        let records = request["records"].as_array().expect("records").iter().zip(date).map(|(record, date)| {
            serde_json::json!({ "recordId": record["recordId"], "result": "Ok", "data": "e30K",
                "metadata": { "partitionKeys": { "event_type": "..", "date": date } } })
        });
        serde_json::json!({ "records": records.collect::<Vec<_>>() }).to_string()
    });
    let lake = Folder::new("names");
    let prefix = "!{partitionKeyFromLambda:event_type}/!{partitionKeyFromLambda:date}/";
    let settings = ["--via", &function.url, "--arrival", ARRIVAL, "--no-backup", "--prefix", prefix];
    assert_eq!(run(RECORDS, &lake, &settings)["rows"], 3);
    let keys = lake.files("");
    let mut folders: Vec<_> = keys.iter().filter_map(|(key, _)| key.split('/').nth(1)).collect();
    folders.sort_by_key(|folder| folder.len());
    assert_eq!(folders[..2], ["a%00b", "%2E%2E"]);
    assert!(folders[2].len() == 255 && folders[2].starts_with("xxx"), "{folders:?}");
    assert!(keys.iter().all(|(key, _)| key.starts_with("%2E%2E/") || key == ".clickstream-lake"));
}

#[test]
fn a_lake_that_holds_the_input_is_not_replaced() {
    let lake = Folder::new("own-input");
    run("no JSON\n", &lake, &["--arrival", ARRIVAL]);
    let before = lake.files("");
    let errors = lake.path().join("errors");
    for arguments in [vec!["replay", "--to"], vec!["run", "--out"]] {
        let output =
            support::clickstream().args(arguments).arg(lake.path()).arg(&errors).output().expect("the tool runs");
        assert!(!output.status.success() && String::from_utf8_lossy(&output.stderr).contains("name another folder"));
        assert!(lake.files("") == before);
    }
}

#[test]
fn a_folder_with_other_things_in_it_is_left_alone() {
    let folder = Folder::new("other");
    std::fs::create_dir_all(folder.path()).expect("a folder");
    std::fs::write(folder.path().join("precious"), "x").expect("a file");
    let output = support::command(RECORDS, &folder, &[]);
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("name a new one"));
    assert!(folder.path().join("precious").exists());
}

#[test]
fn what_is_no_file_of_records_or_no_place_for_a_lake_is_said_with_what_to_do() {
    let folder = Folder::new("said");
    fs::create_dir_all(folder.path().join("records")).expect("a folder");
    fs::write(folder.path().join("file"), RECORDS).expect("a file");
    for (arguments, why) in [
        ("run records --out lake", "records is a folder; name the files in it, such as records/*"),
        ("run nothing --out lake", "cannot read nothing: No such file"),
        ("run file --out records/../file", "file lies in"),
        ("replay records --to file", "file is no folder; name a new one"),
        ("run file --out file/lake", "cannot make file/lake.partial"),
    ] {
        let output =
            clickstream().args(arguments.split(' ')).current_dir(folder.path()).output().expect("the tool runs");
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(1) && told.contains(why), "{arguments}: {told}");
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 2, "{arguments}");
    }
}
