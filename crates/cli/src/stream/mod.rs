//! A Firehose stream with a transformation Lambda and dynamic partitioning, played on this machine.
//!
//! It does what Firehose was seen to do, in Firehose's order, on a clock of its own: the latest arrival. Where it is
//! simpler: everything is delivered the moment that it is due; one invocation at a time; storage never fails.
//!
//! # Layout, in the order in which data flows
//!
//! * [`settings`], [`prefix`]: how the stream is configured
//! * [`deaggregate`]: records that hold several
//! * [`gather`]: records to invocations
//! * [`function`]: the Lambda, in this process or behind an emulator
//! * [`answer`]: what becomes of each record
//! * [`delivery`], [`spool`]: rows, failed records and source records to objects
//! * [`failure`]: why a record goes to the error prefix

mod answer;
mod deaggregate;
mod delivery;
mod failure;
mod function;
mod gather;
mod prefix;
mod settings;
mod spool;

use crate::input::{Incoming, MAX_RECORD};
use crate::invocation::{record_id, request};
use crate::lake::Lake;
use crate::object::Format;
use answer::{Verdict, verdicts};
use anyhow::Result;
use clickstream::schema::Plan;
use deaggregate::{Split, split};
use delivery::{Delivery, Target};
use gather::Gathered;
use std::collections::BTreeMap;

pub(crate) use delivery::{Delivered, Report};
pub(crate) use failure::Failure;
pub(crate) use function::{Function, MOST_BYTES};
pub(crate) use settings::Settings;

/// What happened on the way, for whoever wants to know.
pub(crate) trait Watch {
    /// The record's rows were accepted for the partition with these keys.
    fn rows(&mut self, record: &Incoming, keys: &BTreeMap<String, String>, rows: &[u8]);
    /// The record goes to the error prefix.
    fn failed(&mut self, record: &Incoming, failure: &Failure);
}

/// A stream.
pub(crate) struct Stream {
    settings: Settings,
    function: Function,
    gathered: Gathered,
    delivery: Delivery,
    clock: i64,
    /// Records that have been in a request.
    sent: usize,
    counts: Counts,
}

/// What became of the records. `put + pieces = refused + split + delivered + dropped + failed` holds.
#[derive(Debug, Default, Clone)]
pub(crate) struct Counts {
    /// Records that producers put.
    pub(crate) put: u64,
    /// Larger than Firehose takes: the producer gets an error.
    pub(crate) refused: u64,
    /// Records that were de-aggregated, and what they became.
    pub(crate) split: u64,
    pub(crate) pieces: u64,
    /// Invocations that were answered.
    pub(crate) invocations: u64,
    /// Invocations that the function failed, retries among them.
    pub(crate) function_errors: u64,
    /// Records whose rows were delivered.
    pub(crate) delivered: u64,
    /// Records that the Lambda dropped.
    pub(crate) dropped: u64,
    /// Records in the error prefix, by code.
    pub(crate) failed: BTreeMap<&'static str, u64>,
    /// Bytes of records.
    pub(crate) bytes: u64,
    /// The last thing that the function died of.
    pub(crate) died_of: Option<String>,
}

impl Stream {
    /// A stream that delivers rows of `plan`'s columns into `lake`.
    pub(crate) fn new(settings: Settings, function: Function, plan: Plan, format: Format, lake: Lake) -> Self {
        let delivery = Delivery::new(settings.clone(), plan, format, lake);
        let gathered = Gathered::new(&settings);
        Self { settings, function, gathered, delivery, clock: i64::MIN, sent: 0, counts: Counts::default() }
    }

    /// A producer puts a record.
    pub(crate) fn put(&mut self, incoming: Incoming, watch: &mut impl Watch) -> Result<()> {
        self.counts.put += 1;
        if incoming.data.len() > MAX_RECORD {
            self.counts.refused += 1;
            return Ok(());
        }
        self.counts.bytes += incoming.data.len() as u64;
        self.advance(incoming.arrival, watch)?;
        if !self.settings.no_backup {
            self.delivery.push(&Target::Backup, &incoming.data, incoming.arrival, self.clock)?;
        }
        if !self.settings.deaggregate {
            return self.gather(incoming, watch);
        }
        match split(&incoming.data) {
            Split::Whole => self.gather(incoming, watch),
            Split::Refused => self.fail(&incoming, &Failure::NotJson, watch),
            Split::Objects(objects) => {
                self.counts.split += 1;
                self.counts.pieces += objects.len() as u64;
                let arrival = incoming.arrival;
                let mut pieces = objects.into_iter().map(|object| Incoming { data: object.to_vec(), arrival });
                pieces.try_for_each(|piece| self.gather(piece, watch))
            }
        }
    }

    /// No more records come. Gives what became of them and what was written.
    pub(crate) fn finish(mut self, watch: &mut impl Watch) -> Result<(Counts, Report, Function)> {
        self.invoke(watch)?;
        Ok((self.counts, self.delivery.finish(self.clock)?, self.function))
    }

    /// Time passes.
    fn advance(&mut self, to: i64, watch: &mut impl Watch) -> Result<()> {
        if to <= self.clock {
            return Ok(());
        }
        if self.gathered.due() <= to {
            self.clock = self.clock.max(self.gathered.due());
            self.invoke(watch)?;
        }
        self.clock = to;
        self.delivery.tick(to)
    }

    fn gather(&mut self, record: Incoming, watch: &mut impl Watch) -> Result<()> {
        if !self.gathered.has_room(&record) {
            self.invoke(watch)?;
        }
        self.gathered.push(record, self.clock);
        Ok(())
    }

    /// Invokes the function with what has been gathered, as often as it takes or is allowed.
    fn invoke(&mut self, watch: &mut impl Watch) -> Result<()> {
        let records = self.gathered.take();
        if records.is_empty() {
            return Ok(());
        }
        let request = request(&records, self.sent)?.to_string();
        let ids: Vec<_> = (self.sent..).take(records.len()).map(record_id).collect();
        self.sent += records.len();
        self.counts.invocations += 1;
        for _ in 0..=self.settings.retries {
            match self.function.invoke(&request, self.clock)? {
                Ok(body) => {
                    for (record, verdict) in records.iter().zip(verdicts(&body, &ids)) {
                        self.settle(record, verdict, watch)?;
                    }
                    return Ok(());
                }
                Err(why) => {
                    self.counts.function_errors += 1;
                    self.counts.died_of = Some(why);
                }
            }
        }
        records.iter().try_for_each(|record| self.fail(record, &Failure::FunctionError, watch))
    }

    fn settle(&mut self, record: &Incoming, verdict: Verdict, watch: &mut impl Watch) -> Result<()> {
        let (data, mut keys) = match verdict {
            Verdict::Ok { data, keys } => (data, keys),
            Verdict::Dropped => {
                self.counts.dropped += 1;
                return Ok(());
            }
            Verdict::Failed(failure) => return self.fail(record, &failure, watch),
        };
        let needed: Vec<_> = self.settings.prefix.keys().collect();
        if needed.iter().any(|name| !keys.contains_key(*name)) {
            return self.fail(record, &Failure::MetadataExtractionFailed, watch);
        }
        keys.retain(|name, _| needed.contains(&name.as_str()));
        let target = Target::Partition(keys.clone());
        if let Some(failure) = self.delivery.refuses(&target) {
            return self.fail(record, &failure, watch);
        }
        self.counts.delivered += 1;
        watch.rows(record, &keys, &data);
        self.delivery.push(&target, &data, record.arrival, self.clock)
    }

    fn fail(&mut self, record: &Incoming, failure: &Failure, watch: &mut impl Watch) -> Result<()> {
        *self.counts.failed.entry(failure.code()).or_default() += 1;
        watch.failed(record, failure);
        self.delivery.fail(failure, &record.data, record.arrival, self.clock)
    }
}
