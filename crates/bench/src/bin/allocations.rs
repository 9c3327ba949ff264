//! How often a record allocates: `allocations FILE` packs the file's lines into one invocation of at most a megabyte and
//! prints, a line each, `name<TAB>allocations per record<TAB>bytes allocated per record`.
//!
//! A program of its own: counting takes the allocator's place, which must not slow what is timed.

use allocation_counter::measure;
use anyhow::{Context, Result};
use clickstream_bench::{peer, workload::Workload};

fn main() -> Result<()> {
    let file = std::env::args().nth(1).context("usage: allocations FILE")?;
    let text = std::fs::read(&file).with_context(|| format!("cannot read {file}"))?;
    let lines: Vec<_> = text.split(|byte| *byte == b'\n').collect();
    let workload = Workload::of(file, &lines, 1_000_000);
    let mut answer = Vec::new();
    for mut peer in peer::linked()? {
        // What the first invocation allocates is used again by the others.
        peer.answer(workload.body.as_bytes(), &mut answer)?;
        let mut done = Ok(std::time::Duration::ZERO);
        let counted = measure(|| done = peer.answer(workload.body.as_bytes(), &mut answer));
        done?;
        #[allow(clippy::cast_precision_loss)]
        let [count, bytes] = [counted.count_total, counted.bytes_total].map(|sum| sum as f64 / workload.records as f64);
        println!("{}\t{count:.4}\t{bytes:.1}", peer.name());
    }
    Ok(())
}
