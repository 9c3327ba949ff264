//! What a run came to, for people and for programs. The sums add up, and say so.

use crate::invocation::Incoming;
use clickstream::batch::Counts;
use clickstream::reject::Reason;
use clickstream::row::Flag;
use clickstream::transform::Transform;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

/// Sums over all invocations.
#[derive(Debug, Default)]
pub(crate) struct Summary {
    pub(crate) counts: Counts,
    /// Rows and bytes of each partition.
    partitions: BTreeMap<String, (u64, u64)>,
    /// Which event type to show an example of.
    show: Option<String>,
    /// A record and its row.
    example: Option<(Vec<u8>, Vec<u8>)>,
}

impl Summary {
    pub(crate) fn new(show: Option<String>) -> Self {
        Self { show, ..Self::default() }
    }

    /// Adds an invocation.
    pub(crate) fn add(&mut self, counts: &Counts) {
        let sum = &mut self.counts;
        let pairs = [
            (&mut sum.records, counts.records),
            (&mut sum.ok, counts.ok),
            (&mut sum.dropped, counts.dropped),
            (&mut sum.events, counts.events),
            (&mut sum.rows, counts.rows),
            (&mut sum.rejected, counts.rejected),
            (&mut sum.other, counts.other),
            (&mut sum.bytes_in, counts.bytes_in),
            (&mut sum.bytes_out, counts.bytes_out),
        ];
        let lists = sum.failed.iter_mut().zip(counts.failed).chain(sum.flags.iter_mut().zip(counts.flags));
        pairs.into_iter().chain(lists).for_each(|(sum, count)| *sum += count);
    }

    /// Adds a record's rows.
    pub(crate) fn delivered(&mut self, prefix: &str, incoming: &Incoming, rows: &[u8]) {
        let lines = rows.split_inclusive(|byte| *byte == b'\n').count() as u64;
        let (count, bytes) = self.partitions.entry(prefix.to_owned()).or_default();
        *count += lines;
        *bytes += rows.len() as u64;
        let wanted = self.show.as_ref().is_some_and(|show| prefix.starts_with(&format!("event_type={show}/")));
        if wanted && self.example.is_none() {
            self.example = Some((incoming.data.clone(), rows.to_owned()));
        }
    }

    /// For programs.
    pub(crate) fn json(&self, transform: &Transform) -> Value {
        let Counts { records, ok, dropped, failed, events, rows, rejected, other, flags, bytes_in, bytes_out } =
            &self.counts;
        let codes = |names: &[&str], counts: &[u64]| -> BTreeMap<String, u64> {
            names.iter().map(|name| (*name).to_owned()).zip(counts.iter().copied()).filter(|(_, n)| *n > 0).collect()
        };
        json!({
            "schema_version": transform.plan().version,
            "records": records,
            "ok": ok,
            "dropped": dropped,
            "failed": codes(&Reason::ALL.map(Reason::code), failed),
            "events": events,
            "rows": rows,
            "rejected": rejected,
            "other": other,
            "flags": codes(&Flag::ALL.map(Flag::code), flags),
            "bytes_in": bytes_in,
            "bytes_out": bytes_out,
            "partitions": self.partitions.iter().map(|(prefix, (rows, bytes))| json!({
                "prefix": prefix, "rows": rows, "bytes": bytes,
            })).collect::<Vec<_>>(),
        })
    }

    /// For people.
    pub(crate) fn text(&self, transform: &Transform, out: &Path) -> String {
        let mut page = String::new();
        if let Some((record, rows)) = &self.example {
            let row = rows.split(|byte| *byte == b'\n').next().unwrap_or_default();
            // Raw, so that a price shows as it is written.
            let row: BTreeMap<&str, &RawValue> = serde_json::from_slice(row).unwrap_or_default();
            let _ = writeln!(page, "A record as it came:\n\n{}\n\nand its row:\n", String::from_utf8_lossy(record));
            for column in &transform.plan().columns {
                if let Some(value) = row.get(column.name.as_str()) {
                    let _ = writeln!(page, "  {:<16} {value}", column.name);
                }
            }
            page.push('\n');
        }
        let _ = writeln!(page, "{}/events/", out.display());
        let mut types: BTreeMap<&str, Vec<(&str, u64)>> = BTreeMap::new();
        for (prefix, (rows, _)) in &self.partitions {
            let (event_type, date) = prefix.trim_end_matches('/').split_once('/').unwrap_or((prefix, ""));
            types.entry(event_type).or_default().push((date, *rows));
        }
        for (event_type, dates) in &types {
            let rows: u64 = dates.iter().map(|(_, rows)| rows).sum();
            let dates: Vec<_> = dates.iter().map(|(date, rows)| format!("{date}/ ({rows})")).collect();
            let _ = writeln!(page, "  {:<30} {rows:>8} rows   {}", format!("{event_type}/"), dates.join("  "));
        }
        let counts = &self.counts;
        let failed = counts.failed_in_all();
        let sum = |holds: bool| if holds { "adds up" } else { "DOES NOT ADD UP" };
        let records_add_up = counts.records == counts.ok + counts.dropped + failed;
        let events_add_up = counts.events == counts.rows + counts.rejected;
        let in_partitions: u64 = self.partitions.values().map(|(rows, _)| rows).sum();
        let _ = writeln!(
            page,
            "\nrecords    {:>8} = {} ok + {} dropped + {failed} failed   ({})",
            counts.records,
            counts.ok,
            counts.dropped,
            sum(records_add_up)
        );
        let _ = writeln!(
            page,
            "events     {:>8} = {} rows + {} rejected   ({})",
            counts.events,
            counts.rows,
            counts.rejected,
            sum(events_add_up && in_partitions == counts.rows)
        );
        let listed = |names: &[&str], counts: &[u64]| {
            let some = names.iter().zip(counts).filter(|(_, n)| **n > 0).map(|(name, n)| format!("{name} {n}"));
            some.collect::<Vec<_>>().join(", ")
        };
        let _ = writeln!(page, "failed     {failed:>8}   {}", listed(&Reason::ALL.map(Reason::code), &counts.failed));
        let _ = writeln!(
            page,
            "flags      {:>8}   {}",
            counts.flags.iter().sum::<u64>(),
            listed(&Flag::ALL.map(Flag::code), &counts.flags)
        );
        let most = transform.plan().most_partitions();
        let _ = writeln!(page, "partitions {:>8}   of {most} that can be open at once", self.partitions.len());
        let _ = writeln!(page, "bytes      {:>8}   in, {} out", counts.bytes_in, counts.bytes_out);
        page
    }
}
