//! Objects: what is delivered waits in one buffer for each evaluated prefix, until that is large or old enough.

use super::failure::Failure;
use super::prefix::Place;
use super::settings::Settings;
use super::spool::Spool;
use crate::generate::random::Random;
use crate::lake::Lake;
use crate::object::{self, Format};
use anyhow::Result;
use chrono::DateTime;
use clickstream::schema::Plan;
use std::collections::BTreeMap;

/// Where an object belongs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Target {
    /// A partition, by its keys.
    Partition(BTreeMap<String, String>),
    /// Failed records, by Firehose's folder for them.
    Errors(&'static str),
    /// Source records.
    Backup,
}

/// Objects below one prefix.
#[derive(Debug, Default, Clone)]
pub(crate) struct Delivered {
    pub(crate) objects: u64,
    /// Rows, failed records or source records.
    pub(crate) rows: u64,
    /// As written.
    pub(crate) bytes: u64,
}

struct Buffer {
    spool: Spool,
    bytes: u64,
    /// When it is old enough, by the stream's clock.
    due: i64,
    /// Arrival of the oldest record.
    oldest: i64,
}

/// All buffers, and the lake that they go to.
pub(super) struct Delivery {
    settings: Settings,
    plan: Plan,
    format: Format,
    lake: Lake,
    buffers: BTreeMap<Target, Buffer>,
    /// When the first of them is old enough.
    due: i64,
    /// Buffers opened so far.
    opened: u64,
    pub(super) report: Report,
}

/// What has been written.
#[derive(Debug, Default, Clone)]
pub(crate) struct Report {
    /// Rows, by prefix.
    pub(crate) partitions: BTreeMap<String, Delivered>,
    /// Failed records, by folder.
    pub(crate) errors: BTreeMap<&'static str, Delivered>,
    /// Source records.
    pub(crate) backup: Delivered,
    /// The most partitions that were open at once.
    pub(crate) most_open: usize,
    /// Rows that the table cannot hold, by code.
    pub(crate) not_converted: BTreeMap<&'static str, u64>,
}

impl Delivery {
    pub(super) fn new(settings: Settings, plan: Plan, format: Format, lake: Lake) -> Self {
        let report = Report::default();
        Self { settings, plan, format, lake, buffers: BTreeMap::new(), due: i64::MAX, opened: 0, report }
    }

    /// Why rows for the partition with these keys find no place, if it is not open and cannot be opened.
    pub(super) fn refuses(&self, target: &Target) -> Option<Failure> {
        let Target::Partition(keys) = target else { return None };
        if self.buffers.contains_key(target) {
            return None;
        }
        if !self.settings.prefix.fits(keys) {
            return Some(Failure::PrefixTooLong);
        }
        let is_full = self.open() >= self.settings.active_partitions;
        is_full.then_some(Failure::ActivePartitionsLimitExceeded)
    }

    fn open(&self) -> usize {
        self.buffers.keys().filter(|target| matches!(target, Target::Partition(_))).count()
    }

    /// Adds data to an object. `clock` is the present time of the stream, `arrival` that of the record.
    pub(super) fn push(&mut self, target: &Target, data: &[u8], arrival: i64, clock: i64) -> Result<()> {
        if !self.buffers.contains_key(target) {
            // Nobody waits for the backup: template.yaml lets it collect as long as can be.
            let seconds = if *target == Target::Backup { 900 } else { self.settings.object_seconds };
            let due = clock.saturating_add(seconds * 1000);
            let spool = Spool::new(self.lake.spool(self.opened));
            self.buffers.insert(target.clone(), Buffer { spool, bytes: 0, due, oldest: arrival });
            self.opened += 1;
            self.due = self.due.min(due);
            self.report.most_open = self.report.most_open.max(self.open());
        }
        let Some(buffer) = self.buffers.get_mut(target) else { return Ok(()) };
        buffer.spool.push(arrival, data)?;
        buffer.bytes += data.len() as u64;
        buffer.oldest = buffer.oldest.min(arrival);
        if buffer.bytes >= self.settings.object_bytes() { self.deliver(target, clock) } else { Ok(()) }
    }

    /// Adds a failed record to the error prefix.
    pub(super) fn fail(&mut self, failure: &Failure, data: &[u8], arrival: i64, clock: i64) -> Result<()> {
        let object = failure.object(data, arrival, clock, &self.settings);
        self.push(&Target::Errors(failure.folder()), &object, arrival, clock)
    }

    /// Delivers what is old enough at `clock`.
    pub(super) fn tick(&mut self, clock: i64) -> Result<()> {
        if clock < self.due {
            return Ok(());
        }
        let due: Vec<_> =
            self.buffers.iter().filter(|(_, buffer)| buffer.due <= clock).map(|(t, _)| t.clone()).collect();
        due.iter().try_for_each(|target| self.deliver(target, clock))?;
        self.due = self.buffers.values().map(|buffer| buffer.due).min().unwrap_or(i64::MAX);
        Ok(())
    }

    /// Delivers everything, and puts the lake in its place.
    pub(super) fn finish(mut self, clock: i64) -> Result<Report> {
        // Rows that cannot be converted become error objects on the way, so those come last.
        while let Some(target) = self.buffers.keys().next().cloned() {
            self.deliver(&target, clock)?;
        }
        self.lake.finish()?;
        Ok(self.report)
    }

    fn deliver(&mut self, target: &Target, clock: i64) -> Result<()> {
        let Some(buffer) = self.buffers.remove(target) else { return Ok(()) };
        let no_keys = BTreeMap::new();
        let (prefix, keys, folder, extension) = match target {
            Target::Partition(keys) => (&self.settings.prefix, keys, "", self.format.extension()),
            Target::Errors(folder) => (&self.settings.error_prefix, &no_keys, *folder, ""),
            Target::Backup => (&self.settings.backup_prefix, &no_keys, "", ".gz"),
        };
        let mut random = Random::of("object", [self.settings.seed, self.report.objects()]);
        let place = Place { arrival: buffer.oldest, error: folder, random: &letters(&mut random), keys };
        let prefix = prefix.evaluate(&place);
        let time = DateTime::from_timestamp_millis(buffer.oldest).unwrap_or_default().format("%Y-%m-%d-%H-%M-%S");
        // The number after the stream's name counts the changes of its configuration.
        let key = format!("{prefix}{}-1-{time}-{}{extension}", self.settings.stream, uuid(&mut random));

        let mut file = self.lake.create(&key)?;
        let records = buffer.spool.records()?;
        let (delivered, failed) = match target {
            Target::Partition(_) => object::rows(self.format, &self.plan, records, &mut file)?,
            Target::Errors(_) => (object::lines(records, &mut file)?, Vec::new()),
            Target::Backup => (object::gzip(records, &mut file)?, Vec::new()),
        };
        let bytes = file.finish()?;
        let sum = match target {
            Target::Partition(_) => self.report.partitions.entry(prefix).or_default(),
            Target::Errors(folder) => self.report.errors.entry(folder).or_default(),
            Target::Backup => &mut self.report.backup,
        };
        sum.objects += 1;
        sum.rows += delivered;
        sum.bytes += bytes;
        for (failure, data, arrival) in failed {
            *self.report.not_converted.entry(failure.code()).or_default() += 1;
            self.fail(&failure, &data, arrival, clock)?;
        }
        Ok(())
    }
}

impl Report {
    fn objects(&self) -> u64 {
        let all = self.partitions.values().chain(self.errors.values()).chain([&self.backup]);
        all.map(|delivered| delivered.objects).sum()
    }
}

/// `!{firehose:random-string}`.
fn letters(random: &mut Random) -> String {
    (0..11).map(|_| char::from(b'a' + u8::try_from(random.below(26)).unwrap_or(0))).collect()
}

/// A random UUID (RFC 9562, version 4).
fn uuid(random: &mut Random) -> String {
    let (high, low) = (random.draw(), random.draw());
    let (version, variant) = (high & !0xf000 | 0x4000, low & !(0b11 << 62) | 0b10 << 62);
    format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        version >> 32,
        version >> 16 & 0xffff,
        version & 0xffff,
        variant >> 48,
        variant & 0xffff_ffff_ffff
    )
}
