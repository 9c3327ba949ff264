//! A row to one line of JSON: columns in the schema's order, nulls omitted, a newline at the end.

use crate::compact::{Compact, Keep};
use crate::row::{Cell, Flag, FlagSet, Row};
use crate::schema::{MAX_VARCHAR, Plan};
use crate::tape::Tape;

/// Ends a list of flags that has no room for the rest.
const MORE: &str = ",more";

/// Fills the column of what is left over.
pub(crate) fn extra(plan: &Plan, text: &str, tape: &Tape, row: &mut Row) {
    let mut extra = String::new();
    let mut compact = Compact { plan, text, tape, made: &row.made, keep: Keep::Left, flags: FlagSet::default() };
    compact.container(None, MAX_VARCHAR as usize, &mut extra);
    let flags = compact.flags;
    if !extra.is_empty() {
        row.cells[plan.roles.extra] = Cell::make(&extra, &mut row.made);
    }
    row.flags[plan.roles.extra].join(flags);
    if tape.removed {
        row.raise(Flag::KeyRemoved);
    }
}

/// Fills the column of the flags, after those that a row brings with it when it comes back.
pub(crate) fn flags(plan: &Plan, text: &str, row: &mut Row) {
    let width = plan.columns[plan.roles.flags].kind.width().unwrap_or_default() as usize;
    let brought = row.get(text, plan.roles.flags).unwrap_or_default().to_owned();
    let mut list = brought.clone();
    for (column, flag) in row.raised() {
        let name = column.map_or("", |column| plan.columns[column].name.as_str());
        let is_brought =
            |entry: &str| entry == &MORE[1..] || entry.split_once(':').unwrap_or((entry, "")) == (flag.code(), name);
        if brought.split(',').any(is_brought) {
            continue;
        }
        let length = usize::from(!list.is_empty()) + flag.code().len() + usize::from(!name.is_empty()) + name.len();
        if list.len() + length + MORE.len() > width {
            list.push_str(MORE);
            break;
        }
        let separators = [if list.is_empty() { "" } else { "," }, if name.is_empty() { "" } else { ":" }];
        list.extend([separators[0], flag.code(), separators[1], name]);
    }
    if !list.is_empty() {
        row.cells[plan.roles.flags] = Cell::make(&list, &mut row.made);
    }
}

/// Appends the row's line.
pub(crate) fn line(plan: &Plan, text: &str, row: &Row, out: &mut Vec<u8>) {
    let mut separator = b'{';
    for (index, column) in plan.columns.iter().enumerate() {
        let Some(value) = row.get(text, index) else { continue };
        out.push(separator);
        separator = b',';
        out.extend_from_slice(column.member.as_bytes());
        match row.cells[index] {
            _ if !column.kind.is_quoted() => out.extend_from_slice(value.as_bytes()),
            // A slice of the record: without escapes there, without need of them here.
            Cell::Text(_) => {
                out.push(b'"');
                out.extend_from_slice(value.as_bytes());
                out.push(b'"');
            }
            // Writing to a Vec cannot fail.
            Cell::Made(_) | Cell::Empty => drop(serde_json::to_writer(&mut *out, value)),
        }
    }
    out.extend_from_slice(b"}\n");
}
