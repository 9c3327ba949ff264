//! What tests of `clickstream replay` need: error objects in a folder, and the tool run on it.
#![allow(dead_code)] // each test binary uses its part

use crate::support::{Folder, clickstream, unpacked};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::process::{Command, Output};

/// When the records first arrived: 2026-11-23T10:15:32Z.
pub(crate) const ARRIVAL: i64 = 1_795_428_932_000;

impl Folder {
    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, bytes).expect("written");
    }

    /// Runs `clickstream replay` in this folder, at a time when every record is old enough.
    pub(crate) fn replay(&self, arguments: &str) -> Output {
        self.command(arguments).args(["--now", "2026-11-24T00:00:00Z"]).output().expect("the tool runs")
    }

    pub(crate) fn command(&self, arguments: &str) -> Command {
        let mut command = clickstream();
        command.arg("replay").args(arguments.split(' ')).current_dir(self.path());
        command
    }

    /// The rows of a lake of gzip JSON in this folder: their lines, by their partition.
    pub(crate) fn lake(&self, name: &str) -> BTreeMap<String, Vec<String>> {
        let mut rows: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (key, object) in self.files(&format!("{name}/events")) {
            let partition = key.split('/').skip(2).take(2).collect::<Vec<_>>().join("/");
            let text = String::from_utf8(unpacked(&object)).expect("text");
            rows.entry(partition).or_default().extend(text.lines().map(str::to_owned));
        }
        rows
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
