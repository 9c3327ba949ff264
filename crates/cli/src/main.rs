//! The command-line tool `clickstream`: work with the transform without an AWS account.

mod explain;
mod generate;
mod input;
mod interrupt;
mod invocation;
mod lake;
mod object;
mod output;
mod pack;
mod replay;
mod run;
mod schema;
mod stream;
mod summary;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

const EXAMPLES: &str = "\
Examples:
  clickstream generate -n 100000 | clickstream run - --out lake
  clickstream explain my-events.ndjson
  clickstream replay lake

Each command has examples of its own: clickstream run --help";

/// Runs, feeds and explains the clickstream transform, without an AWS account.
#[derive(Debug, Parser)]
#[command(name = "clickstream", version, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Play Firehose: records through the transform into a folder laid out like the bucket.
    Run(Box<run::Args>),
    /// Explain what becomes of each event and why, and what the schema does not cover.
    Explain(explain::Args),
    /// Explain what Firehose could not deliver, and put back what can succeed now.
    Replay(Box<replay::Args>),
    /// Make a shop's traffic: one record a line.
    Generate(generate::Args),
    /// Pack records into one Firehose invocation, as `sam local invoke -e` takes it.
    Pack(pack::Args),
    /// Check the schema, or print what is made from it.
    Schema(schema::Args),
}

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Run(args) => run::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Replay(args) => replay::run(&args),
        Command::Generate(args) => generate::run(&args),
        Command::Pack(args) => pack::run(&args),
        Command::Schema(args) => schema::run(&args),
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            eprintln!("clickstream: {error:#}");
            ExitCode::FAILURE
        }
    }
}
