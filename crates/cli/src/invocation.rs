//! Records to Firehose invocations, and answers back: the other side of the Lambda.
//!
//! Requests are built with aws_lambda_events, not with the transform's own wire types, so that the two check each other.

use anyhow::{Context, Result, bail};
use aws_lambda_events::encodings::MillisecondTimestamp;
use aws_lambda_events::firehose::{KinesisFirehoseEvent, KinesisFirehoseEventRecord};
use chrono::DateTime;
use serde::Deserialize;
use serde_json::{Value, json};
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

/// A record as a producer put it, and when Firehose received it (milliseconds since 1970).
#[derive(Debug, Clone)]
pub(crate) struct Incoming {
    pub(crate) data: Vec<u8>,
    pub(crate) arrival: i64,
}

/// Where records come from and when they arrive.
#[derive(Debug, clap::Args)]
pub(crate) struct Input {
    /// Files of records, one a line; `-` is standard input.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// When the records arrive, as RFC 3339; the present time if not given.
    #[arg(long, value_name = "TIME", value_parser = time)]
    arrival: Option<i64>,
}

pub(crate) fn time(text: &str) -> Result<i64, String> {
    clickstream::derive::time::parse(text).ok_or_else(|| "write a time such as 2026-11-23T10:15:30Z".into())
}

impl Input {
    /// The records, in order. An empty line is an empty record.
    pub(crate) fn records(&self) -> impl Iterator<Item = Result<Incoming>> + use<'_> {
        let now = || i64::try_from(std::time::UNIX_EPOCH.elapsed().unwrap_or_default().as_millis()).unwrap_or(i64::MAX);
        let arrival = self.arrival.unwrap_or_else(now);
        let lines = self.files.iter().flat_map(|file| lines(file));
        lines.map(move |data| Ok(Incoming { data: data?, arrival }))
    }
}

/// A file's lines as bytes: a record need not be text.
fn lines(path: &Path) -> Box<dyn Iterator<Item = Result<Vec<u8>>>> {
    let reader: Box<dyn BufRead> = if path == Path::new("-") {
        Box::new(BufReader::new(io::stdin()))
    } else {
        match File::open(path).with_context(|| format!("cannot read {}", path.display())) {
            Ok(file) => Box::new(BufReader::new(file)),
            Err(error) => return Box::new(std::iter::once(Err(error))),
        }
    };
    let name = path.display().to_string();
    Box::new(reader.split(b'\n').map(move |line| line.with_context(|| format!("cannot read {name}"))))
}

/// The id of a record by its place in the stream: 56 digits, as long as Firehose's own.
fn record_id(index: usize) -> String {
    format!("{index:056}")
}

/// An invocation with these records, as Firehose sends it. `first` is the place of the first one in the stream.
pub(crate) fn request(records: &[Incoming], first: usize) -> Result<Value> {
    let mut event = KinesisFirehoseEvent::default();
    event.invocation_id = Some(format!("00000000-0000-4000-8000-{first:012}"));
    event.delivery_stream_arn = Some("arn:aws:firehose:us-east-1:123456789012:deliverystream/clickstream".into());
    event.region = Some("us-east-1".into());
    for (offset, incoming) in records.iter().enumerate() {
        let mut record = KinesisFirehoseEventRecord::default();
        record.record_id = Some(record_id(first + offset));
        record.data.extend_from_slice(&incoming.data);
        let arrival = DateTime::from_timestamp_millis(incoming.arrival).context("an arrival outside the calendar")?;
        record.approximate_arrival_timestamp = MillisecondTimestamp(arrival);
        event.records.push(record);
    }
    let mut request = serde_json::to_value(&event)?;
    // The library writes times as strings and absent fields as null; Firehose sends integers and leaves fields out.
    for (record, incoming) in request["records"].as_array_mut().into_iter().flatten().zip(records) {
        record["approximateArrivalTimestamp"] = json!(incoming.arrival);
        record.as_object_mut().map(|record| record.remove("kinesisRecordMetadata"));
    }
    request.as_object_mut().map(|request| request.remove("sourceKinesisStreamArn"));
    Ok(request)
}

/// One record of an answer. `aws_lambda_events` cannot read records without `metadata`, which is all but the `Ok` ones.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Answered {
    record_id: String,
    pub(crate) result: String,
    #[serde(default)]
    data: String,
    #[serde(default)]
    metadata: Metadata,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metadata {
    #[serde(default)]
    partition_keys: std::collections::BTreeMap<String, String>,
}

impl Answered {
    /// The rows.
    pub(crate) fn rows(&self) -> Result<Vec<u8>> {
        use base64::Engine;
        base64::engine::general_purpose::STANDARD.decode(&self.data).context("rows that are not base64")
    }

    /// The value of a partition key.
    pub(crate) fn key(&self, name: &str) -> Result<&str> {
        let value = self.metadata.partition_keys.get(name).filter(|value| !value.is_empty());
        value.map(String::as_str).with_context(|| format!("record {} has no partition key {name}", self.record_id))
    }
}

/// Reads an answer to `count` records that begin at `first`, and holds it to Firehose's terms: every id once.
pub(crate) fn answered(body: &str, first: usize, count: usize) -> Result<Vec<Answered>> {
    #[derive(Deserialize)]
    struct Answer {
        records: Vec<Answered>,
    }
    let Answer { records } = serde_json::from_str(body).context("an answer that Firehose cannot read")?;
    let in_order = records.iter().enumerate().all(|(offset, record)| record.record_id == record_id(first + offset));
    if records.len() != count || !in_order {
        bail!("{} records were sent, {} answered, or in another order", count, records.len());
    }
    Ok(records)
}
