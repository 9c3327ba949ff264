//! The Lambda's answer, held to Firehose's terms: what becomes of each record.

use super::failure::Failure;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};

/// What the answer says of one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// To be delivered.
    Ok {
        /// Decoded.
        data: Vec<u8>,
        /// Those with a value. Firehose knows no other values than texts.
        keys: BTreeMap<String, String>,
    },
    /// Wanted nowhere: it leaves no trace.
    Dropped,
    /// To the error prefix.
    Failed(Failure),
}

#[derive(Deserialize)]
struct Answer {
    records: Vec<Answered>,
}

// `aws_lambda_events` cannot read records without `metadata`, which is all but the `Ok` ones.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answered {
    record_id: Option<String>,
    result: Option<String>,
    data: Option<String>,
    metadata: Option<Metadata>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metadata {
    partition_keys: Option<BTreeMap<String, Value>>,
}

/// What the answer `body` says of the records with these ids, in their order. Ids that were not asked for are ignored.
pub(super) fn verdicts(body: &str, ids: &[String]) -> Vec<Verdict> {
    // An answer without a list of records answers none of them.
    let records = serde_json::from_str(body).map_or_else(|_| Vec::new(), |answer: Answer| answer.records);
    let mut answered: HashMap<String, Vec<Answered>> = HashMap::with_capacity(records.len());
    for record in records {
        if let Some(id) = record.record_id.clone() {
            answered.entry(id).or_default().push(record);
        }
    }
    let verdict = |id: &String| match answered.remove(id) {
        None => Verdict::Failed(Failure::MissingRecordId),
        Some(mut records) if records.len() == 1 => {
            records.pop().map_or(Verdict::Failed(Failure::MissingRecordId), verdict_on)
        }
        Some(_) => Verdict::Failed(Failure::DuplicatedRecordId),
    };
    ids.iter().map(verdict).collect()
}

fn verdict_on(record: Answered) -> Verdict {
    match (record.result.as_deref(), record.data) {
        (Some("Dropped"), _) => Verdict::Dropped,
        (Some("ProcessingFailed"), _) => Verdict::Failed(Failure::ProcessingFailedStatus),
        (Some("Ok"), Some(data)) => match STANDARD.decode(data) {
            Ok(data) => {
                let keys = record.metadata.and_then(|metadata| metadata.partition_keys).unwrap_or_default();
                let text = |(name, value)| match value {
                    Value::String(value) => Some((name, value)).filter(|(_, value)| !value.is_empty()),
                    _ => None,
                };
                Verdict::Ok { data, keys: keys.into_iter().filter_map(text).collect() }
            }
            Err(_) => Verdict::Failed(Failure::InvalidReturnFormat),
        },
        _ => Verdict::Failed(Failure::InvalidReturnFormat),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(record: &str) -> Verdict {
        let answer = format!(r#"{{"records":[{{"recordId":"1",{record}}}]}}"#);
        verdicts(&answer, &["1".into()]).remove(0)
    }

    #[test]
    fn a_record_is_delivered_dropped_or_failed() {
        let keys = BTreeMap::from([("date".into(), "2026-11-23".into())]);
        let ok =
            r#""result":"Ok","data":"e30=","metadata":{"partitionKeys":{"date":"2026-11-23","a":"","b":null,"c":1}}"#;
        assert_eq!(of(ok), Verdict::Ok { data: b"{}".to_vec(), keys });
        assert_eq!(of(r#""result":"Dropped""#), Verdict::Dropped);
        assert_eq!(of(r#""result":"ProcessingFailed","data":null"#), Verdict::Failed(Failure::ProcessingFailedStatus));
        let unusable = [
            r#""result":"Ok""#,
            r#""result":"Ok","data":null"#,
            r#""result":"Ok","data":"e30""#,
            r#""result":"ok","data":"e30=""#,
            r#""result":null"#,
        ];
        for record in unusable {
            assert_eq!(of(record), Verdict::Failed(Failure::InvalidReturnFormat), "{record}");
        }
    }

    #[test]
    fn every_record_has_a_verdict_whatever_the_answer_is() {
        let ids = ["1", "2", "3"].map(String::from);
        for body in ["", "null", "{}", "[]", r#"{"records":null}"#, r#"{"records":[]}"#, r#"{"errorType":"x"}"#] {
            assert_eq!(verdicts(body, &ids), vec![Verdict::Failed(Failure::MissingRecordId); 3], "{body}");
        }
        let dropped = |id: &str| format!(r#"{{"recordId":"{id}","result":"Dropped"}}"#);
        let body = format!(r#"{{"records":[{},{},{},{}]}}"#, dropped("3"), dropped("1"), dropped("9"), dropped("1"));
        let failed = |failure| Verdict::Failed(failure);
        let expected = [failed(Failure::DuplicatedRecordId), failed(Failure::MissingRecordId), Verdict::Dropped];
        assert_eq!(verdicts(&body, &ids), expected);
    }
}
