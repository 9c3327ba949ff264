//! Records to Firehose invocations: the other side of the Lambda.
//!
//! Requests are built with aws_lambda_events, not with the transform's own wire types, so that the two check each other.

use crate::input::Incoming;
use anyhow::{Context, Result};
use aws_lambda_events::encodings::MillisecondTimestamp;
use aws_lambda_events::firehose::{KinesisFirehoseEvent, KinesisFirehoseEventRecord};
use chrono::DateTime;
use serde_json::{Value, json};

/// The id of a record by its place in the stream: 56 digits, as long as Firehose's own.
pub(crate) fn record_id(index: usize) -> String {
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
