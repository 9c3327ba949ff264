//! A row to one line of JSON: columns in the schema's order, nulls omitted, a newline at the end.

use crate::compact::{Compact, Keep};
use crate::json::{Span, part_needs_no_escape, push_escaped};
use crate::output::Output;
use crate::row::{Cell, FilledBy, Flag, Row};
use crate::schema::plan::{Escapes, Member};
use crate::schema::{MAX_VARCHAR, Plan};
use crate::tape::Tape;

/// Ends a list of flags that has no room for the rest.
const MORE: &str = ",more";

/// Fills the column of what is left over.
pub(crate) fn extra(plan: &Plan, text: &str, tape: &Tape, row: &mut Row) {
    let start = row.made.len();
    let mut compact = Compact::new(plan, text, tape, &mut row.made, Keep::Left);
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

/// Fills the column of the flags, after those that a row brings with it when it comes back.
pub(crate) fn flags(plan: &Plan, text: &str, row: &mut Row) {
    if row.flagged().next().is_none() {
        return;
    }
    let brought = row.get(text, plan.roles.flags).map(ToOwned::to_owned);
    let mut made = std::mem::take(&mut row.made);
    let start = made.len();
    add_flags(plan, row, &brought.unwrap_or_default(), &mut made);
    row.fill(plan.roles.flags, Cell::Made(Span::new(start, made.len())), FilledBy::Nothing);
    row.made = made;
}

/// Appends the flags that the row brought, and its own that are not among them.
fn add_flags(plan: &Plan, row: &Row, brought: &str, made: &mut String) {
    let width = plan.columns[plan.roles.flags].kind.width().unwrap_or_default() as usize;
    let start = made.len();
    made.push_str(brought);
    for (column, flags) in row.flagged() {
        let name = column.map_or("", |column| plan.columns[column].name.as_str());
        for flag in flags.iter() {
            let is_brought = |entry: &str| {
                entry == &MORE[1..] || entry.split_once(':').unwrap_or((entry, "")) == (flag.code(), name)
            };
            if !brought.is_empty() && brought.split(',').any(is_brought) {
                continue;
            }
            let (follows, is_named) = (made.len() > start, !name.is_empty());
            let length = usize::from(follows) + flag.code().len() + usize::from(is_named) + name.len();
            if made.len() - start + length + MORE.len() > width {
                return made.push_str(MORE);
            }
            if follows {
                made.push(',');
            }
            made.push_str(flag.code());
            if is_named {
                made.push(':');
                made.push_str(name);
            }
        }
    }
}

/// Appends the row's line.
pub(crate) fn line(plan: &Plan, text: &str, row: &Row, out: &mut Output) {
    let start = out.len();
    let (text, made) = (text.as_bytes(), row.made.as_bytes());
    row.each_filled(&plan.columns, |column, cell| member(&column.member, cell, text, made, out));
    // The first member follows nothing: its comma makes room for the brace. Every row has the columns that are computed.
    out.text_mut()[start] = b'{';
    out.room(2)[..2].copy_from_slice(b"}\n");
    out.add(2);
}

/// Appends a member, with a comma before it.
#[inline(always)]
pub(crate) fn member(member: &Member, cell: Cell, text: &[u8], made: &[u8], out: &mut Output) {
    let (from, span) = match cell {
        // A slice of the record: without escapes there, without need of them here.
        Cell::Text(span) => (text, span),
        Cell::Made(span) => match member.escapes {
            Escapes::Never => (made, span),
            Escapes::Seldom if part_needs_no_escape(made, span) => (made, span),
            Escapes::Seldom | Escapes::Often => return escaped(member, made, span, out),
        },
        Cell::Empty => return,
    };
    match &member.block {
        Some(block) => out.append_member(block, from, (span.start(), span.end()), member.is_quoted),
        None => long_named(member, &from[span.start()..span.end()], out),
    }
}

/// Appends a member whose name is long.
#[cold]
fn long_named(member: &Member, value: &[u8], out: &mut Output) {
    for text in [member.text().as_bytes(), value, if member.is_quoted { b"\"" } else { b"" }] {
        out.append(text, 0, text.len());
    }
}

/// Appends a member whose value needs escapes.
#[inline(never)]
fn escaped(member: &Member, made: &[u8], span: Span, out: &mut Output) {
    match &member.block {
        Some(block) => out.append_block(block),
        None => out.append(member.text().as_bytes(), 0, member.text().len()),
    }
    push_escaped(&made[span.start()..], span.len(), out);
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::ColumnType;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_member_is_what_serde_json_writes(
            name in "[a-z]{1,60}", value in "[a-z\"\\\\\u{1}ü]{0,80}", around in "[a-z]{0,40}", is_json: bool, number: i64,
        ) {
            let kind = if is_json { ColumnType::Json } else { ColumnType::Varchar(80) };
            let plain = value.replace(['"', '\\', '\u{1}'], "");
            let number = number.to_string();
            let [mut out, mut expected] = [Output::default(), Output::default()];
            for (kind, value, cell, json) in [
                (kind, &value, Cell::Made as fn(Span) -> Cell, serde_json::to_string(&value)?),
                (kind, &plain, Cell::Made, serde_json::to_string(&plain)?),
                (kind, &plain, Cell::Text, serde_json::to_string(&plain)?),
                (ColumnType::BigInt, &number, Cell::Made, number.clone()),
                (ColumnType::BigInt, &number, Cell::Text, number.clone()),
            ] {
                let text = [&around, value, &around].map(String::as_str).concat();
                let cell = cell(Span::new(around.len(), around.len() + value.len()));
                member(&Member::new(&name, kind), cell, text.as_bytes(), text.as_bytes(), &mut out);
                let json = format!(",\"{name}\":{json}");
                expected.append(json.as_bytes(), 0, json.len());
            }
            prop_assert_eq!(str::from_utf8(out.text()), str::from_utf8(expected.text()));
        }
    }
}
