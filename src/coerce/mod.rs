//! A value of the event to a value of its column: by type, by rule, by width. Never silently lossy.

mod as_is;
mod boolean;
pub(crate) mod number;

use crate::cursor::Scalar;
use crate::derive::{ids, ip, privacy, time};
use crate::json::{Mended, Span, trim, unescape};
use crate::row::{Cell, Flag, FlagSet};
use crate::schema::{Column, ColumnType, Plan, Rule};
pub(crate) use as_is::{as_is, held};
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
    match as_is(plan, column, text, value) {
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
    let mut flags = FlagSet::default();
    let mut unescaped = String::new();
    let meaning = match kind {
        Scalar::Plain => value.of(text),
        Scalar::Text | Scalar::Signed => value.unquoted().of(text),
        Scalar::Escaped => {
            if unescape(value.unquoted().of(text), &mut unescaped) == Mended(true) {
                flags.raise(Flag::TextMended);
            }
            &unescaped
        }
    };
    if kind == Scalar::Plain && meaning == "null" {
        return Coerced::Blank;
    }
    let start = made.len();
    let written = match column.kind {
        ColumnType::Varchar(_) if is_blank(meaning) => None,
        ColumnType::Varchar(width) => match varchar(plan, column.rule, meaning, kind, width, &mut flags) {
            Ok(kept) => return Coerced::Value(cell(text, &kept, made), flags),
            Err(not) => return not,
        },
        ColumnType::SmallInt | ColumnType::Integer | ColumnType::BigInt => {
            let (least, most) = column.kind.integer_range().unwrap_or_default();
            number::integer(meaning, least, most, made)
        }
        ColumnType::Decimal(precision, scale) => number::decimal(meaning, precision, scale, made),
        ColumnType::Boolean => boolean::parse(meaning).map(|truth| {
            made.push_str(if truth { "true" } else { "false" });
            Written::default()
        }),
        ColumnType::Timestamp => time::parse(meaning).map(|ms| {
            time::write(ms, made);
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

/// Text as its column holds it.
fn varchar<'a>(
    plan: &Plan,
    rule: Option<Rule>,
    text: &'a str,
    kind: Scalar,
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
        Some(Rule::Ip) => {
            flags.raise(Flag::IpShortened);
            ip::network(text).ok_or(Coerced::Misfit)?.into()
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
            privacy::scrub_parameters(plan, query, flags).map_or(query.into(), Into::into)
        }
        Some(Rule::Lower) if text.chars().any(char::is_uppercase) => trim(text).to_lowercase().into(),
        Some(Rule::Lower) => trim(text).into(),
        Some(Rule::Url | Rule::Items) | None => Cow::Borrowed(text),
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
