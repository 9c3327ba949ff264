//! A row to one line of JSON: columns in the schema's order, nulls omitted, a newline at the end.

use crate::append::append;
use crate::compact::{Compact, Keep};
use crate::json::{needs_no_escape, push_escaped};
use crate::row::{Cell, FilledBy, Flag, FlagSet, Row};
use crate::schema::{Column, ColumnType, MAX_VARCHAR, Plan};
use crate::tape::Tape;

/// Ends a list of flags that has no room for the rest.
const MORE: &str = ",more";

/// Fills the column of what is left over. `extra` is a buffer.
pub(crate) fn extra(plan: &Plan, text: &str, tape: &Tape, row: &mut Row, extra: &mut String) {
    extra.clear();
    let mut compact = Compact { plan, text, tape, made: &row.made, keep: Keep::Left, flags: FlagSet::default() };
    compact.container(None, MAX_VARCHAR as usize, extra);
    let flags = compact.flags;
    if !extra.is_empty() {
        let cell = Cell::make(extra, &mut row.made);
        row.fill(plan.roles.extra, cell, FilledBy::Nothing);
    }
    row.flag(plan.roles.extra, flags);
    if tape.removed {
        row.raise(Flag::KeyRemoved);
    }
}

/// Fills the column of the flags, after those that a row brings with it when it comes back. `list` is a buffer.
pub(crate) fn flags(plan: &Plan, text: &str, row: &mut Row, list: &mut String) {
    let width = plan.columns[plan.roles.flags].kind.width().unwrap_or_default() as usize;
    list.clear();
    list.push_str(row.get(text, plan.roles.flags).unwrap_or_default());
    let brought = list.len();
    for (column, flag) in row.raised() {
        let name = column.map_or("", |column| plan.columns[column].name.as_str());
        let is_brought =
            |entry: &str| entry == &MORE[1..] || entry.split_once(':').unwrap_or((entry, "")) == (flag.code(), name);
        if list[..brought].split(',').any(is_brought) {
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
        let cell = Cell::make(list, &mut row.made);
        row.fill(plan.roles.flags, cell, FilledBy::Nothing);
    }
}

/// Appends the row's line.
pub(crate) fn line(plan: &Plan, text: &str, row: &Row, out: &mut Vec<u8>) {
    let start = out.len();
    for (index, cell) in row.filled() {
        let column = &plan.columns[index];
        column.member.open(out);
        value(column, cell, text.as_bytes(), row.made.as_bytes(), out);
    }
    // The first member follows nothing: its comma makes room for the brace. Every row has the columns that are computed.
    out[start] = b'{';
    out.extend_from_slice(b"}\n");
}

/// Appends a value, and the quote that closes it if the type has one.
#[inline(always)]
pub(crate) fn value(column: &Column, cell: Cell, text: &[u8], made: &[u8], out: &mut Vec<u8>) {
    let (from, span) = match cell {
        Cell::Empty => return,
        Cell::Text(span) => (text, span),
        Cell::Made(span) => (made, span),
    };
    let value = &from[span.start()..span.end()];
    match (cell, column.kind) {
        (Cell::Made(_), ColumnType::Varchar(_) | ColumnType::Json) if !needs_no_escape(value) => {
            push_escaped(value, out);
        }
        // A slice of the record: without escapes there, without need of them here. No more does a time or number.
        _ => append(out, from, span.start(), span.end()),
    }
    if column.kind.is_quoted() {
        out.push(b'"');
    }
}
