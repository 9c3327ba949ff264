//! Lines for schema.toml. None is shown that was not tried: the schema compiles with it, and the transform fills the new
//! column from an event that holds the attribute.

use super::coverage::{Coverage, LeftOver};
use super::frequent::Frequent;
use super::naming;
use super::values::Values;
use crate::schema::document::{Dialect, Document, EventType};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clickstream::firehose::MAX_RESPONSE;
use clickstream::observe::{Filler, Observed};
use clickstream::schema::source::Step;
use clickstream::schema::{ColumnType, Plan, Rule, fold};
use clickstream::transform::Transform;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// Most names of each kind that are looked at.
const MOST: usize = 12;

/// Attributes, most frequent first.
type Ranked<'a> = Vec<(&'a str, u64, &'a LeftOver)>;

/// An event name that the schema does not know.
#[derive(Debug)]
pub(super) struct OtherName {
    pub(super) name: String,
    pub(super) rows: u64,
    pub(super) advice: Advice,
}

/// What to do about it.
#[derive(Debug)]
pub(super) enum Advice {
    /// Add it to the aliases of this event type, which then are these.
    Alias { of: String, aliases: Vec<String> },
    /// Add this event type.
    NewType(String),
    /// Leave it where it is.
    Rare,
    /// Nothing that the quota of partitions has room for.
    NoRoom,
}

/// An attribute that no column reads.
#[derive(Debug)]
pub(super) struct Unmapped {
    pub(super) path: String,
    /// Of an item, not of the event.
    pub(super) of_item: bool,
    pub(super) rows: u64,
    /// Fits all values seen; `None` if there were none.
    pub(super) kind: Option<ColumnType>,
    /// The suggested column or item field; `None` if no path can name the attribute, or none was looked for.
    pub(super) column: Option<String>,
}

/// A schema with everything in it that was found to work.
struct Trial {
    text: String,
    sections: Vec<String>,
}

impl Trial {
    /// Keeps a section if the schema compiles with it and `works`.
    fn accept(&mut self, section: &str, works: impl FnOnce(&mut Transform) -> bool) -> bool {
        let text = format!("{}\n{section}", self.text);
        let accepted = Plan::parse("schema.toml", &text).is_ok_and(|plan| works(&mut Transform::new(plan)));
        if accepted {
            self.text = text;
            self.sections.push(section.to_owned());
        }
        accepted
    }
}

/// What would cover more.
#[derive(Debug)]
pub(super) struct Suggestions {
    pub(super) other_names: Vec<OtherName>,
    pub(super) unmapped: Vec<Unmapped>,
    /// Attributes that a column reads, but that stay in `extra` where they do not fit or another path came first.
    pub(super) passed_over: Vec<(String, u64)>,
    /// Sections to append to schema.toml.
    pub(super) sections: Vec<String>,
}

impl Suggestions {
    /// For the schema whose text is `schema`.
    pub(super) fn new(coverage: &Coverage, plan: &Plan, schema: &str) -> Self {
        let mut trial = Trial { text: schema.to_owned(), sections: Vec::new() };
        let document = Document::parse("the schema", schema).unwrap_or_default();
        // What so few events have is noise, and each event type costs partitions.
        let rare = coverage.rows / 1000;
        let other_names = other_names(&coverage.other_names, &document.event_type, rare, &mut trial);
        let markers: BTreeSet<&str> = document.dialect.iter().flat_map(Dialect::markers).collect();
        let wrappers = naming::Wrappers::told_by(markers.iter().copied());
        let markers: BTreeSet<String> = markers.into_iter().map(fold).collect();
        let (mut unmapped, mut passed_over) = (Vec::new(), Vec::new());
        for (found, fields, of_item) in
            [(&coverage.extra, &plan.columns, false), (&coverage.items_extra, &plan.items, true)]
        {
            let known: BTreeSet<String> = fields.iter().flat_map(|field| plan.paths(field)).map(fold).collect();
            let (read, new) = found.ranked().into_iter().partition(|(path, ..)| known.contains(&fold(path)));
            let (read, mut new): (Ranked, Ranked) = (read, new);
            new.retain(|(path, count, _)| *count > rare && !markers.contains(&fold(path)));
            passed_over.extend(read.into_iter().take(MOST).map(|(path, rows, _)| (path.to_owned(), rows)));
            unmapped.extend(attributes(new, of_item, &wrappers, &mut trial));
        }
        unmapped.sort_by_key(|attribute| std::cmp::Reverse(attribute.rows));
        Self { other_names, unmapped, passed_over, sections: trial.sections }
    }
}

fn other_names(names: &Frequent<()>, types: &[EventType], rare: u64, trial: &mut Trial) -> Vec<OtherName> {
    let mut others: Vec<OtherName> = Vec::new();
    for (name, rows, ()) in names.ranked() {
        if let Some(known) = others.iter_mut().find(|other| fold(&other.name) == fold(name)) {
            known.rows += rows;
        } else if others.len() < MOST {
            others.push(OtherName { name: name.to_owned(), rows, advice: Advice::Rare });
        }
    }
    for other in &mut others {
        other.advice = if other.rows <= rare {
            Advice::Rare
        } else if let Some(of) = naming::meant(&other.name, types) {
            let aliases = of.aliases.iter().chain([&other.name]).cloned().collect();
            Advice::Alias { of: of.name.clone(), aliases }
        } else {
            let name = naming::event_type(&other.name);
            let alias = (fold(&name) != fold(&other.name)).then(|| format!("aliases = [{}]\n", quoted(&other.name)));
            let section = format!("[[event_type]]\nname = \"{name}\"\n{}", alias.unwrap_or_default());
            let is_known = |plan: &Plan| plan.event_types[plan.event_type(&other.name)] == name;
            if trial.accept(&section, |transform| is_known(transform.plan())) {
                Advice::NewType(name)
            } else {
                Advice::NoRoom
            }
        };
    }
    others
}

/// Attributes that one column would hold: of one name, at the top and in wrappers.
struct Group<'a> {
    names: Vec<String>,
    /// Each with an example.
    paths: Vec<(&'a str, Value)>,
    values: Values,
}

fn attributes(found: Ranked, of_item: bool, wrappers: &naming::Wrappers, trial: &mut Trial) -> Vec<Unmapped> {
    let (mut attributes, mut groups): (Vec<Unmapped>, Vec<Group>) = (Vec::new(), Vec::new());
    for (path, rows, LeftOver { can_be_named, values }) in found {
        if attributes.len() == MOST {
            break;
        }
        attributes.push(Unmapped { path: path.to_owned(), of_item, rows, kind: values.column_type(), column: None });
        let Some(example) = values.example().filter(|_| *can_be_named) else { continue };
        let names = naming::columns(path, wrappers);
        match groups.iter_mut().find(|group| group.names[0] == names[0]) {
            Some(group) => {
                if !group.paths.iter().any(|(known, _)| fold(known) == fold(path)) {
                    group.paths.push((path, example.clone()));
                }
                group.values.join(values);
            }
            None => groups.push(Group { names, paths: vec![(path, example.clone())], values: values.clone() }),
        }
    }
    for group in groups {
        let Some(kind) = group.values.column_type() else { continue };
        let works = |name: &&String| {
            trial.accept(&section(name, kind, &group, of_item), |transform| fills(transform, name, &group, of_item))
        };
        let Some(name) = group.names.iter().find(works) else { continue };
        for attribute in &mut attributes {
            if group.paths.iter().any(|(path, _)| fold(path) == fold(&attribute.path)) {
                attribute.column = Some(name.clone());
                attribute.kind = Some(kind);
            }
        }
    }
    attributes
}

fn section(name: &str, kind: ColumnType, group: &Group, of_item: bool) -> String {
    let table = if of_item { "item" } else { "column" };
    let listed: Vec<_> = group.paths.iter().map(|(path, _)| *path).collect();
    // A column's own name need not be listed.
    let sources: Vec<_> = listed.iter().filter(|path| fold(path) != fold(name)).map(|path| quoted(path)).collect();
    let description = quoted(&format!("{}, as sent", listed[0]));
    let sources = sources.join(", ");
    format!("[[{table}]]\nname = \"{name}\"\ntype = \"{kind}\"\ndescription = {description}\nsources = [{sources}]\n")
}

/// Whether each path of a group fills the column or item field `name`.
fn fills(transform: &mut Transform, name: &str, group: &Group, of_item: bool) -> bool {
    let columns = &transform.plan().columns;
    let items = columns.iter().position(|column| column.rule == Some(Rule::Items));
    let Some(column) = (if of_item { items } else { transform.plan().column(name) }) else { return false };
    let list = columns[column].name.clone();
    let takes = |seen: &Observed, path: &str| {
        if of_item {
            let items =
                seen.value(column).and_then(|items| serde_json::from_str::<Vec<Map<String, Value>>>(items).ok());
            items.is_some_and(|items| items.iter().all(|item| item.contains_key(name) && !item.contains_key("extra")))
        } else {
            matches!(seen.filler(column), Some(Filler::Path(by)) if fold(by) == fold(path))
        }
    };
    group.paths.iter().all(|(path, example)| {
        let attribute = holding(&naming::steps(path), example.clone());
        let event = if of_item { member(&list, Value::Array(vec![attribute])) } else { attribute };
        let mut taken = false;
        let mut observer = |seen: &Observed| taken = takes(seen, path);
        let data = STANDARD.encode(event.to_string());
        let done = transform.record_observed(&data, 0, MAX_RESPONSE, Some(&mut observer));
        done.is_ok() && taken
    })
}

/// The smallest event that has `value` at a path.
fn holding(steps: &[Step], value: Value) -> Value {
    steps.iter().rev().fold(value, |value, step| match step {
        Step::Key(key) => member(key, value),
        Step::Keyed { field, value: told } => {
            let mut element = if let Value::Object(members) = value { members } else { Map::new() };
            element.insert(field.clone(), told.as_str().into());
            Value::Array(vec![Value::Object(element)])
        }
        Step::Index(_) => value,
    })
}

fn member(key: &str, value: Value) -> Value {
    Value::Object(Map::from_iter([(key.to_owned(), value)]))
}

/// A TOML string.
pub(super) fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}
