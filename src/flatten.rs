//! A tape to a row: what the event says, column by column, then what follows from it.

use crate::derive::{self, Deriver, Origin};
use crate::items::Items;
use crate::resolve::Event;
use crate::row::{FilledBy, Row};
use crate::schema::{ColumnType, Plan};
use crate::tape::Tape;

/// Makes rows of tapes. Its buffers are used again for the next one.
#[derive(Debug, Default)]
pub(crate) struct Flattener {
    items: Items,
    deriver: Deriver,
    /// The sources of a column that are there, and their entries.
    hits: Vec<(usize, usize)>,
    /// Columns that are not filled with what is there as it is.
    open: Vec<usize>,
    /// Those of them that keep trees.
    trees: Vec<usize>,
}

impl Flattener {
    /// Fills `row` from the event's entries on `tape`: all columns but what is left over (`extra()`) and the row's flags.
    pub(crate) fn flatten(&mut self, plan: &Plan, text: &str, tape: &mut Tape, row: &mut Row, origin: &Origin) {
        row.begin(&mut tape.found);
        self.items.clear();
        self.trees.clear();
        self.open.clear();
        self.open.extend(tape.open_columns());
        for place in 0..self.open.len() {
            let index = self.open[place];
            if plan.columns[index].kind == ColumnType::Json {
                self.trees.push(index);
            } else {
                self.column(plan, text, tape, row, index);
            }
        }
        // Trees last: what privacy makes of a value inside them is known by then.
        for place in 0..self.trees.len() {
            self.column(plan, text, tape, row, self.trees[place]);
        }
        self.deriver.fill(&derive::Event { plan, text, tape, items: &self.items, origin }, row);
    }

    /// Fills a column that is answered and not filled yet.
    fn column(&mut self, plan: &Plan, text: &str, tape: &mut Tape, row: &mut Row, index: usize) {
        let column = &plan.columns[index];
        self.hits.clear();
        self.hits.extend(tape.hits(column.sources.clone()));
        let mut event = Event { plan, text, tape, made: &mut row.made };
        let resolved = match *self.hits {
            [hit] => event.alone(column, hit, Some(&mut self.items)),
            _ => event.resolve(column, &self.hits, Some(&mut self.items)),
        };
        let source = resolved.source.and_then(|source| u16::try_from(source).ok());
        row.fill(index, resolved.cell, source.map_or(FilledBy::Nothing, FilledBy::Path));
        row.flag(index, resolved.flags);
    }
}
