//! What events go by, what is no identifier, what is private, how long a partition stays open. Files do not care; the
//! rows to come differ from those that are there.

use super::Change;
use crate::schema::document::{Document, EventType};
use clickstream::schema::fold;
use std::collections::BTreeMap;

/// The type of events whose name the schema does not know.
const OTHER: &str = "other";

/// All changes but those of columns and items.
pub(super) fn vocabulary(old: &Document, new: &Document) -> Vec<Change> {
    let mut changes = event_types(old, new);
    changes.extend(window(old, new));
    let lists = [
        (
            "privacy",
            [&old.privacy.removed_keys, &new.privacy.removed_keys],
            "removed wherever it stands from now on; rows, errors and backups in S3 keep what they have",
            "no longer removed: what stands under it is stored from now on",
        ),
        (
            "ids",
            [&old.ids.blocked, &new.ids.blocked],
            "a placeholder from now on: null in id columns",
            "an identifier from now on: whoever sends it becomes one person",
        ),
        (
            "envelope",
            [&old.envelopes, &new.envelopes],
            "an array of objects under it becomes one event each from now on",
            "an array under it stays with its one event from now on, in extra",
        ),
    ];
    for (about, [before, now], added, gone) in lists {
        let holds = |list: &[String], name: &str| list.iter().any(|other| fold(other) == fold(name));
        let new = now.iter().filter(|name| !holds(before, name));
        changes.extend(new.map(|name| Change::safe(about, name, "is new on the list", added)));
        let missing = before.iter().filter(|name| !holds(now, name));
        changes.extend(missing.map(|name| Change::safe(about, name, "is off the list", gone)));
    }
    if old.dialect != new.dialect {
        let names =
            |document: &Document| document.dialect.iter().map(|d| d.name.clone()).collect::<Vec<_>>().join(", ");
        let change = format!("told apart otherwise ({} before, {} now)", names(old), names(new));
        changes.push(Change::safe(
            "dialect",
            "source_dialect",
            change,
            "the column may say another dialect from now on",
        ));
    }
    changes
}

fn event_types(old: &Document, new: &Document) -> Vec<Change> {
    let mut changes = Vec::new();
    let has = |document: &Document, name: &str| document.event_type.iter().any(|of| of.name == name);
    for EventType { name, .. } in new.event_type.iter().filter(|of| !has(old, &of.name)) {
        let effect = format!("up to {} more partitions, which have to be registered", new.partition.dates());
        changes.push(Change::safe("event_type", name, "is new", effect));
    }
    for EventType { name, .. } in old.event_type.iter().filter(|of| !has(new, &of.name)) {
        changes.push(Change::safe(
            "event_type",
            name,
            "is gone",
            "no new partitions of it; those in S3 stay as they are",
        ));
    }
    let [before, now] = [old, new].map(names);
    let mut moves: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for (folded, (spelled, _)) in before.iter().chain(&now) {
        let [from, to] = [&before, &now].map(|names| names.get(folded).map_or(OTHER, |(_, of)| *of));
        let moved = moves.entry((from, to)).or_default();
        if from != to && !moved.contains(spelled) {
            moved.push(spelled);
        }
    }
    for ((from, to), names) in moves.into_iter().filter(|(_, names)| !names.is_empty()) {
        let change = format!("events named {} move from {from} to {to} from now on", names.join(", "));
        let effect = format!("those in S3 stay under event_type={from}: a query over both times names both");
        changes.push(Change::safe("event_type", to, change, effect));
    }
    changes
}

/// Folded name to the name as spelled, and the event type that it means.
fn names(document: &Document) -> BTreeMap<String, (&str, &str)> {
    let all = document.event_type.iter().flat_map(|of| of.names().map(|name| (fold(name), (name, of.name.as_str()))));
    all.collect()
}

fn window(old: &Document, new: &Document) -> Vec<Change> {
    let mut changes = Vec::new();
    let [before, now] = [&old.partition, &new.partition];
    for (name, from, to, grows, shrinks) in [
        (
            "late_days",
            before.late_days,
            now.late_days,
            "events that are later than before are filed under their own date; those partitions have to be registered",
            "events later than that are filed under their arrival's date from now on (time_clamped)",
        ),
        (
            "early_minutes",
            before.early_minutes,
            now.early_minutes,
            "events of clocks that run further ahead are filed under their own date",
            "events of clocks that run further ahead are filed under their arrival's date from now on (time_clamped)",
        ),
        (
            "active_quota",
            before.active_quota,
            now.active_quota,
            "AWS must have raised it for the stream first: above it, Firehose fails records",
            "fewer event types and late days have room",
        ),
    ] {
        if from != to {
            let effect = if to > from { grows } else { shrinks };
            changes.push(Change::safe("partition", name, format!("{from} becomes {to}"), effect));
        }
    }
    let [from, to] = [before.most(old), now.most(new)];
    if from != to {
        let verb = if to > from { "grow" } else { "shrink" };
        let effect = format!("of {} that Firehose may hold open", now.active_quota);
        changes.push(Change::safe(
            "partition",
            "worst case",
            format!("active partitions {verb} from {from} to {to}"),
            effect,
        ));
    }
    changes
}
