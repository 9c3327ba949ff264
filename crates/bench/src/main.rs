//! The benchmark: `make bench`.

mod measure;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};
use clickstream_bench::ablation::PARTS;
use clickstream_bench::results::Results;
use clickstream_bench::{cost, ours, peer, plot, report};
use std::path::{Path, PathBuf};

/// Measures the transform beside its peers, and writes what came out.
#[derive(Debug, Parser)]
#[command(
    name = "bench",
    max_term_width = 100,
    after_help = "\
Examples:
  make bench
      all of it: builds, generates traffic, measures, writes the documents
  bench report
      the documents again, from the results of the last measurement"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Measure everything; writes the results as JSON.
    Measure(measure::Args),
    /// Write docs/benchmarks.md, docs/benchmarks.svg and docs/cost.md from the results.
    Report {
        /// What `bench measure` wrote
        #[arg(long, default_value = RESULTS)]
        results: PathBuf,
    },
    /// Answer one invocation some times over: what valgrind counts.
    Repeat {
        /// A linked peer, or a part of the schema that is left out
        who: String,
        /// The invocation
        invocation: PathBuf,
        /// How often
        times: usize,
    },
}

const RESULTS: &str = "crates/bench/results.json";

fn main() -> Result<()> {
    match Cli::parse().command {
        Command::Measure(args) => measure::run(&args),
        Command::Report { results } => write_documents(&Results::read(&results)?),
        Command::Repeat { who, invocation, times } => repeat(&who, &invocation, times),
    }
}

fn write_documents(results: &Results) -> Result<()> {
    let documents = [
        ("docs/benchmarks.md", report::markdown(results)),
        ("docs/benchmarks.svg", plot::svg(results)),
        ("docs/cost.md", cost::markdown(results)?),
    ];
    for (file, text) in documents {
        std::fs::write(file, text).with_context(|| format!("cannot write {file}; run this in the project's folder"))?;
        println!("wrote {file}");
    }
    Ok(())
}

fn repeat(who: &str, invocation: &Path, times: usize) -> Result<()> {
    let body = std::fs::read(invocation).with_context(|| format!("cannot read {}", invocation.display()))?;
    let mut answer = Vec::new();
    if let Some(part) = PARTS.iter().find(|part| part.name == who) {
        let mut transform = part.left_out()?;
        for _ in 0..times {
            transform.reuse(std::mem::take(&mut answer));
            answer = ours::answered(&mut transform, &body).body;
        }
        return Ok(());
    }
    let mut peers = peer::linked()?;
    let peer = peers.iter_mut().find(|peer| peer.name() == who).with_context(|| format!("nobody is called {who}"))?;
    (0..times).try_for_each(|_| peer.answer(&body, &mut answer).map(drop))
}
