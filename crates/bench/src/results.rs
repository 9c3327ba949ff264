//! All that was measured, as a file: tables, plots and the cost page are made from it, without measuring again.

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// One run of `make bench`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Results {
    /// Where and when.
    pub machine: Machine,
    /// Peers that could not be measured here, and why.
    pub missing: Vec<String>,
    /// How many columns the schema has.
    pub columns: usize,
    /// How many of them the peers cover.
    pub covered: usize,
    /// CPU time of all peers, invocation by invocation.
    pub speed: Vec<Speed>,
    /// Instructions; empty where valgrind is missing.
    pub instructions: Vec<PerPeer>,
    /// Heap allocations for each record.
    pub allocations: Vec<PerPeer>,
    /// The built functions behind a runtime API.
    pub functions: Vec<Function>,
    /// CPU milliseconds from process start to readiness, for peers that are no functions here.
    pub starts: Vec<PerPeer>,
    /// What grows, and how the cost grows with it.
    pub growth: Vec<Growth>,
    /// What enrichment costs; empty where valgrind is missing.
    pub enrichment: Vec<Share>,
}

/// Where and when.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Machine {
    /// The day, as YYYY-MM-DD.
    pub date: String,
    /// The processor's name.
    pub processor: String,
    /// How many of its cores this machine has.
    pub cores: usize,
    /// Processes that ran or waited when the run began, on average of a minute.
    pub load: f64,
    /// The compilers and interpreters.
    pub versions: Vec<String>,
}

/// CPU time on one workload.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Speed {
    /// Its name.
    pub workload: String,
    /// Bytes of records.
    pub raw: usize,
    /// Records.
    pub records: usize,
    /// Rows that were compared, peer by peer, and were equal.
    pub rows_equal: usize,
    /// Records that the transform refused because Lambda's answer was full; peers have no such limit.
    pub response_full: u64,
    /// Peers in the order of measurement.
    pub peers: Vec<Rounds>,
}

/// One peer's rounds.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Rounds {
    /// The peer.
    pub peer: String,
    /// Bytes of its answer.
    pub answer: usize,
    /// CPU milliseconds per megabyte of records, round by round, the least of several in a row; rounds of all peers belong
    /// together.
    pub ms_per_mb: Vec<f64>,
    /// The same of the first of them, when the processor's caches hold what another peer left there.
    pub first_ms_per_mb: Vec<f64>,
}

/// One figure of one peer.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PerPeer {
    /// The peer.
    pub peer: String,
    /// On what.
    pub on: String,
    /// The figure.
    pub value: f64,
}

/// A built function behind a runtime API on loopback.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Function {
    /// The peer.
    pub peer: String,
    /// Bytes of the binary.
    pub binary: u64,
    /// CPU milliseconds from process start to the first poll, start by start.
    pub start_cpu_ms: Vec<f64>,
    /// The same as time on the wall.
    pub start_wall_ms: Vec<f64>,
    /// CPU milliseconds of an invocation of one and of three megabytes, from the request read to the answer posted.
    pub invocation_ms: Vec<InvocationTimes>,
    /// The most memory that it had, in bytes, with the largest request that Lambda takes.
    pub peak_memory: u64,
}

/// A function's invocations of one size.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct InvocationTimes {
    /// The workload.
    pub workload: String,
    /// Bytes of records.
    pub raw: usize,
    /// Records.
    pub records: usize,
    /// CPU milliseconds, round by round; the functions' rounds belong together.
    pub ms: Vec<f64>,
}

/// How cost grows with one property of the input.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Growth {
    /// What grows.
    pub shape: String,
    /// Sizes, ascending.
    pub points: Vec<Point>,
}

/// One size.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Point {
    /// The size, as the table says it.
    pub size: String,
    /// Bytes of records that were measured.
    pub raw: usize,
    /// CPU nanoseconds per byte of records; the least of several runs.
    pub ns_per_byte: f64,
    /// Instructions per byte of records.
    pub instructions_per_byte: Option<f64>,
}

/// What a part of the schema costs.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Share {
    /// What was left out.
    pub without: String,
    /// Of the instructions, from 0 to 1.
    pub share: f64,
}

impl Results {
    /// Reads `file`.
    ///
    /// # Errors
    /// If it cannot be read, or is of another version of this program.
    pub fn read(file: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(file).with_context(|| format!("no {}: run `make bench`", file.display()))?;
        serde_json::from_str(&text)
            .with_context(|| format!("{} is of another version: run `make bench`", file.display()))
    }

    /// Writes `file`.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write(&self, file: &Path) -> Result<()> {
        let text = serde_json::to_string_pretty(self)? + "\n";
        std::fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))
    }
}

/// The ratios of figures that belong together, round by round.
pub fn ratios(one: &[f64], other: &[f64]) -> Vec<f64> {
    one.iter().zip(other).map(|(one, other)| one / other).collect()
}

/// The middle of `values`; not a number without any.
pub fn median(values: &[f64]) -> f64 {
    quantile(values, 0.5)
}

/// The value below which the share `q` of `values` lies, interpolated; not a number without any.
pub fn quantile(values: &[f64], q: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let Some(last) = sorted.len().checked_sub(1) else { return f64::NAN };
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a few rounds
    let (place, at) = (q * last as f64, (q * last as f64) as usize);
    let next = sorted[(at + 1).min(last)];
    sorted[at] + (next - sorted[at]) * place.fract()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_between_their_neighbours() {
        let values = [4.0, 1.0, 3.0, 2.0];
        for (found, expected) in [(median(&values), 2.5), (quantile(&values, 0.0), 1.0), (quantile(&values, 1.0), 4.0)]
        {
            assert!((found - expected).abs() < f64::EPSILON, "{found}");
        }
        assert!(median(&[]).is_nan());
    }
}
