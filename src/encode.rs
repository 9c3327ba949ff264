//! A row to one line of JSON: columns in the schema's order, nulls omitted, a newline at the end.

use crate::compact::{Compact, Keep};
use crate::json::push_string;
use crate::row::{Cell, Flag, FlagSet, Row};
use crate::schema::{MAX_VARCHAR, Plan};
use crate::tape::Tape;

/// Ends a list of flags that has no room for the rest.
const MORE: &str = ",more";

/// Fills the two columns that come last, because they speak of all the others: what is left over, and the flags.
pub(crate) fn complete(plan: &Plan, text: &str, tape: &Tape, row: &mut Row, extra: &mut String) {
    extra.clear();
    let mut compact = Compact { plan, text, tape, made: &row.made, keep: Keep::Left, flags: FlagSet::default() };
    compact.container(None, MAX_VARCHAR as usize, extra);
    let flags = compact.flags;
    if !extra.is_empty() {
        let cell = Cell::make(extra, &mut row.made);
        row.fill(plan.roles.extra, cell);
    }
    row.flag(plan.roles.extra, flags);
    if tape.removed {
        row.raise(Flag::KeyRemoved);
    }
    let width = plan.columns[plan.roles.flags].kind.width().unwrap_or_default() as usize;
    let list = extra;
    list.clear();
    for (column, flag) in row.raised() {
        let name = column.map_or("", |column| plan.columns[column].name.as_str());
        let length = usize::from(!list.is_empty()) + flag.code().len() + usize::from(!name.is_empty()) + name.len();
        if list.len() + length + MORE.len() > width {
            list.push_str(MORE);
            break;
        }
        let separators = [if list.is_empty() { "" } else { "," }, if name.is_empty() { "" } else { ":" }];
        list.extend([separators[0], flag.code(), separators[1], name]);
    }
    if !list.is_empty() {
        let cell = Cell::make(list, &mut row.made);
        row.fill(plan.roles.flags, cell);
    }
}

/// Appends the row's line.
pub(crate) fn line(plan: &Plan, text: &str, row: &Row, out: &mut String) {
    out.push('{');
    let first = out.len();
    for (index, cell) in row.filled() {
        let (column, value) = (&plan.columns[index], cell.of(text, &row.made).unwrap_or_default());
        if out.len() > first {
            out.push(',');
        }
        out.push_str(&column.member);
        match cell {
            _ if !column.kind.is_quoted() => out.push_str(value),
            // A slice of the record: without escapes there, without need of them here.
            Cell::Text(_) => {
                out.push('"');
                out.push_str(value);
                out.push('"');
            }
            Cell::Made(_) | Cell::Empty => push_string(value, out),
        }
    }
    out.push_str("}\n");
}
