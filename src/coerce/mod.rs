//! A value of the event to a value of its column: by type, by rule, by width. Never silently lossy.

mod as_is;
mod boolean;
pub(crate) mod number;

use crate::cursor::Scalar;
use crate::derive::{ids, ip, privacy, time};
use crate::json::{Mended, Span, trim, unescape};
use crate::row::{Cell, Flag, FlagSet};
use crate::schema::{Column, ColumnType, Plan, Rule};
pub(crate) use as_is::{Holds, held};
use number::Written;
use std::borrow::Cow;

/// What a value comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coerced {
    /// Null, or a string of nothing but white space: as if it were not there.
    Blank,
    /// A placeholder instead of an identifier.
    Blocked,
    /// It does not fit.
    Misfit,
    /// The column's value, and what was done to it.
    Value(Cell, FlagSet),
}

/// Coerces the scalar at `value` in `text` for `column`. What is not a slice of `text` is appended to `made`.
pub(crate) fn scalar(plan: &Plan, column: &Column, text: &str, value: (Span, Scalar), made: &mut String) -> Coerced {
    match held(plan, &column.holds, text, value) {
        Some(span) => Coerced::Value(Cell::Text(span), FlagSet::default()),
        None => closely(plan, column, text, value, made),
    }
}

/// [`scalar`] for a value that may have to be changed.
pub(crate) fn closely(
    plan: &Plan,
    column: &Column,
    text: &str,
    (value, kind): (Span, Scalar),
    made: &mut String,
) -> Coerced {
    let meaning = match kind {
        Scalar::Plain => value.of(text),
        Scalar::Text | Scalar::Signed => value.unquoted().of(text),
        Scalar::Escaped => return escaped(plan, column, text, value, made),
    };
    if kind == Scalar::Plain && meaning == "null" {
        return Coerced::Blank;
    }
    meant(plan, column, text, (meaning, kind), FlagSet::default(), made)
}

/// [`closely`] for a string with escapes.
#[inline(never)]
fn escaped(plan: &Plan, column: &Column, text: &str, value: Span, made: &mut String) -> Coerced {
    let (start, mut flags) = (made.len(), FlagSet::default());
    if unescape(value.unquoted().of(text), made) == Mended(true) {
        flags.raise(Flag::TextMended);
    }
    let meaning = &made[start..];
    let fits = matches!(column.kind, ColumnType::Varchar(width) if meaning.len() <= width as usize);
    if fits && column.rule.is_none() && !is_blank(meaning) && !privacy::has_signs(meaning) {
        return Coerced::Value(Cell::Made(Span::new(start, made.len())), flags);
    }
    let meaning = made.split_off(start);
    meant(plan, column, text, (&meaning, Scalar::Escaped), flags, made)
}

/// What a value comes to that means `meaning`.
#[inline(always)]
fn meant(
    plan: &Plan,
    column: &Column,
    text: &str,
    (meaning, kind): (&str, Scalar),
    mut flags: FlagSet,
    made: &mut String,
) -> Coerced {
    let start = made.len();
    let written = match column.kind {
        ColumnType::Varchar(width) => return varchar(plan, (column.rule, width), text, (meaning, kind), flags, made),
        ColumnType::Timestamp => time::parse(meaning).map(|ms| {
            time::write(ms, made);
            Written::default()
        }),
        ColumnType::SmallInt | ColumnType::Integer | ColumnType::BigInt => {
            let (least, most) = column.kind.integer_range().unwrap_or_default();
            number::integer(meaning, least, most, made)
        }
        ColumnType::Decimal(precision, scale) => number::decimal(meaning, precision, scale, made),
        ColumnType::Boolean => boolean::parse(meaning).map(|truth| {
            made.push_str(if truth { "true" } else { "false" });
            Written::default()
        }),
        ColumnType::Json => None,
    };
    match written {
        Some(Written { as_is: true, .. }) => Coerced::Value(cell(text, meaning, made), flags),
        Some(Written { rounded, .. }) => {
            if rounded {
                flags.raise(Flag::Rounded);
            }
            Coerced::Value(Cell::Made(Span::new(start, made.len())), flags)
        }
        // Nothing but white space is no number, no truth and no time, either.
        None => {
            made.truncate(start);
            if is_blank(meaning) { Coerced::Blank } else { Coerced::Misfit }
        }
    }
}

/// Whether there is nothing but white space in a text.
#[inline(always)]
fn is_blank(text: &str) -> bool {
    !text.as_bytes().first().is_some_and(u8::is_ascii_graphic) && text.trim().is_empty()
}

/// A cell that holds `value`: where it stands in `text`, or else appended to `made`.
#[inline(always)]
fn cell(text: &str, value: &str, made: &mut String) -> Cell {
    Span::within(text, value).map_or_else(|| Cell::make(value, made), Cell::Text)
}

/// Text as a column of this rule and width holds it.
#[inline(never)]
fn varchar(
    plan: &Plan,
    (rule, width): (Option<Rule>, u32),
    text: &str,
    value: (&str, Scalar),
    mut flags: FlagSet,
    made: &mut String,
) -> Coerced {
    if is_blank(value.0) {
        return Coerced::Blank;
    }
    if rule == Some(Rule::Ip) {
        return network(width, value.0, flags, made);
    }
    match kept(plan, rule, value, width, &mut flags) {
        Ok(kept) => Coerced::Value(cell(text, &kept, made), flags),
        Err(not) => not,
    }
}

/// The network of an IP address, of which nothing else is kept.
fn network(width: u32, text: &str, mut flags: FlagSet, made: &mut String) -> Coerced {
    let start = made.len();
    if !ip::network_into(text, made) {
        return Coerced::Misfit;
    }
    flags.raise(Flag::IpShortened);
    let length = cut(made[start..].into(), width, &mut flags).len();
    made.truncate(start + length);
    Coerced::Value(Cell::Made(Span::new(start, made.len())), flags)
}

/// What of a text is kept.
#[inline(always)]
fn kept<'a>(
    plan: &Plan,
    rule: Option<Rule>,
    (text, kind): (&'a str, Scalar),
    width: u32,
    flags: &mut FlagSet,
) -> Result<Cow<'a, str>, Coerced> {
    let has_signs = match kind {
        Scalar::Plain | Scalar::Text => false,
        Scalar::Signed => true,
        Scalar::Escaped => privacy::has_signs(text),
    };
    let kept = match rule {
        Some(rule @ (Rule::Id | Rule::Uuid)) => {
            ids::identifier(plan, rule, text, width, flags).ok_or(Coerced::Blocked)?
        }
        Some(Rule::Email) => {
            flags.raise(Flag::EmailHashed);
            privacy::hash_email(text).ok_or(Coerced::Misfit)?.into()
        }
        Some(Rule::Currency) => {
            let code = trim(text);
            if code.len() != 3 || !code.bytes().all(|b| b.is_ascii_alphabetic()) {
                return Err(Coerced::Misfit);
            }
            if code.bytes().all(|b| b.is_ascii_uppercase()) { code.into() } else { code.to_ascii_uppercase().into() }
        }
        Some(Rule::Query) => {
            let query = text.trim().trim_start_matches('?');
            privacy::scrub_parameters(plan, query, true, flags).map_or(query.into(), Into::into)
        }
        Some(Rule::Lower) if text.chars().any(char::is_uppercase) => trim(text).to_lowercase().into(),
        Some(Rule::Lower) => trim(text).into(),
        // Of an address, its network is kept.
        Some(Rule::Url | Rule::Ip | Rule::Items) | None => Cow::Borrowed(text),
    };
    // What a rule makes of a text has none that the text has not.
    let kept = match has_signs.then(|| privacy::scrub(plan, &kept, flags)).flatten() {
        Some(clean) => Cow::Owned(clean),
        None => kept,
    };
    if kept.is_empty() {
        return Err(Coerced::Blank);
    }
    Ok(cut(kept, width, flags))
}

/// At most `width` bytes, cut where a character ends.
#[inline]
pub(crate) fn cut<'a>(text: Cow<'a, str>, width: u32, flags: &mut FlagSet) -> Cow<'a, str> {
    if text.len() <= width as usize {
        return text;
    }
    let end = text.floor_char_boundary(width as usize);
    flags.raise(Flag::Truncated);
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(&text[..end]),
        Cow::Owned(mut text) => {
            text.truncate(end);
            Cow::Owned(text)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cursor::Cursor;
    use proptest::prelude::*;

    /// What the string `json` comes to, and the column's text.
    fn coerced(plan: &Plan, column: &Column, json: &str) -> (Coerced, Option<String>) {
        let kind = Cursor::new(json.as_bytes(), 0).scalar().expect("a string");
        let mut made = String::new();
        match scalar(plan, column, json, (Span::new(0, json.len()), kind), &mut made) {
            Coerced::Value(cell, flags) => {
                (Coerced::Value(Cell::Empty, flags), cell.of(json, &made).map(ToOwned::to_owned))
            }
            not => (not, None),
        }
    }

    proptest! {
        #[test]
        fn a_string_comes_to_the_same_however_it_is_escaped(
            text in prop_oneof!["[ a-zA-Zü]{0,8}", "[a-z0-9@.?&=%]{0,12}", "[a-z]{250,260}", "-?[0-9]{1,3}(\\.[0-9]{1,6})?",
                Just("ada@example.com".to_owned()), Just("203.0.113.77".to_owned()), Just("2026-11-23T10:15:30.123Z".to_owned())],
        ) {
            let plan = Plan::embedded().expect("the schema compiles");
            let escapes: Vec<_> = text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
            let escapes = escapes.concat();
            for column in plan.columns.iter().chain(&plan.items) {
                let [plain, escaped] = [&text, &escapes].map(|inside| coerced(&plan, column, &format!("\"{inside}\"")));
                prop_assert_eq!(plain, escaped, "{}", column.name);
            }
        }
    }
}
