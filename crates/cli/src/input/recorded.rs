//! Records as Firehose writes them: an invocation of the Lambda with all of its records, or one record.

use super::Incoming;
use anyhow::{Result, bail};
use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use clickstream::derive::time;
use serde::Deserialize;
use serde_json::Value;

/// Padded or not: AWS's own sample events are not always.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

#[derive(Deserialize)]
#[serde(untagged)]
enum Recorded {
    Invocation { records: Vec<Record> },
    Record(Record),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    record_id: Option<String>,
    approximate_arrival_timestamp: Option<Value>,
    data: Option<String>,
}

impl Record {
    /// Milliseconds since 1970: an integer on the wire, a text in some of AWS's sample events.
    fn arrival(&self) -> Option<i64> {
        match self.approximate_arrival_timestamp.as_ref()? {
            Value::String(text) => time::parse(text),
            #[allow(clippy::cast_possible_truncation)] // a fraction of a millisecond is none
            number => number.as_i64().or_else(|| number.as_f64().map(|number| number as i64)),
        }
    }

    fn incoming(self, present: i64) -> Incoming {
        let arrival = self.arrival().unwrap_or(present);
        let data = self.data.unwrap_or_default();
        // Firehose sends nothing but base64; what is none was written by hand, and meant as it stands.
        Incoming { data: BASE64.decode(&data).unwrap_or(data.into_bytes()), arrival }
    }
}

fn read(value: &[u8]) -> Result<Vec<Record>> {
    match serde_json::from_slice(value)? {
        Recorded::Invocation { records } if records.iter().all(|record| record.record_id.is_some()) => Ok(records),
        Recorded::Record(record) if record.data.is_some() && record.approximate_arrival_timestamp.is_some() => {
            Ok(vec![record])
        }
        _ => bail!("neither an invocation nor a record with approximateArrivalTimestamp and data"),
    }
}

/// Whether a JSON value is Firehose's.
pub(super) fn is_from_firehose(value: &[u8]) -> bool {
    read(value).is_ok_and(|records| !records.is_empty())
}

/// The records in an invocation, or the one that stands alone. `present` is the arrival of those that do not say theirs.
///
/// # Errors
/// If the value is neither.
pub(super) fn records(value: &[u8], present: i64) -> Result<Vec<Incoming>> {
    Ok(read(value)?.into_iter().map(|record| record.incoming(present)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invocation_and_a_lone_record_give_data_and_arrival() {
        let invocation = br#"{"invocationId":"x","records":[
            {"recordId":"1","approximateArrivalTimestamp":1795428930123,"data":"e30="},
            {"recordId":"2","approximateArrivalTimestamp":"2026-11-23T10:15:30.123Z","data":"e30"},
            {"recordId":"3","data":"not base64!"}, {"recordId":"4","data":null}]}"#;
        let records = records(invocation, 7).expect("an invocation");
        let told: Vec<_> = records.iter().map(|record| (record.data.as_slice(), record.arrival)).collect();
        let at = 1_795_428_930_123;
        assert_eq!(told, [(&b"{}"[..], at), (b"{}", at), (b"not base64!", 7), (b"", 7)]);
        let lone = super::records(br#"{"approximateArrivalTimestamp":1.5e3,"data":"e30="}"#, 7).expect("a record");
        assert_eq!((lone[0].data.as_slice(), lone[0].arrival), (&b"{}"[..], 1500));
    }

    #[test]
    fn an_event_that_only_resembles_them_is_none_of_firehoses() {
        for event in [r#"{"data":"x"}"#, r#"{"records":[{"data":"x"}]}"#, r#"{"records":[]}"#, "{}", "[]"] {
            assert!(!is_from_firehose(event.as_bytes()), "{event}");
        }
    }
}
