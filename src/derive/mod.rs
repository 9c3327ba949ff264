//! Columns that follow from other columns, or from how the record came. One file a group of them.

pub mod ids;
pub mod ip;
pub(crate) mod privacy;
pub mod time;
pub mod url;
mod user_agent;

use crate::coerce::cut;
use crate::items::Items;
use crate::row::{Cell, FilledBy, Flag, FlagSet, Row};
use crate::schema::plan::Derivation;
use crate::schema::source::FunctionName;
use crate::schema::{Column, Plan};
use crate::tape::Tape;
use std::borrow::Cow;
pub(crate) use user_agent::Agents;

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

/// Fills every empty column from its functions, in column order.
pub(crate) fn derive(
    plan: &Plan,
    text: &str,
    tape: &Tape,
    row: &mut Row,
    items: &Items,
    origin: &Origin,
    agents: &mut Agents,
) {
    let first_items = fills_from_first_item(plan, row);
    for (index, column) in plan.columns.iter().enumerate() {
        for (derivation, nth) in column.derivations.iter().zip(0..) {
            if !row.is_empty(index) {
                break;
            }
            row.cells[index] = match derivation.name {
                FunctionName::Count if items.count > 0 => Cell::make(&items.count.to_string(), &mut row.made),
                FunctionName::Sum if items.count > 0 => {
                    Cell::make(&items.sums[derivation.field].to_string(), &mut row.made)
                }
                FunctionName::First if first_items => items.first.get(derivation.field).copied().unwrap_or_default(),
                _ => {
                    let Some(value) = value(plan, text, tape, row, origin, agents, derivation) else { continue };
                    let (value, mut flags) = (value.into_owned(), FlagSet::default());
                    let kept = finish(plan, column, &value, &mut flags);
                    if kept.is_empty() {
                        continue;
                    }
                    row.flags[index].join(flags);
                    Cell::make(&kept, &mut row.made)
                }
            };
            row.filled_by[index] = FilledBy::Function(nth);
        }
    }
    let time = plan.roles.event_time;
    if row.is_empty(time) {
        row.raise(Flag::TimeMissing);
        row.cells[time] = row.cells[plan.roles.received_at];
    }
}

/// The first item speaks for the row only where the row does not name an item itself, in the column that takes an item's
/// first field, its id: values of two items must not mix.
fn fills_from_first_item(plan: &Plan, row: &Row) -> bool {
    let names_item = |column: &Column| column.derivations.iter().any(|d| d.name == FunctionName::First && d.field == 0);
    plan.columns.iter().enumerate().all(|(index, column)| !names_item(column) || row.is_empty(index))
}

/// What a function gives; those of items and of the row as a whole are not here.
fn value<'a>(
    plan: &Plan,
    text: &'a str,
    tape: &Tape,
    row: &'a Row,
    origin: &Origin,
    agents: &'a mut Agents,
    derivation: &'a Derivation,
) -> Option<Cow<'a, str>> {
    let argument = row.get(text, derivation.column);
    match derivation.name {
        FunctionName::Arrival => {
            let mut time = String::new();
            time::write(origin.arrival, &mut time);
            Some(time.into())
        }
        FunctionName::Hash => {
            let placeless = row.is_empty(plan.roles.event_time).then_some((origin.arrival, origin.position));
            Some(ids::event_id([origin.event, origin.envelope], placeless).into())
        }
        FunctionName::Version => Some(plan.version.to_string().into()),
        FunctionName::Dialect => {
            let dialect = plan.dialects.iter().find(|dialect| dialect.matches(tape.markers));
            Some(dialect.map_or("custom", |dialect| &dialect.name).to_owned().into())
        }
        FunctionName::On => {
            let event_type = plan.event_type(row.get(text, plan.roles.event_name).unwrap_or_default());
            let wanted = derivation.keys.contains(&plan.event_types[event_type]);
            argument.filter(|_| wanted).map(Cow::Borrowed)
        }
        FunctionName::Source => source(plan, text, row, derivation.column).map(Cow::Owned),
        FunctionName::Host => url::host(argument?).map(Cow::Owned),
        FunctionName::Path => url::path(argument?).map(Cow::Borrowed),
        FunctionName::Query if derivation.keys.is_empty() => url::query(argument?).map(Cow::Borrowed),
        FunctionName::Query => url::parameter(argument?, &derivation.keys).map(|(_, value)| value),
        FunctionName::Browser => agents.get(argument?).browser.as_deref().map(Cow::Borrowed),
        FunctionName::Os => agents.get(argument?).os.as_deref().map(Cow::Borrowed),
        FunctionName::Device => agents.get(argument?).device.map(Cow::Borrowed),
        FunctionName::Bot => Some(agents.get(argument?).bot.to_string().into()),
        FunctionName::Count | FunctionName::Sum | FunctionName::First | FunctionName::Extra | FunctionName::Flags => {
            None
        }
    }
}

/// The name of the attribute that filled a column; `None` for the column's own name, which says nothing.
fn source(plan: &Plan, text: &str, row: &Row, column: usize) -> Option<String> {
    let of = &plan.columns[column];
    if let FilledBy::Path(source) = row.filled_by[column] {
        let name = &plan.sources[usize::from(source)].name;
        return (*name != of.name).then(|| name.clone());
    }
    let queries = of.derivations.iter().filter(|derivation| derivation.name == FunctionName::Query);
    let mut found = queries.filter_map(|query| url::parameter(row.get(text, query.column)?, &query.keys));
    found.next().map(|(key, _)| key)
}

/// A derived text as its column holds it.
fn finish<'a>(plan: &Plan, column: &Column, value: &'a str, flags: &mut FlagSet) -> Cow<'a, str> {
    let Some(width) = column.kind.width() else { return value.into() };
    let clean = privacy::scrub(plan, value, flags).map_or(Cow::Borrowed(value), Cow::Owned);
    // A parameter may decode to what a row cannot hold.
    let clean = if clean.contains('\0') {
        flags.raise(Flag::TextMended);
        Cow::Owned(clean.replace('\0', ""))
    } else {
        clean
    };
    cut(clean, width, flags)
}
