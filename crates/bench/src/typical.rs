//! The transform as a good engineer would write it in Rust from the documentation: aws_lambda_events, serde_json's `Value`,
//! chrono, and a table of columns. It has no more than `peers/mapping.json` says; docs/benchmarks.md lists what it lacks.

use aws_lambda_events::firehose::{KinesisFirehoseEvent, KinesisFirehoseEventRecord, KinesisFirehoseResponse};
use aws_lambda_events::firehose::{KinesisFirehoseResponseRecord, KinesisFirehoseResponseRecordMetadata};
use chrono::{DateTime, NaiveDateTime, SecondsFormat, TimeDelta, Utc};
use serde::Deserialize;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// As tables call it.
pub const NAME: &str = "typical Rust";

/// The mapping that all peers share.
pub const MAPPING: &str = include_str!("../peers/mapping.json");

/// How a column is read.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Type {
    Text,
    Lower,
    Id,
    LowerId,
    Number,
    Boolean,
    Network,
    Email,
    Time,
    Items,
}

#[derive(Debug, Deserialize)]
struct Column {
    name: String,
    r#type: Type,
    sources: Vec<Path>,
}

#[derive(Debug, Deserialize)]
struct ItemField {
    name: String,
    sources: Vec<String>,
}

/// Names from the outermost object inwards.
#[derive(Debug, Deserialize)]
#[serde(from = "String")]
struct Path(Vec<String>);

impl From<String> for Path {
    fn from(dotted: String) -> Self {
        Self(dotted.split('.').map(str::to_owned).collect())
    }
}

/// The transform, with its tables.
#[derive(Debug, Deserialize)]
pub struct Typical {
    columns: Vec<Column>,
    item_fields: Vec<ItemField>,
    /// Columns that the first item fills, and from which of its fields.
    first_item: BTreeMap<String, String>,
    /// Parameters of the page's URL, and the columns that they fill.
    parameters: HashMap<String, String>,
    click_ids: HashSet<String>,
    blocked_ids: HashSet<String>,
    event_types: HashMap<String, String>,
}

impl Typical {
    /// Reads the mapping.
    ///
    /// # Errors
    /// If it is none.
    pub fn new() -> serde_json::Result<Self> {
        serde_json::from_str(MAPPING)
    }

    /// Answers an invocation, bytes to bytes, as lambda_runtime does around a handler; no bytes to what is none.
    pub fn answer(&self, body: &[u8]) -> Vec<u8> {
        let event = serde_json::from_slice(body).ok();
        event.and_then(|event| serde_json::to_vec(&self.handle(&event)).ok()).unwrap_or_default()
    }

    /// The handler.
    pub fn handle(&self, event: &KinesisFirehoseEvent) -> KinesisFirehoseResponse {
        let mut response = KinesisFirehoseResponse::default();
        response.records = event.records.iter().map(|record| self.record(record)).collect();
        response
    }

    fn record(&self, record: &KinesisFirehoseEventRecord) -> KinesisFirehoseResponseRecord {
        let mut answer = KinesisFirehoseResponseRecord::default();
        answer.record_id.clone_from(&record.record_id);
        let Ok(event) = serde_json::from_slice(&record.data) else {
            answer.result = Some("ProcessingFailed".to_owned());
            return answer;
        };
        let (row, event_type, date) = self.row(event, record.approximate_arrival_timestamp.0);
        let mut line = serde_json::to_vec(&row).unwrap_or_default();
        line.push(b'\n');
        answer.result = Some("Ok".to_owned());
        answer.data.0 = line;
        let mut metadata = KinesisFirehoseResponseRecordMetadata::default();
        metadata.partition_keys.insert("event_type".to_owned(), event_type);
        metadata.partition_keys.insert("date".to_owned(), date);
        answer.metadata = metadata;
        answer
    }

    /// The row, its event type and its date.
    fn row(&self, mut event: Map<String, Value>, arrival: DateTime<Utc>) -> (Map<String, Value>, String, String) {
        let mut row = Map::new();
        let mut event_time = None;
        for column in &self.columns {
            let Some(value) = take(&mut event, &column.sources) else { continue };
            let value = match column.r#type {
                Type::Text => text(&value).map(Value::from),
                Type::Lower => text(&value).map(|text| text.to_lowercase().into()),
                Type::Boolean => text(&value).and_then(|text| boolean(&text)).map(Value::from),
                Type::Network => value.as_str().and_then(network).map(Value::from),
                Type::Email => value.as_str().and_then(email).map(Value::from),
                Type::Id => self.id(&value).map(Value::from),
                Type::LowerId => self.id(&value).map(|id| id.to_lowercase().into()),
                Type::Number => number(&value),
                Type::Items => self.items(value, &mut row),
                Type::Time => {
                    event_time = time(&value);
                    None
                }
            };
            if let Some(value) = value {
                row.insert(column.name.clone(), value);
            }
        }
        let event_time = event_time.unwrap_or(arrival);
        row.insert("event_time".to_owned(), event_time.to_rfc3339_opts(SecondsFormat::Millis, true).into());
        row.insert("received_at".to_owned(), arrival.to_rfc3339_opts(SecondsFormat::Millis, true).into());
        row.insert("schema_version".to_owned(), 1.into());
        self.page(&mut row);
        let event_type = row.get("event_name").and_then(Value::as_str).map(folded);
        let event_type = event_type.and_then(|name| self.event_types.get(&name)).map_or("other", String::as_str);
        if event_type == "purchase"
            && !row.contains_key("order_total")
            && let Some(value) = row.get("event_value").cloned()
        {
            row.insert("order_total".to_owned(), value);
        }
        if !event.is_empty() {
            row.insert("extra".to_owned(), Value::Object(event).to_string().into());
        }
        let in_window = event_time > arrival - TimeDelta::days(7) && event_time < arrival + TimeDelta::hours(1);
        let date = if in_window { event_time } else { arrival }.format("%Y-%m-%d").to_string();
        (row, event_type.to_owned(), date)
    }

    /// What the URLs say: hosts, path, query, campaign, click id, search.
    fn page(&self, row: &mut Map<String, Value>) {
        let url = |row: &Map<String, Value>, column| row.get(column).and_then(Value::as_str).map(str::to_owned);
        if let Some((host, _)) = url(row, "referrer_url").as_deref().and_then(host_and_rest) {
            row.insert("referrer_host".to_owned(), host.into());
        }
        let Some(url) = url(row, "page_url") else { return };
        let Some((host, rest)) = host_and_rest(&url) else { return };
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let mut add = |column: &str, value: &str| {
            if !row.contains_key(column) {
                row.insert(column.to_owned(), value.into());
            }
        };
        add("page_host", &host);
        add("page_path", if path.is_empty() { "/" } else { path });
        if query.is_empty() {
            return;
        }
        add("page_query", query);
        for (key, value) in form_urlencoded::parse(query.as_bytes()) {
            if let Some(column) = self.parameters.get(key.as_ref()) {
                add(column, &value);
            } else if self.click_ids.contains(key.as_ref()) {
                add("click_id", &value);
                add("click_id_type", &key);
            }
        }
    }

    fn id(&self, value: &Value) -> Option<String> {
        let text = text(value)?;
        let text = text.trim();
        (!self.blocked_ids.contains(&text.to_lowercase())).then(|| text.to_owned())
    }

    /// The list of items as text; how many there are and, if it names no item itself, the first item's fields go to the row.
    fn items(&self, value: Value, row: &mut Map<String, Value>) -> Option<Value> {
        let Value::Array(items) = value else { return None };
        let items: Vec<Value> = items
            .into_iter()
            .filter_map(|item| {
                let Value::Object(mut item) = item else { return None };
                let mut flat = Map::new();
                for field in &self.item_fields {
                    let Some(value) = field.sources.iter().find_map(|source| item.remove(source)) else { continue };
                    let numeric = matches!(field.name.as_str(), "price" | "quantity" | "position");
                    if let Some(value) = if numeric { number(&value) } else { text(&value).map(Value::from) } {
                        flat.insert(field.name.clone(), value);
                    }
                }
                if !item.is_empty() {
                    flat.insert("extra".to_owned(), item.into());
                }
                Some(flat.into())
            })
            .collect();
        row.insert("item_count".to_owned(), items.len().into());
        if !row.contains_key("item_quantity") {
            let quantities = items.iter().map(|item| item.get("quantity").and_then(Value::as_i64).unwrap_or(1));
            row.insert("item_quantity".to_owned(), quantities.sum::<i64>().into());
        }
        if !row.contains_key("item_id")
            && let Some(first) = items.first()
        {
            for (column, field) in &self.first_item {
                if let Some(value) = first.get(field).filter(|_| !row.contains_key(column)) {
                    row.insert(column.clone(), value.clone());
                }
            }
        }
        Some(Value::Array(items).to_string().into())
    }
}

/// Takes the first source that is there and not blank out of the event.
fn take(event: &mut Map<String, Value>, sources: &[Path]) -> Option<Value> {
    sources.iter().find_map(|Path(names)| {
        let (last, parents) = names.split_last()?;
        let mut object = &mut *event;
        for parent in parents {
            object = object.get_mut(parent)?.as_object_mut()?;
        }
        let present = match object.get(last)? {
            Value::Null => false,
            Value::String(text) => !text.trim().is_empty(),
            _ => true,
        };
        if present { object.remove(last) } else { None }
    })
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        _ => None,
    }
}

fn number(value: &Value) -> Option<Value> {
    match value {
        Value::Number(_) => Some(value.clone()),
        Value::String(text) => text.trim().parse::<f64>().ok().map(Value::from),
        _ => None,
    }
}

/// RFC 3339, the same with a space and without an offset (UTC), or an epoch in seconds or milliseconds.
fn time(value: &Value) -> Option<DateTime<Utc>> {
    let epoch =
        |number: i64| DateTime::from_timestamp_millis(if number < 100_000_000_000 { number * 1000 } else { number });
    match value {
        Value::Number(number) => epoch(number.as_i64()?),
        Value::String(text) => text.parse().ok().and_then(epoch).or_else(|| {
            let zoned = DateTime::parse_from_rfc3339(text).map(|time| time.to_utc());
            zoned
                .or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f").map(|time| time.and_utc()))
                .ok()
        }),
        _ => None,
    }
}

/// What consent tools and forms say for true and false.
fn boolean(text: &str) -> Option<bool> {
    match text.trim().to_lowercase().as_str() {
        "true" | "yes" | "1" | "granted" => Some(true),
        "false" | "no" | "0" | "denied" => Some(false),
        _ => None,
    }
}

/// The /24 or /48 network of an IP address, the first one of a list.
fn network(text: &str) -> Option<String> {
    Some(match text.split(',').next()?.trim().parse().ok()? {
        IpAddr::V4(address) => Ipv4Addr::from_bits(address.to_bits() & !0xff).to_string(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 80 << 80).to_string(),
    })
}

/// SHA-256 of the trimmed lower-case address.
fn email(text: &str) -> Option<String> {
    text.contains('@').then(|| format!("{:x}", Sha256::digest(text.trim().to_lowercase())))
}

/// Host, and all that follows it but the fragment.
fn host_and_rest(url: &str) -> Option<(String, &str)> {
    let (_, rest) = url.split_once("://")?;
    let rest = rest.split('#').next().unwrap_or(rest);
    let (host, rest) = rest.find(['/', '?']).map_or((rest, ""), |at| rest.split_at(at));
    Some((host.to_lowercase(), rest))
}

fn folded(name: &str) -> String {
    name.to_lowercase().replace([' ', '_', '-'], "")
}
