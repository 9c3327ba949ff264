//! The rules that hold for a schema as a whole: names, signatures of functions, the partition quota.

use super::PARTITION_KEYS;
use super::column_type::ColumnType;
use super::document::{At, Document};
use super::plan::{Column, Rule, Window};
use super::problem::Found;
use super::source::FunctionName;
use crate::bits::BOUND;

/// Redshift's longest identifier, in bytes.
const MAX_NAME: usize = 127;

/// Width of the partition column `event_type`, in bytes.
pub(crate) const MAX_EVENT_TYPE: usize = 32;

/// Reserved in Redshift; a row begins with `#` where it is a comment.
const RESERVED_WORDS: &str = include_str!("reserved_words.txt");

/// Whether Redshift reserves the word.
pub(super) fn is_reserved(word: &str) -> bool {
    memchr::memmem::find(RESERVED_WORDS.as_bytes(), format!("\n{word}\n").as_bytes()).is_some()
}

/// Names of columns, item fields and event types.
pub(super) fn names(document: &Document, found: &mut Found) {
    let mut seen: Vec<&str> = Vec::new();
    for At { line, value: name } in document.columns.iter().map(|column| &column.name) {
        identifier(*line, name, found);
        if is_reserved(name) {
            let remedy = format!("qualify it, for example `event_{name}`");
            found.add(*line, format!("`{name}` is a reserved word in Redshift"), remedy);
        }
        if PARTITION_KEYS.contains(&name.as_str()) {
            let cause = format!("`{name}` is a partition key, which a column of the file must not repeat");
            found.add(*line, cause, "choose another name");
        }
        if seen.contains(&name.as_str()) {
            found.add(*line, format!("column `{name}` is there twice"), "delete one of the two");
        }
        seen.push(name);
    }
    seen.clear();
    for At { line, value: name } in document.items.iter().map(|item| &item.name) {
        identifier(*line, name, found);
        if seen.contains(&name.as_str()) || name == "extra" {
            found.add(*line, format!("item field `{name}` is there already"), "choose another name");
        }
        seen.push(name);
    }
    for At { line, value: name } in document.event_types.iter().map(|event_type| &event_type.name) {
        identifier(*line, name, found);
        if name.len() > MAX_EVENT_TYPE {
            let cause =
                format!("event type `{name}` is longer than {MAX_EVENT_TYPE} bytes, its partition column's width");
            found.add(*line, cause, "choose a shorter name; the long one can be an alias");
        }
    }
    let [columns, items] = [document.columns.get(BOUND), document.items.get(BOUND)];
    for (what, beyond) in [("columns", columns.map(|of| &of.name)), ("item fields", items.map(|of| &of.name))] {
        if let Some(At { line, .. }) = beyond {
            found.add(*line, format!("there are more than {BOUND} {what}"), "leave to `extra` what few events have");
        }
    }
    if document.version.value == 0 {
        found.add(document.version.line, "the version is 0", "count versions from 1");
    }
}

/// Columns that files in S3 have already keep name, type and place: Spectrum finds them by name and fails a query whose
/// type differs, COPY finds them by place. Only a varchar may grow.
pub(super) fn released(document: &Document, found: &mut Found) {
    for (index, At { line, value }) in document.released.iter().enumerate() {
        let (name, kind) = value.split_once(' ').unwrap_or((value, ""));
        let Some(column) = document.columns.get(index) else {
            found.add(*line, format!("column `{name}` is gone"), "keep it: files in S3 have it");
            continue;
        };
        let At { line, value: now } = &column.name;
        if now != name {
            let cause = format!("column {} is `{now}`, but files in S3 have `{name}` there", index + 1);
            let remedy = format!("keep `{name}`, and add `{now}` as a new column at the end");
            found.add(*line, cause, remedy);
            continue;
        }
        let [old, new] = [kind, column.kind.value.as_str()].map(str::parse::<ColumnType>);
        let reads = match (old, new) {
            (Ok(old), Ok(new)) => new.reads(old),
            (old, new) => old == new,
        };
        if !reads {
            let cause = format!("column `{name}` is {}, but files in S3 have it as {kind}", column.kind.value);
            found.add(column.kind.line, cause, "keep its type, and add a new column at the end");
        }
    }
}

/// Lower-case snake case: what Redshift folds identifiers to, and what is safe in an S3 prefix.
fn identifier(line: usize, name: &str, found: &mut Found) {
    let good = name.len() <= MAX_NAME
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if !good {
        let remedy = "use lower-case letters, digits and `_`, a letter first, at most 127 bytes";
        found.add(line, format!("`{name}` is not a name"), remedy);
    }
}

/// The worst case of active partitions, held against Firehose's quota.
pub(super) fn quota(document: &Document, found: &mut Found) {
    // An hour of clock skew reaches the next day; a day of it would reach the day after.
    if document.early_minutes.value > 60 {
        let cause = format!("early_minutes = {} is more than an hour", document.early_minutes.value);
        found.add(document.early_minutes.line, cause, "use 60 or less");
    }
    let types = u32::try_from(document.event_types.len()).unwrap_or(u32::MAX);
    let dates =
        Window { late_days: document.late_days.value, early_minutes: document.early_minutes.value }.most_dates();
    let worst = types.saturating_mul(dates);
    let quota = document.quota.value;
    if worst > quota {
        let days = (quota / types.max(1)).saturating_sub(2);
        found.add(
            document.late_days.line,
            format!(
                "{types} event types x {dates} days = {worst} active partitions in the worst case, above the quota of {quota}"
            ),
            format!("set late_days to {days} or less, or ask AWS for a higher quota and state it in active_quota"),
        );
    }
}

/// Which columns a function can read, and which types of column it can fill.
type Signature = (fn(&Column) -> bool, fn(ColumnType) -> bool);

/// The signature of a function.
pub(super) fn signature(function: FunctionName) -> Signature {
    use FunctionName as F;
    let any: fn(&Column) -> bool = |_| true;
    let text: fn(&Column) -> bool = |column| matches!(column.kind, ColumnType::Varchar(_));
    let items: fn(&Column) -> bool = |column| column.rule == Some(Rule::Items);
    let varchar: fn(ColumnType) -> bool = |kind| matches!(kind, ColumnType::Varchar(_));
    let integer: fn(ColumnType) -> bool = |kind| kind.integer_range().is_some();
    match function {
        F::Arrival => (any, |kind| kind == ColumnType::Timestamp),
        F::Hash | F::Flags | F::Dialect | F::Source => (any, varchar),
        F::Extra => (any, |kind| kind == ColumnType::Json),
        F::Version => (any, integer),
        F::Host | F::Path | F::Query | F::Browser | F::Os | F::Device => (text, varchar),
        F::Count | F::Sum => (items, integer),
        F::First => (items, |kind| kind != ColumnType::Json),
        F::Bot => (text, |kind| kind == ColumnType::Boolean),
        F::On => (any, |kind| kind != ColumnType::Json),
    }
}
