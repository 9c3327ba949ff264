//! A tape to a row: what the event says, column by column, then what follows from it.

use crate::derive::{self, Deriver, Origin};
use crate::items::Items;
use crate::resolve::Event;
use crate::row::Row;
use crate::schema::{ColumnType, Plan};
use crate::tape::Tape;

/// Fills `row` from the events' entries on `tape`: all columns but what is left over (`extra()`) and the row's flags.
pub(crate) fn flatten(
    plan: &Plan,
    text: &str,
    tape: &mut Tape,
    row: &mut Row,
    items: &mut Items,
    origin: &Origin,
    deriver: &mut Deriver,
) {
    row.clear(plan.columns.len());
    items.clear();
    // Trees last: what privacy makes of a value inside them is known by then.
    let columns = std::mem::take(&mut tape.columns);
    for trees in [false, true] {
        for index in columns.iter() {
            let column = &plan.columns[index];
            if (column.kind == ColumnType::Json) != trees {
                continue;
            }
            let mut event = Event { plan, text, tape, made: &mut row.made };
            let resolved = event.resolve(column, Tape::hit, Some(&mut *items));
            row.fill(index, resolved.cell);
            row.flag(index, resolved.flags);
            if let Some(source) = resolved.source {
                row.filled_by(index, source);
            }
        }
    }
    tape.columns = columns;
    deriver.fill(&derive::Event { plan, text, tape, items, origin }, row);
}
