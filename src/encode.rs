//! A row to one line of JSON: columns in the schema's order, nulls omitted, a newline at the end.

use crate::compact::{Compact, Keep};
use crate::json::{Span, is_clean, push_escaped};
use crate::output::Output;
use crate::row::{Cell, FilledBy, Flag, FlagSet, Row};
use crate::schema::{Column, ColumnType, MAX_VARCHAR, Plan};
use crate::tape::Tape;

/// Ends a list of flags that has no room for the rest.
const MORE: &str = ",more";

/// Fills the column of what is left over.
pub(crate) fn extra(plan: &Plan, text: &str, tape: &Tape, row: &mut Row) {
    let start = row.made.len();
    let mut compact = Compact { plan, text, tape, made: &mut row.made, keep: Keep::Left, flags: FlagSet::default() };
    compact.container(None, MAX_VARCHAR as usize);
    let flags = compact.flags;
    let extra = Span::new(start, row.made.len());
    if !extra.is_empty() {
        row.fill(plan.roles.extra, Cell::Made(extra), FilledBy::Nothing);
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
pub(crate) fn line(plan: &Plan, text: &str, row: &Row, out: &mut Output) {
    let (start, mut in_quotes) = (out.len(), false);
    let (text, made) = (text.as_bytes(), row.made.as_bytes());
    for (index, cell) in row.filled() {
        let column = &plan.columns[index];
        column.member.open(in_quotes, out);
        in_quotes = column.member.is_quoted;
        value(column, cell, text, made, out);
    }
    // The first member follows nothing: its comma makes room for the brace. Every row has the columns that are computed.
    out.text_mut()[start] = b'{';
    let end = if in_quotes { b"\"}\n".as_slice() } else { b"}\n" };
    out.append(end, 0, end.len());
}

/// Appends a value, without quotes.
#[inline(always)]
pub(crate) fn value(column: &Column, cell: Cell, text: &[u8], made: &[u8], out: &mut Output) {
    match cell {
        Cell::Empty => {}
        // A slice of the record: without escapes there, without need of them here. No more does a time or number.
        Cell::Text(span) => out.append(text, span.start(), span.end()),
        Cell::Made(span) => {
            let may_need_escapes = matches!(column.kind, ColumnType::Varchar(_) | ColumnType::Json);
            if may_need_escapes && !is_clean(made, span.start(), span.end()) {
                push_escaped(made, span.start(), span.end(), out);
            } else {
                out.append(made, span.start(), span.end());
            }
        }
    }
}
