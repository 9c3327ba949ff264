//! What tests of `clickstream replay` need: a folder of error objects, and the tool run on it.
#![allow(dead_code)] // each test binary uses its part

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// When the records first arrived: 2026-11-23T10:15:32Z.
pub(crate) const ARRIVAL: i64 = 1_795_428_932_000;

/// A folder that is gone when the test is over.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("clickstream-replay-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, bytes).expect("written");
    }

    /// Runs the tool in this folder, at a time when every record is old enough.
    pub(crate) fn replay(&self, arguments: &str) -> Output {
        self.command(arguments).args(["--now", "2026-11-24T00:00:00Z"]).output().expect("the tool runs")
    }

    pub(crate) fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_clickstream"));
        command.arg("replay").args(arguments.split(' '));
        command.current_dir(&self.0);
        command
    }

    /// The rows of a lake in this folder: their lines by their partition.
    pub(crate) fn lake(&self, name: &str) -> BTreeMap<String, Vec<String>> {
        let mut rows = BTreeMap::new();
        let events = self.0.join(name).join("events");
        for event_type in fs::read_dir(&events).into_iter().flatten().map(|entry| entry.expect("an entry").path()) {
            for date in fs::read_dir(&event_type).expect("a folder").map(|entry| entry.expect("an entry").path()) {
                let place = date.strip_prefix(&events).expect("below").display().to_string();
                let lines: &mut Vec<String> = rows.entry(place).or_default();
                for file in fs::read_dir(&date).expect("a folder").map(|entry| entry.expect("an entry").path()) {
                    lines.extend(fs::read_to_string(file).expect("text").lines().map(str::to_owned));
                }
            }
        }
        rows
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// An error object of the Lambda's failures.
pub(crate) fn failed(record: impl AsRef<[u8]>, code: &str) -> String {
    let raw = STANDARD.encode(record);
    format!(
        "{}\n",
        json!({ "rawData": raw, "errorCode": code, "errorMessage": "what Firehose says", "attemptsMade": 4,
            "arrivalTimestamp": ARRIVAL, "attemptEndingTimestamp": ARRIVAL + 61_000, "lambdaARN": "arn:aws:lambda:…" })
    )
}

/// An error object of the conversion's failures.
pub(crate) fn unconverted(row: &str) -> String {
    let raw = STANDARD.encode(row);
    format!(
        "{}\n",
        json!({ "attemptsMade": 1, "arrivalTimestamp": ARRIVAL, "lastErrorCode": "DataFormatConversion.MalformedData",
            "lastErrorMessage": "Data does not match the schema. For input string: \"oops\"",
            "attemptEndingTimestamp": ARRIVAL + 300_000, "rawData": raw, "dataCatalogTable": { "tableName": "events" } })
    )
}

/// The records and the summary that `--json` prints.
pub(crate) fn told(output: &Output) -> (Vec<Value>, Value) {
    let text = String::from_utf8(output.stdout.clone()).expect("text");
    let mut lines: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"))).collect();
    let last = lines.pop().unwrap_or_else(|| panic!("nothing printed: {}", String::from_utf8_lossy(&output.stderr)));
    let summary = last["summary"].clone();
    assert_eq!(summary["adds_up"], true, "{summary}");
    (lines, summary)
}
