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
use user_agent::{Agent, Agents};

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
    /// The URL that was taken apart last, by its column, and the agent that was told last.
    url: Option<(usize, Parts)>,
    agent: Option<(usize, usize)>,
    /// What event ids are made of.
    hashed: Vec<u8>,
    /// A value while it is written.
    value: String,
    /// The last value that is no part of another.
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
        (self.url, self.agent) = (None, None);
        for &index in &plan.derived {
            let column = &plan.columns[index];
            for derivation in &column.derivations {
                if !row.is_empty(index) {
                    break;
                }
                let cell = match derivation.name {
                    name if name.needs_value() && row.is_empty(derivation.column) => continue,
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
                        row.flag(index, flags);
                        part.unwrap_or_else(|| Cell::make(&self.kept, &mut row.made))
                    }
                };
                row.fill(index, cell);
            }
        }
        let time = plan.roles.event_time;
        if row.is_empty(time) {
            row.raise(Flag::TimeMissing);
            row.fill(time, row.cells[plan.roles.received_at]);
        }
    }

    /// The cell of a derived column: a part of the cell that it is derived from, or else its text is in `kept`.
    fn cell(&mut self, event: &Event, column: &Column, derivation: &Derivation) -> Option<(Option<Cell>, FlagSet)> {
        let argument = event.row.get(event.text, derivation.column);
        let (mut kept, mut flags) = (std::mem::take(&mut self.kept), FlagSet::default());
        kept.clear();
        let derived = self.derived(event, derivation, argument.unwrap_or_default());
        let text = derived.map(|derived| finish(event.plan, column, derived, &mut flags)).unwrap_or_default();
        let part = argument.and_then(|argument| Span::within(argument, &text));
        if part.is_none() {
            kept.push_str(&text);
        }
        let is_empty = text.is_empty();
        self.kept = kept;
        (!is_empty).then(|| (part.map(|part| event.row.cells[derivation.column].part(part)), flags))
    }

    /// What a function gives; those of items and of the row as a whole are not here.
    fn derived<'a>(&'a mut self, event: &Event<'a>, derivation: &'a Derivation, argument: &'a str) -> Option<Cow<'a, str>> {
        let Event { plan, text, tape, row, origin } = *event;
        let written = &mut self.value;
        written.clear();
        match derivation.name {
            FunctionName::Arrival => time::write(origin.arrival, written),
            FunctionName::Hash => {
                let placeless = row.is_empty(plan.roles.event_time).then_some((origin.arrival, origin.position));
                ids::event_id([origin.event, origin.envelope], placeless, &mut self.hashed, written);
            }
            FunctionName::Version => number::push(plan.version.into(), written),
            FunctionName::Dialect => {
                let dialect = plan.dialects.iter().find(|dialect| dialect.matches(tape.markers));
                return Some(dialect.map_or("custom", |dialect| &dialect.name).into());
            }
            FunctionName::On => {
                let event_type = plan.event_type(row.get(text, plan.roles.event_name).unwrap_or_default());
                let wanted = derivation.keys.contains(&plan.event_types[event_type]);
                return wanted.then_some(argument.into());
            }
            FunctionName::Source => return self.source(plan, text, row, derivation.column).map(Cow::Owned),
            FunctionName::Host => return self.parts(derivation.column, argument).host(argument),
            FunctionName::Path => return self.parts(derivation.column, argument).path(argument).map(Cow::Borrowed),
            FunctionName::Query if derivation.keys.is_empty() => {
                return self.parts(derivation.column, argument).query(argument).map(Cow::Borrowed);
            }
            FunctionName::Query => {
                let parameter = self.parts(derivation.column, argument).parameter(argument, &derivation.keys);
                return parameter.map(|(_, value)| value);
            }
            FunctionName::Browser => return self.agent(derivation.column, argument).browser.as_deref().map(Cow::Borrowed),
            FunctionName::Os => return self.agent(derivation.column, argument).os.as_deref().map(Cow::Borrowed),
            FunctionName::Device => return self.agent(derivation.column, argument).device.map(Cow::Borrowed),
            FunctionName::Bot => {
                return Some(if self.agent(derivation.column, argument).bot { "true" } else { "false" }.into());
            }
            FunctionName::Count | FunctionName::Sum | FunctionName::First | FunctionName::Extra | FunctionName::Flags => {
                return None;
            }
        }
        Some(self.value.as_str().into())
    }

    /// The parts of the URL in a column.
    fn parts(&mut self, column: usize, url: &str) -> Parts {
        match self.url {
            Some((of, parts)) if of == column => parts,
            _ => self.url.insert((column, Parts::of(url))).1,
        }
    }

    /// What the user agent in a column tells.
    fn agent(&mut self, column: usize, text: &str) -> &Agent {
        let known = self.agent.filter(|(of, _)| *of == column).map(|(_, agent)| agent);
        let agent = known.unwrap_or_else(|| self.agents.find(text));
        self.agent = Some((column, agent));
        self.agents.get(agent)
    }

    /// The name of the attribute that filled a column; `None` for the column's own name, which says nothing.
    fn source(&mut self, plan: &Plan, text: &str, row: &Row, column: usize) -> Option<String> {
        let of = &plan.columns[column];
        if let Some(source) = usize::from(row.filled_by[column]).checked_sub(1) {
            let name = &plan.sources[source].name;
            return (*name != of.name).then(|| name.clone());
        }
        let queries = of.derivations.iter().filter(|derivation| derivation.name == FunctionName::Query);
        let mut found = queries.filter_map(|query| {
            let url = row.get(text, query.column)?;
            self.parts(query.column, url).parameter(url, &query.keys)
        });
        found.next().map(|(key, _)| key)
    }
}

/// The first item speaks for the row only where the row does not name an item itself, in the column that takes an item's
/// first field, its id: values of two items must not mix.
fn fills_from_first_item(plan: &Plan, row: &Row) -> bool {
    let names_item = |column: &Column| column.derivations.iter().any(|d| d.name == FunctionName::First && d.field == 0);
    plan.derived.iter().all(|&index| !names_item(&plan.columns[index]) || row.is_empty(index))
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
