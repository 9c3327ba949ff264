//! Columns that follow from other columns, or from how the record came. One file a group of them.

mod days;
pub mod ids;
pub mod ip;
pub(crate) mod privacy;
pub mod time;
pub mod url;
mod urls;
mod user_agent;

use crate::coerce::{cut, number};
use crate::items::Items;
use crate::json::Span;
use crate::partition::EventTypes;
use crate::row::{Cell, FilledBy, Flag, FlagSet, Row};
use crate::schema::Plan;
use crate::schema::derived::{Gives, Need, Run, Step};
use crate::tape::Tape;
use std::borrow::Cow;
use urls::Urls;
use user_agent::{Agent, Agents};

/// Where an event came from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Origin<'a> {
    /// When Firehose received the record, in milliseconds since 1970.
    pub(crate) arrival: i64,
    /// Where the event is in the record's text.
    pub(crate) event: Span,
    /// The text of the envelope around it; empty without one.
    pub(crate) envelope: &'a str,
    /// Which event of its record it is, from 0.
    pub(crate) position: usize,
}

/// Fills columns from their functions. Its buffers and what it remembers are used again.
#[derive(Debug, Default)]
pub(crate) struct Deriver {
    agents: Agents,
    event_types: EventTypes,
    /// The last arrival, and what rows of that arrival say alike: the plan's words, and the arrival as it is written.
    alike: (i64, String),
    urls: Urls,
    /// What event ids are made of.
    hashed: Vec<u8>,
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
    /// Fills every empty column from its functions, in column order: what a function reads is filled before it, or null to
    /// it.
    pub(crate) fn fill(&mut self, event: &Event, row: &mut Row) {
        let Event { plan, text, items, .. } = *event;
        let derived = &plan.derived;
        self.urls.clear();
        // The first item speaks for the row only where the row does not name an item itself: values of two items must not
        // mix.
        let first_speaks = items.count > 0 && derived.naming.iter().all(|column| row.is_empty(*column));
        let alike = self.say_alike(event, row);
        for Run { need, column, steps } in &derived.runs {
            if column.is_some_and(|column| row.is_empty(column)) {
                continue;
            }
            match *need {
                Need::Nothing => self.of_record(event, row, steps, alike),
                Need::Items if items.count > 0 => of_items(items, row, steps),
                Need::FirstItem if first_speaks => of_first_item(items, row, steps),
                Need::Value(_) => self.of_value(event, row, steps),
                Need::Agent(column) => {
                    let agent = self.agents.find(row.get(text, column).unwrap_or_default());
                    of_agent(agent, row, steps);
                }
                Need::Url(url) => self.urls.of_url(event, row, steps, url),
                Need::Query(url) => self.urls.of_query(event, row, steps, url),
                _ => {}
            }
        }
        let time = plan.roles.event_time;
        if row.is_empty(time) {
            row.raise(Flag::TimeMissing);
            row.fill(time, row.cell(plan.roles.received_at), FilledBy::Nothing);
        }
    }

    /// Appends what rows of the record's arrival say alike to the row's made values, and gives where it stands there.
    fn say_alike(&mut self, event: &Event, row: &mut Row) -> Span {
        let (arrival, alike) = &mut self.alike;
        if *arrival != event.origin.arrival || alike.is_empty() {
            *arrival = event.origin.arrival;
            alike.clear();
            alike.push_str(&event.plan.derived.words);
            time::write(*arrival, alike);
        }
        append(row, alike)
    }

    /// What follows from how the record came.
    fn of_record(&mut self, event: &Event, row: &mut Row, steps: &[Step], alike: Span) {
        let Event { plan, tape, .. } = *event;
        for step in steps {
            let part = match step.gives {
                Gives::Words(words) => words,
                Gives::Dialect => {
                    plan.derived.dialect(plan.dialects.iter().position(|dialect| dialect.matches(tape.markers)))
                }
                Gives::Arrival => Span::new(plan.derived.words.len(), alike.len()),
                _ => {
                    self.event_id(event, row, step);
                    continue;
                }
            };
            say(row, step, alike.part(part));
        }
    }

    /// An id for an event whose producer gave none.
    #[inline(never)]
    fn event_id(&mut self, event: &Event, row: &mut Row, step: &Step) {
        let Event { plan, text, origin, .. } = *event;
        if row.is_empty(step.column) {
            let start = row.made.len();
            let placeless = row.is_empty(plan.roles.event_time).then_some((origin.arrival, origin.position));
            let own = origin.event.start()..origin.event.end();
            ids::event_id((text, own), origin.envelope, placeless, &mut self.hashed, &mut row.made);
            say(row, step, Span::new(start, row.made.len()));
        }
    }

    /// What follows from the value of a column.
    #[inline(never)]
    fn of_value(&mut self, event: &Event, row: &mut Row, steps: &[Step]) {
        let Event { plan, text, .. } = *event;
        each(row, steps, |row, step| match &step.gives {
            Gives::Source { column, searches } => {
                let source = self.source(event, row, *column, searches).unwrap_or_default();
                let (kept, flags) = finish(plan, step, source.into());
                if kept.is_empty() {
                    return Cell::Empty;
                }
                row.flag(step.column, flags);
                Cell::make(&kept, &mut row.made)
            }
            Gives::On { column, event_types } => {
                let name = row.cell(plan.roles.event_name).bytes(text, &row.made);
                let wanted = event_types.contains(&self.event_types.of(plan, name));
                if wanted { row.cell(*column) } else { Cell::Empty }
            }
            _ => Cell::Empty,
        });
    }

    /// The name of the attribute that filled a column; `None` for the column's own name, which says nothing.
    fn source(&mut self, event: &Event, row: &Row, column: usize, searches: &[(usize, usize)]) -> Option<String> {
        let plan = event.plan;
        if let FilledBy::Path(source) = row.filled_by(column) {
            let name = &plan.sources[usize::from(source)].name;
            return (*name != plan.columns[column].name).then(|| name.clone());
        }
        self.urls.name(event, row, searches)
    }
}

/// Fills the columns of `steps` that are null with what these give.
#[inline(always)]
fn each(row: &mut Row, steps: &[Step], mut gives: impl FnMut(&mut Row, &Step) -> Cell) {
    for step in steps {
        if row.is_empty(step.column) {
            let cell = gives(row, step);
            row.fill(step.column, cell, FilledBy::Function(step.nth));
        }
    }
}

/// What follows from the list of items.
fn of_items(items: &Items, row: &mut Row, steps: &[Step]) {
    for step in steps {
        let start = row.made.len();
        let number = match step.gives {
            Gives::Sum(field) => items.sums[field],
            _ => i64::try_from(items.count).unwrap_or(i64::MAX),
        };
        number::push(number, &mut row.made);
        say(row, step, Span::new(start, row.made.len()));
    }
}

/// What the first item says.
fn of_first_item(items: &Items, row: &mut Row, steps: &[Step]) {
    for step in steps {
        if let Gives::First(field) = step.gives
            && let Some(cell) = items.first.get(field)
            && *cell != Cell::Empty
        {
            row.cells.offer(step.column, *cell, FilledBy::Function(step.nth));
        }
    }
}

/// What a user agent tells.
fn of_agent(agent: &Agent, row: &mut Row, steps: &[Step]) {
    let told = append(row, &agent.told);
    for step in steps {
        let part = match step.gives {
            Gives::Browser => agent.browser,
            Gives::Os => agent.os,
            Gives::Device => agent.device,
            _ => agent.bot,
        };
        say(row, step, told.part(part));
    }
}

/// Appends to the row's made values, and gives where it stands there.
#[inline(always)]
fn append(row: &mut Row, text: &str) -> Span {
    let start = row.made.len();
    row.made.push_str(text);
    Span::new(start, row.made.len())
}

/// Fills the column of a step, if it is null, with a part of the row's made values. None of it is the sender's.
#[inline(always)]
fn say(row: &mut Row, step: &Step, part: Span) {
    if part.len() > step.width as usize {
        say_cut(row, step, part);
    } else if !part.is_empty() {
        row.cells.offer(step.column, Cell::Made(part), FilledBy::Function(step.nth));
    }
}

#[cold]
fn say_cut(row: &mut Row, step: &Step, part: Span) {
    if !row.is_empty(step.column) {
        return;
    }
    let mut flags = FlagSet::default();
    let kept = cut(part.of(&row.made).into(), step.width, &mut flags).len();
    if kept > 0 {
        row.flag(step.column, flags);
        say(row, step, part.part(Span::new(0, kept)));
    }
}

/// A derived text of the sender's as its column holds it.
fn finish<'a>(plan: &Plan, step: &Step, value: Cow<'a, str>) -> (Cow<'a, str>, FlagSet) {
    let mut flags = FlagSet::default();
    let clean = privacy::scrub(plan, &value, &mut flags).map_or(value, Cow::Owned);
    // A parameter may decode to what a row cannot hold.
    let clean = match clean {
        Cow::Owned(text) if text.contains('\0') => {
            flags.raise(Flag::TextMended);
            Cow::Owned(text.replace('\0', ""))
        }
        clean => clean,
    };
    (cut(clean, step.width, &mut flags), flags)
}

#[cfg(test)]
mod tests {
    use crate::schema::{EMBEDDED, Plan};
    use crate::transform::Transform;
    use base64::Engine;
    use base64::prelude::BASE64_STANDARD;

    #[test]
    fn what_is_made_is_cut_to_its_columns_width() {
        let schema = EMBEDDED.replace("source_dialect varchar(16)", "source_dialect varchar(3)").replace(
            "name = \"source_dialect\"\ntype = \"varchar(16)\"",
            "name = \"source_dialect\"\ntype = \"varchar(3)\"",
        );
        let mut transform = Transform::new(Plan::parse("schema.toml", &schema).expect("the schema compiles"));
        transform.record(BASE64_STANDARD.encode(r#"{"event":"x"}"#), 0, 1_000).expect("a row");
        let row = str::from_utf8(transform.rows()).expect("text");
        assert!(row.contains(r#""source_dialect":"cus""#) && row.contains("truncated:source_dialect"), "{row}");
    }

    #[test]
    fn a_function_reads_what_stands_before_it() {
        let mut schema = EMBEDDED.to_owned();
        for (name, source) in [
            ("early", "host(next)"),
            ("next", "query(page_url, next)"),
            ("late", "host(next)"),
            ("last", "query(next, utm_id)"),
        ] {
            let column = [
                "[[column]]",
                &format!("name = \"{name}\""),
                "type = \"varchar(99)\"",
                "description = \"x\"",
                &format!("sources = [\"{source}\"]\n"),
            ];
            schema.push_str(&column.join("\n"));
        }
        let mut transform = Transform::new(Plan::parse("schema.toml", &schema).expect("the schema compiles"));
        let event = r#"{"event":"x","url":"https://a.example/?utm_id=1&next=https://b.example/%3Futm_id%3D2"}"#;
        transform.record(BASE64_STANDARD.encode(event), 0, 1_000).expect("a row");
        let row = str::from_utf8(transform.rows()).expect("text");
        assert!(row.contains(r#""utm_id":"1""#) && row.contains(r#""late":"b.example","last":"2""#), "{row}");
        assert!(!row.contains("early"), "{row}");
    }
}
