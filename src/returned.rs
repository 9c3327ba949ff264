//! A row that comes back: given back as it is.
//!
//! Rows return when they are put into the stream again: what Firehose could not convert, and what `clickstream replay`
//! sends. A row is known by what it is, not by a mark that any sender could set: every column of it is what the
//! transform would make of it once more, to the byte. So nothing gets past types, widths and privacy by posing as a row.

use crate::coerce::{self, Coerced};
use crate::compact::{Compact, Keep};
use crate::cursor::{Cursor, Scalar};
use crate::encode;
use crate::json::{Span, unescape};
use crate::keys::Keys;
use crate::output::Output;
use crate::row::{Cell, FilledBy, Row};
use crate::schema::source::FunctionName;
use crate::schema::{Column, ColumnType, MAX_VARCHAR, Plan};
use crate::tape::Tape;
use serde_json::value::RawValue;

/// Fills `row` from the event at `event` in `text`, if that is a row already. False if not: then what is in `row` means
/// nothing. Most events are told by their first member.
#[inline(always)]
pub(crate) fn read(plan: &Plan, text: &str, event: Span, row: &mut Row) -> bool {
    let may_be = |first| !is_in_every_row(first) || is_at(text, event.start() + 1, opening(first, true));
    plan.columns.first().is_some_and(may_be) && read_members(plan, text, event, row)
}

/// How a column's member begins. The first one follows a brace, not a comma.
fn opening(column: &Column, is_first: bool) -> &str {
    &column.member.text()[usize::from(is_first)..]
}

fn is_at(text: &str, at: usize, opening: &str) -> bool {
    text.as_bytes().get(at..).is_some_and(|rest| rest.starts_with(opening.as_bytes()))
}

/// [`read`], of all members.
#[inline(never)]
fn read_members(plan: &Plan, text: &str, event: Span, row: &mut Row) -> bool {
    row.clear(plan.columns.len());
    let (mut at, mut is_first) = (event.start() + 1, true);
    for (index, column) in plan.columns.iter().enumerate() {
        let opening = opening(column, is_first);
        if !is_at(text, at, opening) {
            if index == plan.roles.event_time || is_in_every_row(column) {
                return false;
            }
            continue;
        }
        let start = at + opening.len() - usize::from(column.kind.is_quoted());
        let mut cursor = Cursor::new(text.as_bytes(), start);
        let Some(kind) = cursor.scalar() else { return false };
        let value = (Span::new(start, cursor.at()), kind);
        let Some(cell) = cell(plan, column, text, value, &mut row.made) else { return false };
        row.fill(index, cell, FilledBy::Nothing);
        (at, is_first) = (cursor.at(), false);
    }
    let mut line = Output::default();
    encode::line(plan, text, row, &mut line);
    line.text().strip_suffix(b"\n") == Some(event.of(text).as_bytes())
}

/// Whether the transform never leaves the column null.
fn is_in_every_row(column: &Column) -> bool {
    use FunctionName::{Arrival, Dialect, Hash, Version};
    column.derivations.iter().any(|function| matches!(function.name, Arrival | Hash | Version | Dialect))
}

/// What the transform makes of a value of a row.
fn cell(plan: &Plan, column: &Column, text: &str, value: (Span, Scalar), made: &mut String) -> Option<Cell> {
    if column.kind == ColumnType::Json {
        return tree(plan, value.0.unquoted().of(text)).map(|json| Cell::make(&json, made));
    }
    match coerce::scalar(plan, column, text, value, made) {
        Coerced::Value(cell, _) => Some(cell),
        Coerced::Blank | Coerced::Blocked | Coerced::Misfit => None,
    }
}

/// The JSON in a string, if it is an object or array as a column of a row holds it.
fn tree(plan: &Plan, inner: &str) -> Option<String> {
    let mut json = String::new();
    unescape(inner, &mut json);
    let object = match serde_json::from_str::<&RawValue>(&json).ok()?.get().as_bytes().first()? {
        b'{' if json.len() <= MAX_VARCHAR as usize => json.clone(),
        // A tape begins with an object.
        b'[' if json.len() <= MAX_VARCHAR as usize => ["{\"\":", &json, "}"].concat(),
        _ => return None,
    };
    let mut tape = Tape::default();
    tape.clear(plan);
    tape.add((plan, &mut Keys::default()), &object, (0, 1), false).ok()?;
    let mut kept = String::new();
    Compact::new(plan, &object, &tape, &mut kept, Keep::Whole).container(None, usize::MAX);
    (kept == object).then_some(json)
}
