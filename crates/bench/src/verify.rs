//! Peers give the rows that the transform gives, on the columns that they cover. A benchmark of programs that do
//! different things measures nothing.
//!
//! Not compared: a column that `dq_flags` names (what it tells of, peers mostly do not do), an id where the event has none (the
//! transform hashes one), and records that the transform does not answer `Ok`. Of `extra`, all that the transform leaves
//! over a peer must leave over, too; it leaves over more, as it covers fewer columns. It leaves over less where the
//! transform keeps what a column could not hold: such a row's `extra` is not compared.

use crate::typical::MAPPING;
use anyhow::{Context, Result, bail};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

#[derive(Debug, Deserialize)]
struct Answer {
    records: Vec<Record>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    record_id: String,
    result: String,
    #[serde(default)]
    data: String,
    #[serde(default)]
    metadata: Metadata,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metadata {
    #[serde(default)]
    partition_keys: BTreeMap<String, String>,
}

/// Kinds of flags that tell of a value that is in `extra` because its column could not hold it.
const KEPT: [&str; 4] = ["id_blocked:", "bad_type:", "rounded:", "truncated:"];

/// Columns that page_url's flags speak of, too.
const OF_THE_URL: [&str; 10] = [
    "page_query",
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "utm_content",
    "utm_term",
    "utm_id",
    "click_id",
    "click_id_type",
    "search_term",
];

/// Columns that peers cover beside those of the mapping.
const DERIVED: [&str; 8] = [
    "received_at",
    "page_host",
    "page_query",
    "referrer_host",
    "click_id",
    "click_id_type",
    "item_count",
    "schema_version",
];

/// Flags that tell of what peers do, too.
const DONE: [(&str, &str); 2] = [("ip_shortened", "ip_address"), ("email_hashed", "email_sha256")];

/// The columns that peers cover, beside `extra`.
///
/// # Errors
/// If the mapping cannot be read.
pub fn covered() -> Result<Vec<String>> {
    let mapping: Value = serde_json::from_str(MAPPING)?;
    let mapped = mapping["columns"].as_array().into_iter().flatten().filter_map(|column| column["name"].as_str());
    Ok(mapped.chain(DERIVED).map(str::to_owned).collect())
}

/// Holds `theirs` against `ours`, both answers to one invocation. Returns how many rows were compared.
///
/// # Errors
/// The first record that differs, and where.
pub fn equal(ours: &[u8], theirs: &[u8]) -> Result<usize> {
    let [ours, theirs] = [ours, theirs].map(serde_json::from_slice::<Answer>);
    let (ours, theirs) = (ours.context("our answer")?.records, theirs.context("the peer's answer")?.records);
    if ours.len() != theirs.len() {
        bail!("{} records answered, not {}", theirs.len(), ours.len());
    }
    let columns = covered()?;
    let mut rows = 0;
    for (our, their) in ours.iter().zip(&theirs).filter(|(our, _)| our.result == "Ok") {
        if our.record_id != their.record_id || our.metadata.partition_keys != their.metadata.partition_keys {
            bail!("record {}: answered {their:?}", our.record_id);
        }
        let (our, their) = (row(our)?, row(their)?);
        let differs = columns.iter().map(String::as_str).find(|column| !same(&our, &their, column));
        let differs = differs.or((!left_over(&our, &their)).then_some("extra"));
        if let Some(column) = differs {
            bail!("{column} is {:?}, not {:?}\n{}\n{}", their.get(column), our.get(column), text(&our), text(&their));
        }
        rows += 1;
    }
    Ok(rows)
}

fn row(record: &Record) -> Result<Map<String, Value>> {
    let line = STANDARD.decode(&record.data)?;
    serde_json::from_slice(&line).with_context(|| format!("record {} has no row", record.record_id))
}

fn text(row: &Map<String, Value>) -> String {
    Value::from(row.clone()).to_string()
}

fn flags(row: &Map<String, Value>) -> impl Iterator<Item = &str> {
    row.get("dq_flags").and_then(Value::as_str).unwrap_or("").split(',')
}

fn flagged(row: &Map<String, Value>, column: &str) -> bool {
    let flags = flags(row).filter_map(|flag| flag.split_once(':'));
    flags.filter(|flag| !DONE.contains(flag)).any(|(_, flagged)| flagged == column)
}

fn same(ours: &Map<String, Value>, theirs: &Map<String, Value>, column: &str) -> bool {
    match (ours.get(column), theirs.get(column)) {
        _ if flagged(ours, column) || OF_THE_URL.contains(&column) && flagged(ours, "page_url") => true,
        (Some(_), None) if column == "event_id" => true,
        (Some(Value::String(our)), Some(Value::String(their))) if column == "items" => {
            let [our, their] = [our, their].map(|text| serde_json::from_str::<Vec<Value>>(text).unwrap_or_default());
            our.len() == their.len() && our.iter().zip(&their).all(|(our, their)| contains(their, our))
        }
        (Some(our), Some(their)) => alike(our, their),
        (our, their) => our.is_none() && their.is_none(),
    }
}

fn left_over(ours: &Map<String, Value>, theirs: &Map<String, Value>) -> bool {
    if flagged(ours, "extra") || flags(ours).any(|flag| KEPT.iter().any(|kind| flag.starts_with(kind))) {
        return true;
    }
    let [ours, theirs] = [ours, theirs].map(|row| {
        let extra = row.get("extra").and_then(Value::as_str);
        extra.map_or_else(|| Value::Object(Map::new()), |extra| serde_json::from_str(extra).unwrap_or_default())
    });
    contains(&theirs, &ours)
}

/// Whether all of `part` is in `whole`, at the same place.
fn contains(whole: &Value, part: &Value) -> bool {
    match (whole, part) {
        (Value::Object(whole), Value::Object(part)) => {
            part.iter().all(|(key, part)| whole.get(key).is_some_and(|whole| contains(whole, part)))
        }
        (Value::Array(whole), Value::Array(part)) => {
            whole.len() == part.len() && whole.iter().zip(part).all(|(whole, part)| contains(whole, part))
        }
        _ => alike(whole, part),
    }
}

/// The same value; numbers as numbers, so that 37.40 is 37.4.
fn alike(one: &Value, other: &Value) -> bool {
    match (one.as_f64(), other.as_f64()) {
        (Some(one), Some(other)) => (one - other).abs() < 1e-9,
        _ => one == other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn answer(row: &Value) -> Vec<u8> {
        let keys = json!({ "event_type": "item_view", "date": "2026-11-23" });
        let data = STANDARD.encode(row.to_string());
        let record = json!({ "recordId": "1", "result": "Ok", "data": data, "metadata": { "partitionKeys": keys } });
        json!({ "records": [record] }).to_string().into_bytes()
    }

    #[test]
    fn rows_are_equal_in_what_both_say_and_a_difference_is_named() {
        let ours = json!({
            "event_id": "hash", "item_id": "CUP-02", "item_price": 12.50, "user_id": "u-1", "dq_flags": "id_blocked:user_id",
            "is_bot": false,
        });
        let theirs = |change: Value| {
            let mut row = json!({ "item_id": "CUP-02", "item_price": 12.5 });
            row.as_object_mut().into_iter().for_each(|row| row.extend(change.as_object().cloned().unwrap_or_default()));
            equal(&answer(&ours), &answer(&row)).map_err(|error| error.to_string())
        };
        assert_eq!(theirs(json!({})), Ok(1));
        assert_eq!(theirs(json!({ "user_id": "guest" })), Ok(1), "a flagged column");
        assert_eq!(theirs(json!({ "extra": "{\"more\":1}" })), Ok(1), "peers leave over more");
        for wrong in [json!({ "item_id": "CUP-03" }), json!({ "item_price": "12.5" }), json!({ "coupon": "X" })] {
            assert!(theirs(wrong.clone()).is_err_and(|error| error.contains(" is ")), "{wrong}");
        }
    }

    #[test]
    fn what_the_transform_leaves_over_a_peer_must_leave_over() {
        let row = |extra: &str| answer(&json!({ "item_id": "CUP-02", "extra": extra }));
        let ours = row(r#"{"a":{"b":1},"c":[1,2]}"#);
        assert!(equal(&ours, &row(r#"{"c":[1,2],"a":{"b":1.0,"x":2}}"#)).is_ok());
        for lost in [r#"{"a":{},"c":[1,2]}"#, r#"{"a":{"b":1},"c":[1]}"#, "{}"] {
            assert!(equal(&ours, &row(lost)).is_err(), "{lost}");
        }
    }
}
