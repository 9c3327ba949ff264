//! Columns that follow from other columns, or from how the record came. One file a group of them.

mod days;
mod digits;
pub mod ids;
pub mod ip;
pub(crate) mod privacy;
pub mod time;
pub mod url;
mod user_agent;

use crate::bits::Bits;
use crate::coerce::{cut, number};
use crate::items::Items;
use crate::json::Span;
use crate::row::{Cell, FilledBy, Flag, FlagSet, Row};
use crate::schema::derived::DerivedOf;
use crate::schema::plan::Derivation;
use crate::schema::source::FunctionName;
use crate::schema::{Column, Plan};
use crate::tape::Tape;
use std::borrow::Cow;
use std::ops::Range;
use url::{Parameter, Parts};
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
    /// The columns that may be filled.
    wanted: Bits,
    /// The URLs that were taken apart: their columns, their parts, and which of `parameters` are theirs.
    urls: Vec<(usize, Parts, Range<usize>)>,
    parameters: Vec<Parameter>,
    /// The agent that was told last, and its column.
    agent: Option<(usize, usize)>,
    /// What event ids are made of.
    hashed: Vec<u8>,
    /// A value while it is made.
    value: String,
}

/// What all functions work on.
#[derive(Clone, Copy)]
pub(crate) struct Event<'a> {
    pub(crate) plan: &'a Plan,
    /// The record's text.
    pub(crate) text: &'a str,
    pub(crate) tape: &'a Tape,
    pub(crate) items: &'a Items,
    pub(crate) origin: &'a Origin<'a>,
}

impl Deriver {
    /// Fills every empty column from its functions, in column order.
    pub(crate) fn fill(&mut self, event: &Event, row: &mut Row) {
        let plan = event.plan;
        let of_first_item = event.items.count > 0 && fills_from_first_item(plan, row);
        self.agent = None;
        self.urls.clear();
        self.parameters.clear();
        self.wanted.copy(&plan.derived.always);
        if event.items.count > 0 {
            self.wanted.join(&plan.derived.of_items);
        }
        if of_first_item {
            self.wanted.join(&plan.derived.of_first_item);
        }
        for of in plan.derived.of_columns.iter().filter(|of| !row.is_empty(of.column)) {
            self.want(event, row, of);
        }
        let mut next = self.wanted.next(0);
        while let Some(index) = next {
            let fills = row.is_empty(index) && self.column(event, row, index, of_first_item);
            if fills && plan.derived.read.has(index) {
                // What reads it comes after it, or would have found it empty anyway.
                plan.derived.of_columns.iter().filter(|of| of.column == index).for_each(|of| self.want(event, row, of));
            }
            next = self.wanted.next(index + 1);
        }
        let time = plan.roles.event_time;
        if row.is_empty(time) {
            row.raise(Flag::TimeMissing);
            row.fill(time, row.cell(plan.roles.received_at), FilledBy::Nothing);
        }
    }

    /// Notes the columns that a column which is not null can fill.
    fn want(&mut self, event: &Event, row: &Row, of: &DerivedOf) {
        self.wanted.join(&of.value);
        if !of.query.is_empty() && self.parts(of.column, row.get(event.text, of.column).unwrap_or_default()).has_query()
        {
            self.wanted.join(&of.query);
        }
    }

    /// Fills column `index` from the first of its functions that gives something; false if none does.
    fn column(&mut self, event: &Event, row: &mut Row, index: usize, of_first_item: bool) -> bool {
        for (derivation, nth) in event.plan.columns[index].derivations.iter().zip(0..) {
            let cell = match derivation.name {
                name if name.needs_value() && row.is_empty(derivation.column) => continue,
                FunctionName::First if !of_first_item => continue,
                _ => self.cell(event, row, index, derivation),
            };
            if cell != Cell::Empty {
                row.fill(index, cell, FilledBy::Function(nth));
                return true;
            }
        }
        false
    }

    /// What a function gives for column `index`.
    fn cell(&mut self, event: &Event, row: &mut Row, index: usize, derivation: &Derivation) -> Cell {
        let Event { plan, text, tape, items, origin } = *event;
        let start = row.made.len();
        match derivation.name {
            FunctionName::Arrival => time::write(origin.arrival, &mut row.made),
            FunctionName::Version => number::push(plan.version.into(), &mut row.made),
            FunctionName::Count if items.count > 0 => {
                number::push(i64::try_from(items.count).unwrap_or(i64::MAX), &mut row.made);
            }
            FunctionName::Sum if items.count > 0 => number::push(items.sums[derivation.field], &mut row.made),
            FunctionName::First => return items.first.get(derivation.field).copied().unwrap_or_default(),
            FunctionName::On => {
                let event_type = plan.event_type(row.get(text, plan.roles.event_name).unwrap_or_default());
                let wanted = derivation.keys.contains(&plan.event_types[event_type]);
                return if wanted { row.cell(derivation.column) } else { Cell::Empty };
            }
            FunctionName::Bot => {
                let agent = self.agent(derivation.column, row.get(text, derivation.column).unwrap_or_default());
                let bot = if agent.bot { "true" } else { "false" };
                row.made.push_str(bot);
            }
            FunctionName::Hash => {
                let placeless = row.is_empty(plan.roles.event_time).then_some((origin.arrival, origin.position));
                self.value.clear();
                ids::event_id([origin.event, origin.envelope], placeless, &mut self.hashed, &mut self.value);
                write(plan, row, index, &self.value);
            }
            FunctionName::Dialect => {
                let dialect = plan.dialects.iter().find(|dialect| dialect.matches(tape.markers));
                write(plan, row, index, dialect.map_or("custom", |dialect| &dialect.name));
            }
            FunctionName::Browser | FunctionName::Os | FunctionName::Device => {
                let agent = self.agent(derivation.column, row.get(text, derivation.column).unwrap_or_default());
                let told = match derivation.name {
                    FunctionName::Browser => agent.browser.as_deref(),
                    FunctionName::Os => agent.os.as_deref(),
                    _ => agent.device,
                };
                write(plan, row, index, told.unwrap_or_default());
            }
            FunctionName::Source => {
                let source = self.source(plan, text, row, derivation.column);
                write(plan, row, index, &source.unwrap_or_default());
            }
            FunctionName::Host | FunctionName::Path | FunctionName::Query => {
                return self.of_url(event, row, index, derivation);
            }
            FunctionName::Count | FunctionName::Sum | FunctionName::Extra | FunctionName::Flags => {}
        }
        if row.made.len() == start { Cell::Empty } else { Cell::Made(Span::new(start, row.made.len())) }
    }

    /// What a function of a URL gives: mostly a part of the cell with the URL.
    fn of_url(&mut self, event: &Event, row: &mut Row, index: usize, derivation: &Derivation) -> Cell {
        let url = row.get(event.text, derivation.column).unwrap_or_default();
        let parts = self.parts(derivation.column, url);
        let part = match derivation.name {
            FunctionName::Host => parts.host(url),
            FunctionName::Path => parts.path(url).map(Cow::Borrowed),
            _ if derivation.keys.is_empty() => parts.query(url).map(Cow::Borrowed),
            _ => url::first_of(url, self.parameters(derivation.column), &derivation.keys).map(|(_, value)| value),
        };
        let Some(part) = part else { return Cell::Empty };
        let mut flags = FlagSet::default();
        let kept = finish(event.plan, &event.plan.columns[index], part, &mut flags);
        if kept.is_empty() {
            return Cell::Empty;
        }
        let cell = match Span::within(url, &kept) {
            Some(part) => row.cell(derivation.column).part(part),
            None => {
                self.value.clear();
                self.value.push_str(&kept);
                Cell::make(&self.value, &mut row.made)
            }
        };
        row.flag(index, flags);
        cell
    }

    /// The parts of the URL in a column.
    fn parts(&mut self, column: usize, url: &str) -> Parts {
        let known = self.urls.iter().find(|(of, ..)| *of == column).map(|(_, parts, _)| *parts);
        known.unwrap_or_else(|| {
            let (parts, first) = (Parts::of(url), self.parameters.len());
            parts.parameters(url, &mut self.parameters);
            self.urls.push((column, parts, first..self.parameters.len()));
            parts
        })
    }

    /// The parameters of the URL in a column whose parts are known.
    fn parameters(&self, column: usize) -> &[Parameter] {
        let known = self.urls.iter().find(|(of, ..)| *of == column).map(|(_, _, parameters)| parameters.clone());
        &self.parameters[known.unwrap_or_default()]
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
        if let FilledBy::Path(source) = row.filled_by(column) {
            let name = &plan.sources[usize::from(source)].name;
            return (*name != of.name).then(|| name.clone());
        }
        let queries = of.derivations.iter().filter(|derivation| derivation.name == FunctionName::Query);
        let mut found = queries.filter_map(|query| {
            let url = row.get(text, query.column)?;
            self.parts(query.column, url);
            url::first_of(url, self.parameters(query.column), &query.keys)
        });
        found.next().map(|(key, _)| key.to_ascii_lowercase())
    }
}

/// The first item speaks for the row only where the row does not name an item itself, in the column that takes an item's
/// first field, its id: values of two items must not mix.
fn fills_from_first_item(plan: &Plan, row: &Row) -> bool {
    let names_item = |column: &Column| column.derivations.iter().any(|d| d.name == FunctionName::First && d.field == 0);
    plan.derived.of_first_item.iter().all(|index| !names_item(&plan.columns[index]) || row.is_empty(index))
}

/// Appends a derived text to the row's made values, as its column holds it.
fn write(plan: &Plan, row: &mut Row, index: usize, value: &str) {
    let mut flags = FlagSet::default();
    let kept = finish(plan, &plan.columns[index], value.into(), &mut flags);
    if !kept.is_empty() {
        row.made.push_str(&kept);
        row.flag(index, flags);
    }
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
