//! The values that an attribute was seen with, and the column type that holds them all.

use clickstream::derive::time;
use clickstream::schema::{ColumnType, MAX_VARCHAR};
use serde_json::{Value, json};

/// Widths of columns to choose from, in bytes.
const WIDTHS: [u32; 6] = [32, 64, 255, 1024, 4096, 16_384];

/// Most bytes of an example.
const EXAMPLE: usize = 64;

/// What was seen under one path. Null and blank texts are not values.
#[derive(Debug, Clone, Default)]
pub(super) struct Values {
    /// Holds them all; the width of a varchar comes from `longest`.
    kind: Option<ColumnType>,
    /// Holds the texts that are numbers, which count as texts unless there are real numbers, too: `10423` may be an id.
    numerals: Option<ColumnType>,
    /// Bytes of the longest, as text.
    longest: usize,
    example: Option<Value>,
}

impl Values {
    /// Adds a value.
    pub(super) fn add(&mut self, value: &Value) {
        let (kind, length) = match value {
            Value::Null => return,
            Value::String(text) if text.trim().is_empty() => return,
            // As a calendar writes it: digits alone may be anything.
            Value::String(text) if text.trim().get(4..5) == Some("-") && time::parse(text).is_some() => {
                (ColumnType::Timestamp, text.len())
            }
            Value::String(text) if is_numeral(text) => {
                self.join(&Self { numerals: Some(number_type(text)), longest: text.len(), ..Self::default() });
                self.example.get_or_insert_with(|| value.clone());
                return;
            }
            Value::String(text) => (ColumnType::Varchar(MAX_VARCHAR), text.len()),
            Value::Bool(truth) => (ColumnType::Boolean, truth.to_string().len()),
            Value::Number(number) => {
                let written = number.to_string();
                (number_type(&written), written.len())
            }
            Value::Array(_) | Value::Object(_) => (ColumnType::Json, 0),
        };
        if kind == ColumnType::Json && self.kind != Some(kind) {
            self.example = None;
        }
        self.join(&Self { kind: Some(kind), longest: length, ..Self::default() });
        self.example.get_or_insert_with(|| match value {
            Value::String(text) if text.len() > EXAMPLE => json!(&text[..text.floor_char_boundary(EXAMPLE)]),
            // What is in it does not matter: a column keeps it whole.
            Value::Array(_) => json!([0]),
            short => short.clone(),
        });
    }

    /// Adds what was seen under another path.
    pub(super) fn join(&mut self, other: &Self) {
        self.longest = self.longest.max(other.longest);
        let join = |a: Option<ColumnType>, b: Option<ColumnType>| match (a, b) {
            (Some(a), Some(b)) => Some(both(a, b)),
            (a, b) => a.or(b),
        };
        (self.kind, self.numerals) = (join(self.kind, other.kind), join(self.numerals, other.numerals));
    }

    /// One of them, or the beginning of one.
    pub(super) fn example(&self) -> Option<&Value> {
        self.example.as_ref()
    }

    /// A type that holds them all, texts twice as long as the longest; `None` if there were none.
    pub(super) fn column_type(&self) -> Option<ColumnType> {
        let width = WIDTHS.into_iter().find(|width| *width as usize >= 2 * self.longest).unwrap_or(MAX_VARCHAR);
        let kind = match (self.kind, self.numerals) {
            (None, Some(_)) => Some(ColumnType::Varchar(width)),
            (Some(kind), Some(numerals)) => Some(both(kind, numerals)),
            (kind, None) => kind,
        };
        kind.map(|kind| if matches!(kind, ColumnType::Varchar(_)) { ColumnType::Varchar(width) } else { kind })
    }
}

/// Whether a text is a number in plain digits; with leading zeros it is a code.
fn is_numeral(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = digits.len() <= 32 && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    plain
        && (!digits.starts_with('0') || digits.len() == 1 || digits.starts_with("0."))
        && digits.parse::<f64>().is_ok()
}

/// The type of a number as JSON writes it.
fn number_type(number: &str) -> ColumnType {
    let (before, after) = number.split_once('.').unwrap_or((number, ""));
    match number.parse::<i64>() {
        Ok(whole) if i32::try_from(whole).is_ok() => ColumnType::Integer,
        Ok(_) => ColumnType::BigInt,
        Err(_) if number.contains('e') => decimal(38, 0),
        // More than nine places come from binary fractions, not from people; they are rounded.
        Err(_) => decimal(before.len(), if after.len() > 9 { 0 } else { after.len() }),
    }
}

/// The schema's own decimal(18,4) where it is enough. `before` and `after`: digits on both sides of the point.
fn decimal(before: usize, after: usize) -> ColumnType {
    let scale = u8::try_from(after.max(4)).unwrap_or(4);
    ColumnType::Decimal(if before + usize::from(scale) <= 18 { 18 } else { 38 }, scale)
}

/// The type that holds what either holds.
fn both(a: ColumnType, b: ColumnType) -> ColumnType {
    use ColumnType::{BigInt, Decimal, Integer, Json, Varchar};
    let digits = |kind| match kind {
        Integer => Some((10, 0)),
        BigInt => Some((19, 0)),
        Decimal(precision, scale) => Some((usize::from(precision - scale), usize::from(scale))),
        _ => None,
    };
    match (a, b, digits(a), digits(b)) {
        _ if a == b => a,
        (Json, ..) | (_, Json, ..) => Json,
        (Integer | BigInt, Integer | BigInt, ..) => BigInt,
        (_, _, Some(a), Some(b)) => decimal(a.0.max(b.0), a.1.max(b.1)),
        _ => Varchar(MAX_VARCHAR),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_type_holds_all_that_was_seen() {
        for (seen, kind) in [
            (json!([null, "", "  "]), None),
            (json!([3, 4]), Some("integer")),
            (json!([3, -3_000_000_000i64]), Some("bigint")),
            (json!([3, 4.25]), Some("decimal(18,4)")),
            (json!([12_345_678_901_234i64, 0.123_45]), Some("decimal(38,5)")),
            (json!([19.990_000_000_000_002, 5]), Some("decimal(18,4)")),
            (json!([true, null]), Some("boolean")),
            (json!(["2026-11-23", "2026-11-23T10:15:30Z"]), Some("timestamp")),
            (json!(["2026-11-23", "tomorrow"]), Some("varchar(32)")),
            (json!(["20261123"]), Some("varchar(32)")),
            (json!(["12.50", 3]), Some("decimal(18,4)")),
            (json!(["12", "13"]), Some("varchar(32)")),
            (json!(["012", 3]), Some("varchar(32)")),
            (json!(["12", "x"]), Some("varchar(32)")),
            (json!([true, 3]), Some("varchar(32)")),
            (json!(["é".repeat(100)]), Some("varchar(1024)")),
            (json!(["x".repeat(60_000)]), Some("varchar(65535)")),
            (json!([["a"], "b"]), Some("json")),
            (json!([1e300]), Some("decimal(38,4)")),
        ] {
            let (first, rest) = seen.as_array().expect("values").split_first().expect("one");
            let (mut one, mut other) = (Values::default(), Values::default());
            one.add(first);
            for value in rest {
                other.add(value);
            }
            one.join(&other);
            assert_eq!(one.column_type().map(|kind| kind.to_string()).as_deref(), kind, "{seen}");
        }
    }
}
