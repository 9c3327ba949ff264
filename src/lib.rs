//! One mixed clickstream in; flat, typed, partitioned rows out.
//!
//! An e-commerce site puts every user action, from every page, into one Firehose stream. This crate is the
//! transformation Lambda on that stream: it decodes each record, flattens its sparse attributes into one wide row, and
//! names the partition that the row belongs to, so that Redshift Spectrum can query S3 as it is written.
//!
//! # Layout, in the order in which data flows
//!
//! * [`schema`]: schema.toml, compiled once at start into the plan that all the rest looks things up in
//! * [`firehose`]: the wire; the only module that knows Firehose's JSON
//! * [`batch`]: records to outcomes; isolation of each record, the budget of the answer, the counts
//! * [`transform`]: one record to its rows, step by step:
//!   * `decode`: base64, bytes, text, the objects in it
//!   * `cursor`, `json`, `chunk`, `digits`: one's way in JSON text, its strings, sixteen bytes at a time, eight digits at a time
//!   * [`tape`], `walk`, `keys`, `meaning`, `repeats`: one pass over an event, every member matched against the schema's paths
//!   * `flatten`, `resolve`: which of a column's sources wins, and what becomes of the others
//!   * `coerce`: text or number to a column's type, never silently lossy
//!   * `items`: the list of items, each flattened likewise
//!   * [`mod@derive`]: what follows from other columns; ids, time, URL, user agent, privacy
//!   * `returned`: a row that comes back is given back as it is
//!   * [`partition`]: event type and date, from a closed set
//!   * `compact`: what no column has, as JSON for `extra`
//!   * `encode`, `output`: the row as one line of JSON, its short texts put together
//! * [`observe`]: what became of an event and why, for tools that explain it
//! * [`row`], [`reject`]: what a row is while it is made; why a record is none
//! * [`telemetry`]: what an invocation tells the log
//! * [`ddl`]: the plan as DDL for Spectrum, the warehouse and Glue, and as documentation
//! * [`blocks`]: what of it stands inside template.yaml and operations.yaml
//!
//! The transform is a pure function of (record bytes, arrival time, schema): no clock, no network, no randomness.

pub mod batch;
mod bits;
pub mod blocks;
mod chunk;
mod coerce;
mod compact;
mod cursor;
pub mod ddl;
mod decode;
pub mod derive;
mod digits;
mod encode;
pub mod firehose;
mod flatten;
mod items;
mod json;
mod keys;
mod meaning;
pub mod observe;
mod output;
pub mod partition;
pub mod reject;
mod repeats;
mod resolve;
mod returned;
pub mod row;
pub mod schema;
pub mod tape;
pub mod telemetry;
pub mod transform;
mod walk;
