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
}

impl Flattener {
    /// Fills `row` from the event's entries on `tape`: all columns but what is left over (`extra()`) and the row's flags.
    pub(crate) fn flatten(&mut self, plan: &Plan, text: &str, tape: &mut Tape, row: &mut Row, origin: &Origin) {
        tape.begin(row);
        self.items.clear();
        let open = std::mem::take(&mut tape.open);
        // Trees last: what privacy makes of a value inside them is known by then.
        for trees in [false, true] {
            open.each(|index| {
                if (plan.columns[index].kind == ColumnType::Json) == trees {
                    self.column(plan, text, tape, row, index);
                }
            });
        }
        tape.open = open;
        self.deriver.fill(&derive::Event { plan, text, tape, items: &self.items, origin }, row);
    }

    /// Fills a column that is answered and not filled yet.
    #[inline(never)]
    fn column(&mut self, plan: &Plan, text: &str, tape: &mut Tape, row: &mut Row, index: usize) {
        let column = &plan.columns[index];
        let alone = tape.alone(index);
        let mut event = Event { plan, text, tape, made: &mut row.made };
        let resolved = if let Some(hit) = alone {
            event.alone(column, hit, Some(&mut self.items))
        } else {
            self.hits.clear();
            self.hits.extend(event.tape.hits(index, column.sources.clone()));
            event.resolve(column, &self.hits, Some(&mut self.items))
        };
        let source = resolved.source.and_then(|source| u16::try_from(source).ok());
        row.fill(index, resolved.cell, source.map_or(FilledBy::Nothing, FilledBy::Path));
        row.flag(index, resolved.flags);
    }
}
