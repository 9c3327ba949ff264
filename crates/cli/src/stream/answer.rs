//! The Lambda's answer, held to Firehose's terms: what becomes of each record.

use super::failure::Failure;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
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
struct Answer<'a> {
    #[serde(borrow)]
    records: Vec<&'a RawValue>,
}

/// What an answer says of a record. Members are of any kind: one that is not as it should be costs its record alone.
// `aws_lambda_events` cannot read records without `metadata`, which is all but the `Ok` ones.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Answered {
    record_id: Value,
    result: Value,
    data: Value,
    metadata: Value,
}

/// What the answer `body` says of the records with these ids, in their order. Ids that were not asked for are ignored, and
/// so is what has none.
pub(super) fn verdicts(body: &str, ids: &[String]) -> Vec<Verdict> {
    // An answer without a list of records answers none of them.
    let records = serde_json::from_str(body).map_or_else(|_| Vec::new(), |answer: Answer| answer.records);
    let mut answered: HashMap<String, Vec<Answered>> = HashMap::with_capacity(records.len());
    for record in records {
        let Ok(mut record) = serde_json::from_str::<Answered>(record.get()) else { continue };
        if let Value::String(id) = record.record_id.take() {
            answered.entry(id).or_default().push(record);
        }
    }
    let verdict = |id: &String| match answered.remove(id) {
        None => Verdict::Failed(Failure::MissingRecordId),
        Some(records) if records.len() == 1 => verdict_on(&records[0]),
        Some(_) => Verdict::Failed(Failure::DuplicatedRecordId),
    };
    ids.iter().map(verdict).collect()
}

fn verdict_on(record: &Answered) -> Verdict {
    match (record.result.as_str(), &record.data) {
        (Some("Dropped"), _) => Verdict::Dropped,
        (Some("ProcessingFailed"), _) => Verdict::Failed(Failure::ProcessingFailedStatus),
        (Some("Ok"), Value::String(data)) => match STANDARD.decode(data) {
            Ok(data) => Verdict::Ok { data, keys: keys(record.metadata.get("partitionKeys")) },
            Err(_) => Verdict::Failed(Failure::InvalidReturnFormat),
        },
        _ => Verdict::Failed(Failure::InvalidReturnFormat),
    }
}

/// The partition keys that have a value.
fn keys(keys: Option<&Value>) -> BTreeMap<String, String> {
    let keys = keys.and_then(Value::as_object).into_iter().flatten();
    let texts = keys.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())));
    texts.filter(|(_, value)| !value.is_empty()).collect()
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
            r#""result":7,"data":"e30=""#,
            r#""result":"Ok","data":{}"#,
        ];
        for record in unusable {
            assert_eq!(of(record), Verdict::Failed(Failure::InvalidReturnFormat), "{record}");
        }
    }

    #[test]
    fn what_is_wrong_with_one_record_of_an_answer_costs_no_other() {
        let ids = ["1", "2"].map(String::from);
        for wrong in [
            "null",
            "7",
            r#""text""#,
            "[]",
            "{}",
            r#"{"recordId":2,"result":"Ok","data":"e30="}"#,
            r#"{"recordId":null}"#,
        ] {
            let body = format!(r#"{{"more":[],"records":[{wrong},{{"recordId":"1","result":"Dropped"}}]}}"#);
            assert_eq!(verdicts(&body, &ids), [Verdict::Dropped, Verdict::Failed(Failure::MissingRecordId)], "{wrong}");
        }
        for metadata in ["7", "[]", r#""text""#, r#"{"partitionKeys":[]}"#, r#"{"partitionKeys":"text"}"#] {
            let record = format!(r#""result":"Ok","data":"e30=","metadata":{metadata}"#);
            assert_eq!(of(&record), Verdict::Ok { data: b"{}".to_vec(), keys: BTreeMap::new() }, "{metadata}");
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
