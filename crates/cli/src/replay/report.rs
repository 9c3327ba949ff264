//! What a replay found, for people and for programs. The sums add up, and say so.

use super::folder;
use super::review::{Fate, Reviewed};
use crate::output::shown;
use clickstream::derive::time;
use clickstream::schema::Plan;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The most kinds of failure that are told apart; codes come from the objects, so anything may stand there.
const MAX_KINDS: usize = 200;

/// The most characters of a message that are shown.
const MAX_SHOWN: usize = 200;

/// Sums over all records.
#[derive(Debug, Default)]
pub(super) struct Report {
    pub(super) objects: u64,
    /// Files in the folders that are no error objects.
    pub(super) others: u64,
    pub(super) records: u64,
    fates: BTreeMap<Fate, u64>,
    /// By folder and error code.
    kinds: BTreeMap<(&'static str, String), Kind>,
    /// Rows of records that are replayed or split.
    pub(super) rows: u64,
    /// Of these: those that were put,
    pub(super) put: u64,
    /// equal to one that was met before, in this replay or one that its journal knows,
    pub(super) repeated: u64,
    /// and that are still to be put.
    pub(super) left: u64,
}

#[derive(Debug, Default)]
struct Kind {
    records: u64,
    /// What Firehose said first.
    message: String,
    /// What the transform says today.
    today: BTreeMap<&'static str, u64>,
}

impl Report {
    /// Adds a record.
    pub(super) fn add(&mut self, reviewed: &Reviewed) {
        self.records += 1;
        *self.fates.entry(reviewed.fate).or_default() += 1;
        let mut kind = (reviewed.record.folder, shown(&reviewed.record.code, MAX_SHOWN));
        if self.kinds.len() >= MAX_KINDS && !self.kinds.contains_key(&kind) {
            kind.1 = "…".into();
        }
        let kind = self.kinds.entry(kind).or_default();
        kind.records += 1;
        if kind.message.is_empty() {
            kind.message = shown(&reviewed.record.message, MAX_SHOWN);
        }
        let today = reviewed.reason.as_ref().map_or("rows", |(code, _)| code);
        *kind.today.entry(today).or_default() += 1;
    }

    /// Whether somebody has to look at some of the records.
    pub(super) fn some_stay(&self) -> bool {
        self.fates.keys().any(|fate| fate.stays())
    }

    fn add_up(&self) -> [bool; 2] {
        [self.records == self.fates.values().sum::<u64>(), self.rows == self.put + self.repeated + self.left]
    }

    /// For programs.
    pub(super) fn json(&self) -> Value {
        let mut summary = json!({
            "objects": self.objects, "others": self.others, "records": self.records, "rows": self.rows, "put": self.put,
            "repeated": self.repeated, "left": self.left, "adds_up": self.add_up() == [true, true],
            "errors": self.kinds.iter().map(|((folder, code), kind)| json!({
                "folder": folder, "code": code, "message": kind.message, "meaning": folder::meaning(code),
                "records": kind.records, "today": kind.today,
            })).collect::<Vec<_>>(),
        });
        for fate in Fate::ALL {
            summary[fate.code()] = self.fates.get(&fate).copied().unwrap_or_default().into();
        }
        json!({ "summary": summary })
    }

    /// For people.
    pub(super) fn text(&self) -> String {
        let mut page = String::new();
        for ((folder, code), kind) in &self.kinds {
            let code = if code.is_empty() { "(no code)" } else { code };
            let _ = writeln!(page, "{folder}  {code}");
            for sentence in [kind.message.as_str(), folder::meaning(code)] {
                if !sentence.is_empty() {
                    let _ = writeln!(page, "  {sentence}");
                }
            }
            let today: Vec<_> = kind.today.iter().map(|(what, records)| format!("{what} {records}")).collect();
            let _ = writeln!(page, "  {} records; today: {}", kind.records, today.join(", "));
        }
        let says = self.add_up().map(|holds| if holds { "adds up" } else { "DOES NOT ADD UP" });
        let fates =
            Fate::ALL.map(|fate| format!("{} {}", self.fates.get(&fate).unwrap_or(&0), fate.code().replace('_', " ")));
        let _ = write!(page, "\nobjects    {:>8}", self.objects);
        if self.others > 0 {
            let _ = write!(page, "; {} other files are passed over", self.others);
        }
        page.push('\n');
        let _ = writeln!(page, "records    {:>8} = {}   ({})", self.records, fates.join(" + "), says[0]);
        let _ = writeln!(
            page,
            "rows       {:>8} = {} put + {} repeated + {} left   ({})",
            self.rows, self.put, self.repeated, self.left, says[1]
        );
        page
    }
}

impl Reviewed {
    /// The record in a line, for programs.
    pub(super) fn json(&self, plan: &Plan) -> Value {
        let mut arrival = String::new();
        time::write(self.arrival, &mut arrival);
        let reason = self.reason.as_ref().map(|(code, detail)| json!({ "code": code, "detail": detail }));
        json!({
            "place": self.record.place, "folder": self.record.folder, "code": self.record.code,
            "message": self.record.message, "arrival": arrival, "fate": self.fate.code(), "reason": reason,
            "partitions": self.rows.iter().map(|row| plan.prefix(&row.partition)).collect::<Vec<_>>(),
        })
    }

    /// The record in a line, for people.
    pub(super) fn text(&self, plan: &Plan) -> String {
        let what = match (&self.reason, self.rows.as_slice()) {
            (Some((code, detail)), _) => format!("{code}: {detail}"),
            (None, [row]) => plan.prefix(&row.partition),
            (None, [row, rest @ ..]) => format!("{} and {} more rows", plan.prefix(&row.partition), rest.len()),
            (None, []) => String::new(),
        };
        let code = shown(&self.record.code, MAX_SHOWN);
        format!("{:<13}  {}  {code}  {what}", self.fate.code().replace('_', " "), self.record.place)
    }
}
