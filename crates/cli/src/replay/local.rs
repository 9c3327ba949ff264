//! `--to DIR`: the rows through a stream on this machine, as `clickstream run` plays it.

use super::{Args, Replay};
use crate::input::Incoming;
use crate::lake::Lake;
use crate::schema::plan;
use crate::stream::{Failure, Function, Stream, Watch};
use anyhow::Result;
use clickstream::transform::Transform;
use std::collections::BTreeMap;
use std::path::Path;

/// Plays all rows into `folder`.
pub(super) fn play(args: &Args, folder: &Path, replay: &mut Replay) -> Result<()> {
    let schema = || plan(args.schema.as_deref());
    let function = Function::in_process(Transform::new(schema()?));
    let lake = Lake::begin(folder, &args.paths)?;
    let mut stream = Stream::new(args.settings.clone(), function, schema()?, args.format, lake);
    for row in &mut *replay {
        stream.put(row?, &mut Nobody)?;
    }
    let (counts, delivered, _) = stream.finish(&mut Nobody)?;
    let failed = counts.failed.values().chain(delivered.not_converted.values()).sum::<u64>();
    replay.report.put = delivered.partitions.values().map(|partition| partition.rows).sum();
    replay.report.left = counts.refused + failed;
    Ok(())
}

/// The sums say it all.
struct Nobody;

impl Watch for Nobody {
    fn rows(&mut self, _: &Incoming, _: &BTreeMap<String, String>, _: &[u8]) {}
    fn failed(&mut self, _: &Incoming, _: &Failure) {}
}
