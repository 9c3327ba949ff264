//! Where in a record each of its events stands.

use crate::generate::shop::site::Dialect;
use anyhow::Result;
use serde::Deserialize;
use serde_json::value::RawValue;

/// The texts of a record's events, and what stands around them if an envelope holds them.
#[derive(Debug)]
pub(super) struct Texts<'a> {
    pub(super) events: Vec<&'a str>,
    pub(super) envelope: String,
}

/// An envelope; each dialect has one name for the array in it.
#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow, alias = "batch")]
    events: Vec<&'a RawValue>,
}

pub(super) fn of(dialect: Dialect, record: &str) -> Result<Texts<'_>> {
    let (values, in_envelope): (Vec<&RawValue>, bool) = match dialect {
        Dialect::SegmentBatch | Dialect::Measurement => (serde_json::from_str::<Envelope>(record)?.events, true),
        _ if record.starts_with('[') => (serde_json::from_str(record)?, false),
        _ => (serde_json::Deserializer::from_str(record).into_iter().collect::<Result<_, _>>()?, false),
    };
    let events: Vec<&str> = values.into_iter().map(RawValue::get).collect();
    let mut envelope = String::new();
    if let ([first, ..], [.., last]) = (&events[..], &events[..])
        && in_envelope
    {
        // The array's brackets belong to it.
        let begin = first.as_ptr() as usize - record.as_ptr() as usize - 1;
        let end = last.as_ptr() as usize + last.len() - record.as_ptr() as usize + 1;
        envelope = [&record[..begin], &record[end..]].concat();
    }
    Ok(Texts { events, envelope })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_envelope_is_what_stands_around_its_array() {
        let record = r#"{"a":1,"events":[{"x":[1]},{"y":"]"}],"b":{}}"#;
        let texts = of(Dialect::Measurement, record).expect("an envelope");
        assert_eq!(texts.events, [r#"{"x":[1]}"#, r#"{"y":"]"}"#]);
        assert_eq!(texts.envelope, r#"{"a":1,"events":,"b":{}}"#);
        let texts = of(Dialect::Plain, r#"{"a":1}{"b":2}"#).expect("two events");
        assert_eq!((texts.events, texts.envelope.as_str()), (vec![r#"{"a":1}"#, r#"{"b":2}"#], ""));
    }
}
