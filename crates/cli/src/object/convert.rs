//! A row's JSON to typed values, as Firehose's converter reads it with the OpenX JSON SerDe: keys in any case, numbers in
//! texts, attributes that the table lacks left out, and nothing that does not fit.

use crate::stream::Failure;
use bytes::Bytes;
use chrono::{DateTime, NaiveDateTime};
use clickstream::schema::{ColumnType, Plan};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value as Json;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// A value as a column holds it.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    /// UTF-8.
    Text(Bytes),
    /// In its column's range.
    Integer(i64),
    Boolean(bool),
    /// Without the point, at its column's scale.
    Decimal(i128),
    /// Since 1970, UTC.
    Timestamp {
        seconds: i64,
        nanos: u32,
    },
}

/// A row, one value or null for each column; or why there is none, and its bytes.
pub(super) type Row = Result<Vec<Option<Value>>, (Failure, Vec<u8>)>;

/// The rows in what the Lambda returned for one record: JSON objects one after the other.
pub(super) fn values(plan: &Plan, data: &Bytes) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut objects = serde_json::Deserializer::from_slice(data).into_iter::<Members>();
    let mut start = 0;
    while let Some(object) = objects.next() {
        match object {
            Ok(Members(members)) => {
                let row = row(plan, data, &members);
                let end = objects.byte_offset();
                rows.push(row.map_err(|why| (Failure::MalformedData(why), data[start..end].trim_ascii().to_vec())));
                start = end;
            }
            Err(error) => {
                // Where the next object begins cannot be told.
                rows.push(Err((Failure::ParseError(error.to_string()), data[start..].to_vec())));
                break;
            }
        }
    }
    rows
}

/// How many rows [`values`] finds, be they good or bad.
pub(super) fn count(data: &[u8]) -> u64 {
    serde_json::Deserializer::from_slice(data).into_iter::<Members>().fuse().count() as u64
}

fn row(plan: &Plan, data: &Bytes, members: &[(Cow<str>, &RawValue)]) -> Result<Vec<Option<Value>>, String> {
    let mut row = vec![None; plan.columns.len()];
    let mut next = 0;
    for (key, value) in members {
        // Rows list their columns in order: the one that is meant is almost always near.
        let near = (next..plan.columns.len()).find(|index| plan.columns[*index].name == **key);
        let column = near.or_else(|| plan.column(&key.to_lowercase()));
        let Some(index) = column else { continue };
        next = index + 1;
        row[index] = cell(plan.columns[index].kind, data, value.get())?;
    }
    Ok(row)
}

/// The value of a column of this type. `json` is a slice of `data`.
fn cell(kind: ColumnType, data: &Bytes, json: &str) -> Result<Option<Value>, String> {
    if json == "null" {
        return Ok(None);
    }
    let text: Cow<str> = if !json.starts_with('"') {
        json.into()
    } else if json.contains('\\') {
        serde_json::from_str::<String>(json).map_err(|error| error.to_string())?.into()
    } else {
        json[1..json.len() - 1].into()
    };
    let is_tree = json.starts_with(['{', '[']);
    let value = match kind {
        ColumnType::Varchar(_) | ColumnType::Json => Some(Value::Text(match text {
            _ if is_tree => lower_keys(json).into(),
            Cow::Borrowed(text) => data.slice_ref(text.as_bytes()),
            Cow::Owned(ref text) => text.clone().into(),
        })),
        _ if is_tree => None,
        ColumnType::Boolean => match text.to_ascii_lowercase().as_str() {
            "true" => Some(Value::Boolean(true)),
            "false" => Some(Value::Boolean(false)),
            _ => None,
        },
        ColumnType::SmallInt | ColumnType::Integer | ColumnType::BigInt => {
            let range = kind.integer_range().unwrap_or_default();
            let number = text.parse().ok().filter(|number| (range.0..=range.1).contains(number));
            number.map(Value::Integer)
        }
        ColumnType::Decimal(precision, scale) => decimal(&text, precision, scale).map(Value::Decimal),
        ColumnType::Timestamp => timestamp(&text, json.starts_with('"')),
    };
    value.map(Some).ok_or_else(|| format!("For input string: {text:?}"))
}

/// A tree as text, compact, with the keys in lower case at every depth.
fn lower_keys(json: &str) -> String {
    fn lower(value: Json) -> Json {
        match value {
            Json::Array(elements) => elements.into_iter().map(lower).collect(),
            Json::Object(members) => {
                Json::Object(members.into_iter().map(|(key, value)| (key.to_lowercase(), lower(value))).collect())
            }
            scalar => scalar,
        }
    }
    serde_json::from_str(json).map(|value| lower(value).to_string()).unwrap_or_default()
}

/// A plain or exponential decimal at this scale, surplus places rounded half away from zero; `None` if it is no number
/// or has too many digits before its point.
fn decimal(text: &str, precision: u8, scale: u8) -> Option<i128> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (sign, digits) = match mantissa.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, mantissa),
    };
    let (whole, places) = digits.split_once('.').unwrap_or((digits, ""));
    let all: Vec<u8> = whole.bytes().chain(places.bytes()).map(|digit| digit.wrapping_sub(b'0')).collect();
    if all.is_empty() || all.iter().any(|digit| *digit > 9) {
        return None;
    }
    // How many of the digits count, at the column's scale.
    let kept = i64::try_from(whole.len()).ok()? + i64::from(exponent) + i64::from(scale);
    let limit = 10_i128.pow(precision.into());
    let mut unscaled = 0_i128;
    for place in 0..kept.max(0) {
        let digit = usize::try_from(place).ok().and_then(|place| all.get(place)).copied().unwrap_or(0);
        unscaled = unscaled * 10 + i128::from(digit);
        if unscaled >= limit {
            return None;
        }
    }
    let next = usize::try_from(kept).ok().and_then(|place| all.get(place)).copied().unwrap_or(0);
    unscaled += i128::from(next >= 5);
    (unscaled < limit).then_some(sign * unscaled)
}

/// A moment, in one of the spellings that Firehose reads. Numbers below 10^12 are seconds, others milliseconds.
fn timestamp(text: &str, is_text: bool) -> Option<Value> {
    let spelled = ["%Y-%m-%dT%H:%M:%S%.fZ", "%Y-%m-%d %H:%M:%S%.f"].iter();
    let mut spelled = spelled.filter_map(|pattern| NaiveDateTime::parse_from_str(text, pattern).ok());
    let moment = match spelled.next() {
        Some(moment) if is_text => moment.and_utc(),
        _ => match text.parse::<i64>() {
            Ok(number) if number.abs() < 1_000_000_000_000 => DateTime::from_timestamp(number, 0)?,
            Ok(number) => DateTime::from_timestamp_millis(number)?,
            Err(_) => {
                let nanos = decimal(text, 38, 9)?;
                let nanos = if nanos.abs() < 1_000_000_000_000 * 1_000_000_000 { nanos } else { nanos / 1000 };
                let (seconds, nanos) = (nanos.div_euclid(1_000_000_000), nanos.rem_euclid(1_000_000_000));
                DateTime::from_timestamp(seconds.try_into().ok()?, nanos.try_into().ok()?)?
            }
        },
    };
    Some(Value::Timestamp { seconds: moment.timestamp(), nanos: moment.timestamp_subsec_nanos() })
}

/// An object's members, in order.
struct Members<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;

        impl<'de> Visitor<'de> for Collect {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some((key, value)) = map.next_entry::<Key, &RawValue>()? {
                    members.push((key.0, value));
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(Collect)
    }
}

/// Borrowed unless it holds escapes.
#[derive(serde::Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

#[cfg(test)]
mod tests {
    use super::*;

    fn of(kind: &str, json: &str) -> Option<Value> {
        let data = Bytes::copy_from_slice(json.as_bytes());
        let text = std::str::from_utf8(&data).expect("text");
        cell(kind.parse().expect("a type"), &data, text).ok().flatten()
    }

    #[test]
    fn texts_numbers_and_truths_are_read_from_either_spelling() {
        let text = |text: &str| Some(Value::Text(text.to_owned().into()));
        assert_eq!(of("varchar(9)", r#""a\u00e9\n""#), text("aé\n"));
        assert_eq!(of("varchar(9)", "1.50"), text("1.50"));
        assert_eq!(of("varchar(9)", r#"{"A": [{"bB": 1}]}"#), text(r#"{"a":[{"bb":1}]}"#));
        assert_eq!(of("integer", "2147483647"), Some(Value::Integer(2_147_483_647)));
        assert_eq!(of("integer", r#""-7""#), Some(Value::Integer(-7)));
        assert_eq!(of("boolean", r#""True""#), Some(Value::Boolean(true)));
        assert_eq!(of("bigint", "null"), None);
        for (kind, json) in [
            ("integer", "2147483648"),
            ("integer", "1.5"),
            ("smallint", r#""oops""#),
            ("boolean", "1"),
            ("bigint", "[1]"),
            ("timestamp", r#""2026-11-23T10:15:30+02:00""#),
            ("timestamp", "{}"),
            ("decimal(4,2)", "true"),
        ] {
            assert_eq!(of(kind, json), None, "{kind} {json}");
        }
    }

    #[test]
    fn decimals_are_exact_and_rounded_half_away_from_zero() {
        for (json, unscaled) in [
            ("37.40", 37_4000),
            ("-0.00005", -1),
            ("0.00004", 0),
            (r#""1e2""#, 100_0000),
            ("1.5e-3", 15),
            ("99999999999999.9999", 999_999_999_999_999_999),
            ("0", 0),
            ("-12", -12_0000),
        ] {
            assert_eq!(of("decimal(18,4)", json), Some(Value::Decimal(unscaled)), "{json}");
        }
        for json in ["100000000000000", "99999999999999.99995", "1e99999999", r#""""#, r#""1.2.3""#, r#""1e""#] {
            assert_eq!(of("decimal(18,4)", json), None, "{json}");
        }
        assert_eq!(of("decimal(18,4)", "1e-2000000000"), Some(Value::Decimal(0)));
    }

    #[test]
    fn moments_are_read_in_every_spelling_that_firehose_reads() {
        let moment = |seconds, nanos| Some(Value::Timestamp { seconds, nanos });
        let seconds = 1_795_428_930;
        assert_eq!(of("timestamp", r#""2026-11-23T10:15:30.123Z""#), moment(seconds, 123_000_000));
        assert_eq!(of("timestamp", r#""2026-11-23 10:15:30""#), moment(seconds, 0));
        assert_eq!(of("timestamp", "1795428930"), moment(seconds, 0));
        assert_eq!(of("timestamp", "1795428930123"), moment(seconds, 123_000_000));
        assert_eq!(of("timestamp", r#""1795428930.5""#), moment(seconds, 500_000_000));
        assert_eq!(of("timestamp", "-1.5"), moment(-2, 500_000_000));
    }

    #[test]
    fn a_row_that_does_not_fit_costs_its_neighbours_nothing() {
        let plan = Plan::embedded().expect("the schema");
        let data = Bytes::from_static(
            b"{\"EVENT_ID\":\"1\",\"nobody\":2}\n{\"session_number\":\"x\"}{\"event_id\":\"3\"}\n{\"a\"",
        );
        let rows = values(&plan, &data);
        let event_id = plan.column("event_id").expect("a column");
        let id = |row: &Row| row.as_ref().ok().and_then(|row| row[event_id].clone());
        assert_eq!(id(&rows[0]), Some(Value::Text(Bytes::from_static(b"1"))));
        assert_eq!(
            rows[1],
            Err((Failure::MalformedData("For input string: \"x\"".into()), b"{\"session_number\":\"x\"}".to_vec()))
        );
        assert_eq!(id(&rows[2]), Some(Value::Text(Bytes::from_static(b"3"))));
        assert!(matches!(&rows[3], Err((Failure::ParseError(_), data)) if data.trim_ascii() == b"{\"a\""));
        assert_eq!(rows.len(), 4);
    }
}
