//! Where values come from: which attributes change their column.

use super::Change;
use crate::schema::document::Field;
use clickstream::schema::fold;
use clickstream::schema::source::{Source, parse, spelled};

/// The changes of one field's sources. `fields`: all of its kind, before and after.
pub(super) fn changes(about: &'static str, old: &Field, new: &Field, fields: [&[Field]; 2]) -> Vec<Change> {
    let [before, now] = [expanded(old), expanded(new)];
    let mut changes = Vec::new();
    for source in now.iter().filter(|source| !holds(&before, source)) {
        let was = if source.contains('(') {
            String::new()
        } else {
            format!("; so far it was in {}", home(source, fields[0]))
        };
        let effect = format!("fills it from now on where it is the first that is present{was}");
        changes.push(Change::safe(about, &new.name, format!("source {source} is new"), effect));
    }
    for source in before.iter().filter(|source| !holds(&now, source)) {
        let goes =
            if source.contains('(') { String::new() } else { format!("; it goes to {}", home(source, fields[1])) };
        let effect = format!("does not fill it from now on{goes}");
        changes.push(Change::safe(about, &new.name, format!("source {source} is gone"), effect));
    }
    let in_both = |list: &[String], other: &[String]| -> Vec<String> {
        list.iter().filter(|source| holds(other, source)).map(|source| fold(source)).collect()
    };
    if in_both(&before, &now) != in_both(&now, &before) {
        let effect = "where several are present, another one may win from now on";
        changes.push(Change::safe(about, &new.name, "its sources are in another order", effect));
    }
    changes
}

/// Its sources as schema.toml spells them, alternatives expanded, its own name first.
fn expanded(field: &Field) -> Vec<String> {
    let texts = std::iter::once(&field.name).chain(&field.sources);
    let sources = texts.flat_map(|text| {
        parse(text).unwrap_or_default().into_iter().map(|source| match source {
            Source::Path(steps) => spelled(&steps),
            Source::Function(_) => text.clone(),
        })
    });
    sources.collect()
}

fn holds(sources: &[String], source: &str) -> bool {
    sources.iter().any(|other| fold(other) == fold(source))
}

/// The field that a path fills; `extra` if none.
fn home<'a>(path: &str, fields: &'a [Field]) -> &'a str {
    fields.iter().find(|field| holds(&expanded(field), path)).map_or("extra", |field| &field.name)
}
