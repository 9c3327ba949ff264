//! What a run came to, for people and for programs. The sums add up, and say so.

use crate::input::Incoming;
use crate::object;
use crate::output::shown;
use crate::stream::{Counts, Delivered, Failure, Report, Settings, Watch};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clickstream::reject::Reason;
use clickstream::row::Flag;
use clickstream::transform::Transform;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

/// The most characters that are shown of what a function died of.
const MAX_SHOWN: usize = 300;

/// What the stream's records held.
#[derive(Debug)]
pub(crate) struct Summary {
    /// Says why a record failed: Firehose does not know.
    transform: Transform,
    rows: u64,
    /// Events in failed records.
    rejected: u64,
    /// Rows whose event type the schema does not know.
    other: u64,
    bytes: u64,
    /// Records that the transform failed, by [`Reason::ALL`].
    reasons: [u64; Reason::ALL.len()],
    /// In rows, by [`Flag::ALL`].
    flags: [u64; Flag::ALL.len()],
    /// Which event type to show an example of.
    show: Option<String>,
    /// A record and its rows.
    example: Option<(Vec<u8>, Vec<u8>)>,
}

impl Watch for Summary {
    fn rows(&mut self, record: &Incoming, keys: &BTreeMap<String, String>, rows: &[u8]) {
        let count = object::rows_in(rows);
        self.rows += count;
        self.bytes += rows.len() as u64;
        let event_type = keys.get("event_type");
        if event_type.is_some_and(|event_type| event_type == "other") {
            self.other += count;
        }
        if self.example.is_none() && event_type.is_some() && event_type == self.show.as_ref() {
            self.example = Some((record.data.clone(), rows.to_owned()));
        }
        for row in rows.split(|byte| *byte == b'\n') {
            for flag in flags(row) {
                self.flags[flag as usize] += 1;
            }
        }
    }

    fn failed(&mut self, record: &Incoming, failure: &Failure) {
        let reason = match self.transform.record(STANDARD.encode(&record.data), record.arrival, usize::MAX) {
            Ok(done) => {
                self.rejected += done.rows as u64;
                // The one reason that does not lie in the record.
                Reason::ResponseFull
            }
            Err(reject) => {
                self.rejected += reject.events as u64;
                reject.reason
            }
        };
        if *failure == Failure::ProcessingFailedStatus {
            self.reasons[reason as usize] += 1;
        }
    }
}

/// The flags in a row's `dq_flags`: `code:column,code`, a text without escapes.
fn flags(row: &[u8]) -> impl Iterator<Item = Flag> {
    const KEY: &[u8] = b"\"dq_flags\":\"";
    let list = memchr::memmem::rfind(row, KEY).map_or(&[][..], |at| &row[at + KEY.len()..]);
    let list = list.split(|byte| *byte == b'"').next().unwrap_or_default();
    list.split(|byte| *byte == b',').filter_map(|flag| {
        let code = flag.split(|byte| *byte == b':').next().unwrap_or_default();
        Flag::ALL.into_iter().find(|flag| flag.code().as_bytes() == code)
    })
}

impl Summary {
    /// An empty summary that lets `transform` say why a record failed.
    pub(crate) fn new(transform: Transform, show: Option<String>) -> Self {
        let (reasons, flags) = ([0; Reason::ALL.len()], [0; Flag::ALL.len()]);
        Self { transform, rows: 0, rejected: 0, other: 0, bytes: 0, reasons, flags, show, example: None }
    }

    /// Whether every record and every row is somewhere.
    pub(crate) fn adds_up(&self, counts: &Counts, report: &Report) -> bool {
        records_add_up(counts) && self.rows == rows_in(report)
    }

    /// For programs.
    pub(crate) fn json(&self, counts: &Counts, report: &Report) -> Value {
        let codes = |names: &[&str], counts: &[u64]| -> BTreeMap<String, u64> {
            names.iter().map(|name| (*name).to_owned()).zip(counts.iter().copied()).filter(|(_, n)| *n > 0).collect()
        };
        let delivered = |delivered: &Delivered, counted: &str| {
            let Delivered { objects, rows, bytes } = delivered;
            json!({ "objects": objects, counted: rows, "bytes": bytes })
        };
        let partitions: BTreeMap<_, _> = report.partitions.iter().map(|(p, d)| (p, delivered(d, "rows"))).collect();
        let errors: BTreeMap<_, _> = report.errors.iter().map(|(f, d)| (f, delivered(d, "records"))).collect();
        json!({
            "adds_up": self.adds_up(counts, report),
            "schema_version": self.transform.plan().version,
            "records": counts.put,
            "refused": counts.refused,
            "split": counts.split,
            "pieces": counts.pieces,
            "ok": counts.delivered,
            "dropped": counts.dropped,
            "failed": counts.failed,
            "reasons": codes(&Reason::ALL.map(Reason::code), &self.reasons),
            "invocations": counts.invocations,
            "function_errors": counts.function_errors,
            "died_of": died_of(counts),
            "events": self.rows + self.rejected,
            "rows": self.rows,
            "rejected": self.rejected,
            "not_converted": report.not_converted,
            "other": self.other,
            "flags": codes(&Flag::ALL.map(Flag::code), &self.flags),
            "bytes_in": counts.bytes,
            "bytes_out": self.bytes,
            "partitions": partitions,
            "most_open": report.most_open,
            "errors": errors,
            "backup": delivered(&report.backup, "records"),
        })
    }

    /// For people.
    pub(crate) fn text(&self, counts: &Counts, report: &Report, out: &Path, settings: &Settings) -> String {
        let mut page = self.example();
        tree(&mut page, report, out);
        page.push('\n');
        let mut line = |name: &str, sum: u64, text: String| {
            let _ = writeln!(page, "{}", format!("{name:<10} {sum:>9}   {text}").trim_end());
        };
        let holds = |holds: bool| if holds { "adds up" } else { "DOES NOT ADD UP" };

        let failed: u64 = counts.failed.values().sum();
        let mut parts = format!("= {} ok + {} dropped + {failed} failed", counts.delivered, counts.dropped);
        if counts.refused > 0 {
            let _ = write!(parts, " + {} refused, larger than 1,000 KiB", counts.refused);
        }
        if counts.split > 0 {
            let _ = write!(parts, " + {} split into {}", counts.split, counts.pieces);
        }
        line("records", counts.put, format!("{parts}   ({})", holds(records_add_up(counts))));

        let not_converted: u64 = report.not_converted.values().sum();
        let mut parts = format!("= {} rows + {} rejected", self.rows, self.rejected);
        if not_converted > 0 {
            let _ = write!(parts, ", {not_converted} rows not converted");
        }
        let adds_up = holds(self.rows == rows_in(report));
        line("events", self.rows + self.rejected, format!("{parts}   ({adds_up})"));

        let codes = counts.failed.iter().chain(&report.not_converted).map(|(code, count)| format!("{code} {count}"));
        line("failed", failed + not_converted, codes.collect::<Vec<_>>().join(", "));
        line("reasons", self.reasons.iter().sum(), listed(&Reason::ALL.map(Reason::code), &self.reasons));
        line("flags", self.flags.iter().sum(), listed(&Flag::ALL.map(Flag::code), &self.flags));
        let died = died_of(counts).map(|why| format!("the function failed {} times: {why}", counts.function_errors));
        line("invoked", counts.invocations, died.unwrap_or_default());
        let most = self.transform.plan().most_partitions();
        let open =
            format!("at most {} open at once; {most} can be, {} may", report.most_open, settings.active_partitions);
        line("partitions", report.partitions.len() as u64, open);
        line("bytes", counts.bytes, format!("in, {} out", self.bytes));
        page
    }

    /// A record before and after.
    fn example(&self) -> String {
        let mut page = String::new();
        let Some((record, rows)) = &self.example else {
            if let Some(show) = &self.show {
                let _ = writeln!(page, "no record is of the event type {show}\n");
            }
            return page;
        };
        page.push_str("before\n");
        // A record may be JSON over several lines.
        for line in String::from_utf8_lossy(record).lines() {
            let _ = writeln!(page, "  {}", shown(line, usize::MAX));
        }
        page.push_str("after\n");
        for row in rows.split(|byte| *byte == b'\n').filter(|row| !row.is_empty()) {
            let row: BTreeMap<String, Box<RawValue>> = serde_json::from_slice(row).unwrap_or_default();
            for column in &self.transform.plan().columns {
                if let Some(value) = row.get(column.name.as_str()) {
                    let _ = writeln!(page, "  {:<16} {}", column.name, shown(value.get(), usize::MAX));
                }
            }
        }
        page.push('\n');
        page
    }
}

/// The last thing that the function died of. The function says it, in any length.
fn died_of(counts: &Counts) -> Option<String> {
    counts.died_of.as_ref().map(|why| shown(why, MAX_SHOWN))
}

fn records_add_up(counts: &Counts) -> bool {
    let failed: u64 = counts.failed.values().sum();
    counts.put + counts.pieces == counts.refused + counts.split + counts.delivered + counts.dropped + failed
}

/// Rows that are in objects, or were not converted.
fn rows_in(report: &Report) -> u64 {
    report.partitions.values().map(|partition| partition.rows).chain(report.not_converted.values().copied()).sum()
}

/// What lies where.
fn tree(page: &mut String, report: &Report, out: &Path) {
    let _ = writeln!(page, "{}/", out.display());
    let mut folders: BTreeMap<&str, Vec<(&str, u64)>> = BTreeMap::new();
    for (prefix, delivered) in &report.partitions {
        let (folder, leaf) = prefix.trim_end_matches('/').rsplit_once('/').unwrap_or(("", prefix));
        folders.entry(folder).or_default().push((leaf, delivered.rows));
    }
    for (folder, leaves) in &folders {
        let rows: u64 = leaves.iter().map(|(_, rows)| rows).sum();
        let leaves = match leaves.as_slice() {
            [(first, _), .., (last, _)] if leaves.len() > 3 => format!("{first}/ to {last}/, {} of them", leaves.len()),
            few => few.iter().map(|(leaf, rows)| format!("{leaf}/ ({rows})")).collect::<Vec<_>>().join("  "),
        };
        let [folder, leaves] = [&format!("{folder}/"), &leaves].map(|text| shown(text, usize::MAX));
        let _ = writeln!(page, "  {folder:<36} {rows:>8} rows     {leaves}");
    }
    for (folder, delivered) in &report.errors {
        let _ = writeln!(page, "  {:<36} {:>8} records", format!("error prefix, {folder}/"), delivered.rows);
    }
    if report.backup.objects > 0 {
        let _ = writeln!(page, "  {:<36} {:>8} records", "backup, as they came", report.backup.rows);
    }
}

fn listed(names: &[&str], counts: &[u64]) -> String {
    let some = names.iter().zip(counts).filter(|(_, n)| **n > 0).map(|(name, n)| format!("{name} {n}"));
    some.collect::<Vec<_>>().join(", ")
}
