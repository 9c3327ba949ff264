//! What the caller and the log are told.

use crate::client::Failure;
use crate::glue::Refused;
use crate::task::Task;
use clickstream::partition::prefix;
use clickstream::telemetry::{count, embedded};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What is done to a partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// It is registered.
    Register,
    /// It is removed from the catalog; its objects are not touched.
    Remove,
}

/// What became of an invocation's partitions. It adds up: wanted + expired = registered + already there + removed +
/// failed.
#[derive(Debug)]
pub struct Report {
    /// What was to be done.
    pub task: Task,
    /// How many there have to be.
    pub wanted: usize,
    /// How many were registered.
    pub registered: usize,
    /// How many there were.
    pub already_there: usize,
    /// How many were too old.
    pub removed: usize,
    /// How many calls it took.
    pub calls: u64,
    failed: BTreeMap<(Change, Failure), Vec<String>>,
}

impl Report {
    /// The report of a task before anything is done.
    pub fn new(task: Task, wanted: usize) -> Self {
        Self { task, wanted, registered: 0, already_there: 0, removed: 0, calls: 0, failed: BTreeMap::new() }
    }

    /// Adds what has failed.
    pub fn fail(&mut self, change: Change, refused: Vec<Refused>) {
        for (values, failure) in refused {
            self.failed.entry((change, failure)).or_default().push(prefix(&values));
        }
    }

    /// Adds that nobody knows which partitions are too old.
    pub fn fail_to_look(&mut self, failure: Failure) {
        self.failed.entry((Change::Remove, failure)).or_default();
    }

    fn failed(&self) -> usize {
        self.failed.values().map(Vec::len).sum()
    }

    /// The answer to the caller.
    pub fn summary(&self) -> Value {
        let handled = self.registered + self.already_there + self.removed + self.failed();
        json!({
            "from": self.task.first.to_string(),
            "to": self.task.last.to_string(),
            "wanted": self.wanted,
            "expired": handled - self.wanted,
            "registered": self.registered,
            "already_there": self.already_there,
            "removed": self.removed,
            "failed": self.failed(),
            "glue_calls": self.calls,
        })
    }

    /// The invocation's line in CloudWatch's embedded metric format, with the summary. `now` is in milliseconds since
    /// 1970. All metrics are always there: their absence means that the function does not run.
    pub fn metric_line(&self, now: i64, database: &str, table: &str) -> String {
        let metrics = [
            ("PartitionsRegistered", self.registered),
            ("PartitionsAlreadyThere", self.already_there),
            ("PartitionsRemoved", self.removed),
            // A failed look for old partitions counts, too.
            ("PartitionsFailed", self.failed.values().map(|paths| paths.len().max(1)).sum()),
        ];
        let metrics = metrics.map(|(name, value)| count(name, value as u64)).to_vec();
        let mut line = embedded(now, ("Table", &format!("{database}.{table}")), metrics);
        line["Summary"] = self.summary();
        line.to_string()
    }

    /// What has failed and why, if anything has.
    pub fn error(&self) -> Option<String> {
        let line = |((change, failure), paths): (&(Change, Failure), &Vec<String>)| {
            let what = match change {
                Change::Register => "registered",
                Change::Remove => "removed",
            };
            let which = match (change, paths.len()) {
                (Change::Register, n) if n == self.wanted => {
                    format!("all {n} partitions from {} to {}", self.task.first, self.task.last)
                }
                (Change::Remove, 0) => "what is too old".to_owned(),
                _ => paths.join(", "),
            };
            format!("not {what} ({failure}): {which}")
        };
        let lines: Vec<_> = self.failed.iter().map(line).collect();
        (!lines.is_empty()).then(|| lines.join("\n"))
    }
}
