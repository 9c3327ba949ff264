//! Values that their column holds as they are: nearly all.

use super::number;
use crate::cursor::Scalar;
use crate::derive::{ids, time};
use crate::json::Span;
use crate::schema::{Column, ColumnType, Plan, Rule};

/// [`held`] by `column`.
#[inline(always)]
pub(crate) fn as_is(plan: &Plan, column: &Column, text: &str, value: (Span, Scalar)) -> Option<Span> {
    held(plan, (column.kind, column.rule), text, value)
}

/// Where in `text` the value is that a column of this type and rule holds as it stands at `value`. `None` does not say that
/// it is another: [`super::scalar`] looks closer.
#[inline(always)]
pub(crate) fn held(
    plan: &Plan,
    (of, rule): (ColumnType, Option<Rule>),
    text: &str,
    (value, kind): (Span, Scalar),
) -> Option<Span> {
    let inner = match kind {
        Scalar::Text => value.unquoted(),
        Scalar::Plain => value,
        Scalar::Signed | Scalar::Escaped => return None,
    };
    let bytes = text.as_bytes().get(inner.start()..inner.end())?;
    // Most columns: that is told by a branch sooner than by a table.
    if let ColumnType::Varchar(width) = of {
        // A plain value may be null.
        let begins = bytes.first().is_some_and(|b| b.is_ascii_graphic() && (kind == Scalar::Text || *b < b'A'));
        return (begins && bytes.len() <= width as usize && keeps(plan, rule, bytes)).then_some(inner);
    }
    let holds = match of {
        // So many digits fit, whichever they are.
        ColumnType::SmallInt => number::is_plain(bytes, 4, 0),
        ColumnType::Integer => number::is_plain(bytes, 9, 0),
        ColumnType::BigInt => number::is_plain(bytes, 18, 0),
        ColumnType::Decimal(precision, scale) => number::is_plain(bytes, precision - scale, scale),
        ColumnType::Boolean => matches!(bytes, b"true" | b"false"),
        ColumnType::Timestamp => time::canonical(bytes).is_some(),
        ColumnType::Varchar(_) | ColumnType::Json => false,
    };
    holds.then_some(inner)
}

/// Whether a rule leaves a text that begins with a graphic character as it is.
#[inline(always)]
fn keeps(plan: &Plan, rule: Option<Rule>, text: &[u8]) -> bool {
    let ends = text.last().is_some_and(u8::is_ascii_graphic);
    let has = |test: fn(&u8) -> bool| text.iter().fold(false, |any, byte| any | test(byte));
    let Some(rule) = rule else { return true };
    match rule {
        Rule::Url => true,
        Rule::Id => ends && !ids::may_be_blocked(plan, text),
        Rule::Uuid => ends && !ids::may_be_blocked(plan, text) && !has(u8::is_ascii_uppercase),
        Rule::Lower => ends && !has(|byte| byte.is_ascii_uppercase() || !byte.is_ascii()),
        Rule::Currency => text.len() == 3 && !has(|byte| !byte.is_ascii_uppercase()),
        Rule::Email | Rule::Ip | Rule::Query | Rule::Items => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coerce::{Coerced, scalar};
    use crate::cursor::Cursor;
    use crate::row::{Cell, FlagSet};
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
            let mut cursor = Cursor::new(&text, 0);
            let Some(kind) = cursor.scalar().filter(|_| cursor.at() == text.len()) else { return Ok(()) };
            let value = (Span::new(0, text.len()), kind);
            for column in plan.columns.iter().chain(&plan.items) {
                let (coerced, made) = looked_at(&plan, column, &text, value);
                if let Some(span) = as_is(&plan, column, &text, value) {
                    let Coerced::Value(cell, flags) = coerced else { panic!("{}: {text}", column.name) };
                    prop_assert_eq!(cell.of(&text, &made), Some(span.of(&text)), "{}", column.name);
                    prop_assert_eq!(flags, FlagSet::default(), "{}", column.name);
                    prop_assert_eq!(scalar(&plan, column, &text, value, &mut String::new()), Coerced::Value(Cell::Text(span), flags));
                }
            }
        }
    }
}
