//! One event, as the transform itself saw it. Nothing here is worked out a second time.

use super::leftover::{self, Attribute};
use clickstream::observe::{Filler, Observed};
use clickstream::row::Flag;
use clickstream::schema::{Plan, Rule, fold};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

/// What became of an event, and why.
#[derive(Debug, Serialize)]
pub(super) struct Event {
    /// Which record of the input it came in, from 1.
    pub(super) record: u64,
    /// Which of the record's events it is, from 1.
    pub(super) event: u64,
    result: &'static str,
    /// Its S3 prefix below the table's location.
    pub(super) partition: String,
    pub(super) event_type: EventType,
    pub(super) date: Date,
    /// The columns with a value or with something to say, in the schema's order.
    pub(super) columns: Vec<Column>,
    /// What was done to the event as a whole.
    #[serde(serialize_with = "codes")]
    pub(super) flags: Vec<Flag>,
    /// Attributes that no column has, by path.
    #[serde(serialize_with = "paths")]
    pub(super) extra: Vec<Attribute>,
    /// The same of its items, by path from the item.
    #[serde(serialize_with = "paths")]
    pub(super) items_extra: Vec<Attribute>,
    /// The row as it is written.
    pub(super) row: Option<Box<RawValue>>,
    #[serde(skip)]
    pub(super) is_other: bool,
    #[serde(skip)]
    pub(super) name: Option<String>,
}

/// Why it is filed under its event type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum EventType {
    /// That is what it is called.
    Name,
    /// It is called by one of the type's aliases.
    Alias,
    /// The schema does not know what it is called.
    Unknown,
    /// It is not called anything.
    Nameless,
}

/// Why it is filed under its date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Date {
    /// That of its time.
    EventTime,
    /// Its time is outside the window around its arrival: that of the arrival.
    Clamped,
    /// It has no time: that of `received_at`.
    TimeMissing,
}

/// What became of a column.
#[derive(Debug, Serialize)]
pub(super) struct Column {
    #[serde(skip)]
    pub(super) index: usize,
    pub(super) column: String,
    #[serde(skip)]
    pub(super) value: Option<String>,
    /// The path or function that filled it.
    pub(super) from: Option<String>,
    /// What was done to its value.
    #[serde(serialize_with = "codes")]
    pub(super) flags: Vec<Flag>,
    /// Paths whose values stay in `extra`: they do not fit, fit in part, or another path came first and says otherwise.
    pub(super) left_over: Vec<String>,
}

impl Event {
    /// What is seen of an event while its row is there.
    pub(super) fn new(seen: &Observed) -> Self {
        let plan = seen.plan;
        let value = |name: &str| plan.column(name).and_then(|column| seen.value(column));
        let items = plan.columns.iter().position(|column| column.rule == Some(Rule::Items));
        let flags: Vec<_> = seen.flags(None).collect();
        let is_other = seen.partition.event_type == plan.event_type("other");
        Self {
            record: 0,
            event: 0,
            result: "Ok",
            partition: plan.prefix(&seen.partition),
            event_type: match value("event_name") {
                None => EventType::Nameless,
                Some(name) if fold(name) == fold(&plan.event_types[seen.partition.event_type]) => EventType::Name,
                Some(_) if is_other => EventType::Unknown,
                Some(_) => EventType::Alias,
            },
            date: match flags.iter().find(|flag| matches!(flag, Flag::TimeClamped)) {
                Some(_) => Date::Clamped,
                None if flags.contains(&Flag::TimeMissing) => Date::TimeMissing,
                None => Date::EventTime,
            },
            columns: columns(seen),
            flags,
            extra: value("extra").map(leftover::of_event).unwrap_or_default(),
            items_extra: items.and_then(|items| seen.value(items)).map(leftover::of_items).unwrap_or_default(),
            row: None,
            is_other,
            name: value("event_name").map(String::from),
        }
    }

    /// Every flag, with the column that it is about.
    pub(super) fn all_flags(&self) -> impl Iterator<Item = (Flag, Option<&str>)> {
        let of_columns = self
            .columns
            .iter()
            .flat_map(|column| column.flags.iter().map(|flag| (*flag, Some(column.column.as_str()))));
        of_columns.chain(self.flags.iter().map(|flag| (*flag, None)))
    }
}

fn columns(seen: &Observed) -> Vec<Column> {
    let plan: &Plan = seen.plan;
    let columns = plan.columns.iter().enumerate().map(|(index, column)| Column {
        index,
        column: column.name.clone(),
        value: seen.value(index).map(String::from),
        from: seen.filler(index).map(|filler| match filler {
            Filler::Path(text) | Filler::Function(text) => text.to_owned(),
            Filler::Arrival => "received_at".to_owned(),
        }),
        flags: seen.flags(Some(index)).collect(),
        left_over: seen.candidates(index).filter(|c| c.left_over).map(|c| c.path.to_owned()).collect(),
    });
    columns
        .filter(|column| column.value.is_some() || !column.flags.is_empty() || !column.left_over.is_empty())
        .collect()
}

fn codes<S: Serializer>(flags: &[Flag], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(flags.iter().map(|flag| flag.code()))
}

fn paths<S: Serializer>(attributes: &[Attribute], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(attributes.iter().map(|attribute| &attribute.path))
}
