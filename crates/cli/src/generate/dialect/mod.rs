//! One abstract event, told in the words of each team: a file a dialect.

mod data_layer;
pub(crate) mod detail;
mod ga4;
mod gtag;
mod measurement;
mod name;
mod plain;
mod plain_commerce;
mod segment;
mod segment_properties;
mod server_tag;
mod stray;

use super::delivery::Delivery;
use super::json::{object, objects};
use super::shop::site::Dialect;
use super::visit::event::Event;
use clickstream::derive::time;
use detail::Details;

/// Appends a record as its sender writes it. It has no line break in it.
pub(crate) fn write(delivery: &Delivery, out: &mut String) {
    let events = delivery.events();
    match delivery.dialect {
        // A queue that was flushed: one object after the other, nothing between them.
        Dialect::Plain => events.for_each(|event| object(out, |o| plain::event(o, &event))),
        Dialect::Segment => events.for_each(|event| object(out, |o| segment::call(o, &event, Some(delivery.sent)))),
        Dialect::SegmentBatch => object(out, |o| segment::batch(o, delivery)),
        Dialect::DataLayer if delivery.events().count() > 1 => {
            objects(out, events, |o, event| data_layer::push(o, &event));
        }
        Dialect::DataLayer => events.for_each(|event| object(out, |o| data_layer::push(o, &event))),
        Dialect::Gtag => events.for_each(|event| object(out, |o| gtag::call(o, &event))),
        Dialect::ServerTag => events.for_each(|event| object(out, |o| server_tag::request(o, &event))),
        Dialect::Measurement => object(out, |o| measurement::body(o, delivery)),
    }
}

/// What a report of an event tells.
pub(crate) fn details(event: &Event) -> Details {
    match event.dialect() {
        Dialect::Plain => plain::details(event),
        Dialect::Segment | Dialect::SegmentBatch => segment::details(event),
        Dialect::DataLayer => data_layer::details(event),
        Dialect::Gtag => gtag::details(event),
        Dialect::ServerTag => server_tag::details(event),
        Dialect::Measurement => measurement::details(event),
    }
}

/// `2026-11-23T10:15:30.123Z`.
fn iso(ms: i64) -> String {
    let mut text = String::with_capacity(24);
    time::write(ms, &mut text);
    text
}
