//! The row: Spectrum finds the columns of Parquet files by name and type, COPY by place. So the end is where a row can
//! grow, and nothing else of it can change but a varchar's width, upwards.

use super::Change;
use super::sources;
use crate::schema::document::{Document, Field};
use clickstream::schema::ColumnType;

/// The changes of `[[column]]`.
pub(super) fn columns(old: &Document, new: &Document) -> Vec<Change> {
    let mut changes = Vec::new();
    let find = |list: &[Field], name: &str| list.iter().position(|field| field.name == name);
    let mut renamed_to: Vec<&str> = Vec::new();
    for (index, column) in old.column.iter().enumerate() {
        let Some(now) = find(&new.column, &column.name) else {
            let heir = new.column.get(index).filter(|heir| find(&old.column, &heir.name).is_none());
            let heir = heir.filter(|heir| heir.kind == column.kind);
            renamed_to.extend(heir.map(|heir| heir.name.as_str()));
            changes.push(gone(column, heir));
            continue;
        };
        let now = &new.column[now];
        changes.extend(retyped(column, now));
        changes.extend(ruled("column", column, now));
        changes.extend(sources::changes("column", column, now, [&old.column, &new.column]));
    }
    for name in moved(&old.column, &new.column) {
        let effect = "COPY finds columns by place and would fill it, and those between, with the values of others; \
                      move it back";
        changes.push(Change::refused("column", name, "stands in another place", effect));
    }
    let last_known = new.column.iter().rposition(|column| find(&old.column, &column.name).is_some());
    for (index, column) in new.column.iter().enumerate() {
        if find(&old.column, &column.name).is_some() || renamed_to.contains(&column.name.as_str()) {
            continue;
        }
        changes.push(if last_known.is_some_and(|last| index < last) {
            let effect = "COPY finds columns by place and would fill all after it with their neighbours' values; \
                          put it at the end";
            Change::refused(
                "column",
                &column.name,
                format!("is new, before columns that files have ({})", column.kind),
                effect,
            )
        } else {
            let effect = "null in the rows that are in S3; first add it to the warehouse's table and to the external \
                          table, as `clickstream schema ddl` spells it";
            Change::safe("column", &column.name, format!("is new, at the end ({})", column.kind), effect)
        });
    }
    if !changes.is_empty() && new.version <= old.version {
        let change = format!("is {}, and was {}", new.version, old.version);
        changes.push(Change::safe(
            "schema",
            "version",
            change,
            "count it up: rows tell by schema_version how they were made",
        ));
    }
    changes
}

/// The changes of `[[item]]`: inside the JSON of a column, where no reader looks for a type or a place.
pub(super) fn items(old: &Document, new: &Document) -> Vec<Change> {
    let mut changes = Vec::new();
    for field in &old.item {
        let Some(now) = new.item.iter().find(|now| now.name == field.name) else {
            let effect = "from now on, what it held is in the item's extra; queries of `items` see both forms";
            changes.push(Change::safe("item", &field.name, "is gone", effect));
            continue;
        };
        if now.kind != field.kind {
            let effect = "items in S3 keep the old form, as JSON inside text; queries of `items` see both";
            changes.push(Change::safe("item", &field.name, format!("{} becomes {}", field.kind, now.kind), effect));
        }
        changes.extend(ruled("item", field, now));
        changes.extend(sources::changes("item", field, now, [&old.item, &new.item]));
    }
    for field in new.item.iter().filter(|field| old.item.iter().all(|known| known.name != field.name)) {
        let effect = "items in S3 do not have it; what it holds was in the item's extra";
        changes.push(Change::safe("item", &field.name, format!("is new ({})", field.kind), effect));
    }
    changes
}

fn gone(column: &Field, heir: Option<&Field>) -> Change {
    let name = &column.name;
    match heir {
        Some(heir) => {
            let effect = format!(
                "files in S3 have it as `{name}`, and Spectrum would read null from them; keep `{name}`, and add `{}` at \
                 the end",
                heir.name
            );
            Change::refused("column", name, format!("is renamed to {}", heir.name), effect)
        }
        None => {
            let effect = "COPY finds columns by place and would fill all after it with their neighbours' values, and what S3 \
                          has in it would be out of sight; leave it where it is";
            Change::refused("column", name, "is gone", effect)
        }
    }
}

fn retyped(old: &Field, new: &Field) -> Option<Change> {
    let (name, change) = (&new.name, format!("{} becomes {}", old.kind, new.kind));
    // A type that cannot be read is a problem of the file, which is told as such.
    let (before, now): (ColumnType, ColumnType) = (old.kind.parse().ok()?, new.kind.parse().ok()?);
    if before == now {
        return None;
    }
    Some(match (before, now) {
        _ if now.reads(before) => {
            let effect = format!(
                "files stay readable; first widen it in the warehouse (alter table … alter column \"{name}\" type {now}) and \
                 in the external table's definition: one value wider than declared fails a whole Spectrum query"
            );
            Change::safe("column", name, change, effect)
        }
        (ColumnType::Varchar(_), ColumnType::Varchar(_)) => {
            let effect = format!(
                "files in S3 may hold longer values, and one of those fails a whole Spectrum query; keep {before}"
            );
            Change::refused("column", name, change, effect)
        }
        _ => {
            let effect = format!(
                "Spectrum fails a query over files whose type differs from the table's; keep {before}, and add a new column at \
                 the end"
            );
            Change::refused("column", name, change, effect)
        }
    })
}

fn ruled(about: &'static str, old: &Field, new: &Field) -> Option<Change> {
    let spelled = |rule: &Option<String>| rule.as_ref().map_or("no rule".into(), |rule| format!("rule {rule}"));
    let protects = |field: &Field| matches!(field.rule.as_deref(), Some("email" | "ip"));
    let effect = if protects(old) && !protects(new) {
        "addresses are no longer protected in it, nor under the keys that feed it; rows in S3 keep theirs protected"
    } else {
        "values are written by it from now on; those in S3 stay as they are, so old and new may not join"
    };
    let change = format!("{} becomes {}", spelled(&old.rule), spelled(&new.rule));
    (old.rule != new.rule).then(|| Change::safe(about, &new.name, change, effect))
}

/// The columns of both that are not in the same order: as few as explain the difference.
fn moved<'a>(old: &'a [Field], new: &'a [Field]) -> Vec<&'a str> {
    let common = |list: &'a [Field], other: &'a [Field]| -> Vec<&'a str> {
        let names = list.iter().map(|field| field.name.as_str());
        names.filter(|name| other.iter().any(|field| field.name == *name)).collect()
    };
    let (mut before, mut after) = (common(old, new), common(new, old));
    let mut moved = Vec::new();
    while let Some(at) = before.iter().zip(&after).position(|(a, b)| a != b) {
        // Either the one that was here went down, or the one that is here came up.
        let went_down = before.get(at + 1) == Some(&after[at]);
        let name = if went_down { before[at] } else { after[at] };
        before.retain(|other| *other != name);
        after.retain(|other| *other != name);
        moved.push(name);
    }
    moved
}
