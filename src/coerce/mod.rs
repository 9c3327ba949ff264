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
fn closely(plan: &Plan, column: &Column, text: &str, (value, kind): (Span, Scalar), made: &mut String) -> Coerced {
    let mut flags = FlagSet::default();
    let inner = if kind == Scalar::Plain { value } else { value.unquoted() };
    let meaning = if kind == Scalar::Escaped {
        let mut meaning = String::new();
        if unescape(inner.of(text), &mut meaning) == Mended(true) {
            flags.raise(Flag::TextMended);
        }
        Cow::Owned(meaning)
    } else {
        Cow::Borrowed(inner.of(text))
    };
    let begins = meaning.as_bytes().first().is_some_and(u8::is_ascii_graphic);
    if !begins && meaning.trim().is_empty() || kind == Scalar::Plain && meaning == "null" {
        return Coerced::Blank;
    }
    let start = made.len();
    let as_is = match column.kind {
        ColumnType::Varchar(width) => match varchar(plan, column.rule, &meaning, kind, width, &mut flags) {
            Ok(kept) => match Span::within(text, &kept) {
                // A slice of the meaning is one of the text: the rules only ever cut at the ends.
                Some(slice) => return Coerced::Value(Cell::Text(slice), flags),
                None => {
                    made.push_str(&kept);
                    Some(false)
                }
            },
            Err(not) => return not,
        },
        ColumnType::SmallInt | ColumnType::Integer | ColumnType::BigInt => {
            let (least, most) = column.kind.integer_range().unwrap_or_default();
            number::integer(&meaning, least, most, made).map(|written| written.as_is)
        }
        ColumnType::Decimal(precision, scale) => number::decimal(&meaning, precision, scale, made).map(|written| {
            if written.rounded {
                flags.raise(Flag::Rounded);
            }
            written.as_is
        }),
        ColumnType::Boolean => boolean::parse(&meaning).map(|truth| {
            made.push_str(if truth { "true" } else { "false" });
            false
        }),
        ColumnType::Timestamp => time::parse(&meaning).map(|ms| {
            time::write(ms, made);
            false
        }),
        ColumnType::Json => None,
    };
    match (as_is, &meaning) {
        (Some(true), Cow::Borrowed(_)) => Coerced::Value(Cell::Text(inner), flags),
        (Some(true), Cow::Owned(meaning)) => Coerced::Value(Cell::make(meaning, made), flags),
        (Some(false), _) => Coerced::Value(Cell::Made(Span::new(start, made.len())), flags),
        (None, _) => {
            made.truncate(start);
            Coerced::Misfit
        }
    }
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
    let has_signs = kind != Scalar::Text && privacy::has_signs(text);
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
pub(crate) fn cut<'a>(text: Cow<'a, str>, width: u32, flags: &mut FlagSet) -> Cow<'a, str> {
    let end = text.floor_char_boundary(width as usize);
    if end == text.len() {
        return text;
    }
    flags.raise(Flag::Truncated);
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(&text[..end]),
        Cow::Owned(mut text) => {
            text.truncate(end);
            Cow::Owned(text)
        }
    }
}
