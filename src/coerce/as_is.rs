//! Values that their column holds as they are: nearly all.

use super::number;
use crate::cursor::Scalar;
use crate::derive::{ids, time};
use crate::json::Span;
use crate::schema::{ColumnType, Plan, Rule};
use std::hint::cold_path;

/// What a column holds as it stands. Other values may fit, too, but have to be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holds {
    /// Text of at most so many bytes.
    Text(u32),
    /// Text that its rule leaves as it is.
    Ruled(Rule, u32),
    /// A number of at most so many digits before and after the point, whichever they are.
    Number(u8, u8),
    Truth,
    Time,
    Nothing,
}

impl Holds {
    /// What a column of a type and with a rule holds.
    pub(crate) fn of(kind: ColumnType, rule: Option<Rule>) -> Self {
        match (kind, rule) {
            (ColumnType::Varchar(width), None | Some(Rule::Url)) => Self::Text(width),
            (ColumnType::Varchar(width), Some(rule)) => Self::Ruled(rule, width),
            (ColumnType::SmallInt, _) => Self::Number(4, 0),
            (ColumnType::Integer, _) => Self::Number(9, 0),
            (ColumnType::BigInt, _) => Self::Number(18, 0),
            (ColumnType::Decimal(precision, scale), _) => Self::Number(precision - scale, scale),
            (ColumnType::Boolean, _) => Self::Truth,
            (ColumnType::Timestamp, _) => Self::Time,
            (ColumnType::Json, _) => Self::Nothing,
        }
    }
}

/// Where in `text` the value is that a column holds as it stands at `value`. `None` does not say that it is another:
/// [`super::scalar`] looks closer.
#[inline(always)]
pub(crate) fn held(plan: &Plan, holds: &Holds, text: &str, (value, kind): (Span, Scalar)) -> Option<Span> {
    let inner = match kind {
        Scalar::Text => value.unquoted(),
        Scalar::Plain => value,
        Scalar::Signed | Scalar::Escaped => {
            cold_path();
            return None;
        }
    };
    let bytes = text.as_bytes().get(inner.start()..inner.end())?;
    let first = *bytes.first()?;
    // A plain value may be null.
    let is_text =
        |width| first.is_ascii_graphic() && (kind == Scalar::Text || first < b'A') && bytes.len() <= width as usize;
    let is_held = match *holds {
        Holds::Text(width) => is_text(width),
        Holds::Ruled(rule, width) => is_text(width) && keeps(plan, rule, bytes),
        Holds::Number(whole, places) => number::is_plain(bytes, whole, places),
        Holds::Truth => matches!(bytes, b"true" | b"false"),
        Holds::Time => time::canonical(bytes).is_some(),
        Holds::Nothing => false,
    };
    is_held.then_some(inner)
}

/// Whether a rule leaves a text that begins with a graphic character as it is.
#[inline(never)]
fn keeps(plan: &Plan, rule: Rule, text: &[u8]) -> bool {
    let ends = text.last().is_some_and(u8::is_ascii_graphic);
    let has = |test: fn(&u8) -> bool| text.iter().fold(false, |any, byte| any | test(byte));
    match rule {
        Rule::Id => ends && !ids::may_be_blocked(plan, text),
        Rule::Uuid => ends && !ids::may_be_blocked(plan, text) && !has(u8::is_ascii_uppercase),
        Rule::Lower => ends && !has(|byte| byte.is_ascii_uppercase() || !byte.is_ascii()),
        Rule::Currency => text.len() == 3 && !has(|byte| !byte.is_ascii_uppercase()),
        Rule::Url | Rule::Email | Rule::Ip | Rule::Query | Rule::Items => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coerce::{Coerced, scalar};
    use crate::cursor::Cursor;
    use crate::row::{Cell, FlagSet};
    use crate::schema::Column;
    use proptest::prelude::*;

    /// [`scalar`], past the shortcut that is tested here.
    fn looked_at(plan: &Plan, column: &Column, text: &str, value: (Span, Scalar)) -> (Coerced, String) {
        let mut made = String::new();
        let coerced = crate::coerce::closely(plan, column, text, value, &mut made);
        (coerced, made)
    }

    proptest! {
        #[test]
        fn what_is_kept_as_it_is_a_closer_look_keeps_too(
            text in prop_oneof![
                Just("null".to_owned()), Just("true".to_owned()), "-?[0-9]{1,6}(\\.[0-9]{1,3})?", "-?0[0-9.]{0,4}",
                "\"[A-Za-z0-9 _.:-]{0,12}\"", "\"[A-Z]{3}\"", "\"[0-9a-fA-F]{8}-[0-9a-f]{4}\"", "\"[0-9-]{1,20}\"",
                Just("\"2026-11-23T10:15:30.123Z\"".to_owned()), Just("\"2026-13-23T10:15:30.123Z\"".to_owned()),
                "\"[a-zü]{0,5}[ \u{a0}]?\"",
            ],
        ) {
            let plan = Plan::embedded().expect("the schema compiles");
            let mut cursor = Cursor::new(text.as_bytes(), 0);
            let Some(kind) = cursor.scalar().filter(|_| cursor.at() == text.len()) else { return Ok(()) };
            let value = (Span::new(0, text.len()), kind);
            for column in plan.columns.iter().chain(&plan.items) {
                let (coerced, made) = looked_at(&plan, column, &text, value);
                if let Some(span) = held(&plan, &column.holds, &text, value) {
                    let Coerced::Value(cell, flags) = coerced else { panic!("{}: {text}", column.name) };
                    prop_assert_eq!(cell.of(&text, &made), Some(span.of(&text)), "{}", column.name);
                    prop_assert_eq!(flags, FlagSet::default(), "{}", column.name);
                    prop_assert_eq!(scalar(&plan, column, &text, value, &mut String::new()), Coerced::Value(Cell::Text(span), flags));
                }
            }
        }
    }
}
