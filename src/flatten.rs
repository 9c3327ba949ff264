//! A tape to a row: what the event says, column by column, then what follows from it.

use crate::coerce::as_is;
use crate::derive::{self, Deriver, Origin};
use crate::items::Items;
use crate::resolve::Event;
use crate::row::{Cell, FilledBy, Row};
use crate::schema::{ColumnType, Plan};
use crate::tape::{Fate, Kind, Tape};

/// Makes rows of tapes. Its buffers are used again for the next one.
#[derive(Debug, Default)]
pub(crate) struct Flattener {
    items: Items,
    deriver: Deriver,
    /// The sources of a column that are there, and their entries.
    hits: Vec<(usize, usize)>,
    /// Columns that are answered and keep trees; each with its source, if that is alone.
    trees: Vec<(usize, Option<usize>)>,
}

impl Flattener {
    /// Fills `row` from the event's entries on `tape`: all columns but what is left over (`extra()`) and the row's flags.
    pub(crate) fn flatten(&mut self, plan: &Plan, text: &str, tape: &mut Tape, row: &mut Row, origin: &Origin) {
        row.clear(plan.columns.len());
        self.items.clear();
        self.trees.clear();
        let mut next = tape.next_answered(0);
        while let Some(source) = next {
            let index = usize::from(plan.sources[source].column);
            let column = &plan.columns[index];
            next = tape.next_answered(source + 1);
            let is_alone = next.is_none_or(|next| next >= column.sources.end);
            if is_alone && keep(plan, text, tape, row, (index, source)) {
                continue;
            }
            let column_and_source = (index, is_alone.then_some(source));
            if column.kind == ColumnType::Json {
                self.trees.push(column_and_source);
            } else {
                self.column(plan, text, tape, row, column_and_source);
            }
            if !is_alone {
                next = tape.next_answered(column.sources.end);
            }
        }
        // Trees last: what privacy makes of a value inside them is known by then.
        for place in 0..self.trees.len() {
            self.column(plan, text, tape, row, self.trees[place]);
        }
        self.deriver.fill(&derive::Event { plan, text, tape, items: &self.items, origin }, row);
    }

    /// Fills a column; with `alone`, from the only source that answers it.
    fn column(
        &mut self,
        plan: &Plan,
        text: &str,
        tape: &mut Tape,
        row: &mut Row,
        (index, alone): (usize, Option<usize>),
    ) {
        let column = &plan.columns[index];
        let resolved = if let Some(source) = alone {
            let hit = (source, tape.hit(source));
            let mut event = Event { plan, text, tape, made: &mut row.made };
            event.alone(column, hit, Some(&mut self.items))
        } else {
            self.hits.clear();
            self.hits.extend(tape.hits(column.sources.clone()));
            let mut event = Event { plan, text, tape, made: &mut row.made };
            event.resolve(column, &self.hits, Some(&mut self.items))
        };
        let source = resolved.source.and_then(|source| u16::try_from(source).ok());
        row.fill(index, resolved.cell, source.map_or(FilledBy::Nothing, FilledBy::Path));
        row.flag(index, resolved.flags);
    }
}

/// Fills the column that `source` alone answers, if the value can stay as it is; false if it has to be looked at.
#[inline(always)]
fn keep(plan: &Plan, text: &str, tape: &mut Tape, row: &mut Row, (index, source): (usize, usize)) -> bool {
    let hit = tape.hit(source);
    let entry = &mut tape.entries[hit];
    let Kind::Scalar(kind) = entry.kind else { return false };
    let Some(span) = as_is(plan, &plan.columns[index], text, (entry.value, kind)) else { return false };
    // An entry that a column only looks at stays with its item.
    if usize::from(entry.source) == source {
        entry.fate = Fate::Taken;
    }
    row.fill(index, Cell::Text(span), u16::try_from(source).map_or(FilledBy::Nothing, FilledBy::Path));
    true
}
