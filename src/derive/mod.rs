//! Columns that follow from other columns, or from how the record came. One file a group of them.

pub(crate) mod ids;
pub mod ip;
pub(crate) mod privacy;
pub mod time;
pub mod url;
mod user_agent;

use crate::coerce::{cut, number};
use crate::items::Items;
use crate::json::Span;
use crate::row::{Cell, Flag, FlagSet, Row};
use crate::schema::plan::Derivation;
use crate::schema::source::FunctionName;
use crate::schema::{Column, Plan};
use crate::tape::Tape;
use std::borrow::Cow;
use url::Parts;
use user_agent::Agents;

/// Where an event came from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Origin<'a> {
    /// When Firehose received the record, in milliseconds since 1970.
    pub(crate) arrival: i64,
    /// The event's own text.
    pub(crate) event: &'a str,
    /// The text of the envelope around it; empty without one.
    pub(crate) envelope: &'a str,
    /// Which event of its record it is, from 0.
    pub(crate) position: usize,
}

/// Fills columns from their functions. Its buffers and what it remembers of user agents are used again.
#[derive(Debug, Default)]
pub(crate) struct Deriver {
    agents: Agents,
    /// What event ids are made of.
    hashed: Vec<u8>,
    /// A value while it is written, and when it is finished.
    value: String,
    kept: String,
}

/// What all functions work on.
struct Event<'a> {
    plan: &'a Plan,
    text: &'a str,
    tape: &'a Tape,
    row: &'a Row,
    origin: &'a Origin<'a>,
}

impl Deriver {
    /// Fills every empty column from its functions, in column order.
    pub(crate) fn fill(
        &mut self,
        plan: &Plan,
        text: &str,
        tape: &Tape,
        row: &mut Row,
        items: &Items,
        origin: &Origin,
    ) {
        let first_items = items.count > 0 && fills_from_first_item(plan, row);
        for &index in &plan.derived {
            let column = &plan.columns[index];
            for derivation in &column.derivations {
                if !row.is_empty(index) {
                    break;
                }
                row.cells[index] = match derivation.name {
                    FunctionName::Sum if items.count > 0 => Cell::number(items.sums[derivation.field], &mut row.made),
                    FunctionName::Count if items.count > 0 => {
                        Cell::number(i64::try_from(items.count).unwrap_or(i64::MAX), &mut row.made)
                    }
                    FunctionName::First if first_items => {
                        items.first.get(derivation.field).copied().unwrap_or_default()
                    }
                    _ => {
                        let event = Event { plan, text, tape, row, origin };
                        let Some((part, flags)) = self.cell(&event, column, derivation) else { continue };
                        row.flags[index].join(flags);
                        part.unwrap_or_else(|| Cell::make(&self.kept, &mut row.made))
                    }
                };
            }
        }
        let time = plan.roles.event_time;
        if row.is_empty(time) {
            row.raise(Flag::TimeMissing);
            row.cells[time] = row.cells[plan.roles.received_at];
        }
    }

    /// The cell of a derived column: a part of the cell that it is derived from, or else its text is in `kept`.
    fn cell(&mut self, event: &Event, column: &Column, derivation: &Derivation) -> Option<(Option<Cell>, FlagSet)> {
        let argument = event.row.get(event.text, derivation.column);
        let Self { agents, hashed, value, kept } = self;
        value.clear();
        let mut flags = FlagSet::default();
        let derived = derived(event, derivation, argument, agents, hashed, value)?;
        let text = finish(event.plan, column, derived, &mut flags);
        if text.is_empty() {
            return None;
        }
        if let Some(part) = argument.and_then(|argument| Span::within(argument, &text)) {
            return Some((Some(event.row.cells[derivation.column].part(part)), flags));
        }
        kept.clear();
        kept.push_str(&text);
        Some((None, flags))
    }
}

/// The first item speaks for the row only where the row does not name an item itself, in the column that takes an item's
/// first field, its id: values of two items must not mix.
fn fills_from_first_item(plan: &Plan, row: &Row) -> bool {
    let names_item = |column: &Column| column.derivations.iter().any(|d| d.name == FunctionName::First && d.field == 0);
    plan.derived.iter().all(|&index| !names_item(&plan.columns[index]) || row.is_empty(index))
}

/// What a function gives; those of items and of the row as a whole are not here. `written`: an empty buffer to write it to.
fn derived<'a>(
    event: &Event<'a>,
    derivation: &'a Derivation,
    argument: Option<&'a str>,
    agents: &'a mut Agents,
    hashed: &mut Vec<u8>,
    written: &'a mut String,
) -> Option<Cow<'a, str>> {
    let Event { plan, text, tape, row, origin } = *event;
    match derivation.name {
        FunctionName::Arrival => {
            time::write(origin.arrival, written);
            Some(written.as_str().into())
        }
        FunctionName::Hash => {
            let placeless = row.is_empty(plan.roles.event_time).then_some((origin.arrival, origin.position));
            ids::event_id([origin.event, origin.envelope], placeless, hashed, written);
            Some(written.as_str().into())
        }
        FunctionName::Version => {
            number::push(plan.version.into(), written);
            Some(written.as_str().into())
        }
        FunctionName::Dialect => {
            let dialect = plan.dialects.iter().find(|dialect| dialect.matches(tape.markers));
            Some(dialect.map_or("custom", |dialect| &dialect.name).into())
        }
        FunctionName::On => {
            let argument = argument?;
            let event_type = plan.event_type(row.get(text, plan.roles.event_name).unwrap_or_default());
            let wanted = derivation.keys.contains(&plan.event_types[event_type]);
            wanted.then_some(argument.into())
        }
        FunctionName::Source => source(plan, text, row, derivation.column).map(Cow::Owned),
        FunctionName::Host => Parts::of(argument?).host(),
        FunctionName::Path => Parts::of(argument?).path().map(Cow::Borrowed),
        FunctionName::Query if derivation.keys.is_empty() => Parts::of(argument?).query().map(Cow::Borrowed),
        FunctionName::Query => Parts::of(argument?).parameter(&derivation.keys).map(|(_, value)| value),
        FunctionName::Browser => agents.get(argument?).browser.as_deref().map(Cow::Borrowed),
        FunctionName::Os => agents.get(argument?).os.as_deref().map(Cow::Borrowed),
        FunctionName::Device => agents.get(argument?).device.map(Cow::Borrowed),
        FunctionName::Bot => Some(if agents.get(argument?).bot { "true" } else { "false" }.into()),
        FunctionName::Count | FunctionName::Sum | FunctionName::First | FunctionName::Extra | FunctionName::Flags => {
            None
        }
    }
}

/// The name of the attribute that filled a column; `None` for the column's own name, which says nothing.
fn source(plan: &Plan, text: &str, row: &Row, column: usize) -> Option<String> {
    let of = &plan.columns[column];
    if let Some(source) = usize::from(row.filled_by[column]).checked_sub(1) {
        let name = &plan.sources[source].name;
        return (*name != of.name).then(|| name.clone());
    }
    let queries = of.derivations.iter().filter(|derivation| derivation.name == FunctionName::Query);
    let mut found = queries.filter_map(|query| url::parameter(row.get(text, query.column)?, &query.keys));
    found.next().map(|(key, _)| key)
}

/// A derived text as its column holds it.
fn finish<'a>(plan: &Plan, column: &Column, value: Cow<'a, str>, flags: &mut FlagSet) -> Cow<'a, str> {
    let Some(width) = column.kind.width() else { return value };
    let clean = privacy::scrub(plan, &value, flags).map_or(value, Cow::Owned);
    // A parameter may decode to what a row cannot hold.
    let clean = match clean {
        Cow::Owned(text) if text.contains('\0') => {
            flags.raise(Flag::TextMended);
            Cow::Owned(text.replace('\0', ""))
        }
        clean => clean,
    };
    cut(clean, width, flags)
}
